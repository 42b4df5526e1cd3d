//! Scenario files: which load, which do not, and the messages about them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::common::{self, BASE, get, with_scenario};
use innkreving_sandbox::Sandbox;
use innkreving_sandbox::scenario::sources::Source;

fn check(dir: &Path, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_innkreving-sandbox"));
    command.arg("check").arg(dir).args(["--now", common::TODAY]).args(more).output().expect("it runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn testdata(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(name)
}

#[test]
fn check_tells_everything_at_once_with_its_place() {
    let output = check(&testdata("broken"), &[]);
    assert_eq!(output.status.code(), Some(1));
    insta::assert_snapshot!(text(&output.stderr) + &text(&output.stdout));
}

#[test]
fn check_can_be_brief_for_editors_and_ci() {
    let output = check(&testdata("broken"), &["--brief"]);
    let lines = text(&output.stdout);
    assert!(lines.lines().any(|line| line.starts_with("01-unknown-keys.yaml:2:1: error: ")), "{lines}");
}

#[test]
fn check_warns_of_a_literal_answer_that_contradicts_its_ledger_without_a_reason() {
    let lines = text(&check(&testdata("contradicting"), &["--brief"]).stdout);
    insta::assert_snapshot!(lines);
    let answers = testdata("contradicting");
    let sandbox = Sandbox::builder().now(common::TODAY).source(Source::Folder(answers)).start().expect("it loads");
    let told = get(&sandbox, &format!("{BASE}/finans/314300017/aapnekrav"), &[]).json();
    assert_eq!(told["totalOversikt"]["saldo"], 501, "a file with warnings is served");
}

#[test]
fn check_exit_codes() {
    let code = |dir: &Path, more: &[&str]| check(dir, more).status.code();
    assert_eq!(code(&testdata("example"), &[]), Some(0));
    assert_eq!(code(&testdata("example"), &["--deny-warnings"]), Some(0));
    let builtin = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    assert_eq!(code(&builtin, &[]), Some(0), "published examples break check digits: warnings");
    assert_eq!(code(&builtin, &["--deny-warnings"]), Some(1));
    assert_eq!(code(Path::new("/finnes/ikke"), &[]), Some(2));
}

#[test]
fn the_built_in_scenarios_load_on_every_day_of_two_years() {
    let mut day = "2026-01-01".parse::<chrono::NaiveDate>().expect("a date");
    // A sample of the days, which meets every day of the week; scripts/whole takes them all.
    let step = common::sample(1, 23);
    let last = day + chrono::Days::new(750);
    while day < last {
        let started = Sandbox::builder().now(&day.to_string()).start();
        let sandbox = started.unwrap_or_else(|error| panic!("{day}\n{}", common::explain(&error)));
        // They are resolved when they are asked for, and one that does not load is missing.
        let listed = get(&sandbox, "/sandbox/parties", &[]).json();
        assert_eq!(listed.as_array().map(Vec::len), Some(common::built_in()), "{day}");
        day = day + chrono::Days::new(step);
    }
}

#[test]
fn a_folder_replaces_the_built_in_ones_or_adds_to_them() {
    let folder = Source::Folder(testdata("example"));
    let status = |sandbox: &Sandbox, party: &str| get(sandbox, &format!("{BASE}/finans/{party}/aapnekrav"), &[]).status;
    let alone = Sandbox::builder().now(common::TODAY).source(folder.clone()).start().expect("it loads");
    assert_eq!((status(&alone, "314300017"), status(&alone, "311851381")), (200, 404));
    let both = Sandbox::builder().now(common::TODAY).source(Source::Builtin).source(folder).start().expect("it loads");
    assert_eq!((status(&both, "314300017"), status(&both, "311851381")), (200, 200));
    let mine = get(&both, &format!("{BASE}/finans/314055403/aapnekrav"), &[]);
    assert_eq!(mine.header("sandbox-scenario"), "eget/erstatter.yaml", "the folder wins");
}

#[test]
fn the_example_of_the_documentation_is_a_scenario() {
    let docs = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/scenarios.md")).expect("docs");
    let blocks: Vec<&str> = docs.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    let whole: Vec<&&str> = blocks.iter().filter(|block| block.contains("part:") && block.contains("navn:")).collect();
    assert!(whole.len() >= 2, "the page shows whole files");
    for block in whole {
        drop(with_scenario(block));
    }
}

#[test]
fn literal_answers_fit_by_package_edition_and_period() {
    let sandbox =
        Sandbox::builder().now(common::TODAY).source(Source::Folder(testdata("example"))).start().expect("it loads");
    let body = |rest: &str, edition: &str| {
        get(&sandbox, &format!("{BASE}/{rest}"), &[("Sandbox-Edition", edition)]).json()["svar"]
            .as_str()
            .map(str::to_owned)
    };
    let period = "krav?fraOgMed=2026-01-01&tilOgMed=2026-06-30";
    assert_eq!(body(&format!("regnskapssystem/314300017/{period}"), "2024").as_deref(), Some("for regnskapssystem"));
    assert_eq!(body(&format!("finans/314300017/{period}"), "2024"), None);
    assert_eq!(body(&format!("regnskapssystem/314300017/{period}"), "2023"), None);
    assert_eq!(body("regnskapssystem/314300017/krav?fraOgMed=2026-01-01&tilOgMed=2026-07-01", "2024"), None);
}

#[test]
fn payments_on_a_series_and_interest_before_its_principal() {
    let sandbox = with_scenario(
        "part: \"314055403\"\nnavn: X\nkrav:\n  - { kravidentifikator: rente, kravtype: Forsinkelsesrente, hovedstolKravidentifikator: hoved, forfallsdato: i dag, opprinneligBeloep: 5 }\n  - { kravidentifikator: hoved, kravtype: Mva-melding, kravperiode: { aar: 2026, termin: 1 }, opprinneligBeloep: 100 }\nkravserier:\n  - { antall: 3, kravidentifikator: \"100000001\", kravtype: ARBGAVG, foersteForfallsdato: i dag - 9d, steg: 1d, beloepFra: 10, beloepTil: 10 }\ninnbetalinger:\n  - { innbetalingsidentifikator: a, innbetalingsdato: forfall, plassert: [{ krav: \"100000002\" }] }\n",
    );
    let answer = get(&sandbox, &format!("{BASE}/finans/314055403/aapnekrav"), &[]).json();
    let open: Vec<&str> = answer["aapentKravMedGjenstaaendeBeloep"]
        .as_array()
        .expect("claims")
        .iter()
        .filter_map(|k| k["kravidentifikator"].as_str())
        .collect();
    assert_eq!(open, ["rente", "hoved", "100000001", "100000003"]);
    let text = &answer["aapentKravMedGjenstaaendeBeloep"][0]["kravbeskrivelse"]["spraakTekst"][0]["tekst"];
    assert_eq!(text, "Forsinkelsesrenter - Mva-melding januar - februar");
}

#[test]
fn relative_dates_stand_against_the_base_date_not_the_observer() {
    let sandbox = with_scenario(
        "part: \"314055403\"\nnavn: X\nkrav:\n  - { kravidentifikator: a, kravtype: RESTSKATT, forfallsdato: i dag + 10d, opprinneligBeloep: 100 }\n",
    );
    let due = |now: &str| {
        let answer = get(&sandbox, &format!("{BASE}/finans/314055403/aapnekrav"), &[("Sandbox-Now", now)]).json();
        let claim = answer["aapentKravMedGjenstaaendeBeloep"][0].clone();
        (claim["kravforfall"][0]["forfallsdato"].clone(), answer["totalOversikt"]["sumForfalteKrav"].to_string())
    };
    assert_eq!(due("+0d"), ("2026-12-01".into(), "0.0".to_owned()));
    assert_eq!(due("2026-12-01"), ("2026-12-01".into(), "0.0".to_owned()), "due today is not overdue");
    assert_eq!(due("+11d"), ("2026-12-01".into(), "100.0".to_owned()));
}

#[test]
fn a_file_name_that_no_header_can_carry_is_encoded() {
    let dir = std::env::temp_dir().join(format!("innkreving-sandbox-{}", std::process::id()));
    fs::create_dir_all(&dir).expect("a folder");
    fs::write(dir.join("blåbær.yaml"), "part: \"314055403\"\nnavn: X\n").expect("written");
    let sandbox = Sandbox::builder().source(Source::Folder(dir.clone())).start().expect("it loads");
    let answer = get(&sandbox, &format!("{BASE}/finans/314055403/aapnekrav"), &[]);
    assert_eq!(answer.header("sandbox-scenario"), "bl%C3%A5b%C3%A6r.yaml");
    fs::remove_dir_all(dir).expect("removed");
}

#[test]
fn files_as_windows_writes_them_and_folders_without_any() {
    let dir = std::env::temp_dir().join(format!("innkreving-sandbox-windows-{}", std::process::id()));
    fs::create_dir_all(&dir).expect("a folder");
    let empty = check(&dir, &[]);
    assert_eq!(empty.status.code(), Some(1));
    assert!(text(&empty.stderr).contains("there is no scenario file"), "{}", text(&empty.stderr));
    fs::write(dir.join("a.yaml"), "\u{feff}part: \"314055403\"\r\nnavn: X\r\n").expect("written");
    assert_eq!(check(&dir, &[]).status.code(), Some(0));
    let sandbox = Sandbox::builder().source(Source::Folder(dir.clone())).start().expect("it loads");
    assert_eq!(get(&sandbox, &format!("{BASE}/finans/314055403/aapnekrav"), &[]).status, 200);
    fs::remove_dir_all(dir).expect("removed");
}

#[test]
fn an_instalment_that_is_never_due_is_told() {
    let dir = std::env::temp_dir().join(format!("innkreving-undated-{}", std::process::id()));
    fs::create_dir_all(&dir).expect("a folder");
    let claim = "kravidentifikator: a, kravtype: RESTSKATT, forfall: [{ opprinneligBeloep: 100 }, { opprinneligBeloep: 100, forfallsdato: i dag + 5d }]";
    fs::write(dir.join("a.yaml"), format!("part: \"314300017\"\nnavn: X\nkrav:\n  - {{ {claim} }}\n"))
        .expect("written");
    let lines = text(&check(&dir, &["--brief"]).stdout);
    assert!(lines.starts_with("a.yaml:4:") && lines.contains("this instalment has no forfallsdato"), "{lines}");
    fs::remove_dir_all(&dir).expect("removed");
}
