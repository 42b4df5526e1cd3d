//! `report`: the report of a test run, in a file.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use http::Method;

use super::coverage::all_or;
use crate::config::Flags;
use crate::terminal::{Client, UNUSABLE, print, print_error};

#[derive(Args)]
pub(super) struct ReportArgs {
    /// Session; the default one if left out
    #[arg(long, value_name = "NAME", conflicts_with = "sessions")]
    session: Option<String>,
    /// Several sessions, separated by commas, or all; they are told in one report
    #[arg(long, value_name = "NAMES|all")]
    sessions: Option<String>,
    /// File to write; its ending says the format: .html, .md or .json. Without it, HTML goes to stdout
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Language of the report: Norwegian or English
    #[arg(long, default_value = "nb", value_name = "nb|en")]
    language: ReportLanguage,
}

#[derive(Clone, Copy, ValueEnum)]
enum ReportLanguage {
    Nb,
    En,
}

pub(super) fn run(args: &ReportArgs, flags: &Flags) -> ExitCode {
    match report(args, flags) {
        Ok(text) if args.output.is_none() => print(&text),
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            print_error(&error);
            ExitCode::from(UNUSABLE)
        }
    }
}

/// Fetches the report, and writes the file if there is one.
fn report(args: &ReportArgs, flags: &Flags) -> Result<String, String> {
    let ending = args.output.as_ref().map(|file| file.extension().unwrap_or_default().to_string_lossy().into_owned());
    let format = match ending.as_deref() {
        None => "html",
        Some(ending @ ("html" | "md" | "json")) => ending,
        Some(other) => {
            return Err(format!("a report has no format {other:?}; let the file end with .html, .md or .json"));
        }
    };
    let language = match args.language {
        ReportLanguage::Nb => "nb",
        ReportLanguage::En => "en",
    };
    let sessions = args.sessions.as_deref().map(|names| format!("&sessions={}", all_or(names))).unwrap_or_default();
    let path = format!("/sandbox/report?format={format}&language={language}{sessions}");
    let text = Client::new(flags, args.session.as_deref()).text(Method::GET, &path)?;
    if let Some(file) = &args.output {
        std::fs::write(file, &text).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    Ok(text)
}
