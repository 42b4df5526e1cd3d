//! Keeps derived identifiers apart: of instalments, of the payments of series, and KIDs. An identifier that the scenario
//! writes is never changed. Of two derived ones that are equal, the claim that comes first keeps its own.
//!
//! The identifiers follow from the digits of the claim's identifier, so `skatt-2025` and `renter-2025` would have the same.
//! The second then takes its own from all characters. Which one that is does not depend on the base date: a series with
//! another beginning than an earlier series of the same ledger system always takes its own from all characters.

use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};
use smol_str::SmolStr;

use super::betalinger::paid_with;
use super::derive::{self, Siffer};
use super::ledger::{Ledger, Serie};
use crate::domain::identifikator::Part;
use crate::domain::kravtype::Reskontrosystem;
use crate::domain::reskontro::{ForfallRef, Innbetaling, Krav, Utbetaling};
use crate::scenario::format::PartDocument;

/// So many spellings are tried. The first nearly always fits.
const MOST_ATTEMPTS: usize = 1000;

/// Gives every claim, instalment and payment of a series an identifier of its own. Payments that the file writes out come
/// later.
pub(super) fn keep_apart(document: &PartDocument, ledger: &mut Ledger) {
    let by_all = of_later_series(ledger);
    let renamed = instalments(document, ledger, &by_all);
    let paid_anew = kids(document, ledger, &by_all, &renamed);
    payments(document, ledger, &by_all, &paid_anew);
}

/// The identifier of a claim as others are derived from it: as it is at first, then spelt so that all characters count.
fn spelt(krav: &str, attempt: usize) -> String {
    if attempt == 0 {
        return krav.to_owned();
    }
    let letter = |c: char| c.to_digit(10).map_or(c, |digit| char::from(b'a' + u8::try_from(digit).unwrap_or_default()));
    krav.chars().map(letter).chain(std::iter::repeat_n('x', attempt)).collect()
}

/// Whether each claim belongs to a series whose identifiers begin otherwise than those of the first one of its ledger system.
fn of_later_series(ledger: &Ledger) -> Vec<bool> {
    let mut found = vec![false; ledger.krav.len()];
    // At most four: a file has a party and an owner, and there are two systems.
    let mut firsts: Vec<&Serie> = Vec::new();
    for serie in &ledger.serier {
        match firsts.iter().find(|first| (first.part, first.system) == (serie.part, serie.system)) {
            None => firsts.push(serie),
            Some(first) if first.beginning != serie.beginning => found[serie.krav.clone()].fill(true),
            Some(_) => {}
        }
    }
    found
}

/// Whether the scenario writes the identifier of an instalment.
fn is_written(document: &PartDocument, at: ForfallRef) -> bool {
    let entry = document.krav.get(at.krav).and_then(|entry| entry.forfall.as_ref()?.get(at.forfall));
    entry.is_some_and(|entry| entry.kravforfalls_identifikator.is_some())
}

/// Whether the scenario writes how to pay an instalment.
fn has_written_kid(document: &PartDocument, at: ForfallRef) -> bool {
    let entry = document.krav.get(at.krav).and_then(|entry| entry.forfall.as_ref()?.get(at.forfall));
    entry.is_some_and(|entry| entry.kidnummer.is_some() || entry.betalingsinformasjon.is_some())
}

fn with_room<'a>(entries: usize) -> FxHashSet<(Part, &'a str)> {
    FxHashSet::with_capacity_and_hasher(entries, FxBuildHasher)
}

fn instalments_of(claims: &[Krav]) -> impl Iterator<Item = ForfallRef> {
    claims
        .iter()
        .enumerate()
        .flat_map(|(krav, it)| (0..it.forfall.len()).map(move |forfall| ForfallRef { krav, forfall }))
}

/// Gives the instalments identifiers of their own. Returns the claims that got another one.
fn instalments(document: &PartDocument, ledger: &mut Ledger, by_all: &[bool]) -> FxHashSet<usize> {
    let mut seen = with_room(ledger.krav.len());
    let mut is_new = |at: ForfallRef| {
        let krav = &ledger.krav[at.krav];
        seen.insert((krav.part, &krav.forfall[at.forfall].kravforfallsidentifikator))
    };
    let in_tax = |krav: &Krav| krav.system == Reskontrosystem::Skatt;
    let later = by_all.iter().zip(&ledger.krav).any(|(later, krav)| *later && in_tax(krav));
    if !later && instalments_of(&ledger.krav).all(&mut is_new) {
        return FxHashSet::default();
    }
    // Those that stay come first: what the scenario writes, and the VAT ledger's one identifier of claim and instalment.
    let rank = |at: &ForfallRef| {
        let krav = &ledger.krav[at.krav];
        let is_claims_own = !in_tax(krav) && krav.forfall.len() == 1;
        if is_written(document, *at) {
            0
        } else if is_claims_own {
            1
        } else {
            2
        }
    };
    let mut all: Vec<ForfallRef> = instalments_of(&ledger.krav).collect();
    all.sort_by_key(rank);
    let (mut taken, mut renamed) = (FxHashMap::<(Part, SmolStr), usize>::default(), FxHashSet::default());
    for at in all {
        let krav = &ledger.krav[at.krav];
        let (part, system, of) = (krav.part, krav.system, krav.forfall.len());
        let old = krav.forfall[at.forfall].kravforfallsidentifikator.clone();
        if is_written(document, at) {
            taken.entry((part, old)).or_insert(at.krav);
            continue;
        }
        let id = |attempt: usize| match (attempt, system) {
            (0, _) => old.clone(),
            (_, Reskontrosystem::Mva) => format!("{old}-{}", attempt + 1).into(),
            (_, Reskontrosystem::Skatt) => {
                let krav = spelt(&krav.kravidentifikator, attempt);
                derive::forfallsidentifikator(system, (&krav, Siffer::of(&krav)), at.forfall + 1, of)
            }
        };
        let first = usize::from(by_all[at.krav] && in_tax(krav));
        // A claim that is written twice is the author's mistake, and told as such.
        let is_twin = |other: usize| other != at.krav && ledger.krav[other].kravidentifikator == krav.kravidentifikator;
        let mut ids = (first..MOST_ATTEMPTS).map(id);
        let free = ids.find(|id| taken.get(&(part, id.clone())).is_none_or(|other| is_twin(*other)));
        let free = free.unwrap_or_else(|| old.clone());
        taken.entry((part, free.clone())).or_insert(at.krav);
        if free != old {
            renamed.insert(at.krav);
            ledger.krav[at.krav].forfall[at.forfall].kravforfallsidentifikator = free;
        }
    }
    renamed
}

/// Gives the claims KIDs of their own. The instalments of a claim may share one. Returns the claims that got another one.
fn kids(document: &PartDocument, ledger: &mut Ledger, by_all: &[bool], renamed: &FxHashSet<usize>) -> FxHashSet<usize> {
    let mut seen: FxHashMap<(Part, &str), usize> =
        FxHashMap::with_capacity_and_hasher(ledger.krav.len(), FxBuildHasher);
    let mut is_alone = |at: ForfallRef| {
        let krav = &ledger.krav[at.krav];
        let kid = krav.forfall[at.forfall].betalingsinformasjon.kidnummer.as_deref();
        kid.is_none_or(|kid| *seen.entry((krav.part, kid)).or_insert(at.krav) == at.krav)
    };
    if renamed.is_empty() && !by_all.contains(&true) && instalments_of(&ledger.krav).all(&mut is_alone) {
        return FxHashSet::default();
    }
    let kid_at = |krav: &Krav, forfall: usize| krav.forfall[forfall].betalingsinformasjon.kidnummer.clone();
    let mut owners: FxHashMap<(Part, SmolStr), usize> = FxHashMap::default();
    for at in instalments_of(&ledger.krav).filter(|at| has_written_kid(document, *at)) {
        let krav = &ledger.krav[at.krav];
        if let Some(kid) = kid_at(krav, at.forfall) {
            owners.entry((krav.part, kid)).or_insert(at.krav);
        }
    }
    let mut changed = FxHashSet::default();
    for (index, by_all) in by_all.iter().enumerate() {
        let krav = &ledger.krav[index];
        let mut new: Vec<(usize, SmolStr)> = Vec::new();
        for number in 0..krav.forfall.len() {
            let at = ForfallRef { krav: index, forfall: number };
            let Some(old) = kid_at(krav, number).filter(|_| !has_written_kid(document, at)) else {
                continue;
            };
            // The instalments that share a KID have that of the first of them.
            let first = (0..=number).find(|other| kid_at(krav, *other).as_ref() == Some(&old)).unwrap_or(number);
            let id = &krav.forfall[first].kravforfallsidentifikator;
            let kid = |attempt: usize| {
                if attempt == 0 && !renamed.contains(&index) {
                    return old.clone();
                }
                let siffer = Siffer::of(&spelt(&krav.kravidentifikator, attempt));
                derive::kidnummer(krav.system, krav.part, siffer, id)
            };
            let mut kids = (usize::from(*by_all)..MOST_ATTEMPTS).map(kid);
            let free = kids.find(|kid| owners.get(&(krav.part, kid.clone())).is_none_or(|owner| *owner == index));
            let free = free.unwrap_or_else(|| old.clone());
            owners.entry((krav.part, free.clone())).or_insert(index);
            if free != old {
                new.push((number, free));
            }
        }
        for (number, kid) in new {
            ledger.krav[index].forfall[number].betalingsinformasjon.kidnummer = Some(kid);
            changed.insert(index);
        }
    }
    changed
}

/// Gives the payments and payouts of series identifiers of their own, and the KIDs of what they cover.
fn payments(document: &PartDocument, ledger: &mut Ledger, by_all: &[bool], paid_anew: &FxHashSet<usize>) {
    if ledger.innbetalinger.is_empty() && ledger.utbetalinger.is_empty() {
        return;
    }
    let Ledger { krav, innbetalinger, utbetalinger, .. } = ledger;
    let written = document.innbetalinger.iter().map(|entry| &*entry.innbetalingsidentifikator.0);
    let placed = |it: &Innbetaling| it.plasseringer.first().map(|placed| placed.forfall);
    let mut taken = TakenIds::new(krav, by_all, written);
    let ids = innbetalinger.iter().filter_map(|it| Some((placed(it)?, &*it.innbetalingsidentifikator)));
    let all_free = paid_anew.is_empty() && taken.are_all_free(ids);
    for innbetaling in innbetalinger.iter_mut().filter(|_| !all_free) {
        let Some(at) = placed(innbetaling) else {
            continue;
        };
        innbetaling.innbetalingsidentifikator = taken.free(at, &innbetaling.innbetalingsidentifikator);
        if paid_anew.contains(&at.krav) {
            let payer = std::mem::take(&mut innbetaling.innbetalt_fra);
            innbetaling.innbetalt_fra = paid_with(payer, krav[at.krav].forfall.get(at.forfall));
        }
    }
    let written = document.utbetalinger.iter().map(|entry| &*entry.utbetalingsidentifikator.0);
    let mut taken = TakenIds::new(krav, by_all, written);
    let pays = |it: &Utbetaling| it.grunnlag.first().map(|placed| placed.forfall);
    let all_free =
        taken.are_all_free(utbetalinger.iter().filter_map(|it| Some((pays(it)?, &*it.utbetalingsidentifikator))));
    for utbetaling in utbetalinger.iter_mut().filter(|_| !all_free) {
        if let Some(at) = pays(utbetaling) {
            utbetaling.utbetalingsidentifikator = taken.free(at, &utbetaling.utbetalingsidentifikator);
        }
    }
}

/// The identifiers of payments, or of payouts, that are taken.
struct TakenIds<'l> {
    krav: &'l [Krav],
    by_all: &'l [bool],
    /// What the file writes, for whomever.
    written: FxHashSet<&'l str>,
    derived: FxHashSet<(Part, SmolStr)>,
}

impl<'l> TakenIds<'l> {
    fn new(krav: &'l [Krav], by_all: &'l [bool], written: impl Iterator<Item = &'l str>) -> Self {
        Self { krav, by_all, written: written.collect(), derived: FxHashSet::default() }
    }

    /// Whether all keep the identifiers that they have. This is nearly always so, and takes no memory for each.
    fn are_all_free<'i>(&self, mut ids: impl Iterator<Item = (ForfallRef, &'i str)>) -> bool {
        let mut seen = with_room(self.krav.len());
        ids.all(|(at, id)| {
            !self.by_all[at.krav] && !self.written.contains(id) && seen.insert((self.krav[at.krav].part, id))
        })
    }

    /// The identifier of a payment that covers an instalment: the old one, or another if that is taken.
    fn free(&mut self, at: ForfallRef, old: &str) -> SmolStr {
        let krav = &self.krav[at.krav];
        let id = |attempt: usize| -> SmolStr {
            if attempt == 0 {
                return old.into();
            }
            let spelt = spelt(&krav.kravidentifikator, attempt);
            derive::innbetalingsidentifikator(krav.system, krav.part, Siffer::of(&spelt), at.forfall)
        };
        let mut ids = (usize::from(self.by_all[at.krav])..MOST_ATTEMPTS).map(id);
        let free = ids.find(|id| !self.written.contains(&**id) && !self.derived.contains(&(krav.part, id.clone())));
        let free = free.unwrap_or_else(|| old.into());
        self.derived.insert((krav.part, free.clone()));
        free
    }
}
