//! What belongs to one test run: its clock, its parties as they are on its base date, and how much
//! of each scenario flag is used up. There is one session so far, the server's own.

pub(crate) mod cache;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};

use chrono::{DateTime, NaiveDate, Utc};

use crate::domain::clock::{ClockError, Now, day_in_norway};
use crate::domain::identifikator::Part;
use crate::scenario::ScenarioSet;
use cache::RenderCache;

/// The real time, handed in so that a test can say what it is.
pub(crate) type TimeSource = fn() -> DateTime<Utc>;

/// The system's clock: the one place that reads it.
#[expect(clippy::disallowed_methods, reason = "this is the source that all else is given")]
pub(crate) fn system_time() -> DateTime<Utc> {
    Utc::now()
}

/// The base date of a session that begins now: the day it is, or is said to be.
///
/// # Errors
/// Where the setting leads out of the years that a clock may show.
pub(crate) fn base_date(setting: Option<Now>, time: TimeSource) -> Result<NaiveDate, ClockError> {
    let real = time();
    setting.map_or(Ok(real), |now| now.resolve(real)).map(day_in_norway)
}

/// One test run.
pub(crate) struct Session {
    setting: Option<Now>,
    time: TimeSource,
    pub(crate) scenarios: ScenarioSet,
    pub(crate) cache: RenderCache,
    used: HashMap<(Part, usize), AtomicU32>,
}

impl Session {
    pub(crate) fn new(setting: Option<Now>, time: TimeSource, scenarios: ScenarioSet) -> Self {
        let counted = |party: &std::sync::Arc<crate::scenario::Party>| {
            let part = party.part;
            (0..party.feil.len()).map(move |index| ((part, index), AtomicU32::new(0))).collect::<Vec<_>>()
        };
        let used = scenarios.parties().into_iter().flat_map(counted).collect();
        Self { setting, time, scenarios, cache: RenderCache::new(), used }
    }

    /// The observer's day: what a call says it is, else what the session says, else what it really is.
    ///
    /// # Errors
    /// Where the call leads out of the years that a clock may show.
    pub(crate) fn day(&self, call: Option<Now>) -> Result<NaiveDate, ClockError> {
        let session = self.now();
        call.map_or(Ok(session), |now| now.resolve(session)).map(day_in_norway)
    }

    /// The observer's day where no call says otherwise.
    pub(crate) fn today(&self) -> NaiveDate {
        day_in_norway(self.now())
    }

    fn now(&self) -> DateTime<Utc> {
        let real = (self.time)();
        // The setting was in range at start; a clock that has run out of it since shows the real time.
        self.setting.map_or(real, |now| now.resolve(real).unwrap_or(real))
    }

    /// The real time, whatever the clock shows.
    pub(crate) fn real_time(&self) -> DateTime<Utc> {
        (self.time)()
    }

    /// Uses a scenario flag once; false where it is used up.
    pub(crate) fn use_flag(&self, part: Part, index: usize, times: u32) -> bool {
        self.used.get(&(part, index)).is_some_and(|used| {
            let one_more = |count: u32| (count < times).then_some(count + 1);
            used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more).is_ok()
        })
    }
}
