//! Arrears: what is overdue and unpaid, in the six categories of Restanser.
//! Imitates docs/fidelity.md, "Restanser".

use std::collections::HashMap;

use super::Beloep;
use super::identifikator::Part;
use super::kravtype::Kravgruppe;
use super::reskontro::{AsOf, ForfallAsOf, Krav};

/// A category of arrears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the published ones")]
pub enum Restansekategori {
    Restskatt,
    Forskuddstrekk,
    Merverdiavgift,
    Arbeidsgiveravgift,
    Gebyr,
    Forskuddsskatt,
}

impl Restansekategori {
    /// How many there are.
    pub const COUNT: usize = 6;

    /// The category that a claim counts in. `None` for duties and other public claims, which Restanser leaves
    /// out. Fees and penalties are recognised by their kind, in any group.
    pub fn of(krav: &Krav) -> Option<Self> {
        let kind = krav.kravtype.to_lowercase();
        if ["gebyr", "mulkt"].iter().any(|fee| kind.contains(fee)) {
            return Some(Self::Gebyr);
        }
        match krav.kravgruppe {
            Kravgruppe::Skatt if ["forskskatt", "forskuddsskatt"].iter().any(|advance| kind.contains(advance)) => {
                Some(Self::Forskuddsskatt)
            }
            Kravgruppe::Skatt => Some(Self::Restskatt),
            Kravgruppe::Forskuddstrekk => Some(Self::Forskuddstrekk),
            Kravgruppe::Merverdiavgift => Some(Self::Merverdiavgift),
            Kravgruppe::Arbeidsgiveravgift => Some(Self::Arbeidsgiveravgift),
            _ => None,
        }
    }
}

/// The arrears of one category.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Restanse {
    /// Positive remainders of overdue instalments, without interest claims; whole kroner.
    pub krav: Beloep,
    /// Positive remainders of overdue interest claims, and the interest estimated to the day; whole kroner.
    pub renter: Beloep,
}

impl AsOf<'_> {
    /// The arrears of one party in the ledger, by category in the order of [`Restansekategori`]. A credit never
    /// makes them smaller.
    pub fn restanser(self, part: Part) -> [Restanse; Restansekategori::COUNT] {
        let mut sums = [Restanse::default(); Restansekategori::COUNT];
        // Built when the first interest claim needs it.
        let mut by_id: Option<HashMap<&str, &Krav>> = None;
        for krav in self.krav().filter(|krav| krav.krav.part == part) {
            let principal = krav.krav.hovedstol.as_deref().and_then(|id| {
                let own = || self.reskontro().krav().iter().filter(|krav| krav.part == part);
                by_id
                    .get_or_insert_with(|| own().map(|krav| (&*krav.kravidentifikator, krav)).collect())
                    .get(id)
                    .copied()
            });
            // Interest counts in the category of its principal, if both are of one group.
            let principal = principal.filter(|principal| principal.kravgruppe == krav.krav.kravgruppe);
            let Some(kategori) = Restansekategori::of(principal.unwrap_or(krav.krav)) else {
                continue;
            };
            let sum = &mut sums[kategori as usize];
            let overdue = krav.forfall().filter(|forfall| forfall.is_overdue());
            let owed: Beloep = overdue.map(ForfallAsOf::gjenstaaende).filter(|rest| rest.is_positive()).sum();
            let kind = if krav.krav.hovedstol.is_some() { &mut sum.renter } else { &mut sum.krav };
            *kind += owed;
            sum.renter += krav.stipulerte_renter().unwrap_or_default();
        }
        sums.map(|sum| Restanse { krav: sum.krav.rounded(), renter: sum.renter.rounded() })
    }
}
