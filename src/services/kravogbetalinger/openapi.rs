//! The contract of Krav og betalinger: the four endpoints, both editions as alternatives.

use schemars::JsonSchema;
use serde_json::{Map, Value, json};

use super::{SERVICE, Skjermet, utgave_2023, utgave_2024};
use crate::services::openapi::{Schemas, content, error_responses, headers};

/// The OpenAPI 3.1 document.
pub(super) fn document() -> Value {
    let mut schemas = Schemas::new();
    let errors = error_responses(&SERVICE, &mut schemas);
    let aapnekrav = answers::<utgave_2024::AapneKrav<'static>, utgave_2023::AapneKrav<'static>>(&mut schemas);
    let krav = answers::<utgave_2024::KravIPeriode<'static>, utgave_2023::KravIPeriode<'static>>(&mut schemas);
    let innbetalinger = answers::<
        utgave_2024::InnbetalingerIPeriode<'static>,
        utgave_2023::InnbetalingerIPeriode<'static>,
    >(&mut schemas);
    let utbetalinger =
        answers::<utgave_2024::UtbetalingerIPeriode<'static>, utgave_2023::UtbetalingerIPeriode<'static>>(&mut schemas);
    let mut definitions = schemas.finish();
    tell_editions_apart(&mut definitions);
    allow_what_published_examples_leave_out(&mut definitions);
    let operations = [
        ("aapnekrav", "hentAapneKrav", "Open claims and unallocated payments, with sums", aapnekrav),
        ("krav", "hentKrav", "Claims due in a period of at most a year", krav),
        ("innbetalinger", "hentInnbetalinger", "Payments in, of a period of at most a year", innbetalinger),
        ("utbetalinger", "hentUtbetalinger", "Payments out, of a period of at most a year", utbetalinger),
    ];
    let path = |(name, id, summary, answer): (&str, &str, &str, Value)| {
        let path = format!("{}/{}/{{rettighetspakke}}/{{identifikator}}/{name}", SERVICE.base, SERVICE.version);
        (path, json!({ "get": operation(name, id, summary, &answer, &errors) }))
    };
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": SERVICE.title,
            "version": SERVICE.version,
            "description": "Claims, payments in and payments out of a party, as innkreving-sandbox serves them. \
                The service answers in one of two editions; new fields, another order of fields and absent optional \
                fields come without notice, so read tolerantly.",
            "license": { "name": "MIT", "identifier": "MIT" },
        },
        "servers": [{ "url": "/" }],
        "security": [
            {}, { "maskinporten": [] }, { "maskinporten": [], "altinnSamtykke": [] },
        ],
        "paths": operations.map(path).into_iter().collect::<Map<_, _>>(),
        "components": {
            "schemas": definitions,
            "headers": headers(),
            "parameters": parameters(),
            "securitySchemes": {
                "maskinporten": {
                    "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
                    "description": "Maskinporten token with the scope skatteetaten:kravogbetalinger.",
                },
                "altinnSamtykke": {
                    "type": "apiKey", "in": "header", "name": "AltinnSamtykke",
                    "description": "Consent token of the old Altinn; not needed where the bearer token carries consent or rights.",
                },
            },
        },
    })
}

fn answers<New: JsonSchema, Old: JsonSchema>(schemas: &mut Schemas) -> Value {
    json!({ "oneOf": [schemas.of::<New>(), schemas.of::<Old>(), schemas.of::<Skjermet>()] })
}

fn operation(name: &str, id: &str, summary: &str, answer: &Value, errors: &Map<String, Value>) -> Value {
    let reference = |name: &str| json!({ "$ref": format!("#/components/parameters/{name}") });
    let mut names = vec!["rettighetspakke", "identifikator"];
    let endpoint = SERVICE.endpoint(name);
    if endpoint.is_some_and(|endpoint| endpoint.periode) {
        names.extend(["fraOgMed", "tilOgMed"]);
    }
    names.extend(["Korrelasjonsid", "KorrelasjonsidIUrl"]);
    let mut responses = Map::new();
    responses.insert(
        "200".to_owned(),
        json!({
            "description": "The answer, in the edition of 2024 or 2023; of a shielded person the parameters and the mark.",
            "headers": { "Korrelasjonsid": { "$ref": "#/components/headers/Korrelasjonsid" } },
            "content": content(answer, endpoint.map_or("", |endpoint| endpoint.xml_root), SERVICE.xml_namespace),
        }),
    );
    responses.extend(errors.clone());
    let parameters: Vec<Value> = names.into_iter().map(reference).collect();
    json!({ "operationId": id, "summary": summary, "tags": [SERVICE.title], "parameters": parameters, "responses": responses })
}

fn parameters() -> Value {
    let period = |name: &str, required: bool, description: &str| {
        let schema = json!({ "type": "string", "format": "date" });
        json!({ "name": name, "in": "query", "required": required, "description": description, "schema": schema })
    };
    json!({
        "rettighetspakke": {
            "name": "rettighetspakke", "in": "path", "required": true, "description": "Access package.",
            "schema": { "type": "string", "enum": SERVICE.packages },
        },
        "identifikator": {
            "name": "identifikator", "in": "path", "required": true,
            "description": "Organisation number (9 digits) or personal number (11 digits).",
            "schema": { "type": "string", "pattern": "^([0-9]{9}|[0-9]{11})$" },
            "example": "311851381",
        },
        "fraOgMed": period("fraOgMed", true, "First day of the period."),
        "tilOgMed": period("tilOgMed", false, "Last day of the period, at most a year after the first; today where left out."),
        "Korrelasjonsid": {
            "name": "Korrelasjonsid", "in": "header", "required": false,
            "description": "Sent back in the answer, and in the body of an error, where it is 1 to 128 visible ASCII characters.",
            "schema": { "type": "string" },
        },
        "KorrelasjonsidIUrl": {
            "name": "Korrelasjonsid", "in": "query", "required": false,
            "description": "The same, for clients that cannot set a header, which wins.",
            "schema": { "type": "string" },
        },
    })
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
