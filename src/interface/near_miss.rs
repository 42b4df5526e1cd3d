//! What would have made a refused call succeed, for the header `Sandbox-Hint` and the journal.

use chrono::{NaiveDate, TimeDelta};

use super::routes::number_name;
use super::{Call, Services, url};
use crate::catalogue::{Check, Needs, Service, nearest};
use crate::domain::identifikator::{Organisasjonsnummer, Part, PartKind};
use crate::scenario::ScenarioSet;

/// What to change about a call that failed a check. Only the service knows about a period or a body.
pub(crate) fn hint(call: &Call<'_>, failed: Check) -> Option<String> {
    let module = call.target.module;
    if let Some(hint) = module.hooks.hint.and_then(|hint| hint(call, failed)) {
        return Some(hint);
    }
    let (service, scenarios) = (module.service, &call.world.loaded.scenarios);
    let number = call.subject.number.text();
    let number = number.as_str();
    match failed {
        Check::Url => {
            let meant = url::meant(service, call.path)?;
            Some(format!("{meant} is a URL of the service"))
        }
        Check::Format if service.has_xml() => {
            Some("send Accept: application/json or application/xml, or no Accept at all".to_owned())
        }
        Check::Format => Some("send Accept: application/json, or no Accept at all".to_owned()),
        Check::Authorisation => {
            let scope = service.scopes().first()?;
            Some(format!("ask the issuer for the scope {scope}"))
        }
        Check::Authentication if call.caller.ended(call.instants.tokens).is_some() => {
            call.caller.ended(call.instants.tokens).map(|end| expired(end, call))
        }
        Check::Authentication => Some(
            "the message says what is wrong with the token; without any, and with --auth open or off, the call is served"
                .to_owned(),
        ),
        Check::Consent if service.consent().is_none() => Some(
            "the token is good; as a systembruker it must say its customer in systemuser_org, and be the party's".to_owned(),
        ),
        Check::Consent if needs(call) == Needs::ConsentOrOwnRights => Some(format!(
            "the token is good; it must be of {number} itself, its systembruker or its delegate, or carry its consent to the caller for this (or the header AltinnSamtykke must be that)"
        )),
        Check::Consent => Some(format!(
            "the token is good; it must carry, or the header AltinnSamtykke must be, consent from {number} to the caller for this"
        )),
        Check::Body => {
            let wanted = call.target.endpoint?.body.content_type()?;
            Some(format!("send a body with Content-Type: {wanted}, within the limit that the message names"))
        }
        Check::Input | Check::Party if !service.has_parties() => None,
        Check::Input => Some(input(number, service, scenarios)),
        Check::Party => Some(party(number, call.day(), scenarios)),
        Check::Period => None,
    }
}

/// How many parameters of a query are looked at.
const MOST_PARAMETERS: usize = 20;

/// The warning for a parameter of the query that is nearly one of the endpoint's. It is passed over, so the answer may be
/// another than the caller believes.
pub(crate) fn passed_over(call: &Call<'_>) -> Option<String> {
    if call.query.is_empty() {
        return None;
    }
    let endpoint = call.target.endpoint?;
    let known = || endpoint.query_names().chain(["Korrelasjonsid"]);
    let is_known = |name: &str| known().any(|known| known == name) || name.eq_ignore_ascii_case("Korrelasjonsid");
    let names = form_urlencoded::parse(call.query.as_bytes()).take(MOST_PARAMETERS).map(|(name, _)| name);
    names.filter(|name| name.bytes().all(|b| b.is_ascii_alphanumeric()) && !is_known(name)).find_map(|name| {
        let near = nearest(&name, known())?;
        Some(format!("the query parameter {name} is passed over; did you mean {near}?"))
    })
}

/// What to do about a token that ended so many seconds ago.
fn expired(seconds: i64, call: &Call<'_>) -> String {
    // A token can say any number.
    let ended = TimeDelta::try_seconds(seconds).and_then(|ago| call.instants.tokens.checked_sub_signed(ago));
    let ended = ended.map(|ended| ended.format(", at %Y-%m-%d %H:%M:%S UTC").to_string()).unwrap_or_default();
    let by = if call.session.clock.moves_tokens() { " by the session's clock" } else { "" };
    format!(
        "the token expired {seconds} s ago{by}{ended}; ask the issuer for a new one before the calls (a token lives two \
         minutes), or make one with POST /sandbox/token or under Tokens on the page at /"
    )
}

/// What the callers of the call's package need in addition to the scope.
fn needs(call: &Call<'_>) -> Needs {
    call.target.package.known().map_or(Needs::Nothing, |package| package.needs)
}

fn input(number: &str, service: &Service, scenarios: &ScenarioSet) -> String {
    let invalid = number.parse::<Part>().map_or(true, |part| matches!(part.kind(), PartKind::Invalid(_)));
    if invalid {
        return format!("{number} is no valid number{}", meant(number, scenarios));
    }
    if number.len() != 9 && service.endpoints.iter().all(|endpoint| number_name(endpoint) == "organisasjonsnummer") {
        return "give the number of an organisation, nine digits".to_owned();
    }
    "give fraOgMed and tilOgMed once each as YYYY-MM-DD, the second not before the first and at most a year after it"
        .to_owned()
}

fn party(number: &str, day: NaiveDate, scenarios: &ScenarioSet) -> String {
    let known = number.parse().ok().and_then(|part| scenarios.party(part, day));
    match known {
        Some(party) if party.skjermet.is_shielded() => {
            format!("party {number} is shielded; the service tells nothing about it")
        }
        Some(_) => format!("party {number} is known, but the service has nothing about it"),
        None => format!("party {number} is unknown{}", meant(number, scenarios)),
    }
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
    let all: Vec<String> = scenarios.heads().into_iter().map(|(part, ..)| part).collect();
    let near = all.iter().map(|known| (strsim::damerau_levenshtein(known, number), known)).min();
    match near {
        Some((1..=2, known)) => format!("; you may mean {known}"),
        _ => format!("; the sandbox's first page, /, lists all {} parties", all.len()),
    }
}

/// What to change about a URL that belongs to no service.
pub(crate) fn no_service(path: &str, services: &Services) -> String {
    let all = || services.catalogue.0.iter().copied();
    if let Some(service) = all().find(|service| path.split('/').any(|part| part == service.name)) {
        return format!("{} has its URLs below {}", service.name, service.base);
    }
    let begins = path.split('/').take(4).collect::<Vec<_>>().join("/");
    if let Some(base) = nearest(&begins, all().map(|service| service.base)) {
        return format!("a service has its URLs below {base}");
    }
    let bases: Vec<_> = all().map(|service| service.base).collect();
    format!("the services have their URLs below {}; by host name, see /", bases.join(", "))
}
