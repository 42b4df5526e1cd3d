//! `/sandbox/webhooks`: the receiver of a session's notices.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Json;
use axum::routing::put;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::WebhookSettings;
use super::abonnement::{self, Abonnement, Levering, Mottakerhendelse, Satt};
use super::adresse::{Maal, Tillatt};
use super::signatur::Hemmelighet;
use crate::domain::identifikator::Part;
use crate::interface::contract::Schemas;
use crate::interface::pages::{ControlOperation, InSession, JsonBody, Problem, Shared, json_body};
use crate::services::utleggsbegjaering::control::tilstand;
use crate::services::utleggsbegjaering::hendelser::Hending;
use crate::services::utleggsbegjaering::saker::Tilstand;

/// The routes.
pub(in crate::services::utleggsbegjaering) fn routes() -> Router<Arc<Shared>> {
    Router::new().route("/webhooks", put(set).get(show).delete(remove))
}

/// The operations of the routes, for the contract.
pub(in crate::services::utleggsbegjaering) fn operations(
    read: &mut Schemas,
    written: &mut Schemas,
) -> Vec<ControlOperation> {
    const BODY: &[StatusCode] =
        &[StatusCode::FORBIDDEN, StatusCode::PAYLOAD_TOO_LARGE, StatusCode::UNSUPPORTED_MEDIA_TYPE];
    const MISSING: &[StatusCode] = &[StatusCode::NOT_FOUND];
    let operation = |method, id, summary, body, success, refusals| ControlOperation {
        query: &[],
        method,
        path: "/webhooks",
        id,
        summary,
        body,
        success,
        refusals,
    };
    let view = json_body::<Mottaker>(written);
    vec![
        operation(
            "put",
            "setWebhook",
            "Send a notice of each change of a case from now on",
            Some(json_body::<Mottakerdokument>(read)),
            (StatusCode::OK, Some(view.clone())),
            BODY,
        ),
        operation("get", "webhook", "The receiver of notices", None, (StatusCode::OK, Some(view)), MISSING),
        operation("delete", "deleteWebhook", "Send no more notices", None, (StatusCode::NO_CONTENT, None), MISSING),
    ]
}

/// Where notices go.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Mottakerdokument {
    /// The receiver, like `http://127.0.0.1:9000/notices`. The operator must allow it (`--webhook-allow`).
    url: String,
    /// The secret that signs: `whsec_` and 24 to 64 bytes in base64. A new one is made where left out.
    secret: Option<String>,
    /// Only cases of this submitter, by its organisation number; all cases where left out.
    innsender: Option<String>,
}

/// The receiver of a session's notices.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Mottaker {
    url: String,
    /// The secret that signs, when the receiver is set; later it is not told again.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    innsender: Option<String>,
    /// The number of the last change that the receiver was told, or that was given up, or that came before it.
    sist_sekvensnummer: u64,
    /// What became of the last 100 notices, the oldest first.
    leveringer: Vec<Levering>,
}

impl Mottaker {
    fn new(abonnement: &Abonnement, secret: Option<String>) -> Self {
        Self {
            url: abonnement.maal.url.clone(),
            secret,
            innsender: abonnement.innsender.clone(),
            sist_sekvensnummer: abonnement.sist(),
            leveringer: abonnement.leveringer(),
        }
    }
}

async fn set(
    State(shared): State<Arc<Shared>>,
    InSession(session): InSession,
    JsonBody(wanted): JsonBody<Mottakerdokument>,
) -> Result<Json<Mottaker>, Problem> {
    let refused = |why: String| Problem::new(StatusCode::FORBIDDEN, "The receiver is not allowed", why);
    let tillatt: Vec<Tillatt> =
        shared.settings.get::<WebhookSettings>().map(|settings| settings.webhook_allow.clone()).unwrap_or_default();
    let maal: Maal = wanted.url.parse().map_err(|why: String| Problem::bad_request(why))?;
    if let Some(innsender) = &wanted.innsender {
        let part = innsender.parse::<Part>().ok().filter(|part| !part.is_person());
        part.ok_or_else(|| {
            Problem::bad_request(format!("innsender {innsender:?}: an organisation number has nine digits"))
        })?;
    }
    let hemmelighet = match &wanted.secret {
        None => Hemmelighet::ny(&mut *shared.seeds.lock()),
        Some(text) => Hemmelighet::les(text)
            .ok_or_else(|| Problem::bad_request("secret: write whsec_ and 24 to 64 bytes in base64"))?,
    };
    if tillatt.is_empty() {
        return Err(refused(
            "webhooks are off; the operator starts the sandbox with --webhook-allow to allow receivers".to_owned(),
        ));
    }
    maal.adresser(&tillatt).await.map_err(refused)?;
    let tilstand = tilstand(&session)?;
    let last = abonnement::newest(&session, tilstand)?;
    let satt = Satt { url: maal.url, secret: hemmelighet.tekst(), innsender: wanted.innsender, last };
    session.commit_state::<Tilstand, _>(None, |_| (Some(Hending::Receiver(Mottakerhendelse::Set(satt))), ()))?;
    let abonnement = tilstand.webhook.lock().clone().ok_or_else(none)?;
    abonnement::start(&session, Arc::clone(&abonnement), tillatt);
    Ok(Json(Mottaker::new(&abonnement, Some(abonnement.hemmelighet.tekst()))))
}

fn none() -> Problem {
    Problem::not_found("the session has no webhook; PUT /sandbox/webhooks sets one")
}

async fn show(InSession(session): InSession) -> Result<Json<Mottaker>, Problem> {
    let current = tilstand(&session)?.webhook.lock().clone();
    current.map(|abonnement| Json(Mottaker::new(&abonnement, None))).ok_or_else(none)
}

async fn remove(InSession(session): InSession) -> Result<StatusCode, Problem> {
    let removed = session.commit_state::<Tilstand, _>(None, |tilstand| {
        let there = tilstand.webhook.lock().is_some();
        (there.then_some(Hending::Receiver(Mottakerhendelse::Removed)), there)
    })?;
    if removed { Ok(StatusCode::NO_CONTENT) } else { Err(none()) }
}
