//! `verify`: fails a build if a test run did not do what was expected.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{ArgMatches, Args};
use http::Method;
use serde_json::{Map, Value, json};

use super::coverage::{all_or, read_plan};
use crate::config::Flags;
use crate::evidence::junit;
use crate::evidence::verify::Verdict;
use crate::terminal::{Client, UNUSABLE, print, print_error, read_text};

#[derive(Args)]
pub(super) struct VerifyArgs {
    /// Session; the default one if left out
    #[arg(long, value_name = "NAME", conflicts_with = "sessions")]
    session: Option<String>,
    /// Several sessions, separated by commas, or all; they are looked at together
    #[arg(long, value_name = "NAMES|all")]
    sessions: Option<String>,
    /// Cells that must have been tried, like 'kravogbetalinger/*:KB-004..KB-009'
    #[arg(long, value_name = "PATTERN")]
    covered: Vec<String>,
    /// Calls that there must be, like 'aapnekrav party=311851381'; --times, --at-least or --at-most may follow
    #[arg(long, value_name = "CALLS")]
    called: Vec<String>,
    /// How many calls exactly; for the --called before it
    #[arg(long, value_name = "NUMBER")]
    times: Vec<u64>,
    /// How many calls at least; for the --called before it
    #[arg(long, value_name = "NUMBER")]
    at_least: Vec<u64>,
    /// How many calls at most; for the --called before it
    #[arg(long, value_name = "NUMBER")]
    at_most: Vec<u64>,
    /// Finding that there must be none of, like 5xx-retried-at-once
    #[arg(long, value_name = "FINDING")]
    never: Vec<String>,
    /// Coverage that must be reached, like 80%
    #[arg(long, value_name = "SHARE")]
    min_coverage: Option<String>,
    /// File that says what counts as coverage, and what must be covered (coverage.yaml)
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
    /// File of expectations in YAML: a list, or a list under expect and a plan
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Write JUnit XML to a file
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Write JSON to a file
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Print annotations for GitHub, and add to its step summary; on by itself in a workflow
    #[arg(long)]
    github: bool,
}

/// Runs the subcommand. The exit code is 0 if everything is as expected, 1 if not, 2 if the expectations cannot be used.
pub(super) fn run(args: &VerifyArgs, matches: &ArgMatches, flags: &Flags) -> ExitCode {
    match verdict(args, matches, flags).and_then(|(verdict, value)| {
        write(args, &verdict, &value)?;
        Ok(verdict)
    }) {
        Ok(verdict) => {
            let printed = print(&list(&verdict));
            if verdict.passed { printed } else { ExitCode::FAILURE }
        }
        Err(error) => {
            print_error(&error);
            ExitCode::from(UNUSABLE)
        }
    }
}

fn verdict(args: &VerifyArgs, matches: &ArgMatches, flags: &Flags) -> Result<(Verdict, Value), String> {
    let document = document(args, matches)?;
    let path = match args.sessions.as_deref() {
        None => "/sandbox/verify".to_owned(),
        Some(names) => format!("/sandbox/verify?sessions={}", all_or(names)),
    };
    let value = Client::new(flags, args.session.as_deref()).json(Method::POST, &path, Some(&document))?;
    let verdict = serde_json::from_value(value.clone()).map_err(|error| error.to_string())?;
    Ok((verdict, value))
}

/// The expectations as a document of the control API.
fn document(args: &VerifyArgs, matches: &ArgMatches) -> Result<Value, String> {
    let mut document = args.file.as_deref().map(read_file).transpose()?.unwrap_or_default();
    if let Some(plan) = &args.plan {
        if document.contains_key("plan") {
            return Err("the file of --file has a plan already, so --plan has no place beside it".to_owned());
        }
        document.insert("plan".to_owned(), serde_json::to_value(read_plan(plan)?).map_err(|error| error.to_string())?);
    }
    let mut expect: Vec<Value> = match document.remove("expect") {
        None => Vec::new(),
        Some(Value::Array(list)) => list,
        Some(_) => return Err("expect is a list of expectations".to_owned()),
    };
    expect.extend(args.covered.iter().map(|pattern| json!({ "covered": pattern })));
    expect.extend(called(args, matches)?);
    expect.extend(args.never.iter().map(|name| json!({ "never": name })));
    expect.extend(args.min_coverage.iter().map(|share| json!({ "minCoverage": share })));
    document.insert("expect".to_owned(), expect.into());
    Ok(document.into())
}

fn read_file(file: &Path) -> Result<Map<String, Value>, String> {
    let text = read_text(file)?;
    let told = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let mut document = match serde_yaml::from_str(&text).map_err(|error| told(&error))? {
        Value::Object(document) => document,
        // A list alone is what would stand below expect.
        Value::Array(list) => Map::from_iter([("expect".to_owned(), list.into())]),
        _ => {
            return Err(told(
                &"write a list of expectations below expect, like - { covered: \"kravogbetalinger/*:KB-006\" }",
            ));
        }
    };
    // A file may write calls as the command line does.
    for expectation in document.get_mut("expect").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(Value::String(text)) = expectation.get("called") {
            let filter = filter(text).map_err(|error| told(&error))?;
            expectation["called"] = filter;
        }
    }
    Ok(document)
}

/// The expected calls. A number of times belongs to the calls before it.
fn called(args: &VerifyArgs, matches: &ArgMatches) -> Result<Vec<Value>, String> {
    let places = |name: &str| matches.indices_of(name).map(Iterator::collect::<Vec<usize>>).unwrap_or_default();
    let called = places("called");
    let mut expectations = Vec::new();
    for text in &args.called {
        expectations.push(json!({ "called": filter(text)? }));
    }
    let counts = [
        ("times", "times", &args.times),
        ("at_least", "atLeast", &args.at_least),
        ("at_most", "atMost", &args.at_most),
    ];
    for (id, field, numbers) in counts {
        for (place, number) in places(id).into_iter().zip(numbers) {
            let option = id.replace('_', "-");
            let of = called.iter().rposition(|called| *called < place);
            let of = of.ok_or_else(|| format!("--{option} counts calls, so it comes after a --called"))?;
            if expectations[of].get(field).is_some() {
                return Err(format!("--{option} is given twice for --called {:?}", args.called[of]));
            }
            expectations[of][field] = json!(number);
        }
    }
    Ok(expectations)
}

/// Calls as a filter: an endpoint, or a service and an endpoint, then conditions like `party=311851381`. A value with blanks
/// is the last one.
fn filter(text: &str) -> Result<Value, String> {
    let mut filter = Map::new();
    let mut rest = text.trim();
    let place = rest.split_whitespace().next().filter(|word| !word.contains('='));
    if let Some(place) = place {
        rest = rest[place.len()..].trim_start();
        match place.split_once('/') {
            Some((service, endpoint)) => {
                filter.insert("service".to_owned(), json!(service));
                if endpoint != "*" {
                    filter.insert("endpoint".to_owned(), json!(endpoint));
                }
            }
            None => {
                filter.insert("endpoint".to_owned(), json!(place));
            }
        }
    }
    let mut last: Option<String> = None;
    for word in rest.split_whitespace() {
        match (word.split_once('='), &last) {
            (Some((key, value)), _) => {
                if filter.contains_key(key) {
                    return Err(format!("{text:?}: {key} is given more than once"));
                }
                filter.insert(key.to_owned(), json!(value));
                last = Some(key.to_owned());
            }
            (None, Some(key)) => {
                let longer = format!("{} {word}", filter[key].as_str().unwrap_or_default());
                filter.insert(key.clone(), json!(longer));
            }
            (None, None) => return Err(format!("{text:?}: write an endpoint, then conditions like party=311851381")),
        }
    }
    if let Some(status) = filter.get("status").and_then(Value::as_str) {
        let number: u16 = status.parse().map_err(|_| format!("{text:?}: a status is a number, like 200"))?;
        filter.insert("status".to_owned(), json!(number));
    }
    Ok(filter.into())
}

/// Writes the files that were asked for, and what GitHub reads.
fn write(args: &VerifyArgs, verdict: &Verdict, value: &Value) -> Result<(), String> {
    let to_file =
        |file: &Path, text: String| std::fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()));
    if let Some(file) = &args.junit {
        to_file(file, junit::xml(verdict))?;
    }
    if let Some(file) = &args.json {
        to_file(file, format!("{value:#}\n"))?;
    }
    if args.github || std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true") {
        let _ = print(&junit::annotations(verdict));
        if let Some(file) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|file| !file.is_empty()) {
            let file = PathBuf::from(file);
            let opened = std::fs::OpenOptions::new().append(true).create(true).open(&file);
            opened
                .and_then(|mut file| file.write_all(junit::markdown(verdict).as_bytes()))
                .map_err(|error| format!("{}: {error}", file.display()))?;
        }
    }
    Ok(())
}

/// A line for each expectation, with what is missing below it.
fn list(verdict: &Verdict) -> String {
    let mut text = String::new();
    for outcome in &verdict.results {
        let mark = if outcome.passed { "ok    " } else { "FAILED" };
        let _ = write!(text, "{mark} {}", outcome.expectation);
        if outcome.passed {
            let _ = writeln!(text, "  ({})", outcome.detail);
            continue;
        }
        text.push('\n');
        for line in junit::explanation(outcome) {
            let _ = writeln!(text, "         {line}");
        }
    }
    let failed = verdict.results.iter().filter(|outcome| !outcome.passed).count();
    let _ = writeln!(text, "{} of {} as expected", verdict.results.len() - failed, verdict.results.len());
    text
}
