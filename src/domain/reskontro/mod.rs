//! The ledger of one party: claims, payments, set-offs and payouts, described once.
//!
//! [`Reskontro::new`] takes only ledgers whose parts agree; [`Reskontro::as_of`] shows one as it
//! stood on a day. Every answer of every service is a view of that.

mod as_of;
mod invariants;
mod types;

pub use as_of::{AsOf, ForfallAsOf, Gruppesum, KravAsOf, Plassert, Totaler};
pub use invariants::{Brudd, Entry, Violation};
pub use types::*;

use chrono::NaiveDate;

/// A party's ledger, with its invariants kept.
#[derive(Clone, Debug, Default)]
pub struct Reskontro {
    krav: Vec<Krav>,
    innbetalinger: Vec<Innbetaling>,
    motregninger: Vec<Motregning>,
    utbetalinger: Vec<Utbetaling>,
    /// What was placed on each instalment, by the instalment: `poster[krav][forfall]`.
    poster: Vec<Vec<Vec<Postering>>>,
}

/// One placement on an instalment, by where it stands in the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Postering {
    /// `innbetalinger[.0].plasseringer[.1]`
    Innbetaling(usize, usize),
    /// `motregninger[.0]`, of which this instalment is one side
    Motkrav(usize),
    /// `utbetalinger[.0].grunnlag[.1]`
    Utbetaling(usize, usize),
}

impl Reskontro {
    /// Puts a ledger together.
    ///
    /// # Errors
    /// Every broken invariant, each with the entry it was found at: a reference to nothing, an
    /// identifier used twice, more placed than was paid or claimed, a set-off between two debits, a
    /// placement before its payment or claim existed, a payout unlike the sum of its parts.
    pub fn new(
        krav: Vec<Krav>,
        innbetalinger: Vec<Innbetaling>,
        motregninger: Vec<Motregning>,
        utbetalinger: Vec<Utbetaling>,
    ) -> Result<Self, Vec<Violation>> {
        let mut poster: Vec<Vec<Vec<Postering>>> =
            krav.iter().map(|krav| vec![Vec::new(); krav.forfall.len()]).collect();
        let mut post = |til: ForfallRef, postering| {
            if let Some(list) = poster.get_mut(til.krav).and_then(|krav| krav.get_mut(til.forfall)) {
                list.push(postering);
            }
        };
        for (i, innbetaling) in innbetalinger.iter().enumerate() {
            for (j, plassering) in innbetaling.plasseringer.iter().enumerate() {
                post(plassering.forfall, Postering::Innbetaling(i, j));
            }
        }
        for (i, motregning) in motregninger.iter().enumerate() {
            post(motregning.debet, Postering::Motkrav(i));
            post(motregning.kredit, Postering::Motkrav(i));
        }
        for (i, utbetaling) in utbetalinger.iter().enumerate() {
            for (j, grunnlag) in utbetaling.grunnlag.iter().enumerate() {
                post(grunnlag.forfall, Postering::Utbetaling(i, j));
            }
        }
        let reskontro = Self { krav, innbetalinger, motregninger, utbetalinger, poster };
        let violations = invariants::check(&reskontro);
        if violations.is_empty() { Ok(reskontro) } else { Err(violations) }
    }

    /// The ledger as it stood at the end of a day.
    pub fn as_of(&self, dag: NaiveDate) -> AsOf<'_> {
        AsOf::new(self, dag)
    }

    /// All claims, whatever the day, in the order of the scenario.
    pub fn krav(&self) -> &[Krav] {
        &self.krav
    }

    /// All payments, whatever the day.
    pub fn innbetalinger(&self) -> &[Innbetaling] {
        &self.innbetalinger
    }

    /// All set-offs, whatever the day.
    pub fn motregninger(&self) -> &[Motregning] {
        &self.motregninger
    }

    /// All payouts, whatever the day.
    pub fn utbetalinger(&self) -> &[Utbetaling] {
        &self.utbetalinger
    }

    pub(crate) fn poster(&self, forfall: ForfallRef) -> &[Postering] {
        &self.poster[forfall.krav][forfall.forfall]
    }

    /// The instalment a checked reference points to.
    pub fn forfall(&self, forfall: ForfallRef) -> &Kravforfall {
        &self.krav[forfall.krav].forfall[forfall.forfall]
    }
}
