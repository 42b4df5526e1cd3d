//! The grants that were used, so that none is used twice. Only hashes are kept, for as long as an assertion can live.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Weak};

use aws_lc_rs::digest::{SHA256, digest};
use chrono::{DateTime, TimeDelta, Utc};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

use crate::log::kept::{Fold, Kept, Told};

/// How long a grant is remembered, in real time: the longest life of an assertion, and how far its issue time may be off.
const REMEMBERED: TimeDelta = TimeDelta::seconds(130);

/// How many used grants are remembered by default.
pub(crate) const MOST_GRANTS: usize = 100_000;

/// A part of the hash of a grant: enough that two grants never have the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Print([u8; 16]);

impl Print {
    /// That of a client's grant.
    pub(crate) fn of(client_id: &str, jti: &str) -> Self {
        let mut print = [0; 16];
        // The length keeps the parts apart, whatever they contain.
        let text = format!("{}:{client_id}{jti}", client_id.len());
        print.copy_from_slice(&digest(&SHA256, text.as_bytes()).as_ref()[..16]);
        Self(print)
    }
}

impl From<Print> for String {
    fn from(Print(bytes): Print) -> Self {
        format!("{:032x}", u128::from_be_bytes(bytes))
    }
}

impl TryFrom<String> for Print {
    type Error = std::num::ParseIntError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        u128::from_str_radix(&text, 16).map(|number| Self(number.to_be_bytes()))
    }
}

/// A grant was used.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(tag = "kind", content = "data", rename_all = "kebab-case")]
pub(crate) enum GrantEvent {
    Used {
        grant: Print,
        /// When it expires by the clock of its session, in seconds since 1970.
        expires: i64,
    },
}

/// The grants that were used in a session.
#[derive(Default)]
pub(crate) struct UsedGrants(Arc<Mutex<Used>>);

#[derive(Default)]
struct Used {
    /// When a grant expires, in seconds since 1970 by the clock of its session, and when it was used.
    grants: HashMap<Print, (i64, DateTime<Utc>)>,
    /// In the order in which they were used.
    order: VecDeque<(DateTime<Utc>, Print)>,
}

impl Kept for UsedGrants {
    type Event = GrantEvent;

    fn told(_: &GrantEvent) -> Told {
        Told::background("A client exchanged an assertion for a token")
    }

    fn apply(&self, GrantEvent::Used { grant, expires }: &GrantEvent, fold: &Fold<'_>) {
        let mut used = self.0.lock();
        used.forget(fold.at);
        used.grants.insert(*grant, (*expires, fold.at));
        used.order.push_back((fold.at, *grant));
    }
}

impl UsedGrants {
    /// Uses a grant until it expires. `now` is the time by the clock of its session. Nothing if it was used before.
    pub(crate) fn take(&self, grant: Print, expires: i64, now: i64) -> Option<GrantEvent> {
        let is_used = self.0.lock().grants.get(&grant).is_some_and(|(expires, _)| *expires >= now);
        (!is_used).then_some(GrantEvent::Used { grant, expires })
    }
}

impl Used {
    /// Forgets the grants that can have expired.
    fn forget(&mut self, real: DateTime<Utc>) {
        while let Some((at, print)) = self.order.front().copied() {
            if real.signed_duration_since(at) < REMEMBERED {
                return;
            }
            self.order.pop_front();
            self.forget_one(at, print);
        }
    }

    /// Forgets a grant, unless it was used again after it had expired: then it stays until its second turn.
    fn forget_one(&mut self, at: DateTime<Utc>, print: Print) {
        if self.grants.get(&print).is_some_and(|(_, used)| *used == at) {
            self.grants.remove(&print);
        }
    }
}

/// How many grants all sessions remember together. If there are more, the oldest go.
pub(crate) struct GrantLimit {
    most: usize,
    /// In the order in which they were used.
    order: Mutex<VecDeque<Counted>>,
}

/// A grant: when it was used, in which session, and which one it is.
type Counted = (DateTime<Utc>, Weak<Mutex<Used>>, Print);

impl GrantLimit {
    pub(crate) fn new(most: usize) -> Self {
        Self { most: most.max(1), order: Mutex::default() }
    }

    /// Counts a grant that was just used in a session.
    pub(crate) fn count(&self, of: &UsedGrants, grant: Print, real: DateTime<Utc>) {
        let mut order = self.order.lock();
        while let Some((at, used, print)) = order.front() {
            if order.len() < self.most && real.signed_duration_since(*at) < REMEMBERED {
                break;
            }
            if let Some(used) = used.upgrade() {
                used.lock().forget_for_room(*at, *print);
            }
            order.pop_front();
        }
        let at = of.0.lock().grants.get(&grant).map_or(real, |(_, at)| *at);
        order.push_back((at, Arc::downgrade(&of.0), grant));
    }
}

impl Used {
    fn forget_for_room(&mut self, at: DateTime<Utc>, print: Print) {
        self.forget_one(at, print);
        if self.order.front() == Some(&(at, print)) {
            self.order.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::ScenarioSet;

    #[test]
    fn grants_expire_and_are_bounded() {
        let at = |seconds: i64| DateTime::from_timestamp(1_800_000_000 + seconds, 0).expect("a time");
        let (used, limit, scenarios) = (UsedGrants::default(), GrantLimit::new(3), ScenarioSet::default());
        let take = |jti: &str, seconds: i64| {
            let (real, grant) = (at(seconds), Print::of("c", jti));
            let Some(event) = used.take(grant, real.timestamp() + 100, real.timestamp()) else { return false };
            used.apply(&event, &Fold { at: real, scenarios: &scenarios, file: None });
            limit.count(&used, grant, real);
            true
        };
        assert!(take("a", 0) && !take("a", 50) && take("a", 101), "until it expires");
        for jti in 0..100 {
            assert!(take(&jti.to_string(), 102));
        }
        let kept = || {
            let kept = used.0.lock();
            (kept.grants.len(), kept.order.len(), limit.order.lock().len())
        };
        assert_eq!(kept(), (3, 3, 3));
        assert!(take("a", 102), "the oldest ones went first");
        assert!(!take("99", 102) && take("late", 300));
        assert_eq!(kept(), (1, 1, 1), "nothing stays that has expired");
        let print = Print::of("c", "a");
        assert_eq!(Print::try_from(String::from(print)), Ok(print));
    }
}
