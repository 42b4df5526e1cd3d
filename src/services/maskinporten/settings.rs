//! The issuer's settings, and the [`Access`] that they give.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::builder::BoolishValueParser;
use clap::{ArgMatches, Args, FromArgMatches, ValueEnum};
use serde::Deserialize;

use crate::access::clients::{ClientEntry, Registry};
use crate::access::keys::{JwksFile, KeyError, Keys, SigningKey};
use crate::access::used_grants::MOST_GRANTS;
use crate::access::{Access, Level};
use crate::config::ServiceSettings;
use crate::interface::SettingsSection;

// The settings of the issuer and of token checks. No doc comment here: clap would print it as the help of the program.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct IssuerSettings {
    /// File of the OAuth clients that the issuer knows; without it, the issuer accepts any client
    #[arg(long, env = "SANDBOX_CLIENTS", global = true, value_name = "FILE")]
    clients: Option<PathBuf>,
    /// URL of the issuer in tokens and metadata; if left out, the address of each request
    #[arg(long, env = "SANDBOX_ISSUER", global = true, value_name = "URL", value_parser = parse_issuer)]
    pub(super) issuer: Option<String>,
    /// File of another issuer's public keys (a JWK set); --auth signed accepts that issuer's tokens too. The file is
    /// looked at again at most once a second, so that keys can come and go
    #[arg(long, env = "SANDBOX_JWKS", global = true, value_name = "FILE")]
    jwks: Option<PathBuf>,
    /// Accept only tokens of the keys of --jwks. The test key that the sandbox signs with is public, so anybody can sign
    /// with it; needs --auth signed
    #[arg(long, env = "SANDBOX_JWKS_ONLY", global = true, value_parser = BoolishValueParser::new())]
    pub(super) jwks_only: bool,
    /// How many used assertions (jti) are remembered; the oldest ones are forgotten first
    #[arg(long, env = "SANDBOX_MAX_GRANTS", global = true, default_value_t = MOST_GRANTS, value_name = "NUMBER", value_parser = parse_most_grants)]
    max_grants: usize,
    /// Sign with a new key instead of the fixed test key
    #[arg(long, env = "SANDBOX_GENERATE_KEYS", global = true, value_parser = BoolishValueParser::new())]
    pub(super) generate_keys: bool,
    /// Whom the package regnskapssystem may look up. any: every organisation, as in the real test environment, with a
    /// Sandbox-Warning where production would refuse; own: only with consent, own or delegated rights, or systembruker
    #[arg(
        long,
        env = "SANDBOX_REGNSKAPSSYSTEM",
        global = true,
        default_value = "any",
        value_name = "any|own",
        ignore_case = true
    )]
    regnskapssystem: Reach,
}

/// Whom callers may look up who need rights to an organisation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Reach {
    #[default]
    Any,
    Own,
}

/// The settings on the command line and in the environment.
pub(super) const SECTION: SettingsSection = SettingsSection { augment: IssuerSettings::augment_args, read };

fn read(matches: &ArgMatches, settings: &mut ServiceSettings) -> Result<(), clap::Error> {
    settings.put(IssuerSettings::from_arg_matches(matches)?);
    Ok(())
}

fn parse_most_grants(text: &str) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|most| (1..=10_000_000).contains(most))
        .ok_or_else(|| "a number from 1 to 10000000".to_owned())
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

/// The file of clients.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClientsFile {
    clients: Vec<ClientEntry>,
}

/// Makes the [`Access`], which checks and signs tokens. `clock` tells the real time.
///
/// # Errors
/// One sentence for each thing that is wrong with the files in the settings.
pub(crate) fn open_access(
    level: Level,
    settings: &ServiceSettings,
    clock: fn() -> DateTime<Utc>,
) -> Result<Access, Vec<String>> {
    let default = IssuerSettings::default();
    let settings = settings.get().unwrap_or(&default);
    let message = |error: KeyError| vec![error.0];
    let own = if settings.generate_keys { SigningKey::generate().map_err(message)? } else { SigningKey::fixed() };
    if settings.jwks_only && (settings.jwks.is_none() || level != Level::Signed) {
        return Err(vec!["--jwks-only needs --jwks and --auth signed".to_owned()]);
    }
    let external = settings.jwks.clone().map(|path| JwksFile::open(path, clock)).transpose().map_err(message)?;
    let clients = match &settings.clients {
        None => Registry::default(),
        Some(path) => {
            let in_file = |error: &dyn std::fmt::Display| vec![format!("{}: {error}", path.display())];
            let text = std::fs::read_to_string(path).map_err(|error| in_file(&error))?;
            let file: ClientsFile = serde_yaml::from_str(&text).map_err(|error| in_file(&error))?;
            if file.clients.is_empty() {
                return Err(in_file(&"no client is registered; leave --clients out to accept any"));
            }
            Registry::new(file.clients)?
        }
    };
    let keys = Keys::new(own, external);
    let keys = if settings.jwks_only { keys.without_trust_in_own() } else { keys };
    let access = Access::new(level, keys, clients, &super::ISSUER, settings.issuer.clone());
    let access = access.with_most_grants(Some(settings.max_grants).filter(|most| *most > 0).unwrap_or(MOST_GRANTS));
    Ok(access.with_any_organisation(settings.regnskapssystem == Reach::Any))
}
