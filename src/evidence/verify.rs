//! Whether a test run did what was expected of it.

use std::fmt::Write as _;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::conduct::{self, Conduct};
use crate::coverage::{Counts, Pattern, Plan, Universe, summary};
use crate::session::Session;
use crate::session::journal::{Difference, Entry, Filter};
use crate::session::verdicts::{NearCall, NearTexts, Outcome};

/// What is expected, read and possible.
pub(crate) struct Expectation {
    /// As a person or a report reads it.
    pub(crate) text: String,
    pub(crate) kind: Kind,
}

/// What kind of thing is expected.
pub(crate) enum Kind {
    /// Calls that fit a filter, so many of them.
    Called(Box<Filter>, Times),
    /// Cells that were tried.
    Covered(Pattern),
    /// The client did not behave like this.
    Never(&'static Conduct),
    /// Coverage of at least so many tenths of a per cent.
    Coverage(u64, Box<Plan>),
}

/// How many calls are expected. Both ends are included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Times {
    pub(crate) least: u64,
    pub(crate) most: u64,
}

/// The verdict on a test run.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub(crate) struct Verdict {
    /// Everything was as expected.
    pub(crate) passed: bool,
    /// The sessions that were looked at.
    pub(crate) sessions: Vec<String>,
    /// In the order of the expectations.
    pub(crate) results: Vec<Outcome>,
}

/// How many calls are told beside an expectation that failed.
const MOST_NEAR: usize = 3;

/// The most cells that are told one by one.
const MOST_MISSING: usize = 200;

/// Looks whether sessions did what was expected.
pub(crate) fn verify(expectations: &[Expectation], sessions: &[Arc<Session>], universe: &Universe) -> Verdict {
    let mut counts = Counts::none(universe);
    for session in sessions {
        counts.add(&session.tried);
    }
    let results: Vec<Outcome> = expectations
        .iter()
        .map(|expectation| {
            let outcome = match &expectation.kind {
                Kind::Called(filter, times) => called(filter, *times, sessions),
                Kind::Covered(pattern) => covered(pattern, &counts),
                Kind::Never(conduct) => never(conduct, sessions),
                Kind::Coverage(tenths, plan) => enough(*tenths, plan, &counts, universe),
            };
            Outcome { expectation: expectation.text.clone(), ..outcome }
        })
        .collect();
    for session in sessions {
        session.verdicts.keep(&results);
    }
    let names = sessions.iter().map(|session| session.name.to_string()).collect();
    Verdict { passed: results.iter().all(|result| result.passed), sessions: names, results }
}

/// A detail in both languages: English, which is the one of the control API, and Norwegian.
fn outcome(passed: bool, detail: String, detail_nb: String) -> Outcome {
    Outcome { expectation: String::new(), passed, detail, missing: Vec::new(), nearest: Vec::new(), detail_nb }
}

/// A number of things, as a text.
fn plural(count: u64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// What is not there any longer, or never was, can be neither counted nor ruled out.
fn tell_missing(told: &mut Outcome, dropped: u64, sessions: &[Arc<Session>]) {
    if dropped > 0 {
        told.passed = false;
        let older = plural(dropped, "older call");
        let _ = write!(told.detail, "; {older} can no longer be looked at: raise --journal");
        let _ = write!(told.detail_nb, "; {dropped} eldre kall er ikke lenger å se: sett --journal høyere");
    }
    for (session, why) in sessions.iter().filter_map(|session| Some((session, session.journal.unseen()?))) {
        told.passed = false;
        let name = &session.name;
        let _ = write!(told.detail, "; {name}: {} (docs/evidence.md)", why.en);
        let _ = write!(told.detail_nb, "; {name}: {} (docs/evidence.md)", why.nb);
    }
}

fn called(filter: &Filter, times: Times, sessions: &[Arc<Session>]) -> Outcome {
    let (mut count, mut dropped) = (0, 0);
    let mut fitting: Vec<NearCall> = Vec::new();
    for session in sessions {
        let found = session.journal.find(filter, 0, MOST_NEAR);
        count += found.count as u64;
        dropped += found.dropped;
        fitting.extend(found.entries.iter().map(|entry| near(session, entry, Vec::new())));
    }
    let mut told = outcome((times.least..=times.most).contains(&count), plural(count, "call"), format!("{count} kall"));
    if count < times.least || times.most < u64::MAX {
        tell_missing(&mut told, dropped, sessions);
    }
    if count > times.most {
        fitting.truncate(MOST_NEAR);
        told.nearest = fitting;
    } else if count < times.least {
        told.nearest = nearest(filter, sessions);
    }
    told
}

/// The calls that do not fit, and differ in the fewest things; the newest of them first.
fn nearest(filter: &Filter, sessions: &[Arc<Session>]) -> Vec<NearCall> {
    let mut near_calls: Vec<NearCall> = Vec::new();
    for session in sessions {
        for entry in session.journal.entries().iter().rev() {
            let differs = session.journal.differences(filter, entry);
            let place = near_calls.partition_point(|known| known.differs.len() <= differs.len());
            if !differs.is_empty() && place < MOST_NEAR {
                near_calls.insert(place, differing(session, entry, &differs));
                near_calls.truncate(MOST_NEAR);
            }
        }
    }
    near_calls
}

/// One line about a call.
pub(crate) fn line(entry: &Entry) -> String {
    line_with(entry, "no answer")
}

fn line_with(entry: &Entry, no_answer: &str) -> String {
    let status = entry.status.map_or_else(|| no_answer.to_owned(), |status| status.to_string());
    let code = entry.code.map(|code| format!(" {code}")).unwrap_or_default();
    format!("{} {} → {status}{code}", entry.method, entry.url)
}

/// A call with figures, which are the same in both languages.
fn near(session: &Session, entry: &Entry, figures: Vec<String>) -> NearCall {
    let nb = NearTexts { call: line_with(entry, "uten svar"), differs: figures.clone() };
    NearCall { session: session.name.to_string(), number: entry.number, call: line(entry), differs: figures, nb }
}

/// A call with what it differs in.
fn differing(session: &Session, entry: &Entry, differs: &[Difference]) -> NearCall {
    let mut told = near(session, entry, Vec::new());
    told.differs =
        differs.iter().map(|Difference { name, is, wanted }| format!("{name} is {is}, not {wanted}")).collect();
    told.nb.differs =
        differs.iter().map(|Difference { name, is, wanted }| format!("{name} er {is}, ikke {wanted}")).collect();
    told
}

fn covered(pattern: &Pattern, counts: &Counts) -> Outcome {
    let is_tried = |cells: &[usize]| cells.iter().any(|cell| counts.of(*cell) > 0);
    let missing: Vec<String> =
        pattern.wanted.iter().filter(|wanted| !is_tried(&wanted.cells)).map(|wanted| wanted.name.clone()).collect();
    let all = pattern.wanted.len();
    let tried = all - missing.len();
    let (en, nb) = (format!("{tried} of {all} were tried"), format!("{tried} av {all} er prøvd"));
    let mut told = outcome(missing.is_empty(), en, nb);
    told.missing = missing;
    told.missing.truncate(MOST_MISSING);
    told
}

fn never(conduct: &'static Conduct, sessions: &[Arc<Session>]) -> Outcome {
    let (mut hits, mut dropped) = (0, 0);
    let mut shown: Vec<NearCall> = Vec::new();
    for session in sessions {
        let entries = session.journal.entries();
        dropped += session.journal.total() - entries.len() as u64;
        for finding in conduct::judge(&entries, &[conduct]) {
            hits += finding.hits.len() as u64;
            for hit in finding.hits.iter().take(MOST_NEAR) {
                let call = hit.calls.first().and_then(|number| session.journal.entry(*number));
                let figures = if hit.figures.is_empty() { Vec::new() } else { vec![hit.figures.clone()] };
                shown.extend(call.map(|entry| near(session, &entry, figures)));
            }
        }
    }
    shown.truncate(MOST_NEAR);
    let nb = if hits == 1 { "1 gang".to_owned() } else { format!("{hits} ganger") };
    let mut told = outcome(hits == 0, plural(hits, "time"), nb);
    tell_missing(&mut told, dropped, sessions);
    if hits > 0 {
        let _ = write!(told.detail, "; {}", conduct.good.en);
        let _ = write!(told.detail_nb, "; {}", conduct.good.nb);
    }
    told.nearest = shown;
    told
}

fn enough(tenths: u64, plan: &Plan, counts: &Counts, universe: &Universe) -> Outcome {
    let view = summary(universe, counts, plan, Vec::new());
    let (percent, tried, of) = (format!("{:.1}", view.sum.percent), view.sum.tried, view.sum.of);
    let nb = format!("{} %, {tried} av {of} ruter", percent.replace('.', ","));
    outcome(view.sum.reaches(tenths), format!("{percent} %, {tried} of {of} cells"), nb)
}
