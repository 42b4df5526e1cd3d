//! What an operator watches of the place that records lie in.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

#[expect(clippy::disallowed_methods, reason = "a lease and an age are differences of the machine's monotonic clock")]
pub(super) fn now() -> Instant {
    Instant::now()
}

/// What happened at a place since the process began. All numbers are of records, unless they say otherwise.
#[derive(Default)]
pub(super) struct Counters {
    /// Decided, and neither answered nor lost.
    waiting: AtomicU64,
    written: AtomicU64,
    lost: AtomicU64,
    /// Calls whose change was not taken at all.
    refused: AtomicU64,
    /// Calls of any kind that were refused because a replica did not know what others had changed.
    not_known: AtomicU64,
    /// How many times the place began to fail.
    failures: AtomicU64,
    /// How many replicas others waited for in vain.
    given_up: AtomicU64,
    last_failure: Mutex<Option<Instant>>,
}

impl Counters {
    pub(super) fn queued(&self) {
        self.waiting.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn refused(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn not_known(&self) {
        self.not_known.fetch_add(1, Ordering::Relaxed);
    }

    /// So many that were waiting are written.
    pub(super) fn written(&self, records: usize) {
        self.written.fetch_add(records as u64, Ordering::Relaxed);
        self.waiting.fetch_sub(records as u64, Ordering::Relaxed);
    }

    /// So many that were waiting are lost.
    pub(super) fn lost(&self, records: usize) {
        self.lost.fetch_add(records as u64, Ordering::Relaxed);
        self.waiting.fetch_sub(records as u64, Ordering::Relaxed);
    }

    /// The place fails. `begins` says that it did not before.
    pub(super) fn failed(&self, begins: bool) {
        self.failures.fetch_add(u64::from(begins), Ordering::Relaxed);
        *self.last_failure.lock() = Some(now());
    }

    pub(super) fn gave_up(&self, replicas: u64) {
        self.given_up.fetch_add(replicas, Ordering::Relaxed);
    }

    pub(super) fn of_replica(&self, lease: Duration) -> ReplicaFigures {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        ReplicaFigures { lease, refused: count(&self.not_known), given_up: count(&self.given_up) }
    }

    pub(super) fn figures(&self) -> Figures {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Figures {
            is_up: true,
            waiting: count(&self.waiting),
            changes: [
                ("written", count(&self.written)),
                ("lost", count(&self.lost)),
                ("refused", count(&self.refused)),
            ],
            failures: count(&self.failures),
            last_failure: self.last_failure.lock().map(|at| now().saturating_duration_since(at)),
            file: None,
            replica: None,
        }
    }
}

/// A place at one moment.
pub(crate) struct Figures {
    /// It takes changes; a database also tells this replica what others do.
    pub(crate) is_up: bool,
    /// Records that are decided, and neither answered nor lost.
    pub(crate) waiting: u64,
    /// How many changes ended how.
    pub(crate) changes: [(&'static str, u64); 3],
    /// How many times the place began to fail.
    pub(crate) failures: u64,
    /// How long ago it failed for the last time.
    pub(crate) last_failure: Option<Duration>,
    pub(crate) file: Option<FileFigures>,
    pub(crate) replica: Option<ReplicaFigures>,
}

/// The size of a file.
pub(crate) struct FileFigures {
    /// With what lies beside it.
    pub(crate) bytes: u64,
    /// The most that it may have.
    pub(crate) most: Option<u64>,
}

/// A replica at a database.
pub(crate) struct ReplicaFigures {
    /// How long it may still answer from its copy without asking.
    pub(crate) lease: Duration,
    /// How many calls it refused because that time was over.
    pub(crate) refused: u64,
    /// How many replicas it has waited for in vain.
    pub(crate) given_up: u64,
}

/// A file that is a place.
pub(super) struct File {
    pub(super) path: PathBuf,
    pub(super) most: Option<u64>,
}

impl File {
    pub(super) fn figures(&self) -> FileFigures {
        let length = |path: &std::path::Path| std::fs::metadata(path).map_or(0, |file| file.len());
        let mut beside = self.path.as_os_str().to_owned();
        beside.push("-wal");
        FileFigures { bytes: length(&self.path) + length(beside.as_ref()), most: self.most }
    }
}
