//! Settings: flags over environment over defaults, validated at start.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use chrono::{DateTime, Utc};
use clap::{Args, ValueEnum};
use serde::Deserialize;

use crate::access::clients::{ClientEntry, Registry};
use crate::access::keys::{JwksFile, KeyError, Keys, SigningKey};
use crate::access::{Access, Level};
use crate::catalogue::{Edition, nearest};
use crate::domain::clock::{ClockError, Now};
use crate::faults::duration::parse_duration;
use crate::scenario::sources::Source;

/// Every variable that is read, and the flag that it stands for. An empty one counts as not set.
const VARIABLES: [(&str, &str); 19] = [
    ("SANDBOX_LISTEN", "--listen"),
    ("SANDBOX_SCENARIOS", "--scenarios"),
    ("SANDBOX_WITH_BUILTIN", WITH_BUILTIN),
    ("SANDBOX_NOW", "--now"),
    ("SANDBOX_EDITION", "--edition"),
    ("SANDBOX_RESTANSER", "--restanser"),
    ("SANDBOX_AUTH", "--auth"),
    ("SANDBOX_SEED", "--seed"),
    ("SANDBOX_LOG", "--log"),
    ("SANDBOX_LOG_FORMAT", "--log-format"),
    ("SANDBOX_CLIENTS", "--clients"),
    ("SANDBOX_ISSUER", "--issuer"),
    ("SANDBOX_JWKS", "--jwks"),
    ("SANDBOX_GENERATE_KEYS", GENERATE_KEYS),
    ("SANDBOX_CONTROL", "--control"),
    ("SANDBOX_CONTROL_KEY", CONTROL_KEY),
    ("SANDBOX_JOURNAL", "--journal"),
    ("SANDBOX_MAX_SESSIONS", "--max-sessions"),
    ("SANDBOX_SESSION_IDLE", "--session-idle"),
];

/// The one flag that is a secret.
const CONTROL_KEY: &str = "--control-key";

/// The flags without a value.
const WITH_BUILTIN: &str = "--with-builtin";
const GENERATE_KEYS: &str = "--generate-keys";

/// The flags of every subcommand, before or after its name.
#[derive(Args, Clone, Debug)]
pub(crate) struct Flags {
    /// Address and port to listen on; port 0 takes a free one and prints it [env: SANDBOX_LISTEN]
    #[arg(long, global = true, default_value = "127.0.0.1:8080", value_name = "ADDRESS:PORT", value_parser = parse_listen)]
    pub(crate) listen: SocketAddr,
    /// Folder of scenario files, in place of the built-in ones [env: SANDBOX_SCENARIOS]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) scenarios: Option<PathBuf>,
    /// Keep the built-in scenarios beside those of the folder; the folder wins where both have a party
    /// [env: SANDBOX_WITH_BUILTIN]
    #[arg(long, global = true)]
    pub(crate) with_builtin: bool,
    /// What the time is: a date or date-time (the clock stands still), or a shift like +30d (it goes on)
    /// [env: SANDBOX_NOW]
    #[arg(long, global = true, value_name = "WHEN", value_parser = parse_now, allow_hyphen_values = true)]
    pub(crate) now: Option<Now>,
    /// Edition of the answers where neither caller nor scenario says [env: SANDBOX_EDITION]
    #[arg(long, global = true, default_value = "2024", value_parser = parse_edition, value_name = "2023|2024")]
    pub(crate) edition: Edition,
    /// What Restanser says of a synthetic organisation that no scenario names: `ledger` knows none (RESTANSE-008),
    /// `static` gives the published example about any, as the real test environment does [env: SANDBOX_RESTANSER]
    #[arg(long, global = true, default_value = "ledger", value_name = "ledger|static", ignore_case = true)]
    pub(crate) restanser: RestanserFrom,
    /// How closely tokens are looked at: not at all, where there is one, always, with their signature [env: SANDBOX_AUTH]
    #[arg(long, global = true, default_value = "open", value_name = "off|open|claims|signed")]
    pub(crate) auth: Level,
    /// Seed of all randomness (ids), for runs that must be alike; drawn from the system where left out
    /// [env: SANDBOX_SEED]
    #[arg(long, global = true, value_name = "NUMBER")]
    pub(crate) seed: Option<u64>,
    /// What is logged to stderr; successes only at debug [env: SANDBOX_LOG]
    #[arg(long, global = true, default_value = "info", value_name = "LEVEL", ignore_case = true)]
    pub(crate) log: LogLevel,
    /// Form of the log [env: SANDBOX_LOG_FORMAT]
    #[arg(long, global = true, default_value = "text", value_name = "FORMAT", ignore_case = true)]
    pub(crate) log_format: LogFormat,
    /// File of the OAuth clients that the issuer knows; it takes any where there is none [env: SANDBOX_CLIENTS]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) clients: Option<PathBuf>,
    /// What the issuer calls itself; the address that it is called by, where left out [env: SANDBOX_ISSUER]
    #[arg(long, global = true, value_name = "URL", value_parser = parse_issuer)]
    pub(crate) issuer: Option<String>,
    /// File of another issuer's public keys (a JWK set), whose tokens are taken under --auth signed; read again at
    /// most once a minute, when a token names a key that is not in it [env: SANDBOX_JWKS]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) jwks: Option<PathBuf>,
    /// Sign with fresh keys rather than with the fixed test key [env: SANDBOX_GENERATE_KEYS]
    #[arg(long, global = true)]
    pub(crate) generate_keys: bool,
    /// Whether the control API below /sandbox answers [env: SANDBOX_CONTROL]
    #[arg(long, global = true, default_value = "on", value_name = "on|off", ignore_case = true)]
    pub(crate) control: Switch,
    /// Key that the control API demands as a bearer token; also what the subcommands that call it send
    /// [env: SANDBOX_CONTROL_KEY]
    #[arg(long, global = true, value_name = "KEY", value_parser = parse_key)]
    pub(crate) control_key: Option<String>,
    /// Requests that the journal of a session keeps; 0 keeps none [env: SANDBOX_JOURNAL]
    #[arg(long, global = true, default_value_t = Limits::default().journal, value_name = "NUMBER", value_parser = parse_journal)]
    pub(crate) journal: usize,
    /// Sessions that there can be at a time, beside the default one [env: SANDBOX_MAX_SESSIONS]
    #[arg(long, global = true, default_value_t = Limits::default().sessions, value_name = "NUMBER")]
    pub(crate) max_sessions: usize,
    /// How long a session may be idle before it is forgotten [env: SANDBOX_SESSION_IDLE]
    #[arg(long, global = true, default_value = "1h", value_name = "LENGTH", value_parser = parse_length)]
    pub(crate) session_idle: Duration,
}

impl Flags {
    /// The places that scenarios are read from; a later one wins over an earlier one. A folder given
    /// to a subcommand stands in for `--scenarios`.
    pub(crate) fn sources(&self, folder: Option<&PathBuf>) -> Vec<Source> {
        match folder.or(self.scenarios.as_ref()) {
            None => vec![Source::Builtin],
            Some(folder) if self.with_builtin => vec![Source::Builtin, Source::Folder(folder.clone())],
            Some(folder) => vec![Source::Folder(folder.clone())],
        }
    }

    /// What the server needs of them.
    pub(crate) fn settings(&self) -> Settings {
        Settings {
            listen: self.listen,
            now: self.now,
            options: Options {
                default_edition: self.edition,
                static_restanser: self.restanser == RestanserFrom::Static,
            },
            auth: self.auth,
            seed: self.seed,
            tokens: TokenSettings {
                clients: self.clients.clone(),
                issuer: self.issuer.clone(),
                jwks: self.jwks.clone(),
                generate_keys: self.generate_keys,
            },
            control: matches!(self.control, Switch::On),
            control_key: self.control_key.clone(),
            limits: Limits { sessions: self.max_sessions, idle: self.session_idle, journal: self.journal },
        }
    }
}

/// What the environment says, as flags to put before those of the command line, which win.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct FromEnvironment {
    /// The flags.
    pub(crate) flags: Vec<OsString>,
    /// The variables that they come from, as `NAME=value`.
    pub(crate) variables: Vec<String>,
}

/// Reads the variables.
///
/// # Errors
/// A variable that is neither yes nor no where it has to be.
pub(crate) fn from_environment(get: impl Fn(&str) -> Option<OsString>) -> Result<FromEnvironment, String> {
    let mut read = FromEnvironment::default();
    for (name, flag) in VARIABLES {
        let Some(value) = get(name).filter(|value| !value.is_empty()) else {
            continue;
        };
        let shown = if flag == CONTROL_KEY { "***".into() } else { value.to_string_lossy() };
        read.variables.push(format!("{name}={shown}"));
        if [WITH_BUILTIN, GENERATE_KEYS].contains(&flag) {
            match value.to_string_lossy().to_lowercase().as_str() {
                "1" | "true" | "yes" | "on" => read.flags.push(flag.into()),
                "0" | "false" | "no" | "off" => {}
                _ => return Err(format!("{name} is true or false, not {:?}", value.to_string_lossy())),
            }
            continue;
        }
        let mut argument = OsString::from(format!("{flag}="));
        argument.push(value);
        read.flags.push(argument);
    }
    Ok(read)
}

fn parse_now(text: &str) -> Result<Now, ClockError> {
    text.parse()
}

fn parse_edition(text: &str) -> Result<Edition, String> {
    Edition::from_str(text).map_err(|()| format!("there are the editions {}", Edition::NAMES.join(" and ")))
}

fn parse_issuer(text: &str) -> Result<String, String> {
    let host = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://")).unwrap_or_default();
    let fits = !host.is_empty() && text.bytes().all(|b| b.is_ascii_graphic()) && !text.contains(['?', '#', '"']);
    if fits {
        Ok(text.to_owned())
    } else {
        Err("an issuer is a URL, like http://localhost:8080/maskinporten/".to_owned())
    }
}

fn parse_key(text: &str) -> Result<String, String> {
    let fits = (8..=200).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
    if fits { Ok(text.to_owned()) } else { Err("a key has 8 to 200 visible ASCII characters".to_owned()) }
}

/// The most requests that a journal keeps.
const MOST_KEPT: usize = 10_000;

fn parse_journal(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|kept| *kept <= MOST_KEPT).ok_or_else(|| format!("a number from 0 to {MOST_KEPT}"))
}

fn parse_length(text: &str) -> Result<Duration, String> {
    let length = parse_duration(text).filter(|length| !length.is_zero());
    length.ok_or_else(|| "a length of time is a number and ms, s, m or h, like 30m".to_owned())
}

fn parse_listen(text: &str) -> Result<SocketAddr, String> {
    let text = text.strip_prefix("localhost:").map_or_else(|| text.to_owned(), |port| format!("127.0.0.1:{port}"));
    text.parse().map_err(|_| {
        "write an IP address and a port: 127.0.0.1:8080 for this machine, 0.0.0.0:8080 for all interfaces".to_owned()
    })
}

/// Whether something is done at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Switch {
    On,
    Off,
}

/// How much there may be of what sessions keep.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Sessions beside the default one.
    pub(crate) sessions: usize,
    /// How long a session may be idle.
    pub(crate) idle: Duration,
    /// Requests that a session's journal keeps; 0 keeps none.
    pub(crate) journal: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { sessions: 1000, idle: Duration::from_secs(3600), journal: 500 }
    }
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

/// Where Restanser takes its answers from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RestanserFrom {
    Ledger,
    Static,
}

/// What is said of the answers once and for all.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Options {
    /// The edition where neither caller nor scenario says.
    pub(crate) default_edition: Edition,
    /// Restanser answers about any synthetic organisation that no scenario names, always the same.
    pub(crate) static_restanser: bool,
}

/// What the server needs to know.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) listen: SocketAddr,
    pub(crate) now: Option<Now>,
    pub(crate) options: Options,
    pub(crate) auth: Level,
    pub(crate) seed: Option<u64>,
    pub(crate) tokens: TokenSettings,
    /// Whether the control API answers.
    pub(crate) control: bool,
    pub(crate) control_key: Option<String>,
    pub(crate) limits: Limits,
}

/// What the issuer and the checks of tokens need to know.
#[derive(Clone, Debug, Default)]
pub(crate) struct TokenSettings {
    pub(crate) clients: Option<PathBuf>,
    pub(crate) issuer: Option<String>,
    pub(crate) jwks: Option<PathBuf>,
    pub(crate) generate_keys: bool,
}

/// The file of clients.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClientsFile {
    clients: Vec<ClientEntry>,
}

impl Settings {
    /// What checks tokens, and issues them.
    ///
    /// # Errors
    /// All that is wrong with the files that are named, a sentence each.
    pub(crate) fn access(&self, now: DateTime<Utc>) -> Result<Access, Vec<String>> {
        let told = |error: KeyError| vec![error.0];
        let tokens = &self.tokens;
        let own = if tokens.generate_keys { SigningKey::generate() } else { SigningKey::fixed() }.map_err(told)?;
        let external = tokens.jwks.clone().map(|path| JwksFile::open(path, now)).transpose().map_err(told)?;
        let clients = match &tokens.clients {
            None => Registry::default(),
            Some(path) => {
                let place = |error: &dyn std::fmt::Display| vec![format!("{}: {error}", path.display())];
                let text = std::fs::read_to_string(path).map_err(|error| place(&error))?;
                let file: ClientsFile = serde_yaml::from_str(&text).map_err(|error| place(&error))?;
                if file.clients.is_empty() {
                    return Err(place(&"no client is registered; leave --clients out to take any"));
                }
                Registry::new(file.clients)?
            }
        };
        Ok(Access::new(self.auth, Keys::new(own, external), clients, tokens.issuer.clone()))
    }
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
    let known = VARIABLES.map(|(name, _)| name);
    let ours = |name: &String| name.starts_with("SANDBOX_") && !known.contains(&name.as_str());
    for name in names.into_iter().filter(ours) {
        let near = nearest(&name, known).filter(|near| strsim::damerau_levenshtein(&name, near) <= 2);
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
    fn the_environment_as_flags() {
        let read = |pairs: &'static [(&str, &str)]| {
            from_environment(|name| {
                pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value))
            })
        };
        let flags = |pairs| read(pairs).map(|read| read.flags);
        assert_eq!(flags(&[("SANDBOX_NOW", ""), ("SANDBOX_EDITION", "2023")]), Ok(vec!["--edition=2023".into()]));
        assert_eq!(flags(&[("SANDBOX_WITH_BUILTIN", "1")]), Ok(vec!["--with-builtin".into()]));
        assert_eq!(flags(&[("SANDBOX_WITH_BUILTIN", "FALSE")]), Ok(vec![]));
        assert!(flags(&[("SANDBOX_WITH_BUILTIN", "kanskje")]).is_err());
    }

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
