//! A capsule as a story: what happened to the session and which calls came, in order.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::control::log_words_of;
use crate::interface::Services;
use crate::log::capsule::Capsule;

/// The lines, the oldest first.
pub(super) fn story(capsule: &Capsule, services: &Services) -> String {
    let head = &capsule.head;
    let mut events: Vec<(DateTime<Utc>, String)> = Vec::new();
    for record in &capsule.records {
        let line = format!("{:>7}  {}", format!("#{}", record.sequence), log_words_of(record, services).text);
        events.push((record.at, line));
    }
    for call in &capsule.calls {
        let at = call["time"].as_str().and_then(|time| time.parse().ok()).unwrap_or(head.saved);
        events.push((at, told(call)));
    }
    // A call comes before the changes that it makes, which are later.
    events.sort_by_key(|(at, _)| *at);
    let mut text = format!(
        "session {}, saved {:.19} by {}; {} changes, {} calls\n\n",
        head.session,
        head.saved.to_rfc3339(),
        head.by,
        capsule.records.len(),
        capsule.calls.len()
    );
    for (at, line) in events {
        let _ = writeln!(text, "{}  {}", at.format("%H:%M:%S%.3f"), line.trim_end());
    }
    text
}

fn told(call: &Value) -> String {
    let text = |name: &str| call[name].as_str().unwrap_or_default();
    let status = call["status"].as_u64().map_or_else(|| "no answer".to_owned(), |status| status.to_string());
    let mut line =
        format!("{:>7}  {} {} → {status} {}", call["number"].to_string(), text("method"), text("url"), text("code"));
    for (before, name) in [("", "test"), ("", "hint")] {
        let value = text(name);
        if !value.is_empty() {
            let _ = write!(line, "{before}  · {value}");
        }
    }
    line
}
