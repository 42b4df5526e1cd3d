//! Runs the commands of the documents, and the tables of codes, against the real binary.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::common::contracts::{Call, Contract, services};
use crate::common::{RESERVED, TODAY};

const BIN: &str = env!("CARGO_BIN_EXE_innkreving-sandbox");

struct Running {
    child: Child,
    address: String,
    /// The address with TLS, if there is one.
    secure: Option<String>,
}

impl Running {
    fn start(more: &[&str]) -> Self {
        let mut child = Command::new(BIN)
            .args(["--listen", "127.0.0.1:0", "--log", "off"])
            .args(more)
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let first = lines.next().expect("a line").expect("readable");
        let mut with_tls = || {
            let line =
                lines.find_map(|line| line.expect("readable").trim().strip_prefix("https://127").map(str::to_owned));
            format!("127{}", line.expect("an address with TLS"))
        };
        let secure = more.contains(&"--tls").then(&mut with_tls);
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, secure, address: first.split_once("http://").expect("an address").1.trim().to_owned() }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A shell, as a reader would use it. Each document has one, so that a variable stays set for the lines after it.
struct Shell {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Shell {
    fn start(server: &Running) -> Self {
        let folder = std::path::Path::new(BIN).parent().expect("a folder");
        let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap_or_default());
        let mut child = Command::new("bash")
            .env("PATH", path)
            .env("SANDBOX_LISTEN", &server.address)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("bash");
        let (input, output) = (child.stdin.take().expect("piped"), child.stdout.take().expect("piped"));
        Self { child, input, output: BufReader::new(output) }
    }

    /// Runs a command. Returns what it prints to stdout and stderr.
    fn run(&mut self, command: &str) -> String {
        self.status_of(command).0
    }

    /// The same, and its status.
    fn status_of(&mut self, command: &str) -> (String, String) {
        // A NUL marks the end of the output, because no answer contains one.
        write!(self.input, "{{ {command}\n}} 2>&1 </dev/null; printf '\\0%s\\0' $?\n").expect("bash reads");
        let mut read = || {
            let mut printed = Vec::new();
            self.output.read_until(0, &mut printed).expect("bash prints");
            assert_eq!(printed.pop(), Some(0), "bash ended at {command}: {}", String::from_utf8_lossy(&printed));
            String::from_utf8_lossy(&printed).into_owned()
        };
        (read(), read())
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(path: &str) -> String {
    std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("a document")
}

/// Saves the blocks of YAML whose first line is their name, in a folder of their own, and goes there.
fn save_named_blocks(document: &str, text: &str, shell: &mut Shell) {
    let named = |block: &str| {
        let (first, _) = block.split_once('\n')?;
        let name = first.strip_prefix("# ")?.trim();
        let stem = name.strip_suffix(".yaml")?;
        let is_name = stem.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        is_name.then(|| (name.to_owned(), block.split("```").next().expect("a block").to_owned()))
    };
    let blocks: Vec<(String, String)> = text.split("```yaml\n").skip(1).filter_map(named).collect();
    if blocks.is_empty() {
        return;
    }
    let folder = shell.run("FOLDER=$(mktemp -d) && cd $FOLDER && printf %s $FOLDER");
    for (name, content) in blocks {
        std::fs::write(std::path::Path::new(&folder).join(&name), content)
            .unwrap_or_else(|error| panic!("{document}: {error}"));
    }
}

/// Runs every command of a document, in order, and looks in its output for the text after its arrow. One without an arrow must
/// succeed.
fn run_all(document: &str, more: &[&str]) -> (Running, Shell) {
    let server = Running::start(more);
    let mut shell = Shell::start(&server);
    let mut text = read(document).replace("127.0.0.1:8080", &server.address);
    if let Some(secure) = &server.secure {
        text = text.replace("127.0.0.1:8443", secure);
    }
    save_named_blocks(document, &text, &mut shell);
    let mut promises = 0;
    for block in text.split("```sh\n").skip(1) {
        for line in block.split("```").next().expect("a block").lines().filter(|line| !line.trim().is_empty()) {
            let (command, promised) = line.split_once("  # → ").unwrap_or((line, ""));
            let (printed, status) = shell.status_of(command);
            let shown: String = printed.chars().take(600).collect();
            assert!(
                !promised.is_empty() || status == "0",
                "{document}: {command}\nends with {status}, prints\n{shown}"
            );
            for piece in promised.split(" · ").filter(|piece| !piece.is_empty()) {
                assert!(printed.contains(piece.trim()), "{document}: {command}\npromises {piece:?}, prints\n{shown}");
                promises += 1;
            }
        }
    }
    assert!(promises >= 6, "{document}");
    (server, shell)
}

#[test]
fn the_commands_of_auth_md() {
    run_all("docs/auth.md", &["--auth", "signed"]);
}

#[test]
fn the_commands_of_control_api_md() {
    run_all("docs/control-api.md", &[]);
}

/// `scripts/story` runs every command of docs/story.md, and stops at the first one that does not print what the page promises.
#[test]
fn the_story_runs_to_its_end() {
    let story = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/story");
    let output = Command::new(story).arg(BIN).stdin(Stdio::null()).output().expect("bash");
    let printed = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && printed.contains("## The money of each day"), "{printed}");
}

#[test]
fn the_commands_of_tls_md() {
    run_all("docs/tls.md", &["--tls", "self-signed", "--tls-listen", "127.0.0.1:0"]);
}

#[test]
fn the_commands_of_operations_md() {
    run_all("docs/operations.md", &[]);
}

#[test]
fn the_commands_of_security_md() {
    run_all("SECURITY.md", &[]);
}

#[test]
fn the_commands_of_the_readme() {
    run_all("README.md", &[]);
}

#[test]
fn the_commands_of_the_guides() {
    for guide in ["accounting", "bank", "payroll"] {
        run_all(&format!("docs/{guide}.md"), &[]);
    }
}

#[test]
fn the_commands_of_evidence_md() {
    run_all("docs/evidence.md", &[]);
}

#[test]
fn the_commands_of_page_md() {
    run_all("docs/page.md", &[]);
}

#[test]
fn the_commands_of_begjaering_md() {
    run_all("docs/begjaering.md", &[]);
}

/// A row of the tables of codes.
struct Row<'d> {
    /// The heading above the table. It names services by their titles.
    heading: &'d str,
    code: &'d str,
    status: &'d str,
    reserved: &'d str,
    natural: &'d str,
}

impl Row<'_> {
    fn is_of(&self, service: &Contract) -> bool {
        // All services have the codes of the platform.
        let of_all = self.code.starts_with("DAS");
        let title = service.title().split(" (").next();
        of_all || self.heading.split(", ").any(|named| Some(named) == title)
    }
}

/// Whether the first cell of a row is a code: capital letters, a hyphen, three digits.
fn names_a_code(line: &str) -> bool {
    let cell = line.trim_matches('|').split(" | ").next().unwrap_or_default().trim();
    let digits = cell.rsplit_once('-').map_or("", |(_, digits)| digits);
    digits.len() == 3 && digits.bytes().all(|b| b.is_ascii_digit()) && cell.bytes().all(|b| !b.is_ascii_lowercase())
}

fn rows(text: &str) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    for section in text.split("\n### ").skip(1) {
        let heading = section.lines().next().expect("a heading");
        for line in section.lines().filter(|line| line.starts_with("| ") && names_a_code(line)) {
            let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
            let [code, status, reserved, natural] = cells[..] else { panic!("{line}") };
            rows.push(Row { heading, code, status, reserved, natural });
        }
    }
    rows
}

/// A call as curl makes it, with more headers and a prefix of the URL.
fn curl(call: &Call, more: &str, prefix: &str) -> String {
    let own = call.party.as_ref().map_or_else(String::new, |party| format!("-H 'Sandbox-Party: {party}' "));
    format!("curl -s -i {more}{own}\"$SANDBOX{prefix}{}\"", call.url)
}

/// Every row of the tables for every service: by header, base URL, rule, scenario flag, reserved number, and naturally.
#[test]
fn the_commands_of_faults_md_and_every_row_of_its_tables() {
    let (_server, mut shell) = run_all("docs/faults.md", &["--now", TODAY]);
    let text = read("docs/faults.md");
    let (rows, services) = (rows(&text), services());
    let (party, mut driven) = ("314055403", BTreeSet::new());
    for row in &rows {
        let Row { code, status, natural, .. } = row;
        let mut assert = |way: &str, command: &str, cause: &str| {
            let printed = shell.run(command);
            let expected =
                [format!("HTTP/1.1 {status} "), format!("\"kode\":\"{code}\""), format!("sandbox-cause: {cause}")];
            for piece in expected {
                assert!(printed.contains(&piece), "{code} by {way}: {command}\nlacks {piece:?} in\n{printed:.600}");
            }
        };
        if !natural.starts_with("none") {
            let command = natural.split('`').nth(1).expect("a command");
            assert("itself", &command.replacen("curl -s ", "curl -s -i ", 1), "natural");
        }
        for service in services.iter().filter(|service| row.is_of(service)) {
            let (name, call) = (&service.name, service.simplest(party));
            assert("header", &curl(&call, &format!("-H 'Sandbox-Error: {code}' "), ""), "header");
            assert("base URL", &curl(&call, "", &format!("/~error={code}")), "base-url");
            // Each rule and each flag has its own session, so that they do not affect each other.
            let session = format!("rule-{name}-{code}");
            let rule =
                format!("innkreving-sandbox rule add --session {session} --when service={name} --then error={code}");
            let then = curl(&call, &format!("-H 'Sandbox-Session: {session}' "), "");
            assert("rule", &format!("{rule} && {then}"), "rule");
            let session = format!("flag-{name}-{code}");
            let flag = format!(r#"part: "{party}"\nnavn: X\nfeil: [{{ paa: {name}, kode: {code} }}]\n"#);
            let put = "curl -s -f -T - -H 'Content-Type: application/yaml'";
            let put = format!("printf '{flag}' | {put} $SANDBOX/~session={session}/sandbox/scenarios");
            assert("flag", &format!("{put} && {}", curl(&call, "", &format!("/~session={session}"))), "scenario");
            let nth: usize = code.rsplit('-').next().and_then(|digits| digits.parse().ok()).expect("a number");
            if row.reserved == "–" {
                let free = code.starts_with("DAS") || nth > RESERVED.len();
                assert!(free, "{code}: the first {} codes of a service have reserved numbers", RESERVED.len());
            } else {
                assert_eq!(Some(&row.reserved), RESERVED.get(nth - 1), "the reserved number of {code}");
                assert("reserved number", &curl(&service.simplest(row.reserved), "", ""), "reserved-number");
            }
            assert!(driven.insert((name.clone(), (*code).to_owned())), "{name} has two rows of {code}");
        }
    }
    for service in &services {
        for code in service.operations().iter().flat_map(|operation| operation.codes()).map(|(_, code)| code) {
            let row = (service.name.clone(), code.to_owned());
            assert!(driven.contains(&row), "docs/faults.md has no row for {code} of {} ({})", row.0, service.title());
        }
    }
    assert!(rows.iter().all(|row| services.iter().any(|service| row.is_of(service))), "a table belongs to no service");
}
