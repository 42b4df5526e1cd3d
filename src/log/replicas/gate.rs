//! Who may change sessions, and when. A replica has the database's turn for a short time; while it has it, the gate is open, and
//! calls decide their changes. The gate shuts when all of them are through, and what they decided is written.

use std::cell::Cell;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};
use tokio::sync::Notify;

use super::now;
use crate::log::NotKept;

/// How long the gate is open for calls that come while it is open.
const OPEN: Duration = Duration::from_millis(5);

/// How long a call waits for the turn.
const PATIENCE: Duration = Duration::from_secs(10);

thread_local! {
    /// How many turns this thread has, one inside the other.
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

/// The gate.
#[derive(Default)]
pub(super) struct Gate {
    inner: Mutex<Inner>,
    changed: Condvar,
    /// Somebody wants the turn.
    pub(super) wanted: Notify,
    /// The last one who was inside has left.
    left: Notify,
}

#[derive(Default)]
struct Inner {
    /// Until when it is open for those who come now.
    open: Option<Instant>,
    inside: usize,
    waiting: usize,
    failure: Option<NotKept>,
}

/// The right to change sessions. It belongs to the thread that has it.
pub(crate) struct Turn {
    gate: Option<Arc<Gate>>,
    of_thread: PhantomData<*const ()>,
}

impl Turn {
    /// Where nobody else changes sessions.
    pub(crate) fn free() -> Self {
        Self { gate: None, of_thread: PhantomData }
    }

    /// Whether this thread has a turn.
    pub(crate) fn is_held() -> bool {
        DEPTH.get() > 0
    }

    /// This thread has the turn for as long as it lives: it is the one that gives it to others.
    pub(super) fn of_this_thread() {
        DEPTH.set(1);
    }
}

impl Gate {
    /// Waits for the turn.
    ///
    /// # Errors
    /// The database cannot be reached, or others have the turn for too long.
    pub(super) fn enter(self: &Arc<Self>) -> Result<Turn, NotKept> {
        if Turn::is_held() {
            return Ok(self.enters());
        }
        {
            let mut inner = self.inner.lock();
            if let Some(failure) = &inner.failure {
                return Err(failure.clone());
            }
            if inner.open.is_some_and(|until| now() < until) {
                inner.inside += 1;
                drop(inner);
                return Ok(self.enters());
            }
        }
        super::patiently(|| self.wait())?;
        Ok(self.enters())
    }

    fn enters(self: &Arc<Self>) -> Turn {
        DEPTH.set(DEPTH.get() + 1);
        Turn { gate: Some(Arc::clone(self)), of_thread: PhantomData }
    }

    fn wait(&self) -> Result<(), NotKept> {
        let until = now() + PATIENCE;
        let mut inner = self.inner.lock();
        inner.waiting += 1;
        self.wanted.notify_one();
        let result = loop {
            if let Some(failure) = &inner.failure {
                break Err(failure.clone());
            }
            if self.changed.wait_until(&mut inner, until).timed_out() {
                break Err(NotKept::new("the database gave this replica no turn in time"));
            }
            if inner.open.is_some() {
                inner.inside += 1;
                break Ok(());
            }
        };
        inner.waiting -= 1;
        result
    }

    fn leave(&self) {
        let mut inner = self.inner.lock();
        inner.inside -= 1;
        if inner.inside == 0 {
            self.left.notify_one();
        }
    }

    /// Whether somebody wants the turn.
    pub(super) fn is_wanted(&self) -> bool {
        self.inner.lock().waiting > 0
    }

    /// Lets in those who wait, and returns when all are through.
    pub(super) async fn let_through(&self) {
        let until = now() + OPEN;
        self.inner.lock().open = Some(until);
        self.changed.notify_all();
        loop {
            {
                let mut inner = self.inner.lock();
                if inner.inside == 0 && (inner.waiting == 0 || now() >= until) {
                    inner.open = None;
                    return;
                }
            }
            let _ = tokio::time::timeout(Duration::from_millis(1), self.left.notified()).await;
        }
    }

    /// Lets nobody in any more, or again.
    pub(super) fn set_failure(&self, failure: Option<NotKept>) {
        self.inner.lock().failure = failure;
        self.changed.notify_all();
    }

    /// Why nobody is let in.
    pub(super) fn failure(&self) -> Option<NotKept> {
        self.inner.lock().failure.clone()
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let Some(gate) = &self.gate else { return };
        let left = DEPTH.get() - 1;
        DEPTH.set(left);
        if left == 0 {
            gate.leave();
        }
    }
}
