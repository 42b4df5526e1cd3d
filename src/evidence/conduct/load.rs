//! How much a client asks for at once.

use chrono::TimeDelta;

use super::calls::{client, end, groups, seconds};
use super::{Calls, Conduct, Hit};
use crate::evidence::text::Text;
use crate::faults::effects::Fault;

pub(super) static ALL: &[Conduct] = &[
    Conduct {
        name: "more-than-five-at-once",
        title: Text::new("Mer enn fem samtidige kall mot ett API", "More than five calls at once to one API"),
        good: Text::new(
            "Høyst fem kall om gangen for hver konsument og hvert API; resten venter i kø.",
            "At most five calls at a time for each consumer and API; the others wait in a queue.",
        ),
        source: "published: om/bruk (at most 5 concurrent calls per consumer and API)",
        judge: at_once,
    },
    Conduct {
        name: "retry-after-ignored",
        title: Text::new("Kalte igjen før Retry-After var gått", "Called again before Retry-After had passed"),
        good: Text::new(
            "Vent så lenge som Retry-After sier, før tjenesten kalles igjen.",
            "Wait as long as Retry-After says before calling the service again.",
        ),
        source: "published: RFC 9110, section 10.2.3",
        judge: retry_after,
    },
];

/// How many calls a consumer may have at once at one API.
const MOST_AT_ONCE: usize = 5;

/// Calls that overlap in time. Each stretch of time with too many of them is one hit.
fn at_once(calls: &Calls<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    let of_services = calls.iter().filter(|call| call.service.is_some());
    for group in groups(of_services, |call| (call.service, client(call))) {
        // The calls that run when another one comes.
        let mut running: Vec<&crate::session::journal::Entry> = Vec::new();
        let mut hit: Option<(Vec<u64>, usize)> = None;
        for call in &group {
            running.retain(|other| end(other) > call.time);
            running.push(call);
            if running.len() > MOST_AT_ONCE {
                let (numbers, most) = hit.get_or_insert_with(Default::default);
                numbers.extend(running.iter().map(|call| call.number));
                *most = (*most).max(running.len());
            } else if let Some((numbers, most)) = hit.take_if(|_| running.len() == 1) {
                hits.push(told(numbers, most));
            }
        }
        hits.extend(hit.map(|(numbers, most)| told(numbers, most)));
    }
    hits
}

fn told(mut numbers: Vec<u64>, most: usize) -> Hit {
    numbers.sort_unstable();
    numbers.dedup();
    Hit { calls: numbers, figures: format!("{most} > {MOST_AT_ONCE}") }
}

/// Calls of a service that come before the time that a 429 has asked for.
fn retry_after(calls: &Calls<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for group in groups(calls.iter(), |call| (call.service, client(call))) {
        for (at, limited) in group.iter().enumerate() {
            let (Some(Fault::TooMany(after)), Some(next)) = (limited.fault, group.get(at + 1)) else { continue };
            let waited = super::calls::gap(limited, next);
            // Timers are not exact.
            let asked = TimeDelta::from_std(after).unwrap_or(TimeDelta::MAX);
            if waited < asked - asked / 10 {
                let figures = format!("{} < {}", seconds(waited), seconds(asked));
                hits.push(Hit { calls: vec![limited.number, next.number], figures });
            }
        }
    }
    hits
}
