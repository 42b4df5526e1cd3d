//! The contract of Krav og betalinger: both editions as alternatives.

use schemars::JsonSchema;
use serde_json::{Map, Value, json};

use super::Skjermet;
use crate::interface::contract::Schemas;

pub(super) const ABOUT: &str = "Claims, payments in and payments out of a party, as innkreving-sandbox serves them. \
    The service answers in one of two editions, and of a shielded person with the parameters and the mark; \
    new fields, another order of fields and absent optional fields come without notice, so read tolerantly.";

/// Adds to the schemas what Rust types cannot express.
pub(super) fn finish(definitions: &mut Map<String, Value>) {
    tell_editions_apart(definitions);
    allow_what_published_examples_leave_out(definitions);
}

/// The schema of an endpoint's answer: one of the two editions, or the answer about a shielded party.
pub(super) fn answers<New: JsonSchema, Old: JsonSchema>(schemas: &mut Schemas) -> Value {
    json!({ "oneOf": [schemas.of::<New>(), schemas.of::<Old>(), schemas.of::<Skjermet>()] })
}

/// Answers of 2024 state that the party is not shielded. Answers of 2023 have no such field.
fn tell_editions_apart(definitions: &mut Map<String, Value>) {
    for name in ["AapneKrav", "KravIPeriode", "InnbetalingerIPeriode", "UtbetalingerIPeriode"] {
        definitions[&format!("{name}2024")]["properties"]["skjermet"] = json!({ "type": "boolean", "const": false });
        definitions[&format!("{name}2023")]["not"] = json!({ "required": ["skjermet"] });
    }
    definitions["Skjermet"]["properties"]["skjermet"] = json!({ "type": "boolean", "const": true });
}

/// Makes fields optional that the ledger always gives, but that a published example leaves out.
fn allow_what_published_examples_leave_out(definitions: &mut Map<String, Value>) {
    let left_out: [(&str, &[&str]); 3] = [
        ("AapneKrav2024", &["totalOversikt", "oversiktPerKravgruppe"]),
        ("PlassertInnbetaling2023", &["innbetalingsdato", "innbetaltBeloep"]),
        ("Innbetaling2023", &["uplassertBeloep"]),
    ];
    for (name, fields) in left_out {
        if let Some(Value::Array(required)) = definitions[name].get_mut("required") {
            required.retain(|field| !fields.iter().any(|left_out| field == left_out));
        }
    }
}
