//! Settings: flags over environment over defaults, validated at start.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};

use crate::access::Level;
use crate::catalogue::{Edition, nearest};
use crate::domain::clock::{ClockError, Now};
use crate::scenario::sources::Source;

/// Every variable that is read. The names are those of the flags.
pub(crate) const VARIABLES: [&str; 9] = [
    "SANDBOX_LISTEN",
    "SANDBOX_SCENARIOS",
    "SANDBOX_WITH_BUILTIN",
    "SANDBOX_NOW",
    "SANDBOX_EDITION",
    "SANDBOX_AUTH",
    "SANDBOX_SEED",
    "SANDBOX_LOG",
    "SANDBOX_LOG_FORMAT",
];

/// Where the server listens.
#[derive(Args, Clone, Debug)]
pub(crate) struct ListenArgs {
    /// Address and port to listen on; port 0 takes a free one and prints it
    #[arg(long, env = "SANDBOX_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDRESS:PORT")]
    pub(crate) listen: SocketAddr,
}

/// Which scenarios are served, and when it is.
#[derive(Args, Clone, Debug)]
pub(crate) struct ScenarioArgs {
    /// Folder of scenario files, in place of the built-in ones
    #[arg(long, env = "SANDBOX_SCENARIOS", value_name = "DIR")]
    pub(crate) scenarios: Option<PathBuf>,
    /// Keep the built-in scenarios beside those of the folder; the folder wins where both have a party
    #[arg(long, env = "SANDBOX_WITH_BUILTIN")]
    pub(crate) with_builtin: bool,
    /// What the time is: a date or date-time (the clock stands still), or a shift like +30d (it goes on)
    #[arg(long, env = "SANDBOX_NOW", value_name = "WHEN", value_parser = parse_now, allow_hyphen_values = true)]
    pub(crate) now: Option<Now>,
}

/// How the server answers and logs.
#[derive(Args, Clone, Debug)]
pub(crate) struct AnswerArgs {
    /// Edition of the answers where neither caller nor scenario says
    #[arg(long, env = "SANDBOX_EDITION", default_value = "2024", value_parser = parse_edition, value_name = "2023|2024")]
    pub(crate) edition: Edition,
    /// How closely tokens are looked at: not at all, where there is one, always
    #[arg(long, env = "SANDBOX_AUTH", default_value = "open", value_name = "off|open|claims")]
    pub(crate) auth: Level,
    /// Seed of all randomness (ids), for runs that must be alike; drawn from the system where left out
    #[arg(long, env = "SANDBOX_SEED", value_name = "NUMBER")]
    pub(crate) seed: Option<u64>,
    /// What is logged to stderr; successes only at debug
    #[arg(long, env = "SANDBOX_LOG", default_value = "info", value_name = "LEVEL")]
    pub(crate) log: LogLevel,
    /// Form of the log
    #[arg(long, env = "SANDBOX_LOG_FORMAT", default_value = "text", value_name = "FORMAT")]
    pub(crate) log_format: LogFormat,
}

/// What is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogLevel {
    Off,
    Error,
    Warn,
    Info,
    Debug,
}

/// How it is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

fn parse_now(text: &str) -> Result<Now, ClockError> {
    text.parse()
}

fn parse_edition(text: &str) -> Result<Edition, String> {
    Edition::from_str(text).map_err(|()| format!("there are the editions {}", Edition::NAMES.join(" and ")))
}

impl ScenarioArgs {
    /// The places that scenarios are read from; a later one wins over an earlier one.
    pub(crate) fn sources(&self) -> Vec<Source> {
        match &self.scenarios {
            None => vec![Source::Builtin],
            Some(folder) if self.with_builtin => vec![Source::Builtin, Source::Folder(folder.clone())],
            Some(folder) => vec![Source::Folder(folder.clone())],
        }
    }
}

/// What the server needs to know.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) listen: SocketAddr,
    pub(crate) now: Option<Now>,
    pub(crate) edition: Edition,
    pub(crate) auth: Level,
    pub(crate) seed: Option<u64>,
}

/// What is to be said about `SANDBOX_…` variables that nothing reads.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct UnknownVariables {
    /// So like a known one that a slip must be assumed: the start is refused.
    pub(crate) misspelt: Vec<String>,
    /// Something else's (an orchestrator sets variables named after services): worth a warning.
    pub(crate) strangers: Vec<String>,
}

/// Looks for variables that were meant for the sandbox but are not read by it.
pub(crate) fn unknown_variables(names: impl IntoIterator<Item = String>) -> UnknownVariables {
    let mut unknown = UnknownVariables::default();
    let ours = |name: &String| name.starts_with("SANDBOX_") && !VARIABLES.contains(&name.as_str());
    for name in names.into_iter().filter(ours) {
        let near = nearest(&name, VARIABLES).filter(|near| strsim::damerau_levenshtein(&name, near) <= 2);
        match near {
            Some(near) => unknown.misspelt.push(format!("there is no variable {name}; did you mean {near}?")),
            None => unknown.strangers.push(name),
        }
    }
    unknown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_told_from_strangers() {
        let names = ["SANDBOX_SCENARIO", "SANDBOX_PORT_8080_TCP", "SANDBOX_NOW", "PATH", "SANDBOX_LISTENS"];
        let unknown = unknown_variables(names.map(str::to_owned));
        assert_eq!(unknown.strangers, ["SANDBOX_PORT_8080_TCP"]);
        assert_eq!(
            unknown.misspelt,
            [
                "there is no variable SANDBOX_SCENARIO; did you mean SANDBOX_SCENARIOS?",
                "there is no variable SANDBOX_LISTENS; did you mean SANDBOX_LISTEN?"
            ]
        );
    }
}
