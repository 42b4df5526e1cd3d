//! `Sandbox-Fidelity`: how sure an answer is, on the answer, in the journal and in the report.

use crate::common::{BASE, get, sandbox, send};
use innkreving_sandbox::Sandbox;

/// What an answer says of itself.
fn told(sandbox: &Sandbox, path: &str, headers: &[(&str, &str)]) -> String {
    get(sandbox, path, headers).header("sandbox-fidelity").to_owned()
}

#[test]
fn an_answer_says_the_weakest_label_and_its_lines() {
    let sandbox = sandbox();
    let open = format!("{BASE}/finans/311851381/aapnekrav");
    assert_eq!(told(&sandbox, &open, &[]), "published; see=kob-url,kob-utgave-2024");
    assert_eq!(told(&sandbox, &open, &[]), "published; see=kob-url,kob-utgave-2024", "a kept answer says it, too");
    assert_eq!(told(&sandbox, &open, &[("Sandbox-Edition", "2023")]), "published; see=kob-url,kob-utgave-2023");
    assert_eq!(told(&sandbox, &open, &[("Accept", "application/xml")]), "chosen; see=xml,kob-url,kob-utgave-2024");
    let krav = format!("{BASE}/finans/311851381/krav?fraOgMed=2026-01-01&tilOgMed=2026-06-30");
    assert_eq!(told(&sandbox, &krav, &[]), "chosen; see=krav-period,kob-url,kob-utgave-2024");
}

#[test]
fn refusals_faults_and_drift_lean_on_lines_of_their_own() {
    let sandbox = sandbox();
    let open = format!("{BASE}/finans/311851381/aapnekrav");
    assert_eq!(told(&sandbox, &open, &[("Sandbox-Error", "KB-006")]), "published; see=codes");
    assert_eq!(told(&sandbox, &format!("{BASE}/finans/311851380/aapnekrav"), &[]), "chosen; see=input,codes");
    assert_eq!(told(&sandbox, &format!("{BASE}/finans/999999999/aapnekrav"), &[]), "published; see=codes");
    assert_eq!(told(&sandbox, &open, &[("Sandbox-Error", "DAS-003")]), "published; see=codes,das");
    assert_eq!(told(&sandbox, &open, &[("Sandbox-Fault", "429")]), "chosen; see=limits");
    let drifted = told(&sandbox, &open, &[("Sandbox-Drift", "fields")]);
    assert_eq!(drifted, "chosen; see=drift-optional,kob-url,kob-utgave-2024,drift");
    assert_eq!(told(&sandbox, "/no/such/url", &[]), "chosen; see=no-service,das");
    assert_eq!(told(&sandbox, "/health", &[]), "", "a page of the sandbox imitates nothing");
}

#[test]
fn findings_have_the_weakest_label_of_the_rules() {
    let sandbox = sandbox();
    let submit = |rules: &str| {
        let headers = [("Content-Type", "application/json"), ("Sandbox-Error", rules)];
        let answer = send(&sandbox, "POST", "/api/utleggsbegjaering/v2/valider", &headers, "{}");
        assert_eq!(answer.status, 422, "{}", answer.text());
        answer.header("sandbox-fidelity").to_owned()
    };
    assert_eq!(submit("DUPLIKAT_SAKSOEKT"), "published; see=utlegg-rules");
    assert_eq!(submit("DUPLIKAT_SAKSOEKT+DUPLIKAT_INNSENDING"), "chosen; see=utlegg-rules");
}

#[test]
fn the_journal_and_the_report_have_the_labels_and_the_verdicts() {
    let sandbox = sandbox();
    let open = format!("{BASE}/finans/311851381/aapnekrav");
    get(&sandbox, &open, &[("Sandbox-Test", "open claims")]);
    get(&sandbox, &open, &[("Sandbox-Test", "as xml"), ("Accept", "application/xml")]);
    let journal = get(&sandbox, "/sandbox/requests", &[]).json();
    assert_eq!(journal["requests"][0]["fidelity"]["label"], "chosen");
    assert_eq!(journal["requests"][0]["fidelity"]["see"][0], "xml");
    let expected =
        r#"{"expect": [{"called": {"endpoint": "aapnekrav"}, "times": 2}, {"covered": "kravogbetalinger/*:KB-006"}]}"#;
    let verdict = send(&sandbox, "POST", "/sandbox/verify", &[("Content-Type", "application/json")], expected);
    assert_eq!(verdict.status, 200, "{}", verdict.text());
    let report = get(&sandbox, "/sandbox/report?format=json&language=en", &[]).json();
    assert_eq!((&report["fidelity"]["published"], &report["fidelity"]["chosen"]), (&1.into(), &1.into()));
    assert_eq!(report["fidelity"]["leaningTests"], serde_json::json!(["as xml"]));
    let expectations = report["expectations"].as_array().expect("a list");
    let verdicts: Vec<bool> = expectations.iter().filter_map(|told| told["passed"].as_bool()).collect();
    assert_eq!(verdicts, [true, false], "{expectations:?}");
    // A verdict on the same expectation takes the place of the older one.
    get(&sandbox, &format!("{BASE}/finans/311851380/aapnekrav"), &[]);
    send(
        &sandbox,
        "POST",
        "/sandbox/verify",
        &[("Content-Type", "application/json")],
        r#"{"covered": "kravogbetalinger/*:KB-006"}"#,
    );
    let report = get(&sandbox, "/sandbox/report?format=json&language=en", &[]).json();
    assert_eq!(report["expectations"].as_array().map(Vec::len), Some(2));
    assert_eq!(report["expectations"][1]["passed"], true);
    let (page, text) = (
        get(&sandbox, "/sandbox/report", &[]).text(),
        get(&sandbox, "/sandbox/report?format=md&language=en", &[]).text(),
    );
    assert!(
        page.contains("Forventninger") && page.contains("Hvor sikre svarene er") && page.contains("valgt"),
        "{page}"
    );
    assert!(
        text.contains("| `xml` | chosen | 1 |") && text.contains("Tests that lean on something chosen: as xml"),
        "{text}"
    );
}
