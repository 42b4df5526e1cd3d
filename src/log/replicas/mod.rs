//! Replicas that share a PostgreSQL database. docs/replicas.md has the protocol and the argument for it.
//!
//! In short: one replica at a time has the turn, which is a lock in the database. It takes in what others wrote, decides its changes, and
//! writes them. A change is answered when every replica has taken it in, or can know by its own clock that its copy is too old.

mod alone;
mod base;
mod gate;
mod reader;
mod run;
mod sameness;
mod tls;
pub(crate) mod url;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use rand::rngs::{ChaCha8Rng, SysRng};
use rand::{Rng as _, SeedableRng as _};
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::Notify;

use super::figures::{Counters, Figures, now};
use super::record::Record;
use super::writer::Batch;
use super::{NotKept, NotKnown, Operation, Stored};
pub(crate) use alone::Alone;
pub(crate) use base::FORGOTTEN;
use base::Fault;
use gate::Gate;
pub(crate) use gate::Turn;
use reader::Reader;
pub(crate) use sameness::Sameness;
use url::DatabaseUrl;

/// How long a replica answers from its copy after it has begun to ask whether that is whole. Others wait a little longer
/// ([`run::WAIT`]), because clocks do not run equally fast.
const FRESH: Duration = Duration::from_millis(2900);

/// How long a call waits for a replica whose copy is too old.
const CATCHES_UP: Duration = Duration::from_millis(1500);

/// Who has the copy: what others wrote is applied to it.
pub(crate) trait Follows: Send + Sync {
    /// Takes in what others wrote, in its order.
    ///
    /// # Errors
    /// A log could not be read. It is told again.
    fn take_in(&self, records: &[Record]) -> Result<(), NotKept>;

    /// Makes a session from its log again, because it is not known what became of its last changes.
    ///
    /// # Errors
    /// The log could not be read. It is told again.
    fn lost(&self, session: &str) -> Result<(), NotKept>;
}

#[derive(Default)]
struct Queue {
    open: Vec<Operation>,
    batch: Arc<Batch>,
    /// The batches that are written, or being written, and not settled.
    unsettled: Vec<Arc<Batch>>,
}

struct Shared {
    gate: Arc<Gate>,
    queue: Mutex<Queue>,
    /// Until when the copy is known to be whole, in ms since `began`.
    fresh: AtomicU64,
    began: Instant,
    became_fresh: Notify,
    /// How often changes were lost.
    lost: AtomicU64,
    counters: Counters,
    closed: AtomicBool,
    closes: Notify,
    follower: OnceLock<Box<dyn Follows>>,
    follows: Notify,
    /// The name of this replica.
    id: String,
    /// How it answers, once it has introduced itself.
    settings: Mutex<Option<Sameness>>,
}

impl Shared {
    fn since_begin(&self, at: Instant) -> u64 {
        u64::try_from(at.saturating_duration_since(self.began).as_millis()).unwrap_or(u64::MAX)
    }

    /// The copy was whole at an instant.
    fn confirm(&self, at: Instant) {
        self.fresh.store(self.since_begin(at + FRESH), Ordering::Release);
        self.became_fresh.notify_waiters();
    }

    /// Nobody knows whether the copy is whole.
    fn doubt(&self) {
        self.fresh.store(0, Ordering::Release);
    }

    fn is_fresh(&self) -> bool {
        self.since_begin(now()) < self.fresh.load(Ordering::Acquire)
    }
}

/// The replicas' log, as this one sees it.
pub(super) struct Replicas {
    shared: Arc<Shared>,
    reader: Arc<Reader>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// Why a database cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CannotOpenDatabase {
    #[error("{0}: {1}")]
    Unusable(Box<DatabaseUrl>, String),
    #[error("no thread for the store: {0}")]
    Thread(#[from] std::io::Error),
}

impl Replicas {
    /// Connects to a database, and makes the tables if there are none.
    pub(super) fn open(url: &DatabaseUrl) -> Result<Self, CannotOpenDatabase> {
        // No two replicas may have the same name, whatever the seed is.
        let mut random = ChaCha8Rng::try_from_rng(&mut SysRng).map_err(std::io::Error::other)?;
        let id = format!("{:016x}", random.next_u64());
        let reader = Arc::new(Reader::new(url.clone())?);
        let shared = Arc::new(Shared {
            gate: Arc::default(),
            queue: Mutex::default(),
            fresh: AtomicU64::new(0),
            began: now(),
            became_fresh: Notify::new(),
            lost: AtomicU64::new(0),
            counters: Counters::default(),
            closed: AtomicBool::new(false),
            closes: Notify::new(),
            follower: OnceLock::new(),
            follows: Notify::new(),
            id,
            settings: Mutex::default(),
        });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (opened, told) = std::sync::mpsc::channel();
        let mut runs = run::Run::new(url.clone(), Arc::clone(&shared));
        let thread = std::thread::Builder::new().name("store".to_owned()).spawn(move || {
            Turn::of_this_thread();
            runtime.block_on(async {
                let first = runs.open().await;
                let is_open = first.is_ok();
                let _ = opened.send(first);
                if is_open {
                    runs.run().await;
                }
            });
        })?;
        let first = told.recv().unwrap_or(Err(Fault::Silent));
        first.map_err(|fault| CannotOpenDatabase::Unusable(Box::new(url.clone()), fault.to_string()))?;
        Ok(Self { shared, reader, thread: Mutex::new(Some(thread)) })
    }

    /// Says how this replica answers.
    ///
    /// # Errors
    /// Others that run answer otherwise, or the database cannot be asked.
    pub(super) fn introduce(&self, own: Sameness) -> Result<(), NotKept> {
        self.reader.introduce(&self.shared.id, own.clone())?;
        *self.shared.settings.lock() = Some(own);
        Ok(())
    }

    /// In what the replicas that run answer otherwise than one would that answers so. It introduces nobody.
    pub(super) fn compare(&self, own: Sameness) -> Result<Vec<String>, NotKept> {
        self.reader.compare(own)
    }

    /// Says that something of how this replica answers is another now. The others are told with the next sign of life.
    pub(super) fn changed(&self, name: &str, value: String) {
        if let Some(own) = &mut *self.shared.settings.lock() {
            own.0.insert(name.to_owned(), value);
        }
    }

    /// Waits for the turn. Nothing changes without it.
    pub(super) fn turn(&self) -> Result<Turn, NotKept> {
        self.shared.gate.enter().inspect_err(|_| self.shared.counters.refused())
    }

    /// Says who has the copy. What others wrote since the database was opened is told from now on.
    pub(super) fn follow(&self, follower: Box<dyn Follows>) {
        let _ = self.shared.follower.set(follower);
        self.shared.follows.notify_one();
    }

    /// Waits until the copy is known to be whole.
    ///
    /// # Errors
    /// That takes too long: the database cannot be reached.
    pub(super) async fn fresh(&self) -> Result<(), NotKnown> {
        if self.shared.is_fresh() {
            return Ok(());
        }
        let becomes = async {
            loop {
                let mut became = std::pin::pin!(self.shared.became_fresh.notified());
                became.as_mut().enable();
                if self.shared.is_fresh() {
                    return;
                }
                became.await;
            }
        };
        tokio::time::timeout(CATCHES_UP, becomes).await.map_err(|_| {
            self.shared.counters.not_known();
            NotKnown(self.stale().0)
        })
    }

    /// Whether the copy is known to be whole.
    pub(super) fn is_fresh(&self) -> bool {
        self.shared.is_fresh()
    }

    fn stale(&self) -> NotKept {
        let why = self.shared.gate.failure();
        why.unwrap_or_else(|| NotKept::new("the database did not confirm in time that this replica has all changes"))
    }

    /// Why nothing can be changed, or known.
    pub(super) fn failure(&self) -> Option<NotKept> {
        self.shared.gate.failure().or_else(|| (!self.shared.is_fresh()).then(|| self.stale()))
    }

    /// Puts something into what the turn writes.
    pub(super) fn queue(&self, operation: Operation) -> Result<Arc<Batch>, NotKept> {
        if !Turn::is_held() {
            return Err(NotKept::new("nobody has the turn"));
        }
        let mut queue = self.shared.queue.lock();
        queue.open.push(operation);
        self.shared.counters.queued();
        Ok(Arc::clone(&queue.batch))
    }

    /// How often changes were lost. It counts before those who wait for them are told.
    pub(super) fn lost(&self) -> u64 {
        self.shared.lost.load(Ordering::Acquire)
    }

    /// What an operator watches.
    pub(super) fn figures(&self) -> Figures {
        let left = self.shared.fresh.load(Ordering::Acquire).saturating_sub(self.shared.since_begin(now()));
        let counters = &self.shared.counters;
        Figures { replica: Some(counters.of_replica(Duration::from_millis(left))), ..counters.figures() }
    }

    /// The batches whose fate is not known.
    pub(super) fn unsettled(&self) -> Vec<Arc<Batch>> {
        let queue = self.shared.queue.lock();
        let open = (!queue.open.is_empty()).then(|| Arc::clone(&queue.batch));
        queue.unsettled.iter().cloned().chain(open).collect()
    }

    pub(super) fn records(&self, session: &str) -> Result<Vec<Record>, NotKept> {
        self.reader.records(session)
    }

    pub(super) fn logs(&self) -> Result<Vec<Stored>, NotKept> {
        self.reader.logs()
    }

    pub(super) fn close(&self) {
        self.shared.closed.store(true, Ordering::Release);
        self.shared.closes.notify_one();
        self.shared.follows.notify_one();
        if let Some(thread) = self.thread.lock().take() {
            let _ = thread.join();
        }
        self.reader.close();
    }
}

impl Drop for Replicas {
    fn drop(&mut self) {
        self.close();
    }
}

/// Waits on a thread that may have calls to answer: others answer them meanwhile.
fn patiently<T>(wait: impl FnOnce() -> T) -> T {
    match Handle::try_current() {
        Ok(runtime) if runtime.runtime_flavor() == RuntimeFlavor::MultiThread => tokio::task::block_in_place(wait),
        _ => wait(),
    }
}
