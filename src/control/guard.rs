//! Checks who may use the control API.

use std::net::IpAddr;
use std::sync::Arc;

use crate::interface::pages::{Problem, Shared};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Passes a request on if it may use the control API, and refuses it otherwise.
pub(super) async fn guard(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    if !shared.control {
        return Problem::not_found("the control API is switched off (--control off)").into_response();
    }
    if let Some(page) = foreign_page(headers, shared.key.is_some()) {
        let detail = format!("the control API refuses requests from web pages of another origin ({page})");
        return Problem::new(StatusCode::FORBIDDEN, "A foreign origin", detail).into_response();
    }
    if let Some(key) = &shared.key
        && !has_key(headers, key)
    {
        let detail = "the control API requires its key (--control-key) as Authorization: Bearer <key>";
        let mut response =
            Problem::new(StatusCode::UNAUTHORIZED, "The key is missing or wrong", detail).into_response();
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        return response;
    }
    next.run(request).await
}

/// The web page of another origin that sends a request, if there is one. A page of the sandbox has the origin that the
/// request calls. That alone is not enough, because another site can point its own host name to this server (DNS
/// rebinding). So a browser must also call a host name that cannot be another site's, unless a key is required anyway.
fn foreign_page(headers: &HeaderMap, has_key: bool) -> Option<String> {
    let text = |name: &str| headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let (origin, site) = (text("origin"), text("sec-fetch-site"));
    let host = text("host").unwrap_or_default();
    let shown = |what: &str| what.chars().take(100).collect();
    if let Some(origin) = &origin {
        let origin_host = origin.split_once("://").map(|(_, host)| host);
        if !origin_host.is_some_and(|origin_host| origin_host.eq_ignore_ascii_case(&host)) {
            return Some(shown(origin));
        }
    }
    if site.as_deref().is_some_and(|site| !matches!(site, "same-origin" | "none")) {
        return Some("another site".to_owned());
    }
    let by_browser = origin.is_some() || site.is_some();
    (by_browser && !has_key && !is_local_name(&host)).then(|| shown(&host))
}

/// Whether a host cannot be the name of a web site: localhost, a name without a dot, or an IP address.
fn is_local_name(host: &str) -> bool {
    let name = if let Some(rest) = host.strip_prefix('[') { rest.split(']').next() } else { host.split(':').next() };
    let name = name.unwrap_or_default().to_ascii_lowercase();
    name.parse::<IpAddr>().is_ok() || !name.contains('.') || name.ends_with(".localhost")
}

/// Whether a request has the key. The comparison takes the same time for every key of the same length.
fn has_key(headers: &HeaderMap, key: &str) -> bool {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given =
        given.and_then(|value| value.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let Some((_, given)) = given else {
        return false;
    };
    let (given, key) = (given.trim().as_bytes(), key.as_bytes());
    let differences = given.iter().zip(key).fold(0, |differences, (one, other)| differences | (one ^ other));
    given.len() == key.len() && differences == 0
}
