//! Scenario folders with links: nothing outside the folder is read, no circle is walked, and no secret is told.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::common;
use crate::reload::Running;

const PARTY: &str = "part: \"314300017\"\nnavn: X\n";
const KEY: &str = "hemmelig-noekkel-0001";

/// A folder that is deleted at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("files-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(path.join("inside")).expect("a folder");
        let folder = Self(path);
        folder.write("inside/a.yaml", PARTY);
        folder
    }

    /// What the tests lay into it.
    fn path(&self) -> PathBuf {
        self.0.join("inside")
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.0.join(name), text).expect("written");
    }

    fn link(&self, target: impl AsRef<Path>, name: &str) {
        symlink(target, self.0.join("inside").join(name)).expect("a link");
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn run(arguments: &[&str], folder: &Path) -> (Option<i32>, String) {
    let output: Output = Command::new(env!("CARGO_BIN_EXE_innkreving-sandbox"))
        .args(arguments)
        .arg(folder)
        .args(["--now", common::TODAY])
        .env("SANDBOX_CONTROL_KEY", KEY)
        .output()
        .expect("it runs");
    (output.status.code(), String::from_utf8_lossy(&[output.stderr, output.stdout].concat()).into_owned())
}

#[test]
fn a_link_out_of_the_folder_is_not_read() {
    for target in ["/proc/self/environ", "../outside.yaml", "/dev/zero"] {
        let folder = Folder::new("out");
        folder.write("outside.yaml", "part: \"314300025\"\nnavn: UTENFOR\nkraav: 1\n");
        folder.link(target, "b.yaml");
        let (code, told) = run(&["check"], &folder.path());
        assert_eq!(code, Some(1), "{target}: {told}");
        assert!(told.contains("is a link that leads out of the scenario folder"), "{target}: {told}");
        assert!(!told.contains(KEY) && !told.contains("PATH=") && !told.contains("UTENFOR"), "{target}: {told}");
    }
}

#[test]
fn a_literal_answer_is_read_from_the_folder_only() {
    let folder = Folder::new("fil");
    folder.write("outside.json", "{\"hemmelig\": 1}");
    folder.link("../outside.json", "x.json");
    folder.link("/proc/self/environ", "y.json");
    folder.link("..", "z");
    for file in ["x.json", "y.json", "z/outside.json"] {
        folder.write("inside/a.yaml", &format!("{PARTY}svar: [{{ paa: kravogbetalinger/aapnekrav, fil: {file} }}]\n"));
        let (code, told) = run(&["check"], &folder.path());
        assert_eq!(code, Some(1), "{file}: {told}");
        assert!(told.contains("leads out of the scenario folder"), "{file}: {told}");
        assert!(!told.contains(KEY) && !told.contains("hemmelig"), "{file}: {told}");
    }
}

#[test]
fn a_link_in_the_folder_leads_to_scenario_files_only() {
    let folder = Folder::new("in");
    folder.write("inside/notes.txt", "hemmelig: 1\n");
    folder.link("notes.txt", "b.yaml");
    let (code, told) = run(&["check"], &folder.path());
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("is a link to a file that is no scenario file") && !told.contains("hemmelig"), "{told}");
}

#[test]
fn circles_of_links_are_not_walked() {
    let folder = Folder::new("circle");
    for name in ["l", "m", "n"] {
        folder.link(".", name);
    }
    folder.link("loop.yaml", "loop.yaml");
    folder.link("nowhere.yaml", "dead.yaml");
    let (code, told) = run(&["check"], &folder.path());
    assert_eq!((code, told.trim()), (Some(0), "no problems in 1 file"));
    // The watcher walks the folder before the first answer.
    let server = Running::of(folder.path());
    assert_eq!(server.get("/health/live").0, 200);
    folder.write("inside/b.yaml", "part: \"314300025\"\nnavn: X\n");
    server.eventually("a new file", |server| server.get("/sandbox/parties").1.as_array().map(Vec::len) == Some(2));
}

#[test]
fn a_hostile_text_in_a_watched_folder_changes_nothing() {
    let folder = Folder::new("hostile");
    let server = Running::of(folder.path());
    let hostile = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/fuzz/scenario/nesting-block.yaml");
    fs::copy(hostile, folder.path().join("b.yaml")).expect("copied");
    let failed = |server: &Running| server.get("/sandbox/scenarios").1.get("failed").cloned();
    server.eventually("a refusal", |server| failed(server).is_some());
    let told = failed(&server).expect("a refusal").to_string();
    assert!(told.contains("nested more than 64 levels deep"), "{told}");
    assert_eq!(server.get("/sandbox/parties").1.as_array().map(Vec::len), Some(1));
}

#[test]
fn mounted_configuration_is_read_and_watched_through_its_links() {
    // As Kubernetes mounts a ConfigMap.
    let folder = Folder::new("mount");
    let amount = |name: &str, amount: u32| {
        fs::create_dir_all(folder.path().join(name)).expect("a folder");
        folder.write(&format!("inside/{name}/b.yaml"), &crate::reload::party(amount).replace("314300017", "314300025"));
    };
    amount("..2026_1", 100);
    amount("..2026_2", 200);
    folder.link("..2026_1", "..data");
    folder.link("..data/b.yaml", "b.yaml");
    let server = Running::of(folder.path());
    let saldo = |server: &Running| {
        server.get(&format!("{}/finans/314300025/aapnekrav", common::BASE)).1["totalOversikt"]["saldo"].to_string()
    };
    assert_eq!(saldo(&server), "100.0");
    folder.link("..2026_2", "..next");
    fs::rename(folder.path().join("..next"), folder.path().join("..data")).expect("swapped");
    server.eventually("the swapped link", |server| saldo(server) == "200.0");
}

#[test]
fn a_failed_read_is_tried_again_although_nothing_in_the_folder_shows_that_it_would_succeed() {
    let folder = Folder::new("again");
    let server = Running::of(folder.path());
    // A folder whose name starts with a dot is not watched.
    folder
        .write("inside/a.yaml", &format!("{PARTY}svar: [{{ paa: kravogbetalinger/aapnekrav, fil: .svar/x.json }}]\n"));
    let failed = |server: &Running| server.get("/sandbox/scenarios").1.get("failed").cloned();
    server.eventually("a failed read", |server| failed(server).is_some());
    fs::create_dir_all(folder.path().join(".svar")).expect("a folder");
    folder.write("inside/.svar/x.json", "{\"totalOversikt\": {\"saldo\": 7}}");
    server.eventually("another attempt", |server| failed(server).is_none());
    let (_, answer) = server.get(&format!("{}/finans/314300017/aapnekrav", common::BASE));
    assert_eq!(answer["totalOversikt"]["saldo"], 7);
}

#[test]
fn an_invalid_control_key_is_not_repeated() {
    let binary = || Command::new(env!("CARGO_BIN_EXE_innkreving-sandbox"));
    let by_flag = binary().args(["--control-key", "hem lig"]).output().expect("it runs");
    let by_variable = binary().env("SANDBOX_CONTROL_KEY", "hem lig").output().expect("it runs");
    for output in [by_flag, by_variable] {
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(
            told.contains("--control-key") && told.contains("a key has 8 to 200 visible ASCII characters"),
            "{told}"
        );
        assert!(!told.contains("hem lig"), "{told}");
    }
}
