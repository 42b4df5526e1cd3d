//! Builds responses, and adds the headers that say where they come from.

use std::borrow::Cow;
use std::time::Duration;

use axum::body::Bytes;
use http::header::{
    ALLOW, AUTHORIZATION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER,
    WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, Response, StatusCode};
use http_body_util::{Either, Full};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::Value;

use super::Body;
use super::id::KORRELASJONSID;
use super::planned::{Plan, Planned};
use super::received::Received;
use crate::access::INVALID_TOKEN;
use crate::browser::{Foreign, allow_sending};
use crate::catalogue::{Endpoint, Service, Success};
use crate::faults::Cause;
use crate::faults::duration::write_duration;
use crate::faults::effects::Fault;
use crate::faults::refused::Refused;
use crate::interface::negotiation::{Format, negotiate};
use crate::interface::pages::POLICY;
use crate::interface::{Answer, Envelope, Reason, Refusal};
use crate::library::cache::KeptHead;
use crate::load::Busy;
use crate::redact::redacted;
use crate::router::Target;
use crate::scenario::Party;
use crate::session::call_id::CallId;

pub(super) const SANDBOX_CAUSE: HeaderName = HeaderName::from_static("sandbox-cause");
const SANDBOX_EFFECTS: HeaderName = HeaderName::from_static("sandbox-effects");
pub(super) const SANDBOX_FIDELITY: HeaderName = HeaderName::from_static("sandbox-fidelity");
const SANDBOX_HINT: HeaderName = HeaderName::from_static("sandbox-hint");
const SANDBOX_LITERAL: HeaderName = HeaderName::from_static("sandbox-literal");
const SANDBOX_SCENARIO: HeaderName = HeaderName::from_static("sandbox-scenario");
const SANDBOX_WARNING: HeaderName = HeaderName::from_static("sandbox-warning");

/// What the headers of a response are made from.
pub(super) struct Head<'a> {
    pub(super) received: &'a Received,
    /// The plan; nothing if the call failed before it had one.
    pub(super) plan: Option<&'a Plan>,
    pub(super) party: Option<&'a Party>,
    /// The form of the errors of the service that is called.
    pub(super) envelope: Envelope,
    /// Whether its errors come in XML, too.
    pub(super) has_xml: bool,
}

impl<'a> Head<'a> {
    /// The head of an answer without a plan.
    pub(super) fn new(received: &'a Received, target: &Target) -> Self {
        let (envelope, has_xml) = match target {
            Target::Service { route, .. } => (route.module.envelope, route.module.service.has_xml()),
            Target::Page | Target::Nothing => (Envelope::Feil, true),
        };
        Self { received, plan: None, party: None, envelope, has_xml }
    }

    fn cause(&self) -> Cause {
        self.plan.map_or(Cause::Natural, Plan::cause)
    }

    /// A successful answer, in a format.
    pub(super) fn success(
        &self,
        answer: Answer,
        format: Format,
        endpoint: Option<&Endpoint>,
        warning: Option<Cow<'static, str>>,
    ) -> Response<Body> {
        let success = endpoint.map_or(Success::OK, |endpoint| endpoint.success);
        let status = answer.status.unwrap_or(success.status);
        if tracing::enabled!(tracing::Level::DEBUG) {
            let (method, path) = (redacted(self.received.parts.method.as_str()), redacted(self.received.path()));
            let id = redacted(self.received.id.as_str());
            let session = self.received.session_name();
            tracing::debug!(session, %method, path = &*path, status, korrelasjonsid = &*id, trace_id = self.received.trace_id(), "answered");
        }
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
        // The head of an answer that is kept is made twice: without a warning, and with the first one that the house adds.
        let kept = answer.heads.as_ref().filter(|_| self.cause() == Cause::Natural && answer.warning.is_none());
        let headers = match kept.map(|heads| &heads.0[usize::from(warning.is_some())]) {
            Some(kept) => {
                let literal = answer.literal.as_deref();
                let kept = kept.get_or_init(|| KeptHead {
                    warning: warning.clone(),
                    headers: self.head(format, literal, warning.clone()),
                });
                if kept.warning == warning { kept.headers.clone() } else { self.head(format, literal, warning) }
            }
            None => self.head(format, answer.literal.as_deref(), warning),
        };
        let is_empty = answer.body.is_empty();
        let mut response = Response::new(Either::Left(Full::new(answer.body)));
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        if is_empty {
            response.headers_mut().remove(CONTENT_TYPE);
        }
        for (name, value) in answer.headers {
            response.headers_mut().insert(name, value);
        }
        response
    }

    /// The headers of a successful answer, without those that the service adds.
    fn head(&self, format: Format, literal: Option<&str>, warning: Option<Cow<'static, str>>) -> HeaderMap {
        let mut headers = HeaderMap::with_capacity(ROOM);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(format.content_type()));
        if let Some(warning) = warning {
            headers.insert(SANDBOX_WARNING, header_of(warning));
        }
        headers.insert(SANDBOX_CAUSE, HeaderValue::from_static(self.cause().name()));
        headers.insert(SANDBOX_SCENARIO, self.scenario());
        if let Some(literal) = literal.and_then(|file| HeaderValue::from_str(&ascii(file)).ok()) {
            headers.insert(SANDBOX_LITERAL, literal);
        }
        // Their places are kept, so that a copy need not grow.
        headers.insert(KORRELASJONSID, HeaderValue::from_static(""));
        headers.insert(SANDBOX_FIDELITY, HeaderValue::from_static(""));
        headers
    }

    fn scenario(&self) -> HeaderValue {
        let none = || HeaderValue::from_static("none");
        self.party.map_or_else(none, |party| {
            let make = || HeaderValue::from_str(&ascii(&party.kilde)).unwrap_or_else(|_| none());
            party.kilde_header.get_or_init(make).clone()
        })
    }

    /// A refusal in the service's envelope; `change` may drift it.
    pub(super) fn refusal(
        &self,
        refusal: &Refusal,
        warning: Option<&str>,
        change: impl FnOnce(&mut Value),
    ) -> Response<Body> {
        let status = refusal.status();
        log(self.received, status, refusal.code().map_or("findings", |code| code.code), self.cause());
        // A caller who accepts neither format is told so in JSON.
        let format = match (self.has_xml, refusal) {
            (true, Refusal::Code { .. }) => negotiate(&self.received.parts.headers).unwrap_or_default(),
            _ => Format::Json,
        };
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = refusal.body(self.envelope, format, self.received.id.as_str(), change);
        let mut response = whole(status, format.content_type(), body.into());
        let headers = response.headers_mut();
        if let Some(warning) = warning.and_then(|warning| HeaderValue::from_str(warning).ok()) {
            headers.insert(SANDBOX_WARNING, warning);
        }
        if let Some(hint) = refusal.hint_text().and_then(|hint| HeaderValue::from_str(&ascii(hint)).ok()) {
            headers.insert(SANDBOX_HINT, hint);
        }
        match refusal.reason() {
            Some(Reason::Method(allow)) => {
                if let Ok(allow) = HeaderValue::from_str(allow) {
                    headers.insert(ALLOW, allow);
                }
            }
            Some(Reason::Token(_, challenge)) if status == StatusCode::UNAUTHORIZED => {
                let challenge = HeaderValue::from_str(challenge).unwrap_or(HeaderValue::from_static("Bearer"));
                headers.insert(WWW_AUTHENTICATE, challenge);
            }
            _ if status == StatusCode::UNAUTHORIZED => {
                // Asked for, or for want of a token. With one, it is the token that is refused.
                let has_token = self.received.parts.headers.contains_key(AUTHORIZATION);
                let challenge = if has_token { INVALID_TOKEN } else { "Bearer" };
                headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
            }
            _ => {}
        }
        self.label(&mut response);
        response
    }

    /// The response of a fault that replaces the answer. Faults that hang up throw it away later.
    pub(super) fn replaced(&self, fault: Fault) -> Response<Body> {
        const TEXT: &str = "text/plain; charset=utf-8";
        let (status, content_type, body) = match fault {
            Fault::GatewayText => {
                (StatusCode::NOT_FOUND, TEXT, "Unknown instance. ID=8ac200000000000000000000000000ff")
            }
            Fault::Html => (StatusCode::BAD_GATEWAY, "text/html; charset=utf-8", PROXY_PAGE),
            Fault::TooMany(_) => (StatusCode::TOO_MANY_REQUESTS, TEXT, "Too Many Requests"),
            _ => (StatusCode::SERVICE_UNAVAILABLE, TEXT, "Service Unavailable"),
        };
        if fault.hangs_up() {
            let (method, path) = (redacted(self.received.parts.method.as_str()), redacted(self.received.path()));
            let session = self.received.session_name();
            tracing::info!(session, %method, path = &*path, %fault, cause = self.cause().name(), trace_id = self.received.trace_id(), "hung up");
        } else {
            log(self.received, status.as_u16(), &fault.to_string(), self.cause());
        }
        let mut response = whole(status, content_type, Bytes::from_static(body.as_bytes()));
        if let Fault::TooMany(after) = fault {
            response.headers_mut().insert(RETRY_AFTER, after.as_secs().into());
        }
        self.label(&mut response);
        response
    }

    /// Adds the headers that every answer has.
    fn label(&self, response: &mut Response<Body>) {
        label(response, self.cause(), self.scenario());
    }
}

/// Room for the usual headers and those that the server adds.
const ROOM: usize = 9;

/// Logs an answer that is not a success, redacted.
fn log(received: &Received, status: u16, code: &str, cause: Cause) {
    if tracing::enabled!(tracing::Level::INFO) {
        let (method, path) = (redacted(received.parts.method.as_str()), redacted(received.path()));
        let id = redacted(received.id.as_str());
        tracing::info!(
            session = received.session_name(),
            %method,
            path = &*path,
            status,
            code,
            cause = cause.name(),
            korrelasjonsid = &*id,
            trace_id = received.trace_id(),
            "answered"
        );
    }
}

/// The response for a modifier or a request that cannot be used.
pub(super) fn refused_modifier(refused: &Refused, received: &Received) -> Response<Body> {
    log(received, refused.status, "refused", refused.cause());
    problem(refused)
}

fn problem(refused: &Refused) -> Response<Body> {
    let body = serde_json::to_vec(refused).unwrap_or_default();
    let status = StatusCode::from_u16(refused.status).unwrap_or(StatusCode::BAD_REQUEST);
    let mut response = whole(status, "application/problem+json", body.into());
    label(&mut response, refused.cause(), HeaderValue::from_static("none"));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    }
    if let Some(hint) = refused.hint {
        response.headers_mut().insert(SANDBOX_HINT, HeaderValue::from_static(hint));
    }
    response
}

/// What `Sandbox-Cause` tells of a request of a foreign page. It is never in a journal, so it is no [`Cause`].
const FOREIGN_PAGE: HeaderValue = HeaderValue::from_static("foreign-page");

/// The response for a request of a foreign page.
pub(super) fn refused_page(foreign: &Foreign, received: &Received) -> Response<Body> {
    log_refused_page(received, &foreign.detail);
    let body = serde_json::json!({
        "type": "urn:innkreving-sandbox:foreign-page",
        "title": "The request may come from a foreign web page",
        "status": 403,
        "detail": foreign.detail,
        "hint": foreign.hint,
    });
    let mut response = whole(StatusCode::FORBIDDEN, "application/problem+json", body.to_string().into());
    label(&mut response, Cause::Natural, HeaderValue::from_static("none"));
    let headers = response.headers_mut();
    headers.insert(SANDBOX_CAUSE, FOREIGN_PAGE);
    if let Ok(hint) = HeaderValue::from_str(&ascii(&foreign.hint)) {
        headers.insert(SANDBOX_HINT, hint);
    }
    secure(headers);
    response
}

fn log_refused_page(received: &Received, detail: &str) {
    let (method, path) = (redacted(received.parts.method.as_str()), redacted(received.path()));
    tracing::info!(%method, path = &*path, status = 403, cause = "foreign-page", detail, "answered");
}

/// Tells a browser that a page that `--allow-origin` names may send what it asks for.
pub(super) fn of_preflight(received: &Received) -> Response<Body> {
    let mut response = Response::new(Either::Left(Full::default()));
    *response.status_mut() = StatusCode::NO_CONTENT;
    allow_sending(response.headers_mut(), &received.parts.headers);
    identify(&mut response, &received.id);
    response
}

/// Adds the headers that keep a browser from guessing the content type of a page, from showing it in a frame, and from
/// running anything in it. A page with a style of its own brings its own policy.
fn secure(headers: &mut HeaderMap) {
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
}

/// The response for a page that finds no room.
pub(super) fn busy(busy: Busy) -> Response<Body> {
    problem(&Refused::busy(busy.0))
}

fn label(response: &mut Response<Body>, cause: Cause, scenario: HeaderValue) {
    let headers = response.headers_mut();
    headers.insert(SANDBOX_CAUSE, HeaderValue::from_static(cause.name()));
    headers.insert(SANDBOX_SCENARIO, scenario);
}

/// Adds the id of the call.
pub(super) fn identify(response: &mut Response<Body>, id: &CallId) {
    if let Ok(id) = HeaderValue::from_bytes(id.as_bytes()) {
        response.headers_mut().insert(KORRELASJONSID, id);
    }
}

/// Adds the headers that every answer has to a page.
pub(super) fn label_page(response: &mut Response<Body>, id: &CallId, warning: Option<&'static str>) {
    label(response, Cause::Natural, HeaderValue::from_static("none"));
    secure(response.headers_mut());
    identify(response, id);
    if let Some(warning) = warning {
        response.headers_mut().insert(SANDBOX_WARNING, HeaderValue::from_static(warning));
    }
}

fn header_of(text: Cow<'static, str>) -> HeaderValue {
    match text {
        Cow::Borrowed(text) => HeaderValue::from_static(text),
        Cow::Owned(text) => HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("")),
    }
}

fn whole(status: StatusCode, content_type: &'static str, body: Bytes) -> Response<Body> {
    let mut response = Response::new(Either::Left(Full::new(body)));
    *response.status_mut() = status;
    response.headers_mut().reserve(ROOM);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

const PROXY_PAGE: &str = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n\
    <center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n";

/// Adds `Sandbox-Effects`: what was done to the answer, with all drawn values.
pub(super) fn tell_effects(response: &mut Response<Body>, planned: &Planned<'_>, delay: Option<Duration>, seed: u64) {
    let (plan, modifiers) = (&planned.plan, planned.plan.modifiers());
    if modifiers.is_idle() && plan.code.is_none() && plan.rules.is_empty() {
        return;
    }
    let service = match planned.call.target {
        Target::Service { route, .. } => Some(route.module.service),
        Target::Page | Target::Nothing => None,
    };
    let mut effects: Vec<String> = Vec::new();
    if let (Some(delay), Some(chosen)) = (delay, &modifiers.delay) {
        effects.push(format!("delay={} ({})", write_duration(delay), chosen.cause.name()));
    }
    if let Some(code) = plan.code.as_ref().filter(|_| modifiers.replacing().is_none()) {
        effects.push(format!("error={} ({})", ascii(&code.value.to_string()), code.cause.name()));
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
    if let Some(party) = modifiers.party.as_ref().filter(|_| service.is_some_and(Service::takes_party)) {
        let idle = if planned.subject.is_open { "" } else { "; the token says whose" };
        effects.push(format!("party={} ({}{idle})", party.value, party.cause.name()));
    }
    for (own, given) in &modifiers.own {
        effects.push(format!("{}={} ({})", own.name, given.value, given.cause.name()));
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

/// Percent-encodes a text so that a header can carry it.
fn ascii(name: &str) -> Cow<'_, str> {
    const NOT_IN_HEADERS: &AsciiSet = &CONTROLS.add(b'%');
    utf8_percent_encode(name, NOT_IN_HEADERS).into()
}
