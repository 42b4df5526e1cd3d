//! `/sandbox/requests`: the journal of the session.

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Json;
use chrono::{DateTime, NaiveDate, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::catalogue::Catalogue;
use crate::faults::Cause;
use crate::interface::pages::{Begun, Problem, Shared};
use crate::redact::redacted;
use crate::session::journal::{Entry, Filter, FoundFault};

/// Which requests are asked for; what is left out fits all.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RequestFilter {
    /// A service by name.
    service: Option<String>,
    /// An endpoint by the last part of its path.
    endpoint: Option<String>,
    /// The text in the number's place of the URL, valid or not.
    party: Option<String>,
    /// The code that was answered, or one of the findings.
    code: Option<String>,
    /// The `client_id` of the token.
    client: Option<String>,
    /// The HTTP status that was answered.
    status: Option<u16>,
    /// What the answer was due to, as in `Sandbox-Cause`.
    cause: Option<String>,
    /// The id of one request.
    korrelasjonsid: Option<String>,
    /// How many to tell, 50 where left out; `count` counts all.
    #[schemars(range(max = u32::MAX))]
    limit: Option<u32>,
}

/// What was found.
#[derive(Serialize, JsonSchema)]
pub(super) struct RequestList {
    /// How many fit, of those that are kept.
    count: usize,
    /// How many requests the session has had in all.
    total: u64,
    /// How many of them are not kept any longer, so that no filter finds them.
    dropped: u64,
    /// Newest first.
    requests: Vec<RequestView>,
}

/// A request and what came of it.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct RequestView {
    /// Counted from 1 in the session.
    number: u64,
    time: DateTime<Utc>,
    /// The observer's day.
    #[serde(skip_serializing_if = "Option::is_none")]
    day: Option<NaiveDate>,
    method: String,
    /// With the modifiers of the base URL; tokens and real personal numbers masked.
    url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    endpoint: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    package: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    party: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client: Option<String>,
    korrelasjonsid: String,
    /// Absent where the caller got no answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    cause: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    drift: Option<String>,
    /// How long the answer was held back, in ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    delay: Option<u64>,
    /// The rules that had a part in it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rules: Vec<String>,
    /// The checks that the call passed by itself, in their order; absent where the service was not asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    passed: Option<Vec<&'static str>>,
    /// The check that it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    failed: Option<&'static str>,
    /// What the real service would have done otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    warning: Option<String>,
    /// What would have made it succeed.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    /// The file of the scenario's literal answer, where it was given in place of the ledger's.
    #[serde(skip_serializing_if = "Option::is_none")]
    literal: Option<String>,
    /// All that was wrong with what was sent, where the answer lists it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    findings: Vec<FindingView>,
    /// The body that was sent, up to 16 KiB of it, where the service keeps bodies; real personal numbers masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
}

/// Something that was wrong with what was sent.
#[derive(Serialize, JsonSchema)]
struct FindingView {
    code: String,
    message: String,
    /// Where in the body, as a JSON pointer; empty for the whole body.
    pointer: String,
}

fn view(entry: &Entry) -> RequestView {
    let text = |text: &Option<Box<str>>| text.as_deref().map(str::to_owned);
    RequestView {
        number: entry.number,
        time: entry.time,
        day: entry.day,
        method: entry.method.to_string(),
        url: entry.url.to_string(),
        service: entry.service,
        endpoint: entry.endpoint,
        package: entry.package.as_deref().map(str::to_owned),
        party: entry.party.as_ref().map(ToString::to_string),
        client: text(&entry.client),
        korrelasjonsid: entry.korrelasjonsid.as_str().to_owned(),
        status: entry.status,
        code: entry.code,
        message: text(&entry.message),
        cause: entry.cause.name(),
        fault: entry.fault.map(|fault| fault.to_string()),
        drift: entry.drift.map(|drift| drift.to_string()),
        delay: entry.delay,
        rules: entry.rules.iter().map(ToString::to_string).collect(),
        passed: entry.checks.map(crate::session::journal::Checks::passed),
        failed: entry.checks.and_then(|checks| checks.failed).map(crate::catalogue::Check::name),
        warning: entry.warning.as_deref().map(str::to_owned),
        hint: text(&entry.hint),
        literal: entry.literal.as_deref().map(str::to_owned),
        findings: entry.findings.iter().map(finding).collect(),
        body: text(&entry.sent),
    }
}

fn finding(finding: &FoundFault) -> FindingView {
    FindingView {
        code: finding.code.to_string(),
        message: finding.message.to_string(),
        pointer: finding.pointer.to_string(),
    }
}

/// How many requests are listed if the query has no `limit`.
const DEFAULT_LIMIT: usize = 50;

pub(super) async fn list(
    State(shared): State<Arc<Shared>>,
    Begun(session): Begun,
    filter: Result<Query<RequestFilter>, QueryRejection>,
) -> Result<Json<RequestList>, Problem> {
    let Query(query) = filter.map_err(|error| Problem::bad_request(error.body_text()))?;
    check_filter(&query, shared.services.catalogue)?;
    let filter = Filter {
        service: query.service,
        endpoint: query.endpoint,
        // The journal keeps these values redacted.
        party: query.party.as_deref().map(|text| redacted(text).into_owned()),
        code: query.code,
        client: query.client.as_deref().map(|text| redacted(text).into_owned()),
        status: query.status,
        cause: query.cause,
        korrelasjonsid: query.korrelasjonsid.as_deref().map(|text| redacted(text).into_owned()),
    };
    let found = session
        .journal
        .find(&filter, query.limit.map_or(DEFAULT_LIMIT, |limit| usize::try_from(limit).unwrap_or(usize::MAX)));
    let requests = found.entries.iter().map(|entry| view(entry)).collect();
    Ok(Json(RequestList { count: found.count, total: found.total, dropped: found.dropped, requests }))
}

/// Refuses a filter that no request can ever match, such as a misspelt service. Otherwise a test that expects no
/// requests would pass by mistake.
fn check_filter(query: &RequestFilter, catalogue: Catalogue) -> Result<(), Problem> {
    let refuse = |what: &str, value: &str, known: Vec<&str>| {
        Err(Problem::bad_request(format!("there is no {what} {value:?}; there are {}", known.join(", "))))
    };
    let services: Vec<_> = catalogue.0.iter().map(|service| service.name).collect();
    if let Some(service) = query.service.as_deref().filter(|name| !services.contains(name)) {
        return refuse("service", service, services);
    }
    let endpoints: Vec<_> = catalogue.0.iter().flat_map(|s| s.endpoints).map(|endpoint| endpoint.name).collect();
    if let Some(endpoint) = query.endpoint.as_deref().filter(|name| !endpoints.contains(name)) {
        return refuse("endpoint", endpoint, endpoints);
    }
    let codes: Vec<_> =
        catalogue.0.iter().flat_map(|service| Catalogue::codes_at(Some(service))).map(|code| code.code).collect();
    if let Some(code) = query.code.as_deref().filter(|code| !codes.contains(code)) {
        return refuse("code", code, codes);
    }
    if let Some(status) = query.status.filter(|status| !(100..600).contains(status)) {
        return Err(Problem::bad_request(format!("{status} is not an HTTP status")));
    }
    match query.cause.as_deref().filter(|cause| !Cause::NAMES.contains(cause)) {
        Some(cause) => refuse("cause", cause, Cause::NAMES.to_vec()),
        None => Ok(()),
    }
}

pub(super) async fn clear(Begun(session): Begun) -> StatusCode {
    session.journal.clear();
    StatusCode::NO_CONTENT
}
