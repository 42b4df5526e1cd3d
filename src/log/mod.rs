//! The log: what happened to sessions, in order. The state of a session follows from its records alone.
//!
//! A change is a record, and its answer is given when the place has the record. [`Log::keep`] puts a record into the queue and
//! returns at once; the caller waits for the [`Batch`] that the record is in. One thread writes all that came meanwhile in one go.

pub(crate) mod capsule;
pub(crate) mod file;
pub(crate) mod kept;
pub(crate) mod record;
mod writer;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};

use file::{CannotOpenFile, FilePlace};
use record::Record;
pub(crate) use writer::Batch;
use writer::Writer;

/// Where records are kept. A place has one writer in this process. Others may write to it, too: a record stands at its sequence
/// number, and a place refuses a second one at that number.
pub(crate) trait Place: Send {
    /// Does all of these, or none of them. Returns when they will be there after a crash.
    fn write(&mut self, operations: &[Operation]) -> Result<(), String>;

    /// The records of a log in their order, with the files that belong to them.
    fn records(&mut self, session: &str) -> Result<Vec<Record>, String>;

    /// All logs: the name, how many records there are, and the instant of the last one.
    fn logs(&mut self) -> Result<Vec<Stored>, String>;

    /// Checks that a small change can be written.
    fn probe(&mut self) -> Result<(), String>;
}

/// A log as a place has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) session: Box<str>,
    pub(crate) records: u64,
    pub(crate) last: DateTime<Utc>,
}

/// Something that is to be written.
#[derive(Debug)]
pub(crate) enum Operation {
    Append(Record),
    /// All records of a log go.
    Forget(Arc<str>),
}

impl Operation {
    /// The name of the log.
    pub(crate) fn session(&self) -> &Arc<str> {
        match self {
            Self::Append(record) => &record.session,
            Self::Forget(session) => session,
        }
    }
}

/// A change was not kept, so it did not happen.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct NotKept(pub(crate) Arc<str>);

impl NotKept {
    pub(crate) fn new(why: &str) -> Self {
        Self(why.into())
    }
}

/// How many bytes the records of all sessions may take in memory.
const MOST_BYTES: usize = 32 * 1024 * 1024;

/// All logs of a process.
pub(crate) struct Log {
    /// Nothing if records live in the memory of their sessions only.
    writer: Option<Writer>,
    /// How many bytes of records are in memory.
    bytes: AtomicUsize,
    /// How long a place keeps a log that nobody uses.
    keep: Duration,
}

impl Log {
    /// Records stay in memory and go with the process.
    pub(crate) fn memory() -> Self {
        Self { writer: None, bytes: AtomicUsize::new(0), keep: Duration::MAX }
    }

    /// Records lie in a file.
    ///
    /// # Errors
    /// The file cannot be read, is no file of a sandbox, is of a newer version, or another process has it.
    pub(crate) fn file(path: &Path, most: Option<u64>, keep: Duration) -> Result<Self, CannotOpenFile> {
        let place = FilePlace::open(path, most)?;
        let failure = place.is_read_only().then(|| NotKept::new("the store is read-only"));
        let writer = Writer::new(Box::new(place), failure).map_err(CannotOpenFile::Thread)?;
        Ok(Self { writer: Some(writer), bytes: AtomicUsize::new(0), keep })
    }

    /// Whether the records outlive the process.
    pub(crate) fn is_lasting(&self) -> bool {
        self.writer.is_some()
    }

    /// How long a log is kept that nobody uses.
    pub(crate) fn keeps_for(&self) -> Duration {
        self.keep
    }

    /// Puts something into the queue. Nothing to wait for if records live in memory.
    ///
    /// # Errors
    /// The place takes nothing at the moment.
    pub(crate) fn keep(&self, operation: Operation) -> Result<Option<Arc<Batch>>, NotKept> {
        self.writer.as_ref().map(|writer| writer.queue(operation)).transpose()
    }

    /// Why the place takes nothing at the moment.
    pub(crate) fn failure(&self) -> Option<NotKept> {
        self.writer.as_ref()?.failure()
    }

    /// Waits until all that is in the queue now is written.
    pub(crate) async fn settled(&self) -> Result<(), NotKept> {
        let Some(writer) = &self.writer else { return Ok(()) };
        for batch in writer.unsettled() {
            batch.wait().await?;
        }
        Ok(())
    }

    /// The same, on a thread that may wait.
    pub(crate) fn wait_settled(&self) -> Result<(), NotKept> {
        let Some(writer) = &self.writer else { return Ok(()) };
        writer.unsettled().iter().try_for_each(|batch| batch.wait_here())
    }

    /// The records of a log that the place has. Nothing if records live in memory.
    pub(crate) fn records(&self, session: &str) -> Result<Vec<Record>, NotKept> {
        self.writer.as_ref().map_or(Ok(Vec::new()), |writer| writer.read(|place| place.records(session)))
    }

    /// The logs that the place has.
    pub(crate) fn logs(&self) -> Result<Vec<Stored>, NotKept> {
        self.writer.as_ref().map_or(Ok(Vec::new()), |writer| writer.read(Place::logs))
    }

    /// Says who is told of sessions whose last changes could not be written.
    pub(crate) fn on_lost(&self, told: impl Fn(&[Arc<str>]) + Send + Sync + 'static) {
        if let Some(writer) = &self.writer {
            writer.on_lost(Box::new(told));
        }
    }

    /// Writes what is in the queue, and closes the place.
    pub(crate) fn close(&self) {
        if let Some(writer) = &self.writer {
            writer.close();
        }
    }

    /// Takes room for records in memory. False if there is none.
    pub(crate) fn take(&self, bytes: usize) -> bool {
        let there = self.bytes.fetch_add(bytes, Ordering::Relaxed);
        let fits = there + bytes <= MOST_BYTES;
        if !fits {
            self.give_back(bytes);
        }
        fits
    }

    /// Takes room, whether there is some or not.
    pub(crate) fn force(&self, bytes: usize) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Gives room back.
    pub(crate) fn give_back(&self, bytes: usize) {
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
    }
}
