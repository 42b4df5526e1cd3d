//! `/sandbox/log`: what happened to a session, and back to an earlier state of it.

use std::collections::HashSet;
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::log_words::told;
use crate::faults::refused::Refused;
use crate::interface::Services;
use crate::interface::contract::Schemas;
use crate::interface::pages::{ControlOperation, InSession, JsonBody, Problem, Shared, json_body, off_thread, refused};
use crate::log::kept::Told;
use crate::log::record::Record;
use crate::redact::redacted;
use crate::session::history::{effective, undone_to};
use crate::session::places::Back;

/// The most records of one answer.
const MOST: usize = 1000;

/// What happened to a session.
#[derive(Serialize, JsonSchema)]
pub(super) struct LogView {
    /// How many records the log has.
    count: usize,
    /// The newest 1000 of them, the oldest first.
    records: Vec<RecordView>,
}

/// Something that happened to a session.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct RecordView {
    /// Its number in the log, counted from 1.
    sequence: u64,
    /// The real time.
    at: DateTime<Utc>,
    /// What happened. docs/state.md lists all kinds.
    kind: String,
    /// What happened, as a sentence, redacted.
    words: String,
    /// Whether nobody asked for it: it came about while calls were answered, like the use of a rule.
    background: bool,
    /// The facts that fit on a line, redacted.
    facts: String,
    /// Whether it counts. What was undone does not.
    counts: bool,
}

/// How far to go back: exactly one of the three.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UndoDocument {
    /// So many changes that count.
    #[schemars(range(min = 1))]
    steps: Option<usize>,
    /// To what the session was after this record of its log.
    to: Option<u64>,
    /// To what it was at this instant of the real time.
    at: Option<DateTime<Utc>>,
}

/// What an undo has done.
#[derive(Serialize, JsonSchema)]
pub(super) struct UndoView {
    /// The record that the session is at now.
    to: u64,
    /// The record of the undo itself.
    sequence: u64,
    /// How many changes count no more.
    undone: usize,
}

/// The operations, for the contract.
pub(super) fn operations(read: &mut Schemas, written: &mut Schemas) -> Vec<ControlOperation> {
    vec![
        ControlOperation::get(
            "/log",
            "showLog",
            "What happened to the session, and what of it counts",
            json_body::<LogView>(written),
            &[],
        ),
        ControlOperation {
            method: "post",
            path: "/undo",
            id: "undo",
            summary: "Go back to an earlier state of the session",
            query: &[],
            body: Some(json_body::<UndoDocument>(read)),
            success: (StatusCode::OK, Some(json_body::<UndoView>(written))),
            refusals: &[StatusCode::PAYLOAD_TOO_LARGE, StatusCode::UNSUPPORTED_MEDIA_TYPE],
        },
    ]
}

/// The records of a session, all of them written.
pub(super) async fn records(shared: &Arc<Shared>, InSession(session): &InSession) -> Result<Vec<Record>, Problem> {
    let log = shared.sessions.log();
    log.settled_since(log.mark()).await?;
    let session = Arc::clone(session);
    let read = tokio::task::spawn_blocking(move || session.history.records()).await;
    let failed = |_| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "A fault of the sandbox", "see the log");
    read.map_err(failed)?.map_err(|why| Problem::new(StatusCode::CONFLICT, "The log is not whole", why.to_string()))
}

pub(super) async fn show(State(shared): State<Arc<Shared>>, session: InSession) -> Result<Json<LogView>, Problem> {
    let records = records(&shared, &session).await?;
    let counted: HashSet<u64> = effective(&records).iter().map(|record| record.sequence).collect();
    let view = |record: &Record| {
        let told = words(record, shared.services);
        RecordView {
            sequence: record.sequence,
            at: record.at,
            kind: record.kind.to_string(),
            words: told.text,
            background: told.is_background,
            facts: facts(record),
            counts: counted.contains(&record.sequence),
        }
    };
    let newest = records.len().saturating_sub(MOST);
    Ok(Json(LogView { count: records.len(), records: records[newest..].iter().map(view).collect() }))
}

/// The longest sentence of a record, in characters.
const LONGEST_WORDS: usize = 240;

/// A record as a sentence that fits on a line, redacted.
pub(crate) fn words(record: &Record, services: &Services) -> Told {
    let told = told(record, services);
    let text: String = redacted(&told.text).chars().take(LONGEST_WORDS).collect();
    Told { text, ..told }
}

/// The longest fact that is told, in characters, and the most of them.
const LONGEST: usize = 80;
const MOST_FACTS: usize = 6;

/// The facts of a record that fit on a line.
fn facts(record: &Record) -> String {
    let Ok(Value::Object(data)) = serde_json::from_str(record.data.get()) else { return String::new() };
    let told = |(name, value): (&String, &Value)| {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(_) | Value::Bool(_) => value.to_string(),
            _ => return None,
        };
        let is_short = text.chars().count() <= LONGEST && !text.contains('\n');
        (is_short && name != "secret").then(|| format!("{name}={}", redacted(&text)))
    };
    data.iter().filter_map(told).take(MOST_FACTS).collect::<Vec<_>>().join(" ")
}

pub(super) async fn undo(
    State(shared): State<Arc<Shared>>,
    session: InSession,
    JsonBody(wanted): JsonBody<UndoDocument>,
) -> Result<Response, Problem> {
    let back = match (wanted.steps, wanted.to, wanted.at) {
        (Some(0), None, None) => return Err(Problem::bad_request("steps is at least 1")),
        (Some(steps), None, None) => Back::Steps(steps),
        (None, Some(to), None) => Back::To(to),
        (None, None, Some(at)) => Back::At(at),
        _ => return Err(Problem::bad_request("give exactly one of steps, to and at")),
    };
    let before = records(&shared, &session).await.map(|records| effective(&records).len());
    let InSession(of) = session;
    let fresh = off_thread(&shared.sessions, move |sessions| sessions.undo(&of, back)).await;
    let fresh = match fresh {
        Ok(fresh) => fresh,
        Err(answer) => return Ok(answer),
    };
    let records = records(&shared, &InSession(fresh)).await?;
    let Some((last, to)) = records.iter().rev().find_map(|record| Some((record.sequence, undone_to(record)?))) else {
        return Ok(refused(&Refused::not_kept("the undo is not in the log")));
    };
    let undone = before.unwrap_or_default().saturating_sub(effective(&records).len());
    Ok(Json(UndoView { to, sequence: last, undone }).into_response())
}
