//! What a running sandbox bears: how many bytes of answers and bodies there are at the same time, how many answers are
//! changed at the same time, how many requests wait. What is over a limit waits for a while where that helps, and is
//! refused otherwise (docs/performance.md, "Safe to leave running").

mod budget;
pub(crate) mod settings;
pub(crate) mod store;
mod throttle;

use std::hash::BuildHasher;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use bytes::Bytes;
use http::Uri;
use parking_lot::{Condvar, Mutex};
use rustc_hash::{FxBuildHasher, FxHashMap};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

pub(crate) use budget::Share;
use budget::{Budget, PATIENCE, QUEUE};
use settings::LoadLimits;
pub(crate) use throttle::Throttle;

/// The size of bodies and answers that do not count. A connection is counted, and each has at most one of them.
pub(crate) const SMALL: usize = 64 * 1024;

/// The most that a body without a length is counted as. No endpoint keeps more of a body.
const LARGEST_BODY: usize = 4 * 1024 * 1024;

/// How many answers are remembered by their size.
const REMEMBERED: usize = 4096;

/// Something has no room now. The text says what, and which setting limits it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Busy(pub(crate) &'static str);

const ANSWERS: Busy = Busy(
    "the answers that are being sent take all the memory that they may take (--answer-memory); read answers faster, \
     ask for less at a time, or give them more",
);
const UPLOADS: Busy =
    Busy("the bodies that are being received take all the memory that they may take (--upload-memory); try again");
const WAITING: Busy =
    Busy("as many requests wait for a delay, hang or slow-body as may wait at the same time (--max-waiting)");
const CHANGES: Busy = Busy("too many answers are being changed by drift at the same time; try again");

/// The limits and what is used of them.
pub(crate) struct Load {
    pub(crate) limits: LoadLimits,
    answers: Budget,
    /// What answers may take that wait: half of the answers' memory.
    waiting_answers: Budget,
    uploads: Budget,
    waiting: Arc<Semaphore>,
    changes: Changes,
    sizes: Sizes,
    /// The room for connections.
    pub(crate) room: Arc<Semaphore>,
    refused: Refused,
}

/// How often something had no room.
#[derive(Default)]
struct Refused {
    answers: AtomicU64,
    uploads: AtomicU64,
    waiting: AtomicU64,
    changes: AtomicU64,
    connections: AtomicU64,
}

/// A place among the requests that wait.
pub(crate) type WaitingPlace = OwnedSemaphorePermit;

/// The room that was kept for an answer before it was made.
#[derive(Clone, Default)]
pub(crate) struct Reserved(Arc<Mutex<Option<Share>>>);

impl Load {
    pub(crate) fn new(limits: LoadLimits) -> Self {
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self {
            answers: Budget::new(limits.answer_memory),
            waiting_answers: Budget::new(limits.answer_memory / 2),
            uploads: Budget::new(limits.upload_memory),
            waiting: Arc::new(Semaphore::new(limits.max_waiting)),
            changes: Changes { most: threads.min(4), now: Mutex::default(), freed: Condvar::new() },
            sizes: Sizes::default(),
            room: Arc::new(Semaphore::new(limits.max_connections)),
            refused: Refused::default(),
            limits,
        }
    }

    /// Waits until there is room for an answer as large as the last one to this URL. Nothing if that was small.
    pub(crate) async fn reserve(&self, uri: &Uri) -> Result<Option<Reserved>, Busy> {
        match self.sizes.expected(uri) {
            0 => Ok(None),
            bytes => {
                let share = self.answers.take(bytes).await.ok_or_else(|| self.refuse(ANSWERS))?;
                Ok(Some(Reserved(Arc::new(Mutex::new(Some(share))))))
            }
        }
    }

    /// Counts the bytes of an answer until the last of them is sent. `place` is that of an answer that waits first.
    pub(crate) fn count(
        &self,
        uri: &Uri,
        body: Bytes,
        reserved: Option<&Reserved>,
        place: Option<&WaitingPlace>,
    ) -> Result<Bytes, Busy> {
        let reserved = reserved.and_then(|reserved| reserved.0.lock().take());
        if body.len() <= SMALL {
            return Ok(body);
        }
        self.sizes.note(uri, body.len());
        let waits =
            place.map(|_| self.waiting_answers.take_now(body.len()).ok_or_else(|| self.refuse(ANSWERS))).transpose()?;
        let share = self.answers.fit(reserved, body.len()).ok_or_else(|| self.refuse(ANSWERS))?;
        Ok(Bytes::from_owner(Counted { body, _shares: (share, waits) }))
    }

    /// Waits until there is room for a body of this length. Nothing if it is small.
    pub(crate) async fn receive(&self, length: Option<u64>) -> Result<Option<Share>, Busy> {
        let length = length.and_then(|length| usize::try_from(length).ok()).unwrap_or(LARGEST_BODY).min(LARGEST_BODY);
        if length <= SMALL {
            return Ok(None);
        }
        self.uploads.take(length).await.map(Some).ok_or_else(|| self.refuse(UPLOADS))
    }

    /// A place among the requests that wait.
    pub(crate) fn wait(&self) -> Result<WaitingPlace, Busy> {
        Arc::clone(&self.waiting).try_acquire_owned().map_err(|_| self.refuse(WAITING))
    }

    /// Changes an answer. If several threads do so already, this one waits.
    pub(crate) fn change<T>(&self, work: impl FnOnce() -> T) -> Result<T, Busy> {
        self.changes.run(work).ok_or_else(|| self.refuse(CHANGES))
    }

    /// A request or connection that found no room, which is counted here.
    pub(crate) fn refuse(&self, busy: Busy) -> Busy {
        let counter = match busy {
            ANSWERS => &self.refused.answers,
            UPLOADS => &self.refused.uploads,
            WAITING => &self.refused.waiting,
            CHANGES => &self.refused.changes,
            _ => &self.refused.connections,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        busy
    }

    /// What had no room, and how often.
    pub(crate) fn refused(&self) -> [(&'static str, u64); 5] {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        [
            ("answer-memory", count(&self.refused.answers)),
            ("upload-memory", count(&self.refused.uploads)),
            ("waiting", count(&self.refused.waiting)),
            ("drift", count(&self.refused.changes)),
            ("connections", count(&self.refused.connections)),
        ]
    }

    /// How many connections are open, without those beyond the limit.
    pub(crate) fn connections(&self) -> usize {
        self.limits.max_connections.saturating_sub(self.room.available_permits())
    }

    /// How many requests wait.
    pub(crate) fn waiting(&self) -> usize {
        self.limits.max_waiting.saturating_sub(self.waiting.available_permits())
    }

    /// How many bytes of large answers are being sent.
    pub(crate) fn answer_bytes(&self) -> usize {
        self.answers.used()
    }

    /// How many bytes of large bodies are being received.
    pub(crate) fn upload_bytes(&self) -> usize {
        self.uploads.used()
    }
}

/// A body whose size is counted.
struct Counted {
    body: Bytes,
    _shares: (Share, Option<Share>),
}

impl AsRef<[u8]> for Counted {
    fn as_ref(&self) -> &[u8] {
        &self.body
    }
}

/// Changes of answers, so many at a time. Callers run on threads of their own, so they may wait for one another.
struct Changes {
    most: usize,
    now: Mutex<Running>,
    freed: Condvar,
}

#[derive(Default)]
struct Running {
    running: usize,
    waiting: usize,
}

impl Changes {
    fn run<T>(&self, work: impl FnOnce() -> T) -> Option<T> {
        let mut now = self.now.lock();
        if now.running >= self.most {
            if now.waiting >= QUEUE {
                return None;
            }
            now.waiting += 1;
            let waited = self.freed.wait_while_for(&mut now, |now| now.running >= self.most, PATIENCE);
            now.waiting -= 1;
            if waited.timed_out() {
                return None;
            }
        }
        now.running += 1;
        drop(now);
        let _ends = Ends(self);
        Some(work())
    }
}

/// Frees the place of a change, even after a panic.
struct Ends<'c>(&'c Changes);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.now.lock().running -= 1;
        self.0.freed.notify_one();
    }
}

/// The sizes of large answers, by URL.
#[derive(Default)]
struct Sizes {
    known: Mutex<FxHashMap<u64, usize>>,
    /// How many are known, so that most requests need not ask.
    count: AtomicUsize,
}

impl Sizes {
    fn expected(&self, uri: &Uri) -> usize {
        if self.count.load(Ordering::Relaxed) == 0 {
            return 0;
        }
        self.known.lock().get(&Self::key(uri)).copied().unwrap_or_default()
    }

    fn note(&self, uri: &Uri, bytes: usize) {
        let mut known = self.known.lock();
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(Self::key(uri), bytes);
        self.count.store(known.len(), Ordering::Relaxed);
    }

    fn key(uri: &Uri) -> u64 {
        FxBuildHasher.hash_one(uri.path_and_query().map_or("", |url| url.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_changes_at_a_time() {
        let changes = Changes { most: 2, now: Mutex::default(), freed: Condvar::new() };
        let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    changes.run(|| {
                        most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        std::thread::yield_now();
                        now.fetch_sub(1, Ordering::SeqCst);
                    })
                });
            }
        });
        assert!(most.load(Ordering::SeqCst) <= 2 && changes.now.lock().running == 0);
    }
}
