//! The contract of the draft.

use schemars::JsonSchema;
use serde_json::{Value, json};

use super::SERVICE;
use super::draft::{InnbetalingerIPeriode, KravIPeriode, Oversikt, Skjermet, UtbetalingerIPeriode};
use crate::services::openapi::{self, Operation, Schemas};

/// The OpenAPI 3.1 document.
pub(super) fn document() -> Value {
    let mut schemas = Schemas::new();
    let operations = vec![
        Operation {
            endpoint: "oversikt",
            id: "hentOversikt",
            summary: "Open claims and unallocated payments, with sums",
            answer: answer::<Oversikt<'static>>(&mut schemas),
        },
        Operation {
            endpoint: "krav",
            id: "hentKrav",
            summary: "Claims due in a period of at most a year",
            answer: answer::<KravIPeriode<'static>>(&mut schemas),
        },
        Operation {
            endpoint: "innbetalinger",
            id: "hentInnbetalinger",
            summary: "Payments in, of a period of at most a year",
            answer: answer::<InnbetalingerIPeriode<'static>>(&mut schemas),
        },
        Operation {
            endpoint: "utbetalinger",
            id: "hentUtbetalinger",
            summary: "Payments out, of a period of at most a year",
            answer: answer::<UtbetalingerIPeriode<'static>>(&mut schemas),
        },
    ];
    let about = "The draft of October 2022 that became Krav og betalinger, as innkreving-sandbox serves it: its names, \
        date-times for dates. Whoever builds today wants Krav og betalinger.";
    openapi::document(&SERVICE, about, operations, schemas, |definitions| {
        // Only the answer about a shielded party speaks of it.
        definitions["Skjermet"]["properties"]["skjermet"] = json!({ "type": "boolean", "const": true });
        for name in ["Oversikt", "KravIPeriode", "InnbetalingerIPeriode", "UtbetalingerIPeriode"] {
            definitions[name]["not"] = json!({ "required": ["skjermet"] });
        }
    })
}

fn answer<T: JsonSchema>(schemas: &mut Schemas) -> Value {
    json!({ "oneOf": [schemas.of::<T>(), schemas.of::<Skjermet>()] })
}
