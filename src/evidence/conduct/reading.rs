//! How a client takes answers, and answers that do not come.

use chrono::TimeDelta;

use super::calls::{client, end, gap, groups, seconds};
use super::{Calls, Conduct, Hit};
use crate::evidence::text::Text;
use crate::session::journal::Entry;

pub(super) static ALL: &[Conduct] = &[
    Conduct {
        name: "write-lost",
        title: Text::new(
            "Et kall som endrer noe, mistet svaret sitt, og ingen spurte hvordan det gikk",
            "A call that changes something lost its answer, and nobody asked what came of it",
        ),
        good: Text::new(
            "Spør tjenesten om tilstanden, eller send det samme igjen; et duplikat blir avvist.",
            "Ask the service for the state, or send the same again; a duplicate is refused.",
        ),
        source: "chosen: a lost answer says nothing of what the service did",
        judge: write_lost,
    },
    Conduct {
        name: "not-a-tolerant-reader",
        title: Text::new(
            "Gjentok bare de kallene som fikk nye felter, ny rekkefølge eller færre felter",
            "Repeated only those calls whose answers had new, reordered or fewer fields",
        ),
        good: Text::new(
            "Les det som trengs, og overse resten; valider ikke mot et skjema.",
            "Read what is needed and pass over the rest; do not validate against a schema.",
        ),
        source: "published: om/versjoner (consumers are expected to be tolerant readers)",
        judge: intolerant,
    },
    Conduct {
        name: "short-time-out",
        title: Text::new("Ga opp før tjenesten rakk å svare", "Gave up before the service could answer"),
        good: Text::new(
            "Vent minst ti sekunder på et svar: tjenestene slår opp i flere systemer.",
            "Wait for an answer for ten seconds at least: the services look things up in several systems.",
        ),
        source: "chosen: no page says how long an answer may take; here ten seconds",
        judge: short_time_out,
    },
];

/// A repetition that comes later is another use of the call.
const SOON: TimeDelta = TimeDelta::seconds(60);

/// A client that waits at least so long has a good time-out.
const PATIENT: TimeDelta = TimeDelta::seconds(10);

/// Whether a call changes something. A validation changes nothing, but asking again does no harm either.
fn changes(call: &Entry) -> bool {
    matches!(call.method, http::Method::PUT | http::Method::PATCH | http::Method::DELETE) || call.changes
}

fn write_lost(calls: &Calls<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for group in groups(calls.iter().filter(|call| call.service.is_some()), |call| (call.service, client(call))) {
        for (at, lost) in group.iter().enumerate() {
            if !changes(lost) || lost.status.is_some() {
                continue;
            }
            let asks = |later: &&&Entry| {
                later.method == http::Method::GET || (later.method == lost.method && later.url == lost.url)
            };
            if !group[at + 1..].iter().any(|later| asks(&later)) {
                hits.push(Hit { calls: vec![lost.number], figures: lost.method.to_string() });
            }
        }
    }
    hits
}

/// Calls that are repeated after a success with drift, where the same client does not repeat its other successes.
fn intolerant(calls: &Calls<'_>) -> Vec<Hit> {
    let is_success = |call: &Entry| call.status.is_some_and(|status| status < 300);
    let (mut drifted, mut repeats) = (Vec::new(), 0);
    let mut without = false;
    for group in calls.same() {
        for (at, call) in group.iter().enumerate().filter(|(_, call)| is_success(call)) {
            let next = group.get(at + 1).filter(|next| gap(call, next) < SOON);
            match (call.drift, next) {
                (Some(_), Some(next)) => {
                    repeats += 1;
                    drifted.extend([call.number, next.number]);
                }
                (None, Some(_)) => without = true,
                _ => {}
            }
        }
    }
    if repeats < 2 || without {
        return Vec::new();
    }
    drifted.sort_unstable();
    drifted.dedup();
    vec![Hit { calls: drifted, figures: format!("{repeats} ×") }]
}

fn short_time_out(calls: &Calls<'_>) -> Vec<Hit> {
    let left = calls.iter().filter(|call| call.ending.gave_up());
    let waited = left.map(|call| (call.number, end(call).signed_duration_since(call.time)));
    waited
        .filter(|(_, waited)| *waited < PATIENT)
        .map(|(number, waited)| Hit {
            calls: vec![number],
            figures: format!("{} < {}", seconds(waited), seconds(PATIENT)),
        })
        .collect()
}
