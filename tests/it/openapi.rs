//! The contracts: the committed ones are current, they are served and printed, and every answer follows them.

use std::path::Path;
use std::process::Command;

use crate::common::contracts::{Contract, contracts, editions, services};
use crate::common::{BASE, TODAY, get, parties, sandbox};
use serde_json::{Value, json};

fn committed(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("docs/openapi/{name}.json"));
    serde_json::from_str(&std::fs::read_to_string(path).expect("the document")).expect("JSON")
}

/// What to do about an answer that does not fit its contract.
const MISFIT: &str = "It does not fit its contract. Was a field added that a literal, published answer lacks? Then make it \
    optional in the contract, as `optional` does in src/services/kravogbetalinger/utgave_2023.rs.";

/// The party whose literal answer is an abridged print, and what that print leaves out. The contract demands both.
const ABRIDGED: (&str, [&str; 2]) = ("212201782", ["totalOversikt", "oversiktPerKravgruppe"]);

/// An answer as its contract has it: the abridged one with what its print leaves out.
fn unabridged(party: &str, path: &str, mut answer: Value) -> Value {
    if party == ABRIDGED.0 && path.ends_with("aapnekrav") && answer["skjermet"] == false {
        assert!(ABRIDGED.1.iter().all(|name| answer.get(name).is_none()), "it is printed whole now: {answer}");
        answer["totalOversikt"] = json!({
            "sumStipulerteRenter": 0, "sumForfalteKrav": 0, "sumIkkeForfalteKrav": 0, "sumUplasserteInnbetalinger": 0, "saldo": 0,
        });
        answer["oversiktPerKravgruppe"] = json!([]);
    }
    answer
}

#[test]
fn the_committed_documents_are_fresh_and_served() {
    let sandbox = sandbox();
    let contracts = contracts();
    for Contract { name, document } in &contracts {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("docs/openapi/{name}.json"));
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        let fresh = serde_json::from_str::<Value>(&committed).is_ok_and(|committed| committed == *document);
        assert!(fresh, "run: cargo run -q -- openapi {name} > docs/openapi/{name}.json");
        let mut served = get(&sandbox, &format!("/openapi/{name}.json"), &[]).json();
        let address = served["servers"][0]["url"].as_str().expect("a URL");
        let asked = if name.ends_with("-2023") { "/~edition=2023" } else { "" };
        assert_eq!(address, format!("{}{asked}", sandbox.base_url()), "it says where it was asked for");
        served["servers"].clone_from(&document["servers"]);
        assert_eq!(served, *document);
    }
    let committed = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/openapi")).expect("a folder");
    assert_eq!(committed.count(), contracts.len(), "a committed contract belongs to no service");
    assert_eq!(contracts.last().map(|last| last.name.as_str()), Some("sandbox"));
    for Contract { document, .. } in services() {
        let text = document.to_string();
        assert!(!text.contains("Sandbox-") && !text.contains("null"), "modifiers and nulls are no part of it: {text}");
    }
    assert_eq!(get(&sandbox, "/openapi/finnes-ikke.json", &[]).status, 404);
    let unknown =
        Command::new(env!("CARGO_BIN_EXE_innkreving-sandbox")).args(["openapi", "restanse"]).output().expect("it runs");
    assert_eq!(unknown.status.code(), Some(2));
}

#[test]
fn every_answer_and_every_error_of_every_service_fits_its_contract() {
    let sandbox = sandbox();
    let mut all = 0;
    for service in services() {
        for operation in service.operations() {
            let (path, method) = (operation.path, operation.method.as_str());
            let mut answered = 0;
            // The plain name of a service is the newest edition, which a scenario may have pinned to another.
            if method == "GET" {
                let fits = operation.validator(200);
                for party in parties() {
                    for call in operation.calls(&sandbox, &party) {
                        for now in ["-1y", "+0d", "+30d"] {
                            let answer =
                                call.send(&sandbox, method, &[("Sandbox-Edition", "2024"), ("Sandbox-Now", now)]);
                            if answer.status == 200 {
                                let value = unabridged(&party, path, answer.json());
                                assert!(fits.is_valid(&value), "{call:?} {now}: {value}\n{MISFIT}");
                                answered += 1;
                            }
                        }
                    }
                }
                assert!(answered > 2, "{path}: {answered}");
                all += answered;
            }
            let call = parties().iter().find_map(|party| operation.calls(&sandbox, party).pop()).expect("a call");
            let codes = operation.codes();
            assert!(codes.len() > 8, "{path}: its own codes and those of the platform: {codes:?}");
            for (status, code) in codes {
                let answer = call.send(&sandbox, method, &[("Sandbox-Error", code)]);
                assert_eq!((answer.status, answer.kode().as_str()), (status, code), "{path}");
                assert!(operation.validator(status).is_valid(&answer.json()), "{path} {code}");
            }
        }
    }
    assert!(all > 350, "{all}");
}

#[test]
fn the_answers_of_the_issuer_keep_its_document() {
    let sandbox = sandbox();
    let served = get(&sandbox, "/openapi/maskinporten.json", &[]).json();
    for (path, operation) in
        [("/maskinporten/jwk", "jwk"), ("/maskinporten/.well-known/oauth-authorization-server", "metadata")]
    {
        let described = &served["paths"][path]["get"];
        assert_eq!(described["operationId"], operation);
        let schema = &described["responses"]["200"]["content"]["application/json"]["schema"];
        let whole = json!({ "allOf": [schema], "components": served["components"] });
        let validator = jsonschema::validator_for(&whole).expect("a schema");
        assert!(validator.is_valid(&get(&sandbox, path, &[]).json()), "{path}");
    }
}

#[test]
fn every_answer_of_every_party_fits_the_contract_of_its_edition() {
    let sandbox = sandbox();
    let editions = editions();
    assert_eq!(
        editions.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(),
        ["kravogbetalinger-2024", "kravogbetalinger-2023"]
    );
    assert_eq!(committed("kravogbetalinger"), editions[0].document, "the plain name is the newest edition");
    let (mut answered, mut abridged) = (0, 0);
    for contract in &editions {
        let edition = contract.edition().expect("an edition");
        for operation in contract.operations() {
            let fits = operation.validator(200);
            for party in sandbox_parties(&sandbox) {
                for call in operation.calls(&sandbox, &party) {
                    for now in ["-1y", "+0d", "+30d"] {
                        let answer = call.send(&sandbox, "GET", &[("Sandbox-Edition", edition), ("Sandbox-Now", now)]);
                        if answer.status == 200 {
                            let value = unabridged(&party, operation.path, answer.json());
                            abridged += usize::from(value != answer.json());
                            assert!(fits.is_valid(&value), "{call:?} {edition} {now}: {}\n{MISFIT}", answer.text());
                            answered += 1;
                        }
                    }
                }
            }
        }
    }
    assert!(answered > 120, "{answered}");
    assert_eq!(abridged, 3, "one party, one endpoint, one edition, three days");
}

#[test]
fn the_overviews_are_demanded_unless_the_party_is_shielded() {
    let sandbox = sandbox();
    for contract in editions() {
        let operation = contract.operations().into_iter().find(|it| it.path.ends_with("aapnekrav")).expect("it");
        let (fits, edition) =
            (operation.validator(200), [("Sandbox-Edition", contract.edition().expect("an edition"))]);
        let call =
            |party| operation.calls(&sandbox, party).pop().expect("a call").send(&sandbox, "GET", &edition).json();
        let whole = call("311851381");
        assert!(fits.is_valid(&whole));
        for name in ABRIDGED.1 {
            let mut less = whole.clone();
            less.as_object_mut().expect("an object").remove(name);
            assert!(!fits.is_valid(&less), "{} without {name}", contract.name);
        }
        let shielded = call("02827720073");
        assert!(shielded["skjermet"] == true && fits.is_valid(&shielded), "{shielded}");
        // What strict decoders demand is only what every answer has.
        let schema = &contract.document["components"]["schemas"]["AapneKrav"];
        for name in schema["required"].as_array().expect("a list") {
            assert!(shielded.get(name.as_str().expect("a name")).is_some(), "{name}");
        }
    }
}

/// Every schema of a document with its place.
fn schemas<'d>(place: &str, part: &'d Value, found: &mut Vec<(String, &'d Value)>) {
    match part {
        Value::Object(fields) => {
            found.push((place.to_owned(), part));
            for (name, field) in fields.iter().filter(|(name, _)| !["example", "examples"].contains(&name.as_str())) {
                schemas(&format!("{place}/{name}"), field, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| schemas(place, item, found)),
        _ => {}
    }
}

#[test]
fn generators_of_clients_find_nothing_that_they_stumble_over() {
    let sandbox = sandbox();
    for Contract { name, .. } in contracts() {
        for version in ["3.1", "3.0"] {
            let document = get(&sandbox, &format!("/openapi/{name}.json?version={version}"), &[]).json();
            let openapi = document["openapi"].as_str().expect("a version");
            assert_eq!(openapi, if version == "3.0" { "3.0.3" } else { "3.1.0" });
            let mut all = Vec::new();
            schemas("", &document, &mut all);
            for (place, schema) in all {
                let at = format!("{name} {version} {place}: {schema}");
                let is_field = place.ends_with("/properties");
                if schema["$ref"].is_string() {
                    assert_eq!(schema.as_object().map(serde_json::Map::len), Some(1), "a reference stands alone: {at}");
                }
                if is_field || !place.contains("schema") {
                    continue;
                }
                assert!(schema.get("const").is_none() || schema["type"].is_string(), "{at}");
                assert!(!schema["const"].is_boolean(), "{at}");
                let format = schema["format"].as_str();
                match schema["type"].as_str() {
                    Some("integer") => assert!(matches!(format, Some("int32" | "int64")), "{at}"),
                    Some("number") => assert_eq!(format, Some("double"), "{at}"),
                    _ => {}
                }
                if version == "3.0" {
                    assert!(!schema["type"].is_array(), "{at}");
                    for unknown in ["const", "if", "else", "$defs", "prefixItems"] {
                        assert!(schema.get(unknown).is_none(), "{unknown} {at}");
                    }
                }
                for required in schema["required"].as_array().into_iter().flatten() {
                    assert!(schema["properties"].get(required.as_str().expect("a name")).is_some(), "{required} {at}");
                }
            }
        }
    }
    for contract in editions() {
        let all = contract.document.to_string();
        for word in ["\"oneOf\"", "\"anyOf\"", "\"allOf\"", "\"not\"", "null"] {
            assert!(!all.contains(word), "{}: {word}", contract.name);
        }
        let names = contract.document["components"]["schemas"].as_object().expect("schemas").keys();
        let year = |name: &&String| name.chars().any(|letter| letter.is_ascii_digit());
        assert_eq!(names.filter(year).count(), 0);
    }
}

#[test]
fn every_example_fits_and_every_operation_has_one() {
    for contract in contracts().iter().filter(|contract| contract.name != "sandbox") {
        let document = &contract.document;
        let mut components = document["components"].clone();
        // A misspelt field of an example would pass where a schema takes all fields.
        for schema in components["schemas"].as_object_mut().expect("schemas").values_mut() {
            if schema["properties"].is_object() {
                schema["additionalProperties"] = json!(false);
            }
        }
        let mut all = Vec::new();
        schemas("", &document["paths"], &mut all);
        let mut count = 0;
        for (place, content) in all.into_iter().filter(|(place, _)| place.ends_with("/application/json")) {
            let named = content["examples"].as_object().into_iter().flat_map(serde_json::Map::values);
            let examples: Vec<&Value> = named.chain(content.get("example")).collect();
            let is_finding = content["schema"]["$ref"].as_str().is_some_and(|name| name.ends_with("FunnRespons"));
            assert!(!examples.is_empty() || is_finding, "{} {place}: no example", contract.name);
            let whole = json!({ "allOf": [content["schema"]], "components": components });
            let fits = jsonschema::options().should_validate_formats(true).build(&whole).expect("a schema");
            for example in examples {
                let example = match example["$ref"].as_str() {
                    Some(reference) => document.pointer(reference.trim_start_matches('#')).expect("an example"),
                    None => example,
                };
                let value = example.get("value").unwrap_or(example);
                let errors: Vec<String> = fits.iter_errors(value).map(|error| error.to_string()).collect();
                assert!(errors.is_empty(), "{} {place}: {errors:?}", contract.name);
                count += 1;
            }
        }
        assert!(count >= 3, "{}: {count}", contract.name);
        let parameters = document["components"]["parameters"].as_object().into_iter().flat_map(serde_json::Map::values);
        for parameter in parameters {
            assert!(parameter.get("example").is_some(), "{parameter}");
            assert!(parameter["in"] != "query" || parameter["name"] != "Korrelasjonsid", "the header is enough");
        }
    }
}

#[test]
fn an_unknown_version_of_openapi_is_refused_by_name() {
    let sandbox = sandbox();
    let refused = get(&sandbox, "/openapi/kravogbetalinger.json?version=2.0", &[]);
    assert_eq!(refused.status, 400);
    assert!(refused.text().contains("3.1, 3.0"), "{}", refused.text());
    let run = |arguments: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_innkreving-sandbox")).arg("openapi").args(arguments).output().expect("it runs")
    };
    let refused = run(&["kravogbetalinger", "--format", "2.0"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("3.0"));
    let printed = run(&["kravogbetalinger-2023", "--format", "3.0"]);
    let printed: Value = serde_json::from_slice(&printed.stdout).expect("JSON");
    assert_eq!(printed["openapi"], "3.0.3");
    assert!(printed["servers"][0]["url"].as_str().expect("a URL").starts_with("http://"));
}

#[test]
fn a_served_document_has_the_address_that_the_caller_used() {
    let sandbox = sandbox();
    let at = |headers: &[(&str, &str)]| {
        get(&sandbox, "/openapi/sandbox.json", headers).json()["servers"][0]["url"].as_str().expect("a URL").to_owned()
    };
    assert_eq!(at(&[("Host", "sandkasse.localhost:81")]), "http://sandkasse.localhost:81");
    let proxied = [("Host", "localhost:8080"), ("X-Forwarded-Host", "ute.test"), ("X-Forwarded-Proto", "https")];
    assert_eq!(at(&proxied), "https://ute.test");
}

fn sandbox_parties(sandbox: &innkreving_sandbox::Sandbox) -> Vec<String> {
    let page = get(sandbox, "/", &[]).text();
    let numbers = page.lines().filter_map(|line| line.trim().split(' ').next());
    numbers.filter(|word| word.len() >= 9 && word.bytes().all(|b| b.is_ascii_digit())).map(str::to_owned).collect()
}

#[test]
fn the_root_of_xml_is_the_one_it_tells() {
    let sandbox = sandbox();
    let document = committed("kravogbetalinger");
    for (endpoint, status) in [("aapnekrav", "200"), ("krav", "200"), ("innbetalinger", "200"), ("utbetalinger", "404")]
    {
        let path = format!("{BASE}/{{rettighetspakke}}/{{identifikator}}/{endpoint}");
        let schema = &document["paths"][path]["get"]["responses"][status]["content"]["application/xml"]["schema"];
        let schema = schema["$ref"].as_str().and_then(|name| document.pointer(name.trim_start_matches('#')));
        let told = &schema.expect("a reference")["xml"];
        let root = format!(
            "<{} xmlns=\"{}\">",
            told["name"].as_str().expect("a name"),
            told["namespace"].as_str().expect("a URN")
        );
        let url = format!("{BASE}/finans/311851381/{endpoint}?fraOgMed=2026-01-01");
        let answer = get(&sandbox, &url, &[("Accept", "application/xml")]);
        assert_eq!(answer.status.to_string(), status);
        assert!(answer.text().contains(&root), "{root}: {}", answer.text());
    }
}

#[test]
fn an_error_is_the_same_schema_everywhere_and_a_status_names_its_codes() {
    let document = committed("kravogbetalinger");
    let mut all = Vec::new();
    schemas("", &document["paths"], &mut all);
    let mut count = 0;
    for (place, response) in all.into_iter().filter(|(_, part)| part["x-kode"].is_array()) {
        for content in ["application/json", "application/xml"] {
            let schema = &response["content"][content]["schema"];
            assert_eq!(*schema, json!({ "$ref": "#/components/schemas/Feil" }), "{place}");
        }
        for code in response["x-kode"].as_array().expect("a list") {
            let code = code.as_str().expect("a code");
            assert!(response["description"].as_str().expect("a text").contains(code), "{place} {code}");
            assert!(response["content"]["application/json"]["examples"].get(code).is_some(), "{place} {code}");
            count += 1;
        }
    }
    assert!(count > 64, "{count}");
}

/// A tester imports the document and sends what it shows.
#[test]
fn the_examples_of_the_parameters_are_answered_at_the_address_of_the_document() {
    let sandbox = sandbox();
    for Contract { name, .. } in services() {
        let document = get(&sandbox, &format!("/openapi/{name}.json"), &[]).json();
        let address = document["servers"][0]["url"].as_str().expect("a URL").replace(&sandbox.base_url(), "");
        let parameters = document["components"]["parameters"].as_object().cloned().unwrap_or_default();
        for (path, item) in document["paths"].as_object().expect("paths") {
            let Some(operation) = item.get("get") else { continue };
            let (mut path, mut query) = (path.clone(), Vec::new());
            for reference in operation["parameters"].as_array().into_iter().flatten() {
                let key = reference["$ref"].as_str().and_then(|text| text.rsplit('/').next()).expect("a reference");
                let parameter = &parameters[key];
                let example = match &parameter["example"] {
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
                match parameter["in"].as_str() {
                    Some("path") => path = path.replace(&format!("{{{key}}}"), &example),
                    Some("query") => query.push(format!("{key}={example}")),
                    _ => {}
                }
            }
            let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
            let answer = get(&sandbox, &format!("{address}{path}{query}"), &[]);
            if !name.starts_with("altinn") {
                assert_eq!(answer.status, 200, "{name} {address}{path}{query}: {}", answer.text());
            }
            if name.starts_with("kravogbetalinger") {
                let is_new = answer.json().get("skjermet").is_some();
                assert_eq!(is_new, !name.ends_with("-2023"), "{name} {path}");
            }
        }
    }
    let old = innkreving_sandbox::Sandbox::builder().now(TODAY).edition("2023").start().expect("started");
    let address = |name: &str| get(&old, &format!("/openapi/{name}.json"), &[]).json()["servers"][0]["url"].clone();
    assert!(address("kravogbetalinger-2024").as_str().expect("a URL").ends_with("/~edition=2024"));
    assert_eq!(address("kravogbetalinger-2023"), old.base_url());
}
