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
        self.count_at(Instant::now())
    }

    fn count_at(&self, now: Instant) -> Option<u64> {
        let mut state = self.0.lock();
        state.1 += 1;
        if state.0.is_some_and(|last| now.duration_since(last) < PAUSE) {
            return None;
        }
        state.0 = Some(now);
        Some(std::mem::take(&mut state.1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_comes_at_once_and_then_one_in_each_pause_with_the_number_of_times() {
        let (throttle, begun) = (Throttle::default(), Instant::now());
        assert_eq!(throttle.count_at(begun), Some(1), "the first is told at once");
        for _ in 0..1000 {
            assert_eq!(throttle.count_at(begun), None);
        }
        assert_eq!(throttle.count_at(begun + PAUSE - Duration::from_millis(1)), None, "the pause is not over");
        assert_eq!(throttle.count_at(begun + PAUSE), Some(1002), "all that were left out, and this one");
        assert_eq!(throttle.count_at(begun + PAUSE), None);
    }
}
