//! Refusals of the control API as problem documents (RFC 9457), and bodies read so that every mistake gets one.

use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::body::{self, Unread};
use crate::faults::refused::{NOT_KEPT, NOT_KEPT_TITLE, NOT_KNOWN, NOT_KNOWN_TITLE, Refused};
use crate::log::{NotKept, NotKnown};
use crate::redact::{masked, visible};
use crate::scenario::loading::LoadError;
use crate::scenario::problems::{self, Problem as ScenarioProblem, Severity};

/// A problem document.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Problem {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    pub(crate) status: u16,
    detail: String,
    /// What is wrong in scenarios, or in a search. The last entry says how many more there are, if there are very many.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    problems: Vec<ProblemLine>,
}

/// Something that is wrong, or odd, in scenarios.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct ProblemLine {
    /// `error` or `warning`.
    severity: String,
    file: String,
    /// Counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    /// Counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
    message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    /// As `check` shows it, with an excerpt.
    text: String,
}

impl ProblemLine {
    /// The first problems of a list, as many as one answer tells. The last line says how many others there are. Slow if
    /// a text is long, because each problem shows its place.
    pub(crate) fn all<'p>(problems: impl IntoIterator<Item = &'p ScenarioProblem>) -> Vec<Self> {
        problems::first(problems).iter().map(Self::from).collect()
    }

    /// An error of something else than a scenario, at a line and a column. `text` shows it with an excerpt.
    pub(crate) fn at(
        file: &str,
        (line, column): (usize, usize),
        message: &str,
        hint: Option<&str>,
        text: &str,
    ) -> Self {
        Self {
            severity: Severity::Error.to_string(),
            file: file.to_owned(),
            line: Some(line),
            column: Some(column),
            message: masked(message).into_owned(),
            hint: hint.map(|hint| masked(hint).into_owned()),
            text: visible(&masked(text), false).into_owned(),
        }
    }
}

impl From<&ScenarioProblem> for ProblemLine {
    fn from(problem: &ScenarioProblem) -> Self {
        let place = problem.place();
        Self {
            severity: problem.severity.to_string(),
            file: problem.file().to_owned(),
            line: place.map(|(line, _)| line),
            column: place.map(|(_, column)| column),
            message: masked(&problem.message).into_owned(),
            hint: problem.hint.as_deref().map(|hint| masked(hint).into_owned()),
            text: visible(&masked(&problem.render(false)), false).into_owned(),
        }
    }
}

impl Problem {
    pub(crate) fn new(status: StatusCode, title: &'static str, detail: impl Into<String>) -> Self {
        let detail = masked(&detail.into()).into_owned();
        Self { kind: "about:blank", title, status: status.as_u16(), detail, problems: Vec::new() }
    }

    pub(crate) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "The request cannot be taken", detail)
    }

    /// The key of a request only reads, and what it asks for needs the other one.
    pub(crate) fn only_reads(why: &str) -> Self {
        let detail = format!("this key only reads (--read-key), and {why}: it needs that of --control-key");
        Self::new(StatusCode::FORBIDDEN, "The key does not open this", detail)
    }

    pub(crate) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "There is nothing of that name", detail)
    }

    /// A bad request whose mistakes have places.
    pub(crate) fn at_places(detail: impl Into<String>, problems: Vec<ProblemLine>) -> Self {
        Self { problems, ..Self::bad_request(detail) }
    }

    /// Scenarios that do not load. As slow as [`ProblemLine::all`].
    pub(crate) fn of_scenarios(error: &LoadError) -> Self {
        let mut problem = Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "The scenarios do not load; those from before stay",
            error.to_string(),
        );
        if let LoadError::Problems(problems) = error {
            problem.problems = ProblemLine::all(problems);
        }
        problem
    }
}

/// What to do if a client has taken the line breaks out of a YAML file, as `curl -d @FILE` does. Nothing if the text has
/// line breaks, or is JSON, which needs none.
fn lost_lines(text: &str) -> Option<&'static str> {
    let one_line = !text.trim_end().contains('\n') && !text.trim_start().starts_with(['{', '[']);
    one_line.then_some(
        "the body is one line; curl takes line breaks out with -d @FILE, so send it with --data-binary @FILE",
    )
}

impl Problem {
    /// Adds to the detail of a text that cannot be taken that its line breaks may have been lost.
    pub(crate) fn hint_at_lost_lines(mut self, text: &str) -> Self {
        if let Some(hint) = lost_lines(text) {
            self.detail = format!("{}; {hint}", self.detail);
        }
        self
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        problem_response(status, &self)
    }
}

/// A refusal of the shared vocabulary as an answer.
pub(crate) fn refused(refused: &Refused) -> Response {
    problem_response(StatusCode::from_u16(refused.status).unwrap_or(StatusCode::BAD_REQUEST), refused)
}

fn problem_response(status: StatusCode, body: &impl Serialize) -> Response {
    let body = serde_json::to_vec(body).unwrap_or_default();
    (status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response()
}

impl From<NotKept> for Problem {
    fn from(NotKept(why): NotKept) -> Self {
        Self::of_store(NOT_KEPT, NOT_KEPT_TITLE, format!("nothing has changed: {why}"))
    }
}

impl From<NotKnown> for Problem {
    fn from(why: NotKnown) -> Self {
        Self::of_store(NOT_KNOWN, NOT_KNOWN_TITLE, why.to_string())
    }
}

impl Problem {
    /// What a page tells may not be kept, and its caller asked for no change.
    pub(crate) fn unsettled(why: &NotKept) -> Self {
        Self::of_store(NOT_KEPT, NOT_KEPT_TITLE, why.of_reader())
    }

    fn of_store(kind: &'static str, title: &'static str, detail: String) -> Self {
        let mut problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, title, detail);
        problem.kind = kind;
        problem
    }
}

/// A JSON body.
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let content_type = essence(&request);
        if content_type.as_deref() != Some("application/json") {
            return Err(wrong_type(content_type, "application/json"));
        }
        let bytes = body::read(request.into_body(), super::LARGEST_BODY).await.map_err(unread)?;
        if bytes.trim_ascii_start().first().is_some_and(|b| *b != b'{') {
            return Err(Problem::bad_request("the body cannot be read: it is no JSON object"));
        }
        let read = serde_json::from_slice(&bytes);
        read.map(Self).map_err(|error| Problem::bad_request(format!("the body cannot be read: {error}")))
    }
}

/// A YAML body, as text.
pub(crate) struct YamlBody(pub(crate) String);

impl<S: Send + Sync> FromRequest<S> for YamlBody {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let content_type = essence(&request);
        // JSON is YAML too.
        let taken = ["application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml", "application/json"];
        if !content_type.as_deref().is_some_and(|given| taken.contains(&given)) {
            let mut problem = wrong_type(content_type.clone(), "application/yaml");
            // What curl sends with -d and no header.
            if content_type.as_deref() == Some("application/x-www-form-urlencoded") {
                problem.detail += ", and a file with --data-binary @FILE, which keeps its line breaks";
            }
            return Err(problem);
        }
        let bytes = body::read(request.into_body(), super::LARGEST_BODY).await.map_err(unread)?;
        let text = String::from_utf8(bytes.into()).map_err(|_| Problem::bad_request("the body is not UTF-8"))?;
        Ok(Self(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)))
    }
}

/// The content type without its parameters.
fn essence(request: &Request) -> Option<String> {
    let value = request.headers().get(header::CONTENT_TYPE)?.to_str().ok()?;
    value.split(';').next().map(|essence| essence.trim().to_ascii_lowercase())
}

fn wrong_type(given: Option<String>, wanted: &str) -> Problem {
    let given = given.unwrap_or_else(|| "no content type".to_owned());
    let detail = format!("the body must be {wanted}, not {given}: send Content-Type: {wanted}");
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Another type of body is needed", detail)
}

fn unread(why: Unread) -> Problem {
    match why {
        Unread::TooLarge => Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "The body is too large",
            format!("a body of the control API has at most {} bytes", super::LARGEST_BODY),
        ),
        Unread::TooSlow => {
            Problem::new(StatusCode::REQUEST_TIMEOUT, "The body came too slowly", "see --body-time and --min-rate")
        }
        Unread::CutOff => Problem::bad_request("the body could not be read to its end"),
    }
}
