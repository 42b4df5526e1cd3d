//! A call as a service sees it, and what it answers.

use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, NaiveDate, Utc};
use http::{HeaderMap, Method};

use super::negotiation::Format;
use crate::access::{Access, Caller};
use crate::catalogue::{Edition, Endpoint};
use crate::config::Options;
use crate::library::cache::RenderCache;
use crate::scenario::Party;
use crate::session::Session;

/// Where a URL points, as far as can be told without judging it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Location<'r> {
    pub(crate) endpoint: Option<&'static Endpoint>,
    /// The text in the package's place, valid or not.
    pub(crate) package: Option<&'r str>,
    /// The text in the identifier's place, valid or not.
    pub(crate) identifikator: Option<&'r str>,
}

/// A call of a service.
pub(crate) struct Call<'r> {
    pub(crate) method: &'r Method,
    /// The path below the service's base, split at slashes and percent-decoded once.
    pub(crate) segments: &'r [String],
    /// The raw query, without the question mark.
    pub(crate) query: &'r str,
    pub(crate) headers: &'r HeaderMap,
    pub(crate) location: Location<'r>,
    /// The party of the identifier, where a scenario names it.
    pub(crate) party: Option<&'r Arc<Party>>,
    /// The edition that the caller asks for.
    pub(crate) edition: Option<Edition>,
    /// What the server was told of its answers.
    pub(crate) options: &'r Options,
    /// The observer's time.
    pub(crate) now: DateTime<Utc>,
    /// The observer's day in Norway.
    pub(crate) day: NaiveDate,
    /// The time that tokens are held against.
    pub(crate) token_time: DateTime<Utc>,
    pub(crate) access: &'r Access,
    /// Who calls, by the token.
    pub(crate) caller: &'r Caller,
    pub(crate) cache: &'r RenderCache,
    /// The body, where the service reads one.
    pub(crate) body: &'r [u8],
    /// The path began with the service's base; otherwise the service was named by the host.
    pub(crate) at_base: bool,
    /// The call's session.
    pub(crate) session: &'r Session,
    /// The id of the call.
    pub(crate) id: &'r str,
    /// The body is wanted in JSON whatever the format, to be changed and written later.
    pub(crate) as_tree: bool,
}

/// A successful answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) format: Format,
    pub(crate) body: Bytes,
    /// What the real service would have done otherwise, for `Sandbox-Warning`.
    pub(crate) warning: Option<&'static str>,
}
