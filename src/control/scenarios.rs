//! `/sandbox/scenarios`: the server's files, and a session's own scenarios.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::Shared;
use super::problem::{Problem, ProblemLine, YamlBody, refused};
use crate::scenario::loading::LoadError;
use crate::session::Session;

/// What scenarios there are.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ScenariosView {
    /// Where the server's scenarios come from; a later place wins over an earlier one.
    sources: Vec<String>,
    /// How many times they have been read with success.
    number: u64,
    /// When they were last read with success.
    read_at: DateTime<Utc>,
    /// How many parties the session sees, its own ones included.
    parties: usize,
    /// How many bytes of scenarios the session has of its own.
    own_bytes: usize,
    /// The last attempt to read them, where it failed; what was read before stays.
    #[serde(skip_serializing_if = "Option::is_none")]
    failed: Option<FailedView>,
}

/// A reload that failed.
#[derive(Serialize, JsonSchema)]
pub(super) struct FailedView {
    at: DateTime<Utc>,
    detail: String,
    problems: Vec<ProblemLine>,
}

/// A session's own scenarios, as they were taken.
#[derive(Serialize, JsonSchema)]
pub(super) struct Taken {
    /// The parties they describe.
    parties: Vec<String>,
    /// What is odd about them.
    warnings: Vec<ProblemLine>,
}

/// The reload that failed, if the last one did.
pub(super) fn failure(session: &Session) -> Option<FailedView> {
    let failed = session.library().failed()?;
    let problems = match &*failed.error {
        LoadError::Problems(problems) => problems.iter().map(ProblemLine::from).collect(),
        LoadError::Folder { .. } => Vec::new(),
    };
    Some(FailedView { at: failed.at, detail: failed.error.to_string(), problems })
}

pub(super) async fn show(Extension(session): Extension<Arc<Session>>) -> Json<ScenariosView> {
    let library = session.library();
    Json(ScenariosView {
        sources: library.sources().iter().map(ToString::to_string).collect(),
        number: library.number(),
        read_at: library.read_at(),
        parties: session.world().loaded.scenarios.len(),
        own_bytes: session.own_bytes(),
        failed: failure(&session),
    })
}

pub(super) async fn put(
    State(shared): State<Arc<Shared>>,
    Extension(session): Extension<Arc<Session>>,
    YamlBody(text): YamlBody,
) -> Response {
    let documents = documents(&text);
    if documents.is_empty() {
        return Problem::bad_request("the body holds no scenario; send YAML, a party a document").into_response();
    }
    // Resolving takes its time, and other requests should not wait for it.
    let put = tokio::task::spawn_blocking(move || {
        shared.sessions.with_room(&session, text.len(), || session.put_scenarios(documents))
    });
    match put.await {
        Ok(Ok(Ok(set))) => {
            let parties = set.parties().iter().map(|party| party.part.to_string()).collect();
            Json(Taken { parties, warnings: set.warnings.iter().map(ProblemLine::from).collect() }).into_response()
        }
        Ok(Ok(Err(error))) => Problem::of_scenarios(&error).into_response(),
        Ok(Err(full)) => refused(&full),
        Err(_) => {
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "A fault of the sandbox", "see the log").into_response()
        }
    }
}

pub(super) async fn delete(Extension(session): Extension<Arc<Session>>) -> Response {
    match session.drop_scenarios() {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => Problem::of_scenarios(&error).into_response(),
    }
}

/// The documents of a YAML stream, each with the line feeds before it, so that places in messages are those of
/// the whole text.
fn documents(text: &str) -> Vec<(String, String)> {
    let mut documents: Vec<String> = vec![String::new()];
    for (number, line) in text.split_inclusive('\n').enumerate() {
        if line.trim_end() == "---" || line.starts_with("--- ") {
            documents.push("\n".repeat(number + 1));
        } else if let Some(document) = documents.last_mut() {
            document.push_str(line);
        }
    }
    let holds_something = |text: &String| {
        text.lines().map(str::trim).any(|line| !line.is_empty() && !line.starts_with('#') && line != "...")
    };
    let named = |(number, text): (usize, String)| (format!("own/{}.yaml", number + 1), text);
    documents.into_iter().filter(holds_something).enumerate().map(named).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_keep_their_lines() {
        let stream = "# first\n---\npart: 1\n---\n\n---\npart: 2\n...\n";
        assert_eq!(
            documents(stream),
            [
                ("own/1.yaml".to_owned(), "\n\npart: 1\n".to_owned()),
                ("own/2.yaml".to_owned(), "\n\n\n\n\n\npart: 2\n...\n".to_owned())
            ]
        );
        assert_eq!(documents("part: 1").len(), 1);
        assert!(documents("---\n# nothing\n").is_empty());
    }
}
