//! `/sandbox/rules`: the rules of the session.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use chrono::{DateTime, Utc};
use rand::RngExt;
use schemars::JsonSchema;
use serde::Serialize;

use crate::interface::pages::{Deleted, InSession, JsonBody, Problem, Shared, refused};
use crate::session::Session;
use crate::session::rules::Rule;
use crate::session::rules::document::RuleDocument;

/// A rule that is kept.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct RuleView {
    id: String,
    #[serde(flatten)]
    rule: RuleDocument,
    /// How many calls have met it.
    used: u32,
    /// How many more will; left out where there is no end.
    #[serde(skip_serializing_if = "Option::is_none")]
    left: Option<u32>,
    /// When it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<DateTime<Utc>>,
}

/// The rules of a session.
#[derive(Serialize, JsonSchema)]
pub(super) struct RuleList {
    count: usize,
    /// Oldest first; of several that fit, the newest wins.
    rules: Vec<RuleView>,
}

fn view(rule: &Rule) -> RuleView {
    RuleView {
        id: rule.id.to_string(),
        rule: rule.document.clone(),
        used: rule.used(),
        left: rule.left(),
        expires_at: rule.expires,
    }
}

pub(super) async fn add(
    State(shared): State<Arc<Shared>>,
    InSession(session): InSession,
    JsonBody(document): JsonBody<RuleDocument>,
) -> Response {
    // At most 53 bits, so that every JSON reader keeps the number exactly.
    let seed = shared.seeds.lock().random::<u64>() >> 11;
    match session.add_rule(document, seed) {
        Ok(rule) => {
            let location = [(header::LOCATION, format!("/sandbox/rules/{}", rule.id))];
            (StatusCode::CREATED, location, Json(view(&rule))).into_response()
        }
        Err(why) => refused(&why),
    }
}

pub(super) async fn list(InSession(session): InSession) -> Json<RuleList> {
    let rules: Vec<_> = session.rules.list(session.time().real()).iter().map(|rule| view(rule)).collect();
    Json(RuleList { count: rules.len(), rules })
}

pub(super) async fn show(InSession(session): InSession, Path(id): Path<String>) -> Result<Json<RuleView>, Problem> {
    let rules = session.rules.list(session.time().real());
    rules.iter().find(|rule| *rule.id == *id).map(|rule| Json(view(rule))).ok_or_else(|| no_rule(&session, &id))
}

pub(super) async fn delete(InSession(session): InSession, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    if session.delete_rule(&id)? { Ok(StatusCode::NO_CONTENT) } else { Err(no_rule(&session, &id)) }
}

pub(super) async fn clear(InSession(session): InSession) -> Result<Json<Deleted>, Problem> {
    Ok(Json(Deleted::new(session.clear_rules()?)))
}

fn no_rule(session: &Session, id: &str) -> Problem {
    let id: String = id.chars().take(40).collect();
    Problem::not_found(format!("the session {} has no rule {id}", session.name))
}
