//! The real host names of the services route to them, and an assertion may name the issuer by its token endpoint.

use crate::common::jwt::{grant, new_jti, now, payload};
use crate::common::{BASE, RESTANSER, TREKK, get, sandbox};
use serde_json::{Value, json};

/// The claims of a valid assertion for an audience.
fn claims(aud: &str) -> Value {
    json!({
        "aud": aud, "iss": "310478717-client", "scope": "skatteetaten:kravogbetalinger",
        "iat": now(), "exp": now() + 100, "jti": new_jti(),
    })
}

#[test]
fn the_real_names_route() {
    let sandbox = sandbox();
    let get = |host: &str, path: &str| get(&sandbox, path, &[("Host", host)]);
    let discovery = |host: &str| get(host, "/.well-known/oauth-authorization-server");
    for host in ["test.maskinporten.no", "ver2.maskinporten.no", "TEST.maskinporten.no:443"] {
        let name = host.to_lowercase().replace(":443", "");
        let document = discovery(host).json();
        assert_eq!(document["issuer"], format!("https://{name}/"), "{host}");
        assert_eq!(document["token_endpoint"], format!("https://{name}/token"), "{host}");
    }
    assert_eq!(get("test.maskinporten.no", "/jwk").status, 200);
    assert_eq!(discovery("prod.maskinporten.no").kode(), "DAS-002", "no name of it");
    for (host, path) in [
        ("kravogbetalinger.api.skatteetaten-test.no", "/v1/finans/311851381/aapnekrav"),
        ("kravogbetalinger.api.skatteetaten.no", "/v1/finans/311851381/aapnekrav"),
        ("restanser.api.skatteetaten-test.no", "/v2/dibk/310111643"),
        ("trekkpaalegg.api.skatteetaten-test.no", "/v1"),
        ("api-test.sits.no", &format!("{BASE}/finans/311851381/aapnekrav")),
        ("api-test.sits.no", &format!("{RESTANSER}/dibk/310111643")),
        ("api-test.sits.no", TREKK),
        ("platform.tt02.altinn.no", "/authentication/api/v1/systemuser/request/vendor/bysystem/314055403_x"),
        ("altinn.localhost", "/authentication/api/v1/systemuser/request/vendor/bysystem/314055403_x"),
    ] {
        let answer = get(host, path);
        assert_eq!(answer.status, 200, "{host}{path}: {}", answer.text());
    }
}

#[test]
fn a_token_under_the_real_name_is_good_everywhere() {
    let sandbox = sandbox();
    let answer = grant(&sandbox, "/token", "test.maskinporten.no", &claims("https://test.maskinporten.no/"));
    assert_eq!((answer.status, answer.header("sandbox-warning")), (200, ""), "{}", answer.text());
    let token = answer.json()["access_token"].as_str().expect("a token").to_owned();
    assert_eq!(payload(&token)["iss"], "https://test.maskinporten.no/");
    let bearer = format!("Bearer {token}");
    let path = format!("{BASE}/regnskapssystem/310478717/aapnekrav");
    assert_eq!(get(&sandbox, &path, &[("Authorization", &bearer)]).status, 200);
}

#[test]
fn the_audience_may_be_the_token_endpoint() {
    let sandbox = sandbox();
    let base = sandbox.base_url();
    let ask = |aud: &str| grant(&sandbox, "/maskinporten/token", "", &claims(aud));
    for exact in [&format!("{base}/maskinporten/"), "https://test.maskinporten.no/"] {
        let answer = ask(exact);
        assert_eq!((answer.status, answer.header("sandbox-warning")), (200, ""), "{exact}: {}", answer.text());
    }
    for other in [
        &format!("{base}/maskinporten"),
        &format!("{base}/maskinporten/token"),
        &format!("{base}/maskinporten/token/"),
        "https://test.maskinporten.no",
        "https://test.maskinporten.no/token",
        "https://test.maskinporten.no/token/",
    ] {
        let answer = ask(other);
        assert_eq!(answer.status, 200, "{other}: {}", answer.text());
        assert!(answer.header("sandbox-warning").contains("published is the issuer itself"), "{other}");
    }
    for wrong in [
        &format!("{base}/maskinporten/jwk"),
        "https://test.maskinporten.no/token/token",
        "https://maskinporten.no/token",
        "https://maskinporten.no/",
    ] {
        assert!(ask(wrong).text().contains("MP-110"), "{wrong}");
    }
    let production = grant(&sandbox, "/token", "maskinporten.no", &claims("https://maskinporten.no/"));
    assert!(production.status == 400 && production.text().contains("PRODUCTION"), "{}", production.text());
}
