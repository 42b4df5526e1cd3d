//! Answers put together, and labelled with where they come from.

use std::borrow::Cow;
use std::time::Duration;

use axum::body::Bytes;
use http::header::{ALLOW, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use http::request::Parts;
use http::{Response, StatusCode};
use http_body_util::{Either, Full};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::Value;

use super::{Body, State};
use crate::catalogue::{PartyIn, Service};
use crate::faults::Cause;
use crate::faults::duration::write_duration;
use crate::faults::effects::Fault;
use crate::faults::refused::Refused;
use crate::pipeline::plan::Plan;
use crate::redact::redacted;
use crate::scenario::Party;
use crate::services::Envelope;
use crate::services::call::Answer;
use crate::services::errors::ServiceError;
use crate::services::negotiation::{Format, negotiate};

const KORRELASJONSID: HeaderName = HeaderName::from_static("korrelasjonsid");
const SANDBOX_CAUSE: HeaderName = HeaderName::from_static("sandbox-cause");
const SANDBOX_EFFECTS: HeaderName = HeaderName::from_static("sandbox-effects");
const SANDBOX_HINT: HeaderName = HeaderName::from_static("sandbox-hint");
const SANDBOX_SCENARIO: HeaderName = HeaderName::from_static("sandbox-scenario");
const SANDBOX_WARNING: HeaderName = HeaderName::from_static("sandbox-warning");

/// What an answer says of itself besides its body.
pub(super) struct Told<'a> {
    pub(super) parts: &'a Parts,
    pub(super) id: &'a str,
    /// What was planned; nothing where it did not come so far.
    pub(super) plan: Option<&'a Plan>,
    pub(super) party: Option<&'a Party>,
    /// The form of the errors of the service that is called.
    pub(super) envelope: Envelope,
}

impl Told<'_> {
    fn cause(&self) -> Cause {
        self.plan.map_or(Cause::Natural, Plan::cause)
    }

    /// One log line for an answer that is no success, without what a log must not hold.
    fn log(&self, status: u16, code: &str, cause: Cause) {
        if tracing::enabled!(tracing::Level::INFO) {
            let (method, path, id) = (&self.parts.method, redacted(self.parts.uri.path()), redacted(self.id));
            tracing::info!(%method, path, status, code, cause = cause.name(), korrelasjonsid = id, "answered");
        }
    }
}

pub(super) fn succeeded(answer: Answer, told: &Told<'_>) -> Response<Body> {
    if tracing::enabled!(tracing::Level::DEBUG) {
        let (method, path) = (&told.parts.method, redacted(told.parts.uri.path()));
        tracing::debug!(%method, path, status = 200, korrelasjonsid = redacted(told.id), "answered");
    }
    let mut response = whole(StatusCode::OK, answer.format.content_type(), answer.body);
    if let Some(warning) = answer.warning {
        response.headers_mut().insert(SANDBOX_WARNING, HeaderValue::from_static(warning));
    }
    label(&mut response, told.cause(), told.party);
    response
}

/// An error in the service's envelope; `change` may drift it.
pub(super) fn failed(error: &ServiceError, told: &Told<'_>, change: impl FnOnce(&mut Value)) -> Response<Body> {
    told.log(error.kode.status, error.kode.code, told.cause());
    // Whoever admits neither format is told so in JSON.
    let format = match told.envelope {
        Envelope::Feil => negotiate(&told.parts.headers).unwrap_or_default(),
        Envelope::FeilInJson | Envelope::OAuth => Format::Json,
    };
    let status = StatusCode::from_u16(error.kode.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = whole(status, format.content_type(), error.body(told.envelope, format, told.id, change).into());
    let headers = response.headers_mut();
    if let Some(allow) = error.allow {
        headers.insert(ALLOW, HeaderValue::from_static(allow));
    }
    if let Some(warning) = error.warning {
        headers.insert(SANDBOX_WARNING, HeaderValue::from_static(warning));
    }
    if let Some(hint) = error.hint.as_deref().and_then(|hint| HeaderValue::from_str(&ascii(hint)).ok()) {
        headers.insert(SANDBOX_HINT, hint);
    }
    if status == StatusCode::UNAUTHORIZED {
        let challenge = error.challenge.as_deref().unwrap_or("Bearer");
        let challenge = HeaderValue::from_str(challenge).unwrap_or(HeaderValue::from_static("Bearer"));
        headers.insert(WWW_AUTHENTICATE, challenge);
    }
    label(&mut response, told.cause(), told.party);
    response
}

/// What stands in for an answer that a fault leaves nothing of. Some faults throw it away again.
pub(super) fn replaced(fault: Fault, told: &Told<'_>) -> Response<Body> {
    const TEXT: &str = "text/plain; charset=utf-8";
    let (status, content_type, body) = match fault {
        Fault::GatewayText => (StatusCode::NOT_FOUND, TEXT, "Unknown instance. ID=8ac200000000000000000000000000ff"),
        Fault::Html => (StatusCode::BAD_GATEWAY, "text/html; charset=utf-8", PROXY_PAGE),
        Fault::TooMany(_) => (StatusCode::TOO_MANY_REQUESTS, TEXT, "Too Many Requests"),
        _ => (StatusCode::SERVICE_UNAVAILABLE, TEXT, "Service Unavailable"),
    };
    if fault.hangs_up() {
        let (method, path) = (&told.parts.method, redacted(told.parts.uri.path()));
        tracing::info!(%method, path, %fault, cause = told.cause().name(), "hung up");
    } else {
        told.log(status.as_u16(), &fault.to_string(), told.cause());
    }
    let mut response = whole(status, content_type, Bytes::from_static(body.as_bytes()));
    if let Fault::TooMany(after) = fault {
        response.headers_mut().insert(RETRY_AFTER, after.as_secs().into());
    }
    label(&mut response, told.cause(), told.party);
    response
}

const PROXY_PAGE: &str = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n\
    <center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n";

pub(super) fn refuse(refused: &Refused, parts: &Parts, id: &str) -> Response<Body> {
    Told { parts, id, plan: None, party: None, envelope: Envelope::Feil }.log(
        refused.status,
        "refused",
        Cause::RefusedModifier,
    );
    let body = serde_json::to_vec(refused).unwrap_or_default();
    let status = StatusCode::from_u16(refused.status).unwrap_or(StatusCode::BAD_REQUEST);
    let mut response = whole(status, "application/problem+json", body.into());
    label(&mut response, Cause::RefusedModifier, None);
    response
}

fn whole(status: StatusCode, content_type: &'static str, body: Bytes) -> Response<Body> {
    let mut response = Response::new(Either::Left(Full::new(body)));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

pub(super) fn label_page(response: &mut Response<Body>) {
    label(response, Cause::Natural, None);
}

/// What every answer says of itself.
fn label(response: &mut Response<Body>, cause: Cause, party: Option<&Party>) {
    let headers = response.headers_mut();
    headers.insert(SANDBOX_CAUSE, HeaderValue::from_static(cause.name()));
    let scenario =
        party.map_or(Ok(HeaderValue::from_static("none")), |party| HeaderValue::from_str(&ascii(&party.kilde)));
    headers.insert(SANDBOX_SCENARIO, scenario.unwrap_or(HeaderValue::from_static("none")));
}

/// What was done to the answer, with all that was drawn.
pub(super) fn tell_effects(
    response: &mut Response<Body>,
    plan: &Plan,
    service: Option<&Service>,
    takes_party: bool,
    delay: Option<Duration>,
    seed: u64,
) {
    let modifiers = &plan.modifiers;
    let mut effects: Vec<String> = Vec::new();
    if let (Some(delay), Some(chosen)) = (delay, &modifiers.delay) {
        effects.push(format!("delay={} ({})", write_duration(delay), chosen.cause.name()));
    }
    if let Some(fault) = &modifiers.fault {
        effects.push(format!("fault={} ({})", fault.value, fault.cause.name()));
    }
    if let Some(drift) = &modifiers.drift {
        effects.push(format!("drift={} ({}), seed={seed}", drift.value, drift.cause.name()));
    }
    if let Some(now) = &modifiers.now {
        effects.push(format!("now={} ({})", now.value.1, now.cause.name()));
    }
    if let Some(edition) = &modifiers.edition {
        let idle = service.filter(|service| !service.has_editions);
        let idle = idle.map(|service| format!("; {} has no editions", service.name)).unwrap_or_default();
        effects.push(format!("edition={} ({}{idle})", edition.value, edition.cause.name()));
    }
    if let Some(party) = modifiers.party.as_ref().filter(|_| service.is_some_and(|it| it.party == PartyIn::Token)) {
        let idle = if takes_party { "" } else { "; the token says whose" };
        effects.push(format!("party={} ({}{idle})", party.value, party.cause.name()));
    }
    if !plan.rules.is_empty() {
        effects.push(format!("rules={}", plan.rules.join(" ")));
    }
    if !effects.is_empty()
        && let Ok(value) = HeaderValue::from_str(&effects.join(", "))
    {
        response.headers_mut().insert(SANDBOX_EFFECTS, value);
    }
}

/// Puts on the caller's id, and a warning where there is one.
pub(super) fn identify(response: &mut Response<Body>, id: &str, warning: Option<&'static str>) {
    if let Ok(id) = HeaderValue::from_str(id) {
        response.headers_mut().insert(KORRELASJONSID, id);
    }
    if let Some(warning) = warning {
        response.headers_mut().insert(SANDBOX_WARNING, HeaderValue::from_static(warning));
    }
}

/// A text as a header can carry it.
fn ascii(name: &str) -> Cow<'_, str> {
    const NOT_IN_HEADERS: &AsciiSet = &CONTROLS.add(b'%');
    utf8_percent_encode(name, NOT_IN_HEADERS).into()
}

/// The caller's id, from the header or the query; a new one where there is none that can be sent back.
pub(super) fn korrelasjonsid(parts: &Parts, state: &State) -> String {
    let header = parts.headers.get(KORRELASJONSID).and_then(|value| value.to_str().ok()).map(Cow::from);
    let query = || {
        let pairs = form_urlencoded::parse(parts.uri.query()?.as_bytes());
        pairs.into_iter().find(|(key, _)| key.eq_ignore_ascii_case("korrelasjonsid")).map(|(_, value)| value)
    };
    let usable = |id: &Cow<'_, str>| (1..=128).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic());
    match header.filter(usable).or_else(|| query().filter(usable)) {
        Some(id) => id.into_owned(),
        None => state.new_id(),
    }
}
