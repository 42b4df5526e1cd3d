//! The thread that writes: all that came while it wrote goes into the next batch, so that many changes share one wait.

use std::mem;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::Duration;

use parking_lot::{Condvar, Mutex};
use tokio::sync::Notify;

use super::figures::Counters;
use super::{NotKept, Operation, Place};

/// How long to wait before a place that failed is tried again.
const PAUSE: Duration = Duration::from_secs(1);

/// Changes that are written together.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    fate: OnceLock<Result<(), NotKept>>,
    settled: Notify,
}

impl Batch {
    /// Waits until they are written.
    ///
    /// # Errors
    /// They were not, and never will be.
    pub(crate) async fn wait(&self) -> Result<(), NotKept> {
        loop {
            let mut settled = std::pin::pin!(self.settled.notified());
            settled.as_mut().enable();
            if let Some(fate) = self.fate.get() {
                return fate.clone();
            }
            settled.await;
        }
    }

    /// The same, on a thread that may wait.
    pub(crate) fn wait_here(&self) -> Result<(), NotKept> {
        self.fate.wait().clone()
    }

    /// Whether it is known what became of them.
    pub(crate) fn is_settled(&self) -> bool {
        self.fate.get().is_some()
    }

    pub(super) fn settle(&self, fate: Result<(), NotKept>) {
        let _ = self.fate.set(fate);
        self.settled.notify_waiters();
    }
}

type Told = Box<dyn Fn(&[Arc<str>]) + Send + Sync>;

#[derive(Default)]
struct Queue {
    open: Vec<Operation>,
    batch: Arc<Batch>,
    /// The batch that is being written.
    writing: Option<Arc<Batch>>,
    /// Why the place takes nothing.
    failure: Option<NotKept>,
    closed: bool,
}

struct Shared {
    queue: Mutex<Queue>,
    wake: Condvar,
    place: Mutex<Option<Box<dyn Place>>>,
    failing: AtomicBool,
    /// How often changes were lost.
    lost: AtomicU64,
    counters: Counters,
    told: OnceLock<Told>,
}

/// The writer of a place.
pub(super) struct Writer {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// Starts the thread. `failure` says why the place takes nothing from the start.
    pub(super) fn new(place: Box<dyn Place>, failure: Option<NotKept>) -> std::io::Result<Self> {
        let failing = AtomicBool::new(failure.is_some());
        let queue = Mutex::new(Queue { failure, ..Queue::default() });
        let place = Mutex::new(Some(place));
        let shared = Arc::new(Shared {
            queue,
            wake: Condvar::new(),
            place,
            failing,
            lost: AtomicU64::new(0),
            counters: Counters::default(),
            told: OnceLock::new(),
        });
        let of_thread = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("store".to_owned()).spawn(move || of_thread.run())?;
        Ok(Self { shared, thread: Mutex::new(Some(thread)) })
    }

    pub(super) fn on_lost(&self, told: Told) {
        let _ = self.shared.told.set(told);
    }

    pub(super) fn queue(&self, operation: Operation) -> Result<Arc<Batch>, NotKept> {
        let mut queue = self.shared.queue.lock();
        if let Some(failure) = &queue.failure {
            self.shared.counters.refused();
            return Err(failure.clone());
        }
        if queue.closed {
            return Err(NotKept::new("the sandbox is stopping"));
        }
        queue.open.push(operation);
        self.shared.counters.queued();
        let batch = Arc::clone(&queue.batch);
        drop(queue);
        self.shared.wake.notify_one();
        Ok(batch)
    }

    pub(super) fn failure(&self) -> Option<NotKept> {
        if !self.shared.failing.load(Ordering::Relaxed) {
            return None;
        }
        self.shared.queue.lock().failure.clone()
    }

    /// How often changes were lost. It counts before those who wait for them are told.
    pub(super) fn lost(&self) -> u64 {
        self.shared.lost.load(Ordering::Acquire)
    }

    pub(super) fn counters(&self) -> &Counters {
        &self.shared.counters
    }

    /// The batches whose fate is not known.
    pub(super) fn unsettled(&self) -> Vec<Arc<Batch>> {
        let queue = self.shared.queue.lock();
        let open = (!queue.open.is_empty()).then(|| Arc::clone(&queue.batch));
        queue.writing.iter().cloned().chain(open).collect()
    }

    /// Reads from the place.
    pub(super) fn read<T>(
        &self,
        read: impl FnOnce(&mut (dyn Place + 'static)) -> Result<T, String>,
    ) -> Result<T, NotKept> {
        let mut place = self.shared.place.lock();
        let place = place.as_mut().ok_or_else(|| NotKept::new("the store is closed"))?;
        read(&mut **place).map_err(|why| NotKept::new(&why))
    }

    pub(super) fn close(&self) {
        self.shared.queue.lock().closed = true;
        self.shared.wake.notify_one();
        if let Some(thread) = self.thread.lock().take() {
            let _ = thread.join();
        }
        drop(self.shared.place.lock().take());
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.close();
    }
}

impl Shared {
    fn run(&self) {
        loop {
            let mut queue = self.queue.lock();
            while queue.open.is_empty() {
                if queue.closed {
                    return;
                }
                if queue.failure.is_none() {
                    self.wake.wait(&mut queue);
                } else if self.wake.wait_for(&mut queue, PAUSE).timed_out() {
                    drop(queue);
                    self.try_again();
                    queue = self.queue.lock();
                }
            }
            let operations = mem::take(&mut queue.open);
            let batch = mem::take(&mut queue.batch);
            queue.writing = Some(Arc::clone(&batch));
            drop(queue);
            let written = self
                .place
                .lock()
                .as_mut()
                .map_or(Err("the store is closed".to_owned()), |place| place.write(&operations));
            match written {
                Ok(()) => {
                    self.queue.lock().writing = None;
                    self.counters.written(operations.len());
                    batch.settle(Ok(()));
                }
                Err(why) => self.fail(&why, &operations, &batch),
            }
        }
    }

    /// Nothing of these is there. Nothing more is taken, those who hold the changed sessions are told, and then those who wait.
    fn fail(&self, why: &str, operations: &[Operation], batch: &Arc<Batch>) {
        let failure = NotKept::new(why);
        self.lost.fetch_add(1, Ordering::AcqRel);
        let mut queue = self.queue.lock();
        queue.failure = Some(failure.clone());
        self.failing.store(true, Ordering::Relaxed);
        // What came meanwhile builds on what is lost.
        let (more, later) = (mem::take(&mut queue.open), mem::take(&mut queue.batch));
        drop(queue);
        self.counters.lost(operations.len() + more.len());
        self.counters.failed(true);
        tracing::error!(error = why, "the store takes no changes; calls that change something are refused");
        let mut sessions: Vec<Arc<str>> =
            operations.iter().chain(&more).map(|operation| Arc::clone(operation.session())).collect();
        sessions.sort();
        sessions.dedup();
        if let Some(told) = self.told.get() {
            told(&sessions);
        }
        self.queue.lock().writing = None;
        batch.settle(Err(failure.clone()));
        later.settle(Err(failure));
    }

    /// Looks whether the place takes something again.
    fn try_again(&self) {
        let probed = self.place.lock().as_mut().map_or(Err(String::new()), |place| place.probe());
        if probed.is_ok() {
            self.queue.lock().failure = None;
            self.failing.store(false, Ordering::Relaxed);
            tracing::info!("the store takes changes again");
        } else {
            self.counters.failed(false);
        }
    }
}
