//! Broken invariants of a ledger, told at the entries of the file that they come from.

use super::ledger::Origins;
use crate::domain::reskontro::{Brudd, Entry, Violation};
use crate::scenario::format::PartDocument;
use crate::scenario::problems::Problems;

/// How many payments and payouts the series made.
pub(super) struct BySeries {
    pub(super) innbetalinger: usize,
    pub(super) utbetalinger: usize,
}

/// Where the entries of a ledger stand in its file.
pub(super) struct Written<'d> {
    pub(super) document: &'d PartDocument,
    pub(super) by_series: BySeries,
    pub(super) origins: Origins,
}

impl Written<'_> {
    /// Whether a violation stays when the problems of other entries are mended. `computed` are the claims whose amount
    /// follows from payments.
    pub(super) fn is_sure(&self, violation: &Violation, computed: &[usize]) -> bool {
        match violation.entry {
            Entry::Innbetaling(index) => {
                matches!(violation.brudd, Brudd::Duplicate { .. }) || !self.origins.doubtful.contains(&index)
            }
            Entry::Forfall(at) => !computed.contains(&at.krav),
            _ => true,
        }
    }

    /// Reports a violation at its entry.
    pub(super) fn report(&self, violation: &Violation, problems: &mut Problems) {
        let origins = &self.origins;
        // The claims of series come after the claims of `krav`. Their payments and payouts come before those that the
        // file writes out.
        let krav = |index: usize| {
            if index < self.document.krav.len() { format!("krav[{index}]") } else { "kravserier".to_owned() }
        };
        let entry = |list: &str, index: usize, by_series: usize, kept: &[usize]| match index.checked_sub(by_series) {
            Some(written) => format!("{list}[{}]", kept.get(written).copied().unwrap_or(written)),
            None => "kravserier".to_owned(),
        };
        let innbetaling = |index| entry("innbetalinger", index, self.by_series.innbetalinger, &origins.innbetalinger);
        let utbetaling = |index| entry("utbetalinger", index, self.by_series.utbetalinger, &origins.utbetalinger);
        let path = match violation.entry {
            Entry::Krav(i) => krav(i),
            Entry::Forfall(at) => format!("{}.forfall[{}]", krav(at.krav), at.forfall),
            Entry::Innbetaling(i) => innbetaling(i),
            Entry::Plassering(i, j) => format!("{}.plassert[{j}]", innbetaling(i)),
            Entry::Motregning(i) => entry("motregninger", i, 0, &origins.motregninger),
            Entry::Utbetaling(i) => utbetaling(i),
            Entry::Grunnlag(i, j) => format!("{}.kreditkrav[{j}]", utbetaling(i)),
            Entry::Tilbakebetaling(i, j) => format!("{}.tilbakebetalingAv[{j}]", utbetaling(i)),
            Entry::MotAndre(i) => entry("motregningerMotAndre", i, 0, &origins.mot_andre),
        };
        problems.error(path, violation.to_string());
    }
}
