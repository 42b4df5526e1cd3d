//! A successful answer of an endpoint.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderName, HeaderValue};
use serde::Serialize;

use crate::library::cache::Heads;
use crate::session::facts::Shows;

/// A successful answer. Its status is the one that the endpoint names, unless it has another.
#[derive(Debug, Default)]
pub struct Answer {
    /// The body, in the format that the call was given; empty for none.
    pub(crate) body: Bytes,
    /// The headers that it carries, as the endpoint names them.
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    /// What is kept of the head beside the body, where the body is kept.
    pub(crate) heads: Option<Arc<Heads>>,
    /// The name of the scenario's file that it stands in, if it is a literal answer, for `Sandbox-Literal`.
    pub(crate) literal: Option<Arc<str>>,
    /// What the real service would have done otherwise, for `Sandbox-Warning`.
    pub(crate) warning: Option<Cow<'static, str>>,
    /// The status, where it is not the one that the endpoint names.
    pub(crate) status: Option<u16>,
    /// What it shows, for those who look at how a client behaves.
    pub(crate) shows: Shows,
}

/// Joins two warnings.
pub(crate) fn both(
    one: Option<Cow<'static, str>>,
    other: Option<impl Into<Cow<'static, str>>>,
) -> Option<Cow<'static, str>> {
    let other = other.map(Into::into);
    match (one, other) {
        (Some(one), Some(other)) => Some(format!("{one}; and {other}").into()),
        (one, other) => one.or(other),
    }
}

impl Answer {
    /// An answer with a body in JSON.
    pub fn json<T: Serialize>(value: &T) -> Self {
        Self { body: serde_json::to_vec(value).unwrap_or_default().into(), ..Self::default() }
    }

    /// Says what the real service would have done otherwise, beside what is said already.
    #[must_use]
    pub(crate) fn warned(mut self, warning: Option<impl Into<Cow<'static, str>>>) -> Self {
        self.warning = both(self.warning.take(), warning);
        self
    }

    /// Says which state of a case it shows.
    #[must_use]
    pub(crate) fn showing_case(mut self, state: &'static str) -> Self {
        self.shows.case = Some(state);
        self
    }

    /// Says which sequence number is the greatest that it tells.
    #[must_use]
    pub(crate) fn showing_sequence(mut self, greatest: Option<i64>) -> Self {
        self.shows.sequence = greatest;
        self
    }

    /// Gives it another status than the one that the endpoint names.
    #[must_use]
    pub(crate) fn with_status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// Says where the thing is that was made.
    #[must_use]
    pub fn location(mut self, url: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(url) {
            self.headers.push((http::header::LOCATION, value));
        }
        self
    }
}

impl From<Bytes> for Answer {
    fn from(body: Bytes) -> Self {
        Self { body, ..Self::default() }
    }
}

impl From<Vec<u8>> for Answer {
    fn from(body: Vec<u8>) -> Self {
        Bytes::from(body).into()
    }
}
