//! Orders that a session was given while the sandbox ran, on top of those of the scenarios.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use chrono::{DateTime, Utc};
use parking_lot::{Mutex, RwLock};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

use super::orders::{Trekk, faste, neste, person, trekkid};
use crate::domain::clock::day_in_norway;
use crate::domain::identifikator::{Foedselsnummer, Part};
use crate::domain::trekk::regler::{Regelbrudd, Trekkhendelse, perioder_etter};
use crate::domain::trekk::{ListedVersion, Trekkliste, Trekkpaalegg, Trekkstatus, Trekkversjon};
use crate::scenario::Party;
use crate::session::Session;

/// The most changes of a session.
const MOST: usize = 10_000;

/// Orders that are made at run time are counted from here, beyond all that scenarios hold.
const FIRST_NEW: u32 = 9_000_000;

/// Which order is to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Hvilket {
    /// That one.
    Trekkid(Box<str>),
    /// The active one of that debtor; a new one where there is none.
    Skyldner(Box<str>),
    /// A new one, of a synthetic debtor.
    Nytt,
}

/// Why an order does not change.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Uendret {
    /// The employer has no such order.
    #[error("there is no such order on the session's day")]
    Ukjent,
    /// The debtor has several active orders.
    #[error("the debtor has several active orders; say which by trekkid: {0}")]
    Flere(String),
    /// The debtor has no active order that could stop.
    #[error("the debtor has no active order")]
    IngenAktiv,
    /// A new order is for a person that can be; literal ones may be for placeholders.
    #[error("the debtor has no active order, and the check digits are wrong, so that none is made")]
    UgyldigSkyldner,
    /// A published rule.
    #[error("{0}")]
    Regel(#[from] Regelbrudd),
    /// A literal version that is still to come has the very next number.
    #[error("there is no sequence number left before the literal versions that are still to come")]
    IngenPlass,
    /// The session has too many changes.
    #[error("a session keeps at most {MOST} changes of orders; a reset begins anew")]
    Full,
}

/// A version that was made while the sandbox ran.
#[derive(Clone, Debug)]
struct Endring {
    trekkid: Box<str>,
    versjon: Trekkversjon,
}

/// One employer of a session.
#[derive(Debug, Default)]
struct Arbeidsgiver {
    /// The greatest sequence number that was told to anybody: what is made later has a greater one.
    fortalt: AtomicU64,
    stand: Mutex<Stand>,
}

/// The changes of one employer's orders, and the list that they make.
#[derive(Debug, Default)]
struct Stand {
    endringer: Vec<Endring>,
    /// How many orders were made, those that are forgotten too.
    nye: u32,
    /// What the changes were laid on, and what came of it.
    lagt: Option<(Option<Arc<Trekkliste>>, Arc<Trekkliste>)>,
}

/// The changes of a session.
#[derive(Debug, Default)]
pub(super) struct Trekkendringer {
    arbeidsgivere: RwLock<HashMap<Part, Arc<Arbeidsgiver>>>,
    antall: AtomicUsize,
}

/// A version by employer, order and number.
pub(super) type Versjonsnoekkel = (Part, Box<str>, u32);

impl Trekkendringer {
    fn find(&self, part: Part) -> Option<Arc<Arbeidsgiver>> {
        self.arbeidsgivere.read().get(&part).cloned()
    }

    fn find_or_make(&self, part: Part) -> Arc<Arbeidsgiver> {
        self.find(part).unwrap_or_else(|| Arc::clone(self.arbeidsgivere.write().entry(part).or_default()))
    }

    /// Drops an employer about whom there is nothing to remember, unless somebody else is at it.
    fn forget_if_empty(&self, part: Part, employer: &Arc<Arbeidsgiver>) {
        let mut all = self.arbeidsgivere.write();
        let untouched = {
            let stand = employer.stand.lock();
            stand.nye == 0 && stand.endringer.is_empty() && employer.fortalt.load(Ordering::Relaxed) == 0
        };
        // One here and one in the map.
        if untouched && Arc::strong_count(employer) == 2 {
            all.remove(&part);
        }
    }
}

/// The orders that the scenarios give an employer.
fn av_scenario(party: Option<&Arc<Party>>) -> Option<Arc<Trekkliste>> {
    let trekk = party?.sections.get::<Trekk>().filter(|trekk| trekk.antall() > 0)?;
    Some(Arc::clone(trekk.liste()))
}

/// The changes that a session keeps.
pub(super) fn changes(session: &Session) -> &Trekkendringer {
    // Every session is made with it; one that was not has no changes.
    static NONE: LazyLock<Trekkendringer> = LazyLock::new(Trekkendringer::default);
    session.state().unwrap_or(&NONE)
}

impl Trekkendringer {
    /// The orders of an employer: the scenario's, with what was changed since.
    pub(super) fn trekk(&self, part: Part, party: Option<&Arc<Party>>) -> Option<Arc<Trekkliste>> {
        let base = av_scenario(party);
        let Some(employer) = self.find(part) else {
            return base;
        };
        let mut stand = employer.stand.lock();
        if stand.endringer.is_empty() { base } else { Some(stand.laid_on(base)) }
    }

    /// Remembers the greatest sequence number that was told.
    pub(super) fn remember_told(&self, part: Part, sekvensnummer: u64) {
        self.find_or_make(part).fortalt.fetch_max(sekvensnummer, Ordering::Relaxed);
    }

    /// Gives an employer a new version of an order, made at the session's now. Takes its time where there are many.
    ///
    /// # Errors
    /// The rule that it would break, or the order that there is not.
    pub(super) fn change(
        &self,
        part: Part,
        party: Option<&Arc<Party>>,
        hvilket: &Hvilket,
        hendelse: &Trekkhendelse,
        naa: DateTime<Utc>,
    ) -> Result<(Arc<Trekkliste>, Versjonsnoekkel), Uendret> {
        if self.antall.fetch_add(1, Ordering::Relaxed) >= MOST {
            self.antall.fetch_sub(1, Ordering::Relaxed);
            return Err(Uendret::Full);
        }
        let employer = self.find_or_make(part);
        let done = employer.change(part, av_scenario(party), hvilket, hendelse, naa);
        if done.is_err() {
            self.antall.fetch_sub(1, Ordering::Relaxed);
            self.forget_if_empty(part, &employer);
        }
        done
    }

    /// Every change, the oldest first for each employer.
    pub(super) fn list(&self) -> Vec<Versjonsnoekkel> {
        let all = self.arbeidsgivere.read().clone();
        let mut found: Vec<_> = all
            .iter()
            .flat_map(|(part, employer)| {
                let stand = employer.stand.lock();
                let keys = stand.endringer.iter().map(|it| (*part, it.trekkid.clone(), it.versjon.trekkversjon));
                keys.collect::<Vec<_>>()
            })
            .collect();
        found.sort_by_cached_key(|(part, ..)| part.to_string());
        found
    }

    /// Forgets all changes, and says how many there were.
    pub(super) fn forget_all(&self) -> usize {
        let all = self.arbeidsgivere.read().clone();
        let mut forgotten = 0;
        for employer in all.values() {
            let mut stand = employer.stand.lock();
            forgotten += stand.endringer.len();
            stand.endringer.clear();
            stand.lagt = None;
        }
        self.antall.fetch_sub(forgotten, Ordering::Relaxed);
        forgotten
    }
}

impl Arbeidsgiver {
    fn change(
        &self,
        part: Part,
        base: Option<Arc<Trekkliste>>,
        hvilket: &Hvilket,
        hendelse: &Trekkhendelse,
        naa: DateTime<Utc>,
    ) -> Result<(Arc<Trekkliste>, Versjonsnoekkel), Uendret> {
        // Held until it is done, so that two changes come one after the other.
        let mut stand = self.stand.lock();
        let liste = stand.laid_on(base.clone());
        let dag = day_in_norway(naa);
        let before = match hvilket {
            Hvilket::Trekkid(id) => Some(liste.newest_of(id, dag).ok_or(Uendret::Ukjent)?),
            Hvilket::Skyldner(debtor) => {
                let own = |it: &ListedVersion<'_>| *it.versjon.faste.skyldner == **debtor;
                let active = |it: &ListedVersion<'_>| it.versjon.status(dag) == Trekkstatus::Aktiv;
                let found: Vec<_> = liste.newest_after(dag, 0).filter(|it| own(it) && active(it)).collect();
                if found.len() > 1 {
                    let ids: Vec<&str> = found.iter().take(5).map(|it| &*it.paalegg.trekkid).collect();
                    return Err(Uendret::Flere(ids.join(", ")));
                }
                found.first().copied()
            }
            Hvilket::Nytt => None,
        };
        if before.is_none() && matches!(hendelse, Trekkhendelse::Stopp(_)) {
            return Err(Uendret::IngenAktiv);
        }
        let previous = before.map(|it| it.versjon);
        let perioder = perioder_etter(previous, hendelse, dag)?;
        let (id, faste) = if let Some(before) = before {
            (before.paalegg.trekkid.clone(), Arc::clone(&before.versjon.faste))
        } else {
            let n = FIRST_NEW.saturating_add(stand.nye);
            let skyldner = match hvilket {
                Hvilket::Skyldner(debtor) if debtor.parse::<Foedselsnummer>().is_err() => {
                    return Err(Uendret::UgyldigSkyldner);
                }
                Hvilket::Skyldner(debtor) => debtor.clone(),
                _ => person(&mut ChaCha8Rng::seed_from_u64(u64::from(n))),
            };
            (trekkid(part, n), Arc::new(faste(part, n, chrono::Datelike::year(&dag), skyldner)))
        };
        let versjon = Trekkversjon {
            // Never before the version that it follows, whatever the hour of a scenario's day.
            opprettet: previous.map_or(naa, |previous| naa.max(previous.opprettet)),
            endringsnummer: u32::try_from(stand.endringer.len() + 1).unwrap_or(u32::MAX),
            above_sekvensnummer: self.fortalt.load(Ordering::Relaxed),
            ..neste(previous.map_or(&[], std::slice::from_ref), dag, &faste, perioder)
        };
        let number = versjon.trekkversjon;
        let endring = Endring { trekkid: id.clone(), versjon };
        let mut paalegg = liste.paalegg().to_vec();
        lay_on(&mut paalegg, &endring);
        let laid = Arc::new(Trekkliste::new(paalegg));
        if !laid.is_rising() {
            return Err(Uendret::IngenPlass);
        }
        if before.is_none() {
            stand.nye += 1;
        }
        stand.endringer.push(endring);
        stand.lagt = Some((base, Arc::clone(&laid)));
        Ok((laid, (part, id, number)))
    }
}

impl Stand {
    /// The scenario's orders with the changes on top.
    fn laid_on(&mut self, base: Option<Arc<Trekkliste>>) -> Arc<Trekkliste> {
        if let Some((on, laid)) = &self.lagt
            && same(on.as_ref(), base.as_ref())
        {
            return Arc::clone(laid);
        }
        if self.endringer.is_empty() {
            return base.unwrap_or_default();
        }
        let mut paalegg = base.as_ref().map(|base| base.paalegg().to_vec()).unwrap_or_default();
        for endring in &self.endringer {
            lay_on(&mut paalegg, endring);
        }
        let laid = Arc::new(Trekkliste::new(paalegg));
        self.lagt = Some((base, Arc::clone(&laid)));
        laid
    }
}

/// A change takes the place of what the scenario had in store for its order from then on.
fn lay_on(paalegg: &mut Vec<Arc<Trekkpaalegg>>, endring: &Endring) {
    let Endring { trekkid, versjon } = endring;
    match paalegg.iter_mut().find(|it| it.trekkid == *trekkid) {
        // One that another order has taken the id of is not changed by it.
        Some(it) if it.versjoner.first().is_some_and(|first| first.faste != versjon.faste) => {}
        Some(it) => {
            let versjoner = &mut Arc::make_mut(it).versjoner;
            versjoner.retain(|before| before.trekkversjon < versjon.trekkversjon);
            versjoner.push(versjon.clone());
        }
        // The scenario that it followed is gone, and so is what came before it.
        None if versjon.trekkversjon > 1 => {}
        None => paalegg.push(Arc::new(Trekkpaalegg { trekkid: trekkid.clone(), versjoner: vec![versjon.clone()] })),
    }
}

fn same(one: Option<&Arc<Trekkliste>>, other: Option<&Arc<Trekkliste>>) -> bool {
    match (one, other) {
        (None, None) => true,
        (Some(one), Some(other)) => Arc::ptr_eq(one, other),
        _ => false,
    }
}
