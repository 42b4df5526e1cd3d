//! Changes that a session made to orders while the sandbox ran. They are applied on top of the scenarios' orders.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

use chrono::{DateTime, NaiveDate, Utc};
use parking_lot::{Mutex, RwLock};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::orders::{Trekk, derive_faste, derive_trekkid, next_version, synthetic_person};
use crate::domain::clock::day_in_norway;
use crate::domain::identifikator::{Foedselsnummer, Part};
use crate::domain::trekk::regler::{Regelbrudd, Trekkhendelse, perioder_etter};
use crate::domain::trekk::{ListedVersion, Oppdrag, Trekkliste, Trekkpaalegg, Trekkstatus, Trekkversjon};
use crate::log::NotKept;
use crate::log::kept::{Fold, Kept, Told};
use crate::scenario::Party;
use crate::session::Session;

/// The most changes that a session keeps.
const MOST_CHANGES: usize = 10_000;

/// New orders are numbered from here, above all orders of scenarios.
const FIRST_NEW_ORDER: u32 = 9_000_000;

/// Which order a change is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum OrderChoice {
    /// The order with this trekkid.
    Trekkid(SmolStr),
    /// The active order of this debtor; a new order if the debtor has none.
    Skyldner(SmolStr),
    /// A new order, of a synthetic debtor.
    New,
}

/// Why a change is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum ChangeError {
    /// The employer has no order with this trekkid.
    #[error("there is no such order on the session's day")]
    UnknownOrder,
    /// The debtor has several active orders.
    #[error("the debtor has several active orders; choose one by trekkid: {0}")]
    SeveralOrders(String),
    /// The order follows from something else, so it can only change with it.
    #[error("the order follows from a case: decide, end or withdraw the case, and the order follows")]
    OfAnotherService,
    /// The debtor has no active order that could end.
    #[error("the debtor has no active order")]
    NoActiveOrder,
    /// A new order needs a debtor with valid check digits. Only literal orders may have placeholders.
    #[error("the debtor has no active order, and no new order is made because the check digits are wrong")]
    InvalidDebtor,
    /// The change breaks a published rule.
    #[error("{0}")]
    BrokenRule(#[from] Regelbrudd),
    /// A literal version that is not visible yet has the next sequence number already.
    #[error("no sequence number is left below those of the literal versions that are not visible yet")]
    NoSequenceNumber,
    /// The session has too many changes.
    #[error("a session keeps at most {MOST_CHANGES} changes of orders; reset the session to start again")]
    TooManyChanges,
}

/// A version that was made while the sandbox ran.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Endring {
    trekkid: SmolStr,
    versjon: Trekkversjon,
}

/// Something that happened to the orders of an employer.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(tag = "kind", content = "data", rename_all = "kebab-case")]
pub(super) enum Trekkhending {
    /// A version was made. `new_order` says that it is the first one of a new order.
    Changed { employer: Part, change: Endring, new_order: bool },
    /// Orders of another service were taken over: these changes went, by their places in the list, and these came.
    TakenOver { employer: Part, dropped: Vec<usize>, added: Vec<Endring>, orders: Vec<SmolStr> },
    /// A caller was told this sequence number, which is greater than all before it.
    Told { employer: Part, number: u64 },
    /// All changes were forgotten.
    Forgotten,
}

/// An employer in a session.
#[derive(Debug, Default)]
struct Arbeidsgiver {
    /// The greatest sequence number that a caller has seen. A version that is made later has a greater one.
    greatest_seen: AtomicU64,
    state: Mutex<ArbeidsgiverState>,
}

/// The changes of one employer's orders, and the list that results from them.
#[derive(Debug, Default)]
struct ArbeidsgiverState {
    endringer: Vec<Endring>,
    /// The ids of the orders that other services make.
    taken_over: BTreeSet<SmolStr>,
    /// How many new orders were made, including those that were forgotten later.
    new_orders: u32,
    /// The scenario's list, and the list with the changes applied to it.
    result: Option<Applied>,
    /// The result with the change that is being decided, so that it need not be made twice.
    next: Option<Applied>,
}

/// A scenario's list, and the list with the changes applied to it.
type Applied = (Option<Arc<Trekkliste>>, Arc<Trekkliste>);

/// The changes of a session.
#[derive(Debug, Default)]
pub(super) struct Trekkendringer {
    arbeidsgivere: RwLock<HashMap<Part, Arc<Arbeidsgiver>>>,
}

impl Kept for Trekkendringer {
    type Event = Trekkhending;

    fn told(event: &Trekkhending) -> Told {
        match event {
            Trekkhending::Changed { employer, change: Endring { trekkid, versjon }, .. } => {
                let number = versjon.trekkversjon;
                Told::done(format!("Version {number} of the order {trekkid} was made at the employer {employer}"))
            }
            Trekkhending::TakenOver { employer, .. } => {
                Told::background(format!("Orders that follow from cases were taken over at the employer {employer}"))
            }
            Trekkhending::Told { employer, number } => {
                Told::background(format!("The employer {employer} was told sekvensnummer {number}"))
            }
            Trekkhending::Forgotten => Told::done("All orders that were made or changed were forgotten"),
        }
    }

    fn apply(&self, event: &Trekkhending, _: &Fold<'_>) {
        match event {
            Trekkhending::Changed { employer, change, new_order } => {
                let employer = self.find_or_make(*employer);
                let mut state = employer.state.lock();
                state.new_orders += u32::from(*new_order);
                state.endringer.push(change.clone());
                state.result = state.next.take();
            }
            Trekkhending::TakenOver { employer, dropped, added, orders } => {
                let employer = self.find_or_make(*employer);
                let mut state = employer.state.lock();
                let mut at = 0..;
                state.endringer.retain(|_| at.next().is_none_or(|at| !dropped.contains(&at)));
                state.endringer.extend(added.iter().cloned());
                state.taken_over.extend(orders.iter().cloned());
                state.result = None;
            }
            Trekkhending::Told { employer, number } => {
                self.find_or_make(*employer).greatest_seen.fetch_max(*number, Ordering::Relaxed);
            }
            Trekkhending::Forgotten => {
                for employer in self.arbeidsgivere.read().values() {
                    let mut state = employer.state.lock();
                    state.endringer.clear();
                    state.result = None;
                }
            }
        }
    }
}

/// Identifies a version: the employer, the trekkid and the number of the version.
pub(super) type Versjonsnoekkel = (Part, SmolStr, u32);

impl Trekkendringer {
    fn find(&self, part: Part) -> Option<Arc<Arbeidsgiver>> {
        self.arbeidsgivere.read().get(&part).cloned()
    }

    fn find_or_make(&self, part: Part) -> Arc<Arbeidsgiver> {
        self.find(part).unwrap_or_else(|| Arc::clone(self.arbeidsgivere.write().entry(part).or_default()))
    }

    /// How many changes there are.
    fn count(&self) -> usize {
        self.arbeidsgivere.read().values().map(|employer| employer.state.lock().endringer.len()).sum()
    }
}

/// The orders that the scenarios give an employer.
fn scenario_orders(party: Option<&Arc<Party>>) -> Option<Arc<Trekkliste>> {
    let trekk = party?.sections.get::<Trekk>().filter(|trekk| trekk.antall() > 0)?;
    Some(Arc::clone(trekk.liste()))
}

/// The changes that a session keeps.
pub(super) fn changes(session: &Session) -> &Trekkendringer {
    // Every session has this state from the start. Without it, a session has no changes.
    static NONE: LazyLock<Trekkendringer> = LazyLock::new(Trekkendringer::default);
    session.state().unwrap_or(&NONE)
}

impl Trekkendringer {
    /// The orders of an employer: the scenario's orders with the session's changes applied.
    pub(super) fn orders(&self, part: Part, party: Option<&Arc<Party>>) -> Option<Arc<Trekkliste>> {
        let base = scenario_orders(party);
        let Some(employer) = self.find(part) else {
            return base;
        };
        let mut state = employer.state.lock();
        if state.endringer.is_empty() { base } else { Some(state.applied_to(base)) }
    }

    /// Every change, the oldest first for each employer.
    pub(super) fn list(&self) -> Vec<Versjonsnoekkel> {
        let all = self.arbeidsgivere.read().clone();
        let mut found: Vec<_> = all
            .iter()
            .flat_map(|(part, employer)| {
                let state = employer.state.lock();
                let keys = state.endringer.iter().map(|it| (*part, it.trekkid.clone(), it.versjon.trekkversjon));
                keys.collect::<Vec<_>>()
            })
            .collect();
        found.sort_by_cached_key(|(part, ..)| part.to_string());
        found
    }
}

/// Takes over the orders that other services make, as they are on a day. Each version is numbered when it is first
/// taken over, above all that was answered before. A version that the order does not have any more on that day is
/// dropped: the clock went back, and something else happened.
pub(super) fn take_over(session: &Session, part: Part, oppdrag: Vec<Oppdrag>, dag: NaiveDate) -> Result<(), NotKept> {
    let nothing = |employer: Arc<Arbeidsgiver>| employer.state.lock().taken_over.is_empty();
    if oppdrag.is_empty() && changes(session).find(part).is_none_or(nothing) {
        return Ok(());
    }
    let wanted: Vec<(SmolStr, Vec<Trekkversjon>)> =
        oppdrag.into_iter().map(|it| (it.trekkid.clone(), versions(&it))).collect();
    session.commit_state::<Trekkendringer, _>(None, |changes| {
        let employer = changes.find(part);
        (employer.unwrap_or_default().taken_over(part, wanted, dag), ())
    })
}

/// Remembers that a caller has seen a sequence number.
pub(super) fn remember_seen(session: &Session, part: Part, number: u64) -> Result<(), NotKept> {
    let is_known = |employer: &Arbeidsgiver| employer.greatest_seen.load(Ordering::Relaxed) >= number;
    if changes(session).find(part).is_some_and(|employer| is_known(&employer)) {
        return Ok(());
    }
    session.commit_state::<Trekkendringer, _>(None, |changes| {
        let known = changes.find(part).is_some_and(|employer| is_known(&employer));
        ((!known).then_some(Trekkhending::Told { employer: part, number }), ())
    })
}

/// Makes a new version of an order. `now` is the time of the session's clock. This is slow if the employer has many
/// orders.
///
/// # Errors
/// The change breaks a rule, or there is no such order; or it could not be written.
pub(super) fn change(
    session: &Session,
    part: Part,
    party: Option<&Arc<Party>>,
    choice: &OrderChoice,
    hendelse: &Trekkhendelse,
    now: DateTime<Utc>,
) -> Result<Result<(Arc<Trekkliste>, Versjonsnoekkel), ChangeError>, NotKept> {
    let done = session.commit_state::<Trekkendringer, _>(None, |changes| {
        if changes.count() >= MOST_CHANGES {
            return (None, Err(ChangeError::TooManyChanges));
        }
        let employer = changes.find(part).unwrap_or_default();
        match employer.change(part, scenario_orders(party), choice, hendelse, now) {
            Ok((change, new_order)) => {
                let key = (part, change.trekkid.clone(), change.versjon.trekkversjon);
                (Some(Trekkhending::Changed { employer: part, change, new_order }), Ok(key))
            }
            Err(why) => (None, Err(why)),
        }
    })?;
    Ok(done.map(|key| (changes(session).orders(part, party).unwrap_or_default(), key)))
}

/// Forgets all changes, and returns how many there were.
pub(super) fn forget_all(session: &Session) -> Result<usize, NotKept> {
    session.commit_state::<Trekkendringer, _>(None, |changes| {
        let count = changes.count();
        ((count > 0).then_some(Trekkhending::Forgotten), count)
    })
}

impl Arbeidsgiver {
    /// The versions of orders that are new, and those that are there no more. Nothing if all is as it was.
    fn taken_over(
        &self,
        part: Part,
        wanted: Vec<(SmolStr, Vec<Trekkversjon>)>,
        dag: NaiveDate,
    ) -> Option<Trekkhending> {
        let state = self.state.lock();
        // What is of a later day stays until that day comes.
        let stays = |it: &Endring| {
            let of_order = wanted.iter().find(|(id, _)| *id == it.trekkid);
            let still = of_order.and_then(|(_, versions)| versions.get(it.versjon.trekkversjon as usize - 1));
            !state.taken_over.contains(&it.trekkid)
                || it.versjon.dag > dag
                || still.is_some_and(|still| still.dag == it.versjon.dag && still.perioder == it.versjon.perioder)
        };
        let (kept, gone): (Vec<_>, Vec<_>) = state.endringer.iter().enumerate().partition(|(_, it)| stays(it));
        let dropped: Vec<usize> = gone.into_iter().map(|(at, _)| at).collect();
        let mut last = kept.last().map_or(0, |(_, last)| last.versjon.endringsnummer);
        let above_sekvensnummer = self.greatest_seen.load(Ordering::Relaxed);
        let (mut added, mut orders) = (Vec::new(), Vec::new());
        for (id, versions) in wanted {
            let known = |versjon: &Trekkversjon| {
                let of_number =
                    |(_, it): &&(usize, &Endring)| it.trekkid == id && it.versjon.trekkversjon == versjon.trekkversjon;
                let found = kept.iter().rev().find(of_number);
                found.is_some_and(|(_, it)| it.versjon.dag == versjon.dag && it.versjon.perioder == versjon.perioder)
            };
            let from = versions.iter().position(|versjon| !known(versjon)).unwrap_or(versions.len());
            for versjon in versions.into_iter().skip(from) {
                last = last.saturating_add(1);
                let versjon = Trekkversjon { endringsnummer: last, above_sekvensnummer, ..versjon };
                added.push(Endring { trekkid: id.clone(), versjon });
            }
            if !state.taken_over.contains(&id) {
                orders.push(id);
            }
        }
        let is_nothing = dropped.is_empty() && added.is_empty() && orders.is_empty();
        (!is_nothing).then_some(Trekkhending::TakenOver { employer: part, dropped, added, orders })
    }

    /// The version that a change makes, and whether it is the first one of a new order.
    fn change(
        &self,
        part: Part,
        base: Option<Arc<Trekkliste>>,
        choice: &OrderChoice,
        hendelse: &Trekkhendelse,
        now: DateTime<Utc>,
    ) -> Result<(Endring, bool), ChangeError> {
        let mut state = self.state.lock();
        state.next = None;
        let liste = state.applied_to(base.clone());
        let dag = day_in_norway(now);
        let before = match choice {
            OrderChoice::Trekkid(id) => Some(liste.newest_of(id, dag).ok_or(ChangeError::UnknownOrder)?),
            OrderChoice::Skyldner(debtor) => {
                let of_debtor = |it: &ListedVersion<'_>| *it.versjon.faste.skyldner == **debtor;
                let active = |it: &ListedVersion<'_>| it.versjon.status(dag) == Trekkstatus::Aktiv;
                let found: Vec<_> = liste.newest_after(dag, 0).filter(|it| of_debtor(it) && active(it)).collect();
                if found.len() > 1 {
                    let ids: Vec<&str> = found.iter().take(5).map(|it| &*it.paalegg.trekkid).collect();
                    return Err(ChangeError::SeveralOrders(ids.join(", ")));
                }
                found.first().copied()
            }
            OrderChoice::New => None,
        };
        if before.is_some_and(|before| state.taken_over.contains(&before.paalegg.trekkid)) {
            return Err(ChangeError::OfAnotherService);
        }
        if before.is_none() && matches!(hendelse, Trekkhendelse::Stopp(_)) {
            return Err(ChangeError::NoActiveOrder);
        }
        let previous = before.map(|it| it.versjon);
        let perioder = perioder_etter(previous, hendelse, dag)?;
        let (id, faste) = if let Some(before) = before {
            (before.paalegg.trekkid.clone(), Arc::clone(&before.versjon.faste))
        } else {
            let n = FIRST_NEW_ORDER.saturating_add(state.new_orders);
            let skyldner = match choice {
                OrderChoice::Skyldner(debtor) if debtor.parse::<Foedselsnummer>().is_err() => {
                    return Err(ChangeError::InvalidDebtor);
                }
                OrderChoice::Skyldner(debtor) => debtor.clone(),
                _ => synthetic_person(&mut ChaCha8Rng::seed_from_u64(u64::from(n))),
            };
            (derive_trekkid(part, n), Arc::new(derive_faste(part, n, chrono::Datelike::year(&dag), skyldner)))
        };
        let versjon = Trekkversjon {
            // Never before the previous version, which a scenario may have made later on the same day.
            opprettet: previous.map_or(now, |previous| now.max(previous.opprettet)),
            endringsnummer: u32::try_from(state.endringer.len() + 1).unwrap_or(u32::MAX),
            above_sekvensnummer: self.greatest_seen.load(Ordering::Relaxed),
            ..next_version(previous.map_or(&[], std::slice::from_ref), dag, &faste, perioder)
        };
        let endring = Endring { trekkid: id, versjon };
        let mut paalegg = liste.paalegg().to_vec();
        apply(&mut paalegg, &endring);
        let changed = Arc::new(Trekkliste::new(paalegg));
        if !changed.is_rising() {
            return Err(ChangeError::NoSequenceNumber);
        }
        let is_new = before.is_none();
        state.next = Some((base, changed));
        Ok((endring, is_new))
    }
}

impl ArbeidsgiverState {
    /// The scenario's orders with the changes applied.
    fn applied_to(&mut self, base: Option<Arc<Trekkliste>>) -> Arc<Trekkliste> {
        if let Some((of_base, changed)) = &self.result
            && same(of_base.as_ref(), base.as_ref())
        {
            return Arc::clone(changed);
        }
        if self.endringer.is_empty() {
            return base.unwrap_or_default();
        }
        let mut paalegg = base.as_ref().map(|base| base.paalegg().to_vec()).unwrap_or_default();
        for endring in &self.endringer {
            apply(&mut paalegg, endring);
        }
        let changed = Arc::new(Trekkliste::new(paalegg));
        self.result = Some((base, Arc::clone(&changed)));
        changed
    }
}

/// Applies a change. It replaces the versions that the scenario has for the order from that number on.
fn apply(paalegg: &mut Vec<Arc<Trekkpaalegg>>, endring: &Endring) {
    let Endring { trekkid, versjon } = endring;
    match paalegg.iter_mut().find(|it| it.trekkid == *trekkid) {
        // After a reload, another order may have this trekkid. The change is not for that order.
        Some(it) if it.versjoner.first().is_some_and(|first| first.faste != versjon.faste) => {}
        Some(it) => {
            let versjoner = &mut Arc::make_mut(it).versjoner;
            versjoner.retain(|before| before.trekkversjon < versjon.trekkversjon);
            versjoner.push(versjon.clone());
        }
        // After a reload, the scenario's order is gone, so there is no version for this one to follow.
        None if versjon.trekkversjon > 1 => {}
        None => paalegg.push(Arc::new(Trekkpaalegg { trekkid: trekkid.clone(), versjoner: vec![versjon.clone()] })),
    }
}

/// The versions of an order that another service makes. An event that breaks a rule makes none.
fn versions(oppdrag: &Oppdrag) -> Vec<Trekkversjon> {
    let mut versjoner: Vec<Trekkversjon> = Vec::new();
    for (dag, hendelse) in &oppdrag.hendelser {
        if let Ok(perioder) = perioder_etter(versjoner.last(), hendelse, *dag) {
            versjoner.push(next_version(&versjoner, *dag, &oppdrag.faste, perioder));
        }
    }
    versjoner
}

/// Whether both are the same list, by address.
fn same(one: Option<&Arc<Trekkliste>>, other: Option<&Arc<Trekkliste>>) -> bool {
    match (one, other) {
        (None, None) => true,
        (Some(one), Some(other)) => Arc::ptr_eq(one, other),
        _ => false,
    }
}
