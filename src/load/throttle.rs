//! A line of the log that may come very often. It is written once in a while, with the number of times.

use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;

/// How often the line is written at most.
const PAUSE: Duration = Duration::from_secs(10);

/// When the line was last written, and how many were left out since.
#[derive(Default)]
pub(crate) struct Throttle(Mutex<(Option<Instant>, u64)>);

impl Throttle {
    /// Counts one time. Returns how many times there were since the last line, if a line is due.
    pub(crate) fn count(&self) -> Option<u64> {
        let now = Instant::now();
        let mut state = self.0.lock();
        state.1 += 1;
        if state.0.is_some_and(|last| now.duration_since(last) < PAUSE) {
            return None;
        }
        state.0 = Some(now);
        Some(std::mem::take(&mut state.1))
    }
}
