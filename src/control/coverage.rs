//! `/sandbox/coverage`: what there is to try, and what sessions have tried of it.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Json, Response};
use schemars::JsonSchema;
use serde::Deserialize;

use super::queries::{chosen_sessions, read_query};
use crate::coverage::{Counts, CoverageView, Plan, PlanDocument, summary};
use crate::faults::refused::Refused;
use crate::interface::pages::{Begun, JsonBody, Shared, refused};
use crate::session::Session;

/// Whose coverage is asked for.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CoverageQuery {
    /// Several sessions, by name and separated by commas, or `*` for all; they are added up. The session of the request
    /// where left out.
    pub(super) sessions: Option<String>,
}

impl CoverageQuery {
    pub(super) const NAMES: [&'static str; 1] = ["sessions"];
}

/// What sessions have tried, by a plan.
pub(super) fn view(
    shared: &Shared,
    sessions: &[Arc<Session>],
    document: &PlanDocument,
) -> Result<CoverageView, Box<Refused>> {
    let universe = shared.services.universe();
    let plan = Plan::read(document, universe)
        .map_err(|why| Refused::new("pattern", None, why.why, Vec::new()).of_filter().near(why.nearest.as_deref()))?;
    let mut counts = Counts::none(universe);
    for session in sessions {
        counts.add(&session.tried);
    }
    let names = sessions.iter().map(|session| session.name.to_string()).collect();
    Ok(summary(universe, &counts, &plan, names))
}

pub(super) async fn show(
    State(shared): State<Arc<Shared>>,
    Begun(session): Begun,
    RawQuery(query): RawQuery,
) -> Result<Json<CoverageView>, Response> {
    asked(&shared, session, query.as_deref(), &PlanDocument::default()).map_err(|why| refused(&why))
}

/// The same, by a plan that says what counts and what must be covered.
pub(super) async fn by_plan(
    State(shared): State<Arc<Shared>>,
    Begun(session): Begun,
    RawQuery(query): RawQuery,
    JsonBody(plan): JsonBody<PlanDocument>,
) -> Result<Json<CoverageView>, Response> {
    asked(&shared, session, query.as_deref(), &plan).map_err(|why| refused(&why))
}

fn asked(
    shared: &Shared,
    session: Arc<Session>,
    query: Option<&str>,
    plan: &PlanDocument,
) -> Result<Json<CoverageView>, Box<Refused>> {
    let query: CoverageQuery = read_query(query.unwrap_or_default(), &CoverageQuery::NAMES)?;
    let sessions = chosen_sessions(shared, session, query.sessions.as_deref())?;
    view(shared, &sessions, plan).map(Json)
}

/// Forgets what the session has tried.
pub(super) async fn clear(Begun(session): Begun) -> StatusCode {
    session.tried.clear();
    StatusCode::NO_CONTENT
}
