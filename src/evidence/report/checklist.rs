//! The published checklist for suppliers, with what the sandbox saw of each point.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use super::texts;
use super::{Report, Sums};
use crate::evidence::text::{Language, Text};

/// How much of a point was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) enum State {
    Seen,
    InPart,
    NotSeen,
    /// The sandbox cannot see it.
    Outside,
}

impl State {
    pub(super) const fn text(self) -> Text {
        match self {
            Self::Seen => texts::SEEN,
            Self::InPart => texts::IN_PART,
            Self::NotSeen => texts::NOT_SEEN,
            Self::Outside => texts::OUTSIDE,
        }
    }

    /// Its name as a class of the page.
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Seen => "seen",
            Self::InPart => "part",
            Self::NotSeen => "none",
            Self::Outside => "outside",
        }
    }
}

/// A point of the checklist.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Point {
    pub(super) text: &'static str,
    pub(super) state: State,
    /// What was seen.
    pub(super) evidence: String,
}

/// The points, by what a report has so far.
pub(super) fn points(report: &Report) -> Vec<Point> {
    let language = report.language;
    let point = |text: Text, state, evidence: String| Point { text: text.in_language(language), state, evidence };
    let outside = |text| point(text, State::Outside, texts::OUTSIDE_ABOUT.in_language(language).to_owned());
    let (answered, asked) = endpoints(report);
    let flow = state(answered, answered == asked && asked > 0);
    let (errors, is_broad) = errors(report);
    let checks = checks(report);
    vec![
        point(texts::FLOW, flow, share(answered, asked, texts::ENDPOINTS_ANSWERED, language)),
        point(texts::ERRORS, state(errors, is_broad), counted(errors, texts::CODES_MET, language)),
        point(texts::VALIDATION, state(checks, checks > 0), counted(checks, texts::CHECKS_FAILED, language)),
        point(texts::LOGGED, logged(&report.sums), counted(report.sums.calls, texts::CALLS_LOGGED, language)),
        point(texts::SUMMED, State::Seen, texts::THIS_REPORT.in_language(language).to_owned()),
        outside(texts::DOCUMENTED),
        outside(texts::SENT),
    ]
}

fn state(some: usize, all: bool) -> State {
    match (some, all) {
        (0, _) => State::NotSeen,
        (_, true) => State::Seen,
        (_, false) => State::InPart,
    }
}

fn logged(sums: &Sums) -> State {
    if sums.calls == 0 { State::NotSeen } else { State::Seen }
}

fn counted(count: usize, what: Text, language: Language) -> String {
    format!("{count} {}", what.in_language(language))
}

fn share(some: usize, all: usize, what: Text, language: Language) -> String {
    format!("{some} {} {all} {}", texts::OF.in_language(language), what.in_language(language))
}

/// How many endpoints of the services in use have had a success, and how many there are.
fn endpoints(report: &Report) -> (usize, usize) {
    let used = report.coverage.services.iter().filter(|service| service.sum.tried > 0);
    let endpoints = used.flat_map(|service| &service.endpoints);
    let with_answers = endpoints.filter(|endpoint| endpoint.cells.iter().any(|cell| cell.kind == "answer"));
    let mut counts = (0, 0);
    for endpoint in with_answers {
        counts.1 += 1;
        counts.0 += usize::from(endpoint.cells.iter().any(|cell| cell.kind == "answer" && cell.count > 0));
    }
    counts
}

/// How many codes and faults were met, and whether there were faults of the service and faults of the call among them.
fn errors(report: &Report) -> (usize, bool) {
    let mut met: BTreeSet<&str> = BTreeSet::new();
    for cell in cells(report).filter(|cell| matches!(cell.kind, "code" | "fault") && cell.count > 0) {
        met.insert(&cell.item);
    }
    let sums = &report.sums;
    (met.len(), sums.refused > 0 && sums.failed + sums.unanswered > 0)
}

/// How many codes and rules about what was sent were met without being asked for.
fn checks(report: &Report) -> usize {
    let met = cells(report).filter(|cell| matches!(cell.kind, "code" | "rule") && cell.natural);
    met.map(|cell| cell.item.as_str()).collect::<BTreeSet<_>>().len()
}

fn cells(report: &Report) -> impl Iterator<Item = &crate::coverage::CellView> {
    let endpoints = report.coverage.services.iter().flat_map(|service| &service.endpoints);
    endpoints.flat_map(|endpoint| &endpoint.cells)
}
