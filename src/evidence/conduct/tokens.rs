//! How a client uses tokens.

use chrono::TimeDelta;

use super::calls::{client, gap, groups};
use super::{Calls, Conduct, Hit};
use crate::evidence::text::Text;

pub(super) static ALL: &[Conduct] = &[
    Conduct {
        name: "without-token",
        title: Text::new("Kalte uten token", "Called without a token"),
        good: Text::new(
            "Send et token i hvert kall. Den virkelige tjenesten svarer 401 uten; sandkassen slipper kallet gjennom så lenge --auth er open.",
            "Send a token with each call. The real service answers 401 without one; the sandbox lets the call through as long as --auth is open.",
        ),
        source: "published: the access rules of each service",
        judge: without,
    },
    Conduct {
        name: "token-for-every-call",
        title: Text::new("Nytt token for hvert kall", "A new token for every call"),
        good: Text::new(
            "Bruk et token om igjen til det snart utløper; det lever i om lag to minutter.",
            "Use a token again until it is about to expire; it lives for about two minutes.",
        ),
        source: "published: tokens live about two minutes (the issuer's documentation); that they be used again: chosen",
        judge: one_each,
    },
    Conduct {
        name: "token-near-expiry",
        title: Text::new("Brukte et token i dets siste sekunder", "Used a token in its last seconds"),
        good: Text::new(
            "Hent et nytt token i god tid (for eksempel 10 s) før det gamle utløper, og aldri etterpå.",
            "Fetch a new token in good time (for example 10 s) before the old one expires, never after.",
        ),
        source: "chosen: five seconds; a call may take that long",
        judge: near_expiry,
    },
];

/// How the warning of a call without a token begins, at every service.
const NO_TOKEN: &str = "no token: ";

/// A token with so many seconds left could have been used again.
const STILL_GOOD: i64 = 20;

/// So many calls in a row with a token each are a habit.
const HABIT: usize = 4;

/// A call further away is not of the same piece of work.
const SOON: TimeDelta = TimeDelta::seconds(30);

/// A token with fewer seconds left is near its end.
const NEAR: i64 = 5;

/// Calls about the same party, one soon after the other, each with a token that no other has.
fn one_each(calls: &Calls<'_>) -> Vec<Hit> {
    let with_token = calls.iter().filter(|call| call.token.is_some() && call.service.is_some());
    let party =
        |call: &crate::session::journal::Entry| call.party.as_ref().map(ToString::to_string).unwrap_or_default();
    let mut hits = Vec::new();
    for group in groups(with_token, |call| (call.service, client(call), party(call))) {
        let mut run: Vec<u64> = Vec::new();
        let mut ends = |run: &mut Vec<u64>| {
            if run.len() >= HABIT {
                let figures = format!("{0} / {0}", run.len());
                hits.push(Hit { calls: std::mem::take(run), figures });
            }
            run.clear();
        };
        for pair in group.windows(2) {
            let (Some(one), Some(next)) = (pair[0].token, pair[1].token) else { continue };
            let needless = one.mark != next.mark
                && one.left.is_some_and(|left| left >= STILL_GOOD)
                && pair[0].status != Some(401)
                && gap(pair[0], pair[1]) < SOON;
            if !needless {
                ends(&mut run);
                continue;
            }
            if run.is_empty() {
                run.push(pair[0].number);
            }
            run.push(pair[1].number);
        }
        ends(&mut run);
    }
    hits
}

/// Calls that the real service would refuse, as their warning says.
fn without(calls: &Calls<'_>) -> Vec<Hit> {
    let warned = |call: &&crate::session::journal::Entry| {
        call.token.is_none() && call.warning.as_deref().is_some_and(|warning| warning.starts_with(NO_TOKEN))
    };
    let found: Vec<u64> = calls.iter().filter(warned).map(|call| call.number).collect();
    if found.is_empty() {
        return Vec::new();
    }
    let figures = found.len().to_string();
    vec![Hit { calls: found, figures }]
}

fn near_expiry(calls: &Calls<'_>) -> Vec<Hit> {
    let left = |call: &crate::session::journal::Entry| call.token.and_then(|token| token.left);
    let near = calls.iter().filter_map(|call| Some((call.number, left(call).filter(|left| *left < NEAR)?)));
    near.map(|(number, left)| Hit { calls: vec![number], figures: format!("{left} s") }).collect()
}
