//! The command line, one file per subcommand. Services add subcommands of their own (`Hooks::subcommands`).

mod capsule;
mod capsule_replay;
mod capsule_story;
mod check;
mod clock;
mod compared;
mod coverage;
mod docs;
mod doctor;
mod healthcheck;
mod journal;
mod openapi;
mod parties;
mod report;
mod rule;
mod schema;
mod serve;
mod session;
mod starting;
mod stop;
mod store;
mod verify;

use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

use clap::builder::UnknownArgumentValueParser;
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::config::{Flags, OWN_VARIABLES, ServiceSettings, UnknownVariables, is_secret, unknown_variables};
use crate::interface::{self, Services};
use crate::load::store::StoreAt;
use crate::log::replicas::url::DatabaseUrl;
use crate::redact::{masked, visible};
use crate::scenario::loading::count;
use crate::scenario::problems::Problem;
use crate::services;
use crate::session::cannot_open::CannotOpen;
use crate::session::registry::Sessions;
use crate::session::time::system_time;
use crate::terminal::{UNUSABLE, has_colours, print_error};

/// A stand-in for Skatteetaten's collection services, to build and test against.
///
/// Without a subcommand it serves. Every setting can also be given by the environment variable that its help names.
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
    /// Report all problems in the scenario files of a folder
    Check(check::CheckArgs),
    /// List the parties, with their sums of today
    Parties(parties::PartiesArgs),
    /// Print the JSON Schema of scenario files, or of something that a service takes
    Schema(schema::SchemaArgs),
    /// Print the OpenAPI document of a service
    Openapi(openapi::OpenapiArgs),
    /// List and print the documents, or write them as a site
    Docs(docs::DocsArgs),
    /// Set, list and delete rules of a running sandbox: which calls fail, and how
    Rule(rule::RuleArgs),
    /// Show, move, advance and freeze the clock of a running sandbox
    Clock(clock::ClockArgs),
    /// Show what there is to try, and what a running sandbox has seen of it
    Coverage(coverage::CoverageArgs),
    /// Show what a running sandbox has seen: line by line, one call whole, or exported
    Journal(journal::JournalArgs),
    /// Write the report of a test run to a file
    Report(report::ReportArgs),
    /// Fail a build unless a test run did what was expected: exit code 0 if it did, 1 if not
    Verify(Box<verify::VerifyArgs>),
    /// Show what happened to a session of a running sandbox, and go back to an earlier state of it
    Session(session::SessionArgs),
    /// Save a session in one file, show it, go on with it, or send its calls again
    Capsule(capsule::CapsuleArgs),
    /// Check, compact or copy the file that sessions are kept in
    Store(store::StoreArgs),
    /// Show the settings in force and where they come from, and check that a sandbox can start with them: exit code 0 if it can
    Doctor(doctor::DoctorArgs),
    /// Ask a running sandbox whether it is ready; the exit code is 0 if it is (for containers without curl)
    Healthcheck,
}

/// The text below the help of a subcommand.
const SETTINGS_ELSEWHERE: &str = "The settings of the server can be given here too (--url, --listen, --control-key, …): see innkreving-sandbox --help";

/// Runs the binary.
pub fn main() -> ExitCode {
    let services = services::built_in();
    let unknown = unknown_environment(services);
    // To describe all subcommands takes half of the time of a start, and a server needs none of them. Whatever is not plain
    // settings, also a mistake in them, is for the whole command.
    if unknown.misspelt.is_empty()
        && let Ok(matches) = with_environment(settings_command(services)).try_get_matches()
        && let Ok(flags) = flags(&matches, services)
        && !asks_url(&matches)
    {
        return serve::run(&flags, services, &unknown.unrelated);
    }
    let command = with_environment(whole_command(services));
    // doctor tells of them beside all else.
    let asks_doctor = std::env::args_os().skip(1).any(|argument| argument == "doctor");
    if !unknown.misspelt.is_empty() && !asks_doctor {
        unknown.misspelt.iter().for_each(|message| print_error(message));
        return ExitCode::from(UNUSABLE);
    }
    let known = command.clone();
    let matches = parse(command);
    let flags = match flags(&matches, services) {
        Ok(flags) => flags,
        Err(error) => error.exit(),
    };
    if let Some((name, matches)) = matches.subcommand()
        && let Some(subcommand) = subcommand(services, name)
    {
        return (subcommand.run)(matches, &flags);
    }
    match Cli::from_arg_matches(&matches).map(|cli| cli.command) {
        Ok(None | Some(Command::Serve)) if asks_url(&matches) => {
            print_error("--url is for the subcommands that ask a running sandbox; a sandbox listens by --listen");
            ExitCode::from(UNUSABLE)
        }
        Ok(None | Some(Command::Serve)) => serve::run(&flags, services, &unknown.unrelated),
        Ok(Some(Command::Check(args))) => check::run(&args, &flags, services),
        Ok(Some(Command::Parties(args))) => parties::run(&args, &flags, services),
        Ok(Some(Command::Schema(args))) => schema::run(&args, services),
        Ok(Some(Command::Openapi(args))) => openapi::run(&args, services),
        Ok(Some(Command::Docs(args))) => docs::run(&args, services),
        Ok(Some(Command::Rule(args))) => rule::run(&args, &flags),
        Ok(Some(Command::Clock(args))) => clock::run(&args, &flags),
        Ok(Some(Command::Coverage(args))) => coverage::run(&args, &flags),
        Ok(Some(Command::Journal(args))) => journal::run(&args, &flags),
        Ok(Some(Command::Report(args))) => report::run(&args, &flags),
        Ok(Some(Command::Verify(args))) => {
            let given = matches.subcommand().map_or(&matches, |(_, given)| given);
            verify::run(&args, given, &flags)
        }
        Ok(Some(Command::Session(args))) => session::run(&args, &flags),
        Ok(Some(Command::Capsule(args))) => capsule::run(&args, &flags, services),
        Ok(Some(Command::Store(args))) => store::run(&args, &flags),
        Ok(Some(Command::Doctor(args))) => doctor::run(&args, &matches, &known, &flags, services, &unknown),
        Ok(Some(Command::Healthcheck)) => healthcheck::run(&flags, asks_url(&matches)),
        Err(error) => error.exit(),
    }
}

/// Whether `--url` was given as a flag.
fn asks_url(matches: &ArgMatches) -> bool {
    matches.value_source("url") == Some(ValueSource::CommandLine)
}

fn subcommand(services: &Services, name: &str) -> Option<&'static interface::Subcommand> {
    let mut all = services.modules.iter().flat_map(|module| module.hooks.subcommands);
    all.find(|subcommand| (subcommand.command)().get_name() == name)
}

/// The command with all settings and without subcommands.
fn settings_command(services: &Services) -> clap::Command {
    let command = clap::Command::new("innkreving-sandbox").args_override_self(true);
    with_settings_of(services, Flags::augment_args(command))
}

/// A command with the settings of the services, too.
fn with_settings_of(services: &Services, command: clap::Command) -> clap::Command {
    let settings = services.modules.iter().filter_map(|module| module.hooks.settings.as_ref());
    settings.fold(command, |command, settings| (settings.augment)(command))
}

/// The command with all settings and subcommands.
fn whole_command(services: &Services) -> clap::Command {
    let mut command = Cli::command().arg(port());
    let about = command.get_about().cloned().unwrap_or_default();
    let long_about = command.get_long_about().cloned().unwrap_or_default();
    command = with_settings_of(services, command);
    for subcommand in services.modules.iter().flat_map(|module| module.hooks.subcommands) {
        command = command.subcommand((subcommand.command)());
    }
    // `augment` replaces the text at the top of the help by the doc comment of the service's settings.
    command = command.about(about).long_about(long_about);
    let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    // The many settings would hide the options of the subcommand itself, so its help leaves the settings out.
    let given: Vec<OsString> = std::env::args_os().skip(1).collect();
    if given.iter().any(|argument| names.iter().any(|name| argument == OsStr::new(name) && name != "serve")) {
        command = command.mut_args(|argument| argument.hide(true));
        for name in names {
            command = command.mut_subcommand(name, point_to_settings);
        }
    }
    command
}

/// Says below the help of a subcommand, and of its own subcommands, where the settings are.
fn point_to_settings(command: clap::Command) -> clap::Command {
    let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    let command = command.after_help(SETTINGS_ELSEWHERE);
    names.into_iter().fold(command, |command, name| command.mut_subcommand(name, point_to_settings))
}

/// What many programs call `--port`. It is refused with what to write instead.
fn port() -> clap::Arg {
    let refused = UnknownArgumentValueParser::suggest("the port is a part of --listen, like --listen 127.0.0.1:9000");
    let port = clap::Arg::new("port").long("port").value_name("PORT").global(true).hide(true);
    port.num_args(0..=1).default_missing_value("").value_parser(refused)
}

/// An empty variable counts as not set, because compose files pass on variables that are empty.
fn with_environment(command: clap::Command) -> clap::Command {
    command.mut_args(|argument| {
        let empty = argument.get_env().is_some_and(|name| std::env::var_os(name).is_some_and(|value| value.is_empty()));
        if empty { argument.env(None::<&'static str>) } else { argument }
    })
}

/// The names of the variables that the settings read.
fn variable_names(services: &Services) -> Vec<String> {
    let command = settings_command(services);
    let names = command.get_arguments().filter_map(|argument| argument.get_env());
    names.map(|name| name.to_string_lossy().into_owned()).collect()
}

/// The `SANDBOX_…` variables of the environment that no setting reads.
fn unknown_environment(services: &Services) -> UnknownVariables {
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let names: Vec<String> = names.filter(|name| name.starts_with(OWN_VARIABLES)).collect();
    // Most environments have none, and a start need not list the settings then.
    if names.is_empty() { UnknownVariables::default() } else { unknown_variables(&variable_names(services), names) }
}

/// The value of a setting, by the name of its variable, as it may be shown: without a key, and without the password of a database.
fn shown_value(variable: &str, value: &str) -> String {
    match variable {
        _ if is_secret(variable) && !value.is_empty() => "***".to_owned(),
        "SANDBOX_STORE" if value.contains("://") => DatabaseUrl::new(value).to_string(),
        _ => value.to_owned(),
    }
}

/// The arguments of the command line and the environment. Ends the process for `--help`, `--version` and invalid
/// settings.
fn parse(command: clap::Command) -> ArgMatches {
    command.try_get_matches().unwrap_or_else(|error| {
        let failed = error.use_stderr();
        let _ = error.print();
        let given: Vec<String> = variable_names(services::built_in())
            .into_iter()
            .filter_map(|name| {
                let value = std::env::var_os(&name).filter(|value| !value.is_empty())?;
                Some(format!("{name}={}", shown_value(&name, &value.to_string_lossy())))
            })
            .collect();
        if failed && !given.is_empty() {
            let _ = writeln!(std::io::stderr(), "\nThe environment says: {}", visible(&given.join(" "), false));
        }
        std::process::exit(error.exit_code())
    })
}

/// The settings, including those of the services.
fn flags(matches: &ArgMatches, services: &Services) -> Result<Flags, clap::Error> {
    let mut settings = ServiceSettings::default();
    for module in &services.modules {
        if let Some(section) = &module.hooks.settings {
            (section.read)(matches, &mut settings)?;
        }
    }
    let mut flags = Flags { services: Arc::new(settings), ..Flags::from_arg_matches(matches)? };
    flags.control.keys().check().map_err(|why| clap::Error::raw(ErrorKind::ValueValidation, format!("{why}\n")))?;
    // A flag wins over the environment, also where the two name a sandbox in different ways.
    if !asks_url(matches) && matches.value_source("listen") == Some(ValueSource::CommandLine) {
        flags.url = None;
    }
    if matches!(flags.store.store, StoreAt::Database(_)) {
        compared::check(matches).map_err(|why| clap::Error::raw(ErrorKind::ValueValidation, format!("{why}\n")))?;
        flags.compared = compared::compared(matches, &settings_command(services));
    }
    Ok(flags)
}

/// Loads the scenarios and begins the default session.
fn open_sessions(flags: &Flags, services: &Services) -> Result<Arc<Sessions>, CannotOpen> {
    let of = services::of_services(services);
    Sessions::open(flags.sources(None), of, &flags.settings(), system_time)
}

/// Prints problems with excerpt and hint to stderr.
fn print_problems(problems: &[Problem]) {
    let colour = has_colours(&std::io::stderr());
    for problem in problems {
        let text = problem.render(colour);
        let _ = writeln!(std::io::stderr(), "{}\n", visible(&masked(&text), colour));
    }
}

/// The last line of a check: "2 errors and 1 warning in 3 files".
fn summary(problems: &[Problem], files: usize) -> String {
    let plural = if files == 1 { "" } else { "s" };
    if problems.is_empty() {
        return format!("no problems in {files} file{plural}");
    }
    format!("{} in {files} file{plural}", count(problems))
}
