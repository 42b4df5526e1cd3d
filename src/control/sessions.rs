//! `/sandbox/sessions`: list sessions, begin, reset and delete them, and bind clients to them.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use chrono::{DateTime, NaiveDate, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::faults::modifiers::SessionName;
use crate::interface::pages::{JsonBody, Problem, Shared, off_thread};
use crate::session::Session;
use crate::session::journal::Filter;
use crate::session::registry::{DEFAULT, Sessions};

/// A session.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct SessionView {
    name: String,
    begun: DateTime<Utc>,
    last_used: DateTime<Utc>,
    /// The day that relative dates of scenarios are resolved against.
    base_date: NaiveDate,
    /// The observer's day.
    day: NaiveDate,
    /// How many rules it has.
    rules: usize,
    /// How many requests it has had.
    requests: u64,
    /// How many bytes of scenarios it has of its own.
    own_bytes: usize,
    /// The OAuth clients whose calls belong to it without saying so.
    clients: Vec<String>,
}

/// All sessions.
#[derive(Serialize, JsonSchema)]
pub(super) struct SessionList {
    count: usize,
    /// The default one first, the others by name.
    sessions: Vec<SessionView>,
}

/// What a session is to be like.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SessionDocument {
    /// The OAuth clients whose calls are to belong to it without saying so, in place of those it had; they are taken
    /// from other sessions.
    #[serde(default)]
    #[schemars(length(max = 100), inner(length(min = 1, max = 200)))]
    clients: Vec<String>,
}

fn view(session: &Session, sessions: &Sessions) -> SessionView {
    SessionView {
        name: session.name.to_string(),
        begun: session.begun,
        last_used: session.last_used(),
        base_date: session.base,
        day: session.today(),
        rules: session.rules.list(session.time().real()).len(),
        requests: session.journal.find(&Filter::default(), 0).total,
        own_bytes: session.own_bytes(),
        clients: sessions.clients_of(&session.name),
    }
}

pub(super) async fn list(State(shared): State<Arc<Shared>>) -> Json<SessionList> {
    let sessions: Vec<_> = shared.sessions.list().iter().map(|session| view(session, &shared.sessions)).collect();
    Json(SessionList { count: sessions.len(), sessions })
}

pub(super) async fn put(
    State(shared): State<Arc<Shared>>,
    Path(name): Path<String>,
    JsonBody(document): JsonBody<SessionDocument>,
) -> Result<Response, Problem> {
    let name = parse_name(&name)?;
    if document.clients.len() > 100 || document.clients.iter().any(|client| !(1..=200).contains(&client.len())) {
        return Err(Problem::bad_request("clients is a list of at most 100 ids of 1 to 200 characters"));
    }
    let bound = off_thread(&shared.sessions, move |sessions| {
        let session = sessions.begun(&name)?;
        sessions.bind(&name, &document.clients)?;
        Ok(session)
    });
    Ok(bound.await.map_or_else(|refused| refused, |session| Json(view(&session, &shared.sessions)).into_response()))
}

pub(super) async fn show(State(shared): State<Arc<Shared>>, Path(name): Path<String>) -> Result<Response, Problem> {
    let name = parse_name(&name)?;
    let session = shared.sessions.existing(name.as_str()).ok_or_else(|| no_session(&name))?;
    Ok(Json(view(&session, &shared.sessions)).into_response())
}

pub(super) async fn reset(State(shared): State<Arc<Shared>>, Path(name): Path<String>) -> Result<Response, Problem> {
    let name = parse_name(&name)?;
    let fresh = off_thread(&shared.sessions, move |sessions| sessions.reset(&name)).await;
    Ok(fresh.map_or_else(|refused| refused, |session| Json(view(&session, &shared.sessions)).into_response()))
}

pub(super) async fn delete(State(shared): State<Arc<Shared>>, Path(name): Path<String>) -> Result<StatusCode, Problem> {
    let name = parse_name(&name)?;
    if name.as_str() == DEFAULT {
        let detail = "the default session cannot be deleted; POST /sandbox/sessions/default/reset resets it";
        return Err(Problem::new(StatusCode::CONFLICT, "The default session stays", detail));
    }
    if shared.sessions.delete(name.as_str()) { Ok(StatusCode::NO_CONTENT) } else { Err(no_session(&name)) }
}

fn parse_name(name: &str) -> Result<SessionName, Problem> {
    SessionName::parse(name)
        .ok_or_else(|| Problem::bad_request(format!("a session's name is of the form {}", SessionName::FORM)))
}

fn no_session(name: &SessionName) -> Problem {
    Problem::not_found(format!("there is no session {name}; one begins when it is first used"))
}
