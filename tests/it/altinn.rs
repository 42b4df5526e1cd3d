//! Consents and systembrukere as a client asks Altinn for them: asked for, decided, and then in a token.

use crate::common::jwt::{grant, jwt, new_jti, now, payload};
use crate::common::{self, Answer, BASE, get, post, request, send};
use innkreving_sandbox::Sandbox;
use serde_json::{Value, json};

const ALTINN: &str = "/altinn/platform";
const CONSENTS: &str = "/altinn/platform/accessmanagement/api/v1/enterprise/consentrequests";
const REQUESTS: &str = "/altinn/platform/authentication/api/v1/systemuser/request/vendor";
const REGISTER: &str = "/altinn/platform/authentication/api/v1/systemregister/vendor";
const BANK: &str = "314055403";
const PARTY: &str = "310478717";
const ID: &str = "77ed8698-e619-4066-9eb4-5c1eb3f165a1";

fn sandbox() -> Sandbox {
    let builder = Sandbox::builder().now(common::TODAY).auth("claims").setting("--regnskapssystem", "own");
    builder.start().expect("it starts")
}

/// A token of an organisation with scopes.
fn bearer(organisation: &str, scopes: &str) -> String {
    let claims = json!({
        "iss": "https://test.maskinporten.no/", "scope": scopes, "exp": now() + 100, "iat": now(), "client_id": "c",
        "consumer": { "authority": "iso6523-actorid-upis", "ID": format!("0192:{organisation}") },
    });
    format!("Bearer {}", jwt(&claims))
}

fn consent(changes: &Value) -> Value {
    let mut wanted = json!({
        "id": ID, "from": format!("urn:altinn:organization:identifier-no:{PARTY}"),
        "to": format!("urn:altinn:organization:identifier-no:{BANK}"), "validTo": "2098-03-01T10:00:00+01:00",
        "consentRights": [{
            "action": ["consent"], "metaData": { "aar": "2026" },
            "resource": [{ "type": "urn:altinn:resource", "value": "ske-samtykke-krav-og-betalinger" }],
        }],
        "redirectUrl": "https://bank.example/done?case=7",
    });
    for (name, value) in changes.as_object().expect("an object") {
        wanted[name] = value.clone();
    }
    wanted
}

fn ask(sandbox: &Sandbox, changes: &Value) -> Answer {
    post(sandbox, CONSENTS, &[("Authorization", &bearer(BANK, "altinn:consentrequests.write"))], &consent(changes))
}

/// The grant of the bank's client with an entry of `authorization_details`.
fn token(sandbox: &Sandbox, detail: &Value) -> Answer {
    let claims = json!({
        "aud": "https://test.maskinporten.no/", "iss": BANK, "scope": "skatteetaten:kravogbetalinger",
        "iat": now(), "exp": now() + 100, "jti": new_jti(), "authorization_details": [detail],
    });
    grant(sandbox, "/maskinporten/token", "", &claims)
}

fn consent_detail(id: &str) -> Value {
    json!({ "type": "urn:altinn:consent", "id": id, "from": format!("urn:altinn:organization:identifier-no:{PARTY}") })
}

fn open(sandbox: &Sandbox, package: &str, token: &Answer) -> u16 {
    let token = token.json()["access_token"].as_str().expect("a token").to_owned();
    let bearer = format!("Bearer {token}");
    get(sandbox, &format!("{BASE}/{package}/{PARTY}/aapnekrav"), &[("Authorization", &bearer)]).status
}

#[test]
fn a_consent_is_asked_for_approved_and_used() {
    let sandbox = sandbox();
    let made = ask(&sandbox, &json!({}));
    assert_eq!(made.status, 201, "{}", made.text());
    assert_eq!(made.header("location"), format!("{}{CONSENTS}/{ID}", sandbox.base_url()));
    let body = made.json();
    assert_eq!(
        (&body["status"], &body["consented"], &body["validTo"]),
        (&json!("Created"), &Value::Null, &json!("2098-03-01T09:00:00+00:00"))
    );
    let event = &body["consentRequestEvents"][0];
    assert_eq!((&event["eventType"], &event["consentRequestID"]), (&json!("Created"), &json!(ID)));
    assert_eq!(event["performedBy"], format!("urn:altinn:organization:identifier-no:{BANK}"));

    let before = token(&sandbox, &consent_detail(ID));
    assert!(before.status == 400 && before.text().contains("MP-303: the consent"), "{}", before.text());
    let approve = request(&sandbox, "POST", &format!("/sandbox/altinn/consent/{ID}/approve"), &[]);
    assert_eq!((approve.status, &approve.json()["status"]), (200, &json!("Accepted")));
    assert_eq!(request(&sandbox, "POST", &format!("/sandbox/altinn/consent/{ID}/reject"), &[]).status, 409);

    let read = bearer(BANK, "altinn:consentrequests.read");
    let shown = get(&sandbox, &format!("{CONSENTS}/{ID}"), &[("Authorization", &read)]).json();
    assert_eq!(
        (&shown["status"], &shown["consentRequestEvents"][1]["eventType"]),
        (&json!("Accepted"), &json!("Accepted"))
    );
    let given = token(&sandbox, &consent_detail(&ID.to_uppercase()));
    assert_eq!(given.status, 200, "{}", given.text());
    let detail = payload(given.json()["access_token"].as_str().expect("a token"))["authorization_details"][0].clone();
    assert_eq!(detail["consentRights"], consent(&json!({}))["consentRights"], "exactly what was asked for");
    assert_eq!((&detail["validTo"], &detail["consented"]), (&shown["validTo"], &shown["consented"]));
    assert_eq!(open(&sandbox, "finans", &given), 200);

    request(&sandbox, "POST", &format!("/sandbox/altinn/consent/{ID}/revoke"), &[]);
    assert!(token(&sandbox, &consent_detail(ID)).text().contains("Revoked"));
    // The session keeps them; a reset clears them, and then the id is one that nobody has asked for.
    assert_eq!(get(&sandbox, "/sandbox/altinn", &[]).json()["consents"][0]["status"], "Revoked");
    request(&sandbox, "POST", "/sandbox/sessions/default/reset", &[]);
    assert_eq!(get(&sandbox, "/sandbox/altinn", &[]).json(), json!({ "consents": [], "systemusers": [] }));
    assert_eq!(token(&sandbox, &consent_detail(ID)).status, 200);
}

#[test]
fn a_consent_to_something_else_or_somebody_else_gives_nothing() {
    let sandbox = sandbox();
    let arrears = json!([{ "action": ["consent"], "resource": [{ "type": "urn:altinn:resource", "value": "digdir-restanser-skatteetaten" }] }]);
    assert_eq!(ask(&sandbox, &json!({ "consentRights": arrears })).status, 201);
    request(&sandbox, "POST", &format!("/sandbox/altinn/consent/{ID}/approve"), &[]);
    assert_eq!(open(&sandbox, "finans", &token(&sandbox, &consent_detail(ID))), 403, "a consent to Restanser only");
    let mut other = consent_detail(ID);
    other["from"] = json!("urn:altinn:organization:identifier-no:311851381");
    assert!(token(&sandbox, &other).text().contains("asked of another party"));

    let second = "019743e8-cb17-7f9f-b690-fb1338003c23";
    assert_eq!(ask(&sandbox, &json!({ "id": second })).status, 201);
    request(&sandbox, "POST", &format!("/sandbox/altinn/consent/{second}/reject"), &[]);
    assert!(token(&sandbox, &consent_detail(second)).text().contains("Rejected"));
    let own = bearer("311851381", "altinn:consentrequests.read");
    let foreign = get(&sandbox, &format!("{CONSENTS}/{second}"), &[("Authorization", &own)]);
    assert_eq!((foreign.status, &foreign.json()["code"]), (403, &json!("AM-00000")));
}

#[test]
fn what_altinn_refuses() {
    let sandbox = sandbox();
    let code = |answer: &Answer| (answer.status, answer.json()["code"].as_str().unwrap_or_default().to_owned());
    let refused = |changes: Value, status: u16, name: &str| {
        let answer = ask(&sandbox, &changes);
        assert_eq!(code(&answer), (status, name.to_owned()), "{changes}: {}", answer.text());
    };
    refused(json!({ "id": "x" }), 400, "STD-00000");
    refused(json!({ "id": null }), 400, "STD-00000");
    refused(json!({ "from": "310478717" }), 400, "STD-00000");
    refused(json!({ "from": "urn:altinn:organization:identifier-no:310478718" }), 400, "AM-00003");
    refused(json!({ "from": "urn:altinn:person:identifier-no:12345678901" }), 400, "AM-00004");
    refused(json!({ "to": "urn:altinn:organization:identifier-no:311851381" }), 403, "AM-00000");
    refused(json!({ "validTo": "2020-01-01T00:00:00Z" }), 400, "STD-00000");
    refused(json!({ "validTo": "soon" }), 400, "STD-00000");
    refused(json!({ "consentRights": [] }), 400, "STD-00000");
    refused(json!({ "consentRights": [{ "action": [], "resource": [] }] }), 400, "STD-00000");
    refused(json!({ "redirectUrl": "bank.example" }), 400, "STD-00000");
    refused(json!({ "requestMessage": { "en": 7 } }), 400, "STD-00000");
    let right = |more: Value| {
        let mut right = consent(&json!({}))["consentRights"][0].clone();
        right.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        json!({ "consentRights": [right] })
    };
    refused(right(json!({ "action": [7] })), 400, "STD-00000");
    refused(right(json!({ "metaData": { "aar": 2026 } })), 400, "STD-00000");
    let unknown = json!([{ "action": ["consent"], "resource": [{ "type": "urn:altinn:resource", "value": "x" }] }]);
    let other = ask(&sandbox, &json!({ "id": "ecbff842-199b-45c9-8b58-80ed4d813660", "consentRights": unknown }));
    assert!(other.status == 201 && other.header("sandbox-warning").contains("no service of this sandbox"));

    let slash = format!("{CONSENTS}/");
    let write = bearer(BANK, "altinn:consentrequests.write");
    assert_eq!(post(&sandbox, &slash, &[("Authorization", &write)], &consent(&json!({}))).status, 201);
    assert_eq!(ask(&sandbox, &json!({})).status, 200, "the same again");
    refused(json!({ "redirectUrl": "https://other.example" }), 400, "AM-00016");
    let get = |path: &str, token: Option<&str>| {
        get(&sandbox, path, &token.map(|it| ("Authorization", it)).into_iter().collect::<Vec<_>>())
    };
    assert_eq!(code(&get(&format!("{CONSENTS}/{ID}"), None)), (401, "AUTH-00043".to_owned()));
    let scope = bearer(BANK, "skatteetaten:kravogbetalinger");
    assert_eq!(code(&get(&format!("{CONSENTS}/{ID}"), Some(&scope))), (403, "AUTH-00044".to_owned()));
    assert_eq!(code(&get(&format!("{CONSENTS}/x"), Some(&write))), (404, "AM-00001".to_owned()));
    assert_eq!(get(&format!("{ALTINN}/x"), None).status, 404);
    let method = request(&sandbox, "DELETE", CONSENTS, &[]);
    assert_eq!((method.status, method.header("allow")), (405, "POST"));
    let text = send(&sandbox, "POST", CONSENTS, &[("Authorization", &write)], "{");
    assert_eq!(code(&text), (400, "STD-00000".to_owned()));
}

#[test]
fn a_systembruker_is_asked_for_approved_and_used() {
    let sandbox = sandbox();
    let (register, write) = (
        bearer(BANK, "altinn:authentication/systemregister.write"),
        bearer(BANK, "altinn:authentication/systemuser.request.write"),
    );
    let rights = json!([{ "resource": [{ "id": "urn:altinn:resource", "value": "ske-krav-og-betalinger" }] }]);
    let system = json!({
        "id": format!("{BANK}_books"), "vendor": { "authority": "iso6523-actorid-upis", "ID": format!("0192:{BANK}") },
        "name": { "nb": "Books" }, "description": { "nb": "Books" }, "rights": rights, "clientId": [BANK],
        "allowedRedirectUrls": ["https://books.example/back"],
    });
    let wanted = json!({ "systemId": format!("{BANK}_books"), "partyOrgNo": PARTY, "externalRef": "tenant-7", "rights": rights });
    let ask = |wanted: &Value| post(&sandbox, REQUESTS, &[("Authorization", &write)], wanted);
    let early = ask(&json!({ "systemId": format!("{BANK}_early"), "partyOrgNo": "311851381", "rights": rights }));
    assert!(early.status == 201 && early.header("sandbox-warning").contains("AUTH-00011"), "{}", early.text());

    let made = post(&sandbox, REGISTER, &[("Authorization", &register)], &system);
    assert!(made.status == 200 && made.json().is_string(), "{}", made.text());
    assert_eq!(post(&sandbox, REGISTER, &[("Authorization", &register)], &system).status, 409);
    let changed = send(
        &sandbox,
        "PUT",
        &format!("{REGISTER}/{BANK}_books"),
        &[("Authorization", &register), ("Content-Type", "application/json")],
        &system.to_string(),
    );
    assert_eq!(changed.json(), json!({ "success": true }));
    let shown = get(&sandbox, &format!("{REGISTER}/{BANK}_books"), &[("Authorization", &register)]).json();
    assert_eq!((&shown["rights"], &shown["vendor"]), (&rights, &system["vendor"]));

    for (changes, status, code) in [
        (json!({ "systemId": "311851381_books" }), 404, "AUTH-00011"),
        (json!({ "rights": [] }), 400, "AUTH-00059"),
        (
            json!({ "rights": [{ "resource": [{ "id": "urn:altinn:resource", "value": "ske-utleggsbegjaering" }] }] }),
            400,
            "AUTH-00001",
        ),
        (json!({ "redirectUrl": "https://evil.example" }), 400, "AUTH-00021"),
        (json!({ "partyOrgNo": "310478718" }), 400, "STD-00000"),
    ] {
        let mut wanted = wanted.clone();
        for (name, value) in changes.as_object().expect("an object") {
            wanted[name] = value.clone();
        }
        let answer = ask(&wanted);
        assert_eq!((answer.status, answer.json()["code"].as_str()), (status, Some(code)), "{changes}");
    }

    let made = ask(&wanted);
    let (body, id) = (made.json(), made.json()["id"].as_str().expect("an id").to_owned());
    assert_eq!((made.status, &body["status"], &body["externalRef"]), (201, &json!("New"), &json!("tenant-7")));
    assert_eq!(made.header("location"), format!("{}{REQUESTS}/{id}", sandbox.base_url()));
    assert_eq!((ask(&wanted).status, &ask(&wanted).json()["id"]), (200, &json!(id)), "the same again");
    let detail = |reference: Option<&str>| {
        let mut detail = json!({
            "type": "urn:altinn:systemuser", "systemuser_org": { "authority": "iso6523-actorid-upis", "ID": format!("0192:{PARTY}") },
        });
        if let Some(reference) = reference {
            detail["externalRef"] = json!(reference);
        }
        detail
    };
    let before = token(&sandbox, &detail(None));
    assert!(before.status == 400 && before.text().contains("MP-303"), "{}", before.text());
    let approve = format!("/sandbox/altinn/systemuser/{id}/approve");
    assert_eq!(request(&sandbox, "POST", &approve, &[]).json()["status"], "Accepted");
    for reference in [None, Some("tenant-7")] {
        let given = token(&sandbox, &detail(reference));
        assert_eq!(given.status, 200, "{}", given.text());
        let entry =
            payload(given.json()["access_token"].as_str().expect("a token"))["authorization_details"][0].clone();
        assert_eq!((&entry["systemuser_id"], &entry["system_id"]), (&json!([id]), &body["systemId"]));
        assert_eq!(open(&sandbox, "regnskapssystem", &given), 200);
    }
    assert_eq!(ask(&wanted).json()["code"], "AUTH-00004", "it is accepted");
    let read = bearer(BANK, "altinn:authentication/systemuser.request.read");
    let show = |path: &str, token: &str| get(&sandbox, path, &[("Authorization", token)]).json();
    assert_eq!(show(&format!("{REQUESTS}/{id}"), &read)["status"], "Accepted");
    assert_eq!(show(&format!("{REQUESTS}/byexternalref/{BANK}_books/{PARTY}/tenant-7"), &read)["id"], json!(id));
    assert_eq!(show(&format!("{REQUESTS}/bysystem/{BANK}_books"), &read)["data"][0]["id"], json!(id));
    let users = show(&format!("{ALTINN}/authentication/api/v1/systemuser/vendor/bysystem/{BANK}_books"), &register);
    assert_eq!((&users["data"][0]["id"], &users["data"][0]["reporteeOrgNo"]), (&json!(id), &json!(PARTY)));
    let foreign = bearer("311851381", "altinn:authentication/systemuser.request.read");
    assert_eq!(show(&format!("{REQUESTS}/{id}"), &foreign)["code"], "AUTH-00010");

    let rejected = early.json()["id"].as_str().expect("an id").to_owned();
    request(&sandbox, "POST", &format!("/sandbox/altinn/systemuser/{rejected}/reject"), &[]);
    let mut of_rejected = detail(None);
    of_rejected["systemuser_org"]["ID"] = json!("0192:311851381");
    assert!(token(&sandbox, &of_rejected).text().contains("Rejected"));
}

/// `viewUri` and `confirmUrl` work in the session of the call, and lead back to the client.
#[test]
fn the_pages_of_the_person_who_decides() {
    let sandbox = sandbox();
    let write = bearer(BANK, "altinn:consentrequests.write");
    let made = post(&sandbox, &format!("/~session=a{CONSENTS}"), &[("Authorization", &write)], &consent(&json!({})));
    let uri = made.json()["viewUri"].as_str().expect("a URL").to_owned();
    let path = uri.strip_prefix(&sandbox.base_url()).expect("a URL of the sandbox");
    assert!(path.starts_with("/~session=a/altinn/ui/consent/request?id="), "{path}");
    let page = get(&sandbox, path, &[]);
    assert!(
        page.status == 200 && page.text().contains("Approve") && page.text().contains("Status: Created"),
        "{}",
        page.text()
    );
    let press = |path: &str, headers: &[(&str, &str)], decision: &str| {
        let headers: Vec<_> = [("Content-Type", "application/x-www-form-urlencoded")]
            .into_iter()
            .chain(headers.iter().copied())
            .collect();
        let agent = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build();
        let mut request = http::Request::builder().method("POST").uri(format!("{}{path}", sandbox.base_url()));
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let answer = ureq::Agent::from(agent)
            .run(request.body(format!("decision={decision}")).expect("a request"))
            .expect("an answer");
        (answer.status().as_u16(), answer.headers().get("location").map(|it| it.to_str().expect("ASCII").to_owned()))
    };
    assert_eq!(press(path, &[("Origin", "https://evil.example")], "approve").0, 403);
    let back = Some("https://bank.example/done?case=7&Status=OK".to_owned());
    assert_eq!(press(path, &[("Origin", &sandbox.base_url())], "approve"), (303, back));
    assert_eq!(press(path, &[], "reject").0, 409, "it is decided");
    assert_eq!(get(&sandbox, &format!("/altinn/ui/consent/request?id={ID}"), &[]).status, 404, "another session");
    assert_eq!(get(&sandbox, "/~session=a/sandbox/altinn", &[]).json()["consents"][0]["status"], "Accepted");
}

/// It is a service like the others: modifiers, rules and the journal work on it.
#[test]
fn modifiers_and_the_journal() {
    let sandbox = sandbox();
    let path = format!("{CONSENTS}/{ID}");
    let on_demand = get(&sandbox, &path, &[("Sandbox-Error", "AM-00001")]);
    assert_eq!((on_demand.status, &on_demand.json()["code"]), (404, &json!("AM-00001")));
    common::rule(&sandbox, &json!({ "when": { "service": "altinn" }, "then": { "error": "AUTH-00043" }, "times": 1 }));
    assert_eq!(get(&sandbox, &path, &[]).header("sandbox-cause"), "rule");
    let entry = get(&sandbox, "/sandbox/requests?service=altinn&code=AUTH-00043", &[]).json();
    assert_eq!(entry["count"], 1);
}

#[test]
fn a_body_over_its_limit_is_refused_with_its_own_status_in_the_body() {
    let sandbox = sandbox();
    let long = format!("\"{}\"", "x".repeat(1024 * 1024));
    let answer = send(&sandbox, "POST", CONSENTS, &[("Content-Type", "application/json")], &long);
    assert_eq!((answer.status, &answer.json()["status"]), (413, &json!(413)), "{}", answer.text());
}
