//! What the contracts of all services are made of: schemas from the types that answer, error
//! responses from the error tables, so that neither can drift.

use std::collections::BTreeMap;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::errors::{FEIL_NAMESPACE, FEIL_ROOT, Feil};
use crate::catalogue::{COMMON_CODES, Endpoint, Service};

/// Collects the schemas of a document.
pub(crate) struct Schemas(SchemaGenerator, Nulls);

/// Whether null is as good as absent: to whoever reads it is, but nobody here sends one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Nulls {
    Taken,
    NeverSent,
}

impl Schemas {
    /// Of what is sent.
    pub(crate) fn new() -> Self {
        Self(Self::settings().for_serialize().into_generator(), Nulls::NeverSent)
    }

    /// Of what is read.
    pub(crate) fn of_requests() -> Self {
        Self(Self::settings().for_deserialize().into_generator(), Nulls::Taken)
    }

    fn settings() -> SchemaSettings {
        SchemaSettings::draft2020_12().with(|settings| {
            settings.definitions_path = "/components/schemas".into();
            settings.meta_schema = None;
        })
    }

    /// The schema of a type itself, without nulls.
    pub(crate) fn whole<T: JsonSchema>(mut self) -> Value {
        let mut schema = self.0.root_schema_for::<T>().to_value();
        without_null(&mut schema);
        schema
    }

    /// A reference to the schema of a type.
    pub(crate) fn of<T: JsonSchema>(&mut self) -> Value {
        self.0.subschema_for::<T>().to_value()
    }

    /// All schemas referred to so far. What is sent has no null: what may be absent is absent.
    pub(crate) fn finish(mut self) -> Map<String, Value> {
        let mut schemas = self.0.take_definitions(true);
        if self.1 == Nulls::NeverSent {
            schemas.values_mut().for_each(without_null);
        }
        schemas
    }
}

/// Takes `null` out of what an optional field may be.
fn without_null(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            if let Some(Value::Array(types)) = fields.get_mut("type") {
                types.retain(|name| name != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    fields.insert("type".to_owned(), only);
                }
            }
            if let Some(Value::Array(mut choices)) = fields.shift_remove("anyOf") {
                choices.retain(|choice| choice.get("type").is_none_or(|name| name != "null"));
                match choices.as_slice() {
                    [Value::Object(only)] => fields.extend(only.clone()),
                    _ => drop(fields.insert("anyOf".to_owned(), choices.into())),
                }
            }
            fields.values_mut().for_each(without_null);
        }
        Value::Array(items) => items.iter_mut().for_each(without_null),
        _ => {}
    }
}

/// The error responses of a service, by status: its own codes and the common ones.
fn error_responses(service: &Service, schemas: &mut Schemas) -> Map<String, Value> {
    let feil = schemas.of::<Feil<'static>>();
    let mut by_status: BTreeMap<u16, Vec<&str>> = BTreeMap::new();
    let mut areas: BTreeMap<u16, Vec<String>> = BTreeMap::new();
    for code in service.codes.iter().chain(&COMMON_CODES) {
        by_status.entry(code.status).or_default().push(code.code);
        let area =
            if service.speaks_xml() { code.area.to_owned() } else { code.area.replace("json eller xml", "json") };
        areas.entry(code.status).or_default().push(format!("{}: {area}", code.code));
    }
    let response = |(status, codes): (u16, Vec<&str>)| {
        let schema = json!({ "allOf": [feil.clone(), { "properties": { "kode": { "enum": codes } } }] });
        let mut response = json!({
            "description": areas[&status].join(" "),
            "headers": { "Korrelasjonsid": { "$ref": "#/components/headers/Korrelasjonsid" } },
            "content": content(&schema, service, FEIL_ROOT, FEIL_NAMESPACE),
        });
        if status == 401 {
            response["headers"]["WWW-Authenticate"] = json!({ "required": true, "schema": { "type": "string" } });
        }
        (status.to_string(), response)
    };
    by_status.into_iter().map(response).collect()
}

/// A body in the formats of a service. The names and nesting of XML are those of JSON, below a root with a namespace.
fn content(schema: &Value, service: &Service, root: &str, namespace: &str) -> Value {
    if !service.speaks_xml() {
        return json!({ "application/json": { "schema": schema } });
    }
    let mut in_xml = schema.clone();
    in_xml["xml"] = json!({ "name": root, "namespace": namespace });
    json!({ "application/json": { "schema": schema }, "application/xml": { "schema": in_xml } })
}

/// The header that every answer carries.
fn headers() -> Value {
    json!({ "Korrelasjonsid": {
        "description": "The caller's Korrelasjonsid, or a new UUID.", "required": true, "schema": { "type": "string" },
    } })
}

/// An endpoint of a service that is asked by GET.
pub(super) struct Operation {
    /// The endpoint's name.
    pub(super) endpoint: &'static str,
    /// The operation's id.
    pub(super) id: &'static str,
    /// What it gives.
    pub(super) summary: &'static str,
    /// The schema of its answer.
    pub(super) answer: Value,
}

/// The OpenAPI 3.1 document of a service that is asked by GET. `schemas` holds what the operations refer to; `touch`
/// changes the schemas where types cannot say it.
pub(super) fn document(
    service: &'static Service,
    about: &str,
    operations: Vec<Operation>,
    mut schemas: Schemas,
    touch: impl FnOnce(&mut Map<String, Value>),
) -> Value {
    let errors = error_responses(service, &mut schemas);
    let mut definitions = schemas.finish();
    touch(&mut definitions);
    let mut paths = Map::new();
    let mut parameters = Map::new();
    for operation in operations {
        let Some(endpoint) = service.endpoints.iter().find(|endpoint| endpoint.name == operation.endpoint) else {
            continue;
        };
        let also = endpoint.also_at.map(|path| (path.to_owned(), format!("{}EtAnnetSted", operation.id)));
        let at = (format!("{}/{}", service.base, endpoint.path), operation.id.to_owned());
        for (path, id) in [at].into_iter().chain(also) {
            let names = parameter_names(endpoint);
            let references: Vec<Value> =
                names.iter().map(|name| json!({ "$ref": format!("#/components/parameters/{name}") })).collect();
            for name in names {
                let described = parameter(&name, service);
                parameters.insert(name, described);
            }
            let mut responses = Map::new();
            responses.insert(
                "200".to_owned(),
                json!({
                    "description": operation.summary,
                    "headers": { "Korrelasjonsid": { "$ref": "#/components/headers/Korrelasjonsid" } },
                    "content": answer_content(&operation.answer, service, endpoint),
                }),
            );
            responses.extend(errors.clone());
            let get = json!({
                "operationId": id, "summary": operation.summary, "tags": [service.title],
                "parameters": references, "responses": responses,
            });
            paths.insert(path, json!({ "get": get }));
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": service.title,
            "version": service.version,
            "description": about,
            "license": { "name": "MIT", "identifier": "MIT" },
        },
        "servers": [{ "url": "/" }],
        "security": security(service),
        "paths": paths,
        "components": {
            "schemas": definitions,
            "headers": headers(),
            "parameters": parameters,
            "securitySchemes": security_schemes(service),
        },
    })
}

/// An answer in the formats of its service.
fn answer_content(schema: &Value, service: &Service, endpoint: &Endpoint) -> Value {
    content(schema, service, endpoint.xml_root, service.xml_namespace)
}

/// Nothing, a token, or a token and a consent of the old Altinn.
fn security(service: &Service) -> Value {
    let mut ways = vec![json!({}), json!({ "maskinporten": [] })];
    if service.consent.is_some() {
        ways.push(json!({ "maskinporten": [], "altinnSamtykke": [] }));
    }
    ways.into()
}

fn security_schemes(service: &Service) -> Value {
    let mut schemes = json!({ "maskinporten": {
        "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
        "description": format!("Maskinporten token with the scope {}.", service.scopes.join(" or ")),
    } });
    if service.consent.is_some() {
        schemes["altinnSamtykke"] = json!({
            "type": "apiKey", "in": "header", "name": "AltinnSamtykke",
            "description": "Consent token of the old Altinn; not needed where the bearer token carries consent or rights.",
        });
    }
    schemes
}

/// The parameters of an endpoint: the places of its path, its period, the caller's id.
fn parameter_names(endpoint: &Endpoint) -> Vec<String> {
    let places = endpoint.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let period = if endpoint.periode { &["fraOgMed", "tilOgMed"][..] } else { &[] };
    let own =
        places.chain(period.iter().chain(endpoint.query).copied()).chain(["Korrelasjonsid", "KorrelasjonsidIUrl"]);
    own.map(str::to_owned).collect()
}

/// What is known of a parameter by its name.
fn parameter(name: &str, service: &Service) -> Value {
    let of = |place: &str, required: bool, description: &str, schema: Value| {
        let name = name.trim_end_matches("IUrl");
        json!({ "name": name, "in": place, "required": required, "description": description, "schema": schema })
    };
    let digits = |pattern: &str| json!({ "type": "string", "pattern": pattern });
    let day = || json!({ "type": "string", "format": "date" });
    let mut parameter = match name {
        "rettighetspakke" => {
            let names: Vec<_> = service.packages.iter().map(|package| package.name).collect();
            of("path", true, "Access package.", json!({ "type": "string", "enum": names }))
        }
        "identifikator" => of(
            "path",
            true,
            "Organisation number (9 digits) or personal number (11 digits).",
            digits("^([0-9]{9}|[0-9]{11})$"),
        ),
        "organisasjonsnummer" => of("path", true, "Organisation number (9 digits).", digits("^[0-9]{9}$")),
        "fraOgMed" => of("query", true, "First day of the period.", day()),
        "tilOgMed" => {
            of("query", false, "Last day of the period, at most a year after the first; today where left out.", day())
        }
        "trekkid" => of("path", true, "The order's id.", json!({ "type": "string", "minLength": 1 })),
        "trekkversjon" => of("path", true, "The number of a version.", json!({ "type": "integer", "minimum": 1 })),
        "fraSekvensnummer" => of(
            "query",
            false,
            "Only versions with a greater sekvensnummer.",
            json!({ "type": "integer", "minimum": 0, "maximum": i64::MAX }),
        ),
        "maksAntall" => of(
            "query",
            false,
            "At most so many; only beside fraSekvensnummer.",
            json!({ "type": "integer", "minimum": 1, "maximum": i64::MAX }),
        ),
        "Korrelasjonsid" => of(
            "header",
            false,
            "Sent back in the answer, and in the body of an error, where it is 1 to 128 visible ASCII characters.",
            json!({ "type": "string" }),
        ),
        _ => of(
            "query",
            false,
            "The same, for clients that cannot set a header, which wins.",
            json!({ "type": "string" }),
        ),
    };
    if matches!(name, "identifikator" | "organisasjonsnummer") {
        parameter["example"] = json!("311851381");
    }
    parameter
}
