//! What the contracts of all services are made of: schemas from the types that answer, error
//! responses from the error tables, so that neither can drift.

use std::collections::BTreeMap;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::module::{Operation, ServiceModule};
use super::refusal::{FEIL_NAMESPACE, FEIL_ROOT, Feil, FunnRespons};
use crate::catalogue::{BodyPolicy, COMMON_CODES, Check, Endpoint, Parameter, ParameterKind, Service, TokenDemand};

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

/// The error responses of an endpoint, by status: the service's own codes, the common ones, and what only it has.
fn error_responses(service: &Service, endpoint: &Endpoint, schemas: &mut Schemas) -> Map<String, Value> {
    let feil = schemas.of::<Feil<'static>>();
    let mut by_status: BTreeMap<u16, Vec<&str>> = BTreeMap::new();
    let mut areas: BTreeMap<u16, Vec<String>> = BTreeMap::new();
    let mut add = |status: u16, code: &'static str, area: &str| {
        by_status.entry(status).or_default().push(code);
        let area = if service.has_xml() { area.to_owned() } else { area.replace("json eller xml", "json") };
        areas.entry(status).or_default().push(format!("{code}: {area}"));
    };
    for code in service.codes.iter().chain(COMMON_CODES) {
        add(code.status, code.code, code.area);
    }
    // A body over its limit is 413, whatever the status of its code elsewhere.
    if endpoint.body != BodyPolicy::None {
        let code = service.refusal(Check::Body);
        if code.status != 413 {
            add(413, code.code, code.area);
        }
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
    let mut responses: Map<String, Value> = by_status.into_iter().map(response).collect();
    if let Some(status) = endpoint.findings {
        let response = json!({
            "description": "Everything that is wrong with what was sent.",
            "headers": { "Korrelasjonsid": { "$ref": "#/components/headers/Korrelasjonsid" } },
            "content": { "application/json": { "schema": schemas.of::<FunnRespons>() } },
        });
        responses.insert(status.to_string(), response);
    }
    responses
}

/// A body in the formats of a service. The names and nesting of XML are those of JSON, below a root with a namespace.
fn content(schema: &Value, service: &Service, root: &str, namespace: &str) -> Value {
    if !service.has_xml() {
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

/// The OpenAPI 3.1 document of a service.
pub(crate) fn document(module: &ServiceModule) -> Value {
    if let Some(contract) = module.hooks.contract {
        return contract();
    }
    let service = module.service;
    let mut schemas = Schemas::new();
    // Answers first: their schemas stand first in the document.
    let answers: Vec<_> =
        module.operations.iter().map(|operation| operation.answer_schema.map(|schema| schema(&mut schemas))).collect();
    let mut requests = Schemas::of_requests();
    let (mut paths, mut parameters) = (Map::new(), Map::new());
    for ((endpoint, operation), answer) in service.endpoints.iter().zip(module.operations).zip(answers) {
        let errors = error_responses(service, endpoint, &mut schemas);
        let request = operation.request_schema.map(|schema| schema(&mut requests));
        let also = endpoint.also_at.map(|path| (path.to_owned(), format!("{}EtAnnetSted", operation.id)));
        let at = (format!("{}/{}", service.base, endpoint.path), operation.id.to_owned());
        for (path, id) in [at].into_iter().chain(also) {
            let names = parameter_names(endpoint);
            for name in &names {
                parameters.insert(name.clone(), parameter(name, service, endpoint));
            }
            let mut responses = Map::new();
            responses
                .insert(endpoint.success.status.to_string(), success(service, endpoint, operation, answer.as_ref()));
            responses.extend(errors.clone());
            let mut described = json!({
                "operationId": id, "summary": operation.summary, "tags": [service.title],
                "parameters": names.iter().map(|name| json!({ "$ref": format!("#/components/parameters/{name}") })).collect::<Vec<_>>(),
                "responses": responses,
            });
            if let Some(body) = request_body(endpoint, request.as_ref()) {
                described["requestBody"] = body;
            }
            let entry = paths.entry(path).or_insert_with(|| json!({}));
            entry[endpoint.method.as_str().to_ascii_lowercase()] = described;
        }
    }
    let mut definitions = schemas.finish();
    definitions.extend(requests.finish());
    if let Some(finish) = module.hooks.finish_schemas {
        finish(&mut definitions);
    }
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": service.title,
            "version": service.version,
            "description": module.about,
            "license": { "name": "MIT", "identifier": "MIT" },
        },
        "servers": [{ "url": "/" }],
    });
    let demand = service.token_demand();
    if let Some(demand) = demand {
        document["security"] = security(demand);
    }
    document["paths"] = paths.into();
    document["components"] = json!({ "schemas": definitions, "headers": headers(), "parameters": parameters });
    if let Some(demand) = demand {
        document["components"]["securitySchemes"] = security_schemes(demand);
    }
    document
}

/// What a success looks like.
fn success(service: &Service, endpoint: &Endpoint, operation: &Operation, answer: Option<&Value>) -> Value {
    let mut success = json!({
        "description": operation.summary,
        "headers": { "Korrelasjonsid": { "$ref": "#/components/headers/Korrelasjonsid" } },
    });
    for header in endpoint.success.headers {
        success["headers"][header] = json!({ "required": true, "schema": { "type": "string" } });
    }
    if let Some(schema) = answer {
        success["content"] = content(schema, service, endpoint.xml_root, service.xml_namespace().unwrap_or_default());
    }
    success
}

/// The body that an endpoint reads.
fn request_body(endpoint: &Endpoint, schema: Option<&Value>) -> Option<Value> {
    let content_type = endpoint.body.content_type()?;
    let schema = schema.cloned().unwrap_or_else(|| json!({ "type": "object" }));
    Some(json!({ "required": true, "content": { content_type: { "schema": schema } } }))
}

/// Nothing, a token, or a token and an Altinn 2 consent.
fn security(demand: &TokenDemand) -> Value {
    let issuer = demand.issuer.name;
    let mut ways = vec![json!({}), json!({ issuer: [] })];
    if demand.consent.is_some() {
        ways.push(json!({ issuer: [], "altinnSamtykke": [] }));
    }
    ways.into()
}

fn security_schemes(demand: &TokenDemand) -> Value {
    let issuer = demand.issuer;
    let mut schemes = json!({ (issuer.name): {
        "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
        "description": format!("{} token with the scope {}.", issuer.title, demand.scopes.join(" or ")),
    } });
    if demand.consent.is_some() {
        schemes["altinnSamtykke"] = json!({
            "type": "apiKey", "in": "header", "name": "AltinnSamtykke",
            "description": "Consent token of the old Altinn; not needed where the bearer token carries consent or rights.",
        });
    }
    schemes
}

/// The parameters of an endpoint: the places of its path, its period, its own, the caller's id.
fn parameter_names(endpoint: &Endpoint) -> Vec<String> {
    let places: Vec<&str> =
        endpoint.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
    let period = if endpoint.periode { &["fraOgMed", "tilOgMed"][..] } else { &[] };
    let own = endpoint.parameters.iter().map(|parameter| parameter.name).filter(|name| !places.contains(name));
    let own: Vec<&str> = own.collect();
    let names = places.iter().chain(period).chain(&own).chain(&["Korrelasjonsid", "KorrelasjonsidIUrl"]);
    names.map(|name| (*name).to_owned()).collect()
}

/// What is known of a parameter by its name.
fn parameter(name: &str, service: &Service, endpoint: &Endpoint) -> Value {
    let of = |place: &str, required: bool, description: &str, schema: Value| {
        let name = name.trim_end_matches("IUrl");
        json!({ "name": name, "in": place, "required": required, "description": description, "schema": schema })
    };
    if let Some(own) = endpoint.parameters.iter().find(|own| own.name == name) {
        let in_path = endpoint.path.contains(&format!("{{{name}}}"));
        return of(if in_path { "path" } else { "query" }, in_path, own.description, schema_of(own));
    }
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

fn schema_of(parameter: &Parameter) -> Value {
    match parameter.kind {
        ParameterKind::Text => json!({ "type": "string", "minLength": 1 }),
        ParameterKind::Integer(range) => {
            let mut schema = json!({ "type": "integer", "minimum": range.minimum });
            if let Some(maximum) = range.maximum {
                schema["maximum"] = json!(maximum);
            }
            schema
        }
    }
}
