//! What is known of a party of the population before its ledger is made, which is nearly all that a search costs.

use super::facts::{Facts, Field};
use super::language::Comparison;
use crate::domain::Beloep;
use crate::domain::identifikator::Part;
use crate::domain::kravtype::Kravgruppe;
use crate::scenario::befolkning::{Profil, Utkast};

/// A party without its ledger. Each function says whether a condition holds, or `None` if the ledger decides.
#[derive(Clone, Copy)]
pub(super) struct Foreknown<'a> {
    pub(super) part: Part,
    pub(super) profil: Profil,
    /// Its draft, if that is made already.
    pub(super) utkast: Option<&'a Utkast>,
    /// The party with what is open on the day, if that is made already.
    pub(super) aapent: Option<&'a Facts<'a>>,
}

impl Foreknown<'_> {
    pub(super) fn text(&self, field: &Field, comparison: Comparison, value: &str) -> Option<bool> {
        let fits = |text: &str| comparison.of_texts(text, value);
        match field.name {
            "profile" => Some(fits(self.profil.navn())),
            "part" => Some(fits(self.part.text().as_str())),
            "form" if self.part.is_person() => Some(fits("person")),
            "form" if !fits("sole") && !fits("company") => Some(false),
            // That no claim is of a kind is for the ledger.
            "group" | "kind" if comparison == Comparison::Other => None,
            "group" => self.never(|utkast| utkast.kan_ha_gruppe(&|group: Kravgruppe| fits(group.text()))),
            "kind" => self.never(|utkast| utkast.kan_ha_kravtype(&fits)),
            _ => None,
        }
    }

    pub(super) fn amount(&self, field: &Field, comparison: Comparison, value: Beloep) -> Option<bool> {
        let is_zero = match field.name {
            "overdue" | "interest" => self.never(Utkast::kan_vaere_forsinket),
            _ => None,
        };
        is_zero.map(|_| comparison.holds(&Beloep::ZERO, &value))
    }

    pub(super) fn event(&self, field: &Field) -> Option<bool> {
        match field.name {
            "payout" => self.never(Utkast::kan_faa_utbetaling),
            _ => None,
        }
    }

    /// `Some(false)` if the draft rules it out.
    fn never(&self, can: impl FnOnce(&Utkast) -> bool) -> Option<bool> {
        self.utkast.filter(|utkast| !can(utkast)).map(|_| false)
    }
}
