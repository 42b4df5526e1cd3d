//! What would have made a refused call succeed, for the header `Sandbox-Hint` and the journal.

use super::call::Location;
use super::{HANDLERS, url};
use crate::catalogue::{Check, Service, nearest};
use crate::domain::identifikator::{Organisasjonsnummer, Part, PartKind};
use crate::scenario::ScenarioSet;

/// What to change about a call of a service that failed a check. Of a period only the service knows.
pub(crate) fn hint(
    failed: Check,
    service: &Service,
    segments: &[String],
    location: Location<'_>,
    scenarios: &ScenarioSet,
) -> Option<String> {
    let number = location.identifikator.unwrap_or_default();
    match failed {
        Check::Url => Some(url(service, segments)),
        Check::Format if service.speaks_xml() => {
            Some("send Accept: application/json or application/xml, or no Accept at all".to_owned())
        }
        Check::Format => Some("send Accept: application/json, or no Accept at all".to_owned()),
        Check::Authorisation => Some(format!("ask the issuer for the scope {}", service.scopes.first().copied().unwrap_or_default())),
        Check::Authentication => Some(
            "the message says what is wrong with the token; without any, and with --auth open or off, the call is served"
                .to_owned(),
        ),
        Check::Consent if service.consent.is_none() => Some(
            "the token is good; as a systembruker it must say its customer in systemuser_org, and be the party's".to_owned(),
        ),
        Check::Consent => Some(format!(
            "the token is good; it must carry, or the header AltinnSamtykke must be, consent from {number} to the caller for this"
        )),
        Check::Input => Some(input(number, service, scenarios)),
        Check::Party => Some(party(number, scenarios)),
        Check::Period => None,
    }
}

/// The URL that was probably meant.
fn url(service: &Service, segments: &[String]) -> String {
    if service.scopes.is_empty() {
        return format!("the URLs of the service are told by {}/.well-known/oauth-authorization-server", service.base);
    }
    let meant = url::meant(service, segments).unwrap_or_else(|| service.base.to_owned());
    format!("GET {meant} is a URL of the service")
}

fn input(number: &str, service: &Service, scenarios: &ScenarioSet) -> String {
    let invalid = number.parse::<Part>().map_or(true, |part| matches!(part.kind(), PartKind::Invalid(_)));
    if invalid {
        return format!("{number} is no valid number{}", meant(number, scenarios));
    }
    if number.len() != 9 && service.endpoints.iter().all(|endpoint| endpoint.path.contains("{organisasjonsnummer}")) {
        return "give the number of an organisation, nine digits".to_owned();
    }
    "give fraOgMed and tilOgMed once each as YYYY-MM-DD, the second not before the first and at most a year after it"
        .to_owned()
}

fn party(number: &str, scenarios: &ScenarioSet) -> String {
    format!("party {number} is unknown{}", meant(number, scenarios))
}

/// The parties that may be meant by a number; otherwise, where to find them.
fn meant(number: &str, scenarios: &ScenarioSet) -> String {
    let corrected = number.get(..8).filter(|_| number.len() == 9).and_then(|first| first.parse().ok());
    let corrected: Option<Part> = corrected
        .and_then(Organisasjonsnummer::from_eight_digits)
        .and_then(|organisation| organisation.to_string().parse().ok());
    if let Some(part) = corrected.filter(|part| scenarios.get(*part).is_some() && part.to_string() != number) {
        return format!("; its check digit says you may mean {part}");
    }
    let all: Vec<String> = scenarios.parties().iter().map(|party| party.part.to_string()).collect();
    let near = all.iter().map(|known| (strsim::damerau_levenshtein(known, number), known)).min();
    match near {
        Some((1..=2, known)) => format!("; you may mean {known}"),
        _ => format!("; the {} parties there are stand on the sandbox's first page, /", all.len()),
    }
}

/// What to change about a URL that belongs to no service.
pub(crate) fn no_service(path: &str) -> String {
    let named = |handler: &&super::Handler| path.split('/').any(|part| part == handler.service.name);
    if let Some(handler) = HANDLERS.iter().find(named) {
        return format!("{} has its URLs below {}", handler.service.name, handler.service.base);
    }
    let begins = path.split('/').take(4).collect::<Vec<_>>().join("/");
    if let Some(base) = nearest(&begins, HANDLERS.iter().map(|handler| handler.service.base)) {
        return format!("a service has its URLs below {base}");
    }
    let bases: Vec<_> = HANDLERS.iter().map(|handler| handler.service.base).collect();
    format!("the services have their URLs below {}; by host name, see /", bases.join(", "))
}
