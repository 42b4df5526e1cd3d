//! The ledger while it is being read, and how a scenario refers to its entries.

use std::cell::OnceCell;
use std::ops::Range;

use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use chrono::NaiveDate;
use smol_str::SmolStr;

use super::Reader;
use crate::catalogue::nearest;
use crate::domain::Beloep;
use crate::domain::identifikator::Part;
use crate::domain::kravtype::Reskontrosystem;
use crate::domain::reskontro::{
    Entries, ForfallRef, Innbetaling, Krav, Motregning, MotregningMotAndre, Motregningskilde, Reskontro, Utbetaling,
    Violation,
};
use crate::scenario::problems::Place;
use crate::scenario::scalar::{Count, Text};

/// The ledger while it is being read. Its hash is quick and has no key: an author who makes identifiers collide slows the reading of
/// that file only, and the budget bounds its entries.
#[derive(Clone, Default)]
pub(super) struct Ledger {
    pub(super) krav: Vec<Krav>,
    pub(super) innbetalinger: Vec<Innbetaling>,
    pub(super) motregninger: Vec<Motregning>,
    pub(super) utbetalinger: Vec<Utbetaling>,
    pub(super) mot_andre: Vec<MotregningMotAndre>,
    /// The series of the file that have claims, in its order.
    pub(super) serier: Vec<Serie>,
    /// The terms of series whose claims were left out, because nobody asks for them.
    pub(super) utelatt: Vec<Utelatt>,
    /// The interest claims whose amounts are computed, by index.
    pub(super) computed: Vec<usize>,
    /// The claims by their identifiers. Made when one is first looked for.
    index: OnceCell<FxHashMap<(Part, SmolStr), usize>>,
    /// The parties that the claims belong to: the party of the file, and its owner.
    parts: Vec<Part>,
    /// The payments by their identifiers. Made when one is first looked for, which is when all payments have been read.
    payments: OnceCell<FxHashMap<(Part, SmolStr), usize>>,
    /// The identifiers of payments that could not be read.
    lost: FxHashSet<SmolStr>,
    /// Where the entries of the file stand that were kept.
    pub(super) origins: Origins,
}

/// A series of claims.
#[derive(Clone)]
pub(super) struct Serie {
    pub(super) part: Part,
    pub(super) system: Reskontrosystem,
    /// What its identifiers begin with, before the digits that count.
    pub(super) beginning: SmolStr,
    /// Its claims that are asked for, by their places in the ledger.
    pub(super) krav: Range<usize>,
}

/// Terms of which a series has claims that were left out.
#[derive(Clone)]
pub(super) struct Utelatt {
    pub(super) kravtype: SmolStr,
    pub(super) part: Part,
    pub(super) dager: Tidsrom,
}

/// A time from a day to another one, both with it. One that has no first or last day has no such bound.
#[derive(Clone, Copy)]
pub(super) struct Tidsrom {
    pub(super) fra: Option<NaiveDate>,
    pub(super) til: Option<NaiveDate>,
}

impl Tidsrom {
    /// Whether a term has a day in it. One without days always has.
    pub(super) fn har(self, dager: Days) -> bool {
        dager.is_none_or(|(first, last)| {
            self.fra.is_none_or(|fra| last >= fra) && self.til.is_none_or(|til| first <= til)
        })
    }
}

/// Where the entries stand in the file that were kept, and which payments had problems.
#[derive(Clone, Default)]
pub(super) struct Origins {
    pub(super) innbetalinger: Vec<usize>,
    pub(super) motregninger: Vec<usize>,
    pub(super) utbetalinger: Vec<usize>,
    pub(super) mot_andre: Vec<usize>,
    /// The payments with problems, by their places in the ledger.
    pub(super) doubtful: FxHashSet<usize>,
}

/// The days of a period, if it has any.
pub(super) type Days = Option<(NaiveDate, NaiveDate)>;

/// The places of entries by their parties and identifiers. Of two that are equal, the first is found.
fn first_of_each<'l>(entries: impl Iterator<Item = (Part, &'l SmolStr)>) -> FxHashMap<(Part, SmolStr), usize> {
    let mut found = FxHashMap::with_capacity_and_hasher(entries.size_hint().0, FxBuildHasher);
    for (at, (part, id)) in entries.enumerate() {
        found.entry((part, id.clone())).or_insert(at);
    }
    found
}

impl Ledger {
    pub(super) fn add_krav(&mut self, krav: Krav) {
        if let Some(index) = self.index.get_mut() {
            index.entry((krav.part, krav.kravidentifikator.clone())).or_insert(self.krav.len());
        }
        if !self.parts.contains(&krav.part) {
            self.parts.push(krav.part);
        }
        self.krav.push(krav);
    }

    /// Adds a payment of the file, if it could be read. One with problems is kept, because others refer to it, but it
    /// covers nothing.
    pub(super) fn add_innbetaling(&mut self, at: usize, read: Option<Innbetaling>, id: &Text, doubtful: bool) {
        let Some(mut innbetaling) = read else {
            self.lost.insert(id.0.as_str().into());
            return;
        };
        if doubtful {
            innbetaling.plasseringer.clear();
            self.origins.doubtful.insert(self.innbetalinger.len());
        }
        self.origins.innbetalinger.push(at);
        self.payments.take();
        self.innbetalinger.push(innbetaling);
    }

    /// Adds a set-off of the file that was read without problems.
    pub(super) fn add_motregning(&mut self, at: usize, read: Option<Motregning>) {
        if let Some(motregning) = read {
            self.origins.motregninger.push(at);
            self.motregninger.push(motregning);
        }
    }

    /// Adds a payout of the file that was read without problems.
    pub(super) fn add_utbetaling(&mut self, at: usize, read: Option<Utbetaling>) {
        let Some(utbetaling) = read else { return };
        if utbetaling.tilbakebetaling_av.iter().any(|part| self.origins.doubtful.contains(&part.innbetaling)) {
            return;
        }
        self.origins.utbetalinger.push(at);
        self.utbetalinger.push(utbetaling);
    }

    /// Adds a set-off against claims of others that was read without problems.
    pub(super) fn add_mot_andre(&mut self, at: usize, read: Option<MotregningMotAndre>) {
        let Some(motregning) = read else { return };
        let doubtful = |kilde: Motregningskilde| matches!(kilde, Motregningskilde::Innbetaling(index) if self.origins.doubtful.contains(&index));
        if !doubtful(motregning.kilde) {
            self.origins.mot_andre.push(at);
            self.mot_andre.push(motregning);
        }
    }

    /// The claim with an identifier: one of the party, otherwise one of any party in the file.
    pub(super) fn find(&self, part: Part, id: &str) -> Option<usize> {
        let index =
            self.index.get_or_init(|| first_of_each(self.krav.iter().map(|krav| (krav.part, &krav.kravidentifikator))));
        let id = SmolStr::new(id);
        let of = |part: Part| index.get(&(part, id.clone())).copied();
        of(part).or_else(|| self.parts.iter().filter_map(|part| of(*part)).min())
    }

    /// The terms that have a claim of some kind, by their days.
    pub(super) fn terms_with(&self, kravtype: &str, part: Part) -> FxHashSet<Days> {
        let of_kind = self.krav.iter().filter(|krav| krav.part == part && krav.kravtype == kravtype);
        of_kind.map(|krav| krav.kravperiode.as_ref().and_then(|periode| periode.dager)).collect()
    }

    /// Whether the claim of a term was left out.
    pub(super) fn has_left_out(&self, kravtype: &str, part: Part, dager: Days) -> bool {
        self.utelatt.iter().any(|it| it.part == part && it.kravtype == kravtype && it.dager.har(dager))
    }

    /// The part of a payment that is placed on nothing.
    pub(super) fn unplaced(&self, innbetaling: usize) -> Beloep {
        self.innbetalinger.get(innbetaling).map_or(Beloep::ZERO, |it| {
            it.innbetalt_beloep - it.plasseringer.iter().map(|placed| placed.beloep).sum::<Beloep>()
        })
    }

    /// Whether there is a claim with an identifier.
    pub(super) fn has_claim(&self, part: Part, krav: &str) -> bool {
        self.find(part, krav).is_some()
    }

    /// The due date of an instalment, by claim and number. `None` if one of them does not exist.
    pub(super) fn forfallsdato(&self, part: Part, krav: &str, number: usize) -> Option<NaiveDate> {
        let krav = &self.krav[self.find(part, krav)?];
        krav.forfall.get(number.checked_sub(1)?)?.forfallsdato
    }

    /// All instalments of a claim. `None` if there is no such claim.
    pub(super) fn instalments_of(&self, part: Part, krav: &str) -> Option<Vec<ForfallRef>> {
        let krav = self.find(part, krav)?;
        Some((0..self.krav[krav].forfall.len()).map(|forfall| ForfallRef { krav, forfall }).collect())
    }

    /// The original amount of an instalment, without its sign.
    pub(super) fn absolute_amount(&self, forfall: ForfallRef) -> Beloep {
        let beloep = self.krav[forfall.krav].forfall[forfall.forfall].opprinnelig_beloep;
        if beloep.is_negative() { -beloep } else { beloep }
    }

    /// The instalment with a claim and number. `key` are the keys of the two, for problems.
    pub(super) fn forfall(
        &self,
        part: Part,
        krav: &Text,
        number: Option<&Count>,
        place: Place<'_>,
        key: (&str, &str),
        reader: &mut Reader<'_>,
    ) -> Option<ForfallRef> {
        // Both are read first, so that each tells its problem.
        let number = number.map(|number| reader.read(number, place.key(key.1)));
        let id = reader.read(krav, place.key(key.0))?;
        let Some(index) = self.find(part, &id) else {
            let hint = reader.problems.hint(|| {
                let near = nearest(&id, self.krav.iter().map(|krav| &*krav.kravidentifikator));
                near.map(|near| format!("did you mean {near}?"))
            });
            reader.problems.error_with_hint(place.key(key.0), format!("there is no claim {id} in this file"), hint);
            return None;
        };
        let count = self.krav[index].forfall.len();
        let number = match number {
            Some(number) => Some(number? as usize),
            None => None,
        };
        match number {
            None if count == 1 => Some(ForfallRef { krav: index, forfall: 0 }),
            None => {
                reader
                    .error(place.key(key.0), format!("claim {id} has {count} instalments; choose one with {}", key.1));
                None
            }
            Some(number) if (1..=count).contains(&number) => Some(ForfallRef { krav: index, forfall: number - 1 }),
            Some(number) => {
                reader.error(place.key(key.1), format!("claim {id} has no instalment {number}; it has {count}"));
                None
            }
        }
    }

    /// The payment with an identifier.
    pub(super) fn innbetaling(
        &self,
        part: Part,
        id: &Text,
        place: Place<'_>,
        reader: &mut Reader<'_>,
    ) -> Option<usize> {
        let id = reader.read(id, place)?;
        let payments = self.payments.get_or_init(|| {
            first_of_each(self.innbetalinger.iter().map(|it| (it.part, &it.innbetalingsidentifikator)))
        });
        let of = |part: Part| payments.get(&(part, id.clone())).copied();
        let found = of(part).or_else(|| self.parts.iter().filter_map(|part| of(*part)).min());
        if found.is_none() && self.lost.contains(&id) {
            reader.error(place, format!("payment {id} could not be read; see its own problems"));
        } else if found.is_none() {
            let hint = reader.problems.hint(|| {
                let near = nearest(&id, self.innbetalinger.iter().map(|it| &*it.innbetalingsidentifikator));
                near.map(|near| format!("did you mean {near}?"))
            });
            reader.problems.error_with_hint(place, format!("there is no payment {id} in this file"), hint);
        }
        found
    }

    pub(super) fn into_reskontro(self) -> Result<Reskontro, Vec<Violation>> {
        let Self { krav, innbetalinger, motregninger, utbetalinger, mot_andre, .. } = self;
        Reskontro::new(Entries { krav, innbetalinger, motregninger, utbetalinger, mot_andre })
    }
}
