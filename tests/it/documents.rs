//! The commands of the documents, and the table of codes, driven against the real binary.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::common::{RESERVED, TODAY};

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

/// A service as its table of codes is driven: the section with the table, and how a party is asked for.
struct Driven {
    section: &'static str,
    service: &'static str,
    /// `PARTY` stands for its number.
    path: &'static str,
    headers: &'static str,
}

const DRIVEN: [Driven; 5] = [
    Driven {
        section: "Krav og betalinger, Kravoversikt",
        service: "kravogbetalinger",
        path: "api/innkreving/kravogbetalinger/v1/finans/PARTY/aapnekrav",
        headers: "",
    },
    Driven {
        section: "Krav og betalinger, Kravoversikt",
        service: "kravoversikt",
        path: "api/innkreving/kravoversikt/v1/finans/PARTY/oversikt",
        headers: "",
    },
    Driven { section: "Restanser", service: "restanser", path: "api/innkreving/restanser/v2/dibk/PARTY", headers: "" },
    Driven {
        section: "Trekkpålegg",
        service: "trekkpaalegg",
        path: "api/trekkpaalegg/v1",
        headers: "-H 'Sandbox-Party: PARTY' ",
    },
    Driven {
        section: "The platform in front of all services",
        service: "trekkpaalegg",
        path: "api/trekkpaalegg/v1",
        headers: "-H 'Sandbox-Party: PARTY' ",
    },
];

/// Every row of the tables: by header, base URL, rule, scenario flag, reserved number, and naturally.
#[test]
fn the_commands_of_faults_md_and_every_row_of_its_tables() {
    let (server, assignments) = run_all("docs/faults.md", &["--now", TODAY]);
    let text = read("docs/faults.md");
    let mut rows: Vec<(&str, Vec<&str>)> = Vec::new();
    for section in text.split("\n### ").skip(1) {
        let heading = section.lines().next().expect("a heading");
        let table = section.lines().filter(|line| line.starts_with("| ") && line.contains("-00"));
        rows.extend(table.map(|line| (heading, line.trim_matches('|').split(" | ").map(str::trim).collect())));
    }
    assert_eq!(rows.len(), 9 * 3 + 8, "a row for every code");
    let mut driven_rows = 0;
    for (section, row) in &rows {
        let [code, status, reserved, natural] = row[..] else { panic!("{row:?}") };
        let assert = |way: &str, command: &str, cause: &str| {
            let printed = server.run(&assignments, &command.replacen("curl -s ", "curl -s -i ", 1));
            let expected =
                [format!("HTTP/1.1 {status} "), format!("\"kode\":\"{code}\""), format!("sandbox-cause: {cause}")];
            for piece in expected {
                assert!(printed.contains(&piece), "{code} by {way}: {command}\nlacks {piece:?} in\n{printed:.600}");
            }
        };
        for Driven { service, path, headers, .. } in DRIVEN.iter().filter(|driven| driven.section == *section) {
            let call = |before: &str, prefix: &str, party: &str| {
                format!("curl -s {before}{headers}$SANDBOX/{prefix}{path}").replace("PARTY", party)
            };
            let party = "314055403";
            assert("header", &call(&format!("-H 'Sandbox-Error: {code}' "), "", party), "header");
            assert("base URL", &call("", &format!("~error={code}/"), party), "base-url");
            let session = format!("by-rule-{driven_rows}");
            let rule =
                format!("innkreving-sandbox rule add --session {session} --when service={service} --then error={code}");
            let made = server.run(&assignments, &rule);
            assert!(made.contains("\"id\": \"r1\""), "{made}");
            assert("rule", &call(&format!("-H 'Sandbox-Session: {session}' "), "", party), "rule");
            let session = format!("by-flag-{driven_rows}");
            let flag = format!(r#"part: "{party}"\nnavn: X\nfeil: [{{ paa: {service}, kode: {code} }}]\n"#);
            let put = format!(
                "printf '{flag}' | curl -s -T - -H 'Content-Type: application/yaml' $SANDBOX/~session={session}/sandbox/scenarios"
            );
            let put = server.run(&assignments, &put);
            assert!(put.contains(party), "{put}");
            assert("flag", &call("", &format!("~session={session}/"), party), "scenario");
            match reserved {
                "–" => assert!(code.starts_with("DAS"), "{code}"),
                number => {
                    let nth = code.rsplit('-').next().and_then(|digits| digits.parse::<usize>().ok());
                    assert_eq!(number, RESERVED[nth.expect("a number") - 1]);
                    assert("reserved number", &call("", "", number), "reserved-number");
                }
            }
            driven_rows += 1;
        }
        if !natural.starts_with("none") {
            let command = natural.split('`').nth(1).expect("a command");
            assert("itself", command, "natural");
        }
    }
    assert_eq!(driven_rows, 9 * 4 + 8);
}
