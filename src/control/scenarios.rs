//! `/sandbox/scenarios`: the server's files, and a session's own scenarios.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use crate::interface::pages::{InSession, Problem, ProblemLine, Shared, YamlBody, refused};
use crate::library::Failed;
use crate::log::NotKept;
use crate::scenario::loading::LoadError;
use crate::scenario::sources::Text;
use crate::services::agreement;
use crate::session::Session;

/// The most documents in one body.
const MAX_DOCUMENTS: usize = 10_000;

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
    /// How many claims, payments and orders the session has of its own.
    own_claims: usize,
    /// How many claims, payments and orders all scenarios of the process hold, those of all sessions included.
    claims: usize,
    /// How many they may hold.
    max_claims: usize,
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
    /// What is odd about them. The last entry says how many more there are, if there are very many.
    warnings: Vec<ProblemLine>,
}

/// What `check` says of scenarios.
#[derive(Serialize, JsonSchema)]
pub(super) struct Checked {
    /// Whether a session would take them.
    ok: bool,
    /// The parties that they describe; none where they do not load.
    parties: Vec<String>,
    /// What is wrong, and what is odd. The last entry says how many more there are, if there are very many.
    problems: Vec<ProblemLine>,
}

impl FailedView {
    /// As slow as [`ProblemLine::all`].
    fn of(failed: &Failed) -> Self {
        let problems = match &*failed.error {
            LoadError::Problems(problems) => ProblemLine::all(problems),
            LoadError::Folder { .. } => Vec::new(),
        };
        Self { at: failed.at, detail: failed.error.to_string(), problems }
    }
}

pub(super) async fn show(State(shared): State<Arc<Shared>>, InSession(session): InSession) -> Response {
    let library = session.library();
    let failed = match library.failed().or_else(|| session.failed()) {
        None => None,
        Some(failed) => match shared.turns.take(0, move || FailedView::of(&failed)).await {
            Ok(view) => Some(view),
            Err(refusal) => return refusal,
        },
    };
    Json(ScenariosView {
        sources: library.sources().iter().map(ToString::to_string).collect(),
        number: library.number(),
        read_at: library.read_at(),
        parties: session.world().loaded.scenarios.len(),
        own_bytes: session.own_bytes(),
        own_claims: session.own_entries(),
        claims: library.budget().used(),
        max_claims: library.budget().most(),
        failed,
    })
    .into_response()
}

pub(super) async fn put(
    State(shared): State<Arc<Shared>>,
    InSession(session): InSession,
    YamlBody(text): YamlBody,
) -> Response {
    let turns = shared.turns.clone();
    // Resolving takes long, and other requests should not wait for it.
    turns.take(text.len(), move || put_now(&shared, &session, &text)).await.unwrap_or_else(|refusal| refusal)
}

/// Checks scenarios as a session would read them, and keeps nothing.
pub(super) async fn check(
    State(shared): State<Arc<Shared>>,
    InSession(session): InSession,
    YamlBody(text): YamlBody,
) -> Response {
    let turns = shared.turns.clone();
    turns.take(text.len(), move || check_now(&shared, &session, &text)).await.unwrap_or_else(|refusal| refusal)
}

fn check_now(shared: &Shared, session: &Session, text: &str) -> Response {
    let documents = match read_documents(text) {
        Ok(documents) => documents,
        Err(problem) => return problem.into_response(),
    };
    let checked = match session.resolve_own(documents) {
        Ok(own) => {
            let contradictions = agreement::warnings(shared.services, &own.set, session.base);
            let parties = own.set.numbers();
            Checked { ok: true, parties, problems: ProblemLine::all(own.set.warnings.iter().chain(&contradictions)) }
        }
        Err(LoadError::Problems(problems)) => {
            Checked { ok: false, parties: Vec::new(), problems: ProblemLine::all(&problems) }
        }
        Err(error) => return Problem::of_scenarios(&error).into_response(),
    };
    Json(checked).into_response()
}

/// The documents of a body.
fn read_documents(text: &str) -> Result<Vec<Text>, Problem> {
    let documents = documents(text);
    if documents.is_empty() {
        let detail = "the body holds no scenario; send YAML, with one party in each document";
        return Err(Problem::bad_request(detail).hint_at_lost_lines(text));
    }
    if documents.len() > MAX_DOCUMENTS {
        return Err(Problem::bad_request(format!("a body holds at most {MAX_DOCUMENTS} scenarios")));
    }
    Ok(documents)
}

fn put_now(shared: &Shared, session: &Arc<Session>, text: &str) -> Response {
    let documents = match read_documents(text) {
        Ok(documents) => documents,
        Err(problem) => return problem.into_response(),
    };
    match shared.sessions.put_scenarios(session, &documents) {
        Ok(Ok(set)) => {
            let contradictions = agreement::warnings(shared.services, &set, session.base);
            let parties = set.numbers();
            let warnings = ProblemLine::all(set.warnings.iter().chain(&contradictions));
            Json(Taken { parties, warnings }).into_response()
        }
        Ok(Err(error)) => Problem::of_scenarios(&error).hint_at_lost_lines(text).into_response(),
        Err(full) => refused(&full),
    }
}

pub(super) async fn delete(State(shared): State<Arc<Shared>>, InSession(session): InSession) -> Response {
    // Many claims take their time to be dropped, too.
    let dropped = shared.turns.take(0, move || session.drop_scenarios()).await;
    let answer = |dropped: Result<(), NotKept>| match dropped {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(why) => Problem::from(why).into_response(),
    };
    dropped.map_or_else(|refusal| refusal, answer)
}

/// The documents of a YAML stream.
fn documents(text: &str) -> Vec<Text> {
    let mut documents = vec![(0, String::new())];
    for (number, line) in text.split_inclusive('\n').enumerate() {
        match line.strip_prefix("---").filter(|rest| rest.trim_end().is_empty() || rest.starts_with(' ')) {
            // The marker is replaced by spaces, so that columns in problems stay correct.
            Some(rest) => documents.push((number, format!("   {rest}"))),
            None => documents.last_mut().into_iter().for_each(|(_, document)| document.push_str(line)),
        }
    }
    let holds_something = |(_, text): &(usize, String)| {
        let blank = |line: &str| line.is_empty() || line.starts_with(['#', '%']) || line == "...";
        text.lines().map(str::trim).any(|line| !blank(line))
    };
    let named = |(number, (lines_before, text)): (usize, (usize, String))| Text {
        name: format!("own/{}.yaml", number + 1),
        text,
        lines_before,
    };
    documents.into_iter().filter(holds_something).enumerate().map(named).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_know_the_lines_before_them() {
        let stream = "%YAML 1.2\n# first\n---\npart: 1\n---\n\n--- {part: 2}\n...\n";
        let documents = documents(stream);
        let found: Vec<_> = documents.iter().map(|text| (&*text.name, &*text.text, text.lines_before)).collect();
        assert_eq!(found, [("own/1.yaml", "   \npart: 1\n", 2), ("own/2.yaml", "    {part: 2}\n...\n", 6)]);
        assert_eq!(super::documents("part: 1").len(), 1);
        assert!(super::documents("---\n# nothing\n").is_empty());
        assert!(super::documents(&"---\n".repeat(100_000)).is_empty());
    }
}
