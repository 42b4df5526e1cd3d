//! What a session is, as the control API tells it; files that sessions are kept in; and one change of every kind.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use innkreving_sandbox::{Sandbox, SandboxBuilder};
use serde_json::{Value, json};

use super::begjaering::{self, UTLEGG};
use super::jwt::{grant, jwt, now};
use super::{Answer, BASE, TODAY, TREKK, get, post, request, send};

/// A file that does not exist yet. It goes when this is dropped.
pub(crate) struct StoreFile(pub(crate) PathBuf);

impl StoreFile {
    pub(crate) fn new(name: &str) -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(1);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("store-{name}-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        Self(folder.join("sandbox.db"))
    }

    /// The value of `--store`.
    pub(crate) fn setting(&self) -> String {
        format!("file:{}", self.0.display())
    }

    /// A sandbox that keeps its sessions here.
    pub(crate) fn start(&self) -> Sandbox {
        self.builder().start().expect("it starts")
    }

    pub(crate) fn builder(&self) -> SandboxBuilder {
        Sandbox::builder().now(TODAY).seed(1).setting("--store", &self.setting())
    }
}

impl Drop for StoreFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(self.0.parent().expect("a folder"));
    }
}

/// All that the control API tells of the state of a session, apart from evidence and real times.
pub(crate) fn dump(sandbox: &Sandbox, session: &str) -> Value {
    let headers = [("Sandbox-Session", session)];
    let read = |path: &str| {
        let answer = get(sandbox, path, &headers);
        if answer.status == 404 { Value::Null } else { answer.json() }
    };
    let mut clock = read("/sandbox/clock");
    for real in ["real", "server", "now"] {
        if clock["setting"] != "standing" || real == "real" {
            clock[real] = Value::Null;
        }
    }
    let mut about = read(&format!("/sandbox/sessions/{session}"));
    for evidence in ["lastUsed", "requests", "begun"] {
        about[evidence] = Value::Null;
    }
    let scenarios = read("/sandbox/scenarios");
    let mut cases = read("/sandbox/begjaeringer");
    cases["avvist"] = Value::Null;
    let whole: Vec<Value> = cases["begjaeringer"]
        .as_array()
        .expect("cases")
        .iter()
        .map(|case| {
            read(&format!("/sandbox/begjaeringer/{}", case["eksternSaksreferanse"].as_str().expect("a reference")))
        })
        .collect();
    let mut webhook = read("/sandbox/webhooks");
    if webhook.is_object() {
        webhook["leveringer"] = Value::Null;
    }
    let attachments = read("/sandbox/vedlegg");
    let files: Vec<String> = attachments["vedlegg"]
        .as_array()
        .expect("attachments")
        .iter()
        .map(|it| get(sandbox, &format!("/sandbox/vedlegg/{}", it["uuid"].as_str().expect("a uuid")), &headers).text())
        .collect();
    json!({
        "clock": clock, "session": about, "rules": read("/sandbox/rules"), "cases": whole, "attachments": attachments,
        "files": files, "orders": read("/sandbox/trekkpaalegg"), "altinn": read("/sandbox/altinn"),
        "webhook": webhook,
        "scenarios": [&scenarios["parties"], &scenarios["ownBytes"], &scenarios["ownClaims"]],
    })
}

/// A party of a session's own, with a flag that has a limit.
pub(crate) const OWN_PARTY: &str = "314300017";
const OWN: &str = r#"
part: "314300017"
navn: LITEN BLÅ TIGER AS
feil:
  - { paa: kravogbetalinger, kode: KB-002, ganger: 3 }
krav:
  - { kravidentifikator: a, kravtype: RESTSKATT, forfallsdato: i dag + 10d, opprinneligBeloep: 500.50 }
"#;

pub(crate) const EMPLOYER: &str = "310478717";
const BANK: &str = "314055403";
const CONSENT: &str = "77ed8698-e619-4066-9eb4-5c1eb3f165a1";

fn bearer(scopes: &str) -> String {
    let claims = json!({
        "iss": "https://test.maskinporten.no/", "scope": scopes, "exp": now() + 100, "iat": now(), "client_id": "c",
        "consumer": { "authority": "iso6523-actorid-upis", "ID": format!("0192:{BANK}") },
    });
    format!("Bearer {}", jwt(&claims))
}

/// A change of one kind. `n` tells one from another of its kind. What comes back is the answer, if there was something to do.
#[expect(clippy::too_many_lines, reason = "a table")]
pub(crate) fn change(sandbox: &Sandbox, session: &str, kind: usize, n: u64) -> Option<Answer> {
    let headers = [("Sandbox-Session", session)];
    let lookup = |party: &str| get(sandbox, &format!("{BASE}/finans/{party}/aapnekrav"), &headers);
    let first = |path: &str, list: &str, field: &str| -> Option<String> {
        let all = get(sandbox, path, &headers).json();
        let items = all[list].as_array()?.clone();
        let at = usize::try_from(n).ok()? % items.len().max(1);
        Some(items.get(at)?[field].as_str()?.to_owned())
    };
    Some(match kind % KINDS {
        0 => post(
            sandbox,
            "/sandbox/rules",
            &headers,
            &json!({ "when": { "party": "311851381" }, "then": { "sequence": ["KB-002", "ok"] } }),
        ),
        1 => post(
            sandbox,
            "/sandbox/rules",
            &headers,
            &json!({ "when": { "party": "311851381" }, "then": { "delay": "0ms..1ms" }, "probability": 0.5, "seed": n }),
        ),
        2 => lookup("311851381"),
        3 => {
            let id = first("/sandbox/rules", "rules", "id")?;
            request(sandbox, "DELETE", &format!("/sandbox/rules/{id}"), &headers)
        }
        4 => post(sandbox, "/sandbox/clock", &headers, &json!({ "advance": format!("{}d", n % 40) })),
        5 => post(sandbox, "/sandbox/clock", &headers, &json!({ "now": "2026-12-24", "tokens": n % 7 == 3 })),
        6 => send(
            sandbox,
            "PUT",
            "/sandbox/scenarios",
            &[headers[0], ("Content-Type", "application/yaml")],
            &OWN.replace("500.50", &format!("{}.50", 500 + n % 100)),
        ),
        7 => lookup(OWN_PARTY),
        8 => request(sandbox, "DELETE", "/sandbox/scenarios", &headers),
        9 => {
            let body = json!({ "supplier": "Et Firma", "version": n.to_string() });
            send(
                sandbox,
                "PUT",
                &format!("/sandbox/sessions/{session}"),
                &[("Content-Type", "application/json")],
                &body.to_string(),
            )
        }
        10 => {
            let all: Vec<_> = begjaering::HEADERS.iter().chain(&headers).copied().collect();
            begjaering::upload(sandbox, UTLEGG, &all, "annet", "REF", format!("%PDF-1.7 {n}").as_bytes())
        }
        11 => {
            let uuid = first("/sandbox/vedlegg", "vedlegg", "uuid")?;
            let state = ["slettet", "konvertert"][usize::try_from(n % 2).expect("small")];
            post(sandbox, &format!("/sandbox/vedlegg/{uuid}/tilstand"), &headers, &json!({ "tilstand": state }))
        }
        12 => submit(sandbox, session, n),
        13 => {
            let id = first("/sandbox/begjaeringer", "begjaeringer", "eksternSaksreferanse")?;
            post(sandbox, &format!("/sandbox/begjaeringer/{id}/videre"), &headers, &json!({}))
        }
        14 => {
            let id = first("/sandbox/begjaeringer", "begjaeringer", "eksternSaksreferanse")?;
            let decision = json!({ "trekkpliktig": EMPLOYER, "prosent": 10, "loependeBidrag": 100 + n % 50 });
            post(sandbox, &format!("/sandbox/begjaeringer/{id}/beslutning"), &headers, &decision)
        }
        15 => {
            let all: Vec<_> = begjaering::HEADERS.iter().chain(&headers).copied().collect();
            get(sandbox, &format!("{UTLEGG}/statusendringer?fraSekvensnummer=0"), &all)
        }
        16 => {
            let said = json!({ "identifikator": "01827020008", "regelverk": "gammelt", "fra": "2026-01-01" });
            post(sandbox, "/sandbox/betjeningskart", &headers, &said)
        }
        17 => {
            let body = json!({ "identifikator": ["01827020008", EMPLOYER] });
            begjaering::call(sandbox, "POST", &format!("{UTLEGG}/betjeningskartet"), &headers, &body)
        }
        18 => post(
            sandbox,
            "/sandbox/trekkpaalegg",
            &headers,
            &json!({ "trekkpliktig": EMPLOYER, "prosent": 1 + n % 50 }),
        ),
        19 => get(sandbox, &format!("{TREKK}?fraSekvensnummer=0"), &[headers[0], ("Sandbox-Party", EMPLOYER)]),
        20 => request(sandbox, "DELETE", "/sandbox/trekkpaalegg", &headers),
        21 => ask_consent(sandbox, session),
        22 => request(sandbox, "POST", &format!("/sandbox/altinn/consent/{CONSENT}/approve"), &headers),
        23 => {
            let wanted = json!({
                "systemId": format!("{BANK}_books"), "partyOrgNo": EMPLOYER, "externalRef": n.to_string(),
                "rights": [{ "resource": [{ "id": "urn:altinn:resource", "value": "ske-krav-og-betalinger" }] }],
            });
            let token = bearer("altinn:authentication/systemuser.request.write");
            let path = "/altinn/platform/authentication/api/v1/systemuser/request/vendor";
            post(sandbox, path, &[headers[0], ("Authorization", &token)], &wanted)
        }
        24 => {
            let id = first("/sandbox/altinn", "systemusers", "id")?;
            request(sandbox, "POST", &format!("/sandbox/altinn/systemuser/{id}/approve"), &headers)
        }
        25 => {
            let claims = json!({
                "aud": "https://test.maskinporten.no/", "iss": "own", "scope": "skatteetaten:kravogbetalinger",
                "iat": now(), "exp": now() + 100, "jti": format!("jti-{session}-{n}"),
            });
            grant(sandbox, &format!("/~session={session}/maskinporten/token"), "", &claims)
        }
        26 => request(sandbox, "DELETE", "/sandbox/rules", &headers),
        _ => request(sandbox, "DELETE", "/sandbox/clock", &headers),
    })
}

/// How many kinds of changes there are.
pub(crate) const KINDS: usize = 28;

/// Submits a request of its own, without attachments of other sessions.
pub(crate) fn submit(sandbox: &Sandbox, session: &str, n: u64) -> Answer {
    let headers = [("Sandbox-Session", session)];
    let all: Vec<_> = begjaering::HEADERS.iter().chain(&headers).copied().collect();
    let mut wanted = begjaering::example(7);
    wanted["innsenderReferanse"] = format!("REF-{session}-{n}").into();
    begjaering::upload_all(sandbox, UTLEGG, &all, &mut wanted);
    begjaering::call(sandbox, "POST", UTLEGG, &headers, &wanted)
}

fn ask_consent(sandbox: &Sandbox, session: &str) -> Answer {
    let wanted = json!({
        "id": CONSENT, "from": format!("urn:altinn:organization:identifier-no:{EMPLOYER}"),
        "to": format!("urn:altinn:organization:identifier-no:{BANK}"), "validTo": "2098-03-01T10:00:00+01:00",
        "consentRights": [{
            "action": ["consent"], "metaData": { "aar": "2026" },
            "resource": [{ "type": "urn:altinn:resource", "value": "ske-samtykke-krav-og-betalinger" }],
        }],
        "redirectUrl": "https://bank.example/done?case=7",
    });
    let token = bearer("altinn:consentrequests.write");
    let path = "/altinn/platform/accessmanagement/api/v1/enterprise/consentrequests";
    post(sandbox, path, &[("Sandbox-Session", session), ("Authorization", &token)], &wanted)
}

/// The number of the last record of a session's log.
pub(crate) fn last(sandbox: &Sandbox, session: &str) -> u64 {
    let log = get(sandbox, "/sandbox/log", &[("Sandbox-Session", session)]).json();
    log["records"]
        .as_array()
        .expect("records")
        .last()
        .map_or(0, |record| record["sequence"].as_u64().expect("a number"))
}
