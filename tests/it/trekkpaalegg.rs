//! Trekkpålegg v1: the published life cycles, who the employer is, versions as time passes, refusals.

use crate::common::{self, Answer, TREKK, get, post, sandbox, token, with_scenario};
use innkreving_sandbox::Sandbox;
use serde_json::{Value, json};

fn poll(sandbox: &Sandbox, employer: &str, query: &str, now: &str) -> Vec<Value> {
    let headers = [("Sandbox-Party", employer), ("Sandbox-Now", now)];
    let answer = get(sandbox, &format!("{TREKK}{query}"), &headers);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json().as_array().expect("a list").clone()
}

fn published() -> Vec<Value> {
    let path = format!("{}/testdata/published/trekkpaalegg-v1.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).expect("a file");
    serde_json::from_str::<Value>(&text).expect("JSON").as_array().expect("a list").clone()
}

#[test]
fn the_ten_published_life_cycles_value_for_value() {
    let sandbox = sandbox();
    let published = published();
    for version in &published {
        let path = format!("{TREKK}/{}/{}", version["trekkid"].as_str().expect("an id"), version["trekkversjon"]);
        let answer = get(&sandbox, &path, &[("Sandbox-Party", "123456789")]);
        assert_eq!(&answer.json(), version, "{path}");
    }
    let newest: Vec<Value> = poll(&sandbox, "123456789", "", "+0d");
    let mut expected: Vec<Value> = Vec::new();
    for version in published {
        expected.retain(|earlier| earlier["trekkid"] != version["trekkid"]);
        expected.push(version);
    }
    expected.sort_by_key(|version| version["sekvensnummer"].as_u64());
    assert_eq!(newest, expected);
    let text = get(&sandbox, &format!("{TREKK}/10001/1"), &[("Sandbox-Party", "123456789")]).text();
    assert!(text.contains(r#""trekkprosent":{"trekkprosent":17.0}"#), "{text}");
    let text = get(&sandbox, &format!("{TREKK}/10002/1"), &[("Sandbox-Party", "123456789")]).text();
    assert!(text.contains(r#""trekkbeloep":{"trekkbeloep":5000}"#), "{text}");
    assert!(text.contains(r#""opprettet":"2025-08-09T15:00:00.00Z""#), "{text}");
}

#[test]
fn the_same_under_a_test_organisation_with_valid_numbers() {
    let sandbox = sandbox();
    let figures = |mut version: Value| {
        for field in ["trekkpliktig", "skyldner", "betalingsinformasjon"] {
            version.as_object_mut().expect("an object").remove(field);
        }
        version
    };
    let mine: Vec<Value> = poll(&sandbox, "310478717", "", "+0d").into_iter().map(figures).collect();
    let theirs: Vec<Value> = poll(&sandbox, "123456789", "", "+0d").into_iter().map(figures).collect();
    assert_eq!(mine, theirs);
    let all = poll(&sandbox, "310478717", "", "+0d");
    let debtor = |id: &str| all.iter().find(|it| it["trekkid"] == id).expect("an order")["skyldner"].clone();
    assert_eq!(debtor("10008"), debtor("10009"));
    assert_ne!(debtor("10008"), debtor("10007"));
}

#[test]
fn a_published_life_cycle_at_its_own_time() {
    let sandbox = sandbox();
    let shown = |now: &str| -> Vec<(String, u64)> {
        let all = poll(&sandbox, "123456789", "", now);
        all.iter()
            .map(|it| (it["trekkid"].as_str().expect("an id").to_owned(), it["trekkversjon"].as_u64().expect("n")))
            .collect()
    };
    // The sequence numbers of this scenario do not rise with the days. A version does not show before those with lower
    // numbers.
    assert_eq!(shown("2025-08-08"), []);
    let first: Vec<String> = shown("2025-08-09").into_iter().map(|(id, _)| id).collect();
    assert_eq!(first, ["10001", "10002", "10003", "10004", "10005"]);
    assert!(shown("2025-09-13").contains(&("10006".to_owned(), 2)));
    assert!(shown("2026-02-09").contains(&("10006".to_owned(), 4)));
    let one = |now: &str| {
        let headers = [("Sandbox-Party", "123456789"), ("Sandbox-Now", now)];
        get(&sandbox, &format!("{TREKK}/10006/4"), &headers)
    };
    assert_eq!((one("2026-02-08").status, one("2026-02-08").kode().as_str()), (404, "KB-009"));
    assert_eq!(one("2026-02-08").header("sandbox-hint"), "the newest version of the order is 3");
    assert_eq!(one("2026-02-09").status, 200);
}

#[test]
fn the_employer_is_that_of_the_token_or_of_whoever_says() {
    let sandbox = sandbox();
    let employer = |headers: &[(&str, &str)]| -> String {
        let all = get(&sandbox, TREKK, headers).json();
        all[0]["trekkpliktig"].as_str().unwrap_or("none").to_owned()
    };
    let bearer =
        |arguments: &[&str]| format!("Bearer {}", token(&[&["--service", "trekkpaalegg"], arguments].concat()));
    assert_eq!(employer(&[]), "311851381", "the default employer");
    assert_eq!(employer(&[("Sandbox-Party", "310478717")]), "310478717");
    let own = bearer(&["--party", "314200012"]);
    assert_eq!(employer(&[("Authorization", &own)]), "314200012");
    let system = bearer(&["--party", "310478717", "--by", "systembruker"]);
    assert_eq!(employer(&[("Authorization", &system)]), "310478717", "the customer of the systembruker");
    let supplier = bearer(&["--party", "314200012", "--by", "supplier"]);
    assert_eq!(employer(&[("Authorization", &supplier)]), "314200012", "the organisation that delegated");
    let both = [("Authorization", own.as_str()), ("Sandbox-Party", "310478717")];
    assert_eq!(
        employer(&both),
        "314200012",
        "the token wins over Sandbox-Party, because the real service only has the token"
    );
    let told = get(&sandbox, TREKK, &both);
    assert_eq!(told.header("sandbox-effects"), "party=310478717 (header; the token says whose)");
    let by_url = get(&sandbox, &format!("/~party=123456789{TREKK}"), &[]);
    assert_eq!(by_url.json()[0]["trekkpliktig"], "123456789");
    assert_eq!(by_url.header("sandbox-effects"), "party=123456789 (base-url)");
    let by_host = get(&sandbox, "/v1", &[("Host", "trekkpaalegg.localhost")]);
    assert_eq!(by_host.json()[0]["trekkpliktig"], "311851381");
    common::rule(&sandbox, &json!({ "when": { "service": "trekkpaalegg" }, "then": { "party": "123456789" } }));
    assert_eq!(employer(&[]), "123456789", "a rule names the employer");
    assert_eq!(employer(&[("Authorization", &own)]), "314200012");
    common::rule(&sandbox, &json!({ "when": { "service": "trekkpaalegg" }, "then": { "party": "333000024" } }));
    let reserved = get(&sandbox, TREKK, &[]);
    assert_eq!((reserved.kode().as_str(), reserved.header("sandbox-cause")), ("KB-002", "reserved-number"));
    common::request(&sandbox, "DELETE", "/sandbox/rules", &[]);
    let flagged =
        "part: \"314300017\"\nnavn: X\nstandardTrekkpliktig: true\nfeil: [{ paa: trekkpaalegg, kode: KB-001 }]\n";
    common::send(&sandbox, "PUT", "/sandbox/scenarios", &[("Content-Type", "application/yaml")], flagged);
    assert_eq!(get(&sandbox, TREKK, &[]).header("sandbox-cause"), "scenario", "the session's own default employer");
    let replaced = "part: \"311851381\"\nnavn: X\n";
    common::send(&sandbox, "PUT", "/sandbox/scenarios", &[("Content-Type", "application/yaml")], replaced);
    assert_eq!(get(&sandbox, TREKK, &[]).header("sandbox-scenario"), "none", "replaced, it is the default no more");
}

#[test]
fn a_refused_caller_is_nobodys_employer() {
    let sandbox = Sandbox::builder().now(common::TODAY).auth("claims").start().expect("it starts");
    let rule = json!({ "when": { "party": "311851381" }, "then": { "error": "KB-002" }, "times": 1 });
    common::rule(&sandbox, &rule);
    assert_eq!(get(&sandbox, TREKK, &[]).kode(), "KB-004");
    assert_eq!(get(&sandbox, TREKK, &[("Sandbox-Party", "311851381")]).kode(), "KB-004");
    let used = get(&sandbox, "/sandbox/rules", &[]).json();
    assert_eq!(used["rules"][0]["used"], 0);
    let explained = |party: &str| {
        let body = json!({ "token": token(&["--service", "trekkpaalegg", "--party", "311851381"]), "service": "trekkpaalegg", "party": party });
        post(&sandbox, "/sandbox/token/explain", &[], &body).json()["verdict"].as_str().expect("a text").to_owned()
    };
    assert_eq!(explained("311851381"), "The request would be served.");
    assert!(explained("310478717").starts_with("403 KB-005"), "{}", explained("310478717"));
}

#[test]
fn every_level_takes_the_employers_own_token_and_its_systembruker() {
    for level in ["off", "open", "claims", "signed"] {
        let sandbox = Sandbox::builder().now(common::TODAY).auth(level).start().expect("it starts");
        for by in ["organisation", "systembruker", "supplier"] {
            let bearer =
                format!("Bearer {}", token(&["--service", "trekkpaalegg", "--party", "310478717", "--by", by]));
            let answer = get(&sandbox, TREKK, &[("Authorization", &bearer)]);
            assert_eq!((answer.status, &answer.json()[0]["trekkpliktig"]), (200, &json!("310478717")), "{level} {by}");
        }
        let without = get(&sandbox, TREKK, &[]);
        assert_eq!(without.status, if matches!(level, "off" | "open") { 200 } else { 401 }, "{level}");
    }
}

#[test]
fn who_has_none_gets_an_empty_list() {
    let sandbox = sandbox();
    for employer in ["313100014", "314055403", "313100022", "974760673"] {
        let answer = get(&sandbox, TREKK, &[("Sandbox-Party", employer)]);
        assert_eq!((answer.status, answer.text().as_str()), (200, "[]"), "{employer}");
    }
    let typo = get(&sandbox, TREKK, &[("Sandbox-Party", "313100023")]);
    assert!(
        typo.header("sandbox-warning").contains("no scenario names the employer"),
        "a mistyped number gets a warning"
    );
    let nobody = with_scenario("part: \"314300017\"\nnavn: X\n");
    assert_eq!(get(&nobody, TREKK, &[]).text(), "[]", "no default employer");
}

#[test]
fn natural_refusals() {
    let sandbox = sandbox();
    let other = format!("Bearer {}", token(&["--party", "310478717"]));
    let cases: [(&str, &str, &str, u16, &str); 18] = [
        ("/", "", "", 404, "KB-003"),
        ("/10001", "", "", 404, "KB-003"),
        ("/10001/1/2", "", "", 404, "KB-003"),
        ("", "Authorization", "Bearer x", 401, "KB-004"),
        ("", "Authorization", &other, 401, "KB-004"),
        ("?maksAntall=10", "", "", 400, "KB-006"),
        ("?fraSekvensnummer=-1", "", "", 400, "KB-006"),
        ("?fraSekvensnummer=x", "", "", 400, "KB-006"),
        ("?fraSekvensnummer=", "", "", 400, "KB-006"),
        ("?fraSekvensnummer=1&fraSekvensnummer=2", "", "", 400, "KB-006"),
        ("?fraSekvensnummer=0&maksAntall=0", "", "", 400, "KB-006"),
        ("?fraSekvensnummer=0&maksAntall=99999999999999999999", "", "", 400, "KB-006"),
        ("/10001/x", "", "", 400, "KB-006"),
        ("/10001/0", "", "", 400, "KB-006"),
        ("", "Accept", "application/xml", 406, "KB-008"),
        ("", "Accept", "text/plain", 406, "KB-008"),
        ("/10001/1", "", "", 404, "KB-009"),
        ("/10001/2", "Sandbox-Party", "123456789", 404, "KB-009"),
    ];
    for (path, name, value, status, code) in cases {
        let headers: Vec<(&str, &str)> = if name.is_empty() { vec![] } else { vec![(name, value)] };
        let answer = get(&sandbox, &format!("{TREKK}{path}"), &headers);
        assert_eq!((answer.status, answer.kode().as_str()), (status, code), "{path} {name} {value}");
        assert_eq!(answer.header("content-type"), "application/json", "errors too");
        assert_eq!(answer.header("sandbox-cause"), "natural");
    }
    let post = common::request(&sandbox, "POST", TREKK, &[]);
    assert_eq!((post.kode().as_str(), post.header("allow")), ("KB-003", "GET, HEAD"));
    let v2 = get(&sandbox, "/api/trekkpaalegg/v2", &[]);
    assert_eq!(v2.kode(), "KB-003");
    let reserved = get(&sandbox, TREKK, &[("Sandbox-Party", "333000024")]);
    assert_eq!((reserved.kode().as_str(), reserved.header("sandbox-cause")), ("KB-002", "reserved-number"));
    let injected = get(&sandbox, TREKK, &[("Sandbox-Error", "KB-007"), ("Accept", "application/xml")]);
    assert_eq!((injected.kode().as_str(), injected.header("content-type")), ("KB-007", "application/json"));
    let elsewhere = get(&sandbox, &format!("{}/dibk/310111643", common::RESTANSER), &[("Sandbox-Party", "310111643")]);
    assert_eq!(elsewhere.status, 400, "only where the party is in the token");
}

#[test]
fn a_systembruker_without_a_customer_is_kb_005() {
    let grant = |details: Value| {
        use base64::Engine;
        use base64::engine::general_purpose::URL_SAFE_NO_PAD;
        #[expect(clippy::disallowed_methods, reason = "tokens follow the real clock")]
        let now = chrono::Utc::now().timestamp();
        let claims = json!({
            "iss": "https://test.maskinporten.no/", "exp": now + 100, "iat": now,
            "scope": "skatteetaten:trekkpålegg", "consumer": { "ID": "0192:314055403" },
            "authorization_details": [details],
        });
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("Bearer {}.{}.c2ln", encode(&json!({ "alg": "RS256" })), encode(&claims))
    };
    let sandbox = sandbox();
    let with = |details: Value| get(&sandbox, TREKK, &[("Authorization", &grant(details))]);
    assert_eq!(with(json!({ "type": "urn:altinn:systemuser" })).kode(), "KB-005");
    let good = with(json!({ "type": "urn:altinn:systemuser", "systemuser_org": { "ID": "0192:310478717" } }));
    assert_eq!((good.status, good.json().as_array().map(Vec::len)), (200, Some(10)), "the scope in either spelling");
}

/// The newest version of the order of a debtor.
fn of_debtor(all: &[Value], debtor: &str) -> Option<Value> {
    all.iter().rev().find(|it| it["skyldner"] == debtor).cloned()
}

#[test]
fn orders_follow_the_clock() {
    let sandbox = sandbox();
    let at = |now: &str| of_debtor(&poll(&sandbox, "311851381", "", now), "01827020008");
    assert_eq!(at("-2d"), None, "not made yet");
    let first = at("+0d").expect("made yesterday");
    assert_eq!((&first["trekkversjon"], &first["trekkstatus"]), (&json!(1), &json!("aktiv")));
    let changed = at("+1d").expect("changed");
    assert_eq!(changed["trekkversjon"], 2);
    assert!(changed["sekvensnummer"].as_u64() > first["sekvensnummer"].as_u64());
    assert_eq!(
        changed["trekkstoerrelseForPeriode"],
        json!([
            { "startdato": "2026-11-22", "sluttdato": "2026-11-23", "trekkprosent": { "trekkprosent": 17.0 } },
            { "startdato": "2026-11-24", "trekkbeloep": { "trekkbeloep": 5000 } },
        ])
    );
    let stopped = at("+20d").expect("stopped");
    assert_eq!((&stopped["trekkversjon"], &stopped["trekkstatus"]), (&json!(3), &json!("aktiv")));
    assert_eq!(stopped["trekkstoerrelseForPeriode"][1]["sluttdato"], "2026-12-21");
    let status = |now: &str| at(now).expect("an order")["trekkstatus"].clone();
    assert_eq!(status("2026-12-21T23:59:59+01:00"), "aktiv", "the last day");
    assert_eq!(status("2026-12-22T00:00:00+01:00"), "avsluttet", "at midnight");
    assert_eq!(at("2026-12-22").expect("an order")["trekkversjon"], 3, "in the same version");
    let at_once = |now: &str| of_debtor(&poll(&sandbox, "311851381", "", now), "17868626887").expect("an order");
    assert_eq!(at_once("+2d")["trekkstatus"], "aktiv");
    assert_eq!(at_once("+3d")["trekkstatus"], "avsluttet", "ended on the day: at once");
}

#[test]
fn a_moved_clock_makes_new_versions_with_higher_numbers() {
    let sandbox = sandbox();
    let mut last = 0;
    for (by, expected) in [(0, 5), (1, 1), (2, 1), (5, 1), (3, 1), (40, 1)] {
        post(&sandbox, "/sandbox/clock", &[], &json!({ "advance": format!("{by}d") }));
        let news = get(&sandbox, &format!("{TREKK}?fraSekvensnummer={last}"), &[]).json();
        let news = news.as_array().expect("a list").clone();
        assert_eq!(news.len(), expected, "after {by} more days: {news:?}");
        let numbers: Vec<u64> = news.iter().map(|it| it["sekvensnummer"].as_u64().expect("a number")).collect();
        assert!(numbers.iter().all(|number| *number > last) && numbers.is_sorted(), "{numbers:?} after {last}");
        last = numbers.last().copied().unwrap_or(last);
    }
}

#[test]
fn pages_of_ten_thousand() {
    let sandbox = sandbox();
    let whole = poll(&sandbox, "314200012", "", "+300d");
    assert_eq!(whole.len(), 10_000);
    let (mut paged, mut last) = (Vec::new(), 0);
    loop {
        let page = poll(&sandbox, "314200012", &format!("?fraSekvensnummer={last}&maksAntall=2500"), "+300d");
        let full = page.len() == 2500;
        last = page.last().map_or(last, |it| it["sekvensnummer"].as_u64().expect("a number"));
        paged.extend(page);
        if !full {
            break;
        }
    }
    assert_eq!(paged, whole);
    assert!(whole.iter().any(|it| it["trekkstatus"] == "avsluttet") && whole.iter().any(|it| it["trekkversjon"] == 2));
    assert!(last < 2_147_483_647, "clients keep it as a 32-bit number: {last}");
}

fn refused(yaml: &str) -> String {
    let part = "part: \"314300017\"\nnavn: X\ntrekkpaalegg:\n  - skyldner: \"01827020008\"\n    hendelser:\n";
    let events: Vec<String> = yaml.lines().map(|line| format!("      - {{ {line} }}")).collect();
    let events = events.join("\n");
    let error = Sandbox::builder().now(common::TODAY).scenario(&format!("{part}{events}")).start().err();
    error.map(|error| common::explain(&error)).unwrap_or_default()
}

#[test]
fn an_event_that_breaks_a_rule_is_refused_with_the_rule_named() {
    const FIRST: &str = "opprettet: i dag - 9d, fra: i dag - 8d, prosent: 17";
    let second = |event: &str| refused(&format!("{FIRST}\n{event}"));
    assert_eq!(refused(FIRST), "");
    for (yaml, rule) in [
        ("opprettet: i dag, fra: i dag, prosent: 17", "startdato is tomorrow at the earliest"),
        ("opprettet: i dag, fra: i dag + 5d, til: i dag + 4d, prosent: 17", "is before startdato"),
        ("opprettet: i dag, stopp: i dag", "the first event of an order says how much"),
        ("opprettet: i dag, perioder: []", "at least one period"),
        ("opprettet: i dag, fra: i dag + 1d, prosent: 17, beloep: 100", "exactly one of a percentage and an amount"),
        ("opprettet: i dag, fra: i dag + 1d, prosent: 100.5", "not from 0 to 100"),
        ("opprettet: i dag, fra: i dag + 1d, beloep: -1", "at least 0"),
        ("opprettet: i dag, prosent: 17", "say from which day"),
        ("opprettet: i dag", "an event is fra with"),
        (
            "opprettet: i dag, perioder: [ { fra: i dag + 1d, til: i dag + 5d, prosent: 1 }, { fra: i dag + 5d, prosent: 2 } ]",
            "is not after the sluttdato of the period before it",
        ),
    ] {
        let told = refused(yaml);
        assert!(told.contains(rule), "{yaml}: {told}");
    }
    for (event, rule) in [
        ("opprettet: i dag - 10d, fra: i dag, prosent: 18", "events stand in the order of their days"),
        ("opprettet: i dag - 2d, stopp: i dag - 3d", "sluttdato is never set in the past"),
        (
            "opprettet: i dag - 9d, stopp: i dag - 9d",
            "it has not begun; the earliest stop is its startdato, 2026-11-13",
        ),
        (
            "opprettet: i dag - 2d, stopp: i dag\nopprettet: i dag - 1d, stopp: i dag + 1d",
            "it ends on 2026-11-21 already",
        ),
        (
            "opprettet: i dag - 5d, stopp: i dag - 3d\nopprettet: i dag, fra: i dag + 1d, prosent: 5",
            "the order has ended",
        ),
    ] {
        let told = second(event);
        assert!(told.contains(rule), "{event}: {told}");
    }
    let twice = "part: \"314300017\"\nnavn: X\ntrekkpaalegg:\n  - { skyldner: \"01827020008\", kidnummer: \"6487719756\", hendelser: [ { opprettet: i dag, fra: i dag + 1d, prosent: 1 } ] }\n";
    let again = format!("{twice}{}", twice.lines().last().expect("a line"));
    let error = Sandbox::builder().scenario(&again).start().err().map(|error| common::explain(&error));
    assert!(error.as_deref().is_some_and(|told| told.contains("a KID is unique")), "{error:?}");
}

fn change(sandbox: &Sandbox, session: &str, body: &Value) -> Answer {
    post(sandbox, "/sandbox/trekkpaalegg", &[("Sandbox-Session", session)], body)
}

#[test]
fn orders_are_made_changed_and_ended_in_a_session() {
    let sandbox = sandbox();
    let news = |session: &str, since: u64| -> Vec<Value> {
        let answer = get(&sandbox, &format!("{TREKK}?fraSekvensnummer={since}"), &[("Sandbox-Session", session)]);
        answer.json().as_array().expect("a list").clone()
    };
    let last = news("a", 0).last().expect("an order")["sekvensnummer"].as_u64().expect("a number");
    // 19 % of this debtor's pay from tomorrow.
    let made = change(&sandbox, "a", &json!({ "skyldner": "05837421820", "prosent": 19 }));
    assert_eq!(made.status, 201, "{}", made.text());
    let polled = news("a", last);
    assert_eq!(polled, [made.json()]);
    assert_eq!(polled[0]["trekkversjon"], 3);
    assert_eq!(
        polled[0]["trekkstoerrelseForPeriode"].as_array().expect("periods").last(),
        Some(&json!({ "startdato": "2026-11-22", "trekkprosent": { "trekkprosent": 19.0 } }))
    );
    assert_eq!(news("b", last), Vec::<Value>::new(), "another session");
    // Another change in the same second; then the end.
    let again =
        change(&sandbox, "a", &json!({ "trekkid": polled[0]["trekkid"], "beloep": 900.5, "fra": "+1m" })).json();
    assert!(again["sekvensnummer"].as_u64() > polled[0]["sekvensnummer"].as_u64());
    assert_eq!(
        again["trekkstoerrelseForPeriode"].as_array().expect("periods").last().expect("one")["startdato"],
        "2026-12-21"
    );
    let ended = change(&sandbox, "a", &json!({ "trekkid": polled[0]["trekkid"], "stopp": "+0d" })).json();
    assert_eq!((&ended["trekkstatus"], &ended["trekkversjon"]), (&json!("avsluttet"), &json!(5)));
    assert_eq!(news("a", last), std::slice::from_ref(&ended), "only the newest version");
    // The later versions that the scenario has for the order are not made any more.
    let later = get(&sandbox, TREKK, &[("Sandbox-Session", "a"), ("Sandbox-Now", "+30d")]).json();
    assert_eq!(of_debtor(later.as_array().expect("a list"), "05837421820"), Some(ended));
    // A new order for a debtor without one, and a new order for any debtor.
    let new = change(&sandbox, "a", &json!({ "skyldner": "21879028504", "beloep": 1000 })).json();
    assert_eq!((&new["trekkversjon"], &new["trekkpliktig"]), (&json!(1), &json!("311851381")));
    let anyone = change(&sandbox, "a", &json!({ "prosent": 0, "trekkpliktig": "313100022" })).json();
    assert_eq!(
        poll_in(&sandbox, "a", "313100022"),
        std::slice::from_ref(&anyone),
        "an employer that no scenario names"
    );
    let all = get(&sandbox, "/sandbox/trekkpaalegg", &[("Sandbox-Session", "a")]).json();
    assert_eq!(all["count"], 5);
    let gone = common::request(&sandbox, "DELETE", "/sandbox/trekkpaalegg", &[("Sandbox-Session", "a")]);
    assert_eq!(gone.json()["deleted"], 5);
    assert_eq!(news("a", last), Vec::<Value>::new());
    // A reset forgets them too.
    change(&sandbox, "a", &json!({ "skyldner": "05837421820", "prosent": 19 }));
    common::request(&sandbox, "POST", "/sandbox/sessions/a/reset", &[]);
    assert_eq!(news("a", last), Vec::<Value>::new());
}

fn poll_in(sandbox: &Sandbox, session: &str, employer: &str) -> Vec<Value> {
    let answer = get(sandbox, TREKK, &[("Sandbox-Session", session), ("Sandbox-Party", employer)]);
    answer.json().as_array().expect("a list").clone()
}

#[test]
fn changes_that_cannot_be_are_refused() {
    let sandbox = sandbox();
    for (body, status, expected) in [
        (json!({}), 400, "say what happens"),
        (json!({ "prosent": 5, "stopp": "+0d", "skyldner": "05837421820" }), 400, "say what happens"),
        (json!({ "prosent": 5, "beloep": 5 }), 400, "exactly one"),
        (json!({ "prosent": 101 }), 400, "not from 0 to 100"),
        (json!({ "beloep": -5 }), 400, "at least 0"),
        (json!({ "prosent": 5, "fra": "i morgen" }), 400, "not a day"),
        (json!({ "stopp": "+0d" }), 400, "give the order that stops"),
        (json!({ "prosent": 5, "trekkid": "a", "skyldner": "b" }), 400, "either trekkid or skyldner"),
        (json!({ "prosent": 5, "skyldner": "123" }), 400, "eleven digits"),
        (json!({ "prosent": 5, "trekkpliktig": "01827020008" }), 400, "nine digits"),
        (json!({ "prosent": 5, "trekkid": "finnes-ikke" }), 404, "no such order"),
        (json!({ "stopp": "+0d", "skyldner": "21879028504" }), 404, "no active order"),
        (json!({ "prosent": 5, "skyldner": "05837421820", "fra": "+0d" }), 422, "tomorrow at the earliest"),
        (json!({ "stopp": "-1d", "skyldner": "05837421820" }), 422, "never set in the past"),
        (json!({ "prosents": 5 }), 400, "unknown field"),
        (json!({ "prosent": 5, "skyldner": "05837421821" }), 400, "check digits are wrong"),
        (json!({ "prosent": 5, "trekkpliktig": "313100023" }), 400, "check digit is wrong"),
        (
            json!({ "prosent": 5, "trekkpliktig": "123456789", "skyldner": "10108412345" }),
            409,
            "choose one by trekkid: 10001",
        ),
        (json!({ "prosent": 5, "til": "+9000y" }), 400, "of the years 1900 to 2200"),
        (json!({ "stopp": "+300y", "skyldner": "05837421820" }), 400, "of the years 1900 to 2200"),
    ] {
        let answer = change(&sandbox, "x", &body);
        assert_eq!(answer.status, status, "{body}: {}", answer.text());
        assert!(answer.text().contains(expected), "{body}: {}", answer.text());
    }
    let list = get(&sandbox, "/sandbox/trekkpaalegg", &[("Sandbox-Session", "x")]).json();
    assert_eq!(list["count"], 0, "no refused change is kept");
}

#[test]
fn a_change_is_always_above_what_was_told() {
    let sandbox = sandbox();
    let number = |it: &Value| it["sekvensnummer"].as_u64().expect("a number");
    let first = change(&sandbox, "x", &json!({ "skyldner": "05837421820", "prosent": 19 })).json();
    let session = [("Sandbox-Session", "x")];
    let polled = get(&sandbox, TREKK, &session).json();
    let last = number(polled.as_array().expect("a list").last().expect("one"));
    assert_eq!(last, number(&first));
    // The change is forgotten, and another is made. A client that has seen the first sees the second too.
    common::request(&sandbox, "DELETE", "/sandbox/trekkpaalegg", &session);
    let second = change(&sandbox, "x", &json!({ "skyldner": "05837421820", "prosent": 25 })).json();
    assert!(number(&second) > last, "{second}");
    // A client looks ahead in time, and then the order changes today.
    let ahead = get(&sandbox, TREKK, &[("Sandbox-Session", "x"), ("Sandbox-Now", "+40d")]).json();
    let greatest = number(ahead.as_array().expect("a list").last().expect("one"));
    let third = change(&sandbox, "x", &json!({ "skyldner": "01827020008", "prosent": 5 })).json();
    assert!(number(&third) > greatest, "{third}");
    // An order that was made at run time keeps its id, even if new scenarios are loaded.
    let made =
        change(&sandbox, "x", &json!({ "skyldner": "21879028504", "beloep": 1000, "trekkpliktig": "314300017" }))
            .json();
    let yaml = "part: \"314300017\"\nnavn: X\ntrekkpaalegg:\n  - { skyldner: \"01827020008\", hendelser: [ { opprettet: i dag, fra: i dag + 1d, prosent: 1 } ] }\n";
    common::send(&sandbox, "PUT", "/sandbox/scenarios", &[("Content-Type", "application/yaml"), session[0]], yaml);
    let both = poll_in(&sandbox, "x", "314300017");
    assert_eq!(both.len(), 2);
    assert_eq!(both[1]["trekkid"], made["trekkid"]);
}

#[test]
fn literal_orders_that_break_rules_are_warned_of_and_stand_in_their_own_order() {
    let version = |number: u32, sekvens: u32, day: &str, status: &str, periods: &str| {
        format!(
            "  - {{ trekkid: \"1\", trekkversjon: {number}, sekvensnummer: {sekvens}, opprettet: {day}T15:00:00Z, saksnummer: A, skyldner: \"01827020008\", trekkstatus: {status}, trekkstoerrelseForPeriode: [ {periods} ], betalingsinformasjon: {{ betalingsmottaker: \"971648199\", kidnummer: \"6487719756\", kontonummer: \"70213997155\" }} }}\n"
        )
    };
    let head = "part: \"314300017\"\nnavn: X\nstandardTrekkpliktig: true\ntrekkversjoner:\n";
    let first = version(1, 5, "2025-08-01", "aktiv", "{ startdato: 2025-08-10, trekkprosent: { trekkprosent: 17 } }");
    let second = |day: &str, status: &str, periods: &str| version(2, 9, day, status, periods);
    let warnings = |second: &str| -> String {
        let sandbox = sandbox();
        let yaml = format!("{head}{second}{first}");
        let put = common::send(&sandbox, "PUT", "/sandbox/scenarios", &[("Content-Type", "application/yaml")], &yaml);
        assert_eq!(put.status, 200, "{}", put.text());
        assert_eq!(get(&sandbox, TREKK, &[]).json()[0]["trekkversjon"], 2, "the highest number is the newest");
        put.json()["warnings"].to_string()
    };
    let good = second(
        "2025-09-01",
        "aktiv",
        "{ startdato: 2025-08-10, sluttdato: 2025-09-02, trekkprosent: { trekkprosent: 17 } }, { startdato: 2025-09-03, trekkbeloep: { trekkbeloep: 5 } }",
    );
    assert_eq!(warnings(&good), "[]");
    for (day, status, periods, rule) in [
        (
            "2025-09-09",
            "aktiv",
            "{ startdato: 2025-08-10, sluttdato: 2025-08-20, trekkprosent: { trekkprosent: 17 } }",
            "never set in the past",
        ),
        (
            "2025-09-09",
            "aktiv",
            "{ startdato: 2025-08-10, sluttdato: 2025-08-20, trekkprosent: { trekkprosent: 17 } }",
            "aktiv after the sluttdato",
        ),
        (
            "2025-09-09",
            "aktiv",
            "{ startdato: 2025-08-10, trekkprosent: { trekkprosent: 99 } }",
            "deducts something else now",
        ),
        ("2025-09-09", "aktiv", "{ startdato: 2025-09-10, trekkprosent: { trekkprosent: 17 } }", "and is gone"),
        ("2025-07-09", "aktiv", "{ startdato: 2025-08-10, trekkprosent: { trekkprosent: 17 } }", "opprettet is before"),
        (
            "2025-09-09",
            "avsluttet",
            "{ startdato: 2025-08-10, sluttdato: 2025-09-10, trekkprosent: { trekkprosent: 17 } }",
            "avsluttet before",
        ),
    ] {
        let told = warnings(&second(day, status, periods));
        assert!(told.contains(rule), "{rule}: {told}");
    }
    let literal = format!("{head}{first}svar: [ {{ paa: trekkpaalegg/liste, fil: x.json }} ]\n");
    let error = Sandbox::builder().scenario(&literal).start().err().map(|error| common::explain(&error));
    assert!(error.as_deref().is_some_and(|told| told.contains("takes no literal answers")), "{error:?}");
}

#[test]
fn drift_in_a_list() {
    let sandbox = sandbox();
    let plain = get(&sandbox, TREKK, &[]).json();
    let drifted = get(&sandbox, TREKK, &[("Sandbox-Drift", "fields+order"), ("Sandbox-Seed", "3")]).json();
    assert_eq!(drifted.as_array().map(Vec::len), plain.as_array().map(Vec::len));
    assert!(drifted[0].as_object().expect("an object").len() > plain[0].as_object().expect("an object").len());
    assert_eq!(drifted[0]["trekkid"], plain[0]["trekkid"]);
    for seed in 0..20 {
        let optional =
            get(&sandbox, TREKK, &[("Sandbox-Drift", "optional"), ("Sandbox-Seed", &seed.to_string())]).json();
        for order in optional.as_array().expect("a list") {
            for period in order["trekkstoerrelseForPeriode"].as_array().expect("periods") {
                let sizes = ["trekkbeloep", "trekkprosent"].iter().filter(|name| period.get(**name).is_some()).count();
                assert_eq!(sizes, 1, "drift never leaves out the amount or the percentage: {period}");
            }
            let plain = plain.as_array().expect("a list").iter().find(|it| it["trekkid"] == order["trekkid"]);
            let ends = |it: &Value| -> Vec<Value> {
                it["trekkstoerrelseForPeriode"]
                    .as_array()
                    .expect("periods")
                    .iter()
                    .map(|it| it["sluttdato"].clone())
                    .collect()
            };
            assert_eq!(ends(order), ends(plain.expect("the order")), "nor when it ends");
        }
    }
}
