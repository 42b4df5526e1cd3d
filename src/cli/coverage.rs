//! `coverage`: what there is to try, and what sessions of a running sandbox have tried.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use http::Method;
use serde_json::Value;

use crate::config::Flags;
use crate::coverage::PlanDocument;
use crate::terminal::{Client, UNUSABLE, print, print_answer, print_error, query_value, read_text};

#[derive(Args)]
pub(super) struct CoverageArgs {
    /// Only this service
    #[arg(value_name = "SERVICE")]
    service: Option<String>,
    /// Session; the default one if left out
    #[arg(long, value_name = "NAME", conflicts_with = "sessions")]
    session: Option<String>,
    /// Several sessions, separated by commas, or all; they are added up
    #[arg(long, value_name = "NAMES|all")]
    sessions: Option<String>,
    /// File that says what counts, what it weighs and what must be covered (coverage.yaml)
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
    /// List what was not tried
    #[arg(long)]
    missing: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Forget what the session has tried
    #[arg(long, conflicts_with_all = ["service", "sessions", "plan", "missing", "json"])]
    clear: bool,
}

pub(super) fn run(args: &CoverageArgs, flags: &Flags) -> ExitCode {
    let client = Client::new(flags, args.session.as_deref());
    if args.clear {
        return print_answer(client.json(Method::DELETE, "/sandbox/coverage", None));
    }
    let answer = plan(args.plan.as_deref(), args.service.as_deref())
        .and_then(|plan| client.json(Method::POST, &path(args.sessions.as_deref()), Some(&plan)));
    match answer {
        Ok(view) if args.json => print_answer(Ok(view)),
        Ok(view) => print(&table(&view, args.missing)),
        Err(error) => {
            print_error(&error);
            ExitCode::from(UNUSABLE)
        }
    }
}

/// The path of the page, for these sessions.
fn path(sessions: Option<&str>) -> String {
    match sessions {
        None => "/sandbox/coverage".to_owned(),
        Some(names) => format!("/sandbox/coverage?sessions={}", all_or(names)),
    }
}

/// The value of `sessions` in a query.
pub(super) fn all_or(names: &str) -> String {
    if names == "all" { "*".to_owned() } else { query_value(names) }
}

/// The plan of a file, narrowed to a service.
fn plan(file: Option<&Path>, service: Option<&str>) -> Result<Value, String> {
    let mut document = file.map(read_plan).transpose()?.unwrap_or_default();
    if let Some(service) = service {
        document.only = vec![service.to_owned()];
    }
    serde_json::to_value(&document).map_err(|error| error.to_string())
}

/// Reads a plan.
///
/// # Errors
/// The file cannot be read, or is no plan; with line and column.
pub(super) fn read_plan(file: &Path) -> Result<PlanDocument, String> {
    let text = read_text(file)?;
    serde_yaml::from_str(&text).map_err(|error| format!("{}: {error}", file.display()))
}

/// How wide a bar is, in characters.
const BAR: u32 = 20;

fn table(view: &Value, missing: bool) -> String {
    let mut text = String::new();
    let width = 32;
    let line = |text: &mut String, name: &str, of: &Value| {
        let (percent, tried, all) = (of["percent"].as_f64().unwrap_or(0.0), &of["tried"], &of["of"]);
        let _ = writeln!(text, "{name:<width$} {} {percent:>5.1} %  {tried} of {all}", bar(percent));
    };
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    for service in list(&view["services"]) {
        line(&mut text, service["title"].as_str().unwrap_or_default(), &service);
        for endpoint in list(&service["endpoints"]) {
            line(&mut text, &format!("  {}", endpoint["endpoint"].as_str().unwrap_or_default()), &endpoint);
            let untried: Vec<String> = list(&endpoint["cells"])
                .iter()
                .filter(|cell| cell["count"] == 0)
                .filter_map(|cell| cell["item"].as_str().map(str::to_owned))
                .collect();
            if missing && !untried.is_empty() {
                for words in wrapped(&untried, 100) {
                    let _ = writeln!(text, "      {words}");
                }
            }
        }
    }
    line(&mut text, "All", view);
    for name in list(&view["missing"]) {
        let _ = writeln!(text, "missing: {}", name.as_str().unwrap_or_default());
    }
    text
}

fn bar(percent: f64) -> String {
    // More than nothing is shown as something.
    (0..BAR).map(|step| if percent > f64::from(step * 100 / BAR) { '█' } else { '░' }).collect()
}

/// Words in lines of at most so many characters.
fn wrapped(words: &[String], most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() + 2 <= most => {
                line.push_str(", ");
                line.push_str(word);
            }
            _ => lines.push(word.clone()),
        }
    }
    lines
}
