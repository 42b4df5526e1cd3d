//! How clients behave: for each finding a bad client that shows it and a good one that does not.

use std::time::Duration;

use crate::common::jwt::{jwt, now};
use crate::common::{BASE, TREKK, get, post, raw, sandbox, send};
use innkreving_sandbox::Sandbox;
use serde_json::{Value, json};

const PATH: &str = "/api/innkreving/kravogbetalinger/v1/regnskapssystem/311851381/aapnekrav";
const UTLEGG: &str = "/api/utleggsbegjaering/v2";

/// The findings of a session, by name.
fn findings(sandbox: &Sandbox, session: &str) -> Vec<String> {
    let report = get(sandbox, &format!("/~session={session}/sandbox/report?format=json&language=en"), &[]).json();
    let found = report["findings"].as_array().expect("a list");
    found.iter().map(|finding| finding["name"].as_str().expect("a name").to_owned()).collect()
}

/// An id that no other call of these tests has.
fn id() -> String {
    static NEXT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(1);
    let number = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    format!("6b1bb8a6-2a5d-4f64-8b3c-{number:012}")
}

fn token(jti: u64, lives: i64) -> String {
    let token = jwt(&json!({
        "iss": "https://test.maskinporten.no/", "scope": "skatteetaten:kravogbetalinger", "exp": now() + lives,
        "iat": now(), "client_id": "c", "consumer": { "ID": "0192:311851381" }, "jti": jti,
    }));
    format!("Bearer {token}")
}

/// A call of a session with an id of its own.
fn call(sandbox: &Sandbox, session: &str, path: &str, headers: &[(&str, &str)]) -> u16 {
    let id = id();
    let all: Vec<_> =
        headers.iter().copied().chain([("Sandbox-Session", session), ("Korrelasjonsid", id.as_str())]).collect();
    get(sandbox, path, &all).status
}

/// Asks whether the bad client shows the finding, and the good one shows nothing at all; but for tokens, which only the tests about
/// them send.
#[track_caller]
fn tells(sandbox: &Sandbox, name: &str) {
    assert!(findings(sandbox, "bad").iter().any(|found| found == name), "{name}: {:?}", findings(sandbox, "bad"));
    let good =
        findings(sandbox, "good").into_iter().filter(|found| found != "without-token" || name == "without-token");
    assert_eq!(good.collect::<Vec<_>>(), Vec::<String>::new(), "{name}");
}

#[test]
fn more_than_five_at_once() {
    let sandbox = sandbox();
    let at_once = |session: &str, count: usize| {
        std::thread::scope(|scope| {
            for _ in 0..count {
                scope.spawn(|| call(&sandbox, session, PATH, &[("Sandbox-Delay", "700ms")]));
            }
        });
    };
    at_once("bad", 8);
    at_once("good", 5);
    tells(&sandbox, "more-than-five-at-once");
}

#[test]
fn retries() {
    let sandbox = sandbox();
    for _ in 0..5 {
        call(&sandbox, "bad", PATH, &[("Sandbox-Error", "KB-002")]);
    }
    // A good client waits, and is done when it is answered.
    call(&sandbox, "good", PATH, &[("Sandbox-Error", "KB-002")]);
    std::thread::sleep(Duration::from_millis(600));
    call(&sandbox, "good", PATH, &[]);
    tells(&sandbox, "5xx-retried-at-once");
    tells(&sandbox, "retry-storm");
    let wrong = format!("{BASE}/finans/311851380/aapnekrav");
    call(&sandbox, "bad", &wrong, &[]);
    call(&sandbox, "bad", &wrong, &[]);
    call(&sandbox, "good", &wrong, &[]);
    // Two tests that make the same call repeat nothing.
    call(&sandbox, "good", &wrong, &[("Sandbox-Test", "another")]);
    tells(&sandbox, "4xx-retried");
    call(&sandbox, "bad", PATH, &[("Sandbox-Fault", "429(3s)")]);
    call(&sandbox, "bad", PATH, &[]);
    call(&sandbox, "good", PATH, &[("Sandbox-Fault", "429(1s)")]);
    std::thread::sleep(Duration::from_secs(1));
    call(&sandbox, "good", PATH, &[]);
    tells(&sandbox, "retry-after-ignored");
}

#[test]
fn tokens() {
    let sandbox = sandbox();
    let one = token(0, 100);
    for jti in 1..6 {
        call(&sandbox, "bad", PATH, &[("Authorization", &token(jti, 100))]);
        call(&sandbox, "good", PATH, &[("Authorization", &one)]);
    }
    tells(&sandbox, "token-for-every-call");
    call(&sandbox, "bad", PATH, &[("Authorization", &token(9, 2))]);
    tells(&sandbox, "token-near-expiry");
    let assertion = |session: &str, aud: &str| {
        let claims = json!({
            "aud": aud, "iss": "314055403", "scope": "skatteetaten:kravogbetalinger", "iat": now(), "exp": now() + 100,
        });
        let form = format!("grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion={}", jwt(&claims));
        let headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Sandbox-Session", session)];
        send(&sandbox, "POST", "/maskinporten/token", &headers, &form).status
    };
    assert_eq!(assertion("bad", "https://maskinporten.no/"), 400);
    assert_eq!(assertion("good", "https://test.maskinporten.no/"), 200);
    tells(&sandbox, "wrong-audience");
}

/// At every service that demands a token, a call without one is told.
#[test]
fn calls_without_a_token() {
    let sandbox = sandbox();
    let paths = [
        PATH,
        "/api/innkreving/kravoversikt/v1/finans/314055403/oversikt",
        "/api/innkreving/restanser/v2/dibk/314055403",
        "/api/trekkpaalegg/v1?fraSekvensnummer=0&maksAntall=1",
    ];
    for path in paths {
        call(&sandbox, "bad", path, &[]);
        call(&sandbox, "good", path, &[("Authorization", &token(1, 100))]);
    }
    tells(&sandbox, "without-token");
    let report = get(&sandbox, "/~session=bad/sandbox/report?format=json&language=en", &[]).json();
    let numbers = report["findings"].as_array().and_then(|all| all.iter().find(|it| it["name"] == "without-token"));
    assert_eq!(numbers.map(|it| it["places"][0]["calls"].as_array().map(Vec::len)), Some(Some(paths.len())));
}

#[test]
fn ids() {
    let sandbox = sandbox();
    get(&sandbox, PATH, &[("Sandbox-Session", "bad")]);
    call(&sandbox, "good", PATH, &[]);
    tells(&sandbox, "korrelasjonsid-missing");
    for path in [PATH, "/api/innkreving/kravogbetalinger/v1/finans/310478717/aapnekrav"] {
        get(&sandbox, path, &[("Sandbox-Session", "bad"), ("Korrelasjonsid", "6b1bb8a6-2a5d-4f64-8b3c-0a3f5c1c7a10")]);
        call(&sandbox, "good", path, &[]);
    }
    tells(&sandbox, "korrelasjonsid-repeated");
}

#[test]
fn a_reader_that_is_not_tolerant() {
    let sandbox = sandbox();
    for party in ["311851381", "310478717"] {
        let path = format!("{BASE}/finans/{party}/aapnekrav");
        for session in ["bad", "good"] {
            call(&sandbox, session, &path, &[]);
        }
        let path = format!("{BASE}/finans/{party}/krav?fraOgMed=2026-01-01");
        for (session, times) in [("bad", 2), ("good", 1)] {
            for _ in 0..times {
                call(&sandbox, session, &path, &[("Sandbox-Drift", "fields")]);
            }
        }
    }
    tells(&sandbox, "not-a-tolerant-reader");
}

#[test]
fn a_short_time_out_and_a_lost_write() {
    let sandbox = sandbox();
    let (one, other) = (id(), id());
    let agent: ureq::Agent =
        ureq::Agent::config_builder().timeout_global(Some(Duration::from_millis(300))).build().into();
    let url = format!("{}{PATH}", sandbox.base_url());
    let slow = |session: &str, id: &str| {
        agent
            .get(&url)
            .header("Sandbox-Session", session)
            .header("Korrelasjonsid", id)
            .header("Sandbox-Delay", "2s")
            .call()
    };
    assert!(slow("bad", &one).is_err(), "it gives up");
    call(&sandbox, "good", PATH, &[("Sandbox-Delay", "600ms")]);
    // The sandbox sees the end of the connection when it sees it.
    for _ in 0..100 {
        if findings(&sandbox, "bad").iter().any(|name| name == "short-time-out") {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    tells(&sandbox, "short-time-out");
    let lost = |session: &str, id: &str| {
        let head =
            format!("PUT /~session={session},fault=reset-after{UTLEGG}/0d2b7f0e-8f6c-4b53-8a3e-6f3c0a1d9b42 HTTP/1.1");
        let more = format!("Host: x\r\nKorrelasjonsid: {id}\r\nContent-Type: application/json\r\nContent-Length: 2");
        raw(&sandbox, format!("{head}\r\n{more}\r\n\r\n{{}}").as_bytes())
    };
    lost("bad", &id());
    lost("asks", &other);
    call(&sandbox, "asks", &format!("{UTLEGG}/0d2b7f0e-8f6c-4b53-8a3e-6f3c0a1d9b42/status"), &[]);
    tells(&sandbox, "write-lost");
    assert!(!findings(&sandbox, "asks").iter().any(|name| name == "write-lost"), "{:?}", findings(&sandbox, "asks"));
}

#[test]
fn polling() {
    let sandbox = sandbox();
    for _ in 0..3 {
        call(&sandbox, "bad", TREKK, &[]);
    }
    let first = get(&sandbox, TREKK, &[("Sandbox-Session", "good"), ("Korrelasjonsid", &id())]).json();
    let numbers = first.as_array().expect("a list").iter().filter_map(|order| order["sekvensnummer"].as_u64());
    let greatest = numbers.max().expect("orders");
    call(&sandbox, "good", &format!("{TREKK}?fraSekvensnummer={greatest}"), &[]);
    tells(&sandbox, "polls-from-the-beginning");
    tells(&sandbox, "polls-too-often");
    call(&sandbox, "bad", &format!("{TREKK}?fraSekvensnummer={}", greatest + 1), &[]);
    tells(&sandbox, "skips-a-sequence-number");
}

#[test]
fn submitting() {
    let sandbox = sandbox();
    let ask = |session: &str, endpoint: &str, body: &Value| {
        let (id, message) = (id(), id());
        let headers =
            [("Sandbox-Session", session), ("Klientid", "c"), ("Korrelasjonsid", &*id), ("Meldingsid", &*message)];
        post(&sandbox, &format!("{UTLEGG}{endpoint}"), &headers, body).status
    };
    let (card, request) = (json!({ "identifikator": ["01827020008"] }), json!({ "begjaeringsdato": "2026-11-21" }));
    for _ in 0..2 {
        assert_eq!(ask("bad", "/betjeningskartet", &card), 200);
    }
    ask("bad", "", &request);
    assert_eq!(ask("good", "/betjeningskartet", &card), 200);
    ask("good", "/valider", &request);
    ask("good", "", &request);
    assert_eq!(ask("good", "/betjeningskartet", &card), 200);
    tells(&sandbox, "betjeningskart-asked-needlessly");
    tells(&sandbox, "submitted-without-validating");
}

/// Every finding that there is has a row in docs/evidence.md, and every row is a finding.
#[test]
fn the_document_lists_every_finding() {
    let sandbox = sandbox();
    let refused = post(&sandbox, "/sandbox/verify", &[], &json!({ "never": "x" })).json();
    let mut known: Vec<&str> =
        refused["allowed"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
    let text = std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/evidence.md"));
    let text = text.expect("a document");
    let table = text.split("| finding |").nth(1).and_then(|rest| rest.split("\n\n").next()).expect("a table");
    let first_cells = table.lines().filter_map(|line| line.strip_prefix("| `")?.split(" |").next());
    let mut told: Vec<&str> =
        first_cells.flat_map(|cell| cell.split([',', '`', ' '])).filter(|name| !name.is_empty()).collect();
    known.sort_unstable();
    told.sort_unstable();
    assert_eq!(told, known);
}
