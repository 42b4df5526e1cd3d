//! `/sandbox/sessions`: list sessions, begin, reset and delete them, and bind clients to them.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use chrono::{DateTime, NaiveDate, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::faults::modifiers::SessionName;
use crate::faults::refused::Refused;
use crate::interface::pages::{JsonBody, Problem, Shared, off_thread};
use crate::redact::redacted;
use crate::session::registry::{DEFAULT, Sessions};
use crate::session::{About, Session};

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
    #[serde(flatten)]
    about: AboutDocument,
}

/// Who tests what with a session, as they say.
#[derive(Serialize, JsonSchema)]
struct AboutDocument {
    /// The supplier of the system that is tested.
    #[serde(skip_serializing_if = "Option::is_none")]
    supplier: Option<String>,
    /// The system that is tested.
    #[serde(skip_serializing_if = "Option::is_none")]
    system: Option<String>,
    /// The version of that system.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
}

impl From<&About> for AboutDocument {
    fn from(about: &About) -> Self {
        let text = |text: &Option<Box<str>>| text.as_deref().map(str::to_owned);
        Self { supplier: text(&about.supplier), system: text(&about.system), version: text(&about.version) }
    }
}

impl SessionDocument {
    /// What it says of who tests what, redacted. What it leaves out stays as it is.
    fn told(&self, about: &mut About) -> Result<(), Problem> {
        let fields = [
            ("supplier", &self.supplier, &mut about.supplier),
            ("system", &self.system, &mut about.system),
            ("version", &self.version, &mut about.version),
        ];
        for (name, given, kept) in fields {
            let Some(given) = given.as_deref().map(str::trim) else { continue };
            if !(1..=200).contains(&given.chars().count()) || given.chars().any(char::is_control) {
                return Err(Problem::bad_request(format!("{name} is a text of 1 to 200 characters on one line")));
            }
            *kept = Some(redacted(given).into());
        }
        Ok(())
    }
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
    /// The supplier of the system that is tested, for the report. This and the next two stay as they are where left out.
    #[schemars(length(min = 1, max = 200))]
    supplier: Option<String>,
    /// The system that is tested, for the report.
    #[schemars(length(min = 1, max = 200))]
    system: Option<String>,
    /// The version of that system, for the report.
    #[schemars(length(min = 1, max = 200))]
    version: Option<String>,
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
        requests: session.journal.total(),
        own_bytes: session.own_bytes(),
        clients: sessions.clients_of(&session.name),
        about: AboutDocument::from(&*session.about.read()),
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
    document.told(&mut About::default())?;
    let bound = off_thread(&shared.sessions, move |sessions| {
        let session = sessions.begun(&name)?;
        sessions.bind(&name, &document.clients)?;
        let mut about = session.about.read().clone();
        // It has been checked above.
        let _ = document.told(&mut about);
        session.tell_about(about).map_err(|why| Refused::not_kept(&why.0))?;
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
    if shared.sessions.delete(name.as_str())? { Ok(StatusCode::NO_CONTENT) } else { Err(no_session(&name)) }
}

fn parse_name(name: &str) -> Result<SessionName, Problem> {
    SessionName::parse(name)
        .ok_or_else(|| Problem::bad_request(format!("a session's name is of the form {}", SessionName::FORM)))
}

fn no_session(name: &SessionName) -> Problem {
    Problem::not_found(format!("there is no session {name}; one begins when it is first used"))
}
