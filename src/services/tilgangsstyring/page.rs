//! The page on which a person approves or rejects: where `viewUri` and `confirmUrl` lead.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use maud::{DOCTYPE, html};
use serde::Deserialize;

use super::consents::resources;
use super::control::{decided, requests};
use crate::interface::pages::{InSession, Problem, Shared};

/// Which request the page is about.
#[derive(Deserialize)]
pub(super) struct Which {
    id: String,
}

pub(super) async fn show(
    State(_): State<Arc<Shared>>,
    InSession(session): InSession,
    Path(kind): Path<String>,
    Query(Which { id }): Query<Which>,
) -> Result<Html<String>, Problem> {
    let requests = requests(&session)?;
    let unknown = || Problem::not_found(format!("nobody has asked for {kind} {id} in this session"));
    let (who, whom, what, status) = match kind.as_str() {
        "consent" => {
            let it = requests.consent(&id).ok_or_else(unknown)?;
            (it.to, it.from, resources(&it.rights).join(", "), it.status.name())
        }
        "systemuser" => {
            let found = requests.system_users(|request| request.id.eq_ignore_ascii_case(&id));
            let it = found.into_iter().next().ok_or_else(unknown)?;
            (it.vendor, it.party, it.system_id, it.status.name())
        }
        _ => return Err(unknown()),
    };
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head { meta charset="utf-8"; title { "Altinn in innkreving-sandbox" } }
            body {
                h1 { "Altinn in innkreving-sandbox" }
                p { (who) " asks " (whom) " for " (what) "." }
                p { "Status: " (status) }
                form method="post" {
                    button name="decision" value="approve" { "Approve" }
                    " "
                    button name="decision" value="reject" { "Reject" }
                }
            }
        }
    };
    Ok(Html(page.into_string()))
}

pub(super) async fn decide(
    State(_): State<Arc<Shared>>,
    InSession(session): InSession,
    Path(kind): Path<String>,
    Query(Which { id }): Query<Which>,
    body: String,
) -> Result<Response, Problem> {
    // The button that the person pressed.
    let pressed = form_urlencoded::parse(body.as_bytes()).find(|(name, _)| name == "decision");
    let decision = pressed.map(|(_, value)| value.into_owned()).unwrap_or_default();
    let (_, next) = decided(&session, &kind, &id, &decision)?;
    if next.is_empty() {
        let page = html! { (DOCTYPE) html lang="en" { body { p { "The request is decided." } } } };
        return Ok(Html(page.into_string()).into_response());
    }
    // A consent says how it went; the documentation prints the parameter for a consent only.
    let next = match (kind.as_str(), decision.as_str()) {
        ("consent", "approve") => with_parameter(&next, "Status=OK"),
        ("consent", _) => with_parameter(&next, "Status=Failed&ErrorMessage=User%20did%20not%20give%20consent"),
        _ => next,
    };
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, next)]).into_response())
}

fn with_parameter(url: &str, parameter: &str) -> String {
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}{parameter}")
}
