//! What a ledger can hold at all, told from the draft of the party. To make the ledger takes ten times as long, and a
//! search asks many parties that cannot fit.
//!
//! A draft may say that something is possible that never comes to pass. It never says the opposite
//! (`what_is_impossible_never_happens` in proever.rs).

use super::Utkast;
use crate::domain::kravtype::{self, Kravgruppe};
use crate::scenario::format::KravserieEntry;

impl Utkast {
    /// Whether money can be paid out to the party.
    pub(crate) fn kan_faa_utbetaling(&self) -> bool {
        !self.document.utbetalinger.is_empty() || self.document.kravserier.iter().any(is_credit)
    }

    /// Whether a claim can be overdue, and so bear interest.
    pub(crate) fn kan_vaere_forsinket(&self) -> bool {
        !self.document.krav.is_empty() || !self.document.kravserier.iter().all(is_paid_in_time)
    }

    /// Whether a claim of a kind that fits can be open.
    pub(crate) fn kan_ha_kravtype(&self, fits: &dyn Fn(&str) -> bool) -> bool {
        self.kravtyper().any(fits)
    }

    /// Whether a claim of a group that fits can be open.
    pub(crate) fn kan_ha_gruppe(&self, fits: &dyn Fn(Kravgruppe) -> bool) -> bool {
        self.kravtyper().any(|kode| kravtype::find(kode).is_none_or(|kind| fits(kind.gruppe)))
    }

    fn kravtyper(&self) -> impl Iterator<Item = &str> {
        let krav = self.document.krav.iter().map(|entry| &*entry.kravtype.0);
        krav.chain(self.document.kravserier.iter().map(|entry| &*entry.kravtype.0))
    }
}

fn is_credit(serie: &KravserieEntry) -> bool {
    serie.beloep_fra.0.starts_with('-')
}

/// Whether each claim is paid on its due date or before it.
fn is_paid_in_time(serie: &KravserieEntry) -> bool {
    let paid = serie.betalt.as_ref().map(|betalt| &*betalt.0);
    serie.betalt_hver.is_none() && paid.is_some_and(|paid| paid == "forfall" || paid.starts_with("forfall -"))
}
