//! Selects the claims and payments that belong to a period. Imitates docs/fidelity.md, "Period".

use chrono::NaiveDate;

use crate::domain::reskontro::{Innbetaling, Krav, KravAsOf, Utbetaling};
use crate::interface::periode::Periode;
use crate::interface::{Refusal, View};

/// Claims with an instalment due in the period, with all their instalments. A claim without a due date is selected by
/// the day on which it was created.
pub(super) fn krav<'a>(view: &View<'a>, periode: Periode) -> Result<Vec<KravAsOf<'a>>, Refusal> {
    let found = view.at().krav().filter(|krav| dager(krav.krav).any(|day| periode.contains(day))).collect();
    view.not_empty(found, "krav", view.at().krav().flat_map(|krav| dager(krav.krav)))
}

/// The days that a claim is selected by.
fn dager(krav: &Krav) -> impl Iterator<Item = NaiveDate> {
    let created = krav.forfall.iter().all(|forfall| forfall.forfallsdato.is_none()).then_some(krav.opprettelsesdato);
    krav.forfall.iter().filter_map(|forfall| forfall.forfallsdato).chain(created)
}

/// Payments made in the period.
pub(super) fn innbetalinger<'a>(view: &View<'a>, periode: Periode) -> Result<Vec<&'a Innbetaling>, Refusal> {
    let all = || view.at().innbetalinger();
    let found = all().filter(|innbetaling| periode.contains(innbetaling.innbetalingsdato)).collect();
    view.not_empty(found, "innbetalinger", all().map(|innbetaling| innbetaling.innbetalingsdato))
}

/// Payouts made in the period.
pub(super) fn utbetalinger<'a>(view: &View<'a>, periode: Periode) -> Result<Vec<&'a Utbetaling>, Refusal> {
    let all = || view.at().utbetalinger();
    let found = all().filter(|utbetaling| periode.contains(utbetaling.utbetaltdato)).collect();
    view.not_empty(found, "utbetalinger", all().map(|utbetaling| utbetaling.utbetaltdato))
}
