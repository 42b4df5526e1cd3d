//! `/sandbox/capsule`: a session in one file.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::log::records;
use super::requests::json_lines;
use crate::interface::pages::{Begun, ControlOperation, InSession, Problem, Shared};
use crate::log::capsule::{Capsule, Head};
use crate::session::Session;

/// The operation, for the contract.
pub(super) fn operation() -> ControlOperation {
    let file = json!({ "application/gzip": { "schema": { "type": "string", "format": "binary" } } });
    ControlOperation::get(
        "/capsule",
        "saveCapsule",
        "The session in one file: its log, its journal with bodies, and the scenarios",
        file,
        &[],
    )
}

pub(super) async fn save(State(shared): State<Arc<Shared>>, Begun(session): Begun) -> Result<Response, Problem> {
    let records = records(&shared, &InSession(Arc::clone(&session))).await?;
    let of = Arc::clone(&shared);
    let made = shared.turns.take(0, move || made(&of, &session, records).write()).await;
    let bytes = match made {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(why)) => {
            return Err(Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "The capsule cannot be written", why));
        }
        Err(refusal) => return Ok(refusal),
    };
    let headers = [
        (header::CONTENT_TYPE, "application/gzip"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"sandbox.capsule\""),
    ];
    Ok((headers, bytes).into_response())
}

fn made(shared: &Shared, session: &Arc<Session>, records: Vec<crate::log::record::Record>) -> Capsule {
    let time = session.time();
    let mut head = Head::new(&session.name, time.real(), time.now());
    head.auth = shared.access.level().to_string();
    head.edition = shared.options.edition.map(|edition| edition.to_string());
    head.clients = shared.sessions.clients_of(&session.name);
    let (builtin, files) = session.library().files();
    head.builtin = builtin;
    let lines = json_lines(std::slice::from_ref(session));
    let calls = lines.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()).collect();
    // A file that the session has still, and whose record in memory has none.
    let records = records.into_iter().map(|record| session.with_file(record)).collect();
    Capsule { head, files, records, calls }
}
