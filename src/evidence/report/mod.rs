//! The report of a test run, for those who have to see that a client was tested: HTML for people, Markdown, JSON.
//! docs/evidence.md describes it.

mod checklist;
mod html;
mod markdown;
mod style;
mod texts;

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::conduct::{self, Conduct};
use super::text::Language;
use crate::catalogue::Label;
use crate::coverage::CoverageView;
use crate::faults::Cause;
use crate::session::Session;
use crate::session::journal::Entry;
use crate::session::verdicts::Outcome;
use checklist::Point;
pub(crate) use html::{page, policy};
pub(crate) use markdown::markdown;

/// Everything that a report tells, in one language.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Report {
    #[serde(skip)]
    language: Language,
    /// The version of the sandbox.
    sandbox: &'static str,
    /// When it was made.
    made: DateTime<Utc>,
    supplier: Option<String>,
    system: Option<String>,
    /// The version of the system that was tested.
    version: Option<String>,
    sessions: Vec<Tested>,
    /// When the first call came, and the last.
    first: Option<DateTime<Utc>>,
    last: Option<DateTime<Utc>>,
    /// How the calls went.
    sums: Sums,
    /// The SHA-256 of the journal as JSON Lines, as `GET /sandbox/journal` gives it.
    journal_hash: String,
    checklist: Vec<Point>,
    findings: Vec<Found>,
    /// What was expected of the run (`verify`), and what came of it.
    expectations: Vec<Outcome>,
    tests: Vec<TestRun>,
    coverage: CoverageView,
    /// How many calls were answered as sure as that.
    fidelity: Surety,
}

/// A session that was looked at.
#[derive(Debug, Serialize, JsonSchema)]
struct Tested {
    name: String,
    begun: DateTime<Utc>,
    /// How many calls it has had.
    calls: u64,
    /// How many of them the journal does not keep any longer, so that the report cannot show them.
    dropped: u64,
}

/// How sure it is that the real services answer as the calls were answered.
#[derive(Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Surety {
    published: usize,
    observed: usize,
    chosen: usize,
    /// The lines of docs/fidelity.md that the answers leaned on, the most used first.
    lines: Vec<LineUse>,
    /// The tests that lean on a line that is chosen.
    leaning_tests: Vec<String>,
}

/// A line of docs/fidelity.md that answers leaned on.
#[derive(Debug, Serialize, JsonSchema)]
struct LineUse {
    line: &'static str,
    label: Label,
    calls: usize,
}

/// How many calls went how.
#[derive(Debug, Default, Serialize, JsonSchema)]
struct Sums {
    calls: usize,
    /// With a status below 400.
    good: usize,
    /// With a status from 400 to 499.
    refused: usize,
    /// With a status from 500.
    failed: usize,
    /// Without an answer.
    unanswered: usize,
    /// How many of all were asked for something: a code, a fault, a drift or a delay.
    on_demand: usize,
}

/// A finding about the client.
#[derive(Debug, Serialize, JsonSchema)]
struct Found {
    name: &'static str,
    title: &'static str,
    /// What a good client does.
    good: &'static str,
    source: &'static str,
    places: Vec<Place>,
}

/// Where a finding was made.
#[derive(Debug, Serialize, JsonSchema)]
struct Place {
    session: String,
    calls: Vec<u64>,
    figures: String,
}

/// The calls of a test. Without a name, those that name no test.
#[derive(Debug, Serialize, JsonSchema)]
struct TestRun {
    session: String,
    name: Option<String>,
    calls: Vec<CallLine>,
}

/// A call of a test.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct CallLine {
    number: u64,
    time: DateTime<Utc>,
    method: String,
    url: String,
    service: Option<&'static str>,
    endpoint: Option<&'static str>,
    /// What the sandbox was asked to do; nothing if the service answered by itself.
    asked: Option<String>,
    status: Option<u16>,
    /// The code, and the rules that were broken.
    codes: Vec<String>,
    /// In ms.
    took: Option<f64>,
    /// What was wrong, and what would have made it succeed.
    message: Option<String>,
    hint: Option<String>,
    warning: Option<String>,
    /// How sure it is that the real service answers the same.
    fidelity: Option<Label>,
}

/// What a report is made from, beside the sessions.
pub(crate) struct Ground<'g> {
    pub(crate) language: Language,
    pub(crate) made: DateTime<Utc>,
    pub(crate) coverage: CoverageView,
    pub(crate) kinds: &'g [&'static Conduct],
    pub(crate) journal_hash: String,
}

impl Report {
    pub(crate) fn new(sessions: &[Arc<Session>], ground: Ground<'_>) -> Self {
        let Ground { language, made, coverage, kinds, journal_hash } = ground;
        let mut report = Self {
            language,
            sandbox: env!("CARGO_PKG_VERSION"),
            made,
            supplier: None,
            system: None,
            version: None,
            sessions: Vec::new(),
            first: None,
            last: None,
            sums: Sums::default(),
            journal_hash,
            checklist: Vec::new(),
            findings: Vec::new(),
            expectations: Vec::new(),
            tests: Vec::new(),
            coverage,
            fidelity: Surety::default(),
        };
        for session in sessions {
            report.add(session, kinds);
        }
        report.fidelity.lines.sort_by_key(|line| (std::cmp::Reverse(line.calls), line.line));
        report.checklist = checklist::points(&report);
        report
    }

    fn add(&mut self, session: &Session, kinds: &[&'static Conduct]) {
        let about = session.about.read().clone();
        let text = |mine: &mut Option<String>, other: Option<Box<str>>| {
            if let Some(other) = other.filter(|other| mine.as_deref().is_none_or(|mine| !mine.contains(&**other))) {
                *mine = Some(mine.take().map_or_else(|| other.to_string(), |mine| format!("{mine}, {other}")));
            }
        };
        text(&mut self.supplier, about.supplier);
        text(&mut self.system, about.system);
        text(&mut self.version, about.version);
        let entries = session.journal.entries();
        let calls = session.journal.total();
        self.sessions.push(Tested {
            name: session.name.to_string(),
            begun: session.begun,
            calls,
            dropped: calls - entries.len() as u64,
        });
        for outcome in session.verdicts.all() {
            if !self.expectations.iter().any(|known| known.expectation == outcome.expectation) {
                self.expectations.push(match self.language {
                    Language::Norwegian => outcome.in_norwegian(),
                    Language::English => outcome,
                });
            }
        }
        let mut places: HashMap<Option<&str>, usize> = HashMap::new();
        for entry in &entries {
            self.count(entry);
            self.fidelity.count(entry);
            let name = entry.test.as_deref();
            let place = *places.entry(name).or_insert_with(|| {
                let (session, name) = (session.name.to_string(), name.map(str::to_owned));
                self.tests.push(TestRun { session, name, calls: Vec::new() });
                self.tests.len() - 1
            });
            self.tests[place].calls.push(CallLine::new(entry, self.language));
        }
        for finding in conduct::judge(&entries, kinds) {
            let places = finding.hits.into_iter().map(|hit| Place {
                session: session.name.to_string(),
                calls: hit.calls,
                figures: hit.figures,
            });
            let conduct = finding.conduct;
            match self.findings.iter_mut().find(|known| known.name == conduct.name) {
                Some(known) => known.places.extend(places),
                None => self.findings.push(Found {
                    name: conduct.name,
                    title: conduct.title.in_language(self.language),
                    good: conduct.good.in_language(self.language),
                    source: conduct.source,
                    places: places.collect(),
                }),
            }
        }
    }

    fn count(&mut self, entry: &Entry) {
        self.first = Some(self.first.map_or(entry.time, |first| first.min(entry.time)));
        self.last = Some(self.last.map_or(entry.time, |last| last.max(entry.time)));
        let sums = &mut self.sums;
        sums.calls += 1;
        match entry.status {
            None => sums.unanswered += 1,
            Some(..400) => sums.good += 1,
            Some(400..500) => sums.refused += 1,
            Some(_) => sums.failed += 1,
        }
        if entry.cause != Cause::Natural {
            sums.on_demand += 1;
        }
    }
}

impl Surety {
    fn count(&mut self, entry: &Entry) {
        let Some(leaning) = &entry.fidelity else { return };
        match leaning.label {
            Label::Published => self.published += 1,
            Label::Observed => self.observed += 1,
            Label::Chosen => self.chosen += 1,
        }
        for (label, line) in &leaning.see {
            match self.lines.iter_mut().find(|known| known.line == *line && known.label == *label) {
                Some(known) => known.calls += 1,
                None => self.lines.push(LineUse { line, label: *label, calls: 1 }),
            }
        }
        if let Some(test) = entry.test.as_deref().filter(|_| leaning.label == Label::Chosen)
            && !self.leaning_tests.iter().any(|known| known == test)
        {
            self.leaning_tests.push(test.to_owned());
        }
    }
}

impl CallLine {
    fn new(entry: &Entry, language: Language) -> Self {
        let text = |text: &Option<Box<str>>| text.as_deref().map(str::to_owned);
        let mut codes: Vec<String> = entry.code.map(str::to_owned).into_iter().collect();
        for finding in &entry.findings {
            if !codes.iter().any(|known| *known == *finding.code) {
                codes.push(finding.code.to_string());
            }
        }
        Self {
            number: entry.number,
            time: entry.time,
            method: entry.method.to_string(),
            url: entry.url.to_string(),
            service: entry.service,
            endpoint: entry.endpoint,
            asked: asked(entry, language),
            status: entry.status,
            codes,
            took: entry.ending.milliseconds(),
            message: text(&entry.message),
            hint: text(&entry.hint),
            warning: entry.warning.as_deref().map(str::to_owned),
            fidelity: entry.fidelity.as_ref().map(|leaning| leaning.label),
        }
    }
}

/// What the sandbox was asked to do with a call, and by what.
fn asked(entry: &Entry, language: Language) -> Option<String> {
    if entry.cause == Cause::Natural {
        return None;
    }
    let mut wishes: Vec<String> = Vec::new();
    wishes.extend(entry.delay.map(|delay| format!("delay={delay}ms")));
    wishes.extend(entry.fault.map(|fault| format!("fault={fault}")));
    wishes.extend(entry.drift.map(|drift| format!("drift={drift}")));
    if entry.fault.is_none_or(|fault| !fault.replaces_answer()) && entry.checks.is_none() {
        let rules: Vec<&str> = entry.findings.iter().map(|finding| &*finding.code).collect();
        match (rules.is_empty(), entry.code) {
            (true, Some(code)) => wishes.push(format!("error={code}")),
            (false, _) => wishes.push(format!("error={}", rules.join("+"))),
            (true, None) => {}
        }
    }
    let cause = texts::cause(entry.cause).in_language(language);
    Some(if wishes.is_empty() { cause.to_owned() } else { format!("{} ({cause})", wishes.join(", ")) })
}
