//! Scenario texts that were written to do harm: they are refused or taken, at a cost that follows from their bytes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::common::{self, BASE, get, send};
use innkreving_sandbox::Sandbox;
use proptest::prelude::*;

const YAML: (&str, &str) = ("Content-Type", "application/yaml");

/// How much memory a check may address, in kB. One without problems addresses 100 MB.
const MEMORY: u32 = 450_000;

fn corpus() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/fuzz/scenario");
    let files = fs::read_dir(folder).expect("a folder").map(|file| file.expect("a file").path());
    let mut files: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|it| it == "yaml")).collect();
    files.sort();
    files
}

fn text(name: &str) -> String {
    let file = corpus().into_iter().find(|path| path.file_stem().is_some_and(|stem| stem == name));
    fs::read_to_string(file.unwrap_or_else(|| panic!("no {name}"))).expect("a text")
}

/// The lines of a text, made many times from one.
fn many(times: usize, line: impl Fn(usize) -> String) -> String {
    (0..times).map(line).collect()
}

const PARTY: &str = "part: \"314300017\"\nnavn: X\n";

/// 10 000 claims, each with a warning.
fn with_warnings() -> String {
    PARTY.to_owned()
        + "krav:\n"
        + &many(10_000, |i| {
            format!(
                " - {{ kravidentifikator: k{i}, kravtype: RESTSKATT, forfallsdato: 2026-01-01, opprettelsesdatoForKrav: 2026-06-01, opprinneligBeloep: 1 }}\n"
            )
        })
}

/// Checks one text with the binary, which may not address more than [`MEMORY`].
fn check(name: &str, text: &str) -> Output {
    let folder = std::env::temp_dir().join(format!("hostile-{name}-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("a.yaml"), text).expect("written");
    let output = Command::new("sh")
        .args(["-c", &format!("ulimit -v {MEMORY}; exec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_innkreving-sandbox")])
        .arg("check")
        .arg(&folder)
        .args(["--now", common::TODAY])
        .output()
        .expect("it runs");
    let _ = fs::remove_dir_all(&folder);
    output
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout)
}

#[test]
fn every_hostile_text_is_checked_within_little_memory() {
    for path in corpus() {
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let output = check(&name, &text(&name));
        let told = told(&output);
        assert!(matches!(output.status.code(), Some(0 | 1)), "{name}: {:?}\n{told:.3000}", output.status);
        assert!(told.len() < 100_000, "{name} tells {} bytes", told.len());
        if name.starts_with("nesting") && name != "nesting-other-line-breaks" {
            assert!(told.contains("nested more than 64 levels deep"), "{name}: {told:.500}");
        }
    }
    let tells = |name: &str, what: &str| {
        let told = told(&check(name, &text(name)));
        assert!(told.contains(what), "{name}: {told:.800}");
    };
    tells("aliases", "there are more than 500000 values, if those behind an alias count each time");
    tells("placements", "there is no room for");
    tells("warnings", "warning: and 100 warnings more");
    tells("warnings", "200 warnings in 1 file");
    tells("path-absolute", "no .. and no absolute path");
}

#[test]
fn long_texts_cost_what_their_bytes_cost() {
    // Each of them took minutes, or more memory than there is.
    let anchors = PARTY.to_owned() + "tull:\n" + &many(100_000, |i| format!(" - &a{i} x\n"));
    let nesting = PARTY.to_owned() + "tull:\n " + &"- ".repeat(200_000) + "x\n";
    let unknown = PARTY.to_owned()
        + "krav:\n"
        + &many(4_000, |i| {
            format!(
                " - {{ kravidentifikator: ja{i}, kravtype: RESTSKATT, forfallsdato: i dag, opprinneligBeloep: 1 }}\n"
            )
        })
        + "innbetalinger:\n"
        + &many(4_000, |i| {
            format!(
                " - {{ innbetalingsidentifikator: p{i}, innbetalingsdato: i dag, plassert: [{{ krav: nei{i} }}] }}\n"
            )
        });
    for (name, text, what) in [
        ("anchors", anchors, "there is no key tull here"),
        ("nesting", nesting, "nested more than 64 levels deep"),
        ("unknown", unknown, "4000 errors in 1 file"),
        ("warned", with_warnings(), "10000 warnings in 1 file"),
    ] {
        let told = told(&check(name, &text));
        assert!(told.contains(what), "{name}: {told:.800}");
    }
}

#[test]
fn twenty_thousand_interest_claims_on_one_principal_and_as_many_payments_are_read() {
    let claims = many(20_000, |i| {
        format!(
            " - {{ kravidentifikator: r{i}, kravtype: FORSINKRENTE, hovedstolKravidentifikator: k, opprettelsesdatoForKrav: 2026-01-01, forfallsdato: 2026-01-20 }}\n"
        )
    });
    let payments = many(20_000, |i| {
        format!(
            " - {{ innbetalingsidentifikator: p{i}, innbetalingsdato: 2025-06-02, plassert: [{{ krav: k, beloep: 1 }}] }}\n"
        )
    });
    let principal =
        " - { kravidentifikator: k, kravtype: RESTSKATT, forfallsdato: 2025-01-01, opprinneligBeloep: 10000000 }\n";
    let output = check("interest", &format!("{PARTY}krav:\n{principal}{claims}innbetalinger:\n{payments}"));
    assert!(told(&output).contains("no problems in 1 file"), "{:.800}", told(&output));
}

#[test]
fn nesting_in_any_spelling_is_refused_by_the_control_api() {
    let sandbox = common::sandbox();
    for path in corpus() {
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let answer = send(&sandbox, "PUT", "/sandbox/scenarios", &[("Sandbox-Session", "s"), YAML], &text(&name));
        assert!(matches!(answer.status, 200 | 422), "{name}: {} {:.500}", answer.status, answer.text());
        if name.starts_with("nesting") {
            assert_eq!(answer.status, 422, "{name}");
        }
        assert!(answer.body.len() < 100_000, "{name} is told in {} bytes", answer.body.len());
    }
    assert_eq!(get(&sandbox, "/health/live", &[]).status, 200);
}

#[expect(clippy::disallowed_methods, reason = "a test of real time")]
fn now() -> Instant {
    Instant::now()
}

#[test]
fn health_is_answered_while_large_texts_are_read() {
    let sandbox = common::with_scenario(PARTY);
    let (body, done) = (with_warnings(), AtomicBool::new(false));
    let (mut looks, mut longest) = (0, Duration::ZERO);
    std::thread::scope(|scope| {
        let put = |session: &'static str| {
            let (sandbox, body) = (&sandbox, &body);
            scope.spawn(move || send(sandbox, "PUT", "/sandbox/scenarios", &[("Sandbox-Session", session), YAML], body))
        };
        let puts = [put("a"), put("b")];
        scope.spawn(|| {
            for put in puts {
                let answer = put.join().expect("an answer");
                assert_eq!(answer.status, 200);
                let warnings = answer.json()["warnings"].as_array().cloned().expect("warnings");
                assert_eq!(warnings.len(), 101, "a hundred, and how many more there are");
                assert_eq!(warnings[100]["message"], "and 9900 warnings more");
            }
            done.store(true, Ordering::Relaxed);
        });
        while !done.load(Ordering::Relaxed) {
            let begun = now();
            assert_eq!(get(&sandbox, "/health/live", &[]).status, 200);
            (looks, longest) = (looks + 1, longest.max(begun.elapsed()));
        }
    });
    // It waited for 35 s. The sandbox of a test has one thread that answers, and shares its cores with other tests.
    assert!(looks > 3 && longest < Duration::from_secs(3), "{looks} answers, the slowest after {longest:?}");
}

/// A party with so many claims in a series.
fn series(part: &str, antall: u32) -> String {
    format!(
        "part: \"{part}\"\nnavn: X\nkravserier: [{{ antall: {antall}, kravidentifikator: S-00000, kravtype: RESTSKATT, foersteForfallsdato: i dag, steg: 1d, perForfall: 10, beloepFra: 1, beloepTil: 2 }}]\n"
    )
}

#[test]
fn all_scenarios_of_the_process_share_one_budget_and_an_ended_session_gives_its_part_back() {
    let sandbox = Sandbox::builder().now(common::TODAY).scenario(&series("314300017", 100)).max_claims(1_000).start();
    let sandbox = sandbox.expect("it starts");
    let put = |session: &str, body: &str| {
        send(&sandbox, "PUT", "/sandbox/scenarios", &[("Sandbox-Session", session), YAML], body)
    };
    let claims = |session: &str| {
        let state = get(&sandbox, "/sandbox/scenarios", &[("Sandbox-Session", session)]).json();
        [state["claims"].clone(), state["ownClaims"].clone(), state["maxClaims"].clone()].map(|it| it.as_u64())
    };
    assert_eq!(put("a", &series("314055403", 700)).status, 200);
    assert_eq!(claims("a"), [Some(800), Some(700), Some(1_000)]);
    let refused = put("b", &series("314055403", 300));
    assert_eq!(refused.status, 422);
    let why = "there is no room for 300 more claims, payments and orders: all scenarios together hold 800 of at most 1000 (--max-claims)";
    assert!(refused.text().contains(why), "{}", refused.text());
    assert_eq!(claims("b"), [Some(800), Some(0), Some(1_000)], "what was refused holds nothing");
    assert_eq!(put("b", &series("314055403", 200)).status, 200, "what is left can be used");
    let orders = "part: \"314055403\"\nnavn: X\ntrekkserier: [{ antall: 1, foersteOpprettet: i dag }]\n";
    assert_eq!(put("c", orders).status, 422, "orders count too");

    assert_eq!(send(&sandbox, "DELETE", "/sandbox/sessions/a", &[], "").status, 204);
    assert_eq!(claims("b"), [Some(300), Some(200), Some(1_000)]);
    assert_eq!(put("c", orders).status, 200);
    assert_eq!(put("b", "part: \"314055403\"\nnavn: X\n").status, 200);
    assert_eq!(claims("b"), [Some(101), Some(0), Some(1_000)], "the scenarios that were replaced hold nothing");
}

#[test]
fn check_knows_the_budget_too() {
    let output = check("budget", &series("314300017", 100_000));
    assert!(output.status.success(), "{:.500}", told(&output));
    let folder = std::env::temp_dir().join(format!("hostile-max-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("a.yaml"), series("314300017", 100)).expect("written");
    let output = Command::new(env!("CARGO_BIN_EXE_innkreving-sandbox"))
        .args(["check", "--max-claims", "99", "--now", common::TODAY])
        .arg(&folder)
        .output()
        .expect("it runs");
    let _ = fs::remove_dir_all(&folder);
    assert!(told(&output).contains("no room for 100 more claims"), "{:.500}", told(&output));
}

/// Pieces of YAML that texts are made worse with.
const PIECES: &[&str] = &[
    "- ",
    "? ",
    ": ",
    "[",
    "]",
    "{",
    "}",
    "&a ",
    "*a",
    "<<: *a",
    "|\n",
    ">-\n",
    "\"",
    "'",
    "#",
    "%",
    "@",
    "!!str ",
    "!x ",
    "---\n",
    "...\n",
    "\t",
    "\n",
    "\r",
    "\u{2028}",
    "\u{85}",
    "\u{feff}",
    "\0",
    "null",
    "~",
    "true",
    "-1",
    "1e9",
    "99999999999999999999",
    "i dag",
    "i dag + 999999y",
    "forfall - 9w",
    "siste - 600",
    "0",
    "æ",
    "krav: ",
    "svar: ",
    "trekkserier: ",
    "part: ",
    "antall: 100000",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: common::sample(150, 60), failure_persistence: None, ..ProptestConfig::default() })]

    /// Built-in and hostile texts, changed at random: each is taken or refused, and the sandbox goes on.
    #[test]
    fn no_text_makes_it_fail(
        file in any::<prop::sample::Index>(),
        changes in prop::collection::vec(
            (any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0_usize..4, 1_usize..40),
            1..8,
        ),
    ) {
        static SANDBOX: std::sync::OnceLock<(Sandbox, Vec<String>)> = std::sync::OnceLock::new();
        let (sandbox, texts) = SANDBOX.get_or_init(|| {
            let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
            let built_in = fs::read_dir(root).expect("a folder").map(|file| file.expect("a file").path());
            let all = corpus().into_iter().chain(built_in.filter(|path| path.is_file()));
            (common::with_scenario(PARTY), all.map(|path| fs::read_to_string(path).expect("a text")).collect())
        });
        let mut lines: Vec<String> = file.get(texts).split_inclusive('\n').map(str::to_owned).collect();
        for (at, piece, what, times) in changes {
            let line = at.index(lines.len());
            match what {
                0 => {
                    let piece = piece.get(PIECES).repeat(times);
                    let within = at.index(lines[line].chars().count() + 1);
                    let byte = lines[line].char_indices().nth(within).map_or(lines[line].len(), |(byte, _)| byte);
                    lines[line].insert_str(byte, &piece);
                }
                1 => drop(lines.remove(line)),
                2 => lines.insert(line, lines[piece.index(lines.len())].repeat(times)),
                _ => {
                    let other = piece.index(lines.len());
                    lines.swap(line, other);
                }
            }
            if lines.is_empty() {
                lines.push("\n".to_owned());
            }
        }
        let text = lines.concat();
        prop_assume!(text.len() < 200_000);
        let answer = send(sandbox, "PUT", "/sandbox/scenarios", &[("Sandbox-Session", "fuzz"), YAML], &text);
        prop_assert!(matches!(answer.status, 200 | 400 | 422), "{} {:.500}", answer.status, answer.text());
        prop_assert!(!answer.text().contains("panicked") && answer.body.len() < 400_000);
        let after = get(sandbox, &format!("{BASE}/finans/314300017/aapnekrav"), &[]);
        prop_assert_eq!(after.status, 200);
    }
}
