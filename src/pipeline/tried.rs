//! What a call has tried, for the coverage of its session.

use super::planned::Planned;
use crate::coverage::{PartyState, Trial};
use crate::faults::Cause;
use crate::interface::Subject;
use crate::router::Target;
use crate::scenario::Skjerming;
use crate::session::journal::Entry;

/// Counts a call. The entry has all that is known of its answer.
pub(super) fn count(planned: &Planned<'_>, entry: &Entry) {
    let call = &planned.call;
    let Target::Service { route, .. } = call.target else { return };
    let service = route.module.service;
    let package = route.package.known();
    let package = package.and_then(|package| service.packages.iter().position(|known| known.name == package.name));
    // A call that reached its party has shown its token and its rights.
    let asked =
        entry.checks.filter(|checks| checks.failed.is_none_or(|failed| failed >= crate::catalogue::Check::Party));
    let headers = &call.received.parts.headers;
    let trial = Trial {
        package,
        answer: entry.answer,
        code: entry.code,
        rules: entry.findings.iter().map(|finding| &*finding.code).collect(),
        token: asked.and_then(|_| call.caller.token_kind(headers)),
        party: asked.and_then(|_| party(&planned.subject)),
        case: entry.shows.case,
        fault: entry.fault,
        is_delayed: entry.delay.is_some_and(|delay| delay > 0),
        drift: entry.drift,
        is_natural: entry.cause == Cause::Natural,
    };
    call.session.tried.count(call.state.services.universe(), service, route.endpoint(), &trial);
}

/// The state of the party that a call is about.
pub(super) fn party(subject: &Subject) -> Option<PartyState> {
    let part = subject.part()?;
    Some(match &subject.party {
        None => PartyState::Unknown,
        Some(party) => match party.skjermet {
            Skjerming::Hel => PartyState::Shielded,
            Skjerming::Delvis => PartyState::ShieldedInPart,
            Skjerming::Ingen if part.is_person() => PartyState::Person,
            Skjerming::Ingen => PartyState::Organisation,
        },
    })
}
