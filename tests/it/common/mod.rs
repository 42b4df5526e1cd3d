//! Shared by the tests: an independent HTTP client, and sandboxes to call.

pub(crate) mod begjaering;
pub(crate) mod contracts;
pub(crate) mod jwt;
pub(crate) mod state;

use innkreving_sandbox::Sandbox;
use serde_json::Value;

/// The date of the clock in tests that set no other.
pub(crate) const TODAY: &str = "2026-11-21";
/// The reserved numbers, in the order of their codes.
pub(crate) const RESERVED: [&str; 9] = [
    "333000016",
    "333000024",
    "333000032",
    "333000040",
    "333000059",
    "333000067",
    "333000075",
    "333000083",
    "333000091",
];

pub(crate) const BASE: &str = "/api/innkreving/kravogbetalinger/v1";
pub(crate) const RESTANSER: &str = "/api/innkreving/restanser/v2";
pub(crate) const TREKK: &str = "/api/trekkpaalegg/v1";
pub(crate) const KRAVOVERSIKT: &str = "/api/innkreving/kravoversikt/v1";

/// How much of something is tried: all of it with `WHOLE` in the environment (scripts/whole), otherwise the smaller number.
pub(crate) fn sample<T>(whole: T, sampled: T) -> T {
    if std::env::var_os("WHOLE").is_some() { whole } else { sampled }
}

/// A sandbox with the built-in scenarios, on [`TODAY`].
pub(crate) fn sandbox() -> Sandbox {
    Sandbox::builder().now(TODAY).seed(1).start().expect("the built-in scenarios start")
}

/// A sandbox with one scenario.
pub(crate) fn with_scenario(yaml: &str) -> Sandbox {
    Sandbox::builder().now(TODAY).seed(1).scenario(yaml).start().unwrap_or_else(|error| panic!("{}", explain(&error)))
}

/// A start error with all its problems, for the message of a failed test.
pub(crate) fn explain(error: &innkreving_sandbox::StartError) -> String {
    use innkreving_sandbox::{StartError, scenario::loading::LoadError};
    match error {
        StartError::Scenarios(LoadError::Problems(problems)) => {
            problems.iter().map(|problem| problem.render(false)).collect::<Vec<_>>().join("\n")
        }
        other => other.to_string(),
    }
}

/// A complete answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("ASCII"))
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn kode(&self) -> String {
        self.json()["kode"].as_str().unwrap_or_default().to_owned()
    }
}

/// GET with headers. An error status is an answer too.
pub(crate) fn get(sandbox: &Sandbox, path: &str, headers: &[(&str, &str)]) -> Answer {
    request(sandbox, "GET", path, headers)
}

/// Any method, without a body.
pub(crate) fn request(sandbox: &Sandbox, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).allow_non_standard_methods(true).build().into();
    let mut request = http::Request::builder().method(method).uri(format!("{}{path}", sandbox.base_url()));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut response = agent.run(request.body(()).expect("a request")).expect("an answer");
    let body = response.body_mut().with_config().limit(64 * 1024 * 1024).read_to_vec().expect("a body");
    Answer { status: response.status().as_u16(), headers: response.headers().clone(), body }
}

/// Any method, with a body.
pub(crate) fn send(sandbox: &Sandbox, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).allow_non_standard_methods(true).build().into();
    let mut request = http::Request::builder().method(method).uri(format!("{}{path}", sandbox.base_url()));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut response = agent.run(request.body(body.to_owned()).expect("a request")).expect("an answer");
    let body = response.body_mut().with_config().limit(64 * 1024 * 1024).read_to_vec().expect("a body");
    Answer { status: response.status().as_u16(), headers: response.headers().clone(), body }
}

/// POST of JSON, with more headers.
pub(crate) fn post(sandbox: &Sandbox, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
    let all: Vec<_> = headers.iter().copied().chain([("Content-Type", "application/json")]).collect();
    send(sandbox, "POST", path, &all, &body.to_string())
}

/// Sets a rule in the default session.
#[track_caller]
pub(crate) fn rule(sandbox: &Sandbox, rule: &Value) -> Value {
    let answer = post(sandbox, "/sandbox/rules", &[], rule);
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()
}

/// Sends raw bytes, and reads until the connection ends.
pub(crate) fn raw(sandbox: &Sandbox, bytes: &[u8]) -> String {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(sandbox.address()).expect("a connection");
    stream.write_all(bytes).expect("sent");
    let mut answer = Vec::new();
    // A reset after the answer counts as an end.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// The numbers of the built-in parties, from the names of their files.
pub(crate) fn parties() -> Vec<String> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let files = std::fs::read_dir(folder).expect("a folder").map(|file| file.expect("a file"));
    let names = files.filter(|file| file.path().is_file()).map(|file| file.file_name().into_string().expect("UTF-8"));
    let mut parties: Vec<String> = names.map(|name| name.split('-').next().expect("a number").to_owned()).collect();
    parties.sort();
    parties
}

/// A token from the subcommand `token`, which needs no running sandbox.
pub(crate) fn token(arguments: &[&str]) -> String {
    let output =
        std::process::Command::new(env!("CARGO_BIN_EXE_innkreving-sandbox")).arg("token").args(arguments).output();
    String::from_utf8(output.expect("it runs").stdout).expect("a token").trim().to_owned()
}

/// How many parties are built in.
pub(crate) fn built_in() -> usize {
    parties().len()
}

/// An amount in an answer, in øre, without rounding.
pub(crate) fn oere(value: &Value) -> i64 {
    let text = value.as_number().unwrap_or_else(|| panic!("{value} is no number")).to_string();
    let (kroner, oere) = text.split_once('.').unwrap_or((&text, "0"));
    format!("{kroner}{oere:0<2}").parse().expect("at most two decimals")
}
