//! The scenarios of the server: the last good files, and the sets that were resolved from them.
//!
//! A set depends on the base date only. Sessions that began on the same day share one, with its rendered answers.

pub(crate) mod cache;
pub(crate) mod watch;

use std::sync::{Arc, OnceLock};

use chrono::{DateTime, NaiveDate, Utc};
use parking_lot::{Mutex, RwLock};

use crate::scenario::ScenarioSet;
use crate::scenario::befolkning::{Befolkning, Kjente, Oenske};
use crate::scenario::budget::Budget;
use crate::scenario::format::ScenarioFormat;
use crate::scenario::loading::{How, LoadError, read, read_again, resolve_all};
use crate::scenario::snapshot::Snapshot;
use crate::scenario::sources::Source;
use cache::{KeptAnswers, RenderCache};
use watch::Watch;

/// How sets of the server are resolved.
const WHEN_ASKED: How<'static> = How { builtin_later: true, before: None, progress: None };

/// How many sets are kept in addition to those in use.
const KEPT: usize = 4;

/// A set on a base date, and what was rendered from it.
pub(crate) struct Loaded {
    pub(crate) scenarios: ScenarioSet,
    pub(crate) cache: RenderCache,
}

impl Loaded {
    fn new(scenarios: ScenarioSet, kept: &KeptAnswers) -> Arc<Self> {
        Arc::new(Self { scenarios, cache: kept.of_new_set() })
    }
}

/// What the scenarios of a process may take, and the parties beside them.
pub(crate) struct Room {
    /// What all scenarios of the process are taken from.
    pub(crate) budget: Arc<Budget>,
    /// How many bytes of rendered answers are kept.
    pub(crate) answer_bytes: usize,
    /// What the settings say of the population.
    pub(crate) population: Oenske,
}

/// The parties that no scenario describes.
struct Population {
    oenske: Oenske,
    format: &'static ScenarioFormat,
    kjente: Kjente,
}

impl Population {
    /// A set with the population beside it.
    fn beside(&self, mut set: ScenarioSet) -> ScenarioSet {
        let wanted = Oenske::samlet(&self.oenske, set.oenske.as_ref());
        let is_there = set.befolkning.as_ref().map(|there| there.valg()) == wanted.as_ref();
        if !is_there {
            let made = |valg| Arc::new(Befolkning::new(valg, set.base, self.format, &self.kjente));
            set.befolkning = wanted.map(made);
        }
        set
    }
}

/// Files that were good, numbered in the order in which they came.
struct Issue {
    number: u64,
    snapshot: Snapshot,
    sets: Mutex<Vec<(NaiveDate, Arc<Loaded>)>>,
    /// When they were read.
    read: DateTime<Utc>,
    /// What tells these files from others.
    digest: OnceLock<String>,
}

/// A reload that failed.
#[derive(Clone, Debug)]
pub(crate) struct Failed {
    pub(crate) at: DateTime<Utc>,
    pub(crate) error: Arc<LoadError>,
    /// Whether a file could not be read that can perhaps be read later.
    pub(crate) again: bool,
}

/// The scenarios of the server.
pub(crate) struct Library {
    sources: Vec<Source>,
    format: &'static ScenarioFormat,
    /// What all scenarios of the process are taken from, those of sessions too.
    budget: Arc<Budget>,
    issue: RwLock<Arc<Issue>>,
    failed: RwLock<Option<Failed>>,
    /// The rendered answers of all sets.
    pub(crate) kept: KeptAnswers,
    population: Population,
    /// Made before the folders are first read, so that no change is missed.
    watch: Mutex<Option<Watch>>,
}

impl Library {
    /// Reads and resolves the sources for the first time.
    ///
    /// # Errors
    /// As [`resolve_all`].
    pub(crate) fn open(
        sources: Vec<Source>,
        format: &'static ScenarioFormat,
        base: NaiveDate,
        now: DateTime<Utc>,
        room: Room,
    ) -> Result<Self, LoadError> {
        let Room { budget, answer_bytes, population } = room;
        let kept = KeptAnswers::new(answer_bytes);
        let watch = Mutex::new(Watch::new(&sources));
        let snapshot = read(&sources, &budget)?;
        let population = Population { oenske: population, format, kjente: Kjente::new() };
        let loaded = Loaded::new(population.beside(resolve_all(&snapshot, format, base, &WHEN_ASKED)?), &kept);
        let issue =
            Issue { number: 1, snapshot, sets: Mutex::new(vec![(base, loaded)]), read: now, digest: OnceLock::new() };
        Ok(Self {
            sources,
            format,
            budget,
            issue: RwLock::new(Arc::new(issue)),
            failed: RwLock::default(),
            kept,
            population,
            watch,
        })
    }

    pub(crate) fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// The watch of the folders; nothing if there are no folders, or if it was taken before.
    pub(crate) fn take_watch(&self) -> Option<Watch> {
        self.watch.lock().take()
    }

    pub(crate) fn budget(&self) -> &Arc<Budget> {
        &self.budget
    }

    pub(crate) fn format(&self) -> &'static ScenarioFormat {
        self.format
    }

    /// The number of the newest good files.
    pub(crate) fn number(&self) -> u64 {
        self.issue().number
    }

    /// When they were read.
    pub(crate) fn read_at(&self) -> DateTime<Utc> {
        self.issue().read
    }

    /// The digest of the newest good files: it tells them from others, whenever and wherever they are read.
    pub(crate) fn digest(&self) -> String {
        let issue = self.issue();
        issue.digest.get_or_init(|| issue.snapshot.digest()).clone()
    }

    /// The reload that failed since, if one did.
    pub(crate) fn failed(&self) -> Option<Failed> {
        self.failed.read().clone()
    }

    /// The number of the newest good files, and their set on a base date. Resolving fails if they contradict themselves
    /// on that day.
    pub(crate) fn on(&self, base: NaiveDate) -> (u64, Result<Arc<Loaded>, LoadError>) {
        let issue = self.issue();
        // Held while resolving, so that a day is resolved once; whoever waits here is on no thread that answers calls.
        let mut sets = issue.sets.lock();
        if let Some((_, loaded)) = sets.iter().find(|(day, _)| *day == base) {
            return (issue.number, Ok(Arc::clone(loaded)));
        }
        let mut resolved = resolve_all(&issue.snapshot, self.format, base, &WHEN_ASKED);
        let in_use = |(_, loaded): &(NaiveDate, Arc<Loaded>)| Arc::strong_count(loaded) > 1;
        if resolved.is_err() && !sets.iter().all(in_use) {
            // Perhaps there is room without the sets that are only kept.
            sets.retain(in_use);
            resolved = resolve_all(&issue.snapshot, self.format, base, &WHEN_ASKED);
        }
        let loaded = match resolved {
            Ok(scenarios) => self.loaded(scenarios),
            Err(error) => return (issue.number, Err(error)),
        };
        if sets.len() >= KEPT {
            sets.remove(0);
        }
        sets.push((base, Arc::clone(&loaded)));
        (issue.number, Ok(loaded))
    }

    /// A set that answers can be rendered from.
    pub(crate) fn loaded(&self, scenarios: ScenarioSet) -> Arc<Loaded> {
        Loaded::new(self.population.beside(scenarios), &self.kept)
    }

    /// Whether the built-in scenarios are among the sources; and all other files, those beside scenarios too, by their names.
    pub(crate) fn files(&self) -> (bool, Vec<(String, Vec<u8>)>) {
        (self.sources.contains(&Source::Builtin), self.issue().snapshot.own_files())
    }

    /// The text of a scenario file, by its name.
    pub(crate) fn text_of(&self, file: &str) -> Option<Arc<str>> {
        self.issue().snapshot.text_of(file)
    }

    /// Reads the sources again. If they do not load, everything stays as it is, and the failure is remembered.
    pub(crate) fn reload(&self, base: NaiveDate, now: DateTime<Utc>) -> Result<u64, Arc<LoadError>> {
        let mut again = false;
        let before = self.issue();
        let sets = before.sets.lock();
        let known = sets.iter().find(|(day, _)| *day == base).map(|(_, loaded)| Arc::clone(loaded));
        drop(sets);
        let read = read_again(&self.sources, &self.budget, Some(&before.snapshot));
        let fresh = read.inspect_err(|_| again = true).and_then(|snapshot| {
            let how = How { before: known.as_ref().map(|known| &known.scenarios), ..WHEN_ASKED };
            let resolved = resolve_all(&snapshot, self.format, base, &how);
            let scenarios = resolved.inspect_err(|_| again = snapshot.may_be_read_later())?;
            Ok((snapshot, self.loaded(scenarios)))
        });
        match fresh {
            Ok((snapshot, loaded)) => {
                let mut issue = self.issue.write();
                let number = issue.number + 1;
                *issue = Arc::new(Issue {
                    number,
                    snapshot,
                    sets: Mutex::new(vec![(base, loaded)]),
                    read: now,
                    digest: OnceLock::new(),
                });
                *self.failed.write() = None;
                Ok(number)
            }
            Err(error) => {
                let error = Arc::new(error);
                let failed = Failed { at: now, error: Arc::clone(&error), again };
                *self.failed.write() = Some(failed);
                Err(error)
            }
        }
    }

    /// Forgets what nobody has asked for in a while: rendered answers, and parties of the population.
    pub(crate) fn forget_unused(&self) {
        if self.kept.forget_unused() {
            self.population.kjente.forget();
        }
    }

    fn issue(&self) -> Arc<Issue> {
        Arc::clone(&self.issue.read())
    }
}
