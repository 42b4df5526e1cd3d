//! The address of a database. Its password is never shown.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

/// How long to wait for a connection.
const CONNECT: Duration = Duration::from_secs(3);

/// The address of a PostgreSQL database, as `postgres://user:password@host:port/database`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct DatabaseUrl(Config);

impl DatabaseUrl {
    /// How to connect.
    pub(super) fn config(&self) -> Config {
        let mut config = self.0.clone();
        config.connect_timeout(CONNECT).keepalives_idle(Duration::from_secs(5)).ssl_mode(SslMode::Disable);
        if config.get_application_name().is_none() {
            config.application_name("innkreving-sandbox");
        }
        config
    }
}

impl FromStr for DatabaseUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // The words of the crate may repeat what was written, so they are not told.
        let config: Config = text.parse().map_err(|_| {
            "this is no address of a database; write postgres://USER:PASSWORD@HOST:PORT/DATABASE (the password is best kept in the \
             environment: SANDBOX_STORE)"
                .to_owned()
        })?;
        if config.get_ssl_mode() == SslMode::Require {
            return Err(
                "sslmode=require: the sandbox does not speak TLS to a database; use a socket, a private network, or a \
                 tunnel beside the sandbox"
                    .to_owned(),
            );
        }
        if config.get_hosts().is_empty() {
            return Err("the address of the database names no host".to_owned());
        }
        Ok(Self(config))
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("postgres://")?;
        if let Some(user) = self.0.get_user() {
            write!(f, "{user}@")?;
        }
        for (place, host) in self.0.get_hosts().iter().enumerate() {
            if place > 0 {
                f.write_str(",")?;
            }
            match host {
                Host::Tcp(name) => f.write_str(name)?,
                #[cfg(unix)]
                Host::Unix(path) => write!(f, "{}", path.display())?,
            }
            if let Some(port) = self.0.get_ports().get(place).or_else(|| self.0.get_ports().first()) {
                write!(f, ":{port}")?;
            }
        }
        write!(f, "/{}", self.0.get_dbname().or(self.0.get_user()).unwrap_or_default())
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
