//! `begjaering`: makes examples of requests, checks files of requests without a server, and lists the rules.

mod check;
mod example;
mod place;

pub(super) use example::name_submitter;

use std::process::ExitCode;

use chrono::NaiveDate;
use clap::builder::PossibleValuesParser;
use clap::{Args, Command, FromArgMatches};
use serde_json::json;

use crate::config::Flags;
use crate::domain::begjaering::{Modell, REGLER};
use crate::domain::clock::parse_day;
use crate::interface::{NamedSchema, Subcommand};
use crate::session::time::{base_date, system_time};
use crate::terminal::{UNUSABLE, print, print_error};

/// `begjaering`.
pub(super) const SUBCOMMAND: Subcommand = Subcommand {
    command: || {
        let about = "Make an example of a request for enforcement, check files of requests, list the rules";
        BegjaeringArgs::augment_args(Command::new("begjaering")).about(about)
    },
    run: |matches, flags| {
        BegjaeringArgs::from_arg_matches(matches).map_or_else(|error| error.exit(), |args| run(&args, flags))
    },
};

/// `schema begjaering`.
pub(super) const SCHEMA: NamedSchema =
    NamedSchema { name: "begjaering", schema: crate::domain::begjaering::json_schema };

#[derive(Args)]
struct BegjaeringArgs {
    #[command(subcommand)]
    command: BegjaeringCommand,
}

#[derive(clap::Subcommand)]
enum BegjaeringCommand {
    /// Print a valid request with synthetic parties
    Example(example::ExampleArgs),
    /// Check files of requests without a server: what is missing or wrong, and which rules are broken
    Check(check::CheckArgs),
    /// Print the 72 rules: how to break each, and how sure its condition is
    Rules {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

fn run(args: &BegjaeringArgs, flags: &Flags) -> ExitCode {
    let today = match base_date(flags.now, system_time) {
        Ok(today) => today,
        Err(error) => {
            print_error(&format!("--now: {error}"));
            return ExitCode::from(UNUSABLE);
        }
    };
    match &args.command {
        BegjaeringCommand::Example(args) => example::run(args, today),
        BegjaeringCommand::Check(args) => check::run(args, today),
        BegjaeringCommand::Rules { json } => print(&rules(*json)),
    }
}

/// The rules as a table of Markdown (docs/begjaering.md has the same), or as JSON.
fn rules(as_json: bool) -> String {
    if as_json {
        let rules = REGLER.iter().map(|rule| {
            let models: Vec<String> = rule.modeller.iter().map(ToString::to_string).collect();
            json!({
                "code": rule.kode,
                "title": rule.tittel,
                "text": rule.tekst,
                "toBreak": rule.brytes,
                "condition": rule.sikkerhet.ord(),
                "models": models,
                "onlyChanges": rule.bare_endring,
            })
        });
        return format!("{:#}\n", rules.collect::<serde_json::Value>());
    }
    let rows = REGLER.iter().map(|rule| {
        let change = if rule.bare_endring { "; only changes" } else { "" };
        let models = if rule.modeller.len() == Modell::ALLE.len() { "" } else { "; not in 0.9" };
        format!("| `{}` | {} | {}{change}{models} |", rule.kode, rule.brytes, rule.sikkerhet.ord())
    });
    let head = ["| rule | to break it | its condition |".to_owned(), "|---|---|---|".to_owned()];
    head.into_iter().chain(rows).chain([String::new()]).collect::<Vec<_>>().join("\n")
}

/// Reads a day of an argument.
fn day(text: &str) -> Result<NaiveDate, String> {
    parse_day(text).map_err(|_| "not a date; write it like 2026-03-01".to_owned())
}

/// Names that an argument may have.
fn one_of(names: impl IntoIterator<Item = &'static str>) -> PossibleValuesParser {
    PossibleValuesParser::new(names)
}
