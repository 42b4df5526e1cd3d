//! The numbers of a population, put in an order that the seed decides. Every step can be taken back, so that both an
//! employer and its employee find each other without a list.

use crate::domain::identifikator::{Foedselsnummer, Organisasjonsnummer, Part, PartKind};

/// How many of the first seven digits of a synthetic organisation number there are (2000000 to 3999999).
const STEMS: u64 = 2_000_000;
const FIRST_STEM: u64 = 2_000_000;

/// Each stem has at least so many organisation numbers with a check digit. Most have a tenth one.
const OF_A_STEM: u64 = 9;

/// The places of organisations: first those that every stem has, then the tenth ones.
const ORGANISATIONS: Permutation = Permutation { rows: 3_600, columns: 5_000 };
const COMMON: u64 = STEMS * OF_A_STEM;

/// The places of persons.
const PERSONS: Permutation = Permutation { rows: 8_000, columns: 10_000 };

/// Days (and days + 40), months, years of a century, individual numbers.
const MONTHS: u64 = 12;
const YEARS: u64 = 100;
const INDIVIDUALS: u64 = 1_000;

/// The order of a population.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rekkefoelge {
    froe: u64,
}

impl Rekkefoelge {
    pub(super) fn new(froe: u64) -> Self {
        Self { froe }
    }

    /// The place of a valid synthetic organisation number. A population of so many has the first so many places.
    pub(super) fn place_of_organisation(self, part: Part) -> Option<u64> {
        let PartKind::Organisasjon(number) = part.kind() else { return None };
        if !number.is_synthetic() {
            return None;
        }
        let digits = part.number() / 10;
        let (stem, last) = (digits / 10, digits % 10);
        let index = valid_last_digits(stem).position(|digit| digit == last)? as u64;
        let stem = stem - FIRST_STEM;
        Some(match index {
            OF_A_STEM => COMMON + stem,
            _ => ORGANISATIONS.forward(stem * OF_A_STEM + index, self.key(1)),
        })
    }

    /// The organisation at a place. Some places after the common ones have none.
    pub(super) fn organisation_at(self, place: u64) -> Option<Part> {
        let (stem, index) = match place.checked_sub(COMMON) {
            Some(stem) if stem < STEMS => (stem, OF_A_STEM),
            Some(_) => return None,
            None => {
                let index = ORGANISATIONS.backward(place, self.key(1));
                (index / OF_A_STEM, index % OF_A_STEM)
            }
        };
        let stem = stem + FIRST_STEM;
        let last = valid_last_digits(stem).nth(usize::try_from(index).ok()?)?;
        Organisasjonsnummer::from_eight_digits(u32::try_from(stem * 10 + last).ok()?).map(Part::from)
    }

    /// The place of a valid synthetic person.
    pub(super) fn place_of_person(self, part: Part) -> Option<u64> {
        match part.kind() {
            PartKind::Person(person) if person.is_synthetic() => {}
            _ => return None,
        }
        let first = part.number() / 100;
        let (day, month) = (first / 10_000_000, first / 100_000 % 100);
        let day = if day > 40 { day - 10 } else { day } - 1;
        let slot = (day * MONTHS + month.checked_sub(81)?) * YEARS * INDIVIDUALS + first % 100_000;
        Some(PERSONS.forward(slot, self.key(2)))
    }

    /// The person at a place. About half of the places have none: not every number has check digits.
    pub(super) fn person_at(self, place: u64) -> Option<Part> {
        let slot = PERSONS.backward(place, self.key(2));
        let (date, rest) = (slot / (YEARS * INDIVIDUALS), slot % (YEARS * INDIVIDUALS));
        let (day, month) = (date / MONTHS + 1, date % MONTHS + 81);
        let day = if day > 31 { day + 10 } else { day };
        if day > 71 {
            return None;
        }
        Foedselsnummer::from_number_of_nine((day * 100 + month) * 100_000 + rest).map(Part::from)
    }

    /// A number that follows from the seed and a party. `what` keeps different questions apart.
    pub(super) fn hash(self, part: Part, what: u64) -> u64 {
        mix(self.froe ^ mix(part.number() ^ what << 48))
    }

    fn key(self, what: u64) -> u64 {
        mix(self.froe.wrapping_mul(31).wrapping_add(what))
    }
}

/// The eighth digits that a stem can have: all but the one that has no check digit.
fn valid_last_digits(stem: u64) -> impl Iterator<Item = u64> {
    // From the last digit of the stem to the first. 3 2 7 6 5 4 3 2 are the weights of all eight digits.
    const WEIGHTS: [u64; 7] = [3, 4, 5, 6, 7, 2, 3];
    let digits = (0..7).scan(stem, |rest, _| {
        let digit = *rest % 10;
        *rest /= 10;
        Some(digit)
    });
    let sum: u64 = digits.zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    (0..10).filter(move |digit| (sum + 2 * digit) % 11 != 1)
}

/// SplitMix64: a well-mixed number from a number, the same on every machine.
pub(super) fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A permutation of the numbers below rows × columns: a Feistel network over a number in two parts.
#[derive(Clone, Copy, Debug)]
struct Permutation {
    rows: u64,
    columns: u64,
}

const ROUNDS: u64 = 4;

impl Permutation {
    fn forward(self, number: u64, key: u64) -> u64 {
        let (mut row, mut column) = (number / self.columns, number % self.columns);
        for round in 0..ROUNDS {
            row = (row + mix(key ^ column << 8 ^ round << 1) % self.rows) % self.rows;
            column = (column + mix(key ^ row << 8 ^ round << 1 ^ 1) % self.columns) % self.columns;
        }
        row * self.columns + column
    }

    fn backward(self, number: u64, key: u64) -> u64 {
        let (mut row, mut column) = (number / self.columns, number % self.columns);
        for round in (0..ROUNDS).rev() {
            column = (column + self.columns - mix(key ^ row << 8 ^ round << 1 ^ 1) % self.columns) % self.columns;
            row = (row + self.rows - mix(key ^ column << 8 ^ round << 1) % self.rows) % self.rows;
        }
        row * self.columns + column
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_stem_has_nine_or_ten_numbers() {
        let mut tenth = 0;
        for stem in FIRST_STEM..FIRST_STEM + 5_000 {
            let valid: Vec<u64> = valid_last_digits(stem).collect();
            let expected: Vec<u64> = (0..10)
                .filter(|last| {
                    let digits = u32::try_from(stem * 10 + last).expect("eight digits");
                    Organisasjonsnummer::from_eight_digits(digits).is_some()
                })
                .collect();
            assert_eq!(valid, expected, "{stem}");
            tenth += usize::from(valid.len() == 10);
        }
        assert!((300..700).contains(&tenth), "{tenth}");
    }

    proptest! {
        #[test]
        fn a_place_leads_to_its_number_and_back(froe: u64, organisation in 0..COMMON + STEMS, person in 0..80_000_000_u64) {
            let order = Rekkefoelge::new(froe);
            if let Some(part) = order.organisation_at(organisation) {
                prop_assert_eq!(order.place_of_organisation(part), Some(organisation));
            } else {
                prop_assert!(organisation >= COMMON);
            }
            if let Some(part) = order.person_at(person) {
                prop_assert_eq!(order.place_of_person(part), Some(person));
            }
        }

        #[test]
        fn every_synthetic_number_has_a_place(first in 20_000_000_u32..40_000_000, day in 1_u8..=28, month in 81_u8..=92, rest in 0_u32..100_000) {
            let order = Rekkefoelge::new(7);
            if let Some(number) = Organisasjonsnummer::from_eight_digits(first) {
                let part = Part::from(number);
                let place = order.place_of_organisation(part).expect("a place");
                prop_assert_eq!(order.organisation_at(place), Some(part));
            }
            if let Some(number) = Foedselsnummer::from_nine_digits(&format!("{day:02}{month}{rest:05}")) {
                let part = Part::from(number);
                let place = order.place_of_person(part).expect("a place");
                prop_assert_eq!(order.person_at(place), Some(part));
            }
        }
    }
}
