//! The published services, one folder each, and beside them what they share.
//!
//! A service is an entry in [`CATALOGUE`] and a [`Handler`]: where a URL points, and what it answers.

pub(crate) mod call;
pub(crate) mod errors;
mod kravogbetalinger;
mod maskinporten;
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

use crate::access::Demand;
use crate::catalogue::{Catalogue, Code, Endpoint, Service};
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
    /// The form of its errors.
    pub(crate) envelope: Envelope,
    /// The code for a fault of the sandbox itself.
    pub(crate) unexpected: &'static Code,
    /// A POST of it has a body that the answer depends on.
    pub(crate) reads_body: bool,
    /// What a call needs of token and consent; nothing where it needs none.
    pub(crate) demand: for<'r> fn(&Location<'r>) -> Option<Demand<'r>>,
}

/// The form of a service's errors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Envelope {
    /// `kode`, `melding`, `korrelasjonsid`, in JSON or XML.
    #[default]
    Feil,
    /// `error`, `error_description`, in JSON.
    OAuth,
}

/// The contract of a service by name.
pub(crate) fn contract(service: &str) -> Option<&'static Value> {
    static CONTRACTS: LazyLock<Vec<Value>> =
        LazyLock::new(|| HANDLERS.iter().map(|handler| (handler.openapi)()).collect());
    let number = HANDLERS.iter().position(|handler| handler.service.name == service)?;
    CONTRACTS.get(number)
}

/// What a request of a service would need, told by names; or what is wrong with them.
pub(crate) fn demand_of<'r>(
    service: &str,
    package: &'r str,
    endpoint: &str,
    party: &'r str,
) -> Result<Demand<'r>, String> {
    let known: Vec<_> = HANDLERS.iter().filter(|handler| handler.service.scope.is_some()).collect();
    let handler = known.iter().find(|handler| handler.service.name == service).ok_or_else(|| {
        let names: Vec<_> = known.iter().map(|handler| handler.service.name).collect();
        format!("there is no service {service:?}; there are {}", names.join(", "))
    })?;
    let found = handler.service.packages.iter().find(|known| **known == package).copied();
    let package = found.or_else(|| handler.service.packages.first().copied().filter(|_| package.is_empty()));
    let package = package
        .ok_or_else(|| format!("there is no package {package:?}; there are {}", handler.service.packages.join(", ")))?;
    let location =
        Location { endpoint: handler.service.endpoint(endpoint), package: Some(package), identifikator: Some(party) };
    (handler.demand)(&location).ok_or_else(|| format!("{service} needs no token"))
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
pub(crate) static HANDLERS: [Handler; 2] = [kravogbetalinger::HANDLER, maskinporten::HANDLER];

static SERVICES: [&Service; 2] = [&kravogbetalinger::SERVICE, &maskinporten::SERVICE];

/// The vocabulary of all services, for the rooms below.
pub(crate) static CATALOGUE: Catalogue = Catalogue(&SERVICES);
