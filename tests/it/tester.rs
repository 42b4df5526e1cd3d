//! What a tester sees on the page who is no programmer, as the control API has it: words for records and faults, what a case
//! does next, what a move of the clock has changed, and what a call can name.

use serde_json::{Value, json};

use crate::common::begjaering::{UTLEGG, call, ready};
use crate::common::{get, post, request, sandbox, with_scenario};

const PARTY: &str = "311851381";

#[test]
fn records_are_told_in_words_and_those_of_calls_are_marked() {
    let sandbox = sandbox();
    let made = call(&sandbox, "POST", UTLEGG, &[], &ready(&sandbox, &[])).json();
    let reference = made["eksternSaksreferanse"].as_str().expect("a reference").to_owned();
    post(&sandbox, &format!("/sandbox/begjaeringer/{reference}/beslutning"), &[], &json!({ "utfall": "utleggspant" }));
    post(&sandbox, "/sandbox/clock", &[], &json!({ "now": "2026-03-01" }));
    let rule = json!({ "when": { "endpoint": "krav", "party": PARTY }, "then": { "sequence": ["KB-002", "ok"] } });
    post(&sandbox, "/sandbox/rules", &[], &rule);
    get(&sandbox, &format!("/api/innkreving/kravogbetalinger/v1/finans/{PARTY}/krav"), &[]);
    request(&sandbox, "DELETE", "/sandbox/rules", &[]);
    post(&sandbox, "/sandbox/trekkpaalegg", &[], &json!({ "skyldner": "05837421820", "prosent": 19 }));
    post(&sandbox, "/sandbox/undo", &[], &json!({ "steps": 1 }));
    let log = get(&sandbox, "/sandbox/log", &[]).json();
    let records = log["records"].as_array().expect("records");
    let words = |background: bool| -> Vec<String> {
        let all = records.iter().filter(|it| it["background"] == background);
        all.map(|it| it["words"].as_str().expect("a sentence").to_owned()).collect()
    };
    let done = words(false);
    for expected in [
        "The clock was set to 2026-03-01",
        &format!("The rule r1 was added: sequence KB-002, ok for krav {PARTY}"),
        "All rules were removed",
        &format!("The case {reference} was submitted"),
        &format!("The case {reference} was decided: utleggspant"),
    ] {
        assert!(done.iter().any(|it| it == expected), "{expected}: {done:#?}");
    }
    assert!(done[0].starts_with("The session began, with the base date "), "{}", done[0]);
    assert!(done.iter().any(|it| it.starts_with("Version 1 of the order ")), "{done:#?}");
    assert!(done.last().expect("an undo").starts_with("The session went back to what it was after record "));
    assert!(words(true).contains(&"A call met the rule r1".to_owned()), "{:#?}", words(true));
    // No record is told as a mere kind.
    assert!(records.iter().all(|it| it["words"].as_str().is_some_and(|text| text.contains(' '))), "{records:#?}");
}

#[test]
fn a_case_without_a_next_step_says_why_and_nothing_is_recorded() {
    let sandbox = sandbox();
    let made = call(&sandbox, "POST", UTLEGG, &[], &ready(&sandbox, &[])).json();
    let reference = made["eksternSaksreferanse"].as_str().expect("a reference").to_owned();
    let at = |rest: &str| format!("/sandbox/begjaeringer/{reference}{rest}");
    let course = || get(&sandbox, &at("/forloep"), &[]).json();
    let records = || get(&sandbox, "/sandbox/log", &[]).json()["count"].clone();
    assert_eq!(course()["neste"], "sakUnderBehandling");
    assert_eq!(post(&sandbox, &at("/videre"), &[], &json!({})).status, 200);
    assert_eq!(course()["overganger"][1]["grunn"], "videre");
    // A deduction goes on until it has paid.
    let decision = json!({ "utfall": "utleggstrekk", "prosent": 19, "trekkpliktig": "310777609" });
    assert_eq!(post(&sandbox, &at("/beslutning"), &[], &decision).status, 200);
    let decided = course();
    assert_eq!(decided["overganger"][2]["beslutning"], json!([decision]));
    assert_eq!(decided["overganger"][2]["grunn"], "besluttet");
    let before = records();
    let refused = post(&sandbox, &at("/videre"), &[], &json!({}));
    assert_eq!((refused.status, &refused.json()["title"]), (409, &json!("There is no next step")));
    assert_eq!(refused.json()["detail"], decided["ingenNeste"]);
    assert!(refused.text().contains("it ends when the deduction has paid the claims"), "{}", refused.text());
    assert_eq!(records(), before, "nothing happened, so nothing is recorded");
    // With a lien instead, the case has an end, and after that it is closed.
    post(&sandbox, &at("/beslutning"), &[], &json!({ "utfall": "utleggspant" }));
    assert_eq!(course()["neste"], "sakAvsluttet");
    assert_eq!(post(&sandbox, &at("/videre"), &[], &json!({})).json()["status"], "sakAvsluttet");
    let closed = post(&sandbox, &at("/videre"), &[], &json!({}));
    assert!(closed.status == 409 && closed.text().contains("the case is closed: sakAvsluttet"), "{}", closed.text());
    assert_eq!(post(&sandbox, &at("/status"), &[], &json!({})).status, 400, "nothing is asked for");
}

#[test]
fn a_case_is_there_when_the_services_know_it() {
    let sandbox = sandbox();
    let made = call(&sandbox, "POST", UTLEGG, &[], &ready(&sandbox, &[])).json();
    let reference = made["eksternSaksreferanse"].as_str().expect("a reference").to_owned();
    let list = || get(&sandbox, "/sandbox/begjaeringer", &[]).json();
    let status = || call(&sandbox, "GET", &format!("{UTLEGG}/{reference}/status"), &[], &json!({})).status;
    let choices = || {
        get(&sandbox, "/sandbox/choices?service=utleggsbegjaering&parameter=eksternSaksreferanse", &[]).json()[0]["value"].clone()
    };
    assert_eq!((list()["count"].clone(), status(), choices()), (json!(1), 200, json!(reference)));
    let day = get(&sandbox, "/sandbox/clock", &[]).json()["day"].clone();
    post(&sandbox, "/sandbox/clock", &[], &json!({ "advance": "-30d" }));
    let before = list();
    assert_eq!((before["count"].clone(), status(), choices()), (json!(0), 404, Value::Null));
    assert_eq!(before["kommende"][0]["eksternSaksreferanse"], reference);
    assert_eq!(before["kommende"][0]["innsendt"], day);
    for (method, rest) in [("GET", ""), ("GET", "/forloep"), ("GET", "/oekonomi"), ("POST", "/videre")] {
        let path = format!("/sandbox/begjaeringer/{reference}{rest}");
        let refused = request(&sandbox, method, &path, &[]);
        assert!(
            refused.status == 404 && refused.text().contains("services do not know it yet"),
            "{path}: {}",
            refused.text()
        );
    }
    for (query, near) in [
        ("service=utleggsbegjaring&parameter=uuid", "utleggsbegjaering"),
        ("service=utleggsbegjaering&parameter=uid", "uuid"),
    ] {
        let wrong = get(&sandbox, &format!("/sandbox/choices?{query}"), &[]);
        assert_eq!((wrong.status, &wrong.json()["nearest"]), (400, &json!(near)), "{}", wrong.text());
    }
}

#[test]
fn a_move_of_the_clock_tells_the_claims_that_have_changed_and_events_have_kinds() {
    let yaml = "part: \"314300017\"\nnavn: X\nkrav:\n  \
                - { kravidentifikator: a, kravtype: RESTSKATT, forfallsdato: i dag + 7d, opprinneligBeloep: 5000 }\n  \
                - { kravidentifikator: b, kravtype: RESTSKATT, forfallsdato: i dag + 9d, opprinneligBeloep: 700 }\n\
                innbetalinger:\n  \
                - { innbetalingsidentifikator: i, innbetalingsdato: i dag + 2d, plassert: [{ krav: b, beloep: 700 }] }\n";
    let sandbox = with_scenario(yaml);
    let path = "/sandbox/timeline?part=314300017&after=2026-11-21&until=2026-12-31";
    let seen = get(&sandbox, path, &[]).json();
    let krav = seen["changed"][0]["krav"].as_array().expect("claims");
    let told: Vec<_> = krav.iter().map(|it| (it["kravidentifikator"].clone(), it["endringer"].clone())).collect();
    assert_eq!(told, [(json!("a"), json!(["overdue"])), (json!("b"), json!(["paid"]))], "{seen}");
    assert_eq!(seen["kinds"], json!({ "due": 1, "overdue": 1, "payment": 1 }));
    let some = get(&sandbox, &format!("{path}&kind=payment,due"), &[]).json();
    assert_eq!((&some["count"], &some["kinds"]), (&json!(2), &seen["kinds"]), "{some}");
    assert!(some["events"].as_array().expect("events").iter().all(|it| it["kind"] != "overdue"), "{some}");
    assert_eq!(get(&sandbox, &format!("{path}&kind=paymnet"), &[]).json()["nearest"], "payment");
}

#[test]
fn the_words_of_faults_are_those_of_the_document() {
    let all = get(&sandbox(), "/sandbox/catalogue", &[]).json();
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/faults.md")).expect("a text");
    let rows = text.split("| fault | what goes out |").nth(1).expect("the table").lines().skip(2);
    let rows: Vec<&str> = rows.take_while(|line| line.starts_with('|')).collect();
    let meanings = all["faultMeanings"].as_array().expect("a list");
    assert_eq!(rows.len(), meanings.len());
    for (row, it) in rows.iter().zip(meanings) {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let name = it["fault"].as_str().and_then(|name| name.split('(').next()).expect("a name");
        assert!(cells[0].starts_with(&format!("`{name}")), "{row}");
        assert_eq!(cells[1..], [it["sent"].clone(), it["seen"].clone(), it["advice"].clone()], "{row}");
    }
    let faults: Vec<_> = meanings.iter().map(|it| it["fault"].clone()).collect();
    assert_eq!(all["faults"], json!(faults));
    let silent: Vec<_> = meanings.iter().filter(|it| it["silent"] == true).map(|it| it["fault"].clone()).collect();
    assert_eq!(silent, ["reset", "reset-after", "hang", "empty", "garbage"]);
}

#[test]
fn an_answer_that_a_rule_would_change_says_so() {
    let sandbox = sandbox();
    let answers = |endpoint: &str| {
        let path = format!("/sandbox/parties/{PARTY}/answers?service=kravogbetalinger&endpoint={endpoint}");
        get(&sandbox, &path, &[]).json()[0]["rules"].clone()
    };
    assert_eq!(answers("krav"), Value::Null);
    let rule = |document: Value| post(&sandbox, "/sandbox/rules", &[], &document);
    rule(json!({ "when": { "party": PARTY, "endpoint": "krav" }, "then": { "error": "KB-002" }, "times": 1 }));
    rule(json!({ "when": { "party": "310478717" }, "then": { "error": "KB-003" } }));
    rule(json!({ "when": { "package": "finans" }, "then": { "delay": "1ms" }, "probability": 0.5 }));
    let delay = json!({ "id": "r3", "then": { "delay": "1ms" }, "probability": 0.5 });
    assert_eq!(answers("krav"), json!([delay, { "id": "r1", "then": { "error": "KB-002" } }]));
    assert_eq!(answers("aapnekrav"), json!([delay]));
    get(&sandbox, &format!("/api/innkreving/kravogbetalinger/v1/finans/{PARTY}/krav"), &[]);
    assert_eq!(answers("krav"), json!([delay]), "what is used up changes nothing any more");
}

#[test]
fn a_token_that_has_expired_is_told_when_and_what_to_do() {
    let sandbox = innkreving_sandbox::Sandbox::builder().auth("claims").start().expect("it starts");
    let wish = json!({ "service": "kravogbetalinger", "party": PARTY, "by": "consent", "wrong": "expired" });
    let made = post(&sandbox, "/sandbox/token", &[], &wish).json();
    let value = made["value"].as_str().expect("a value");
    let path = format!("/api/innkreving/kravogbetalinger/v1/finans/{PARTY}/aapnekrav");
    let refused = get(&sandbox, &path, &[("Authorization", value)]);
    let hint = refused.header("sandbox-hint").to_owned();
    assert!(hint.starts_with("the token expired ") && hint.contains(" s ago, at 20"), "{hint}");
    assert!(hint.contains("ask the issuer for a new one") && hint.contains("POST /sandbox/token"), "{hint}");
    let other = get(&sandbox, &path, &[]);
    assert!(!other.header("sandbox-hint").contains("expired"), "it has none");
}
