//! `/sandbox/parties`: the parties, as they are on the session's day.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Json;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Number, Value, json};

use crate::interface::pages::{InSession, Shared};
use crate::interface::{PartyFact, Services};
use crate::scenario::{Party, Svar};
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
    /// What they answer: service and endpoint, with edition, package and period where they are for these only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) bokstavelig: Vec<String>,
    /// What services tell of it.
    #[serde(flatten)]
    #[schemars(skip)]
    facts: Map<String, Value>,
    pub(crate) beskrivelse: String,
    /// The file it is described in.
    pub(crate) kilde: String,
}

/// The parties as they are on the session's day.
pub(crate) fn lines(session: &Session, services: &Services) -> Vec<PartyLine> {
    let today = session.today();
    let facts: Vec<&PartyFact> = facts(services).collect();
    let line = |party: &Arc<Party>| {
        let at = party.reskontro.as_of(today);
        PartyLine {
            part: party.part.to_string(),
            navn: party.navn.to_string(),
            utgave: party.utgave.map(|utgave| utgave.to_string()),
            aapne_krav: at.aapne_krav().count(),
            saldo: at.totaler().saldo().to_string().parse().unwrap_or_else(|_| 0.into()),
            bokstavelige_svar: party.svar.len(),
            bokstavelig: party.svar.iter().map(what_it_answers).collect(),
            facts: facts.iter().map(|fact| (fact.name.to_owned(), (fact.count)(party).into())).collect(),
            beskrivelse: party.beskrivelse.as_deref().unwrap_or_default().to_owned(),
            kilde: party.kilde.to_string(),
        }
    };
    session.world().loaded.scenarios.parties().into_iter().map(line).collect()
}

/// What a literal answer is for: `kravogbetalinger/krav 2024 2023-01-01..2023-09-01`.
fn what_it_answers(svar: &Svar) -> String {
    let mut text = format!("{}/{}", svar.service.name, svar.endpoint.name);
    for only in [svar.edition.map(|edition| edition.to_string()), svar.package.as_deref().map(str::to_owned)] {
        text.extend(only.map(|only| format!(" {only}")));
    }
    text.extend(svar.periode.map(|(fra, til)| format!(" {fra}..{til}")));
    text
}

fn facts(services: &Services) -> impl Iterator<Item = &PartyFact> {
    services.modules.iter().filter_map(|module| module.hooks.party_fact.as_ref())
}

/// Adds the fields of the services to the schema of [`PartyLine`].
pub(super) fn describe_facts(schema: &mut Value, services: &Services) {
    for fact in facts(services) {
        let property = json!({ "description": fact.description, "type": "integer", "format": "int64", "minimum": 0 });
        if let Some(properties) = schema["properties"].as_object_mut() {
            let at = properties.keys().position(|name| name == "beskrivelse").unwrap_or(properties.len());
            properties.shift_insert(at, fact.name.to_owned(), property);
        }
        if let Some(required) = schema["required"].as_array_mut() {
            let at = required.iter().position(|name| name == "beskrivelse").unwrap_or(required.len());
            required.insert(at, fact.name.into());
        }
    }
}

pub(super) async fn list(State(shared): State<Arc<Shared>>, InSession(session): InSession) -> Json<Vec<PartyLine>> {
    Json(lines(&session, shared.services))
}
