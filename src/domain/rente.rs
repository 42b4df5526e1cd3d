//! Statutory late-payment interest (forsinkelsesrente), exact until it is rounded.

use std::iter::Sum;
use std::ops::{Add, Sub};

use chrono::{Datelike, Days, NaiveDate};

use super::Beloep;

/// The first half-year with a known rate, and the rates of it and the next ones, in hundredths of a per cent a year.
/// A day before or after them gets the nearest rate. (docs/fidelity.md, "Interest")
const FIRST_HALF_YEAR: i32 = 2020 * 2;
const RATES: [i32; 13] = [950, 800, 800, 800, 850, 925, 1075, 1175, 1250, 1250, 1250, 1225, 1200];

/// The rate on a day, in hundredths of a per cent a year.
pub fn rate(day: NaiveDate) -> i32 {
    let half_year = day.year() * 2 + i32::from(day.month() > 6) - FIRST_HALF_YEAR;
    let index = usize::try_from(half_year).unwrap_or(0).min(RATES.len() - 1);
    RATES[index]
}

/// The rate of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rentesats {
    /// The statutory rate of late-payment interest.
    Forsinkelsesrente,
    /// An agreed rate, in hundredths of a per cent a year.
    Avtalt(u32),
}

/// An exact amount of interest, to be rounded once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rente {
    /// In øre, times 10 000 (the rate's unit), times 365 × 366 (so that ordinary and leap years add up).
    scaled: i128,
}

const SCALE: i128 = 10_000 * 365 * 366;

impl Rente {
    /// Simple interest on an amount from a day (its due date, included) to another day (not included), by
    /// actual days over the days of the year. Zero if the amount or the time is not positive.
    pub fn simple(beloep: Beloep, fra: NaiveDate, til: NaiveDate) -> Self {
        Self::accrue(beloep, fra, til, rate)
    }

    fn accrue(beloep: Beloep, fra: NaiveDate, til: NaiveDate, rate: impl Fn(NaiveDate) -> i32) -> Self {
        let mut scaled = 0;
        let mut start = fra;
        while beloep.is_positive() && start < til {
            let end = next_half_year(start).min(til);
            let days = i128::from(end.signed_duration_since(start).num_days());
            let other_years_days = if start.leap_year() { 365 } else { 366 };
            scaled += i128::from(beloep.oere()) * i128::from(rate(start)) * days * other_years_days;
            start = end;
        }
        Self { scaled }
    }

    /// The same at a rate.
    pub fn med_sats(sats: Rentesats, beloep: Beloep, fra: NaiveDate, til: NaiveDate) -> Self {
        match sats {
            Rentesats::Forsinkelsesrente => Self::accrue(beloep, fra, til, rate),
            Rentesats::Avtalt(hundredths) => {
                Self::accrue(beloep, fra, til, |_| i32::try_from(hundredths).unwrap_or(i32::MAX))
            }
        }
    }

    /// Rounded half up to øre.
    pub fn to_oere(self) -> Beloep {
        Beloep::from_oere(self.rounded(SCALE))
    }

    /// Interest on an amount as the ledgers count it: from the day after a day (the due date) through another day.
    pub fn after(beloep: Beloep, forfall: NaiveDate, til_og_med: NaiveDate) -> Self {
        match (forfall.succ_opt(), til_og_med.succ_opt()) {
            (Some(first), Some(end)) => Self::simple(beloep, first, end),
            _ => Self::default(),
        }
    }

    /// In whole kroner, without the øre, as the services print interest on claims.
    pub fn to_kroner(self) -> Beloep {
        Beloep::from_kroner(to_i64(self.scaled.div_euclid(SCALE * 100)))
    }

    fn rounded(self, unit: i128) -> i64 {
        to_i64((self.scaled + unit / 2).div_euclid(unit))
    }
}

impl Add for Rente {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { scaled: self.scaled + other.scaled }
    }
}

impl Sub for Rente {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self { scaled: self.scaled - other.scaled }
    }
}

impl Sum for Rente {
    fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
        parts.fold(Self::default(), Add::add)
    }
}

fn to_i64(number: i128) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX / 1000)
}

/// The first day of the half-year after the one of a day.
fn next_half_year(day: NaiveDate) -> NaiveDate {
    let (year, month) = if day.month() > 6 { (day.year() + 1, 1) } else { (day.year(), 7) };
    NaiveDate::from_ymd_opt(year, month, 1).or_else(|| day.checked_add_days(Days::new(1))).unwrap_or(NaiveDate::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        super::super::clock::parse_day(text).expect(text)
    }

    fn interest(kroner: i64, fra: &str, til: &str) -> String {
        Rente::simple(Beloep::from_kroner(kroner), day(fra), day(til)).to_oere().to_string()
    }

    #[test]
    fn the_published_worked_example_to_the_oere() {
        assert_eq!(interest(10_000, "2024-06-15", "2024-06-27"), "40.98");
        assert_eq!(interest(8_000, "2024-06-27", "2025-03-10"), "699.96");
        assert_eq!(interest(3_000, "2025-03-10", "2025-07-01"), "116.1");
        assert_eq!(interest(3_000, "2025-07-01", "2025-11-21"), "143.98");
        assert_eq!(interest(3_000, "2025-08-14", "2025-11-21"), "99.68");
    }

    #[test]
    fn published_estimates_are_near() {
        assert_eq!(interest(61_244, "2022-04-11", "2023-08-28"), "8419.37");
        assert_eq!(interest(6_373, "2022-05-16", "2023-08-16"), "799.55");
    }

    #[test]
    fn published_interest_of_the_vat_ledger_to_the_krone() {
        let printed = |kroner, fra: &str, til: &str| {
            Rente::after(Beloep::from_kroner(kroner), day(fra), day(til)).to_kroner().to_string()
        };
        assert_eq!(printed(61_244, "2022-04-11", "2023-08-28"), "8424");
        assert_eq!(printed(51_321, "2021-12-10", "2022-01-17"), "439");
    }

    #[test]
    fn rates_by_half_year() {
        assert_eq!(rate(day("2010-01-01")), 950);
        assert_eq!(rate(day("2020-06-30")), 950);
        assert_eq!(rate(day("2020-07-01")), 800);
        assert_eq!(rate(day("2025-12-31")), 1225);
        assert_eq!(rate(day("2026-01-01")), 1200);
        assert_eq!(rate(day("2040-01-01")), 1200);
    }

    proptest! {
        #[test]
        fn interest_adds_up_over_any_split(oere in 0_i64..100_000_000_000, start in 0_u64..6000, first in 0_u64..1500, second in 0_u64..1500) {
            let fra = day("2015-01-01") + Days::new(start);
            let (mid, til) = (fra + Days::new(first), fra + Days::new(first + second));
            let beloep = Beloep::from_oere(oere);
            let whole = Rente::simple(beloep, fra, til);
            prop_assert_eq!(whole, Rente::simple(beloep, fra, mid) + Rente::simple(beloep, mid, til));
            prop_assert!(whole.to_oere() >= Rente::simple(beloep, fra, mid).to_oere());
        }

        #[test]
        fn no_interest_before_due_or_on_credits(oere in -1_000_000_i64..1_000_000, late in 0_u64..1000) {
            let due = day("2025-01-01");
            let beloep = Beloep::from_oere(oere);
            prop_assert_eq!(Rente::simple(beloep, due + Days::new(late), due), Rente::default());
            if oere <= 0 {
                prop_assert_eq!(Rente::simple(beloep, due, due + Days::new(late)), Rente::default());
            }
        }
    }
}
