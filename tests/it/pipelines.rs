//! Pipelines: the twenty lines of docs/ci.md, and the steps of the action and the template.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

const BIN: &str = env!("CARGO_BIN_EXE_innkreving-sandbox");

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A folder of its own that is gone when it is dropped.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("pipeline-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        Self(folder)
    }

    fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.0.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
    }

    fn write(&self, file: &str, text: &str) {
        std::fs::write(self.0.join(file), text).expect("written");
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// An address that was free a moment ago.
fn free() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").to_string()
}

fn bash(folder: &Folder) -> Command {
    let mut command = Command::new("bash");
    let binaries = Path::new(BIN).parent().expect("a folder").display();
    command
        .current_dir(&folder.0)
        .env("PATH", format!("{binaries}:{}", std::env::var("PATH").unwrap_or_default()))
        .env("RUNNER_TEMP", &folder.0)
        .env_remove("GITHUB_ACTIONS")
        .env_remove("GITHUB_STEP_SUMMARY");
    command
}

/// A suite that calls these paths below the URL that it is given.
fn suite(calls: &[&str]) -> String {
    let below = "api/innkreving/kravogbetalinger/v1/finans";
    let lines: Vec<String> = calls
        .iter()
        .map(|call| {
            let (header, path) = call.split_once(' ').unwrap_or(("", call));
            let header = if header.is_empty() { String::new() } else { format!("-H 'Sandbox-{header}' ") };
            format!("curl -s -o /dev/null {header}\"$1/{below}/{path}\"")
        })
        .collect();
    // A reset makes curl fail, which is what this suite is for.
    format!("#!/bin/sh\n{}\nexit 0\n", lines.join("\n"))
}

#[test]
fn the_lines_of_ci_md_fail_on_a_code_that_was_never_met() {
    let text = std::fs::read_to_string(root().join("docs/ci.md")).expect("a document");
    let pipeline = text.split("```sh\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a pipeline");
    assert!(pipeline.lines().count() <= 30, "{}", pipeline.lines().count());
    let lookups = ["311851381/aapnekrav", "311851381/aapnekrav", "313100022/aapnekrav"];
    for (name, last, status) in [("red", "311851381/aapnekrav", 1), ("green", "311851380/aapnekrav", 0)] {
        let folder = Folder::new(name);
        let address = free();
        folder.write("suite-lookups", &suite(&lookups));
        folder.write("suite-faults", &suite(&["Error:KB-002 311851381/krav", "Fault:reset 311851381/aapnekrav", last]));
        folder.write("pipeline", &pipeline.replace("127.0.0.1:8080", &address));
        let output = bash(&folder)
            .args(["-c", "chmod +x suite-lookups suite-faults; set -m; . ./pipeline"])
            .output()
            .expect("bash");
        let printed = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{name}: {printed}");
        assert_eq!(printed.contains("not tried: kravogbetalinger/*:KB-006"), status == 1, "{printed}");
        assert_eq!(folder.read("verify.xml").contains("<failure"), status == 1);
        assert!(folder.read("report.html").contains("Liten Tiger AS"));
        assert!(folder.read("calls.har").contains("/~session=faults/api/innkreving"));
        assert_eq!(folder.0.join("faults.capsule").exists(), status == 1, "{name}");
    }
}

#[test]
fn the_steps_of_the_action_start_report_and_fail() {
    let action = std::fs::read_to_string(root().join("action.yml")).expect("action.yml");
    let action: serde_yaml::Value = serde_yaml::from_str(&action).expect("YAML");
    let steps = action["runs"]["steps"].as_sequence().expect("steps");
    let step = |id: &str| {
        let found = steps.iter().find(|step| step["id"].as_str() == Some(id)).expect("a step");
        found["run"].as_str().expect("a command").to_owned()
    };
    let folder = Folder::new("action");
    let address = free();
    folder.write("expect.yaml", "expect:\n  - covered: 'kravogbetalinger/*:KB-006'\n");
    let run = |command: &str, output: &str| {
        let done = bash(&folder)
            .args(["-c", command])
            .env("GITHUB_ACTION_PATH", root())
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_OUTPUT", folder.0.join("output"))
            .env("GITHUB_ENV", folder.0.join("env"))
            .env("GITHUB_STEP_SUMMARY", folder.0.join("summary.md"))
            .env("SANDBOX_LISTEN", &address)
            .env("CI_SESSION", "run-7")
            .env("CI_SUPPLIER", r#"Liten "Tiger" AS"#)
            .env("CI_SYSTEM_VERSION", "1.2")
            .env("CI_EXPECTATIONS", "expect.yaml")
            .env("CI_OUTPUT", output)
            .output()
            .expect("bash");
        let printed = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
        (done.status.code(), printed)
    };
    let (code, printed) = run(&step("start"), "kept");
    assert_eq!(code, Some(0), "{printed}");
    assert_eq!(folder.read("output").trim(), format!("url=http://{address}"));
    assert!(folder.read("env").contains("SANDBOX_SESSION=run-7"));
    let call =
        format!("curl -s http://{address}/~session=run-7/api/innkreving/kravogbetalinger/v1/finans/311851381/krav?x");
    assert!(run(&call, "kept").1.contains("KB-006"));
    let (code, printed) = run(&step("finish"), "kept");
    assert_eq!(code, Some(0), "{printed}");
    assert!(folder.read("kept/report.html").contains("Liten &quot;Tiger&quot; AS"));
    assert!(folder.read("kept/calls.har").contains("KB-006") && folder.read("kept/verify.xml").contains("testcase"));
    let summary = folder.read("summary.md");
    assert!(summary.contains("1 of 1 as expected") && summary.contains("Krav og betalinger"), "{summary}");
    // Without the code, the last step fails, and still keeps the report.
    assert_eq!(run(&step("start"), "again").0, Some(0));
    let (code, printed) = run(&step("finish"), "again");
    assert_eq!(code, Some(1), "{printed}");
    assert!(printed.contains("::error title=covered kravogbetalinger/*%3AKB-006"), "{printed}");
    assert!(folder.read("again/report.html").contains("<!DOCTYPE html>"));
    // And a capsule, with which a developer can go on.
    let (code, printed) = run("innkreving-sandbox capsule show again/run-7.capsule", "again");
    assert!(code == Some(0) && printed.contains("session run-7"), "{printed}");
    assert!(!folder.0.join("kept/run-7.capsule").exists(), "the first job was green");
    let gone = bash(&folder).args(["-c", "innkreving-sandbox healthcheck"]).env("SANDBOX_LISTEN", &address).output();
    assert!(!gone.expect("it runs").status.success(), "the sandbox was stopped");
}

#[test]
fn the_template_of_gitlab_runs_the_same_script() {
    let template = std::fs::read_to_string(root().join("packages/gitlab-ci.yml")).expect("a template");
    let template: serde_yaml::Value = serde_yaml::from_str(&template).expect("YAML");
    let job = &template[".innkreving-sandbox"];
    assert!(job["after_script"].is_null(), "its container has no sandbox");
    let before: Vec<&str> =
        job["before_script"].as_sequence().expect("commands").iter().filter_map(|it| it.as_str()).collect();
    let kept = job["artifacts"]["paths"][0].as_str().expect("a folder");
    let met = "curl -s -o /dev/null http://$SANDBOX_LISTEN/~session=run-8/api/innkreving/kravogbetalinger/v1/finans/311851381/krav?x";
    // As a runner does: one shell with all commands, that ends with the first that fails. The gate, the job, or neither is red.
    for (name, script, code) in [("green", met, 0), ("gate", "true", 1), ("job", "false", 1)] {
        let folder = Folder::new(&format!("gitlab-{name}"));
        folder.write("expect.yaml", "- covered: 'kravogbetalinger/*:KB-006'\n");
        let address = free();
        let commands =
            format!("set -eo pipefail; : | eval $'{}\n{script}\n'; exit 0", before.join("\n").replace('\'', "\\'"));
        let output = bash(&folder)
            .args(["-c", &commands])
            .env("INNKREVING_SANDBOX_SCRIPTS", root().join("scripts"))
            .env("SANDBOX_LISTEN", &address)
            .env("CI_SESSION", "run-8")
            .env("CI_EXPECTATIONS", "expect.yaml")
            .output()
            .expect("bash");
        let printed = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{name}: {printed}");
        assert!(folder.read(&format!("{kept}/report.html")).contains("<!DOCTYPE html>"), "{name}: {printed}");
        assert_eq!(folder.0.join(kept).join("run-8.capsule").exists(), code == 1, "{name}");
        let gone =
            bash(&folder).args(["-c", "innkreving-sandbox healthcheck"]).env("SANDBOX_LISTEN", &address).output();
        assert!(!gone.expect("it runs").status.success(), "{name}: the sandbox was stopped");
    }
}
