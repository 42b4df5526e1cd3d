//! Those who watch a journal as it grows: how many there can be, and when they are sent away.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use crate::load::settings::LoadLimits;

/// The most watchers, however many connections there can be.
const MOST: usize = 64;

/// How often a watcher is told that its stream is still there, if nothing else is told.
const BEAT: Duration = Duration::from_secs(10);

/// Places for those who watch. Each keeps a connection, so at most a quarter of all connections can do so.
#[derive(Clone)]
pub(crate) struct Watchers {
    places: Arc<Semaphore>,
    most: usize,
    beat: Duration,
    closing: Arc<watch::Sender<bool>>,
}

/// A place of one who watches.
pub(crate) struct WatchersPlace {
    _permit: OwnedSemaphorePermit,
    closing: watch::Receiver<bool>,
}

impl Watchers {
    pub(crate) fn new(limits: &LoadLimits) -> Self {
        let most = (limits.max_connections / 4).clamp(1, MOST);
        // A connection that says nothing for as long as that is closed.
        let beat = BEAT.min(limits.idle_time / 3);
        Self { places: Arc::new(Semaphore::new(most)), most, beat, closing: Arc::new(watch::channel(false).0) }
    }

    /// A place, if there is one.
    pub(crate) fn place(&self) -> Option<WatchersPlace> {
        let permit = Arc::clone(&self.places).try_acquire_owned().ok()?;
        Some(WatchersPlace { _permit: permit, closing: self.closing.subscribe() })
    }

    /// How many places there are.
    pub(crate) fn most(&self) -> usize {
        self.most
    }

    /// How long a stream may say nothing.
    pub(crate) fn beat(&self) -> Duration {
        self.beat
    }

    /// Sends all away, because the sandbox stops.
    pub(crate) fn close(&self) {
        self.closing.send_replace(true);
    }
}

impl WatchersPlace {
    /// Waits until all are sent away.
    pub(crate) async fn closed(&mut self) {
        // Without a sender, the sandbox is gone.
        let _ = self.closing.wait_for(|closing| *closing).await;
    }
}
