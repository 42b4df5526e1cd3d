//! The log: what happened to sessions, in order. The state of a session follows from its records alone.
//!
//! A change is a record, and its answer is given when the place has the record. [`Log::keep`] puts a record into the queue and
//! returns at once; the caller waits for the [`Batch`] that the record is in. One thread writes all that came meanwhile in one go.

pub(crate) mod capsule;
mod figures;
pub(crate) mod file;
pub(crate) mod kept;
pub(crate) mod record;
pub(crate) mod replicas;
mod why;
mod writer;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};

pub(crate) use figures::Figures;
use figures::File;
use file::{CannotOpenFile, FilePlace};
use record::Record;
use replicas::url::DatabaseUrl;
use replicas::{CannotOpenDatabase, Follows, Replicas, Sameness, Turn};
use why::Means;
pub(crate) use why::{NotKept, NotKnown};
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

/// How many bytes the records of all sessions may take in memory.
const MOST_BYTES: usize = 32 * 1024 * 1024;

/// Where the records are.
enum At {
    /// In the memory of their sessions only.
    Memory,
    /// In a file of this process.
    Own(Writer, File),
    /// In a database that replicas share.
    Shared(Replicas),
}

/// How often changes had been lost at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark(u64);

/// All logs of a process.
pub(crate) struct Log {
    at: At,
    /// How many bytes of records are in memory.
    bytes: AtomicUsize,
    /// How long a place keeps a log that nobody uses.
    keep: Duration,
}

impl Log {
    /// Records stay in memory and go with the process.
    pub(crate) fn memory() -> Self {
        Self { at: At::Memory, bytes: AtomicUsize::new(0), keep: Duration::MAX }
    }

    /// Records lie in a file.
    ///
    /// # Errors
    /// The file cannot be read, is no file of a sandbox, is of a newer version, or another process has it.
    pub(crate) fn file(path: &Path, most: Option<u64>, keep: Duration) -> Result<Self, CannotOpenFile> {
        let place = FilePlace::open(path, most)?;
        let failure = place.is_read_only().then(|| NotKept::new("the store is read-only"));
        let writer = Writer::new(Box::new(place), failure).map_err(CannotOpenFile::Thread)?;
        let file = File { path: path.to_owned(), most };
        Ok(Self { at: At::Own(writer, file), bytes: AtomicUsize::new(0), keep })
    }

    /// Records lie in a database that other replicas use, too.
    ///
    /// # Errors
    /// The database cannot be reached, or its tables are of a newer version.
    pub(crate) fn database(url: &DatabaseUrl, keep: Duration) -> Result<Self, CannotOpenDatabase> {
        let replicas = Replicas::open(url)?;
        Ok(Self { at: At::Shared(replicas), bytes: AtomicUsize::new(0), keep })
    }

    /// Says how this process answers, where others share its sessions.
    ///
    /// # Errors
    /// They answer otherwise.
    pub(crate) fn introduce(&self, own: impl FnOnce() -> Sameness) -> Result<(), NotKept> {
        match &self.at {
            At::Memory | At::Own(..) => Ok(()),
            At::Shared(replicas) => replicas.introduce(own()),
        }
    }

    /// In what the processes that share its sessions answer otherwise than one would that answers so. It introduces nobody.
    ///
    /// # Errors
    /// They cannot be asked for.
    pub(crate) fn compare(&self, own: Sameness) -> Result<Vec<String>, NotKept> {
        match &self.at {
            At::Memory | At::Own(..) => Ok(Vec::new()),
            At::Shared(replicas) => replicas.compare(own),
        }
    }

    /// Says that something of how this process answers is another now, where others share its sessions.
    pub(crate) fn changed(&self, name: &str, value: impl FnOnce() -> String) {
        if let At::Shared(replicas) = &self.at {
            replicas.changed(name, value());
        }
    }

    /// Whether other processes change the same sessions.
    pub(crate) fn is_shared(&self) -> bool {
        matches!(self.at, At::Shared(_))
    }

    /// Whether the records outlive the process.
    pub(crate) fn is_lasting(&self) -> bool {
        !matches!(self.at, At::Memory)
    }

    /// How long a log is kept that nobody uses.
    pub(crate) fn keeps_for(&self) -> Duration {
        self.keep
    }

    /// Waits for the right to change sessions. Whoever holds a lock that following the log needs ([`Follows`]) must have it before.
    ///
    /// # Errors
    /// The database cannot be reached, or other replicas have the turn for too long.
    pub(crate) fn turn(&self) -> Result<Turn, NotKept> {
        match &self.at {
            At::Memory | At::Own(..) => Ok(Turn::free()),
            At::Shared(replicas) => replicas.turn(),
        }
    }

    /// Waits until what is in memory is known to be all that was answered before.
    ///
    /// # Errors
    /// Other replicas may have changed something, and the database cannot be asked.
    pub(crate) async fn fresh(&self) -> Result<(), NotKnown> {
        match &self.at {
            At::Memory | At::Own(..) => Ok(()),
            At::Shared(replicas) => replicas.fresh().await,
        }
    }

    /// Puts something into the queue. Nothing to wait for if records live in memory.
    ///
    /// # Errors
    /// The place takes nothing at the moment.
    pub(crate) fn keep(&self, operation: Operation) -> Result<Option<Arc<Batch>>, NotKept> {
        match &self.at {
            At::Memory => Ok(None),
            At::Own(writer, _) => writer.queue(operation).map(Some),
            At::Shared(replicas) => replicas.queue(operation).map(Some),
        }
    }

    /// Why the place takes nothing at the moment.
    pub(crate) fn failure(&self) -> Option<NotKept> {
        match &self.at {
            At::Memory => None,
            At::Own(writer, _) => writer.failure(),
            At::Shared(replicas) => replicas.failure(),
        }
    }

    /// The same as a sentence, with what it means for calls.
    pub(crate) fn outage(&self) -> Option<String> {
        let means = match &self.at {
            At::Memory | At::Own(..) => Means::NoChanges,
            At::Shared(replicas) if replicas.is_fresh() => Means::SoonNothing,
            At::Shared(_) => Means::Nothing,
        };
        self.failure().map(|why| why::told(means, &why))
    }

    fn unsettled(&self) -> Vec<Arc<Batch>> {
        match &self.at {
            At::Memory => Vec::new(),
            At::Own(writer, _) => writer.unsettled(),
            At::Shared(replicas) => replicas.unsettled(),
        }
    }

    /// What a call notes before it begins, for [`Log::settled_since`].
    pub(crate) fn mark(&self) -> Mark {
        Mark(match &self.at {
            At::Memory => 0,
            At::Own(writer, _) => writer.lost(),
            At::Shared(replicas) => replicas.lost(),
        })
    }

    /// Waits until all that a call has changed or seen is written.
    ///
    /// # Errors
    /// Something is not. What was lost while the call went on may be in no queue any more, so it counts whatever it was.
    pub(crate) async fn settled_since(&self, mark: Mark) -> Result<(), NotKept> {
        for batch in self.unsettled() {
            batch.wait().await?;
        }
        if self.mark() == mark {
            return Ok(());
        }
        Err(NotKept::new("changes were lost while this call was answered; it is not known whether its own was kept"))
    }

    /// The same, on a thread that may wait. Nobody may wait who has the turn.
    pub(crate) fn wait_settled(&self) -> Result<(), NotKept> {
        if Turn::is_held() {
            return Ok(());
        }
        self.unsettled().iter().try_for_each(|batch| batch.wait_here())
    }

    /// The records of a log that the place has. Nothing if records live in memory.
    pub(crate) fn records(&self, session: &str) -> Result<Vec<Record>, NotKept> {
        match &self.at {
            At::Memory => Ok(Vec::new()),
            At::Own(writer, _) => writer.read(|place| place.records(session)),
            At::Shared(replicas) => replicas.records(session),
        }
    }

    /// The logs that the place has.
    pub(crate) fn logs(&self) -> Result<Vec<Stored>, NotKept> {
        match &self.at {
            At::Memory => Ok(Vec::new()),
            At::Own(writer, _) => writer.read(Place::logs),
            At::Shared(replicas) => replicas.logs(),
        }
    }

    /// What an operator watches of the place. Nothing if records live in memory.
    pub(crate) fn figures(&self) -> Option<Figures> {
        let figures = match &self.at {
            At::Memory => return None,
            At::Own(writer, file) => Figures { file: Some(file.figures()), ..writer.counters().figures() },
            At::Shared(replicas) => replicas.figures(),
        };
        Some(Figures { is_up: self.failure().is_none(), ..figures })
    }

    /// What the place is: `memory`, `file` or `database`.
    pub(crate) fn kind(&self) -> &'static str {
        match &self.at {
            At::Memory => "memory",
            At::Own(..) => "file",
            At::Shared(_) => "database",
        }
    }

    /// Says who is told of sessions whose last changes could not be written, and of what others write.
    pub(crate) fn follow(&self, follower: impl Follows + 'static) {
        match &self.at {
            At::Memory => {}
            At::Own(writer, _) => writer.on_lost(Box::new(move |sessions| {
                for session in sessions {
                    // Who follows has said so in the log.
                    let _ = follower.lost(session);
                }
            })),
            At::Shared(replicas) => replicas.follow(Box::new(follower)),
        }
    }

    /// Writes what is in the queue, and closes the place.
    pub(crate) fn close(&self) {
        match &self.at {
            At::Memory => {}
            At::Own(writer, _) => writer.close(),
            At::Shared(replicas) => replicas.close(),
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A place that takes nothing.
    struct Full;

    impl Place for Full {
        fn write(&mut self, _: &[Operation]) -> Result<(), String> {
            Err("no space is left".to_owned())
        }

        fn records(&mut self, _: &str) -> Result<Vec<Record>, String> {
            Ok(Vec::new())
        }

        fn logs(&mut self) -> Result<Vec<Stored>, String> {
            Ok(Vec::new())
        }

        fn probe(&mut self) -> Result<(), String> {
            Err("no space is left".to_owned())
        }
    }

    /// A page that takes its time after a change must not say that it was made, if it was lost meanwhile.
    #[tokio::test]
    async fn what_was_lost_before_the_answer_was_ready_is_not_forgotten() {
        let writer = Writer::new(Box::new(Full), None).expect("a thread");
        let file = File { path: "/nowhere".into(), most: None };
        let log = Log { at: At::Own(writer, file), bytes: AtomicUsize::new(0), keep: Duration::MAX };
        let mark = log.mark();
        let batch = log.keep(Operation::Forget("s".into())).expect("it is queued").expect("a batch");
        assert!(batch.wait().await.is_err());
        assert!(log.unsettled().is_empty(), "nothing is left to wait for");
        let figures = log.figures().expect("a place");
        assert_eq!((figures.is_up, figures.waiting, figures.failures), (false, 0, 1));
        assert_eq!(figures.changes, [("written", 0), ("lost", 1), ("refused", 0)]);
        assert!(figures.last_failure.is_some());
        assert!(log.settled_since(mark).await.is_err());
        assert!(log.settled_since(log.mark()).await.is_ok(), "a later call has nothing to do with it");
    }
}
