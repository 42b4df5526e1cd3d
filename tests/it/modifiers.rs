//! Modifiers as headers and in the base URL: the same keys, the same refusals, one precedence.

use crate::common::{self, Answer, BASE, get, raw, rule, sandbox, with_scenario};
use innkreving_sandbox::Sandbox;
use serde_json::json;

const PATH: &str = "/api/innkreving/kravogbetalinger/v1/finans/311851381/aapnekrav";

fn told(answer: &Answer) -> (u16, String, &str) {
    let kode = if answer.status == 200 { String::new() } else { answer.kode() };
    (answer.status, kode, answer.header("sandbox-cause"))
}

#[test]
fn the_base_url_carries_every_key() {
    let sandbox = sandbox();
    let call = |prefix: &str| get(&sandbox, &format!("/{prefix}{PATH}"), &[]);
    assert_eq!(told(&call("~error=KB-002")), (500, "KB-002".to_owned(), "base-url"));
    assert_eq!(told(&call("~error%3DKB-002")), (500, "KB-002".to_owned(), "base-url"));
    assert_eq!(told(&call("%7Eerror=KB-002,session=a")), (500, "KB-002".to_owned(), "base-url"));
    assert_eq!(told(&call("~session=a/~error=DAS-003")), (500, "DAS-003".to_owned(), "base-url"));
    assert_eq!(told(&call("~now=+30d,edition=2023")), (200, String::new(), "natural"));
    let moved = call("~now=%2B30d,edition=2023").json();
    assert_eq!(moved, get(&sandbox, PATH, &[("Sandbox-Now", "+30d"), ("Sandbox-Edition", "2023")]).json());
    assert!(moved.get("skjermet").is_none(), "the edition of 2023");
    let told = call("~now=+30d,edition=2023").header("sandbox-effects").to_owned();
    assert_eq!(told, "now=+30d (base-url), edition=2023 (base-url)");
    assert_ne!(moved, get(&sandbox, PATH, &[("Sandbox-Edition", "2023")]).json());
    let late = call("~delay=lognormal(10ms,0.1),seed=4");
    assert_eq!(late.header("sandbox-cause"), "base-url");
    assert!(late.header("sandbox-effects").starts_with("delay="), "{}", late.header("sandbox-effects"));
    assert_eq!(call("~fault=429(7s)").header("retry-after"), "7");
    assert!(call("~drift=fields").body.len() > call("~seed=1").body.len());
}

#[test]
fn the_base_url_works_under_the_host_form_and_is_invisible_behind_it() {
    let sandbox = sandbox();
    let ask = |line: &str| {
        raw(
            &sandbox,
            format!("GET {line} HTTP/1.1\r\nHost: kravogbetalinger.localhost\r\nConnection: close\r\n\r\n").as_bytes(),
        )
    };
    let failed = ask("/~error=KB-005/v1/finans/311851381/aapnekrav");
    assert!(failed.starts_with("HTTP/1.1 403") && failed.contains("KB-005"), "{failed}");
    let natural = ask("/~session=x/v1/finans/311851381/aapnekrav");
    assert!(natural.starts_with("HTTP/1.1 200"), "{natural}");
    let period = ask("/~session=x/v1/finans/311851381/krav?fraOgMed=2026-01-01&Korrelasjonsid=abc");
    assert!(
        period.starts_with("HTTP/1.1 200") && period.contains("korrelasjonsid: abc"),
        "the query stays: {}",
        &period[..200]
    );
}

#[test]
fn the_base_url_chooses_the_session_of_the_sandboxs_own_pages() {
    let sandbox = sandbox();
    get(&sandbox, &format!("/~session=mine{PATH}"), &[]);
    let count = |prefix: &str| get(&sandbox, &format!("{prefix}/sandbox/requests"), &[]).json()["count"].clone();
    assert_eq!((count("/~session=mine"), count("")), (json!(1), json!(0)));
    assert_eq!(get(&sandbox, "/~session=mine", &[]).status, 200, "the first page");
    let ready = get(&sandbox, "/~session=mine,now=+3d/health/ready", &[]);
    assert_eq!(ready.status, 200);
    assert!(ready.header("sandbox-warning").contains("only session"), "{}", ready.header("sandbox-warning"));
    for key in ["error=KB-001", "delay=1s", "fault=reset", "drift=order"] {
        let refused = get(&sandbox, &format!("/~{key}/health/live"), &[]);
        assert_eq!((refused.status, refused.header("sandbox-cause")), (400, "refused-modifier"), "{key}");
    }
}

#[track_caller]
fn assert_refused(answer: &Answer, modifier: &str, nearest: Option<&str>) {
    let text: String = answer.text().chars().take(400).collect();
    assert_eq!((answer.status, answer.header("sandbox-cause")), (400, "refused-modifier"), "{text}");
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let problem = answer.json();
    assert_eq!(problem["modifier"], modifier, "{text}");
    assert_eq!(problem["nearest"].as_str(), nearest, "{text}");
    assert!(problem["allowed"].is_array() && problem["detail"].as_str().is_some_and(|detail| !detail.is_empty()));
}

#[test]
fn an_unknown_key_or_value_is_refused_with_what_there_is() {
    let sandbox = sandbox();
    let by_url = |prefix: &str| get(&sandbox, &format!("/~{prefix}{PATH}"), &[]);
    assert_refused(&by_url("eror=KB-002"), "eror", Some("error"));
    assert_refused(&by_url("Error=KB-002"), "Error", Some("error"));
    assert_refused(&by_url("error"), "error", Some("error"));
    assert_refused(&by_url(""), "", None);
    assert_refused(&by_url("error=KB-002,"), "", None);
    assert_refused(&by_url("error=KB-002,error=KB-001"), "error", None);
    assert_refused(&by_url("error=KB-02"), "error", Some("KB-002"));
    assert_refused(&by_url("fault=resett"), "fault", Some("reset"));
    assert_refused(&by_url("drift=feilds"), "drift", Some("fields"));
    assert_refused(&by_url("delay=2"), "delay", None);
    assert_refused(&by_url("delay=2x"), "delay", None);
    assert_refused(&by_url("session=a%20b"), "session", None);
    assert_refused(&by_url("seed=-1"), "seed", None);
    assert_refused(&by_url("edition=2025"), "edition", Some("2023"));
    assert_refused(&by_url("now=i+morgen"), "now", None);
    assert_refused(&by_url("now=+200y"), "now", None);
    assert_refused(&by_url("party=31185138"), "party", None);
    assert_refused(&by_url("party=311851381"), "party", None);
    let by_header = |name: &str, value: &str| get(&sandbox, PATH, &[(name, value)]);
    assert_refused(&by_header("Sandbox-Fualt", "reset"), "sandbox-fualt", Some("Sandbox-Fault"));
    assert_refused(&by_header("Sandbox-Fault", "429(20.5s)"), "Sandbox-Fault", None);
    assert_refused(&by_header("Sandbox-Session", "a/b"), "Sandbox-Session", None);
    // A slip in the name's beginning is one, too.
    for name in ["SandboxError", "Sandbox_Error", "X-Sandbox-Error", "sandbox-eror", "Sanbox-Error"] {
        assert_refused(&by_header(name, "KB-002"), &name.to_lowercase(), Some("Sandbox-Error"));
    }
    for harmless in ["Sec-Fetch-Site", "Server-Timing", "Save-Data", "Soapaction", "X-Request-Id"] {
        assert_eq!(by_header(harmless, "none").status, 200, "{harmless}");
    }
    // A value that another one overrides must be valid too.
    let both = get(&sandbox, &format!("/~delay=soon{PATH}"), &[("Sandbox-Delay", "1ms")]);
    assert_refused(&both, "delay", None);
}

#[test]
fn a_code_of_another_service_is_told_whose_it_is() {
    let sandbox = sandbox();
    let nowhere = get(&sandbox, "/~error=KB-002/ingenting", &[]);
    assert_refused(&nowhere, "error", None);
    assert!(nowhere.text().contains("it belongs to kravogbetalinger"), "{}", nowhere.text());
    assert_eq!(told(&get(&sandbox, "/~error=DAS-008/ingenting", &[])), (403, "DAS-008".to_owned(), "base-url"));
    assert_eq!(get(&sandbox, "/ingenting", &[("Sandbox-Fault", "html")]).status, 502);
}

fn all_levels() -> Sandbox {
    with_scenario(
        "part: \"314055403\"\nnavn: X\nfeil:\n  - { paa: kravogbetalinger/aapnekrav, kode: KB-001, delay: 1ms, drift: order, ganger: 3 }\n",
    )
}

#[test]
fn precedence_is_per_key() {
    let sandbox = all_levels();
    let path = format!("{BASE}/finans/314055403/aapnekrav");
    let call = |prefix: &str, headers: &[(&str, &str)]| get(&sandbox, &format!("{prefix}{path}"), headers);
    assert_eq!(told(&call("", &[])), (500, "KB-001".to_owned(), "scenario"));
    rule(&sandbox, &json!({ "when": { "party": "314055403" }, "then": { "error": "KB-002" } }));
    let ruled = call("", &[]);
    assert_eq!(told(&ruled), (500, "KB-002".to_owned(), "rule"));
    let effects = ruled.header("sandbox-effects");
    assert!(effects.contains("delay=1ms (scenario)") && effects.contains("rules=r1"), "{effects}");
    assert_eq!(told(&call("/~error=KB-003", &[])), (404, "KB-003".to_owned(), "base-url"));
    // Three calls have used the flag up. Each took its delay, even if not its code.
    assert_eq!(call("", &[]).header("sandbox-effects"), "error=KB-002 (rule), rules=r1");
    assert_eq!(told(&call("/~error=KB-003", &[("Sandbox-Error", "KB-004")])), (401, "KB-004".to_owned(), "header"));
    let mixed = call("/~drift=fields", &[("Sandbox-Delay", "2ms")]);
    assert_eq!(told(&mixed), (500, "KB-002".to_owned(), "rule"));
    assert!(mixed.json().as_object().expect("an object").len() > 3, "the error has drifted: {}", mixed.text());
    assert_eq!(
        mixed.header("sandbox-effects"),
        "delay=2ms (header), error=KB-002 (rule), drift=fields (base-url), seed=1, rules=r1"
    );
}

#[test]
fn a_code_and_a_fault_that_replaces_the_answer_are_rivals() {
    let sandbox =
        with_scenario("part: \"314055403\"\nnavn: X\nfeil: [{ paa: kravogbetalinger, fault: html, ganger: 1 }]\n");
    let call = |headers: &[(&str, &str)]| get(&sandbox, &format!("{BASE}/finans/314055403/aapnekrav"), headers);
    assert_eq!(told(&call(&[("Sandbox-Error", "KB-005")])), (403, "KB-005".to_owned(), "header"));
    assert_eq!(call(&[]).status, 502, "a call that does not use the flag does not use it up");
    assert_eq!(call(&[]).status, 200);
}

/// The header wins over the base URL, whichever of the two rivals each says; within one place the fault wins.
#[test]
fn a_header_wins_over_the_base_url_for_code_and_fault() {
    let sandbox = sandbox();
    let at = |prefix: &str, headers: &[(&str, &str)]| get(&sandbox, &format!("{prefix}{PATH}"), headers);
    assert_eq!(told(&at("/~fault=503", &[("Sandbox-Error", "KB-002")])), (500, "KB-002".to_owned(), "header"));
    let fault = at("/~error=KB-002", &[("Sandbox-Fault", "503")]);
    assert_eq!((fault.status, fault.header("sandbox-cause")), (503, "header"));
    assert_eq!(told(&at("/~error=KB-005", &[("Sandbox-Error", "KB-002")])), (500, "KB-002".to_owned(), "header"));
    let fault = at("/~error=KB-002,fault=503", &[]);
    assert_eq!((fault.status, fault.header("sandbox-cause")), (503, "base-url"));
}

/// A value that cannot be taken is refused, even where a higher place says the same key.
#[test]
fn a_bad_value_in_the_base_url_is_refused_behind_a_good_header() {
    let sandbox = sandbox();
    let at = |prefix: &str| get(&sandbox, &format!("{prefix}{PATH}"), &[("Sandbox-Error", "KB-002")]);
    assert_refused(&at("/~error=KB-020"), "error", Some("KB-002"));
    assert_refused(&at("/~error=RESTANSE-001"), "error", None);
    assert_refused(&at("/~party=311851381"), "party", None);
}

#[test]
fn the_effects_tell_the_code_and_where_it_comes_from() {
    let sandbox = sandbox();
    let effects =
        |path: &str, headers: &[(&str, &str)]| get(&sandbox, path, headers).header("sandbox-effects").to_owned();
    assert_eq!(effects(PATH, &[]), "");
    assert_eq!(effects(PATH, &[("Sandbox-Error", "KB-002")]), "error=KB-002 (header)");
    assert_eq!(effects(&format!("/~error=KB-005{PATH}"), &[]), "error=KB-005 (base-url)");
    assert_eq!(effects(&format!("{BASE}/finans/333000024/aapnekrav"), &[]), "error=KB-002 (reserved-number)");
    assert_eq!(effects("/~error=DAS-008/ingenting", &[]), "error=DAS-008 (base-url)");
    let both = [("Sandbox-Error", "KB-002"), ("Sandbox-Fault", "truncate")];
    assert!(raw_effects(&sandbox, &both).contains("error=KB-002 (header), fault=truncate (header)"));
    // A code that a fault replaces is no effect.
    assert_eq!(effects(PATH, &[("Sandbox-Error", "KB-002"), ("Sandbox-Fault", "503")]), "fault=503 (header)");
}

/// The head and the beginning of an answer whose body is cut off.
fn raw_effects(sandbox: &Sandbox, headers: &[(&str, &str)]) -> String {
    let mut lines = vec![format!("GET {PATH} HTTP/1.1"), "Host: x".to_owned(), "Connection: close".to_owned()];
    lines.extend(headers.iter().map(|(name, value)| format!("{name}: {value}")));
    raw(sandbox, format!("{}\r\n\r\n", lines.join("\r\n")).as_bytes())
}

#[test]
fn a_seed_makes_what_is_drawn_the_same() {
    let sandbox = Sandbox::builder().now(common::TODAY).start().expect("it starts");
    let drawn = |headers: &[(&str, &str)]| get(&sandbox, PATH, headers).header("sandbox-effects").to_owned();
    let delay = ("Sandbox-Delay", "1ms..40ms");
    assert_eq!(drawn(&[delay, ("Sandbox-Seed", "7")]), drawn(&[delay, ("Sandbox-Seed", "7")]));
    let free: std::collections::HashSet<String> = (0..12).map(|_| drawn(&[delay])).collect();
    assert!(free.len() > 3, "without a seed the delay varies: {free:?}");
}
