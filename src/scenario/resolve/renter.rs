//! Interest claims: their periods, and amounts that follow from the rates.

use super::ledger::Ledger;
use super::{Reader, Who, betalinger};
use crate::domain::Beloep;
use crate::domain::kravtype;
use crate::domain::reskontro::{ForfallRef, Krav, PlassertPaaHovedstol, rente, renteperiode};
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
    betalinger::read(document, who, &mut scratch, &mut Reader { base: reader.base, problems: &mut unheard });
    for index in std::mem::take(&mut ledger.computed) {
        let beloep = match expected(&scratch, &scratch.krav[index]) {
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
    for index in 0..ledger.krav.len() {
        let krav = &ledger.krav[index];
        let is_interest = kravtype::find(&krav.kravtype).is_some_and(|kind| kind.rente);
        if krav.hovedstol.is_none() || !is_interest || !krav.opprinnelig_beloep().is_positive() {
            continue;
        }
        let Some((hovedstol, plassert)) = principal(ledger, krav) else {
            continue;
        };
        let Some(periode) = krav.renteperiode.or_else(|| renteperiode(hovedstol, &plassert, krav.opprettelsesdato))
        else {
            continue;
        };
        let (written, given) = (krav.opprinnelig_beloep(), rente(hovedstol, &plassert, periode));
        let off = (written.oere() - given.oere()).abs();
        if off * 100 > given.oere() * TOLERANCE && off > TOO_SMALL_TO_DOUBT.oere() {
            let (fra, til) = periode;
            let message = format!("the rates give {given} kr of interest from {fra} to {til}, not {written} kr");
            let hint = "leave opprinneligBeloep out, and the amount follows; renteperiode sets the days";
            let place = Place::ROOT.key("krav");
            reader.problems.warning_with_hint(place.index(index), message, Some(hint.to_owned()));
        }
        ledger.krav[index].renteperiode = Some(periode);
    }
}

/// What the rates give for an interest claim.
fn expected(ledger: &Ledger, krav: &Krav) -> Option<Beloep> {
    let (hovedstol, plassert) = principal(ledger, krav)?;
    let periode = krav.renteperiode.or_else(|| renteperiode(hovedstol, &plassert, krav.opprettelsesdato))?;
    Some(rente(hovedstol, &plassert, periode))
}

/// The principal of an interest claim, and all that was placed on it.
fn principal<'l>(ledger: &'l Ledger, krav: &Krav) -> Option<(&'l Krav, Vec<PlassertPaaHovedstol>)> {
    let index = ledger.find(krav.part, krav.hovedstol.as_deref()?)?;
    let on_it = |at: ForfallRef, dato, beloep| {
        (at.krav == index).then_some(PlassertPaaHovedstol { forfall: at.forfall, dato, beloep })
    };
    let paid = ledger.innbetalinger.iter().flat_map(|innbetaling| &innbetaling.plasseringer);
    let paid = paid.filter_map(|placed| on_it(placed.forfall, placed.dato, placed.beloep));
    let set_off = ledger.motregninger.iter().filter_map(|it| on_it(it.debet, it.dato, it.beloep));
    Some((&ledger.krav[index], paid.chain(set_off).collect()))
}
