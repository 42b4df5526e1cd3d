//! All sessions: found by name or by the client they are bound to, begun on first use, bounded in number
//! and size, forgotten when idle.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use arc_swap::ArcSwap;
use chrono::{DateTime, TimeDelta, Utc};
use parking_lot::{Mutex, RwLock};

use super::alike::{self, FILES};
use super::bindings::Bindings;
use super::cannot_open::CannotOpen;
use super::events::Event;
use super::exchange::BodyBudget;
use super::following::Follower;
use super::history::{History, Over};
use super::time::{Time, TimeSource, base_date};
use super::{ServiceState, Session, Start};
use crate::catalogue::Catalogue;
use crate::config::{Limits, Settings};
use crate::faults::duration::write_duration;
use crate::faults::modifiers::SessionName;
use crate::faults::refused::Refused;
use crate::library::{Library, Room};
use crate::load::store::StoreAt;
use crate::log::{Log, NotKept, Operation};
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

/// All sessions.
pub(crate) struct Sessions {
    pub(crate) time: Arc<Time>,
    pub(crate) library: Arc<Library>,
    pub(super) start: Start,
    pub(super) limits: Limits,
    pub(super) log: Arc<Log>,
    /// What happened to the server, for all sessions.
    pub(super) server: History,
    default: ArcSwap<Session>,
    pub(super) named: RwLock<HashMap<Box<str>, Arc<Session>>>,
    /// The sessions that the log has and that are not in memory.
    pub(super) stored: RwLock<HashSet<Box<str>>>,
    /// How many records of sessions that are not in memory other replicas have written.
    pub(super) unheld: AtomicU64,
    /// Held while a session is made from its log because a call has named it.
    pub(super) loading: Mutex<()>,
    /// Held while a session's state is replaced by another one.
    pub(super) replacing: Mutex<()>,
    /// The sessions that were made from their logs, until their tasks are started.
    pub(super) made: Mutex<Vec<Arc<Session>>>,
    pub(super) bindings: Bindings,
    /// The lock is held while a session's own scenarios are replaced, so that the sum of all sizes is right.
    own: Mutex<()>,
}

/// What is told if a session left memory while a call waited for it.
const GONE: &str = "the session was deleted or put away meanwhile; call again";

/// What the services bring to sessions.
pub(crate) struct OfServices {
    pub(crate) format: &'static ScenarioFormat,
    pub(crate) states: Vec<ServiceState>,
    pub(crate) catalogue: Catalogue,
}

impl Sessions {
    /// Loads the scenarios, and begins the default session. Sessions that the store has are there again.
    ///
    /// # Errors
    /// The clock is set out of its range, the scenarios do not load on that day, or the store cannot be opened.
    pub(crate) fn open(
        sources: Vec<Source>,
        of: OfServices,
        settings: &Settings,
        source: TimeSource,
    ) -> Result<Arc<Self>, CannotOpen> {
        let base = base_date(settings.now, source)?;
        let log = Arc::new(match &settings.store.at {
            StoreAt::Memory => Log::memory(),
            StoreAt::File(path) => Log::file(path, settings.store.most, settings.store.keep)?,
            StoreAt::Database(url) => Log::database(url, settings.store.keep)?,
        });
        let (budget, answer_bytes) = (Budget::new(settings.limits.claims), settings.load.cache_memory);
        let room = Room { budget, answer_bytes, population: settings.population.clone() };
        let library = Arc::new(Library::open(sources, of.format, base, source(), room)?);
        log.introduce(|| alike::sameness(settings, base, &library))?;
        let (time, limits) = (Arc::new(Time::new(source, settings.now)), settings.limits);
        let start = Start {
            time: Arc::clone(&time),
            library: Arc::clone(&library),
            log: Arc::clone(&log),
            catalogue: of.catalogue,
            seed: settings.seed,
            journal: limits.journal,
            bodies: BodyBudget::new(limits.bodies),
            states: of.states,
        };
        let default = Session::begin(DEFAULT, &start)?;
        let sessions = Arc::new(Self {
            time,
            library,
            start,
            limits,
            server: History::new("", &log),
            default: ArcSwap::from_pointee(default),
            named: RwLock::default(),
            stored: RwLock::default(),
            unheld: AtomicU64::new(0),
            loading: Mutex::new(()),
            replacing: Mutex::new(()),
            made: Mutex::default(),
            bindings: Bindings::default(),
            own: Mutex::new(()),
            log,
        });
        sessions.log.follow(Follower(Arc::downgrade(&sessions)));
        sessions.recover_all(settings.now.is_none())?;
        Ok(sessions)
    }

    /// Where the logs of all sessions are.
    pub(crate) fn log(&self) -> &Arc<Log> {
        &self.log
    }

    /// Reads the scenarios again, and logs the result. Returns true if a file could not be read that can perhaps be
    /// read later.
    pub(crate) fn reload(&self) -> bool {
        let base = self.default_session().base;
        let told = self.library.failed().filter(|failed| failed.again);
        match self.library.reload(base, self.time.real()) {
            Ok(number) => {
                self.log.changed(FILES, || self.library.digest());
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
        let bound = if name.is_none() { client.and_then(|client| self.bindings.session_of(client)) } else { None };
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

    pub(super) fn begin(&self, name: &str) -> Result<Session, Box<Refused>> {
        Session::begin(name, &self.start).map_err(|error| {
            Refused::cannot_begin(name, format!("the scenarios do not load on its base date: {error}"))
        })
    }

    /// A session that has begun, by name.
    pub(crate) fn existing(&self, name: &str) -> Option<Arc<Session>> {
        if name == DEFAULT {
            return Some(self.default_session());
        }
        let known = self.named.read().get(name).cloned();
        known.or_else(|| self.load_stored(name))
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
        let Some(_) = self.existing(name.as_str()) else { return self.begun(name) };
        let mut fresh = self.begin(name.as_str())?;
        let _turn = self.log.turn().map_err(|why| Refused::not_kept(&why.0))?;
        let _one_at_a_time = self.replacing.lock();
        let Some(old) = self.in_memory(name.as_str()) else { return Err(Refused::not_kept(GONE)) };
        let mut writing = old.history.writing().map_err(|why| Refused::not_kept(&why.0))?;
        if writing.last() > 0 {
            let event = Event::Reset(fresh.beginning.clone());
            writing.append("", &event, fresh.begun, None).map_err(|why| Refused::not_kept(&why.0))?;
        }
        let unsettled = old.history.unsettled();
        fresh.history = History::after(&fresh.name, &self.log, writing.hand_over(Over::Ended), unsettled);
        Ok(self.put_in_place(fresh))
    }

    /// Puts a new state in the place of a session's old one.
    pub(super) fn put_in_place(&self, fresh: Session) -> Arc<Session> {
        let fresh = Arc::new(fresh);
        if &*fresh.name == DEFAULT {
            self.default.store(Arc::clone(&fresh));
        } else {
            self.named.write().insert(fresh.name.clone(), Arc::clone(&fresh));
        }
        fresh
    }

    /// Deletes a session and the bindings to it. Returns false if there was none.
    ///
    /// # Errors
    /// That cannot be written.
    pub(crate) fn delete(&self, name: &str) -> Result<bool, NotKept> {
        let there = self.existing(name).is_some();
        let _turn = self.log.turn()?;
        let _one_at_a_time = self.replacing.lock();
        let session = self.in_memory(name);
        if there && session.is_none() {
            return Err(NotKept::new(GONE));
        }
        // Unbound first, so that no call of a client begins it again.
        let unbound = !self.clients_of(name).is_empty();
        if unbound {
            self.write_binding(name, Vec::new())?;
        }
        let Some(session) = session else { return Ok(unbound) };
        let writing = session.history.writing()?;
        if self.log.is_lasting() && writing.last() > 0 {
            self.log.keep(Operation::Forget((*session.name).into()))?;
        }
        drop(writing.hand_over(Over::Ended));
        self.named.write().remove(name);
        Ok(true)
    }

    /// Forgets the sessions that have been idle for too long.
    pub(crate) fn forget_idle(&self) {
        self.forget_idle_of(&mut self.named.write());
    }

    fn forget_idle_of(&self, named: &mut HashMap<Box<str>, Arc<Session>>) {
        let idle = TimeDelta::from_std(self.limits.idle).unwrap_or(TimeDelta::MAX);
        let now = self.time.real();
        // The bindings of clients stay. A bound client's next call begins the session again.
        named.retain(|name, session| {
            let stays = now.signed_duration_since(session.last_used()) < idle;
            if !stays && self.log.is_lasting() && session.history.last() > 0 {
                // Its log stays. The next call that names it makes it again, and nobody else writes to the log.
                self.stored.write().insert(name.clone());
                session.history.end(Over::Replaced);
            }
            stays
        });
    }

    /// Binds exactly these clients to a session. A client that was bound to another session moves.
    pub(crate) fn bind(&self, session: &SessionName, clients: &[String]) -> Result<(), Box<Refused>> {
        match self.bindings.changed(session, clients)? {
            Some(wanted) => self.write_binding(session.as_str(), wanted).map_err(|why| Refused::not_kept(&why.0)),
            None => Ok(()),
        }
    }

    /// The clients bound to a session.
    pub(crate) fn clients_of(&self, session: &str) -> Vec<String> {
        self.bindings.of(session)
    }

    /// Gives a session its own scenarios, if there is room for them. May be slow.
    pub(crate) fn put_scenarios(
        &self,
        session: &Arc<Session>,
        texts: &[Text],
    ) -> Result<Result<ScenarioSet, LoadError>, Box<Refused>> {
        let own = match session.resolve_own(texts.to_vec()) {
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
        session.take_own(own, texts).map_err(|why| Refused::not_kept(&why.0))?;
        Ok(Ok(set))
    }
}
