//! What a whole process takes: memory and lines of the log, as the system sees them.
#![cfg(target_os = "linux")]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::binary::{Running, serve};
use crate::common::BASE;

const MB: u64 = 1024;

/// The party with 2 000 claims. An answer about it takes about a megabyte.
fn large() -> String {
    format!("{BASE}/finans/314200012/aapnekrav")
}

/// A line of the process's status, in kB.
fn memory(server: &Running, what: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.child.id())).expect("a process");
    let line = status.lines().find_map(|line| line.strip_prefix(what)).expect("a line");
    line.trim_start_matches(':').trim().trim_end_matches(" kB").parse().expect("a number")
}

fn ask(server: &Running, header: &str) -> TcpStream {
    let mut stream = TcpStream::connect(server.address()).expect("a connection");
    let path = large();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{header}\r\n\r\n").expect("sent");
    stream
}

/// Answers that drift changes once took twenty times their size each, all at once, and the memory never came back.
#[test]
fn memory_of_many_large_answers_is_bounded_and_given_back() {
    let server = serve(&[]);
    server.get(&large());
    let idle = memory(&server, "VmRSS");
    let asking: Vec<TcpStream> = (0..24).map(|_| ask(&server, "Sandbox-Drift: fields")).collect();
    for mut stream in asking {
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("an answer");
        assert!(answer.starts_with(b"HTTP/1.1 200") || answer.starts_with(b"HTTP/1.1 503"), "never lost");
    }
    let peak = memory(&server, "VmHWM");
    assert!(peak < idle + 160 * MB, "{idle} kB, at most {peak} kB");
    // 20 % of so small a process would be noise.
    for _ in 0..60 {
        if memory(&server, "VmRSS") < idle + 10 * MB {
            return;
        }
        std::thread::sleep(Duration::from_millis(500));
    }
    panic!("{idle} kB, {} kB left", memory(&server, "VmRSS"));
}

/// Each day has an answer of its own, so what is kept would grow without its limit by about a megabyte a day.
#[test]
fn kept_answers_take_no_more_than_their_memory() {
    let server = serve(&["--cache-memory", "4MB"]);
    server.get(&large());
    let idle = memory(&server, "RssAnon");
    for day in 1..=40 {
        let mut answer = Vec::new();
        ask(&server, &format!("Sandbox-Now: -{day}d")).read_to_end(&mut answer).expect("an answer");
        assert!(answer.len() > 800_000, "{} bytes on day {day}", answer.len());
    }
    let after = memory(&server, "RssAnon");
    assert!(after < idle + 24 * MB, "{idle} kB, then {after} kB");
}

/// Small answers take more beside their bodies than in them: keys and heads.
#[test]
fn many_small_answers_take_no_more_than_their_memory_either() {
    let server = serve(&["--cache-memory", "2MB", "--journal", "0"]);
    let ask = |day: i32| {
        let mut stream = TcpStream::connect(server.address()).expect("a connection");
        let path = format!("{BASE}/finans/314055403/aapnekrav");
        let head = format!("Host: localhost\r\nConnection: close\r\nSandbox-Now: {day:+}d\r\n");
        write!(stream, "GET {path} HTTP/1.1\r\n{head}\r\n").expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 200") && answer.len() < 4000, "{} bytes", answer.len());
    };
    (1..=100).for_each(ask);
    let idle = memory(&server, "RssAnon");
    (-1500..0).chain(101..1500).for_each(ask);
    let after = memory(&server, "RssAnon");
    assert!(after < idle + 4 * MB, "{idle} kB, then {after} kB");
}

/// The scenarios that the server began with once stayed beside those of a reload, for as long as it ran.
#[test]
fn a_reload_gives_back_what_was_there_before() {
    let folder = std::env::temp_dir().join(format!("innkreving-reload-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let write = |amount: u32| {
        let claim = "kravidentifikator: a, kravtype: RESTSKATT, forfallsdato: i dag";
        let text = format!(
            "part: \"314300017\"\nnavn: LITEN TIGER AS\nkrav:\n  - {{ {claim}, opprinneligBeloep: {amount} }}\n"
        );
        std::fs::write(folder.join("314300017.yaml"), text).expect("written");
    };
    write(100);
    let server = serve(&["--scenarios", folder.to_str().expect("a path")]);
    let told = || serde_json::from_str::<serde_json::Value>(&server.get("/sandbox/scenarios").1).expect("JSON");
    assert_eq!(told()["claims"], 1, "the budget that the folder takes");
    write(2000);
    let gives_back = || told()["number"] == 2 && told()["claims"] == 1;
    let pause = |_: &i32| std::thread::sleep(Duration::from_millis(100));
    assert!((0..300).inspect(pause).any(|_| gives_back()), "{}", told());
    std::fs::remove_dir_all(&folder).expect("removed");
}

#[test]
fn refused_connections_are_told_in_few_lines_of_the_log() {
    let server = serve(&["--max-connections", "1", "--log", "warn"]);
    let held = TcpStream::connect(server.address()).expect("a connection");
    for _ in 0..200 {
        let mut answer = String::new();
        ask(&server, "X: y").read_to_string(&mut answer).expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    }
    drop(held);
    let (code, log) = server.stop();
    assert_eq!(code, Some(0));
    // One at once, and one for each ten seconds that the machine takes for this.
    let lines = log.lines().filter(|line| line.contains("1 connections are open")).count();
    assert!((1..=4).contains(&lines), "{lines} lines: {log}");
}
