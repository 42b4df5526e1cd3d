//! URLs of services: where one points, and what is wrong with one that leads nowhere.
//!
//! A service says its paths as templates (`v1/{rettighetspakke}/{identifikator}/krav`); all that is known of
//! its URLs is read from them. Imitates docs/fidelity.md, "URLs".

use http::Method;

use super::Handler;
use super::call::{Call, Location};
use super::errors::ServiceError;
use crate::catalogue::{Check, Endpoint, Package, Service, nearest};

/// The place of the access package in a template.
const PACKAGE: &str = "{rettighetspakke}";

/// The places that say whose data is asked for.
const IDENTIFIERS: [&str; 2] = ["{identifikator}", "{organisasjonsnummer}"];

fn is_placeholder(part: &str) -> bool {
    part.starts_with('{')
}

fn fits(template: &str, segments: &[String]) -> bool {
    // Endpoints mostly differ in their last part; every call comes by here.
    let end = template.rsplit('/').next().unwrap_or_default();
    if !is_placeholder(end) && segments.last().is_none_or(|last| last != end) {
        return false;
    }
    let mut parts = template.split('/');
    let all = segments.iter().all(|given| parts.next().is_some_and(|part| is_placeholder(part) || part == given));
    all && parts.next().is_none()
}

/// What stands in a place of a template.
pub(super) fn value<'r>(template: &str, place: &str, segments: &'r [String]) -> Option<&'r str> {
    let index = template.split('/').position(|part| part == place)?;
    segments.get(index).map(String::as_str)
}

/// The name of the place that says whose data is asked for, as a caller knows it.
pub(super) fn identifier_name(endpoint: &Endpoint) -> &'static str {
    let place = IDENTIFIERS.into_iter().find(|place| endpoint.path.contains(place)).unwrap_or(IDENTIFIERS[0]);
    place.trim_matches(['{', '}'])
}

/// Reads a URL without judging it.
pub(crate) fn locate<'r>(service: &'static Service, segments: &'r [String]) -> Location<'r> {
    let like = service.endpoints.first().map_or("", |endpoint| endpoint.path);
    Location {
        endpoint: service.endpoints.iter().find(|endpoint| fits(endpoint.path, segments)),
        package: value(like, PACKAGE, segments),
        identifikator: IDENTIFIERS.into_iter().find_map(|place| value(like, place, segments)),
    }
}

/// The segments by which `service` knows a URL that another service's base leads to; nothing where it is not its own.
pub(crate) fn mounted(service: &Handler, at: &Handler, segments: &[String]) -> Option<Vec<String>> {
    let endpoint = service.service.endpoints.iter().find(|endpoint| {
        let below = endpoint.also_at.and_then(|path| path.strip_prefix(at.service.base)?.strip_prefix('/'));
        below.is_some_and(|template| fits(template, segments))
    })?;
    let template = endpoint.also_at?.strip_prefix(at.service.base)?.strip_prefix('/')?;
    let part = |part: &str| value(template, part, segments).filter(|_| is_placeholder(part)).unwrap_or(part).to_owned();
    Some(endpoint.path.split('/').map(part).collect())
}

/// The endpoint of a call, and its access package where the service has any.
pub(super) fn check(
    call: &Call<'_>,
    service: &'static Service,
) -> Result<(&'static Endpoint, Option<&'static Package>), ServiceError> {
    let unknown = |why: &str| ServiceError::failed(service, Check::Url, format!("Ukjent url benyttet. {why}"));
    let package = call.location.package.and_then(|name| service.package(name));
    let Some(endpoint) = call.location.endpoint.filter(|_| package.is_some() || service.packages.is_empty()) else {
        return Err(unknown(&what_is_wrong(service, call.segments)));
    };
    if !matches!(*call.method, Method::GET | Method::HEAD) {
        let mut error = unknown("Endepunktet støtter kun metoden GET");
        error.allow = Some("GET, HEAD");
        return Err(error);
    }
    Ok((endpoint, package))
}

/// What is wrong with a URL, for its caller, in Norwegian.
fn what_is_wrong(service: &Service, segments: &[String]) -> String {
    let length = |endpoint: &&Endpoint| endpoint.path.split('/').count() == segments.len();
    let Some(like) = service.endpoints.iter().find(length) else {
        let mut forms: Vec<String> = service.endpoints.iter().map(|endpoint| form(service, endpoint)).collect();
        forms.dedup();
        return format!("Forventet {}", forms.join(" eller "));
    };
    let wrong =
        |at: usize, expected: &str| !is_placeholder(expected) && segments.get(at).is_none_or(|given| given != expected);
    if like.path.split('/').next().is_some_and(|version| version == service.version && wrong(0, version)) {
        return format!("Versjonen må være {}", service.version);
    }
    if value(like.path, PACKAGE, segments).is_some_and(|given| service.package(given).is_none()) {
        return format!("Rettighetspakken må være en av: {}", service.package_names());
    }
    format!("Endepunktet må være et av: {}", service.endpoint_names())
}

/// A URL's form, with the last part of several endpoints as one place.
fn form(service: &Service, endpoint: &Endpoint) -> String {
    let path = match endpoint.path.rsplit_once('/') {
        Some((before, last)) if last == endpoint.name => format!("{before}/{{endepunkt}}"),
        _ => endpoint.path.to_owned(),
    };
    format!("{}/{path}", service.base)
}

/// The URL that was probably meant, for a hint.
pub(super) fn meant(service: &Service, segments: &[String]) -> Option<String> {
    let last = segments.last().map(String::as_str).unwrap_or_default();
    let by_name = nearest(last, service.endpoints.iter().map(|endpoint| endpoint.name));
    let near = service.endpoints.iter().find(|endpoint| by_name == Some(endpoint.name)).or_else(|| {
        let difference = |endpoint: &&Endpoint| endpoint.path.split('/').count().abs_diff(segments.len());
        service.endpoints.iter().min_by_key(difference)
    })?;
    let part = |(at, part): (usize, &'static str)| {
        let given = segments.get(at).map(String::as_str).filter(|given| !given.is_empty());
        match part {
            PACKAGE => {
                let names = || service.packages.iter().map(|package| package.name);
                nearest(given.unwrap_or_default(), names()).or_else(|| names().next()).unwrap_or(part).to_owned()
            }
            _ if is_placeholder(part) => given.unwrap_or(part).to_owned(),
            _ => part.to_owned(),
        }
    };
    let parts: Vec<String> = near.path.split('/').enumerate().map(part).collect();
    Some(format!("{}/{}", service.base, parts.join("/")))
}
