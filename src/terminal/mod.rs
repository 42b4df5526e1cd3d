//! What the subcommands share: printing, and requests to a running sandbox.

mod client;
pub(crate) mod progress;

use std::io::{IsTerminal, Read as _, Write as _};
use std::path::Path;
use std::process::ExitCode;

use crate::redact::visible;
pub(crate) use client::Client;

/// The exit code for settings or scenarios that cannot be used. clap has the same code for bad flags.
pub(crate) const UNUSABLE: u8 = 2;

/// Whether texts for a stream have colours: on a terminal, unless `NO_COLOR` is set (no-color.org).
pub(crate) fn has_colours(stream: &impl IsTerminal) -> bool {
    stream.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Writes an error message to stderr.
pub(crate) fn print_error(message: &str) {
    // If stderr is closed, the process goes on.
    let _ = writeln!(std::io::stderr(), "error: {}", visible(message, false));
}

/// Writes a text to stdout, with control characters written out, because texts of callers and files are in it. If stdout is closed, there is no message, only the exit code.
pub(crate) fn print(text: &str) -> ExitCode {
    let mut out = std::io::stdout().lock();
    match out.write_all(visible(text, false).as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Writes what a subcommand was asked for into a file, or to stdout where the file is `-`.
///
/// # Errors
/// A sentence for a person: the file cannot be written.
pub(crate) fn write_output(file: &Path, bytes: &[u8]) -> Result<ExitCode, String> {
    if file == Path::new("-") {
        let mut out = std::io::stdout().lock();
        let written = out.write_all(bytes).and_then(|()| out.flush());
        return Ok(if written.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    std::fs::write(file, bytes).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(ExitCode::SUCCESS)
}

/// The longest file that a subcommand reads, in bytes.
const LONGEST_FILE: u64 = 4 * 1024 * 1024;

/// Reads a file that is given to a subcommand.
///
/// # Errors
/// A sentence for a person.
pub(crate) fn read_text(file: &Path) -> Result<String, String> {
    let told = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let opened = std::fs::File::open(file).map_err(|error| told(&error))?;
    let mut text = String::new();
    opened.take(LONGEST_FILE + 1).read_to_string(&mut text).map_err(|error| told(&error))?;
    if text.len() as u64 > LONGEST_FILE {
        return Err(told(&format!("a file here has at most {LONGEST_FILE} bytes")));
    }
    Ok(text)
}

/// A text as a value of a query.
pub(crate) fn query_value(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// Prints the JSON answer of a running sandbox, or the error.
pub(crate) fn print_answer(answer: Result<serde_json::Value, String>) -> ExitCode {
    match answer {
        Ok(serde_json::Value::Null) => ExitCode::SUCCESS,
        Ok(value) => print(&format!("{value:#}\n")),
        Err(error) => {
            print_error(&error);
            ExitCode::from(UNUSABLE)
        }
    }
}
