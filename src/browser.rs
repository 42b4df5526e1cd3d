//! Requests of web browsers: which of them a page of another site may have sent, and which host names are the
//! sandbox's own. Imitates docs/fidelity.md, "Browsers".
//!
//! Any page that a developer opens can send requests to the developer's own machine. The browser tells where such a
//! request comes from (`Origin`, `Referer`, `Sec-Fetch-Site`), and the page cannot change that. A page can also point its
//! own host name to the sandbox (DNS rebinding). Then the request looks as if it came from the sandbox's own page, but its
//! `Host` is a name that is not the sandbox's. Clients that are no browsers send none of these headers.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use http::header::{HOST, HeaderMap, HeaderName, HeaderValue, ORIGIN, REFERER, USER_AGENT};
use http::request::Parts;
use http::{Method, header};

use crate::redact::redacted;

const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");

/// Names by which containers reach the machine that they run on. Docker and Podman define them.
const HOST_OF_CONTAINERS: [&str; 2] = ["host.docker.internal", "host.containers.internal"];

/// The ends of names that nobody can buy, so that they are never a web site's.
const LOCAL_ENDS: [&str; 4] = [".local", ".internal", ".test", ".home.arpa"];

/// What a request asks for, as far as browsers matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Area {
    /// The control API.
    Control,
    /// A page that a person or a tool reads.
    Page,
    /// Health checks, and the icon that browsers ask for by themselves. They tell nothing.
    Open,
    /// A service, or no URL of the sandbox at all.
    Service,
}

/// A host name that the operator adds. With a dot in front it stands for every name below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HostPattern(Box<str>);

impl HostPattern {
    fn fits(&self, name: &str) -> bool {
        match self.0.strip_prefix('.') {
            None => *self.0 == *name,
            Some(parent) => name.strip_suffix(parent).is_some_and(|rest| rest.ends_with('.')),
        }
    }
}

impl FromStr for HostPattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let name = text.strip_prefix('.').unwrap_or(text);
        let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
        let is_address = name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
        if is_address || (!name.is_empty() && name.len() <= 253 && name.bytes().all(fits)) {
            Ok(Self(text.to_ascii_lowercase().trim_matches(['[', ']']).into()))
        } else {
            Err("a host is a name without scheme and port, like sandbox.team.example; .team.example is every name below it"
                .to_owned())
        }
    }
}

/// Scheme, host and port of a web page, without the port that its scheme implies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WebOrigin(Box<str>);

impl FromStr for WebOrigin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "an origin is scheme, host and port of a page, like http://localhost:3000".to_owned();
        let lower = text.trim_end_matches('/').to_ascii_lowercase();
        let (scheme, host) = lower.split_once("://").ok_or_else(wrong)?;
        let usable = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b':' | b'[' | b']');
        let fits = !scheme.is_empty() && !host.is_empty() && host.bytes().all(usable);
        if fits { Ok(Self(format!("{scheme}://{}", without_usual_port(host, scheme)).into())) } else { Err(wrong()) }
    }
}

impl fmt::Display for HostPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for WebOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the operator allows beyond the sandbox's own pages and names.
#[derive(Clone, Debug, Default)]
pub(crate) struct Allowed {
    pub(crate) hosts: Vec<HostPattern>,
    pub(crate) origins: Vec<WebOrigin>,
}

/// Tells requests of foreign pages from all others.
#[derive(Clone, Debug)]
pub(crate) struct Browsers {
    allowed: Allowed,
    beyond_loopback: bool,
    /// Whether the control API requires a key.
    has_key: bool,
}

/// A request that may pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Passed {
    /// It comes from no page, or from a page of the sandbox.
    Own,
    /// It comes from a page that `--allow-origin` names. The answer says that the page may read it.
    AllowedOrigin(HeaderValue),
    /// A link on a foreign page led a person to a page of the sandbox. It must not begin a session.
    Link,
}

/// Why a request is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Foreign {
    pub(crate) detail: String,
    /// What to do if the request should pass.
    pub(crate) hint: String,
}

impl Foreign {
    /// A link on a foreign page names a session that there is not.
    pub(crate) fn begins_session(name: &str) -> Self {
        Self {
            detail: format!("a link on a page of another origin begins no session, and there is no session {name}"),
            hint: "open the address yourself, or begin the session first".to_owned(),
        }
    }
}

impl Browsers {
    pub(crate) fn new(allowed: Allowed, listen: SocketAddr, has_key: bool) -> Self {
        Self { allowed, beyond_loopback: !listen.ip().to_canonical().is_loopback(), has_key }
    }

    /// Whether a request may pass. `is_service_host` knows the published host names of the services.
    ///
    /// # Errors
    /// The request comes from a foreign page, or calls a host name that may be a foreign page's.
    pub(crate) fn judge(
        &self,
        parts: &Parts,
        area: Area,
        is_service_host: impl Fn(&str) -> bool,
    ) -> Result<Passed, Foreign> {
        let headers = &parts.headers;
        let marked = headers.contains_key(ORIGIN) || headers.contains_key(REFERER) || headers.contains_key(SITE);
        let passed = if marked { self.judge_page(parts, area)? } else { Passed::Own };
        let needs_own_host = match area {
            Area::Open => false,
            Area::Control | Area::Page if !self.has_key => true,
            _ => marked || is_browser(headers),
        };
        if needs_own_host {
            let known = |name: &str| self.is_own(name) || (area != Area::Control && is_service_host(name));
            for host in hosts(parts) {
                if !known(&name_of(host)) {
                    return Err(foreign_host(host));
                }
            }
        }
        Ok(passed)
    }

    /// Whether the page that sent a request is the sandbox's own, or one that is allowed.
    fn judge_page(&self, parts: &Parts, area: Area) -> Result<Passed, Foreign> {
        let headers = &parts.headers;
        let (mut allowed, mut foreign) = (None, None);
        for value in headers.get_all(ORIGIN).iter().chain(headers.get_all(REFERER)) {
            match value.to_str().ok().and_then(origin_of) {
                Some(from) if is_origin_of(&from, parts) => {}
                Some(from) if self.allowed.origins.contains(&from) => allowed = HeaderValue::from_str(&from.0).ok(),
                Some(from) => foreign = Some(redacted(&from.0).into_owned()),
                None => foreign = Some(redacted(&String::from_utf8_lossy(value.as_bytes())).into_owned()),
            }
        }
        let site = headers.get(SITE).filter(|site| !matches!(site.as_bytes(), b"same-origin" | b"none"));
        let page = match (foreign, allowed, site) {
            (Some(page), ..) => page,
            (None, Some(page), _) => return Ok(Passed::AllowedOrigin(page)),
            (None, None, None) => return Ok(Passed::Own),
            (None, None, Some(site)) => {
                let site = String::from_utf8_lossy(site.as_bytes());
                format!("Sec-Fetch-Site: {}", redacted(&site))
            }
        };
        let has_origin = headers.contains_key(ORIGIN);
        let is_link = matches!(parts.method, Method::GET | Method::HEAD) && !has_origin && is_navigation(headers);
        if matches!(area, Area::Page | Area::Open) && is_link { Ok(Passed::Link) } else { Err(foreign_page(&page)) }
    }

    /// Whether a host name, in lower case and without port, is the sandbox's own. On loopback: the names and addresses
    /// of the machine itself. Beyond: any address, names without a dot (containers have them), and names that cannot be
    /// a web site's.
    fn is_own(&self, name: &str) -> bool {
        if self.allowed.hosts.iter().any(|host| host.fits(name)) {
            return true;
        }
        if let Ok(ip) = name.parse::<IpAddr>().map(|ip| ip.to_canonical()) {
            return self.beyond_loopback || ip.is_loopback() || ip.is_unspecified();
        }
        name == "localhost"
            || name.ends_with(".localhost")
            || HOST_OF_CONTAINERS.contains(&name)
            || (self.beyond_loopback && (!name.contains('.') || LOCAL_ENDS.iter().any(|end| name.ends_with(end))))
    }
}

/// Whether a request is the question of a browser whether a page may send another one (CORS).
pub(crate) fn is_preflight(parts: &Parts) -> bool {
    parts.method == Method::OPTIONS && parts.headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// Adds the headers that let an allowed page read an answer.
pub(crate) fn allow_reading(answer: &mut HeaderMap, origin: HeaderValue) {
    answer.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    answer.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("*"));
    answer.append(header::VARY, HeaderValue::from_static("Origin"));
}

/// Adds the headers that let an allowed page send what it asked for.
pub(crate) fn allow_sending(answer: &mut HeaderMap, asked: &HeaderMap) {
    let pairs: [(HeaderName, HeaderName); 2] = [
        (header::ACCESS_CONTROL_REQUEST_METHOD, header::ACCESS_CONTROL_ALLOW_METHODS),
        (header::ACCESS_CONTROL_REQUEST_HEADERS, header::ACCESS_CONTROL_ALLOW_HEADERS),
    ];
    for (asks, allows) in pairs {
        if let Some(value) = asked.get(asks) {
            answer.insert(allows, value.clone());
        }
    }
    answer.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
}

fn foreign_page(page: &str) -> Foreign {
    let hint = if page.contains("://") {
        format!("if this page may use the sandbox, start it with --allow-origin {page}")
    } else {
        "if the page may use the sandbox, start it with --allow-origin and the page's origin".to_owned()
    };
    Foreign { detail: format!("the sandbox refuses requests from web pages of another origin ({page})"), hint }
}

fn foreign_host(host: &str) -> Foreign {
    let name = redacted(&name_of(host)).into_owned();
    Foreign {
        detail: format!("{name} is no host name of this sandbox, so another web site may have sent the request"),
        hint: format!("if it is the sandbox's name, start it with --allow-host {name}"),
    }
}

/// The hosts that a request calls: in its URL, and in each `Host`.
fn hosts(parts: &Parts) -> impl Iterator<Item = &str> {
    let in_headers = parts.headers.get_all(HOST).iter().map(|value| value.to_str().unwrap_or("?"));
    parts.uri.authority().map(http::uri::Authority::as_str).into_iter().chain(in_headers)
}

/// The name of a host in lower case, without user, port, brackets, and the dot at its end.
fn name_of(host: &str) -> String {
    let host = host.rsplit('@').next().unwrap_or_default();
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next(),
        None => host.split(':').next(),
    };
    name.unwrap_or_default().trim_end_matches('.').to_ascii_lowercase()
}

/// The origin of an `Origin` or a `Referer`. `None` for `null`, and for what is no origin.
fn origin_of(text: &str) -> Option<WebOrigin> {
    let mut parts = text.splitn(4, '/');
    let (scheme, host) = (parts.next()?, parts.nth(1)?);
    let host = host.split(['?', '#']).next()?;
    format!("{scheme}//{}", host.rsplit('@').next()?).parse().ok()
}

/// Whether an origin is that of the URL that a request calls, as its `Host` tells.
fn is_origin_of(origin: &WebOrigin, parts: &Parts) -> bool {
    let Some((scheme, origin)) = origin.0.split_once("://") else {
        return false;
    };
    let mut all = hosts(parts).peekable();
    // Without any host there is nothing to be the same as.
    all.peek().is_some() && all.all(|host| without_usual_port(&host.to_ascii_lowercase(), scheme) == origin)
}

/// A host without the port that its scheme implies.
fn without_usual_port<'h>(host: &'h str, scheme: &str) -> &'h str {
    let usual = match scheme {
        "http" => ":80",
        "https" => ":443",
        _ => return host,
    };
    host.strip_suffix(usual).unwrap_or(host)
}

/// Whether a browser opens the answer as a page of its own: a link, a redirect. A browser that tells nothing about this
/// sends the same for a link and an image, and gets the benefit of the doubt.
fn is_navigation(headers: &HeaderMap) -> bool {
    let is = |name: HeaderName, wanted: &str| headers.get(name).is_none_or(|value| value == wanted);
    is(MODE, "navigate") && is(DEST, "document")
}

/// Whether the user agent is a browser's. PowerShell calls itself one; older programs for Windows say `Mozilla/4.0`.
fn is_browser(headers: &HeaderMap) -> bool {
    let agent = headers.get(USER_AGENT).map(HeaderValue::as_bytes).unwrap_or_default();
    agent.starts_with(b"Mozilla/5.0") && !agent.windows(10).any(|part| part == b"PowerShell")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(lines: &[(&'static str, &str)]) -> Parts {
        let mut request = http::Request::builder().uri("/x");
        for (name, value) in lines {
            request = request.header(*name, *value);
        }
        request.body(()).expect("a request").into_parts().0
    }

    #[test]
    fn an_origin_is_compared_without_the_usual_port() {
        let own = |origin: &str, host: &str| {
            origin_of(origin).is_some_and(|origin| is_origin_of(&origin, &parts(&[("host", host)])))
        };
        assert!(own("http://localhost", "LOCALHOST:80") && own("http://localhost:80", "localhost"));
        assert!(own("https://a.example", "a.example") && own("https://a.example", "a.example:443"));
        assert!(own("http://a.example:8080/some/page?x=http://b", "a.example:8080"));
        assert!(!own("http://localhost:3000", "localhost:8080") && !own("null", "null") && !own("", ""));
        assert!(!own("http://localhost:443", "localhost") && !own("http://a@localhost", "b"));
    }

    #[test]
    fn names_and_patterns() {
        let fits = |pattern: &str, name: &str| pattern.parse::<HostPattern>().expect("a pattern").fits(name);
        assert!(fits("Team.Example", "team.example") && fits(".team.example", "a.b.team.example"));
        assert!(!fits(".team.example", "team.example") && !fits(".team.example", "notteam.example"));
        for wrong in ["", ".", "http://a", "a:80", "a/b", "*", "a b"] {
            assert!(wrong.parse::<HostPattern>().is_err(), "{wrong}");
        }
        for wrong in ["localhost:3000", "http://", "http://a/b", "null", "*", "http://a b"] {
            assert!(wrong.parse::<WebOrigin>().is_err(), "{wrong}");
        }
        assert_eq!("HTTP://A.example:80/".parse::<WebOrigin>().expect("an origin").to_string(), "http://a.example");
    }
}
