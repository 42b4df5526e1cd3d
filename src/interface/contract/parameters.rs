//! The parameters of an operation: the places of its path, its period, its own, and the caller's id.

use serde_json::{Value, json};

use super::responses::EXAMPLE_ID;
use crate::catalogue::{Endpoint, Parameter, ParameterKind, Service};

/// The names of an endpoint's parameters. The id in the query, which the sandbox takes too, is no part of a contract:
/// a client that can be generated can set a header.
pub(super) fn parameter_names(endpoint: &Endpoint) -> Vec<String> {
    let places: Vec<&str> =
        endpoint.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
    places.into_iter().chain(endpoint.query_names()).chain(["Korrelasjonsid"]).map(str::to_owned).collect()
}

/// What is known of a parameter by its name.
pub(crate) fn parameter(name: &str, service: &Service, endpoint: &Endpoint) -> Value {
    let of = |place: &str, required: bool, description: &str, schema: Value, example: Value| {
        json!({
            "name": name, "in": place, "required": required, "description": description, "schema": schema,
            "example": example,
        })
    };
    if let Some(own) = endpoint.parameters.iter().find(|own| own.name == name) {
        let in_path = endpoint.path.contains(&format!("{{{name}}}"));
        let place = if in_path { "path" } else { "query" };
        return of(place, in_path, own.description, schema_of(own), example_of(own));
    }
    let digits = |pattern: &str| json!({ "type": "string", "pattern": pattern });
    let day = || json!({ "type": "string", "format": "date" });
    match name {
        "rettighetspakke" => {
            let names: Vec<_> = service.packages.iter().map(|package| package.name).collect();
            let example = json!(names.first());
            let description = "The access package: for whom the call asks, and what it needs.";
            of("path", true, description, json!({ "type": "string", "enum": names }), example)
        }
        "identifikator" => of(
            "path",
            true,
            "Whom the call is about: an organisation number (9 digits) or a personal number (11 digits).",
            digits("^([0-9]{9}|[0-9]{11})$"),
            json!("314961900"),
        ),
        "organisasjonsnummer" => of(
            "path",
            true,
            "Whom the call is about: an organisation number (9 digits).",
            digits("^[0-9]{9}$"),
            json!("311851381"),
        ),
        "fraOgMed" => of("query", true, "First day of the period.", day(), json!("2026-01-01")),
        "tilOgMed" => of(
            "query",
            false,
            "Last day of the period, at most a year after the first; today where left out.",
            day(),
            json!("2026-11-21"),
        ),
        _ => of(
            "header",
            false,
            "Sent back in the answer, and in the body of an error, where it is 1 to 128 visible ASCII characters.",
            json!({ "type": "string" }),
            json!(EXAMPLE_ID),
        ),
    }
}

fn schema_of(parameter: &Parameter) -> Value {
    match parameter.kind {
        ParameterKind::Text => json!({ "type": "string", "minLength": 1 }),
        ParameterKind::Integer(range) => {
            let mut schema = json!({ "type": "integer", "format": "int64", "minimum": range.minimum });
            if let Some(maximum) = range.maximum {
                schema["maximum"] = json!(maximum);
            }
            schema
        }
    }
}

fn example_of(parameter: &Parameter) -> Value {
    match parameter.kind {
        ParameterKind::Text => json!(parameter.example),
        ParameterKind::Integer(range) => json!(parameter.example.parse::<i64>().unwrap_or(range.minimum)),
    }
}
