//! The issuer: discovery, grants, every code of its table by its natural cause and on demand; and tokens whose
//! signatures are checked with keys.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::common::{self, Answer, BASE, get, post, raw, rule, sandbox, send};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use innkreving_sandbox::Sandbox;
use serde_json::{Value, json};

const SCOPE: &str = "skatteetaten:kravogbetalinger";
const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

fn testdata(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("testdata/auth").join(name);
    std::fs::read_to_string(path).expect("a file")
}

fn pem(name: &str) -> Vec<u8> {
    let text = testdata(name);
    let body: String = text.lines().filter(|line| !line.starts_with('-')).collect();
    STANDARD.decode(body).expect("base64")
}

/// The client's key. It is the registered key and the key of the certificates.
fn key() -> RsaKeyPair {
    RsaKeyPair::from_pkcs8(&pem("client.key.pem")).expect("a key")
}

fn jwk(key: &RsaKeyPair, kid: &str) -> Value {
    let public = key.public_key();
    let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    json!({
        "kty": "RSA", "kid": kid,
        "n": part(public.modulus().big_endian_without_leading_zero()),
        "e": part(public.exponent().big_endian_without_leading_zero()),
    })
}

fn sign(key: &RsaKeyPair, header: &Value, claims: &Value) -> String {
    let text = format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(claims.to_string()));
    let algorithm = match header["alg"].as_str() {
        Some("RS384") => &RSA_PKCS1_SHA384,
        Some("RS512") => &RSA_PKCS1_SHA512,
        _ => &RSA_PKCS1_SHA256,
    };
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(algorithm, &SystemRandom::new(), text.as_bytes(), &mut signature).expect("signed");
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}

#[expect(clippy::disallowed_methods, reason = "tokens follow the real time")]
fn now() -> i64 {
    chrono::Utc::now().timestamp()
}

fn new_jti() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("jti-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// The claims of a valid assertion of a client. Tests change them.
fn claims(sandbox: &Sandbox, client: &str) -> Value {
    json!({
        "aud": format!("{}/maskinporten/", sandbox.base_url()), "iss": client, "scope": SCOPE,
        "iat": now(), "exp": now() + 100, "jti": new_jti(),
    })
}

fn ask(sandbox: &Sandbox, assertion: &str) -> Answer {
    let body = format!("grant_type={GRANT}&assertion={assertion}");
    send(sandbox, "POST", "/maskinporten/token", &[FORM], &body)
}

/// A token for an assertion with these claims, signed with the client's key.
fn token(sandbox: &Sandbox, claims: &Value) -> String {
    let answer = ask(sandbox, &sign(&key(), &json!({ "alg": "RS256", "kid": "k1" }), claims));
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["access_token"].as_str().expect("a token").to_owned()
}

fn payload(token: &str) -> Value {
    let part = token.split('.').nth(1).expect("three parts");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("JSON")
}

fn signed() -> Sandbox {
    let builder = Sandbox::builder().now(common::TODAY).auth("signed").setting("--regnskapssystem", "own");
    builder.start().expect("it starts")
}

fn call(sandbox: &Sandbox, package: &str, part: &str, token: &str) -> Answer {
    get(sandbox, &format!("{BASE}/{package}/{part}/aapnekrav"), &[("Authorization", &format!("Bearer {token}"))])
}

#[test]
fn discovery_stands_at_its_three_places() {
    let sandbox = sandbox();
    let base = sandbox.base_url();
    let document = get(&sandbox, "/maskinporten/.well-known/oauth-authorization-server", &[]).json();
    assert_eq!(
        document,
        json!({
            "issuer": format!("{base}/maskinporten/"),
            "token_endpoint": format!("{base}/maskinporten/token"),
            "jwks_uri": format!("{base}/maskinporten/jwk"),
            "grant_types_supported": [GRANT],
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": ["RS256", "RS384", "RS512"],
            "authorization_details_types_supported": ["urn:altinn:systemuser", "urn:altinn:consent"],
        })
    );
    assert_eq!(get(&sandbox, "/.well-known/oauth-authorization-server/maskinporten", &[]).json(), document);
    let by_host = raw(&sandbox, b"GET /.well-known/oauth-authorization-server HTTP/1.1\r\nHost: maskinporten.localhost:9\r\nConnection: close\r\n\r\n");
    assert!(by_host.contains(r#""issuer":"http://maskinporten.localhost:9/""#), "{by_host}");
    assert!(by_host.contains(r#""token_endpoint":"http://maskinporten.localhost:9/token""#), "{by_host}");
    let keys = get(&sandbox, "/maskinporten/jwk", &[]).json();
    assert_eq!((&keys["keys"][0]["kid"], keys["keys"][0].get("d")), (&json!("innkreving-sandbox-test-key-1"), None));
}

#[test]
fn anyones_client_gets_a_token_that_every_level_takes() {
    let sandbox = signed();
    for algorithm in ["RS256", "RS384", "RS512"] {
        let assertion =
            sign(&key(), &json!({ "alg": algorithm, "kid": "anything" }), &claims(&sandbox, "311851381-payroll"));
        let answer = ask(&sandbox, &assertion);
        let body = answer.json();
        assert_eq!((answer.status, &body["token_type"], &body["scope"]), (200, &json!("Bearer"), &json!(SCOPE)));
        let token = body["access_token"].as_str().expect("a token");
        let claims = payload(token);
        assert_eq!(
            (&claims["consumer"]["ID"], &claims["client_amr"]),
            (&json!("0192:311851381"), &json!("private_key_jwt"))
        );
        assert_eq!(claims["exp"].as_i64().zip(claims["iat"].as_i64()).map(|(exp, iat)| exp - iat), Some(120));
        for _ in 0..2 {
            let answer = call(&sandbox, "regnskapssystem", "311851381", token);
            assert_eq!((answer.status, answer.header("sandbox-warning")), (200, ""), "{}", answer.text());
        }
        assert_eq!(call(&sandbox, "regnskapssystem", "310478717", token).kode(), "KB-005", "another's data");
        assert_eq!(call(&sandbox, "finans", "311851381", token).kode(), "KB-005", "no consent");
    }
    let nobody = payload(&token(&sandbox, &claims(&sandbox, "some-uuid")));
    assert_eq!(nobody["consumer"]["ID"], "0192:314300017");
}

#[test]
fn suppliers_systembrukere_and_consents() {
    let sandbox = signed();
    let mut supplier = claims(&sandbox, "314055403");
    supplier["consumer_org"] = json!("310478717");
    let by_delegation = token(&sandbox, &supplier);
    let told = payload(&by_delegation);
    assert_eq!(
        (&told["consumer"]["ID"], &told["supplier"]["ID"]),
        (&json!("0192:310478717"), &json!("0192:314055403"))
    );
    assert_eq!(told["delegation_source"], "https://tt02.altinn.no/");
    assert_eq!(call(&sandbox, "regnskapssystem", "310478717", &by_delegation).status, 200);

    let mut system = claims(&sandbox, "314055403");
    system["authorization_details"] = json!([{
        "type": "urn:altinn:systemuser",
        "systemuser_org": { "authority": "iso6523-actorid-upis", "ID": "0192:310478717" },
    }]);
    let as_system = token(&sandbox, &system);
    let entry = payload(&as_system)["authorization_details"][0].clone();
    assert!(
        entry["systemuser_id"][0].as_str().is_some_and(|id| id.len() == 36) && entry["system_id"].is_string(),
        "{entry}"
    );
    assert!(payload(&as_system).get("aud").is_none());
    assert_eq!(call(&sandbox, "regnskapssystem", "310478717", &as_system).status, 200);
    assert_eq!(
        call(&sandbox, "regnskapssystem", "314055403", &as_system).kode(),
        "KB-005",
        "it acts for the customer only"
    );

    for (from, part) in
        [("organization:identifier-no:310478717", "310478717"), ("person:identifier-no:02827720073", "02827720073")]
    {
        let mut consent = claims(&sandbox, "314055403");
        consent["authorization_details"] = json!([{
            "type": "urn:altinn:consent", "id": "77ed8698-e537-4ad1-85f9-e5b1b2a1a8a0", "from": format!("urn:altinn:{from}"),
        }]);
        let by_consent = token(&sandbox, &consent);
        assert_eq!(call(&sandbox, "finans", part, &by_consent).status, 200, "{part}");
        assert_eq!(call(&sandbox, "finans", "311851381", &by_consent).kode(), "KB-005");
    }
}

#[test]
fn the_generator_of_altinn_tokens() {
    let sandbox = signed();
    let generate = |path: &str| {
        let answer = get(&sandbox, &format!("/altinn/api/{path}"), &[("Authorization", "Basic YTpi")]);
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.text()
    };
    let access = generate("GetEnterpriseToken?env=tt02&scopes=skatteetaten:kravogbetalinger&orgNo=314055403");
    let consent =
        generate("GetConsentToken?env=tt02&serviceCodes=5928_202301&offeredBy=310478717&coveredBy=314055403&ttl=30");
    let call_with = |consent: &str| {
        let headers = [("Authorization", format!("Bearer {access}")), ("AltinnSamtykke", consent.to_owned())];
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        get(&sandbox, &format!("{BASE}/finans/310478717/aapnekrav"), &headers)
    };
    assert_eq!(call_with(&consent).status, 200, "{}", call_with(&consent).text());
    let forged = format!("{}x", &consent[..consent.len() - 1]);
    assert_eq!(call_with(&forged).kode(), "KB-005", "under signed, the signature of the consent is checked");
    let other = generate("GetConsentToken?serviceCodes=9999_1&offeredBy=310478717&coveredBy=314055403");
    assert_eq!(call_with(&other).kode(), "KB-005");
    let system =
        generate("GetSystemUserToken?scopes=skatteetaten:kravogbetalinger&orgNo=314055403&systemUserOrg=310478717");
    assert_eq!(call(&sandbox, "regnskapssystem", "310478717", &system).status, 200);
    for wrong in [
        "GetConsentToken?offeredBy=1",
        "GetEnterpriseToken?scope=x",
        "GetNothing",
        "GetEnterpriseToken?scopes=a:b&orgNo=310478717&ttl=0",
    ] {
        let answer = get(&sandbox, &format!("/altinn/api/{wrong}"), &[]);
        assert!(
            matches!(answer.status, 400 | 404)
                && answer.text().contains("the parameters are")
                    | answer.text().contains("the generators are")
                    | answer.text().contains("missing")
                    | answer.text().contains("ttl"),
            "{}",
            answer.text()
        );
    }
}

/// A sandbox with registered clients.
fn registered(name: &str) -> Sandbox {
    let key = key();
    let file = std::env::temp_dir().join(format!("clients-{name}-{}.yaml", std::process::id()));
    let clients = json!({ "clients": [{
        "client_id": "known", "organisation": "310478717", "jwks": [jwk(&key, "k1"), jwk(&key, "old")], "expired_keys": ["old"],
        "scopes": [SCOPE, "skatteetaten:restanser"], "not_granted": ["skatteetaten:restanser"],
        "delegations": [{ "from": "311851381", "scopes": [SCOPE] }], "systembrukere": ["313367002"],
    }, { "client_id": "certified", "organisation": "310478717", "scopes": [SCOPE] }] });
    std::fs::write(&file, clients.to_string()).expect("written");
    let sandbox = Sandbox::builder()
        .now(common::TODAY)
        .auth("signed")
        .setting("--clients", &file.to_string_lossy())
        .start()
        .expect("it starts");
    std::fs::remove_file(file).expect("removed");
    sandbox
}

#[track_caller]
fn assert_refused(answer: &Answer, status: u16, error: &str, code: &str) {
    let body = answer.json();
    let description = body["error_description"].as_str().unwrap_or_default();
    assert_eq!((answer.status, body["error"].as_str()), (status, Some(error)), "{body}");
    assert!(description.starts_with(code) && body.as_object().is_some_and(|body| body.len() == 2), "{code}: {body}");
}

/// A change to the claims and the header of an assertion, which makes it invalid.
type Spoil = fn(&mut Value, &mut Value);

#[test]
fn every_code_of_the_table_by_its_natural_cause() {
    let sandbox = registered("table");
    let good = || (claims(&sandbox, "known"), json!({ "alg": "RS256", "kid": "k1" }));
    let certificate = |name: &str| STANDARD.encode(pem(name));
    let (expired, other) = (certificate("expired.cert.pem"), certificate("other.cert.pem"));
    let spoilt: [(u16, &str, &str, Spoil); 25] = [
        (400, "invalid_request", "MP-011", |claims, _| claims["exp"] = json!("soon")),
        (400, "invalid_request", "MP-011", |claims, _| claims["exp"] = json!(now() + 130)),
        (400, "invalid_request", "MP-011", |_, header| header["alg"] = json!("none")),
        (400, "invalid_request", "MP-011", |_, header| header["alg"] = json!("HS256")),
        (400, "invalid_request", "MP-011", |_, header| header["crit"] = json!(["x"])),
        (400, "invalid_request", "MP-011", |claims, _| claims["consumer_org"] = json!("12345")),
        (400, "invalid_grant", "MP-100", |claims, _| claims["iss"] = json!("stranger")),
        (400, "invalid_grant", "MP-100", |_, header| header["kid"] = json!("k2")),
        (400, "invalid_grant", "MP-110", |claims, _| claims["aud"] = json!("https://ver2.maskinporten.no/")),
        (400, "invalid_grant", "MP-121", |_, header| header["kid"] = json!("old")),
        (400, "invalid_grant", "MP-100", |claims, _| claims["iss"] = json!("certified")),
        (400, "invalid_grant", "MP-123", |claims, header| {
            claims["iss"] = json!("certified");
            header["x5c"] = json!("MIIB");
        }),
        (400, "invalid_grant", "MP-123", |claims, header| {
            claims["iss"] = json!("certified");
            header["x5c"] = json!(["MIIB"]);
        }),
        (400, "invalid_grant", "MP-130", |claims, _| {
            claims["iat"] = json!(now() - 5);
            claims["exp"] = json!(now() - 1);
        }),
        (400, "invalid_grant", "the issue time (iat) is", |claims, _| {
            claims["iat"] = json!(now() + 60);
            claims["exp"] = json!(now() + 90);
        }),
        (400, "invalid_grant", "the issue time (iat)", |claims, _| claims["iat"] = json!(now() - 30)),
        (400, "invalid_scope", "MP-200", |claims, _| claims["scope"] = json!("skatteetaten:inntekt")),
        (400, "invalid_scope", "MP-200", |claims, _| claims["scope"] = json!("")),
        (400, "invalid_scope", "MP-201", |claims, _| claims["scope"] = json!("openid")),
        (403, "invalid_scope", "MP-250", |claims, _| claims["scope"] = json!("skatteetaten:restanser")),
        (403, "invalid_scope", "MP-251", |claims, _| claims["consumer_org"] = json!("314055403")),
        (400, "invalid_authorization_details", "MP-301", |claims, _| {
            claims["authorization_details"] = json!([{ "type": "urn:x" }]);
        }),
        (400, "invalid_authorization_details", "MP-302", |claims, _| {
            claims["authorization_details"] = json!([{ "type": "urn:altinn:consent", "form": "x" }]);
        }),
        (400, "invalid_authorization_details", "MP-303", |claims, _| {
            claims["authorization_details"] = json!([{ "type": "urn:altinn:consent", "id": "1", "from": "x" }]);
        }),
        (400, "invalid_authorization_details", "MP-303", |claims, _| {
            let organisation = json!({ "authority": "iso6523-actorid-upis", "ID": "0192:314055403" });
            claims["authorization_details"] =
                json!([{ "type": "urn:altinn:systemuser", "systemuser_org": organisation }]);
        }),
    ];
    for (status, error, code, spoil) in spoilt {
        let (mut claims, mut header) = good();
        spoil(&mut claims, &mut header);
        assert_refused(&ask(&sandbox, &sign(&key(), &header, &claims)), status, error, code);
    }
    for (x5c, code) in [(&expired, "MP-120"), (&other, "MP-122")] {
        let header = json!({ "alg": "RS256", "x5c": [x5c] });
        let by_certificate = sign(&key(), &header, &claims(&sandbox, "certified"));
        assert_refused(&ask(&sandbox, &by_certificate), 400, "invalid_grant", code);
    }
    // A client with keys cannot use a certificate, not even a good one beside its own key.
    for more in [json!({}), json!({ "kid": "k1" })] {
        let mut header = json!({ "alg": "RS256", "x5c": [certificate("client.cert.pem")] });
        header["kid"] = more["kid"].clone();
        assert_refused(&ask(&sandbox, &sign(&key(), &header, &good().0)), 400, "invalid_grant", "MP-100");
    }
    let mut forged = sign(&key(), &good().1, &good().0);
    forged.replace_range(forged.len() - 8.., "AAAAAAAA");
    assert_refused(&ask(&sandbox, &forged), 400, "invalid_grant", "MP-124");
    let once = sign(&key(), &good().1, &good().0);
    assert_eq!(ask(&sandbox, &once).status, 200);
    assert_refused(&ask(&sandbox, &once), 400, "invalid_grant", "MP-012");
    assert_refused(&ask(&sandbox, "no-jwt"), 400, "invalid_request", "MP-011");
    // Valid assertions are accepted: by key, by certificate, with delegation, with systembruker.
    let header = json!({ "alg": "RS256", "x5c": [certificate("client.cert.pem")] });
    let by_certificate = ask(&sandbox, &sign(&key(), &header, &claims(&sandbox, "certified"))).json();
    let told = payload(by_certificate["access_token"].as_str().expect("a token"));
    assert_eq!(
        (&told["client_amr"], &told["consumer"]["ID"]),
        (&json!("virksomhetssertifikat"), &json!("0192:310478717"))
    );
    let mut delegated = good().0;
    delegated["consumer_org"] = json!("311851381");
    token(&sandbox, &delegated);
    let mut system = good().0;
    let organisation = json!({ "authority": "iso6523-actorid-upis", "ID": "0192:313367002" });
    system["authorization_details"] = json!([{ "type": "urn:altinn:systemuser", "systemuser_org": organisation }]);
    token(&sandbox, &system);
}

#[test]
fn an_assertion_for_production_is_refused_with_a_warning_and_never_logged() {
    let sandbox = sandbox();
    let mut meant = claims(&sandbox, "known");
    meant["aud"] = json!("https://maskinporten.no/");
    let assertion = sign(&key(), &json!({ "alg": "RS256", "kid": "k" }), &meant);
    let answer = ask(&sandbox, &assertion);
    assert_refused(&answer, 400, "invalid_grant", "MP-110");
    assert!(answer.text().contains("PRODUCTION"), "{}", answer.text());
    let journal = get(&sandbox, "/sandbox/requests?service=maskinporten", &[]).text();
    assert!(journal.contains("MP-110") && !journal.contains(&assertion[..40]), "{journal}");
}

#[test]
fn every_code_on_demand_by_header_base_url_and_rule() {
    let sandbox = sandbox();
    let contract = get(&sandbox, "/openapi/maskinporten.json", &[]).json();
    let told = contract["info"]["description"].as_str().expect("a text");
    let codes: Vec<&str> = told.split("MP-").skip(1).map(|rest| &rest[..3]).collect();
    assert_eq!(codes.len(), 17);
    for code in codes.iter().map(|code| format!("MP-{code}")) {
        let by_header = send(&sandbox, "POST", "/maskinporten/token", &[FORM, ("Sandbox-Error", &code)], "");
        let by_url = send(&sandbox, "POST", &format!("/~error={code}/maskinporten/token"), &[FORM], "");
        let made = rule(
            &sandbox,
            &json!({ "when": { "service": "maskinporten", "endpoint": "token" }, "then": { "error": code }, "times": 1 }),
        );
        let by_rule = send(&sandbox, "POST", "/maskinporten/token", &[FORM], "");
        assert_eq!(made["left"], 1);
        for (answer, cause) in [(by_header, "header"), (by_url, "base-url"), (by_rule, "rule")] {
            assert_eq!(answer.header("sandbox-cause"), cause);
            let status = if code.starts_with("MP-25") { 403 } else { 400 };
            let error = answer.json()["error"].as_str().unwrap_or_default().to_owned();
            assert_refused(&answer, status, &error, &code);
        }
    }
    let refused = get(&sandbox, "/maskinporten/jwk", &[("Sandbox-Error", "KB-001")]);
    assert_eq!(refused.header("sandbox-cause"), "refused-modifier");
    assert_eq!(get(&sandbox, "/maskinporten/jwk", &[("Sandbox-Fault", "503")]).status, 503);
    // The client is read from the assertion before the assertion is checked.
    let by_client = json!({ "when": { "client": "payroll" }, "then": { "error": "MP-250" } });
    assert_eq!(post(&sandbox, "/sandbox/rules", &[], &by_client).status, 201);
    let ask_as =
        |client: &str| ask(&sandbox, &sign(&key(), &json!({ "alg": "RS256", "kid": "k" }), &claims(&sandbox, client)));
    assert_eq!((ask_as("payroll").status, ask_as("other").status), (403, 200));
}

#[test]
fn what_is_no_token_request() {
    let sandbox = sandbox();
    let refused = |method: &str, path: &str, body: &str, status: u16, error: &str| {
        let answer = send(&sandbox, method, path, &[FORM], body);
        assert_eq!((answer.status, answer.json()["error"].as_str()), (status, Some(error)), "{method} {path} {body}");
    };
    refused("POST", "/maskinporten/token", "", 400, "invalid_request");
    refused("POST", "/maskinporten/token", "grant_type=client_credentials", 400, "unsupported_grant_type");
    refused("POST", "/maskinporten/token", &format!("grant_type={GRANT}"), 400, "invalid_request");
    refused(
        "POST",
        "/maskinporten/token",
        &format!("grant_type={GRANT}&assertion=a&assertion=b"),
        400,
        "invalid_request",
    );
    refused("POST", "/maskinporten/token", &"x".repeat(100_000), 413, "invalid_request");
    refused("GET", "/maskinporten/token", "", 405, "invalid_request");
    refused("POST", "/maskinporten/jwk", "", 405, "invalid_request");
    refused("GET", "/maskinporten/oauth-authorization-server", "", 404, "invalid_request");
    refused("GET", "/maskinporten", "", 404, "invalid_request");
}

#[test]
fn what_a_signature_is_refused_for() {
    let dir = std::env::temp_dir().join(format!("jwks-{}.json", std::process::id()));
    let stranger = RsaKeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).expect("a key");
    std::fs::write(&dir, json!({ "keys": [jwk(&key(), "external"), { "kty": "EC", "kid": "x" }] }).to_string())
        .expect("written");
    let sandbox = Sandbox::builder()
        .now(common::TODAY)
        .auth("signed")
        .setting("--jwks", &dir.to_string_lossy())
        .start()
        .expect("it starts");
    let claims = json!({
        "iss": "https://some.other.issuer.example/", "scope": SCOPE, "consumer": { "ID": "0192:311851381" },
        "iat": now(), "exp": now() + 100, "client_id": "c",
    });
    let by =
        |key: &RsaKeyPair, header: Value| call(&sandbox, "regnskapssystem", "311851381", &sign(key, &header, &claims));
    assert_eq!(by(&key(), json!({ "alg": "RS256", "kid": "external" })).status, 200, "another issuer's key is known");
    assert_eq!(by(&key(), json!({ "alg": "RS512" })).status, 200, "a token need not name its key");
    for (answer, says) in [
        (by(&stranger, json!({ "alg": "RS256", "kid": "external" })), "signaturen stemmer ikke"),
        (by(&key(), json!({ "alg": "RS256", "kid": "innkreving-sandbox-test-key-1" })), "signaturen stemmer ikke"),
        (by(&key(), json!({ "alg": "RS256", "kid": "unknown" })), "ingen kjent nøkkel heter"),
        (by(&key(), json!({ "alg": "none", "kid": "external" })), "signaturalgoritmen 'none'"),
        (by(&key(), json!({ "alg": "HS256", "kid": "external" })), "signaturalgoritmen 'HS256'"),
        (by(&key(), json!({ "alg": "RS256", "kid": "external", "crit": ["exp"] })), "crit"),
    ] {
        assert_eq!((answer.status, answer.kode().as_str()), (401, "KB-004"), "{says}");
        assert!(answer.text().contains(says), "{says}: {}", answer.text());
        assert!(answer.header("www-authenticate").contains("invalid_token"));
    }
    assert_eq!(get(&sandbox, &format!("{BASE}/regnskapssystem/311851381/aapnekrav"), &[]).kode(), "KB-004", "no token");
    std::fs::remove_file(dir).expect("removed");
}

/// A key that is taken out of the file stops verifying, for tokens that were verified before, too.
#[test]
fn keys_come_and_go_with_their_file() {
    let file = std::env::temp_dir().join(format!("jwks-goes-{}.json", std::process::id()));
    let other = RsaKeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).expect("a key");
    let write = |keys: &[Value]| std::fs::write(&file, json!({ "keys": keys }).to_string()).expect("written");
    write(&[jwk(&key(), "one")]);
    let builder = Sandbox::builder().now(common::TODAY).auth("signed");
    let sandbox = builder.setting("--jwks", &file.to_string_lossy()).start().expect("it starts");
    let claims = json!({
        "iss": "https://some.other.issuer.example/", "scope": SCOPE, "consumer": { "ID": "0192:311851381" },
        "iat": now(), "exp": now() + 100, "client_id": "c",
    });
    let by_one = sign(&key(), &json!({ "alg": "RS256", "kid": "one" }), &claims);
    let by_other = sign(&other, &json!({ "alg": "RS256", "kid": "other" }), &claims);
    let status = |token: &str| call(&sandbox, "regnskapssystem", "311851381", token).status;
    assert_eq!((status(&by_one), status(&by_one), status(&by_other)), (200, 200, 401));
    // The file is looked at once a second.
    let until = |token: &str, wanted: u16| (0..2000).any(|_| status(token) == wanted);
    write(&[jwk(&other, "other")]);
    assert!(until(&by_other, 200), "a new key verifies");
    assert_eq!(status(&by_one), 401, "a removed key does not, although the token was good before");
    std::fs::write(&file, "broken").expect("written");
    assert!(!until(&by_other, 401), "the earlier keys stay in use while the file cannot be read");
    write(&[jwk(&key(), "one")]);
    assert!(until(&by_one, 200) && status(&by_other) == 401);
    std::fs::remove_file(file).expect("removed");
}

#[test]
fn the_public_test_key_can_be_replaced() {
    let file = std::env::temp_dir().join(format!("jwks-only-{}.json", std::process::id()));
    std::fs::write(&file, json!({ "keys": [jwk(&key(), "one")] }).to_string()).expect("written");
    let jwks = file.to_string_lossy().into_owned();
    let builder = || Sandbox::builder().now(common::TODAY).setting("--jwks-only", "");
    let sandbox = builder().auth("signed").setting("--jwks", &jwks).start().expect("it starts");
    let mut granted = claims(&sandbox, "anybody");
    granted["iss"] = json!("310478717-anybody");
    let answer = ask(&sandbox, &sign(&key(), &json!({ "alg": "RS256", "kid": "k1" }), &granted));
    assert!(answer.header("sandbox-warning").contains("--jwks-only"), "{}", answer.text());
    let own = answer.json()["access_token"].as_str().expect("a token").to_owned();
    let by_tool =
        get(&sandbox, "/altinn/api/GetEnterpriseToken?scopes=skatteetaten:kravogbetalinger&orgNo=310478717", &[]);
    let with_test_key = common::token(&["--party", "310478717"]);
    for token in [&own, &by_tool.text(), &with_test_key] {
        let refused = call(&sandbox, "regnskapssystem", "310478717", token);
        assert_eq!((refused.status, refused.kode().as_str()), (401, "KB-004"), "{token}");
    }
    let mut theirs = payload(&own);
    theirs["iss"] = json!("https://some.other.issuer.example/");
    let theirs = sign(&key(), &json!({ "alg": "RS256", "kid": "one" }), &theirs);
    assert_eq!(call(&sandbox, "regnskapssystem", "310478717", &theirs).status, 200);
    for wrong in [builder().auth("signed"), builder().setting("--jwks", &jwks)] {
        let error = wrong.start().expect_err("it would accept no token, or every one").to_string();
        assert!(error.contains("--jwks-only needs"), "{error}");
    }
    std::fs::remove_file(file).expect("removed");
}

#[test]
fn used_assertions_end_with_their_session_and_are_bounded() {
    let sandbox = Sandbox::builder().now(common::TODAY).setting("--max-grants", "2").start().expect("it starts");
    let header = json!({ "alg": "RS256", "kid": "k1" });
    let new = || sign(&key(), &header, &claims(&sandbox, "310478717-c"));
    let ask_in = |session: &str, assertion: &str| {
        let body = format!("grant_type={GRANT}&assertion={assertion}");
        send(&sandbox, "POST", "/maskinporten/token", &[FORM, ("Sandbox-Session", session)], &body).status
    };
    let once = new();
    assert_eq!((ask_in("a", &once), ask_in("a", &once), ask_in("b", &once)), (200, 400, 200));
    assert_eq!(send(&sandbox, "POST", "/sandbox/sessions/a/reset", &[], "").status, 200);
    assert_eq!((ask_in("a", &once), ask_in("a", &once)), (200, 400), "the session began anew");
    assert_eq!(send(&sandbox, "DELETE", "/sandbox/sessions/a", &[], "").status, 204);
    assert_eq!((ask_in("a", &once), ask_in("a", &once)), (200, 400), "it is another session of that name");
    assert_eq!((ask_in("a", &new()), ask_in("a", &new()), ask_in("a", &once)), (200, 200, 200), "the oldest one went");
}

#[test]
fn an_explanation_tells_claim_by_claim() {
    let sandbox = signed();
    let token = token(&sandbox, &claims(&sandbox, "311851381"));
    let explain = |body: Value| post(&sandbox, "/sandbox/token/explain", &[], &body).json();
    let served = explain(
        json!({ "token": token, "service": "kravogbetalinger", "party": "311851381", "package": "regnskapssystem" }),
    );
    assert_eq!(served["verdict"], "The request would be served.");
    let line = |of: &Value, claim: &str| {
        of["lines"].as_array().expect("lines").iter().find(|line| line["claim"] == claim).cloned().expect("a line")
    };
    assert_eq!(line(&served, "signature")["verdict"], "passes");
    assert!(line(&served, "exp")["meaning"].as_str().is_some_and(|text| text.contains("expires in 1")), "{served}");
    let refused = explain(json!({ "token": token, "service": "kravogbetalinger", "party": "310478717" }));
    assert!(
        refused["verdict"].as_str().is_some_and(|verdict| verdict.starts_with("403 KB-005: Samtykke mangler")),
        "{refused}"
    );
    let mut old = payload(&token);
    old["exp"] = json!(now() - 100);
    old["scope"] = json!("skatteetaten:annet");
    let old = sign(&key(), &json!({ "alg": "RS256", "kid": "k" }), &old);
    let told = explain(json!({ "token": old, "service": "kravogbetalinger", "party": "311851381" }));
    for claim in ["signature", "exp", "scope"] {
        let line = line(&told, claim);
        assert_eq!((&line["verdict"], line["fix"].is_string()), (&json!("fails"), true), "{line}");
    }
    assert!(
        explain(json!({ "token": "x" }))["verdict"]
            .as_str()
            .is_some_and(|text| text.starts_with("This is not a token"))
    );
    assert_eq!(explain(json!({ "token": token, "service": "restanse" }))["status"], 400);
}

#[test]
fn files_that_cannot_be_used_stop_the_start() {
    let file = std::env::temp_dir().join(format!("bad-clients-{}.yaml", std::process::id()));
    for (text, says) in [
        ("clients: []", "no client is registered"),
        ("client: []", "unknown field `client`"),
        ("clients: [{ client_id: a, organisation: '123', scopes: [] }]", "a: 123:"),
        (
            "clients: [{ client_id: a, organisation: '310478717', scopes: [], jwks: [{ kty: EC, kid: k }] }]",
            "not of kind RSA",
        ),
        (
            "clients: [{ client_id: a, organisation: '310478717', scopes: [], not_granted: [x] }]",
            "not one of its scopes",
        ),
    ] {
        std::fs::write(&file, text).expect("written");
        let error =
            Sandbox::builder().setting("--clients", &file.to_string_lossy()).start().expect_err(says).to_string();
        assert!(error.contains(says), "{error}");
    }
    let error =
        Sandbox::builder().setting("--jwks", &file.to_string_lossy()).start().expect_err("no JWK set").to_string();
    assert!(error.contains("bad-clients"), "{error}");
    std::fs::remove_file(file).expect("removed");
}

/// A client signs with its own clock, which does not follow the session's.
#[test]
fn a_client_gets_a_new_token_after_the_clock_of_tokens_has_moved() {
    let sandbox = Sandbox::builder().now(common::TODAY).auth("claims").start().expect("it starts");
    let claims = || {
        json!({
            "iss": "c", "aud": "https://test.maskinporten.no/", "scope": "skatteetaten:kravogbetalinger",
            "iat": common::jwt::now(), "exp": common::jwt::now() + 100, "consumer_org": "311851381",
        })
    };
    let fetch = || common::jwt::grant(&sandbox, "/maskinporten/token", "", &claims());
    let first = fetch();
    assert_eq!(first.status, 200, "{}", first.text());
    let call = |answer: &Answer| {
        call(&sandbox, "regnskapssystem", "311851381", answer.json()["access_token"].as_str().expect("a token"))
    };
    assert_eq!(call(&first).status, 200);
    let moved = post(&sandbox, "/sandbox/clock", &[], &json!({ "advance": "1d", "tokens": true }));
    assert_eq!(moved.status, 200, "{}", moved.text());
    let expired = call(&first);
    assert_eq!((expired.status, expired.header("www-authenticate")), (401, r#"Bearer error="invalid_token""#));
    let second = fetch();
    assert_eq!(second.status, 200, "{}", second.text());
    assert_eq!(call(&second).status, 200);
}

#[test]
fn a_refusal_that_was_asked_for_has_the_challenge_of_a_real_one() {
    let sandbox = sandbox();
    let path = format!("{BASE}/finans/311851381/aapnekrav");
    let challenge = |headers: &[(&str, &str)]| get(&sandbox, &path, headers).header("www-authenticate").to_owned();
    assert_eq!(challenge(&[("Sandbox-Error", "KB-004")]), "Bearer");
    let token = "Bearer e30.e30.e30";
    assert_eq!(challenge(&[("Sandbox-Error", "KB-004"), ("Authorization", token)]), r#"Bearer error="invalid_token""#);
}
