//! The published services, one folder each, and beside them what they share.
//!
//! A service is an entry in [`CATALOGUE`] and a [`Handler`]: where a URL points, and what it answers.

pub(crate) mod agreement;
pub(crate) mod call;
pub(crate) mod errors;
mod kb;
mod kravogbetalinger;
mod kravoversikt;
mod maskinporten;
pub(crate) mod near_miss;
pub(crate) mod negotiation;
pub(crate) mod openapi;
mod oppslag;
mod periode;
mod render;
mod reskontro;
mod restanser;
pub(crate) mod trekkpaalegg;
pub(crate) mod url;
mod utvalg;
pub(crate) mod xml;

use call::{Answer, Call, Location};
use errors::ServiceError;
use oppslag::Render;

use std::sync::LazyLock;

use serde_json::Value;

use crate::access::Demand;
use crate::catalogue::{Catalogue, Code, Endpoint, Service};
use crate::faults::drift::Contract;

/// What the pipeline needs of a service.
pub(crate) struct Handler {
    pub(crate) service: &'static Service,
    /// The natural answer.
    pub(crate) answer: for<'r> fn(&Call<'r>) -> Result<Answer, ServiceError>,
    /// The answer from a party's ledger, where that is what the service tells.
    render: Option<Render>,
    /// Its contract, as an OpenAPI 3.1 document.
    pub(crate) openapi: fn() -> Value,
    /// The form of its errors.
    pub(crate) envelope: Envelope,
    /// The code for a fault of the sandbox itself.
    pub(crate) unexpected: &'static Code,
    /// A POST of it has a body that the answer depends on.
    pub(crate) reads_body: bool,
}

/// The form of a service's errors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Envelope {
    /// `kode`, `melding`, `korrelasjonsid`, in JSON or XML.
    #[default]
    Feil,
    /// The same, in JSON whatever is asked for.
    FeilInJson,
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
    let known: Vec<_> = CATALOGUE.0.iter().filter(|service| !service.scopes.is_empty()).collect();
    let service = known.iter().find(|known| known.name == service).ok_or_else(|| {
        let names: Vec<_> = known.iter().map(|service| service.name).collect();
        format!("there is no service {service:?}; there are {}", names.join(", "))
    })?;
    let asked = package;
    let found = service.package(asked).map(|package| package.name);
    let package = found.or_else(|| service.packages.first().map(|first| first.name).filter(|_| asked.is_empty()));
    if package.is_none() && (!service.packages.is_empty() || !asked.is_empty()) {
        let known = if service.packages.is_empty() { "none".to_owned() } else { service.package_names() };
        return Err(format!("there is no package {asked:?}; there are {known}"));
    }
    let location = Location { endpoint: service.endpoint(endpoint), package, identifikator: Some(party) };
    oppslag::demand(service, &location).ok_or_else(|| format!("{} needs no token", service.name))
}

/// What the contract says of an endpoint's answer.
pub(crate) fn answer_contract(service: &Service, endpoint: &Endpoint) -> Option<Contract<'static>> {
    let document = contract(service.name)?;
    let path = format!("{}/{}", service.base, endpoint.path);
    let schema = document["paths"].get(path)?.pointer("/get/responses/200/content/application~1json/schema")?;
    Some(Contract { schema, definitions: document.pointer("/components/schemas")? })
}

/// All services, in the order of the README.
pub(crate) static HANDLERS: [Handler; 5] = [
    kravogbetalinger::HANDLER,
    kravoversikt::HANDLER,
    restanser::HANDLER,
    trekkpaalegg::HANDLER,
    maskinporten::HANDLER,
];

static SERVICES: [&Service; 5] = [
    &kravogbetalinger::SERVICE,
    &kravoversikt::SERVICE,
    &restanser::SERVICE,
    &trekkpaalegg::SERVICE,
    &maskinporten::SERVICE,
];

/// The vocabulary of all services, for the rooms below.
pub(crate) static CATALOGUE: Catalogue = Catalogue(&SERVICES);
