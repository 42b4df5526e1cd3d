//! The binary, as people and pipelines start it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use crate::common;

const BIN: &str = env!("CARGO_BIN_EXE_innkreving-sandbox");

/// The binary, with an environment that the test controls.
fn command(arguments: &[&str]) -> Command {
    command_after(&[], arguments)
}

/// The same, started by another program.
fn command_after(program: &[&str], arguments: &[&str]) -> Command {
    let mut all = program.iter().copied().chain([BIN]);
    let mut command = Command::new(all.next().unwrap_or(BIN));
    command.args(all).args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("SANDBOX_")) {
        command.env_remove(name);
    }
    command
}

fn run(arguments: &[&str]) -> Output {
    command(arguments).output().expect("it runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A running server. It is killed when it is dropped.
pub(crate) struct Running {
    pub(crate) child: Child,
    stdout: BufReader<ChildStdout>,
    pub(crate) banner: String,
    base: String,
}

impl Running {
    fn start(mut command: Command) -> Self {
        let mut child = command.spawn().expect("it starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("piped"));
        let mut banner = String::new();
        // The banner ends with the line that forces an error. As JSON it is one line.
        while !banner.contains("Sandbox-Error") && !banner.starts_with('{') {
            let read = stdout.read_line(&mut banner).expect("readable");
            assert!(read > 0, "it ended after: {banner}");
        }
        let base = banner.lines().next().and_then(|line| line.split_once("http://")).expect("an address").1.trim();
        let base = base.split('"').next().unwrap_or(base);
        Self { child, base: format!("http://{base}"), stdout, banner }
    }

    /// What it wrote to stdout after its banner, up to a line that has a text.
    pub(crate) fn told_until(&mut self, text: &str) -> String {
        let mut told = String::new();
        while !told.contains(text) {
            let read = self.stdout.read_line(&mut told).expect("readable");
            assert!(read > 0, "it ended after: {told}");
        }
        told
    }

    pub(crate) fn address(&self) -> &str {
        self.base.trim_start_matches("http://")
    }

    pub(crate) fn get(&self, path: &str) -> (u16, String) {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut answer = agent.get(format!("{}{path}", self.base)).call().expect("an answer");
        (answer.status().as_u16(), answer.body_mut().read_to_string().expect("a text"))
    }

    pub(crate) fn post(&self, path: &str, body: &serde_json::Value) -> (u16, String) {
        self.send("POST", path, body)
    }

    pub(crate) fn put(&self, path: &str, body: &serde_json::Value) -> (u16, String) {
        self.send("PUT", path, body)
    }

    fn send(&self, method: &str, path: &str, body: &serde_json::Value) -> (u16, String) {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let request = http::Request::builder().method(method).uri(format!("{}{path}", self.base));
        let request = request.header("Content-Type", "application/json").body(body.to_string()).expect("a request");
        let mut answer = agent.run(request).expect("an answer");
        (answer.status().as_u16(), answer.body_mut().read_to_string().expect("a text"))
    }

    fn signal(&self, name: &str) {
        let status = Command::new("kill").args([name, &self.child.id().to_string()]).status().expect("kill");
        assert!(status.success());
    }

    /// Stops the server. Returns its exit code and everything that it wrote to stderr.
    pub(crate) fn stop(mut self) -> (Option<i32>, String) {
        self.signal("-TERM");
        self.ended()
    }

    fn ended(&mut self) -> (Option<i32>, String) {
        let mut log = String::new();
        self.child.stderr.take().expect("piped").read_to_string(&mut log).expect("readable");
        (self.child.wait().expect("it ends").code(), log)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = self.stdout.read_to_end(&mut Vec::new());
    }
}

pub(crate) fn serve(arguments: &[&str]) -> Running {
    let mut all = vec!["--listen", "127.0.0.1:0", "--now", common::TODAY];
    all.extend(arguments);
    Running::start(command(&all))
}

/// A server of a binary; of the one under test if none is named.
pub(crate) fn serve_of(binary: Option<&str>, arguments: &[&str]) -> Running {
    let mut command = command_after(&[], &[]);
    if let Some(binary) = binary {
        command = Command::new(binary);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
    }
    command.args(["--listen", "127.0.0.1:0", "--now", common::TODAY]).args(arguments);
    Running::start(command)
}

/// A server that another program starts, like `setpriv`; by itself if there is none.
pub(crate) fn serve_with(program: &[&str], arguments: &[&str]) -> Running {
    let all: Vec<&str> = ["--listen", "127.0.0.1:0", "--now", common::TODAY].iter().chain(arguments).copied().collect();
    Running::start(command_after(program, &all))
}

#[test]
fn the_banner_shows_what_a_newcomer_needs_and_its_curl_line_works() {
    let server = serve(&[]);
    assert!(!server.base.ends_with(":0"), "the real port");
    let curl = server.banner.lines().map(str::trim).find(|line| line.starts_with("curl ")).expect("a curl line");
    let output = Command::new("sh").args(["-c", &format!("{curl} -sf")]).output().expect("curl");
    assert!(output.status.success(), "{curl}");
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(answer["partIdentifikator"], "311851381");
    let banner = server.banner.replace(server.address().rsplit(':').next().expect("a port"), "PORT");
    insta::assert_snapshot!(banner.replace(env!("CARGO_PKG_VERSION"), "VERSION"));
}

#[test]
fn the_first_page_is_text_for_a_terminal_and_html_for_a_browser() {
    let server = serve(&[]);
    assert_eq!(server.get("/").1.trim(), server.banner.trim());
    let agent = ureq::agent();
    let mut html = agent.get(&server.base).header("Accept", "text/html,*/*").call().expect("a page");
    assert_eq!(html.headers()["content-type"], "text/html; charset=utf-8");
    let page = html.body_mut().read_to_string().expect("a text");
    for expected in ["311851381", "script type=\"module\"", "SÆR ØM &amp; &lt;TIGER&gt;"] {
        assert!(page.contains(expected), "{expected}");
    }
}

#[test]
fn the_page_says_when_the_control_api_is_off() {
    let server = serve(&["--control", "off"]);
    let mut html = ureq::agent().get(&server.base).header("Accept", "text/html").call().expect("a page");
    let page = html.body_mut().read_to_string().expect("a text");
    assert!(page.contains("--control off") && page.contains("311851381"), "{page}");
    assert_eq!(server.get("/sandbox/live").0, 404);
}

/// Containers call each other by names without a dot, and from outside by an address.
#[test]
fn a_sandbox_that_others_can_reach_answers_to_its_names_there() {
    let server = serve(&["--listen", "0.0.0.0:0", "--allow-host", "one.example,.apps.example"]);
    let status = |host: &str| {
        let mut stream = TcpStream::connect(server.address()).expect("a connection");
        write!(stream, "GET /sandbox/requests HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer.split(' ').nth(1).expect("a status").to_owned()
    };
    for own in ["innkreving:8080", "10.1.2.3", "[fd00::1]:8080", "innkreving.team.svc.cluster.local", "a.apps.example"]
    {
        assert_eq!(status(own), "200", "{own}");
    }
    for foreign in ["evil.example", "two.example", "apps.example", "1.2.3.4.example"] {
        assert_eq!(status(foreign), "403", "{foreign}");
    }
}

#[test]
fn the_banner_says_when_every_call_needs_a_token() {
    let server = serve(&["--auth", "claims"]);
    assert!(server.banner.contains("Every call needs a Maskinporten token here"), "{}", server.banner);
    // A token in the text would expire while it is read. The text has the URL of a fresh one.
    assert_eq!(server.get("/").1.trim(), server.banner.trim());
    assert!(!server.banner.contains("Bearer ey"), "{}", server.banner);
    assert_eq!(server.get(&format!("{}/finans/311851381/aapnekrav", common::BASE)).0, 401);
}

#[test]
fn the_banners_curl_line_asks_for_a_fresh_token_where_every_call_needs_one() {
    for level in ["claims", "signed"] {
        let server = serve(&["--auth", level, "--generate-keys"]);
        let curl = server.banner.lines().map(str::trim).find(|line| line.starts_with("curl ")).expect("a curl line");
        let output = Command::new("sh").args(["-c", &format!("{curl} -sf")]).output().expect("curl");
        let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{curl}"));
        assert_eq!(answer["partIdentifikator"], "311851381", "{level}");
    }
}

#[test]
fn health() {
    let server = serve(&[]);
    assert_eq!(server.get("/health/live"), (200, r#"{"status":"UP"}"#.to_owned()));
    let (status, ready) = server.get("/health/ready");
    let ready: serde_json::Value = serde_json::from_str(&ready).expect("JSON");
    assert_eq!((status, &ready["status"], &ready["parties"]), (200, &"UP".into(), &common::built_in().into()));
    let healthcheck = |listen: &str| run(&["healthcheck", "--listen", listen]);
    assert_eq!(healthcheck(server.address()).status.code(), Some(0));
    let mut by_environment = command(&["healthcheck"]);
    let port = server.address().rsplit(':').next().expect("a port");
    by_environment.env("SANDBOX_LISTEN", format!("0.0.0.0:{port}"));
    assert_eq!(by_environment.output().expect("it runs").status.code(), Some(0), "all interfaces include this one");
    let address = server.address().to_owned();
    drop(server);
    let dead = healthcheck(&address);
    assert_eq!(dead.status.code(), Some(1));
    assert!(text(&dead.stderr).contains("does not answer"), "{}", text(&dead.stderr));
}

#[test]
fn the_environment_can_say_everything_and_flags_win_over_it() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/example");
    let mut by_environment = command(&[]);
    by_environment
        .env("SANDBOX_LISTEN", "127.0.0.1:0")
        .env("SANDBOX_SCENARIOS", &dir)
        .env("SANDBOX_WITH_BUILTIN", "true")
        .env("SANDBOX_NOW", "2026-03-01")
        .env("SANDBOX_EDITION", "2023")
        .env("SANDBOX_SEED", "1")
        .env("SANDBOX_LOG", "debug")
        .env("SANDBOX_LOG_FORMAT", "json");
    let server = Running::start(by_environment);
    assert!(server.banner.contains("\"day\":\"2026-03-01\""), "{}", server.banner);
    let parties = server.get("/sandbox/parties").1;
    assert!(parties.contains("314300017") && parties.contains("311851381"), "{parties}");
    let (_, body) = server.get(&format!("{}/finans/311851381/aapnekrav", common::BASE));
    assert!(!body.contains("skjermet"), "the 2023 edition");
    server.get("/nope");
    let (code, log) = server.stop();
    assert_eq!(code, Some(0));
    let last = log.lines().find(|line| line.contains("DAS-002")).expect("a line about the failure");
    let line: serde_json::Value = serde_json::from_str(last).expect("JSON");
    assert_eq!(line["code"], "DAS-002");

    let mut flags = command(&["--listen", "127.0.0.1:0", "--now", "2026-11-21"]);
    flags.env("SANDBOX_NOW", "2026-03-01");
    assert!(Running::start(flags).banner.contains("It is 2026-11-21 here."));
}

#[test]
fn the_environment_as_pipelines_set_it() {
    let mut forgiving = command(&[]);
    forgiving
        .env("SANDBOX_LISTEN", "localhost:0")
        .env("SANDBOX_SCENARIOS", "")
        .env("SANDBOX_NOW", "")
        .env("SANDBOX_WITH_BUILTIN", "0")
        .env("SANDBOX_LOG", "WARN");
    assert!(Running::start(forgiving).banner.contains("311851381"), "an empty variable is not set");
    let mut both = command(&["parties", "--json"]);
    both.env("SANDBOX_SCENARIOS", Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/example"))
        .env("SANDBOX_WITH_BUILTIN", "1");
    let list: serde_json::Value = serde_json::from_slice(&both.output().expect("it runs").stdout).expect("JSON");
    assert_eq!(list.as_array().map(Vec::len), Some(common::built_in() + 1));
}

#[test]
fn flags_stand_before_or_after_the_subcommand() {
    let before = run(&["--now", "2026-03-01", "parties"]);
    let after = run(&["parties", "--now", "2026-03-01"]);
    assert_eq!((before.status.code(), text(&before.stdout)), (Some(0), text(&after.stdout)));
    let mut environment = command(&["parties", "--now", "2026-03-01"]);
    environment.env("SANDBOX_NOW", "2020-01-01");
    assert_eq!(text(&environment.output().expect("it runs").stdout), text(&after.stdout), "the flag wins");
}

#[test]
fn logs_for_machines() {
    let server = serve(&["--log", "debug", "--log-format", "json"]);
    server.get(&format!("{}/finans/311851381/aapnekrav?Korrelasjonsid=en", common::BASE));
    server.get(&format!("{}/finans/311851381/krav?Korrelasjonsid=to", common::BASE));
    let (_, log) = server.stop();
    let lines: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let answered = |id: &str| lines.iter().find(|line| line["korrelasjonsid"] == id).expect("a line");
    assert_eq!((&answered("en")["level"], &answered("en")["status"]), (&"DEBUG".into(), &200.into()));
    assert_eq!(
        (&answered("to")["level"], &answered("to")["status"], &answered("to")["code"]),
        (&"INFO".into(), &400.into(), &"KB-006".into())
    );
    assert_eq!(answered("to")["path"], format!("{}/finans/311851381/krav", common::BASE));
}

#[test]
fn settings_that_mean_nothing_are_refused() {
    let refused = |arguments: &[&str], variable: Option<(&str, &str)>, says: &str| {
        let mut command = command(arguments);
        command.envs(variable);
        let output = command.output().expect("it runs");
        assert_eq!(output.status.code(), Some(2), "{arguments:?} {variable:?}");
        assert!(text(&output.stderr).contains(says), "{}", text(&output.stderr));
    };
    refused(&["--edition", "2022"], None, "2023 and 2024");
    refused(&["--now", "i morgen"], None, "not a date");
    refused(&["--listen", "8080"], None, "0.0.0.0:8080 for all interfaces");
    refused(&["--now", "+175y"], None, "outside the years");
    refused(&["--scenario", "x"], None, "--scenarios");
    refused(&["--scenarios", "/finnes/ikke"], None, "cannot be read");
    refused(&[], Some(("SANDBOX_SCENARIO", "x")), "did you mean SANDBOX_SCENARIOS?");
    refused(&[], Some(("SANDBOX_EDITION", "2025")), "2023 and 2024");
    refused(&[], Some(("SANDBOX_EDITION", "2025")), "The environment says: SANDBOX_EDITION=2025");
    refused(&[], Some(("SANDBOX_WITH_BUILTIN", "kanskje")), "SANDBOX_WITH_BUILTIN=kanskje");
}

#[test]
fn a_variable_of_somebody_else_is_only_a_warning() {
    let mut command = command(&["--listen", "127.0.0.1:0"]);
    command.env("SANDBOX_SERVICE_PORT", "8080");
    let (code, log) = Running::start(command).stop();
    assert_eq!(code, Some(0));
    assert!(log.contains("SANDBOX_SERVICE_PORT"), "{log}");
}

#[test]
fn a_broken_folder_is_told_in_full_and_exits_with_2() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/broken");
    let output = run(&["--listen", "127.0.0.1:0", "--scenarios", dir.to_str().expect("UTF-8")]);
    assert_eq!(output.status.code(), Some(2));
    let told = text(&output.stderr);
    for file in ["01-unknown-keys.yaml", "03-contradictions.yaml", "07-same-party.yml"] {
        assert!(told.contains(file), "{file}");
    }
    assert!(told.trim_end().ends_with("in the scenario files"), "{told}");
}

#[test]
fn a_port_in_use_is_said_so() {
    let server = serve(&[]);
    let output = run(&["--listen", server.address()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("is in use; choose another with --listen"), "{}", text(&output.stderr));
}

#[test]
fn a_request_in_flight_is_finished_and_an_endless_one_is_cut() {
    let mut server = serve(&[]);
    let connect = || TcpStream::connect(server.address()).expect("a connection");
    let request = format!("GET {}/finans/311851381/aapnekrav HTTP/1.1\r\nHost: x\r\n", common::BASE);
    let (mut finishing, mut endless, mut idle) = (connect(), connect(), connect());
    finishing.write_all(request.as_bytes()).expect("sent");
    endless.write_all(request.as_bytes()).expect("sent");
    idle.write_all(format!("{request}\r\n").as_bytes()).expect("sent");
    let mut first = [0; 16];
    idle.read_exact(&mut first).expect("the idle connection is served, so that all three have been accepted");
    server.signal("-TERM");
    // The rest of the request is sent after the signal.
    finishing.write_all(b"\r\n").expect("sent");
    let mut answer = Vec::new();
    finishing.read_to_end(&mut answer).expect("an answer");
    assert!(answer.starts_with(b"HTTP/1.1 200 OK") && answer.ends_with(b"}"), "{}", text(&answer));
    let (code, log) = server.ended();
    assert_eq!(code, Some(0));
    assert!(log.contains("cut what was still in flight"), "{log}");
    assert!(TcpStream::connect(server.address()).is_err(), "the server does not listen any more");
}

#[test]
fn an_idle_server_stops_at_once_on_either_signal() {
    for signal in ["-TERM", "-INT"] {
        let mut server = serve(&[]);
        server.get("/health/live");
        server.signal(signal);
        let (code, log) = server.ended();
        assert_eq!((code, log.as_str()), (Some(0), ""), "{signal}: nothing is cut, nothing is logged");
    }
}

#[test]
fn logs_hold_the_id_and_no_personal_number_that_is_not_synthetic() {
    let server = serve(&[]);
    for number in ["01017012345", "02827720073"] {
        server.get(&format!("{}/finans/{number}/krav?Korrelasjonsid=min-id-1", common::BASE));
    }
    server.get(&format!("{}/finans/0101701%3234%35/krav?Korrelasjonsid=01017012345", common::BASE));
    server.get(&format!("{}/finans/x%0Ainnlogget%1B[31m/krav", common::BASE));
    server.get(&format!("{}/finans/010170%20-%2012345/krav?Korrelasjonsid=a;token=HEMMELIG", common::BASE));
    server.get(&format!("{}/finans/311851381/aapnekrav", common::BASE));
    let (_, log) = server.stop();
    assert!(log.contains("min-id-1") && log.contains("02827720073"), "{log}");
    assert!(!log.contains("01017012345") && !log.contains("12345 ") && !log.contains("HEMMELIG"), "{log}");
    assert!(log.contains("***********"), "{log}");
    assert_eq!(
        log.lines().count(),
        5,
        "one line for each failure, none for a success, and none that a caller can forge: {log}"
    );
    assert!(!log.contains('\u{1b}'), "no escape sequences from a caller: {log}");
}

/// Names, files and answers are texts of others: none of them can paint a terminal, move its cursor or set its title.
#[test]
fn control_characters_never_reach_a_terminal() {
    let folder = std::env::temp_dir().join(format!("control-characters-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let good = "part: \"314300017\"\nnavn: \"X\\e]0;title\\aY\\u009b31m\\u202eZ\"\n";
    std::fs::write(folder.join("good.yaml"), good).expect("written");
    let path = folder.to_string_lossy().into_owned();
    let is_clean = |text: &str| {
        let unsafe_one = |c: char| (c.is_control() && c != '\n' && c != '\t') || c == '\u{202e}';
        assert!(!text.is_empty() && !text.contains(unsafe_one), "{text:?}");
    };
    let both = |output: &Output| text(&output.stdout) + &text(&output.stderr);
    is_clean(&both(&run(&["parties", "--scenarios", &path])));
    let server = serve(&["--scenarios", &path]);
    is_clean(&server.banner);
    is_clean(&server.get("/").1);
    let listen = ["--listen", server.address()];
    for arguments in [
        &["rule", "add", "--when", "client=a\u{9b}b\u{1b}[31m", "--then", "error=KB-001"][..],
        &["rule", "add", "--when", "endpoint=a\u{9b}b\u{1b}[31m", "--then", "error=KB-001"],
        &["rule", "list"],
        &["explain", "a\u{9b}.b.c"],
        &["openapi", "a\u{9b}"],
    ] {
        is_clean(&both(&run(&[arguments, &listen].concat())));
    }
    server.get(&format!("{}/finans/%C2%9B%1B%5B31m/krav?x=%E2%80%AE", common::BASE));
    is_clean(&server.get("/sandbox/requests").1);
    let (_, log) = server.stop();
    is_clean(&log);
    std::fs::write(folder.join("bad\u{1b}[31m\u{9b}.yaml"), "part: \"1\"\nx\u{9b}: \"\\e[31m\"\nnavn: \u{202e}\n")
        .expect("written");
    for arguments in [&["check", &*path][..], &["check", &path, "--brief"], &["serve", "--scenarios", &path]] {
        is_clean(&both(&run(arguments)));
    }
    std::fs::remove_dir_all(folder).expect("removed");
}

#[test]
fn parties_as_a_table_and_as_json() {
    let now = ["--now", common::TODAY];
    let table = run(&[&["parties"], &now[..]].concat());
    insta::assert_snapshot!(text(&table.stdout));
    let json = run(&[&["parties", "--json"], &now[..]].concat());
    let list: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!(list.as_array().map(Vec::len), Some(common::built_in()));
    assert!(list[0]["saldo"].is_number() && list[0]["navn"].is_string(), "{}", list[0]);
}

#[test]
fn version_and_help() {
    assert_eq!(text(&run(&["--version"]).stdout).trim(), concat!("innkreving-sandbox ", env!("CARGO_PKG_VERSION")));
    let help = text(&run(&["--help"]).stdout);
    for name in ["serve", "check", "parties", "schema", "healthcheck", "SANDBOX_LISTEN", "SANDBOX_LOG_FORMAT"] {
        assert!(help.contains(name), "{name}");
    }
    for subcommand in [&["schema"][..], &["token"], &["rule"], &["rule", "add"], &["trekk", "set"]] {
        let help = text(&run(&[subcommand, &["--help"]].concat()).stdout);
        assert!(!help.contains("SANDBOX_LISTEN"), "{subcommand:?} shows settings of the server: {help}");
        assert!(help.trim_end().ends_with("innkreving-sandbox --help"), "{subcommand:?} says where they are: {help}");
    }
}
