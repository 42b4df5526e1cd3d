//! What belongs to a period. Imitates docs/fidelity.md, "Period".

use crate::domain::reskontro::{AsOf, Innbetaling, KravAsOf, Utbetaling};
use crate::services::periode::Periode;

/// Claims with an instalment due in the period, whole; one without any due date goes by its creation.
pub(super) fn krav(at: AsOf<'_>, periode: Periode) -> Vec<KravAsOf<'_>> {
    let within = |krav: &KravAsOf<'_>| {
        let mut due = krav.krav.forfall.iter().filter_map(|forfall| forfall.forfallsdato).peekable();
        match due.peek() {
            Some(_) => due.any(|day| periode.contains(day)),
            None => periode.contains(krav.krav.opprettelsesdato),
        }
    };
    at.krav().filter(within).collect()
}

/// Payments made in the period.
pub(super) fn innbetalinger(at: AsOf<'_>, periode: Periode) -> Vec<&Innbetaling> {
    at.innbetalinger().filter(|innbetaling| periode.contains(innbetaling.innbetalingsdato)).collect()
}

/// Payouts made in the period.
pub(super) fn utbetalinger(at: AsOf<'_>, periode: Periode) -> Vec<&Utbetaling> {
    at.utbetalinger().filter(|utbetaling| periode.contains(utbetaling.utbetaltdato)).collect()
}
