//! What an operator sees: `/metrics`, traces in journal and log, `doctor`.

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::process::Command;

use crate::binary::serve;
use crate::common::{BASE, get, raw, sandbox};
use innkreving_sandbox::Sandbox;
use serde_json::Value;

const BIN: &str = env!("CARGO_BIN_EXE_innkreving-sandbox");

/// The samples of a page: names with labels, and values.
fn samples(page: &str) -> Vec<(&str, &str)> {
    let samples =
        page.lines().filter(|line| !line.starts_with('#')).map(|line| line.rsplit_once(' ').expect("a sample"));
    samples.inspect(|(_, value)| assert!(value.parse::<f64>().is_ok(), "{value}")).collect()
}

/// A value that counts something.
fn whole(value: &str) -> u64 {
    value.parse().expect("a whole number")
}

fn metrics(sandbox: &Sandbox) -> String {
    let answer = get(sandbox, "/metrics", &[]);
    assert_eq!((answer.status, answer.header("content-type")), (200, "text/plain; version=0.0.4; charset=utf-8"));
    answer.text()
}

#[test]
fn metrics_count_each_call_once_and_never_in_words_of_a_caller() {
    let sandbox = sandbox();
    get(&sandbox, &format!("{BASE}/finans/311851381/aapnekrav"), &[]);
    get(&sandbox, &format!("{BASE}/finans/311851381/aapnekrav"), &[]);
    get(&sandbox, &format!("{BASE}/finans/311851381/aapnekrav"), &[("Sandbox-Error", "KB-002")]);
    get(&sandbox, &format!("{BASE}/finans/311851381/aapnekrav"), &[("Sandbox-Error", "KB-02")]);
    get(&sandbox, &format!("{BASE}/hemmelig-ord/311851381/aapnekrav"), &[]);
    get(&sandbox, &format!("{BASE}/finans/311851381/hemmelig-ord"), &[("Sandbox-Session", "hemmelig-ord")]);
    get(&sandbox, "/hemmelig-ord", &[]);
    get(&sandbox, "/sandbox/requests", &[]);
    let hung_up =
        format!("GET {BASE}/finans/311851381/krav HTTP/1.1\r\nHost: localhost\r\nSandbox-Fault: reset\r\n\r\n");
    raw(&sandbox, hung_up.as_bytes());
    let page = metrics(&sandbox);
    let samples = samples(&page);
    let of = |labels: &str| {
        let name = format!("innkreving_sandbox_calls_total{{{labels}}}");
        samples.iter().find(|(known, _)| *known == name).map(|(_, value)| whole(value))
    };
    let here = r#"service="kravogbetalinger",endpoint="aapnekrav""#;
    assert_eq!(of(&format!(r#"{here},status="200",code="none",cause="natural""#)), Some(2), "{page}");
    assert_eq!(of(&format!(r#"{here},status="500",code="KB-002",cause="header""#)), Some(1), "{page}");
    assert_eq!(of(&format!(r#"{here},status="400",code="none",cause="refused-modifier""#)), Some(1), "{page}");
    let reset = r#"service="kravogbetalinger",endpoint="krav",status="none",code="none",cause="header""#;
    assert_eq!(of(reset), Some(1), "{page}");
    assert_eq!(of(r#"service="none",endpoint="none",status="404",code="DAS-002",cause="natural""#), Some(1), "{page}");
    assert!(!page.contains("hemmelig"), "{page}");
    // Each call is in both metrics, and the bounds of the histogram count up.
    let sum = |prefix: &str| -> u64 {
        samples.iter().filter(|(name, _)| name.starts_with(prefix)).map(|(_, value)| whole(value)).sum()
    };
    let calls = sum("innkreving_sandbox_calls_total{service=\"kravogbetalinger\"");
    assert_eq!(calls, sum("innkreving_sandbox_call_duration_seconds_count{service=\"kravogbetalinger\""), "{page}");
    let buckets: Vec<u64> = samples
        .iter()
        .filter(|(name, _)| {
            name.starts_with("innkreving_sandbox_call_duration_seconds_bucket{service=\"kravogbetalinger\"")
        })
        .map(|(_, value)| whole(value))
        .collect();
    assert!(buckets.is_sorted() && buckets.last() == Some(&calls), "{buckets:?}");
    let names: BTreeSet<&str> = samples.iter().map(|(name, _)| *name).collect();
    assert_eq!(names.len(), samples.len(), "no sample twice");
    assert_eq!(sum("innkreving_sandbox_sessions"), 2);
    assert!(sum("process_resident_memory_bytes") > 1_000_000 && sum("innkreving_sandbox_connections") > 512, "{page}");
}

#[test]
fn a_reset_leaves_the_metrics() {
    let sandbox = sandbox();
    get(&sandbox, &format!("{BASE}/finans/311851381/aapnekrav"), &[]);
    let before = metrics(&sandbox);
    assert_eq!(crate::common::request(&sandbox, "POST", "/sandbox/sessions/default/reset", &[]).status, 200);
    let calls =
        |page: &str| page.lines().filter(|line| line.contains("calls_total{")).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(calls(&metrics(&sandbox)), calls(&before));
}

#[test]
fn the_rules_of_the_control_api_hold_for_metrics() {
    let status = |sandbox: &Sandbox, headers: &[(&str, &str)]| get(sandbox, "/metrics", headers).status;
    let guarded = Sandbox::builder().control_key("hemmelig-nok").start().expect("it starts");
    assert_eq!(status(&guarded, &[]), 401);
    assert_eq!(status(&guarded, &[("Authorization", "Bearer hemmelig-nok")]), 200);
    let open = sandbox();
    assert_eq!(status(&open, &[("Origin", "https://evil.example")]), 403);
    assert_eq!(status(&open, &[("Host", "evil.example")]), 403);
    raw(&open, b"GET /health/live HTTP/1.1\r\n\r\n");
    let page = metrics(&open);
    assert!(page.contains(r#"refused_total{reason="foreign-page"} 2"#), "{page}");
    assert!(page.contains(r#"refused_total{reason="improper-http"} 1"#), "{page}");
    let off = serve(&["--control", "off"]);
    assert_eq!(off.get("/metrics").0, 404);
}

#[test]
fn a_trace_is_in_the_journal_and_in_the_log() {
    let server = serve(&["--log", "debug", "--log-format", "json"]);
    let call = |traceparent: &str| {
        let url = format!("http://{}{BASE}/finans/311851381/aapnekrav", server.address());
        let mut answer = ureq::get(&url).header("traceparent", traceparent).call().expect("an answer");
        answer.body_mut().read_to_string().expect("a text");
    };
    let (trace, span) = ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7");
    call(&format!("00-{trace}-{span}-01"));
    call(&format!("00-{trace}-{span}"));
    let found: Value =
        serde_json::from_str(&server.get(&format!("/sandbox/requests?traceId={trace}")).1).expect("JSON");
    assert_eq!((&found["count"], &found["requests"][0]["spanId"]), (&1.into(), &span.into()), "{found}");
    let all: Value = serde_json::from_str(&server.get("/sandbox/requests").1).expect("JSON");
    assert_eq!((&all["count"], all["requests"][0].get("traceId")), (&2.into(), None), "{all}");
    let (_, log) = server.stop();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).expect("a JSON object a line")).collect();
    let answered: Vec<&Value> = lines.iter().filter(|line| line["message"] == "answered").collect();
    let traces: Vec<Option<&str>> = answered.iter().map(|line| line.get("trace_id").and_then(Value::as_str)).collect();
    assert_eq!(traces, [Some(trace), None], "{log}");
}

#[test]
fn doctor_tells_each_setting_and_where_it_comes_from() {
    let report = |listen: &str, more: &[&str], variable: (&str, &str)| -> (Option<i32>, Value) {
        let mut command = Command::new(BIN);
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("SANDBOX_")) {
            command.env_remove(name);
        }
        let output =
            command.args(["doctor", "--json", "--listen", listen]).args(more).env(variable.0, variable.1).output();
        let output = output.expect("it runs");
        let told = serde_json::from_slice(&output.stdout);
        (output.status.code(), told.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr))))
    };
    let told = |report: &Value, verdict: &str| -> String {
        let checks = report["checks"].as_array().expect("checks").iter().filter(|check| check["verdict"] == verdict);
        checks.map(|check| check["told"].as_str().expect("a text").to_owned()).collect::<Vec<_>>().join("\n")
    };
    let (code, good) = report("127.0.0.1:0", &["--journal", "7"], ("SANDBOX_CONTROL_KEY", "hemmelig-nok"));
    assert_eq!((code, &good["healthy"], told(&good, "finding")), (Some(0), &true.into(), String::new()));
    let setting = |name: &str| {
        let found = good["settings"].as_array().expect("settings").iter().find(|setting| setting["name"] == name);
        let found = found.unwrap_or_else(|| panic!("{name}"));
        (found["value"].clone(), found["from"].clone())
    };
    assert_eq!(setting("--journal"), ("7".into(), "flag".into()));
    assert_eq!(setting("--control-key"), ("***".into(), "environment".into()));
    assert_eq!(setting("--auth"), ("open".into(), "default".into()));
    assert_eq!(setting("--scenarios"), (Value::Null, "not set".into()));
    assert_eq!(setting("--regnskapssystem").1, "default", "settings of services too");

    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    // It closes each connection, as something that is no sandbox may do.
    std::thread::spawn(move || taken.incoming().for_each(drop));
    let (code, lost) = report("127.0.0.1:0", &["--store", "file:/nowhere/x.db"], ("SANDBOX_LOG", "off"));
    assert!(code == Some(1) && told(&lost, "finding").contains("there is no folder /nowhere"), "{lost}");
    let (code, away) = report("127.0.0.1:0", &["--store", "postgres://u@127.0.0.1:1/d"], ("SANDBOX_LOG", "off"));
    assert!(code == Some(1) && !told(&away, "finding").is_empty(), "{away}");

    let (code, bad) = report(&address, &["--jwks", "/nowhere/jwks.json"], ("SANDBOX_LISTN", "x"));
    assert_eq!((code, &bad["healthy"]), (Some(1), &false.into()));
    let findings = told(&bad, "finding");
    for part in ["is taken by something that is no sandbox", "/nowhere/jwks.json", "did you mean SANDBOX_LISTEN?"] {
        assert!(findings.contains(part), "{findings}");
    }

    let (code, job) = report("127.0.0.1:0", &[], ("SANDBOX_SESSION", "run-7"));
    let fine = told(&job, "ok");
    assert!(code == Some(0) && fine.contains("SANDBOX_SESSION is for the steps of a CI job"), "{job}");
    assert!(!told(&job, "note").contains("nothing reads"), "{job}");

    let server = serve(&[]);
    let (code, beside) = report(server.address(), &[], ("SANDBOX_PORT_8080_TCP", "x"));
    assert_eq!(code, Some(0), "{beside}");
    let notes = told(&beside, "note");
    assert!(
        notes.contains("a sandbox runs at") && notes.contains("nothing reads the variable SANDBOX_PORT_8080_TCP"),
        "{notes}"
    );
}

/// A collector reads both streams: each line is one JSON object.
fn json_lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"))).collect()
}

#[test]
fn a_log_in_json_has_nothing_but_json_and_tells_of_changes() {
    let server = serve(&["--log-format", "json", "--control-key", "hemmelig-nok", "--auth", "claims"]);
    let told = &json_lines(&server.banner)[0];
    assert_eq!((&told["level"], &told["message"]), (&"INFO".into(), &"listening".into()), "{told}");
    let url = format!("http://{}", server.address());
    assert_eq!((&told["url"], &told["auth"], &told["store"]), (&url.into(), &"claims".into(), &"memory".into()));
    assert!(told["timestamp"].is_string() && told["version"].is_string() && told["day"].is_string(), "{told}");
    let rule = serde_json::json!({ "then": { "error": "KB-002" } });
    assert_eq!(server.post("/~session=build-17/sandbox/rules", &rule).0, 401);
    let key = ["--url", &format!("http://{}", server.address()), "--control-key", "hemmelig-nok"];
    for arguments in [&["rule", "add", "--then", "error=KB-002", "--session", "build-17"][..], &["rule", "list"]] {
        let done = Command::new(BIN).args(key).args(arguments).output().expect("it runs");
        assert!(done.status.success(), "{done:?}");
    }
    let (_, log) = server.stop();
    let calls: Vec<Value> = json_lines(&log).into_iter().filter(|line| line["message"] == "control call").collect();
    let facts =
        |call: &Value| (call["method"].clone(), call["path"].clone(), call["session"].clone(), call["status"].clone());
    let expected = |status: u16| ("POST".into(), "/sandbox/rules".into(), "build-17".into(), status.into());
    assert_eq!(calls.iter().map(facts).collect::<Vec<_>>(), [expected(401), expected(201)], "{log}");
    assert!(calls.iter().all(|call| call["korrelasjonsid"].is_string()), "{log}");
    assert!(calls[0]["user_agent"].as_str().is_some_and(|agent| agent.starts_with("ureq")), "{log}");
    assert_eq!(calls[1]["user_agent"], concat!("innkreving-sandbox/", env!("CARGO_PKG_VERSION")), "{log}");
    assert!(!log.contains("hemmelig"), "{log}");
    // What keeps a sandbox from starting is JSON, too, at every level.
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let listen = taken.local_addr().expect("an address").to_string();
    let folder = std::env::temp_dir().join(format!("json-log-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("a.yaml"), "part: \"314300017\"\nnavnn: X\n").expect("written");
    let folder = folder.to_str().expect("UTF-8");
    for (arguments, says) in [(["--listen", &listen], "is in use"), (["--scenarios", folder], "errors")] {
        let failed = Command::new(BIN).args(["--log-format", "json", "--log", "off"]).args(arguments).output();
        let failed = failed.expect("it runs");
        let lines = json_lines(&String::from_utf8(failed.stderr).expect("UTF-8"));
        assert_eq!((failed.status.code(), lines.len(), failed.stdout.is_empty()), (Some(2), 1, true), "{lines:?}");
        assert!(lines[0]["message"].as_str().is_some_and(|message| message.contains(says)), "{lines:?}");
        assert_eq!(lines[0].get("problems").is_some(), says == "errors", "{lines:?}");
    }
    std::fs::remove_dir_all(folder).expect("removed");
}

#[test]
fn subcommands_ask_the_sandbox_that_a_url_names() {
    let (server, other) = (serve(&["--control-key", "hemmelig-nok", "--now", "2026-03-01"]), serve(&[]));
    let named = format!("http://{}", server.address().replace("127.0.0.1", "localhost"));
    let run = |variables: &[(&str, &str)], arguments: &[&str]| {
        let mut command = Command::new(BIN);
        command.env_remove("SANDBOX_LISTEN").envs(variables.iter().copied()).args(arguments);
        let output = command.output().expect("it runs");
        let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).expect("UTF-8")).join("");
        (output.status.code(), text)
    };
    let (url, key) = (("SANDBOX_URL", &*named), ("SANDBOX_CONTROL_KEY", "hemmelig-nok"));
    let (code, shown) = run(&[url, key], &["clock", "--session", "ci"]);
    assert!(code == Some(0) && shown.contains("2026-03-01"), "{shown}");
    let prefixed = format!("{named}/~session=ci");
    for arguments in
        [&["coverage"][..], &["verify", "--never", "retry-storm"], &["report"], &["journal"], &["session", "log"]]
    {
        let (code, text) = run(&[("SANDBOX_URL", &prefixed), key], arguments);
        assert_eq!(code, Some(0), "{arguments:?}: {text}");
    }
    let (code, text) = run(&[url], &["clock"]);
    assert!(code == Some(2) && text.contains("requires its key"), "{text}");
    // A token is one of the sandbox that is asked.
    let (code, token) = run(&[("SANDBOX_URL", &prefixed)], &["token", "--party", "311851381"]);
    let (_, told) = run(&[("SANDBOX_URL", &prefixed)], &["explain", token.trim()]);
    assert!(code == Some(0) && told.contains(&format!("{named}/maskinporten/")), "{told}");
    // The flag of a port wins over the variable, and health is that of the container that asks.
    let (code, text) = run(&[url], &["--listen", other.address(), "clock"]);
    assert!(code == Some(0) && !text.contains("2026-03-01"), "{text}");
    let nobody = ("SANDBOX_URL", "http://127.0.0.1:1");
    assert_eq!(run(&[nobody, ("SANDBOX_LISTEN", other.address())], &["healthcheck"]).0, Some(0));
    assert_eq!(run(&[], &["--url", "http://127.0.0.1:1", "healthcheck"]).0, Some(1));
    for (arguments, says) in [
        (["--url", "https://innkreving:8443", "clock"], "without TLS"),
        (["--url", "http://innkreving:8080", "serve"], "a sandbox listens by --listen"),
        (["--port", "9000", "clock"], "--listen 127.0.0.1:9000"),
        (["clock", "--port=9000", "--now=+1d"], "the port is a part of --listen"),
    ] {
        let (code, text) = run(&[], &arguments);
        assert!(code == Some(2) && text.contains(says), "{text}");
    }
}
