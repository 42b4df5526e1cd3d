//! The report as Markdown.

use std::fmt::Write as _;

use super::html::{MOST_LINES, leaning_tests, norwegian, shown};
use super::{Report, texts};
use crate::catalogue::Label;
use crate::evidence::text::Text;

/// A text in a cell of a table.
fn cell(text: &str) -> String {
    text.replace('\\', "\\\\").replace('|', "\\|").replace('<', "&lt;").replace('\n', " ")
}

/// What was expected, and what came of it.
fn expectations(report: &Report) -> String {
    let t = |text: Text| text.in_language(report.language);
    let mut out = String::new();
    if !report.expectations.is_empty() {
        let _ = writeln!(out, "\n## {}\n\n| | | |\n|---|---|---|", t(texts::EXPECTATIONS));
    }
    for outcome in &report.expectations {
        let word = t(if outcome.passed { texts::PASSED } else { texts::NOT_PASSED });
        let (expected, detail) = (cell(&outcome.expectation).replace('`', "'"), cell(&outcome.detail));
        let _ = writeln!(out, "| `{expected}` | {detail} | {word} |");
    }
    out
}

/// How sure the answers are.
fn fidelity(report: &Report) -> String {
    let t = |text: Text| text.in_language(report.language);
    let surety = &report.fidelity;
    let sums =
        [(Label::Published, surety.published), (Label::Observed, surety.observed), (Label::Chosen, surety.chosen)];
    let sums = sums.map(|(label, count)| format!("{count} {}", t(texts::label(label))));
    let mut out = format!("\n## {}\n\n{}\n", t(texts::FIDELITY), sums.join(" · "));
    if !surety.lines.is_empty() {
        let _ = writeln!(out, "\n| {} | | {} |\n|---|---|---:|", t(texts::LINE), t(texts::CALLS));
    }
    for line in surety.lines.iter().take(MOST_LINES) {
        let _ = writeln!(out, "| `{}` | {} | {} |", line.line, t(texts::label(line.label)), line.calls);
    }
    if !surety.leaning_tests.is_empty() {
        let _ = writeln!(out, "\n{} {}", t(texts::LEANING_TESTS), cell(&leaning_tests(report)));
    }
    out
}

/// The whole report.
pub(crate) fn markdown(report: &Report) -> String {
    let t = |text: Text| text.in_language(report.language);
    let mut out = format!("# {}", t(texts::TITLE));
    if let Some(system) = &report.system {
        let _ = write!(out, ": {}", cell(system));
    }
    let _ = writeln!(out, "\n\n{}\n\n| | |\n|---|---|", t(texts::SUBTITLE));
    let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| t(texts::NOT_SAID).to_owned());
    let sessions: Vec<&str> = report.sessions.iter().map(|session| session.name.as_str()).collect();
    let mut facts = vec![
        (t(texts::SUPPLIER), or_none(&report.supplier)),
        (t(texts::SYSTEM), or_none(&report.system)),
        (t(texts::VERSION), or_none(&report.version)),
        (t(texts::SANDBOX), format!("innkreving-sandbox {}", report.sandbox)),
        (t(texts::SESSIONS), sessions.join(", ")),
        (t(texts::MADE), norwegian(report.made)),
    ];
    if let (Some(first), Some(last)) = (report.first, report.last) {
        facts.push((t(texts::PERIOD), format!("{} – {}", norwegian(first), norwegian(last))));
    }
    for (name, value) in facts {
        let _ = writeln!(out, "| {name} | {} |", cell(&value));
    }
    let sums = &report.sums;
    let _ = writeln!(
        out,
        "\n{} {}: {} {}, {} {}, {} {}, {} {}; {} {}.",
        sums.calls,
        t(texts::CALLS),
        sums.good,
        t(texts::GOOD),
        sums.refused,
        t(texts::REFUSED),
        sums.failed,
        t(texts::FAILED),
        sums.unanswered,
        t(texts::UNANSWERED),
        sums.on_demand,
        t(texts::ON_DEMAND)
    );
    let _ = writeln!(out, "\n## {}\n\n| | | |\n|---|---|---|", t(texts::CHECKLIST));
    for point in &report.checklist {
        let _ = writeln!(out, "| {} | {} | {} |", point.text, cell(&point.evidence), t(point.state.text()));
    }
    let _ = writeln!(out, "\n## {}\n", t(texts::FINDINGS));
    if report.findings.is_empty() {
        let _ = writeln!(out, "{}", t(texts::NO_FINDINGS));
    }
    for found in &report.findings {
        let calls: Vec<String> = found
            .places
            .iter()
            .take(10)
            .flat_map(|place| place.calls.iter().take(10))
            .map(|call| format!("#{call}"))
            .collect();
        let _ = writeln!(
            out,
            "- **{}** (`{}`). {} {} {} {}. *{} {}*",
            found.title,
            found.name,
            t(texts::GOOD_CLIENT),
            found.good,
            t(texts::SHOWN_BY),
            calls.join(" "),
            t(texts::SOURCE),
            found.source
        );
    }
    out.push_str(&expectations(report));
    let _ = writeln!(out, "\n## {}\n\n| | | |\n|---|---:|---:|", t(texts::COVERAGE));
    for service in &report.coverage.services {
        let sum = &service.sum;
        let _ = writeln!(out, "| {} | {} % | {} {} {} |", service.title, sum.percent, sum.tried, t(texts::OF), sum.of);
    }
    out.push_str(&fidelity(report));
    let _ = writeln!(out, "\n## {}", t(texts::TESTS));
    for (test, calls) in shown(report) {
        let name = test.name.as_deref().unwrap_or(t(texts::NO_TEST));
        let (call, asked, came) = (t(texts::CALL), t(texts::ASKED), t(texts::CAME));
        let _ = writeln!(out, "\n### {}\n\n| # | {call} | {asked} | {came} |\n|---:|---|---|---|", cell(name));
        for line in calls {
            let status = line.status.map_or_else(|| t(texts::NO_ANSWER).to_owned(), |status| status.to_string());
            let asked = line.asked.as_deref().unwrap_or(t(texts::NATURAL));
            let url = cell(&format!("{} {}", line.method, line.url)).replace('`', "'");
            let codes = line.codes.join(" ");
            let _ = writeln!(out, "| {} | `{url}` | {} | {} {} |", line.number, cell(asked), status, cell(&codes));
        }
    }
    let _ = writeln!(out, "\n## {}\n", t(texts::ABOUT));
    for text in texts::ABOUT_TEXTS {
        let _ = writeln!(out, "- {}", t(text));
    }
    let _ = writeln!(out, "\n{}\n`{}`", t(texts::HASH), report.journal_hash);
    out
}
