//! The index of every URL.
//!
//! | path | what |
//! |---|---|
//! | `/api/innkreving/kravogbetalinger/v1/{rettighetspakke}/{identifikator}/{endpoint}` | Krav og betalinger |
//! | `/api/innkreving/kravogbetalinger/v1/{rettighetspakke}/{identifikator}/oversikt` | Kravoversikt: its name of late 2022 |
//! | `/api/innkreving/kravoversikt/v1/{rettighetspakke}/{identifikator}/{endpoint}` | Kravoversikt |
//! | `/api/innkreving/restanser/v2/{rettighetspakke}/{organisasjonsnummer}` | Restanser |
//! | `/{version}/…` with a Host that begins with the service's name | the same |
//! | `/maskinporten/…`, and the place of RFC 8414 for it | Maskinporten |
//! | `/token`, `/jwk`, `/.well-known/…` with a Host that begins with `maskinporten` | the same |
//! | `/` | what this is |
//! | `/openapi/{service}.json` | the contract of a service |
//! | `/health/live`, `/health/ready` | is it up, can it answer |
//! | `/sandbox/…` | the control API (src/control/mod.rs) |
//! | anything else | DAS-002, in the platform's form |
//!
//! Full paths win over routing by Host.

use http::HeaderMap;
use http::header::HOST;
use percent_encoding::percent_decode_str;

use crate::catalogue::Service;
use crate::services::{HANDLERS, Handler, url};

/// Where a call goes.
pub(crate) enum Target {
    /// A service, with the path below its base split at slashes and percent-decoded once.
    Service(&'static Handler, Vec<String>),
    /// One of the sandbox's own pages.
    Own,
    /// No service and no page.
    Nothing,
}

/// First parts of paths that are the sandbox's own, present and to come.
const OWN: [&str; 4] = ["health", "sandbox", "altinn", "openapi"];

/// Where RFC 8414 puts the discovery document of an issuer whose name has a path.
const DISCOVERY: &str = "/.well-known/oauth-authorization-server";

pub(crate) fn resolve(headers: &HeaderMap, uri: &http::Uri) -> Target {
    let path = uri.path();
    if let Some((handler, rest)) =
        HANDLERS.iter().find_map(|handler| Some((handler, below(path, handler.service.base)?)))
    {
        return in_its_form(handler, segments(rest));
    }
    if let Some(name) = path.strip_prefix(DISCOVERY).map(|rest| rest.trim_matches('/')).filter(|name| !name.is_empty())
        && let Some(handler) = HANDLERS.iter().find(|handler| handler.service.name == name)
    {
        return Target::Service(handler, segments(DISCOVERY));
    }
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    if path == "/" || OWN.contains(&first) {
        return Target::Own;
    }
    let by_host = (first != "api").then(|| host_label(headers, uri)).flatten();
    match by_host.and_then(|label| HANDLERS.iter().find(|handler| handler.service.name.eq_ignore_ascii_case(label))) {
        Some(handler) => in_its_form(handler, segments(path)),
        None => Target::Nothing,
    }
}

/// A URL of a service; one that another service answers in its own form goes there.
fn in_its_form(handler: &'static Handler, segments: Vec<String>) -> Target {
    let elsewhere = HANDLERS.iter().find_map(|other| Some((other, url::mounted(other, handler, &segments)?)));
    match elsewhere {
        Some((other, segments)) => Target::Service(other, segments),
        None => Target::Service(handler, segments),
    }
}

/// Whether a path names its service itself; otherwise the host did.
pub(crate) fn at_base(path: &str, service: &Service) -> bool {
    below(path, service.base).is_some() || path.trim_end_matches('/') == format!("{DISCOVERY}/{}", service.name)
}

/// What follows a base path, where the path is at or below it.
fn below<'p>(path: &'p str, base: &str) -> Option<&'p str> {
    path.strip_prefix(base).filter(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The first label of the host that the caller names.
fn host_label<'r>(headers: &'r HeaderMap, uri: &'r http::Uri) -> Option<&'r str> {
    let host = uri.host().or_else(|| headers.get(HOST)?.to_str().ok())?;
    host.split(['.', ':']).next()
}

fn segments(path: &str) -> Vec<String> {
    let path = path.strip_prefix('/').unwrap_or(path);
    path.split('/').map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned()).collect()
}
