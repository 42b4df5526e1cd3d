//! The contracts: the committed ones are current, they are served and printed, and every answer follows them.

use std::path::Path;
use std::process::Command;

use crate::common::contracts::{Contract, contracts, services};
use crate::common::{BASE, get, parties, sandbox};
use serde_json::{Value, json};

fn committed() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/openapi/kravogbetalinger.json");
    serde_json::from_str(&std::fs::read_to_string(path).expect("the document")).expect("JSON")
}

/// What to do about an answer that does not fit its contract.
const MISFIT: &str = "It does not fit its contract. Was a field added that a literal, published answer lacks? Then name it in \
    allow_what_published_examples_leave_out (src/services/kravogbetalinger/contract.rs), or in `finish_schemas` of its service.";

#[test]
fn the_committed_documents_are_fresh_and_served() {
    let sandbox = sandbox();
    let contracts = contracts();
    for Contract { name, document } in &contracts {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("docs/openapi/{name}.json"));
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        let fresh = serde_json::from_str::<Value>(&committed).is_ok_and(|committed| committed == *document);
        assert!(fresh, "run: cargo run -q -- openapi {name} > docs/openapi/{name}.json");
        assert_eq!(get(&sandbox, &format!("/openapi/{name}.json"), &[]).json(), *document);
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
            if method == "GET" {
                let fits = operation.validator(200);
                for party in parties() {
                    for call in operation.calls(&sandbox, &party) {
                        for now in ["-1y", "+0d", "+30d"] {
                            let answer = call.send(&sandbox, method, &[("Sandbox-Now", now)]);
                            if answer.status == 200 {
                                let value = answer.json();
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
        let validator = jsonschema::validator_for(schema).expect("a schema");
        assert!(validator.is_valid(&get(&sandbox, path, &[]).json()), "{path}");
    }
}

/// A validator for the answers of an operation with a status.
fn validator(endpoint: &str, status: &str) -> jsonschema::Validator {
    let document = committed();
    let path = format!("{BASE}/{{rettighetspakke}}/{{identifikator}}/{endpoint}");
    let schema = &document["paths"][path]["get"]["responses"][status]["content"]["application/json"]["schema"];
    assert!(schema.is_object(), "{endpoint} {status}");
    let whole = json!({ "allOf": [schema], "components": document["components"] });
    jsonschema::options().should_validate_formats(true).build(&whole).expect("a schema")
}

#[test]
fn every_answer_of_every_party_fits_exactly_one_alternative() {
    let sandbox = sandbox();
    let mut answered = 0;
    for endpoint in ["aapnekrav", "krav", "innbetalinger", "utbetalinger"] {
        let fits = validator(endpoint, "200");
        for party in sandbox_parties(&sandbox) {
            for edition in ["2023", "2024"] {
                for now in ["-1y", "+0d", "+30d"] {
                    let path = format!("{BASE}/finans/{party}/{endpoint}?fraOgMed=2026-01-01&tilOgMed=2027-01-01");
                    let answer = get(&sandbox, &path, &[("Sandbox-Edition", edition), ("Sandbox-Now", now)]);
                    if answer.status == 200 {
                        let value = answer.json();
                        assert!(
                            fits.is_valid(&value),
                            "{party} {endpoint} {edition} {now}: {}\n{MISFIT}",
                            answer.text()
                        );
                        answered += 1;
                    }
                }
            }
        }
    }
    assert!(answered > 120, "{answered}");
}

fn sandbox_parties(sandbox: &innkreving_sandbox::Sandbox) -> Vec<String> {
    let page = get(sandbox, "/", &[]).text();
    let numbers = page.lines().filter_map(|line| line.trim().split(' ').next());
    numbers.filter(|word| word.len() >= 9 && word.bytes().all(|b| b.is_ascii_digit())).map(str::to_owned).collect()
}

#[test]
fn the_root_of_xml_is_the_one_it_tells() {
    let sandbox = sandbox();
    let document = committed();
    for (endpoint, status) in [("aapnekrav", "200"), ("krav", "200"), ("innbetalinger", "200"), ("utbetalinger", "404")]
    {
        let path = format!("{BASE}/{{rettighetspakke}}/{{identifikator}}/{endpoint}");
        let told = &document["paths"][path]["get"]["responses"][status]["content"]["application/xml"]["schema"]["xml"];
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
fn every_error_fits_the_response_of_its_status() {
    let sandbox = sandbox();
    let document = committed();
    let services = services();
    let told = services.iter().find(|service| document["info"]["title"] == service.title()).expect("the service");
    let codes: Vec<String> =
        told.operations().iter().flat_map(|it| it.codes()).map(|(_, code)| code.to_owned()).collect();
    assert!(codes.len() > 16, "{codes:?}");
    for code in &codes {
        let answer = get(&sandbox, &format!("{BASE}/finans/311851381/krav"), &[("Sandbox-Error", code)]);
        let fits = validator("krav", &answer.status.to_string());
        assert!(fits.is_valid(&answer.json()), "{code}");
        let mut other = answer.json();
        other["kode"] = "KB-999".into();
        assert!(!fits.is_valid(&other), "the codes of a status are told");
    }
}
