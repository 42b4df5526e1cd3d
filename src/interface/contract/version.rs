//! The versions of OpenAPI that a document is given in. The sandbox makes 3.1; 3.0.3 is made from it, for tools that
//! read no newer one.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::schemas::make_portable;

/// A version of OpenAPI.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Version {
    #[default]
    V3_1,
    V3_0,
}

impl Version {
    /// The accepted spellings, the usual one first.
    pub(crate) const NAMES: [&'static str; 2] = ["3.1", "3.0"];

    /// A version by its name.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        match name {
            "3.1" => Some(Self::V3_1),
            "3.0" => Some(Self::V3_0),
            _ => None,
        }
    }

    /// A document of 3.1 in this version.
    pub(crate) fn of(self, mut document: Value) -> Value {
        if self == Self::V3_0 {
            document["openapi"] = json!("3.0.3");
            if let Some(Value::String(spdx)) =
                document["info"]["license"].as_object_mut().and_then(|license| license.shift_remove("identifier"))
            {
                document["info"]["license"]["url"] = json!(format!("https://spdx.org/licenses/{spdx}.html"));
            }
            convert(&mut document);
            let types = types_of(&document["components"]["schemas"]);
            say_types(&mut document, &types);
        }
        document
    }
}

/// The type of each named schema that has one.
fn types_of(schemas: &Value) -> HashMap<String, Value> {
    let each = schemas.as_object().into_iter().flatten();
    each.filter_map(|(name, schema)| Some((format!("#/components/schemas/{name}"), schema.get("type")?.clone())))
        .collect()
}

/// `nullable` counts only beside a `type`, so a reference that may be null says the type of what it refers to.
fn say_types(part: &mut Value, types: &HashMap<String, Value>) {
    match part {
        Value::Object(fields) => {
            let target = fields.get("allOf").and_then(|all| all[0]["$ref"].as_str()).and_then(|name| types.get(name));
            if let Some(target) = target.filter(|_| fields.contains_key("nullable") && !fields.contains_key("type")) {
                fields.insert("type".to_owned(), target.clone());
            }
            fields.values_mut().for_each(|field| say_types(field, types));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| say_types(item, types)),
        _ => {}
    }
}

/// Converts every schema below a part of a document that is no schema.
fn convert(part: &mut Value) {
    match part {
        Value::Object(fields) => {
            for (key, value) in fields {
                match key.as_str() {
                    "schema" => convert_schema(value),
                    "schemas" => each(value, convert_schema),
                    // Values of callers, not of the document.
                    "example" | "examples" => {}
                    _ => convert(value),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(convert),
        _ => {}
    }
}

/// Keywords of JSON Schema that 3.0 does not have, and that only refuse more values. What they say is in descriptions.
const UNKNOWN: [&str; 16] = [
    "$comment",
    "$defs",
    "$id",
    "$schema",
    "contains",
    "contentEncoding",
    "contentMediaType",
    "dependentRequired",
    "dependentSchemas",
    "else",
    "if",
    "patternProperties",
    "prefixItems",
    "propertyNames",
    "then",
    "unevaluatedProperties",
];

fn convert_schema(schema: &mut Value) {
    let Value::Object(fields) = schema else {
        // A schema that takes everything is `true` in 3.1.
        *schema = if *schema == Value::Bool(false) { json!({ "not": {} }) } else { json!({}) };
        return;
    };
    if let Some(reference) = fields.get("$ref").cloned() {
        // What stands beside a reference counts for nothing in 3.0.
        if fields.len() > 1 {
            fields.shift_remove("$ref");
            fields.insert("allOf".to_owned(), json!([{ "$ref": reference }]));
        } else {
            return;
        }
    }
    fields.retain(|key, _| !UNKNOWN.contains(&key.as_str()));
    if let Some(constant) = fields.shift_remove("const") {
        fields.insert("enum".to_owned(), json!([constant]));
    }
    if let Some(Value::Array(examples)) = fields.shift_remove("examples") {
        fields.extend(examples.into_iter().next().map(|first| ("example".to_owned(), first)));
    }
    for (exclusive, bound) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
        if let Some(limit) = fields.get(exclusive).filter(|limit| limit.is_number()).cloned() {
            fields.insert(bound.to_owned(), limit);
            fields.insert(exclusive.to_owned(), json!(true));
        }
    }
    convert_types(fields);
    if let Some(schemas) = fields.get_mut("properties") {
        each(schemas, convert_schema);
    }
    for key in ["allOf", "anyOf", "oneOf"] {
        if let Some(Value::Array(schemas)) = fields.get_mut(key) {
            schemas.iter_mut().for_each(convert_schema);
        }
    }
    for key in ["items", "not"] {
        if let Some(schema) = fields.get_mut(key) {
            convert_schema(schema);
        }
    }
    if let Some(schema) = fields.get_mut("additionalProperties").filter(|schema| schema.is_object()) {
        convert_schema(schema);
    }
}

/// Writes null as `nullable`, and several types as alternatives.
fn convert_types(fields: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = fields.get("type") {
        let mut types = types.clone();
        let before = types.len();
        types.retain(|name| name != "null");
        if types.len() < before {
            fields.insert("nullable".to_owned(), json!(true));
        }
        if let [only] = types.as_slice() {
            fields.insert("type".to_owned(), only.clone());
        } else {
            fields.shift_remove("type");
            let mut choices: Vec<Value> = types.into_iter().map(|name| json!({ "type": name })).collect();
            choices.iter_mut().for_each(make_portable);
            fields.insert("anyOf".to_owned(), choices.into());
        }
    }
    for key in ["anyOf", "oneOf"] {
        let Some(Value::Array(choices)) = fields.get_mut(key) else { continue };
        let before = choices.len();
        choices.retain(|choice| choice.get("type").is_none_or(|name| name != "null"));
        if choices.len() == before {
            continue;
        }
        if let [only] = choices.as_slice() {
            let only = only.clone();
            fields.shift_remove(key);
            fields.insert("allOf".to_owned(), json!([only]));
        }
        fields.insert("nullable".to_owned(), json!(true));
    }
}

fn each(schemas: &mut Value, change: fn(&mut Value)) {
    if let Value::Object(schemas) = schemas {
        schemas.values_mut().for_each(change);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The schema in 3.0.
    fn old(schema: &Value) -> Value {
        let document = json!({
            "openapi": "3.1.0", "info": { "license": { "name": "MIT", "identifier": "MIT" } },
            "components": { "schemas": { "A": schema } },
        });
        let document = Version::V3_0.of(document);
        assert_eq!(document["openapi"], "3.0.3");
        assert_eq!(document["info"]["license"]["url"], "https://spdx.org/licenses/MIT.html");
        assert_eq!(document["info"]["license"]["identifier"], Value::Null);
        document["components"]["schemas"]["A"].clone()
    }

    #[test]
    fn a_reference_that_may_be_null_says_its_type() {
        let field = json!({ "anyOf": [{ "$ref": "#/components/schemas/B" }, { "type": "null" }] });
        let schemas = json!({ "A": { "type": "object", "properties": { "b": field } }, "B": { "type": "string" } });
        let document =
            Version::V3_0.of(json!({ "openapi": "3.1.0", "info": {}, "components": { "schemas": schemas } }));
        assert_eq!(
            document["components"]["schemas"]["A"]["properties"]["b"],
            json!({ "allOf": [{ "$ref": "#/components/schemas/B" }], "nullable": true, "type": "string" })
        );
    }

    #[test]
    fn what_3_0_spells_in_another_way() {
        let text = |more: Value| {
            let mut schema = json!({ "type": "string" });
            schema.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
            schema
        };
        assert_eq!(old(&text(json!({ "const": "a" }))), text(json!({ "enum": ["a"] })));
        assert_eq!(old(&text(json!({ "examples": ["a", "b"] }))), text(json!({ "example": "a" })));
        assert_eq!(old(&json!({ "type": ["string", "null"] })), text(json!({ "nullable": true })));
        assert_eq!(
            old(&json!({ "type": ["string", "integer"] })),
            json!({ "anyOf": [{ "type": "string" }, { "type": "integer", "format": "int64" }] })
        );
        assert_eq!(
            old(&json!({ "anyOf": [{ "$ref": "#/x/B" }, { "type": "null" }] })),
            json!({ "allOf": [{ "$ref": "#/x/B" }], "nullable": true })
        );
        assert_eq!(
            old(&json!({ "$ref": "#/x/B", "description": "b" })),
            json!({ "description": "b", "allOf": [{ "$ref": "#/x/B" }] })
        );
        assert_eq!(
            old(&json!({ "type": "number", "exclusiveMinimum": 0 })),
            json!({ "type": "number", "exclusiveMinimum": true, "minimum": 0 })
        );
    }

    #[test]
    fn what_3_0_does_not_know_goes_and_names_of_fields_stay() {
        let schema = json!({
            "type": "object",
            "properties": { "const": { "type": "string" }, "if": true, "l": { "type": "array", "items": { "const": 1 } } },
            "if": { "required": ["const"] }, "else": { "required": ["if"] },
        });
        let expected = json!({
            "type": "object",
            "properties": { "const": { "type": "string" }, "if": {}, "l": { "type": "array", "items": { "enum": [1] } } },
        });
        assert_eq!(old(&schema), expected);
    }

    #[test]
    fn values_of_examples_stay_as_they_are() {
        let document = json!({ "info": {}, "paths": { "/a": { "examples": { "x": { "value": { "schema": { "const": 1 } } } } } } });
        let changed = Version::V3_0.of(document.clone());
        assert_eq!(changed["paths"], document["paths"]);
    }
}
