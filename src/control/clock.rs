//! `/sandbox/clock`: the clock of the session, and that of the server.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Json;
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::clock::{ClockShift, Now};
use crate::interface::pages::{InSession, JsonBody, Problem, Shared};
use crate::session::Session;
use crate::session::time::{Change, Setting};

/// A change of the clock: exactly one of `now`, `advance`, `freeze` and `real`, or `tokens` alone.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ClockChange {
    /// A date (noon in Norway, standing still), a date-time (standing still), or a shift like `+30d` of what the
    /// server's clock shows (it goes on).
    now: Option<String>,
    /// How much further: `30d`, `2h`, `30min`, `1mo`, `-2w`. `m` alone is refused: it could be a minute or a month.
    advance: Option<String>,
    /// It stands still where it is.
    freeze: Option<bool>,
    /// It shows the real time.
    real: Option<bool>,
    /// Whether tokens expire by this clock rather than by the real time.
    tokens: Option<bool>,
    /// The server's clock, which every session without a setting of its own follows, rather than the session's.
    #[serde(default)]
    server: bool,
}

/// What a clock shows.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ClockView {
    /// The instant it shows, in UTC.
    now: String,
    /// The observer's day in Norway.
    day: NaiveDate,
    /// The day that relative dates of scenarios are resolved against; only a reset moves it.
    base_date: NaiveDate,
    /// `real`, `standing` or `shifted`.
    setting: &'static str,
    /// How far ahead or behind a shifted clock is.
    #[serde(skip_serializing_if = "Option::is_none")]
    shift: Option<String>,
    /// Whether the session has a setting of its own; otherwise it follows the server's.
    own: bool,
    /// Whether tokens expire by this clock.
    tokens: bool,
    /// What the server's clock shows, in UTC.
    server: String,
    /// The real time, in UTC.
    real: String,
}

fn view(session: &Session) -> ClockView {
    let time = session.time();
    let utc_text = |instant: DateTime<Utc>| instant.to_rfc3339_opts(SecondsFormat::Secs, true);
    let (setting, shift) = match session.clock.setting(time) {
        Setting::Real => ("real", None),
        Setting::Standing(_) => ("standing", None),
        Setting::Shifted(shift) => ("shifted", Some(shift.to_string())),
    };
    ClockView {
        now: utc_text(session.clock.now(time, time.real())),
        day: session.today(),
        base_date: session.base,
        setting,
        shift,
        own: session.clock.is_own(),
        tokens: session.clock.moves_tokens(),
        server: utc_text(time.now()),
        real: utc_text(time.real()),
    }
}

pub(super) async fn show(InSession(session): InSession) -> Json<ClockView> {
    Json(view(&session))
}

pub(super) async fn change(
    State(shared): State<Arc<Shared>>,
    InSession(session): InSession,
    JsonBody(document): JsonBody<ClockChange>,
) -> Result<Json<ClockView>, Problem> {
    let change = parse_change(&document)?;
    let changed = if document.server {
        if document.tokens.is_some() {
            return Err(Problem::bad_request("tokens belongs to a session; leave it out with server"));
        }
        change.map_or(Ok(Ok(())), |change| shared.sessions.change_clock(change))?
    } else {
        session.change_clock(change, document.tokens)?
    };
    changed.map_err(|error| Problem::bad_request(error.to_string()))?;
    Ok(Json(view(&session)))
}

pub(super) async fn follow(InSession(session): InSession) -> Result<Json<ClockView>, Problem> {
    session.follow_clock()?;
    Ok(Json(view(&session)))
}

/// The change that a document describes. `None` if it only sets `tokens`.
fn parse_change(document: &ClockChange) -> Result<Option<Change>, Problem> {
    let set = |text: &String| text.parse::<Now>().map(Change::Set).map_err(|error| ("now", text.clone(), error));
    let advance = |text: &String| {
        let signed = if text.starts_with(['+', '-']) { text.clone() } else { format!("+{text}") };
        signed.parse::<ClockShift>().map(Change::Advance).map_err(|error| ("advance", text.clone(), error))
    };
    let switch = |value: Option<bool>, change| value.filter(|on| *on).map(|_| Ok(change));
    let all = [
        document.now.as_ref().map(set),
        document.advance.as_ref().map(advance),
        switch(document.freeze, Change::Freeze),
        switch(document.real, Change::Real),
    ];
    let mut given = all.into_iter().flatten();
    let change = given.next().transpose();
    let change = change.map_err(|(key, text, error)| Problem::bad_request(format!("{key} {text:?}: {error}")))?;
    if given.next().is_some() {
        return Err(Problem::bad_request("give only one of now, advance, freeze and real"));
    }
    if change.is_none() && document.tokens.is_none() {
        return Err(Problem::bad_request("give one of now, advance, freeze and real, or tokens"));
    }
    Ok(change)
}
