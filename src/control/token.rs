//! `/sandbox/token/explain`: a token, claim by claim.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Json;
use schemars::JsonSchema;
use serde::Deserialize;

use super::Shared;
use super::in_session::InSession;
use super::problem::{JsonBody, Problem};
use crate::access::explain::Explanation;
use crate::services::demand_of;

/// What is to be explained.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ExplainDocument {
    /// An access token, or a consent token of the old Altinn.
    token: String,
    /// The service of a request that it is held against.
    service: Option<String>,
    /// Whose data the request asks for.
    party: Option<String>,
    /// The access package of the request; the first one of the service where left out.
    package: Option<String>,
    /// The endpoint of the request.
    endpoint: Option<String>,
}

pub(super) async fn explain(
    State(shared): State<Arc<Shared>>,
    InSession(session): InSession,
    JsonBody(wanted): JsonBody<ExplainDocument>,
) -> Result<Json<Explanation>, Problem> {
    let text = |field: &'_ Option<String>| field.clone().unwrap_or_default();
    let (party, package, endpoint) = (text(&wanted.party), text(&wanted.package), text(&wanted.endpoint));
    let demand = match &wanted.service {
        None => None,
        Some(service) => Some(demand_of(service, &package, &endpoint, &party).map_err(Problem::bad_request)?),
    };
    let now = session.clock.for_tokens(session.time());
    Ok(Json(shared.access.explain(&wanted.token, demand.as_ref(), now)))
}
