//! What belongs to one test run: its clock, rules, journal, own scenarios, and how much of each scenario
//! flag is used up. A call belongs to exactly one session and sees nothing of another.

pub(crate) mod cache;
pub(crate) mod journal;
pub(crate) mod library;
pub(crate) mod registry;
pub(crate) mod time;
pub(crate) mod watch;

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, NaiveDate, Utc};

use crate::domain::clock::day_in_norway;
use crate::inject::flags::FlagCounters;
use crate::inject::rules::Rules;
use crate::scenario::ScenarioSet;
use crate::scenario::loading::{LoadError, read, resolve_all};
use crate::scenario::snapshot::Snapshot;
use crate::scenario::sources::Source;
use journal::Journal;
use library::{Library, Loaded};
use time::{Clock, Time};

/// The most claims that a session's own scenarios may hold.
const MOST_OWN_CLAIMS: usize = 200_000;

/// What a call sees: one set of scenarios, from its beginning to its end.
pub(crate) struct World {
    /// The number of the files that it is from.
    number: u64,
    pub(crate) loaded: Arc<Loaded>,
    pub(crate) flags: FlagCounters,
}

/// A session's own scenarios.
struct Own {
    snapshot: Snapshot,
    bytes: usize,
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
    pub(crate) journal: Journal,
    own: RwLock<Option<Own>>,
    world: RwLock<Arc<World>>,
    /// When it was last used, in ms since 1970.
    used: AtomicI64,
}

impl Session {
    /// Begins a session.
    ///
    /// # Errors
    /// Where the scenarios hold a contradiction on the day it is.
    fn begin(name: &str, time: Arc<Time>, library: Arc<Library>, journal: usize) -> Result<Self, LoadError> {
        let (base, begun) = (day_in_norway(time.now()), time.real());
        let (number, loaded) = library.on(base)?;
        let world = RwLock::new(Arc::new(World { number, loaded, flags: FlagCounters::default() }));
        Ok(Self {
            name: name.into(),
            base,
            begun,
            clock: Clock::default(),
            rules: Rules::default(),
            journal: Journal::new(journal),
            own: RwLock::default(),
            world,
            used: AtomicI64::new(begun.timestamp_millis()),
            time,
            library,
        })
    }

    /// What a call that begins now sees: the newest scenarios.
    pub(crate) fn world(&self) -> Arc<World> {
        let world = Arc::clone(&self.world.read().unwrap_or_else(PoisonError::into_inner));
        if world.number == self.library.number() {
            return world;
        }
        let own = self.own.read().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = self.rebuild(own.as_ref()) {
            // The files load on another day, but not on this session's: it keeps what it has.
            tracing::warn!(session = %self.name, %error, "the new scenarios do not load on this session's base date");
            let mut kept = self.world.write().unwrap_or_else(PoisonError::into_inner);
            let scenarios = &kept.loaded.scenarios;
            let flags = kept.flags.carried_over(scenarios, scenarios);
            *kept = Arc::new(World { number: self.library.number(), loaded: Arc::clone(&kept.loaded), flags });
        }
        Arc::clone(&self.world.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts the world together anew from the newest files and the session's own.
    fn rebuild(&self, own: Option<&Own>) -> Result<(), LoadError> {
        let (number, loaded) = self.library.on(self.base)?;
        let loaded = match own {
            None => loaded,
            Some(own) => {
                let own = resolve_all(&own.snapshot, self.library.catalogue(), self.base)?;
                Loaded::new(loaded.scenarios.with(&own))
            }
        };
        let mut world = self.world.write().unwrap_or_else(PoisonError::into_inner);
        let flags = world.flags.carried_over(&world.loaded.scenarios, &loaded.scenarios);
        *world = Arc::new(World { number, loaded, flags });
        Ok(())
    }

    /// Adds scenarios of its own, in place of those it had; they replace parties of the same number.
    /// Tells which parties they describe.
    ///
    /// # Errors
    /// All that is wrong with them; then those it had stay.
    pub(crate) fn put_scenarios(&self, texts: Vec<(String, String)>) -> Result<ScenarioSet, LoadError> {
        let bytes = texts.iter().map(|(_, text)| text.len()).sum();
        let snapshot = read(&[Source::Texts(texts)])?.at_most_claims(MOST_OWN_CLAIMS);
        let set = resolve_all(&snapshot, self.library.catalogue(), self.base)?;
        let mut own = self.own.write().unwrap_or_else(PoisonError::into_inner);
        let fresh = Own { snapshot, bytes };
        self.rebuild(Some(&fresh))?;
        *own = Some(fresh);
        Ok(set)
    }

    /// Drops its own scenarios.
    ///
    /// # Errors
    /// Where those of the server do not load on its base date.
    pub(crate) fn drop_scenarios(&self) -> Result<(), LoadError> {
        let mut own = self.own.write().unwrap_or_else(PoisonError::into_inner);
        self.rebuild(None)?;
        *own = None;
        Ok(())
    }

    /// How many bytes of scenarios it has of its own.
    pub(crate) fn own_bytes(&self) -> usize {
        self.own.read().unwrap_or_else(PoisonError::into_inner).as_ref().map_or(0, |own| own.bytes)
    }

    pub(crate) fn time(&self) -> &Time {
        &self.time
    }

    pub(crate) fn library(&self) -> &Library {
        &self.library
    }

    /// The observer's day where no call says otherwise.
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
