//! The contract: six operations, with the schemas of the types that are read and sent.

use chrono::NaiveDate;
use serde_json::{Map, Value, json};

use super::begjaeringer::Kvittering;
use super::betjeningskart::{Betjeningskart, Oppslag};
use super::endringer::Statusendringer;
use super::feil::{self, Problem, Valideringsrespons};
use super::innsyn::InnsynITrekk;
use super::status::{self, SakStatus};
use super::vedlegg::{Opplastingsskjema, VedleggKvittering, VedleggStatus};
use super::{ABOUT, SERVICE};
use crate::domain::begjaering::{
    Begjaering, Eksempeltype, Eksempelvalg, Sakstilstand, Vedleggstilstand, eksempel, regel,
};
use crate::interface::contract::{Schemas, by_hand, head, parameter};
use crate::interface::{Finding, Refusal};

/// A UUID in the examples.
const EXAMPLE_ID: &str = "5f8a1c1e-0d4e-4c6f-9d57-3f6c2a9b7e10";

/// The tag of all operations, from which generators make the name of a class.
const TAG: &str = "Utleggsbegjaering";

/// The schemas that responses refer to.
struct Parts {
    kvittering: Value,
    vedlegg: Value,
    status: Value,
    problem: Value,
    brudd: Value,
    after: After,
}

/// The OpenAPI 3.1 document.
pub(super) fn document() -> Value {
    let mut written = Schemas::new();
    let parts = Parts {
        kvittering: written.of::<Kvittering>(),
        vedlegg: written.of::<VedleggKvittering>(),
        status: written.of::<VedleggStatus>(),
        problem: written.of::<Problem>(),
        brudd: written.of::<Valideringsrespons>(),
        after: After::new(&mut written),
    };
    // A request may have null for what is absent. Its schema does not say so, because generators make odd classes of it.
    let request = json!({ "application/json": { "schema": written.of::<Begjaering>(), "example": example() } });
    let lookup = json!({ "application/json": {
        "schema": written.of::<Oppslag>(), "example": { "identifikator": ["08907395937", "01827020008"] },
    } });
    let upload = json!({ "multipart/form-data": { "schema": written.of::<Opplastingsskjema>() } });
    let mut schemas = written.finish();
    schemas.insert("Feil".to_owned(), feil_schema());
    demand_fields(&mut schemas);
    let states: Vec<&str> = Vedleggstilstand::ALLE.into_iter().map(Vedleggstilstand::navn).collect();
    if let Some(state) = schemas.get_mut("VedleggStatus").and_then(|status| status.pointer_mut("/properties/tilstand"))
    {
        state["enum"] = json!(states);
    }
    spell_types_out(&mut schemas);
    let mut document = head(SERVICE.title, SERVICE.version, ABOUT, &[(TAG, ABOUT)]);
    let issuer = SERVICE.token_demand().map_or("", |demand| demand.issuer.name);
    document["security"] = json!([{}, { issuer: [] }]);
    let base = format!("{}/{}", SERVICE.base, SERVICE.version);
    let paths: Vec<(String, Value)> = SERVICE
        .endpoints
        .iter()
        .zip(super::OPERATIONS)
        .map(|(endpoint, operation)| {
            let (body, success, refusals): (Option<&Value>, _, &[u16]) = match endpoint.name {
                "vedlegg" => {
                    let content = by_hand::content(&parts.vedlegg, &json!({ "uuid": EXAMPLE_ID }));
                    (Some(&upload), made("The attachment is received.", &content), &[400, 413, 415])
                }
                "vis-vedlegg" => {
                    let example = json!({
                        "uuid": EXAMPLE_ID, "tilstand": "konvertert", "type": "tvangsgrunnlag", "filnavn": "faktura.pdf",
                        "innsenderReferanse": "SAK-000001",
                    });
                    let content = by_hand::content(&parts.status, &example);
                    (None, answered("How far the attachment has come.", Some(&content)), &[400])
                }
                "opprett" => {
                    let content = by_hand::content(&parts.kvittering, &json!({ "eksternSaksreferanse": EXAMPLE_ID }));
                    (Some(&request), made("The case is made.", &content), &[400, 409, 413, 422])
                }
                "status" => (None, answered("How far the case has come.", Some(&parts.after.status)), &[400]),
                "statusendringer" => (None, answered("Changes of cases.", Some(&parts.after.changes)), &[400]),
                "innsyn" => (None, answered("Insight from the claims of the case.", Some(&parts.after.insight)), &[400]),
                "betjeningskartet" => {
                    (Some(&lookup), answered("The rules of each number.", Some(&parts.after.rules)), &[400, 413])
                }
                "endre" => (Some(&request), answered("The change is taken.", None), &[400, 409, 413, 422]),
                _ => (Some(&request), answered("The request breaks no rule.", None), &[400, 413, 422]),
            };
            let mut responses = Map::from_iter([(endpoint.success.status.to_string(), success)]);
            for status in refusals {
                responses.insert(status.to_string(), parts.refusal(*status));
            }
            for status in [401, 403, 404, 406, 500] {
                responses.insert(status.to_string(), parts.refusal(status));
            }
            responses.sort_keys();
            let mut parameters = header_parameters();
            for own in endpoint.parameters {
                parameters.insert(0, parameter(own.name, &SERVICE, endpoint));
            }
            let mut described = json!({
                "operationId": operation.id, "summary": operation.summary, "description": operation.description(),
                "tags": [TAG], "parameters": parameters, "responses": responses,
            });
            if let Some(body) = body {
                described["requestBody"] = json!({ "required": true, "content": body });
            }
            let path = endpoint.path.strip_prefix(SERVICE.version).unwrap_or(endpoint.path);
            (format!("{base}{path}"), json!({ (endpoint.method.as_str().to_ascii_lowercase()): described }))
        })
        .collect();
    let mut by_path = Map::new();
    for (path, operation) in paths {
        let entry = by_path.entry(path).or_insert_with(|| json!({}));
        for (method, described) in operation.as_object().into_iter().flatten() {
            entry[method] = described.clone();
        }
    }
    document["paths"] = by_path.into();
    document["components"] = json!({
        "schemas": schemas,
        "securitySchemes": { issuer: {
            "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
            "description": format!("A token with the scope {}.", SERVICE.scopes().join(" or ")),
        } },
    });
    document
}

/// Writes the types of attachments into the form of an upload: a generator for Rust cannot compile a part of a form whose
/// type is a reference.
fn spell_types_out(schemas: &mut Map<String, Value>) {
    let types = schemas.get("Vedleggstype").and_then(|types| types.get("enum")).cloned();
    let part = schemas.get_mut("Opplastingsskjema").and_then(|form| form.pointer_mut("/properties/type"));
    if let Some((part, types)) = part.zip(types) {
        *part = json!({ "type": "string", "enum": types, "description": "What the attachment documents (type of a vedlegg)." });
    }
}

/// Marks the fields that a request must have. Only the schemas of what is read know them: whoever writes a request leaves out
/// what is absent.
fn demand_fields(schemas: &mut Map<String, Value>) {
    let mut read = Schemas::of_requests();
    read.of::<Begjaering>();
    for (name, schema) in read.finish() {
        if let Some((own, required)) = schemas.get_mut(&name).zip(schema.get("required")) {
            own["required"] = required.clone();
        }
    }
}

/// The contents of the answers about what comes after a submission.
struct After {
    status: Value,
    changes: Value,
    insight: Value,
    rules: Value,
}

impl After {
    fn new(written: &mut Schemas) -> Self {
        let changes = json!({ "statusendringer": [
            { "sekvensnummer": 1, "eksternSaksreferanse": EXAMPLE_ID, "saksstatus": "sakOpprettet", "dato": "2026-11-21" },
        ] });
        let rules = json!({ "regelverk": [
            { "identifikator": "08907395937", "regelverk": "gammelt", "system": "ELSA" },
            { "identifikator": "01827020008", "regelverk": "nytt", "system": "ELAN" },
        ] });
        let dag = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap_or_default();
        let decided = status::fast("TEST_SAK_BESLUTTET", Sakstilstand::SakBesluttet, dag);
        let decided = serde_json::to_value(decided).unwrap_or_default();
        Self {
            status: by_hand::content(&written.of::<SakStatus>(), &decided),
            changes: by_hand::content(&written.of::<Statusendringer>(), &changes),
            insight: by_hand::content(&written.of::<InnsynITrekk>(), &InnsynITrekk::example()),
            rules: by_hand::content(&written.of::<Betjeningskart>(), &rules),
        }
    }
}

impl Parts {
    fn refusal(&self, status: u16) -> Value {
        let feil = by_hand::reference("Feil");
        let (description, schema) = match status {
            400 => ("The call cannot be read: all that is missing or wrong.", &self.problem),
            401 => ("The token is missing or wrong.", &feil),
            403 => ("The token gives no right to this.", &feil),
            404 => ("There is no such URL, case or attachment.", &feil),
            406 => ("Only JSON is answered.", &feil),
            409 => ("The request is in conflict with a case that is there.", &self.problem),
            413 => ("The body or the file is too large.", &self.problem),
            415 => ("The file is neither PDF nor something that can become PDF.", &self.problem),
            422 => ("The request breaks rules: all of them.", &self.brudd),
            _ => ("A fault of the service.", &feil),
        };
        let content = by_hand::content(schema, &refused(status));
        let mut response = answered(description, Some(&content));
        if status == 401 {
            response["headers"]["WWW-Authenticate"] = json!({
                "description": "What is wrong with the token (RFC 6750).", "required": true, "schema": { "type": "string" },
            });
        }
        response
    }
}

/// A refusal with a status, as the service would write it.
fn refused(status: u16) -> Value {
    let rule = |kode: &'static str| Finding {
        kode: kode.into(),
        melding: regel(kode).map_or("", |regel| regel.tekst).to_owned(),
        peker: String::new(),
    };
    let findings = match status {
        400 => vec![feil::formfeil("/underskrift", "Feltet 'underskrift' mangler")],
        409 => vec![rule("DUPLIKAT_INNSENDING")],
        413 | 415 => vec![feil::formfeil("fil", "Filen kan ikke brukes")],
        422 => vec![rule("MANGLER_KRAV"), rule("UGYLDIG_KID")],
        _ => {
            let code = SERVICE.codes.iter().find(|code| code.status == status);
            return feil::body(&Refusal::on_demand(code.unwrap_or_else(|| super::MODULE.unexpected())), EXAMPLE_ID);
        }
    };
    feil::body(&Refusal::findings(status, findings), EXAMPLE_ID)
}

fn answered(description: &str, content: Option<&Value>) -> Value {
    let mut response = json!({
        "description": description,
        "headers": { "Korrelasjonsid": {
            "description": "The id of the call.", "required": true, "schema": { "type": "string" }, "example": EXAMPLE_ID,
        } },
    });
    if let Some(content) = content {
        response["content"] = content.clone();
    }
    response
}

fn made(description: &str, content: &Value) -> Value {
    let mut response = answered(description, Some(content));
    response["headers"]["Location"] = json!({
        "description": "Where to find what was made.", "required": true, "schema": { "type": "string" },
    });
    response
}

/// The headers that every call has.
fn header_parameters() -> Vec<Value> {
    let header = |name: &str, description: &str, schema: Value, example: &str| {
        json!({
            "name": name, "in": "header", "required": true, "description": description, "schema": schema, "example": example,
        })
    };
    // A pattern and not the format `uuid`: a generator makes a type of its own of the format, and its client fails to put it
    // into a header.
    let uuid = || json!({ "type": "string", "pattern": "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$" });
    vec![
        header("Klientid", "The system that calls.", json!({ "type": "string", "minLength": 1 }), "mitt-system"),
        header("Korrelasjonsid", "The id of the call, a new UUID.", uuid(), EXAMPLE_ID),
        header("Meldingsid", "The id of the message, a new UUID.", uuid(), EXAMPLE_ID),
    ]
}

/// The plain error.
fn feil_schema() -> Value {
    by_hand::object(
        "A plain error.",
        &["kode", "melding", "korrelasjonsid"],
        &[
            ("kode", by_hand::text("The code of the error.")),
            ("melding", by_hand::text("What is wrong, in Norwegian.")),
            ("korrelasjonsid", by_hand::text("The id of the call, as in the header.")),
        ],
    )
}

/// A valid request.
fn example() -> Value {
    let dato = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap_or_default();
    let valg = Eksempelvalg { krav: 1, type_: Eksempeltype::default(), rente: false, seed: 1, dato };
    serde_json::to_value(eksempel(&valg)).unwrap_or_default()
}
