//! The address of a database. Its password is never shown.

use std::fmt;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::Host;

use super::base::Fault;
use super::tls::{Connector, Security};

/// How long to wait for a connection.
const CONNECT: Duration = Duration::from_secs(3);

/// The address of a PostgreSQL database, as `postgres://user:password@host:port/database`. One that cannot be used says so when it is
/// used: whoever refuses a setting shows it, and this one has a password.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct DatabaseUrl(Result<(Config, Security), &'static str>);

impl DatabaseUrl {
    /// Reads an address.
    pub(crate) fn new(text: &str) -> Self {
        // The words of the crate may repeat what was written, so they are not told.
        let read = |text: &str| {
            text.parse::<Config>().map_err(|_| {
                "this is no address of a database; write postgres://USER:PASSWORD@HOST:PORT/DATABASE (the password is best kept in \
                 the environment: SANDBOX_STORE)"
            })
        };
        Self(Security::taken_from(text).and_then(|(address, security)| {
            let config = read(&address)?;
            if config.get_hosts().is_empty() {
                return Err("the address of the database names no host");
            }
            Ok((config, security))
        }))
    }

    /// How to connect.
    pub(super) fn config(&self) -> Result<(Config, Connector), Fault> {
        let (mut config, security) = self.0.clone().map_err(|why| Fault::Unusable(why.to_owned()))?;
        let connector = security.connector().map_err(Fault::Unusable)?;
        config.connect_timeout(CONNECT).keepalives_idle(Duration::from_secs(5)).ssl_mode(security.mode);
        if config.get_application_name().is_none() {
            config.application_name("innkreving-sandbox");
        }
        Ok((config, connector))
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ok((config, _)) = &self.0 else { return f.write_str("postgres://…") };
        f.write_str("postgres://")?;
        if let Some(user) = config.get_user() {
            write!(f, "{user}@")?;
        }
        for (place, host) in config.get_hosts().iter().enumerate() {
            if place > 0 {
                f.write_str(",")?;
            }
            match host {
                Host::Tcp(name) => f.write_str(name)?,
                #[cfg(unix)]
                Host::Unix(path) => write!(f, "{}", path.display())?,
            }
            if let Some(port) = config.get_ports().get(place).or_else(|| config.get_ports().first()) {
                write!(f, ":{port}")?;
            }
        }
        write!(f, "/{}", config.get_dbname().or(config.get_user()).unwrap_or_default())
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
