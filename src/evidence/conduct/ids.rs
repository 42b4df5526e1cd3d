//! How a client names its calls.

use super::calls::groups;
use super::{Calls, Conduct, Hit};
use crate::evidence::text::Text;
use crate::session::journal::Entry;

pub(super) static ALL: &[Conduct] = &[
    Conduct {
        name: "korrelasjonsid-missing",
        title: Text::new("Kall uten Korrelasjonsid", "Calls without a Korrelasjonsid"),
        good: Text::new(
            "Send en ny UUID som Korrelasjonsid i hvert kall, og logg den: brukerstøtte spør etter den.",
            "Send a new UUID as Korrelasjonsid with each call, and log it: support asks for it.",
        ),
        source: "published: om/feil (the korrelasjonsid is what support looks up); that each call has one: chosen",
        judge: missing,
    },
    Conduct {
        name: "korrelasjonsid-repeated",
        title: Text::new("Samme Korrelasjonsid i flere kall", "The same Korrelasjonsid in several calls"),
        good: Text::new("Hvert kall har sin egen Korrelasjonsid.", "Each call has a Korrelasjonsid of its own."),
        source: "published: om/feil (unique for each call)",
        judge: repeated,
    },
];

/// Calls of a service that needs a token, because an issuer of tokens takes no such id.
fn counted<'e>(calls: &Calls<'e>) -> Vec<&'e Entry> {
    calls.iter().filter(|call| call.wants_id).collect()
}

fn missing(calls: &Calls<'_>) -> Vec<Hit> {
    let all = counted(calls);
    let without: Vec<u64> = all.iter().filter(|call| !call.has_own_id).map(|call| call.number).collect();
    let figures = format!("{} / {}", without.len(), all.len());
    if without.is_empty() { Vec::new() } else { vec![Hit { calls: without, figures }] }
}

fn repeated(calls: &Calls<'_>) -> Vec<Hit> {
    let own = counted(calls).into_iter().filter(|call| call.has_own_id);
    let same = groups(own, |call| call.korrelasjonsid.to_string()).into_iter().filter(|group| group.len() > 1);
    same.map(|group| Hit {
        calls: group.iter().map(|call| call.number).collect(),
        figures: format!("{} ×", group.len()),
    })
    .collect()
}
