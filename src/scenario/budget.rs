//! How much all scenarios of a process may hold together. A few bytes of YAML can describe very many claims, so what a
//! text resolves to is counted, not its bytes, and it is counted before it is made.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many entries (claims, payments, orders) the scenarios of a process may hold together.
#[derive(Debug)]
pub struct Budget {
    most: usize,
    used: AtomicUsize,
}

impl Budget {
    /// A budget that nothing has been taken from.
    pub fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { most, used: AtomicUsize::new(0) })
    }

    /// How many entries there may be.
    pub fn most(&self) -> usize {
        self.most
    }

    /// How many entries there are.
    pub fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    /// A share that holds nothing yet.
    pub(super) fn share(self: &Arc<Self>) -> Share {
        Share { budget: Arc::clone(self), held: 0 }
    }
}

/// What one party takes of the budget. It is given back when the party is dropped.
#[derive(Debug)]
pub(crate) struct Share {
    budget: Arc<Budget>,
    held: usize,
}

impl Share {
    /// Another share of the same budget.
    pub(super) fn beside(&self) -> Self {
        self.budget.share()
    }

    /// All that it holds, as a share of its own. Nothing is left here.
    pub(super) fn taken(&mut self) -> Self {
        let none = self.beside();
        std::mem::replace(self, none)
    }

    /// How many entries it holds.
    pub(crate) fn held(&self) -> usize {
        self.held
    }

    /// Takes more entries.
    ///
    /// # Errors
    /// A sentence for the author: there is not so much room.
    pub(super) fn grow(&mut self, by: usize) -> Result<(), String> {
        let Budget { most, used } = &*self.budget;
        let fits = |used: usize| used.checked_add(by).filter(|all| all <= most);
        match used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits) {
            Ok(_) => {
                self.held += by;
                Ok(())
            }
            Err(used) => Err(format!(
                "there is no room for {by} more claims, payments and orders: all scenarios together hold {used} of at \
                 most {most} (--max-claims)"
            )),
        }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.budget.used.fetch_sub(self.held, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_given_back_when_it_is_dropped() {
        let budget = Budget::new(10);
        let (mut one, mut other) = (budget.share(), budget.share());
        assert!(one.grow(6).is_ok() && one.grow(3).is_ok());
        assert!(other.grow(2).is_err(), "only one is left");
        assert!(other.grow(usize::MAX).is_err(), "a sum that does not fit is refused too");
        assert_eq!((budget.used(), one.held(), other.held()), (9, 9, 0));
        drop(one);
        assert!(other.grow(10).is_ok());
    }
}
