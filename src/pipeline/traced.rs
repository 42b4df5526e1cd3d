//! A call as a span, by OpenTelemetry's semantic conventions for HTTP servers. What is the sandbox's own begins with `sandbox.`.

use std::borrow::Cow;

use http::header::{HOST, USER_AGENT};
use http::{HeaderName, Method, Version};

use super::State;
use super::answered::Answered;
use super::received::Received;
use super::response::SANDBOX_CAUSE;
use crate::interface::Scheme;
use crate::redact::redacted;
use crate::router::Target;
use crate::traces::{Span, Value};

const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");

/// The longest text of a caller that a span takes over, in bytes. The standard asks for as much of `tracestate`.
const LONGEST: usize = 512;

/// The methods that the conventions know. Another one could be any word of a caller.
const METHODS: [Method; 9] = [
    Method::GET,
    Method::HEAD,
    Method::POST,
    Method::PUT,
    Method::DELETE,
    Method::CONNECT,
    Method::OPTIONS,
    Method::TRACE,
    Method::PATCH,
];

/// The span of a call that has its answer. Nothing if traces are off, or if the caller's trace is not recorded.
pub(super) fn begun(answered: &Answered, received: &Received, target: &Target, state: &State) -> Option<Box<Span>> {
    state.traces.as_ref()?;
    if received.trace.as_ref().is_some_and(|trace| !trace.is_sampled()) {
        return None;
    }
    Some(Box::new(span(answered, received, target)))
}

fn span(answered: &Answered, received: &Received, target: &Target) -> Span {
    let parts = &received.parts;
    let known = METHODS.contains(&parts.method);
    let method = if known { parts.method.as_str().to_owned() } else { "_OTHER".to_owned() };
    let header = |name: &HeaderName| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let mut attributes = vec![
        ("http.request.method", text(method.clone())),
        ("url.path", text(redacted(parts.uri.path()).into_owned())),
        ("url.scheme", text(if Scheme::of(&parts.extensions) == Scheme::HTTPS { "https" } else { "http" })),
        ("network.protocol.version", text(version(parts.version))),
        ("sandbox.session", text(received.session_name().to_owned())),
        ("sandbox.korrelasjonsid", text(redacted(received.id.as_str()).into_owned())),
    ];
    let mut add = |name, value: Option<Value>| attributes.extend(value.map(|value| (name, value)));
    add("url.query", parts.uri.query().map(|query| text(redacted(query).into_owned())));
    let host =
        header(&HOST).filter(|host| host.len() <= LONGEST).and_then(|host| host.parse::<http::uri::Authority>().ok());
    add("server.address", host.as_ref().map(|host| text(host.host().to_owned())));
    add("server.port", host.and_then(|host| host.port_u16()).map(|port| Value::Number(port.into())));
    let agent = header(&USER_AGENT).filter(|agent| agent.len() <= LONGEST);
    add("user_agent.original", agent.map(|agent| text(redacted(agent).into_owned())));
    let mut name = if known { method } else { "HTTP".to_owned() };
    if let Target::Service { route, .. } = target {
        let service = route.module.service;
        add("sandbox.service", Some(text(service.name)));
        if let Some(endpoint) = route.endpoint() {
            let template = format!("{}/{}", service.base, endpoint.path);
            name = format!("{name} {template}");
            add("http.route", Some(text(template)));
            add("sandbox.endpoint", Some(text(endpoint.name)));
        }
    }
    let cause = answered.response.headers().get(SANDBOX_CAUSE).and_then(|cause| cause.to_str().ok());
    add("sandbox.cause", cause.map(|cause| text(cause.to_owned())));
    add("sandbox.code", answered.code.map(text));
    add("sandbox.fault", answered.fault.map(|fault| text(fault.to_string())));
    let hangs_up = answered.fault.filter(|fault| fault.hangs_up());
    let status = answered.response.status();
    let failed = hangs_up.is_some() || status.is_server_error();
    if let Some(fault) = hangs_up {
        add("error.type", Some(text(fault.name())));
    } else {
        add("http.response.status_code", Some(Value::Number(status.as_u16().into())));
        add("error.type", failed.then(|| text(status.as_str().to_owned())));
    }
    Span {
        name,
        parent: received.trace.clone(),
        state: header(&TRACESTATE)
            .filter(|state| received.trace.is_some() && state.len() <= LONGEST)
            .map(|state| redacted(state).into()),
        began: received.real,
        took: chrono::TimeDelta::zero(),
        attributes,
        failed,
    }
}

fn text(text: impl Into<Cow<'static, str>>) -> Value {
    Value::Text(text.into())
}

fn version(version: Version) -> &'static str {
    match version {
        Version::HTTP_2 => "2",
        Version::HTTP_10 => "1.0",
        _ => "1.1",
    }
}
