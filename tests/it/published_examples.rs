//! The sandbox answers the published examples exactly, as JSON values. The expected files are in testdata, separate
//! from the scenarios that serve them, so that a change in only one of the two is noticed.

use crate::common::{BASE, get, sandbox};
use serde_json::Value;

fn golden(name: &str) -> Value {
    let path = format!("{}/testdata/published/{name}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(&path).expect(&path)).expect(&path)
}

#[track_caller]
fn assert_published(path: &str, golden_file: &str) {
    let sandbox = sandbox();
    let answer = get(&sandbox, &format!("{BASE}/finans/{path}"), &[]);
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    assert_eq!(answer.json(), golden(golden_file), "{path}");
}

#[test]
fn the_2023_page_under_its_placeholder() {
    assert_published("12345678901/aapnekrav", "2023-aapnekrav.json");
    assert_published("12345678901/krav?fraOgMed=2020-01-01&tilOgMed=2021-01-01", "2023-krav.json");
    assert_published("12345678901/innbetalinger?fraOgMed=2020-01-01&tilOgMed=2020-12-01", "2023-innbetalinger.json");
    assert_published("12345678901/innbetalinger?fraOgMed=2026-01-01", "2023-innbetalinger.json");
}

#[test]
fn the_2023_page_under_the_parties_it_names() {
    assert_published("310478717/aapnekrav", "2023-aapnekrav.json");
    assert_published("310478717/krav?fraOgMed=2022-01-01&tilOgMed=2023-01-01", "2023-krav.json");
    assert_published("313367002/innbetalinger?fraOgMed=2022-01-01&tilOgMed=2023-01-01", "2023-innbetalinger.json");
}

#[test]
fn the_2024_examples() {
    assert_published("212201782/aapnekrav", "2024-aapnekrav.json");
    assert_published("212201782/krav?fraOgMed=2023-01-01&tilOgMed=2023-09-01", "2024-krav.json");
}

#[test]
fn numbers_keep_their_decimals() {
    let answer = get(&sandbox(), &format!("{BASE}/finans/212201782/aapnekrav"), &[]);
    assert!(answer.text().contains("\"opprinneligBeloep\":10000.0,"), "{}", answer.text());
}

#[test]
fn the_printed_urls_that_break_the_rules_are_refused() {
    let sandbox = sandbox();
    for query in [
        "innbetalinger?fraOgMed=2020-01-01&tilOgMed=2021-12-01",
        "utbetalinger?fraOgMed=2022-01-01&tilOgMed=2021-12-31",
    ] {
        let answer = get(&sandbox, &format!("{BASE}/finans/12345678901/{query}"), &[]);
        assert_eq!((answer.status, answer.kode().as_str()), (400, "KB-006"), "{query}");
    }
}

#[test]
fn a_literal_answer_holds_for_its_edition_and_period_only() {
    let sandbox = sandbox();
    let path = format!("{BASE}/finans/310478717/aapnekrav");
    let other = get(&sandbox, &path, &[("Sandbox-Edition", "2024")]).json();
    assert_eq!(other["skjermet"], false, "the ledger answers in the other edition");
    let path = format!("{BASE}/finans/212201782/krav?fraOgMed=2023-01-01&tilOgMed=2023-10-01");
    assert_eq!(get(&sandbox, &path, &[]).json()["periode"]["tilOgMed"], "2023-10-01");
}
