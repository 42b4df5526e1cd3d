//! The sandbox answers the published examples exactly, as JSON values. The expected files are in testdata, separate
//! from the scenarios that serve them, so that a change in only one of the two is noticed.

use crate::common::{BASE, get, sandbox};
use serde_json::Value;

fn golden(name: &str) -> Value {
    let path = format!("{}/testdata/published/{name}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(&path).expect(&path)).expect(&path)
}

#[track_caller]
fn assert_published(path: &str, edition: Option<&str>, golden_file: &str) {
    let sandbox = sandbox();
    let edition: Vec<_> = edition.map(|edition| ("Sandbox-Edition", edition)).into_iter().collect();
    let answer = get(&sandbox, &format!("{BASE}/finans/{path}"), &edition);
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    assert_eq!(answer.json(), golden(golden_file), "{path}");
    assert_eq!(answer.header("Sandbox-Literal"), format!("svar/{golden_file}"), "{path}: whatever is literal says so");
    assert_eq!(answer.header("Sandbox-Cause"), "natural");
    let journal = get(&sandbox, "/sandbox/requests?limit=1", &[]).json();
    assert_eq!(journal["requests"][0]["literal"], format!("svar/{golden_file}"), "{journal}");
}

#[test]
fn the_2023_page_under_its_placeholder() {
    assert_published("12345678901/aapnekrav", None, "2023-aapnekrav.json");
    assert_published("12345678901/krav?fraOgMed=2020-01-01&tilOgMed=2021-01-01", None, "2023-krav.json");
    assert_published(
        "12345678901/innbetalinger?fraOgMed=2020-01-01&tilOgMed=2020-12-01",
        None,
        "2023-innbetalinger.json",
    );
    assert_published("12345678901/innbetalinger?fraOgMed=2026-01-01", None, "2023-innbetalinger.json");
}

#[test]
fn the_2023_page_under_the_parties_it_names() {
    assert_published("310478717/aapnekrav", Some("2023"), "2023-aapnekrav.json");
    assert_published("310478717/krav?fraOgMed=2022-01-01&tilOgMed=2023-01-01", Some("2023"), "2023-krav.json");
    assert_published(
        "313367002/innbetalinger?fraOgMed=2022-01-01&tilOgMed=2023-01-01",
        Some("2023"),
        "2023-innbetalinger.json",
    );
}

#[test]
fn the_2024_examples() {
    assert_published("212201782/aapnekrav", None, "2024-aapnekrav.json");
    assert_published("212201782/krav?fraOgMed=2023-01-01&tilOgMed=2023-09-01", None, "2024-krav.json");
    assert_published(
        "212201782/innbetalinger?fraOgMed=2023-01-01&tilOgMed=2023-09-01",
        None,
        "2024-innbetalinger.json",
    );
    assert_published("312438623/utbetalinger?fraOgMed=2023-01-01&tilOgMed=2023-09-01", None, "2024-utbetalinger.json");
    // The page prints the payout under the URL of a number that is not synthetic; the placeholder stands in for it.
    let payout = "12345678901/utbetalinger?fraOgMed=2023-01-01&tilOgMed=2023-09-01";
    assert_published(payout, Some("2024"), "2024-utbetalinger.json");
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
        if query.starts_with("utbetalinger") {
            assert_eq!(
                answer.header("Sandbox-Hint"),
                "the period is reversed: ask for fraOgMed=2021-12-31&tilOgMed=2022-01-01, or for the year \
                 fraOgMed=2022-01-01&tilOgMed=2022-12-31"
            );
        }
    }
}

#[test]
fn a_literal_answer_holds_for_its_edition_and_period_only() {
    let sandbox = sandbox();
    let path = format!("{BASE}/finans/310478717/aapnekrav");
    let other = get(&sandbox, &path, &[("Sandbox-Edition", "2024")]);
    assert_eq!(other.json()["skjermet"], false, "the ledger answers in the other edition");
    assert_eq!(other.header("Sandbox-Literal"), "");
    let path = format!("{BASE}/finans/212201782/krav?fraOgMed=2023-01-01&tilOgMed=2023-10-01");
    assert_eq!(get(&sandbox, &path, &[]).json()["periode"]["tilOgMed"], "2023-10-01");
}

#[test]
fn the_first_page_shows_no_sum_that_its_link_contradicts() {
    let sandbox = sandbox();
    let page = get(&sandbox, "/", &[("Accept", "text/html")]).text();
    let row = |party: &str| {
        let from = page.find(&format!("{party}/aapnekrav\">")).unwrap_or_else(|| panic!("no row of {party}"));
        page[from..].split("</tr>").next().unwrap_or_default().to_owned()
    };
    assert!(row("212201782").contains("literal"), "{}", row("212201782"));
    for party in ["310478717", "311851381", "313367002"] {
        let saldo = get(&sandbox, &format!("{BASE}/finans/{party}/aapnekrav"), &[]).json();
        let saldo = saldo["totalOversikt"]["saldo"].as_f64().expect("a sum");
        assert!(row(party).contains(&format!(">{saldo}<")), "{party}: {saldo} in {}", row(party));
    }
    let parties = get(&sandbox, "/sandbox/parties", &[]).json();
    let literal = parties.as_array().expect("a list").iter().find(|party| party["part"] == "212201782").expect("it");
    assert_eq!(literal["bokstavelig"][0], "kravogbetalinger/aapnekrav 2024", "{literal}");
}

#[test]
fn deferred_enforcement_is_seen_or_warned_about() {
    let sandbox = sandbox();
    let path = format!("{BASE}/finans/313367002/aapnekrav");
    let new = get(&sandbox, &path, &[]);
    assert!(new.header("Sandbox-Warning").contains("utsattIverksettelse"), "{}", new.header("Sandbox-Warning"));
    let old = get(&sandbox, &path, &[("Sandbox-Edition", "2023")]);
    assert!(!old.header("Sandbox-Warning").contains("utsattIverksettelse"));
    let claims = old.json()["aapentKravMedGjenstaaendeBeloep"].clone();
    let deferred =
        claims.as_array().expect("a list").iter().filter(|it| it["kravforfall"][0]["utsattIverksettelse"] == true);
    assert_eq!(deferred.count(), 1);
    let none = get(&sandbox, &format!("{BASE}/finans/314055403/aapnekrav"), &[]);
    assert!(!none.header("Sandbox-Warning").contains("utsattIverksettelse"));
}
