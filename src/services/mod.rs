//! The published services, one folder each, and beside them what they share.
//!
//! A service is an entry in [`CATALOGUE`] and a [`Handler`]: where a URL points, and what it answers.

pub(crate) mod call;
pub(crate) mod errors;
mod kravogbetalinger;
pub(crate) mod negotiation;
mod openapi;
mod periode;
mod render;
mod xml;

use call::{Answer, Call, Location};
use errors::ServiceError;

use crate::catalogue::{Catalogue, Service};

/// What the pipeline needs of a service.
pub(crate) struct Handler {
    pub(crate) service: &'static Service,
    /// Reads a URL without judging it, for the faults that come before an answer.
    pub(crate) locate: for<'r> fn(&'r [String]) -> Location<'r>,
    /// The natural answer.
    pub(crate) answer: for<'r> fn(&Call<'r>) -> Result<Answer, ServiceError>,
    /// Its contract, as an OpenAPI 3.1 document.
    pub(crate) openapi: fn() -> serde_json::Value,
}

/// The contract of a service by name.
pub(crate) fn contract(service: &str) -> Option<serde_json::Value> {
    HANDLERS.iter().find(|handler| handler.service.name == service).map(|handler| (handler.openapi)())
}

/// All services, in the order of the README.
pub(crate) static HANDLERS: [Handler; 1] = [kravogbetalinger::HANDLER];

static SERVICES: [&Service; 1] = [&kravogbetalinger::SERVICE];

/// The vocabulary of all services, for the rooms below.
pub(crate) static CATALOGUE: Catalogue = Catalogue(&SERVICES);
