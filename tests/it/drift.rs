//! Drift: new fields, another order, optional fields absent; the meaning stays, in JSON and in XML.

use crate::common::{self, BASE, get, parties, post, sandbox};
use proptest::prelude::*;
use serde_json::{Value, json};

const FORMS: [&str; 4] =
    ["aapnekrav", "krav?fraOgMed=2025-12-01", "innbetalinger?fraOgMed=2025-12-01", "utbetalinger?fraOgMed=2025-12-01"];
const WORDS: [&str; 6] = ["nyttFelt", "tilleggsopplysning", "merknadForsoek", "ekstra", "utvidelse", "internReferanse"];

/// The answer without the fields that drift adds, its fields sorted by name.
fn settled(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut known: Vec<_> = fields.iter().filter(|(name, _)| !is_new(name)).collect();
            known.sort_by_key(|(name, _)| (*name).clone());
            known.into_iter().map(|(name, value)| (name.clone(), settled(value))).collect()
        }
        Value::Array(items) => items.iter().map(settled).collect(),
        other => other.clone(),
    }
}

fn is_new(name: &str) -> bool {
    WORDS.iter().any(|word| name.starts_with(word))
}

/// Whether every field of `less` is in `more` with the same value, and lists have the same length.
fn is_part_of(less: &Value, more: &Value) -> bool {
    match (less, more) {
        (Value::Object(less), Value::Object(more)) => {
            less.iter().all(|(name, value)| more.get(name).is_some_and(|of_more| is_part_of(value, of_more)))
        }
        (Value::Array(less), Value::Array(more)) => {
            less.len() == more.len() && less.iter().zip(more).all(|(less, more)| is_part_of(less, more))
        }
        _ => less == more,
    }
}

fn has_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Object(fields) => fields.values().any(has_null),
        Value::Array(items) => items.iter().any(has_null),
        _ => false,
    }
}

/// The schema of the 200 answer of an endpoint, ready to validate.
fn validator(contract: &Value, endpoint: &str) -> jsonschema::Validator {
    let path = format!("{BASE}/{{rettighetspakke}}/{{identifikator}}/{endpoint}");
    let schema = &contract["paths"][&path]["get"]["responses"]["200"]["content"]["application/json"]["schema"];
    let mut document = schema.clone();
    document["components"] = contract["components"].clone();
    jsonschema::validator_for(&document).expect("a schema")
}

#[test]
fn every_answer_keeps_its_meaning_and_its_contract() {
    let sandbox = sandbox();
    let validators = ["2024", "2023"].map(|edition| {
        let contract = get(&sandbox, &format!("/openapi/kravogbetalinger-{edition}.json"), &[]).json();
        ["aapnekrav", "krav", "innbetalinger", "utbetalinger"].map(|name| validator(&contract, name))
    });
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig { cases: 120, ..ProptestConfig::default() });
    let drifts = ["fields", "order", "optional", "fields+order+optional"];
    let parties = parties();
    let case = (0..parties.len(), 0..FORMS.len(), 0..drifts.len(), any::<bool>(), 0..1000_u64);
    runner
        .run(&case, |(party, form, drift, old, seed)| {
            let path = format!("{BASE}/finans/{}/{}", parties[party], FORMS[form]);
            let edition = ("Sandbox-Edition", if old { "2023" } else { "2024" });
            let plain = get(&sandbox, &path, &[edition]);
            let seed = seed.to_string();
            let headers = [edition, ("Sandbox-Drift", drifts[drift]), ("Sandbox-Seed", seed.as_str())];
            let answer = get(&sandbox, &path, &headers);
            prop_assert_eq!(answer.status, plain.status);
            prop_assert_eq!(answer.header("sandbox-cause"), "header");
            let again = get(&sandbox, &path, &headers);
            if plain.status != 200 {
                let kode = |answer: &common::Answer| answer.kode();
                prop_assert_eq!(kode(&answer), kode(&plain));
                return Ok(());
            }
            prop_assert_eq!(&again.body, &answer.body, "the same seed");
            let (plain, drifted) = (plain.json(), answer.json());
            prop_assert!(!has_null(&drifted));
            let settled_drift = settled(&drifted);
            if drifts[drift].contains("optional") {
                prop_assert!(is_part_of(&settled_drift, &plain), "{}", settled_drift);
            } else {
                prop_assert_eq!(&settled_drift, &settled(&plain));
            }
            // What is printed without a field has none after drift, either.
            let errors = |answer: &Value| -> Vec<String> {
                validators[usize::from(old)][form].iter_errors(answer).map(|error| error.to_string()).collect()
            };
            let is_abridged = parties[party] == "212201782" && form == 0 && !old;
            prop_assert_eq!(errors(&plain).is_empty(), !is_abridged);
            prop_assert!(is_abridged || errors(&settled_drift).is_empty(), "{:?}", errors(&settled_drift));
            Ok(())
        })
        .expect("drift keeps the meaning and the contract");
}

#[test]
fn sums_and_marks_stay() {
    let sandbox = sandbox();
    for edition in ["2024", "2023"] {
        for seed in 0..30 {
            let seed = seed.to_string();
            let headers = [
                ("Sandbox-Edition", edition),
                ("Sandbox-Drift", "fields+order+optional"),
                ("Sandbox-Seed", seed.as_str()),
            ];
            let about = |party: &str| get(&sandbox, &format!("{BASE}/finans/{party}/aapnekrav"), &headers).json();
            let answer = about("311851381");
            assert!(
                answer["totalOversikt"]["saldo"].is_number() && answer["oversiktPerKravgruppe"].is_array(),
                "{answer}"
            );
            assert_eq!(about("02827720073")["skjermet"], true, "of a shielded party");
        }
    }
}

#[test]
fn each_kind_does_something() {
    let sandbox = sandbox();
    let path = format!("{BASE}/finans/311851381/aapnekrav");
    let plain = get(&sandbox, &path, &[]).json();
    let drifted = |drift: &str| get(&sandbox, &path, &[("Sandbox-Drift", drift)]).json();
    let keys = |value: &Value| value.as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
    let fields = drifted("fields");
    assert_eq!(keys(&fields).iter().filter(|name| is_new(name)).count(), 5);
    assert!(keys(&fields["aapentKravMedGjenstaaendeBeloep"][3]).iter().any(|name| is_new(name)), "at every level");
    assert_ne!(keys(&drifted("order")), keys(&plain));
    let fewer = drifted("optional").to_string().len();
    assert!(fewer < plain.to_string().len() * 9 / 10, "{fewer}");
}

#[test]
fn amounts_keep_every_digit() {
    let sandbox = sandbox();
    let text = get(&sandbox, &format!("{BASE}/finans/315300010/aapnekrav"), &[("Sandbox-Drift", "order")]).text();
    let plain = get(&sandbox, &format!("{BASE}/finans/315300010/aapnekrav"), &[]).text();
    let numbers = |text: &str| {
        let mut all: Vec<String> = text
            .split(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-'))
            .filter(|part| part.contains('.'))
            .map(str::to_owned)
            .collect();
        all.sort();
        all
    };
    assert_eq!(numbers(&text), numbers(&plain));
}

#[test]
fn xml_drifts_as_json_does() {
    let sandbox = sandbox();
    let path = format!("{BASE}/finans/311851381/aapnekrav");
    let xml = ("Accept", "application/xml");
    let drifted = get(&sandbox, &path, &[xml, ("Sandbox-Drift", "fields+order"), ("Sandbox-Seed", "9")]);
    assert_eq!(drifted.header("content-type"), "application/xml");
    let (text, plain) = (drifted.text(), get(&sandbox, &path, &[xml]).text());
    assert!(text.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?><aapnekravRespons xmlns="), "{}", &text[..120]);
    // The same elements in the order that JSON has with this seed.
    let json = get(&sandbox, &path, &[("Sandbox-Drift", "fields+order"), ("Sandbox-Seed", "9")]).json();
    let mut reader = quick_xml::Reader::from_str(&text);
    let (mut depth, mut names) = (0, Vec::<String>::new());
    loop {
        match reader.read_event().expect("well formed") {
            quick_xml::events::Event::Start(start) => {
                let name = String::from_utf8_lossy(start.name().as_ref()).into_owned();
                if depth == 1 && names.last() != Some(&name) {
                    names.push(name);
                }
                depth += 1;
            }
            quick_xml::events::Event::End(_) => depth -= 1,
            quick_xml::events::Event::Eof => break,
            _ => {}
        }
    }
    let keys: Vec<String> = json.as_object().expect("an object").keys().cloned().collect();
    assert_eq!(names, keys);
    assert!(names.iter().any(|name| is_new(name)) && !plain.contains("nyttFelt"));
    let error = get(&sandbox, &format!("{BASE}/finans/313100022/krav"), &[xml, ("Sandbox-Drift", "fields")]).text();
    assert!(error.contains("<kode>KB-006</kode>") && WORDS.iter().any(|word| error.contains(word)), "{error}");
}

#[test]
fn a_drifted_answer_is_never_cached_and_a_rule_can_ask_for_it() {
    let sandbox = sandbox();
    let path = format!("{BASE}/finans/310478717/aapnekrav");
    let plain = get(&sandbox, &path, &[]).body;
    let rule = json!({ "then": { "drift": "order" }, "times": 1, "seed": 5 });
    assert_eq!(post(&sandbox, "/sandbox/rules", &[], &rule).status, 201);
    let drifted = get(&sandbox, &path, &[]);
    assert_eq!(drifted.header("sandbox-effects"), "drift=order (rule), seed=5, rules=r1");
    assert_ne!(drifted.body, plain);
    assert_eq!(get(&sandbox, &path, &[]).body, plain);
}
