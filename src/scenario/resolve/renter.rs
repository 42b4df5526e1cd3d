//! Interest claims: their periods, and amounts that follow from the rates.

use rustc_hash::FxHashMap;
use std::collections::hash_map::Entry;

use chrono::NaiveDate;

use super::ledger::Ledger;
use super::{Reader, Who, betalinger};
use crate::domain::Beloep;
use crate::domain::kravtype;
use crate::domain::reskontro::{ForfallRef, Hovedstol, Krav, PlassertPaaHovedstol};
use crate::scenario::format::PartDocument;
use crate::scenario::problems::{Place, Problems};

/// How far a written amount of interest may be from what the rates give, in per cent.
const TOLERANCE: i64 = 2;

/// Interest of so few kroner is never doubted.
const TOO_SMALL_TO_DOUBT: Beloep = Beloep::from_kroner(2);

/// Computes the amounts that the scenario leaves out. What was placed on the principals is needed for it, so payments
/// are read once before their own turn, without their problems.
pub(super) fn compute(document: &PartDocument, who: &Who, ledger: &mut Ledger, reader: &mut Reader<'_>) {
    if ledger.computed.is_empty() {
        return;
    }
    let mut scratch = ledger.clone();
    let mut unheard = Problems::of_file("".into(), "".into(), 0);
    let (base, span, aapent, mut share) = (reader.base, reader.span, reader.aapent, reader.share.beside());
    let mut scratch_reader = Reader { base, span, aapent, problems: &mut unheard, share: &mut share };
    betalinger::read(document, who, &mut scratch, &mut scratch_reader);
    let mut principals = Principals::of(&scratch);
    for index in std::mem::take(&mut ledger.computed) {
        let beloep = match principals.expected(&scratch.krav[index]) {
            Some(beloep) if beloep.is_positive() => beloep,
            _ => {
                let place = Place::ROOT.key("krav");
                let message = "no interest runs on the principal in this time; give opprinneligBeloep or renteperiode";
                reader.error(place.index(index), message);
                continue;
            }
        };
        if let [only] = ledger.krav[index].forfall.as_mut_slice() {
            only.opprinnelig_beloep = beloep;
        }
    }
}

/// Sets the period of each interest claim, and warns about a written amount that is far from what the rates give.
pub(super) fn check(ledger: &mut Ledger, reader: &mut Reader<'_>) {
    let mut principals = Principals::of(ledger);
    let mut periods = Vec::new();
    for (index, krav) in ledger.krav.iter().enumerate() {
        let is_interest = kravtype::find(&krav.kravtype).is_some_and(|kind| kind.rente);
        if krav.hovedstol.is_none() || !is_interest || !krav.opprinnelig_beloep().is_positive() {
            continue;
        }
        let Some((periode, given)) = principals.period_and_interest(krav) else {
            continue;
        };
        let written = krav.opprinnelig_beloep();
        let off = (written.oere() - given.oere()).abs();
        if off * 100 > given.oere() * TOLERANCE && off > TOO_SMALL_TO_DOUBT.oere() {
            let (fra, til) = periode;
            let message = format!("the rates give {given} kr of interest from {fra} to {til}, not {written} kr");
            let hint = "leave opprinneligBeloep out, and the amount follows; renteperiode sets the days";
            let place = Place::ROOT.key("krav");
            reader.problems.warning_with_hint(place.index(index), message, Some(hint.to_owned()));
        }
        periods.push((index, periode));
    }
    for (index, periode) in periods {
        ledger.krav[index].renteperiode = Some(periode);
    }
}

/// The principals of a ledger's interest claims, each added up once.
struct Principals<'l> {
    ledger: &'l Ledger,
    /// What was placed on each claim, by the claim's index.
    placed: FxHashMap<usize, Vec<PlassertPaaHovedstol>>,
    known: FxHashMap<usize, Hovedstol>,
}

impl<'l> Principals<'l> {
    fn of(ledger: &'l Ledger) -> Self {
        let mut placed: FxHashMap<usize, Vec<PlassertPaaHovedstol>> = FxHashMap::default();
        if ledger.krav.iter().any(|krav| krav.hovedstol.is_some()) {
            let mut add = |at: ForfallRef, dato, beloep| {
                placed.entry(at.krav).or_default().push(PlassertPaaHovedstol { forfall: at.forfall, dato, beloep });
            };
            let paid = ledger.innbetalinger.iter().flat_map(|innbetaling| &innbetaling.plasseringer);
            paid.for_each(|placed| add(placed.forfall, placed.dato, placed.beloep));
            ledger.motregninger.iter().for_each(|it| add(it.debet, it.dato, it.beloep));
        }
        Self { ledger, placed, known: FxHashMap::default() }
    }

    /// The period of an interest claim, and what the rates give for it.
    fn period_and_interest(&mut self, krav: &Krav) -> Option<((NaiveDate, NaiveDate), Beloep)> {
        let index = self.ledger.find(krav.part, krav.hovedstol.as_deref()?)?;
        let hovedstol = match self.known.entry(index) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let placed = self.placed.get(&index).map_or(&[][..], Vec::as_slice);
                new.insert(Hovedstol::new(&self.ledger.krav[index], placed))
            }
        };
        let periode = krav.renteperiode.or_else(|| hovedstol.renteperiode(krav.opprettelsesdato))?;
        Some((periode, hovedstol.rente(periode)))
    }

    /// What the rates give for an interest claim.
    fn expected(&mut self, krav: &Krav) -> Option<Beloep> {
        self.period_and_interest(krav).map(|(_, beloep)| beloep)
    }
}
