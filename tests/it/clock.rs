//! The clock: per call, per session, server-wide; base date and observer kept apart.

use crate::common::{self, Answer, BASE, TODAY, get, post, sandbox, send};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use innkreving_sandbox::Sandbox;
use serde_json::{Value, json};

fn clock(sandbox: &Sandbox, session: &str, change: &Value) -> Answer {
    post(sandbox, "/sandbox/clock", &[("Sandbox-Session", session)], change)
}

fn shown(sandbox: &Sandbox, session: &str) -> Value {
    get(sandbox, "/sandbox/clock", &[("Sandbox-Session", session)]).json()
}

fn overdue(sandbox: &Sandbox, session: &str, more: &[(&str, &str)]) -> i64 {
    let headers: Vec<_> = more.iter().copied().chain([("Sandbox-Session", session)]).collect();
    let answer = get(sandbox, &format!("{BASE}/finans/311851381/aapnekrav"), &headers).json();
    common::oere(&answer["totalOversikt"]["sumForfalteKrav"])
}

#[test]
fn moved_advanced_frozen_and_followed_again() {
    let sandbox = sandbox();
    let now = overdue(&sandbox, "s", &[]);
    let advanced = clock(&sandbox, "s", &json!({ "advance": "30d" })).json();
    assert_eq!(
        (&advanced["day"], &advanced["baseDate"], &advanced["own"]),
        (&json!("2026-12-21"), &json!(TODAY), &json!(true))
    );
    let later = overdue(&sandbox, "s", &[]);
    assert_ne!(later, now, "claims have fallen due, payments have come in");
    assert_eq!(later, overdue(&sandbox, "other", &[("Sandbox-Now", "+30d")]), "the same as with a header on the call");
    assert_eq!(overdue(&sandbox, "other", &[]), now, "another session's clock does not move");
    // The shift of a call counts from the time that the session's clock shows.
    assert_eq!(overdue(&sandbox, "s", &[("Sandbox-Now", "-30d")]), now);
    for (change, day, setting) in [
        (json!({ "advance": "1mo" }), "2027-01-21", "standing"),
        (json!({ "advance": "-2w" }), "2027-01-07", "standing"),
        (json!({ "now": "2026-03-01" }), "2026-03-01", "standing"),
        (json!({ "now": "2026-03-01T23:30:00Z" }), "2026-03-02", "standing"),
        (json!({ "now": "+3d" }), "2026-11-24", "standing"),
        (json!({ "freeze": true }), "2026-11-24", "standing"),
    ] {
        let view = clock(&sandbox, "s", &change).json();
        assert_eq!((&view["day"], &view["setting"]), (&json!(day), &json!(setting)), "{change}");
    }
    assert_eq!(clock(&sandbox, "s", &json!({ "real": true })).json()["setting"], "real");
    let followed = send(&sandbox, "DELETE", "/sandbox/clock", &[("Sandbox-Session", "s")], "").json();
    assert_eq!((&followed["day"], &followed["own"]), (&json!(TODAY), &json!(false)));
}

#[test]
fn a_clock_that_is_advanced_by_nothing_stays_as_it_is() {
    let settled = |view: &Value| (view["own"].clone(), view["setting"].clone(), view.get("shift").cloned());
    let sandbox = Sandbox::builder().start().expect("it starts");
    for before in [
        json!({ "tokens": false }),
        json!({ "advance": "1mo" }),
        json!({ "now": "2026-03-01" }),
        json!({ "real": true }),
    ] {
        let set = clock(&sandbox, "s", &before).json();
        for nothing in ["0d", "+0d", "-0w", "+1d-1d"] {
            let view = clock(&sandbox, "s", &json!({ "advance": nothing })).json();
            assert_eq!(settled(&view), settled(&set), "{before}, then {nothing}");
        }
    }
    let server = post(&sandbox, "/sandbox/clock", &[], &json!({ "advance": "0d", "server": true })).json();
    assert_eq!(settled(&server), (json!(false), json!("real"), None));
}

#[test]
fn a_ticking_clock_keeps_ticking() {
    let sandbox = Sandbox::builder().start().expect("it starts");
    let view = clock(&sandbox, "s", &json!({ "advance": "1mo" })).json();
    assert_eq!((&view["setting"], &view["shift"]), (&json!("shifted"), &json!("+1mo")));
    let day = |view: &Value| view["day"].as_str().expect("a day").parse::<chrono::NaiveDate>().expect("a day");
    let further = clock(&sandbox, "s", &json!({ "advance": "3d" })).json();
    assert_eq!(day(&further), day(&view) + chrono::Days::new(3));
    // A month from the day that the clock shows, not from today.
    let month = clock(&sandbox, "s", &json!({ "advance": "1mo" })).json();
    assert_eq!(day(&month), day(&further) + chrono::Months::new(1));
    let first = shown(&sandbox, "s")["now"].clone();
    std::thread::sleep(std::time::Duration::from_millis(1100));
    assert_ne!(shown(&sandbox, "s")["now"], first);
    clock(&sandbox, "s", &json!({ "freeze": true }));
    let frozen = shown(&sandbox, "s")["now"].clone();
    std::thread::sleep(std::time::Duration::from_millis(1100));
    assert_eq!(shown(&sandbox, "s")["now"], frozen);
}

#[test]
fn a_clock_has_hours_and_minutes() {
    let sandbox = sandbox();
    let noon = shown(&sandbox, "s")["now"].clone();
    assert_eq!(noon, format!("{TODAY}T11:00:00Z"));
    for (change, now) in [
        (json!({ "advance": "2h" }), "T13:00:00Z"),
        (json!({ "advance": "-30min" }), "T12:30:00Z"),
        (json!({ "advance": "+1h-90s" }), "T13:28:30Z"),
    ] {
        assert_eq!(clock(&sandbox, "s", &change).json()["now"], format!("{TODAY}{now}"), "{change}");
    }
    assert_eq!(clock(&sandbox, "s", &json!({ "advance": "11h" })).json()["day"], "2026-11-22");
    let header = |value: &str| overdue(&sandbox, "other", &[("Sandbox-Now", value)]);
    assert_eq!(header("+24h"), header("+1d"));
    let refused = get(&sandbox, &format!("{BASE}/finans/311851381/aapnekrav"), &[("Sandbox-Now", "+1m")]);
    assert!(refused.status == 400 && refused.text().contains("write min or mo"), "{}", refused.text());
    let ticking = Sandbox::builder().start().expect("it starts");
    let view = clock(&ticking, "s", &json!({ "advance": "1d" })).json();
    assert_eq!((&view["setting"], &view["shift"]), (&json!("shifted"), &json!("+1d")));
    let view = clock(&ticking, "s", &json!({ "advance": "90min" })).json();
    assert_eq!(view["shift"], "+1d+1h+30min");
    // The log has it, so an undo of the next change leads back to it.
    clock(&ticking, "s", &json!({ "real": true }));
    post(&ticking, "/sandbox/undo", &[("Sandbox-Session", "s")], &json!({ "steps": 1 }));
    assert_eq!(shown(&ticking, "s")["shift"], "+1d+1h+30min");
}

#[test]
fn the_servers_clock_moves_every_session_that_has_none_of_its_own() {
    let sandbox = sandbox();
    clock(&sandbox, "own", &json!({ "now": "2026-06-01" }));
    shown(&sandbox, "follows");
    let moved = post(&sandbox, "/sandbox/clock", &[], &json!({ "advance": "1y", "server": true })).json();
    assert_eq!(moved["day"], "2027-11-21");
    assert_eq!(
        (shown(&sandbox, "follows")["day"].clone(), shown(&sandbox, "own")["day"].clone()),
        (json!("2027-11-21"), json!("2026-06-01"))
    );
    let follows = shown(&sandbox, "follows");
    assert_eq!(follows["baseDate"], TODAY, "a session that has begun keeps its base date");
    let reset = send(&sandbox, "POST", "/sandbox/sessions/follows/reset", &[], "").json();
    assert_eq!(
        (&reset["baseDate"], &reset["day"]),
        (&json!("2027-11-21"), &json!("2027-11-21")),
        "a reset gives the session the new base date"
    );
    assert_eq!(
        overdue(&sandbox, "follows", &[]),
        overdue(&Sandbox::builder().now("2027-11-21").start().expect("it starts"), "x", &[])
    );
}

#[test]
fn tokens_follow_the_clock_where_that_is_said() {
    let sandbox = sandbox();
    let claims = json!({
        "iss": "https://test.maskinporten.no/", "scope": "skatteetaten:kravogbetalinger", "client_id": "c",
        "consumer": { "ID": "0192:311851381" }, "exp": 1_893_456_000, "iat": 1_700_000_000, // until 2030
    });
    let token = format!("Bearer {}.{}.x", URL_SAFE_NO_PAD.encode("{}"), URL_SAFE_NO_PAD.encode(claims.to_string()));
    let call = |session: &str| {
        let path = format!("{BASE}/regnskapssystem/311851381/aapnekrav");
        get(&sandbox, &path, &[("Authorization", &token), ("Sandbox-Session", session)]).status
    };
    clock(&sandbox, "s", &json!({ "now": "2031-01-01" }));
    assert_eq!(call("s"), 200, "tokens follow the real time");
    assert_eq!(clock(&sandbox, "s", &json!({ "tokens": true })).json()["tokens"], true);
    assert_eq!((call("s"), call("other")), (401, 200));
}

#[test]
fn what_cannot_be_taken_is_told() {
    let sandbox = sandbox();
    for (change, says) in [
        (json!({}), "give one of now"),
        (json!({ "now": "i dag" }), "not a date"),
        (json!({ "advance": "30" }), "not a shift"),
        (json!({ "advance": "1m" }), "write min or mo"),
        (json!({ "now": "+5m" }), "write min or mo"),
        (json!({ "advance": "500ms" }), "a unit of s, min, h, d, w, mo or y"),
        (json!({ "advance": "300y" }), "outside the years"),
        (json!({ "now": "2026-01-01", "advance": "1d" }), "give only one of"),
        (json!({ "real": true, "freeze": true }), "give only one of"),
        (json!({ "now": 2026 }), "invalid type"),
        (json!({ "nwo": "2026-01-01" }), "unknown field `nwo`"),
        (json!({ "real": true, "server": true, "tokens": true }), "leave it out with server"),
    ] {
        let answer = clock(&sandbox, "s", &change);
        assert!(answer.status == 400 && answer.text().contains(says), "{change}: {}", answer.text());
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
    assert_eq!(shown(&sandbox, "s")["own"], false, "nothing has changed");
}
