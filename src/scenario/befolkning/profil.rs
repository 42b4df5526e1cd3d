//! The archetypes of a population. docs/population.md says what each one is and how many there are.

use crate::catalogue::nearest;

/// What a party is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Profil {
    /// Pays each claim on its due date or some days before.
    Punktlig,
    /// Pays some days late, and now and then so late that interest is claimed.
    Etternoeler,
    /// Pays the better part of a year late, so that some terms are always overdue.
    Skyldig,
    /// Gets its VAT, or its tax, paid back.
    Tilgode,
    /// Has no claims.
    Hvilende,
    /// Has employees above all, and pays on time.
    Arbeidsgiver,
    /// Owes an excise duty each month.
    Saeravgift,
    /// Went bankrupt not long before the base date.
    Konkurs,
    /// Was registered in the last two months before the base date.
    Nystartet,
    /// Is large.
    Stor,
    /// Is a shielded person.
    Skjermet,
    /// Is a person shielded in part.
    DelvisSkjermet,
}

/// An archetype with its name and its share.
pub(super) struct Oppfoering {
    pub(super) profil: Profil,
    /// As scenarios and searches spell it.
    pub(super) navn: &'static str,
    /// One line for the list of parties.
    pub(super) beskrivelse: &'static str,
    /// How many of 1 000 organisations, beside those that are large and employers by their place.
    pub(super) organisasjoner: u32,
    /// How many of 1 000 persons.
    pub(super) personer: u32,
}

const fn av(
    profil: Profil,
    navn: &'static str,
    beskrivelse: &'static str,
    (organisasjoner, personer): (u32, u32),
) -> Oppfoering {
    Oppfoering { profil, navn, beskrivelse, organisasjoner, personer }
}

use Profil as P;

/// All archetypes. The shares of organisations and of persons add up to 1 000 each.
pub(super) const PROFILER: [Oppfoering; 12] = [
    av(P::Punktlig, "punktlig", "Pays each claim on its due date or some days before", (430, 110)),
    av(P::Etternoeler, "etternoeler", "Pays late, with interest claims now and then", (190, 30)),
    av(P::Skyldig, "skyldig", "In arrears: pays the better part of a year late", (70, 50)),
    av(P::Tilgode, "tilgode", "Gets money back, and is sometimes paid back what it paid twice", (100, 700)),
    av(P::Hvilende, "hvilende", "Dormant: no claims", (140, 95)),
    av(P::Arbeidsgiver, "arbeidsgiver", "An employer that pays on time", (0, 0)),
    av(P::Saeravgift, "saeravgift", "Owes an excise duty each month beside its VAT", (20, 0)),
    av(P::Konkurs, "konkurs", "Bankrupt: the last terms before the day it went bankrupt stay unpaid", (20, 0)),
    av(P::Nystartet, "nystartet", "Registered in the last two months", (30, 0)),
    av(P::Stor, "stor", "Large: claims of millions, and import duties each week", (0, 0)),
    av(P::Skjermet, "skjermet", "A shielded person", (0, 10)),
    av(P::DelvisSkjermet, "delvisSkjermet", "A person shielded in part", (0, 5)),
];

impl Profil {
    fn oppfoering(self) -> &'static Oppfoering {
        PROFILER.iter().find(|known| known.profil == self).unwrap_or(&PROFILER[0])
    }

    /// Its name.
    pub(crate) fn navn(self) -> &'static str {
        self.oppfoering().navn
    }

    /// One line about such a party.
    pub(crate) fn beskrivelse(self) -> &'static str {
        self.oppfoering().beskrivelse
    }

    /// All names.
    pub(crate) fn alle_navn() -> impl Iterator<Item = &'static str> {
        PROFILER.iter().map(|known| known.navn)
    }

    /// The archetype with a name.
    ///
    /// # Errors
    /// The names that there are, and the nearest one.
    pub(crate) fn med_navn(navn: &str) -> Result<Self, (String, Option<&'static str>)> {
        PROFILER.iter().find(|known| known.navn == navn).map(|known| known.profil).ok_or_else(|| {
            let all: Vec<&str> = Self::alle_navn().collect();
            (format!("no such profile; there are {}", all.join(", ")), nearest(navn, Self::alle_navn()))
        })
    }

    /// Whether a person, or an organisation, can be like this.
    pub(super) fn passer(self, person: bool) -> bool {
        let known = self.oppfoering();
        if person {
            known.personer > 0
        } else {
            known.organisasjoner > 0 || matches!(self, Self::Stor | Self::Arbeidsgiver)
        }
    }

    /// The names of the profiles that a person, or an organisation, can have.
    pub(super) fn som_passer(person: bool) -> impl Iterator<Item = &'static str> {
        PROFILER.iter().filter(move |known| known.profil.passer(person)).map(|known| known.navn)
    }

    /// Whether a share of the organisations is like this.
    pub(super) fn velges(self) -> bool {
        self.oppfoering().organisasjoner > 0
    }

    /// Whether an organisation like this has employees who owe tax.
    pub(super) const fn har_ansatte(self) -> bool {
        matches!(self, Self::Punktlig | Self::Etternoeler | Self::Tilgode | Self::Arbeidsgiver | Self::Stor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shares_add_up_and_the_names_are_found() {
        assert_eq!(PROFILER.iter().map(|known| known.organisasjoner).sum::<u32>(), 1_000);
        assert_eq!(PROFILER.iter().map(|known| known.personer).sum::<u32>(), 1_000);
        for navn in Profil::alle_navn() {
            assert_eq!(Profil::med_navn(navn).map(Profil::navn), Ok(navn));
        }
        assert_eq!(Profil::med_navn("etternøler").map_err(|(_, near)| near), Err(Some("etternoeler")));
    }
}
