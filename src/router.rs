//! The index of every URL.
//!
//! | path | what |
//! |---|---|
//! | `/api/innkreving/kravogbetalinger/v1/{rettighetspakke}/{identifikator}/{endpoint}` | Krav og betalinger |
//! | `/v1/…` with a Host that begins with `kravogbetalinger` | the same |
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

use crate::services::{HANDLERS, Handler};

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
const OWN: [&str; 4] = ["health", "sandbox", "maskinporten", "openapi"];

pub(crate) fn resolve(headers: &HeaderMap, uri: &http::Uri) -> Target {
    let path = uri.path();
    if let Some((handler, rest)) =
        HANDLERS.iter().find_map(|handler| Some((handler, below(path, handler.service.base)?)))
    {
        return Target::Service(handler, segments(rest));
    }
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    if path == "/" || OWN.contains(&first) {
        return Target::Own;
    }
    let by_host = (first != "api").then(|| host_label(headers, uri)).flatten();
    match by_host.and_then(|label| HANDLERS.iter().find(|handler| handler.service.name.eq_ignore_ascii_case(label))) {
        Some(handler) => Target::Service(handler, segments(path)),
        None => Target::Nothing,
    }
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
