//! What the sandbox's own pages are made of, the control routes of services included: what they share, sessions and
//! bodies read from requests, problem documents.

mod in_session;
mod operation;
mod problem;
mod turns;
mod watchers;

use std::net::SocketAddr;
use std::sync::Arc;

use parking_lot::Mutex;
use rand::rngs::ChaCha8Rng;
use schemars::JsonSchema;
use serde::Serialize;

pub(crate) use in_session::{Begun, InSession, MayChange, OnlyReads, off_thread};
pub(crate) use operation::{ControlOperation, json_body};
pub(crate) use problem::{JsonBody, Problem, ProblemLine, YamlBody, refused};
pub(crate) use turns::Turns;
pub(crate) use watchers::{Watchers, WatchersPlace};

use super::Services;
use crate::access::Access;
use crate::config::{Keys, Options, ServiceSettings};
use crate::load::Load;
use crate::metrics::Metrics;
use crate::session::registry::Sessions;
use crate::traces::Traces;

/// The largest body that the control API takes, in bytes.
pub(crate) const LARGEST_BODY: usize = 4 * 1024 * 1024;

/// The content security policy of a page that has nothing but text: nothing is loaded and nothing runs, and no other page
/// shows it in a frame.
pub(crate) const POLICY: &str = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'";

/// What the pages share.
pub(crate) struct Shared {
    pub(crate) services: &'static Services,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) address: SocketAddr,
    pub(crate) access: Arc<Access>,
    pub(crate) options: Options,
    /// The settings of the services.
    pub(crate) settings: Arc<ServiceSettings>,
    /// Whether the control API answers.
    pub(crate) control: bool,
    /// The certificate of the authority that clients have to trust, in PEM.
    pub(crate) authority: Option<Arc<str>>,
    pub(crate) keys: Keys,
    /// Who may do what takes long.
    pub(crate) turns: Turns,
    /// Who watches a journal.
    pub(crate) watchers: Watchers,
    /// What is counted of all calls.
    pub(crate) metrics: Arc<Metrics>,
    /// What the sandbox bears, and how much of that is used.
    pub(crate) load: Arc<Load>,
    /// The way of spans to a collector, if there is one.
    pub(crate) traces: Option<Arc<Traces>>,
    /// Where rules get their seeds from.
    pub(crate) seeds: Mutex<ChaCha8Rng>,
}

/// How many were deleted.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Deleted {
    deleted: usize,
}

impl Deleted {
    pub(crate) fn new(deleted: usize) -> Self {
        Self { deleted }
    }
}
