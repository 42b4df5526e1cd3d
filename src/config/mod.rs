//! Settings. A flag wins over an environment variable, and both win over a default. All are validated at start.

mod address;
mod control;

use std::any::Any;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use clap::builder::BoolishValueParser;
use clap::{Args, ValueEnum};

use crate::access::Level;
use crate::browser::{Allowed, HostPattern, WebOrigin};
use crate::catalogue::{Edition, nearest};
use crate::domain::clock::{ClockError, Now};
use crate::domain::prosent::Prosent;
use crate::load::settings::{LoadLimits, parse_length, parse_size};
use crate::load::store::{Store, StoreFlags};
use crate::scenario::befolkning::{Antall, MOST_ORGANISATIONS, Oenske};
use crate::scenario::sources::Source;
use crate::tls::Tls;
use crate::tls::settings::{TlsFlags, parse_listen};
use crate::traces::settings::{Endpoint, TraceFlags};
pub(crate) use address::{SandboxUrl, base_url};
pub(crate) use control::{ControlFlags, Keys, is_secret};

/// The server's settings. A flag can be given before or after the name of a subcommand.
#[derive(Args, Clone, Debug)]
pub(crate) struct Flags {
    /// Address and port to listen on; with port 0 a free port is taken and printed
    #[arg(long, env = "SANDBOX_LISTEN", global = true, default_value = "127.0.0.1:8080", value_name = "ADDRESS:PORT", value_parser = parse_listen)]
    pub(crate) listen: SocketAddr,
    /// Folder of scenario files, which replace the built-in ones
    #[arg(long, env = "SANDBOX_SCENARIOS", global = true, value_name = "DIR")]
    pub(crate) scenarios: Option<PathBuf>,
    /// Keep the built-in scenarios in addition to those of the folder; if both have a party, the folder wins
    #[arg(long, env = "SANDBOX_WITH_BUILTIN", global = true, value_parser = BoolishValueParser::new())]
    pub(crate) with_builtin: bool,
    /// The time of the clock: a date or date-time (it stands still), or a shift like +30d (it keeps running)
    #[arg(long, env = "SANDBOX_NOW", global = true, value_name = "WHEN", value_parser = parse_now, allow_hyphen_values = true)]
    pub(crate) now: Option<Now>,
    /// Stop when the standard input ends. A test that starts a sandbox with a pipe as its input leaves none behind
    #[arg(long, env = "SANDBOX_STOP_WITH_STDIN", global = true, value_parser = BoolishValueParser::new())]
    pub(crate) stop_with_stdin: bool,
    /// Edition of the answers, if the caller chooses none; if left out, the edition of the scenario, otherwise 2024
    #[arg(long, env = "SANDBOX_EDITION", global = true, value_parser = parse_edition, value_name = "2023|2024")]
    pub(crate) edition: Option<Edition>,
    /// How tokens are checked. off: not at all; open: if a call has one; claims: every call must have one; signed: as
    /// claims, and the signature too
    #[arg(long, env = "SANDBOX_AUTH", global = true, default_value = "open", value_name = "off|open|claims|signed")]
    pub(crate) auth: Level,
    /// Seed of all random values (ids), for runs that must be the same; random if left out
    #[arg(long, env = "SANDBOX_SEED", global = true, value_name = "NUMBER")]
    pub(crate) seed: Option<u64>,
    /// Level of the log on stderr; successful calls are logged at debug
    #[arg(long, env = "SANDBOX_LOG", global = true, default_value = "info", value_name = "LEVEL", ignore_case = true)]
    pub(crate) log: LogLevel,
    /// Format of the log
    #[arg(
        long,
        env = "SANDBOX_LOG_FORMAT",
        global = true,
        default_value = "text",
        value_name = "FORMAT",
        ignore_case = true
    )]
    pub(crate) log_format: LogFormat,
    #[command(flatten)]
    pub(crate) control: ControlFlags,
    /// Base URL of the sandbox that a subcommand asks, like http://innkreving:8080; that of --listen on this machine if left out
    #[arg(long, env = "SANDBOX_URL", global = true, value_name = "URL")]
    pub(crate) url: Option<SandboxUrl>,
    /// Host name by which the sandbox is called, in addition to its own; .team.example is every name below it. Several
    /// are separated by commas
    #[arg(long, env = "SANDBOX_ALLOW_HOST", global = true, value_name = "NAME", value_delimiter = ',')]
    pub(crate) allow_host: Vec<HostPattern>,
    /// Origin of web pages that may use the sandbox, like http://localhost:3000. Several are separated by commas
    #[arg(long, env = "SANDBOX_ALLOW_ORIGIN", global = true, value_name = "ORIGIN", value_delimiter = ',')]
    pub(crate) allow_origin: Vec<WebOrigin>,
    /// How many requests the journal of a session keeps; 0 keeps none
    #[arg(long, env = "SANDBOX_JOURNAL", global = true, default_value_t = Limits::default().journal, value_name = "NUMBER", value_parser = parse_journal)]
    pub(crate) journal: usize,
    /// How much memory the headers and bodies take that all journals keep, or off
    #[arg(long, env = "SANDBOX_JOURNAL_BODIES", global = true, default_value = "32MB", value_name = "SIZE|off", value_parser = parse_bodies)]
    pub(crate) journal_bodies: usize,
    /// How many sessions there can be at the same time, in addition to the default one
    #[arg(long, env = "SANDBOX_MAX_SESSIONS", global = true, default_value_t = Limits::default().sessions, value_name = "NUMBER")]
    pub(crate) max_sessions: usize,
    /// How long a session may be idle before it is deleted
    #[arg(long, env = "SANDBOX_SESSION_IDLE", global = true, default_value = "1h", value_name = "LENGTH", value_parser = parse_length)]
    pub(crate) session_idle: Duration,
    /// How many claims, payments and orders all scenarios may hold together, those of sessions included
    #[arg(long, env = "SANDBOX_MAX_CLAIMS", global = true, default_value_t = Limits::default().claims, value_name = "NUMBER")]
    pub(crate) max_claims: usize,
    #[command(flatten)]
    pub(crate) population: PopulationFlags,
    #[command(flatten)]
    pub(crate) load: LoadLimits,
    #[command(flatten)]
    pub(crate) store: StoreFlags,
    #[command(flatten)]
    pub(crate) tls: TlsFlags,
    #[command(flatten)]
    pub(crate) traces: TraceFlags,
    /// The settings of the services, from flags of their own.
    #[arg(skip)]
    pub(crate) services: Arc<ServiceSettings>,
    /// What replicas must have in common, by its name.
    #[arg(skip)]
    pub(crate) compared: BTreeMap<String, String>,
}

/// The settings of the services. Each service stores its settings in a type of its own, and finds them by that type.
#[derive(Clone, Debug, Default)]
pub(crate) struct ServiceSettings(Vec<Arc<dyn Any + Send + Sync>>);

impl ServiceSettings {
    /// Stores the settings of a service.
    pub(crate) fn put<T: Any + Send + Sync>(&mut self, settings: T) {
        self.0.retain(|known| !known.is::<T>());
        self.0.push(Arc::new(settings));
    }

    /// The settings of a service. `None` if none were stored.
    pub(crate) fn get<T: Any>(&self) -> Option<&T> {
        self.0.iter().find_map(|settings| settings.downcast_ref())
    }
}

impl Flags {
    /// The places that scenarios are read from. A later one wins over an earlier one. A folder that is given
    /// to a subcommand replaces `--scenarios`.
    pub(crate) fn sources(&self, folder: Option<&PathBuf>) -> Vec<Source> {
        match folder.or(self.scenarios.as_ref()) {
            None => vec![Source::Builtin],
            Some(folder) if self.with_builtin => vec![Source::Builtin, Source::Folder(folder.clone())],
            Some(folder) => vec![Source::Folder(folder.clone())],
        }
    }

    /// The settings that the server needs.
    pub(crate) fn settings(&self) -> Settings {
        Settings {
            listen: self.listen,
            now: self.now,
            options: Options { edition: self.edition },
            auth: self.auth,
            seed: self.seed,
            services: Arc::clone(&self.services),
            compared: self.compared.clone(),
            control: matches!(self.control.control, Switch::On),
            keys: self.control.keys(),
            allowed: Allowed { hosts: self.allow_host.clone(), origins: self.allow_origin.clone() },
            limits: Limits {
                sessions: self.max_sessions,
                idle: self.session_idle,
                journal: self.journal,
                bodies: self.journal_bodies,
                claims: self.max_claims,
            },
            load: self.load,
            store: Store::from(&self.store),
            tls: None,
            otlp: self.traces.otlp.clone(),
            population: self.population.oenske(self.seed),
        }
    }
}

/// The settings of the population.
#[derive(Args, Clone, Copy, Debug, Default)]
pub(crate) struct PopulationFlags {
    /// Synthetic parties beside those of the scenarios, made when they are first asked for: off, a number of organisations
    /// (with their owners and employees), or all
    #[arg(long, env = "SANDBOX_POPULATION", global = true, default_value = "off", value_name = "off|NUMBER|all", value_parser = parse_population)]
    pub(crate) population: Population,
    /// How many of the population's numbers are unknown all the same
    #[arg(long, env = "SANDBOX_UNKNOWN", global = true, value_name = "PER CENT", value_parser = parse_share)]
    pub(crate) unknown: Option<Prosent>,
}

/// How large the population is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Population(pub(crate) Option<Antall>);

impl PopulationFlags {
    /// What the settings say of the population.
    pub(crate) fn oenske(self, seed: Option<u64>) -> Oenske {
        let Population(antall) = self.population;
        let ukjent = self.unknown.map(|share| share.hundredths().into());
        Oenske { antall, froe: seed, ukjent, andeler: Vec::new() }
    }
}

fn parse_population(text: &str) -> Result<Population, String> {
    match text {
        "off" => Ok(Population(None)),
        "all" => Ok(Population(Some(Antall::Alle))),
        _ => {
            let number = text.parse().ok().filter(|number| (1..=MOST_ORGANISATIONS).contains(number));
            let message = || format!("write off, all, or a number from 1 to {MOST_ORGANISATIONS}");
            number.map(|number| Population(Some(Antall::Organisasjoner(number)))).ok_or_else(message)
        }
    }
}

fn parse_share(text: &str) -> Result<Prosent, String> {
    let number = text.strip_suffix('%').ok_or_else(|| "write per cent, like 10%".to_owned())?;
    number.trim_end().parse().map_err(|why| format!("{why}; write per cent, like 10%"))
}

fn parse_now(text: &str) -> Result<Now, ClockError> {
    text.parse()
}

fn parse_edition(text: &str) -> Result<Edition, String> {
    Edition::from_str(text).map_err(|()| format!("there are the editions {}", Edition::NAMES.join(" and ")))
}

/// The most requests that `--journal` accepts.
const MAX_JOURNAL: usize = 10_000;

fn parse_journal(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|kept| *kept <= MAX_JOURNAL).ok_or_else(|| format!("a number from 0 to {MAX_JOURNAL}"))
}

fn parse_bodies(text: &str) -> Result<usize, String> {
    if text == "off" {
        Ok(0)
    } else {
        parse_size(text).map_err(|_| "off, or a number from 1 to 4096 and MB".to_owned())
    }
}

/// On or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Switch {
    On,
    Off,
}

/// The limits of what sessions keep.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// How many sessions there can be, in addition to the default one.
    pub(crate) sessions: usize,
    /// How long a session may be idle.
    pub(crate) idle: Duration,
    /// How many requests the journal of a session keeps. 0 keeps none.
    pub(crate) journal: usize,
    /// How many bytes of headers and bodies all journals keep together. 0 keeps none.
    pub(crate) bodies: usize,
    /// How many claims, payments and orders all scenarios may hold together.
    pub(crate) claims: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { sessions: 1000, idle: Duration::from_secs(3600), journal: 500, bodies: 32 << 20, claims: 500_000 }
    }
}

/// The level of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogLevel {
    Off,
    Error,
    Warn,
    Info,
    Debug,
}

/// The format of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

/// Settings of the answers that are the same in all sessions.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Options {
    /// The edition of the answers, if the caller chooses none. It wins over the edition of a scenario.
    pub(crate) edition: Option<Edition>,
}

/// The settings that the server needs.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) listen: SocketAddr,
    pub(crate) now: Option<Now>,
    pub(crate) options: Options,
    pub(crate) auth: Level,
    pub(crate) seed: Option<u64>,
    /// The settings of the services.
    pub(crate) services: Arc<ServiceSettings>,
    /// What replicas must have in common, by its name.
    pub(crate) compared: BTreeMap<String, String>,
    /// Whether the control API answers.
    pub(crate) control: bool,
    pub(crate) keys: Keys,
    /// The web pages and host names that are allowed beside the sandbox's own.
    pub(crate) allowed: Allowed,
    pub(crate) limits: Limits,
    pub(crate) load: LoadLimits,
    pub(crate) store: Store,
    /// The port with TLS.
    pub(crate) tls: Option<Tls>,
    /// The collector of traces.
    pub(crate) otlp: Option<Endpoint>,
    /// The parties that no scenario describes.
    pub(crate) population: Oenske,
}

/// The `SANDBOX_…` variables that nothing reads.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct UnknownVariables {
    /// Messages about variables that are one letter off a known one, so that they must be misspelt. The start is refused.
    pub(crate) misspelt: Vec<String>,
    /// Names of all others. An orchestrator may set them, named after its services, and a CI system passes on all that it
    /// has, so they only get a warning.
    pub(crate) unrelated: Vec<String>,
    /// Names of those that a CI job has for its own steps.
    pub(crate) of_jobs: Vec<String>,
}

/// How the names of the sandbox's variables begin.
pub(crate) const OWN_VARIABLES: &str = "SANDBOX_";

/// What the GitHub action and the template for GitLab set for the steps after them (docs/ci.md).
const OF_JOBS: [&str; 1] = ["SANDBOX_SESSION"];

/// Finds the `SANDBOX_…` variables that nothing reads. `known` are the names of those that are read.
pub(crate) fn unknown_variables(known: &[String], names: impl IntoIterator<Item = String>) -> UnknownVariables {
    let mut unknown = UnknownVariables::default();
    let is_unknown = |name: &String| name.starts_with(OWN_VARIABLES) && !known.contains(name);
    for name in names.into_iter().filter(is_unknown) {
        if OF_JOBS.contains(&&*name) {
            unknown.of_jobs.push(name);
            continue;
        }
        let near = nearest(&name, known.iter().map(String::as_str));
        match near.filter(|near| strsim::damerau_levenshtein(&name, near) <= 1) {
            Some(near) => unknown.misspelt.push(format!("there is no variable {name}; did you mean {near}?")),
            None => unknown.unrelated.push(name),
        }
    }
    unknown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_variables_are_distinguished_from_unrelated_ones() {
        let names = [
            "SANDBOX_SCENARIO",
            "SANDBOX_SESSION",
            "SANDBOX_PORT_8080_TCP",
            "SANDBOX_NO",
            "PATH",
            "SANDBOX_LISTENS",
            "SANDBOX_SCENE_S",
        ];
        let known = ["SANDBOX_SCENARIOS", "SANDBOX_NOW", "SANDBOX_LISTEN"].map(str::to_owned);
        let unknown = unknown_variables(&known, names.map(str::to_owned));
        assert_eq!(unknown.unrelated, ["SANDBOX_PORT_8080_TCP", "SANDBOX_SCENE_S"]);
        assert_eq!(unknown.of_jobs, ["SANDBOX_SESSION"]);
        assert_eq!(
            unknown.misspelt,
            [
                "there is no variable SANDBOX_SCENARIO; did you mean SANDBOX_SCENARIOS?",
                "there is no variable SANDBOX_NO; did you mean SANDBOX_NOW?",
                "there is no variable SANDBOX_LISTENS; did you mean SANDBOX_LISTEN?"
            ]
        );
    }
}
