//! `/sandbox/token/explain`: a token, claim by claim.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Json;
use axum::routing::{get, post};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::assertion::FALLBACK_ORGANISATION;
use super::make::{Fault, Holder, Wanted};
use crate::access::explain::Explanation;
use crate::access::mint::LIFETIME;
use crate::domain::identifikator::Part;
use crate::interface::contract::Schemas;
use crate::interface::pages::{ControlOperation, InSession, JsonBody, Problem, Shared, json_body};
use crate::interface::{PageRoutes, Scheme};

/// The routes of the issuer beside its own URLs.
pub(super) fn pages() -> PageRoutes {
    PageRoutes {
        control: Router::new().route("/token/explain", post(explain)).route("/token", post(make)),
        open: Router::new().route("/altinn/api/{generator}", get(super::test_tool::generate)),
        operations: Some(operations),
    }
}

fn operations(read: &mut Schemas, written: &mut Schemas) -> Vec<ControlOperation> {
    let operation = |path, id, summary, body, answer| ControlOperation {
        query: &[],
        method: "post",
        path,
        id,
        summary,
        body: Some(body),
        success: (StatusCode::OK, Some(answer)),
        refusals: &[StatusCode::PAYLOAD_TOO_LARGE, StatusCode::UNSUPPORTED_MEDIA_TYPE],
    };
    let (explain, make) = (json_body::<ExplainDocument>(read), json_body::<TokenDocument>(read));
    vec![
        operation(
            "/token/explain",
            "explainToken",
            "A token, claim by claim",
            explain,
            json_body::<Explanation>(written),
        ),
        operation("/token", "makeToken", "Make a token for a call, also a wrong one", make, json_body::<Made>(written)),
    ]
}

/// The token that is wanted.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct TokenDocument {
    /// The service that is called.
    service: String,
    /// The endpoint, where what a token needs depends on it.
    endpoint: Option<String>,
    /// The party whose data the call asks for.
    party: String,
    /// Who calls.
    #[serde(default)]
    by: Holder,
    /// The organisation that calls, if it is not the party; a synthetic one where left out.
    caller: Option<String>,
    /// In seconds; 120 where left out.
    #[schemars(range(min = 1, max = 86400))]
    lifetime: Option<i64>,
    /// What is wrong with it.
    wrong: Option<Fault>,
}

/// A token.
#[derive(Serialize, JsonSchema)]
struct Made {
    token: String,
    /// The header that it is sent in.
    header: &'static str,
    /// The value of the header.
    value: String,
}

/// The longest lifetime of a token, in seconds.
const LONGEST: i64 = 86_400;

async fn make(
    State(shared): State<Arc<Shared>>,
    InSession(session): InSession,
    scheme: Scheme,
    headers: HeaderMap,
    JsonBody(wanted): JsonBody<TokenDocument>,
) -> Result<Json<Made>, Problem> {
    let caller = wanted.caller.as_deref().unwrap_or(FALLBACK_ORGANISATION);
    for (name, number) in [("party", &*wanted.party), ("caller", caller)] {
        if let Err(why) = number.parse::<Part>() {
            return Err(Problem::bad_request(format!("{name} {number:?}: {why}")));
        }
    }
    let lifetime = wanted.lifetime.unwrap_or(LIFETIME);
    if !(1..=LONGEST).contains(&lifetime) {
        return Err(Problem::bad_request(format!("lifetime is a number of seconds from 1 to {LONGEST}")));
    }
    let endpoint = wanted.endpoint.as_deref().unwrap_or_default();
    let demand =
        shared.services.demand_of(&wanted.service, "", endpoint, &wanted.party).map_err(Problem::bad_request)?;
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let issuer = shared.access.issuer.clone().unwrap_or_else(|| format!("{scheme}://{host}/maskinporten/"));
    let now = session.clock.for_tokens(session.time());
    let token = Wanted { by: wanted.by, party: &wanted.party, caller, lifetime, wrong: wanted.wrong };
    let token = token.make(&demand, &shared.access.keys.own, &issuer, now).map_err(Problem::bad_request)?;
    let old = wanted.by == Holder::OldConsent;
    let value = if old { token.clone() } else { format!("Bearer {token}") };
    Ok(Json(Made { token, header: if old { "AltinnSamtykke" } else { "Authorization" }, value }))
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
