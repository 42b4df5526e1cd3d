//! The settings of traces.

use std::fmt;
use std::io;
use std::net::{TcpStream, ToSocketAddrs as _};
use std::str::FromStr;
use std::time::Duration;

use clap::Args;
use http::Uri;
use http::uri::Scheme;

/// The settings of traces.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct TraceFlags {
    /// Collector that gets each call as a span by OTLP over HTTP, like http://127.0.0.1:4318; off if left out
    #[arg(long, env = "SANDBOX_OTLP", global = true, value_name = "URL")]
    pub(crate) otlp: Option<Endpoint>,
}

/// Where OTLP puts traces below the address of a collector.
const PATH: &str = "/v1/traces";

/// The address of a collector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    /// Name or address, and port.
    pub(super) host: String,
    /// The value of `Host`.
    pub(super) authority: String,
    pub(super) path: String,
}

impl FromStr for Endpoint {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = |what: &str| Err(format!("{what}; write it like http://127.0.0.1:4318"));
        let Ok(uri) = text.parse::<Uri>() else { return wrong("this is no URL") };
        let Some(authority) = uri.authority() else { return wrong("the URL of a collector has a host") };
        if authority.as_str().contains('@') {
            return wrong("a user name or a password in the URL is not sent");
        }
        match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTP => {}
            Some(scheme) if *scheme == Scheme::HTTPS => {
                return wrong(
                    "the sandbox sends traces without TLS: let a collector beside it take them, which sends them on",
                );
            }
            _ => return wrong("the URL of a collector begins with http://"),
        }
        if authority.port_u16() == Some(4317) {
            return wrong("port 4317 is that of gRPC; OTLP over HTTP has 4318");
        }
        if uri.query().is_some() {
            return wrong("the URL of a collector has no query");
        }
        let host = format!("{}:{}", authority.host(), authority.port_u16().unwrap_or(80));
        let base = uri.path().trim_end_matches('/');
        let path = if base.ends_with(PATH) { base.to_owned() } else { format!("{base}{PATH}") };
        Ok(Self { host, authority: authority.to_string(), path })
    }
}

impl Endpoint {
    /// Tries a connection, for two seconds at most for each address that the name leads to.
    ///
    /// # Errors
    /// The name leads nowhere, or nobody takes the connection.
    pub(crate) fn reach(&self) -> io::Result<()> {
        let mut last = io::Error::other("the name does not lead to an address");
        for address in self.host.to_socket_addrs()? {
            match TcpStream::connect_timeout(&address, Duration::from_secs(2)) {
                Ok(_) => return Ok(()),
                Err(error) => last = error,
            }
        }
        Err(last)
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "http://{}{}", self.authority, self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_otlp_follows_the_address_and_what_cannot_be_used_says_why() {
        for (given, read) in [
            ("http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/traces"),
            ("http://collector:4318/", "http://collector:4318/v1/traces"),
            ("http://collector/tenant/a/", "http://collector/tenant/a/v1/traces"),
            ("http://[::1]:4318/v1/traces", "http://[::1]:4318/v1/traces"),
        ] {
            assert_eq!(given.parse::<Endpoint>().map(|it| it.to_string()).as_deref(), Ok(read));
        }
        assert_eq!("http://[::1]".parse::<Endpoint>().map(|it| it.host).as_deref(), Ok("[::1]:80"));
        for (given, why) in [
            ("127.0.0.1:4318", "begins with http://"),
            ("collector", "begins with http://"),
            ("/v1/traces", "has a host"),
            ("https://collector:4318", "without TLS"),
            ("http://collector:4317", "gRPC"),
            ("http://me:secret@collector:4318", "password"),
            ("http://collector:4318?a=b", "no query"),
            ("", "no URL"),
        ] {
            let told = given.parse::<Endpoint>().expect_err(given);
            assert!(told.contains(why), "{given}: {told}");
        }
    }
}
