//! The command line, one file per subcommand.

mod check;
mod client;
mod clock;
mod healthcheck;
mod openapi;
mod parties;
mod rule;
mod schema;
mod serve;
mod token;
mod trekk;

use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::config::{Flags, FromEnvironment, from_environment, unknown_variables};
use crate::scenario::loading::{LoadError, count};
use crate::scenario::problems::Problem;
use crate::services::CATALOGUE;
use crate::session::registry::{CannotOpen, Sessions};
use crate::session::time::system_time;

/// A stand-in for Skatteetaten's collection services, to build and test against.
///
/// Without a subcommand it serves. Every flag can be set by the environment variable named beside it.
#[derive(Parser)]
#[command(version, args_override_self = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    flags: Flags,
}

#[derive(Subcommand)]
enum Command {
    /// Answer calls (the default)
    Serve,
    /// Tell all that is wrong with the scenario files of a folder
    Check(check::CheckArgs),
    /// List the parties, as they stand today
    Parties(parties::PartiesArgs),
    /// Print the JSON Schema of scenario files
    Schema,
    /// Print the OpenAPI document of a service
    Openapi(openapi::OpenapiArgs),
    /// Print a token for curl, signed with the sandbox's test key
    Token(token::TokenArgs),
    /// Tell what is on a token, claim by claim
    Explain(token::ExplainArgs),
    /// Set, list and delete rules of a running sandbox: which calls fail, and how
    Rule(rule::RuleArgs),
    /// Show, move, advance and freeze the clock of a running sandbox
    Clock(clock::ClockArgs),
    /// Make, change and end trekkpålegg of a running sandbox
    Trekk(trekk::TrekkArgs),
    /// Ask a running sandbox whether it is ready; exit code 0 if so (for containers without curl)
    Healthcheck,
}

/// Exit code for settings or scenarios that cannot be used, as clap has it for bad flags.
const UNUSABLE: u8 = 2;

/// Runs the binary.
pub fn main() -> ExitCode {
    let unknown = unknown_variables(std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()));
    let environment = from_environment(|name| std::env::var_os(name));
    let environment = match environment {
        Ok(environment) if unknown.misspelt.is_empty() => environment,
        refused => {
            unknown.misspelt.iter().chain(refused.err().iter()).for_each(|message| complain(message));
            return ExitCode::from(UNUSABLE);
        }
    };
    let Cli { command, flags } = parse(&environment);
    match command {
        None | Some(Command::Serve) => serve::run(&flags, &unknown.strangers),
        Some(Command::Check(args)) => check::run(&args, &flags),
        Some(Command::Parties(args)) => parties::run(&args, &flags),
        Some(Command::Schema) => schema::run(),
        Some(Command::Openapi(args)) => openapi::run(&args),
        Some(Command::Token(args)) => token::run(&args, &flags),
        Some(Command::Explain(args)) => token::explain(&args, &flags),
        Some(Command::Rule(args)) => rule::run(&args, &flags),
        Some(Command::Clock(args)) => clock::run(&args, &flags),
        Some(Command::Trekk(args)) => trekk::run(&args, &flags),
        Some(Command::Healthcheck) => healthcheck::run(&flags),
    }
}

/// The command line, with what the environment says put before it. Ends the process for `--help`,
/// `--version`, and flags that mean nothing.
fn parse(environment: &FromEnvironment) -> Cli {
    let mut arguments: Vec<OsString> = std::env::args_os().collect();
    let after_name = arguments.len().min(1);
    arguments.splice(after_name..after_name, environment.flags.iter().cloned());
    let parsed = Cli::command().try_get_matches_from(arguments).and_then(|matches| Cli::from_arg_matches(&matches));
    parsed.unwrap_or_else(|error| {
        let failed = error.use_stderr();
        let _ = error.print();
        if failed && !environment.variables.is_empty() {
            let _ = writeln!(std::io::stderr(), "\nThe environment says: {}", environment.variables.join(" "));
        }
        std::process::exit(error.exit_code())
    })
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

/// Loads the scenarios and begins the default session, or tells everything that is wrong.
fn open_sessions(flags: &Flags) -> Result<Arc<Sessions>, ExitCode> {
    Sessions::open(flags.sources(None), CATALOGUE, &flags.settings(), system_time).map(Arc::new).map_err(|error| {
        if let CannotOpen::Scenarios(LoadError::Problems(problems)) = &error {
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
    if problems.is_empty() {
        return format!("no problems in {files} file{plural}");
    }
    format!("{} in {files} file{plural}", count(problems))
}
