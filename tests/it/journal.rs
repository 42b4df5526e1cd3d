//! The journal: each request, its result with the reason, and what would have made it succeed.

use crate::common::jwt::{grant, jwt, now};
use crate::common::{self, BASE, get, post, raw, request, rule, sandbox, send};
use innkreving_sandbox::Sandbox;
use serde_json::{Value, json};

fn journal(sandbox: &Sandbox, filter: &str) -> Value {
    let answer = get(sandbox, &format!("/sandbox/requests{filter}"), &[]);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn last(sandbox: &Sandbox) -> Value {
    journal(sandbox, "?limit=1")["requests"][0].clone()
}

#[test]
fn an_entry_tells_what_was_asked_and_what_came_of_it() {
    let sandbox = sandbox();
    get(&sandbox, &format!("{BASE}/finans/311851381/krav?fraOgMed=2026-01-01"), &[("Korrelasjonsid", "abc-1")]);
    let mut entry = last(&sandbox);
    assert!(entry["time"].is_string());
    assert!(entry["took"].as_f64().is_some_and(|took| took > 0.0), "{entry}");
    assert!(entry["connection"].as_u64() > Some(0), "{entry}");
    for name in ["time", "took", "connection"] {
        entry[name] = json!("…");
    }
    assert_eq!(
        entry,
        json!({
            "number": 1, "time": "…", "day": "2026-11-21", "method": "GET",
            "url": "/api/innkreving/kravogbetalinger/v1/finans/311851381/krav?fraOgMed=2026-01-01",
            "service": "kravogbetalinger", "endpoint": "krav", "package": "finans", "party": "311851381",
            "korrelasjonsid": "abc-1", "status": 200, "cause": "natural",
            "passed": ["url", "format", "input", "party", "period"],
            "took": "…", "protocol": "HTTP/1.1", "connection": "…",
            "fidelity": { "label": "chosen", "see": ["krav-period", "kob-url", "kob-utgave-2024"] },
            "warning": "no token: the real service would answer 401 KB-004; and the Korrelasjonsid is no UUID: send a new UUID with each call",
        })
    );
    rule(&sandbox, &json!({ "then": { "error": "KB-002", "delay": "3ms" } }));
    get(&sandbox, &format!("{BASE}/finans/311851381/krav"), &[]);
    let entry = last(&sandbox);
    assert_eq!(
        (&entry["code"], &entry["cause"], &entry["delay"], &entry["rules"]),
        (&json!("KB-002"), &json!("rule"), &json!(3), &json!(["r1"]))
    );
    assert!(entry.get("passed").is_none(), "the service was not asked");
    get(&sandbox, &format!("{BASE}/finans/311851381/krav"), &[("Sandbox-Fault", "rest")]);
    let entry = last(&sandbox);
    assert_eq!(
        (&entry["cause"], &entry["status"], &entry["hint"]),
        (&json!("refused-modifier"), &json!(400), &json!("did you mean reset?"))
    );
}

/// A call, the check that it fails, and a part of the hint.
#[test]
fn a_refusal_says_what_would_have_made_it_succeed() {
    let sandbox = sandbox();
    for (path, headers, failed, hint) in [
        (
            "finans/311851380/aapnekrav",
            &[][..],
            "input",
            "311851380 is no valid number; its check digit says you may mean 311851381",
        ),
        ("finans/31185138/aapnekrav", &[], "input", "31185138 is no valid number; you may mean 311851381"),
        ("finans/311851381/krav", &[], "input", "give fraOgMed and tilOgMed once each"),
        ("finans/313100022/aapnekrav", &[], "party", "party 313100022 is unknown; you may mean 313100014"),
        ("finans/398765435/aapnekrav", &[], "party", "the sandbox's first page, /, lists all"),
        ("finans/311851381/krav?fraOgMed=2001-01-01", &[], "period", "the party's krav are from 20"),
        ("finans/313100014/krav?fraOgMed=2026-01-01", &[], "period", "the party has no krav in any period"),
        ("finans/311851381/utbetalinger?fraOgMed=2001-01-01", &[], "period", "utbetalinger"),
        ("finans/311851381/aapnekrav", &[("Accept", "text/csv")], "format", "application/json or application/xml"),
        (
            "finanse/311851381/aapnekrv",
            &[],
            "url",
            "kravogbetalinger/v1/finans/311851381/aapnekrav is a URL of the service",
        ),
        ("", &[], "url", "/v1/finans/{identifikator}/aapnekrav"),
        (
            "finans/311851381/aapnekrav",
            &[("Authorization", "Bearer x")],
            "authentication",
            "without any, and with --auth open or off",
        ),
    ] {
        let answer = get(&sandbox, &format!("{BASE}/{path}"), headers);
        let entry = last(&sandbox);
        assert_eq!(entry["failed"], failed, "{path}: {entry}");
        let told = entry["hint"].as_str().unwrap_or_else(|| panic!("{path}: {entry}"));
        assert!(told.contains(hint), "{path}: {told}");
        assert_eq!(answer.header("sandbox-hint"), told, "{path}");
        assert_eq!(entry["message"], answer.json()["melding"], "{path}");
    }
    request(&sandbox, "DELETE", &format!("{BASE}/finans/311851381/aapnekrav"), &[]);
    assert_eq!(last(&sandbox)["failed"], "url");
    let answer = get(&sandbox, "/api/innkreving/kravogbetaling/v1/finans/311851381/aapnekrav", &[]);
    assert_eq!(
        (answer.kode().as_str(), answer.header("sandbox-hint")),
        ("DAS-002", "a service has its URLs below /api/innkreving/kravogbetalinger")
    );
    assert_eq!(last(&sandbox)["code"], "DAS-002");
}

#[test]
fn filters_and_a_count() {
    let sandbox = sandbox();
    for path in [
        "finans/311851381/krav",
        "finans/311851381/aapnekrav",
        "finans/310478717/aapnekrav",
        "finans/310478717/aapnekrav",
    ] {
        get(&sandbox, &format!("{BASE}/{path}"), &[("Korrelasjonsid", &path.replace('/', "-"))]);
    }
    get(&sandbox, "/nowhere", &[]);
    let count = |filter: &str| journal(&sandbox, filter)["count"].as_u64().expect("a number");
    assert_eq!(count(""), 5);
    assert_eq!(
        (count("?service=kravogbetalinger"), count("?endpoint=aapnekrav"), count("?party=310478717")),
        (4, 3, 2)
    );
    assert_eq!((count("?code=KB-006"), count("?code=DAS-002"), count("?code=KB-001")), (1, 1, 0));
    assert_eq!((count("?status=200"), count("?cause=natural"), count("?cause=header")), (3, 5, 0));
    assert_eq!(count("?korrelasjonsid=finans-311851381-krav"), 1);
    assert_eq!(count("?endpoint=aapnekrav&party=311851381"), 1);
    let limited = journal(&sandbox, "?endpoint=aapnekrav&limit=2");
    let numbers: Vec<&Value> =
        limited["requests"].as_array().expect("a list").iter().map(|entry| &entry["number"]).collect();
    assert_eq!((&limited["count"], numbers), (&json!(3), vec![&json!(4), &json!(3)]), "newest first; all are counted");
    for wrong in [
        "?servise=x",
        "?Service=restanser",
        "?service=restanser&service=restanser",
        "?service=Restanser",
        "?service=restanser%20",
        "?service=",
        "?service=restanser&endpoint=krav",
        "?service=restanser&code=KB-002",
        "?endpoint=krav&code=RESTANSE-002",
        "?service=maskinporten&code=DAS-001",
        "?service=maskinporten&party=310478717",
        "?endpoint=jwk&party=310478717",
        "?party=",
        "?client=",
        "?korrelasjonsid=a%20b",
        "?code=KB-002&status=404",
        "?code=KB-002&cause=refused-modifier",
        "?code=kb-002",
        "?failed=inputs",
        "?failed=input&status=200",
        "?failed=input&cause=refused-modifier",
        "?status=99",
        "?status=600",
        "?service=kravogbetaling",
        "?endpoint=krva",
        "?code=KB-02",
        "?cause=bad",
        "?limit=many",
        "?limit=9223372036854775808",
        "?status=ok",
        "?status=70000",
        "?limit=-1",
        "?code=KB-002&code=KB-003",
    ] {
        let answer = get(&sandbox, &format!("/sandbox/requests{wrong}"), &[]);
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (400, "application/problem+json"),
            "{wrong}: a wrong filter finds nothing"
        );
        assert!(!answer.text().contains("deserialize"), "a parser's sentence: {}", answer.text());
    }
    for (wrong, filter, nearest) in [
        ("?servise=x", "servise", "service"),
        ("?service=restanse", "service", "restanser"),
        ("?endpoint=krva", "endpoint", "krav"),
        ("?code=KB-02", "code", "KB-002"),
        ("?code=kb-002", "code", "KB-002"),
        ("?service=restanser&code=RESTANSE-02", "code", "RESTANSE-002"),
        ("?cause=headers", "cause", "header"),
        ("?failed=inputs", "failed", "input"),
    ] {
        let problem = get(&sandbox, &format!("/sandbox/requests{wrong}"), &[]).json();
        assert_eq!((&problem["modifier"], &problem["nearest"]), (&json!(filter), &json!(nearest)), "{problem}");
    }
    assert_eq!((count("?failed=input"), count("?failed=party"), count("?code=KB-006&failed=input&limit=0")), (1, 0, 1));
    let refused = send(&sandbox, "DELETE", "/sandbox/requests?service=restanser", &[], "");
    assert!(refused.status == 400 && refused.text().contains("takes no filter"), "{}", refused.text());
    assert_eq!(count(""), 5, "a filter that is passed over would have deleted all");
    assert_eq!(send(&sandbox, "DELETE", "/sandbox/requests", &[], "").status, 204);
    assert_eq!(journal(&sandbox, "")["total"], 0);
}

#[test]
fn it_is_bounded_and_can_be_off() {
    let small = Sandbox::builder().now(common::TODAY).journal(3).start().expect("it starts");
    for _ in 0..5 {
        get(&small, &format!("{BASE}/finans/311851381/aapnekrav"), &[]);
    }
    let list = journal(&small, "");
    assert_eq!((&list["count"], &list["total"], &list["dropped"]), (&json!(3), &json!(5), &json!(2)));
    assert_eq!(list["requests"][2]["number"], 3);
    let off = Sandbox::builder().now(common::TODAY).journal(0).start().expect("it starts");
    get(&off, &format!("{BASE}/finans/311851381/aapnekrav"), &[]);
    let list = journal(&off, "");
    assert_eq!((&list["count"], &list["total"], &list["dropped"]), (&json!(0), &json!(1), &json!(1)));
    let typo = get(&off, "/~session=misspelt/sandbox/requests", &[]);
    assert!(typo.status == 404 && typo.text().contains("there is no session misspelt"), "{}", typo.text());
}

#[test]
fn no_token_and_no_real_person_is_kept() {
    let sandbox = sandbox();
    let token = format!("{}.{}.{}", "eyJhbGciOiJSUzI1NiJ9", "eyJpc3MiOiJ4In0", "c2lnbmF0dXI");
    get(
        &sandbox,
        &format!("{BASE}/finans/01010112345/aapnekrav?token={token}"),
        &[("Authorization", &format!("Bearer {token}"))],
    );
    get(&sandbox, &format!("/~session=default{BASE}/finans/%301010112345/krav"), &[("Korrelasjonsid", &token)]);
    raw(&sandbox, format!("GET {BASE}/finans/01010112345/x HTTP/1.1\r\nHost: x\r\nSandbox-Party: 01010112345\r\nConnection: close\r\n\r\n").as_bytes());
    let text = get(&sandbox, "/sandbox/requests", &[]).text();
    assert_eq!(serde_json::from_str::<Value>(&text).expect("JSON")["count"], 3);
    for secret in ["01010112345", "c2lnbmF0dXI", "eyJpc3Mi"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
    let answer = get(&sandbox, &format!("{BASE}/finans/01010112346/aapnekrav"), &[]);
    assert!(!answer.header("sandbox-hint").contains("01010112346"), "{}", answer.header("sandbox-hint"));
}

/// A secret is not kept however it is spelt, in a path or in a query, and neither is a personal number.
#[test]
fn nothing_that_is_secret_is_kept_in_any_spelling() {
    let sandbox = sandbox();
    let token = ["eyJhbGciOiJSUzI1NiJ9", "eyJpc3MiOiJoZW1tZWxpZyJ9", "c2lnbmF0dXJlbg"].join(".");
    let spelt = [
        token.replace('.', "%2E"),
        token.replace('.', "%252E"),
        token.to_lowercase(),
        token.to_uppercase(),
        ["ewogICJhbGciOiAiUlMyNTYiCn0", "eyAiaXNzIjogImhlbW1lbGlnIiB9", "c2lnbmF0dXJlbg"].join("."),
        "code=HEMMELIG".to_owned(),
        "x=1&sig=HEMMELIG%26HEMMELIG".to_owned(),
        "Pwd=HEMMELIG/HEMMELIG".to_owned(),
        "client_secret=HEMMELIG".to_owned(),
        "api%2Dkey=HEMMELIG".to_owned(),
        "u=https%3A%2F%2Fuser%3AHEMMELIG%40host%2F".to_owned(),
        "010101-12345".to_owned(),
        "010101%20-%2012345".to_owned(),
        "010101/12345".to_owned(),
        "01.01.01%2012345".to_owned(),
        "01+01+01+123+45".to_owned(),
    ];
    for secret in &spelt {
        get(&sandbox, &format!("{BASE}/finans/{secret}/krav"), &[]);
        get(&sandbox, &format!("{BASE}/finans/311851381/krav?{secret}"), &[]);
        get(&sandbox, &format!("/nowhere/{secret}?a={secret}"), &[("Sandbox-Fault", "nothing")]);
        raw(&sandbox, format!("{token} /nowhere/{secret} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").as_bytes());
    }
    let kept = get(&sandbox, "/sandbox/requests?limit=500", &[]).text();
    assert_eq!(serde_json::from_str::<Value>(&kept).expect("JSON")["count"], 4 * spelt.len());
    let kept = kept.to_lowercase();
    for secret in
        ["hemmelig", "c2lnbmf0dxjlbg", "pc3mi", "axnzi", "12345\"", "12345/", "12345?", "123 45", "123+45", "01 12345"]
    {
        let around = kept.find(secret).map(|at| &kept[at.saturating_sub(200)..at]);
        assert_eq!(around, None, "{secret}");
    }
}

/// A refusal shows what is wrong to the one who sent it, who may log it.
#[test]
fn refusals_show_no_secret_and_no_real_person() {
    let sandbox = sandbox();
    for value in ["010101 12345", "01010112345x"] {
        let refused = get(&sandbox, &format!("{BASE}/finans/311851381/krav"), &[("Sandbox-Party", value)]);
        assert!(refused.status == 400 && !refused.text().contains("12345"), "{}", refused.text());
    }
    let body = json!({ "when": { "endpoint": "token=HEMMELIG" }, "then": { "error": "KB-001" } });
    let refused = post(&sandbox, "/sandbox/rules", &[], &body);
    assert!(refused.status == 400 && !refused.text().contains("HEMMELIG"), "{}", refused.text());
    let yaml = "part: \"314300017\"\nnavn: X\neier: 010101 12345\n";
    let refused = send(&sandbox, "PUT", "/sandbox/scenarios", &[("Content-Type", "application/yaml")], yaml);
    assert!(refused.status == 422 && !refused.text().contains("12345"), "{}", refused.text());
}

#[test]
fn a_test_can_wait_for_a_retry_by_counting() {
    let sandbox = sandbox();
    let body = json!({ "when": { "endpoint": "aapnekrav" }, "then": { "sequence": ["KB-002", "KB-002", "ok"] } });
    assert_eq!(post(&sandbox, "/sandbox/rules", &[], &body).status, 201);
    let mut status = 0;
    for _ in 0..5 {
        status = get(&sandbox, &format!("{BASE}/finans/311851381/aapnekrav"), &[]).status;
        if status == 200 {
            break;
        }
    }
    assert_eq!(status, 200);
    assert_eq!(journal(&sandbox, "?code=KB-002")["count"], 2);
    assert_eq!(journal(&sandbox, "?endpoint=aapnekrav")["count"], 3);
}

fn in_journal_of(sandbox: &Sandbox, session: &str, filter: &str) -> Value {
    journal_of(sandbox, session, filter)["requests"].clone()
}

fn journal_of(sandbox: &Sandbox, session: &str, filter: &str) -> Value {
    let answer = get(sandbox, &format!("/sandbox/requests{filter}"), &[("Sandbox-Session", session)]);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

/// The claims of a token of a client.
fn token_of(client: &str) -> Value {
    json!({
        "iss": "https://test.maskinporten.no/", "scope": "skatteetaten:kravogbetalinger", "exp": now() + 100,
        "iat": now(), "client_id": client, "consumer": { "ID": "0192:311851381" },
    })
}

#[test]
fn a_refused_call_is_in_the_journal_of_its_session() {
    let sandbox = sandbox();
    let path = format!("{BASE}/finans/311851381/aapnekrav");
    let named = ("Sandbox-Session", "mine");
    assert_eq!(get(&sandbox, "/sandbox/clock", &[named]).status, 200, "the session begins");
    let bind = send(
        &sandbox,
        "PUT",
        "/sandbox/sessions/bound",
        &[("Content-Type", "application/json")],
        r#"{"clients":["my-client"]}"#,
    );
    assert_eq!(bind.status, 200, "{}", bind.text());
    let bearer = format!("Bearer {}", jwt(&token_of("my-client")));
    // Named by header, or in a base URL that has a slip.
    for (url, headers) in [
        (path.clone(), vec![named, ("Sandbox-Fault", "rest")]),
        (path.clone(), vec![named, ("Sandbox-Eror", "KB-002")]),
        (path.clone(), vec![named, ("Sandbox-Now", "+190y")]),
        (format!("/~session=mine,error=KB-02{path}"), vec![]),
        (format!("/~session=mine,error{path}"), vec![]),
        (format!("/~error/~session=mine{path}"), vec![]),
    ] {
        let before = journal_of(&sandbox, "mine", "")["total"].as_u64().expect("a number");
        assert_eq!(get(&sandbox, &url, &headers).status, 400, "{url}");
        let entry = in_journal_of(&sandbox, "mine", "?cause=refused-modifier&limit=1")[0].clone();
        assert_eq!(entry["number"].as_u64(), Some(before + 1), "{url} {headers:?}: {entry}");
        assert_eq!(
            (&entry["service"], &entry["endpoint"], &entry["package"], &entry["party"]),
            (&json!("kravogbetalinger"), &json!("aapnekrav"), &json!("finans"), &json!("311851381")),
            "{url}"
        );
    }
    // Bound to it: by a token, or by the assertion of a token request.
    assert_eq!(get(&sandbox, &path, &[("Authorization", &bearer), ("Sandbox-Fault", "rest")]).status, 400);
    let entry = in_journal_of(&sandbox, "bound", "")[0].clone();
    assert_eq!((&entry["client"], &entry["status"]), (&json!("my-client"), &json!(400)));
    let refused = grant(&sandbox, "/~error=KB-002/maskinporten/token", "", &json!({ "iss": "my-client" }));
    assert_eq!((refused.status, refused.header("sandbox-cause")), (400, "refused-modifier"));
    let entry = in_journal_of(&sandbox, "bound", "?client=my-client&endpoint=token")[0].clone();
    assert_eq!((&entry["service"], &entry["cause"]), (&json!("maskinporten"), &json!("refused-modifier")));
    assert_eq!(journal(&sandbox, "")["total"], 0, "the default session has none of them");
}

#[test]
fn a_refused_call_begins_no_session() {
    let full = Sandbox::builder()
        .now(common::TODAY)
        .sessions(1, std::time::Duration::from_secs(3600))
        .start()
        .expect("it starts");
    let path = format!("{BASE}/finans/311851381/aapnekrav");
    let sessions = || get(&full, "/sandbox/sessions", &[]).json()["count"].clone();
    assert_eq!(get(&full, &path, &[("Sandbox-Session", "new"), ("Sandbox-Fault", "rest")]).status, 400);
    assert_eq!(sessions(), 1);
    let told = last(&full);
    assert_eq!(
        (&told["cause"], &told["party"]),
        (&json!("refused-modifier"), &json!("311851381")),
        "in the default journal"
    );
    // A session that has no room is refused, too.
    assert_eq!(get(&full, &path, &[("Sandbox-Session", "one")]).status, 200);
    assert_eq!(get(&full, &path, &[("Sandbox-Session", "two")]).status, 507);
    assert_eq!((last(&full)["status"].clone(), sessions()), (json!(507), json!(2)));
    // The sandbox's own pages are in no journal, refused or not.
    let total = journal(&full, "")["total"].clone();
    assert_eq!(get(&full, "/~error=KB-002/health/live", &[]).status, 400);
    assert_eq!(journal(&full, "")["total"], total);
}

#[test]
fn a_number_that_is_masked_is_found_by_its_digits_alone() {
    let sandbox = sandbox();
    let (one, other) = ("01010112345", "02020254321");
    for (number, calls) in [(one, 2), (other, 1)] {
        for _ in 0..calls {
            let headers = [
                ("Authorization", format!("Bearer {}", jwt(&token_of(number)))),
                ("Korrelasjonsid", number.to_owned()),
            ];
            let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            get(&sandbox, &format!("{BASE}/finans/{number}/aapnekrav"), &headers);
        }
    }
    let count = |filter: &str| journal(&sandbox, filter)["count"].as_u64().expect("a number");
    for filter in ["party", "client", "korrelasjonsid"] {
        let by = |value: &str| count(&format!("?{filter}={value}"));
        assert_eq!((by(one), by(other), by("03030311111"), by("***********")), (2, 1, 0, 0), "{filter}");
    }
    let text = get(&sandbox, "/sandbox/requests", &[]).text();
    assert!(!text.contains(one) && !text.contains(other) && text.contains("***********"), "{text}");
}

#[test]
fn the_entries_of_maskinporten_and_altinn_say_which_check_failed() {
    let sandbox = Sandbox::builder().now(common::TODAY).auth("claims").start().expect("it starts");
    let assertion = |changes: Value| {
        let mut claims = json!({
            "aud": "https://test.maskinporten.no/", "iss": "314055403", "scope": "skatteetaten:kravogbetalinger",
            "iat": now(), "exp": now() + 100,
        });
        claims.as_object_mut().expect("an object").extend(changes.as_object().expect("an object").clone());
        grant(&sandbox, "/maskinporten/token", "", &claims)
    };
    let expect = |what: &str, code: &str, failed: &str| {
        let entry = last(&sandbox);
        assert_eq!((&entry["code"], &entry["failed"]), (&json!(code), &json!(failed)), "{what}: {entry}");
        let found = journal(&sandbox, &format!("?code={code}&failed={failed}&limit=1"));
        assert_eq!(found["requests"][0], entry, "{what}");
        let passed = entry["passed"].as_array().expect("a list");
        assert!(!passed.contains(&json!(failed)) && !passed.contains(&json!("party")), "{what}: {entry}");
    };
    for (what, changes, code, failed) in [
        ("an expired assertion", json!({ "exp": now() - 5 }), "MP-130", "authentication"),
        ("another audience", json!({ "aud": "x" }), "MP-110", "authentication"),
        ("an issue time", json!({ "iat": now() - 60 }), "invalid_grant", "authentication"),
        ("a scope of another form", json!({ "scope": "openid" }), "MP-201", "authorisation"),
        ("no claims", json!({ "iat": "now" }), "MP-011", "input"),
        ("another type", json!({ "authorization_details": [{ "type": "x" }] }), "MP-301", "input"),
    ] {
        assertion(changes);
        expect(what, code, failed);
    }
    assert_eq!(last(&sandbox)["passed"], json!(["url", "format", "body"]), "a malformed assertion shows nobody");
    assertion(json!({ "scope": "openid" }));
    assert_eq!(last(&sandbox)["passed"], json!(["url", "format", "authentication"]));
    post(&sandbox, "/maskinporten/token", &[], &json!({}));
    expect("no token request", "invalid_request", "body");
    get(&sandbox, "/maskinporten/tokens", &[]);
    expect("no such URL", "invalid_request", "url");
    get(&sandbox, "/maskinporten/token", &[]);
    expect("another method", "invalid_request", "url");
    let consents = "/altinn/platform/accessmanagement/api/v1/enterprise/consentrequests";
    get(&sandbox, &format!("{consents}/77ed8698-e619-4066-9eb4-5c1eb3f165a1"), &[]);
    expect("no token", "AUTH-00043", "authentication");
    let mut claims = token_of("c");
    get(
        &sandbox,
        &format!("{consents}/77ed8698-e619-4066-9eb4-5c1eb3f165a1"),
        &[("Authorization", &format!("Bearer {}", jwt(&claims)))],
    );
    expect("another scope", "AUTH-00044", "authorisation");
    claims["scope"] = json!("altinn:consentrequests.read");
    get(
        &sandbox,
        &format!("{consents}/77ed8698-e619-4066-9eb4-5c1eb3f165a1"),
        &[("Authorization", &format!("Bearer {}", jwt(&claims)))],
    );
    expect("an unknown consent", "AM-00001", "input");
    get(&sandbox, "/altinn/platform/nowhere", &[]);
    expect("no such URL", "not_found", "url");
}
