//! Parts of a document whose types are no structs: answers in the form of another house.

use serde_json::{Map, Value, json};

/// A text.
pub(crate) fn text(description: &str) -> Value {
    json!({ "type": "string", "description": description })
}

/// A text that has always the same value.
pub(crate) fn constant(value: &str, description: &str) -> Value {
    json!({ "type": "string", "const": value, "description": description })
}

/// One of several texts.
pub(crate) fn one_of(values: &[&str], description: &str) -> Value {
    json!({ "type": "string", "enum": values, "description": description })
}

/// A list of texts.
pub(crate) fn texts(description: &str) -> Value {
    json!({ "type": "array", "items": { "type": "string" }, "description": description })
}

/// A list of what a schema of the document describes.
pub(crate) fn list(schema: &str, description: &str) -> Value {
    json!({ "type": "array", "items": reference(schema), "description": description })
}

/// An object. Its fields have the order in which they are given.
pub(crate) fn object(description: &str, required: &[&str], fields: &[(&str, Value)]) -> Value {
    let fields: Map<String, Value> = fields.iter().map(|(name, field)| ((*name).to_owned(), field.clone())).collect();
    let mut object = json!({ "type": "object", "description": description });
    // OpenAPI 3.0 takes no empty list.
    if !required.is_empty() {
        object["required"] = json!(required);
    }
    object["properties"] = fields.into();
    object
}

/// A reference to a schema of the document.
pub(crate) fn reference(schema: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{schema}") })
}

/// A JSON body with an example.
pub(crate) fn content(schema: &Value, example: &Value) -> Value {
    json!({ "application/json": { "schema": schema, "example": example } })
}

/// A response whose body a schema of the document describes, with an example.
pub(crate) fn answer(description: &str, schema: &str, example: &Value) -> Value {
    json!({ "description": description, "content": content(&reference(schema), example) })
}
