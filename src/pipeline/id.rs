//! The id of a call: the caller's `Korrelasjonsid`, or a new UUID.

use std::borrow::Cow;

use http::header::HeaderName;
use http::request::Parts;
use rand::RngExt;
use uuid::fmt::Hyphenated;

use super::State;

pub(super) const KORRELASJONSID: HeaderName = HeaderName::from_static("korrelasjonsid");

/// The id of a call.
#[derive(Clone)]
pub(super) enum CallId {
    /// A new UUID.
    New([u8; Hyphenated::LENGTH]),
    /// The caller's.
    Given(Box<str>),
}

impl CallId {
    /// The caller's id, from the header or the query; a new one where there is none that can be sent back.
    pub(super) fn of(parts: &Parts, state: &State) -> Self {
        let usable = |id: &str| (1..=128).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic());
        let header = parts.headers.get(KORRELASJONSID).and_then(|value| value.to_str().ok());
        if let Some(id) = header.filter(|id| usable(id)) {
            return Self::Given(id.into());
        }
        match parts.uri.query().and_then(in_query).filter(|id| usable(id)) {
            Some(id) => Self::Given(id.into()),
            None => Self::new(state),
        }
    }

    fn new(state: &State) -> Self {
        let random = state.rng.lock().random();
        let mut text = [0; Hyphenated::LENGTH];
        uuid::Builder::from_random_bytes(random).into_uuid().hyphenated().encode_lower(&mut text);
        Self::New(text)
    }

    pub(super) fn as_str(&self) -> &str {
        match self {
            Self::New(text) => std::str::from_utf8(text).unwrap_or_default(),
            Self::Given(text) => text,
        }
    }

    /// Whether it is one of our own, which needs no redaction.
    pub(super) const fn is_new(&self) -> bool {
        matches!(self, Self::New(_))
    }
}

/// The id of a query; its name is taken in any case.
fn in_query(query: &str) -> Option<Cow<'_, str>> {
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs.find(|(key, _)| key.eq_ignore_ascii_case("korrelasjonsid")).map(|(_, value)| value)
}
