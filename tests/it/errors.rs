//! The KB codes by their natural causes, in the order of checks, and the ids that go with them.

use crate::common::{Answer, BASE, get, request, sandbox};

#[track_caller]
fn assert_code(answer: &Answer, status: u16, code: &str) {
    assert_eq!((answer.status, answer.kode().as_str()), (status, code), "{}", answer.text());
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("sandbox-cause"), "natural");
    let body = answer.json();
    let mut keys: Vec<_> = body.as_object().expect("an object").keys().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["kode", "korrelasjonsid", "melding"]);
    assert_eq!(body["korrelasjonsid"], answer.header("korrelasjonsid"));
}

#[test]
fn messages_say_what_is_wrong() {
    let sandbox = sandbox();
    let cases = [
        ("/finans/310478717/aapnekravv", &[][..]),
        ("/bank/310478717/aapnekrav", &[]),
        ("/finans/310478717", &[]),
        ("/finans/310478717/aapnekrav", &[("Accept", "text/csv")]),
        ("/finans/31047871/aapnekrav", &[]),
        ("/finans/310478718/aapnekrav", &[]),
        ("/finans/04827896469/aapnekrav", &[]),
        ("/finans/310478717/krav", &[]),
        ("/finans/310478717/krav?fraOgMed=2022-13-01", &[]),
        ("/finans/310478717/krav?fraOgMed=2022-01-01&tilOgMed=2021-12-31", &[]),
        ("/finans/310478717/krav?fraOgMed=2022-01-01&tilOgMed=2023-01-02", &[]),
        ("/finans/310478717/krav?fraOgMed=2001-01-01", &[]),
        ("/finans/310478717/utbetalinger?fraOgMed=2001-01-01", &[]),
        ("/finans/313100022/aapnekrav", &[]),
        ("/finans/04827896468/aapnekrav", &[]),
    ];
    let told: Vec<String> = cases
        .iter()
        .map(|(path, headers)| {
            let answer = get(&sandbox, &format!("{BASE}{path}"), headers);
            let body = answer.json();
            format!("{path}\n    {} {} {}", answer.status, answer.kode(), body["melding"].as_str().expect("a text"))
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn the_order_of_checks() {
    let sandbox = sandbox();
    let csv = [("Accept", "text/csv")];
    // Each request corrects the fault of the request before it.
    assert_code(&get(&sandbox, &format!("{BASE}/bank/1/krav"), &csv), 404, "KB-003");
    assert_code(&get(&sandbox, &format!("{BASE}/finans/1/krav"), &csv), 406, "KB-008");
    assert_code(&get(&sandbox, &format!("{BASE}/finans/1/krav"), &[]), 400, "KB-006");
    assert_code(&get(&sandbox, &format!("{BASE}/finans/313100022/krav"), &[]), 400, "KB-006");
    assert_code(&get(&sandbox, &format!("{BASE}/finans/313100022/krav?fraOgMed=2022-01-01"), &[]), 404, "KB-009");
    assert_code(&get(&sandbox, &format!("{BASE}/finans/313100014/krav?fraOgMed=2022-01-01"), &[]), 404, "KB-007");
}

#[test]
fn errors_in_xml_by_the_published_schema() {
    let sandbox = sandbox();
    let xml = ("Accept", "application/xml");
    let id = ("Korrelasjonsid", "min-<id>&1");
    let expected = r#"<?xml version="1.0" encoding="UTF-8"?><feil xmlns="urn:no:skatteetaten:datasamarbeid:feil:v1"><kode>KB-009</kode><melding>Ingen treff på oppgitt identifikator</melding><korrelasjonsid>min-&lt;id&gt;&amp;1</korrelasjonsid></feil>"#;
    let answer = get(&sandbox, &format!("{BASE}/finans/313100022/aapnekrav"), &[xml, id]);
    assert_eq!(
        (answer.status, answer.header("content-type"), answer.text().as_str()),
        (404, "application/xml", expected)
    );
    for (path, headers, code) in [
        (format!("{BASE}/finans/310478717/aapnekrav"), &[xml, ("Sandbox-Error", "KB-002")][..], "KB-002"),
        (format!("{BASE}/finans/333000016/aapnekrav"), &[xml], "KB-001"),
        ("/nope".to_owned(), &[xml], "DAS-002"),
    ] {
        let answer = get(&sandbox, &path, headers);
        assert_eq!(answer.header("content-type"), "application/xml");
        assert!(answer.text().contains(&format!("<kode>{code}</kode>")), "{}", answer.text());
    }
    let neither = get(&sandbox, &format!("{BASE}/finans/310478717/aapnekrav"), &[("Accept", "text/csv")]);
    assert_code(&neither, 406, "KB-008");
}

#[test]
fn a_url_of_no_service_is_das_002() {
    let sandbox = sandbox();
    for path in [
        "/nope",
        "/api",
        "/api/innkreving/kravogbetalingerr/v1/finans/310478717/krav",
        "/v1/finans/310478717/krav",
        "//",
    ] {
        assert_code(&get(&sandbox, path, &[]), 404, "DAS-002");
    }
}

#[test]
fn the_callers_korrelasjonsid_comes_back_from_header_or_query() {
    let sandbox = sandbox();
    let id = |path: &str, headers: &[(&str, &str)]| {
        let answer = get(&sandbox, &format!("{BASE}/finans/310478717/{path}"), headers);
        if answer.status >= 400 {
            assert_eq!(answer.json()["korrelasjonsid"], answer.header("korrelasjonsid"));
        }
        answer.header("korrelasjonsid").to_owned()
    };
    assert_eq!(id("krav", &[("Korrelasjonsid", "min-egen-1")]), "min-egen-1");
    assert_eq!(id("krav?Korrelasjonsid=fra-url", &[]), "fra-url");
    assert_eq!(id("krav?korrelasjonsid=fra-url", &[("korrelasjonsid", "fra-header")]), "fra-header");
    assert_eq!(id("aapnekrav", &[("Korrelasjonsid", "ogsaa-paa-200")]), "ogsaa-paa-200");
    for unusable in ["", "med mellomrom", &"x".repeat(129)] {
        let made = id("aapnekrav", &[("Korrelasjonsid", unusable)]);
        assert_eq!((made.len(), made.as_bytes()[14]), (36, b'4'), "a new UUID in place of {unusable:?}");
    }
}

#[test]
fn other_methods_are_an_unknown_url_that_says_what_is_allowed() {
    let sandbox = sandbox();
    for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"] {
        let answer = request(&sandbox, method, &format!("{BASE}/finans/310478717/aapnekrav"), &[]);
        assert_code(&answer, 404, "KB-003");
        assert_eq!(answer.header("allow"), "GET, HEAD", "{method}");
    }
    let head = request(&sandbox, "HEAD", &format!("{BASE}/finans/310478717/aapnekrav"), &[]);
    let get = get(&sandbox, &format!("{BASE}/finans/310478717/aapnekrav"), &[]);
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("content-length"), get.header("content-length"));
}
