//! The commands of the documents, and the table of codes, driven against the real binary.

mod common;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use common::{RESERVED, TODAY};

struct Running {
    child: Child,
    address: String,
}

impl Running {
    fn start(more: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_innkreving-sandbox"))
            .args(["--listen", "127.0.0.1:0", "--log", "off"])
            .args(more)
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let first = lines.next().expect("a line").expect("readable");
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address: first.split_once("http://").expect("an address").1.trim().to_owned() }
    }

    /// What a command prints, on both channels, given the assignments that stood before it.
    fn run(&self, assignments: &str, command: &str) -> String {
        let path = std::path::Path::new(env!("CARGO_BIN_EXE_innkreving-sandbox")).parent().expect("a folder");
        let path = format!("{}:{}", path.display(), std::env::var("PATH").unwrap_or_default());
        let output = Command::new("bash")
            .args(["-c", &format!("{assignments}{command} 2>&1")])
            .env("PATH", path)
            .env("SANDBOX_LISTEN", &self.address)
            .output()
            .expect("bash");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(path: &str) -> String {
    std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("a document")
}

/// Runs every command of a document in its order and looks for what its arrow promises.
fn run_all(document: &str, more: &[&str]) -> (Running, String) {
    let server = Running::start(more);
    let text = read(document).replace("127.0.0.1:8080", &server.address);
    let (mut assignments, mut commands) = (String::new(), 0);
    for block in text.split("```sh\n").skip(1) {
        for line in block.split("```").next().expect("a block").lines().filter(|line| !line.trim().is_empty()) {
            let (command, promised) = line.split_once("  # → ").unwrap_or((line, ""));
            if line.starts_with("encode()")
                || line
                    .split('=')
                    .next()
                    .is_some_and(|name| !name.is_empty() && name.bytes().all(|b| b.is_ascii_uppercase()))
            {
                assignments = format!("{assignments}{line}\n");
                continue;
            }
            let printed = server.run(&assignments, command);
            for piece in promised.split(" · ") {
                let shown: String = printed.chars().take(600).collect();
                assert!(printed.contains(piece.trim()), "{document}: {command}\npromises {piece:?}, prints\n{shown}");
            }
            commands += 1;
        }
    }
    assert!(commands > 10, "{document}");
    (server, assignments)
}

#[test]
fn the_commands_of_auth_md() {
    run_all("docs/auth.md", &["--auth", "signed"]);
}

#[test]
fn the_commands_of_control_api_md() {
    run_all("docs/control-api.md", &[]);
}

/// A service as its table of codes is driven: the beginning of its codes, its name, a call, and what follows its base.
struct Driven {
    prefix: &'static str,
    service: &'static str,
    path: &'static str,
    after: &'static str,
}

const DRIVEN: [Driven; 4] = [
    Driven {
        prefix: "KB-",
        service: "kravogbetalinger",
        path: "api/innkreving/kravogbetalinger/v1/finans",
        after: "/aapnekrav",
    },
    Driven {
        prefix: "KB-",
        service: "kravoversikt",
        path: "api/innkreving/kravoversikt/v1/finans",
        after: "/oversikt",
    },
    Driven { prefix: "RESTANSE-", service: "restanser", path: "api/innkreving/restanser/v2/dibk", after: "" },
    Driven { prefix: "DAS-", service: "restanser", path: "api/innkreving/restanser/v2/dibk", after: "" },
];

/// Every row of the tables: by header, base URL, rule, scenario flag, reserved number, and naturally.
#[test]
fn the_commands_of_faults_md_and_every_row_of_its_tables() {
    let (server, assignments) = run_all("docs/faults.md", &["--now", TODAY]);
    let text = read("docs/faults.md");
    let row = |line: &&str| DRIVEN.iter().any(|driven| line.starts_with(&format!("| {}", driven.prefix)));
    let rows: Vec<Vec<&str>> =
        text.lines().filter(row).map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect()).collect();
    assert_eq!(rows.len(), 9 + 9 + 8, "a row for every code");
    let mut driven_rows = 0;
    for row in &rows {
        let [code, status, reserved, natural] = row[..] else { panic!("{row:?}") };
        let assert = |way: &str, command: &str, cause: &str| {
            let printed = server.run(&assignments, &command.replacen("curl -s ", "curl -s -i ", 1));
            let expected =
                [format!("HTTP/1.1 {status} "), format!("\"kode\":\"{code}\""), format!("sandbox-cause: {cause}")];
            for piece in expected {
                assert!(printed.contains(&piece), "{code} by {way}: {command}\nlacks {piece:?} in\n{printed:.600}");
            }
        };
        for Driven { service, path, after, .. } in DRIVEN.iter().filter(|driven| code.starts_with(driven.prefix)) {
            let own = format!("{path}/314055403{after}");
            assert("header", &format!("curl -s -H 'Sandbox-Error: {code}' $SANDBOX/{own}"), "header");
            assert("base URL", &format!("curl -s $SANDBOX/~error={code}/{own}"), "base-url");
            let session = format!("by-rule-{driven_rows}");
            let rule =
                format!("innkreving-sandbox rule add --session {session} --when service={service} --then error={code}");
            let made = server.run(&assignments, &rule);
            assert!(made.contains("\"id\": \"r1\""), "{made}");
            assert("rule", &format!("curl -s -H 'Sandbox-Session: {session}' $SANDBOX/{own}"), "rule");
            let session = format!("by-flag-{driven_rows}");
            let flag = format!(r#"part: "314055403"\nnavn: X\nfeil: [{{ paa: {service}, kode: {code} }}]\n"#);
            let put = format!(
                "printf '{flag}' | curl -s -T - -H 'Content-Type: application/yaml' $SANDBOX/~session={session}/sandbox/scenarios"
            );
            let put = server.run(&assignments, &put);
            assert!(put.contains("314055403"), "{put}");
            assert("flag", &format!("curl -s $SANDBOX/~session={session}/{own}"), "scenario");
            match reserved {
                "–" => assert!(code.starts_with("DAS"), "{code}"),
                number => {
                    let nth = code.rsplit('-').next().and_then(|digits| digits.parse::<usize>().ok());
                    assert_eq!(number, RESERVED[nth.expect("a number") - 1]);
                    let call = format!("curl -s $SANDBOX/{path}/{number}{after}");
                    assert("reserved number", &call, "reserved-number");
                }
            }
            driven_rows += 1;
        }
        if natural != "none" {
            let command = natural.split('`').nth(1).expect("a command");
            assert("itself", command, "natural");
        }
    }
    assert_eq!(driven_rows, 9 * 2 + 9 + 8);
}
