//! What every call of a service is checked for before its endpoint's function is asked: URL, format, token and
//! rights, body, in this order. Imitates docs/fidelity.md, "Errors".

use std::borrow::Cow;

use super::answer::both;
use super::call::{Body, Call};
use super::hooks::RequestFault;
use super::refusal::{Reason, Refusal};
use super::routes::{Found, Route};
use super::{Operation, url};
use crate::access::Demand;
use crate::catalogue::{Check, Endpoint, Formats, Package, Service};
use crate::domain::identifikator::Part;

/// A call that may be asked.
pub(crate) struct Admitted {
    pub(crate) operation: &'static Operation,
    /// What the real service would have done otherwise.
    pub(crate) warning: Option<Cow<'static, str>>,
}

/// A call that may not, and the warning that goes with its refusal.
pub(crate) struct Refused {
    pub(crate) refusal: Refusal,
    pub(crate) warning: Option<Cow<'static, str>>,
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self { refusal, warning: None }
    }
}

/// Checks a call.
pub(crate) fn admit(call: &Call<'_>, route: &Route, accepts: bool) -> Result<Admitted, Refused> {
    let service = route.module.service;
    let refuse = |fault: RequestFault<'_>| match route.module.hooks.refuse {
        Some(refuse) => refuse(&fault),
        None => common(service, &fault),
    };
    let number = match &route.found {
        Found::Endpoint(number) if service.packages.is_empty() || route.package.known().is_some() => *number,
        Found::OtherMethod(_, allow) if service.packages.is_empty() || route.package.known().is_some() => {
            return Err(refuse(RequestFault::Method(allow)).into());
        }
        _ => return Err(refuse(RequestFault::UnknownUrl(&url::what_is_wrong(service, call.path))).into()),
    };
    let (Some(operation), Some(endpoint)) = (route.module.operations.get(number), service.endpoints.get(number)) else {
        return Err(Refusal::on_demand(route.module.unexpected()).into());
    };
    if !accepts {
        return Err(match service.formats {
            Formats::JsonAndXml { .. } => Refusal::failed_at(service, Check::Format),
            Formats::Json | Formats::JsonAlways => {
                Refusal::failed(service, Check::Format, "Dataformatet er ikke støttet. Kun json er støttet")
            }
        }
        .into());
    }
    let part = call.subject.number.text();
    let warning = match demand(service, Some(endpoint), route.package.known(), part.as_str()) {
        Some(demand) => call
            .access
            .check(call.caller, call.headers, &demand, call.instants.tokens)
            .map_err(|refusal| Refusal::access(service, refusal))?,
        None => None,
    };
    let person = route.package.known().and_then(|package| package.person_warning);
    let person = person.filter(|_| call.subject.number.part().is_some_and(Part::is_person));
    let warning = both(warning.map(Cow::Borrowed), person);
    let refusal = match call.body {
        Body::TooLarge(limit) => refuse(RequestFault::TooLarge(*limit)),
        Body::Unreadable(why) => refuse(RequestFault::Unreadable(why)),
        Body::None | Body::Json(_) | Body::Form(_) | Body::Parts(_) => return Ok(Admitted { operation, warning }),
    };
    Err(Refused { refusal, warning })
}

/// The refusal in the common form.
fn common(service: &Service, fault: &RequestFault<'_>) -> Refusal {
    match fault {
        RequestFault::UnknownUrl(why) => Refusal::failed(service, Check::Url, format!("Ukjent url benyttet. {why}")),
        RequestFault::Method(allow) => {
            let methods = allow.strip_suffix(", HEAD").unwrap_or(allow);
            let why = format!("Ukjent url benyttet. Endepunktet støtter kun metoden {methods}");
            Refusal::failed(service, Check::Url, why).because(Reason::Method((*allow).into()))
        }
        RequestFault::TooLarge(limit) => {
            let why = format!("Innholdet i kallet er for stort. Det kan være på høyst {limit} byte");
            Refusal::failed(service, Check::Body, why).because(Reason::TooLarge(*limit))
        }
        RequestFault::Unreadable(why) => Refusal::failed(service, Check::Body, (*why).to_owned()),
    }
}

/// What a call of a service needs; nothing where it needs no token.
pub(crate) fn demand<'r>(
    service: &'static Service,
    endpoint: Option<&Endpoint>,
    package: Option<&Package>,
    part: &'r str,
) -> Option<Demand<'r>> {
    let demand = service.token_demand()?;
    Some(Demand {
        service,
        token: demand,
        part,
        needs: package.map_or(demand.needs, |package| package.needs),
        egen_kode: endpoint.and_then(|endpoint| endpoint.consent_code),
    })
}
