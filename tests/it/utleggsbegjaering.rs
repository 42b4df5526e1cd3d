//! Utleggsbegjæring: validating, submitting and changing a request, and every refusal.

use innkreving_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::common::begjaering::{HEADERS, UTLEGG, call, codes, example, ready, upload_all};
use crate::common::{get, post, raw, rule, sandbox, send, token, with_scenario};

fn validate(sandbox: &Sandbox, request: &Value) -> crate::common::Answer {
    call(sandbox, "POST", &format!("{UTLEGG}/valider"), &[], request)
}

/// Submits a request, and gives the reference of its case.
#[track_caller]
fn submit(sandbox: &Sandbox, request: &Value) -> String {
    let answer = call(sandbox, "POST", UTLEGG, &[], request);
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()["eksternSaksreferanse"].as_str().expect("a reference").to_owned()
}

fn newest(sandbox: &Sandbox) -> Value {
    get(sandbox, "/sandbox/requests?service=utleggsbegjaering", &[]).json()["requests"][0].clone()
}

#[test]
fn from_an_upload_to_a_changed_case() {
    let sandbox = sandbox();
    let mut request = ready(&sandbox, &[]);
    let valid = validate(&sandbox, &request);
    assert_eq!((valid.status, valid.text().as_str(), valid.header("content-type")), (200, "", ""), "{}", valid.text());
    let made = call(&sandbox, "POST", UTLEGG, &[], &request);
    assert_eq!(made.status, 201, "{}", made.text());
    let reference = made.json()["eksternSaksreferanse"].as_str().expect("a reference").to_owned();
    assert_eq!(made.header("location"), format!("{UTLEGG}/{reference}"));
    request["kravTilInnkreving"][0]["kravbeskrivelse"] = json!("Endret beskrivelse");
    let path = format!("{UTLEGG}/valider/{reference}");
    assert_eq!(call(&sandbox, "PUT", &path, &[], &request).status, 200);
    let changed = call(&sandbox, "PUT", &format!("{UTLEGG}/{reference}"), &[], &request);
    assert_eq!((changed.status, changed.text().as_str()), (200, ""));
    let all = get(&sandbox, "/sandbox/begjaeringer", &[]).json();
    assert_eq!((all["count"].as_u64(), all["begjaeringer"][0]["status"].as_str()), (Some(1), Some("sakOpprettet")));
    let case = get(&sandbox, &format!("/sandbox/begjaeringer/{reference}"), &[]).json();
    assert_eq!(case["innsendinger"].as_array().map(Vec::len), Some(2), "validations are no submissions");
    // An account number has eleven digits, but this one can be no personal number.
    assert_eq!(case["innsendinger"][1]["begjaering"], request, "as it was sent");
    assert_eq!(case["innsendinger"][0]["korrelasjonsid"], HEADERS[1].1);
    let journal = newest(&sandbox);
    assert_eq!(journal["endpoint"], "endre");
    assert!(journal["body"].as_str().expect("a body").contains("Endret beskrivelse"), "{journal}");
}

#[test]
fn by_host_and_with_a_slash_it_is_the_same() {
    let sandbox = sandbox();
    let request = ready(&sandbox, &[]);
    let host = [("Host", "utleggsbegjaering.localhost")];
    assert_eq!(call(&sandbox, "POST", "/v2/valider", &host, &request).status, 200);
    let made = call(&sandbox, "POST", "/v2/", &host, &request);
    assert_eq!(made.status, 201, "{}", made.text());
    assert!(made.header("location").starts_with("/v2/"), "{}", made.header("location"));
    let wrong = call(&sandbox, "PUT", UTLEGG, &[], &request);
    assert_eq!((wrong.status, wrong.kode().as_str(), wrong.header("allow")), (404, "KB-003", "POST"));
}

#[test]
fn headers_that_are_missing_are_told_all_at_once() {
    let sandbox = sandbox();
    let answer = post(&sandbox, &format!("{UTLEGG}/valider"), &[], &example(1));
    assert_eq!(answer.status, 400);
    let body = answer.json();
    assert_eq!((body["feilkode"].as_str(), body["status"].as_u64()), (Some("KB-006"), Some(400)));
    for name in ["Klientid", "Korrelasjonsid", "Meldingsid"] {
        assert!(body["detail"].as_str().expect("a text").contains(&format!("Headeren {name} mangler")), "{body}");
    }
    let headers = [("KlientId", "x"), HEADERS[1], ("Meldingsid", "ingen uuid")];
    let answer = post(&sandbox, &format!("{UTLEGG}/valider"), &headers, &example(1));
    assert_eq!((answer.status, codes(&answer).len()), (400, 1));
    assert!(answer.text().contains("Headeren Meldingsid må være en UUID"), "{}", answer.text());
}

#[test]
fn a_body_that_cannot_be_read_is_told_with_every_pointer() {
    let sandbox = sandbox();
    let mut request = example(1);
    request.as_object_mut().expect("an object").remove("underskrift");
    request["begjaeringsdato"] = json!(17);
    request["tvangsfullbyrdelsestype"] = json!("utleg");
    request["saksoekt"] = json!([]);
    let answer = validate(&sandbox, &request);
    assert_eq!(answer.status, 400, "{}", answer.text());
    let body = answer.json();
    for pointer in ["/underskrift", "/begjaeringsdato", "/tvangsfullbyrdelsestype", "/saksoekt"] {
        assert!(body["detail"].as_str().expect("a text").contains(pointer), "{pointer}: {body}");
        let told = body["kontrollutslag"].as_array().expect("a list").iter().any(|it| it["beskrivelse"] == pointer);
        assert!(told, "{pointer}: {body}");
        assert!(answer.header("sandbox-hint").contains(pointer), "{}", answer.header("sandbox-hint"));
    }
    assert!(answer.header("sandbox-hint").contains("utlegg"), "the nearest code: {}", answer.header("sandbox-hint"));
    let findings = newest(&sandbox)["findings"].clone();
    assert_eq!(findings.as_array().map(Vec::len), Some(4), "{findings}");
    for body in ["", "{", "[]", "\"\\ud800\"", &"[".repeat(50_000), "{\"saksoekt\": 1e400}"] {
        let headers: Vec<_> = HEADERS.iter().copied().chain([("Content-Type", "application/json")]).collect();
        let answer = send(&sandbox, "POST", &format!("{UTLEGG}/valider"), &headers, body);
        assert_eq!((answer.status, answer.json()["feilkode"].as_str()), (400, Some("KB-006")));
    }
    let large = json!({ "underskrift": "x".repeat(1024 * 1024) });
    assert_eq!(validate(&sandbox, &large).status, 413);
    let text: Vec<_> = HEADERS.iter().copied().chain([("Content-Type", "text/plain")]).collect();
    let answer = send(&sandbox, "POST", &format!("{UTLEGG}/valider"), &text, "{}");
    assert!(answer.status == 400 && answer.text().contains("application/json"), "{}", answer.text());
}

#[test]
fn all_broken_rules_are_told_and_where() {
    let sandbox = sandbox();
    let mut request = ready(&sandbox, &[]);
    request["kravTilInnkreving"][1]["innsendersKravreferanse"] =
        request["kravTilInnkreving"][0]["innsendersKravreferanse"].clone();
    request["saksoekt"][0] = json!({ "saksoekt": { "person": {
        "personnavn": { "fornavn": "HARDHENDT", "etternavn": "PLEN" },
        "identifikator": { "identifikatortype": "taxIdentificationNumber", "verdi": "08907395937", "landkode": "NO" },
    }, "adresse": request["saksoekt"][0]["saksoekt"]["adresse"].clone() } });
    let answer = validate(&sandbox, &request);
    assert_eq!(answer.status, 422, "{}", answer.text());
    let told = codes(&answer);
    for rule in ["KRAV_DUPLIKATE_REFERANSER", "SAKSOEKT_GAMMELT_REGELVERK"] {
        assert!(told.iter().any(|code| code == rule), "{rule}: {told:?}");
        assert!(answer.header("sandbox-hint").contains(rule), "{}", answer.header("sandbox-hint"));
        let found = get(&sandbox, &format!("/sandbox/requests?code={rule}"), &[]).json();
        assert_eq!(found["count"], 1, "{rule}");
    }
    let first = answer.json()["valideringsfeil"][0].clone();
    assert!(
        first["melding"].is_string() && first["beskrivelse"].is_string() && first.get("peker").is_none(),
        "{first}"
    );
    let places = newest(&sandbox)["findings"].clone();
    let places: Vec<_> =
        places.as_array().expect("a list").iter().map(|it| it["pointer"].as_str().expect("it")).collect();
    assert!(places.iter().any(|place| place.starts_with("/saksoekt/0")), "{places:?}");
    let refused = get(&sandbox, "/sandbox/begjaeringer", &[]).json();
    assert_eq!((refused["count"].as_u64(), refused["avvist"][0]["status"].as_u64()), (Some(0), Some(422)));
    assert_eq!(refused["avvist"][0]["innsenderReferanse"], request["innsenderReferanse"]);
}

#[test]
fn fields_that_the_model_does_not_have_are_warned_of() {
    let sandbox = sandbox();
    let mut request = ready(&sandbox, &[]);
    request["nyttFelt"] = json!(1);
    request["kravTilInnkreving"][0]["blåbær"] = json!(1);
    let answer = validate(&sandbox, &request);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let warning = answer.header("sandbox-warning");
    assert!(warning.contains("/nyttFelt") && warning.contains("/kravTilInnkreving/0/"), "{warning}");
}

#[test]
fn the_same_request_again_is_a_duplicate_of_its_case() {
    let sandbox = sandbox();
    let request = ready(&sandbox, &[]);
    let reference = submit(&sandbox, &request);
    let again = call(&sandbox, "POST", UTLEGG, &[], &request);
    assert_eq!((again.status, codes(&again)), (409, vec!["DUPLIKAT_INNSENDING".to_owned()]));
    assert!(again.header("sandbox-hint").contains(&reference), "{}", again.header("sandbox-hint"));
    let validated = validate(&sandbox, &request);
    assert_eq!((validated.status, codes(&validated)), (422, vec!["DUPLIKAT_INNSENDING".to_owned()]));
    let mut other = request;
    other["innsenderReferanse"] = json!("en annen");
    upload_all(&sandbox, UTLEGG, &[], &mut other);
    assert_ne!(submit(&sandbox, &other), reference);
}

#[test]
fn the_state_of_a_case_decides_whether_it_can_be_changed() {
    let sandbox = sandbox();
    let request = ready(&sandbox, &[]);
    let reference = submit(&sandbox, &request);
    let path = format!("{UTLEGG}/{reference}");
    let status = |document: Value| post(&sandbox, &format!("/sandbox/begjaeringer/{reference}/status"), &[], &document);
    for (document, rule) in [
        (json!({ "ubehandlede": 1 }), "UAVKLART_STATUS"),
        (json!({ "ubehandlede": 0, "status": "sakAvsluttet" }), "UGYLDIG_STATUS"),
    ] {
        assert_eq!(status(document).status, 200);
        let answer = call(&sandbox, "PUT", &path, &[], &request);
        assert_eq!((answer.status, codes(&answer)), (409, vec![rule.to_owned()]));
        let answer = call(&sandbox, "PUT", &format!("{UTLEGG}/valider/{reference}"), &[], &request);
        assert_eq!((answer.status, codes(&answer)), (422, vec![rule.to_owned()]));
    }
    assert_eq!(status(json!({ "status": "sakUnderBehandling" })).status, 200);
    assert_eq!(call(&sandbox, "PUT", &path, &[], &request).status, 200);
    let mut changed = request;
    changed["underskrift"] = json!("En annen");
    let answer = call(&sandbox, "PUT", &path, &[], &changed);
    assert_eq!((answer.status, codes(&answer)), (422, vec!["ULOVLIG_ENDRING_UNDERSKRIFT".to_owned()]));
    let misspelt = status(json!({ "status": "sakAvslutet" }));
    assert!(misspelt.status == 400 && misspelt.text().contains("did you mean sakAvsluttet?"), "{}", misspelt.text());
    let nowhere = call(&sandbox, "PUT", &format!("{UTLEGG}/finnes-ikke"), &[], &changed);
    assert_eq!((nowhere.status, nowhere.kode().as_str()), (404, "KB-009"));
}

#[test]
fn a_submitter_sees_its_own_cases_and_attachments_only() {
    let sandbox = sandbox();
    let mut request = example(7);
    let agency =
        request["innsender"]["innsender"]["virksomhet"]["identifikator"]["verdi"].as_str().expect("it").to_owned();
    let bearer = |organisation: &str, service: &str| {
        format!("Bearer {}", token(&["--service", service, "--party", organisation]))
    };
    let own = bearer(&agency, "utleggsbegjaering");
    let other = bearer("311851381", "utleggsbegjaering");
    let own = [("Authorization", own.as_str())];
    let other = [("Authorization", other.as_str())];
    upload_all(&sandbox, UTLEGG, &own, &mut request);
    let refused = call(&sandbox, "POST", UTLEGG, &other, &request);
    let told = codes(&refused);
    assert_eq!(refused.status, 422);
    for rule in ["INNSENDER_SAMSVARER_IKKE_MED_AUTENTISERING", "VEDLEGG_SKAL_VAERE_TILGJENGELIG"] {
        assert!(told.iter().any(|code| code == rule), "{told:?}");
    }
    let made = call(&sandbox, "POST", UTLEGG, &own, &request);
    assert_eq!((made.status, made.header("sandbox-warning")), (201, ""), "{}", made.text());
    let path = format!("{UTLEGG}/{}", made.json()["eksternSaksreferanse"].as_str().expect("it"));
    assert_eq!(call(&sandbox, "PUT", &path, &other, &request).status, 404);
    assert_eq!(call(&sandbox, "PUT", &path, &own, &request).status, 200);
    let scope = bearer(&agency, "trekkpaalegg");
    let refused = call(&sandbox, "PUT", &path, &[("Authorization", &scope)], &request);
    assert_eq!((refused.status, refused.kode().as_str()), (401, "KB-004"));
}

#[test]
fn any_rule_on_demand_by_every_carrier() {
    let sandbox = sandbox();
    let path = format!("{UTLEGG}/valider");
    let answer = call(&sandbox, "POST", &path, &[("Sandbox-Error", "SAKSOEKT_GAMMELT_REGELVERK")], &json!({}));
    assert_eq!((answer.status, codes(&answer)), (422, vec!["SAKSOEKT_GAMMELT_REGELVERK".to_owned()]));
    assert_eq!(answer.header("sandbox-cause"), "header");
    assert_eq!(newest(&sandbox)["code"], "SAKSOEKT_GAMMELT_REGELVERK");
    let two = "SAKS%C3%98KTES_UTENLANDS_ADRESSE_UGYLDIG+UGYLDIG_KID";
    let answer = call(&sandbox, "POST", &path, &[("Sandbox-Error", two)], &json!({}));
    assert_eq!(
        (answer.status, codes(&answer).join(" ")),
        (422, "SAKSØKTES_UTENLANDS_ADRESSE_UGYLDIG UGYLDIG_KID".into())
    );
    let by_url = format!("/~error=RELATERTE_KRAV_M%C3%85_FINNES{path}");
    assert_eq!(codes(&call(&sandbox, "POST", &by_url, &[], &json!({}))), ["RELATERTE_KRAV_MÅ_FINNES"]);
    let conflict = call(&sandbox, "POST", UTLEGG, &[("Sandbox-Error", "DUPLIKAT_INNSENDING")], &json!({}));
    assert_eq!((conflict.status, conflict.json()["feilkode"].as_str()), (409, Some("DUPLIKAT_INNSENDING")));
    let validated = call(&sandbox, "POST", &path, &[("Sandbox-Error", "DUPLIKAT_INNSENDING")], &json!({}));
    assert_eq!(validated.status, 422);
    for (code, status) in [("KB-001", 500), ("KB-006", 400), ("DAS-003", 500)] {
        let answer = call(&sandbox, "POST", &path, &[("Sandbox-Error", code)], &json!({}));
        assert_eq!(answer.status, status);
        assert!(answer.text().contains(code), "{}", answer.text());
    }
    let misspelt = call(&sandbox, "POST", &path, &[("Sandbox-Error", "UGYLDIG_KID+UGYLDIG_KONTONUMMER")], &json!({}));
    assert_eq!((misspelt.status, misspelt.json()["nearest"].as_str()), (400, Some("UGYLDIG_KONTONR")));
    let joined = call(&sandbox, "POST", &path, &[("Sandbox-Error", "KB-001+UGYLDIG_KID")], &json!({}));
    assert_eq!(joined.status, 400, "only rules can be joined");
    let elsewhere = get(&sandbox, "/api/trekkpaalegg/v1", &[("Sandbox-Error", "UGYLDIG_KID")]);
    assert!(
        elsewhere.status == 400 && elsewhere.text().contains("it belongs to utleggsbegjaering"),
        "{}",
        elsewhere.text()
    );
    let made = rule(
        &sandbox,
        &json!({
            "when": { "service": "utleggsbegjaering" }, "then": { "sequence": ["UGYLDIG_KID+UGYLDIG_RENTE", "ok"] },
        }),
    );
    assert!(made["id"].is_string());
    assert_eq!(codes(&call(&sandbox, "POST", &path, &[], &json!({}))), ["UGYLDIG_KID", "UGYLDIG_RENTE"]);
    assert_eq!(call(&sandbox, "POST", &path, &[], &json!({})).status, 400);
    let wrong = post(
        &sandbox,
        "/sandbox/rules",
        &[],
        &json!({
            "when": { "service": "utleggsbegjaering" }, "then": { "error": "UGYLDIG_KIDD" },
        }),
    );
    assert_eq!((wrong.status, wrong.json()["nearest"].as_str()), (400, Some("UGYLDIG_KID")));
    let flags = with_scenario(
        "part: \"311851381\"\nnavn: X\nfeil:\n  - { paa: utleggsbegjaering/valider, kode: UGYLDIG_KID+UGYLDIG_RENTE }\n",
    );
    let answer = call(&flags, "POST", &path, &[("Sandbox-Party", "311851381")], &json!({}));
    assert_eq!((answer.status, answer.header("sandbox-cause")), (422, "scenario"));
    assert_eq!(codes(&answer), ["UGYLDIG_KID", "UGYLDIG_RENTE"]);
}

/// Sends a request that meets a fault on the wire.
fn cut_off(sandbox: &Sandbox, fault: &str, request: &Value) -> String {
    let body = request.to_string();
    let headers = HEADERS.map(|(name, value)| format!("{name}: {value}\r\n")).concat();
    let head = format!(
        "POST {UTLEGG} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n{headers}Sandbox-Fault: {fault}\r\n\r\n",
        body.len()
    );
    raw(sandbox, format!("{head}{body}").as_bytes())
}

#[test]
fn a_client_that_was_cut_off_finds_out_whether_the_work_was_done() {
    let sandbox = sandbox();
    let request = ready(&sandbox, &[]);
    assert_eq!(cut_off(&sandbox, "reset", &request), "");
    assert_eq!(get(&sandbox, "/sandbox/begjaeringer", &[]).json()["count"], 0, "the fault came before the work");
    assert_eq!(cut_off(&sandbox, "reset-after", &request), "");
    let entry = newest(&sandbox);
    assert_eq!((entry["fault"].as_str(), entry.get("status")), (Some("reset-after"), None));
    let cases = get(&sandbox, "/sandbox/begjaeringer", &[]).json();
    assert_eq!(cases["count"], 1, "the fault came after the work");
    let again = call(&sandbox, "POST", UTLEGG, &[], &request);
    let reference = cases["begjaeringer"][0]["eksternSaksreferanse"].as_str().expect("a reference");
    assert_eq!(again.status, 409);
    assert!(again.header("sandbox-hint").contains(reference), "{}", again.header("sandbox-hint"));
    let demanded = ready(&sandbox, &[]);
    let error = [("Sandbox-Error", "KB-002")];
    assert_eq!(call(&sandbox, "POST", UTLEGG, &error, &demanded).status, 500);
    assert_eq!(get(&sandbox, "/sandbox/begjaeringer", &[]).json()["count"], 1, "an error on demand does no work");
}

#[test]
fn sessions_do_not_see_each_other() {
    let sandbox = sandbox();
    let request = ready(&sandbox, &[("Sandbox-Session", "a")]);
    let answer = call(&sandbox, "POST", UTLEGG, &[("Sandbox-Session", "b")], &request);
    assert!(answer.status == 422 && codes(&answer).contains(&"VEDLEGG_SKAL_VAERE_TILGJENGELIG".to_owned()));
    assert_eq!(call(&sandbox, "POST", UTLEGG, &[("Sandbox-Session", "a")], &request).status, 201);
    assert_eq!(get(&sandbox, "/sandbox/begjaeringer", &[("Sandbox-Session", "a")]).json()["count"], 1);
    assert_eq!(get(&sandbox, "/sandbox/begjaeringer", &[]).json()["count"], 0);
}

#[test]
fn submissions_at_the_same_time_make_one_case() {
    let sandbox = sandbox();
    let request = ready(&sandbox, &[]);
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..8).map(|_| scope.spawn(|| call(&sandbox, "POST", UTLEGG, &[], &request).status)).collect();
        threads.into_iter().map(|thread| thread.join().expect("an answer")).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| [201, 409].contains(status)), "{statuses:?}");
}

fn published(name: &str) -> Value {
    let path = format!("{}/testdata/published/begjaering-v0-{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(&path).expect(&path)).expect(&path)
}

#[test]
fn model_0_9_takes_the_two_published_examples() {
    let sandbox = sandbox();
    let base = "/api/utleggsbegjaering/v0";
    for name in ["enkel", "kompleks"] {
        let mut request = published(name);
        let early = call(&sandbox, "POST", &format!("{base}/valider"), &[], &request);
        assert_eq!((early.status, codes(&early)[0].as_str()), (422, "VEDLEGG_SKAL_VAERE_TILGJENGELIG"), "{name}");
        upload_all(&sandbox, base, &[], &mut request);
        let valid = call(&sandbox, "POST", &format!("{base}/valider"), &[], &request);
        assert_eq!((valid.status, valid.header("sandbox-hint")), (200, ""), "{name}: {}", valid.text());
        let made = call(&sandbox, "POST", base, &[], &request);
        assert_eq!(made.status, 201, "{name}: {}", made.text());
        let path = made.header("location").to_owned();
        assert!(path.starts_with(&format!("{base}/")), "{path}");
        assert_eq!(call(&sandbox, "PUT", &path, &[], &request).status, 200, "{name}");
        let newer = call(&sandbox, "POST", &format!("{UTLEGG}/valider"), &[], &request);
        assert_eq!(newer.status, 400, "{name}: 2.0 has other names");
    }
}

#[test]
fn a_scenario_describes_cases_and_the_register() {
    let mut request = example(7);
    let agency =
        request["innsender"]["innsender"]["virksomhet"]["identifikator"]["verdi"].as_str().expect("it").to_owned();
    let sandbox = with_scenario(&format!(
        "part: \"{agency}\"\nnavn: BYRÅET AS\nutleggssaker:\n\
         \x20 - {{ eksternSaksreferanse: SAK-A, tilstand: sakAvsluttet }}\n\
         \x20 - {{ eksternSaksreferanse: SAK-B, innsenderReferanse: kjent, ubehandlede: 1, krav: 3 }}\n"
    ));
    let party = [("Sandbox-Party", agency.as_str())];
    let all = get(&sandbox, "/sandbox/begjaeringer", &[]).json();
    assert_eq!((all["count"].as_u64(), all["begjaeringer"][1]["krav"].as_u64()), (Some(2), Some(3)));
    assert_eq!(all["begjaeringer"][0]["innsender"], agency);
    upload_all(&sandbox, UTLEGG, &party, &mut request);
    let broken = |case: &str| codes(&call(&sandbox, "PUT", &format!("{UTLEGG}/{case}"), &party, &request));
    assert!(broken("SAK-A").contains(&"UGYLDIG_STATUS".to_owned()));
    assert!(broken("SAK-B").contains(&"UAVKLART_STATUS".to_owned()));
    request["innsenderReferanse"] = json!("kjent");
    let duplicate = call(&sandbox, "POST", UTLEGG, &party, &request);
    assert!(codes(&duplicate).contains(&"DUPLIKAT_INNSENDING".to_owned()), "{}", duplicate.text());
    assert!(duplicate.header("sandbox-hint").contains("SAK-B"), "{}", duplicate.header("sandbox-hint"));
    let register = |status: &str, rule: &str| {
        let mut request = example(7);
        let claimant =
            request["saksoeker"][0]["saksoeker"]["virksomhet"]["identifikator"]["verdi"].as_str().expect("it");
        let sandbox = with_scenario(&format!("part: \"{claimant}\"\nnavn: X AS\nregisterstatus: {status}\n"));
        upload_all(&sandbox, UTLEGG, &[], &mut request);
        let answer = validate(&sandbox, &request);
        let told = if answer.status == 200 { Vec::new() } else { codes(&answer) };
        assert_eq!(told.iter().any(|code| code == rule), !rule.is_empty(), "{status}: {told:?}");
        assert!(!rule.is_empty() || told.is_empty(), "{status}: {told:?}");
    };
    register("hovedenhet", "");
    register("enk", "SAKSOKER_ER_ENK");
    register("underenhet", "ER_IKKE_HOVEDENHET");
}

#[test]
fn a_section_that_is_wrong_is_told_with_its_place() {
    let text = "part: \"311851381\"\nnavn: X\nregisterstatus: enkk\nvedleggstilstand: virsu\nutleggssaker:\n\
                \x20 - { eksternSaksreferanse: A, tilstand: sakForelakt, krav: 0 }\n  - { eksternSaksreferanse: A, begjaering: { saksoekt: 1 } }\n";
    let error = Sandbox::builder().scenario(text).start().expect_err("it does not start");
    let told = crate::common::explain(&error);
    for says in
        ["did you mean enk?", "did you mean virus?", "did you mean sakForelagt?", "1 to 1000 claims", "/saksoekt"]
    {
        assert!(told.contains(says), "{says}: {told}");
    }
}

#[test]
fn a_request_of_nearly_a_megabyte_is_read_and_checked() {
    let sandbox = sandbox();
    let mut request = ready(&sandbox, &[]);
    let claim = request["kravTilInnkreving"][0].clone();
    let claims = request["kravTilInnkreving"].as_array_mut().expect("a list");
    for number in 0..1_900 {
        let mut more = claim.clone();
        more["innsendersKravreferanse"] = json!(format!("MER-{number}"));
        claims.push(more);
    }
    let length = request.to_string().len();
    assert!((700_000..1024 * 1024).contains(&length), "{length}");
    let answer = validate(&sandbox, &request);
    let told = codes(&answer);
    assert_eq!(answer.status, 422);
    assert!(told.iter().all(|code| code == "KRAV_IKKE_BENYTTET"), "{:?}", told.first());
    assert_eq!(told.len(), 500, "a rule is told 500 times at most");
    let entry = newest(&sandbox);
    assert_eq!(entry["findings"].as_array().map(Vec::len), Some(200));
    assert!(entry["body"].as_str().expect("a body").len() < 17 * 1024, "the beginning of it");
    assert_eq!(validate(&sandbox, &ready(&sandbox, &[])).status, 200, "others go on");
}
