//! The contract of Krav og betalinger: the four endpoints, both editions as alternatives.

use schemars::JsonSchema;
use serde_json::{Map, Value, json};

use super::{SERVICE, Skjermet, utgave_2023 as old, utgave_2024 as new};
use crate::services::openapi::{self, Operation, Schemas};

/// The OpenAPI 3.1 document.
pub(super) fn document() -> Value {
    let mut schemas = Schemas::new();
    let operations = vec![
        Operation {
            endpoint: "aapnekrav",
            id: "hentAapneKrav",
            summary: "Open claims and unallocated payments, with sums",
            answer: answers::<new::AapneKrav<'static>, old::AapneKrav<'static>>(&mut schemas),
        },
        Operation {
            endpoint: "krav",
            id: "hentKrav",
            summary: "Claims due in a period of at most a year",
            answer: answers::<new::KravIPeriode<'static>, old::KravIPeriode<'static>>(&mut schemas),
        },
        Operation {
            endpoint: "innbetalinger",
            id: "hentInnbetalinger",
            summary: "Payments in, of a period of at most a year",
            answer: answers::<new::InnbetalingerIPeriode<'static>, old::InnbetalingerIPeriode<'static>>(&mut schemas),
        },
        Operation {
            endpoint: "utbetalinger",
            id: "hentUtbetalinger",
            summary: "Payments out, of a period of at most a year",
            answer: answers::<new::UtbetalingerIPeriode<'static>, old::UtbetalingerIPeriode<'static>>(&mut schemas),
        },
    ];
    let about = "Claims, payments in and payments out of a party, as innkreving-sandbox serves them. \
        The service answers in one of two editions, and of a shielded person with the parameters and the mark; \
        new fields, another order of fields and absent optional fields come without notice, so read tolerantly.";
    openapi::document(&SERVICE, about, operations, schemas, |definitions| {
        tell_editions_apart(definitions);
        allow_what_published_examples_leave_out(definitions);
    })
}

fn answers<New: JsonSchema, Old: JsonSchema>(schemas: &mut Schemas) -> Value {
    json!({ "oneOf": [schemas.of::<New>(), schemas.of::<Old>(), schemas.of::<Skjermet>()] })
}

/// Answers of 2024 say that the party is not shielded, those of 2023 do not speak of it.
fn tell_editions_apart(definitions: &mut Map<String, Value>) {
    for name in ["AapneKrav", "KravIPeriode", "InnbetalingerIPeriode", "UtbetalingerIPeriode"] {
        definitions[&format!("{name}2024")]["properties"]["skjermet"] = json!({ "type": "boolean", "const": false });
        definitions[&format!("{name}2023")]["not"] = json!({ "required": ["skjermet"] });
    }
    definitions["Skjermet"]["properties"]["skjermet"] = json!({ "type": "boolean", "const": true });
}

/// What the ledger always tells, but a published example does not.
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
