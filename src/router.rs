//! The index of every URL.
//!
//! | path | what |
//! |---|---|
//! | the base of a service and what is below it | the service, and there the template of an endpoint (`interface::routes`) |
//! | `/{version}/…` with a Host whose first label is a service's name, or that is a real name of it | the same |
//! | `/.well-known/oauth-authorization-server/{service}` | the discovery document of an issuer (RFC 8414) |
//! | `/` | what this is |
//! | `/openapi/{service}.json` | the contract of a service |
//! | `/health/live`, `/health/ready` | is it up, can it answer |
//! | `/sandbox/…`, `/altinn/…` | the control API and other pages (src/control/mod.rs, pages of services) |
//! | `/page/…` | the scripts and the style of the page for testers |
//! | `/docs/…` | the documents |
//! | `/metrics` | what is counted, for Prometheus |
//! | `/tls/ca.pem` | the authority of the sandbox's certificate |
//! | `/favicon.ico` | the icon that browsers ask for |
//! | anything else | DAS-002, in the platform's form |
//!
//! Full paths win over routing by Host. `GET /` tells the base of each service.

use http::header::HOST;
use http::request::Parts;

use crate::browser::Area;
use crate::interface::path::Path;
use crate::interface::{Route, ServiceModule, Services};

/// Where a request goes.
pub(crate) enum Target {
    /// A service; its path began with the service's base, or else the host named the service.
    Service { route: Route, at_base: bool },
    /// One of the sandbox's own pages.
    Page,
    /// No service and no page.
    Nothing,
}

/// First parts of paths that are the sandbox's own.
const OWN: [&str; 9] = ["health", "metrics", "sandbox", "tls", "altinn", "openapi", "page", "docs", ICON];

/// The icon that browsers ask for by themselves.
const ICON: &str = "favicon.ico";

/// Where RFC 8414 puts the discovery document of an issuer whose name has a path.
const DISCOVERY: &str = "/.well-known/oauth-authorization-server";

/// Finds the target of a request. `path` is its path without modifiers.
pub(crate) fn resolve(services: &Services, parts: &Parts, path: &str) -> Target {
    let route = |module, path: &str, at_base| match services.route(module, &Path::new(path), &parts.method) {
        Some(route) => Target::Service { route, at_base },
        None => Target::Nothing,
    };
    if let Some((module, rest)) = by_base(services, path) {
        return route(module, rest, true);
    }
    if let Some(name) = path.strip_prefix(DISCOVERY).map(|rest| rest.trim_matches('/')).filter(|name| !name.is_empty())
        && let Some(module) = services.modules.iter().find(|module| module.service.name == name)
    {
        return route(module, DISCOVERY, true);
    }
    let first = first_part(path);
    if path == "/" || OWN.contains(&first) {
        return Target::Page;
    }
    let by_host = (first != "api").then(|| host(parts)).flatten();
    match by_host.and_then(|host| services.modules.iter().find(|it| it.service.has_host(host))) {
        Some(module) => route(module, path, false),
        None => Target::Nothing,
    }
}

/// What a path without modifiers asks for, as far as browsers matter.
pub(crate) fn area(services: &Services, path: &str) -> Area {
    if path == "/" {
        return Area::Page;
    }
    // Most paths end here.
    if path.starts_with("/api/") {
        return Area::Service;
    }
    let first = first_part(path);
    if !OWN.contains(&first) || by_base(services, path).is_some() {
        return Area::Service;
    }
    match first {
        "sandbox" | "metrics" => Area::Control,
        "health" | "tls" | ICON => Area::Open,
        _ => Area::Page,
    }
}

fn first_part(path: &str) -> &str {
    path.trim_start_matches('/').split('/').next().unwrap_or_default()
}

/// The path below the base of a service that a call was routed to: what the service's templates are compared with.
pub(crate) fn below_base<'p>(module: &ServiceModule, at_base: bool, path: &'p str) -> &'p str {
    if !at_base {
        return path;
    }
    below(path, module.service.base).unwrap_or(DISCOVERY)
}

/// The service whose base a path is at or below.
fn by_base<'p>(services: &Services, path: &'p str) -> Option<(&'static ServiceModule, &'p str)> {
    services.modules.iter().find_map(|module| Some((*module, below(path, module.service.base)?)))
}

/// What follows a base path, where the path is at or below it.
fn below<'p>(path: &'p str, base: &str) -> Option<&'p str> {
    path.strip_prefix(base).filter(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The host that the caller names, without its port.
fn host(parts: &Parts) -> Option<&str> {
    let host = parts.uri.host().or_else(|| parts.headers.get(HOST)?.to_str().ok())?;
    host.split(':').next()
}
