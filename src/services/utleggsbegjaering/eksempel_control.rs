//! `/sandbox/eksempelbegjaering`: a valid request to begin with; `/sandbox/begjaeringsregler`: the rules, and how to break each.

use axum::extract::{Query, rejection::QueryRejection};
use axum::response::Json;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::domain::begjaering::{Eksempeltype, Eksempelvalg, REGLER, eksempel};
use crate::interface::contract::Schemas;
use crate::interface::pages::{ControlOperation, InSession, Problem, json_body};

/// The operations of the routes, for the contract.
pub(super) fn operations(written: &mut Schemas) -> Vec<ControlOperation> {
    let any = json!({ "application/json": { "schema": { "type": "object", "additionalProperties": true } } });
    let get = |path, id, summary, query, content| ControlOperation {
        query,
        ..ControlOperation::get(path, id, summary, content, &[])
    };
    vec![
        get("/eksempelbegjaering", "exampleBegjaering", "A valid request for enforcement, to begin with", EXAMPLE, any),
        get(
            "/begjaeringsregler",
            "listBegjaeringsregler",
            "The rules of requests for enforcement, and how to break each",
            &[],
            json_body::<Vec<RegelView>>(written),
        ),
    ]
}

/// The parameters of the example.
const EXAMPLE: &[(&str, &str, &str, &str)] = &[
    ("krav", "integer", "How many claims it has, 1 to 100.", "2"),
    ("type", "string", "On which kind of basis they rest.", "dom"),
    ("seed", "integer", "Another number gives other parties and amounts.", "7"),
    ("innsender", "string", "The submitter's organisation number: the one of your token.", "314055403"),
];

/// What the example is like.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EksempelQuery {
    krav: Option<usize>,
    #[serde(rename = "type")]
    type_: Option<String>,
    seed: Option<u64>,
    innsender: Option<String>,
}

/// A valid request of the session's day. Its attachments have still to be uploaded.
pub(super) async fn show(
    InSession(session): InSession,
    query: Result<Query<EksempelQuery>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let Query(wanted) = query
        .map_err(|_| Problem::bad_request("the parameters are krav (a number), type, seed (a number) and innsender"))?;
    let krav = wanted.krav.unwrap_or(1);
    if !(1..=100).contains(&krav) {
        return Err(Problem::bad_request("krav is a number from 1 to 100"));
    }
    let type_ = match &wanted.type_ {
        None => Eksempeltype::default(),
        Some(name) => Eksempeltype::med_navn(name).ok_or_else(|| {
            let names = Eksempeltype::ALLE.map(Eksempeltype::navn).join(", ");
            Problem::bad_request(format!("there is no type {name:?}; there are {names}"))
        })?,
    };
    let seed = wanted.seed.unwrap_or(1);
    if i64::try_from(seed).is_err() {
        return Err(Problem::bad_request(format!("seed is a whole number from 0 to {}", i64::MAX)));
    }
    let mut request = eksempel(&Eksempelvalg { krav, type_, rente: false, seed, dato: session.today() });
    if let Some(number) = &wanted.innsender {
        super::cli::name_submitter(&mut request, number);
    }
    Ok(Json(serde_json::to_value(request).unwrap_or_default()))
}

/// A rule.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct RegelView {
    kode: &'static str,
    tittel: &'static str,
    /// What a refusal says.
    tekst: &'static str,
    /// How to break it.
    brytes: &'static str,
    /// How sure its condition is.
    sikkerhet: &'static str,
    /// Whether only a change can break it.
    bare_endring: bool,
}

pub(super) async fn rules() -> Json<Vec<RegelView>> {
    let view = |rule: &crate::domain::begjaering::Regel| RegelView {
        kode: rule.kode,
        tittel: rule.tittel,
        tekst: rule.tekst,
        brytes: rule.brytes,
        sikkerhet: rule.sikkerhet.ord(),
        bare_endring: rule.bare_endring,
    };
    Json(REGLER.iter().map(view).collect())
}
