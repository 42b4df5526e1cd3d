//! Faults on demand, by header, by scenario flag and by reserved number; and the modifiers that are refused.

use crate::common::{Answer, BASE, RESERVED, get, sandbox, with_scenario};

const STATUS: [(&str, u16); 9] = [
    ("KB-001", 500),
    ("KB-002", 500),
    ("KB-003", 404),
    ("KB-004", 401),
    ("KB-005", 403),
    ("KB-006", 400),
    ("KB-007", 404),
    ("KB-008", 406),
    ("KB-009", 404),
];
const COMMON: [(&str, u16); 8] = [
    ("DAS-001", 500),
    ("DAS-002", 404),
    ("DAS-003", 500),
    ("DAS-004", 500),
    ("DAS-005", 500),
    ("DAS-006", 500),
    ("DAS-007", 500),
    ("DAS-008", 403),
];

#[track_caller]
fn assert_fault(answer: &Answer, status: u16, code: &str, cause: &str) {
    assert_eq!(
        (answer.status, answer.kode().as_str(), answer.header("sandbox-cause")),
        (status, code, cause),
        "{}",
        answer.text()
    );
    assert!(answer.json()["melding"].as_str().is_some_and(|melding| melding.len() > 10));
}

#[test]
fn every_code_by_header() {
    let sandbox = sandbox();
    for (code, status) in STATUS.into_iter().chain(COMMON) {
        let answer = get(&sandbox, &format!("{BASE}/finans/311851381/aapnekrav"), &[("Sandbox-Error", code)]);
        assert_fault(&answer, status, code, "header");
        assert_eq!(answer.header("sandbox-scenario"), "builtin/311851381-travel.yaml");
    }
    for (code, status) in COMMON {
        assert_fault(&get(&sandbox, "/ingenting/her", &[("Sandbox-Error", code)]), status, code, "header");
    }
}

#[test]
fn every_kb_code_by_reserved_number() {
    let sandbox = sandbox();
    for (number, (code, status)) in RESERVED.iter().zip(STATUS) {
        for endpoint in ["aapnekrav", "krav?fraOgMed=2026-01-01", "innbetalinger", "utbetalinger"] {
            let answer = get(&sandbox, &format!("{BASE}/finans/{number}/{endpoint}"), &[]);
            assert_fault(&answer, status, code, "reserved-number");
        }
    }
    let answer = get(&sandbox, &format!("{BASE}/finans/333000016/krav"), &[("Sandbox-Error", "KB-002")]);
    assert_fault(&answer, 500, "KB-002", "header");
}

#[test]
fn every_code_by_scenario_flag() {
    for (code, status) in STATUS.into_iter().chain(COMMON) {
        let yaml = format!("part: \"314055403\"\nnavn: X\nfeil:\n  - {{ paa: kravogbetalinger/krav, kode: {code} }}\n");
        let sandbox = with_scenario(&yaml);
        for _ in 0..3 {
            assert_fault(&get(&sandbox, &format!("{BASE}/finans/314055403/krav"), &[]), status, code, "scenario");
        }
        assert_eq!(get(&sandbox, &format!("{BASE}/finans/314055403/aapnekrav"), &[]).status, 200, "another endpoint");
    }
}

#[test]
fn a_flag_with_a_count_is_used_up_by_the_faults_it_serves() {
    let sandbox = with_scenario(
        "part: \"314055403\"\nnavn: X\nfeil:\n  - { paa: kravogbetalinger/aapnekrav, kode: KB-002, ganger: 2 }\n  - { paa: kravogbetalinger, kode: DAS-003, ganger: 1 }\n",
    );
    let call = |headers: &[(&str, &str)]| get(&sandbox, &format!("{BASE}/finans/314055403/aapnekrav"), headers);
    assert_fault(&call(&[]), 500, "KB-002", "scenario");
    assert_fault(&call(&[("Sandbox-Error", "KB-001")]), 500, "KB-001", "header");
    assert_eq!(call(&[("Sandbox-Error", "KB-1")]).status, 400, "refused, and nothing is used up");
    assert_fault(&call(&[]), 500, "KB-002", "scenario");
    assert_fault(&call(&[]), 500, "DAS-003", "scenario");
    let normal = call(&[]);
    assert_eq!((normal.status, normal.header("sandbox-cause")), (200, "natural"));
}

#[test]
fn a_flag_for_the_whole_service() {
    let sandbox = with_scenario("part: \"314055403\"\nnavn: X\nfeil:\n  - { paa: kravogbetalinger, kode: KB-005 }\n");
    for endpoint in ["aapnekrav", "krav", "innbetalinger", "utbetalinger", "finnes-ikke"] {
        assert_fault(&get(&sandbox, &format!("{BASE}/finans/314055403/{endpoint}"), &[]), 403, "KB-005", "scenario");
    }
}

#[test]
fn a_scenario_wins_over_a_reserved_number() {
    let sandbox = with_scenario("part: \"333000016\"\nnavn: X\n");
    assert_eq!(get(&sandbox, &format!("{BASE}/finans/333000016/aapnekrav"), &[]).status, 200);
}

#[track_caller]
fn assert_refused(answer: &Answer, nearest: Option<&str>) {
    assert_eq!((answer.status, answer.header("sandbox-cause")), (400, "refused-modifier"), "{}", answer.text());
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!(answer.json()["nearest"].as_str(), nearest, "{}", answer.text());
}

#[test]
fn what_cannot_be_taken_is_refused_loudly() {
    let sandbox = sandbox();
    let call = |headers: &[(&str, &str)]| get(&sandbox, &format!("{BASE}/finans/311851381/aapnekrav"), headers);
    assert_refused(&call(&[("Sandbox-Error", "KB-01")]), Some("KB-001"));
    assert_refused(&call(&[("Sandbox-Error", "kb-002")]), Some("KB-002"));
    assert_refused(&call(&[("Sandbox-Error", "RESTANSE-008")]), None);
    assert_refused(&call(&[("Sandbox-Error", "")]), None);
    assert_refused(&call(&[("Sandbox-Eror", "KB-001")]), Some("Sandbox-Error"));
    assert_refused(&call(&[("Sandbox-Delay", "2")]), None);
    assert_refused(&call(&[("Sandbox-Edition", "2022")]), Some("2023"));
    assert_refused(&call(&[("Sandbox-Now", "i morgen")]), None);
    assert_refused(&call(&[("Sandbox-Now", "+30")]), Some("+30d"));
    assert_refused(&call(&[("Sandbox-Now", "+1d"), ("Sandbox-Now", "+2d")]), None);
    assert_refused(&get(&sandbox, "/ingenting", &[("Sandbox-Error", "KB-001")]), None);
    assert_refused(&get(&sandbox, "/health/live", &[("Sandbox-Error", "KB-001")]), None);
    assert_refused(&call(&[("X-Sandbox-Error", "KB-001")]), Some("Sandbox-Error"));
    assert_refused(&call(&[("Sandbox_Error", "KB-001")]), Some("Sandbox-Error"));
    for shift in ["+175y", "-127y", "+70000d", "+9999999d", "9999-12-31", "1899-12-31"] {
        let answer = call(&[("Sandbox-Now", shift)]);
        assert_eq!((answer.status, answer.header("sandbox-cause")), (400, "refused-modifier"), "{shift}");
        assert!(answer.text().contains("outside the years 1900 to 2200"), "{}", answer.text());
    }
    let listed = call(&[("Sandbox-Error", "KB-01")]).json();
    assert_eq!(listed["allowed"].as_array().map(Vec::len), Some(STATUS.len() + COMMON.len()), "{listed}");
}

#[test]
fn every_answer_says_its_cause_and_scenario() {
    let sandbox = sandbox();
    for (path, scenario) in [
        (format!("{BASE}/finans/310478717/aapnekrav"), "builtin/310478717-ordentlig.yaml"),
        (format!("{BASE}/finans/310478717/krav"), "builtin/310478717-ordentlig.yaml"),
        (format!("{BASE}/finans/313100022/aapnekrav"), "none"),
        ("/".to_owned(), "none"),
        ("/health/live".to_owned(), "none"),
        ("/sandbox/nothing-yet".to_owned(), "none"),
        ("/nope".to_owned(), "none"),
    ] {
        let answer = get(&sandbox, &path, &[]);
        assert_eq!(
            (answer.header("sandbox-cause"), answer.header("sandbox-scenario")),
            ("natural", scenario),
            "{path}"
        );
        assert!(!answer.header("korrelasjonsid").is_empty(), "{path}");
    }
}
