//! What belongs to one test run: its clock, rules, journal, own scenarios, the state of services, and the counts of used
//! flags. A call belongs to exactly one session and sees nothing of another.

mod alike;
mod bindings;
pub(crate) mod call_id;
pub(crate) mod cannot_open;
mod change;
mod entry;
pub(crate) mod events;
mod evidence;
pub(crate) mod exchange;
pub(crate) mod facts;
pub(crate) mod flags;
mod following;
pub(crate) mod history;
pub(crate) mod journal;
pub(crate) mod places;
mod recovery;
pub(crate) mod registry;
pub(crate) mod rules;
pub(crate) mod time;
pub(crate) mod verdicts;

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use arc_swap::ArcSwap;
use chrono::{DateTime, NaiveDate, Utc};
use parking_lot::{Mutex, RwLock};

use crate::catalogue::Catalogue;
use crate::coverage::Tried;
use crate::domain::clock::day_in_norway;
use crate::library::{Failed, Library, Loaded};
use crate::log::Log;
use crate::log::kept::{AnyState, StateKind};
use crate::redact::redacted;
use crate::scenario::ScenarioSet;
use crate::scenario::loading::{How, LoadError, read, resolve_all};
use crate::scenario::sources::{Source, Text};
use crate::session::flags::FlagCounters;
use crate::session::rules::Rules;
use events::Beginning;
use evidence::Evidence;
use exchange::BodyBudget;
use history::History;
use journal::Journal;
use time::{Clock, Time};
use verdicts::Verdicts;

/// How many claims, payments and orders a session's own scenarios may hold.
const MOST_OWN_CLAIMS: usize = 200_000;

/// The scenarios that a call sees. They stay the same until the call ends.
pub(crate) struct World {
    /// The number of the newest files when it was built.
    number: u64,
    /// The server's scenarios on the session's base date.
    server: Arc<Loaded>,
    /// The same, with the session's own scenarios.
    pub(crate) loaded: Arc<Loaded>,
    pub(crate) flags: Arc<FlagCounters>,
}

/// A session's own scenarios, resolved on its base date.
pub(crate) struct OwnScenarios {
    pub(crate) set: ScenarioSet,
    bytes: usize,
}

/// What a session keeps of a service, and how.
#[derive(Clone, Copy)]
pub(crate) struct ServiceState {
    /// The name of the service.
    pub(crate) service: &'static str,
    pub(crate) kind: StateKind,
}

/// What every session begins with.
pub(crate) struct Start {
    pub(crate) time: Arc<Time>,
    pub(crate) library: Arc<Library>,
    /// Where its log lies.
    pub(crate) log: Arc<Log>,
    catalogue: Catalogue,
    seed: Option<u64>,
    /// How many requests its journal keeps.
    journal: usize,
    /// How much all journals keep of headers and bodies.
    bodies: Arc<BodyBudget>,
    states: Vec<ServiceState>,
}

/// Who tests what with a session, as they say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct About {
    /// The supplier of the system.
    pub(crate) supplier: Option<Box<str>>,
    /// The system that is tested.
    pub(crate) system: Option<Box<str>>,
    /// Its version.
    pub(crate) version: Option<Box<str>>,
}

/// One test run.
pub(crate) struct Session {
    pub(crate) name: Box<str>,
    time: Arc<Time>,
    library: Arc<Library>,
    /// The day it began, against which relative dates are resolved.
    pub(crate) base: NaiveDate,
    pub(crate) begun: DateTime<Utc>,
    pub(crate) clock: Clock,
    pub(crate) rules: Rules,
    /// Who tests what, as they say.
    pub(crate) about: RwLock<About>,
    /// The journal and the next are evidence, not state: no record makes them, and an undo leaves them as they are.
    pub(crate) journal: Arc<Journal>,
    /// What it has tried of all there is.
    pub(crate) tried: Arc<Tried>,
    /// What came of the expectations that it was held to.
    pub(crate) verdicts: Arc<Verdicts>,
    /// How it began.
    beginning: Beginning,
    /// All that happened to it.
    pub(crate) history: History,
    catalogue: Catalogue,
    /// What it keeps of each service.
    states: Vec<(ServiceState, AnyState)>,
    /// Its own scenarios. The lock is held while the world is built.
    own: Mutex<Option<OwnScenarios>>,
    own_bytes: AtomicUsize,
    own_entries: AtomicUsize,
    world: ArcSwap<World>,
    failed: RwLock<Option<Failed>>,
    /// When it was last used, in ms since 1970.
    used: AtomicI64,
}

impl Session {
    /// Begins a session. This is slow if no other session began on that day.
    ///
    /// # Errors
    /// The scenarios contradict themselves on that day.
    fn begin(name: &str, start: &Start) -> Result<Self, LoadError> {
        Self::begin_with(name, start, Evidence::whole(start))
    }

    fn begin_with(name: &str, start: &Start, evidence: Evidence) -> Result<Self, LoadError> {
        let (base, begun) = (day_in_norway(start.time.now()), start.time.real());
        let beginning = Beginning {
            base,
            seed: start.seed,
            scenarios: start.library.digest().into(),
            by: env!("CARGO_PKG_VERSION").into(),
        };
        Self::as_begun(name, start, (beginning, begun), History::new(name, &start.log), evidence)
    }

    /// A session as it was when it began, with the evidence of its calls so far.
    fn as_begun(
        name: &str,
        start: &Start,
        (beginning, begun): (Beginning, DateTime<Utc>),
        history: History,
        evidence: Evidence,
    ) -> Result<Self, LoadError> {
        let (number, loaded) = start.library.on(beginning.base);
        let server = loaded?;
        let world = World { number, loaded: Arc::clone(&server), server, flags: Arc::default() };
        Ok(Self {
            name: name.into(),
            base: beginning.base,
            begun,
            clock: Clock::default(),
            rules: Rules::default(),
            about: RwLock::default(),
            journal: evidence.journal,
            tried: evidence.tried,
            verdicts: evidence.verdicts,
            beginning,
            history,
            catalogue: start.catalogue,
            states: start.states.iter().map(|state| (*state, (state.kind.make)())).collect(),
            own: Mutex::default(),
            own_bytes: AtomicUsize::new(0),
            own_entries: AtomicUsize::new(0),
            world: ArcSwap::from_pointee(world),
            failed: RwLock::default(),
            used: AtomicI64::new(start.time.real().timestamp_millis()),
            time: Arc::clone(&start.time),
            library: Arc::clone(&start.library),
        })
    }

    /// Has this evidence of its calls from now on.
    fn take_evidence(&mut self, evidence: Evidence) {
        (self.journal, self.tried, self.verdicts) = (evidence.journal, evidence.tried, evidence.verdicts);
    }

    /// The world for a call that begins now.
    pub(crate) fn world(&self) -> Arc<World> {
        self.world.load_full()
    }

    /// Builds the world from the newest files and the session's own scenarios. If the server's files do not load
    /// on this session's base date, it keeps those it has. The counts of flags stay.
    fn rebuild(&self, own: Option<&OwnScenarios>) {
        let before = self.world();
        let (number, server) = self.library.on(self.base);
        let failed = server.as_ref().err().map(ToString::to_string);
        let server = server.unwrap_or_else(|error| {
            let (session, shown) = (redacted(&self.name), error.to_string());
            tracing::warn!(
                session = &*session,
                error = &*redacted(&shown),
                "the new scenarios do not load on this session's base date"
            );
            *self.failed.write() = Some(Failed { at: self.time.real(), error: Arc::new(error), again: false });
            Arc::clone(&before.server)
        });
        if failed.is_none() {
            *self.failed.write() = None;
        }
        let loaded = match own {
            None => Arc::clone(&server),
            Some(own) => self.library.loaded(server.scenarios.with(&own.set)),
        };
        self.world.store(Arc::new(World { number, server, loaded, flags: Arc::clone(&before.flags) }));
    }

    /// Resolves scenarios for this session on its base date. May be slow.
    ///
    /// # Errors
    /// All problems of the scenarios.
    pub(crate) fn resolve_own(&self, texts: Vec<Text>) -> Result<OwnScenarios, LoadError> {
        let bytes = texts.iter().map(|text| text.text.len()).sum();
        let snapshot = read(&[Source::Texts(texts)], self.library.budget())?.with_max_claims(MOST_OWN_CLAIMS);
        let set = resolve_all(&snapshot, self.library.format(), self.base, &How::default())?;
        Ok(OwnScenarios { set, bytes })
    }

    /// How many bytes of scenarios it has of its own.
    pub(crate) fn own_bytes(&self) -> usize {
        self.own_bytes.load(Ordering::Relaxed)
    }

    /// How much of the budget of the process its own scenarios hold.
    pub(crate) fn own_entries(&self) -> usize {
        self.own_entries.load(Ordering::Relaxed)
    }

    /// The failure, if the server's newest files do not load on its base date.
    pub(crate) fn failed(&self) -> Option<Failed> {
        self.failed.read().clone()
    }

    /// What it keeps of a service, by its type.
    pub(crate) fn state<T: Any>(&self) -> Option<&T> {
        self.states.iter().find_map(|(_, state)| state.downcast_ref())
    }

    pub(crate) fn time(&self) -> &Time {
        &self.time
    }

    pub(crate) fn library(&self) -> &Library {
        &self.library
    }

    /// The observer's day, unless a call has another.
    pub(crate) fn today(&self) -> NaiveDate {
        day_in_norway(self.clock.now(&self.time, self.time.real()))
    }

    /// Notes that it is used at an instant.
    fn touch(&self, real: DateTime<Utc>) {
        self.used.store(real.timestamp_millis(), Ordering::Relaxed);
    }

    /// When it was last used.
    pub(crate) fn last_used(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.used.load(Ordering::Relaxed)).unwrap_or(self.begun)
    }
}
