//! The issuer's settings, and what checks tokens by them.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::builder::BoolishValueParser;
use clap::{ArgMatches, Args, FromArgMatches};
use serde::Deserialize;

use crate::access::clients::{ClientEntry, Registry};
use crate::access::keys::{JwksFile, KeyError, Keys, SigningKey};
use crate::access::{Access, Level};
use crate::config::ServiceSettings;
use crate::interface::SettingsSection;

/// What the issuer and the checks of tokens need to know.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct IssuerSettings {
    /// File of the OAuth clients that the issuer knows; it takes any where there is none
    #[arg(long, env = "SANDBOX_CLIENTS", global = true, value_name = "FILE")]
    clients: Option<PathBuf>,
    /// What the issuer calls itself; the address that it is called by, where left out
    #[arg(long, env = "SANDBOX_ISSUER", global = true, value_name = "URL", value_parser = parse_issuer)]
    pub(super) issuer: Option<String>,
    /// File of another issuer's public keys (a JWK set), whose tokens are taken under --auth signed; read again at
    /// most once a minute, when a token names a key that is not in it
    #[arg(long, env = "SANDBOX_JWKS", global = true, value_name = "FILE")]
    jwks: Option<PathBuf>,
    /// Sign with fresh keys rather than with the fixed test key
    #[arg(long, env = "SANDBOX_GENERATE_KEYS", global = true, value_parser = BoolishValueParser::new())]
    pub(super) generate_keys: bool,
}

/// The settings on the command line and in the environment.
pub(super) const SECTION: SettingsSection = SettingsSection { augment: IssuerSettings::augment_args, read };

fn read(matches: &ArgMatches, settings: &mut ServiceSettings) -> Result<(), clap::Error> {
    settings.put(IssuerSettings::from_arg_matches(matches)?);
    Ok(())
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

/// What checks tokens, and issues them.
///
/// # Errors
/// All that is wrong with the files that are named, a sentence each.
pub(crate) fn open_access(level: Level, settings: &ServiceSettings, now: DateTime<Utc>) -> Result<Access, Vec<String>> {
    let default = IssuerSettings::default();
    let settings = settings.get().unwrap_or(&default);
    let told = |error: KeyError| vec![error.0];
    let own = if settings.generate_keys { SigningKey::generate() } else { SigningKey::fixed() }.map_err(told)?;
    let external = settings.jwks.clone().map(|path| JwksFile::open(path, now)).transpose().map_err(told)?;
    let clients = match &settings.clients {
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
    Ok(Access::new(level, Keys::new(own, external), clients, &super::ISSUER, settings.issuer.clone()))
}
