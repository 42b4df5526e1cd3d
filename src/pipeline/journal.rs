//! What the journal keeps of a request.

use std::borrow::Cow;
use std::time::Duration;

use http::Response;

use super::planned::Planned;
use super::received::Received;
use crate::catalogue::Code;
use crate::faults::Cause;
use crate::faults::effects::Fault;
use crate::faults::refused::Refused;
use crate::interface::{Body, GivenNumber, GivenPackage};
use crate::redact::{redacted, redacted_body};
use crate::router::Target;
use crate::session::Session;
use crate::session::call_id::CallId;
use crate::session::journal::{Entry, PartyNumber};

/// Opens an entry with the facts of the request.
pub(super) fn opened(planned: &Planned<'_>) -> Entry {
    let (call, journal) = (&planned.call, &planned.call.session.journal);
    let mut entry = Entry::new(call.received.real);
    entry.day = Some(planned.instants.day);
    if !journal.is_on() {
        return entry;
    }
    let is_plain = matches!(call.target, Target::Service { route, .. } if route.is_plain);
    tell_request(&mut entry, call.received, is_plain);
    if let Target::Service { route, .. } = call.target {
        entry.service = Some(route.module.service.name);
        entry.endpoint = route.endpoint().map(|endpoint| endpoint.name);
        entry.package = match &route.package {
            GivenPackage::None => None,
            GivenPackage::Known(package) => Some(package.name.into()),
            GivenPackage::Unknown(text) => Some(Cow::Owned(redacted(text).into_owned())),
        };
        entry.party = party_number(&planned.subject.number);
        if let (true, Body::Json(bytes)) = (route.module.hooks.keeps_bodies, call.body) {
            entry.sent = Some(redacted_body(bytes).into());
        }
    }
    entry.client = call.caller.client().map(|client| redacted(client).into());
    entry
}

/// The number of a party, as a journal may hold it.
fn party_number(number: &GivenNumber) -> Option<PartyNumber> {
    match number {
        GivenNumber::None => None,
        GivenNumber::Part(part) if !part.is_person() => Some(PartyNumber::Organisation(*part)),
        other => Some(PartyNumber::Text(redacted(other.text().as_str()).into())),
    }
}

/// Adds the facts of the answer to an entry, and keeps it.
pub(super) fn close(
    mut entry: Entry,
    planned: &Planned<'_>,
    response: &Response<super::Body>,
    delay: Option<Duration>,
) {
    let modifiers = planned.plan.modifiers();
    let fault = modifiers.fault.as_ref().map(|fault| fault.value);
    entry.cause = planned.plan.cause();
    entry.fault = fault;
    entry.drift = modifiers.drift.as_ref().map(|drift| drift.value);
    entry.status = Some(response.status().as_u16()).filter(|_| !fault.is_some_and(Fault::hangs_up));
    entry.delay = delay.map(|delay| u64::try_from(delay.as_millis()).unwrap_or(u64::MAX));
    entry.rules.clone_from(&planned.plan.rules);
    planned.call.session.journal.add(entry);
}

/// Keeps a request whose modifiers could not be used.
pub(super) fn add_refusal(session: &Session, received: &Received, refused: &Refused) {
    let mut entry = Entry::new(received.real);
    tell_request(&mut entry, received, false);
    entry.status = Some(refused.status);
    entry.cause = Cause::RefusedModifier;
    entry.message = Some(redacted(&refused.detail).into());
    entry.hint = refused.nearest.as_ref().map(|near| redacted(&format!("did you mean {near}?")).into());
    session.journal.add(entry);
}

/// Keeps a request that met a fault of the sandbox itself.
pub(super) fn add_failure(session: &Session, received: &Received, code: &'static Code) {
    let mut entry = Entry::new(received.real);
    tell_request(&mut entry, received, false);
    entry.status = Some(code.status);
    entry.code = Some(code.code);
    entry.message = Some("a fault of the sandbox itself; its log says more".into());
    session.journal.add(entry);
}

/// `is_plain` says that every part of the path is known, so that only a query or modifiers need redaction.
fn tell_request(entry: &mut Entry, received: &Received, is_plain: bool) {
    let url = received.parts.uri.path_and_query().map_or("/", |url| url.as_str());
    entry.method = received.parts.method.clone();
    let is_plain = is_plain && received.is_bare();
    entry.url = if is_plain { url.into() } else { redacted(url).into() };
    entry.korrelasjonsid = match &received.id {
        CallId::New(id) => CallId::New(*id),
        CallId::Given(id) => CallId::Given(redacted(id).into()),
    };
}
