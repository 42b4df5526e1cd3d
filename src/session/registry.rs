//! All sessions: found by name or by the client they are bound to, begun on first use, bounded in number
//! and size, forgotten when idle.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use arc_swap::ArcSwap;
use chrono::{DateTime, TimeDelta, Utc};
use parking_lot::{Mutex, RwLock};

use super::exchange::BodyBudget;
use super::time::{Time, TimeSource, base_date};
use super::{Session, Start, StateMaker};
use crate::config::{Limits, Settings};
use crate::domain::clock::ClockError;
use crate::faults::duration::write_duration;
use crate::faults::modifiers::SessionName;
use crate::faults::refused::Refused;
use crate::library::{Library, Room};
use crate::redact::redacted;
use crate::scenario::ScenarioSet;
use crate::scenario::budget::Budget;
use crate::scenario::format::ScenarioFormat;
use crate::scenario::loading::LoadError;
use crate::scenario::sources::{Source, Text};

/// The name of the default session. It is never forgotten.
pub(crate) const DEFAULT: &str = "default";

/// How many bytes of own scenarios all sessions may hold together.
pub(crate) const MOST_OWN_BYTES: usize = 64 * 1024 * 1024;

/// How many clients can be bound.
const MOST_CLIENTS: usize = 10_000;

/// All sessions.
pub(crate) struct Sessions {
    pub(crate) time: Arc<Time>,
    pub(crate) library: Arc<Library>,
    start: Start,
    limits: Limits,
    default: ArcSwap<Session>,
    named: RwLock<HashMap<Box<str>, Arc<Session>>>,
    clients: RwLock<HashMap<Box<str>, SessionName>>,
    bound: AtomicUsize,
    /// The lock is held while a session's own scenarios are replaced, so that the sum of all sizes is right.
    own: Mutex<()>,
}

/// Why there are no sessions.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CannotOpen {
    #[error("--now: {0}")]
    Now(#[from] ClockError),
    #[error(transparent)]
    Scenarios(#[from] LoadError),
}

impl Sessions {
    /// Loads the scenarios and begins the default session.
    ///
    /// # Errors
    /// The clock is set out of its range, or the scenarios do not load on that day.
    pub(crate) fn open(
        sources: Vec<Source>,
        format: &'static ScenarioFormat,
        states: Vec<StateMaker>,
        settings: &Settings,
        source: TimeSource,
    ) -> Result<Self, CannotOpen> {
        let base = base_date(settings.now, source)?;
        let (budget, answer_bytes) = (Budget::new(settings.limits.claims), settings.load.cache_memory);
        let room = Room { budget, answer_bytes, population: settings.population.clone() };
        let library = Arc::new(Library::open(sources, format, base, source(), room)?);
        let (time, limits) = (Arc::new(Time::new(source, settings.now)), settings.limits);
        let start = Start {
            time: Arc::clone(&time),
            library: Arc::clone(&library),
            journal: limits.journal,
            bodies: BodyBudget::new(limits.bodies),
            states,
        };
        let default = Session::begin(DEFAULT, &start)?;
        Ok(Self {
            time,
            library,
            start,
            limits,
            default: ArcSwap::from_pointee(default),
            named: RwLock::default(),
            clients: RwLock::default(),
            bound: AtomicUsize::new(0),
            own: Mutex::new(()),
        })
    }

    /// Reads the scenarios again, and logs the result. Returns true if a file could not be read that can perhaps be
    /// read later.
    pub(crate) fn reload(&self) -> bool {
        let base = self.default_session().base;
        let told = self.library.failed().filter(|failed| failed.again);
        match self.library.reload(base, self.time.real()) {
            Ok(number) => {
                for session in self.list() {
                    session.catch_up();
                }
                tracing::info!(number, "the scenarios were read anew");
                if self.default_session().world().loaded.scenarios.is_empty() {
                    tracing::warn!("there are no scenario files any longer: every party is unknown");
                }
            }
            // The same failure as before, of an attempt that nothing but time caused.
            Err(error) if told.is_some_and(|told| told.error.to_string() == error.to_string()) => {
                tracing::debug!(%error, "the scenarios still do not load");
            }
            Err(error) => {
                tracing::warn!(
                    error = &*redacted(&error.to_string()),
                    "the scenarios do not load; those from before stay"
                );
                if let LoadError::Problems(problems) = &*error {
                    for problem in problems {
                        tracing::warn!("{}", redacted(&problem.headline()));
                    }
                }
            }
        }
        self.library.failed().is_some_and(|failed| failed.again)
    }

    /// The default session: the session of calls that name none.
    pub(crate) fn default_session(&self) -> Arc<Session> {
        self.default.load_full()
    }

    /// Finds the session of a call: the one that it names, otherwise the one that its client is bound to, otherwise the
    /// default one. Returns the name if that session has not begun.
    pub(crate) fn find(
        &self,
        name: Option<&SessionName>,
        client: Option<&str>,
        real: DateTime<Utc>,
    ) -> Result<Arc<Session>, SessionName> {
        let bound = if name.is_none() { client.and_then(|client| self.session_of(client)) } else { None };
        let session = match name.or(bound.as_ref()) {
            None => self.default_session(),
            Some(name) => self.existing(name.as_str()).ok_or_else(|| name.clone())?,
        };
        session.touch(real);
        Ok(session)
    }

    /// The session that tells of a refused call: its own if that has begun, otherwise the default one. A refused call
    /// begins no session.
    pub(crate) fn begun_or_default(
        &self,
        name: Option<&SessionName>,
        client: Option<&str>,
        real: DateTime<Utc>,
    ) -> Arc<Session> {
        self.find(name, client, real).unwrap_or_else(|_| self.default_session())
    }

    /// Finds a session by name, or begins it. May be slow.
    pub(crate) fn begun(&self, name: &SessionName) -> Result<Arc<Session>, Box<Refused>> {
        if let Some(session) = self.existing(name.as_str()) {
            return Ok(session);
        }
        self.check_room(name)?;
        // The session begins outside the lock, because resolving scenarios may be slow. If two calls do this at the
        // same time, the first session that is stored stays.
        let begun = Arc::new(self.begin(name.as_str())?);
        let session = {
            let mut named = self.named.write();
            if named.len() >= self.limits.sessions && !named.contains_key(name.as_str()) {
                drop(named);
                return Err(self.full(name));
            }
            Arc::clone(named.entry(name.as_str().into()).or_insert(begun))
        };
        // Takes in the files that changed while the session began.
        session.catch_up();
        Ok(session)
    }

    fn check_room(&self, name: &SessionName) -> Result<(), Box<Refused>> {
        self.forget_idle();
        let there = self.named.read().len();
        if there < self.limits.sessions { Ok(()) } else { Err(self.full(name)) }
    }

    fn full(&self, name: &SessionName) -> Box<Refused> {
        let (most, idle) = (self.limits.sessions, write_duration(self.limits.idle));
        let detail = format!(
            "there are {most} sessions already, the most there can be (--max-sessions); \
             delete one, or wait until one has been idle for {idle}"
        );
        Refused::no_room("session", name.as_str(), detail)
    }

    fn begin(&self, name: &str) -> Result<Session, Box<Refused>> {
        Session::begin(name, &self.start).map_err(|error| {
            Refused::cannot_begin(name, format!("the scenarios do not load on its base date: {error}"))
        })
    }

    /// A session that has begun, by name.
    pub(crate) fn existing(&self, name: &str) -> Option<Arc<Session>> {
        if name == DEFAULT {
            return Some(self.default_session());
        }
        self.named.read().get(name).cloned()
    }

    /// All sessions, the default one first, the others by name.
    pub(crate) fn list(&self) -> Vec<Arc<Session>> {
        self.forget_idle();
        let named = self.named.read();
        let mut sessions: Vec<_> = named.values().cloned().collect();
        sessions.sort_by(|one, other| one.name.cmp(&other.name));
        sessions.insert(0, self.default_session());
        sessions
    }

    /// Resets a session: its base date becomes today, and it has nothing of its own. Calls in flight end in the old one.
    /// May be slow.
    pub(crate) fn reset(&self, name: &SessionName) -> Result<Arc<Session>, Box<Refused>> {
        let fresh = Arc::new(self.begin(name.as_str())?);
        if name.as_str() == DEFAULT {
            self.default.store(Arc::clone(&fresh));
            return Ok(fresh);
        }
        let mut named = self.named.write();
        if let Some(session) = named.get_mut(name.as_str()) {
            *session = Arc::clone(&fresh);
            return Ok(fresh);
        }
        drop(named);
        self.begun(name)
    }

    /// Deletes a session and the bindings to it. Returns false if there was none.
    pub(crate) fn delete(&self, name: &str) -> bool {
        // Unbound first, so that no call of a client begins it again.
        let unbound = self.unbind(|session| session.as_str() == name);
        let deleted = self.named.write().remove(name).is_some();
        deleted || unbound
    }

    /// Forgets the sessions that have been idle for too long.
    pub(crate) fn forget_idle(&self) {
        self.forget_idle_of(&mut self.named.write());
    }

    fn forget_idle_of(&self, named: &mut HashMap<Box<str>, Arc<Session>>) {
        let idle = TimeDelta::from_std(self.limits.idle).unwrap_or(TimeDelta::MAX);
        let now = self.time.real();
        // The bindings of clients stay. A bound client's next call begins the session again.
        named.retain(|_, session| now.signed_duration_since(session.last_used()) < idle);
    }

    /// Binds exactly these clients to a session. A client that was bound to another session moves.
    pub(crate) fn bind(&self, session: &SessionName, clients: &[String]) -> Result<(), Box<Refused>> {
        let mut bound = self.clients.write();
        bound.retain(|_, name| name != session);
        let new = clients.iter().filter(|client| !bound.contains_key(client.as_str())).count();
        if bound.len() + new > MOST_CLIENTS {
            let detail = format!("at most {MOST_CLIENTS} clients can be bound to sessions");
            return Err(Refused::no_room("clients", &new.to_string(), detail));
        }
        bound.extend(clients.iter().map(|client| (client.as_str().into(), session.clone())));
        self.bound.store(bound.len(), Ordering::Relaxed);
        Ok(())
    }

    /// The clients bound to a session.
    pub(crate) fn clients_of(&self, session: &str) -> Vec<String> {
        let bound = self.clients.read();
        let to_it = bound.iter().filter(|(_, name)| name.as_str() == session);
        let mut clients: Vec<String> = to_it.map(|(client, _)| client.to_string()).collect();
        clients.sort();
        clients
    }

    fn unbind(&self, which: impl Fn(&SessionName) -> bool) -> bool {
        let mut bound = self.clients.write();
        let before = bound.len();
        bound.retain(|_, session| !which(session));
        self.bound.store(bound.len(), Ordering::Relaxed);
        bound.len() < before
    }

    fn session_of(&self, client: &str) -> Option<SessionName> {
        if self.bound.load(Ordering::Relaxed) == 0 {
            return None;
        }
        self.clients.read().get(client).cloned()
    }

    /// Gives a session its own scenarios, if there is room for them. May be slow.
    pub(crate) fn put_scenarios(
        &self,
        session: &Arc<Session>,
        texts: Vec<Text>,
    ) -> Result<Result<ScenarioSet, LoadError>, Box<Refused>> {
        let own = match session.resolve_own(texts) {
            Ok(own) => own,
            Err(error) => return Ok(Err(error)),
        };
        let _one_at_a_time = self.own.lock();
        let all = self.list();
        if !all.iter().any(|other| Arc::ptr_eq(other, session)) {
            let detail = "the session was reset or deleted meanwhile".to_owned();
            return Err(Refused::cannot_begin(&session.name, detail));
        }
        let others = all.iter().filter(|other| !Arc::ptr_eq(other, session));
        if others.map(|other| other.own_bytes()).sum::<usize>() + own.bytes > MOST_OWN_BYTES {
            let detail =
                format!("the own scenarios of all sessions may take {MOST_OWN_BYTES} bytes together; delete a session");
            return Err(Refused::no_room("scenarios", &own.bytes.to_string(), detail));
        }
        let set = own.set.clone();
        session.take_own(own);
        Ok(Ok(set))
    }
}
