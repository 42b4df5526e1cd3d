//! Faults on the wire, seen from a raw socket: the bytes that arrive, and how the connection ends.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::common::{BASE, get, post, sandbox};
use innkreving_sandbox::Sandbox;
use serde_json::json;

/// The bytes that arrived, and the error that ended the reading, if there was one.
struct Seen {
    bytes: Vec<u8>,
    end: Option<ErrorKind>,
    took: Duration,
}

impl Seen {
    /// Status line and headers, and the body.
    fn parts(&self) -> (String, &[u8]) {
        let end = self.bytes.windows(4).position(|window| window == b"\r\n\r\n").expect("a head");
        (String::from_utf8(self.bytes[..end].to_vec()).expect("ASCII").to_ascii_lowercase(), &self.bytes[end + 4..])
    }

    fn length(&self) -> usize {
        let (head, _) = self.parts();
        let line = head.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("a length");
        line.parse().expect("a number")
    }
}

#[expect(clippy::disallowed_methods, reason = "a test of real time")]
fn now() -> Instant {
    Instant::now()
}

fn fetch(sandbox: &Sandbox, fault: &str, more: &str) -> Seen {
    let begun = now();
    let mut stream = TcpStream::connect(sandbox.address()).expect("a connection");
    let path = format!("{BASE}/finans/311851381/aapnekrav");
    write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nKorrelasjonsid: id-1\r\nSandbox-Fault: {fault}\r\n{more}\r\n")
        .expect("sent");
    read(stream, begun)
}

fn read(mut stream: TcpStream, begun: Instant) -> Seen {
    let mut bytes = Vec::new();
    let end = stream.read_to_end(&mut bytes).err().map(|error| error.kind());
    Seen { bytes, end, took: begun.elapsed() }
}

#[test]
fn reset_is_a_tcp_reset_and_nothing_else() {
    let sandbox = sandbox();
    let seen = fetch(&sandbox, "reset", "");
    assert_eq!((seen.bytes.len(), seen.end), (0, Some(ErrorKind::ConnectionReset)));
}

#[test]
fn empty_is_an_end_without_a_byte() {
    let sandbox = sandbox();
    let seen = fetch(&sandbox, "empty", "");
    assert_eq!((seen.bytes.len(), seen.end), (0, None));
    // If nobody read the body, the connection would end with a reset.
    let mut stream = TcpStream::connect(sandbox.address()).expect("a connection");
    let body = "x".repeat(200_000);
    write!(stream, "POST {BASE}/finans/311851381/krav HTTP/1.1\r\nHost: x\r\nSandbox-Fault: empty\r\nContent-Length: {}\r\n\r\n{body}", body.len())
        .expect("sent");
    let seen = read(stream, now());
    assert_eq!((seen.bytes.len(), seen.end), (0, None));
}

#[test]
fn hang_says_nothing_until_its_limit_or_until_the_caller_gives_up() {
    let sandbox = sandbox();
    let seen = fetch(&sandbox, "hang(400ms)", "");
    assert_eq!((seen.bytes.len(), seen.end), (0, None));
    assert!(seen.took >= Duration::from_millis(400), "{:?}", seen.took);
    let mut stream = TcpStream::connect(sandbox.address()).expect("a connection");
    write!(stream, "GET {BASE}/finans/311851381/aapnekrav HTTP/1.1\r\nHost: x\r\nSandbox-Fault: hang\r\n\r\n")
        .expect("sent");
    stream.set_read_timeout(Some(Duration::from_millis(300))).expect("a timeout");
    let gave_up = stream.read(&mut [0; 1]).expect_err("nothing comes");
    assert!(matches!(gave_up.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut));
    drop(stream);
    let journal = get(&sandbox, "/sandbox/requests?limit=1", &[]).json();
    assert_eq!(journal["requests"][0]["fault"], "hang(5min)", "the journal has the entry while the call hangs");
    assert!(journal["requests"][0].get("status").is_none());
}

#[test]
fn truncate_promises_more_than_it_sends() {
    let sandbox = sandbox();
    let whole = get(&sandbox, &format!("{BASE}/finans/311851381/aapnekrav"), &[]).body;
    let seen = fetch(&sandbox, "truncate", "");
    let (head, body) = seen.parts();
    assert!(head.starts_with("http/1.1 200 ok\r\n") && head.contains("\r\nkorrelasjonsid: id-1"), "{head}");
    assert_eq!((seen.length(), body, seen.end), (whole.len(), &whole[..whole.len() / 2], None));
    let failed = fetch(&sandbox, "truncate", "Sandbox-Error: KB-002\r\n");
    let (head, body) = failed.parts();
    assert!(head.starts_with("http/1.1 500 ") && body.len() == failed.length() / 2, "{head}");
}

#[test]
fn garbage_is_a_tls_alert() {
    let seen = fetch(&sandbox(), "garbage", "");
    assert_eq!((seen.bytes.as_slice(), seen.end), (&[0x15, 3, 3, 0, 2, 2, 0x28][..], None));
}

#[test]
fn slow_body_is_whole_and_slow() {
    let sandbox = sandbox();
    let whole = get(&sandbox, &format!("{BASE}/finans/311851381/aapnekrav"), &[]).body;
    let seen = fetch(&sandbox, "slow-body(20k/s)", "");
    let (head, body) = seen.parts();
    assert!(head.contains("connection: close"), "{head}");
    assert_eq!((body, seen.length(), seen.end), (&whole[..], whole.len(), None));
    // 15 kB at 20 kB/s cannot arrive sooner.
    assert!(seen.took >= Duration::from_millis(600), "{:?}", seen.took);
    let slower = fetch(&sandbox, "slow-body(500/s)", "Sandbox-Error: KB-007\r\n");
    assert!(
        slower.took >= Duration::from_millis(200) && slower.parts().0.starts_with("http/1.1 404"),
        "{:?}",
        slower.took
    );
}

#[test]
fn what_stands_in_for_the_service() {
    let sandbox = sandbox();
    for (fault, status, content_type, body) in [
        ("gateway-text", "404", "text/plain", "Unknown instance. ID=8ac2"),
        ("html", "502", "text/html", "<h1>502 Bad Gateway</h1>"),
        ("429", "429", "text/plain", "Too Many Requests"),
        ("429(3s)", "429", "text/plain", "Too Many Requests"),
        ("503", "503", "text/plain", "Service Unavailable"),
    ] {
        let seen = fetch(&sandbox, fault, "Connection: close\r\n");
        let (head, text) = seen.parts();
        assert!(
            head.starts_with(&format!("http/1.1 {status} ")) && head.contains(&format!("content-type: {content_type}")),
            "{head}"
        );
        assert!(String::from_utf8_lossy(text).contains(body), "{fault}");
        assert!(head.contains("sandbox-cause: header") && head.contains("korrelasjonsid: id-1"), "{head}");
        let retry = head.lines().find_map(|line| line.strip_prefix("retry-after: "));
        assert_eq!(
            retry,
            match fault {
                "429" => Some("30"),
                "429(3s)" => Some("3"),
                _ => None,
            }
        );
    }
}

#[test]
fn a_delay_comes_before_everything_else() {
    let sandbox = sandbox();
    for fault in ["reset", "empty", "garbage", "503"] {
        let seen = fetch(&sandbox, fault, "Sandbox-Delay: 150ms\r\nConnection: close\r\n");
        assert!(seen.took >= Duration::from_millis(150), "{fault}: {:?}", seen.took);
    }
}

#[test]
fn head_gets_no_body_whatever_the_fault() {
    let sandbox = sandbox();
    for fault in ["truncate", "slow-body(1/s)", "html"] {
        let begun = now();
        let mut stream = TcpStream::connect(sandbox.address()).expect("a connection");
        let path = format!("{BASE}/finans/311851381/aapnekrav");
        write!(stream, "HEAD {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nSandbox-Fault: {fault}\r\n\r\n")
            .expect("sent");
        let seen = read(stream, begun);
        assert!(seen.parts().1.is_empty() && seen.took < Duration::from_secs(10), "{fault}");
    }
}

#[test]
fn other_connections_do_not_notice() {
    let sandbox = sandbox();
    post(&sandbox, "/sandbox/rules", &[], &json!({ "when": { "endpoint": "krav" }, "then": { "fault": "hang" } }));
    let waiting: Vec<TcpStream> = (0..20)
        .map(|_| {
            let mut stream = TcpStream::connect(sandbox.address()).expect("a connection");
            write!(stream, "GET {BASE}/finans/311851381/krav?fraOgMed=2026-01-01 HTTP/1.1\r\nHost: x\r\n\r\n")
                .expect("sent");
            stream
        })
        .collect();
    for _ in 0..50 {
        assert_eq!(get(&sandbox, &format!("{BASE}/finans/311851381/aapnekrav"), &[]).status, 200);
    }
    drop(waiting);
}
