//! Facts of a call beside what it asked for and what it got, for those who look at how a client behaves.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use chrono::TimeDelta;

/// What an answer of a service shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shows {
    /// The state of a case.
    pub(crate) case: Option<&'static str>,
    /// The greatest sequence number.
    pub(crate) sequence: Option<i64>,
}

/// What is known of the token of a call. The token itself is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TokenFacts {
    /// Tells it from other tokens. It is a keyed hash, so it tells nothing else.
    pub(crate) mark: u64,
    /// How many seconds it had left when the call came. Negative after its end.
    pub(crate) left: Option<i64>,
}

/// How a call ended. It is written after the call is in the journal.
#[derive(Debug, Default)]
pub(crate) struct Ending {
    /// How long it took, in µs, plus one; 0 as long as it runs.
    micros: AtomicU32,
    gave_up: AtomicBool,
}

impl Ending {
    /// Notes the end. `gave_up` says that the caller closed its side before there was an answer.
    pub(crate) fn set(&self, took: TimeDelta, gave_up: bool) {
        let micros = took.num_microseconds().and_then(|micros| u32::try_from(micros.max(0)).ok());
        self.micros.store(micros.unwrap_or(u32::MAX - 1).saturating_add(1), Ordering::Relaxed);
        self.gave_up.store(gave_up, Ordering::Relaxed);
    }

    /// How long it took until the answer began, or until its caller gave up. Nothing as long as it runs.
    pub(crate) fn took(&self) -> Option<TimeDelta> {
        let micros = self.micros.load(Ordering::Relaxed).checked_sub(1)?;
        Some(TimeDelta::microseconds(i64::from(micros)))
    }

    /// How long it took, in ms.
    pub(crate) fn milliseconds(&self) -> Option<f64> {
        let micros = self.micros.load(Ordering::Relaxed).checked_sub(1)?;
        Some(f64::from(micros) / 1000.0)
    }

    /// Whether the caller closed its side before there was an answer.
    pub(crate) fn gave_up(&self) -> bool {
        self.gave_up.load(Ordering::Relaxed)
    }
}
