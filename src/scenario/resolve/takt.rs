//! When the claims of a series are made and paid, and which of them a ledger of what is open on a day leaves out.

use chrono::{Days, NaiveDate};

use super::betalinger::placed_on;
use super::krav::DAYS_FROM_CREATION_TO_DUE;
use crate::scenario::scalar::{AfterDue, Paid};

/// When the claims of a series are made and paid.
pub(super) struct Takt {
    pub(super) opprettet: Option<AfterDue>,
    pub(super) betalt: Option<Paid>,
    /// Of so many claims one is paid: 1 pays all of them, 2 every second one.
    pub(super) betalt_hver: u32,
}

/// The days of a claim that decide when it is made and paid.
#[derive(Clone, Copy)]
pub(super) struct Dager {
    /// The due dates of its first and its last instalment. The last one may be later than it is.
    pub(super) forfall: (NaiveDate, NaiveDate),
    /// The pay day that it is for.
    pub(super) loennsdag: Option<NaiveDate>,
}

/// How a claim stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stand {
    /// All of it is paid.
    Oppgjort,
    /// Neither it nor its payments are there yet.
    Kommer,
    /// It may be open.
    Aapent,
}

impl Takt {
    /// The day on which a claim is created.
    pub(super) fn opprettet(&self, foerste_forfall: NaiveDate, loennsdag: Option<NaiveDate>) -> NaiveDate {
        let given = self.opprettet.and_then(|opprettet| opprettet.apply(foerste_forfall));
        given.or(loennsdag).unwrap_or_else(|| foerste_forfall - Days::new(DAYS_FROM_CREATION_TO_DUE))
    }

    /// The day on which an instalment of a claim is paid. `None` if it never is.
    pub(super) fn betalt(&self, number: i64, forfall: NaiveDate, opprettet: NaiveDate) -> Option<NaiveDate> {
        let hver = i64::from(self.betalt_hver);
        let paid = self.betalt.filter(|_| number.rem_euclid(hver) == hver - 1)?;
        Some(match paid {
            Paid::AfterDue(after) => after.apply(forfall).unwrap_or(forfall),
            Paid::WhenCreated => opprettet,
        })
    }

    /// Whether all claims before a settled one are settled, too.
    pub(super) fn betales_i_rekkefoelge(&self) -> bool {
        self.betalt.is_some() && self.betalt_hver == 1
    }

    /// How a claim stands on a day.
    pub(super) fn stand(&self, number: i64, dager: Dager, dag: NaiveDate) -> Stand {
        let (first, last) = dager.forfall;
        let opprettet = self.opprettet(first, dager.loennsdag);
        let paid = |forfall| self.betalt(number, forfall, opprettet);
        if opprettet > dag && paid(first).is_none_or(|paid| paid > dag) {
            Stand::Kommer
        } else if paid(last).is_some_and(|paid| placed_on(paid, opprettet) <= dag) {
            Stand::Oppgjort
        } else {
            Stand::Aapent
        }
    }
}
