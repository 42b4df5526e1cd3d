//! `/sandbox/altinn`: what was asked for in a session, and the decisions that a person would take in Altinn.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Json;
use axum::routing::{get, post};
use schemars::JsonSchema;
use serde::Serialize;

use super::page;
use crate::access::requests::{ConsentRequest, ConsentStatus, NotDone, Requests, SystemUserRequest, SystemUserStatus};
use crate::interface::PageRoutes;
use crate::interface::contract::Schemas;
use crate::interface::pages::{ControlOperation, InSession, Problem, Shared, json_body};
use crate::session::Session;

/// The routes of the control API, and the pages of the person who decides.
pub(super) fn pages() -> PageRoutes {
    PageRoutes {
        control: Router::new().route("/altinn", get(list)).route("/altinn/{kind}/{id}/{decision}", post(decide)),
        open: Router::new().route("/altinn/ui/{kind}/request", get(page::show).post(page::decide)),
        operations: Some(operations),
    }
}

fn operations(_: &mut Schemas, written: &mut Schemas) -> Vec<ControlOperation> {
    let mut all = vec![ControlOperation {
        query: &[],
        method: "get",
        path: "/altinn",
        id: "listAltinnRequests",
        summary: "Consents and systembrukere that were asked for",
        body: None,
        success: (StatusCode::OK, Some(json_body::<AltinnRequests>(written))),
        refusals: &[],
    }];
    for (path, id, summary) in [
        ("/altinn/consent/{id}/approve", "approveConsent", "Approve a consent, as its party would in Altinn"),
        ("/altinn/consent/{id}/reject", "rejectConsent", "Reject a consent"),
        ("/altinn/consent/{id}/revoke", "revokeConsent", "Revoke a consent that was approved"),
        ("/altinn/systemuser/{id}/approve", "approveSystemUser", "Approve a systembruker, as the customer would"),
        ("/altinn/systemuser/{id}/reject", "rejectSystemUser", "Reject a systembruker"),
    ] {
        all.push(ControlOperation {
            query: &[],
            method: "post",
            path,
            id,
            summary,
            body: None,
            success: (StatusCode::OK, Some(json_body::<AltinnRequest>(written))),
            refusals: &[StatusCode::NOT_FOUND, StatusCode::CONFLICT],
        });
    }
    all
}

/// What was asked for, the oldest systembruker first.
#[derive(Serialize, JsonSchema)]
struct AltinnRequests {
    /// The consents.
    consents: Vec<AltinnRequest>,
    /// The systembrukere.
    systemusers: Vec<AltinnRequest>,
}

/// Something that was asked for.
#[derive(Serialize, JsonSchema)]
pub(super) struct AltinnRequest {
    /// The id of the request.
    id: String,
    /// Who decides: the party of a consent, or the customer of a systembruker.
    party: String,
    /// Who asks.
    caller: String,
    /// `Created`, `New`, `Accepted`, `Rejected` or `Revoked`.
    status: &'static str,
}

impl From<&ConsentRequest> for AltinnRequest {
    fn from(it: &ConsentRequest) -> Self {
        Self { id: it.id.clone(), party: it.from.clone(), caller: it.to.clone(), status: it.status.name() }
    }
}

impl From<&SystemUserRequest> for AltinnRequest {
    fn from(it: &SystemUserRequest) -> Self {
        Self { id: it.id.clone(), party: it.party.clone(), caller: it.vendor.clone(), status: it.status.name() }
    }
}

async fn list(State(_): State<Arc<Shared>>, InSession(session): InSession) -> Result<Json<AltinnRequests>, Problem> {
    let requests = requests(&session)?;
    Ok(Json(AltinnRequests {
        consents: requests.consents().iter().map(AltinnRequest::from).collect(),
        systemusers: requests.system_users(|_| true).iter().map(AltinnRequest::from).collect(),
    }))
}

async fn decide(
    State(_): State<Arc<Shared>>,
    InSession(session): InSession,
    Path((kind, id, decision)): Path<(String, String, String)>,
) -> Result<Json<AltinnRequest>, Problem> {
    decided(&session, &kind, &id, &decision).map(|(request, _)| Json(request))
}

pub(super) fn requests(session: &Session) -> Result<&Requests, Problem> {
    let failed = || Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "A fault of the sandbox", "see the log");
    session.state::<Requests>().ok_or_else(failed)
}

/// Takes a decision. Returns the request after it, and where the person goes next.
pub(super) fn decided(
    session: &Session,
    kind: &str,
    id: &str,
    decision: &str,
) -> Result<(AltinnRequest, String), Problem> {
    let requests = requests(session)?;
    let refused = |why: NotDone| match why {
        NotDone::Status(status) => Problem::new(
            StatusCode::CONFLICT,
            "The request is decided",
            format!("the request {id} has the status {status}"),
        ),
        _ => Problem::not_found(format!("nobody has asked for {kind} {id} in this session")),
    };
    match (kind, decision) {
        ("consent", "approve" | "reject" | "revoke") => {
            let status = match decision {
                "approve" => ConsentStatus::Accepted,
                "reject" => ConsentStatus::Rejected,
                _ => ConsentStatus::Revoked,
            };
            let now = session.clock.for_tokens(session.time());
            let decided = session.commit_state::<Requests, _>(None, |it| it.decide_consent(id, status, now))?;
            let consent = requests.consent(&decided.map_err(refused)?).ok_or_else(|| refused(NotDone::Unknown))?;
            Ok(((&consent).into(), consent.redirect_url))
        }
        ("systemuser", "approve" | "reject") => {
            let status = if decision == "approve" { SystemUserStatus::Accepted } else { SystemUserStatus::Rejected };
            let decided = session.commit_state::<Requests, _>(None, |it| it.decide_system_user(id, status))?;
            let request = decided.map_err(refused)?;
            Ok(((&request).into(), request.redirect_url.unwrap_or_default()))
        }
        ("consent" | "systemuser", _) => Err(Problem::not_found(format!(
            "there is no decision {decision:?}; there are approve, reject, and for a consent revoke"
        ))),
        _ => Err(Problem::not_found(format!("there is no {kind:?}; there are consent and systemuser"))),
    }
}
