//! `/sandbox/begjaeringer` and `/sandbox/vedlegg`: what was sent, and states that a tester sets.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::arkiv::Vedlegg;
use super::hendelser::Hending;
use super::saker::{Sak, Tilstand};
use super::visning::{SakView, Saksliste, VedleggView, Vedleggsliste};
use super::{eksempel_control, forloep, gang, gang_control, webhook};
use crate::catalogue::nearest;
use crate::domain::begjaering::{Sakstilstand, Vedleggstilstand};
use crate::domain::clock::day_in_norway;
use crate::domain::saksgang::livsloep::{Overgang, Sakshendelse};
use crate::interface::PageRoutes;
use crate::interface::contract::Schemas;
use crate::interface::pages::{ControlOperation, InSession, JsonBody, Problem, Shared, json_body};
use crate::session::Session;

/// The routes of the control API.
pub(super) fn pages() -> PageRoutes {
    let control = Router::new()
        .route("/begjaeringer", get(list))
        .route("/begjaeringer/{id}", get(show))
        .route("/begjaeringer/{id}/status", post(set_status))
        .route("/vedlegg", get(list_attachments))
        .route("/vedlegg/{id}", get(file))
        .route("/vedlegg/{id}/tilstand", post(set_state))
        .route("/begjaeringer/{id}/forloep", get(forloep::show))
        .route("/eksempelbegjaering", get(eksempel_control::show))
        .route("/begjaeringsregler", get(eksempel_control::rules))
        .merge(gang_control::routes())
        .merge(webhook::routes());
    PageRoutes { control, open: Router::new(), operations: Some(operations) }
}

fn operations(read: &mut Schemas, written: &mut Schemas) -> Vec<ControlOperation> {
    const BODY: &[StatusCode] =
        &[StatusCode::NOT_FOUND, StatusCode::PAYLOAD_TOO_LARGE, StatusCode::UNSUPPORTED_MEDIA_TYPE];
    let sak = json_body::<SakView>(written);
    let vedlegg = json_body::<VedleggView>(written);
    let get = ControlOperation::get;
    let any = json!({ "application/octet-stream": { "schema": { "type": "string", "format": "binary" } } });
    let missing: &[StatusCode] = &[StatusCode::NOT_FOUND];
    let mut all = vec![
        get("/begjaeringer", "listBegjaeringer", "The cases of Utleggsbegjæring", json_body::<Saksliste>(written), &[]),
        get("/begjaeringer/{id}", "begjaering", "A case with all that was sent", sak.clone(), missing),
        ControlOperation {
            query: &[],
            method: "post",
            path: "/begjaeringer/{id}/status",
            id: "setBegjaeringStatus",
            summary: "Put a case into a state",
            body: Some(json_body::<StatusDocument>(read)),
            success: (StatusCode::OK, Some(sak)),
            refusals: BODY,
        },
        get("/vedlegg", "listVedlegg", "The attachments", json_body::<Vedleggsliste>(written), &[]),
        get("/vedlegg/{id}", "vedleggFile", "The file of an attachment", any, missing),
        ControlOperation {
            query: &[],
            method: "post",
            path: "/vedlegg/{id}/tilstand",
            id: "setVedleggState",
            summary: "Put an attachment into a state",
            body: Some(json_body::<StateDocument>(read)),
            success: (StatusCode::OK, Some(vedlegg)),
            refusals: BODY,
        },
    ];
    let course = json_body::<forloep::Forloep>(written);
    all.push(get(
        "/begjaeringer/{id}/forloep",
        "begjaeringCourse",
        "How a case went, and how it will go on",
        course,
        missing,
    ));
    all.extend(eksempel_control::operations(written));
    all.extend(gang_control::operations(read, written));
    all.extend(webhook::operations(read, written));
    all
}

/// The state of a case. What is left out stays.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct StatusDocument {
    /// How far it has come, like `sakForelagt`.
    status: Option<String>,
    /// How many of its submissions are not processed yet. While there are any, no change is taken.
    #[schemars(range(max = 1000))]
    ubehandlede: Option<u16>,
}

/// The state of an attachment.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct StateDocument {
    /// For example `slettet`.
    tilstand: String,
}

pub(super) fn tilstand(session: &Session) -> Result<&Tilstand, Problem> {
    let failed = || Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "A fault of the sandbox", "see the log");
    session.state::<Tilstand>().ok_or_else(failed)
}

/// A case as the services see it: not before its submission by the session's clock.
pub(super) fn find_now(session: &Session, reference: &str) -> Result<Arc<Sak>, Problem> {
    let sak = tilstand(session)?.finn(reference, &session.world().loaded.scenarios);
    let sak = sak.ok_or_else(|| no_case(reference))?;
    if now(session) < sak.innsendt() {
        let (day, today) = (day_in_norway(sak.innsendt()), session.today());
        return Err(Problem::not_found(format!(
            "the case {reference} is submitted on {day}, and the session's clock shows {today}, so services do not know it yet"
        )));
    }
    Ok(sak)
}

pub(super) fn now(session: &Session) -> DateTime<Utc> {
    session.clock.now(session.time(), session.time().real())
}

async fn list(State(_): State<Arc<Shared>>, InSession(session): InSession) -> Result<Json<Saksliste>, Problem> {
    let tilstand = tilstand(&session)?;
    let (world, now) = (session.world(), now(&session));
    let scenarios = &world.loaded.scenarios;
    let (saker, coming): (Vec<_>, Vec<_>) =
        gang::alle(tilstand, scenarios, now).into_iter().partition(|(sak, _)| sak.innsendt() <= now);
    let state = |overganger: &[Overgang]| overganger.last().map_or(Sakstilstand::SakOpprettet, |last| last.tilstand);
    Ok(Json(Saksliste {
        count: saker.len(),
        kommende: coming.iter().map(|(sak, _)| (&**sak).into()).collect(),
        begjaeringer: saker.iter().map(|(sak, went)| SakView::new(sak, state(went), false, now)).collect(),
        avvist: tilstand.avviste().iter().map(|avvist| (&**avvist).into()).collect(),
    }))
}

pub(super) fn no_case(reference: &str) -> Problem {
    Problem::not_found(format!("the session has no case {reference}; GET /sandbox/begjaeringer lists all"))
}

async fn show(
    State(_): State<Arc<Shared>>,
    InSession(session): InSession,
    Path(reference): Path<String>,
) -> Result<Json<SakView>, Problem> {
    gang_control::show(&session, &find_now(&session, &reference)?, true)
}

async fn set_status(
    State(_): State<Arc<Shared>>,
    InSession(session): InSession,
    Path(reference): Path<String>,
    JsonBody(wanted): JsonBody<StatusDocument>,
) -> Result<Json<SakView>, Problem> {
    let names = Sakstilstand::ALLE.map(Sakstilstand::navn);
    let state = match &wanted.status {
        Some(name) => Some(Sakstilstand::med_navn(name).ok_or_else(|| unknown("status", name, &names))?),
        None => None,
    };
    let unprocessed = wanted.ubehandlede.map(usize::from);
    if state.is_none() && unprocessed.is_none() {
        return Err(Problem::bad_request("say status, ubehandlede, or both"));
    }
    let event = (now(&session), state.map(Sakshendelse::Satt));
    let sak = gang_control::skje(&session, &reference, event, unprocessed)?;
    gang_control::show(&session, &sak, false)
}

fn unknown(what: &str, name: &str, names: &[&str]) -> Problem {
    let near = nearest(name, names.iter().copied()).map(|near| format!("; did you mean {near}?")).unwrap_or_default();
    Problem::bad_request(format!("there is no {what} {name:?}{near} There are {}", names.join(", ")))
}

async fn list_attachments(
    State(_): State<Arc<Shared>>,
    InSession(session): InSession,
) -> Result<Json<Vedleggsliste>, Problem> {
    let now = now(&session);
    let vedlegg: Vec<_> = tilstand(&session)?.arkiv.alle().iter().map(|it| VedleggView::new(it, now)).collect();
    Ok(Json(Vedleggsliste { count: vedlegg.len(), vedlegg }))
}

fn attachment(session: &Session, uuid: &str) -> Result<Arc<Vedlegg>, Problem> {
    let missing =
        || Problem::not_found(format!("the session has no attachment {uuid}; GET /sandbox/vedlegg lists all"));
    tilstand(session)?.arkiv.finn(uuid).ok_or_else(missing)
}

async fn file(
    State(_): State<Arc<Shared>>,
    InSession(session): InSession,
    Path(uuid): Path<String>,
) -> Result<Response, Problem> {
    let bytes = attachment(&session, &uuid)?.bytes();
    let gone = || Problem::not_found(format!("the file of {uuid} had to make room for newer ones; its state stays"));
    let bytes = bytes.ok_or_else(gone)?;
    // The file may be anything, so a browser is to keep it and not to show it.
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CONTENT_DISPOSITION, "attachment"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((headers, bytes).into_response())
}

async fn set_state(
    State(_): State<Arc<Shared>>,
    InSession(session): InSession,
    Path(uuid): Path<String>,
    JsonBody(wanted): JsonBody<StateDocument>,
) -> Result<Json<VedleggView>, Problem> {
    let names = Vedleggstilstand::ALLE.map(Vedleggstilstand::navn);
    let state = Vedleggstilstand::med_navn(&wanted.tilstand);
    let state = state.ok_or_else(|| unknown("tilstand", &wanted.tilstand, &names))?;
    let attachment = attachment(&session, &uuid)?;
    session.commit_state::<Tilstand, _>(None, |_| {
        (Some(Hending::AttachmentSet { uuid: attachment.uuid.clone(), state }), ())
    })?;
    Ok(Json(VedleggView::new(&attachment, now(&session))))
}
