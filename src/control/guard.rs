//! Checks who may use the control API. Requests of foreign web pages do not come this far (`browser.rs`).

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
