//! Statutory terms and the due dates that follow from them.

use chrono::{Datelike, Days, NaiveDate};

use super::kalender::{this_or_next_working_day, this_or_previous_working_day};

/// A series of statutory terms. Imitates docs/fidelity.md, "Due dates".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Terminserie {
    /// Six two-month terms of VAT, due 10 April, 10 June, 31 August, 10 October, 10 December, 10 February.
    Mva,
    /// Six two-month terms of employer's contribution, due on the 15th of the month after (March, May, … January).
    Arbeidsgiver,
    /// Withholding tax. To 2025 it has the terms of the employer's contribution. From 2026 each pay day is a term, and
    /// the tax is due on the first working day after it.
    Forskuddstrekk,
    /// Personal advance tax: a year, in four instalments due 15 March, June, September and December.
    Forskuddsskatt,
    /// Outstanding tax: a year, in two instalments due 20 August of the next year and five weeks later.
    Restskatt,
    /// The settlement of a year's tax: what was paid too much is paid back on 25 June of the next year.
    Skatteoppgjoer,
}

/// One term of a year, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Termin {
    /// The income year or the year of the term.
    pub aar: i32,
    /// 1 to 6; from 2026 the month of withholding tax; always 1 if the term is a whole year.
    pub nummer: u8,
}

/// The first year in which withholding tax is due after each pay day.
const FIRST_YEAR_OF_PAY_DAYS: i32 = 2026;

/// The day of the month on which wages are paid, or the last working day before it.
const PAY_DAY: u32 = 20;

/// The days between the two instalments of outstanding tax.
const DAYS_BETWEEN_INSTALMENTS: u64 = 35;

impl Terminserie {
    /// How many terms a year has.
    pub const fn per_year(self, aar: i32) -> u8 {
        match self {
            Self::Mva | Self::Arbeidsgiver => 6,
            Self::Forskuddstrekk if aar < FIRST_YEAR_OF_PAY_DAYS => 6,
            Self::Forskuddstrekk => 12,
            Self::Forskuddsskatt | Self::Restskatt | Self::Skatteoppgjoer => 1,
        }
    }

    /// Whether a term is a whole year.
    pub const fn is_yearly(self) -> bool {
        matches!(self, Self::Forskuddsskatt | Self::Restskatt | Self::Skatteoppgjoer)
    }

    /// How many of its terms share what one of them had before: two pay days, a two-month term of withholding tax.
    pub const fn shares(self, aar: i32) -> i64 {
        match self {
            Self::Forskuddstrekk if aar >= FIRST_YEAR_OF_PAY_DAYS => 2,
            _ => 1,
        }
    }

    /// The statutory due date, moved to the next working day: of the first instalment, if the term has several. `None`
    /// for a term that does not exist.
    pub fn forfallsdato(self, termin: Termin) -> Option<NaiveDate> {
        if termin.nummer > self.per_year(termin.aar) {
            return None;
        }
        let index = usize::from(termin.nummer.checked_sub(1)?);
        let (year, (month, day)) = match self {
            Self::Mva => {
                let day = *[(4, 10), (6, 10), (8, 31), (10, 10), (12, 10), (2, 10)].get(index)?;
                (termin.aar + i32::from(termin.nummer == 6), day)
            }
            Self::Forskuddstrekk if termin.aar >= FIRST_YEAR_OF_PAY_DAYS => {
                let (paid, _) = self.periode(termin)?;
                return due_after_pay_day(paid);
            }
            Self::Arbeidsgiver | Self::Forskuddstrekk => {
                let day = *[(3, 15), (5, 15), (7, 15), (9, 15), (11, 15), (1, 15)].get(index)?;
                (termin.aar + i32::from(termin.nummer == 6), day)
            }
            Self::Forskuddsskatt => (termin.aar, (3, 15)),
            Self::Restskatt => (termin.aar + 1, (8, 20)),
            Self::Skatteoppgjoer => (termin.aar + 1, (6, 25)),
        };
        NaiveDate::from_ymd_opt(year, month, day).map(this_or_next_working_day)
    }

    /// The statutory due dates of the instalments of a year. `None` if a term has only one.
    pub fn avdrag(self, aar: i32) -> Option<Vec<NaiveDate>> {
        let first = self.forfallsdato(Termin { aar, nummer: 1 })?;
        match self {
            Self::Forskuddsskatt => {
                let due = |month| NaiveDate::from_ymd_opt(aar, month, 15).map(this_or_next_working_day);
                [3, 6, 9, 12].into_iter().map(due).collect()
            }
            Self::Restskatt => {
                let second =
                    first.checked_add_days(Days::new(DAYS_BETWEEN_INSTALMENTS)).map(this_or_next_working_day)?;
                Some(vec![first, second])
            }
            Self::Mva | Self::Arbeidsgiver | Self::Forskuddstrekk | Self::Skatteoppgjoer => None,
        }
    }

    /// The first and the last day of the term itself: of a pay day, that day twice. `None` for a term that does not
    /// exist.
    pub fn periode(self, termin: Termin) -> Option<(NaiveDate, NaiveDate)> {
        if self == Self::Forskuddstrekk && termin.aar >= FIRST_YEAR_OF_PAY_DAYS {
            let day = NaiveDate::from_ymd_opt(termin.aar, termin.nummer.into(), PAY_DAY)?;
            let day = this_or_previous_working_day(day);
            return Some((day, day));
        }
        let months = u32::from(12 / self.per_year(termin.aar));
        let first_month = u32::from(termin.nummer.checked_sub(1)?) * months + 1;
        let first = NaiveDate::from_ymd_opt(termin.aar, first_month, 1)?;
        let next = first_month + months;
        let next_year = next > 12;
        let next = NaiveDate::from_ymd_opt(termin.aar + i32::from(next_year), if next_year { 1 } else { next }, 1)?;
        let last = next.pred_opt()?;
        Some((first, last))
    }

    /// The newest term that was overdue on a day. Its (first) due date is before the day.
    pub fn newest_overdue(self, day: NaiveDate) -> Termin {
        // No term falls due before it begins, so the one after that of the day is due later than the day.
        let of_day = day.month0() * u32::from(self.per_year(day.year())) / 12;
        let of_day = Termin { aar: day.year(), nummer: u8::try_from(of_day + 1).unwrap_or(1) };
        let mut termin = self.offset(of_day, 1);
        while self.forfallsdato(termin).is_some_and(|due| due >= day) {
            termin = self.offset(termin, -1);
        }
        termin
    }

    /// The term that is this many terms later, or earlier if the number is negative.
    pub fn offset(self, termin: Termin, terms: i32) -> Termin {
        self.at(self.ordinal(termin) + terms)
    }

    /// The number of a term, counted from the year 0. The next term has the next number.
    pub fn ordinal(self, termin: Termin) -> i32 {
        self.terms_before(termin.aar) + i32::from(termin.nummer) - 1
    }

    /// The term with a number of [`Terminserie::ordinal`].
    fn at(self, ordinal: i32) -> Termin {
        let per_early_year = i32::from(self.per_year(0));
        let late = ordinal - self.terms_before(FIRST_YEAR_OF_PAY_DAYS);
        let (aar, index) = if late < 0 {
            (ordinal.div_euclid(per_early_year), ordinal.rem_euclid(per_early_year))
        } else {
            let per_year = i32::from(self.per_year(FIRST_YEAR_OF_PAY_DAYS));
            (FIRST_YEAR_OF_PAY_DAYS + late / per_year, late % per_year)
        };
        Termin { aar, nummer: u8::try_from(index + 1).unwrap_or(1) }
    }

    /// How many terms the years from 0 up to a year have.
    fn terms_before(self, aar: i32) -> i32 {
        let late = (aar - FIRST_YEAR_OF_PAY_DAYS).max(0);
        (aar - late) * i32::from(self.per_year(0)) + late * i32::from(self.per_year(FIRST_YEAR_OF_PAY_DAYS))
    }
}

/// The due date of withholding tax from 2026: the first working day after the pay day.
pub fn due_after_pay_day(paid: NaiveDate) -> Option<NaiveDate> {
    paid.succ_opt().map(this_or_next_working_day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        super::super::clock::parse_day(text).expect(text)
    }

    fn due(serie: Terminserie, aar: i32, nummer: u8) -> Option<NaiveDate> {
        serie.forfallsdato(Termin { aar, nummer })
    }

    #[test]
    fn published_due_dates() {
        assert_eq!(due(Terminserie::Mva, 2022, 1), Some(day("2022-04-11")));
        assert_eq!(due(Terminserie::Mva, 2025, 6), Some(day("2026-02-10")));
        assert_eq!(due(Terminserie::Arbeidsgiver, 2022, 2), Some(day("2022-05-16")));
        assert_eq!(due(Terminserie::Arbeidsgiver, 2021, 6), Some(day("2022-01-17")));
        let advance = Terminserie::Forskuddsskatt.avdrag(2022).expect("instalments");
        assert_eq!(advance, ["2022-03-15", "2022-06-15", "2022-09-15", "2022-12-15"].map(day));
        assert_eq!(due(Terminserie::Mva, 2026, 7), None);
        assert_eq!(due(Terminserie::Forskuddsskatt, 2026, 0), None);
    }

    #[test]
    fn withholding_tax_belongs_to_terms_to_2025_and_to_pay_days_from_2026() {
        let withholding = Terminserie::Forskuddstrekk;
        assert_eq!(due(withholding, 2025, 6), Some(day("2026-01-15")));
        assert_eq!(due(withholding, 2025, 7), None);
        let paid = |nummer| withholding.periode(Termin { aar: 2026, nummer });
        assert_eq!(paid(1), Some((day("2026-01-20"), day("2026-01-20"))));
        assert_eq!(due(withholding, 2026, 1), Some(day("2026-01-21")));
        // 20 March 2026 is a Friday; 20 June is a Saturday, so wages come on the Friday.
        assert_eq!(due(withholding, 2026, 3), Some(day("2026-03-23")));
        assert_eq!(paid(6), Some((day("2026-06-19"), day("2026-06-19"))));
        assert_eq!(due(withholding, 2026, 6), Some(day("2026-06-22")));
        let last_term = Termin { aar: 2025, nummer: 6 };
        assert_eq!(withholding.offset(last_term, 1), Termin { aar: 2026, nummer: 1 });
        assert_eq!(withholding.offset(Termin { aar: 2027, nummer: 1 }, -13), last_term);
        assert_eq!(withholding.newest_overdue(day("2026-11-24")), Termin { aar: 2026, nummer: 11 });
    }

    #[test]
    fn outstanding_tax_falls_due_twice_five_weeks_apart() {
        let due = Terminserie::Restskatt.avdrag(2025).expect("instalments");
        assert_eq!(due, ["2026-08-20", "2026-09-24"].map(day));
    }

    #[test]
    fn newest_overdue_term() {
        let newest = |d: &str| Terminserie::Mva.newest_overdue(day(d));
        assert_eq!(newest("2026-10-12"), Termin { aar: 2026, nummer: 3 }); // due on this Monday, so not overdue yet
        assert_eq!(newest("2026-10-13"), Termin { aar: 2026, nummer: 4 });
        assert_eq!(newest("2026-01-15"), Termin { aar: 2025, nummer: 5 });
        assert_eq!(newest("2026-02-11"), Termin { aar: 2025, nummer: 6 });
        let tax = [Terminserie::Forskuddsskatt, Terminserie::Restskatt, Terminserie::Skatteoppgjoer];
        let others = [Terminserie::Mva, Terminserie::Arbeidsgiver, Terminserie::Forskuddstrekk];
        for serie in tax.into_iter().chain(others) {
            for day in day("2024-12-20").iter_days().take(800) {
                let newest = serie.newest_overdue(day);
                assert!(serie.forfallsdato(newest).is_some_and(|due| due < day), "{serie:?} {day} {newest:?}");
                let next = serie.offset(newest, 1);
                assert!(serie.forfallsdato(next).is_some_and(|due| due >= day), "{serie:?} {day} {next:?}");
            }
        }
    }

    #[test]
    fn offsets_cross_years() {
        let start = Termin { aar: 2026, nummer: 1 };
        assert_eq!(Terminserie::Mva.offset(start, -1), Termin { aar: 2025, nummer: 6 });
        assert_eq!(Terminserie::Forskuddsskatt.offset(start, 5), Termin { aar: 2031, nummer: 1 });
        assert_eq!(Terminserie::Mva.periode(start), Some((day("2026-01-01"), day("2026-02-28"))));
        for serie in [Terminserie::Mva, Terminserie::Forskuddstrekk, Terminserie::Restskatt] {
            for ordinal in 11_000..13_000 {
                assert_eq!(serie.ordinal(serie.at(ordinal)), ordinal);
            }
        }
    }
}
