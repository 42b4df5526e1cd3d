//! Bad requests for enforcement over HTTP: a clear refusal each, at every call that takes a body.

use serde_json::{Value, json};

use crate::common::begjaering::{UTLEGG, call, codes, ready, send_bytes, upload};
use crate::common::sandbox;

const JSON: [(&str, &str); 1] = [("Content-Type", "application/json")];

#[test]
fn bodies_that_cannot_be_read_are_refused_at_every_call() {
    let sandbox = sandbox();
    let request = ready(&sandbox, &[]);
    let submitted = call(&sandbox, "POST", UTLEGG, &[], &request);
    let case = submitted.json()["eksternSaksreferanse"].as_str().expect("a reference").to_owned();
    let calls = [
        ("POST", "/valider".to_owned()),
        ("POST", String::new()),
        ("PUT", format!("/valider/{case}")),
        ("PUT", format!("/{case}")),
        ("POST", "/betjeningskartet".to_owned()),
    ];
    let twice =
        request.to_string().replacen('{', "{\"underskrift\": \"A\", \"identifikator\": [], \"identifikator\": [], ", 1);
    let bodies: [(&str, Vec<u8>); 12] = [
        ("nothing", Vec::new()),
        ("brackets", "[".repeat(50_000).into_bytes()),
        ("objects", "{\"a\":".repeat(50_000).into_bytes()),
        ("half a surrogate pair", br#"{"underskrift": "\ud800", "identifikator": ["\udfff"]}"#.to_vec()),
        ("a repeated key", twice.into_bytes()),
        ("no UTF-8", b"{\"underskrift\": \"\xe6\xff\"}".to_vec()),
        ("a mark of byte order", "\u{feff}{}".into()),
        ("a number", b"1e400".to_vec()),
        ("30 decimals", b"0.123456789012345678901234567890".to_vec()),
        ("a list", b"[]".to_vec()),
        ("null", b"null".to_vec()),
        ("two values", b"{} {}".to_vec()),
    ];
    for (method, path) in &calls {
        for (name, body) in &bodies {
            let answer = send_bytes(&sandbox, method, &format!("{UTLEGG}{path}"), &JSON, body.clone());
            assert_eq!(answer.status, 400, "{method} {path}, {name}: {}", answer.text());
            assert!(!codes(&answer).is_empty(), "{method} {path}, {name}: {}", answer.text());
            assert!(answer.text().len() < 200_000, "{method} {path}, {name}");
        }
        let large = vec![b' '; 1024 * 1024 + 1];
        let answer = send_bytes(&sandbox, method, &format!("{UTLEGG}{path}"), &JSON, large);
        assert_eq!(answer.status, 413, "{method} {path}");
        let form =
            send_bytes(&sandbox, method, &format!("{UTLEGG}{path}"), &[("Content-Type", "text/xml")], b"<a/>".to_vec());
        assert!((400..500).contains(&form.status), "{method} {path}: {}", form.status);
    }
    assert_eq!(call(&sandbox, "POST", &format!("{UTLEGG}/valider"), &[], &ready(&sandbox, &[])).status, 200);
}

#[test]
fn many_attachments_with_one_uuid_are_looked_up_once_and_told_once() {
    let sandbox = sandbox();
    let mut request = ready(&sandbox, &[]);
    let reference = request["innsenderReferanse"].as_str().expect("a reference").to_owned();
    let own = upload(&sandbox, UTLEGG, &[], "annet", &reference, b"%PDF-1.7 x").json()["uuid"].clone();
    let with = |request: &mut Value, uuid: &Value| {
        let one = json!({ "uuid": uuid, "type": "annet", "filnavn": "x.pdf" });
        request["vedlegg"] = vec![one; 10_000].into();
        assert!(request.to_string().len() < 1024 * 1024);
        call(&sandbox, "POST", &format!("{UTLEGG}/valider"), &[], request)
    };
    let taken = with(&mut request, &own);
    assert_eq!(taken.status, 200, "{}", taken.text());
    let unknown = with(&mut request, &json!("5f8a1c1e-0d4e-4c6f-9d57-3f6c2a9b7e10"));
    assert_eq!((unknown.status, codes(&unknown)), (422, vec!["VEDLEGG_SKAL_VAERE_TILGJENGELIG".to_owned()]));
}

/// The contract that clients are generated from demands the same fields as the JSON Schema that is printed.
#[test]
fn the_contract_and_the_schema_demand_the_same_fields() {
    let printed =
        std::process::Command::new(env!("CARGO_BIN_EXE_innkreving-sandbox")).args(["schema", "begjaering"]).output();
    let schema: Value = serde_json::from_slice(&printed.expect("it runs").stdout).expect("JSON");
    let contract = crate::common::get(&sandbox(), "/openapi/utleggsbegjaering.json", &[]).json();
    let classes = &contract["components"]["schemas"];
    assert_eq!(classes["Begjaering"]["required"], schema["required"]);
    let defs = schema["$defs"].as_object().expect("classes");
    let demanding = defs.iter().filter(|(_, class)| class.get("required").is_some());
    let checked = demanding.inspect(|(name, class)| assert_eq!(classes[name]["required"], class["required"], "{name}"));
    assert!(checked.count() > 20);
}
