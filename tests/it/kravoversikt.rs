//! The draft of 2022: its names and forms, its errors, and its URLs.

use crate::common::{self, BASE, KRAVOVERSIKT, get, sandbox};
use serde_json::{Value, json};

const YEAR: &str = "?fraOgMed=2026-01-01&tilOgMed=2026-12-31";

fn published_shapes() -> Value {
    let path = format!("{}/testdata/published/2022-shapes.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).expect("a file")).expect("JSON")
}

/// The fields that an answer may leave out: the published form does not require them, and a payer's account is not
/// always known.
const MAY_BE_ABSENT: [&str; 12] = [
    "motkravForfallsdato",
    "kidnummer",
    "konto",
    "bankinformasjon",
    "kontoeiersNavn",
    "kontonummer",
    "iban",
    "swiftBIC",
    "stipulerteRenter",
    "kravperiode",
    "forfallsdato",
    "utbetalingsbeskrivelse",
];

/// Every field of an answer has its place and type from the published form, and no field is missing.
fn assert_shape(value: &Value, shape: &Value, at: &str) -> usize {
    match (value, shape) {
        (Value::Object(fields), Value::Object(known)) => {
            for name in known.keys().filter(|name| !fields.contains_key(*name)) {
                assert!(MAY_BE_ABSENT.contains(&name.as_str()), "{at} lacks {name}");
            }
            fields
                .iter()
                .map(|(name, field)| {
                    let shape = known.get(name).unwrap_or_else(|| panic!("{at}.{name} is not in the draft"));
                    assert_shape(field, shape, &format!("{at}.{name}"))
                })
                .sum()
        }
        (Value::Array(items), Value::Array(known)) => items.iter().map(|item| assert_shape(item, &known[0], at)).sum(),
        (Value::String(text), Value::String(kind)) if kind == "date-time" => {
            assert!(text.ends_with("T00:00:00.000Z") && text.len() == 24, "{at}: {text}");
            1
        }
        (Value::String(_), Value::String(kind)) => {
            assert_eq!(kind, "string", "{at}");
            1
        }
        (Value::Number(_), Value::String(kind)) => {
            assert_eq!(kind, "number", "{at}");
            1
        }
        (Value::Bool(_), Value::String(kind)) => {
            assert_eq!(kind, "boolean", "{at}");
            1
        }
        _ => panic!("{at}: {value} is not like {shape}"),
    }
}

#[test]
fn the_published_form() {
    let (sandbox, shapes) = (sandbox(), published_shapes());
    let mut leaves = 0;
    for party in ["311851381", "313367002", "314961900", "315300010"] {
        for endpoint in ["oversikt", "krav", "innbetalinger", "utbetalinger"] {
            let answer = get(&sandbox, &format!("{KRAVOVERSIKT}/finans/{party}/{endpoint}{YEAR}"), &[]);
            if answer.status == 200 {
                leaves += assert_shape(&answer.json(), &shapes[endpoint], endpoint);
            } else {
                assert_eq!(answer.kode(), "KB-007", "{party} {endpoint}");
            }
        }
    }
    assert!(leaves > 1000, "{leaves}");
}

#[test]
fn under_its_name_of_late_2022_and_by_host() {
    let sandbox = sandbox();
    let draft = get(&sandbox, &format!("{KRAVOVERSIKT}/finans/311851381/oversikt"), &[]).json();
    assert!(draft["forespurtPart"] == "311851381" && draft["totalOversikt"]["forfalteKrav"].is_number());
    for (path, host) in [
        (format!("{BASE}/finans/311851381/oversikt"), "localhost"),
        ("/v1/finans/311851381/oversikt".to_owned(), "kravogbetalinger.localhost"),
        ("/v1/finans/311851381/oversikt".to_owned(), "kravoversikt.localhost"),
    ] {
        assert_eq!(get(&sandbox, &path, &[("Host", host)]).json(), draft, "{path} {host}");
    }
    let by_base_url = get(&sandbox, &format!("/~error=KB-002{BASE}/finans/311851381/oversikt"), &[]);
    assert_eq!((by_base_url.status, by_base_url.header("sandbox-cause")), (500, "base-url"));
    let unknown = get(&sandbox, &format!("{BASE}/finans/313100022/oversikt"), &[]);
    assert_eq!(unknown.kode(), "KB-009");
    let invalid = get(&sandbox, &format!("{BASE}/privat/311851381/oversikt"), &[]);
    assert_eq!(invalid.kode(), "KB-003");
}

#[test]
fn the_errors_of_krav_og_betalinger() {
    let sandbox = sandbox();
    let kode = |path: &str, headers: &[(&str, &str)]| {
        let answer = get(&sandbox, &format!("{KRAVOVERSIKT}/{path}"), headers);
        assert_eq!(answer.header("sandbox-cause"), "natural", "{path}");
        answer.kode()
    };
    assert_eq!(kode("finans/311851381/aapnekrav", &[]), "KB-003", "the draft's name is oversikt");
    assert_eq!(kode("finans/311851381/oversikt", &[("Authorization", "Bearer x")]), "KB-004");
    assert_eq!(kode("finans/311851380/oversikt", &[]), "KB-006");
    assert_eq!(kode("finans/311851381/krav", &[]), "KB-006");
    assert_eq!(kode("finans/311851381/krav?fraOgMed=2001-01-01", &[]), "KB-007");
    assert_eq!(kode("finans/311851381/oversikt", &[("Accept", "text/csv")]), "KB-008");
    assert_eq!(kode("finans/313100022/oversikt", &[]), "KB-009");
}

#[test]
fn a_person_shielded_in_part_in_the_drafts_names() {
    let yaml = "part: \"314300017\"\nnavn: X\nskjermet: delvis\nkrav: [{ kravidentifikator: HEMMELIG, \
                kravtype: RESTSKATT, forfallsdato: 2026-11-10, opprinneligBeloep: 4711 }]\n";
    let sandbox = common::with_scenario(yaml);
    let contracts = common::contracts::services();
    let contract = contracts.iter().find(|it| it.name == "kravoversikt").expect("its contract");
    for operation in contract.operations() {
        for call in operation.calls(&sandbox, "314300017") {
            let answer = call.send(&sandbox, "GET", &[]).json();
            assert!(operation.validator(200).is_valid(&answer), "{call:?}: {answer}");
            assert_eq!(
                (&answer["forespurtPart"], &answer["skjermet"]),
                (&json!("314300017"), &json!(true)),
                "{call:?}"
            );
            assert!(!answer.to_string().contains("HEMMELIG"), "{call:?}: {answer}");
            match operation.path.rsplit('/').next() {
                Some("oversikt") => {
                    assert_eq!(answer["totalOversikt"]["forfalteKrav"], 4711);
                    assert_eq!(answer["oversiktPerKravgruppe"][0]["forfalteKrav"], 4711);
                    assert_eq!(answer["aapentKravMedGjenstaaendeBeloep"], json!([]));
                }
                _ => assert_eq!(answer.as_object().map(serde_json::Map::len), Some(4), "{answer}"),
            }
        }
    }
}

#[test]
fn a_shielded_person_in_the_drafts_names() {
    let answer = get(&sandbox(), &format!("{KRAVOVERSIKT}/finans/02827720073/krav?fraOgMed=2026-01-01"), &[]).json();
    let periode = json!({ "start": "2026-01-01T00:00:00.000Z", "slutt": "2026-11-21T00:00:00.000Z" });
    assert_eq!(answer, json!({ "forespurtPart": "02827720073", "periode": periode, "skjermet": true }));
}
