//! The answer about a shielded party: the parameters of the call and the mark, and the sums of a party that is shielded
//! in part. It has the same schema as the other answers, because a generated client decodes one type for an endpoint.

use schemars::Schema;
use serde_json::{Value, json};

/// What every answer about a shielded party keeps.
const KEPT: [&str; 4] = ["partIdentifikator", "forespurtPart", "periode", "skjermet"];

/// Makes the schema of an answer take the answer about a shielded party, too. What such an answer lacks is required of
/// the others only: by a condition, which a strict decoder does not know, and in words, for OpenAPI 3.0.
pub(super) fn or_shielded(schema: &mut Schema) {
    let fields = schema.ensure_object();
    let required = match fields.get("required") {
        Some(Value::Array(names)) => names.clone(),
        _ => Vec::new(),
    };
    let (always, unless_shielded): (Vec<Value>, Vec<Value>) =
        required.into_iter().partition(|name| name.as_str().is_some_and(|name| KEPT.contains(&name)));
    let names: Vec<String> = unless_shielded.iter().filter_map(|name| Some(format!("`{}`", name.as_str()?))).collect();
    let rule = format!(
        "Of a shielded party, only the parameters of the call and `skjermet: true` are certain. Of all others, {} {} always there.",
        names.join(", "),
        if names.len() == 1 { "is" } else { "are" }
    );
    let description = fields.get("description").and_then(Value::as_str).unwrap_or_default();
    let description = format!("{description} {rule}");
    fields.insert("description".to_owned(), description.trim().into());
    let named = |name: &Value| (name.as_str().unwrap_or_default().to_owned(), json!({}));
    let properties: serde_json::Map<String, Value> = unless_shielded.iter().map(named).collect();
    fields.insert("required".to_owned(), always.into());
    fields.insert(
        "if".to_owned(),
        json!({ "properties": { "skjermet": { "type": "boolean", "enum": [true] } }, "required": ["skjermet"] }),
    );
    fields.insert("else".to_owned(), json!({ "properties": properties, "required": unless_shielded }));
}
