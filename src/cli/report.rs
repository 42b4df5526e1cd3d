//! `report`: the report of a test run, in a file.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use http::Method;

use super::coverage::all_or;
use crate::config::Flags;
use crate::terminal::{Client, UNUSABLE, print_error, write_output};

#[derive(Args)]
pub(super) struct ReportArgs {
    /// Session; the default one if left out
    #[arg(long, value_name = "NAME", conflicts_with = "sessions")]
    session: Option<String>,
    /// Several sessions, separated by commas, or all; they are told in one report
    #[arg(long, value_name = "NAMES|all")]
    sessions: Option<String>,
    /// File to write; without it, or with -, the report goes to stdout
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Format; if left out, the ending of the file says it (.html, .md, .json), and stdout gets HTML
    #[arg(long, value_name = "html|md|json")]
    format: Option<ReportFormat>,
    /// Language of the report: Norwegian or English
    #[arg(long, default_value = "nb", value_name = "nb|en")]
    language: ReportLanguage,
}

#[derive(Clone, Copy, ValueEnum)]
enum ReportFormat {
    Html,
    Md,
    Json,
}

#[derive(Clone, Copy, ValueEnum)]
enum ReportLanguage {
    Nb,
    En,
}

pub(super) fn run(args: &ReportArgs, flags: &Flags) -> ExitCode {
    report(args, flags).unwrap_or_else(|error| {
        print_error(&error);
        ExitCode::from(UNUSABLE)
    })
}

/// Fetches the report, and writes it to its place.
fn report(args: &ReportArgs, flags: &Flags) -> Result<ExitCode, String> {
    let stdout = PathBuf::from("-");
    let output = args.output.as_ref().unwrap_or(&stdout);
    let ending = output.extension().unwrap_or_default().to_string_lossy();
    let format = match (args.format, &*ending) {
        (Some(ReportFormat::Html), _) | (None, "html") => "html",
        (Some(ReportFormat::Md), _) | (None, "md") => "md",
        (Some(ReportFormat::Json), _) | (None, "json") => "json",
        (None, "") if *output == stdout => "html",
        (None, other) => {
            return Err(format!(
                "a report has no format {other:?}; let the file end with .html, .md or .json, or give --format"
            ));
        }
    };
    let language = match args.language {
        ReportLanguage::Nb => "nb",
        ReportLanguage::En => "en",
    };
    let sessions = args.sessions.as_deref().map(|names| format!("&sessions={}", all_or(names))).unwrap_or_default();
    let path = format!("/sandbox/report?format={format}&language={language}{sessions}");
    let text = Client::new(flags, args.session.as_deref()).text(Method::GET, &path)?;
    write_output(output, text.as_bytes())
}
