//! The report as one HTML file. It needs no script and loads nothing.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use chrono_tz::Europe::Oslo;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::style::STYLE;
use super::{CallLine, Found, Report, TestRun, texts};
use crate::catalogue::Label;
use crate::coverage::{CellView, ServiceView};
use crate::evidence::text::Text;
use crate::session::verdicts::Outcome;

/// The most calls that a report shows.
pub(super) const MOST_CALLS: usize = 5_000;

/// The content security policy of the page: nothing but its own style, known by its hash.
pub(crate) fn policy(base: &str) -> String {
    let hash = STANDARD.encode(digest(&SHA256, STYLE.as_bytes()));
    format!("{base}; style-src 'sha256-{hash}'; form-action 'none'")
}

/// A time in Norway.
pub(super) fn norwegian(time: DateTime<Utc>) -> String {
    time.with_timezone(&Oslo).format("%Y-%m-%d %H:%M:%S").to_string()
}

/// The whole page.
pub(crate) fn page(report: &Report) -> Markup {
    let t = |text: Text| text.in_language(report.language);
    html! {
        (DOCTYPE)
        html lang=(report.language.name()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (t(texts::TITLE)) " – " (report.system.as_deref().unwrap_or("innkreving-sandbox")) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    h1 { (t(texts::TITLE)) @if let Some(system) = &report.system { ": " (system) } }
                    p { (t(texts::SUBTITLE)) }
                }
                main {
                    (facts(report))
                    (sums(report))
                    section.checklist {
                        h2 #checklist { (t(texts::CHECKLIST)) }
                        p.about { (t(texts::CHECKLIST_ABOUT)) }
                        table {
                            tbody {
                                @for point in &report.checklist {
                                    tr {
                                        td { (point.text) }
                                        td { (point.evidence) }
                                        td.n { span class={ "mark " (point.state.class()) } { (t(point.state.text())) } }
                                    }
                                }
                            }
                        }
                    }
                    h2 #findings { (t(texts::FINDINGS)) }
                    @if report.findings.is_empty() { p.about { (t(texts::NO_FINDINGS)) } }
                    @for found in &report.findings { (finding(report, found)) }
                    (expectations(report))
                    (coverage(report))
                    (fidelity(report))
                    h2 #tests { (t(texts::TESTS)) }
                    @if report.sessions.iter().any(|session| session.dropped > 0) { p.about { (t(texts::DROPPED)) } }
                    @if report.sums.calls > MOST_CALLS { p.about { (t(texts::CUT)) } }
                    @let shown = shown(report);
                    @for (number, (test, calls)) in shown.iter().enumerate() { (test_run(report, number, test, calls)) }
                    h2 #about { (t(texts::ABOUT)) }
                    ul { @for text in texts::ABOUT_TEXTS { li { (t(text)) } } }
                    div.hash { (t(texts::HASH)) br; code { (report.journal_hash) } }
                }
                footer {
                    "innkreving-sandbox " (report.sandbox) " · " (t(texts::MADE)) " " (norwegian(report.made))
                }
            }
        }
    }
}

fn facts(report: &Report) -> Markup {
    let t = |text: Text| text.in_language(report.language);
    let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| t(texts::NOT_SAID).to_owned());
    let used = report.coverage.services.iter().filter(|service| service.sum.tried > 0);
    let used: Vec<&str> = used.map(|service| service.title).collect();
    let sessions: Vec<&str> = report.sessions.iter().map(|session| session.name.as_str()).collect();
    html! {
        dl {
            dt { (t(texts::SUPPLIER)) } dd { (or_none(&report.supplier)) }
            dt { (t(texts::SYSTEM)) } dd { (or_none(&report.system)) }
            dt { (t(texts::VERSION)) } dd { (or_none(&report.version)) }
            dt { (t(texts::SANDBOX)) } dd { "innkreving-sandbox " (report.sandbox) }
            @if let (Some(first), Some(last)) = (report.first, report.last) {
                dt { (t(texts::PERIOD)) } dd { (norwegian(first)) " – " (norwegian(last)) }
            }
            dt { (t(texts::SERVICES)) } dd { (used.join(", ")) }
            dt { (t(texts::SESSIONS)) } dd { (sessions.join(", ")) }
        }
    }
}

fn sums(report: &Report) -> Markup {
    let t = |text: Text| text.in_language(report.language);
    let sums = &report.sums;
    let all = [
        (sums.calls, texts::CALLS, ""),
        (sums.good, texts::GOOD, "good"),
        (sums.refused, texts::REFUSED, "part"),
        (sums.failed, texts::FAILED, "bad"),
        (sums.unanswered, texts::UNANSWERED, "bad"),
        (sums.on_demand, texts::ON_DEMAND, ""),
    ];
    html! {
        ul.sums {
            @for (count, what, class) in all { li { b class=(class) { (count) } span { (t(what)) } } }
        }
    }
}

/// How many places of a finding are shown.
const MOST_PLACES: usize = 10;

fn finding(report: &Report, found: &Found) -> Markup {
    let t = |text: Text| text.in_language(report.language);
    html! {
        div.finding id={ "finding-" (found.name) } {
            h3 { (found.title) " " code { (found.name) } }
            p { b { (t(texts::GOOD_CLIENT)) } " " (found.good) }
            p {
                (t(texts::SHOWN_BY)) " "
                @for (number, place) in found.places.iter().take(MOST_PLACES).enumerate() {
                    @if number > 0 { "; " }
                    @for call in place.calls.iter().take(MOST_PLACES) {
                        a href={ "#call-" (place.session) "-" (call) } { "#" (call) } " "
                    }
                    @if place.calls.len() > MOST_PLACES { "… " }
                    @if !place.figures.is_empty() { "(" (place.figures) ")" }
                }
                @if found.places.len() > MOST_PLACES { "; … " (found.places.len()) " ×" }
            }
            p.note { (t(texts::SOURCE)) " " (found.source) }
        }
    }
}

fn coverage(report: &Report) -> Markup {
    let t = |text: Text| text.in_language(report.language);
    let (used, unused): (Vec<&ServiceView>, Vec<&ServiceView>) =
        report.coverage.services.iter().partition(|service| service.sum.tried > 0);
    let unused: Vec<&str> = unused.iter().map(|service| service.title).collect();
    html! {
        h2 #coverage { (t(texts::COVERAGE)) }
        p.about { (t(texts::COVERAGE_ABOUT)) }
        @for service in used {
            div.service {
                div { (service.title) }
                (bar(service.sum.percent))
                span { (service.sum.percent) " % · " (service.sum.tried) " " (t(texts::OF)) " " (service.sum.of) }
            }
            @for endpoint in &service.endpoints {
                div.endpoint { code { (endpoint.endpoint) } (squares(&endpoint.cells)) }
            }
        }
        @if !unused.is_empty() { p.about { (t(texts::NOT_USED)) " " (unused.join(", ")) "." } }
    }
}

/// A bar. Its length is an attribute of a picture, because the policy allows no style beside that of the page.
fn bar(percent: f64) -> Markup {
    html! {
        svg width="100%" height="9" viewBox="0 0 100 9" preserveAspectRatio="none" role="img" aria-label={ (percent) " %" } {
            rect class="c" x="0" y="0" width="100" height="9" {}
            rect class="c2" x="0" y="0" width=(percent) height="9" {}
        }
    }
}

/// How many squares stand in a row, and how large they are.
const IN_A_ROW: usize = 50;
const SQUARE: usize = 11;

fn squares(cells: &[CellView]) -> Markup {
    let (width, rows) = (cells.len().min(IN_A_ROW) * SQUARE, cells.len().div_ceil(IN_A_ROW));
    html! {
        svg width=(width) height=(rows * SQUARE) viewBox={ "0 0 " (width) " " (rows * SQUARE) } role="img" {
            @for (number, cell) in cells.iter().enumerate() {
                @let (x, y) = (number % IN_A_ROW * SQUARE + 1, number / IN_A_ROW * SQUARE + 1);
                @let class = match (cell.count, cell.natural) { (0, _) => "c", (_, false) => "c1", _ => "c2" };
                rect class=(class) x=(x) y=(y) width="8" height="8" { title { (cell.item) @if cell.count > 0 { ": " (cell.count) } } }
            }
        }
    }
}

fn expectations(report: &Report) -> Markup {
    let t = |text: Text| text.in_language(report.language);
    html! {
        @if !report.expectations.is_empty() {
            section.checklist {
                h2 #expectations { (t(texts::EXPECTATIONS)) }
                p.about { (t(texts::EXPECTATIONS_ABOUT)) }
                table {
                    tbody { @for outcome in &report.expectations { (expectation(report, outcome)) } }
                }
            }
        }
    }
}

fn expectation(report: &Report, outcome: &Outcome) -> Markup {
    let t = |text: Text| text.in_language(report.language);
    let (class, word) = if outcome.passed { ("seen", texts::PASSED) } else { ("none", texts::NOT_PASSED) };
    html! {
        tr {
            td { code { (outcome.expectation) } }
            td {
                (outcome.detail)
                @if !outcome.missing.is_empty() { span.note { (outcome.missing.join(", ")) } }
                @for near in &outcome.nearest {
                    span.note {
                        a href={ "#call-" (near.session) "-" (near.number) } { "#" (near.number) } " " (near.call)
                        @if !near.differs.is_empty() { ": " (near.differs.join("; ")) }
                    }
                }
            }
            td.n { span class={ "mark " (class) } { (t(word)) } }
        }
    }
}

/// The most lines of docs/fidelity.md that are named.
pub(super) const MOST_LINES: usize = 30;

fn fidelity(report: &Report) -> Markup {
    let t = |text: Text| text.in_language(report.language);
    let surety = &report.fidelity;
    let sums =
        [(Label::Published, surety.published), (Label::Observed, surety.observed), (Label::Chosen, surety.chosen)];
    html! {
        section.checklist {
            h2 #fidelity { (t(texts::FIDELITY)) }
            p.about { (t(texts::FIDELITY_ABOUT)) }
            p {
                @for (number, (label, count)) in sums.into_iter().enumerate() {
                    @if number > 0 { " · " }
                    b { (count) } " " (t(texts::label(label)))
                }
            }
            @if !surety.lines.is_empty() {
                table {
                    thead { tr { th { (t(texts::LINE)) } th {} th.n { (t(texts::CALLS)) } } }
                    tbody {
                        @for line in surety.lines.iter().take(MOST_LINES) {
                            tr { td { code { (line.line) } } td { (t(texts::label(line.label))) } td.n { (line.calls) } }
                        }
                    }
                }
            }
            @if !surety.leaning_tests.is_empty() {
                p.about { (t(texts::LEANING_TESTS)) " " (leaning_tests(report)) }
            }
        }
    }
}

/// The names of the tests that lean on a choice of the sandbox.
pub(super) fn leaning_tests(report: &Report) -> String {
    let tests = &report.fidelity.leaning_tests;
    let named: Vec<&str> = tests.iter().take(MOST_LINES).map(String::as_str).collect();
    let more = if tests.len() > MOST_LINES { texts::OTHER_LINES.in_language(report.language) } else { "" };
    format!("{} {more}", named.join(", ")).trim_end().to_owned()
}

/// The calls that are shown, test by test.
pub(super) fn shown(report: &Report) -> Vec<(&TestRun, &[CallLine])> {
    let mut left = MOST_CALLS;
    let mut shown = Vec::new();
    for test in report.tests.iter().filter(|test| !test.calls.is_empty()) {
        let calls = &test.calls[..test.calls.len().min(left)];
        left -= calls.len();
        if !calls.is_empty() {
            shown.push((test, calls));
        }
    }
    shown
}

fn test_run(report: &Report, number: usize, test: &TestRun, calls: &[CallLine]) -> Markup {
    let t = |text: Text| text.in_language(report.language);
    html! {
        h3 id={ "test-" (number + 1) } {
            (test.name.as_deref().unwrap_or(t(texts::NO_TEST)))
            @if report.sessions.len() > 1 { span.note { (test.session) } }
        }
        table.calls {
            thead {
                tr {
                    th { "#" } th { (t(texts::TIME)) } th { (t(texts::CALL)) } th { (t(texts::ASKED)) } th { (t(texts::CAME)) } th { (t(texts::TOOK)) }
                }
            }
            tbody { @for call in calls { (call_row(report, test, call)) } }
        }
    }
}

/// A code up to this length is not broken into two lines. The names of rules are longer than their column.
const SHORT_CODE: usize = 12;

fn call_row(report: &Report, test: &TestRun, call: &CallLine) -> Markup {
    let t = |text: Text| text.in_language(report.language);
    let class = match call.status {
        Some(..400) => "good",
        Some(400..500) => "part",
        _ => "bad",
    };
    html! {
        tr id={ "call-" (test.session) "-" (call.number) } {
            td.n { (call.number) }
            td.t { (call.time.with_timezone(&Oslo).format("%H:%M:%S%.3f").to_string()) }
            td {
                code { (call.method) " " (call.url) }
                @if let Some(message) = &call.message { span.note { (message) } }
                @if let Some(hint) = &call.hint { span.note { "→ " (hint) } }
            }
            td { @match &call.asked { Some(asked) => { (asked) } None => { (t(texts::NATURAL)) } } }
            td class=(class) {
                @match call.status { Some(status) => { (status) } None => { (t(texts::NO_ANSWER)) } }
                @for code in &call.codes { " " span.k[code.len() <= SHORT_CODE] { (code) } }
                @if let Some(label) = call.fidelity { span.note { (t(texts::label(label))) } }
            }
            td.n { @if let Some(took) = call.took { (format!("{took:.1}")) } }
        }
    }
}
