//! A verdict as build servers read it: JUnit XML, GitHub's annotations, a summary in Markdown.

use std::fmt::Write as _;

use quick_xml::escape::escape;

use super::verify::Verdict;
use crate::session::verdicts::Outcome;

/// The lines below an expectation that failed.
pub(crate) fn explanation(outcome: &Outcome) -> Vec<String> {
    let mut lines = vec![outcome.detail.clone()];
    lines.extend(outcome.missing.iter().map(|name| format!("not tried: {name}")));
    for near in &outcome.nearest {
        let differs = near.differs.join("; ");
        let differs = if differs.is_empty() { String::new() } else { format!(" ({differs})") };
        lines.push(format!("{} #{}: {}{differs}", near.session, near.number, near.call));
    }
    lines
}

/// JUnit XML, with a test case for each expectation.
pub(crate) fn xml(verdict: &Verdict) -> String {
    let failures = verdict.results.iter().filter(|outcome| !outcome.passed).count();
    let (tests, suite) = (verdict.results.len(), escape(verdict.sessions.join(",")).into_owned());
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites tests=\"{tests}\" failures=\"{failures}\">\n  \
         <testsuite name=\"innkreving-sandbox verify {suite}\" tests=\"{tests}\" failures=\"{failures}\">\n"
    );
    for outcome in &verdict.results {
        let name = escape(printable(&outcome.expectation)).into_owned();
        let _ = write!(xml, "    <testcase classname=\"innkreving-sandbox\" name=\"{name}\"");
        if outcome.passed {
            xml.push_str("/>\n");
            continue;
        }
        let lines = explanation(outcome);
        let message = escape(printable(lines.first().map_or("", String::as_str))).into_owned();
        let text = escape(printable(&lines.join("\n"))).into_owned();
        let _ = write!(xml, ">\n      <failure message=\"{message}\">{text}</failure>\n    </testcase>\n");
    }
    xml.push_str("  </testsuite>\n</testsuites>\n");
    xml
}

/// A text without the characters that XML cannot carry.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && !matches!(c, '\n' | '\t') { '\u{fffd}' } else { c }).collect()
}

/// GitHub's annotations: a line for each expectation that failed.
pub(crate) fn annotations(verdict: &Verdict) -> String {
    let data = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
    let mut text = String::new();
    for outcome in verdict.results.iter().filter(|outcome| !outcome.passed) {
        let (title, lines) = (property(&outcome.expectation), data(&explanation(outcome).join("\n")));
        let _ = writeln!(text, "::error title={title}::{lines}");
    }
    text
}

/// A summary in Markdown.
pub(crate) fn markdown(verdict: &Verdict) -> String {
    let cell = |text: &str| text.replace('|', "\\|").replace('<', "&lt;").replace('\n', "<br>");
    let failures = verdict.results.iter().filter(|outcome| !outcome.passed).count();
    let mut text = format!(
        "### innkreving-sandbox: {} of {} as expected\n\n| | expected | found |\n|---|---|---|\n",
        verdict.results.len() - failures,
        verdict.results.len()
    );
    for outcome in &verdict.results {
        let mark = if outcome.passed { "✅" } else { "❌" };
        let found = if outcome.passed { outcome.detail.clone() } else { explanation(outcome).join("\n") };
        let _ = writeln!(text, "| {mark} | {} | {} |", cell(&outcome.expectation), cell(&found));
    }
    text
}
