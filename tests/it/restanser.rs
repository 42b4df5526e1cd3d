//! Restanser v2: the published answers, the ledger's arrears by category, refusals by their natural causes.

use crate::common::{self, Answer, RESTANSER, get, sandbox, token, with_scenario};
use innkreving_sandbox::Sandbox;
use serde_json::{Value, json};

const CATEGORIES: [&str; 6] =
    ["restskatt", "forskuddstrekk", "merverdiavgift", "arbeidsgiveravgift", "gebyr", "forskuddsskatt"];

fn ask(sandbox: &Sandbox, path: &str, headers: &[(&str, &str)]) -> Answer {
    get(sandbox, &format!("{RESTANSER}/{path}"), headers)
}

#[test]
fn the_published_answer_to_the_letter() {
    let path = format!("{}/testdata/published/restanser-v2.json", env!("CARGO_MANIFEST_DIR"));
    let published: Value = serde_json::from_str(&std::fs::read_to_string(path).expect("a file")).expect("JSON");
    let sandbox = sandbox();
    for package in ["dibk", "ebevis"] {
        let mut answer = ask(&sandbox, &format!("{package}/310111643"), &[]).json();
        assert_eq!(answer["levert"], "2026-11-21T12:00:00", "the sandbox's own time");
        answer["levert"] = published["levert"].clone();
        assert_eq!(answer, published);
    }
}

#[test]
fn the_example_of_2020_has_nothing_but_sums() {
    let answer = ask(&sandbox(), "dibk/974761076", &[]).json();
    let expected = [
        ("arbeidsgiveravgift", 30_550),
        ("forskuddstrekk", 884_715),
        ("forskuddsskatt", 5_029_271),
        ("restskatt", 1_235),
        ("gebyr", 654_321),
        ("merverdiavgift", 0),
    ];
    for (category, sum) in expected {
        assert_eq!(answer["restanser"][category], json!({ "forfaltOgUbetalt": sum }), "{category}");
    }
}

#[test]
fn a_reader_who_takes_all_six_for_granted_never_fails() {
    let sandbox = sandbox();
    for party in common::parties() {
        for now in ["-400d", "-90d", "+0d", "+1d", "+200d"] {
            let answer = ask(&sandbox, &format!("dibk/{party}"), &[("Sandbox-Now", now)]);
            if answer.status != 200 {
                assert!(party.len() == 11 && answer.kode() == "RESTANSE-006", "{party}: {}", answer.text());
                continue;
            }
            for category in CATEGORIES {
                assert!(answer.json()["restanser"][category]["forfaltOgUbetalt"].is_u64(), "{party} {category}");
            }
        }
    }
}

const YAML: &str = r#"
part: "314300017"
navn: LITEN BLÅ TIGER
innehaver: "15917298877"
krav:
  - { kravidentifikator: KRAV-1, kravtype: Mva-melding, forfallsdato: i dag - 1d, opprinneligBeloep: 100.40 }
  - { kravidentifikator: KRAV-2, kravtype: Mva-melding, forfallsdato: i dag, opprinneligBeloep: 7000 }
  - { kravidentifikator: KRAV-3, kravtype: Forsinkelsesrente, hovedstolKravidentifikator: KRAV-1, forfallsdato: i dag - 1d, opprinneligBeloep: 20.50 }
  - { kravidentifikator: FORF-4, kravtype: Mva-melding, forfallsdato: i dag - 9d, opprinneligBeloep: -5000 }
  - { kravidentifikator: KRAV-5, kravtype: Tvangsmulkt MVA, forfallsdato: i dag - 1d, opprinneligBeloep: 30 }
  - { kravidentifikator: KRAV-7, kravtype: Forsinkelsesrente, hovedstolKravidentifikator: KRAV-5, forfallsdato: i dag - 1d, opprinneligBeloep: 77 }
  - { kravidentifikator: f, kravtype: FORSINKRENTE, hovedstolKravidentifikator: b, forfallsdato: i dag - 1d, opprinneligBeloep: 55 }
  - { kravidentifikator: g, kravtype: FORSINKRENTE, hovedstolKravidentifikator: d, forfallsdato: i dag - 1d, opprinneligBeloep: 3 }
  - { kravidentifikator: a, kravtype: RESTSKATT, forfallsdato: i dag - 1d, opprinneligBeloep: 40.50 }
  - { kravidentifikator: b, kravtype: UTSKR_FORSKSKATT, kravperiode: { aar: 2026 }, forfall: [ { forfallsdato: i dag - 1d, opprinneligBeloep: 50 }, { forfallsdato: i dag + 1d, opprinneligBeloep: 51 } ] }
  - { kravidentifikator: c, kravtype: FORSKTREKK, forfallsdato: i dag - 1d, opprinneligBeloep: 60 }
  - { kravidentifikator: d, kravtype: ARBGAVG, forfallsdato: i dag - 1d, opprinneligBeloep: 70 }
  - { kravidentifikator: e, kravtype: RESTSKATT, part: "15917298877", forfallsdato: i dag - 1d, opprinneligBeloep: 9999 }
  - { kravidentifikator: KRAV-6, kravtype: Sjokoladeavgift, forfallsdato: i dag - 1d, opprinneligBeloep: 8888 }
innbetalinger:
  - { innbetalingsidentifikator: p, innbetalingsdato: i dag - 1d, plassert: [ { krav: c, beloep: 15 } ] }
"#;

#[test]
fn what_is_overdue_and_unpaid_by_category() {
    let sandbox = with_scenario(YAML);
    let answer = ask(&sandbox, "dibk/314300017", &[]).json();
    let told = |category: &str| {
        let of = &answer["restanser"][category];
        assert_eq!(
            of["forfaltOgUbetalt"].as_i64(),
            Some(
                of["forfaltOgUbetaltKrav"].as_i64().expect("krav")
                    + of["forfaltOgUbetaltRenter"].as_i64().expect("renter")
            )
        );
        (of["forfaltOgUbetaltKrav"].as_i64().expect("krav"), of["forfaltOgUbetaltRenter"].as_i64().expect("renter"))
    };
    assert_eq!(
        told("merverdiavgift"),
        (100, 21),
        "half a krone is rounded up; a credit reduces nothing; a claim due today is not overdue"
    );
    assert_eq!(told("gebyr"), (30, 77), "interest is in the category of its claim");
    assert_eq!(
        told("restskatt"),
        (41, 0),
        "the firm's own claims, not the owner's; interest belongs to the group of its principal"
    );
    assert_eq!(told("forskuddsskatt"), (50, 55), "one instalment of two");
    assert_eq!(told("forskuddstrekk"), (45, 0), "less what was paid");
    assert_eq!(told("arbeidsgiveravgift"), (70, 3));
    let later = ask(&sandbox, "dibk/314300017", &[("Sandbox-Now", "+1d")]).json();
    assert_eq!(later["restanser"]["merverdiavgift"]["forfaltOgUbetaltKrav"], 7100);
    let in_a_year = ask(&sandbox, "dibk/314300017", &[("Sandbox-Now", "+1y")]).json();
    assert!(in_a_year["restanser"]["arbeidsgiveravgift"]["forfaltOgUbetaltRenter"].as_i64() > Some(5), "{in_a_year}");
    let kategorier: Vec<&String> = answer["restanser"].as_object().expect("an object").keys().collect();
    assert_eq!(kategorier, CATEGORIES);
    let fields: Vec<&String> = answer.as_object().expect("an object").keys().collect();
    assert_eq!(fields, ["restanser", "levert", "forespurteOrganisasjon"]);
}

#[test]
fn a_literal_answer_that_lacks_a_category_gets_it_from_the_ledger() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/contradicting");
    let source = innkreving_sandbox::scenario::sources::Source::Folder(folder);
    let sandbox = Sandbox::builder().now(common::TODAY).source(source).start().expect("it loads");
    let answer = ask(&sandbox, "dibk/314300017", &[]).json();
    for category in CATEGORIES {
        assert!(answer["restanser"][category]["forfaltOgUbetalt"].is_u64(), "{category} in {answer}");
    }
    assert_eq!(answer["restanser"]["restskatt"]["forfaltOgUbetalt"], 11, "a sum in a literal answer stays");
}

#[test]
fn nothing_owed_is_zeros_and_nobody_known_is_008() {
    let sandbox = sandbox();
    let answer = ask(&sandbox, "dibk/313100014", &[]);
    assert_eq!((answer.status, &answer.json()["restanser"]["gebyr"]["forfaltOgUbetalt"]), (200, &json!(0)));
    let unknown = ask(&sandbox, "dibk/313100022", &[]);
    assert_eq!((unknown.status, unknown.kode().as_str()), (404, "RESTANSE-008"));
    assert!(unknown.header("sandbox-hint").contains("313100022 is unknown"));
}

#[test]
fn a_static_answer_about_anyone_where_a_setting_asks_for_it() {
    let sandbox = Sandbox::builder().now(common::TODAY).setting("--restanser", "static").start().expect("it starts");
    let answer = ask(&sandbox, "dibk/313100022", &[]).json();
    assert_eq!(answer["forespurteOrganisasjon"], "313100022");
    assert_eq!(answer["restanser"]["forskuddstrekk"]["forfaltOgUbetalt"], 133_707);
    let real = ask(&sandbox, "dibk/974760673", &[]);
    assert_eq!(real.kode(), "RESTANSE-008", "only synthetic organisations");
    assert_eq!(ask(&sandbox, "dibk/313100014", &[]).json()["restanser"]["forskuddstrekk"]["forfaltOgUbetalt"], 0);
}

#[test]
fn natural_refusals() {
    type Case<'c> = (&'c str, Vec<(&'c str, &'c str)>, u16, &'c str);
    let sandbox = sandbox();
    let good = format!("Bearer {}", token(&["--service", "restanser", "--party", "310111643"]));
    let other = format!("Bearer {}", token(&["--service", "kravogbetalinger", "--party", "310111643"]));
    let auth = |token: &'static str| vec![("Authorization", token)];
    let cases: [Case<'_>; 12] = [
        ("dibk/310111643/mer", vec![], 404, "RESTANSE-003"),
        ("finans/310111643", vec![], 404, "RESTANSE-003"),
        ("dibk", vec![], 404, "RESTANSE-003"),
        ("dibk/310111643", auth("Bearer x"), 401, "RESTANSE-004"),
        ("dibk/310111643", vec![("Authorization", &other)], 403, "RESTANSE-005"),
        ("dibk/31011164", vec![], 400, "RESTANSE-006"),
        ("dibk/310111644", vec![], 400, "RESTANSE-006"),
        ("dibk/02827720073", vec![], 400, "RESTANSE-006"),
        ("ebevis/310111643", vec![("Authorization", &good)], 403, "RESTANSE-007"),
        ("dibk/313100022", vec![], 404, "RESTANSE-008"),
        ("dibk/310111643", vec![("Accept", "text/csv")], 406, "RESTANSE-009"),
        ("dibk/310111643", vec![("Authorization", &good)], 200, ""),
    ];
    for (path, headers, status, code) in cases {
        let answer = ask(&sandbox, path, &headers);
        assert_eq!((answer.status, answer.kode().as_str()), (status, code), "{path}: {}", answer.text());
        assert_eq!(answer.header("sandbox-cause"), "natural");
        assert_eq!(answer.status == 401, answer.headers.contains_key("www-authenticate"), "{path}");
    }
    let v1 = get(&sandbox, "/api/innkreving/restanser/v1/dibk/310111643", &[]);
    assert_eq!((v1.status, v1.kode().as_str()), (404, "RESTANSE-003"));
    let post = common::request(&sandbox, "POST", &format!("{RESTANSER}/dibk/310111643"), &[]);
    assert_eq!((post.kode().as_str(), post.header("allow")), ("RESTANSE-003", "GET, HEAD"));
}

#[test]
fn ebevis_needs_consent_old_or_new() {
    let sandbox = Sandbox::builder().now(common::TODAY).auth("signed").start().expect("it starts");
    let of_party = ["--service", "restanser", "--party", "310111643", "--caller", "314055403"];
    let make = |by: &str| token(&[&of_party[..], &["--by", by]].concat());
    let status = |token: &str, consent: Option<&str>| {
        let bearer = format!("Bearer {token}");
        let mut headers = vec![("Authorization", bearer.as_str())];
        headers.extend(consent.map(|consent| ("AltinnSamtykke", consent)));
        let answer = ask(&sandbox, "ebevis/310111643", &headers);
        (answer.status, answer.kode())
    };
    assert_eq!(status(&make("consent"), None), (200, String::new()), "digdir-restanser-skatteetaten");
    let own = token(&["--service", "restanser", "--party", "314055403"]);
    assert_eq!(status(&own, Some(&make("old-consent"))), (200, String::new()), "5616_5");
    assert_eq!(status(&own, None), (403, "RESTANSE-007".to_owned()));
    assert_eq!(
        status(&make("organisation"), None),
        (403, "RESTANSE-007".to_owned()),
        "own rights do not replace consent"
    );
    let of_kb = token(&["--party", "310111643", "--caller", "314055403", "--by", "old-consent"]);
    assert_eq!(status(&own, Some(&of_kb)).1, "RESTANSE-007", "consent to another service");
}

#[test]
fn by_host_name_and_in_xml() {
    let sandbox = sandbox();
    let host = [("Host", "restanser.localhost"), ("Accept", "application/xml")];
    let answer = get(&sandbox, "/v2/dibk/310111643", &host);
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/xml"));
    let text = answer.text();
    for piece in [
        r#"<restanserRespons xmlns="urn:no:skatteetaten:innkreving:restanser:v2"><restanser><restskatt>"#,
        "<merverdiavgift><forfaltOgUbetaltKrav>1000</forfaltOgUbetaltKrav><forfaltOgUbetalt>1000</forfaltOgUbetalt></merverdiavgift>",
        "<levert>2026-11-21T12:00:00</levert><forespurteOrganisasjon>310111643</forespurteOrganisasjon></restanserRespons>",
    ] {
        assert!(text.contains(piece), "{text}");
    }
    let refused = get(&sandbox, "/v2/dibk/31011164", &host);
    assert!(refused.text().contains("<kode>RESTANSE-006</kode>"), "{}", refused.text());
}

#[test]
fn edition_has_no_effect_and_says_so() {
    let answer = ask(&sandbox(), "dibk/310111643", &[("Sandbox-Edition", "2023")]);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("sandbox-effects"), "edition=2023 (header; restanser has no editions)");
}

#[test]
fn drift_and_a_running_clock() {
    let sandbox = Sandbox::builder().start().expect("it starts");
    let answer = ask(&sandbox, "dibk/311851381", &[("Sandbox-Drift", "fields+order"), ("Sandbox-Seed", "7")]).json();
    assert!(answer["restanser"].as_object().expect("an object").len() > 6);
    let first = ask(&sandbox, "dibk/311851381", &[]).json()["levert"].clone();
    let second = ask(&sandbox, "dibk/311851381", &[]).json()["levert"].clone();
    assert!(first.as_str() < second.as_str(), "{first} {second}: the time of the answer is never remembered");
}

#[test]
fn a_literal_answer_says_so() {
    let sandbox = sandbox();
    for (party, file) in [("310111643", "svar/restanser.json"), ("974761076", "svar/restanser-2020.json")] {
        assert_eq!(ask(&sandbox, &format!("dibk/{party}"), &[]).header("Sandbox-Literal"), file);
    }
    assert_eq!(ask(&sandbox, "dibk/311851381", &[]).header("Sandbox-Literal"), "");
}
