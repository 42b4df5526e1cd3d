//! How the cases of a session go on: the state of each, and the deduction of each debtor.
//! Imitates docs/fidelity.md, "After a submission".

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use parking_lot::{Mutex, MutexGuard};
use serde::{Deserialize, Serialize};

use super::hendelser::Hending;
use super::saker::{Sak, Tilstand};
use crate::domain::begjaering::Sakstilstand;
use crate::domain::clock::{day_in_norway, noon_in_norway};
use crate::domain::identifikator::Part;
use crate::domain::saksgang::betjeningskart::Unntak;
use crate::domain::saksgang::krav::trekkrav;
use crate::domain::saksgang::livsloep::Overgang;
use crate::domain::saksgang::ordre::oppdrag;
use crate::domain::saksgang::regnskap::{LoependeBidrag, Regnskap, Skyldner, Trekksak, med_slutt, regnskap};
use crate::domain::trekk::Oppdrag;
use crate::interface::Happening;
use crate::log::NotKept;
use crate::scenario::ScenarioSet;
use crate::session::{Session, World};

/// What a session keeps of what comes after submissions.
#[derive(Debug, Default)]
pub(super) struct Gang {
    /// Each change that was told, with its number.
    varsler: Mutex<HashMap<Varsel, u64>>,
    /// Who asked about which number since the last submission.
    oppslag: Mutex<BTreeSet<(Option<String>, String)>>,
    unntak: Mutex<BTreeMap<String, Vec<Unntak>>>,
    bidrag: Mutex<BTreeMap<Part, LoependeBidrag>>,
}

/// A change of a case's state.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Varsel {
    pub(super) dag: NaiveDate,
    pub(super) referanse: String,
    /// Which change of the case it is, from 0.
    pub(super) nummer: usize,
    pub(super) tilstand: Sakstilstand,
}

/// Changes with their numbers.
type Numbered = Vec<(u64, Varsel)>;

impl Gang {
    /// What the session says of the rules that numbers are under.
    pub(super) fn unntak(&self) -> MutexGuard<'_, BTreeMap<String, Vec<Unntak>>> {
        self.unntak.lock()
    }

    /// Says which child support runs.
    pub(super) fn sett_bidrag(&self, skyldner: Part, bidrag: LoependeBidrag) {
        self.bidrag.lock().insert(skyldner, bidrag);
    }

    /// Whether somebody has asked about a number before.
    pub(super) fn har_oppslag(&self, kaller: Option<&str>, nummer: &str) -> bool {
        self.oppslag.lock().contains(&(kaller.map(str::to_owned), nummer.to_owned()))
    }

    /// Remembers that somebody asked about a number.
    pub(super) fn husk_oppslag(&self, kaller: Option<&str>, nummer: &str) {
        self.oppslag.lock().insert((kaller.map(str::to_owned), nummer.to_owned()));
    }

    /// A submission is about numbers, so it was right to ask about them.
    pub(super) fn glem_oppslag(&self, kaller: Option<&str>, nummer: &str) {
        self.oppslag.lock().remove(&(kaller.map(str::to_owned), nummer.to_owned()));
    }

    /// Remembers the numbers of changes.
    pub(super) fn husk_varsler(&self, told: &[(u64, Varsel)]) {
        self.varsler.lock().extend(told.iter().map(|(number, varsel)| (varsel.clone(), *number)));
    }

    /// The changes, each with its number, and those that are new. A new one gets a higher number than all before it.
    fn nummerert(&self, all: Vec<Varsel>) -> (Numbered, Numbered) {
        let told = self.varsler.lock();
        let (mut numbered, mut new) = (Vec::with_capacity(all.len()), Vec::new());
        for it in all {
            let known = told.get(&it).copied();
            let number = known.unwrap_or(told.len() as u64 + new.len() as u64 + 1);
            if known.is_none() {
                new.push((number, it.clone()));
            }
            numbered.push((number, it));
        }
        numbered.sort_by_key(|(number, _)| *number);
        (numbered, new)
    }
}

/// The changes of cases that are there, each with the number that it got when it was told first, by rising number. A
/// change that is new gets a higher number than all before it.
///
/// # Errors
/// The new numbers could not be written.
pub(super) fn varsler(session: &Session, saker: &[(Arc<Sak>, Vec<Overgang>)]) -> Result<Vec<(u64, Varsel)>, NotKept> {
    let all = saker.iter().flat_map(|(sak, overganger)| {
        overganger.iter().enumerate().map(|(nummer, it)| Varsel {
            dag: it.dag,
            referanse: sak.referanse.clone(),
            nummer,
            tilstand: it.tilstand,
        })
    });
    let mut all: Vec<Varsel> = all.collect();
    all.sort_by_key(|it| (it.dag, it.nummer));
    if let Some(tilstand) = session.state::<Tilstand>() {
        let (numbered, new) = tilstand.gang.nummerert(all.clone());
        if new.is_empty() {
            return Ok(numbered);
        }
    }
    session.commit_state::<Tilstand, _>(None, |tilstand| {
        let (numbered, new) = tilstand.gang.nummerert(all);
        ((!new.is_empty()).then_some(Hending::Told { changes: new }), numbered)
    })
}

/// A debtor, with all cases and the deduction at an instant.
pub(super) struct Mot {
    pub(super) part: Part,
    /// Who employs the debtor, where the population says so.
    pub(super) arbeidsgiver: Option<Part>,
    pub(super) saker: Vec<Arc<Sak>>,
    pub(super) overganger: Vec<Vec<Overgang>>,
    pub(super) bidrag: Option<LoependeBidrag>,
    pub(super) regnskap: Regnskap,
}

impl Mot {
    /// The place of a case among the debtor's.
    pub(super) fn plass(&self, referanse: &str) -> Option<usize> {
        self.saker.iter().position(|sak| sak.referanse == referanse)
    }
}

/// All that is known of a debtor at an instant.
pub(super) fn mot(part: Part, tilstand: &Tilstand, scenarios: &ScenarioSet, now: DateTime<Utc>) -> Mot {
    let saker: Vec<_> = tilstand.alle(scenarios).into_iter().filter(|sak| sak.skyldner() == Some(part)).collect();
    med_saker(part, saker, tilstand, scenarios, now)
}

fn med_saker(
    part: Part,
    mut saker: Vec<Arc<Sak>>,
    tilstand: &Tilstand,
    scenarios: &ScenarioSet,
    now: DateTime<Utc>,
) -> Mot {
    let arbeidsgiver = scenarios.arbeidsgiver(part);
    saker.retain(|sak| sak.innsendt() <= now);
    saker.sort_by_key(|sak| sak.innsendt());
    let overganger: Vec<_> = saker.iter().map(|sak| sak.overganger(now)).collect();
    let bidrag = tilstand.gang.bidrag.lock().get(&part).copied();
    let skyldner = Skyldner {
        part,
        arbeidsgiver,
        bidrag,
        saker: saker
            .iter()
            .zip(&overganger)
            .map(|(sak, overganger)| Trekksak {
                overganger: overganger.clone(),
                krav: sak.begjaering().map(trekkrav).unwrap_or_default(),
            })
            .collect(),
    };
    let regnskap = regnskap(&skyldner, day_in_norway(now));
    let ends = overganger.into_iter().zip(&regnskap.betalt);
    let overganger = ends.map(|(overganger, betalt)| med_slutt(overganger, *betalt)).collect();
    Mot { part, arbeidsgiver, saker, overganger, bidrag, regnskap }
}

/// How a case went until an instant. Empty before its submission.
pub(super) fn gang(sak: &Sak, tilstand: &Tilstand, scenarios: &ScenarioSet, now: DateTime<Utc>) -> Vec<Overgang> {
    let Some(part) = sak.skyldner() else { return sak.overganger(now) };
    let mot = mot(part, tilstand, scenarios, now);
    mot.plass(&sak.referanse).and_then(|at| mot.overganger.get(at).cloned()).unwrap_or_default()
}

/// The state of a case at an instant.
pub(super) fn tilstand(sak: &Sak, tilstand: &Tilstand, scenarios: &ScenarioSet, now: DateTime<Utc>) -> Sakstilstand {
    gang(sak, tilstand, scenarios, now).last().map_or(Sakstilstand::SakOpprettet, |it| it.tilstand)
}

/// All cases, each with how it went until an instant. Each debtor is looked at once.
pub(super) fn alle(tilstand: &Tilstand, scenarios: &ScenarioSet, now: DateTime<Utc>) -> Vec<(Arc<Sak>, Vec<Overgang>)> {
    let saker = tilstand.alle(scenarios);
    let mut went: HashMap<String, Vec<Overgang>> = HashMap::new();
    for mot in debtors(&saker, tilstand, scenarios, now) {
        went.extend(mot.saker.iter().map(|sak| sak.referanse.clone()).zip(mot.overganger));
    }
    let of_case = |sak: Arc<Sak>| {
        let debtor = sak.skyldner();
        let known = went.remove(&sak.referanse);
        let overganger = known.unwrap_or_else(|| if debtor.is_some() { Vec::new() } else { sak.overganger(now) });
        (sak, overganger)
    };
    saker.into_iter().map(of_case).collect()
}

/// The debtors of cases, each with all their cases.
fn debtors(
    saker: &[Arc<Sak>],
    tilstand: &Tilstand,
    scenarios: &ScenarioSet,
    now: DateTime<Utc>,
) -> impl Iterator<Item = Mot> {
    let mut by_debtor: BTreeMap<Part, Vec<Arc<Sak>>> = BTreeMap::new();
    for sak in saker {
        if let Some(part) = sak.skyldner() {
            by_debtor.entry(part).or_default().push(Arc::clone(sak));
        }
    }
    by_debtor.into_iter().map(move |(part, saker)| med_saker(part, saker, tilstand, scenarios, now))
}

/// The orders to an employer that follow from the cases of a session.
pub(super) fn orders(session: &Session, world: &World, employer: Part, now: DateTime<Utc>) -> Vec<Oppdrag> {
    let Some(tilstand) = session.state::<Tilstand>() else { return Vec::new() };
    let saker = tilstand.alle(&world.loaded.scenarios);
    debtors(&saker, tilstand, &world.loaded.scenarios, now)
        .flat_map(|mot| oppdrag(mot.part, &mot.regnskap, employer))
        .collect()
}

/// The changes of the states of cases after one day and through another, if nobody does anything.
pub(super) fn happenings(session: &Session, world: &World, (from, to): (NaiveDate, NaiveDate)) -> Vec<Happening> {
    let Some(tilstand) = session.state::<Tilstand>() else { return Vec::new() };
    let mut found = Vec::new();
    for (sak, overganger) in alle(tilstand, &world.loaded.scenarios, noon_in_norway(to)) {
        let Some(part) = sak.skyldner() else { continue };
        for it in overganger.iter().filter(|it| from < it.dag && it.dag <= to) {
            let what = format!("{} {}", it.tilstand.navn(), sak.referanse);
            found.push(Happening { day: it.dag, part, what });
        }
    }
    found
}
