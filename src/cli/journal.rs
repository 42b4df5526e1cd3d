//! `journal`: what a running sandbox has seen, line by line or one call whole; exports of it.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use http::Method;
use serde_json::Value;

use super::coverage::all_or;
use crate::config::Flags;
use crate::redact::visible;
use crate::terminal::{Client, UNUSABLE, has_colours, print, print_error, query_value, write_output};

#[derive(Args)]
pub(super) struct JournalArgs {
    /// Conditions, like endpoint=krav code=KB-006 test='a name'; those of GET /sandbox/requests
    #[arg(value_name = "KEY=VALUE", value_parser = pair)]
    filters: Vec<(String, String)>,
    /// Session; the default one if left out
    #[arg(long, value_name = "NAME", conflicts_with = "sessions")]
    session: Option<String>,
    /// Several sessions, separated by commas, or all; for --har and --jsonl
    #[arg(long, value_name = "NAMES|all")]
    sessions: Option<String>,
    /// Print new calls as they come, until stopped
    #[arg(long, short, conflicts_with_all = ["entry", "har", "jsonl"])]
    follow: bool,
    /// Print one call whole, with headers and bodies, by its number
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["har", "jsonl"])]
    entry: Option<u64>,
    /// Write all to a file (- is stdout) as HAR 1.2, which the network tools of browsers open
    #[arg(long, value_name = "FILE")]
    har: Option<PathBuf>,
    /// Write all to a file (- is stdout) as JSON Lines
    #[arg(long, value_name = "FILE")]
    jsonl: Option<PathBuf>,
    /// How many calls to print at most
    #[arg(long, default_value_t = 50, value_name = "NUMBER")]
    limit: u32,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("write key=value")?;
    Ok((key.to_owned(), value.to_owned()))
}

/// How often new calls are asked for.
const PAUSE: Duration = Duration::from_millis(500);

pub(super) fn run(args: &JournalArgs, flags: &Flags) -> ExitCode {
    let client = Client::new(flags, args.session.as_deref());
    let done = match (args.entry, args.har.is_some() || args.jsonl.is_some()) {
        (Some(number), _) => client
            .json(Method::GET, &format!("/sandbox/requests/{number}"), None)
            .map(|entry| print(&format!("{entry:#}\n"))),
        (None, true) => export(args, &client),
        (None, false) if args.sessions.is_some() => Err("--sessions is for --har and --jsonl".to_owned()),
        (None, false) => list(args, &client),
    };
    done.unwrap_or_else(|error| {
        print_error(&error);
        ExitCode::from(UNUSABLE)
    })
}

fn export(args: &JournalArgs, client: &Client<'_>) -> Result<ExitCode, String> {
    if !args.filters.is_empty() {
        return Err("an export has all calls and takes no conditions".to_owned());
    }
    let sessions = args.sessions.as_deref().map(|names| format!("?sessions={}", all_or(names))).unwrap_or_default();
    let write = |file: &Path, page: &str| {
        let text = client.text(Method::GET, &format!("/sandbox/{page}{sessions}"))?;
        write_output(file, text.as_bytes())
    };
    if [&args.har, &args.jsonl].iter().all(|file| file.as_deref() == Some(Path::new("-"))) {
        return Err("only one of --har and --jsonl can go to stdout".to_owned());
    }
    for (file, page) in [(&args.har, "har"), (&args.jsonl, "journal")] {
        if let Some(file) = file {
            let written = write(file, page)?;
            if written != ExitCode::SUCCESS {
                return Ok(written);
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints the calls, the oldest first; with `--follow` also those that come.
fn list(args: &JournalArgs, client: &Client<'_>) -> Result<ExitCode, String> {
    let colour = has_colours(&std::io::stdout());
    let mut last = 0;
    let mut limit = args.limit;
    let mut is_first = true;
    loop {
        let found = client.json(Method::GET, &path(args, last, limit), None)?;
        let total = found["total"].as_u64().unwrap_or(last);
        // A journal that was cleared counts from 1 again.
        if total < last {
            last = 0;
            continue;
        }
        let mut calls = found["requests"].as_array().cloned().unwrap_or_default();
        calls.reverse();
        let mut text = String::new();
        for call in &calls {
            text.push_str(&line(call, colour));
        }
        // All that come from now on are told, however many come at once.
        (last, limit) = (total, u32::MAX);
        let mut out = std::io::stdout().lock();
        if out.write_all(text.as_bytes()).and_then(|()| out.flush()).is_err() {
            return Ok(ExitCode::FAILURE);
        }
        drop(out);
        if is_first && let Some(why) = found["unseen"].as_str() {
            // The lines of calls stay alone on stdout.
            let _ = writeln!(std::io::stderr(), "note: calls may be missing: {}", visible(why, false));
        }
        is_first = false;
        if !args.follow {
            return Ok(ExitCode::SUCCESS);
        }
        std::thread::sleep(PAUSE);
    }
}

fn path(args: &JournalArgs, after: u64, limit: u32) -> String {
    let mut path = format!("/sandbox/requests?after={after}&limit={limit}");
    for (key, value) in &args.filters {
        let _ = write!(path, "&{}={}", query_value(key), query_value(value));
    }
    path
}

/// A call in a line: number, time, status and code, method and URL, test, what was asked for, hint.
fn line(call: &Value, colour: bool) -> String {
    let text = |name: &str| visible(call[name].as_str().unwrap_or_default(), false).into_owned();
    let status = call["status"].as_u64();
    let shade = match status {
        Some(..400) => "32",
        Some(400..500) => "33",
        _ => "31",
    };
    let shown = status.map_or_else(|| "---".to_owned(), |status| status.to_string());
    let time: String = text("time").chars().skip(11).take(12).collect();
    let code = text("code");
    let result = format!("{shown} {code:<7}");
    let result = if colour { format!("\u{1b}[{shade}m{result}\u{1b}[0m") } else { result };
    let mut line = format!("{:>5} {time} {result} {} {}", call["number"], text("method"), text("url"));
    for (name, before) in [("test", "  · "), ("cause", "  ["), ("hint", "\n      → ")] {
        let value = text(name);
        if value.is_empty() || value == "natural" {
            continue;
        }
        line.push_str(before);
        line.push_str(&value);
        if name == "cause" {
            line.push(']');
        }
    }
    line.push('\n');
    line
}
