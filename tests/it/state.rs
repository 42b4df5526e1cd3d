//! Sessions that outlive the process, and undo: a session is its log.

use std::process::Command;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::common::state::{KINDS, OWN_PARTY, StoreFile, change, dump, last};
use crate::common::{self, BASE, get, post, request, send};
use innkreving_sandbox::Sandbox;

const SESSION: &str = "build-17";
const NAMED: [(&str, &str); 1] = [("Sandbox-Session", SESSION)];

fn program(arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_innkreving-sandbox")).args(arguments).output().expect("it runs");
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).expect("UTF-8")).join("");
    (output.status.code(), text)
}

fn log(sandbox: &Sandbox) -> Vec<Value> {
    get(sandbox, "/sandbox/log", &NAMED).json()["records"].as_array().expect("records").clone()
}

fn undo(sandbox: &Sandbox, document: &Value) -> Value {
    let answer = post(sandbox, "/sandbox/undo", &NAMED, document);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

#[test]
fn all_kinds_of_changes_are_there_after_a_restart() {
    let file = StoreFile::new("restart");
    let sandbox = file.start();
    let mut statuses = Vec::new();
    // Twice in this order, so that there is something to delete, to decide and to go on with.
    for n in 0..2 {
        for kind in (0..KINDS).filter(|kind| n == 1 || ![3, 8, 20, 26, 27].contains(kind)) {
            statuses.extend(change(&sandbox, SESSION, kind, n).map(|answer| (kind, answer.status)));
        }
    }
    let refused: Vec<_> = statuses.iter().filter(|(_, status)| *status >= 400 && *status != 500).collect();
    assert!(refused.iter().all(|(kind, status)| *kind == 22 && *status == 409), "approved before: {refused:?}");
    let kinds: Vec<String> = log(&sandbox).iter().map(|it| it["kind"].as_str().expect("a kind").to_owned()).collect();
    let documented = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/state.md")).expect("a text");
    for kind in &kinds {
        assert!(documented.contains(&format!("| `{kind}` |")), "docs/state.md does not tell of {kind}");
    }
    send(
        &sandbox,
        "PUT",
        "/sandbox/sessions/other",
        &[("Content-Type", "application/json")],
        r#"{"clients": ["a", "b"]}"#,
    );
    let (before, other) = (dump(&sandbox, SESSION), dump(&sandbox, "other"));
    drop(sandbox);
    let sandbox = file.start();
    assert_eq!(dump(&sandbox, SESSION), before);
    assert_eq!(dump(&sandbox, "other"), other, "the clients of a session stay bound");
    assert_eq!(change(&sandbox, SESSION, 25, 1).expect("an answer").status, 400, "the assertion was used before");
    assert_eq!(get(&sandbox, "/sandbox/sessions", &[]).json()["count"], 3);
    post(&sandbox, "/sandbox/clock", &[], &json!({ "advance": "1d", "server": true }));
    drop(sandbox);
    // The server's clock is that of the store only if the command line says nothing of it.
    let real = Sandbox::builder().setting("--store", &file.setting()).start().expect("it starts");
    assert_eq!(get(&real, "/sandbox/clock", &[]).json()["day"], "2026-11-22");
    drop(real);
    assert_eq!(dump(&file.start(), SESSION), before);
}

#[test]
fn rules_and_flags_have_the_uses_left_that_they_had() {
    let file = StoreFile::new("uses");
    let url = format!("{BASE}/finans/311851381/aapnekrav");
    let status = |sandbox: &Sandbox| get(sandbox, &url, &NAMED).status;
    let sandbox = file.start();
    post(&sandbox, "/sandbox/rules", &NAMED, &json!({ "then": { "error": "KB-002" }, "times": 3 }));
    let often =
        json!({ "when": { "party": "310478717" }, "then": { "error": "KB-009" }, "probability": 0.5, "seed": 4 });
    post(&sandbox, "/sandbox/rules", &NAMED, &often);
    let drawn = |sandbox: &Sandbox| -> Vec<u16> {
        (0..10).map(|_| get(sandbox, &format!("{BASE}/finans/310478717/aapnekrav"), &NAMED).status).collect()
    };
    assert_eq!((status(&sandbox), status(&sandbox)), (500, 500));
    change(&sandbox, SESSION, 6, 1);
    let flag = |sandbox: &Sandbox| get(sandbox, &format!("{BASE}/finans/{OWN_PARTY}/aapnekrav"), &NAMED).status;
    // The rule is newer than the flag, and takes its last use here.
    assert_eq!((flag(&sandbox), flag(&sandbox), flag(&sandbox)), (500, 500, 500));
    let (first, seed) = (drawn(&sandbox), 10);
    drop(sandbox);
    let sandbox = file.start();
    assert_eq!((flag(&sandbox), flag(&sandbox)), (500, 200), "one use of the flag was left");
    assert_eq!(status(&sandbox), 200, "the rule is used up");
    let second = drawn(&sandbox);
    // The same draws in a sandbox that was never stopped.
    let whole = common::sandbox();
    post(&whole, "/sandbox/rules", &NAMED, &often);
    let together: Vec<u16> = first.into_iter().chain(second).collect();
    let expected: Vec<u16> = drawn(&whole).into_iter().chain(drawn(&whole)).collect();
    assert_eq!(together, expected, "{seed} draws before, and the next ones after the restart");
    assert!(expected.contains(&200) && expected.contains(&404));
}

#[test]
fn an_undo_goes_back_and_forth() {
    let sandbox = common::sandbox();
    post(&sandbox, "/sandbox/rules", &NAMED, &json!({ "then": { "error": "KB-002" }, "times": 2 }));
    post(&sandbox, "/sandbox/clock", &NAMED, &json!({ "now": "2026-12-24" }));
    let with_clock = dump(&sandbox, SESSION);
    request(&sandbox, "DELETE", "/sandbox/rules", &NAMED);
    let kinds = |sandbox: &Sandbox| -> Vec<(String, bool)> {
        let told = |it: &Value| (it["kind"].as_str().expect("a kind").to_owned(), it["counts"] == true);
        log(sandbox).iter().map(told).collect()
    };
    let expected = ["begun", "rule-added", "clock", "rules-cleared"].map(|kind| (kind.to_owned(), true));
    assert_eq!(kinds(&sandbox), expected);
    assert_eq!(undo(&sandbox, &json!({ "steps": 1 })), json!({ "to": 3, "sequence": 5, "undone": 1 }));
    assert_eq!(dump(&sandbox, SESSION), with_clock);
    // An undo can be undone: back to what was after the fourth record.
    undo(&sandbox, &json!({ "to": 4 }));
    assert_eq!(get(&sandbox, "/sandbox/rules", &NAMED).json()["count"], 0);
    undo(&sandbox, &json!({ "to": 5 }));
    assert_eq!(dump(&sandbox, SESSION), with_clock, "to what it was after the first undo");
    let counted: Vec<bool> = kinds(&sandbox).iter().map(|(_, counts)| *counts).collect();
    assert_eq!(counted, [true, true, true, false, false, false, false]);
    // A reset is a change like others.
    request(&sandbox, "POST", &format!("/sandbox/sessions/{SESSION}/reset"), &[]);
    assert_eq!(get(&sandbox, "/sandbox/rules", &NAMED).json()["count"], 0);
    undo(&sandbox, &json!({ "steps": 1 }));
    assert_eq!(dump(&sandbox, SESSION), with_clock);
    let journal = get(&sandbox, "/sandbox/requests", &NAMED).json();
    assert_eq!(journal["count"], 0, "no call of a service yet: {journal}");
    get(&sandbox, &format!("{BASE}/finans/311851381/aapnekrav"), &NAMED);
    undo(&sandbox, &json!({ "steps": 1 }));
    assert_eq!(get(&sandbox, "/sandbox/requests", &NAMED).json()["count"], 1, "evidence stays");
    assert_eq!(get(&sandbox, "/sandbox/rules", &NAMED).json()["rules"][0]["left"], 2, "and the use is undone");
}

#[test]
fn an_undo_that_leads_nowhere_is_refused() {
    let sandbox = common::sandbox();
    let refused = |document: &Value| {
        let answer = post(&sandbox, "/sandbox/undo", &NAMED, document);
        (answer.status, answer.text())
    };
    let (status, text) = refused(&json!({ "steps": 1 }));
    assert!(status == 409 && text.contains("nothing has happened to it yet"), "{text}");
    post(&sandbox, "/sandbox/clock", &NAMED, &json!({ "now": "2026-12-24" }));
    for (document, status, what) in [
        (json!({ "steps": 2 }), 409, "1 changes can be undone, not 2"),
        (json!({ "to": 9 }), 409, "its log goes from 1 to 2, and has no record 9"),
        (json!({ "at": "2001-01-01T00:00:00Z" }), 409, "it began at"),
        (json!({}), 400, "give exactly one of steps, to and at"),
        (json!({ "steps": 1, "to": 1 }), 400, "give exactly one of steps, to and at"),
        (json!({ "step": 1 }), 400, "unknown field `step`"),
    ] {
        let (found, text) = refused(&document);
        assert!(found == status && text.contains(what), "{document}: {found} {text}");
    }
    let (_, text) = (0, post(&sandbox, "/sandbox/undo", &NAMED, &json!({ "at": "2099-01-01T00:00:00Z" })).text());
    assert!(text.contains(r#""undone":0"#), "{text}");
}

#[test]
fn a_long_log_leaves_memory_and_says_so() {
    let sandbox = common::sandbox();
    post(&sandbox, "/sandbox/rules", &NAMED, &json!({ "then": { "delay": "0ms" } }));
    let mut stream = std::io::BufReader::new(std::net::TcpStream::connect(sandbox.address()).expect("a connection"));
    let call = format!("GET {BASE}/finans/x/aapnekrav HTTP/1.1\r\nHost: a\r\nSandbox-Session: {SESSION}\r\n\r\n");
    for _ in 0..200 {
        use std::io::{BufRead as _, Read as _, Write as _};
        stream.get_mut().write_all(call.repeat(50).as_bytes()).expect("sent");
        for _ in 0..50 {
            let (mut line, mut length) = (String::new(), 0);
            while line != "\r\n" {
                line.clear();
                stream.read_line(&mut line).expect("a line");
                if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().expect("a number");
                }
            }
            stream.read_exact(&mut vec![0; length]).expect("a body");
        }
    }
    assert_eq!(get(&sandbox, "/sandbox/rules", &NAMED).json()["rules"][0]["used"], 10_000);
    let answer = post(&sandbox, "/sandbox/undo", &NAMED, &json!({ "steps": 1 }));
    assert!(answer.status == 409 && answer.text().contains("--store file:PATH keeps it whole"), "{}", answer.text());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, ..ProptestConfig::default() })]

    /// The fold of each prefix of the log is what the session was after those calls; and of the whole log, after a restart.
    #[test]
    fn the_log_makes_the_session(kinds in prop::collection::vec(0..KINDS, 12..28)) {
        let file = StoreFile::new("property");
        let sandbox = file.start();
        let mut states = Vec::new();
        for (n, kind) in kinds.iter().enumerate() {
            change(&sandbox, SESSION, *kind, n as u64);
            states.push((last(&sandbox, SESSION), dump(&sandbox, SESSION)));
        }
        drop(sandbox);
        let sandbox = file.start();
        let newest = states.last().expect("some").clone();
        prop_assert_eq!(&dump(&sandbox, SESSION), &newest.1, "after the restart: {:?}", kinds);
        for (sequence, state) in states.iter().filter(|(sequence, _)| *sequence > 0) {
            undo(&sandbox, &json!({ "to": sequence }));
            prop_assert_eq!(&dump(&sandbox, SESSION), state, "after record {} of {:?}", sequence, kinds);
        }
        drop(sandbox);
        let sandbox = file.start();
        prop_assert_eq!(&dump(&sandbox, SESSION), &newest.1, "after the restart, with all undone and done again");
    }
}

#[test]
fn a_file_is_for_one_sandbox_and_for_no_older_one() {
    let file = StoreFile::new("lock");
    let sandbox = file.start();
    post(&sandbox, "/sandbox/rules", &NAMED, &json!({ "then": { "error": "KB-002" } }));
    let why = file.builder().start().expect_err("it is open").to_string();
    assert!(why.contains("another sandbox has this file open"), "{why}");
    drop(sandbox);
    let (code, text) = program(&["store", "check", "--store", &file.setting()]);
    assert!(code == Some(0) && text.contains("build-17: 2 records"), "{text}");
    rusqlite::Connection::open(&file.0).expect("a file").pragma_update(None, "user_version", 9).expect("set");
    let why = file.builder().start().expect_err("too new").to_string();
    assert!(why.contains("the file is of version 9, and this sandbox knows versions up to 1"), "{why}");
    std::fs::write(&file.0, "no store").expect("written");
    let why = file.builder().start().expect_err("no store").to_string();
    assert!(why.contains("no store of a sandbox"), "{why}");
    let why = Sandbox::builder().setting("--store", "disk").start().expect_err("no place").to_string();
    assert!(why.contains("or file: and a path"), "{why}");
}

#[test]
fn a_deleted_session_is_gone_and_an_idle_one_comes_back() {
    let file = StoreFile::new("idle");
    let idle = std::time::Duration::from_millis(300);
    let sandbox = file.builder().sessions(10, idle).start().expect("it starts");
    post(&sandbox, "/sandbox/rules", &NAMED, &json!({ "then": { "error": "KB-002" } }));
    post(&sandbox, "/sandbox/rules", &[("Sandbox-Session", "gone")], &json!({ "then": { "error": "KB-002" } }));
    assert_eq!(request(&sandbox, "DELETE", "/sandbox/sessions/gone", &[]).status, 204);
    let is_forgotten = (0..600).any(|_| {
        std::thread::sleep(idle / 3);
        get(&sandbox, "/sandbox/sessions", &[]).json()["count"] == 1
    });
    assert!(is_forgotten, "an idle session leaves memory");
    let status =
        |session| get(&sandbox, &format!("{BASE}/finans/311851381/aapnekrav"), &[("Sandbox-Session", session)]).status;
    assert_eq!((status(SESSION), status("gone")), (500, 200));
    drop(sandbox);
    let (_, text) = program(&["store", "check", "--store", &file.setting()]);
    assert!(text.contains("build-17") && !text.contains("gone"), "{text}");
    drop(file.builder().setting("--store-keep", "1ms").start().expect("it starts"));
    let (_, text) = program(&["store", "check", "--store", &file.setting()]);
    assert!(!text.contains("build-17"), "it was kept for so long: {text}");
}

#[test]
fn other_scenario_files_after_a_restart_are_told_in_the_log() {
    let file = StoreFile::new("files");
    let scenario = |amount| {
        format!(
            "part: \"{OWN_PARTY}\"\nnavn: LITEN BLÅ TIGER AS\nkrav:\n  - {{ kravidentifikator: a, kravtype: RESTSKATT, \
             forfallsdato: i dag + 10d, opprinneligBeloep: {amount} }}\n"
        )
    };
    let start = |amount| file.builder().scenario(&scenario(amount)).start().expect("it starts");
    let url = format!("{BASE}/finans/{OWN_PARTY}/aapnekrav");
    let sandbox = start(100);
    post(&sandbox, "/sandbox/clock", &NAMED, &json!({ "now": "2026-11-25" }));
    drop(sandbox);
    let sandbox = start(100);
    assert_eq!(log(&sandbox).len(), 2, "the same files");
    drop(sandbox);
    let sandbox = start(200);
    assert!(get(&sandbox, &url, &NAMED).text().contains(r#""sumIkkeForfalteKrav":200"#));
    assert_eq!(log(&sandbox)[2]["kind"], "files");
    assert_eq!(get(&sandbox, "/sandbox/clock", &NAMED).json()["day"], "2026-11-25");
}

/// Records of earlier versions are read for ever. `testdata/log/v1` has one of every kind, and the state that they make.
#[test]
fn logs_of_earlier_versions_make_the_same_state() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/log/v1");
    let file = StoreFile::new("golden");
    let lines = folder.join("records.jsonl");
    let (code, text) = program(&["store", "import", lines.to_str().expect("UTF-8"), "--store", &file.setting()]);
    assert_eq!(code, Some(0), "{text}");
    // Not the built-in scenarios, which change.
    let sandbox = file.builder().scenario(GOLDEN_SCENARIO).start().expect("it starts");
    let state = dump(&sandbox, SESSION);
    let expected = folder.join("state.json");
    if std::env::var_os("GOLDEN").is_some() {
        std::fs::write(&expected, format!("{state:#}\n")).expect("written");
    }
    let expected: Value = serde_json::from_slice(&std::fs::read(expected).expect("a file")).expect("JSON");
    assert_eq!(state, expected);
    let again = [("Sandbox-Session", "reset-1")];
    let clock = get(&sandbox, "/sandbox/clock", &again).json();
    assert_eq!((&clock["setting"], &clock["baseDate"]), (&json!("real"), &json!("2026-11-20")));
    assert_eq!(get(&sandbox, "/sandbox/rules", &again).json()["count"], 0);
    // There `m` was a month.
    let months = [("Sandbox-Session", "months-1")];
    assert_eq!(get(&sandbox, "/sandbox/clock", &months).json()["shift"], "+1mo+2d");
    let rules = get(&sandbox, "/sandbox/rules", &months).json();
    assert_eq!(rules["rules"][0]["then"], json!({ "sequence": ["ok", { "now": "+1mo-2d" }] }), "{rules}");
    drop(sandbox);
    let copy = file.0.with_extension("jsonl");
    let (code, text) = program(&["store", "export", copy.to_str().expect("UTF-8"), "--store", &file.setting()]);
    assert_eq!(code, Some(0), "{text}");
    let (copy, lines) =
        (std::fs::read_to_string(copy).expect("a file"), std::fs::read_to_string(lines).expect("a file"));
    for line in lines.lines() {
        assert!(copy.lines().any(|known| known == line), "written as it was read: {line}");
    }
}

/// The party that the golden log needs.
const GOLDEN_SCENARIO: &str = r#"
part: "310478717"
navn: ARBEIDSGIVER AS
"#;

#[test]
fn compact_gives_room_back() {
    let file = StoreFile::new("compact");
    let sandbox = file.start();
    for session in ["one", "two", "three"] {
        for n in 0..20 {
            change(&sandbox, session, 6, n);
        }
        request(&sandbox, "DELETE", &format!("/sandbox/sessions/{session}"), &[]);
    }
    change(&sandbox, SESSION, 10, 7);
    let before = dump(&sandbox, SESSION);
    drop(sandbox);
    let (code, text) = program(&["store", "compact", "--store", &file.setting()]);
    let sizes: Vec<u64> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    assert!(code == Some(0) && sizes.len() == 2 && sizes[1] < sizes[0], "{text}");
    assert_eq!(dump(&file.start(), SESSION), before);
    assert_eq!(program(&["store", "check", "--store", "file:/nowhere/a.db"]).0, Some(2));
    assert_eq!(program(&["store", "check"]).0, Some(2));
}

/// A gate must not pass on calls that it cannot know of.
#[test]
fn what_was_called_before_a_restart_can_be_neither_counted_nor_ruled_out() {
    let file = StoreFile::new("evidence");
    let verify = |sandbox: &Sandbox, expectation: Value| {
        let verdict = post(sandbox, "/sandbox/verify", &NAMED, &expectation).json();
        (verdict["passed"] == true, verdict["results"][0]["detail"].as_str().unwrap_or_default().to_owned())
    };
    let never = || json!({ "never": "retry-storm" });
    let call = |sandbox: &Sandbox| get(sandbox, &format!("{BASE}/finans/311851381/aapnekrav"), &NAMED).status;
    let sandbox = file.start();
    assert_eq!(post(&sandbox, "/sandbox/clock", &NAMED, &json!({ "now": "2026-12-24" })).status, 200);
    assert_eq!(call(&sandbox), 200);
    assert!(verify(&sandbox, never()).0, "it has seen all calls");
    drop(sandbox);

    let sandbox = file.start();
    let (passed, detail) = verify(&sandbox, never());
    assert!(!passed && detail.contains("comes from the store"), "{detail}");
    assert!(!verify(&sandbox, json!({ "called": "aapnekrav", "atMost": 1 })).0);
    assert_eq!(call(&sandbox), 200);
    assert!(
        verify(&sandbox, json!({ "called": { "endpoint": "aapnekrav" } })).0,
        "one call is there, and more do not matter"
    );
    assert!(!verify(&sandbox, json!({ "called": { "endpoint": "aapnekrav" }, "times": 1 })).0);
}
