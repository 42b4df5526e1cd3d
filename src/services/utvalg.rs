//! Selects the claims and payments that an answer shows: those that are open, or that belong to a period. Of a shielded
//! party there are none. Imitates docs/fidelity.md, "Period".

use chrono::NaiveDate;

use crate::domain::reskontro::{Innbetaling, Krav, KravAsOf, Utbetaling};
use crate::interface::periode::Periode;
use crate::interface::{Refusal, View};

/// The claims of which something remains.
pub(super) fn aapne_krav<'a>(view: &View<'a>) -> impl Iterator<Item = KravAsOf<'a>> {
    let shown = !view.party.skjermet.is_shielded();
    view.at().aapne_krav().filter(move |_| shown)
}

/// The payments of which something is placed on no claim.
pub(super) fn uplasserte<'a>(view: &View<'a>) -> impl Iterator<Item = &'a Innbetaling> {
    let shown = !view.party.skjermet.is_shielded();
    view.at().uplasserte_innbetalinger().filter(move |_| shown)
}

/// Claims with an instalment due in the period, with all their instalments. A claim without a due date is selected by
/// the day on which it was created.
pub(super) fn krav<'a>(view: &View<'a>, periode: Periode) -> Result<Vec<KravAsOf<'a>>, Refusal> {
    if view.party.skjermet.is_shielded() {
        return Ok(Vec::new());
    }
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
    if view.party.skjermet.is_shielded() {
        return Ok(Vec::new());
    }
    let all = || view.at().innbetalinger();
    let found = all().filter(|innbetaling| periode.contains(innbetaling.innbetalingsdato)).collect();
    view.not_empty(found, "innbetalinger", all().map(|innbetaling| innbetaling.innbetalingsdato))
}

/// Payouts made in the period.
pub(super) fn utbetalinger<'a>(view: &View<'a>, periode: Periode) -> Result<Vec<&'a Utbetaling>, Refusal> {
    if view.party.skjermet.is_shielded() {
        return Ok(Vec::new());
    }
    let all = || view.at().utbetalinger();
    let found = all().filter(|utbetaling| periode.contains(utbetaling.utbetaltdato)).collect();
    view.not_empty(found, "utbetalinger", all().map(|utbetaling| utbetaling.utbetaltdato))
}
