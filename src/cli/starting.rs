//! What a sandbox says while it starts: texts for people, or with `--log-format json` an object a line, as the log.

use std::io::Write as _;

use chrono::SecondsFormat;
use serde_json::{Map, Value, json};

use super::print_problems;
use crate::config::LogFormat;
use crate::redact::{masked, redacted, visible};
use crate::session::cannot_open::CannotOpen;
use crate::session::time::system_time;
use crate::terminal::{print, print_error};

/// Says what happens at a start.
#[derive(Clone, Copy)]
pub(super) struct Starting(pub(super) LogFormat);

impl Starting {
    /// Says that a sandbox listens: the text, or the facts on one line. Whoever started it waits for this, so it is told at every
    /// level of the log.
    pub(super) fn listens(self, text: impl FnOnce() -> String, facts: impl FnOnce() -> Map<String, Value>) {
        match self.0 {
            LogFormat::Text => print(&text()),
            LogFormat::Json => print(&line("INFO", "listening", facts())),
        };
    }

    /// Says why a sandbox does not start.
    pub(super) fn fails(self, why: &str) {
        match self.0 {
            LogFormat::Text => print_error(why),
            LogFormat::Json => write_line("ERROR", why, Map::new()),
        }
    }

    /// Says why there are no sessions, with all problems of the scenarios.
    pub(super) fn cannot_open(self, error: &CannotOpen) {
        match self.0 {
            LogFormat::Text => {
                print_problems(error.problems());
                self.fails(&error.to_string());
            }
            LogFormat::Json => {
                let problems = error.problems().iter().map(|problem| redacted(&problem.headline()).into_owned());
                let facts = Map::from_iter([("problems".to_owned(), problems.collect())]);
                write_line("ERROR", &error.to_string(), facts);
            }
        }
    }
}

/// Writes a line to stderr. If that is closed, the process goes on.
fn write_line(level: &str, message: &str, facts: Map<String, Value>) {
    let _ = std::io::stderr().write_all(line(level, &masked(message), facts).as_bytes());
}

/// A line as the log writes it.
fn line(level: &str, message: &str, facts: Map<String, Value>) -> String {
    let now = system_time().to_rfc3339_opts(SecondsFormat::Micros, true);
    let mut all = json!({ "timestamp": now, "level": level, "message": visible(message, false) });
    if let Value::Object(all) = &mut all {
        all.extend(facts);
    }
    format!("{all}\n")
}
