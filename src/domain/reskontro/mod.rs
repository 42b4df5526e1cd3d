//! The ledger of one party: claims, payments, set-offs and payouts, described once.
//!
//! [`Reskontro::new`] refuses a ledger that contradicts itself. [`Reskontro::as_of`] shows the ledger as it
//! stood on a day. Every answer of every service about it is a view of that.

mod as_of;
mod invariants;
mod poster;
mod renter;
mod types;

pub use as_of::{AsOf, ForfallAsOf, Gruppesum, KravAsOf, Plassert, Totaler};
pub use invariants::{Brudd, Entry, Violation};
pub(crate) use poster::Postering;
pub use renter::{Hovedstol, PlassertPaaHovedstol};
pub use types::*;

use poster::Poster;
use rustc_hash::FxHashMap;

use chrono::NaiveDate;
use smol_str::SmolStr;

use crate::domain::identifikator::Part;

/// The ledger of a party. Its invariants hold.
#[derive(Clone, Debug, Default)]
pub struct Reskontro {
    krav: Vec<Krav>,
    innbetalinger: Vec<Innbetaling>,
    motregninger: Vec<Motregning>,
    utbetalinger: Vec<Utbetaling>,
    mot_andre: Vec<MotregningMotAndre>,
    /// The placements on each instalment.
    poster: Poster,
    /// The payments in the order in which they are shown: the party's own before its owner's, by date.
    innbetalinger_by_date: Vec<usize>,
    /// The payouts in the same order.
    utbetalinger_by_date: Vec<usize>,
    /// The claims for interest on each claim that has any, by index.
    rentekrav: FxHashMap<usize, Vec<usize>>,
    /// What was done with the unallocated parts of payments, by the identifiers of the payments. Few ledgers have any.
    bruk: FxHashMap<SmolStr, Vec<(Part, BrukRef)>>,
    has_utsatt_iverksettelse: bool,
}

/// A use of the unallocated part of a payment, by its index in the ledger.
#[derive(Clone, Copy, Debug)]
enum BrukRef {
    /// `utbetalinger[.0].tilbakebetaling_av[.1]`
    Tilbakebetalt(usize, usize),
    /// `mot_andre[.0]`
    MotAndre(usize),
}

/// The entries that a ledger is made of.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Entries {
    pub krav: Vec<Krav>,
    pub innbetalinger: Vec<Innbetaling>,
    pub motregninger: Vec<Motregning>,
    pub utbetalinger: Vec<Utbetaling>,
    pub mot_andre: Vec<MotregningMotAndre>,
}

/// What was done with the unallocated part of a payment.
#[derive(Clone, Copy, Debug)]
pub enum Bruk<'a> {
    /// A payout pays a part of it back.
    Tilbakebetalt(&'a Utbetaling, &'a Tilbakebetaling),
    /// A set-off covers claims of others with it.
    MotAndre(&'a MotregningMotAndre),
}

impl Reskontro {
    /// Puts a ledger together.
    ///
    /// # Errors
    /// Every broken invariant, each with its entry: a reference to a claim that does not exist, an
    /// identifier that is used twice, more placed than was paid or claimed, a set-off between two debits, a
    /// placement before its payment or claim existed, a payout that is not the sum of its parts.
    pub fn new(entries: Entries) -> Result<Self, Vec<Violation>> {
        let poster = Poster::of(&entries);
        let Entries { krav, innbetalinger, motregninger, utbetalinger, mot_andre } = entries;
        let innbetalinger_by_date =
            by_date(&innbetalinger, |innbetaling| (innbetaling.part.is_person(), innbetaling.innbetalingsdato));
        let utbetalinger_by_date =
            by_date(&utbetalinger, |utbetaling| (utbetaling.part.is_person(), utbetaling.utbetaltdato));
        let rentekrav = rentekrav(&krav);
        let mut bruk: FxHashMap<SmolStr, Vec<(Part, BrukRef)>> = FxHashMap::default();
        let mut add_use = |index: usize, used: BrukRef| {
            if let Some(innbetaling) = innbetalinger.get(index) {
                let uses = bruk.entry(innbetaling.innbetalingsidentifikator.clone()).or_default();
                uses.push((innbetaling.part, used));
            }
        };
        for (i, utbetaling) in utbetalinger.iter().enumerate() {
            for (j, part) in utbetaling.tilbakebetaling_av.iter().enumerate() {
                add_use(part.innbetaling, BrukRef::Tilbakebetalt(i, j));
            }
        }
        for (i, motregning) in mot_andre.iter().enumerate() {
            if let Motregningskilde::Innbetaling(index) = motregning.kilde {
                add_use(index, BrukRef::MotAndre(i));
            }
        }
        let has_utsatt_iverksettelse =
            krav.iter().flat_map(|krav| &krav.forfall).any(|forfall| forfall.utsatt_iverksettelse.is_some());
        let reskontro = Self {
            krav,
            innbetalinger,
            motregninger,
            utbetalinger,
            mot_andre,
            poster,
            innbetalinger_by_date,
            utbetalinger_by_date,
            rentekrav,
            bruk,
            has_utsatt_iverksettelse,
        };
        let violations = invariants::check(&reskontro);
        if violations.is_empty() { Ok(reskontro) } else { Err(violations) }
    }

    /// The ledger as it stood at the end of a day.
    pub fn as_of(&self, dag: NaiveDate) -> AsOf<'_> {
        AsOf::new(self, dag)
    }

    /// The claims of all days, in the order of the scenario.
    pub fn krav(&self) -> &[Krav] {
        &self.krav
    }

    /// The payments of all days.
    pub fn innbetalinger(&self) -> &[Innbetaling] {
        &self.innbetalinger
    }

    /// The set-offs of all days.
    pub fn motregninger(&self) -> &[Motregning] {
        &self.motregninger
    }

    /// What was done with the unallocated part of a payment, in the order of the ledger.
    pub fn bruk(&self, innbetaling: &Innbetaling) -> impl Iterator<Item = Bruk<'_>> {
        let uses = self.bruk.get(&*innbetaling.innbetalingsidentifikator).into_iter().flatten();
        let part = innbetaling.part;
        uses.filter(move |(of, _)| *of == part).map(|(_, bruk)| match *bruk {
            BrukRef::Tilbakebetalt(i, j) => {
                let utbetaling = &self.utbetalinger[i];
                Bruk::Tilbakebetalt(utbetaling, &utbetaling.tilbakebetaling_av[j])
            }
            BrukRef::MotAndre(i) => Bruk::MotAndre(&self.mot_andre[i]),
        })
    }

    /// The payouts of all days.
    pub fn utbetalinger(&self) -> &[Utbetaling] {
        &self.utbetalinger
    }

    /// Whether enforcement of any instalment is deferred, on some day.
    pub fn has_utsatt_iverksettelse(&self) -> bool {
        self.has_utsatt_iverksettelse
    }

    /// The claims for interest on a claim.
    pub(crate) fn rentekrav(&self, krav: usize) -> impl Iterator<Item = &Krav> {
        self.rentekrav.get(&krav).into_iter().flatten().map(|index| &self.krav[*index])
    }

    /// The placements on an instalment that exists.
    pub(crate) fn poster(&self, forfall: ForfallRef) -> impl Iterator<Item = Postering> {
        self.poster.paa(forfall)
    }

    /// The instalment of a checked reference.
    pub fn forfall(&self, forfall: ForfallRef) -> &Kravforfall {
        &self.krav[forfall.krav].forfall[forfall.forfall]
    }
}

/// The indexes of a list in the order of a key. Entries with the same key keep their order.
fn by_date<T>(list: &[T], key: impl Fn(&T) -> (bool, NaiveDate)) -> Vec<usize> {
    let mut order: Vec<usize> = (0..list.len()).collect();
    order.sort_by_key(|index| key(&list[*index]));
    order
}

/// The interest claims on each claim.
fn rentekrav(krav: &[Krav]) -> FxHashMap<usize, Vec<usize>> {
    let mut found: FxHashMap<usize, Vec<usize>> = FxHashMap::default();
    if krav.iter().all(|krav| krav.hovedstol.is_none()) {
        return found;
    }
    let mut ids: FxHashMap<(Part, &str), usize> = FxHashMap::default();
    let mut of_any_part: FxHashMap<&str, usize> = FxHashMap::default();
    for (index, krav) in krav.iter().enumerate() {
        ids.entry((krav.part, &krav.kravidentifikator)).or_insert(index);
        of_any_part.entry(&krav.kravidentifikator).or_insert(index);
    }
    for (index, krav) in krav.iter().enumerate() {
        let Some(id) = krav.hovedstol.as_deref() else {
            continue;
        };
        if let Some(principal) = ids.get(&(krav.part, id)).or_else(|| of_any_part.get(id)) {
            found.entry(*principal).or_default().push(index);
        }
    }
    found
}
