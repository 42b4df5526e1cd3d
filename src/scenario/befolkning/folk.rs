//! Who there is in a population, what each party is like, who owns a firm and who works where. All of it follows from the
//! numbers, the seed and the shares. Nothing is stored.

use chrono::NaiveDate;

use super::profil::{PROFILER, Profil};
use super::tall::Rekkefoelge;
use crate::domain::identifikator::{Part, PartKind};
use crate::faults::reserved_numbers;

/// How many parties a population has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Antall {
    /// So many organisations, and the persons who own them or work for them.
    Organisasjoner(u64),
    /// Every valid synthetic number.
    Alle,
}

/// The most organisations that a population of a number has.
pub(crate) const MOST_ORGANISATIONS: u64 = 18_000_000;

/// What a population is made from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Valg {
    pub(crate) antall: Antall,
    pub(crate) froe: u64,
    /// How many of 10 000 numbers are unknown all the same.
    pub(crate) ukjent: u32,
    /// The shares of organisations, in place of those of the table.
    pub(crate) andeler: Vec<(Profil, u32)>,
}

/// Questions about a party that [`Rekkefoelge::hash`] keeps apart.
pub(super) mod spoersmaal {
    pub(crate) const UKJENT: u64 = 1;
    pub(crate) const PROFIL: u64 = 2;
    pub(crate) const FORM: u64 = 3;
    pub(crate) const ANSATTE: u64 = 4;
    pub(crate) const NAVN: u64 = 5;
    pub(crate) const KONTO: u64 = 6;
    pub(crate) const BELOEP: u64 = 7;
    pub(crate) const VANER: u64 = 8;
    pub(crate) const GJELD: u64 = 9;
    pub(crate) const IDENTER: u64 = 10;
    pub(crate) const SKYLDIG: u64 = 11;
}

/// The people and organisations of a population.
#[derive(Clone, Debug)]
pub(super) struct Folk {
    pub(super) valg: Valg,
    pub(super) orden: Rekkefoelge,
}

/// A hundred organisations share four hundred places of persons: three each, five more for every tenth, and fifty more
/// for the first. At somewhat less than every third place there is somebody of working age.
const BLOCK: u64 = 100;
const PERSONS_OF_BLOCK: u64 = 400;
/// The owner of a sole proprietorship has the first of these places that somebody has.
const OWN_PLACES: u64 = 3;
/// Every tenth organisation is of medium size, by the last digit of its place.
const EVERY: u64 = 10;
const MEDIUM: u64 = 5;
const OF_MEDIUM: u64 = 5;
const FIRST_OF_MEDIUM: u64 = BLOCK * OWN_PLACES;
const FIRST_OF_LARGE: u64 = FIRST_OF_MEDIUM + BLOCK / EVERY * OF_MEDIUM;

/// The place of an organisation that no population has.
const NO_PLACE: u64 = u64::MAX;

/// Of 1 000 organisations that can have an owner, so many are sole proprietorships.
const SOLE_PROPRIETORSHIPS: u64 = 950;
/// Of 1 000 employees that have a place, so many are in arrears. It is far more than of all persons, because an employer
/// has few places.
const EMPLOYED_DEBTORS: u64 = 320;
/// Of 1 000 small organisations, so many have employees.
const SMALL_EMPLOYERS: u64 = 330;
/// The years of birth of those who work, own firms and pay tax.
const OF_WORKING_AGE: std::ops::RangeInclusive<u32> = 1945..=2006;

/// The place of the organisation that a place of a person is at.
fn ved(place: u64) -> u64 {
    let (block, at) = (place / PERSONS_OF_BLOCK * BLOCK, place % PERSONS_OF_BLOCK);
    match at {
        FIRST_OF_LARGE.. => block,
        FIRST_OF_MEDIUM.. => block + (at - FIRST_OF_MEDIUM) / OF_MEDIUM * EVERY + MEDIUM,
        _ => block + at / OWN_PLACES,
    }
}

/// The places of persons at an organisation, in the order of their numbers.
fn plasser(organisation: u64) -> impl Iterator<Item = u64> {
    let (block, at) = (organisation / BLOCK * PERSONS_OF_BLOCK, organisation % BLOCK);
    let own = at * OWN_PLACES..(at + 1) * OWN_PLACES;
    let more = if at == 0 {
        FIRST_OF_LARGE..PERSONS_OF_BLOCK
    } else if at % EVERY == MEDIUM {
        let first = FIRST_OF_MEDIUM + at / EVERY * OF_MEDIUM;
        first..first + OF_MEDIUM
    } else {
        0..0
    };
    own.chain(more).map(move |place| block + place)
}

/// What is known of an organisation without its ledger.
#[derive(Clone, Copy, Debug)]
pub(super) struct Organisasjon {
    pub(super) part: Part,
    plass: u64,
    pub(super) profil: Profil,
    /// The owner, if it is a sole proprietorship.
    pub(super) innehaver: Option<Part>,
    pub(super) har_ansatte: bool,
}

/// What is known of a person without the ledger.
#[derive(Clone, Copy, Debug)]
pub(super) struct Person {
    pub(super) part: Part,
    pub(super) profil: Profil,
    /// The firm that the person owns.
    pub(super) eier: Option<Part>,
    /// The organisation that the person works for.
    pub(super) arbeidsgiver: Option<Part>,
}

impl Folk {
    pub(super) fn new(valg: Valg) -> Self {
        Self { orden: Rekkefoelge::new(valg.froe), valg }
    }

    /// The organisation with a number, if the population has it.
    pub(super) fn organisasjon(&self, part: Part) -> Option<Organisasjon> {
        self.organisasjon_med(part, self.orden.place_of_organisation(part)?)
    }

    /// The organisation at a place.
    pub(super) fn organisasjon_paa(&self, plass: u64) -> Option<Organisasjon> {
        self.organisasjon_med(self.orden.organisation_at(plass)?, plass)
    }

    fn organisasjon_med(&self, part: Part, plass: u64) -> Option<Organisasjon> {
        if !self.rommer(plass) || self.er_ukjent(part) || is_reserved(part) {
            return None;
        }
        let profil = self.profil_av_organisasjon(part, plass);
        Some(self.med_profil(part, plass, profil))
    }

    /// An organisation with a profile, which nobody owns and nobody works for.
    pub(super) fn som_organisasjon(&self, part: Part, profil: Profil) -> Organisasjon {
        Organisasjon { part, plass: NO_PLACE, profil, innehaver: None, har_ansatte: self.er_arbeidsgiver(part, profil) }
    }

    fn med_profil(&self, part: Part, plass: u64, profil: Profil) -> Organisasjon {
        let har_ansatte = self.er_arbeidsgiver(part, profil);
        let can_be_owned = !matches!(
            profil,
            Profil::Arbeidsgiver | Profil::Stor | Profil::Konkurs | Profil::Saeravgift | Profil::Hvilende
        );
        let sole = can_be_owned && self.en_av(part, spoersmaal::FORM, 1_000) < SOLE_PROPRIETORSHIPS;
        let mut own_places = plasser(plass).take(if sole { 3 } else { 0 });
        let innehaver = own_places.find_map(|place| self.arbeidsfoer_paa(place));
        Organisasjon { part, plass, profil, innehaver, har_ansatte }
    }

    fn er_arbeidsgiver(&self, part: Part, profil: Profil) -> bool {
        matches!(profil, Profil::Arbeidsgiver | Profil::Stor)
            || profil.har_ansatte() && self.en_av(part, spoersmaal::ANSATTE, 1_000) < SMALL_EMPLOYERS
    }

    fn profil_av_organisasjon(&self, part: Part, plass: u64) -> Profil {
        match plass % BLOCK {
            0 => return Profil::Stor,
            at if at % EVERY == MEDIUM => return Profil::Arbeidsgiver,
            _ => {}
        }
        let shares = self.valg.andeler.iter().copied();
        let by_table = PROFILER.iter().map(|known| (known.profil, known.organisasjoner));
        if self.valg.andeler.is_empty() { self.velg_en(part, by_table) } else { self.velg_en(part, shares) }
    }

    /// The employees of an organisation, in the order of their places. The owner is none of them.
    pub(super) fn ansatte(&self, organisasjon: &Organisasjon) -> impl Iterator<Item = Part> {
        let has_places = organisasjon.har_ansatte && organisasjon.plass != NO_PLACE;
        let places = has_places.then(|| plasser(organisasjon.plass));
        let owner = organisasjon.innehaver;
        let persons = places.into_iter().flatten().filter_map(|place| self.arbeidsfoer_paa(place));
        persons.filter(move |person| Some(*person) != owner)
    }

    /// The person with a number, if the population has it.
    pub(super) fn person(&self, part: Part) -> Option<Person> {
        let plass = self.orden.place_of_person(part)?;
        if self.er_ukjent(part) {
            return None;
        }
        let organisasjon = self.organisasjon_paa(ved(plass)).filter(|_| er_arbeidsfoer(part));
        let eier = organisasjon.filter(|it| it.innehaver == Some(part)).map(|it| it.part);
        let arbeidsgiver = organisasjon.filter(|it| eier.is_none() && it.har_ansatte).map(|it| it.part);
        if self.valg.antall != Antall::Alle && eier.is_none() && arbeidsgiver.is_none() {
            return None;
        }
        let profil = match eier {
            _ if !er_arbeidsfoer(part) => Profil::Hvilende,
            Some(_) => self.profil_av_eier(part),
            None if arbeidsgiver.is_some() && self.er_skyldig(part) => Profil::Skyldig,
            None => self.profil_av_person(part),
        };
        Some(Person { part, profil, eier, arbeidsgiver })
    }

    pub(super) fn profil_av_eier(&self, part: Part) -> Profil {
        if self.en_av(part, spoersmaal::PROFIL, 10) < 8 { Profil::Punktlig } else { Profil::Etternoeler }
    }

    fn profil_av_person(&self, part: Part) -> Profil {
        self.velg_en(part, PROFILER.iter().map(|known| (known.profil, known.personer)))
    }

    /// The person of working age at a place.
    fn arbeidsfoer_paa(&self, place: u64) -> Option<Part> {
        self.orden.person_at(place).filter(|part| er_arbeidsfoer(*part) && !self.er_ukjent(*part))
    }

    /// Whether a person who works is in arrears, so that an employer deducts from the pay.
    pub(super) fn er_skyldig(&self, part: Part) -> bool {
        self.en_av(part, spoersmaal::SKYLDIG, 1_000) < EMPLOYED_DEBTORS
            || self.profil_av_person(part) == Profil::Skyldig
    }

    /// The organisations of a population, in the order of their places.
    pub(super) fn organisasjoner(&self) -> std::ops::Range<u64> {
        match self.valg.antall {
            Antall::Organisasjoner(antall) => 0..antall,
            Antall::Alle => 0..MOST_ORGANISATIONS,
        }
    }

    /// The persons beside an organisation: the owner and the employees.
    pub(super) fn personer_ved(&self, organisasjon: &Organisasjon) -> impl Iterator<Item = Part> {
        organisasjon.innehaver.into_iter().chain(self.ansatte(organisasjon))
    }

    fn rommer(&self, plass: u64) -> bool {
        match self.valg.antall {
            Antall::Organisasjoner(antall) => plass < antall,
            Antall::Alle => true,
        }
    }

    fn er_ukjent(&self, part: Part) -> bool {
        self.valg.ukjent > 0 && self.en_av(part, spoersmaal::UKJENT, 10_000) < u64::from(self.valg.ukjent)
    }

    /// A number below `av` that follows from a party.
    pub(super) fn en_av(&self, part: Part, what: u64, av: u64) -> u64 {
        // The upper bits, so that the number does not depend on the divisor's factors.
        (self.orden.hash(part, what) >> 16) % av
    }

    /// One of several profiles, by their shares.
    fn velg_en(&self, part: Part, shares: impl Iterator<Item = (Profil, u32)> + Clone) -> Profil {
        let all: u64 = shares.clone().map(|(_, share)| u64::from(share)).sum();
        let mut left = self.en_av(part, spoersmaal::PROFIL, all.max(1));
        for (profil, share) in shares {
            match left.checked_sub(share.into()) {
                Some(rest) => left = rest,
                None => return profil,
            }
        }
        Profil::Hvilende
    }
}

/// The reserved numbers give codes, whatever the scenarios say.
fn is_reserved(part: Part) -> bool {
    // All of them begin so.
    part.number() / 1_000 == 333_000 && reserved_numbers().any(|(_, number)| Part::from(number) == part)
}

/// Whether a person is of working age.
fn er_arbeidsfoer(part: Part) -> bool {
    birth_year(part).is_some_and(|year| OF_WORKING_AGE.contains(&year))
}

/// The year of birth, by the last two digits of the year and the individual number.
fn birth_year(part: Part) -> Option<u32> {
    let PartKind::Person(_) = part.kind() else { return None };
    let individual = part.number() / 100 % 1_000;
    let year = u32::try_from(part.number() / 100_000 % 100).ok()?;
    match (individual, year) {
        (0..=499, _) | (900..=999, 40..) => Some(1900 + year),
        (500..=749, 54..) => Some(1800 + year),
        (500..=999, 0..=39) => Some(2000 + year),
        _ => None,
    }
}

/// The day that stands for all days of a quarter: its first. A ledger is made for the time around it.
pub(super) fn anker(day: NaiveDate) -> NaiveDate {
    use chrono::Datelike;
    NaiveDate::from_ymd_opt(day.year(), day.month0() / 3 * 3 + 1, 1).unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_of_a_person_is_beside_one_organisation() {
        for place in 0..4_000 {
            let organisation = ved(place);
            assert_eq!(plasser(organisation).filter(|other| *other == place).count(), 1, "{organisation} {place}");
        }
        let all: usize = (0..1_000).map(|organisation| plasser(organisation).count()).sum();
        assert_eq!(all, 4_000);
    }

    #[test]
    fn the_year_of_birth_follows_from_the_number() {
        let year = |text: &str| birth_year(text.parse().expect("digits"));
        assert_eq!(year("04827896468"), Some(1978));
        assert_eq!(year("02827720073"), Some(1977));
    }
}
