//! A bounded number of bytes. Who takes more than there is waits for a while, in a queue that is bounded too.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Part of a budget. It is given back when it is dropped.
pub(crate) type Share = OwnedSemaphorePermit;

/// How many wait at the same time.
pub(super) const QUEUE: usize = 32;

/// How long one waits.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// The bytes of one unit of the semaphore.
const UNIT: usize = 1024;

/// A bounded number of bytes.
pub(super) struct Budget {
    left: Arc<Semaphore>,
    all: usize,
    waiting: AtomicUsize,
}

impl Budget {
    pub(super) fn new(bytes: usize) -> Self {
        let all = bytes / UNIT;
        Self { left: Arc::new(Semaphore::new(all)), all, waiting: AtomicUsize::new(0) }
    }

    /// Takes so many bytes, or waits for them. Nothing if there are never so many, or if the queue is full, or if the
    /// wait is too long.
    pub(super) async fn take(&self, bytes: usize) -> Option<Share> {
        if let Some(share) = self.take_now(bytes) {
            return Some(share);
        }
        let units = self.units(bytes)?;
        let _place = Place::take(&self.waiting)?;
        tokio::time::timeout(PATIENCE, Arc::clone(&self.left).acquire_many_owned(units)).await.ok()?.ok()
    }

    /// How many bytes are taken, in whole units.
    pub(super) fn used(&self) -> usize {
        self.all.saturating_sub(self.left.available_permits()) * UNIT
    }

    /// Takes so many bytes if they are there.
    pub(super) fn take_now(&self, bytes: usize) -> Option<Share> {
        Arc::clone(&self.left).try_acquire_many_owned(self.units(bytes)?).ok()
    }

    /// Makes a share as large as so many bytes: gives back what is too much, takes what is missing.
    pub(super) fn fit(&self, share: Option<Share>, bytes: usize) -> Option<Share> {
        let wanted = self.units(bytes)?;
        let Some(mut share) = share else {
            return self.take_now(bytes);
        };
        let has = u32::try_from(share.num_permits()).ok()?;
        if has > wanted {
            drop(share.split((has - wanted) as usize));
        } else if has < wanted {
            share.merge(Arc::clone(&self.left).try_acquire_many_owned(wanted - has).ok()?);
        }
        Some(share)
    }

    /// So many bytes in units. Nothing if there are never so many.
    fn units(&self, bytes: usize) -> Option<u32> {
        u32::try_from(bytes.div_ceil(UNIT)).ok().filter(|units| *units as usize <= self.all)
    }
}

/// A place in the queue.
struct Place<'q>(&'q AtomicUsize);

impl<'q> Place<'q> {
    fn take(waiting: &'q AtomicUsize) -> Option<Self> {
        let place = Self(waiting);
        (waiting.fetch_add(1, Ordering::Relaxed) < QUEUE).then_some(place)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn shares_never_exceed_the_whole_and_come_back() {
        let budget = Budget::new(10 * UNIT);
        assert!(budget.take(11 * UNIT).await.is_none(), "never so many");
        let six = budget.take(6 * UNIT).await.expect("room");
        assert!(budget.take_now(5 * UNIT).is_none());
        let four = budget.fit(Some(six), 3 * UNIT + 1).expect("room");
        assert!(budget.take_now(7 * UNIT).is_none());
        let both = (budget.take_now(6 * UNIT).expect("what was given back"), four);
        let waits = budget.take(UNIT);
        let frees = async { drop(both) };
        assert!(tokio::join!(waits, frees).0.is_some());
        assert!(budget.take_now(10 * UNIT).is_some());
    }
}
