//! Sessions: isolated from one another, bound to clients, bounded, forgotten when idle.

use std::time::Duration;

use crate::common::{self, Answer, BASE, TODAY, get, post, sandbox, send};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use innkreving_sandbox::Sandbox;
use serde_json::{Value, json};

const YAML: (&str, &str) = ("Content-Type", "application/yaml");

fn in_session(name: &str) -> (&'static str, &str) {
    ("Sandbox-Session", name)
}

fn open(sandbox: &Sandbox, session: &str, party: &str) -> Answer {
    get(sandbox, &format!("{BASE}/finans/{party}/aapnekrav"), &[in_session(session)])
}

#[test]
fn two_hundred_test_runs_at_once_see_only_their_own_state() {
    let sandbox = sandbox();
    let run = |number: usize| {
        let name = format!("run-{number}");
        let session = in_session(&name);
        // Each session has its own party with its own sum, its own rule, and its own clock.
        let party = format!(
            "part: \"314055403\"\nnavn: RUN {number}\nkrav:\n  - {{ kravidentifikator: a, kravtype: RESTSKATT, forfallsdato: i dag + 10d, opprinneligBeloep: {} }}\nfeil: [{{ paa: kravogbetalinger/utbetalinger, kode: KB-002, ganger: 1 }}]\n",
            1000 + number
        );
        assert_eq!(send(&sandbox, "PUT", "/sandbox/scenarios", &[session, YAML], &party).status, 200);
        let code = ["KB-001", "KB-002", "KB-005"][number % 3];
        let rule = json!({ "when": { "endpoint": "krav" }, "then": { "error": code }, "times": 2 });
        assert_eq!(post(&sandbox, "/sandbox/rules", &[session], &rule).status, 201);
        if number.is_multiple_of(2) {
            assert_eq!(post(&sandbox, "/sandbox/clock", &[session], &json!({ "advance": "11d" })).status, 200);
        }
        for _ in 0..3 {
            let sums = open(&sandbox, &name, "314055403").json()["totalOversikt"].clone();
            let (overdue, ahead) = (common::oere(&sums["sumForfalteKrav"]), common::oere(&sums["sumIkkeForfalteKrav"]));
            let amount = 100 * (1000 + i64::try_from(number).expect("small"));
            assert_eq!((overdue, ahead), if number.is_multiple_of(2) { (amount, 0) } else { (0, amount) }, "{name}");
        }
        let krav = format!("{BASE}/finans/314055403/krav?fraOgMed=2026-11-01&tilOgMed=2026-12-31");
        let codes: Vec<_> = (0..3).map(|_| get(&sandbox, &krav, &[session])).collect();
        assert_eq!(
            (codes[0].kode(), codes[1].kode(), codes[2].status),
            (code.to_owned(), code.to_owned(), 200),
            "{name}"
        );
        let flag = format!("{BASE}/finans/314055403/utbetalinger?fraOgMed=2026-11-01");
        assert_eq!(
            (get(&sandbox, &flag, &[session]).kode(), get(&sandbox, &flag, &[session]).kode()),
            ("KB-002".into(), "KB-007".into())
        );
        let journal = get(&sandbox, "/sandbox/requests", &[session]).json();
        assert_eq!((&journal["count"], &journal["total"]), (&json!(8), &json!(8)), "{name}");
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..200).map(|number| scope.spawn(move || run(number))).collect();
        for worker in workers {
            worker.join().expect("a run that sees its own state");
        }
    });
    // Other sessions see none of this.
    assert_eq!(get(&sandbox, "/sandbox/requests", &[]).json()["total"], 0);
    assert_eq!(get(&sandbox, "/sandbox/sessions", &[]).json()["count"], 201);
    assert_eq!(open(&sandbox, "default", "314055403").json()["totalOversikt"]["saldo"], json!(0.0));
}

fn token(client: &str) -> String {
    let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let claims = json!({
        "iss": "https://test.maskinporten.no/", "scope": "skatteetaten:kravogbetalinger", "client_id": client,
        "consumer": { "authority": "iso6523-actorid-upis", "ID": "0192:311851381" }, "exp": 4_070_908_800_u64, "iat": 1_700_000_000,
    });
    format!("Bearer {}.{}.{}", encode(r#"{"alg":"RS256","kid":"x"}"#), encode(&claims.to_string()), "c".repeat(40))
}

#[test]
fn a_client_is_bound_to_a_session_and_needs_no_test_header() {
    let sandbox = sandbox();
    let bound = send(
        &sandbox,
        "PUT",
        "/sandbox/sessions/team-a",
        &[("Content-Type", "application/json")],
        r#"{"clients":["client-a"]}"#,
    );
    assert_eq!((bound.status, &bound.json()["clients"]), (200, &json!(["client-a"])), "{}", bound.text());
    post(&sandbox, "/sandbox/rules", &[in_session("team-a")], &json!({ "then": { "error": "KB-002" } }));
    let path = format!("{BASE}/regnskapssystem/311851381/aapnekrav");
    let call = |client: &str, headers: &[(&str, &str)]| {
        let token = token(client);
        let all: Vec<_> = headers.iter().copied().chain([("Authorization", token.as_str())]).collect();
        get(&sandbox, &path, &all).status
    };
    assert_eq!((call("client-a", &[]), call("client-b", &[])), (500, 200));
    assert_eq!(call("client-a", &[in_session("other")]), 200, "a modifier wins");
    let journal = get(&sandbox, "/sandbox/requests?client=client-a", &[in_session("team-a")]).json();
    assert_eq!((&journal["count"], &journal["requests"][0]["client"]), (&json!(1), &json!("client-a")));
    // A rule bound to the client does the same within a session.
    let rule = json!({ "when": { "client": "client-b" }, "then": { "error": "KB-001" } });
    assert_eq!(post(&sandbox, "/sandbox/rules", &[], &rule).status, 201);
    assert_eq!((call("client-b", &[]), call("client-c", &[])), (500, 200));
    let none = send(&sandbox, "PUT", "/sandbox/sessions/team-a", &[("Content-Type", "application/json")], "{}");
    assert_eq!(
        (&none.json()["clients"], call("client-a", &[])),
        (&json!([]), 200),
        "a client that the new list leaves out is no longer bound"
    );
    send(
        &sandbox,
        "PUT",
        "/sandbox/sessions/team-a",
        &[("Content-Type", "application/json")],
        r#"{"clients":["client-a"]}"#,
    );
    assert_eq!(call("client-a", &[]), 500);
    assert_eq!(send(&sandbox, "DELETE", "/sandbox/sessions/team-a", &[], "").status, 204);
    assert_eq!(call("client-a", &[]), 200, "the binding is gone with the session");
}

#[test]
fn a_reset_begins_anew_and_a_delete_ends() {
    let sandbox = sandbox();
    let session = in_session("s");
    let scenario = "part: \"314055403\"\nnavn: X\nskjermet: true\n";
    assert_eq!(send(&sandbox, "PUT", "/sandbox/scenarios", &[session, YAML], scenario).status, 200);
    post(&sandbox, "/sandbox/clock", &[session], &json!({ "now": "2026-12-24" }));
    post(
        &sandbox,
        "/sandbox/rules",
        &[session],
        &json!({ "when": { "endpoint": "krav" }, "then": { "error": "KB-001" } }),
    );
    assert_eq!(open(&sandbox, "s", "314055403").json()["skjermet"], true);
    let before = get(&sandbox, "/sandbox/sessions/s", &[]).json();
    assert_eq!(
        (&before["day"], &before["baseDate"], &before["rules"], &before["requests"]),
        (&json!("2026-12-24"), &json!(TODAY), &json!(1), &json!(1))
    );
    let after = send(&sandbox, "POST", "/sandbox/sessions/s/reset", &[], "").json();
    assert_eq!(
        (&after["day"], &after["rules"], &after["requests"], &after["ownBytes"]),
        (&json!(TODAY), &json!(0), &json!(0), &json!(0))
    );
    assert_eq!(open(&sandbox, "s", "314055403").json()["skjermet"], false);
    assert_eq!(send(&sandbox, "DELETE", "/sandbox/sessions/s", &[], "").status, 204);
    assert_eq!(send(&sandbox, "DELETE", "/sandbox/sessions/s", &[], "").status, 404);
    assert_eq!(get(&sandbox, "/sandbox/sessions/s", &[]).status, 404);
    assert_eq!(send(&sandbox, "DELETE", "/sandbox/sessions/default", &[], "").status, 409);
    post(&sandbox, "/sandbox/rules", &[], &json!({ "then": { "error": "KB-001" } }));
    assert_eq!(send(&sandbox, "POST", "/sandbox/sessions/default/reset", &[], "").status, 200);
    assert_eq!(open(&sandbox, "default", "311851381").status, 200, "the default session too");
}

#[test]
fn there_is_a_bound_on_their_number_and_idle_ones_make_room() {
    let sandbox = Sandbox::builder().now(TODAY).sessions(3, Duration::from_secs(4)).start().expect("it starts");
    for name in ["a", "b", "c"] {
        assert_eq!(open(&sandbox, name, "311851381").status, 200);
    }
    let full = open(&sandbox, "d", "311851381");
    assert_eq!((full.status, full.header("sandbox-cause")), (507, "refused-modifier"), "{}", full.text());
    assert!(full.text().contains("3 sessions") && full.text().contains("4s"), "{}", full.text());
    assert_eq!(open(&sandbox, "default", "311851381").status, 200, "the default session always exists");
    let others = || get(&sandbox, "/sandbox/sessions", &[]).json()["count"] != 1;
    let mut looks = 0;
    while others() {
        looks += 1;
        assert!(looks < 300, "idle sessions are not forgotten");
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(open(&sandbox, "d", "311851381").status, 200);
}

#[test]
fn there_is_a_bound_on_what_one_holds() {
    let sandbox = sandbox();
    let put = |body: &str| send(&sandbox, "PUT", "/sandbox/scenarios", &[in_session("big"), YAML], body);
    let series = |antall: usize, number: u32| {
        format!(
            "  - {{ antall: {antall}, kravidentifikator: \"{number}00000000\", kravtype: RESTSKATT, foersteForfallsdato: i dag, steg: 1d, perForfall: 10, beloepFra: 1, beloepTil: 2 }}\n"
        )
    };
    let of = |part: u32, series: &str| format!("---\npart: \"{part}\"\nnavn: X\nkravserier:\n{series}");
    let too_many = put(&of(314_055_403, &(0..3).map(|n| series(90_000, n)).collect::<String>()));
    assert!(too_many.status == 422 && too_many.text().contains("at most 200000 claims"), "{}", too_many.status);
    let in_all: String = [314_055_403, 310_478_717, 311_851_381].map(|part| of(part, &series(50_000, 1))).concat();
    assert!(in_all.len() < 1000);
    let too_many = put(&(in_all.clone() + &of(212_201_782, &series(60_000, 1))));
    assert!(
        too_many.status == 422 && too_many.text().contains("200000 claims, payments and orders in all"),
        "{}",
        too_many.text()
    );
    let too_large = put(&"#".repeat(5 * 1024 * 1024));
    assert_eq!(too_large.status, 413, "{}", too_large.text());
    assert_eq!(open(&sandbox, "big", "314055403").status, 200, "a refused PUT leaves the session as it was");
}

#[test]
fn names_are_checked() {
    let sandbox = sandbox();
    for name in ["", "a b", &"x".repeat(65), "æ", "%2e", "%2e%2e"] {
        let encoded = name.replace(' ', "%20").replace('æ', "%C3%A6");
        let answer = send(&sandbox, "POST", &format!("/sandbox/sessions/{encoded}/reset"), &[], "");
        assert!(matches!(answer.status, 400 | 404), "{name:?}: {}", answer.status);
    }
    let listed: Value = get(&sandbox, "/sandbox/sessions", &[]).json();
    assert_eq!(listed["count"], 1, "{listed}");
}
