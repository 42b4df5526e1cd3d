//! How a client submits.

use super::{BETJENINGSKART, ENDRE, OPPRETT, SERVICE, VALIDER, VALIDER_ENDRING};
use crate::evidence::conduct::{Calls, Conduct, Hit};
use crate::evidence::text::Text;
use crate::session::journal::Entry;

pub(super) static ALL: &[Conduct] = &[
    Conduct {
        name: "betjeningskart-asked-needlessly",
        title: Text::new("Spurte Betjeningskartet uten å sende inn", "Asked Betjeningskartet without submitting"),
        good: Text::new(
            "Spør Betjeningskartet rett før en begjæring sendes inn, og ellers ikke.",
            "Ask Betjeningskartet right before a submission, and not otherwise.",
        ),
        source: "published: Betjeningskartet is to be asked right before a submission and not otherwise",
        judge: needless,
    },
    Conduct {
        name: "submitted-without-validating",
        title: Text::new(
            "Sendte inn en begjæring som ikke var validert",
            "Submitted a request that had not been validated",
        ),
        good: Text::new(
            "Valider begjæringen først, og send inn det samme når den er feilfri.",
            "Validate the request first, and submit the same once it has no faults.",
        ),
        source: "published: the full flow of the checklist for suppliers has the validation; before each submission: chosen",
        judge: not_validated,
    },
];

fn is(call: &Entry, endpoint: &crate::catalogue::Endpoint) -> bool {
    call.endpoint == Some(endpoint.name)
}

/// Questions that another question follows, with no submission between them.
fn needless(calls: &Calls<'_>) -> Vec<Hit> {
    let (mut asked, mut hits): (Vec<u64>, Vec<Hit>) = (Vec::new(), Vec::new());
    let mut ends = |asked: &mut Vec<u64>| {
        if asked.len() > 1 {
            hits.push(Hit { calls: asked.clone(), figures: format!("{} ×", asked.len()) });
        }
        asked.clear();
    };
    for call in calls.of(SERVICE.name) {
        if is(call, &BETJENINGSKART) && call.status == Some(200) {
            asked.push(call.number);
        } else if is(call, &OPPRETT) || is(call, &ENDRE) {
            ends(&mut asked);
        }
    }
    ends(&mut asked);
    hits
}

/// Submissions whose body was not validated before.
fn not_validated(calls: &Calls<'_>) -> Vec<Hit> {
    let (mut validated, mut hits) = (Vec::new(), Vec::new());
    for call in calls.of(SERVICE.name) {
        let Some(mark) = call.body_mark else { continue };
        if is(call, &VALIDER) || is(call, &VALIDER_ENDRING) {
            validated.push(mark);
        } else if (is(call, &OPPRETT) || is(call, &ENDRE)) && !validated.contains(&mark) {
            hits.push(Hit { calls: vec![call.number], figures: String::new() });
            // The same again is an attempt, which needs no validation of its own.
            validated.push(mark);
        }
    }
    hits
}
