//! `/sandbox/report`: the report of a test run.

use std::fmt::Write as _;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use axum::extract::{RawQuery, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Deserialize;

use super::queries::{read_query, refuse, sessions_to_read};
use super::requests::json_lines;
use crate::coverage::PlanDocument;
use crate::evidence::report::{Ground, Report, markdown, page, policy};
use crate::evidence::text::Language;
use crate::faults::refused::Refused;
use crate::interface::pages::{Begun, POLICY, Shared, refused};

/// Which report is asked for.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReportQuery {
    /// Several sessions, by name and separated by commas, or `*` for all. The session of the request where left out.
    sessions: Option<String>,
    /// `html`, `md` or `json`; HTML where left out.
    format: Option<String>,
    /// `nb` or `en`; Norwegian where left out.
    language: Option<String>,
}

impl ReportQuery {
    pub(super) const NAMES: [&'static str; 3] = ["sessions", "format", "language"];
}

/// The formats of a report, with their content types.
const FORMATS: [(&str, &str); 3] =
    [("html", "text/html; charset=utf-8"), ("md", "text/markdown; charset=utf-8"), ("json", "application/json")];

pub(super) async fn make(
    State(shared): State<Arc<Shared>>,
    Begun(session): Begun,
    RawQuery(query): RawQuery,
) -> Result<Response, Response> {
    let read = || {
        let query: ReportQuery = read_query(query.as_deref().unwrap_or_default(), &ReportQuery::NAMES)?;
        let language = query.language.as_deref().map_or(Ok(Language::default()), |name| {
            name.parse().map_err(|()| {
                let detail = format!("there is no language {name:?} here; there are {}", Language::NAMES.join(" and "));
                refuse("language", Some(name), detail, &Language::NAMES)
            })
        })?;
        let format = query.format.as_deref().unwrap_or(FORMATS[0].0);
        let names = FORMATS.map(|(name, _)| name);
        let format = FORMATS.into_iter().find(|(name, _)| *name == format).ok_or_else(|| {
            let detail = format!("there is no format {format:?}; there are {}", names.join(", "));
            refuse("format", Some(format), detail, &names)
        })?;
        let sessions = sessions_to_read(&shared, session, query.sessions.as_deref())?;
        let coverage = super::coverage::view(&shared, &sessions, &PlanDocument::default())?;
        Ok((sessions, language, format, coverage))
    };
    let (sessions, language, (format, content_type), coverage) = read().map_err(|why: Box<Refused>| refused(&why))?;
    let (made, services) = (shared.sessions.time.real(), shared.services);
    let write = move || {
        let hash = digest(&SHA256, json_lines(&sessions).as_bytes());
        let mut journal_hash = String::new();
        for byte in hash.as_ref() {
            let _ = write!(journal_hash, "{byte:02x}");
        }
        let ground = Ground { language, made, coverage, kinds: &services.conduct(), journal_hash };
        let report = Report::new(&sessions, ground);
        match format {
            "md" => markdown(&report),
            "json" => serde_json::to_string_pretty(&report).unwrap_or_default(),
            _ => page(&report).into_string(),
        }
    };
    let text = shared.turns.take(0, write).await?;
    Ok(([(CONTENT_TYPE, content_type), (CONTENT_SECURITY_POLICY, &*policy(POLICY))], text).into_response())
}
