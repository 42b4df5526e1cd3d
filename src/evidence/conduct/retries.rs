//! How a client tries again.

use chrono::TimeDelta;

use super::calls::{gap, may_pass, seconds};
use super::{Calls, Conduct, Hit};
use crate::evidence::text::Text;
use crate::session::journal::Entry;

pub(super) static ALL: &[Conduct] = &[
    Conduct {
        name: "5xx-retried-at-once",
        title: Text::new("Prøvde igjen straks etter en 5xx", "Tried again at once after a 5xx"),
        good: Text::new(
            "Vent før neste forsøk, og lenger for hvert forsøk (for eksempel 1, 2, 4 s, med litt tilfeldighet).",
            "Wait before the next attempt, and longer for each one (for example 1, 2, 4 s, with some jitter).",
        ),
        source: "chosen: no page says how long to wait; here half a second",
        judge: at_once,
    },
    Conduct {
        name: "4xx-retried",
        title: Text::new("Gjentok et kall som ble avvist med 4xx", "Repeated a call that was refused with a 4xx"),
        good: Text::new(
            "Et avvist kall blir avvist igjen: rett kallet, eller gi feilen videre til et menneske.",
            "A refused call is refused again: correct it, or hand the error to a person.",
        ),
        source: "published: the codes from 400 to 499 are faults of the call (om/feil); within ten seconds: chosen",
        judge: refused,
    },
    Conduct {
        name: "retry-storm",
        title: Text::new("Mange gjentatte forsøk på kort tid", "Many attempts in a short time"),
        good: Text::new(
            "Gi opp etter noen få forsøk, og la neste kjøring eller et menneske prøve igjen.",
            "Give up after a few attempts, and let the next run or a person try again.",
        ),
        source: "chosen: five attempts within ten seconds",
        judge: storm,
    },
];

/// A repetition that comes sooner has not waited.
const AT_ONCE: TimeDelta = TimeDelta::milliseconds(500);

/// A repetition that comes later is another use of the call, not an attempt.
const SOON: TimeDelta = TimeDelta::seconds(10);

/// So many attempts within [`SOON`] are a storm.
const STORM: usize = 5;

fn at_once(calls: &Calls<'_>) -> Vec<Hit> {
    pairs(calls, |one, next| {
        let waited = gap(one, next);
        (may_pass(one) && waited < AT_ONCE).then(|| format!("{} < {}", seconds(waited), seconds(AT_ONCE)))
    })
}

fn refused(calls: &Calls<'_>) -> Vec<Hit> {
    pairs(calls, |one, next| {
        let status = one.status.filter(|status| (400..500).contains(status))?;
        // A call with another token is another call, and these two ask for another attempt.
        let is_corrected = one.token.map(|token| token.mark) != next.token.map(|token| token.mark);
        let asks = matches!(status, 408 | 429);
        (!is_corrected && !asks && gap(one, next) < SOON).then(|| status.to_string())
    })
}

/// Each two same calls that follow each other, where there is something to tell of them.
fn pairs(calls: &Calls<'_>, tell: impl Fn(&Entry, &Entry) -> Option<String>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for group in calls.same() {
        for pair in group.windows(2) {
            if let Some(figures) = tell(pair[0], pair[1]) {
                hits.push(Hit { calls: vec![pair[0].number, pair[1].number], figures });
            }
        }
    }
    hits
}

/// Runs of failed attempts, each of which came soon after the one before.
fn storm(calls: &Calls<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for group in calls.same() {
        let mut run: Vec<&Entry> = Vec::new();
        let mut ends = |run: &mut Vec<&Entry>| {
            let most = (0..run.len()).map(|at| within(&run[at..])).max().unwrap_or(0);
            if most >= STORM {
                let figures = format!("{most} / {}", seconds(SOON));
                hits.push(Hit { calls: run.iter().map(|call| call.number).collect(), figures });
            }
            run.clear();
        };
        for call in group {
            if run.last().is_some_and(|last| gap(last, call) >= SOON) {
                ends(&mut run);
            }
            run.push(call);
            if !may_pass(call) {
                ends(&mut run);
            }
        }
        ends(&mut run);
    }
    hits
}

/// How many calls came within [`SOON`] of the first.
fn within(run: &[&Entry]) -> usize {
    let Some(first) = run.first() else { return 0 };
    run.iter().take_while(|call| call.time.signed_duration_since(first.time) < SOON).count()
}
