//! `/sandbox/parties`: the parties, as they are on the session's day.

use std::sync::Arc;

use axum::extract::{Query, RawQuery, State};
use axum::http::{StatusCode, Uri};
use axum::response::Json;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value, json};

use super::search::{FIRST, MOST_FOUND, MOST_SEARCHED, Where, Wrong, search};
use crate::catalogue::nearest;
use crate::interface::pages::{InSession, Problem, Shared};
use crate::interface::{PartyFact, Services};
use crate::scenario::befolkning::Profil;
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
    /// What it is like, if it is made from an archetype.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) profil: Option<&'static str>,
    pub(crate) beskrivelse: String,
    /// The file it is described in; `population/` and its profile if no file describes it.
    pub(crate) kilde: String,
}

/// The parties of the scenarios, as they are on the session's day.
pub(crate) fn lines(session: &Session, services: &Services) -> Vec<PartyLine> {
    lines_of(session.world().loaded.scenarios.parties(), session.today(), services)
}

/// Some parties, as they are on a day.
pub(crate) fn lines_of<'p>(
    parties: impl IntoIterator<Item = &'p Arc<Party>>,
    day: NaiveDate,
    services: &Services,
) -> Vec<PartyLine> {
    let facts: Vec<&PartyFact> = facts(services).collect();
    let line = |party: &Arc<Party>| {
        let at = party.reskontro.as_of(day);
        PartyLine {
            part: party.part.to_string(),
            navn: party.navn.to_string(),
            utgave: party.utgave.map(|utgave| utgave.to_string()),
            aapne_krav: at.aapne_krav().count(),
            saldo: at.totaler().saldo().to_string().parse().unwrap_or_else(|_| 0.into()),
            bokstavelige_svar: party.svar.len(),
            bokstavelig: party.svar.iter().map(what_it_answers).collect(),
            facts: facts.iter().map(|fact| (fact.name.to_owned(), (fact.count)(party).into())).collect(),
            profil: party.profil.map(Profil::navn),
            beskrivelse: party.beskrivelse.as_deref().unwrap_or_default().to_owned(),
            kilde: party.kilde.to_string(),
        }
    };
    parties.into_iter().map(line).collect()
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

/// Which parties are asked for; without `where`, those of the scenarios.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PartyFilter {
    /// A search over scenarios and population, like `overdue > 50000 and group = Merverdiavgift`.
    #[serde(rename = "where")]
    condition: Option<String>,
    /// How many to find at most, 20 where left out; only beside `where`.
    #[schemars(range(min = 1, max = 1000))]
    first: Option<usize>,
}

const FILTERS: [&str; 2] = ["where", "first"];

impl PartyFilter {
    fn read(query: &str) -> Result<Option<(Where, usize)>, Problem> {
        let pairs = form_urlencoded::parse(query.as_bytes());
        if let Some((name, _)) = pairs.into_iter().find(|(name, _)| !FILTERS.contains(&&**name)) {
            let hint = nearest(&name, FILTERS).map(|near| format!("; did you mean {near}?")).unwrap_or_default();
            let detail = format!("there is no filter {name:?}; there are {}{hint}", FILTERS.join(", "));
            return Err(Problem::bad_request(detail));
        }
        let uri: Uri = format!("/?{query}").parse().unwrap_or_default();
        let Query(read) = Query::<Self>::try_from_uri(&uri).map_err(|error| Problem::bad_request(error.body_text()))?;
        let first = read.first.unwrap_or(FIRST);
        if !(1..=MOST_FOUND).contains(&first) {
            return Err(Problem::bad_request(format!("first is a number from 1 to {MOST_FOUND}")));
        }
        match read.condition {
            Some(text) => {
                let placed = |wrong: Wrong| Problem::at_places(wrong.to_string(), vec![wrong.line()]);
                let condition = Where::read(&text).map_err(placed)?;
                Ok(Some((condition, first)))
            }
            None if read.first.is_some() => {
                Err(Problem::bad_request("first needs where: it is the number of parties found"))
            }
            None => Ok(None),
        }
    }
}

pub(super) async fn list(
    State(shared): State<Arc<Shared>>,
    InSession(session): InSession,
    RawQuery(query): RawQuery,
) -> Result<Json<Vec<PartyLine>>, Problem> {
    let Some((condition, first)) = PartyFilter::read(query.as_deref().unwrap_or_default())? else {
        return Ok(Json(lines(&session, shared.services)));
    };
    let found = tokio::task::spawn_blocking(move || {
        let world = session.world();
        let found = search(&world.loaded.scenarios, &condition, session.today(), (first, MOST_SEARCHED));
        lines_of(&found.parties, session.today(), shared.services)
    });
    found
        .await
        .map(Json)
        .map_err(|_| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "A fault of the sandbox", "see the log"))
}
