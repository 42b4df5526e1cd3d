//! The grants that were used, so that none is used twice. Only hashes are kept, for as long as an assertion can live.

use std::collections::{HashMap, VecDeque};

use aws_lc_rs::digest::{SHA256, digest};
use chrono::{DateTime, TimeDelta, Utc};
use parking_lot::Mutex;

/// How long a grant is remembered, in real time: the longest life of an assertion, and how far its issue time may be off.
const REMEMBERED: TimeDelta = TimeDelta::seconds(130);

/// How many used grants are remembered by default.
pub(crate) const MOST_GRANTS: usize = 100_000;

/// A part of the hash of a grant: enough that two grants never have the same.
type Print = [u8; 16];

/// The grants that were used in all sessions.
pub(crate) struct UsedGrants {
    most: usize,
    used: Mutex<Used>,
}

#[derive(Default)]
struct Used {
    /// When a grant expires, in seconds since 1970 by the clock of its session, and when it was used.
    grants: HashMap<Print, (i64, DateTime<Utc>)>,
    /// In the order in which they were used.
    order: VecDeque<(DateTime<Utc>, Print)>,
}

/// A grant, and the times that decide how long it is remembered.
pub(crate) struct Grant<'g> {
    /// The session, in such a way that a session that begins anew is another one.
    pub(crate) session: (&'g str, DateTime<Utc>),
    pub(crate) client_id: &'g str,
    pub(crate) jti: &'g str,
    /// When it expires, and the time by the clock of its session, in seconds since 1970.
    pub(crate) expires: i64,
    pub(crate) now: i64,
    pub(crate) real: DateTime<Utc>,
}

impl Grant<'_> {
    fn print(&self) -> Print {
        let begun = self.session.1.timestamp_nanos_opt().unwrap_or_default();
        // The lengths keep the parts apart, whatever they contain.
        let text = format!(
            "{}:{}{begun}:{}:{}{}",
            self.session.0.len(),
            self.session.0,
            self.client_id.len(),
            self.client_id,
            self.jti
        );
        let mut print = Print::default();
        print.copy_from_slice(&digest(&SHA256, text.as_bytes()).as_ref()[..16]);
        print
    }
}

impl UsedGrants {
    /// Remembers at most this many grants. The oldest one goes first.
    pub(crate) fn new(most: usize) -> Self {
        Self { most: most.max(1), used: Mutex::default() }
    }

    /// Marks a grant as used until it expires. Returns false if it was used before.
    pub(crate) fn take(&self, grant: &Grant<'_>) -> bool {
        let print = grant.print();
        let mut used = self.used.lock();
        used.forget(grant.real, self.most);
        if used.grants.get(&print).is_some_and(|(expires, _)| *expires >= grant.now) {
            return false;
        }
        used.grants.insert(print, (grant.expires, grant.real));
        used.order.push_back((grant.real, print));
        true
    }
}

impl Used {
    /// Forgets the grants that can have expired, and as many of the oldest as makes room for one.
    fn forget(&mut self, real: DateTime<Utc>, most: usize) {
        while let Some((at, print)) = self.order.front().copied() {
            if self.order.len() < most && real.signed_duration_since(at) < REMEMBERED {
                return;
            }
            self.order.pop_front();
            // A grant that was used again after it had expired stays until its second turn.
            if self.grants.get(&print).is_some_and(|(_, used)| *used == at) {
                self.grants.remove(&print);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grants_expire_and_are_bounded() {
        let at = |seconds: i64| DateTime::from_timestamp(1_800_000_000 + seconds, 0).expect("a time");
        let used = UsedGrants::new(3);
        let take = |jti: &str, seconds: i64| {
            let (session, real) = (("default", at(0)), at(seconds));
            let now = real.timestamp();
            used.take(&Grant { session, client_id: "c", jti, expires: now + 100, now, real })
        };
        assert!(take("a", 0) && !take("a", 50) && take("a", 101), "until it expires");
        for jti in 0..100 {
            assert!(take(&jti.to_string(), 102));
        }
        let kept = || {
            let kept = used.used.lock();
            (kept.grants.len(), kept.order.len())
        };
        assert_eq!(kept(), (3, 3));
        assert!(take("a", 102), "the oldest ones went first");
        assert!(!take("99", 102) && take("late", 300));
        assert_eq!(kept(), (1, 1), "nothing stays that has expired");
    }
}
