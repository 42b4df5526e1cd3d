//! What the sandbox bears: connections, waiting requests, slow and half-closed callers, memory. A refusal reaches its caller.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use crate::common::{BASE, TODAY, get, raw, sandbox};
use innkreving_sandbox::Sandbox;

/// A party with 2 000 claims.
const LARGE: &str = "314200012";

fn with(settings: &[(&str, &str)]) -> Sandbox {
    let builder = Sandbox::builder().now(TODAY).seed(1);
    let builder = settings.iter().fold(builder, |builder, (flag, value)| builder.setting(flag, value));
    builder.start().expect("it starts")
}

fn connect(sandbox: &Sandbox) -> TcpStream {
    let stream = TcpStream::connect(sandbox.address()).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a timeout");
    stream
}

fn rest(mut stream: TcpStream) -> (String, Option<ErrorKind>) {
    let mut bytes = Vec::new();
    let end = stream.read_to_end(&mut bytes).err().map(|error| error.kind());
    (String::from_utf8_lossy(&bytes).into_owned(), end)
}

/// Asks again until the answer is as wanted.
fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(30), "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[expect(clippy::disallowed_methods, reason = "a test of real time")]
fn now() -> Instant {
    Instant::now()
}

fn path(party: &str) -> String {
    format!("{BASE}/finans/{party}/aapnekrav")
}

#[test]
fn a_request_has_one_host() {
    let sandbox = sandbox();
    let path = path("311851381");
    let ask = |version: &str, hosts: &str| {
        let answer = raw(&sandbox, format!("GET {path} HTTP/{version}\r\n{hosts}Connection: close\r\n\r\n").as_bytes());
        (answer[9..12].to_owned(), answer)
    };
    for hosts in ["", "Host: x\r\nHost: x\r\n", "Host: a\r\nhost: b\r\n"] {
        let (status, answer) = ask("1.1", hosts);
        assert!(status == "400" && answer.contains("urn:innkreving-sandbox:bad-request"), "{hosts:?}: {answer}");
        assert!(answer.contains("sandbox-cause: refused-request"), "{answer}");
    }
    assert_eq!(ask("1.1", "Host: x\r\n").0, "200");
    assert_eq!(ask("1.0", "").0, "200", "HTTP/1.0 has no such header");
    assert_eq!(ask("1.0", "Host: a\r\nHost: b\r\n").0, "400");
}

#[test]
fn a_caller_that_has_closed_its_side_gets_its_answer() {
    let sandbox = sandbox();
    for modifiers in ["", "Sandbox-Delay: 300ms\r\n", "Sandbox-Fault: slow-body(50k/s)\r\n"] {
        let mut stream = connect(&sandbox);
        write!(stream, "GET {} HTTP/1.1\r\nHost: x\r\n{modifiers}\r\n", path("311851381")).expect("sent");
        stream.shutdown(Shutdown::Write).expect("closed");
        let (answer, end) = rest(stream);
        assert!(
            answer.starts_with("HTTP/1.1 200") && answer.ends_with('}') && end.is_none(),
            "{modifiers}: {answer:.300}"
        );
    }
}

#[test]
fn a_body_that_nobody_reads_ends_the_connection_and_the_refusal_arrives() {
    let sandbox = sandbox();
    for (method, path, status) in
        [("POST", path("311851381"), "404"), ("GET", path("311851381"), "200"), ("PUT", "/ingenting".into(), "404")]
    {
        let mut stream = connect(&sandbox);
        let length = 3 * 1024 * 1024;
        write!(stream, "{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n").expect("sent");
        // The answer comes at once. The caller is still writing, and looks later.
        for _ in 0..48 {
            stream.write_all(&vec![b'x'; 64 * 1024]).expect("the sandbox still reads");
            std::thread::yield_now();
        }
        let (answer, end) = rest(stream);
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")) && end.is_none(),
            "{method} {path}: {answer} {end:?}"
        );
        assert!(answer.contains("connection: close"), "{answer}");
    }
}

#[test]
fn a_line_that_is_too_long_is_414_and_headers_are_431() {
    let sandbox = sandbox();
    let long = |length: usize| format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "a".repeat(length));
    let headers = |length: usize| format!("GET / HTTP/1.1\r\nHost: x\r\nX-Large: {}\r\n\r\n", "a".repeat(length));
    let cases = [(long(70_000), "414"), (long(200_000), "414"), (long(2_000_000), "414"), (headers(200_000), "431")];
    for (request, status) in cases {
        for piece in [1_000, 1_000_000] {
            let mut stream = connect(&sandbox);
            for bytes in request.as_bytes().chunks(piece) {
                stream.write_all(bytes).expect("the sandbox still reads");
            }
            let (answer, end) = rest(stream);
            let begins = answer.get(..12).unwrap_or_default();
            assert!(
                begins == format!("HTTP/1.1 {status}") && end.is_none(),
                "{} bytes: {answer} {end:?}",
                request.len()
            );
        }
    }
    assert!(
        raw(&sandbox, long(60_000).replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n").as_bytes()).contains("404")
    );
}

#[test]
fn a_body_has_a_deadline_and_a_rate() {
    let sandbox = with(&[("--body-time", "300ms")]);
    let put = "PUT /sandbox/scenarios HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/yaml\r\nContent-Length: 90\r\n\r\npart";
    let (answer, _) = {
        let mut stream = connect(&sandbox);
        stream.write_all(put.as_bytes()).expect("sent");
        rest(stream)
    };
    assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("connection: close"), "{answer}");
    let token = "POST /maskinporten/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 90\r\n\r\ngrant";
    let mut stream = connect(&sandbox);
    stream.write_all(token.as_bytes()).expect("sent");
    let (answer, _) = rest(stream);
    assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("connection: close"), "{answer}");
    // A byte now and then is too slow, however long the whole may take.
    let sandbox = with(&[("--body-time", "10m"), ("--min-rate", "100/s")]);
    let mut stream = connect(&sandbox);
    stream.write_all(put.as_bytes()).expect("sent");
    let mut slow = stream.try_clone().expect("a clone");
    std::thread::spawn(move || {
        while slow.write_all(b"x").is_ok() {
            std::thread::sleep(Duration::from_millis(200));
        }
    });
    assert!(rest(stream).0.starts_with("HTTP/1.1 408 "));
}

#[test]
fn beyond_the_limit_of_connections_only_the_health_is_told() {
    let sandbox = with(&[("--max-connections", "2")]);
    let mut held = vec![connect(&sandbox), connect(&sandbox)];
    let full = get(&sandbox, &path("311851381"), &[]);
    assert_eq!((full.status, full.header("retry-after"), full.header("connection")), (503, "1", "close"));
    assert!(full.text().contains("--max-connections"), "{}", full.text());
    assert_eq!(full.header("sandbox-cause"), "refused-request");
    for page in ["/health/live", "/health/ready"] {
        assert_eq!(get(&sandbox, page, &[]).status, 200, "{page}");
    }
    // Whatever idles beyond the limit gives way.
    let idle: Vec<TcpStream> = (0..100).map(|_| connect(&sandbox)).collect();
    assert_eq!(get(&sandbox, "/health/live", &[]).status, 200);
    drop(idle);
    drop(held.pop());
    until("a place is free again", || get(&sandbox, &path("311851381"), &[]).status == 200);
}

#[test]
fn so_many_requests_wait_and_others_are_answered() {
    let sandbox = with(&[("--max-waiting", "1")]);
    let mut hanging = connect(&sandbox);
    write!(hanging, "GET {} HTTP/1.1\r\nHost: x\r\nSandbox-Fault: hang\r\n\r\n", path("311851381")).expect("sent");
    until("the call hangs", || get(&sandbox, "/sandbox/requests", &[]).json()["count"] == 1);
    for modifier in [("Sandbox-Fault", "hang"), ("Sandbox-Delay", "1ms"), ("Sandbox-Fault", "slow-body")] {
        let full = get(&sandbox, &path("311851381"), &[modifier]);
        assert!(full.status == 503 && full.text().contains("--max-waiting"), "{modifier:?}: {}", full.text());
    }
    let told = get(&sandbox, "/sandbox/requests?limit=1", &[]).json();
    assert_eq!(
        (&told["requests"][0]["status"], &told["requests"][0]["cause"]),
        (&503.into(), &"refused-request".into())
    );
    assert_eq!(get(&sandbox, &path("311851381"), &[]).status, 200);
    // The place is free as soon as the caller has gone.
    drop(hanging);
    until("a place is free again", || get(&sandbox, &path("311851381"), &[("Sandbox-Delay", "1ms")]).status == 200);
}

#[test]
fn a_caller_that_does_not_read_is_cut_off() {
    let sandbox = with(&[("--max-connections", "1"), ("--send-time", "500ms")]);
    let mut stream = connect(&sandbox);
    let request = format!("GET {} HTTP/1.1\r\nHost: x\r\n\r\n", path(LARGE));
    // Together they are larger than what the system buffers.
    stream.write_all(request.repeat(30).as_bytes()).expect("sent");
    until("its place is free again", || get(&sandbox, &path("311851381"), &[]).status == 200);
    drop(stream);
}

#[test]
fn large_answers_that_find_no_room_are_refused_and_say_so() {
    let sandbox = with(&[("--answer-memory", "1MB")]);
    let full = get(&sandbox, &path(LARGE), &[]);
    assert!(full.status == 503 && full.text().contains("--answer-memory"), "{:.300}", full.text());
    assert_eq!(get(&sandbox, &path("311851381"), &[]).status, 200);
    let told = get(&sandbox, "/sandbox/requests", &[]).json();
    assert_eq!((&told["requests"][1]["status"], &told["requests"][0]["status"]), (&503.into(), &200.into()));
    // One at a time fits, so those that ask together wait for each other.
    let sandbox = with(&[("--answer-memory", "2MB")]);
    std::thread::scope(|scope| {
        let asking: Vec<_> = (0..6).map(|_| scope.spawn(|| get(&sandbox, &path(LARGE), &[]).status)).collect();
        assert!(asking.into_iter().all(|asking| matches!(asking.join().expect("an answer"), 200 | 503)));
    });
    until("the room is free again", || get(&sandbox, &path(LARGE), &[]).status == 200);
}
