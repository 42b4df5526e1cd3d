//! The command line, one file per subcommand.

mod check;
mod healthcheck;
mod openapi;
mod parties;
mod schema;
mod serve;

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::config::{AnswerArgs, ListenArgs, ScenarioArgs, unknown_variables};
use crate::scenario::ScenarioSet;
use crate::scenario::loading::{LoadError, count, load};
use crate::scenario::problems::Problem;
use crate::services::CATALOGUE;
use crate::session::{base_date, system_time};

/// A stand-in for Skatteetaten's collection services, to build and test against.
///
/// Without a subcommand it serves. Every flag can be set by the environment variable named beside it.
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: ServeArgs,
}

#[derive(Subcommand)]
enum Command {
    /// Answer calls (the default)
    Serve(Box<ServeArgs>),
    /// Tell all that is wrong with the scenario files of a folder
    Check(check::CheckArgs),
    /// List the parties, as they stand today
    Parties(parties::PartiesArgs),
    /// Print the JSON Schema of scenario files
    Schema,
    /// Print the OpenAPI document of a service
    Openapi(openapi::OpenapiArgs),
    /// Ask a running sandbox whether it is ready; exit code 0 if so (for containers without curl)
    Healthcheck(ListenArgs),
}

#[derive(Args)]
struct ServeArgs {
    #[command(flatten)]
    listen: ListenArgs,
    #[command(flatten)]
    scenarios: ScenarioArgs,
    #[command(flatten)]
    answers: AnswerArgs,
}

/// Exit code for settings or scenarios that cannot be used, as clap has it for bad flags.
const UNUSABLE: u8 = 2;

/// Runs the binary.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let unknown = unknown_variables(std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()));
    if !unknown.misspelt.is_empty() {
        unknown.misspelt.iter().for_each(|message| complain(message));
        return ExitCode::from(UNUSABLE);
    }
    match cli.command {
        None => serve::run(&cli.serve, &unknown.strangers),
        Some(Command::Serve(args)) => serve::run(&args, &unknown.strangers),
        Some(Command::Check(args)) => check::run(&args),
        Some(Command::Parties(args)) => parties::run(&args),
        Some(Command::Openapi(args)) => openapi::run(&args),
        Some(Command::Schema) => schema::run(),
        Some(Command::Healthcheck(args)) => healthcheck::run(&args),
    }
}

/// A line to stderr.
fn complain(message: &str) {
    // A closed stderr is no reason to stop.
    let _ = writeln!(std::io::stderr(), "error: {message}");
}

/// A text to stdout; a closed pipe ends quietly.
fn print(text: &str) -> ExitCode {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Loads the scenarios, or tells everything that is wrong with them.
fn load_scenarios(args: &ScenarioArgs) -> Result<ScenarioSet, ExitCode> {
    let base = base_date(args.now, system_time);
    load(&args.sources(), CATALOGUE, base).map_err(|error| {
        if let LoadError::Problems(problems) = &error {
            tell(problems);
        }
        complain(&error.to_string());
        ExitCode::from(UNUSABLE)
    })
}

/// Problems with excerpt and hint, to stderr.
fn tell(problems: &[Problem]) {
    let colour = std::io::stderr().is_terminal();
    for problem in problems {
        let _ = writeln!(std::io::stderr(), "{}\n", problem.render(colour));
    }
}

/// The closing line of a check: "2 errors and 1 warning in 3 files".
fn summary(problems: &[Problem], files: usize) -> String {
    let plural = if files == 1 { "" } else { "s" };
    format!("{} in {files} file{plural}", count(problems))
}
