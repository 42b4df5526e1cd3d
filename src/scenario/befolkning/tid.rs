//! The time that a ledger is made for, and what a ledger of what is open on a day leaves out.

use chrono::{Days, Months, NaiveDate};

use super::folk::anker;
use crate::scenario::resolve::{DAYS_FROM_CREATION_TO_DUE, Span};

/// How far the series of a party go from the first day of a quarter: three years back, and to the end of the quarter with
/// the claims that exist by then.
pub(super) const SPAN: Span = Span { before: Months::new(36), after: Months::new(4) };

/// The first and the last day that claims of a ledger fall due on, and whether all of them are asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tid {
    pub(super) fra: NaiveDate,
    pub(super) til: NaiveDate,
    /// The day whose open claims are all that is asked for, if they are.
    pub(super) aapent: Option<NaiveDate>,
}

impl Tid {
    /// That of a ledger that is told on a day.
    pub(super) fn om(day: NaiveDate) -> Self {
        Self::mellom(SPAN.days(anker(day)))
    }

    /// The same, for what is open on the day.
    pub(super) fn aapent(day: NaiveDate) -> Self {
        Self { aapent: Some(day), ..Self::om(day) }
    }

    /// That of a ledger from a day to another one.
    pub(super) fn mellom((fra, til): (NaiveDate, NaiveDate)) -> Self {
        Self { fra, til, aapent: None }
    }

    /// Whether a claim is not asked for: it is made after the day, or the last that belongs to it was paid by then.
    pub(super) fn utelater(self, forfall: NaiveDate, oppgjort: Option<NaiveDate>) -> bool {
        self.aapent.is_some_and(|dag| {
            forfall - Days::new(DAYS_FROM_CREATION_TO_DUE) > dag || oppgjort.is_some_and(|last| last <= dag)
        })
    }
}
