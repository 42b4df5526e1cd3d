//! What subcommands share: what they print, and how they ask a running sandbox.

mod client;

use std::io::Write as _;
use std::process::ExitCode;

pub(crate) use client::Client;

/// The exit code for settings or scenarios that cannot be used. clap has the same for bad flags.
pub(crate) const UNUSABLE: u8 = 2;

/// Writes a line to stderr.
pub(crate) fn complain(message: &str) {
    // A closed stderr is no reason to stop.
    let _ = writeln!(std::io::stderr(), "error: {message}");
}

/// Writes a text to stdout. A closed pipe ends quietly.
pub(crate) fn print(text: &str) -> ExitCode {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Prints the JSON that a running sandbox answered with, or complains.
pub(crate) fn print_answer(answer: Result<serde_json::Value, String>) -> ExitCode {
    match answer {
        Ok(serde_json::Value::Null) => ExitCode::SUCCESS,
        Ok(value) => print(&format!("{value:#}\n")),
        Err(error) => {
            complain(&error);
            ExitCode::from(UNUSABLE)
        }
    }
}
