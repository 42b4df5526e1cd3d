//! A store that takes nothing: a full one, a disk that is full, a file that is read-only. Calls that change something are refused,
//! nothing has changed, all others are answered, and the health says so.

use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use serde_json::{Value, json};

use crate::binary::serve_with;
use crate::common::begjaering::{self, UTLEGG};
use crate::common::state::{StoreFile, dump};
use crate::common::{BASE, get, post};
use innkreving_sandbox::Sandbox;

const SESSION: &str = "build-17";
const NAMED: [(&str, &str); 1] = [("Sandbox-Session", SESSION)];

fn upload(sandbox: &Sandbox, bytes: usize) -> crate::common::Answer {
    let all: Vec<_> = begjaering::HEADERS.iter().chain(&NAMED).copied().collect();
    let file = [b"%PDF-1.7 ".to_vec(), vec![b'x'; bytes]].concat();
    begjaering::upload(sandbox, UTLEGG, &all, "annet", "REF", &file)
}

fn lookup(sandbox: &Sandbox) -> u16 {
    get(sandbox, &format!("{BASE}/finans/311851381/aapnekrav"), &NAMED).status
}

fn metrics(sandbox: &Sandbox) -> String {
    get(sandbox, "/metrics", &[]).text()
}

/// The value of a sample.
fn number(page: &str, sample: &str) -> f64 {
    let name = format!("innkreving_sandbox_{sample} ");
    let value = page.lines().find_map(|line| line.strip_prefix(&name)).unwrap_or_else(|| panic!("{sample}: {page}"));
    value.parse().expect("a number")
}

#[test]
fn a_change_that_does_not_fit_has_not_happened() {
    let file = StoreFile::new("full");
    let sandbox = file.builder().setting("--store-max-size", "1MB").start().expect("it starts");
    assert_eq!(upload(&sandbox, 1000).status, 201);
    let before = dump(&sandbox, SESSION);
    let refused = upload(&sandbox, 2_000_000);
    assert_eq!(refused.status, 503, "{}", refused.text());
    assert!(refused.text().contains("KB-001"), "in the form of the service: {}", refused.text());
    assert!(refused.header("Sandbox-Hint").contains("nothing has changed: the disk is full"), "{:?}", refused.headers);
    let ready = get(&sandbox, "/health/ready", &[]);
    assert!(
        ready.status == 503 && ready.text().contains("calls that change something are refused"),
        "{}",
        ready.text()
    );
    assert_eq!((get(&sandbox, "/health/live", &[]).status, lookup(&sandbox)), (200, 200), "all others are answered");
    assert_eq!(dump(&sandbox, SESSION), before);
    let down = metrics(&sandbox);
    for line in ["store_info{kind=\"file\"} 1", "store_up 0", "store_failures_total 1", "store_waiting_changes 0"] {
        assert!(down.contains(&format!("innkreving_sandbox_{line}\n")), "{line}: {down}");
    }
    assert!(number(&down, "store_changes_total{outcome=\"written\"}") >= 2.0, "{down}");
    assert!(number(&down, "store_changes_total{outcome=\"lost\"}") >= 1.0, "{down}");
    let since_2026 = 1_767_225_600.0;
    assert!(number(&down, "store_last_failure_timestamp_seconds") > since_2026, "{down}");
    assert!(number(&down, "store_bytes") > 4096.0 && down.contains("store_bytes_limit 1048576\n"), "{down}");
    let rule = post(&sandbox, "/sandbox/rules", &NAMED, &json!({ "then": { "error": "KB-002" } }));
    assert!(rule.status == 503 && rule.text().contains("urn:innkreving-sandbox:not-kept"), "{}", rule.text());
    // A smaller change fits, and the store is tried again every second.
    let ready = (0..600).any(|_| {
        std::thread::sleep(Duration::from_millis(100));
        get(&sandbox, "/health/ready", &[]).status == 200
    });
    assert!(ready, "it is tried again");
    let up = metrics(&sandbox);
    assert!(up.contains("store_up 1\n") && number(&up, "store_changes_total{outcome=\"refused\"}") >= 1.0, "{up}");
    assert_eq!(upload(&sandbox, 1000).status, 201);
    let after = dump(&sandbox, SESSION);
    assert_eq!(after["attachments"]["count"], 2);
    drop(sandbox);
    assert_eq!(dump(&file.start(), SESSION), after);
}

/// The system refuses to let the file grow, as a full disk does.
#[test]
fn a_full_disk_is_told_and_reads_go_on() {
    let file = StoreFile::new("disk");
    // 512 blocks of 512 bytes. What the limit sends beside the error is a signal, which is to be ignored.
    let limited = ["sh", "-c", "trap '' XFSZ; ulimit -f 512; exec \"$@\"", "sh"];
    let server = serve_with(&limited, &["--store", &file.setting()]);
    let add = |server: &crate::binary::Running| {
        let rule = json!({ "when": { "client": "x".repeat(190) }, "then": { "error": "KB-002" }, "times": 1 });
        server.post("/sandbox/rules", &rule)
    };
    let count = |server: &crate::binary::Running| -> Value {
        serde_json::from_str::<Value>(&server.get("/sandbox/rules").1).expect("JSON")["count"].clone()
    };
    let mut kept = 0;
    let refusal = loop {
        let (status, text) = add(&server);
        if status != 201 {
            break (status, text);
        }
        kept += 1;
        assert!(kept < 1900, "the file never became full");
    };
    assert!(refusal.0 == 503 && refusal.1.contains("nothing has changed"), "{refusal:?}");
    assert_eq!(count(&server), kept, "those that were answered");
    assert_eq!(server.get("/health/ready").0, 503);
    assert_eq!(server.get(&format!("{BASE}/finans/310478717/aapnekrav")).0, 200);
    drop(server);
    let again = serve_with(&[], &["--store", &file.setting()]);
    assert_eq!(count(&again), kept, "after a restart with room");
    assert_eq!((add(&again).0, again.get("/health/ready").0), (201, 200));
}

#[test]
fn a_read_only_file_is_served_and_not_changed() {
    let file = StoreFile::new("readonly");
    let sandbox = file.start();
    post(&sandbox, "/sandbox/rules", &[], &json!({ "when": { "party": "311851381" }, "then": { "error": "KB-009" } }));
    drop(sandbox);
    let folder = file.0.parent().expect("a folder");
    let allow = |mode: u32, path: &std::path::Path| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("allowed");
    };
    allow(0o444, &file.0);
    allow(0o555, folder);
    // Permissions do not hold for the superuser, so the sandbox gives that up.
    let ids = std::process::Command::new("id").arg("-u").output().expect("id").stdout;
    let user: &[&str] =
        if ids.trim_ascii() == b"0" { &["setpriv", "--bounding-set=-all", "--inh-caps=-all"] } else { &[] };
    let server = serve_with(user, &["--store", &file.setting()]);
    let lookup = format!("{BASE}/finans/311851381/aapnekrav");
    let (status, text) = server.get("/health/ready");
    assert!(status == 503 && text.contains("the store is read-only"), "{text}");
    assert_eq!(server.get(&format!("{BASE}/finans/310478717/aapnekrav")).0, 200);
    let (status, text) = server.post("/sandbox/rules", &json!({ "then": { "error": "KB-002" } }));
    assert!(status == 503 && text.contains("the store is read-only"), "{text}");
    let (status, text) = server.get(&lookup);
    assert!(status == 503, "the rule would be used, and that is a change: {text}");
    assert!(server.get("/sandbox/rules").1.contains("KB-009"), "what is there is told");
    allow(0o755, folder);
    allow(0o644, &file.0);
}
