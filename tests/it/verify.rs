//! A gate for builds: what was expected, what came, and the calls that nearly fit.

use std::process::Command;

use crate::common::{self, BASE, get, post, sandbox};
use innkreving_sandbox::Sandbox;
use serde_json::{Value, json};

fn verify(sandbox: &Sandbox, expectation: &Value) -> Value {
    let answer = post(sandbox, "/sandbox/verify", &[], expectation);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

/// A sandbox with three calls.
fn called() -> Sandbox {
    let sandbox = sandbox();
    get(&sandbox, &format!("{BASE}/finans/311851381/aapnekrav"), &[("Sandbox-Test", "it works")]);
    get(&sandbox, &format!("{BASE}/finans/310478717/krav"), &[]);
    get(&sandbox, &format!("{BASE}/finans/310478717/krav"), &[("Sandbox-Error", "KB-002")]);
    sandbox
}

#[test]
fn calls_are_counted_and_the_nearest_are_told() {
    let sandbox = called();
    for (expectation, passed) in [
        (json!({ "called": { "endpoint": "aapnekrav", "party": "311851381" } }), true),
        (json!({ "called": { "endpoint": "krav" }, "times": 2 }), true),
        (json!({ "called": { "endpoint": "krav" }, "times": 1 }), false),
        (json!({ "called": { "endpoint": "krav" }, "atLeast": 3 }), false),
        (json!({ "called": { "endpoint": "krav" }, "atMost": 2 }), true),
        (json!({ "called": { "code": "KB-006", "test": "it works" } }), false),
        (json!({ "called": { "status": 200, "test": "it works" } }), true),
        (json!({ "called": { "status": 500 }, "times": 0 }), false),
        (json!({ "covered": "kravogbetalinger/*:KB-002,KB-006" }), true),
        (json!({ "covered": "kravogbetalinger/*:KB-004..KB-006" }), false),
        (json!({ "minCoverage": "0%" }), true),
        (json!({ "minCoverage": "80 %" }), false),
        (json!({ "minCoverage": "100%", "plan": { "only": ["kravogbetalinger/krav:KB-006"] } }), true),
        (json!({ "plan": { "must": ["restanser/*:RESTANSE-008"] } }), false),
        (json!({ "never": "retry-storm" }), true),
        (json!({ "never": "korrelasjonsid-missing" }), false),
    ] {
        let verdict = verify(&sandbox, &expectation);
        assert_eq!(verdict["passed"], passed, "{expectation}: {verdict}");
    }
    let verdict = verify(&sandbox, &json!({ "called": { "endpoint": "krav", "party": "311851381", "status": 404 } }));
    let result = &verdict["results"][0];
    assert_eq!(result["expectation"], "called krav party=311851381 status=404");
    assert_eq!(result["detail"], "0 calls");
    let nearest = result["nearest"].as_array().expect("a list");
    // Two calls of krav differ in party and status, that of aapnekrav in endpoint and status; the newest come first.
    assert_eq!(
        nearest[0],
        json!({
            "session": "default", "number": 3,
            "call": format!("GET {BASE}/finans/310478717/krav → 500 KB-002"),
            "differs": ["status is 500, not 404", "party is 310478717, not 311851381"],
        })
    );
    assert_eq!(nearest[2]["differs"], json!(["endpoint is aapnekrav, not krav", "status is 200, not 404"]));
    let many = verify(
        &sandbox,
        &json!({ "expect": [{ "covered": "kravogbetalinger/krav:KB-006" }, { "covered": "kravogbetalinger/each:KB-006" }] }),
    );
    assert_eq!(
        many["results"][1]["missing"],
        json!([
            "kravogbetalinger/aapnekrav:KB-006",
            "kravogbetalinger/innbetalinger:KB-006",
            "kravogbetalinger/utbetalinger:KB-006"
        ])
    );
    assert_eq!((&many["passed"], &many["results"][0]["passed"]), (&json!(false), &json!(true)));
}

#[test]
fn what_nothing_can_ever_fit_is_refused() {
    let sandbox = called();
    for (wrong, nearest) in [
        (json!({ "called": { "endpoint": "krva" } }), Some("krav")),
        (json!({ "called": { "code": "KB-06" } }), Some("KB-006")),
        (json!({ "called": { "service": "restanser", "endpoint": "krav" } }), None),
        (json!({ "called": { "endpoint": "krav", "limit": 3 } }), None),
        (json!({ "called": { "test": "" } }), None),
        (json!({ "covered": "kravogbetalinger/*:KB-06" }), Some("KB-006")),
        (json!({ "never": "retry-strom" }), Some("retry-storm")),
        (json!({ "minCoverage": "80" }), None),
        (json!({ "minCoverage": "101%" }), None),
        (json!({ "called": {}, "covered": "*" }), None),
        (json!({ "called": {}, "times": 1, "atLeast": 1 }), None),
        (json!({ "called": {}, "atLeast": 3, "atMost": 2 }), None),
        (json!({ "called": {}, "atLeast": 0 }), None),
        (json!({ "covered": "*", "times": 1 }), None),
        (json!({ "times": 1 }), None),
        (json!({ "expect": [], "times": 1 }), None),
        (json!({ "expect": [] }), None),
        (json!({}), None),
        (json!({ "calld": {} }), None),
    ] {
        let answer = post(&sandbox, "/sandbox/verify", &[], &wrong);
        assert_eq!(answer.status, 400, "{wrong}: {}", answer.text());
        assert_eq!(answer.json().get("nearest").and_then(Value::as_str), nearest, "{wrong}: {}", answer.text());
    }
    let unknown = post(&sandbox, "/~session=misspelt/sandbox/verify", &[], &json!({ "called": {} }));
    assert_eq!(unknown.status, 404, "{}", unknown.text());
}

#[test]
fn a_full_journal_proves_nothing_that_it_cannot_show() {
    let small = Sandbox::builder().now(common::TODAY).journal(2).start().expect("it starts");
    for _ in 0..3 {
        get(&small, &format!("{BASE}/finans/311851381/aapnekrav"), &[("Korrelasjonsid", "a")]);
    }
    for (expectation, passed) in [
        (json!({ "called": { "endpoint": "aapnekrav" }, "atLeast": 2 }), true),
        (json!({ "called": { "endpoint": "aapnekrav" }, "times": 2 }), false),
        (json!({ "called": { "endpoint": "krav" }, "times": 0 }), false),
        (json!({ "never": "retry-storm" }), false),
        (json!({ "covered": "kravogbetalinger/aapnekrav:answer/finans/2024/json" }), true),
    ] {
        let verdict = verify(&small, &expectation);
        assert_eq!(verdict["passed"], passed, "{verdict}");
        let told = verdict["results"][0]["detail"].as_str().expect("a text").contains("1 older call can no longer");
        assert_eq!(told, !passed, "{verdict}");
    }
}

fn run(sandbox: &Sandbox, arguments: &[&str], summary: Option<&std::path::Path>) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_innkreving-sandbox"));
    command.env_remove("GITHUB_ACTIONS").env_remove("GITHUB_STEP_SUMMARY");
    if let Some(summary) = summary {
        command.env("GITHUB_ACTIONS", "true").env("GITHUB_STEP_SUMMARY", summary);
    }
    let output = command.args(["--listen", &sandbox.address().to_string(), "verify"]).args(arguments).output();
    let output = output.expect("it runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn the_subcommand_fails_a_build_and_writes_what_build_servers_read() {
    let sandbox = called();
    let folder = std::env::temp_dir().join(format!("verify-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let file = |name: &str| folder.join(name);
    let path = |name: &str| file(name).to_str().expect("UTF-8").to_owned();
    let (code, printed, error) = run(
        &sandbox,
        &[
            "--covered",
            "kravogbetalinger/*:KB-006",
            "--called",
            "aapnekrav party=311851381",
            "--times",
            "1",
            "--called",
            "krav test=it works",
            "--at-most",
            "0",
        ],
        None,
    );
    assert_eq!((code, error.as_str()), (Some(0), ""), "{printed}");
    assert!(printed.ends_with("3 of 3 as expected\n"), "{printed}");
    let (junit, json_file, summary) = (path("junit.xml"), path("verdict.json"), file("summary.md"));
    let arguments = [
        "--covered",
        "kravogbetalinger/*:KB-005..KB-006",
        "--never",
        "5xx-retried-at-once",
        "--junit",
        &junit,
        "--json",
        &json_file,
    ];
    let (code, printed, _) = run(&sandbox, &arguments, Some(&summary));
    assert_eq!(code, Some(1), "{printed}");
    for piece in [
        "::error title=covered kravogbetalinger/*%3AKB-005..KB-006::1 of 2 were tried%0Anot tried: kravogbetalinger/*:KB-005",
        "FAILED covered kravogbetalinger/*:KB-005..KB-006",
        "ok     never 5xx-retried-at-once  (0 times)",
        "1 of 2 as expected",
    ] {
        assert!(printed.contains(piece), "{piece}\n{printed}");
    }
    let read = |path: &str| std::fs::read_to_string(path).expect("written");
    let xml = read(&junit);
    let (mut reader, mut cases, mut failures) = (quick_xml::Reader::from_str(&xml), 0, 0);
    loop {
        match reader.read_event().expect("well-formed") {
            quick_xml::events::Event::Start(element) | quick_xml::events::Event::Empty(element) => {
                cases += usize::from(element.name().as_ref() == b"testcase");
                failures += usize::from(element.name().as_ref() == b"failure");
            }
            quick_xml::events::Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!((cases, failures), (2, 1), "{xml}");
    let verdict: Value = serde_json::from_str(&read(&json_file)).expect("JSON");
    assert_eq!(verdict["passed"], false);
    assert!(read(summary.to_str().expect("UTF-8")).contains("| ❌ | covered kravogbetalinger/*:KB-005..KB-006 |"));
    std::fs::write(
        file("expect.yaml"),
        "expect:\n  - called: aapnekrav party=311851381\n    times: 1\n  - { never: retry-storm }\nplan:\n  must: ['kravogbetalinger/*:KB-006']\n",
    )
    .expect("written");
    let (code, printed, error) = run(&sandbox, &["--file", &path("expect.yaml")], None);
    assert_eq!(code, Some(0), "{printed}{error}");
    assert!(printed.ends_with("3 of 3 as expected\n"), "{printed}");
    // A list alone is what would stand below expect.
    std::fs::write(file("list.yaml"), "- { never: retry-storm }\n- { called: aapnekrav, atLeast: 1 }\n")
        .expect("written");
    let (code, printed, error) = run(&sandbox, &["--file", &path("list.yaml")], None);
    assert!(code == Some(0) && printed.ends_with("2 of 2 as expected\n"), "{printed}{error}");
    for (text, told) in [
        ("covered", "write a list of expectations below expect"),
        ("expcet: []\n", "unknown field `expcet`"),
        ("- called: krav status=ok\n", "a status is a number"),
    ] {
        std::fs::write(file("wrong.yaml"), text).expect("written");
        let (code, _, error) = run(&sandbox, &["--file", &path("wrong.yaml")], None);
        assert!(code == Some(2) && error.contains(told), "{text}: {error}");
    }
    std::fs::remove_dir_all(&folder).expect("removed");
    for (wrong, told) in [
        (&["--covered", "kravogbetaling/*"][..], "did you mean kravogbetalinger?"),
        (&["--never", "retry-strom"], "did you mean retry-storm?"),
        (&["--times", "2"], "it comes after a --called"),
        (&["--called", "krav", "--times", "1", "--times", "2"], "is given twice"),
        (&["--called", "krav status=ok"], "a status is a number"),
        (&["--called", "krav partie=311851381"], "partie"),
        (&["--session", "misspelt", "--covered", "*"], "there is no session misspelt"),
        (&["--file", "/nowhere/x.yaml"], "/nowhere/x.yaml"),
        (&[], "nothing is expected"),
    ] {
        let (code, _, error) = run(&sandbox, wrong, None);
        assert!(code == Some(2) && error.contains(told), "{wrong:?}: {error}");
    }
}
