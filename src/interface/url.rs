//! What is wrong with a URL that leads nowhere, and which one was probably meant.
//!
//! A service gives its paths as templates (`v1/{rettighetspakke}/{identifikator}/krav`). All that is known of its
//! URLs is read from them. Imitates docs/fidelity.md, "URLs".

use super::path::{self, Path, is_place};
use crate::catalogue::{Endpoint, Service, nearest};

/// What is wrong with a URL, for its caller, in Norwegian.
pub(super) fn what_is_wrong(service: &Service, path: &Path<'_>) -> String {
    let parts: Vec<_> = path.parts().collect();
    let Some(like) = service.endpoints.iter().find(|endpoint| length(endpoint) == parts.len()) else {
        let mut forms: Vec<String> = service.endpoints.iter().map(|endpoint| form(service, endpoint)).collect();
        forms.dedup();
        return format!("Forventet {}", forms.join(" eller "));
    };
    let first = like.path.split('/').next().unwrap_or_default();
    if first == service.version && parts.first().is_none_or(|given| given != first) {
        return format!("Versjonen må være {}", service.version);
    }
    let package = path::place(like.path, "rettighetspakke").and_then(|at| parts.get(at));
    if package.is_some_and(|given| service.package(given).is_none()) {
        return format!("Rettighetspakken må være en av: {}", service.package_names());
    }
    format!("Endepunktet må være et av: {}", service.endpoint_names())
}

/// The URL that was probably meant, for a hint.
pub(super) fn meant(service: &Service, path: &Path<'_>) -> Option<String> {
    let parts: Vec<_> = path.parts().collect();
    let last = parts.last().map(|part| &**part).unwrap_or_default();
    let by_name = nearest(last, service.endpoints.iter().map(|endpoint| endpoint.name));
    let near = service.endpoints.iter().find(|endpoint| by_name == Some(endpoint.name)).or_else(|| {
        let difference = |endpoint: &&Endpoint| length(endpoint).abs_diff(parts.len());
        service.endpoints.iter().min_by_key(difference)
    })?;
    let part = |(at, part): (usize, &'static str)| {
        let given = parts.get(at).map(|given| &**given).filter(|given| !given.is_empty());
        match part {
            "{rettighetspakke}" => {
                let names = || service.packages.iter().map(|package| package.name);
                nearest(given.unwrap_or_default(), names()).or_else(|| names().next()).unwrap_or(part).to_owned()
            }
            _ if is_place(part) => given.unwrap_or(part).to_owned(),
            _ => part.to_owned(),
        }
    };
    let parts: Vec<String> = near.path.split('/').enumerate().map(part).collect();
    Some(format!("{} {}/{}", near.method.as_str(), service.base, parts.join("/")))
}

fn length(endpoint: &Endpoint) -> usize {
    endpoint.path.split('/').count()
}

/// A URL's form, with the last part of several endpoints as one place.
fn form(service: &Service, endpoint: &Endpoint) -> String {
    let path = match endpoint.path.rsplit_once('/') {
        Some((before, last)) if last == endpoint.name => format!("{before}/{{endepunkt}}"),
        _ => endpoint.path.to_owned(),
    };
    format!("{}/{path}", service.base)
}
