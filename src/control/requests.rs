//! `/sandbox/requests`: the journal of the session.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use chrono::{DateTime, NaiveDate, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::coverage::CoverageQuery;
use super::queries::{read_query, sessions_to_read};
use super::request_filter::RequestFilter;
use crate::config::base_url;
use crate::evidence::har::archive;
use crate::interface::pages::{Begun, Problem, Shared, refused};
use crate::session::Session;
use crate::session::exchange::KeptBody;
use crate::session::journal::{Entry, FoundFault};

/// What was found.
#[derive(Serialize, JsonSchema)]
pub(super) struct RequestList {
    /// How many fit, of those that are kept, whatever the limit.
    count: usize,
    /// How many requests the session has had in all.
    total: u64,
    /// How many of them are not kept any longer, so that no filter finds them.
    dropped: u64,
    /// Why calls of the session may be missing that this journal never had. Absent if it has had all.
    #[serde(skip_serializing_if = "Option::is_none")]
    unseen: Option<&'static str>,
    /// Newest first.
    requests: Vec<RequestView>,
}

/// A request and what came of it.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct RequestView {
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
    /// The id of the trace that the caller says it is part of (`traceparent`).
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<String>,
    /// The id of the span that called.
    #[serde(skip_serializing_if = "Option::is_none")]
    span_id: Option<String>,
    /// The name of the test that it belongs to, as `Sandbox-Test` says.
    #[serde(skip_serializing_if = "Option::is_none")]
    test: Option<String>,
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
    /// How sure it is that the real service answers the same, as in `Sandbox-Fidelity`.
    #[serde(skip_serializing_if = "Option::is_none")]
    fidelity: Option<FidelityView>,
    /// All that was wrong with what was sent, where the answer lists it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    findings: Vec<FindingView>,
    /// How long it took until the answer began, in ms. Absent as long as it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    took: Option<f64>,
    /// The caller closed its side before there was an answer.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    gave_up: bool,
    /// The protocol that it came by: `HTTP/1.1`, `HTTP/1.0` or `HTTP/2`.
    protocol: &'static str,
    /// The number of its connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    connection: Option<u64>,
    /// The body that was sent, up to 16 KiB of it, where the service keeps bodies; real personal numbers masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
}

/// How sure it is that the real service answers the same.
#[derive(Serialize, JsonSchema)]
struct FidelityView {
    /// The weakest label of what the answer leans on: `published`, `observed` or `chosen`.
    label: &'static str,
    /// The anchors of those lines in docs/fidelity.md, the weakest first.
    see: Vec<&'static str>,
}

/// Something that was wrong with what was sent.
#[derive(Serialize, JsonSchema)]
struct FindingView {
    code: String,
    message: String,
    /// Where in the body, as a JSON pointer; empty for the whole body.
    pointer: String,
}

pub(super) fn view(entry: &Entry) -> RequestView {
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
        client: entry.client.as_ref().map(ToString::to_string),
        korrelasjonsid: entry.korrelasjonsid.to_string(),
        trace_id: entry.trace.as_ref().map(|trace| trace.trace_id().to_owned()),
        span_id: entry.trace.as_ref().map(|trace| trace.span_id().to_owned()),
        test: text(&entry.test),
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
        fidelity: entry.fidelity.as_ref().map(|leaning| FidelityView {
            label: leaning.label.word(),
            see: leaning.see.iter().map(|(_, id)| *id).collect(),
        }),
        findings: entry.findings.iter().map(finding).collect(),
        took: entry.ending.milliseconds(),
        gave_up: entry.ending.gave_up(),
        protocol: entry.protocol(),
        connection: Some(entry.connection).filter(|connection| *connection > 0),
        body: text(&entry.sent),
    }
}

impl RequestView {
    /// Without the body that was sent, for a list that is sent as it grows.
    pub(super) fn without_body(self) -> Self {
        Self { body: None, ..self }
    }
}

/// A request with what went over the wire.
#[derive(Serialize, JsonSchema)]
pub(super) struct WholeRequest {
    session: String,
    #[serde(flatten)]
    entry: RequestView,
    /// What was sent. Absent if headers and bodies are not kept (`--journal-bodies off`), or not any longer.
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<MessageView>,
    /// What was answered, or would have been if a fault had let it.
    #[serde(skip_serializing_if = "Option::is_none")]
    response: Option<MessageView>,
}

/// Headers and a body.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct MessageView {
    /// Those that carry tokens are masked.
    headers: Vec<HeaderView>,
    /// Up to 64 kB of it; tokens, secrets and real personal numbers masked.
    body: String,
    /// The length of the whole body, in bytes.
    length: usize,
}

/// A header.
#[derive(Serialize, JsonSchema)]
struct HeaderView {
    name: String,
    value: String,
}

impl MessageView {
    fn new(headers: Vec<(String, String)>, body: &KeptBody) -> Self {
        let headers = headers.into_iter().map(|(name, value)| HeaderView { name, value }).collect();
        Self { headers, body: body.text(), length: body.length }
    }
}

fn whole(session: &Session, entry: &Entry) -> WholeRequest {
    let held = entry.exchange.lock();
    let exchange = held.as_deref();
    WholeRequest {
        session: session.name.to_string(),
        entry: view(entry),
        request: exchange.map(|it| MessageView::new(it.request_headers(), it.request())),
        response: exchange.map(|it| MessageView::new(it.response_headers(), it.response())),
    }
}

/// One request, with what went over the wire.
pub(super) async fn show(Begun(session): Begun, Path(number): Path<String>) -> Result<Json<WholeRequest>, Problem> {
    let read: u64 = number.parse().map_err(|_| Problem::bad_request("the number of a request is a whole number"))?;
    let entry = session
        .journal
        .entry(read)
        .ok_or_else(|| Problem::not_found(format!("the journal of {} keeps no request {read}", session.name)))?;
    Ok(Json(whole(&session, &entry)))
}

/// The journals of sessions as HAR 1.2.
pub(super) async fn har(
    State(shared): State<Arc<Shared>>,
    Begun(session): Begun,
    RawQuery(query): RawQuery,
) -> Result<Response, Response> {
    let sessions = named(&shared, session, query.as_deref())?;
    let base = base_url(shared.address);
    let archive = move || archive(sessions.iter().map(|session| &**session), &base).to_string();
    let text = shared.turns.take(0, archive).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], text).into_response())
}

/// The journals of sessions as JSON Lines, the oldest request first.
pub(super) async fn lines(
    State(shared): State<Arc<Shared>>,
    Begun(session): Begun,
    RawQuery(query): RawQuery,
) -> Result<Response, Response> {
    let sessions = named(&shared, session, query.as_deref())?;
    let write = move || json_lines(&sessions);
    let text = shared.turns.take(0, write).await?;
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], text).into_response())
}

/// The journals of sessions as JSON Lines.
pub(super) fn json_lines(sessions: &[Arc<Session>]) -> String {
    let mut text = String::new();
    for session in sessions {
        for entry in session.journal.entries() {
            text.push_str(&serde_json::to_string(&whole(session, &entry)).unwrap_or_default());
            text.push('\n');
        }
    }
    text
}

#[expect(clippy::result_large_err, reason = "it is the answer")]
fn named(shared: &Shared, session: Arc<Session>, query: Option<&str>) -> Result<Vec<Arc<Session>>, Response> {
    let query: CoverageQuery =
        read_query(query.unwrap_or_default(), &CoverageQuery::NAMES).map_err(|why| refused(&why))?;
    sessions_to_read(shared, session, query.sessions.as_deref()).map_err(|why| refused(&why))
}

fn finding(finding: &FoundFault) -> FindingView {
    FindingView {
        code: finding.code.to_string(),
        message: finding.message.to_string(),
        pointer: finding.pointer.to_string(),
    }
}

pub(super) async fn list(
    State(shared): State<Arc<Shared>>,
    Begun(session): Begun,
    RawQuery(query): RawQuery,
) -> Result<Json<RequestList>, Response> {
    let read = RequestFilter::read(query.as_deref().unwrap_or_default(), shared.services);
    let (filter, after, limit) = read.map_err(|why| refused(&why))?;
    let found = session.journal.find(&filter, after, limit);
    let requests = found.entries.iter().map(|entry| view(entry)).collect();
    let unseen = session.journal.unseen().map(|unseen| unseen.en);
    Ok(Json(RequestList { count: found.count, total: found.total, dropped: found.dropped, unseen, requests }))
}

/// Forgets all requests. It takes no filter: one that were passed over would make it forget too much.
pub(super) async fn clear(Begun(session): Begun, RawQuery(query): RawQuery) -> Result<StatusCode, Problem> {
    if query.is_some_and(|query| !query.is_empty()) {
        let detail = "this deletes the whole journal of the session and takes no filter; leave the query out";
        return Err(Problem::bad_request(detail));
    }
    session.journal.clear();
    Ok(StatusCode::NO_CONTENT)
}
