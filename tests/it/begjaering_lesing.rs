//! How a request for enforcement is read: everything that is missing or wrong is told, and nothing takes long.

use std::fmt::Write as _;
use std::fs;

use innkreving_sandbox::domain::begjaering::{Eksempeltype, Eksempelvalg, Lesefeil, Modell, eksempel, les};
use serde_json::{Value, json};

fn request(krav: usize) -> Value {
    let dato = "2026-03-02".parse().expect("a day");
    let valg = Eksempelvalg { krav, type_: Eksempeltype::SkriftligMeddelelse, rente: false, seed: 5, dato };
    serde_json::to_value(eksempel(&valg)).expect("JSON")
}

fn faults(body: &str, modell: Modell) -> Vec<Lesefeil> {
    les(body.as_bytes(), modell).err().unwrap_or_default()
}

fn pointers(body: &Value) -> Vec<String> {
    faults(&body.to_string(), Modell::V2).into_iter().map(|fault| fault.peker).collect()
}

/// The one fault of a body.
fn fault(body: &str) -> Lesefeil {
    let mut all = faults(body, Modell::V2);
    assert_eq!(all.len(), 1, "{all:#?}");
    all.remove(0)
}

#[test]
fn every_missing_or_wrong_field_is_told_at_once() {
    let mut body = request(3);
    let root = body.as_object_mut().expect("an object");
    root.remove("underskrift");
    root.insert("begjaeringsdato".to_owned(), json!("2026-02-30"));
    root.insert("saksoekt".to_owned(), json!([]));
    root.insert("spesiellUtleggsgjenstand".to_owned(), json!("bil"));
    let krav = &mut body["kravTilInnkreving"];
    krav[0]["opprinneligBeloep"] = json!({ "beloep": "100", "valuta": "NOK" });
    krav[0]["prioritetISak"] = json!(100);
    krav[1]["kravdetaljer"] = json!("rentekrav");
    krav[2].as_object_mut().expect("an object").remove("gjenstaaendeBeloep");
    let saerlig = &mut body["begjaeringensTvangsgrunnlag"][0]["saerligTvangsgrunnlag"];
    saerlig["gjeldsbrev"] = json!({ "skyldnererklaering": 1 });
    let mut told = pointers(&body);
    told.sort();
    let mut expected = vec![
        "/underskrift",
        "/begjaeringsdato",
        "/saksoekt",
        "/spesiellUtleggsgjenstand",
        "/kravTilInnkreving/0/opprinneligBeloep/beloep",
        "/kravTilInnkreving/0/prioritetISak",
        "/kravTilInnkreving/1/kravdetaljer",
        "/kravTilInnkreving/2/gjenstaaendeBeloep",
        "/begjaeringensTvangsgrunnlag/0/saerligTvangsgrunnlag",
        "/begjaeringensTvangsgrunnlag/0/saerligTvangsgrunnlag/gjeldsbrev/skyldnererklaering",
        "/begjaeringensTvangsgrunnlag/0/saerligTvangsgrunnlag/gjeldsbrev/inndrivelsesklausul",
    ];
    expected.sort_unstable();
    assert_eq!(told, expected);
}

#[test]
fn each_field_of_the_schema_that_is_required_is_told_when_it_is_missing() {
    /// Removes one field, reads, and puts it back, for all fields of a value.
    fn walk(body: &mut Value, pointer: &str, class: &Value, defs: &Value, checked: &mut usize) {
        let class = match class["$ref"].as_str() {
            Some(reference) => &defs[reference.rsplit('/').next().expect("a name")],
            None => class,
        };
        let here = body.pointer(pointer).expect("it is there").clone();
        if let (Some(fields), Some(properties)) = (here.as_object(), class["properties"].as_object()) {
            let required: Vec<&str> =
                class["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            for name in required {
                let object = body.pointer_mut(pointer).and_then(Value::as_object_mut).expect("an object");
                let taken = object.remove(name).expect("the example has it");
                assert_eq!(pointers(body), [format!("{pointer}/{name}")]);
                let object = body.pointer_mut(pointer).and_then(Value::as_object_mut).expect("an object");
                object.insert(name.to_owned(), taken);
                *checked += 1;
            }
            for name in fields.keys() {
                let property = &properties[name];
                // An optional class is one of two choices, the other is null.
                let property = property["anyOf"].get(0).unwrap_or(property);
                walk(body, &format!("{pointer}/{name}"), property, defs, checked);
            }
        } else if let Some(values) = here.as_array() {
            for place in 0..values.len() {
                walk(body, &format!("{pointer}/{place}"), &class["items"], defs, checked);
            }
        }
    }
    let schema = innkreving_sandbox::domain::begjaering::json_schema();
    let (mut body, mut checked) = (request(3), 0);
    assert_eq!(pointers(&body), Vec::<String>::new());
    walk(&mut body, "", &schema, &schema["$defs"], &mut checked);
    assert!(checked > 80, "{checked}");
}

#[test]
fn the_schema_takes_what_is_read_and_refuses_what_is_not() {
    let schema = innkreving_sandbox::domain::begjaering::json_schema();
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    for krav in [1, 2, 3, 7] {
        let errors: Vec<String> = validator.iter_errors(&request(krav)).map(|error| error.to_string()).collect();
        assert_eq!(errors, Vec::<String>::new());
    }
    let changes: [fn(&mut Value); 5] = [
        |body| body["saksoeker"] = json!([]),
        |body| body["tvangsfullbyrdelsestype"] = json!("utleggg"),
        |body| body["saksoekt"][0]["saksoekt"]["sammenslutning"] = json!({ "navn": "NEPE" }),
        |body| body["begjaeringensTvangsgrunnlag"][0]["varsel"][0]["type"] = json!("inkassovarsel"),
        |body| body["kravTilInnkreving"][0]["prioritetISak"] = json!(0),
    ];
    for (number, change) in changes.iter().enumerate() {
        let mut body = request(1);
        change(&mut body);
        assert!(!validator.is_valid(&body), "change {number}");
        assert_eq!(pointers(&body).len(), 1, "change {number}");
    }
}

#[test]
fn hints_name_the_nearest_code_the_model_that_has_it_and_the_field_that_was_meant() {
    let hint = |change: fn(&mut Value)| {
        let mut body = request(1);
        change(&mut body);
        fault(&body.to_string()).hint.expect("a hint")
    };
    assert!(hint(|body| body["tvangsfullbyrdelsestype"] = json!("utleg")).starts_with("did you mean utlegg?"));
    let dropped = hint(|body| body["begjaeringensTvangsgrunnlag"][0]["varsel"][0]["type"] = json!("inkassovarsel"));
    assert!(dropped.starts_with("model 0.9 has this code, 2.0 does not"), "{dropped}");
    let renamed = |old: &str, new: &str, body: &mut Value| {
        let object = body.as_object_mut().expect("an object");
        let value = object.remove(old).expect("it is there");
        object.insert(new.to_owned(), value);
    };
    let mut body = request(1);
    renamed("underskrift", "underskrft", &mut body);
    renamed("innsendersKravreferanse", "kravreferanse", &mut body["kravTilInnkreving"][0]);
    let told = faults(&body.to_string(), Modell::V2);
    let hints: Vec<&str> = told.iter().filter_map(|fault| fault.hint.as_deref()).collect();
    assert_eq!(
        hints,
        ["the body has kravreferanse, which is its name in model 0.9", "the body has underskrft: is it misspelt?"]
    );
}

#[test]
fn unknown_fields_are_told_and_not_refused() {
    let mut body = request(1);
    body["nytt~felt/her"] = json!({ "a": [1] });
    body["saksoeker"][0]["saksoekerReferanse"] = json!("x");
    let read = les(body.to_string().as_bytes(), Modell::V2).expect("it can be read");
    assert_eq!(read.ukjente, ["/nytt~0felt~1her", "/saksoeker/0/saksoekerReferanse"]);
    // 0.9 knows the second field.
    body["kravTilInnkreving"][0]["kravreferanse"] = body["kravTilInnkreving"][0]["innsendersKravreferanse"].take();
    body["begjaeringensTvangsgrunnlag"][0]["eksternSaksreferanse"] = json!("x");
    body["begjaeringensTvangsgrunnlag"][0]["varsel"][0]["forsendelsesmaateType"] = Value::Null;
    let read = les(body.to_string().as_bytes(), Modell::V0).expect("it can be read");
    assert_eq!(read.ukjente, ["/nytt~0felt~1her"]);
    assert_eq!(read.begjaering.krav_til_innkreving[0].innsenders_kravreferanse, "HOVEDKRAV-1");
}

#[test]
fn a_written_notice_has_no_reason_for_no_notice() {
    let mut body = request(1);
    body["begjaeringensTvangsgrunnlag"][0]["begrunnelseUnnlatVarsel"] = json!("ingenMulighetForVarsling");
    assert_eq!(pointers(&body), ["/begjaeringensTvangsgrunnlag/0/begrunnelseUnnlatVarsel"]);
    assert_eq!(faults(&body.to_string(), Modell::V1).len(), 1, "1.1 demands eksternSaksreferanse only");
    body["underskrift"] = json!(" ");
    body["innsenderReferanse"] = json!("");
    assert_eq!(pointers(&body).len(), 3);
}

#[test]
fn the_published_examples_of_0_9_are_read_as_they_are_in_0_9_only() {
    for name in ["enkel", "kompleks"] {
        let path = format!("{}/testdata/published/begjaering-v0-{name}.json", env!("CARGO_MANIFEST_DIR"));
        let body = fs::read_to_string(path).expect("a file");
        let read = les(body.as_bytes(), Modell::V0).unwrap_or_else(|faults| panic!("{name}: {faults:#?}"));
        assert_eq!(read.ukjente, Vec::<String>::new(), "{name}");
        let told = faults(&body, Modell::V2);
        let has = |pointer: &str| told.iter().any(|fault| fault.peker == pointer);
        assert!(has("/kravTilInnkreving/0/innsendersKravreferanse"), "{told:#?}");
        assert!(has("/begjaeringensTvangsgrunnlag/0/begrunnelseUnnlatVarsel"), "{told:#?}");
        assert!(has("/kreverRettsgebyrErstattet"), "{told:#?}");
    }
}

#[test]
fn hostile_bodies_are_refused_with_one_clear_message() {
    let message = |body: &str| fault(body).melding;
    assert_eq!(message(""), "JSON slutter midt i (linje 1, kolonne 1)");
    assert_eq!(message(&"[".repeat(50_000)), "JSON er nøstet dypere enn 64 nivåer (linje 1, kolonne 65)");
    let deep = format!("{}{}", "[".repeat(64), "]".repeat(64));
    assert_eq!(message(&deep), "'begjæringen' må være et objekt, men er en liste");
    assert!(message(&format!("{{\"a\":{deep}}}")).starts_with("JSON er nøstet dypere"));
    assert!(message(r#"{"underskrift": "\ud800"}"#).starts_with("Teksten har en ugyldig"));
    assert!(message("{\"underskrift\": \"a\nb\"}").starts_with("En tekst kan ikke ha linjeskift"));
    assert_eq!(message("{\n  \"a\": 01 }"), "Tallet er ikke skrevet slik JSON krever (linje 2, kolonne 10)");
    assert!(message("{} {}").starts_with("Det står noe etter JSON-verdien"));
    assert!(message("\u{feff}{}").starts_with("Her skulle det stått en JSON-verdi"));
    assert!(message("{\"a\": nul}").starts_with("Her skulle det stått en JSON-verdi"));
    assert!(message("{\"a\" 1}").starts_with("Her skulle det stått kolon"));
    assert!(message("{\"a\": \"").starts_with("JSON slutter midt i en tekst"));
    assert!(message("{\"a\": \"\\").starts_with("JSON slutter midt i en tekst"));
    let latin = les(b"{\"a\": \"\xe6\"}", Modell::V2).expect_err("not UTF-8");
    assert_eq!(latin[0].melding, "Begjæringen er ikke UTF-8: byte 7 kan ikke leses");
}

#[test]
fn repeated_keys_are_told_and_odd_numbers_are_kept_as_they_are() {
    let body = request(1).to_string();
    let twice = body.replacen('{', "{\"underskrift\": \"A\", ", 1);
    let told = fault(&twice);
    assert_eq!((&*told.peker, &*told.melding), ("/underskrift", "Feltet 'underskrift' er oppgitt flere ganger"));
    let amount = |number: &str| {
        let mut body = request(1);
        body["kravTilInnkreving"][0]["opprinneligBeloep"]["beloep"] = json!("HERE");
        let read = les(body.to_string().replace("\"HERE\"", number).as_bytes(), Modell::V2).expect("it can be read");
        read.begjaering.krav_til_innkreving[0].opprinnelig_beloep.beloep.clone()
    };
    for bad in ["1e400", "1E-400", "-0.01", "0.123456789012345678901234567890", "1e99999999999", "99999999999"] {
        let amount = amount(bad);
        assert_eq!((amount.beloep(), amount.tekst()), (None, bad));
    }
    for (text, oere) in
        [("1.5E+2", 15_000), ("15000e-2", 15_000), ("12.3000", 1_230), ("0", 0), ("0.01", 1), ("5e-1", 50)]
    {
        assert_eq!(amount(text).beloep().map(innkreving_sandbox::domain::Beloep::oere), Some(oere), "{text}");
    }
}

#[test]
fn ten_thousand_of_anything_are_read_and_a_thousand_mistakes_have_a_short_answer() {
    let many = request(10_000);
    let read = les(many.to_string().as_bytes(), Modell::V2).expect("it can be read");
    assert_eq!(read.begjaering.krav_til_innkreving.len(), 10_000);
    let mut body = request(1);
    body["vedlegg"] = json!(vec![json!({ "type": "annet", "filnavn": "a.pdf", "uuid": "same" }); 10_000]);
    assert_eq!(pointers(&body), Vec::<String>::new());
    body["vedlegg"] = json!(vec![json!({ "type": "annet" }); 10_000]);
    let told = pointers(&body);
    assert_eq!((told.len(), told[0].as_str(), told[500].as_str()), (501, "/vedlegg/0/filnavn", ""));
    let mut text = request(1).to_string();
    text.pop();
    (0..10_000).for_each(|number| write!(text, ",\"x{number}\":1").expect("a string"));
    let read = les((text + "}").as_bytes(), Modell::V2).expect("it can be read");
    assert_eq!(read.ukjente.len(), 500);
}
