//! The control API: who may use it, how it refuses, own scenarios, and its contract.

use crate::common::{self, BASE, get, post, sandbox, send, with_scenario};
use innkreving_sandbox::Sandbox;
use serde_json::{Value, json};

const YAML: (&str, &str) = ("Content-Type", "application/yaml");

#[test]
fn a_key_is_demanded_where_one_is_set() {
    let sandbox = Sandbox::builder().control_key("hemmelig-nok").start().expect("it starts");
    let status = |headers: &[(&str, &str)]| get(&sandbox, "/sandbox/rules", headers).status;
    assert_eq!(status(&[]), 401);
    assert_eq!(status(&[("Authorization", "Bearer hemmelig-no")]), 401);
    assert_eq!(status(&[("Authorization", "Bearer hemmelig-nok2")]), 401);
    assert_eq!(status(&[("Authorization", "Basic hemmelig-nok")]), 401);
    assert_eq!(status(&[("Authorization", "bearer hemmelig-nok")]), 200);
    let refused = get(&sandbox, "/sandbox/clock", &[]);
    assert_eq!(
        (refused.header("www-authenticate"), refused.header("content-type")),
        ("Bearer", "application/problem+json")
    );
    assert!(!refused.text().contains("hemmelig"));
    assert_eq!(get(&sandbox, "/sandbox/nothing", &[]).status, 401, "for every page");
    assert_eq!(get(&sandbox, "/~session=nobody/sandbox/rules", &[]).status, 401);
    let listed = get(&sandbox, "/sandbox/sessions", &[("Authorization", "Bearer hemmelig-nok")]).json();
    assert_eq!(listed["count"], 1, "a refused caller begins no session: {listed}");
    for open in ["/", "/health/ready", "/openapi/sandbox.json"] {
        assert_eq!(get(&sandbox, open, &[]).status, 200, "{open}");
    }
}

#[test]
fn a_key_that_reads_changes_nothing() {
    let sandbox = Sandbox::builder().control_key("hemmelig-nok").read_key("bare-lesing").start().expect("it starts");
    let (reads, changes) = (("Authorization", "Bearer bare-lesing"), ("Authorization", "Bearer hemmelig-nok"));
    for page in ["/metrics", "/sandbox/sessions", "/sandbox/requests", "/sandbox/report", "/sandbox/clock"] {
        let status = |headers: &[(&str, &str)]| get(&sandbox, page, headers).status;
        assert_eq!((status(&[]), status(&[reads]), status(&[changes])), (401, 200, 200), "{page}");
    }
    assert_eq!(get(&sandbox, "/metrics", &[("Authorization", "Bearer bare-lesin")]).status, 401);
    for (method, page) in [
        ("POST", "/sandbox/rules"),
        ("DELETE", "/sandbox/rules"),
        ("POST", "/sandbox/clock"),
        ("PUT", "/sandbox/sessions/build-17"),
        ("POST", "/sandbox/sessions/default/reset"),
        ("DELETE", "/sandbox/requests"),
    ] {
        let refused = send(&sandbox, method, page, &[reads], r#"{"then":{"error":"KB-002"}}"#);
        assert_eq!(refused.status, 403, "{method} {page}");
        let told = refused.text();
        assert!(
            told.contains("this key only reads") && !told.contains("hemmelig") && !told.contains("bare-"),
            "{told}"
        );
    }
    // What follows from cases gets its sequence numbers when it is first told.
    let orders = get(&sandbox, "/sandbox/trekkpaalegg/ordrer", &[reads]);
    assert!(orders.status == 403 && orders.text().contains("may change something"), "{}", orders.text());
    assert_eq!(get(&sandbox, "/sandbox/trekkpaalegg", &[reads]).status, 200);
    // A look at a session that has not begun would begin it.
    let unknown = get(&sandbox, "/sandbox/clock", &[reads, ("Sandbox-Session", "build-17")]);
    assert!(unknown.status == 404 && unknown.text().contains("begins none"), "{}", unknown.text());
    assert_eq!(get(&sandbox, "/sandbox/sessions", &[reads]).json()["count"], 1);
    get(&sandbox, "/sandbox/clock", &[changes, ("Sandbox-Session", "build-17")]);
    assert_eq!(get(&sandbox, "/sandbox/clock", &[reads, ("Sandbox-Session", "build-17")]).status, 200);
    for wrong in [
        Sandbox::builder().read_key("bare-lesing"),
        Sandbox::builder().control_key("bare-lesing").read_key("bare-lesing"),
    ] {
        let Err(told) = wrong.start() else { panic!("it must not start") };
        let told = told.to_string();
        assert!(told.contains("--read-key") && !told.contains("bare-"), "{told}");
    }
}

#[test]
fn a_body_has_the_content_type_of_its_document() {
    let sandbox = sandbox();
    let posted =
        send(&sandbox, "POST", "/sandbox/rules", &[("Content-Type", "text/plain")], r#"{"then":{"error":"KB-001"}}"#);
    assert_eq!((posted.status, posted.header("content-type")), (415, "application/problem+json"));
    assert!(posted.text().contains("send Content-Type: application/json"), "{}", posted.text());
    assert_eq!(send(&sandbox, "PUT", "/sandbox/scenarios", &[("Content-Type", "text/plain")], "part: 1").status, 415);
}

#[test]
fn what_is_not_there_is_told() {
    let sandbox = sandbox();
    for (method, path, status) in [
        ("GET", "/sandbox", 404),
        ("GET", "/sandbox/rule", 404),
        ("PATCH", "/sandbox/rules", 405),
        ("POST", "/sandbox/requests", 405),
        ("POST", "/health/live", 405),
    ] {
        let answer = send(&sandbox, method, path, &[], "");
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (status, "application/problem+json"),
            "{method} {path}"
        );
        assert_eq!(answer.json()["status"], status);
    }
}

#[test]
fn a_session_gets_scenarios_of_its_own_beside_those_of_the_server() {
    let sandbox = sandbox();
    let put = |body: &str| send(&sandbox, "PUT", "/sandbox/scenarios", &[YAML], body);
    let two = "part: \"314300017\"\nnavn: NY\nkrav: [{ kravidentifikator: a, kravtype: RESTSKATT, forfallsdato: i dag + 1d, opprinneligBeloep: 5 }]\n---\npart: \"311851381\"\nnavn: ANNEN\n";
    let taken = put(two);
    assert_eq!((taken.status, &taken.json()["parties"]), (200, &json!(["311851381", "314300017"])), "{}", taken.text());
    let saldo = |part: &str| {
        let answer = get(&sandbox, &format!("{BASE}/finans/{part}/aapnekrav"), &[]);
        if answer.status == 200 { answer.json()["totalOversikt"]["saldo"].to_string() } else { answer.kode() }
    };
    assert_eq!(
        (saldo("314300017"), saldo("311851381")),
        ("5.0".into(), "0.0".into()),
        "own scenarios are added to the built-in ones, and replace them"
    );
    assert_eq!(saldo("310478717").parse::<f64>().map(|sum| sum > 0.0), Ok(true));
    let source = get(&sandbox, &format!("{BASE}/finans/314300017/aapnekrav"), &[]);
    assert_eq!(source.header("sandbox-scenario"), "own/1.yaml");
    let state = get(&sandbox, "/sandbox/scenarios", &[]).json();
    assert_eq!(
        (&state["parties"], &state["ownBytes"], &state["sources"]),
        (&json!(common::built_in() + 1), &json!(two.len()), &json!(["built in"]))
    );
    let parties = get(&sandbox, "/sandbox/parties", &[]).json();
    let listed: Vec<&Value> =
        parties.as_array().expect("a list").iter().filter(|line| line["part"] == "314300017").collect();
    assert_eq!(
        (&listed[0]["aapneKrav"], &listed[0]["saldo"], &listed[0]["kilde"]),
        (&json!(1), &json!(5), &json!("own/1.yaml"))
    );
    // Another PUT replaces the first.
    assert_eq!(put("part: \"314300025\"\nnavn: X\n").status, 200);
    assert_eq!(saldo("314300017"), "KB-009");
    assert_eq!(send(&sandbox, "DELETE", "/sandbox/scenarios", &[], "").status, 204);
    assert_eq!(get(&sandbox, "/sandbox/scenarios", &[]).json()["parties"], common::built_in());
}

#[test]
fn broken_scenarios_are_refused_with_the_list_that_check_gives() {
    let sandbox = sandbox();
    let text = "part: \"314300017\"\nnavn: X\n---\n# a comment\npart: \"314300025\"\nnavn: Y\nkraav: []\nkrav: [{ kravidentifikator: a, kravtype: RESTSKATT, forfallsdato: i morgen, opprinneligBeloep: 1 }]\n";
    let refused = send(&sandbox, "PUT", "/sandbox/scenarios", &[YAML], text);
    assert_eq!((refused.status, refused.header("content-type")), (422, "application/problem+json"));
    let problems = refused.json()["problems"].clone();
    let places: Vec<(u64, &str)> = problems
        .as_array()
        .expect("a list")
        .iter()
        .map(|problem| (problem["line"].as_u64().expect("a line"), problem["message"].as_str().expect("a text")))
        .collect();
    assert_eq!(places.len(), 2, "{problems}");
    assert!(places[0].0 == 7 && places[0].1.contains("no key kraav"), "{places:?}");
    assert!(places[1].0 == 8 && places[1].1.contains("i morgen"), "{places:?}");
    assert_eq!(problems[0]["hint"], "did you mean krav?");
    assert!(
        problems[0]["text"].as_str().is_some_and(|text| text.contains("--> own/2.yaml:7:1")),
        "{}",
        problems[0]["text"]
    );
    // The same file, checked by the subcommand.
    let dir = std::env::temp_dir().join(format!("own-scenarios-{}", std::process::id()));
    std::fs::create_dir_all(&dir).expect("a folder");
    let second = text.split_once("---").expect("two").1;
    std::fs::write(dir.join("a.yaml"), format!("\n\n{second}")).expect("written");
    let check = std::process::Command::new(env!("CARGO_BIN_EXE_innkreving-sandbox"))
        .arg("check")
        .arg(&dir)
        .arg("--brief")
        .output()
        .expect("it runs");
    let lines = String::from_utf8(check.stdout).expect("UTF-8");
    for (line, message) in places {
        assert!(lines.contains(&format!("a.yaml:{line}:")) && lines.contains(message), "{lines}");
    }
    std::fs::remove_dir_all(dir).expect("removed");
    assert_eq!(
        get(&sandbox, &format!("{BASE}/finans/314300017/aapnekrav"), &[]).kode(),
        "KB-009",
        "nothing of a refused file is served"
    );
    for (body, status) in [
        ("", 400),
        ("# nothing\n", 400),
        ("part: [", 422),
        ("- 1", 422),
        ("part: \"314300017\"\nnavn: X\n---\npart: \"314300017\"\nnavn: Y\n", 422),
    ] {
        assert_eq!(send(&sandbox, "PUT", "/sandbox/scenarios", &[YAML], body).status, status, "{body:?}");
    }
    let latin = ureq::put(format!("{}/sandbox/scenarios", sandbox.base_url()))
        .header("Content-Type", "text/yaml")
        .send(&b"navn: \xe6"[..]);
    assert!(matches!(latin, Err(ureq::Error::StatusCode(400))), "{latin:?}");
}

#[test]
fn brackets_without_end_are_refused_at_once() {
    let sandbox = sandbox();
    let deep = format!("a: {}", "[".repeat(80_000));
    let refused = send(&sandbox, "PUT", "/sandbox/scenarios", &[YAML], &deep);
    assert!(refused.status == 422 && refused.text().contains("nested more than 64 levels deep"), "{}", refused.status);
}

#[test]
fn flags_of_own_scenarios_count_in_the_session() {
    let sandbox = with_scenario("part: \"314055403\"\nnavn: X\n");
    let text = "part: \"314300017\"\nnavn: X\nfeil: [{ paa: kravogbetalinger, kode: KB-002, ganger: 1 }, { paa: kravogbetalinger, drift: fields, ganger: 1 }]\n";
    let both = |session: &str| {
        let headers = [("Sandbox-Session", session), YAML];
        assert_eq!(send(&sandbox, "PUT", "/sandbox/scenarios", &headers, text).status, 200);
        let call = || get(&sandbox, &format!("{BASE}/finans/314300017/aapnekrav"), &headers[..1]);
        [call(), call(), call()].map(|answer| (answer.status, answer.header("sandbox-effects").to_owned()))
    };
    let expected = [
        (500, "error=KB-002 (scenario), drift=fields (scenario), seed=1".to_owned()),
        (200, String::new()),
        (200, String::new()),
    ];
    assert_eq!(both("a"), expected);
    assert_eq!(both("b"), expected);
}

#[test]
fn a_flag_whose_fault_hides_the_rest_of_it_is_warned_about() {
    let sandbox = with_scenario("part: \"314055403\"\nnavn: X\n");
    let warnings = |flag: &str| {
        let text = format!("part: \"314300017\"\nnavn: X\nfeil: [{{ paa: kravogbetalinger, {flag} }}]\n");
        let answer = send(&sandbox, "PUT", "/sandbox/scenarios", &[YAML], &text);
        assert_eq!(answer.status, 200, "{}", answer.text());
        let warnings = answer.json()["warnings"].as_array().expect("a list").clone();
        warnings.iter().map(|warning| warning["message"].as_str().expect("a text").to_owned()).collect::<Vec<_>>()
    };
    let told = warnings("kode: KB-002, fault: reset, drift: fields");
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].contains("so kode is never seen") && told[1].contains("so drift is never seen"), "{told:?}");
    assert!(warnings("kode: KB-002, fault: truncate, drift: fields").is_empty());
}

#[test]
fn a_flag_that_says_nothing_or_nonsense_is_refused() {
    for (flag, says) in [
        ("{ paa: kravogbetalinger }", "the entry has no fault"),
        ("{ paa: kravogbetalinger, fault: resett }", "is no fault"),
        ("{ paa: kravogbetalinger, delay: soon }", "is no delay"),
        ("{ paa: kravogbetalinger, drift: nothing }", "is no drift"),
        ("{ paa: kravogbetalinger, kode: KB-02 }", "did you mean KB-002?"),
    ] {
        let yaml = format!("part: \"314055403\"\nnavn: X\nfeil:\n  - {flag}\n");
        let error = Sandbox::builder().scenario(&yaml).start().expect_err(flag);
        let told = common::explain(&error);
        assert!(told.contains(says), "{flag}: {told}");
    }
    let odd = with_scenario("part: \"314055403\"\nnavn: X\nfeil: [{ paa: kravogbetalinger, fault: 503 }]\n");
    assert_eq!(
        get(&odd, &format!("{BASE}/finans/314055403/aapnekrav"), &[]).status,
        503,
        "a number in YAML is read as a text"
    );
}

#[test]
fn the_committed_contract_is_fresh_and_answers_keep_it() {
    let sandbox = sandbox();
    let mut served = get(&sandbox, "/openapi/sandbox.json", &[]).json();
    let committed =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/openapi/sandbox.json")).expect("a file");
    let committed: Value = serde_json::from_str(&committed).expect("JSON");
    // A served document says where it was asked for.
    served["servers"].clone_from(&committed["servers"]);
    assert!(committed == served, "run: cargo run -q -- openapi sandbox > docs/openapi/sandbox.json");
    post(
        &sandbox,
        "/sandbox/rules",
        &[],
        &json!({ "when": { "endpoint": "krav" }, "then": { "error": "KB-001" }, "times": 1, "expires": "1h" }),
    );
    get(&sandbox, &format!("{BASE}/finans/311851380/krav"), &[("Sandbox-Drift", "order")]);
    for path in [
        "/sandbox/rules",
        "/sandbox/clock",
        "/sandbox/requests",
        "/sandbox/scenarios",
        "/sandbox/sessions",
        "/sandbox/parties",
    ] {
        let schema = &served["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"];
        assert!(schema.is_object(), "{path}");
        let mut document = schema.clone();
        document["components"] = served["components"].clone();
        let validator = jsonschema::validator_for(&document).expect("a schema");
        let answer = get(&sandbox, path, &[]).json();
        let errors: Vec<String> =
            validator.iter_errors(&answer).map(|error| format!("{error} at {}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{path}: {errors:#?}");
    }
}

#[test]
fn whoever_sends_too_much_is_told_so_after_sending_it_all() {
    let sandbox = Sandbox::builder().start().expect("a sandbox");
    let body = "#".repeat(6 * 1024 * 1024);
    let head = format!(
        "PUT /sandbox/scenarios HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/yaml\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let answer = common::raw(&sandbox, (head + &body).as_bytes());
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer:.200}");
}
