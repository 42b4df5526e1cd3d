//! `/sandbox/begjaeringer/{id}/forloep`: how a case went, and how it will go on if nobody does anything.

use axum::extract::Path;
use axum::response::Json;
use chrono::{Months, NaiveDate};
use schemars::JsonSchema;
use serde::Serialize;

use super::control::{no_case, now, tilstand};
use super::gang;
use crate::interface::pages::{InSession, Problem};

/// How far ahead a case is looked at, in months.
const AHEAD: Months = Months::new(36);

/// How a case goes.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Forloep {
    ekstern_saksreferanse: String,
    /// The day of the session's clock.
    dag: NaiveDate,
    /// The day of the submission.
    innsendt: NaiveDate,
    /// Each change of its state, the earliest first; three years ahead at most.
    overganger: Vec<OvergangView>,
}

/// A change of the state of a case.
#[derive(Serialize, JsonSchema)]
struct OvergangView {
    dag: NaiveDate,
    tilstand: &'static str,
    /// It is still to come, on the session's clock.
    kommer: bool,
}

/// How a case goes, as far as it is known.
pub(super) async fn show(
    InSession(session): InSession,
    Path(reference): Path<String>,
) -> Result<Json<Forloep>, Problem> {
    let (state, world, now) = (tilstand(&session)?, session.world(), now(&session));
    let scenarios = &world.loaded.scenarios;
    let sak = state.finn(&reference, scenarios).ok_or_else(|| no_case(&reference))?;
    let dag = session.today();
    let went = gang::gang(&sak, state, scenarios, now).len();
    let later = now.checked_add_months(AHEAD).unwrap_or(now);
    let all = gang::gang(&sak, state, scenarios, later);
    let view = |(number, it): (usize, &crate::domain::saksgang::livsloep::Overgang)| OvergangView {
        dag: it.dag,
        tilstand: it.tilstand.navn(),
        kommer: number >= went,
    };
    Ok(Json(Forloep {
        ekstern_saksreferanse: sak.referanse.clone(),
        dag,
        innsendt: crate::domain::clock::day_in_norway(sak.innsendt()),
        overganger: all.iter().enumerate().map(view).collect(),
    }))
}
