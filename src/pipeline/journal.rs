//! What the journal keeps of a request.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Response};
use http_body_util::Either;

use super::State;
use super::planned::Planned;
use super::received::Received;
use crate::access::Caller;
use crate::catalogue::{Code, PartyIn, Success};
use crate::faults::Cause;
use crate::faults::effects::Fault;
use crate::faults::refused::Refused;
use crate::interface::{Body, Field, GivenNumber, GivenPackage, party_in};
use crate::metrics::{End, Metrics};
use crate::redact::{redacted, redacted_body};
use crate::router::Target;
use crate::session::Session;
use crate::session::call_id::CallId;
use crate::session::exchange::{Exchange, KeptBody};
use crate::session::facts::TokenFacts;
use crate::session::journal::{Entry, Journal, KeptId, PartyNumber};

/// Opens an entry with the facts of the request.
pub(super) fn opened(planned: &Planned<'_>) -> Entry {
    let (call, journal) = (&planned.call, &planned.call.session.journal);
    let mut entry = Entry::new(call.received.real);
    entry.day = Some(planned.instants.day);
    if !journal.is_on() {
        return entry;
    }
    let is_plain = matches!(call.target, Target::Service { route, .. } if route.is_plain);
    tell_request(&mut entry, call.received, is_plain, journal);
    tell_target(&mut entry, call.target, &planned.subject.number, call.caller, journal);
    entry.connection = call.connection;
    let token = call.caller.token_facts(call.received.real);
    entry.token = token.map(|(mark, left)| TokenFacts { mark, left });
    entry.body_mark = match call.body {
        Body::Json(bytes) | Body::Form(bytes) => Some(journal.mark(bytes)),
        _ => None,
    };
    if let (Target::Service { route, .. }, Body::Json(bytes)) = (call.target, call.body)
        && route.module.hooks.keeps_bodies
    {
        entry.sent = Some(redacted_body(bytes).into());
    }
    entry
}

/// Tells where a call went, about whom, and who called.
fn tell_target(entry: &mut Entry, target: &Target, number: &GivenNumber, caller: &Caller, journal: &Journal) {
    if let Target::Service { route, .. } = target {
        entry.service = Some(route.module.service.name);
        entry.endpoint = route.endpoint().map(|endpoint| endpoint.name);
        entry.wants_id = route.module.service.has_common_codes;
        entry.changes = route.endpoint().is_some_and(|endpoint| endpoint.success == Success::CREATED);
        entry.package = match &route.package {
            GivenPackage::None => None,
            GivenPackage::Known(package) => Some(package.name.into()),
            GivenPackage::Unknown(text) => Some(Cow::Owned(redacted(text).into_owned())),
        };
        entry.party = party_number(number, journal);
    }
    entry.client = caller.client().map(|client| journal.kept(client));
}

/// The number of a party, as a journal may hold it.
fn party_number(number: &GivenNumber, journal: &Journal) -> Option<PartyNumber> {
    match number {
        GivenNumber::None => None,
        GivenNumber::Part(part) if !part.is_person() => Some(PartyNumber::Organisation(*part)),
        other => Some(PartyNumber::Text(journal.kept(other.text().as_str()))),
    }
}

/// Adds the facts of the answer to an entry, keeps it, and counts what the call has tried. `body` is the answer's, where it is in memory.
pub(super) fn close(
    mut entry: Entry,
    planned: &Planned<'_>,
    response: &Response<super::Body>,
    body: &Bytes,
    delay: Option<Duration>,
) -> Option<Arc<Entry>> {
    let modifiers = planned.plan.modifiers();
    let fault = modifiers.fault.as_ref().map(|fault| fault.value);
    entry.cause = planned.plan.cause();
    entry.fault = fault;
    entry.drift = modifiers.drift.as_ref().map(|drift| drift.value);
    entry.status = Some(response.status().as_u16()).filter(|_| !fault.is_some_and(Fault::hangs_up));
    entry.delay = delay.map(|delay| u64::try_from(delay.as_millis()).unwrap_or(u64::MAX));
    entry.rules.clone_from(&planned.plan.rules);
    super::tried::count(planned, &entry);
    count(&planned.call.state.metrics, planned.call.target, &entry);
    let exchange = exchange(planned, response, body);
    planned.call.session.journal.add(entry, exchange)
}

/// What went over the wire, as a journal may hold it. Nothing if it keeps none of it.
fn exchange(planned: &Planned<'_>, response: &Response<super::Body>, body: &Bytes) -> Option<Box<Exchange>> {
    let call = &planned.call;
    if !call.session.journal.keeps_bodies() {
        return None;
    }
    let sent = match call.body {
        Body::Json(bytes) | Body::Form(bytes) => KeptBody::sent(bytes),
        Body::Parts(parts) => KeptBody::sent(named(parts).as_bytes()),
        Body::None | Body::TooLarge(_) | Body::Unreadable(_) => KeptBody::default(),
    };
    let headers = &call.received.parts.headers;
    Some(Exchange::new((headers, sent), (response.headers(), body)))
}

/// The parts of a form, without what they hold: files are kept elsewhere, and may be large.
fn named(parts: &[Field]) -> String {
    let told = |part: &Field| format!("{}: {} bytes", part.name, part.bytes.len());
    parts.iter().map(told).collect::<Vec<_>>().join("\n")
}

/// Keeps a request whose answer found no room. The service has been asked, or would have been.
pub(super) fn close_refused(mut entry: Entry, planned: &Planned<'_>, response: &Response<super::Body>) {
    entry.cause = Cause::RefusedRequest;
    entry.status = Some(response.status().as_u16());
    entry.rules.clone_from(&planned.plan.rules);
    count(&planned.call.state.metrics, planned.call.target, &entry);
    let body = match response.body() {
        Either::Left(body) => body.clone().into_inner().unwrap_or_default(),
        Either::Right(_) => Bytes::new(),
    };
    let exchange = exchange(planned, response, &body);
    planned.call.session.journal.add(entry, exchange);
}

/// Counts a call for the metrics.
fn count(metrics: &Metrics, target: &Target, entry: &Entry) {
    let called = match target {
        Target::Service { route, .. } => Some((route.module.service, route.endpoint())),
        Target::Page | Target::Nothing => None,
    };
    metrics.count(called, End { status: entry.status, code: entry.code, cause: entry.cause });
}

/// A call that gets no answer of its service, and the session that tells of it.
pub(super) struct Refusing<'r> {
    metrics: &'r Metrics,
    pub(super) session: &'r Session,
    pub(super) target: &'r Target,
    pub(super) caller: &'r Caller,
}

impl<'r> Refusing<'r> {
    pub(super) fn new(state: &'r State, session: &'r Session, target: &'r Target, caller: &'r Caller) -> Self {
        Self { metrics: &state.metrics, session, target, caller }
    }
    /// Keeps a request whose modifiers could not be used, or whose session could not begin.
    pub(super) fn add_refusal(&self, received: &Received, refused: &Refused) {
        let mut entry = self.opened(received);
        entry.status = Some(refused.status);
        entry.cause = refused.cause();
        entry.message = Some(redacted(&refused.detail).into());
        let nearest = || refused.nearest.as_ref().map(|near| redacted(&format!("did you mean {near}?")).into());
        entry.hint = refused.hint.map(Into::into).or_else(nearest);
        count(self.metrics, self.target, &entry);
        self.session.journal.add(entry, None);
    }

    /// Keeps a request that met a fault of the sandbox itself.
    pub(super) fn add_failure(&self, received: &Received, code: &'static Code) {
        let mut entry = self.opened(received);
        entry.status = Some(code.status);
        entry.code = Some(code.code);
        entry.message = Some("a fault of the sandbox itself; its log says more".into());
        count(self.metrics, self.target, &entry);
        self.session.journal.add(entry, None);
    }

    /// An entry with the facts of the request. Only the URL and the token have been asked for the party.
    fn opened(&self, received: &Received) -> Entry {
        let journal = &self.session.journal;
        let mut entry = Entry::new(received.real);
        tell_request(&mut entry, received, false, journal);
        let number = match self.target {
            Target::Service { route, .. } => match party_in(route) {
                PartyIn::Url => route.number.clone(),
                PartyIn::Token => self.caller.acts_for().map_or(GivenNumber::None, GivenNumber::read),
                PartyIn::Body(_) | PartyIn::Nowhere => GivenNumber::None,
            },
            Target::Page | Target::Nothing => GivenNumber::None,
        };
        tell_target(&mut entry, self.target, &number, self.caller, journal);
        entry
    }
}

/// A method, as the journal may hold it. A client can invent one.
fn method(sent: &Method) -> Method {
    if matches!(*sent, Method::GET | Method::POST | Method::HEAD) {
        return sent.clone();
    }
    match redacted(sent.as_str()) {
        Cow::Borrowed(_) => sent.clone(),
        Cow::Owned(shown) => {
            Method::from_bytes(shown.as_bytes()).unwrap_or(Method::from_bytes(b"***").unwrap_or_default())
        }
    }
}

/// `is_plain` says that every part of the path is known, so that only a query or modifiers need redaction.
fn tell_request(entry: &mut Entry, received: &Received, is_plain: bool, journal: &Journal) {
    let url = received.parts.uri.path_and_query().map_or("/", |url| url.as_str());
    entry.method = method(&received.parts.method);
    entry.version = received.parts.version;
    let is_plain = is_plain && received.is_bare();
    entry.url = if is_plain { url.into() } else { redacted(url).into() };
    let test = received.wishes.as_ref().ok().and_then(|wishes| {
        let wishes = wishes.as_ref()?;
        wishes.headers.test.as_ref().or(wishes.base_url.test.as_ref())
    });
    entry.test = test.map(|test| redacted(&test.value).into());
    entry.trace.clone_from(&received.trace);
    entry.has_own_id = matches!(received.id, CallId::Given(_));
    entry.korrelasjonsid = match &received.id {
        CallId::New(id) => KeptId::New(CallId::New(*id)),
        CallId::Given(id) => KeptId::Given(journal.kept(id)),
    };
}
