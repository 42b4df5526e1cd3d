//! Statutory terms and the due dates that follow from them.

use chrono::{Datelike, NaiveDate};

use super::kalender::this_or_next_working_day;

/// A series of statutory terms within a year. Imitates docs/fidelity.md, "Due dates".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Terminserie {
    /// Six two-month terms of VAT, due 10 April, 10 June, 31 August, 10 October, 10 December, 10 February.
    Mva,
    /// Six two-month terms of withholding tax and employer's contribution, due on the 15th of the
    /// month after (March, May, … January).
    Arbeidsgiver,
    /// Four instalments of personal advance tax, due 15 March, June, September and December.
    Forskuddsskatt,
}

/// One term of a year, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Termin {
    /// The income year or the year of the term.
    pub aar: i32,
    /// 1 to 6, or 1 to 4 for advance tax.
    pub nummer: u8,
}

impl Terminserie {
    /// How many terms a year has.
    pub const fn per_year(self) -> u8 {
        match self {
            Self::Mva | Self::Arbeidsgiver => 6,
            Self::Forskuddsskatt => 4,
        }
    }

    /// The statutory due date, moved to the next working day. `None` for a term that does not exist.
    pub fn forfallsdato(self, termin: Termin) -> Option<NaiveDate> {
        let index = usize::from(termin.nummer.checked_sub(1)?);
        let (month, day) = match self {
            Self::Mva => *[(4, 10), (6, 10), (8, 31), (10, 10), (12, 10), (2, 10)].get(index)?,
            Self::Arbeidsgiver => *[(3, 15), (5, 15), (7, 15), (9, 15), (11, 15), (1, 15)].get(index)?,
            Self::Forskuddsskatt => *[(3, 15), (6, 15), (9, 15), (12, 15)].get(index)?,
        };
        let next_year = self.per_year() == 6 && termin.nummer == 6;
        NaiveDate::from_ymd_opt(termin.aar + i32::from(next_year), month, day).map(this_or_next_working_day)
    }

    /// The first and the last day of the term itself. `None` for a term that does not exist.
    pub fn periode(self, termin: Termin) -> Option<(NaiveDate, NaiveDate)> {
        let months = u32::from(12 / self.per_year());
        let first_month = u32::from(termin.nummer.checked_sub(1)?) * months + 1;
        let first = NaiveDate::from_ymd_opt(termin.aar, first_month, 1)?;
        let last = first.checked_add_months(chrono::Months::new(months))?.pred_opt()?;
        Some((first, last))
    }

    /// The newest term that was overdue on a day. Its due date is before the day.
    pub fn newest_overdue(self, day: NaiveDate) -> Termin {
        let mut termin = Termin { aar: day.year() + 1, nummer: self.per_year() };
        while self.forfallsdato(termin).is_some_and(|due| due >= day) {
            termin = self.offset(termin, -1);
        }
        termin
    }

    /// The term that is this many terms later, or earlier if the number is negative.
    pub fn offset(self, termin: Termin, terms: i32) -> Termin {
        let per_year = i32::from(self.per_year());
        let ordinal = termin.aar * per_year + i32::from(termin.nummer) - 1 + terms;
        let nummer = u8::try_from(ordinal.rem_euclid(per_year) + 1).unwrap_or(1);
        Termin { aar: ordinal.div_euclid(per_year), nummer }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        super::super::clock::parse_day(text).expect(text)
    }

    #[test]
    fn published_due_dates() {
        let due = |serie: Terminserie, aar, nummer| serie.forfallsdato(Termin { aar, nummer }).expect("term");
        assert_eq!(due(Terminserie::Mva, 2022, 1), day("2022-04-11"));
        assert_eq!(due(Terminserie::Mva, 2025, 6), day("2026-02-10"));
        assert_eq!(due(Terminserie::Arbeidsgiver, 2022, 2), day("2022-05-16"));
        assert_eq!(due(Terminserie::Arbeidsgiver, 2021, 6), day("2022-01-17"));
        assert_eq!(due(Terminserie::Forskuddsskatt, 2026, 4), day("2026-12-15"));
        assert_eq!(Terminserie::Mva.forfallsdato(Termin { aar: 2026, nummer: 7 }), None);
        assert_eq!(Terminserie::Forskuddsskatt.forfallsdato(Termin { aar: 2026, nummer: 0 }), None);
    }

    #[test]
    fn newest_overdue_term() {
        let newest = |d: &str| Terminserie::Mva.newest_overdue(day(d));
        assert_eq!(newest("2026-10-12"), Termin { aar: 2026, nummer: 3 }); // due on this Monday, so not overdue yet
        assert_eq!(newest("2026-10-13"), Termin { aar: 2026, nummer: 4 });
        assert_eq!(newest("2026-01-15"), Termin { aar: 2025, nummer: 5 });
        assert_eq!(newest("2026-02-11"), Termin { aar: 2025, nummer: 6 });
    }

    #[test]
    fn offsets_cross_years() {
        let start = Termin { aar: 2026, nummer: 1 };
        assert_eq!(Terminserie::Mva.offset(start, -1), Termin { aar: 2025, nummer: 6 });
        assert_eq!(Terminserie::Forskuddsskatt.offset(start, 5), Termin { aar: 2027, nummer: 2 });
        assert_eq!(Terminserie::Mva.periode(start), Some((day("2026-01-01"), day("2026-02-28"))));
    }
}
