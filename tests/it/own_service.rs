//! A service from outside the repository's list (examples/own_service.rs) gets everything that built-in services get.

#[path = "../../examples/own_service.rs"]
mod own;

use innkreving_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::common::{self, Answer, get, post, raw, request, rule, send};

const BASE: &str = "/api/notater/v1";
const PARTY: &str = "311851381";

fn sandbox() -> Sandbox {
    Sandbox::builder().now(common::TODAY).seed(1).service(&own::MODULE).start().expect("it starts")
}

fn add(sandbox: &Sandbox, headers: &[(&str, &str)], party: &str, tekst: &str) -> Answer {
    post(sandbox, BASE, headers, &json!({ "gjelder": party, "tekst": tekst }))
}

/// The newest entry of the journal.
fn newest(sandbox: &Sandbox) -> Value {
    get(sandbox, "/sandbox/requests?service=notater", &[]).json()["requests"][0].clone()
}

fn upload(sandbox: &Sandbox, boundary: &str, body: &str) -> Answer {
    let content_type = format!("multipart/form-data; boundary={boundary}");
    send(sandbox, "POST", &format!("{BASE}/vedlegg"), &[("Content-Type", &content_type)], body)
}

fn part(name: &str, holds: &str) -> String {
    format!("--X\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a.pdf\"\r\n\r\n{holds}\r\n--X--\r\n")
}

#[test]
fn it_is_read_and_written() {
    let sandbox = sandbox();
    let read = get(&sandbox, &format!("{BASE}/{PARTY}"), &[]);
    assert_eq!((read.status, read.json()["dato"].as_str()), (200, Some(common::TODAY)));
    let by_host = get(&sandbox, &format!("/v1/{PARTY}"), &[("Host", "notater.localhost")]);
    assert_eq!(by_host.json(), read.json());
    let made = add(&sandbox, &[], PARTY, "ring");
    assert_eq!((made.status, made.header("location")), (201, &*format!("{BASE}/{PARTY}")));
    assert_eq!(made.header("sandbox-scenario"), read.header("sandbox-scenario"), "the party of the body");
    assert_eq!(newest(&sandbox)["party"], PARTY);
    assert_eq!(newest(&sandbox)["passed"], json!(["url", "format", "body", "input", "party", "period"]));
    let file = upload(&sandbox, "X", &part("fil", "%PDF-1.7"));
    assert_eq!((file.status, file.json()), (201, json!({ "navn": "a.pdf", "bytes": 8 })));
}

#[test]
fn a_list_of_findings_is_a_refusal() {
    let sandbox = sandbox();
    let refused = add(&sandbox, &[], "310478717", " ");
    assert_eq!((refused.status, refused.json()["funn"][0]["peker"].as_str()), (422, Some("/tekst")));
    let refused = add(&sandbox, &[], "999999999", " ");
    let codes: Vec<Value> =
        refused.json()["funn"].as_array().expect("a list").iter().map(|it| it["kode"].clone()).collect();
    assert_eq!(codes, ["UKJENT_PART", "TOM_TEKST"]);
    assert!(!refused.header("korrelasjonsid").is_empty());
    let entry = newest(&sandbox);
    assert_eq!((entry["status"].as_u64(), entry["failed"].as_str()), (Some(422), Some("input")));
    assert!(entry["message"].as_str().expect("a message").contains("TOM_TEKST"), "{entry}");
}

#[test]
fn bodies_keep_their_limits_and_types() {
    let sandbox = sandbox();
    let refused = |answer: Answer, status: u16, says: &str| {
        assert_eq!((answer.status, answer.kode().as_str()), (status, "NOTAT-003"), "{}", answer.text());
        assert!(answer.json()["melding"].as_str().expect("a message").contains(says), "{}", answer.text());
    };
    refused(add(&sandbox, &[], PARTY, &"x".repeat(5_000)), 413, "4096 byte");
    assert_eq!(newest(&sandbox)["failed"], "body");
    refused(send(&sandbox, "POST", BASE, &[("Content-Type", "text/plain")], "{}"), 400, "application/json");
    refused(send(&sandbox, "POST", BASE, &[("Content-Type", "application/json")], "{"), 400, "JSON");
    refused(upload(&sandbox, "X", &part("fil", &"x".repeat(70_000))), 413, "65536 byte");
    refused(upload(&sandbox, "Y", &part("fil", "x")), 400, "multipart");
    refused(upload(&sandbox, "X", &part("annet", "x")), 400, "'annet' er ukjent");
    refused(upload(&sandbox, "X", "--X--\r\n"), 400, "'fil' mangler");
    let endless = format!(
        "POST {BASE}/vedlegg HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: multipart/form-data\r\nContent-Length: 3\r\n\r\nabc"
    );
    assert!(raw(&sandbox, endless.as_bytes()).contains("boundary"));
}

#[test]
fn wrong_urls_and_methods_are_told() {
    let sandbox = sandbox();
    let wrong = request(&sandbox, "DELETE", BASE, &[]);
    assert_eq!((wrong.status, wrong.kode().as_str(), wrong.header("allow")), (404, "NOTAT-002", "POST"));
    let wrong = request(&sandbox, "POST", &format!("{BASE}/{PARTY}"), &[]);
    assert_eq!((wrong.status, wrong.header("allow")), (404, "GET, HEAD"));
    let wrong = get(&sandbox, "/api/notater/v2/1/2/3", &[]);
    assert!(wrong.header("sandbox-hint").contains("/api/notater/v1"), "{}", wrong.header("sandbox-hint"));
    let refused = get(&sandbox, &format!("{BASE}/{PARTY}"), &[("Accept", "application/xml")]);
    assert_eq!((refused.status, refused.kode().as_str()), (406, "NOTAT-005"), "it has JSON only, errors included");
    let unknown = get(&sandbox, &format!("{BASE}/311851382"), &[]);
    assert_eq!(unknown.kode(), "NOTAT-004");
    assert!(unknown.header("sandbox-hint").contains("311851381"));
}

#[test]
fn it_meets_modifiers_rules_flags_numbers_sessions_and_drift() {
    let sandbox = sandbox();
    for (way, answer) in [
        ("header", add(&sandbox, &[("Sandbox-Error", "NOTAT-001")], PARTY, "x")),
        ("base-url", post(&sandbox, &format!("/~error=NOTAT-001{BASE}"), &[], &json!({}))),
        ("reserved-number", add(&sandbox, &[], common::RESERVED[0], "x")),
    ] {
        assert_eq!((answer.status, answer.kode().as_str(), answer.header("sandbox-cause")), (500, "NOTAT-001", way));
    }
    let other = add(&sandbox, &[("Sandbox-Error", "KB-001")], PARTY, "x");
    assert_eq!((other.status, other.header("sandbox-cause")), (400, "refused-modifier"));
    rule(
        &sandbox,
        &json!({ "when": { "service": "notater", "party": PARTY }, "then": { "error": "NOTAT-004" }, "times": 1 }),
    );
    assert_eq!(add(&sandbox, &[], "310478717", "x").status, 201);
    assert_eq!(add(&sandbox, &[], PARTY, "x").header("sandbox-cause"), "rule");
    assert_eq!(add(&sandbox, &[], PARTY, "x").status, 201, "used up");
    let later = get(&sandbox, &format!("{BASE}/{PARTY}"), &[("Sandbox-Now", "+1d"), ("Sandbox-Session", "a")]);
    assert_eq!(later.json()["dato"], "2026-11-22");
    assert_eq!(get(&sandbox, "/sandbox/requests", &[("Sandbox-Session", "a")]).json()["count"], 1);
    let drifted = get(&sandbox, &format!("{BASE}/{PARTY}"), &[("Sandbox-Drift", "fields")]).json();
    assert!(drifted["gjelder"] == PARTY && drifted.as_object().expect("an object").len() > 3, "{drifted}");
    let yaml = "part: \"314300017\"\nnavn: X\nfeil: [{ paa: notater/nytt, kode: NOTAT-001, ganger: 1 }]\n";
    let flagged = send(&sandbox, "PUT", "/sandbox/scenarios", &[("Content-Type", "application/yaml")], yaml);
    assert_eq!(flagged.status, 200, "{}", flagged.text());
    assert_eq!(add(&sandbox, &[], "314300017", "x").header("sandbox-cause"), "scenario");
    assert_eq!(add(&sandbox, &[], "314300017", "x").status, 201);
}

#[test]
fn it_is_on_the_first_page_and_its_answers_fit_its_contract() {
    let sandbox = sandbox();
    assert!(get(&sandbox, "/", &[]).text().contains("/api/notater/v1"));
    let contract = get(&sandbox, "/openapi/notater.json", &[]).json();
    let operation = &contract["paths"]["/api/notater/v1"]["post"];
    assert_eq!(operation["responses"]["201"]["headers"]["Location"]["required"], true);
    assert!(operation["requestBody"]["content"]["application/json"]["schema"].is_object());
    let fits = |answer: &Answer| {
        let schema = &operation["responses"][answer.status.to_string()]["content"]["application/json"]["schema"];
        assert!(schema.is_object(), "{}", answer.status);
        let whole = json!({ "allOf": [schema], "components": contract["components"] });
        let validator = jsonschema::validator_for(&whole).expect("a schema");
        assert!(validator.is_valid(&answer.json()), "{}: {}", answer.status, answer.text());
    };
    fits(&add(&sandbox, &[], PARTY, "x"));
    fits(&add(&sandbox, &[], PARTY, ""));
    fits(&add(&sandbox, &[], PARTY, &"x".repeat(5_000)));
    fits(&add(&sandbox, &[("Sandbox-Error", "DAS-008")], PARTY, "x"));
}
