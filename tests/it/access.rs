//! Tokens, rights and consent at the three levels; each refusal says what is wrong.

use crate::common::jwt::{jwt, now};
use crate::common::{self, Answer, BASE, get};
use innkreving_sandbox::Sandbox;
use serde_json::{Value, json};

const BANK: &str = "314300009";
const PARTY: &str = "311851381";

fn sandbox(level: &str) -> Sandbox {
    // As production checks rights; `access_as_in_test` is about the test environment.
    let builder = Sandbox::builder().now(common::TODAY).auth(level).setting("--regnskapssystem", "own");
    builder.start().expect("it starts")
}

/// The claims of a valid token, with some of them changed (`null` removes one).
fn token(changes: Value) -> Value {
    changed(
        json!({
            "iss": "https://test.maskinporten.no/", "client_amr": "private_key_jwt", "token_type": "Bearer",
            "aud": "unspecified", "consumer": { "authority": "iso6523-actorid-upis", "ID": format!("0192:{BANK}") },
            "scope": "skatteetaten:kravogbetalinger", "exp": now() + 119, "iat": now() - 1,
            "client_id": "0e85a8ae-77ce-4a5e-8e56-5e5a0a5b7a9e", "jti": "1",
        }),
        changes,
    )
}

/// The claims of a valid consent token of the old Altinn.
fn consent(changes: Value) -> Value {
    changed(
        json!({
            "iss": "altinn.no", "AuthorizationCode": "a", "OfferedBy": PARTY, "CoveredBy": BANK,
            "Services": ["5928_202301"], "ValidToDate": now() + 7_000_000, "exp": now() + 30, "nbf": now(),
        }),
        changes,
    )
}

fn altinn3(changes: Value) -> Value {
    let detail = changed(
        json!({
            "type": "urn:altinn:consent", "id": "x", "from": format!("urn:altinn:organization:identifier-no:{PARTY}"),
            "to": format!("urn:altinn:organization:identifier-no:{BANK}"), "validTo": "2099-01-01T00:00:00Z",
            "consentRights": [{ "action": ["consent"], "resource": [
                { "type": "urn:altinn:resource", "value": "ske-samtykke-krav-og-betalinger" }] }],
        }),
        changes,
    );
    token(json!({ "authorization_details": [detail] }))
}

fn systembruker(customer: &str) -> Value {
    token(json!({ "authorization_details": [{
        "type": "urn:altinn:systemuser", "systemuser_id": ["x"], "system_id": "974761076_skatt_demo_system",
        "systemuser_org": { "authority": "iso6523-actorid-upis", "ID": format!("0192:{customer}") },
    }] }))
}

fn changed(mut claims: Value, changes: Value) -> Value {
    let Value::Object(changes) = changes else { panic!("changes are an object") };
    for (name, value) in changes {
        if value.is_null() {
            claims.as_object_mut().expect("an object").remove(&name);
        } else {
            claims[name] = value;
        }
    }
    claims
}

fn call(sandbox: &Sandbox, path: &str, token: Option<&Value>, consent: Option<&Value>) -> Answer {
    let token = token.map(|claims| format!("Bearer {}", jwt(claims)));
    let consent = consent.map(jwt);
    let mut headers = Vec::new();
    headers.extend(token.as_deref().map(|token| ("Authorization", token)));
    headers.extend(consent.as_deref().map(|consent| ("AltinnSamtykke", consent)));
    get(sandbox, &format!("{BASE}/{path}"), &headers)
}

#[test]
fn the_levels() {
    let path = format!("finans/{PARTY}/aapnekrav");
    let (good, with) = (token(json!({})), consent(json!({})));
    let expired = token(json!({ "exp": now() - 60 }));
    let status = |level: &str, token: Option<&Value>, consent: Option<&Value>| {
        let answer = call(&sandbox(level), &path, token, consent);
        (answer.status, answer.header("sandbox-warning").to_owned())
    };
    let quiet = String::new();
    assert_eq!(status("off", None, None), (200, quiet.clone()));
    assert_eq!(status("off", Some(&expired), None), (200, quiet.clone()));
    let told = (200, "no token: the real service would answer 401 KB-004".to_owned());
    assert_eq!(status("open", None, None), told);
    assert_eq!(status("open", Some(&good), Some(&with)), (200, quiet.clone()));
    assert_eq!(status("open", Some(&expired), Some(&with)), (401, quiet.clone()));
    assert_eq!(status("open", Some(&good), None), (403, quiet.clone()));
    assert_eq!(status("claims", None, None), (401, quiet.clone()));
    assert_eq!(status("claims", Some(&good), Some(&with)), (200, quiet.clone()));
    assert_eq!(status("claims", Some(&expired), Some(&with)), (401, quiet));
}

#[test]
fn every_refusal_of_a_token_says_why() {
    let sandbox = sandbox("claims");
    let path = format!("{BASE}/finans/{PARTY}/aapnekrav");
    let mut told = Vec::new();
    let mut tell = |what: &str, headers: &[(&str, &str)]| {
        let answer = get(&sandbox, &path, headers);
        assert_eq!((answer.status, answer.kode().as_str()), (401, "KB-004"), "{what}");
        let melding = answer.json()["melding"].as_str().expect("a text").to_owned();
        told.push(format!("{what}\n    {melding}\n    {}", answer.header("www-authenticate")));
    };
    tell("no token", &[]);
    tell("consent alone", &[("AltinnSamtykke", &jwt(&consent(json!({}))))]);
    tell("basic", &[("Authorization", "Basic eDp5")]);
    tell("empty", &[("Authorization", "Bearer ")]);
    tell("twice", &[("Authorization", "Bearer a.b.c"), ("Authorization", "Bearer a.b.c")]);
    tell("two parts", &[("Authorization", "Bearer a.b")]);
    tell("not base64url", &[("Authorization", "Bearer ?.?.?")]);
    tell("not JSON", &[("Authorization", "Bearer e30.YQ.c2ln")]);
    tell("a list", &[("Authorization", "Bearer e30.W10.c2ln")]);
    tell("oversized", &[("Authorization", &format!("Bearer {}", "a".repeat(20_000)))]);
    for (what, changes) in [
        ("wrong shape", json!({ "scope": 7 })),
        ("no exp", json!({ "exp": null })),
        ("expired", json!({ "exp": 1_700_000_000 })),
        ("not yet", json!({ "nbf": 4_000_000_000_i64 })),
        ("no issuer", json!({ "iss": null })),
        ("production", json!({ "iss": "https://maskinporten.no/" })),
        ("no scope", json!({ "scope": null })),
        ("another scope", json!({ "scope": "skatteetaten:restanser skatteetaten:kravogbetalingerx" })),
        ("no consumer", json!({ "consumer": null })),
        ("a consumer of another form", json!({ "consumer": { "ID": "314300009" } })),
    ] {
        tell(what, &[("Authorization", &format!("Bearer {}", jwt(&token(changes))))]);
    }
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn every_refusal_of_consent_says_why() {
    let sandbox = sandbox("claims");
    let mut told = Vec::new();
    let mut tell = |what: &str, package: &str, token: &Value, consent: Option<&Value>| {
        let answer = call(&sandbox, &format!("{package}/{PARTY}/aapnekrav"), Some(token), consent);
        assert_eq!((answer.status, answer.kode().as_str()), (403, "KB-005"), "{what}: {}", answer.text());
        told.push(format!("{what}\n    {}", answer.json()["melding"].as_str().expect("a text")));
    };
    let good = token(json!({}));
    tell("finans without consent", "finans", &good, None);
    tell(
        "finans as the party itself",
        "finans",
        &token(json!({ "consumer": { "ID": format!("0192:{PARTY}") } })),
        None,
    );
    tell("finans as systembruker", "finans", &systembruker(PARTY), None);
    tell("regnskapssystem for somebody else", "regnskapssystem", &good, None);
    tell("systembruker of somebody else", "regnskapssystem", &systembruker("310478717"), None);
    for (what, changes) in [
        ("expired", json!({ "exp": 1_700_000_000 })),
        ("not yet", json!({ "nbf": 4_000_000_000_i64 })),
        ("consent itself expired", json!({ "ValidToDate": 1_700_000_000 })),
        ("consent itself expired, older form", json!({ "ValidToDate": "01.01.2018 23:59:59" })),
        ("an unreadable end", json!({ "ValidToDate": "01.01.2018" })),
        ("not Altinn's", json!({ "iss": "x" })),
        ("nearly Altinn's", json!({ "iss": "https://evilaltinn.no.example.com/" })),
        ("by another", json!({ "OfferedBy": "310478717" })),
        ("to another", json!({ "CoveredBy": "310478717" })),
        ("for another service", json!({ "Services": "5616_5" })),
        ("for another endpoint", json!({ "Services": ["5929_202301"] })),
        ("for nothing", json!({ "Services": null })),
    ] {
        tell(what, "finans", &good, Some(&consent(changes)));
    }
    for (what, changes) in [
        ("Altinn 3: expired", json!({ "validTo": "2020-01-01T00:00:00+01:00" })),
        ("Altinn 3: expired, without a zone", json!({ "validTo": "2020-01-01T00:00:00.0000000" })),
        ("Altinn 3: an unreadable end", json!({ "validTo": "x" })),
        ("Altinn 3: no end", json!({ "validTo": null })),
        ("Altinn 3: by a URN of another kind", json!({ "from": "urn:evil:311851381" })),
        ("Altinn 3: by another", json!({ "from": "urn:altinn:person:identifier-no:04827896468" })),
        ("Altinn 3: to another", json!({ "to": { "authority": "iso6523-actorid-upis", "ID": "0192:310478717" } })),
        (
            "Altinn 3: for another resource",
            json!({ "consentRights": [{ "resource": [{ "value": "digdir-restanser-skatteetaten" }] }] }),
        ),
    ] {
        tell(what, "finans", &altinn3(changes), None);
    }
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn every_way_of_holding_rights() {
    let sandbox = sandbox("claims");
    let good = token(json!({}));
    let ok = |path: &str, token: &Value, consent: Option<&Value>| {
        let answer = call(&sandbox, path, Some(token), consent);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    };
    let finans = |endpoint: &str| format!("finans/{PARTY}/{endpoint}");
    ok(&finans("aapnekrav"), &good, Some(&consent(json!({}))));
    ok(&finans("krav?fraOgMed=2026-01-01"), &good, Some(&consent(json!({}))));
    ok(&finans("krav?fraOgMed=2026-01-01"), &good, Some(&consent(json!({ "Services": "5929_202301" }))));
    ok(
        &finans("innbetalinger?fraOgMed=2026-01-01"),
        &good,
        Some(&consent(json!({ "Services": ["1_1", "5930_202301_aar=2026"] }))),
    );
    ok(&finans("aapnekrav"), &good, Some(&consent(json!({ "Services": null, "ServiceCodes": "5928,202301" }))));
    ok(
        &finans("aapnekrav"),
        &good,
        Some(&consent(json!({ "ValidToDate": "31.12.2098 23:59:59", "exp": (now() + 30).to_string() }))),
    );
    ok(&finans("aapnekrav"), &altinn3(json!({})), None);
    let other_spelling = json!({ "consentRights": null, "consentrights": [{ "resource": [{ "id": "urn:altinn:resource", "value": "ske-samtykke-krav-og-betalinger" }] }] });
    ok(&finans("aapnekrav"), &altinn3(other_spelling), None);
    ok(
        &finans("aapnekrav"),
        &altinn3(json!({ "to": { "authority": "iso6523-actorid-upis", "ID": format!("0192:{BANK}") } })),
        None,
    );
    ok(&finans("aapnekrav"), &altinn3(json!({ "validTo": "2099-01-01T00:00:00" })), None);
    ok(
        &finans("aapnekrav"),
        &good,
        Some(&consent(json!({ "Services": "5931_202301,5928_202301", "iss": "https://platform.tt02.altinn.no/" }))),
    );
    let first = altinn3(json!({ "from": "urn:altinn:organization:identifier-no:310478717" }))["authorization_details"]
        [0]
    .clone();
    let second = altinn3(json!({}))["authorization_details"][0].clone();
    ok(&finans("aapnekrav"), &token(json!({ "authorization_details": [first, second] })), None);
    let far = json!({ "consumer": { "ID": format!("0192:{PARTY}") }, "exp": i64::MAX });
    ok(&format!("regnskapssystem/{PARTY}/aapnekrav"), &token(far), None);
    let regnskap = format!("regnskapssystem/{PARTY}/aapnekrav");
    ok(&regnskap, &token(json!({ "consumer": { "ID": format!("0192:{PARTY}") } })), None);
    let delegated = json!({ "consumer": { "ID": format!("0192:{PARTY}") }, "supplier": { "ID": format!("0192:{BANK}") }, "delegation_source": "https://tt02.altinn.no/" });
    ok(&regnskap, &token(delegated), None);
    ok(&regnskap, &systembruker(PARTY), None);
    ok(&regnskap, &good, Some(&consent(json!({}))));
    ok(&regnskap, &altinn3(json!({})), None);
    let several =
        json!({ "scope": "a:b skatteetaten:kravogbetalinger c:d", "iss": "http://localhost:8080/maskinporten/" });
    ok(&regnskap, &changed(systembruker(PARTY), several), None);
}

#[test]
fn a_token_that_expires_is_refused_although_it_was_read_before() {
    let sandbox = sandbox("claims");
    let path = format!("regnskapssystem/{PARTY}/aapnekrav");
    // One token has expired within the leeway of ten seconds, the other before it. The second is refused every time.
    let own = json!({ "consumer": { "ID": format!("0192:{PARTY}") } });
    let fresh = changed(token(own.clone()), json!({ "exp": now() - 5 }));
    let stale = changed(token(own), json!({ "exp": now() - 11 }));
    assert_eq!(call(&sandbox, &path, Some(&fresh), None).status, 200);
    for _ in 0..2 {
        assert_eq!(call(&sandbox, &path, Some(&stale), None).status, 401);
    }
}

#[test]
fn access_comes_after_the_format_and_before_the_input() {
    let sandbox = sandbox("claims");
    let code = |path: &str, headers: &[(&str, &str)]| get(&sandbox, &format!("{BASE}/{path}"), headers).kode();
    let good = format!("Bearer {}", jwt(&token(json!({}))));
    assert_eq!(code("bank/1/krav", &[("Accept", "text/csv")]), "KB-003");
    assert_eq!(code("finans/1/krav", &[("Accept", "text/csv")]), "KB-008");
    assert_eq!(code("finans/1/krav", &[]), "KB-004");
    assert_eq!(code("finans/1/krav", &[("Authorization", &good)]), "KB-005");
    let own = format!("Bearer {}", jwt(&token(json!({ "consumer": { "ID": "0192:313100022" } }))));
    assert_eq!(code("regnskapssystem/313100022/krav", &[("Authorization", &own)]), "KB-006");
    assert_eq!(code("regnskapssystem/313100022/krav?fraOgMed=2026-01-01", &[("Authorization", &own)]), "KB-009");
}

#[test]
fn without_a_token_the_level_open_warns_on_refusals_too() {
    let sandbox = sandbox("open");
    for path in ["finans/313100022/aapnekrav", "finans/1/aapnekrav", "finans/313100014/krav?fraOgMed=2026-01-01"] {
        let answer = get(&sandbox, &format!("{BASE}/{path}"), &[]);
        assert!(answer.status >= 400 && answer.header("sandbox-warning").contains("401 KB-004"), "{path}");
    }
}

#[test]
fn a_forced_401_carries_a_challenge_too() {
    let answer = get(&sandbox("open"), &format!("{BASE}/finans/{PARTY}/aapnekrav"), &[("Sandbox-Error", "KB-004")]);
    assert_eq!((answer.status, answer.header("www-authenticate")), (401, "Bearer"));
}

/// By default `regnskapssystem` is as open as the real test environment is: every organisation, but no person.
#[test]
fn access_as_in_test() {
    let sandbox = Sandbox::builder().now(common::TODAY).auth("claims").start().expect("it starts");
    let regnskap =
        |part: &str, token: &Value| call(&sandbox, &format!("regnskapssystem/{part}/aapnekrav"), Some(token), None);
    let (other, own) = (token(json!({})), token(json!({ "consumer": { "ID": format!("0192:{PARTY}") } })));
    for token in [&other, &systembruker("310478717")] {
        let answer = regnskap(PARTY, token);
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert!(answer.header("sandbox-warning").contains("production would answer 403"), "{:?}", answer.headers);
    }
    // The same answer, kept by the sandbox, without the warning for a caller with rights.
    assert_eq!((regnskap(PARTY, &own).status, regnskap(PARTY, &own).header("sandbox-warning")), (200, ""));
    assert!(regnskap(PARTY, &other).header("sandbox-warning").contains("--regnskapssystem own"));
    assert_eq!(regnskap("02827720073", &other).kode(), "KB-005", "a person is no test organisation");
    assert_eq!(call(&sandbox, &format!("finans/{PARTY}/aapnekrav"), Some(&other), None).kode(), "KB-005");
    let expired = token(json!({ "exp": now() - 60 }));
    assert_eq!(regnskap(PARTY, &expired).kode(), "KB-004", "the token itself is still checked");
    let restanser = "/api/innkreving/restanser/v2/ebevis/310111643";
    let arrears = format!("Bearer {}", jwt(&token(json!({ "scope": "skatteetaten:restanser" }))));
    assert_eq!(get(&sandbox, restanser, &[("Authorization", &arrears)]).kode(), "RESTANSE-007", "another package");
}

#[test]
fn finans_about_a_person_is_labelled() {
    let sandbox = sandbox("off");
    let warning = |path: &str| get(&sandbox, &format!("{BASE}/{path}"), &[]).header("sandbox-warning").to_owned();
    assert!(warning("finans/02827720073/aapnekrav").contains("persons are published as coming later"));
    assert_eq!(warning("regnskapssystem/02827720073/aapnekrav"), "");
    assert_eq!(warning(&format!("finans/{PARTY}/aapnekrav")), "");
    let open = get(&self::sandbox("open"), &format!("{BASE}/finans/02827720073/aapnekrav"), &[]);
    let both = open.header("sandbox-warning");
    assert!(both.contains("401 KB-004; and finans looks up organisations"), "{both}");
}

#[test]
fn an_id_that_is_no_uuid_is_labelled() {
    let sandbox = sandbox("off");
    let path = format!("{BASE}/finans/{PARTY}/aapnekrav");
    let answer = |id: &str| get(&sandbox, &path, &[("Korrelasjonsid", id)]);
    let uuid = "2b068af9-f898-423a-b8f7-cc555987f6bf";
    assert_eq!((answer(uuid).status, answer(uuid).header("sandbox-warning")), (200, ""));
    for id in ["abc-1", "2b068af9f898423ab8f7cc555987f6bf"] {
        let answer = answer(id);
        assert_eq!((answer.status, answer.header("korrelasjonsid")), (200, id));
        assert!(answer.header("sandbox-warning").contains("no UUID"), "{id}");
    }
    assert_eq!(get(&sandbox, &path, &[]).header("sandbox-warning"), "", "the sandbox's own ids are UUIDs");
    let refused = get(&sandbox, &format!("{BASE}/finans/1/aapnekrav"), &[("Korrelasjonsid", "x")]);
    assert!(refused.status == 400 && refused.header("sandbox-warning").contains("no UUID"));
}
