//! The published services, one folder each, and beside them what they share.
//!
//! A service is an entry in [`CATALOGUE`] and a [`Handler`]: where a URL points, and what it answers.

pub(crate) mod call;
pub(crate) mod errors;
mod kravogbetalinger;
pub(crate) mod near_miss;
pub(crate) mod negotiation;
pub(crate) mod openapi;
mod periode;
mod render;
pub(crate) mod xml;

use call::{Answer, Call, Location};
use errors::ServiceError;

use std::sync::LazyLock;

use serde_json::Value;

use crate::catalogue::{Catalogue, Endpoint, Service};
use crate::inject::drift::Contract;

/// What the pipeline needs of a service.
pub(crate) struct Handler {
    pub(crate) service: &'static Service,
    /// Reads a URL without judging it, for the faults that come before an answer.
    pub(crate) locate: for<'r> fn(&'r [String]) -> Location<'r>,
    /// The natural answer.
    pub(crate) answer: for<'r> fn(&Call<'r>) -> Result<Answer, ServiceError>,
    /// Its contract, as an OpenAPI 3.1 document.
    pub(crate) openapi: fn() -> Value,
}

/// The contract of a service by name.
pub(crate) fn contract(service: &str) -> Option<&'static Value> {
    static CONTRACTS: LazyLock<Vec<Value>> =
        LazyLock::new(|| HANDLERS.iter().map(|handler| (handler.openapi)()).collect());
    let number = HANDLERS.iter().position(|handler| handler.service.name == service)?;
    CONTRACTS.get(number)
}

/// What the contract says of an endpoint's answer.
pub(crate) fn answer_contract(service: &Service, endpoint: &Endpoint) -> Option<Contract<'static>> {
    let document = contract(service.name)?;
    let ending = format!("/{}", endpoint.name);
    let path = document["paths"].as_object()?.iter().find(|(path, _)| path.ends_with(&ending))?.1;
    let schema = path.pointer("/get/responses/200/content/application~1json/schema")?;
    Some(Contract { schema, definitions: document.pointer("/components/schemas")? })
}

/// All services, in the order of the README.
pub(crate) static HANDLERS: [Handler; 1] = [kravogbetalinger::HANDLER];

static SERVICES: [&Service; 1] = [&kravogbetalinger::SERVICE];

/// The vocabulary of all services, for the rooms below.
pub(crate) static CATALOGUE: Catalogue = Catalogue(&SERVICES);
