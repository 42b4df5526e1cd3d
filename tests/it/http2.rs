//! HTTP/2: the same answers, faults that fit it, callers that cancel, limits, and hostile use. The client is the crate h2, or bytes by hand.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

use bytes::Bytes;
use h2::Reason;
use h2::client::SendRequest;
use http::{Request, Response};
use innkreving_sandbox::Sandbox;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::common::{BASE, TODAY, get, raw, rule, sandbox};

fn path() -> String {
    format!("{BASE}/finans/311851381/aapnekrav")
}

fn with(settings: &[(&str, &str)]) -> Sandbox {
    let builder = Sandbox::builder().now(TODAY).seed(1);
    settings.iter().fold(builder, |builder, (flag, value)| builder.setting(flag, value)).start().expect("it starts")
}

/// A connection, and how it ends.
struct Connection {
    calls: SendRequest<Bytes>,
    end: JoinHandle<Result<(), h2::Error>>,
}

impl Connection {
    async fn new(sandbox: &Sandbox) -> Self {
        Self::with(sandbox, &h2::client::Builder::new()).await
    }

    async fn with(sandbox: &Sandbox, builder: &h2::client::Builder) -> Self {
        let stream = tokio::net::TcpStream::connect(sandbox.address()).await.expect("a connection");
        let (calls, connection) = builder.handshake(stream).await.expect("HTTP/2");
        Self { calls, end: tokio::spawn(connection) }
    }

    /// Sends a request without a body.
    async fn send(&self, request: Request<()>) -> h2::client::ResponseFuture {
        let mut calls = self.calls.clone().ready().await.expect("a connection that takes calls");
        calls.send_request(request, true).expect("sent").0
    }

    async fn get(&self, sandbox: &Sandbox, path: &str, headers: &[(&str, &str)]) -> Result<Response<Bytes>, h2::Error> {
        let mut request = Request::builder().uri(format!("{}{path}", sandbox.base_url()));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        whole(self.send(request.body(()).expect("a request")).await.await?).await
    }

    /// The frame that ended the connection. Nothing if it ended without one that tells of an error.
    async fn goaway(self) -> Option<Reason> {
        drop(self.calls);
        self.end.await.expect("no panic").err().and_then(|error| error.reason())
    }
}

async fn whole(response: Response<h2::RecvStream>) -> Result<Response<Bytes>, h2::Error> {
    let (head, mut body) = response.into_parts();
    let mut bytes = Vec::new();
    while let Some(data) = body.data().await {
        let data = data?;
        body.flow_control().release_capacity(data.len())?;
        bytes.extend_from_slice(&data);
    }
    Ok(Response::from_parts(head, bytes.into()))
}

fn header<'r>(response: &'r Response<Bytes>, name: &str) -> &'r str {
    response.headers().get(name).map_or("", |value| value.to_str().expect("ASCII"))
}

fn text(response: &Response<Bytes>) -> String {
    String::from_utf8_lossy(response.body()).into_owned()
}

/// The last request of the journal.
fn last(sandbox: &Sandbox) -> Value {
    get(sandbox, "/sandbox/requests?limit=1", &[]).json()["requests"][0].clone()
}

/// Asks until it is so. The client runs on the same thread, so it gets its turn between two questions.
async fn until(what: &str, mut asked: impl FnMut() -> bool) {
    for _ in 0..400 {
        if asked() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("never: {what}");
}

#[tokio::test]
async fn both_protocols_get_the_same_answers_and_the_journal_tells_them_apart() {
    let sandbox = sandbox();
    let connection = Connection::new(&sandbox).await;
    for (path, headers) in [
        (path(), &[][..]),
        (path(), &[("accept", "application/xml")]),
        (path(), &[("sandbox-error", "KB-002")]),
        (path().replace("311851381", "311851380"), &[]),
        ("/sandbox/clock".to_owned(), &[]),
        ("/ingenting".to_owned(), &[]),
    ] {
        let headers: Vec<_> = headers.iter().copied().chain([("korrelasjonsid", "abc-1")]).collect();
        let (one, two) =
            (get(&sandbox, &path, &headers), connection.get(&sandbox, &path, &headers).await.expect("an answer"));
        assert_eq!((one.status, one.text()), (two.status().as_u16(), text(&two)), "{path}");
        for (name, value) in &one.headers {
            assert!(name == "date" || two.headers().get(name) == Some(value), "{path} {name}: {:?}", two.headers());
        }
    }
    connection.get(&sandbox, &path(), &[]).await.expect("an answer");
    let of_two = last(&sandbox);
    assert_eq!(of_two["protocol"], "HTTP/2");
    connection.get(&sandbox, &path(), &[]).await.expect("an answer");
    assert_eq!(last(&sandbox)["connection"], of_two["connection"]);
    get(&sandbox, &path(), &[]);
    assert_eq!(last(&sandbox)["protocol"], "HTTP/1.1");
    let har = get(&sandbox, "/sandbox/har", &[]).json();
    let versions = ["HTTP/2", "HTTP/1.1"].map(|version| {
        har["log"]["entries"]
            .as_array()
            .expect("calls")
            .iter()
            .filter(|it| it["request"]["httpVersion"] == version)
            .count()
    });
    assert_eq!(versions, [7, 6]);
    let metrics = get(&sandbox, "/metrics", &[]).text();
    assert!(
        metrics.contains("http2_connections_total 1\n") && metrics.contains("http2_requests_total 8\n"),
        "{metrics}"
    );
}

#[tokio::test]
async fn a_body_is_received_and_a_client_that_does_not_send_it_all_is_refused() {
    let sandbox = with(&[("--body-time", "300ms")]);
    let connection = Connection::new(&sandbox).await;
    let document = json!({ "then": { "error": "KB-002" } }).to_string();
    for (whole_body, status) in [(true, 201), (false, 408)] {
        let request =
            Request::post(format!("{}/sandbox/rules", sandbox.base_url())).header("content-type", "application/json");
        let mut calls = connection.calls.clone().ready().await.expect("ready");
        let (answer, mut body) = calls.send_request(request.body(()).expect("a request"), false).expect("sent");
        let (first, second) = document.split_at(9);
        body.send_data(first.to_owned().into(), false).expect("sent");
        if whole_body {
            body.send_data(second.to_owned().into(), true).expect("sent");
        }
        assert_eq!(answer.await.expect("an answer").status(), status);
    }
    assert_eq!(connection.get(&sandbox, &path(), &[]).await.expect("an answer").status(), 500, "the rule holds");
}

#[tokio::test]
async fn faults_end_the_stream_and_leave_the_connection() {
    let sandbox = sandbox();
    let connection = Connection::new(&sandbox).await;
    for fault in ["reset", "reset-after", "hang(10ms)"] {
        let ended = connection.get(&sandbox, &path(), &[("sandbox-fault", fault)]).await.expect_err(fault);
        assert!(ended.is_remote() && ended.is_reset(), "{fault}: {ended}");
        assert_eq!(ended.reason(), Some(Reason::INTERNAL_ERROR), "{fault}");
        let told = last(&sandbox);
        assert!(told["status"].is_null() && told["took"].is_number() && told["gaveUp"].is_null(), "{fault}: {told}");
    }
    for fault in ["html", "gateway-text", "429(5s)", "503", "slow-body(100k/s)"] {
        let (one, two) = (
            get(&sandbox, &path(), &[("sandbox-fault", fault)]),
            connection.get(&sandbox, &path(), &[("sandbox-fault", fault)]).await.expect(fault),
        );
        assert_eq!((one.status, one.text()), (two.status().as_u16(), text(&two)), "{fault}");
        assert_eq!(
            (one.header("retry-after"), one.header("content-length")),
            (header(&two, "retry-after"), header(&two, "content-length"))
        );
        assert_eq!(header(&two, "connection"), "", "HTTP/2 has no such header");
    }
    assert_eq!(connection.get(&sandbox, &path(), &[]).await.expect("the same connection").status(), 200);
}

#[tokio::test]
async fn half_of_the_body_arrives_before_a_cut() {
    let sandbox = sandbox();
    let connection = Connection::new(&sandbox).await;
    let request = Request::get(format!("{}{}", sandbox.base_url(), path())).header("sandbox-fault", "truncate");
    let response = connection.send(request.body(()).expect("a request")).await.await.expect("a head");
    let length: usize = response.headers()["content-length"].to_str().expect("ASCII").parse().expect("a number");
    let (mut body, mut seen) = (response.into_body(), 0);
    let end = loop {
        match body.data().await.expect("an error at the end") {
            Ok(data) => {
                body.flow_control().release_capacity(data.len()).expect("released");
                seen += data.len();
            }
            Err(error) => break error.reason(),
        }
    };
    assert_eq!((seen, end), (length / 2, Some(Reason::INTERNAL_ERROR)));
    assert!(length > 10_000);
    let head = Request::head(format!("{}{}", sandbox.base_url(), path())).header("sandbox-fault", "truncate");
    let head =
        whole(connection.send(head.body(()).expect("a request")).await.await.expect("a head")).await.expect("no body");
    assert_eq!((header(&head, "content-length"), head.body().len()), (&*length.to_string(), 0));
}

#[tokio::test]
async fn empty_ends_the_connection_with_goaway_and_nobody_has_given_up() {
    let sandbox = sandbox();
    let connection = Connection::new(&sandbox).await;
    let other = Request::get(format!("{}{}", sandbox.base_url(), path())).header("sandbox-fault", "hang");
    let other = connection.send(other.body(()).expect("a request")).await;
    until("the other call hangs", || get(&sandbox, "/sandbox/requests", &[]).json()["count"] == 1).await;
    let ended = connection.get(&sandbox, &path(), &[("sandbox-fault", "empty")]).await.expect_err("no answer");
    assert!(ended.is_io() || ended.is_go_away(), "{ended:?}");
    assert!(other.await.is_err(), "a call that shares the connection ends with it");
    assert_eq!(connection.goaway().await, None, "the frame tells of no error");
    let told = get(&sandbox, "/sandbox/requests", &[]).json();
    until("both have ended", || {
        let told = get(&sandbox, "/sandbox/requests", &[]).json();
        told["requests"].as_array().expect("calls").iter().all(|call| call["took"].is_number())
    })
    .await;
    for call in told["requests"].as_array().expect("calls") {
        assert!(call["gaveUp"].is_null(), "{call}");
    }
    // The frame itself.
    let frames =
        frames(&sandbox, &[headers(1, END_STREAM | END_HEADERS, &path(), &[("sandbox-fault", "empty")])].concat());
    let goaway = frames.iter().rev().find(|frame| frame.kind == GOAWAY).expect("GOAWAY");
    assert_eq!(goaway.body[4..8], [0; 4], "NO_ERROR");
}

#[tokio::test]
async fn a_fault_that_http_2_cannot_carry_is_refused_and_says_what_to_do() {
    let sandbox = sandbox();
    let connection = Connection::new(&sandbox).await;
    let by_url = format!("/~fault=garbage{}", path());
    let refused = async |path: &str, headers: &[(&str, &str)]| {
        let answer = connection.get(&sandbox, path, headers).await.expect("an answer");
        assert_eq!(
            (answer.status().as_u16(), header(&answer, "sandbox-cause")),
            (400, "refused-modifier"),
            "{}",
            text(&answer)
        );
        assert!(header(&answer, "sandbox-hint").contains("HTTP/1.1"));
        let told: Value = serde_json::from_slice(answer.body()).expect("JSON");
        assert!(told["detail"].as_str().expect("a text").contains("every byte belongs to a frame"), "{told}");
        assert!(
            told["allowed"].as_array().expect("a list").contains(&"reset".into()) && told["nearest"].is_null(),
            "{told}"
        );
        assert!(last(&sandbox)["hint"].as_str().expect("a text").contains("--http2 off"));
    };
    rule(&sandbox, &json!({ "then": { "delay": "1ms" }, "times": 1 }));
    refused(&path(), &[("sandbox-fault", "garbage")]).await;
    refused(&by_url, &[]).await;
    assert_eq!(get(&sandbox, "/sandbox/rules", &[]).json()["rules"][0]["used"], 0, "a refused call uses no rule up");
    rule(&sandbox, &json!({ "then": { "fault": "garbage" } }));
    refused(&path(), &[]).await;
    assert!(raw(&sandbox, format!("GET {} HTTP/1.1\r\nHost: x\r\n\r\n", path()).as_bytes()).starts_with('\u{15}'));
}

#[tokio::test]
async fn a_call_that_its_caller_cancels_ends_at_once_and_the_journal_says_so() {
    let sandbox = with(&[("--max-waiting", "1")]);
    let connection = Connection::new(&sandbox).await;
    for modifier in [("sandbox-delay", "5m"), ("sandbox-fault", "hang")] {
        let request = Request::get(format!("{}{}", sandbox.base_url(), path())).header(modifier.0, modifier.1);
        let call = connection.send(request.body(()).expect("a request")).await;
        until("it waits", || last(&sandbox)["took"].is_null() && last(&sandbox)["number"].is_number()).await;
        drop(call);
        until("it has ended", || last(&sandbox)["gaveUp"] == true).await;
        let told = last(&sandbox);
        assert!(told["took"].as_f64().is_some_and(|took| took < 60_000.0), "{told}");
        // Its place is free again.
        let next = connection.get(&sandbox, &path(), &[("sandbox-delay", "1ms")]).await.expect("an answer");
        assert_eq!(next.status(), 200);
    }
    // The whole connection goes.
    let request = Request::get(format!("{}{}", sandbox.base_url(), path())).header("sandbox-delay", "5m");
    let _call = connection.send(request.body(()).expect("a request")).await;
    until("it waits", || last(&sandbox)["took"].is_null()).await;
    connection.end.abort();
    until("it has ended", || last(&sandbox)["gaveUp"] == true).await;
}

#[tokio::test]
async fn the_authority_stands_for_the_host() {
    let sandbox = sandbox();
    let connection = Connection::new(&sandbox).await;
    let port = sandbox.address().port();
    let ask = async |authority: &str, path: &str, host: Option<&str>| {
        let mut request = Request::get(format!("http://{authority}{path}"));
        if let Some(host) = host {
            request = request.header("host", host);
        }
        let answer = connection.send(request.body(()).expect("a request")).await.await.expect("an answer");
        whole(answer).await.expect("a body")
    };
    let named = ask(&format!("kravogbetalinger.localhost:{port}"), "/v1/finans/311851381/aapnekrav", None).await;
    assert!(named.status() == 200 && text(&named).contains("311851381"), "{}", text(&named));
    let issuer = ask(&format!("localhost:{port}"), "/maskinporten/.well-known/oauth-authorization-server", None).await;
    assert!(text(&issuer).contains(&format!("http://localhost:{port}/maskinporten/")), "{}", text(&issuer));
    let foreign = ask("evil.example", "/sandbox/clock", None).await;
    assert_eq!(foreign.status(), get(&sandbox, "/sandbox/clock", &[("Host", "evil.example")]).status);
    assert_eq!(ask("localhost", &path(), Some("LOCALHOST")).await.status(), 200);
    let two = ask("localhost", &path(), Some("other.example")).await;
    assert!(two.status() == 400 && text(&two).contains("another host than :authority"), "{}", text(&two));
    let none = headers_without_authority(1);
    let answer = frames(&sandbox, &none);
    let body: Vec<u8> = answer.iter().filter(|frame| frame.kind == DATA).flat_map(|frame| frame.body.clone()).collect();
    assert!(String::from_utf8_lossy(&body).contains("neither :authority nor a header Host"));
}

#[tokio::test]
async fn each_call_takes_a_place_of_the_limit_of_connections() {
    let sandbox = with(&[("--max-connections", "3")]);
    let connection = Connection::new(&sandbox).await;
    let mut hanging = Vec::new();
    for _ in 0..3 {
        let request = Request::get(format!("{}{}", sandbox.base_url(), path())).header("sandbox-fault", "hang");
        hanging.push(connection.send(request.body(()).expect("a request")).await);
        assert_eq!(connection.get(&sandbox, "/health/ready", &[]).await.expect("an answer").status(), 200);
    }
    let full = connection.get(&sandbox, &path(), &[]).await.expect("an answer");
    assert_eq!((full.status().as_u16(), header(&full, "retry-after")), (503, "1"));
    assert!(text(&full).contains("--max-connections"), "{}", text(&full));
    assert_eq!(get(&sandbox, &path(), &[]).status, 503, "they count for others, too");
    drop(hanging.pop());
    until("a place is free again", || get(&sandbox, &path(), &[]).status == 200).await;
    drop(hanging);
    connection.end.abort();
    until("all are free again", || get(&sandbox, "/metrics", &[]).text().contains("_sandbox_connections 1\n")).await;
}

#[tokio::test]
async fn a_caller_that_keeps_its_window_shut_is_cut_off() {
    let sandbox = with(&[("--max-connections", "2"), ("--send-time", "300ms"), ("--min-rate", "100k/s")]);
    let connection = Connection::with(&sandbox, h2::client::Builder::new().initial_window_size(0)).await;
    let calls: Vec<_> = [0; 2].map(|_| connection.calls.clone()).into_iter().collect();
    let mut answers = Vec::new();
    for mut calls in calls {
        let request = Request::get(format!("{}{}", sandbox.base_url(), path())).body(()).expect("a request");
        answers.push(calls.send_request(request, true).expect("sent").0.await.expect("a head"));
    }
    assert_eq!(get(&sandbox, &path(), &[]).status, 503, "both places are taken");
    until("the places are free again", || get(&sandbox, &path(), &[]).status == 200).await;
    assert_eq!(connection.goaway().await, None);
}

#[test]
fn http_2_can_be_switched_off() {
    let sandbox = with(&[("--http2", "off")]);
    let answer = raw(&sandbox, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    assert!(
        answer.starts_with("HTTP/1.1 505 ")
            && answer.ends_with("HTTP/2 is switched off here (--http2 off): use HTTP/1.1"),
        "{answer}"
    );
    assert_eq!(get(&sandbox, &path(), &[]).status, 200);
}

#[test]
fn curl_speaks_it_without_tls() {
    let sandbox = sandbox();
    let url = format!("{}{}", sandbox.base_url(), path());
    let curl = Command::new("curl")
        .args([
            "--silent",
            "--http2-prior-knowledge",
            "--output",
            "/dev/null",
            "--write-out",
            "%{http_version} %{http_code}",
            &url,
        ])
        .output()
        .expect("curl");
    assert_eq!(String::from_utf8_lossy(&curl.stdout), "2 200");
}

// What no client sends, as bytes.

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

struct Frame {
    kind: u8,
    body: Vec<u8>,
}

fn frame(kind: u8, flags: u8, stream: u32, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).expect("short").to_be_bytes();
    let mut bytes = vec![length[1], length[2], length[3], kind, flags];
    bytes.extend_from_slice(&stream.to_be_bytes());
    bytes.extend_from_slice(body);
    bytes
}

/// A name or a value without compression.
fn literal(text: &str) -> Vec<u8> {
    let mut bytes = match text.len() {
        short @ ..127 => vec![u8::try_from(short).expect("short")],
        long => {
            let (mut rest, mut bytes) = (long - 127, vec![127]);
            while rest >= 128 {
                bytes.push(u8::try_from(rest % 128 + 128).expect("a byte"));
                rest /= 128;
            }
            bytes.push(u8::try_from(rest).expect("a byte"));
            bytes
        }
    };
    bytes.extend_from_slice(text.as_bytes());
    bytes
}

fn headers(stream: u32, flags: u8, path: &str, more: &[(&str, &str)]) -> Vec<u8> {
    // GET and http are of the static table; so are the names :authority and :path.
    let mut block = [&[0x82, 0x86, 0x01][..], &literal("localhost"), &[0x04], &literal(path)].concat();
    for (name, value) in more {
        block.push(0);
        block.extend([literal(name), literal(value)].concat());
    }
    frame(HEADERS, flags, stream, &block)
}

fn headers_without_authority(stream: u32) -> Vec<u8> {
    frame(HEADERS, END_STREAM | END_HEADERS, stream, &[0x82, 0x86, 0x84])
}

/// Sends bytes after the preface, and reads what comes until the connection ends, or until half a second passes without more.
fn frames(sandbox: &Sandbox, bytes: &[u8]) -> Vec<Frame> {
    let mut stream = TcpStream::connect(sandbox.address()).expect("a connection");
    let begin = [&b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"[..], &frame(SETTINGS, 0, 0, &[])].concat();
    // The sandbox may have ended the connection before all is sent.
    let _ = stream.write_all(&[&begin, bytes].concat());
    stream.set_read_timeout(Some(Duration::from_millis(500))).expect("a limit");
    let (mut read, mut some) = (Vec::new(), [0; 4096]);
    while let Ok(length @ 1..) = stream.read(&mut some) {
        read.extend_from_slice(&some[..length]);
    }
    let (mut rest, mut found) = (&read[..], Vec::new());
    while let [a, b, c, kind, _, _, _, _, _, more @ ..] = rest {
        let length = u32::from_be_bytes([0, *a, *b, *c]) as usize;
        found.push(Frame { kind: *kind, body: more[..length].to_vec() });
        rest = &more[length..];
    }
    found
}

fn reason(frames: &[Frame]) -> Option<u32> {
    let goaway = frames.iter().rev().find(|frame| frame.kind == GOAWAY)?;
    Some(u32::from_be_bytes(goaway.body[4..8].try_into().expect("four bytes")))
}

#[test]
fn rapid_resets_end_their_connection_and_nothing_else() {
    let sandbox = with(&[("--max-connections", "8")]);
    let mut attack = Vec::new();
    for stream in (1..4001).step_by(2) {
        attack.extend(headers(stream, END_STREAM | END_HEADERS, &path(), &[]));
        attack.extend(frame(RST_STREAM, 0, stream, &u32::from(Reason::CANCEL).to_be_bytes()));
    }
    for _ in 0..5 {
        let ended = reason(&frames(&sandbox, &attack));
        assert_eq!(ended, Some(u32::from(Reason::ENHANCE_YOUR_CALM)));
    }
    assert_eq!(get(&sandbox, &path(), &[]).status, 200);
    let calls = get(&sandbox, "/metrics", &[]).text();
    let counted =
        calls.lines().find_map(|line| line.strip_prefix("innkreving_sandbox_http2_requests_total ")).expect("a count");
    assert!(counted.parse::<u32>().expect("a number") < 1000, "{counted} of 10000 were begun");
}

#[test]
fn what_breaks_the_protocol_ends_its_connection() {
    let sandbox = with(&[("--idle-time", "300ms")]);
    // Which reason it is differs between implementations.
    for (what, bytes) in [
        ("a ping of seven bytes", frame(PING, 0, 0, &[0; 7])),
        ("data on a stream that is idle", frame(DATA, 0, 1, b"x")),
        ("headers that are no HPACK", frame(HEADERS, END_STREAM | END_HEADERS, 1, &[0xff; 6])),
        ("no frame of the settings", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n".to_vec()),
    ] {
        assert!(reason(&frames(&sandbox, &bytes)).is_some_and(|reason| reason > 0), "{what}");
    }
    // Headers that never end, and a connection that says nothing.
    for bytes in [headers(1, 0, &path(), &[]), Vec::new()] {
        let mut stream = TcpStream::connect(sandbox.address()).expect("a connection");
        stream
            .write_all(&[&b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"[..], &frame(SETTINGS, 0, 0, &[]), &bytes].concat())
            .expect("sent");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a limit");
        stream.read_to_end(&mut Vec::new()).expect("it ends by itself");
    }
    assert_eq!(get(&sandbox, &path(), &[]).status, 200);
}

#[tokio::test]
async fn long_headers_are_refused_and_the_connection_stays() {
    let sandbox = sandbox();
    let connection = Connection::new(&sandbox).await;
    for length in [70_000, 100_000] {
        let large = "a".repeat(length / 10);
        let names: Vec<String> = (0..10).map(|number| format!("x-large-{number}")).collect();
        let headers: Vec<_> = names.iter().map(|name| (&**name, &*large)).collect();
        let answer = connection.get(&sandbox, &path(), &headers).await.expect("an answer");
        assert_eq!(answer.status(), 431, "{length}");
    }
    assert_eq!(connection.get(&sandbox, &path(), &[]).await.expect("the same connection").status(), 200);
    let connect = Request::builder().method("CONNECT").uri("localhost:80").body(()).expect("a request");
    let refused = connection.send(connect).await.await.expect("an answer");
    assert!(refused.status().is_client_error(), "{}", refused.status());
}
