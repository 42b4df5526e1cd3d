//! `/sandbox/choices`: what the session has that a call can name in its URL, like its cases.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::{Json, Response};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::queries::{read_query, refuse};
use crate::interface::pages::{InSession, Shared, refused};

/// For what choices are wanted.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChoiceQuery {
    /// A service by name.
    service: String,
    /// A parameter of its URLs, one that the catalogue marks with `choices`.
    parameter: String,
}

const NAMES: [&str; 2] = ["service", "parameter"];

/// Something that a call can name.
#[derive(Serialize, JsonSchema)]
pub(super) struct ChoiceView {
    /// As it is written in a URL.
    value: String,
    /// What it is, in a few words.
    label: String,
}

/// What there is on the session's clock, the newest first; at most 200.
pub(super) async fn list(
    State(shared): State<Arc<Shared>>,
    InSession(session): InSession,
    RawQuery(query): RawQuery,
) -> Result<Json<Vec<ChoiceView>>, Response> {
    let wanted: ChoiceQuery = read_query(query.as_deref().unwrap_or_default(), &NAMES).map_err(|why| refused(&why))?;
    let known = || shared.services.modules.iter().filter(|module| !module.hooks.choices.is_empty());
    let unknown = |what: &str, given: &str, known: &[&str]| {
        let detail = format!("there is no {what} {given:?} with choices; there are {}", known.join(", "));
        refused(&refuse(what, Some(given), detail, known))
    };
    let names: Vec<&str> = known().map(|module| module.service.name).collect();
    let module = known().find(|module| module.service.name == wanted.service);
    let module = module.ok_or_else(|| unknown("service", &wanted.service, &names))?;
    let names: Vec<&str> = module.hooks.choices.iter().map(|it| it.parameter).collect();
    let found = module.hooks.choices.iter().find(|it| it.parameter == wanted.parameter);
    let found = found.ok_or_else(|| unknown("parameter", &wanted.parameter, &names))?;
    let made = shared.turns.take(0, move || (found.of)(&session)).await?;
    Ok(Json(made.into_iter().map(|it| ChoiceView { value: it.value, label: it.label }).collect()))
}
