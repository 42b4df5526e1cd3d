//! What the journal keeps of a request.

use std::time::Duration;

use chrono::{DateTime, Utc};
use http::Response;

use super::{Asking, Body, Written};
use crate::catalogue::Code;
use crate::faults::Cause;
use crate::faults::effects::Fault;
use crate::faults::refused::Refused;
use crate::pipeline::plan::Plan;
use crate::redact::redacted;
use crate::services::Handler;
use crate::services::call::Location;
use crate::session::Session;
use crate::session::journal::Entry;

impl Asking<'_> {
    /// Opens an entry with what was asked.
    pub(super) fn entry(&self, handler: Option<&'static Handler>, location: Location<'_>) -> Entry {
        let mut entry = opened(self.session, self.asked, self.real);
        if self.session.journal.is_on() {
            entry.service = handler.map(|handler| handler.service.name);
            entry.endpoint = location.endpoint.map(|endpoint| endpoint.name);
            entry.package = location.package.zip(handler).map(|(package, handler)| {
                let known = handler.service.package(package);
                known.map_or_else(|| redacted(package).into(), |known| known.name.into())
            });
            entry.party = location.identifikator.map(|number| redacted(number).into());
            entry.client = self.caller.client().map(|client| redacted(client).into());
        }
        entry
    }

    /// Closes it with what came of it.
    pub(super) fn note(&self, mut entry: Entry, response: &Response<Body>, plan: Plan, delay: Option<Duration>) {
        let fault = plan.modifiers.fault.as_ref().map(|fault| fault.value);
        entry.cause = plan.cause();
        entry.fault = fault;
        entry.drift = plan.modifiers.drift.as_ref().map(|drift| drift.value);
        entry.status = Some(response.status().as_u16()).filter(|_| !fault.is_some_and(Fault::hangs_up));
        entry.delay = delay.map(|delay| u64::try_from(delay.as_millis()).unwrap_or(u64::MAX));
        entry.rules = plan.rules;
        self.session.journal.add(entry);
    }
}

/// Keeps a request that could not be taken as it was meant.
pub(super) fn note_refusal(session: &Session, refused: &Refused, asked: &Written<'_>) {
    let mut entry = opened(session, asked, session.time().real());
    entry.status = Some(refused.status);
    entry.cause = Cause::RefusedModifier;
    entry.message = Some(redacted(&refused.detail).into());
    entry.hint = refused.nearest.as_ref().map(|near| redacted(&format!("did you mean {near}?")).into());
    session.journal.add(entry);
}

/// Keeps a request that the sandbox itself failed at.
pub(super) fn note_failure(session: &Session, code: &'static Code, asked: &Written<'_>) {
    let mut entry = opened(session, asked, session.time().real());
    entry.status = Some(code.status);
    entry.code = Some(code.code);
    entry.message = Some("a fault of the sandbox itself; its log says more".into());
    session.journal.add(entry);
}

fn opened(session: &Session, asked: &Written<'_>, time: DateTime<Utc>) -> Entry {
    let on = session.journal.is_on();
    let url = || asked.written.path_and_query().map_or("/", |url| url.as_str());
    Entry {
        number: 0,
        time,
        day: None,
        method: asked.parts.method.clone(),
        url: if on { redacted(url()).into() } else { Box::default() },
        service: None,
        endpoint: None,
        package: None,
        party: None,
        client: None,
        korrelasjonsid: if on { redacted(asked.id).into() } else { Box::default() },
        status: None,
        code: None,
        message: None,
        cause: Cause::Natural,
        fault: None,
        drift: None,
        delay: None,
        rules: Vec::new(),
        checks: None,
        warning: None,
        hint: None,
    }
}
