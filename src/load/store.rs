//! The settings of where the log lies.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::Args;

use super::settings::{parse_length, parse_size};
use crate::log::replicas::url::DatabaseUrl;

/// Where sessions are kept, and for how long.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct StoreFlags {
    /// Where sessions are kept: memory, file:PATH (they are there again after a restart), or postgres://… (replicas share it)
    #[arg(
        long,
        env = "SANDBOX_STORE",
        global = true,
        default_value = "memory",
        hide_env_values = true,
        value_name = "memory|file:PATH|postgres://…"
    )]
    pub(crate) store: StoreAt,
    /// How long the file keeps a session that nobody uses
    #[arg(long, env = "SANDBOX_STORE_KEEP", global = true, default_value = "30d", value_name = "LENGTH", value_parser = parse_keep)]
    pub(crate) store_keep: Duration,
    /// How large the file may become; if it is full, calls that change something are refused. No limit if left out
    #[arg(long, env = "SANDBOX_STORE_MAX_SIZE", global = true, value_name = "SIZE", value_parser = parse_size)]
    pub(crate) store_max_size: Option<usize>,
}

/// Where sessions are kept.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    pub(crate) at: StoreAt,
    /// How long a session stays that nobody uses.
    pub(crate) keep: Duration,
    /// How large the file may become, in bytes.
    pub(crate) most: Option<u64>,
}

impl From<&StoreFlags> for Store {
    fn from(flags: &StoreFlags) -> Self {
        Self { at: flags.store.clone(), keep: flags.store_keep, most: flags.store_max_size.map(|most| most as u64) }
    }
}

fn parse_keep(text: &str) -> Result<Duration, String> {
    let most = Duration::from_secs(36_500 * 24 * 60 * 60);
    parse_length(text).ok().filter(|length| *length <= most).ok_or_else(|| {
        "a length of time is a number and s, min, h, d or w, above 0 and up to 36500d, like 30d".to_owned()
    })
}

/// Where sessions are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum StoreAt {
    #[default]
    Memory,
    File(PathBuf),
    /// A PostgreSQL database that several sandboxes share.
    Database(Box<DatabaseUrl>),
}

impl FromStr for StoreAt {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            None if text == "memory" => Ok(Self::Memory),
            Some(("file", path)) if !path.is_empty() => Ok(Self::File(path.into())),
            // Whatever has the form of an address may have a password, and whoever refuses a setting shows it.
            Some((_, rest)) if rest.starts_with("//") => Ok(Self::Database(Box::new(DatabaseUrl::new(text)))),
            _ => Err("write memory, postgres:// and the address of a database, or file: and a path, like file:/data/sandbox.db".to_owned()),
        }
    }
}

impl std::fmt::Display for StoreAt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Memory => f.write_str("memory"),
            Self::File(path) => write!(f, "file:{}", path.display()),
            Self::Database(url) => url.fmt(f),
        }
    }
}
