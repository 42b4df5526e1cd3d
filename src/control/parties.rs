//! `/sandbox/parties`: who is there, as they stand on the session's day.

use std::sync::Arc;

use axum::response::Json;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Number;

use super::in_session::InSession;
use crate::scenario::Party;
use crate::session::Session;

/// A party, as it stands on a day.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PartyLine {
    pub(crate) part: String,
    pub(crate) navn: String,
    /// The edition it answers in; nothing where the server's setting decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) utgave: Option<String>,
    pub(crate) aapne_krav: usize,
    /// Kroner, by the ledger.
    #[schemars(with = "f64")]
    pub(crate) saldo: Number,
    /// How many literal answers stand in for what the ledger would give.
    pub(crate) bokstavelige_svar: usize,
    /// How many trekkpålegg it is the employer of, those to come as well.
    pub(crate) trekkpaalegg: usize,
    pub(crate) beskrivelse: String,
    /// The file it is described in.
    pub(crate) kilde: String,
}

/// The parties as they stand on the observer's day.
pub(crate) fn lines(session: &Session) -> Vec<PartyLine> {
    let today = session.today();
    let line = |party: &Arc<Party>| {
        let at = party.reskontro.as_of(today);
        PartyLine {
            part: party.part.to_string(),
            navn: party.navn.to_string(),
            utgave: party.utgave.map(|utgave| utgave.to_string()),
            aapne_krav: at.aapne_krav().count(),
            saldo: at.totaler().saldo().to_string().parse().unwrap_or_else(|_| 0.into()),
            bokstavelige_svar: party.svar.len(),
            trekkpaalegg: party.trekk.antall(),
            beskrivelse: party.beskrivelse.as_deref().unwrap_or_default().to_owned(),
            kilde: party.kilde.to_string(),
        }
    };
    session.world().loaded.scenarios.parties().into_iter().map(line).collect()
}

pub(super) async fn list(InSession(session): InSession) -> Json<Vec<PartyLine>> {
    Json(lines(&session))
}
