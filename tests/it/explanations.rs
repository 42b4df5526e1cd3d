//! What `explain` says of a token is what the service does with it.

use std::sync::LazyLock;

use crate::common::jwt::{jwt, now};
use crate::common::{self, Answer, get, post};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair as RsaKeyPair;
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use innkreving_sandbox::Sandbox;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

const CALLER: &str = "314055403";
const PARTY: &str = "311851381";

/// A request: what `explain` is told of it, and its URL.
#[derive(Clone, Debug)]
struct Request {
    service: &'static str,
    package: &'static str,
    endpoint: &'static str,
    party: &'static str,
    url: String,
}

fn requests() -> Vec<Request> {
    let mut all = Vec::new();
    let mut add = |service, package, endpoint, party, url: String| {
        all.push(Request { service, package, endpoint, party, url });
    };
    for party in [PARTY, CALLER, "310478717", "27896420130", "02827720073"] {
        for package in ["finans", "regnskapssystem"] {
            for endpoint in ["aapnekrav", "krav", "innbetalinger", "utbetalinger"] {
                let url = format!("{}/{package}/{party}/{endpoint}?fraOgMed=2026-01-01", common::BASE);
                add("kravogbetalinger", package, endpoint, party, url);
            }
            for endpoint in ["oversikt", "krav"] {
                let url = format!("{}/{package}/{party}/{endpoint}?fraOgMed=2026-01-01", common::KRAVOVERSIKT);
                add("kravoversikt", package, endpoint, party, url);
            }
        }
        for package in ["dibk", "ebevis"] {
            add("restanser", package, "", party, format!("{}/{package}/{party}", common::RESTANSER));
        }
    }
    // Here the token says whom the request is about.
    add("trekkpaalegg", "", "", "", common::TREKK.to_owned());
    let altinn = "/altinn/platform";
    for (endpoint, path) in [
        ("consentrequest", "accessmanagement/api/v1/enterprise/consentrequests/77ed8698-e619-4066-9eb4-5c1eb3f165a1"),
        ("system", "authentication/api/v1/systemregister/vendor/314055403_books"),
        ("systemuser-status", "authentication/api/v1/systemuser/request/vendor/77ed8698-e619-4066-9eb4-5c1eb3f165a1"),
        ("systemuser-by-reference", "authentication/api/v1/systemuser/request/vendor/byexternalref/a/310478717/b"),
        ("systemuser-requests", "authentication/api/v1/systemuser/request/vendor/bysystem/a"),
        ("systemusers", "authentication/api/v1/systemuser/vendor/bysystem/a"),
    ] {
        add("altinn", "", endpoint, "", format!("{altinn}/{path}"));
    }
    all
}

fn organisation(number: &str) -> Value {
    json!({ "authority": "iso6523-actorid-upis", "ID": format!("0192:{number}") })
}

fn consent(from: &str, to: &str, until: &str, resource: &str) -> Value {
    let kind = |number: &str| if number.len() == 11 { "person" } else { "organization" };
    json!({
        "type": "urn:altinn:consent", "id": "x", "validTo": until,
        "from": format!("urn:altinn:{}:identifier-no:{from}", kind(from)),
        "to": format!("urn:altinn:{}:identifier-no:{to}", kind(to)),
        "consentRights": [{ "action": ["consent"], "resource": [{ "type": "urn:altinn:resource", "value": resource }] }],
    })
}

/// What `authorization_details` may hold.
fn details() -> impl Strategy<Value = Value> {
    let claims = "ske-samtykke-krav-og-betalinger";
    let arrears = "digdir-restanser-skatteetaten";
    let system = |of: Value| json!({ "type": "urn:altinn:systemuser", "systemuser_id": ["x"], "systemuser_org": of });
    let later = "2099-01-01T00:00:00Z";
    let mut one: Vec<Value> = [PARTY, CALLER, "310478717"].into_iter().map(|it| system(organisation(it))).collect();
    for resource in [claims, arrears, "another"] {
        for from in [PARTY, "27896420130", "310478717"] {
            one.push(consent(from, CALLER, later, resource));
        }
    }
    one.extend([
        consent(PARTY, PARTY, later, claims),
        consent(PARTY, CALLER, "2020-01-01T00:00:00Z", claims),
        consent(PARTY, CALLER, "2099-01-01T00:00:00", claims),
        consent(PARTY, CALLER, "next year", claims),
        json!({ "type": "urn:altinn:systemuser" }),
        system(json!({ "ID": "314055403" })),
        json!({ "type": 7 }),
        json!("x"),
    ]);
    let list = prop::collection::vec(select(one), 0..3).prop_map(Value::from);
    prop_oneof![3 => Just(Value::Null), 6 => list, 1 => select(vec![json!({}), json!("x"), json!([[]])])]
}

/// A claim that is usually right. `Null` leaves it out.
fn claim(right: Vec<Value>, wrong: Vec<Value>) -> impl Strategy<Value = Value> {
    prop_oneof![8 => select(right), 1 => select(wrong)]
}

/// The claims of a token. Times are as seconds from now, where they are numbers.
fn claims() -> impl Strategy<Value = Value> {
    let scopes = [
        "skatteetaten:kravogbetalinger",
        "skatteetaten:restanser",
        "skatteetaten:trekkpaalegg",
        "skatteetaten:trekkpålegg",
        "altinn:consentrequests.write",
        "altinn:consentrequests.read",
        "altinn:authentication/systemregister.write",
        "altinn:authentication/systemuser.request.read",
    ];
    let right_scopes = scopes.map(Value::from).into_iter().chain([json!(scopes.join(" "))]).collect();
    let wrong_scopes =
        vec![Value::Null, json!(7), json!(""), json!("skatteetaten:restanserx"), json!(["skatteetaten:restanser"])];
    let wrong_issuers = vec![
        Value::Null,
        json!("https://maskinporten.no/"),
        json!("altinn.no"),
        json!("x"),
        json!(7),
        json!("https://ver2.test.maskinporten.no/"),
    ];
    let wrong_consumers = vec![
        Value::Null,
        json!({ "ID": CALLER }),
        json!({ "ID": "0192:31405540a" }),
        json!({}),
        json!("x"),
        organisation("3140554033"),
    ];
    let times = || {
        claim(
            vec![Value::Null, json!(-1), json!(-100_000)],
            vec![json!(3600), json!("x"), json!([1]), json!("-1"), json!(0.5)],
        )
    };
    (
        claim(vec![json!("https://test.maskinporten.no/"), json!("http://127.0.0.1:1/maskinporten/")], wrong_issuers),
        claim(
            vec![json!(100), json!(3600), json!(-3)],
            vec![Value::Null, json!(-60), json!("x"), json!("100"), json!(1.5e300), json!(100.5), json!(true)],
        ),
        times(),
        times(),
        claim(right_scopes, wrong_scopes),
        claim(vec![organisation(CALLER), organisation(PARTY)], wrong_consumers),
        claim(vec![json!("c"), Value::Null], vec![json!(7), json!("")]),
        details(),
        prop_oneof![9 => Just(Value::Null), 1 => Just(json!(PARTY))],
    )
        .prop_map(|(iss, exp, nbf, iat, scope, consumer, client_id, details, offered_by)| {
            let all = json!({
                "iss": iss, "exp": exp, "nbf": nbf, "iat": iat, "scope": scope, "consumer": consumer,
                "client_id": client_id, "authorization_details": details, "OfferedBy": offered_by,
            });
            let all = all.as_object().expect("an object").clone();
            Value::Object(all.into_iter().filter(|(_, value)| !value.is_null()).collect())
        })
}

/// How a token is written down.
#[derive(Clone, Debug)]
enum Form {
    Signed,
    Header(Value),
    Padded,
    Cut(usize),
    Instead(String),
}

fn forms() -> impl Strategy<Value = Form> {
    let headers = vec![
        json!({ "alg": "none" }),
        json!({ "alg": "HS256", "kid": "innkreving-sandbox-test-key-1" }),
        json!({ "alg": "RS256", "kid": "innkreving-sandbox-test-key-1" }),
        json!({ "alg": "RS256", "kid": "x", "crit": ["b64"] }),
        json!({}),
    ];
    let instead = [
        "",
        "x",
        "a.b",
        "a.b.c",
        "e30.e30.",
        "e30.W10.",
        "e30.e30.c2ln.c2ln",
        "a b.c.d",
        "Bearer",
        "æ.ø.å",
        "e30.e30\n.",
    ];
    prop_oneof![
        8 => Just(Form::Signed),
        2 => select(headers).prop_map(Form::Header),
        1 => Just(Form::Padded),
        1 => (1_usize..300).prop_map(Form::Cut),
        1 => select(instead.map(str::to_owned).to_vec()).prop_map(Form::Instead),
    ]
}

/// A token with the sandbox's own key, which is public.
fn signed(claims: &Value) -> String {
    static KEY: LazyLock<RsaKeyPair> = LazyLock::new(|| {
        let pem =
            std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/access/test-key.pem")).expect("a key");
        let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        RsaKeyPair::from_pkcs8(&STANDARD.decode(body).expect("base64")).expect("a key")
    });
    let header = json!({ "alg": "RS256", "kid": "innkreving-sandbox-test-key-1" });
    let text = format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(claims.to_string()));
    let mut signature = vec![0; KEY.public_modulus_len()];
    KEY.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature).expect("signed");
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn written(mut claims: Value, form: &Form) -> String {
    for name in ["exp", "nbf", "iat"] {
        if let Some(offset) = claims[name].as_i64() {
            claims[name] = json!(now() + offset);
        } else if claims[name].is_null() {
            claims.as_object_mut().expect("an object").remove(name);
        }
    }
    match form {
        Form::Signed => signed(&claims),
        Form::Header(header) => {
            let parts = [header, &claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
            format!("{}.c2ln", parts.join("."))
        }
        Form::Padded => {
            claims["padding"] = "x".repeat(20_000).into();
            signed(&claims)
        }
        Form::Cut(length) => signed(&claims).chars().take(*length).collect(),
        Form::Instead(text) => text.clone(),
    }
}

/// The code and the message of an error, in whichever form.
fn refusal(answer: &Answer) -> (String, String) {
    let body = answer.json();
    let text = |one: &str, other: &str| body[one].as_str().or(body[other].as_str()).unwrap_or_default().to_owned();
    (text("kode", "code"), text("melding", "detail"))
}

/// Sends a token as it is, which a client library may refuse to do.
fn sent(sandbox: &Sandbox, url: &str, authorization: &str) -> Answer {
    let head = format!("GET {url} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: {authorization}\r\n\r\n");
    let answer = common::raw(sandbox, head.as_bytes());
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {answer:?}"));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    Answer { status, headers: http::HeaderMap::new(), body: body.as_bytes().to_vec() }
}

fn assert_agrees(sandbox: &Sandbox, request: &Request, token: &str) -> Result<(), TestCaseError> {
    let mut body = json!({ "token": token, "service": request.service, "party": request.party });
    for (name, value) in [("package", request.package), ("endpoint", request.endpoint)] {
        if !value.is_empty() {
            body[name] = value.into();
        }
    }
    let explained = post(sandbox, "/sandbox/token/explain", &[], &body);
    prop_assert_eq!(explained.status, 200, "{}", explained.text());
    let explained = explained.json();
    let verdict = explained["verdict"].as_str().expect("a text");
    let bearer = format!("Bearer {}", token.trim());
    if http::HeaderValue::from_bytes(bearer.as_bytes()).is_err() {
        prop_assert!(verdict.starts_with("This is not a token"), "{}", verdict);
        return Ok(());
    }
    let answer = sent(sandbox, &request.url, &bearer);
    prop_assert!(answer.status < 500, "{}", answer.text());
    let (code, message) = if answer.status < 400 { Default::default() } else { refusal(&answer) };
    let of_access = ["KB-004", "KB-005", "RESTANSE-004", "RESTANSE-005", "RESTANSE-007", "AUTH-00043", "AUTH-00044"];
    let is_refused = of_access.contains(&&*code);
    match verdict {
        "The request would be served." => {
            prop_assert!(!is_refused, "explained as served, but {}", answer.text());
            let lines = explained["lines"].as_array().expect("lines");
            let fails = lines.iter().find(|line| line["verdict"] == "fails");
            prop_assert!(fails.is_none(), "served, but a line fails: {:?}", fails);
        }
        text if text.starts_with("This is an Altinn 2 consent token") => {
            prop_assert!(is_refused || answer.status < 400 && request.service.is_empty(), "{}", answer.text());
        }
        text => prop_assert_eq!(text, format!("{} {code}: {message}.", answer.status)),
    }
    Ok(())
}

#[test]
fn an_explanation_agrees_with_what_the_service_does() {
    let started = |level: &str, reach: &str| {
        let builder = Sandbox::builder().now(common::TODAY).auth(level).setting("--regnskapssystem", reach);
        builder.start().expect("it starts")
    };
    let sandboxes = [("open", "any"), ("claims", "own"), ("signed", "any"), ("signed", "own")];
    let sandboxes = sandboxes.map(|(level, reach)| started(level, reach));
    let config = ProptestConfig { cases: 1_200, failure_persistence: None, ..ProptestConfig::default() };
    let which = (0..sandboxes.len(), select(requests()), claims(), forms());
    let told = std::cell::RefCell::new(std::collections::HashSet::new());
    let run = TestRunner::new(config).run(&which, |(sandbox, request, claims, form)| {
        let token = written(claims, &form);
        let of_access = assert_agrees(&sandboxes[sandbox], &request, &token);
        let journal = get(&sandboxes[sandbox], "/sandbox/requests?limit=1", &[]).json();
        told.borrow_mut().insert(journal["requests"][0]["code"].to_string());
        of_access
    });
    run.unwrap_or_else(|error| panic!("{error}"));
    // It has met every kind of answer, so the comparison means something.
    let told = told.into_inner();
    for code in ["null", "KB-004", "KB-005", "RESTANSE-004", "RESTANSE-005", "RESTANSE-007", "AUTH-00043", "AUTH-00044"]
    {
        assert!(told.iter().any(|known| known.trim_matches('"') == code), "{code} was never met: {told:?}");
    }
}

#[test]
fn tokens_are_not_looked_at_with_auth_off_nor_when_explained() {
    let sandbox = Sandbox::builder().now(common::TODAY).auth("off").start().expect("it starts");
    let expired = jwt(&json!({ "exp": 1, "iss": "x" }));
    let url = format!("{}/finans/{PARTY}/aapnekrav", common::BASE);
    let request = Request { service: "kravogbetalinger", package: "finans", endpoint: "aapnekrav", party: PARTY, url };
    for token in [expired.as_str(), "x"] {
        assert_agrees(&sandbox, &request, token).unwrap_or_else(|error| panic!("{token}: {error}"));
    }
}

#[test]
fn an_explanation_follows_the_clock_that_tokens_follow() {
    let sandbox = Sandbox::builder().now(common::TODAY).auth("claims").start().expect("it starts");
    let url = format!("{}/dibk/{PARTY}", common::RESTANSER);
    let request = Request { service: "restanser", package: "dibk", endpoint: "", party: PARTY, url };
    let token = signed(&json!({
        "iss": "https://test.maskinporten.no/", "exp": now() + 100, "scope": "skatteetaten:restanser",
        "consumer": organisation(CALLER),
    }));
    let mut statuses = Vec::new();
    for clock in [json!({ "now": "+1y" }), json!({ "tokens": true }), json!({ "real": true })] {
        assert_eq!(post(&sandbox, "/sandbox/clock", &[], &clock).status, 200);
        assert_agrees(&sandbox, &request, &token).unwrap_or_else(|error| panic!("{clock}: {error}"));
        statuses.push(sent(&sandbox, &request.url, &format!("Bearer {token}")).status);
    }
    assert_eq!(statuses, [200, 401, 200], "only a clock that tokens follow makes it expire");
}

#[test]
fn an_explanation_knows_the_endpoints_of_altinn_and_no_others() {
    let sandbox = Sandbox::builder().now(common::TODAY).auth("claims").start().expect("it starts");
    let token = signed(&json!({
        "iss": "https://test.maskinporten.no/", "exp": now() + 100, "scope": "altinn:consentrequests.read",
        "consumer": organisation(CALLER),
    }));
    let explain = |body: &Value| post(&sandbox, "/sandbox/token/explain", &[], body);
    let verdict = |endpoint: &str| {
        let body = json!({ "token": token, "service": "altinn", "endpoint": endpoint });
        explain(&body).json()["verdict"].as_str().expect("a text").to_owned()
    };
    assert_eq!(verdict("consentrequest"), "The request would be served.");
    assert!(verdict("consentrequests").starts_with("403 AUTH-00044"), "{}", verdict("consentrequests"));
    for (body, says) in [
        (json!({ "token": token, "service": "altinn" }), "depends on the endpoint"),
        (json!({ "token": token, "service": "altinn", "endpoint": "x" }), "there is no endpoint"),
        (
            json!({ "token": token, "service": "kravogbetalinger", "party": PARTY, "endpoint": "krva" }),
            "there is no endpoint",
        ),
        (json!({ "token": token, "service": "maskinporten" }), "there is no service"),
    ] {
        let answer = explain(&body);
        assert!(answer.status == 400 && answer.text().contains(says), "{}", answer.text());
    }
}
