//! Answers in XML: well-formed for every party in every edition, and the same values as in JSON.

use crate::common::{self, BASE, KRAVOVERSIKT, RESTANSER, get, parties, sandbox};
use innkreving_sandbox::Sandbox;
use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::Value;

/// An element as an independent reader (quick-xml) sees it.
#[derive(Debug, Default)]
struct Element {
    name: String,
    text: String,
    children: Vec<Element>,
}

fn read(xml: &str) -> Element {
    let mut reader = Reader::from_str(xml);
    let mut open = vec![Element::default()];
    loop {
        match reader.read_event().unwrap_or_else(|error| panic!("{error}: {xml}")) {
            Event::Start(start) => {
                let name = String::from_utf8(start.name().as_ref().to_vec()).expect("UTF-8");
                open.push(Element { name, ..Element::default() });
            }
            Event::Text(text) => open.last_mut().expect("open").text.push_str(&text.decode().expect("UTF-8")),
            Event::GeneralRef(reference) => {
                let name = reference.decode().expect("UTF-8");
                let entity = quick_xml::escape::resolve_predefined_entity(&name).map(str::to_owned);
                let c = || reference.resolve_char_ref().expect("a reference").expect("a character").to_string();
                open.last_mut().expect("open").text.push_str(&entity.unwrap_or_else(c));
            }
            Event::End(_) => {
                let done = open.pop().expect("open");
                open.last_mut().expect("a parent").children.push(done);
            }
            Event::Eof => return open.pop().expect("the document").children.pop().expect("a root"),
            _ => {}
        }
    }
}

/// Names, order, nesting and texts agree. A list is its element repeated; an empty list has no element.
fn assert_same(json: &Value, xml: &Element, path: &str) {
    match json {
        Value::Object(fields) => {
            let mut children = xml.children.iter();
            for (name, value) in fields {
                let items = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
                for (i, item) in items.iter().enumerate() {
                    let child = children.next().unwrap_or_else(|| panic!("{path}.{name}[{i}] is missing"));
                    assert_eq!(&child.name, name, "{path}");
                    assert_same(item, child, &format!("{path}.{name}[{i}]"));
                }
            }
            assert!(children.next().is_none(), "{path} has more in XML");
        }
        Value::String(text) => assert_eq!(text, &xml.text, "{path}"),
        other => assert_eq!(other.to_string(), xml.text, "{path}"),
    }
}

fn assert_agree(sandbox: &Sandbox, path: &str, headers: &[(&str, &str)]) -> u16 {
    let mut with_xml = headers.to_vec();
    with_xml.push(("Accept", "application/xml"));
    let json = get(sandbox, path, headers);
    let xml = get(sandbox, path, &with_xml);
    assert_eq!((json.status, xml.header("content-type")), (xml.status, "application/xml"), "{path}");
    let root = read(&xml.text());
    if json.status == 200 {
        let endpoint = path.split('?').next().and_then(|path| path.rsplit('/').next()).expect("an endpoint");
        let (service, version) = path.split('/').skip(3).zip(path.split('/').skip(4)).next().expect("a service");
        let endpoint = if service == "restanser" { service } else { endpoint };
        assert_eq!(root.name, format!("{endpoint}Respons"));
        assert!(
            xml.text().contains(&format!("xmlns=\"urn:no:skatteetaten:innkreving:{service}:{version}\"")),
            "{path}"
        );
        assert_same(&json.json(), &root, path);
    } else {
        assert_eq!(root.name, "feil");
    }
    json.status
}

#[test]
fn every_party_endpoint_and_edition_says_the_same_in_both_formats() {
    let sandbox = sandbox();
    let mut answered = 0;
    for party in parties() {
        for edition in ["2023", "2024"] {
            for endpoint in [
                "aapnekrav",
                "krav?fraOgMed=2026-01-01&tilOgMed=2027-01-01",
                "innbetalinger?fraOgMed=2026-01-01",
                "utbetalinger?fraOgMed=2026-01-01",
            ] {
                let path = format!("{BASE}/finans/{party}/{endpoint}");
                answered += u32::from(assert_agree(&sandbox, &path, &[("Sandbox-Edition", edition)]) == 200);
            }
        }
        for path in [
            format!("{RESTANSER}/dibk/{party}"),
            format!("{KRAVOVERSIKT}/finans/{party}/oversikt"),
            format!("{KRAVOVERSIKT}/finans/{party}/krav?fraOgMed=2026-01-01"),
            format!("{KRAVOVERSIKT}/finans/{party}/innbetalinger?fraOgMed=2026-01-01"),
            format!("{KRAVOVERSIKT}/finans/{party}/utbetalinger?fraOgMed=2026-01-01"),
        ] {
            answered += u32::from(assert_agree(&sandbox, &path, &[]) == 200);
        }
    }
    assert!(answered > 80, "{answered}");
}

#[test]
fn the_edge_cases_in_xml() {
    let answer = get(
        &sandbox(),
        &format!("{BASE}/finans/315300010/aapnekrav"),
        &[("Accept", "application/xml"), ("Sandbox-Edition", "2024")],
    );
    insta::assert_snapshot!(answer.text().replace("><", ">\n<"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_scenario_text_comes_back(text in "[^\\p{Cc}\\u{FFFE}\\u{FFFF}]{0,40}", oere in 1_i64..100_000_000) {
        let text = text.trim().to_owned();
        let yaml = serde_json::json!({
            "part": "314055403", "navn": "X",
            "krav": [{ "kravidentifikator": "a", "kravtype": "RESTSKATT", "forfallsdato": "i dag", "kravbeskrivelse": text,
                       "opprinneligBeloep": format!("{}.{:02}", oere / 100, oere % 100) }],
        });
        let sandbox = common::with_scenario(&yaml.to_string());
        assert_agree(&sandbox, &format!("{BASE}/finans/314055403/aapnekrav"), &[]);
    }
}
