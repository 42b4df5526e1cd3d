//! Rules at run time: what they match, how they are used up, and which are refused.

use crate::common::{self, Answer, BASE, get, post, rule, sandbox, send};
use innkreving_sandbox::Sandbox;
use serde_json::{Value, json};

fn call(sandbox: &Sandbox, path: &str) -> Answer {
    get(sandbox, &format!("{BASE}/{path}"), &[])
}

fn codes(sandbox: &Sandbox, path: &str, calls: usize) -> Vec<String> {
    let code = |_| {
        let answer = call(sandbox, path);
        if answer.status == 200 { "ok".to_owned() } else { answer.kode() }
    };
    (0..calls).map(code).collect()
}

#[test]
fn a_rule_meets_the_calls_it_names_and_no_others() {
    let sandbox = sandbox();
    let made = rule(
        &sandbox,
        &json!({
            "when": { "service": "kravogbetalinger", "endpoint": "krav", "party": "310478717", "package": "finans" },
            "then": { "error": "KB-002" },
        }),
    );
    assert_eq!((&made["id"], &made["used"], made.get("left")), (&json!("r1"), &json!(0), None));
    assert_eq!(codes(&sandbox, "finans/310478717/krav?fraOgMed=2026-01-01", 3), ["KB-002"; 3]);
    for other in [
        "finans/310478717/aapnekrav",
        "regnskapssystem/310478717/krav?fraOgMed=2026-01-01",
        "finans/311851381/krav?fraOgMed=2026-01-01",
    ] {
        assert_eq!(codes(&sandbox, other, 1), ["ok"], "{other}");
    }
    let answer = call(&sandbox, "finans/310478717/krav?fraOgMed=2026-01-01");
    assert_eq!(
        (answer.header("sandbox-cause"), answer.header("sandbox-effects")),
        ("rule", "error=KB-002 (rule), rules=r1")
    );
    assert_eq!(get(&sandbox, "/sandbox/rules/r1", &[]).json()["used"], 4);
}

#[test]
fn times_and_sequences_are_used_up() {
    let sandbox = sandbox();
    rule(&sandbox, &json!({ "then": { "error": "KB-002" }, "times": 2 }));
    assert_eq!(codes(&sandbox, "finans/310478717/aapnekrav", 4), ["KB-002", "KB-002", "ok", "ok"]);
    rule(&sandbox, &json!({ "then": { "sequence": ["KB-001", "ok", { "error": "DAS-003", "delay": "1ms" }] } }));
    assert_eq!(codes(&sandbox, "finans/310478717/aapnekrav", 5), ["KB-001", "ok", "DAS-003", "ok", "ok"]);
    rule(&sandbox, &json!({ "then": { "sequence": ["KB-001", "ok"] }, "times": 2 }));
    assert_eq!(codes(&sandbox, "finans/310478717/aapnekrav", 5), ["KB-001", "ok", "KB-001", "ok", "ok"]);
    let list = get(&sandbox, "/sandbox/rules", &[]).json();
    let left: Vec<&Value> = list["rules"].as_array().expect("a list").iter().map(|rule| &rule["left"]).collect();
    assert_eq!(left, [&json!(0), &json!(0), &json!(0)]);
}

#[test]
fn the_newest_rule_wins_and_ok_hides_older_ones_and_flags() {
    let sandbox =
        common::with_scenario("part: \"314055403\"\nnavn: X\nfeil: [{ paa: kravogbetalinger, kode: KB-005 }]\n");
    let path = "finans/314055403/aapnekrav";
    rule(&sandbox, &json!({ "then": { "error": "KB-001", "delay": "1ms" } }));
    rule(&sandbox, &json!({ "when": { "party": "314055403" }, "then": { "error": "KB-002" }, "times": 1 }));
    let both = call(&sandbox, path);
    assert_eq!(
        (both.kode().as_str(), both.header("sandbox-effects")),
        ("KB-002", "delay=1ms (rule), error=KB-002 (rule), rules=r2 r1")
    );
    assert_eq!(codes(&sandbox, path, 1), ["KB-001"]);
    rule(&sandbox, &json!({ "then": { "sequence": ["ok"] } }));
    assert_eq!(codes(&sandbox, path, 2), ["ok", "KB-001"]);
    assert_eq!(send(&sandbox, "DELETE", "/sandbox/rules/r1", &[], "").status, 204);
    assert_eq!(codes(&sandbox, path, 1), ["KB-005"], "the flag");
    assert_eq!(send(&sandbox, "DELETE", "/sandbox/rules/r1", &[], "").status, 404);
    assert_eq!(send(&sandbox, "DELETE", "/sandbox/rules", &[], "").json(), json!({ "deleted": 2 }));
}

#[test]
fn a_refused_call_uses_nothing_up() {
    let sandbox = sandbox();
    rule(&sandbox, &json!({ "then": { "error": "KB-002" }, "times": 1 }));
    let path = format!("{BASE}/finans/310478717/aapnekrav");
    assert_eq!(get(&sandbox, &path, &[("Sandbox-Fault", "rest")]).status, 400);
    assert_eq!(get(&sandbox, &path, &[("Sandbox-Now", "+190y")]).status, 400);
    assert_eq!(
        get(&sandbox, &path, &[("Sandbox-Error", "KB-001")]).kode(),
        "KB-001",
        "the header comes before the rule"
    );
    assert_eq!(codes(&sandbox, "finans/310478717/aapnekrav", 2), ["KB-002", "ok"]);
}

#[test]
fn what_has_no_part_in_an_answer_is_not_used_up() {
    let sandbox = sandbox();
    let path = format!("{BASE}/finans/310478717/aapnekrav");
    rule(&sandbox, &json!({ "then": { "drift": "fields", "edition": 2024 }, "times": 1 }));
    assert_eq!(get(&sandbox, &path, &[("Sandbox-Fault", "503")]).header("sandbox-effects"), "fault=503 (header)");
    assert_eq!(get(&sandbox, "/sandbox/rules/r1", &[]).json()["left"], 1);
    let met = get(&sandbox, &path, &[]);
    assert_eq!(
        met.header("sandbox-effects"),
        "drift=fields (rule), seed=SEED, edition=2024 (rule), rules=r1"
            .replace("SEED", &get(&sandbox, "/sandbox/rules/r1", &[]).json()["seed"].to_string())
    );
    // A slow body does not replace the answer, so rules still apply: `ok` hides the older rule.
    rule(&sandbox, &json!({ "then": { "error": "KB-002" } }));
    rule(&sandbox, &json!({ "then": { "sequence": ["ok"] } }));
    assert_eq!(get(&sandbox, &path, &[("Sandbox-Fault", "slow-body(1024k/s)")]).status, 200);
    assert_eq!(get(&sandbox, &path, &[]).kode(), "KB-002");
}

#[test]
fn the_seed_of_a_call_decides_what_a_rule_draws_for_it() {
    let sandbox = sandbox();
    rule(&sandbox, &json!({ "then": { "delay": "1ms..40ms" } }));
    let path = format!("{BASE}/finans/310478717/aapnekrav");
    let drawn = |headers: &[(&str, &str)]| get(&sandbox, &path, headers).header("sandbox-effects").to_owned();
    assert_eq!(drawn(&[("Sandbox-Seed", "7")]), drawn(&[("Sandbox-Seed", "7")]));
    let free: std::collections::HashSet<String> = (0..12).map(|_| drawn(&[])).collect();
    assert!(free.len() > 3, "{free:?}");
}

#[test]
fn probability_is_drawn_by_the_seed() {
    let drawn = |seed: u64| {
        let sandbox = sandbox();
        rule(&sandbox, &json!({ "then": { "error": "KB-002" }, "probability": 0.3, "seed": seed }));
        codes(&sandbox, "finans/310478717/aapnekrav", 60)
    };
    let first = drawn(7);
    assert_eq!(first, drawn(7));
    assert_ne!(first, drawn(8));
    let failed = first.iter().filter(|code| *code == "KB-002").count();
    assert!((8..=30).contains(&failed), "{failed} of 60");
    let told = rule(&sandbox(), &json!({ "then": { "error": "KB-002" }, "probability": 0.3 }));
    assert!(told["seed"].is_u64(), "a rule without a seed shows the seed that was drawn");
}

#[test]
fn a_rule_can_move_the_clock_choose_the_edition_and_end() {
    let sandbox = sandbox();
    let path = format!("{BASE}/finans/311851381/aapnekrav");
    rule(&sandbox, &json!({ "then": { "now": "+30d", "edition": 2023 }, "expires": "3s" }));
    let moved = get(&sandbox, &path, &[]).json();
    let list = get(&sandbox, "/sandbox/rules", &[]).json();
    assert_eq!(list["count"], 1);
    assert_eq!(moved, get(&sandbox, &path, &[("Sandbox-Now", "+30d"), ("Sandbox-Edition", "2023")]).json());
    let mut looks = 0;
    while get(&sandbox, "/sandbox/rules", &[]).json()["count"] != 0 {
        looks += 1;
        assert!(looks < 300, "the rule does not expire");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

#[track_caller]
fn assert_refused(sandbox: &Sandbox, rule: &Value, field: &str, nearest: Option<&str>) {
    let answer = post(sandbox, "/sandbox/rules", &[], rule);
    let problem = answer.json();
    assert_eq!(answer.status, 400, "{rule}");
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!((problem["modifier"].as_str(), problem["nearest"].as_str()), (Some(field), nearest), "{problem}");
}

#[test]
fn a_rule_that_can_never_match_is_refused() {
    let sandbox = sandbox();
    let refused = |when: Value, then: Value, field: &str, nearest: Option<&str>| {
        assert_refused(&sandbox, &json!({ "when": when, "then": then }), field, nearest);
    };
    let error = json!({ "error": "KB-002" });
    refused(json!({ "service": "kravogbetaling" }), error.clone(), "when.service", Some("kravogbetalinger"));
    refused(json!({ "endpoint": "krva" }), error.clone(), "when.endpoint", Some("krav"));
    refused(json!({ "service": "kravogbetalinger", "endpoint": "oversikt" }), error.clone(), "when.endpoint", None);
    refused(json!({ "package": "finanse" }), error.clone(), "when.package", Some("finans"));
    refused(json!({ "party": "31185138" }), error.clone(), "when.party", None);
    refused(json!({ "client": "" }), error, "when.client", None);
    refused(json!({}), json!({ "error": "KB-02" }), "then.error", Some("KB-002"));
    refused(json!({}), json!({ "error": "TREKK-123" }), "then.error", None);
    refused(json!({}), json!({ "eror": "KB-002" }), "eror", Some("error"));
    refused(json!({}), json!({ "fault": "resets" }), "then.fault", Some("reset"));
    refused(json!({}), json!({ "session": "a" }), "then.session", None);
    refused(json!({ "service": "kravogbetalinger" }), json!({ "party": "311851381" }), "then.party", None);
    refused(json!({}), json!({ "now": "+230y" }), "then.now", Some("+30d"));
    refused(json!({}), json!({ "sequence": ["ok", { "now": "i dag" }] }), "then.sequence[1].now", None);
    refused(json!({}), json!({ "seed": 3 }), "then", None);
    refused(json!({}), json!({}), "then", None);
    refused(json!({}), json!({ "error": ["KB-002"] }), "then.error", None);
    refused(json!({}), json!({ "sequence": [] }), "then.sequence", None);
    refused(json!({}), json!({ "sequence": ["KB-001", "okay"] }), "then.sequence[1].error", None);
    refused(json!({}), json!({ "sequence": ["ok"], "error": "KB-001" }), "then", None);
    let then = json!({ "error": "KB-002" });
    assert_refused(&sandbox, &json!({ "then": then, "times": 0 }), "times", Some("1"));
    assert_refused(&sandbox, &json!({ "then": then, "probability": 0 }), "probability", None);
    assert_refused(&sandbox, &json!({ "then": then, "probability": 1.5 }), "probability", None);
    assert_refused(&sandbox, &json!({ "then": then, "expires": "soon" }), "expires", None);
    for (body, says) in [
        ("{}", "missing field `then`"),
        ("[", "cannot be read"),
        (r#"{"then":{"error":"KB-001"},"wenn":{}}"#, "wenn"),
        (r#"{"then":{"error":"KB-001","error":"KB-002"}}"#, "error is given more than once"),
        (r#"[{},{"error":"KB-002"},null,null,null,null]"#, "no JSON object"),
    ] {
        let answer = send(&sandbox, "POST", "/sandbox/rules", &[("Content-Type", "application/json")], body);
        assert!(answer.status == 400 && answer.text().contains(says), "{}", answer.text());
    }
    assert_eq!(get(&sandbox, "/sandbox/rules", &[]).json()["count"], 0);
}

/// Each of these rules was kept once, and no call ever met it.
#[test]
fn a_rule_that_can_never_match_is_refused_when_it_is_set() {
    let sandbox = sandbox();
    let refused = |when: Value, then: Value, field: &str, says: &str| {
        let answer = post(&sandbox, "/sandbox/rules", &[], &json!({ "when": when, "then": then }));
        let problem = answer.json();
        assert_eq!((answer.status, problem["modifier"].as_str()), (400, Some(field)), "{when} {then}: {problem}");
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains(says)), "{problem}");
    };
    let codes = json!({ "sequence": ["KB-002", "RESTANSE-002", "ok"] });
    refused(json!({}), codes, "then.sequence[1].error", "it belongs to restanser");
    let codes = json!({ "sequence": ["ok", { "error": "MP-012" }, "DAS-001"] });
    refused(json!({}), codes, "then.sequence[2].error", "those of maskinporten");
    let error = || json!({ "error": "DAS-001" });
    refused(
        json!({ "service": "maskinporten", "party": "310478717" }),
        json!({ "error": "MP-012" }),
        "when.party",
        "the calls of maskinporten are about no party",
    );
    refused(
        json!({ "endpoint": "jwk", "party": "310478717" }),
        json!({ "delay": "1ms" }),
        "when.party",
        "maskinporten/jwk",
    );
    refused(json!({ "party": "310478717" }), json!({ "error": "MP-012" }), "then.error", "belongs to maskinporten");
    refused(json!({ "package": "dibk", "endpoint": "krav" }), error(), "when", "no service has both");
    refused(json!({ "service": "restanser", "package": "finans" }), error(), "when.package", "no package \"finans\"");
    refused(json!({ "service": "trekkpaalegg", "package": "finans" }), error(), "when.package", "no packages");
    refused(
        json!({ "service": "restanser", "endpoint": "krav" }),
        error(),
        "when.endpoint",
        "restanser has no endpoint",
    );
    let (when, party) = (json!({ "service": "trekkpaalegg", "client": "c" }), json!({ "party": "310478717" }));
    refused(when, party, "then.party", "the token says whose the call is");
    // What one service has is kept.
    rule(&sandbox, &json!({ "then": { "sequence": ["KB-002", "DAS-001", "ok"] } }));
    rule(&sandbox, &json!({ "when": { "service": "maskinporten", "client": "c" }, "then": { "error": "MP-012" } }));
    assert_eq!(get(&sandbox, "/sandbox/rules", &[]).json()["count"], 2);
}

#[test]
fn a_rule_with_a_fault_that_hides_the_rest_of_it_is_refused() {
    let sandbox = sandbox();
    let both = |then: Value| post(&sandbox, "/sandbox/rules", &[], &json!({ "then": then }));
    for (then, field) in [
        (json!({ "error": "KB-002", "fault": "reset" }), "then.error"),
        (json!({ "fault": "503", "error": "KB-002", "delay": "1ms" }), "then.error"),
        (json!({ "fault": "html", "drift": "fields" }), "then.drift"),
        (json!({ "sequence": ["ok", { "error": "KB-002", "fault": "429" }] }), "then.sequence[1].error"),
    ] {
        let problem = both(then.clone());
        assert_eq!((problem.status, problem.json()["modifier"].as_str()), (400, Some(field)), "{then}");
        assert!(problem.text().contains("would never be seen"), "{}", problem.text());
    }
    assert_eq!(both(json!({ "error": "KB-002", "fault": "slow-body(1024k/s)" })).status, 201, "the code is seen");
    let answer = call(&sandbox, "finans/310478717/aapnekrav");
    assert_eq!(answer.header("sandbox-effects"), "error=KB-002 (rule), fault=slow-body(1024k/s) (rule), rules=r1");
}

#[test]
fn there_is_a_bound_on_rules_and_a_thousand_do_not_hide_the_one() {
    let sandbox = sandbox();
    for i in 0..2000 {
        rule(
            &sandbox,
            &json!({ "when": { "party": format!("{:09}", 200_000_000 + i) }, "then": { "error": "KB-002" } }),
        );
    }
    let full = post(&sandbox, "/sandbox/rules", &[], &json!({ "then": { "error": "KB-002" } }));
    assert_eq!(full.status, 507, "{}", full.text());
    assert!(full.text().contains("2000 rules"), "{}", full.text());
    // Rules that are used up make room.
    assert_eq!(send(&sandbox, "DELETE", "/sandbox/rules/r1", &[], "").status, 204);
    rule(&sandbox, &json!({ "when": { "endpoint": "krav" }, "then": { "error": "KB-001" }, "times": 1 }));
    assert_eq!(codes(&sandbox, "finans/310478717/krav?fraOgMed=2026-01-01", 1), ["KB-001"]);
    rule(&sandbox, &json!({ "when": { "endpoint": "utbetalinger" }, "then": { "error": "KB-001" } }));
    assert_eq!(get(&sandbox, "/sandbox/rules", &[]).json()["count"], 2000);
    assert_eq!(codes(&sandbox, "finans/200001999/aapnekrav", 1), ["KB-002"]);
    assert_eq!(codes(&sandbox, "finans/311851381/aapnekrav", 1), ["ok"]);
}

#[test]
fn what_a_service_does_not_take_is_not_used_up() {
    let sandbox = sandbox();
    rule(&sandbox, &json!({ "then": { "party": "310478717" }, "times": 1 }));
    rule(&sandbox, &json!({ "then": { "edition": "2023" }, "times": 1 }));
    let restanser = get(&sandbox, &format!("{}/dibk/311851381", common::RESTANSER), &[]);
    assert_eq!(restanser.header("sandbox-effects"), "", "Restanser has neither employers nor editions");
    let orders = get(&sandbox, common::TREKK, &[]);
    assert_eq!(orders.json()[0]["trekkpliktig"], "310478717");
    let claims = get(&sandbox, &format!("{BASE}/finans/311851381/aapnekrav"), &[]);
    assert!(claims.json().get("skjermet").is_none(), "the edition of 2023");
}
