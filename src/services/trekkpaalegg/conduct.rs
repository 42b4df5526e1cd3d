//! How a client polls.

use chrono::TimeDelta;

use super::SERVICE;
use super::liste::ENDPOINT;
use crate::evidence::conduct::{Calls, Conduct, Hit, query_value};
use crate::evidence::text::Text;
use crate::session::journal::Entry;

pub(super) static ALL: &[Conduct] = &[
    Conduct {
        name: "polls-from-the-beginning",
        title: Text::new("Hentet alle trekkpålegg på nytt hver gang", "Fetched all orders again each time"),
        good: Text::new(
            "Lagre det største sekvensnummeret, og spør fra det neste gang.",
            "Store the greatest sekvensnummer, and ask from it the next time.",
        ),
        source: "published: api/trekkpaalegg (the client asks again from the greatest number)",
        judge: from_the_beginning,
    },
    Conduct {
        name: "polls-too-often",
        title: Text::new(
            "Spurte etter nye trekkpålegg oftere enn nødvendig",
            "Asked for new orders oftener than it must",
        ),
        good: Text::new(
            "Spør noen ganger om dagen; et trekk begynner tidligst dagen etter.",
            "Ask some times a day; a deduction begins on the next day at the earliest.",
        ),
        source: "published: startdato is tomorrow at the earliest; three times within ten seconds: chosen",
        judge: too_often,
    },
    Conduct {
        name: "skips-a-sequence-number",
        title: Text::new(
            "Spurte fra et større sekvensnummer enn det hadde fått",
            "Asked from a greater sekvensnummer than it was told",
        ),
        good: Text::new(
            "Spør fra det største sekvensnummeret i svaret, ellers blir endringer borte.",
            "Ask from the greatest sekvensnummer of the answer, otherwise changes are lost.",
        ),
        source: "published: api/trekkpaalegg (the client asks again from the greatest number)",
        judge: skips,
    },
];

/// So many are a habit.
const HABIT: usize = 3;

/// Polls that follow each other this soon come too often.
const SOON: TimeDelta = TimeDelta::seconds(10);

/// The polls that were answered, by employer and client.
fn polls<'e>(calls: &Calls<'e>) -> Vec<Vec<&'e Entry>> {
    let mut groups: Vec<(String, Vec<&Entry>)> = Vec::new();
    let lists = calls.of(SERVICE.name).into_iter().filter(|call| call.endpoint == Some(ENDPOINT.name));
    for call in lists.filter(|call| call.status == Some(200)) {
        let text = |text: Option<String>| text.unwrap_or_default();
        let client = text(call.client.as_ref().map(ToString::to_string));
        let key = format!(
            "{client} {} {}",
            text(call.party.as_ref().map(ToString::to_string)),
            text(call.test.as_deref().map(str::to_owned))
        );
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, group)) => group.push(call),
            None => groups.push((key, vec![call])),
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

fn from(call: &Entry) -> i64 {
    query_value(call, "fraSekvensnummer").and_then(|number| number.parse().ok()).unwrap_or(0)
}

fn numbers(calls: &[&Entry]) -> Vec<u64> {
    calls.iter().map(|call| call.number).collect()
}

fn from_the_beginning(calls: &Calls<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for group in polls(calls) {
        // Only an employer with orders has anything to fetch again.
        let again: Vec<&Entry> =
            group.into_iter().filter(|call| from(call) == 0 && call.shows.sequence.is_some()).collect();
        if again.len() >= HABIT {
            hits.push(Hit { calls: numbers(&again), figures: format!("{} × 0", again.len()) });
        }
    }
    hits
}

fn too_often(calls: &Calls<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for group in polls(calls) {
        let mut run: Vec<&Entry> = Vec::new();
        let mut ends = |run: &mut Vec<&Entry>| {
            if run.len() >= HABIT {
                hits.push(Hit { calls: numbers(run), figures: format!("{} ×", run.len()) });
            }
            run.clear();
        };
        for call in group {
            // A test that moves the clock asks on another day.
            let is_same = run.last().is_some_and(|last| {
                from(last) == from(call) && last.day == call.day && call.time.signed_duration_since(last.time) < SOON
            });
            if !is_same {
                ends(&mut run);
            }
            run.push(call);
        }
        ends(&mut run);
    }
    hits
}

fn skips(calls: &Calls<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for group in polls(calls) {
        let mut greatest: Option<(i64, u64)> = None;
        for call in group {
            if let Some((told, by)) = greatest.filter(|(told, _)| from(call) > *told) {
                hits.push(Hit { calls: vec![by, call.number], figures: format!("{} > {told}", from(call)) });
            }
            if let Some(told) = call.shows.sequence.filter(|told| greatest.is_none_or(|(known, _)| *told > known)) {
                greatest = Some((told, call.number));
            }
        }
    }
    hits
}
