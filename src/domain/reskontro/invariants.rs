//! What must hold in a ledger on every day.

use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};
use smol_str::SmolStr;
use std::cell::LazyCell;
use std::fmt;

use super::{ForfallRef, Motregningskilde, Postering, Reskontro};
use crate::domain::Beloep;
use crate::domain::identifikator::Part;

/// An entry of a ledger, by index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A claim.
    Krav(usize),
    /// An instalment.
    Forfall(ForfallRef),
    /// A payment in.
    Innbetaling(usize),
    /// A placement of a payment in.
    Plassering(usize, usize),
    /// A set-off.
    Motregning(usize),
    /// A payment out.
    Utbetaling(usize),
    /// A credit claim that a payment out pays.
    Grunnlag(usize, usize),
    /// A payment in that a payment out pays back.
    Tilbakebetaling(usize, usize),
    /// A set-off against claims of others.
    MotAndre(usize),
}

/// A broken invariant of a ledger, and its entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The entry that is wrong.
    pub entry: Entry,
    /// What is wrong with it.
    pub brudd: Brudd,
}

/// The ways in which a ledger can contradict itself. Each displays as a sentence for the author of the scenario.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Brudd {
    /// Two entries of the same kind and party have the same identifier.
    #[error("{what} {id} is used twice for the same party")]
    Duplicate {
        /// The field.
        what: &'static str,
        /// Its value.
        id: SmolStr,
    },
    /// A claim has no instalment.
    #[error("a claim needs at least one instalment (forfall)")]
    NoForfall,
    /// A claim has instalments both above and below zero.
    #[error("the instalments of one claim are either all debits or all credits")]
    MixedSigns,
    /// The principal is not among the claims, or is the claim itself.
    #[error("there is no other claim {0} in this ledger (hovedstolKravidentifikator)")]
    Hovedstol(SmolStr),
    /// An amount of a payment, placement, set-off or payout is not above zero.
    #[error("{0} must be positive")]
    NotPositive(&'static str),
    /// The placements of a payment are more than the payment.
    #[error("{placed} kr of the payment is placed, but only {paid} kr was paid")]
    OverPlaced {
        /// The sum of the placements.
        placed: Beloep,
        /// What came in.
        paid: Beloep,
    },
    /// The placements on an instalment are more than its original amount.
    #[error("the remainder goes past zero: {placed} kr is placed on an instalment of {original} kr")]
    OverCovered {
        /// The sum of all placements on it.
        placed: Beloep,
        /// Its original amount.
        original: Beloep,
    },
    /// A payment on a credit, a payout of a debit, or a set-off between two debits or two credits.
    #[error("{0}")]
    WrongSide(&'static str),
    /// An entry counts before the entry that it belongs to existed.
    #[error("dated {date}, before {what} of {exists}")]
    TooEarly {
        /// Its own date.
        date: chrono::NaiveDate,
        /// The entry that it belongs to.
        what: &'static str,
        /// The date of that entry.
        exists: chrono::NaiveDate,
    },
    /// More of a payment is placed, paid back and set off than was paid.
    #[error("{used} kr of the payment {id} is placed, paid back or set off, but only {paid} kr was paid")]
    OverUsed {
        /// The payment.
        id: SmolStr,
        /// The sum of all that is done with it.
        used: Beloep,
        /// What came in.
        paid: Beloep,
    },
    /// A payout is not the sum of its parts.
    #[error("utbetaltBeloep is {paid} kr, but its parts (kreditkrav, tilbakebetalingAv) add up to {sum} kr")]
    PayoutSum {
        /// What was paid out.
        paid: Beloep,
        /// What the parts add up to.
        sum: Beloep,
    },
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.brudd.fmt(f)
    }
}

pub(super) fn check(reskontro: &Reskontro) -> Vec<Violation> {
    let mut found = Violations(Vec::new());
    krav(reskontro, &mut found);
    innbetalinger(reskontro, &mut found);
    motregninger(reskontro, &mut found);
    utbetalinger(reskontro, &mut found);
    mot_andre(reskontro, &mut found);
    remainders(reskontro, &mut found);
    found.0
}

struct Violations(Vec<Violation>);

impl Violations {
    fn add_if(&mut self, wrong: bool, entry: Entry, brudd: impl FnOnce() -> Brudd) {
        if wrong {
            self.0.push(Violation { entry, brudd: brudd() });
        }
    }

    /// Adds a violation if an entry is dated before the entry that it belongs to.
    fn add_if_early(&mut self, entry: Entry, date: chrono::NaiveDate, what: &'static str, exists: chrono::NaiveDate) {
        self.add_if(date < exists, entry, || Brudd::TooEarly { date, what, exists });
    }
}

/// The identifiers seen so far, to find those that are used twice.
struct SeenIds<'a> {
    what: &'static str,
    ids: FxHashSet<(Part, &'a str)>,
}

impl<'a> SeenIds<'a> {
    fn new(what: &'static str, entries: usize) -> Self {
        Self { what, ids: FxHashSet::with_capacity_and_hasher(entries, FxBuildHasher) }
    }

    fn add(&mut self, part: Part, id: &'a str, entry: Entry, found: &mut Violations) {
        let new = self.ids.insert((part, id));
        found.add_if(!new, entry, || Brudd::Duplicate { what: self.what, id: id.into() });
    }
}

fn krav(reskontro: &Reskontro, found: &mut Violations) {
    let mut claims = SeenIds::new("kravidentifikator", reskontro.krav.len());
    let mut instalments = SeenIds::new("kravforfallsIdentifikator", reskontro.krav.len());
    // Few ledgers have interest claims.
    let ids = LazyCell::new(|| reskontro.krav.iter().map(|krav| &*krav.kravidentifikator).collect::<FxHashSet<&str>>());
    for (i, krav) in reskontro.krav.iter().enumerate() {
        let entry = Entry::Krav(i);
        claims.add(krav.part, &krav.kravidentifikator, entry, found);
        for (j, forfall) in krav.forfall.iter().enumerate() {
            let entry = Entry::Forfall(ForfallRef { krav: i, forfall: j });
            instalments.add(krav.part, &forfall.kravforfallsidentifikator, entry, found);
        }
        let has = |test: fn(Beloep) -> bool| krav.forfall.iter().any(|f| test(f.opprinnelig_beloep));
        found.add_if(krav.forfall.is_empty(), entry, || Brudd::NoForfall);
        found.add_if(has(Beloep::is_positive) && has(Beloep::is_negative), entry, || Brudd::MixedSigns);
        if let Some(hovedstol) = &krav.hovedstol {
            let missing = *hovedstol == krav.kravidentifikator || !ids.contains(&**hovedstol);
            found.add_if(missing, entry, || Brudd::Hovedstol(hovedstol.clone()));
        }
    }
}

fn innbetalinger(reskontro: &Reskontro, found: &mut Violations) {
    let mut seen = SeenIds::new("innbetalingsidentifikator", reskontro.innbetalinger.len());
    for (i, innbetaling) in reskontro.innbetalinger.iter().enumerate() {
        let entry = Entry::Innbetaling(i);
        seen.add(innbetaling.part, &innbetaling.innbetalingsidentifikator, entry, found);
        let paid = innbetaling.innbetalt_beloep;
        found.add_if(!paid.is_positive(), entry, || Brudd::NotPositive("innbetaltBeloep"));
        let placed: Beloep = innbetaling.plasseringer.iter().map(|p| p.beloep).sum();
        found.add_if(placed > paid, entry, || Brudd::OverPlaced { placed, paid });
        for (j, plassering) in innbetaling.plasseringer.iter().enumerate() {
            let entry = Entry::Plassering(i, j);
            let krav = &reskontro.krav[plassering.forfall.krav];
            found.add_if(!plassering.beloep.is_positive(), entry, || Brudd::NotPositive("beloep"));
            found.add_if(reskontro.forfall(plassering.forfall).opprinnelig_beloep.is_negative(), entry, || {
                Brudd::WrongSide("a payment cannot be placed on a credit claim")
            });
            found.add_if_early(entry, plassering.dato, "the payment", innbetaling.innbetalingsdato);
            found.add_if_early(entry, plassering.dato, "the claim's creation", krav.opprettelsesdato);
        }
    }
}

fn motregninger(reskontro: &Reskontro, found: &mut Violations) {
    for (i, motregning) in reskontro.motregninger.iter().enumerate() {
        let entry = Entry::Motregning(i);
        found.add_if(!motregning.beloep.is_positive(), entry, || Brudd::NotPositive("beloep"));
        let amount = |forfall| reskontro.forfall(forfall).opprinnelig_beloep;
        let sides = amount(motregning.kredit).is_negative() && amount(motregning.debet).is_positive();
        found.add_if(!sides, entry, || {
            Brudd::WrongSide("a set-off needs a credit claim (kreditkrav) and a debit claim (krav)")
        });
        for side in [motregning.kredit, motregning.debet] {
            let created = reskontro.krav[side.krav].opprettelsesdato;
            found.add_if_early(entry, motregning.dato, "the claim's creation", created);
        }
    }
}

fn utbetalinger(reskontro: &Reskontro, found: &mut Violations) {
    let mut seen = SeenIds::new("utbetalingsidentifikator", reskontro.utbetalinger.len());
    for (i, utbetaling) in reskontro.utbetalinger.iter().enumerate() {
        let entry = Entry::Utbetaling(i);
        seen.add(utbetaling.part, &utbetaling.utbetalingsidentifikator, entry, found);
        let (paid, paid_on) = (utbetaling.utbetalt_beloep, utbetaling.utbetaltdato);
        let paid_back = utbetaling.tilbakebetaling_av.iter().map(|part| part.beloep);
        let sum: Beloep = utbetaling.grunnlag.iter().map(|g| g.beloep).chain(paid_back).sum();
        found.add_if(!paid.is_positive(), entry, || Brudd::NotPositive("utbetaltBeloep"));
        found.add_if(sum != paid, entry, || Brudd::PayoutSum { paid, sum });
        for (j, grunnlag) in utbetaling.grunnlag.iter().enumerate() {
            let entry = Entry::Grunnlag(i, j);
            found.add_if(!grunnlag.beloep.is_positive(), entry, || Brudd::NotPositive("beloep"));
            found.add_if(!reskontro.forfall(grunnlag.forfall).opprinnelig_beloep.is_negative(), entry, || {
                Brudd::WrongSide("only a credit claim can be paid out")
            });
            let created = reskontro.krav[grunnlag.forfall.krav].opprettelsesdato;
            found.add_if_early(entry, paid_on, "the claim's creation", created);
            found.add_if_early(entry, grunnlag.dato, "the payout", paid_on);
        }
    }
}

fn mot_andre(reskontro: &Reskontro, found: &mut Violations) {
    for (i, motregning) in reskontro.mot_andre.iter().enumerate() {
        let entry = Entry::MotAndre(i);
        let positive = motregning.dekket_krav.iter().all(|dekket| dekket.motregnet_beloep.is_positive());
        found.add_if(!positive || motregning.dekket_krav.is_empty(), entry, || {
            Brudd::NotPositive("each motregnetBeloep of dekketKrav")
        });
        let (what, exists) = match motregning.kilde {
            Motregningskilde::Kreditkrav(kredit) => {
                found.add_if(!reskontro.forfall(kredit).opprinnelig_beloep.is_negative(), entry, || {
                    Brudd::WrongSide("only a credit claim can cover claims of others")
                });
                ("the claim's creation", reskontro.krav[kredit.krav].opprettelsesdato)
            }
            Motregningskilde::Innbetaling(index) => ("the payment", reskontro.innbetalinger[index].innbetalingsdato),
        };
        found.add_if_early(entry, motregning.motregnetdato, what, exists);
    }
    // What is done with a payment is at most the payment.
    let mut used: FxHashMap<usize, (Entry, Beloep)> = FxHashMap::default();
    for (i, utbetaling) in reskontro.utbetalinger.iter().enumerate() {
        for (j, part) in utbetaling.tilbakebetaling_av.iter().enumerate() {
            let entry = Entry::Tilbakebetaling(i, j);
            found.add_if(!part.beloep.is_positive(), entry, || Brudd::NotPositive("beloep"));
            let paid_on = reskontro.innbetalinger[part.innbetaling].innbetalingsdato;
            found.add_if_early(entry, utbetaling.utbetaltdato, "the payment", paid_on);
            used.entry(part.innbetaling).or_insert((entry, Beloep::ZERO)).1 += part.beloep;
        }
    }
    for (i, motregning) in reskontro.mot_andre.iter().enumerate() {
        if let Motregningskilde::Innbetaling(index) = motregning.kilde {
            used.entry(index).or_insert((Entry::MotAndre(i), Beloep::ZERO)).1 += motregning.beloep();
        }
    }
    for (index, (entry, sum)) in used {
        let innbetaling = &reskontro.innbetalinger[index];
        let placed: Beloep = innbetaling.plasseringer.iter().map(|p| p.beloep).sum();
        let (used, paid) = (placed + sum, innbetaling.innbetalt_beloep);
        let id = &innbetaling.innbetalingsidentifikator;
        found.add_if(used > paid, entry, || Brudd::OverUsed { id: id.clone(), used, paid });
    }
}

/// No remainder goes past zero. Placements are never taken back, so the sum of all of them is the largest one.
fn remainders(reskontro: &Reskontro, found: &mut Violations) {
    for (i, krav) in reskontro.krav.iter().enumerate() {
        for (j, forfall) in krav.forfall.iter().enumerate() {
            let here = ForfallRef { krav: i, forfall: j };
            let placed: Beloep = reskontro.poster(here).map(|post| amount(reskontro, post)).sum();
            let original = forfall.opprinnelig_beloep;
            let limit = if original.is_negative() { -original } else { original };
            found.add_if(placed > limit, Entry::Forfall(here), || Brudd::OverCovered { placed, original });
        }
    }
}

/// By how much a placement brings its remainder nearer to zero.
pub(super) fn amount(reskontro: &Reskontro, post: Postering) -> Beloep {
    match post {
        Postering::Innbetaling(i, j) => reskontro.innbetalinger[i].plasseringer[j].beloep,
        Postering::Motkrav(i) => reskontro.motregninger[i].beloep,
        Postering::Utbetaling(i, j) => reskontro.utbetalinger[i].grunnlag[j].beloep,
        Postering::MotAndre(i) => reskontro.mot_andre[i].beloep(),
    }
}

/// The day from which a placement counts.
pub(super) fn date(reskontro: &Reskontro, post: Postering) -> chrono::NaiveDate {
    match post {
        Postering::Innbetaling(i, j) => reskontro.innbetalinger[i].plasseringer[j].dato,
        Postering::Motkrav(i) => reskontro.motregninger[i].dato,
        Postering::Utbetaling(i, j) => reskontro.utbetalinger[i].grunnlag[j].dato,
        Postering::MotAndre(i) => reskontro.mot_andre[i].motregnetdato,
    }
}
