//! The calls of a journal, as those who judge them look at them.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::faults::Cause;
use crate::session::journal::Entry;

/// The calls of a journal, the oldest first. Calls whose modifiers were refused are no calls of a client's own.
pub(crate) struct Calls<'e>(Vec<&'e Entry>);

impl<'e> Calls<'e> {
    pub(super) fn new(entries: &'e [Arc<Entry>]) -> Self {
        let is_call = |entry: &&Entry| !matches!(entry.cause, Cause::RefusedModifier | Cause::RefusedRequest);
        let mut calls: Vec<&Entry> = entries.iter().map(|entry| &**entry).filter(is_call).collect();
        // An entry is written when its answer is made, so a call that came earlier may stand later.
        calls.sort_by_key(|entry| (entry.time, entry.number));
        Self(calls)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &'e Entry> + '_ {
        self.0.iter().copied()
    }

    /// The calls of one service.
    pub(crate) fn of(&self, service: &str) -> Vec<&'e Entry> {
        self.iter().filter(|call| call.service == Some(service)).collect()
    }

    /// The calls that differ in nothing that a journal tells: each such group in its order.
    pub(super) fn same(&self) -> Vec<Vec<&'e Entry>> {
        groups(self.iter(), |call| {
            // Two tests may make the same call.
            let test = call.test.as_deref().unwrap_or_default().to_owned();
            (test, client(call), call.method.to_string(), call.url.to_string(), call.body_mark.unwrap_or(0))
        })
    }
}

/// The text that names the client of a call; empty for calls without a token.
pub(super) fn client(call: &Entry) -> String {
    call.client.as_ref().map(ToString::to_string).unwrap_or_default()
}

/// Puts calls into groups by a key, in the order of their first calls.
pub(super) fn groups<'e, K: PartialEq + std::hash::Hash + Eq + Clone>(
    calls: impl Iterator<Item = &'e Entry>,
    key: impl Fn(&Entry) -> K,
) -> Vec<Vec<&'e Entry>> {
    let mut places: std::collections::HashMap<K, usize> = std::collections::HashMap::new();
    let mut groups: Vec<Vec<&Entry>> = Vec::new();
    for call in calls {
        let place = *places.entry(key(call)).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[place].push(call);
    }
    groups
}

/// When a call ended, as far as is known: one that still runs ends now, which is never before it came.
pub(super) fn end(call: &Entry) -> DateTime<Utc> {
    let took = call.ending.took().unwrap_or(TimeDelta::zero());
    call.time.checked_add_signed(took).unwrap_or(call.time)
}

/// How long after the end of one call the next one came. Not negative.
pub(super) fn gap(one: &Entry, next: &Entry) -> TimeDelta {
    next.time.signed_duration_since(end(one)).max(TimeDelta::zero())
}

/// Whether a call failed in a way that may pass by itself: a status from 500, or no answer.
pub(super) fn may_pass(call: &Entry) -> bool {
    call.status.is_none_or(|status| status >= 500)
}

/// The value of a parameter of the URL of a call.
pub(crate) fn query_value(call: &Entry, name: &str) -> Option<String> {
    let (_, query) = call.url.split_once('?')?;
    form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// A time as figures: `0.8 s`.
pub(super) fn seconds(time: TimeDelta) -> String {
    let tenths = time.num_milliseconds() / 100;
    format!("{}.{} s", tenths / 10, tenths % 10)
}
