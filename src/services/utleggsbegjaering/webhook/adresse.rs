//! Where notices may go: what the operator allows, what a tester wants, and the addresses that a name leads to.
//! Imitates nothing: docs/fidelity.md, "After a submission", says that webhooks are the sandbox's own.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;
use std::time::Duration;

use http::Uri;

/// How long a name may take to resolve.
const LOOKUP: Duration = Duration::from_secs(5);

/// The longest URL of a receiver.
const LONGEST_URL: usize = 2000;

/// What the operator allows: a name, or a range of addresses; with a port, that port only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tillatt {
    hva: Hva,
    port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Hva {
    /// A host name. It leads to public addresses only.
    Navn(String),
    /// Every name below this one, which begins with a dot.
    Under(String),
    /// The addresses whose first bits are these.
    Nett(IpAddr, u8),
}

impl FromStr for Tillatt {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "{text:?}: write a host name (hooks.example.org, .example.org for all names below it), an address \
                 (127.0.0.1) or a range (10.0.0.0/8); a port can follow a name or an address (127.0.0.1:9000)"
            )
        };
        let all = |ip: IpAddr, port| Self { hva: Hva::Nett(ip, if ip.is_ipv4() { 32 } else { 128 }), port };
        if let Ok(ip) = text.parse::<IpAddr>() {
            return Ok(all(ip, None));
        }
        if let Ok(address) = text.parse::<SocketAddr>() {
            return Ok(all(address.ip(), Some(address.port())));
        }
        if let Some((net, bits)) = text.split_once('/') {
            let net: IpAddr = net.parse().map_err(|_| wrong())?;
            let most = if net.is_ipv4() { 32 } else { 128 };
            let bits = bits.parse().ok().filter(|bits| *bits <= most).ok_or_else(wrong)?;
            return Ok(Self { hva: Hva::Nett(net, bits), port: None });
        }
        let (name, port) = match text.rsplit_once(':') {
            Some((name, port)) => (name, Some(port.parse().map_err(|_| wrong())?)),
            None => (text, None),
        };
        let name = name.to_ascii_lowercase();
        let bare = name.strip_prefix('.').unwrap_or(&name);
        let is_name = !bare.is_empty()
            && bare.split('.').all(|label| !label.is_empty())
            && bare.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.' || b == b'_')
            && bare.bytes().any(|b| b.is_ascii_alphabetic());
        if !is_name {
            return Err(wrong());
        }
        let hva = if name.starts_with('.') { Hva::Under(name) } else { Hva::Navn(name) };
        Ok(Self { hva, port })
    }
}

impl Tillatt {
    fn er_port(&self, port: u16) -> bool {
        self.port.is_none_or(|own| own == port)
    }

    fn dekker_navn(&self, name: &str, port: u16) -> bool {
        let fits = match &self.hva {
            Hva::Navn(own) => own == name,
            Hva::Under(end) => name.ends_with(end),
            Hva::Nett(..) => false,
        };
        fits && self.er_port(port)
    }

    fn dekker_adresse(&self, ip: IpAddr, port: u16) -> bool {
        let Hva::Nett(net, bits) = self.hva else { return false };
        self.er_port(port) && first_bits(net, bits).is_some_and(|wanted| first_bits(ip, bits) == Some(wanted))
    }
}

/// The first bits of an address, with the length of its kind. `None` if its kind is shorter.
fn first_bits(ip: IpAddr, bits: u8) -> Option<(bool, u128)> {
    match ip {
        IpAddr::V4(v4) if bits <= 32 => Some((true, u128::from(u32::from(v4)).checked_shr(32 - u32::from(bits))?)),
        IpAddr::V4(_) => None,
        IpAddr::V6(v6) => Some((false, u128::from(v6).checked_shr(128 - u32::from(bits)).unwrap_or(0))),
    }
}

/// Where notices go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Maal {
    /// As the tester wrote it.
    pub(super) url: String,
    /// The name or address, without brackets, in small letters.
    host: String,
    port: u16,
    /// The value of `Host`.
    pub(super) authority: String,
    /// Path and query.
    pub(super) path: String,
}

impl FromStr for Maal {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = |what: &str| Err(format!("url: {what}; write it like http://127.0.0.1:9000/notices"));
        if text.len() > LONGEST_URL {
            return wrong("it is longer than 2000 characters");
        }
        let Ok(uri) = text.parse::<Uri>() else { return wrong("it is no URL") };
        match uri.scheme_str() {
            Some("http") => {}
            Some("https") => {
                return wrong(
                    "https cannot be used, because the sandbox has no TLS; the signature protects a notice from changes, and \
                     a proxy of your own can add TLS",
                );
            }
            _ => return wrong("it must begin with http://"),
        }
        let Some(authority) = uri.authority() else { return wrong("it has no host") };
        if authority.as_str().contains('@') {
            return wrong("it has a user name or a password");
        }
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
        if host.is_empty() {
            return wrong("it has no host");
        }
        let path = uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        let (port, authority) = (authority.port_u16().unwrap_or(80), authority.to_string());
        Ok(Self { url: text.to_owned(), host, port, authority, path })
    }
}

impl Maal {
    /// The addresses that a notice may be sent to now. The name is resolved, and what it leads to is checked, so a
    /// connection must go to one of these.
    ///
    /// # Errors
    /// A sentence: the name does not resolve, or nothing that it leads to is allowed.
    pub(super) async fn adresser(&self, tillatt: &[Tillatt]) -> Result<Vec<SocketAddr>, String> {
        let named = tillatt.iter().any(|it| it.dekker_navn(&self.host, self.port));
        let ranges = tillatt.iter().any(|it| matches!(it.hva, Hva::Nett(..)));
        let found = match self.host.parse::<IpAddr>() {
            Ok(ip) => vec![SocketAddr::new(ip, self.port)],
            // A name that nothing can allow is not looked up.
            Err(_) if !named && !ranges => return Err(self.ikke_tillatt()),
            Err(_) => {
                let lookup = tokio::net::lookup_host((self.host.as_str(), self.port));
                let failed = || format!("the name {} does not lead to an address", self.host);
                tokio::time::timeout(LOOKUP, lookup).await.map_err(|_| failed())?.map_err(|_| failed())?.collect()
            }
        };
        let may = |address: &SocketAddr| {
            let ip = address.ip().to_canonical();
            (named && is_public(ip)) || tillatt.iter().any(|it| it.dekker_adresse(ip, self.port))
        };
        let allowed: Vec<SocketAddr> = found.into_iter().filter(may).collect();
        match (allowed.is_empty(), named) {
            (false, _) => Ok(allowed),
            (true, false) => Err(self.ikke_tillatt()),
            (true, true) => Err(format!(
                "{} is allowed by its name, but leads to an address that is not public; the operator allows such an address \
                 with --webhook-allow and the address",
                self.host
            )),
        }
    }

    fn ikke_tillatt(&self) -> String {
        format!(
            "the operator of this sandbox does not allow notices to {} on port {}; start it with --webhook-allow {}",
            self.host, self.port, self.host
        )
    }
}

/// Whether an address belongs to the public internet: it is no address of this machine, of a private network, of a
/// link, or of a special use.
fn is_public(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let special = a == 0
        || a >= 224
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19));
    !(special || ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_documentation())
}

/// Only 2000::/3 is public. In it, 2001::/23 and 2002::/16 are special or carry an IPv4 address, and 2001:db8::/32 and
/// 3fff::/20 are for documentation.
fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [first, second, ..] = ip.segments();
    let special = (first == 0x2001 && (second < 0x0200 || second == 0x0db8))
        || first == 0x2002
        || (first == 0x3fff && second < 0x1000);
    first & 0xe000 == 0x2000 && !special
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_internet_are_public() {
        for private in [
            "127.0.0.1",
            "127.9.9.9",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "192.0.0.8",
            "198.18.0.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "192.0.2.1",
            "::1",
            "::",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::7f00:1",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001:0:1::1",
            "2001:db8::1",
            "fec0::1",
        ] {
            assert!(!is_public(private.parse().expect("an address")), "{private}");
        }
        for public in [
            "1.1.1.1",
            "172.32.0.1",
            "100.128.0.1",
            "198.20.0.1",
            "2606:4700::1111",
            "2001:4860::8888",
            "::ffff:1.1.1.1",
        ] {
            assert!(is_public(public.parse().expect("an address")), "{public}");
        }
    }

    #[test]
    fn the_operator_allows_names_addresses_ranges_and_ports() {
        let covers = |allowed: &str, host: &str, port| {
            let allowed: Tillatt = allowed.parse().expect(allowed);
            host.parse().map_or_else(|_| allowed.dekker_navn(host, port), |ip| allowed.dekker_adresse(ip, port))
        };
        for (allowed, host, port, expected) in [
            ("hooks.example.org", "hooks.example.org", 80, true),
            ("Hooks.Example.org", "hooks.example.org", 80, true),
            ("hooks.example.org", "evil-hooks.example.org", 80, false),
            ("hooks.example.org:81", "hooks.example.org", 80, false),
            (".example.org", "a.b.example.org", 80, true),
            (".example.org", "example.org", 80, false),
            (".example.org", "evilexample.org", 80, false),
            ("127.0.0.1", "127.0.0.1", 9000, true),
            ("127.0.0.1:9000", "127.0.0.1", 9001, false),
            ("10.0.0.0/8", "10.255.0.1", 80, true),
            ("10.0.0.0/8", "11.0.0.1", 80, false),
            ("0.0.0.0/0", "8.8.8.8", 80, true),
            ("0.0.0.0/0", "::1", 80, false),
            ("::/0", "::1", 80, true),
            ("::/0", "127.0.0.1", 80, false),
            ("fd00::/8", "fd12::1", 80, true),
            ("[::1]:9000", "::1", 9000, true),
        ] {
            assert_eq!(covers(allowed, host, port), expected, "{allowed} {host}:{port}");
        }
        for wrong in [
            "",
            ".",
            "http://a.example",
            "10.0.0",
            "10.0.0.0/33",
            "a..b",
            "a b",
            "hooks:port",
            "*.example.org",
            "1.2.3.4.5",
        ] {
            assert!(wrong.parse::<Tillatt>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_url_that_cannot_be_used_says_why() {
        for (url, why) in [
            ("https://hooks.example.org/", "no TLS"),
            ("ftp://hooks.example.org/", "http://"),
            ("hooks.example.org", "http://"),
            ("/notices", "http://"),
            ("http://me:secret@hooks.example.org/", "user name"),
            ("http:///notices", "no URL"),
            ("http://a b/", "no URL"),
            ("", "no URL"),
        ] {
            let told = url.parse::<Maal>().expect_err(url);
            assert!(told.contains(why), "{url}: {told}");
        }
        let good: Maal = "http://[::1]:9000/a?b=1".parse().expect("a URL");
        assert_eq!((&*good.host, good.port, &*good.path, &*good.authority), ("::1", 9000, "/a?b=1", "[::1]:9000"));
    }
}
