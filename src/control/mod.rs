//! The sandbox's own pages: what this is, and whether it is well.

pub(crate) mod welcome;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::get;
use serde_json::json;

use crate::access::Level;
use crate::services::contract;
use crate::session::Session;
use welcome::Welcome;

#[derive(Clone)]
struct Shared {
    session: Arc<Session>,
    address: SocketAddr,
    access: Level,
}

/// The router of the sandbox's own pages.
pub(crate) fn pages(session: Arc<Session>, address: SocketAddr, access: Level) -> Router {
    Router::new()
        .route("/", get(index))
        .route("/health/live", get(live))
        .route("/health/ready", get(ready))
        .route("/openapi/{document}", get(openapi))
        .fallback(nothing)
        .with_state(Shared { session, address, access })
}

/// The process answers.
async fn live() -> Response {
    Json(json!({ "status": "UP" })).into_response()
}

/// Scenarios are loaded, so that services answer.
async fn ready(State(shared): State<Shared>) -> Response {
    let scenarios = &shared.session.scenarios;
    Json(json!({ "status": "UP", "parties": scenarios.len(), "warnings": scenarios.warnings.len() })).into_response()
}

/// What this is: a page for a browser, plain text for everything else.
async fn index(State(shared): State<Shared>, headers: HeaderMap) -> Response {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let base = host.map_or_else(|| welcome::base_url(shared.address), |host| format!("http://{host}"));
    let welcome = Welcome::new(base, &shared.session, shared.access);
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    if accept.contains("text/html") {
        let policy = "default-src 'none'; style-src 'unsafe-inline'";
        ([(header::CONTENT_SECURITY_POLICY, policy)], axum::response::Html(welcome.html().into_string()))
            .into_response()
    } else {
        welcome.text().into_response()
    }
}

/// The contract of a service, under its name and `.json`.
async fn openapi(Path(document): Path<String>) -> Response {
    match document.strip_suffix(".json").and_then(contract) {
        Some(contract) => Json(contract).into_response(),
        None => nothing().await,
    }
}

async fn nothing() -> Response {
    let problem = json!({ "type": "about:blank", "title": "There is no such page", "status": 404, "detail": "see / for what there is" });
    let content_type = [(header::CONTENT_TYPE, "application/problem+json")];
    (StatusCode::NOT_FOUND, content_type, problem.to_string()).into_response()
}
