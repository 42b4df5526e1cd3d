//! An entry of the journal: a request and what came of it. Everything in it is redacted.

use std::borrow::Cow;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use parking_lot::Mutex;

use super::call_id::CallId;
use super::exchange::Exchange;
use super::facts::{Ending, Shows, TokenFacts};
use crate::catalogue::{Check, Edition, Leaning};
use crate::domain::identifikator::Part;
use crate::faults::Cause;
use crate::faults::effects::{Drift, Fault};
use crate::traces::parent::TraceParent;

/// A text of a caller: redacted, with a key that tells it from others that look the same now.
#[derive(Clone, Debug, Default)]
pub(crate) struct KeptText {
    pub(super) shown: Box<str>,
    /// The keyed hash of the whole text; nothing where the text is shown whole.
    pub(super) key: Option<u64>,
}

impl KeptText {
    /// Whether it is this text. `keys` are those of its journal.
    pub(super) fn is(&self, text: &str, keys: &RandomState) -> bool {
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
    pub(super) fn is(&self, text: &str, keys: &RandomState) -> bool {
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
    pub(super) fn is(&self, text: &str, keys: &RandomState) -> bool {
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
#[derive(Debug)]
pub(crate) struct Entry {
    /// Counted from 1 in the session.
    pub(crate) number: u64,
    /// The real time.
    pub(crate) time: DateTime<Utc>,
    /// The observer's day, if the call came that far.
    pub(crate) day: Option<NaiveDate>,
    pub(crate) method: http::Method,
    /// The protocol that it came by.
    pub(crate) version: http::Version,
    /// With the modifiers of the base URL.
    pub(crate) url: Box<str>,
    pub(crate) service: Option<&'static str>,
    pub(crate) endpoint: Option<&'static str>,
    pub(crate) package: Option<Cow<'static, str>>,
    pub(crate) party: Option<PartyNumber>,
    /// The `client_id` of the token, believed as it stands.
    pub(crate) client: Option<KeptText>,
    pub(crate) korrelasjonsid: KeptId,
    /// The trace that the caller says it is part of.
    pub(crate) trace: Option<TraceParent>,
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
    /// The name of the test that it belongs to, redacted.
    pub(crate) test: Option<Box<str>>,
    /// The number of its connection.
    pub(crate) connection: u64,
    pub(crate) token: Option<TokenFacts>,
    /// Tells its body from others: a keyed hash. Nothing if it has none.
    pub(crate) body_mark: Option<u64>,
    /// Its service looks calls up by their ids.
    pub(crate) wants_id: bool,
    /// The caller gave it an id of its own.
    pub(crate) has_own_id: bool,
    /// It makes something new at the service, if it succeeds.
    pub(crate) changes: bool,
    pub(crate) ending: Ending,
    /// How sure it is that the real service answers the same. Nothing if no service was called.
    pub(crate) fidelity: Option<Arc<Leaning>>,
    /// What went over the wire; nothing if there is no room for it.
    pub(crate) exchange: Mutex<Option<Box<Exchange>>>,
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
            version: http::Version::HTTP_11,
            url: Box::default(),
            service: None,
            endpoint: None,
            package: None,
            party: None,
            client: None,
            korrelasjonsid: KeptId::Given(KeptText::default()),
            trace: None,
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
            test: None,
            connection: 0,
            token: None,
            body_mark: None,
            wants_id: false,
            has_own_id: false,
            changes: false,
            ending: Ending::default(),
            fidelity: None,
            exchange: Mutex::default(),
        }
    }
}

impl Entry {
    /// The name of the protocol that it came by.
    pub(crate) fn protocol(&self) -> &'static str {
        match self.version {
            http::Version::HTTP_2 => "HTTP/2",
            http::Version::HTTP_10 => "HTTP/1.0",
            _ => "HTTP/1.1",
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
