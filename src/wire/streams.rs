//! What a connection of HTTP/2 has beside that of HTTP/1.1: calls that run at the same time. Each holds a place of the limit of connections
//! until its last byte is written, so that the bounds of memory are the same for both protocols.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

use super::Wire;
use crate::load::settings::LoadLimits;

/// What the calls of a connection share.
#[derive(Default)]
pub(crate) struct Streams {
    /// A call wants the connection to end.
    hang_up: Notify,
    /// The sandbox ends it, so nobody has given up.
    ends: AtomicBool,
    /// The place of the connection itself is free for a call.
    free: AtomicBool,
    /// Counts the looks at slow readers.
    tick: AtomicU32,
    calls: Mutex<Vec<Weak<StreamCall>>>,
}

/// A call on a connection of HTTP/2. It ends when this is dropped.
pub(crate) struct StreamCall {
    wire: Wire,
    place: Place,
    /// How many bytes of the answer were handed over and are not written yet.
    owed: AtomicUsize,
    /// When that was nothing for the last time, as a number of the looks.
    since: AtomicU32,
}

/// What a call holds of the limit of connections.
enum Place {
    Nothing,
    /// The place of its connection.
    OfConnection,
    Own {
        _place: OwnedSemaphorePermit,
    },
}

impl Wire {
    /// What a connection of HTTP/2 has beside this; nothing for HTTP/1.1.
    pub(crate) fn streams(&self) -> Option<&Streams> {
        self.0.streams.get().map(|streams| &**streams)
    }

    /// From here on it is a connection of HTTP/2.
    pub(super) fn begin_streams(&self, has_place: bool) {
        let streams = Streams { free: AtomicBool::new(has_place), ..Streams::default() };
        let _ = self.0.streams.set(Box::new(streams));
    }

    /// Begins a call of HTTP/2.
    pub(crate) fn begin_stream(&self, room: &Arc<Semaphore>) -> Arc<StreamCall> {
        self.begin_call();
        let streams = self.streams();
        let place = if streams.is_some_and(|streams| streams.free.swap(false, Ordering::Relaxed)) {
            Place::OfConnection
        } else {
            Arc::clone(room).try_acquire_owned().map_or(Place::Nothing, |place| Place::Own { _place: place })
        };
        let call = StreamCall { wire: self.clone(), place, owed: AtomicUsize::new(0), since: AtomicU32::new(0) };
        let call = Arc::new(call);
        if let Some(streams) = streams {
            let mut calls = streams.calls.lock();
            if calls.len() == calls.capacity() {
                calls.retain(|call| call.strong_count() > 0);
            }
            calls.push(Arc::downgrade(&call));
        }
        call
    }
}

impl Streams {
    /// Ends the connection, and with it all its calls.
    pub(crate) fn hang_up(&self) {
        self.note_end();
        self.hang_up.notify_one();
    }

    /// Waits until a call wants the connection to end.
    pub(crate) async fn hung_up(&self) {
        self.hang_up.notified().await;
    }

    /// Notes that the sandbox ends the connection.
    pub(crate) fn note_end(&self) {
        self.ends.store(true, Ordering::Relaxed);
    }

    /// Whether the sandbox ends the connection.
    pub(crate) fn is_ending(&self) -> bool {
        self.ends.load(Ordering::Relaxed)
    }

    /// Whether the answer of a call is not read in time. Its caller may read others, or keep its window shut. This is asked once in each
    /// `tick`.
    pub(crate) fn has_slow_reader(&self, limits: &LoadLimits, tick: Duration) -> bool {
        let now = self.tick.fetch_add(1, Ordering::Relaxed) + 1;
        self.calls.lock().iter().filter_map(Weak::upgrade).any(|call| {
            let owed = call.owed.load(Ordering::Relaxed);
            let waited = tick * now.saturating_sub(call.since.load(Ordering::Relaxed));
            let may_take = Duration::from_secs(owed as u64 / u64::from(limits.min_rate.max(1)));
            owed > 0 && waited > limits.send_time + may_take
        })
    }
}

impl StreamCall {
    /// Whether it has a place. Without one it may only ask for the health.
    pub(crate) fn has_place(&self) -> bool {
        !matches!(self.place, Place::Nothing)
    }

    /// Notes that bytes of its answer were handed over.
    pub(crate) fn owe(&self, bytes: usize) {
        if self.owed.fetch_add(bytes, Ordering::Relaxed) == 0 {
            let now = self.wire.streams().map_or(0, |streams| streams.tick.load(Ordering::Relaxed));
            self.since.store(now, Ordering::Relaxed);
        }
    }

    /// Notes that bytes of its answer were written, or are not wanted any more.
    pub(crate) fn paid(&self, bytes: usize) {
        self.owed.fetch_sub(bytes, Ordering::Relaxed);
    }
}

impl Drop for StreamCall {
    fn drop(&mut self) {
        if let (Place::OfConnection, Some(streams)) = (&self.place, self.wire.streams()) {
            streams.free.store(true, Ordering::Relaxed);
        }
        self.wire.0.ended.fetch_add(1, Ordering::Relaxed);
    }
}
