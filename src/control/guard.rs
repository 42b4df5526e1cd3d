//! Who may use the control API.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Shared;
use super::problem::Problem;

/// Lets a request pass that may.
pub(super) async fn guard(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    if !shared.control {
        return Problem::not_found("the control API is switched off (--control off)").into_response();
    }
    if let Some(origin) = foreign_origin(headers) {
        let detail = format!("the control API takes no requests of web pages from elsewhere ({origin})");
        return Problem::new(StatusCode::FORBIDDEN, "A foreign origin", detail).into_response();
    }
    if let Some(key) = &shared.key
        && !carries(headers, key)
    {
        let detail = "the control API demands its key (--control-key) as Authorization: Bearer <key>";
        let mut response =
            Problem::new(StatusCode::UNAUTHORIZED, "The key is missing or wrong", detail).into_response();
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        return response;
    }
    next.run(request).await
}

/// The origin of a page that does not come from here.
fn foreign_origin(headers: &HeaderMap) -> Option<String> {
    let origin = headers.get(header::ORIGIN)?;
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let of_origin = origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, host)| host);
    let same = host.is_some_and(|host| of_origin.is_some_and(|origin| origin.eq_ignore_ascii_case(host)));
    (!same).then(|| String::from_utf8_lossy(origin.as_bytes()).chars().take(100).collect())
}

/// Whether the key is there; how long that takes tells nothing about it.
fn carries(headers: &HeaderMap, key: &str) -> bool {
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
