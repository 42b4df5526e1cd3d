//! The last requests of a session, for people who look for what went wrong and for assertions in tests.
//! It is bounded, and everything is redacted before it is kept.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use parking_lot::Mutex;

use super::call_id::CallId;
use crate::catalogue::{Check, Edition};
use crate::domain::identifikator::Part;
use crate::faults::Cause;
use crate::faults::effects::{Drift, Fault};
use crate::redact::redacted;

/// A text of a caller: redacted, with a key that tells it from others that look the same now.
#[derive(Clone, Debug, Default)]
pub(crate) struct KeptText {
    shown: Box<str>,
    /// The keyed hash of the whole text; nothing where the text is shown whole.
    key: Option<u64>,
}

impl KeptText {
    /// Whether it is this text. `keys` are those of its journal.
    fn is(&self, text: &str, keys: &RandomState) -> bool {
        self.key.map_or_else(|| *self.shown == *text, |key| key == keys.hash_one(text))
    }
}

impl fmt::Display for KeptText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

/// The number of a party, as an entry keeps it.
#[derive(Clone, Debug)]
pub(crate) enum PartyNumber {
    /// Nine digits; those of persons are texts, which may be masked.
    Organisation(Part),
    /// Another text, redacted.
    Text(KeptText),
}

impl PartyNumber {
    fn is(&self, text: &str, keys: &RandomState) -> bool {
        match self {
            Self::Organisation(part) => part.text().as_str() == text,
            Self::Text(kept) => kept.is(text, keys),
        }
    }
}

impl fmt::Display for PartyNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Organisation(part) => part.fmt(f),
            Self::Text(text) => text.fmt(f),
        }
    }
}

/// The id of a call, as an entry keeps it.
#[derive(Clone, Debug)]
pub(crate) enum KeptId {
    /// One that the sandbox gave.
    New(CallId),
    /// The caller's, redacted.
    Given(KeptText),
}

impl KeptId {
    fn is(&self, text: &str, keys: &RandomState) -> bool {
        match self {
            Self::New(id) => id.as_str() == text,
            Self::Given(kept) => kept.is(text, keys),
        }
    }
}

impl fmt::Display for KeptId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::New(id) => f.write_str(id.as_str()),
            Self::Given(text) => text.fmt(f),
        }
    }
}

/// A request and what came of it.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// Counted from 1 in the session.
    pub(crate) number: u64,
    /// The real time.
    pub(crate) time: DateTime<Utc>,
    /// The observer's day, if the call came that far.
    pub(crate) day: Option<NaiveDate>,
    pub(crate) method: http::Method,
    /// With the modifiers of the base URL.
    pub(crate) url: Box<str>,
    pub(crate) service: Option<&'static str>,
    pub(crate) endpoint: Option<&'static str>,
    pub(crate) package: Option<Cow<'static, str>>,
    pub(crate) party: Option<PartyNumber>,
    /// The `client_id` of the token, believed as it stands.
    pub(crate) client: Option<KeptText>,
    pub(crate) korrelasjonsid: KeptId,
    /// Nothing if the caller got no answer.
    pub(crate) status: Option<u16>,
    pub(crate) code: Option<&'static str>,
    pub(crate) message: Option<Box<str>>,
    pub(crate) cause: Cause,
    pub(crate) fault: Option<Fault>,
    pub(crate) drift: Option<Drift>,
    /// In ms.
    pub(crate) delay: Option<u64>,
    /// The rules that contributed to it.
    pub(crate) rules: Vec<Box<str>>,
    /// Which checks the call passed; nothing if the service was not asked.
    pub(crate) checks: Option<Checks>,
    /// What the real service would have done otherwise.
    pub(crate) warning: Option<Cow<'static, str>>,
    /// What would have made it succeed.
    pub(crate) hint: Option<Box<str>>,
    /// The file of the literal answer that was given.
    pub(crate) literal: Option<Arc<str>>,
    /// All that was wrong with what was sent, where the answer lists it.
    pub(crate) findings: Vec<FoundFault>,
    /// The body that was sent, redacted, where the service keeps it.
    pub(crate) sent: Option<Box<str>>,
    /// The edition and the format (XML or not) of a success.
    pub(crate) answer: Option<(Edition, bool)>,
    /// What the answer shows.
    pub(crate) shows: Shows,
}

/// What an answer of a service shows, for those who look at how a client behaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shows {
    /// The state of a case.
    pub(crate) case: Option<&'static str>,
    /// The greatest sequence number.
    pub(crate) sequence: Option<i64>,
}

/// Something that was wrong with what was sent, redacted.
#[derive(Clone, Debug)]
pub(crate) struct FoundFault {
    pub(crate) code: Box<str>,
    pub(crate) message: Box<str>,
    /// A JSON pointer; empty where the whole body is meant.
    pub(crate) pointer: Box<str>,
}

/// How far a call came.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Checks {
    /// The check that it failed; nothing if it passed all.
    pub(crate) failed: Option<Check>,
    /// Token and consent were not checked.
    pub(crate) access_unchecked: bool,
    /// The endpoint reads a body.
    pub(crate) reads_body: bool,
}

impl Entry {
    /// An entry with the real time, and nothing else yet.
    pub(crate) fn new(time: DateTime<Utc>) -> Self {
        Self {
            number: 0,
            time,
            day: None,
            method: http::Method::GET,
            url: Box::default(),
            service: None,
            endpoint: None,
            package: None,
            party: None,
            client: None,
            korrelasjonsid: KeptId::Given(KeptText::default()),
            status: None,
            code: None,
            message: None,
            cause: Cause::Natural,
            fault: None,
            drift: None,
            delay: None,
            rules: Vec::new(),
            checks: None,
            warning: None,
            hint: None,
            literal: None,
            findings: Vec::new(),
            sent: None,
            answer: None,
            shows: Shows::default(),
        }
    }
}

impl Checks {
    /// The names of the checks that it passed.
    pub(crate) fn passed(self) -> Vec<&'static str> {
        let before = |check: &Check| self.failed.is_none_or(|failed| (*check as usize) < failed as usize);
        let looked_at =
            |check: &Check| !(self.access_unchecked && check.is_access()) && (self.reads_body || *check != Check::Body);
        Check::ALL.into_iter().filter(before).filter(looked_at).map(Check::name).collect()
    }
}

/// Which entries are wanted. A field without a value matches every entry. Texts of callers are compared whole, as they
/// were before they were redacted.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    pub(crate) service: Option<String>,
    pub(crate) endpoint: Option<String>,
    pub(crate) party: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) client: Option<String>,
    pub(crate) status: Option<u16>,
    pub(crate) cause: Option<String>,
    pub(crate) failed: Option<String>,
    pub(crate) korrelasjonsid: Option<String>,
}

impl Filter {
    /// Whether the code is that of the entry, or of one of its findings.
    fn has_code(&self, entry: &Entry) -> bool {
        self.code.as_deref().is_none_or(|wanted| {
            entry.code == Some(wanted) || entry.findings.iter().any(|finding| &*finding.code == wanted)
        })
    }

    fn fits(&self, entry: &Entry, keys: &RandomState) -> bool {
        let same =
            |wanted: &Option<String>, is: Option<&str>| wanted.as_deref().is_none_or(|wanted| is == Some(wanted));
        let failed = entry.checks.and_then(|checks| checks.failed).map(Check::name);
        same(&self.service, entry.service)
            && same(&self.endpoint, entry.endpoint)
            && self.has_code(entry)
            && same(&self.cause, Some(entry.cause.name()))
            && same(&self.failed, failed)
            && self.status.is_none_or(|status| entry.status == Some(status))
            && self.party.as_deref().is_none_or(|party| entry.party.as_ref().is_some_and(|is| is.is(party, keys)))
            && self.client.as_deref().is_none_or(|client| entry.client.as_ref().is_some_and(|is| is.is(client, keys)))
            && self.korrelasjonsid.as_deref().is_none_or(|id| entry.korrelasjonsid.is(id, keys))
    }
}

/// The last requests of a session.
pub(crate) struct Journal {
    capacity: usize,
    /// The key of the hashes of texts that are not shown whole. It is new in each journal, and nothing tells it.
    keys: RandomState,
    kept: Mutex<KeptEntries>,
}

#[derive(Default)]
struct KeptEntries {
    entries: VecDeque<Arc<Entry>>,
    last: u64,
}

/// What was found.
pub(crate) struct FoundEntries {
    /// How many of the kept entries match.
    pub(crate) count: usize,
    /// How many requests there were in all, those not kept included.
    pub(crate) total: u64,
    /// How many of them are not kept any longer.
    pub(crate) dropped: u64,
    /// Newest first, as many as were asked for.
    pub(crate) entries: Vec<Arc<Entry>>,
}

impl Journal {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { capacity, keys: RandomState::new(), kept: Mutex::default() }
    }

    /// Whether anything is kept, so that an entry is worth making.
    pub(crate) fn is_on(&self) -> bool {
        self.capacity > 0
    }

    /// A text of a caller, as the journal may hold it.
    pub(crate) fn kept(&self, text: &str) -> KeptText {
        let shown = redacted(text);
        let key = (*shown != *text).then(|| self.keys.hash_one(text));
        KeptText { shown: shown.into(), key }
    }

    /// Keeps an entry under the next number. If the journal is full, the oldest entry goes.
    pub(crate) fn add(&self, mut entry: Entry) {
        let mut kept = self.kept.lock();
        kept.last += 1;
        if self.capacity == 0 {
            return;
        }
        entry.number = kept.last;
        let dropped = if kept.entries.len() >= self.capacity { kept.entries.pop_front() } else { None };
        kept.entries.push_back(Arc::new(entry));
        drop(kept);
        drop(dropped);
    }

    pub(crate) fn find(&self, filter: &Filter, limit: usize) -> FoundEntries {
        let kept = self.kept.lock();
        let fitting: Vec<_> = kept.entries.iter().rev().filter(|entry| filter.fits(entry, &self.keys)).collect();
        FoundEntries {
            count: fitting.len(),
            total: kept.last,
            dropped: kept.last - kept.entries.len() as u64,
            entries: fitting.into_iter().take(limit).cloned().collect(),
        }
    }

    /// Forgets all, and counts anew.
    pub(crate) fn clear(&self) {
        *self.kept.lock() = KeptEntries::default();
    }
}
