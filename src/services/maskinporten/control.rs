//! `/sandbox/token/explain`: a token, claim by claim.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Json;
use axum::routing::{get, post};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::access::explain::Explanation;
use crate::interface::PageRoutes;
use crate::interface::contract::Schemas;
use crate::interface::pages::{ControlOperation, InSession, JsonBody, Problem, Shared, json_body};

/// The routes of the issuer beside its own URLs.
pub(super) fn pages() -> PageRoutes {
    PageRoutes {
        control: Router::new().route("/token/explain", post(explain)),
        open: Router::new().route("/altinn/api/{generator}", get(super::test_tool::generate)),
        operations: Some(operations),
    }
}

fn operations(read: &mut Schemas, written: &mut Schemas) -> Vec<ControlOperation> {
    vec![ControlOperation {
        method: "post",
        path: "/token/explain",
        id: "explainToken",
        summary: "A token, claim by claim",
        body: Some(json_body::<ExplainDocument>(read)),
        success: (StatusCode::OK, Some(json_body::<Explanation>(written))),
        refusals: &[StatusCode::PAYLOAD_TOO_LARGE, StatusCode::UNSUPPORTED_MEDIA_TYPE],
    }]
}

/// What is to be explained.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ExplainDocument {
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

async fn explain(
    State(shared): State<Arc<Shared>>,
    InSession(session): InSession,
    JsonBody(wanted): JsonBody<ExplainDocument>,
) -> Result<Json<Explanation>, Problem> {
    let text = |field: &'_ Option<String>| field.clone().unwrap_or_default();
    let (party, package, endpoint) = (text(&wanted.party), text(&wanted.package), text(&wanted.endpoint));
    let demand = match &wanted.service {
        None => None,
        Some(service) => {
            Some(shared.services.demand_of(service, &package, &endpoint, &party).map_err(Problem::bad_request)?)
        }
    };
    let now = session.clock.for_tokens(session.time());
    Ok(Json(shared.access.explain(&wanted.token, demand.as_ref(), now)))
}
