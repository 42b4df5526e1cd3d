//! The session of a request, begun only once the request may use it.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};

use super::Shared;
use super::problem::{Problem, refused};
use crate::faults::modifiers::SessionName;
use crate::session::Session;
use crate::session::registry::Sessions;

/// The session that a request names, or the default one.
pub(crate) struct InSession(pub(crate) Arc<Session>);

impl FromRequestParts<Arc<Shared>> for InSession {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, shared: &Arc<Shared>) -> Result<Self, Response> {
        let name = parts.extensions.get::<Option<SessionName>>().cloned().flatten();
        let found = shared.sessions.find(name.as_ref(), None, shared.sessions.time.real());
        match found {
            Ok(session) => Ok(Self(session)),
            Err(name) => off_thread(&shared.sessions, move |sessions| sessions.begun(&name)).await.map(Self),
        }
    }
}

/// The session that a request names, which must have begun: a misspelt one would have an empty journal.
pub(crate) struct Begun(pub(crate) Arc<Session>);

impl FromRequestParts<Arc<Shared>> for Begun {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, shared: &Arc<Shared>) -> Result<Self, Response> {
        let name = parts.extensions.get::<Option<SessionName>>().cloned().flatten();
        let found = shared.sessions.find(name.as_ref(), None, shared.sessions.time.real());
        found.map(Self).map_err(|name| {
            let detail = format!("there is no session {name}; it begins with its first call, rule, clock or scenarios");
            Problem::not_found(detail).into_response()
        })
    }
}

/// Stands in the extensions of a request whose key only reads.
#[derive(Clone, Copy)]
pub(crate) struct OnlyReads;

/// The request may change something. For pages that do so although they are asked by GET.
pub(crate) struct MayChange;

impl<S: Send + Sync> FromRequestParts<S> for MayChange {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        match parts.extensions.get::<OnlyReads>() {
            None => Ok(Self),
            Some(OnlyReads) => Err(Problem::only_reads("this page may change something")),
        }
    }
}

/// Does what takes its time where it keeps no call waiting.
pub(crate) async fn off_thread(
    sessions: &Arc<Sessions>,
    work: impl FnOnce(&Sessions) -> Result<Arc<Session>, Box<crate::faults::refused::Refused>> + Send + 'static,
) -> Result<Arc<Session>, Response> {
    let sessions = Arc::clone(sessions);
    match tokio::task::spawn_blocking(move || work(&sessions)).await {
        Ok(Ok(session)) => Ok(session),
        Ok(Err(why)) => Err(refused(&why)),
        Err(_) => {
            Err(Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "A fault of the sandbox", "see the log")
                .into_response())
        }
    }
}
