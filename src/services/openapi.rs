//! What the contracts of all services are made of: schemas from the types that answer, error
//! responses from the error tables, so that neither can drift.

use std::collections::BTreeMap;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::errors::{FEIL_NAMESPACE, FEIL_ROOT, Feil};
use crate::catalogue::{COMMON_CODES, Service};

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
pub(super) fn error_responses(service: &Service, schemas: &mut Schemas) -> Map<String, Value> {
    let feil = schemas.of::<Feil<'static>>();
    let mut by_status: BTreeMap<u16, Vec<&str>> = BTreeMap::new();
    let mut areas: BTreeMap<u16, Vec<String>> = BTreeMap::new();
    for code in service.codes.iter().chain(&COMMON_CODES) {
        by_status.entry(code.status).or_default().push(code.code);
        areas.entry(code.status).or_default().push(format!("{}: {}", code.code, code.area));
    }
    let response = |(status, codes): (u16, Vec<&str>)| {
        let schema = json!({ "allOf": [feil.clone(), { "properties": { "kode": { "enum": codes } } }] });
        let mut response = json!({
            "description": areas[&status].join(" "),
            "headers": { "Korrelasjonsid": { "$ref": "#/components/headers/Korrelasjonsid" } },
            "content": content(&schema, FEIL_ROOT, FEIL_NAMESPACE),
        });
        if status == 401 {
            response["headers"]["WWW-Authenticate"] = json!({ "required": true, "schema": { "type": "string" } });
        }
        (status.to_string(), response)
    };
    by_status.into_iter().map(response).collect()
}

/// A body in both formats. The names and nesting of XML are those of JSON, below a root with a namespace.
pub(super) fn content(schema: &Value, root: &str, namespace: &str) -> Value {
    let mut in_xml = schema.clone();
    in_xml["xml"] = json!({ "name": root, "namespace": namespace });
    json!({ "application/json": { "schema": schema }, "application/xml": { "schema": in_xml } })
}

/// The header that every answer carries.
pub(super) fn headers() -> Value {
    json!({ "Korrelasjonsid": {
        "description": "The caller's Korrelasjonsid, or a new UUID.", "required": true, "schema": { "type": "string" },
    } })
}
