//! Coverage: what there is to try, worked out from the contracts' own list, and what a session has tried.

use std::collections::BTreeSet;
use std::process::Command;

use crate::common::contracts::services;
use crate::common::jwt::{jwt, now};
use crate::common::{self, BASE, TREKK, get, post, sandbox, send};
use innkreving_sandbox::Sandbox;
use serde_json::{Value, json};

fn coverage(sandbox: &Sandbox, session: &str) -> Value {
    let answer = get(sandbox, &format!("/~session={session}/sandbox/coverage"), &[]);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

/// Every cell, as a pattern names it, with how often it was tried.
fn cells(view: &Value) -> Vec<(String, u64, bool)> {
    let mut cells = Vec::new();
    for service in list(&view["services"]) {
        for endpoint in list(&service["endpoints"]) {
            for cell in list(&endpoint["cells"]) {
                let text = |value: &Value| value.as_str().expect("a text").to_owned();
                let name =
                    format!("{}/{}:{}", text(&service["service"]), text(&endpoint["endpoint"]), text(&cell["item"]));
                cells.push((name, cell["count"].as_u64().expect("a number"), cell["natural"] == true));
            }
        }
    }
    cells
}

fn tried(view: &Value) -> BTreeSet<String> {
    cells(view).into_iter().filter(|(_, count, _)| *count > 0).map(|(name, ..)| name).collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn every_code_of_every_contract_is_a_cell_and_no_cell_is_there_twice() {
    let sandbox = sandbox();
    let all: Vec<String> = cells(&coverage(&sandbox, "default")).into_iter().map(|(name, ..)| name).collect();
    let distinct: BTreeSet<&String> = all.iter().collect();
    assert!(distinct.len() == all.len() && all.len() > 1000, "{} of {}", distinct.len(), all.len());
    for service in services() {
        for (_, code) in service.operations().iter().flat_map(|operation| operation.codes()) {
            let wanted = format!(":{code}");
            let is_there = |name: &&String| name.starts_with(&format!("{}/", service.name)) && name.ends_with(&wanted);
            assert!(all.iter().any(|name| is_there(&name)), "{} {code}", service.name);
        }
    }
    for cell in [
        "kravogbetalinger/aapnekrav:answer/finans/2023/xml",
        "restanser/restanser:answer/dibk/json",
        "trekkpaalegg/liste:answer",
        "kravogbetalinger/url:KB-003",
        "utleggsbegjaering/opprett:UGYLDIG_KID",
        "utleggsbegjaering/status:case/sakBesluttet",
        "trekkpaalegg/liste:token/systembruker",
        "kravogbetalinger/krav:token/consent-header",
        "kravogbetalinger/krav:party/shielded-in-part",
        "maskinporten/token:fault/reset-after",
        "maskinporten/token:MP-110",
        "restanser/restanser:drift/optional",
    ] {
        assert!(all.iter().any(|name| name == cell), "{cell}");
    }
    for none in ["restanser/restanser:party/person", "utleggsbegjaering/vedlegg:UGYLDIG_KID", "trekkpaalegg/url:KB-004"]
    {
        assert!(!all.iter().any(|name| name == none), "{none}");
    }
}

#[test]
fn a_call_counts_what_it_tried_and_nothing_else() {
    let sandbox = sandbox();
    let calls = [
        (
            "a success",
            format!("{BASE}/finans/311851381/aapnekrav"),
            vec![("Sandbox-Edition", "2023"), ("Accept", "application/xml")],
            &["kravogbetalinger/aapnekrav:answer/finans/2023/xml", "kravogbetalinger/aapnekrav:party/organisation"][..],
        ),
        (
            "a wrong number reaches no party",
            format!("{BASE}/finans/311851380/aapnekrav"),
            vec![],
            &["kravogbetalinger/aapnekrav:KB-006"],
        ),
        (
            "an unknown party",
            format!("{BASE}/finans/313100022/krav?fraOgMed=2026-01-01"),
            vec![],
            &["kravogbetalinger/krav:KB-009", "kravogbetalinger/krav:party/unknown"],
        ),
        ("a wrong URL", format!("{BASE}/finans/311851381/krva"), vec![], &["kravogbetalinger/url:KB-003"]),
        (
            "a code on demand",
            TREKK.to_owned(),
            vec![("Sandbox-Error", "KB-002"), ("Sandbox-Delay", "1ms")],
            &["trekkpaalegg/liste:KB-002", "trekkpaalegg/liste:fault/delay"],
        ),
        (
            "drift and a fault",
            TREKK.to_owned(),
            vec![("Sandbox-Drift", "fields+optional"), ("Sandbox-Fault", "slow-body(1000k/s)")],
            &[
                "trekkpaalegg/liste:answer",
                "trekkpaalegg/liste:drift/fields",
                "trekkpaalegg/liste:drift/optional",
                "trekkpaalegg/liste:fault/slow-body",
                "trekkpaalegg/liste:party/organisation",
            ],
        ),
        ("a refused modifier", TREKK.to_owned(), vec![("Sandbox-Error", "KB-02")], &[]),
        ("a URL of no service", "/nowhere".to_owned(), vec![], &[]),
        (
            "a fault replaces the answer",
            format!("{BASE}/finans/311851381/aapnekrav"),
            vec![("Sandbox-Fault", "429(5s)")],
            &["kravogbetalinger/aapnekrav:fault/429"],
        ),
    ];
    for (number, (what, path, headers, expected)) in calls.iter().enumerate() {
        let session = format!("s{number}");
        get(&sandbox, &format!("/~session={session}/sandbox/clock"), &[]);
        get(&sandbox, &format!("/~session={session}{path}"), headers);
        assert_eq!(tried(&coverage(&sandbox, &session)), set(expected), "{what}");
    }
    let natural = |session: &str, cell: &str| {
        cells(&coverage(&sandbox, session)).into_iter().any(|(name, _, natural)| name == cell && natural)
    };
    assert!(natural("s1", "kravogbetalinger/aapnekrav:KB-006") && !natural("s4", "trekkpaalegg/liste:KB-002"));
}

#[test]
fn rules_tokens_and_cases_count() {
    let sandbox = sandbox();
    let utlegg = "/api/utleggsbegjaering/v2";
    let headers = [
        ("Sandbox-Error", "UGYLDIG_KID+UGYLDIG_BELOEP"),
        ("Sandbox-Session", "rules"),
        ("Content-Type", "application/json"),
    ];
    assert_eq!(send(&sandbox, "POST", &format!("{utlegg}/valider"), &headers, "{}").status, 422);
    let seen = tried(&coverage(&sandbox, "rules"));
    for rule in ["UGYLDIG_KID", "UGYLDIG_BELOEP"] {
        assert!(seen.contains(&format!("utleggsbegjaering/valider:{rule}")), "{seen:?}");
    }
    let token = jwt(&json!({
        "iss": "https://test.maskinporten.no/", "scope": "skatteetaten:utleggsbegjaering", "exp": now() + 100,
        "client_id": "c", "consumer": { "ID": "0192:314055403" },
        "authorization_details": [{ "type": "urn:altinn:systemuser", "systemuser_org": { "ID": "0192:311851381" } }],
    }));
    let bearer = format!("Bearer {token}");
    let id = "6b1bb8a6-2a5d-4f64-8b3c-0a3f5c1c7a10";
    let headers = [
        ("Authorization", &*bearer),
        ("Klientid", "c"),
        ("Korrelasjonsid", id),
        ("Meldingsid", id),
        ("Sandbox-Session", "case"),
    ];
    let status = get(&sandbox, &format!("{utlegg}/TEST_SAK_BESLUTTET/status"), &headers);
    assert_eq!(status.status, 200, "{}", status.text());
    let seen = tried(&coverage(&sandbox, "case"));
    for cell in ["case/sakBesluttet", "token/systembruker", "answer", "party/organisation"] {
        assert!(seen.contains(&format!("utleggsbegjaering/status:{cell}")), "{cell}: {seen:?}");
    }
}

#[test]
fn sessions_are_added_up_and_dropped_entries_still_count() {
    let sandbox = Sandbox::builder().now(common::TODAY).journal(1).start().expect("it starts");
    let path = format!("{BASE}/finans/311851381/aapnekrav");
    for (session, times) in [("a", 3), ("b", 2)] {
        for _ in 0..times {
            get(&sandbox, &format!("/~session={session}{path}"), &[]);
        }
    }
    let cell = "kravogbetalinger/aapnekrav:answer/finans/2024/json";
    let count = |view: &Value| {
        cells(view).into_iter().find(|(name, ..)| name == cell).map(|(_, count, _)| count).expect("the cell")
    };
    assert_eq!((count(&coverage(&sandbox, "a")), count(&coverage(&sandbox, "b"))), (3, 2), "only one entry is kept");
    let of = |query: &str| get(&sandbox, &format!("/sandbox/coverage?sessions={query}"), &[]);
    assert_eq!((count(&of("a,b,a").json()), count(&of("*").json())), (5, 5));
    assert_eq!(of("*").json()["sessions"], json!(["default", "a", "b"]));
    let typo = of("a,c");
    assert!(typo.status == 400 && typo.text().contains("there is no session"), "{}", typo.text());
    assert_eq!(get(&sandbox, "/sandbox/coverage?session=a", &[]).json()["nearest"], "sessions");
    assert_eq!(send(&sandbox, "DELETE", "/~session=a/sandbox/requests", &[], "").status, 204);
    assert_eq!(count(&coverage(&sandbox, "a")), 3, "the journal was forgotten, the coverage was not");
    assert_eq!(send(&sandbox, "DELETE", "/~session=a/sandbox/coverage", &[], "").status, 204);
    assert_eq!((count(&coverage(&sandbox, "a")), count(&coverage(&sandbox, "b"))), (0, 2));
    let off = Sandbox::builder().now(common::TODAY).journal(0).start().expect("it starts");
    get(&off, &path, &[]);
    assert_eq!(count(&coverage(&off, "default")), 1, "also without a journal");
}

#[test]
fn a_plan_says_what_counts_and_what_must_be_covered() {
    let sandbox = sandbox();
    get(&sandbox, &format!("{BASE}/finans/311851380/aapnekrav"), &[]);
    let plan = |plan: Value| post(&sandbox, "/sandbox/coverage", &[], &plan);
    let view = plan(json!({
        "only": ["kravogbetalinger/aapnekrav:KB-004..KB-009"], "leaveOut": ["*:KB-009"],
        "weights": { "kravogbetalinger/aapnekrav:KB-006": 15 },
        "must": ["kravogbetalinger/*:KB-006,KB-009", "kravogbetalinger/each:KB-006"],
    }))
    .json();
    // KB-004 to KB-008 count; KB-006 has three times the weight of each other code.
    assert_eq!((&view["tried"], &view["of"], &view["percent"]), (&json!(1), &json!(5), &json!(42.8)), "{view}");
    assert_eq!(
        view["missing"],
        json!([
            "kravogbetalinger/*:KB-009",
            "kravogbetalinger/krav:KB-006",
            "kravogbetalinger/innbetalinger:KB-006",
            "kravogbetalinger/utbetalinger:KB-006",
        ])
    );
    for (wrong, nearest) in [
        (json!({ "only": ["kravogbetaling"] }), Some("kravogbetalinger")),
        (json!({ "must": ["kravogbetalinger/krva:KB-006"] }), Some("krav")),
        (json!({ "must": ["kravogbetalinger/krav:KB-06"] }), Some("KB-006")),
        (json!({ "must": ["restanser/*:KB-006"] }), None),
        (json!({ "must": ["kravogbetalinger/*:KB-009..KB-004"] }), None),
        (json!({ "must": ["kravogbetalinger/*:KB-004..RESTANSE-006"] }), None),
        (json!({ "must": ["kravogbetalinger/*:fault/rset"] }), Some("fault/reset")),
        (json!({ "must": ["kravogbetalinger/*:KB-006,"] }), None),
        (json!({ "weights": { "*": 1001 } }), None),
        (json!({ "leaveOut": ["*"] }), None),
        (json!({ "musst": [] }), None),
        (json!({ "must": ["x".repeat(301)] }), None),
    ] {
        let answer = plan(wrong.clone());
        assert_eq!(answer.status, 400, "{wrong}: {}", answer.text());
        assert_eq!(answer.json().get("nearest").and_then(Value::as_str), nearest, "{wrong}: {}", answer.text());
    }
}

#[test]
fn the_subcommand_prints_a_table_json_and_what_is_missing() {
    let sandbox = sandbox();
    get(&sandbox, &format!("/~session=a{BASE}/finans/311851380/aapnekrav"), &[]);
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_innkreving-sandbox"));
        let output = command.args(["--listen", &sandbox.address().to_string(), "coverage"]).args(arguments).output();
        let output = output.expect("it runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let (code, table, _) = run(&["kravogbetalinger", "--session", "a", "--missing"]);
    assert_eq!(code, Some(0));
    assert!(table.contains("  aapnekrav") && table.contains("KB-004, KB-005, KB-007"), "{table}");
    assert!(!table.contains("Restanser"), "{table}");
    let (_, printed, _) = run(&["--sessions", "all", "--json"]);
    let printed: Value = serde_json::from_str(&printed).expect("JSON");
    assert_eq!(tried(&printed), set(&["kravogbetalinger/aapnekrav:KB-006"]));
    let folder = std::env::temp_dir().join(format!("coverage-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join("coverage.yaml");
    std::fs::write(&file, "must: ['kravogbetalinger/*:KB-004..KB-006']\n").expect("written");
    let (_, table, _) = run(&["--session", "a", "--plan", file.to_str().expect("UTF-8")]);
    assert!(table.contains("missing: kravogbetalinger/*:KB-005") && !table.contains("*:KB-006"), "{table}");
    std::fs::write(&file, "musst: []\n").expect("written");
    let (code, _, error) = run(&["--plan", file.to_str().expect("UTF-8")]);
    assert!(code == Some(2) && error.contains("coverage.yaml: unknown field `musst`"), "{error}");
    std::fs::remove_dir_all(folder).expect("removed");
    let (code, _, error) = run(&["kravogbetaling"]);
    assert!(code == Some(2) && error.contains("did you mean kravogbetalinger?"), "{error}");
    assert_eq!(run(&["--session", "a", "--clear"]).0, Some(0));
    assert_eq!(tried(&coverage(&sandbox, "a")), set(&[]));
}
