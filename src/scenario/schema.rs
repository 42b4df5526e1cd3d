//! The JSON Schema of the scenario format, for editors; committed as docs/scenario.schema.json.

use std::collections::BTreeSet;

use serde_json::Value;

use super::format::PartDocument;

/// The schema of one scenario file.
pub fn schema() -> Value {
    schemars::schema_for!(PartDocument).to_value()
}

/// Every key that the format has anywhere, for "did you mean".
pub(super) fn keys() -> BTreeSet<String> {
    fn collect(schema: &Value, keys: &mut BTreeSet<String>) {
        if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
            keys.extend(properties.keys().cloned());
        }
        if let Some(definitions) = schema.get("$defs").and_then(Value::as_object) {
            definitions.values().for_each(|definition| collect(definition, keys));
        }
    }
    let mut keys = BTreeSet::new();
    collect(&schema(), &mut keys);
    keys
}
