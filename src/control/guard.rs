//! Checks who may use the control API. Requests of foreign web pages do not come this far (`browser.rs`).

use std::sync::Arc;

use crate::config::Keys;
use crate::faults::modifiers::SessionName;
use crate::interface::pages::{OnlyReads, Problem, Shared};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// What a caller may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum May {
    Everything,
    /// What changes nothing.
    Read,
    Nothing,
}

/// Passes a request on if it may use the control API, and refuses it otherwise.
pub(super) async fn guard(State(shared): State<Arc<Shared>>, mut request: Request, next: Next) -> Response {
    if !shared.control {
        return Problem::not_found("the control API is switched off (--control off)").into_response();
    }
    match may(request.headers(), &shared.keys) {
        May::Everything => next.run(request).await,
        May::Read => match only_reads(&shared, &request) {
            Ok(()) => {
                request.extensions_mut().insert(OnlyReads);
                next.run(request).await
            }
            Err(problem) => problem.into_response(),
        },
        May::Nothing => {
            let detail = "the control API requires its key (--control-key) as Authorization: Bearer <key>";
            let mut response =
                Problem::new(StatusCode::UNAUTHORIZED, "The key is missing or wrong", detail).into_response();
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            response
        }
    }
}

/// What the key of a request opens.
fn may(headers: &HeaderMap, keys: &Keys) -> May {
    let Some(control) = &keys.control else {
        return May::Everything;
    };
    if has_key(headers, control) {
        May::Everything
    } else if keys.read.as_ref().is_some_and(|read| has_key(headers, read)) {
        May::Read
    } else {
        May::Nothing
    }
}

/// Checks that a request changes nothing. One that names a new session would begin it.
fn only_reads(shared: &Shared, request: &Request) -> Result<(), Problem> {
    if ![Method::GET, Method::HEAD].contains(request.method()) {
        return Err(Problem::only_reads(&format!("{} may change something", request.method())));
    }
    let name = request.extensions().get::<Option<SessionName>>().cloned().flatten();
    match name.filter(|name| shared.sessions.existing(name.as_str()).is_none()) {
        Some(name) => {
            Err(Problem::not_found(format!("there is no session {name}, and this key only reads, so it begins none")))
        }
        None => Ok(()),
    }
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
