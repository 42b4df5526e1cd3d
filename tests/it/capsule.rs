//! Capsules: a session in one file, shown, gone on with, and sent again.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::binary::{Running, serve_with};
use crate::common::BASE;

fn program(arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_innkreving-sandbox")).args(arguments).output().expect("it runs");
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).expect("UTF-8")).join("");
    (output.status.code(), text)
}

/// A file that goes when this is dropped.
struct File(PathBuf);

impl File {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("{name}-{}.capsule", std::process::id())))
    }

    fn path(&self) -> &str {
        self.0.to_str().expect("UTF-8")
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn read(server: &Running, path: &str) -> Value {
    let (status, text) = server.get(&format!("/~session=build-17{path}"));
    assert_eq!(status, 200, "{path}: {text}");
    serde_json::from_str(&text).expect("JSON")
}

fn lookup(server: &Running, party: &str) -> u16 {
    server.get(&format!("/~session=build-17{BASE}/finans/{party}/aapnekrav")).0
}

fn save(server: &Running, file: &File) {
    let (code, text) =
        program(&["--listen", server.address(), "capsule", "save", "--session", "build-17", "-o", file.path()]);
    assert_eq!(code, Some(0), "{text}");
}

/// A sandbox whose session met a rule twice, with a call before the rule.
fn with_a_story(arguments: &[&str]) -> Running {
    let server = serve_with(&[], arguments);
    let rule = json!({ "then": { "error": "KB-002" }, "times": 3 });
    assert_eq!(lookup(&server, "311851381"), 200);
    assert_eq!(server.post("/~session=build-17/sandbox/rules", &rule).0, 201);
    assert_eq!(server.post("/~session=build-17/sandbox/clock", &json!({ "now": "2026-12-24" })).0, 200);
    assert_eq!((lookup(&server, "311851381"), lookup(&server, "310478717")), (500, 500));
    server
}

#[test]
fn a_session_goes_on_where_it_was_saved() {
    let file = File::new("play");
    let server = with_a_story(&["--webhook-allow", "127.0.0.1"]);
    let receiver = json!({ "url": "http://127.0.0.1:9/a", "secret": "whsec_QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo=" });
    let set = server.put("/~session=build-17/sandbox/webhooks", &receiver);
    assert_eq!(set.0, 200, "{}", set.1);
    save(&server, &file);
    let arguments = ["--listen", server.address(), "capsule", "save", "--session", "build-17", "-o", "-"];
    let printed = Command::new(env!("CARGO_BIN_EXE_innkreving-sandbox")).args(arguments).output().expect("it runs");
    assert_eq!(printed.stdout[..2], [0x1f, 0x8b], "gzip, on stdout");
    let (rules, clock) = (read(&server, "/sandbox/rules"), read(&server, "/sandbox/clock"));
    drop(server);
    let (code, text) = program(&["capsule", "show", file.path()]);
    assert!(code == Some(0) && text.starts_with("session build-17, saved "), "{text}");
    let order = [
        "GET /~session=build-17",
        "The rule r1 was added: error KB-002 for any call",
        "The clock was set to 2026-12-24",
        "→ 500 KB-002",
        "A call met the rule r1",
        "receiver",
    ];
    let places: Vec<_> = order.iter().map(|what| text.find(what).unwrap_or_else(|| panic!("{what}: {text}"))).collect();
    assert!(places.is_sorted(), "{text}");
    let unpacked = Command::new("gzip").args(["-dc", file.path()]).output().expect("gzip").stdout;
    assert!(!String::from_utf8_lossy(&unpacked).contains("QUJDREVG"), "the secret is not in it");
    let mut played = serve_with(&[], &["capsule", "play", file.path()]);
    let told = played.told_until("~session=");
    assert!(told.contains(&format!("http://{}/~session=build-17", played.address())), "{told}");
    let rest = played.told_until("Its journal begins here");
    assert!(rest.contains("calls before that, which `capsule show` tells: 3"), "{rest}");
    says_where_its_calls_are(&played);
    assert_eq!((read(&played, "/sandbox/rules"), &read(&played, "/sandbox/clock")["day"]), (rules, &clock["day"]));
    assert_eq!((lookup(&played, "311851381"), lookup(&played, "311851381")), (500, 200), "one use was left");
    // The log is there, too.
    assert_eq!(played.post("/~session=build-17/sandbox/undo", &json!({ "to": 3 })).0, 200);
    assert_eq!(read(&played, "/sandbox/rules")["rules"][0]["left"], 3);
    drop(played);
    let before = serve_with(&[], &["capsule", "play", file.path(), "--at", "3"]);
    assert_eq!(read(&before, "/sandbox/rules")["rules"][0]["used"], 1, "right before the third call");
    drop(before);
    let (code, text) = program(&["capsule", "play", file.path(), "--at", "9"]);
    assert!(code == Some(2) && text.contains("the capsule has no call 9; it has the calls 1 to 3"), "{text}");
}

/// The journal of a played session has none of the calls of the capsule. It, the command line and a verdict say so.
fn says_where_its_calls_are(played: &Running) {
    const WHERE: &str = "its calls before that are in the file (capsule show)";
    let journal = read(played, "/sandbox/requests");
    assert_eq!((&journal["total"], &journal["requests"]), (&json!(0), &json!([])), "{journal}");
    assert!(journal["unseen"].as_str().is_some_and(|why| why.contains(WHERE)), "{journal}");
    let asks = ["--listen", played.address()];
    let (code, text) = program(&[&asks[..], &["journal", "--session", "build-17"]].concat());
    assert!(code == Some(0) && text.starts_with("note: calls may be missing: ") && text.contains(WHERE), "{text}");
    let never = ["verify", "--session", "build-17", "--called", "aapnekrav", "--times", "0"];
    let (code, text) = program(&[&asks[..], &never].concat());
    assert!(code == Some(1) && text.contains(WHERE), "{text}");
    let others: Value = serde_json::from_str(&played.get("/sandbox/requests").1).expect("JSON");
    assert_eq!(others.get("unseen"), None, "the default session begins here: {others}");
}

/// Calls that change nothing leave no record.
#[test]
fn a_session_without_changes_is_played_and_says_where_its_calls_are() {
    let file = File::new("calls-only");
    let server = serve_with(&[], &[]);
    assert_eq!(lookup(&server, "311851381"), 200);
    save(&server, &file);
    let played = serve_with(&[], &["capsule", "play", file.path()]);
    says_where_its_calls_are(&played);
    assert_eq!(lookup(&played, "311851381"), 200);
    assert_eq!(read(&played, "/sandbox/requests")["total"], 1);
}

#[test]
fn scenarios_of_a_folder_travel_with_it() {
    let folder = std::env::temp_dir().join(format!("capsule-scenarios-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("svar")).expect("a folder");
    let built_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    for name in
        std::fs::read_dir(built_in.join("svar")).expect("a folder").map(|file| file.expect("a file").file_name())
    {
        std::fs::copy(built_in.join("svar").join(&name), folder.join("svar").join(&name)).expect("copied");
    }
    let scenario = "212201782-eksempel.yaml";
    std::fs::copy(built_in.join(scenario), folder.join(scenario)).expect("copied");
    let file = File::new("folder");
    let server = serve_with(&[], &["--scenarios", folder.to_str().expect("UTF-8")]);
    assert_eq!(server.post("/~session=build-17/sandbox/clock", &json!({ "now": "2026-12-24" })).0, 200);
    let url = format!("/~session=build-17{BASE}/finans/212201782/aapnekrav");
    let answer = server.get(&url);
    assert_eq!((answer.0, server.get(&format!("/~session=build-17{BASE}/finans/310478717/aapnekrav")).0), (200, 404));
    save(&server, &file);
    drop(server);
    std::fs::remove_dir_all(&folder).expect("removed");
    assert_eq!(serve_with(&[], &["capsule", "play", file.path()]).get(&url), answer);
}

#[test]
fn calls_are_sent_again_and_differences_are_shown() {
    let file = File::new("replay");
    let server = with_a_story(&[]);
    save(&server, &file);
    let base = format!("http://{}", server.address());
    // The same story again: the call, then the rule and the clock.
    let again = serve_with(&[], &["capsule", "play", file.path(), "--at", "2"]);
    let at = format!("http://{}/~session=build-17", again.address());
    let (code, text) = program(&["capsule", "replay", file.path(), "--against", &at]);
    assert!(
        code == Some(1) && text.contains("2 calls were answered as before, 1 otherwise, 0 were not sent"),
        "{text}"
    );
    assert!(text.contains("status: 200, now 500"), "the rule is there before the first call: {text}");
    let other = format!("{base}/~session=other");
    let (code, text) = program(&["capsule", "replay", file.path(), "--against", &other]);
    assert!(code == Some(1) && text.contains("1 calls were answered as before, 2 otherwise"), "{text}");
    assert!(text.contains("2 changes of clock, rules or scenarios are not sent"), "{text}");
    assert!(text.contains("status: 500, now 200") && text.contains("/kode: \"KB-002\", now absent"), "{text}");
    let (code, text) = program(&["capsule", "replay", file.path(), "--against", "https://127.0.0.1:1"]);
    assert!(code == Some(2) && text.contains("write a URL like http://127.0.0.1:8080"), "{text}");
}

#[test]
fn what_is_no_capsule_is_refused() {
    let file = File::new("bad");
    for (content, why) in [(&b"no capsule"[..], "this is no capsule"), (b"", "this is no capsule")] {
        std::fs::write(&file.0, content).expect("written");
        let (code, text) = program(&["capsule", "show", file.path()]);
        assert!(code == Some(2) && text.contains(why), "{text}");
    }
    let golden = golden();
    let whole = std::fs::read(&golden).expect("a file");
    std::fs::write(&file.0, &whole[..whole.len() / 2]).expect("written");
    let (code, text) = program(&["capsule", "show", file.path()]);
    assert!(code == Some(2) && text.contains("of the capsule"), "half of one: {text}");
}

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/capsule/v1.capsule")
}

/// A capsule of an earlier version is played by every later one.
#[test]
fn a_capsule_of_an_earlier_version_is_played() {
    let golden = golden();
    let played = serve_with(&[], &["capsule", "play", golden.to_str().expect("UTF-8")]);
    let rules = read(&played, "/sandbox/rules");
    assert_eq!(
        (&rules["rules"][0]["left"], &read(&played, "/sandbox/clock")["day"]),
        (&json!(1), &json!("2026-12-24"))
    );
    let attachments = read(&played, "/sandbox/vedlegg");
    let uuid = attachments["vedlegg"][0]["uuid"].as_str().expect("a uuid").to_owned();
    assert_eq!(played.get(&format!("/~session=build-17/sandbox/vedlegg/{uuid}")), (200, "%PDF-1.7 golden".to_owned()));
    let (_, story) = program(&["capsule", "show", golden.to_str().expect("UTF-8")]);
    assert!(story.contains("attach") && story.contains("→ 500 KB-002"), "{story}");
}
