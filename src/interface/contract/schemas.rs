//! The schemas of a document, from the types that are sent and read, in a form that generated clients of every
//! language can use.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value};

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
        make_portable(&mut schema);
        schema
    }

    /// A reference to the schema of a type.
    pub(crate) fn of<T: JsonSchema>(&mut self) -> Value {
        self.0.subschema_for::<T>().to_value()
    }

    /// All schemas referred to so far. What is sent has no null: what may be absent is absent.
    pub(crate) fn finish(mut self) -> Map<String, Value> {
        let mut schemas = self.0.take_definitions(true);
        for schema in schemas.values_mut() {
            if self.1 == Nulls::NeverSent {
                without_null(schema);
            }
            make_portable(schema);
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

/// Puts a schema, and all in it, into a form that generators of clients understand alike. A reference stands alone,
/// because some generators make a class of their own for a reference with a description. Every number has a size:
/// without one, some generators take 32 bits. The sizes are the two that OpenAPI has. A constant has a type.
pub(super) fn make_portable(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            if fields.get("$ref").is_some_and(Value::is_string) {
                fields.retain(|key, _| key == "$ref");
                return;
            }
            give_a_size(fields);
            if let Some(kind) = fields.get("const").and_then(type_of).filter(|_| !fields.contains_key("type")) {
                fields.insert("type".to_owned(), kind.into());
            }
            if let Some(Value::String(description)) = fields.get_mut("description") {
                // The line breaks are those of the source file.
                *description = description.replace('\n', " ");
            }
            fields.values_mut().for_each(make_portable);
        }
        Value::Array(items) => items.iter_mut().for_each(make_portable),
        _ => {}
    }
}

fn give_a_size(fields: &mut Map<String, Value>) {
    let is = |name: &str| match fields.get("type") {
        Some(Value::String(only)) => only == name,
        Some(Value::Array(several)) => several.iter().any(|one| one == name),
        _ => false,
    };
    let known = fields.get("format").and_then(Value::as_str).unwrap_or_default();
    let size = match (is("integer"), is("number"), known) {
        (true, _, "int8" | "int16" | "int32" | "uint8" | "uint16") => "int32",
        // Of several types, only null leaves a format its meaning.
        (true, _, _) if !is("string") => "int64",
        (_, true, "") => "double",
        _ => return,
    };
    fields.insert("format".to_owned(), size.into());
}

/// The type of a constant; nothing where a schema says it better.
fn type_of(constant: &Value) -> Option<&'static str> {
    match constant {
        Value::String(_) => Some("string"),
        Value::Bool(_) => Some("boolean"),
        Value::Number(_) => Some("number"),
        _ => None,
    }
}
