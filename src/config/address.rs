//! The address of a sandbox: its own, and one that a subcommand asks.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;

use http::Uri;
use http::uri::Scheme;

/// The base URL for a caller on the same machine.
pub(crate) fn base_url(address: SocketAddr) -> String {
    let ip = if address.ip().is_unspecified() { IpAddr::V4(Ipv4Addr::LOCALHOST) } else { address.ip() };
    format!("http://{}", SocketAddr::new(ip, address.port()))
}

/// The base URL of a running sandbox, as a subcommand is given it: `http://innkreving:8080`. It may have a path, like
/// `/~session=build-17`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SandboxUrl {
    /// Name or address, and port.
    host: String,
    /// The value of `Host`.
    authority: String,
    /// Without a slash at its end.
    path: String,
}

impl SandboxUrl {
    /// Name or address, and port, to connect to.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// The value of `Host`.
    pub(crate) fn authority(&self) -> &str {
        &self.authority
    }

    /// Scheme, host and port: `http://innkreving:8080`.
    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.authority)
    }

    /// A path of the sandbox, below the base URL.
    pub(crate) fn path(&self, path: &str) -> String {
        format!("{}{path}", self.path)
    }
}

impl From<SocketAddr> for SandboxUrl {
    fn from(address: SocketAddr) -> Self {
        let authority = base_url(address).replacen("http://", "", 1);
        Self { host: authority.clone(), authority, path: String::new() }
    }
}

impl FromStr for SandboxUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = |what: &str| Err(format!("{what}; write it like http://innkreving:8080"));
        let Ok(uri) = text.parse::<Uri>() else { return wrong("this is no URL") };
        let Some(authority) = uri.authority() else { return wrong("the URL of a sandbox has a host") };
        if authority.as_str().contains('@') {
            return wrong("a user name or a password in the URL is not sent; the key is --control-key");
        }
        match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTP => {}
            Some(scheme) if *scheme == Scheme::HTTPS => {
                return wrong("subcommands speak HTTP without TLS; name the sandbox's port for HTTP");
            }
            _ => return wrong("the URL of a sandbox begins with http://"),
        }
        if uri.query().is_some() {
            return wrong("the URL of a sandbox has no query");
        }
        let host = format!("{}:{}", authority.host(), authority.port_u16().unwrap_or(80));
        Ok(Self { host, authority: authority.to_string(), path: uri.path().trim_end_matches('/').to_owned() })
    }
}

impl fmt::Display for SandboxUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "http://{}{}", self.authority, self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_host_and_path_and_what_cannot_be_used_says_why() {
        for (given, host, path) in [
            ("http://innkreving:8080", "innkreving:8080", "/sandbox/clock"),
            ("http://innkreving/", "innkreving:80", "/sandbox/clock"),
            ("http://[::1]:9/~session=build-17", "[::1]:9", "/~session=build-17/sandbox/clock"),
        ] {
            let url: SandboxUrl = given.parse().expect(given);
            assert_eq!((url.host(), url.path("/sandbox/clock").as_str()), (host, path));
            assert_eq!(url.to_string(), given.trim_end_matches('/'));
            assert!(given.starts_with(&url.origin()) && !url.origin().contains('~'), "{}", url.origin());
        }
        for (given, why) in [
            ("innkreving:8080", "begins with http://"),
            ("innkreving", "begins with http://"),
            ("https://innkreving:8443", "without TLS"),
            ("http://me:secret@innkreving", "--control-key"),
            ("http://innkreving/?a=b", "no query"),
            ("/sandbox", "has a host"),
        ] {
            let told = given.parse::<SandboxUrl>().expect_err(given);
            assert!(told.contains(why), "{given}: {told}");
        }
    }
}
