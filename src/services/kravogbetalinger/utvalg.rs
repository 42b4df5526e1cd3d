//! What belongs to a period. Imitates docs/fidelity.md, "Period".

use chrono::NaiveDate;

use crate::domain::reskontro::{AsOf, Innbetaling, Krav, KravAsOf, Utbetaling};
use crate::services::periode::Periode;

/// Claims with an instalment due in the period, whole; one without any due date goes by its creation.
pub(super) fn krav(at: AsOf<'_>, periode: Periode) -> Vec<KravAsOf<'_>> {
    at.krav().filter(|krav| dager_av(krav.krav).any(|day| periode.contains(day))).collect()
}

/// The days that all claims go by.
pub(super) fn dager(at: AsOf<'_>) -> impl Iterator<Item = NaiveDate> {
    at.krav().flat_map(|krav| dager_av(krav.krav))
}

/// The days that a claim goes by.
fn dager_av(krav: &Krav) -> impl Iterator<Item = NaiveDate> {
    let created = krav.forfall.iter().all(|forfall| forfall.forfallsdato.is_none()).then_some(krav.opprettelsesdato);
    krav.forfall.iter().filter_map(|forfall| forfall.forfallsdato).chain(created)
}

/// Payments made in the period.
pub(super) fn innbetalinger(at: AsOf<'_>, periode: Periode) -> Vec<&Innbetaling> {
    at.innbetalinger().filter(|innbetaling| periode.contains(innbetaling.innbetalingsdato)).collect()
}

/// Payouts made in the period.
pub(super) fn utbetalinger(at: AsOf<'_>, periode: Periode) -> Vec<&Utbetaling> {
    at.utbetalinger().filter(|utbetaling| periode.contains(utbetaling.utbetaltdato)).collect()
}
