//! Notices of changed states, sent to a receiver of the tester's.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};

use innkreving_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::common::begjaering::{UTLEGG, call, ready};
use crate::common::{TODAY, get, post, request, sandbox, send};

const HOOKS: &str = "/sandbox/webhooks";
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// A receiver on a port of its own.
struct Receiver {
    listener: TcpListener,
}

/// A notice as it came in.
struct Notice {
    line: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Notice {
    #[track_caller]
    fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(own, _)| own == name);
        found.map_or_else(|| panic!("no {name} in {:?}", self.headers), |(_, value)| value)
    }

    fn data(&self) -> Value {
        serde_json::from_str::<Value>(&self.body).expect("JSON")["data"].clone()
    }
}

impl Receiver {
    fn new() -> Self {
        Self { listener: TcpListener::bind("127.0.0.1:0").expect("a port") }
    }

    fn port(&self) -> u16 {
        self.listener.local_addr().expect("an address").port()
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}/varsel?fra=sandkasse", self.port())
    }

    /// Waits for a notice, and answers it with a status line and headers.
    fn take(&self, answer: &str) -> Notice {
        let (stream, _) = self.listener.accept().expect("a connection");
        let mut reader = BufReader::new(stream.try_clone().expect("a connection"));
        let mut line = || {
            let mut line = String::new();
            reader.read_line(&mut line).expect("a line");
            line.trim_end().to_owned()
        };
        let first = line();
        let mut headers = Vec::new();
        loop {
            let next = line();
            let Some((name, value)) = next.split_once(':') else { break };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let length =
            headers.iter().find(|(name, _)| name == "content-length").expect("a length").1.parse().expect("a number");
        let mut body = vec![0; length];
        reader.read_exact(&mut body).expect("a body");
        respond(stream, answer);
        Notice { line: first, headers, body: String::from_utf8(body).expect("UTF-8") }
    }
}

fn respond(mut stream: TcpStream, answer: &str) {
    write!(stream, "HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n").expect("an answer");
}

fn allowing(allowed: &str) -> Sandbox {
    Sandbox::builder().now(TODAY).setting("--webhook-allow", allowed).start().expect("a sandbox")
}

#[track_caller]
fn set(sandbox: &Sandbox, document: &Value) -> Value {
    let answer = send(sandbox, "PUT", HOOKS, &[("Content-Type", "application/json")], &document.to_string());
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

#[track_caller]
fn refused(sandbox: &Sandbox, document: &Value, status: u16) -> String {
    let answer = send(sandbox, "PUT", HOOKS, &[("Content-Type", "application/json")], &document.to_string());
    assert_eq!(answer.status, status, "{}", answer.text());
    answer.json()["detail"].as_str().expect("a detail").to_owned()
}

fn submit(sandbox: &Sandbox, headers: &[(&str, &str)]) -> String {
    let answer = call(sandbox, "POST", UTLEGG, headers, &ready(sandbox, headers));
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()["eksternSaksreferanse"].as_str().expect("a reference").to_owned()
}

/// The signature as a receiver computes it.
fn signature(notice: &Notice) -> String {
    use base64::Engine as _;
    let key = base64::engine::general_purpose::STANDARD.decode(SECRET.trim_start_matches("whsec_")).expect("base64");
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &key);
    let signed = format!("{}.{}.{}", notice.header("webhook-id"), notice.header("webhook-timestamp"), notice.body);
    let tag = aws_lc_rs::hmac::sign(&key, signed.as_bytes());
    format!("v1,{}", base64::engine::general_purpose::STANDARD.encode(tag.as_ref()))
}

#[test]
fn a_move_of_the_clock_sends_all_that_became_visible_in_order_and_signed() {
    let receiver = Receiver::new();
    let sandbox = allowing(&format!("127.0.0.1:{}", receiver.port()));
    let before = submit(&sandbox, &[]);
    let told = set(&sandbox, &json!({ "url": receiver.url(), "secret": SECRET }));
    assert_eq!(
        (&told["sistSekvensnummer"], &told["secret"]),
        (&json!(1), &json!(SECRET)),
        "what came before is not sent"
    );
    let reference = submit(&sandbox, &[("Sandbox-Sak", "nektet")]);
    let first = receiver.take("204 No Content");
    assert_eq!(first.line, "POST /varsel?fra=sandkasse HTTP/1.1");
    assert_eq!(first.header("content-type"), "application/json");
    let expected = json!({
        "sekvensnummer": 2, "eksternSaksreferanse": reference, "saksstatus": "sakOpprettet", "dato": TODAY,
    });
    assert_eq!(first.data(), expected);
    assert_eq!(serde_json::from_str::<Value>(&first.body).expect("JSON")["type"], "utleggsbegjaering.statusendring");
    assert_eq!(first.header("webhook-signature"), signature(&first));

    assert_eq!(post(&sandbox, "/sandbox/clock", &[], &json!({ "advance": "5d" })).status, 200);
    let mut seen = Vec::new();
    for number in 3..=6 {
        let notice = receiver.take("200 OK");
        assert_eq!(notice.header("webhook-signature"), signature(&notice));
        let data = notice.data();
        assert_eq!(data["sekvensnummer"], number);
        let text = |name: &str| data[name].as_str().expect("a text").to_owned();
        seen.push((text("dato"), text("eksternSaksreferanse") == before, text("saksstatus")));
    }
    let day = |day: &str, is_first, state: &str| (day.to_owned(), is_first, state.to_owned());
    assert_eq!(
        seen[..2],
        [day("2026-11-23", true, "sakUnderBehandling"), day("2026-11-23", false, "sakUnderBehandling")]
    );
    assert_eq!(seen[2..], [day("2026-11-26", true, "sakForelagt"), day("2026-11-26", false, "sakNektetFremmet")]);

    // The polled list has the same numbers. A clock that goes back and forth tells nothing twice.
    assert_eq!(post(&sandbox, "/sandbox/clock", &[], &json!({ "now": TODAY })).status, 200);
    assert_eq!(post(&sandbox, "/sandbox/clock", &[], &json!({ "advance": "5d" })).status, 200);
    let third = submit(&sandbox, &[]);
    let notice = receiver.take("200 OK");
    assert_eq!((&notice.data()["sekvensnummer"], &notice.data()["eksternSaksreferanse"]), (&json!(7), &json!(third)));
}

#[test]
fn a_notice_is_sent_again_until_it_is_taken_and_the_next_one_waits() {
    let receiver = Receiver::new();
    let sandbox = allowing("127.0.0.0/8");
    set(&sandbox, &json!({ "url": receiver.url(), "secret": SECRET }));
    submit(&sandbox, &[]);
    assert_eq!(post(&sandbox, "/sandbox/clock", &[], &json!({ "advance": "2d" })).status, 200);
    let first = receiver.take("500 Internal Server Error");
    // A redirect is a failure, and is not followed to the port of another receiver.
    let elsewhere = Receiver::new();
    elsewhere.listener.set_nonblocking(true).expect("a setting");
    let second = receiver.take(&format!("302 Found\r\nLocation: http://127.0.0.1:{}/", elsewhere.port()));
    let third = receiver.take("200 OK");
    for again in [&second, &third] {
        assert_eq!((again.header("webhook-id"), &again.body), (first.header("webhook-id"), &first.body));
        assert_eq!(again.header("webhook-signature"), signature(again));
    }
    let next = receiver.take("200 OK");
    assert_ne!(next.header("webhook-id"), first.header("webhook-id"));
    assert_eq!((first.data()["sekvensnummer"].as_u64(), next.data()["sekvensnummer"].as_u64()), (Some(1), Some(2)));
    assert!(elsewhere.listener.accept().is_err(), "nobody went to the redirect's target");

    // 410 is the receiver's own word that it wants no more.
    submit(&sandbox, &[]);
    let told = get(&sandbox, HOOKS, &[]).json();
    assert_eq!(told["leveringer"][0]["forsoek"], 3, "{told}");
    assert_eq!((&told["leveringer"][0]["levert"], &told["leveringer"][0]["status"]), (&json!(true), &json!(200)));
    assert!(told.get("secret").is_none(), "{told}");
    receiver.take("410 Gone");
    let mut gone = get(&sandbox, HOOKS, &[]).status;
    while gone == 200 {
        gone = get(&sandbox, HOOKS, &[]).status;
    }
    assert_eq!(gone, 404);
}

#[test]
fn only_cases_of_the_submitter_that_was_named_are_sent() {
    let receiver = Receiver::new();
    let sandbox = allowing("127.0.0.1");
    set(&sandbox, &json!({ "url": receiver.url(), "innsender": "311851381" }));
    // The submitter of the examples is 310478717; the other one submits nothing valid, so nothing but its own case counts.
    let other = crate::common::begjaering::example(7)["innsender"]["innsender"]["virksomhet"]["identifikator"]["verdi"]
        .as_str()
        .expect("a number")
        .to_owned();
    assert_ne!(other, "311851381");
    submit(&sandbox, &[("Sandbox-Party", &other)]);
    set(&sandbox, &json!({ "url": receiver.url(), "innsender": other }));
    let own = submit(&sandbox, &[("Sandbox-Party", &other)]);
    let notice = receiver.take("200 OK");
    assert_eq!(notice.data()["eksternSaksreferanse"], own, "the first case was not sent to the other's receiver");
}

#[test]
fn what_the_operator_does_not_allow_is_refused() {
    let off = sandbox();
    assert!(refused(&off, &json!({ "url": "http://hooks.example.org/" }), 403).contains("--webhook-allow"));
    let sandbox = allowing("localhost,hooks.example.org,10.0.0.0/8");
    for (url, status, why) in [
        ("http://127.0.0.1:9000/", 403, "does not allow notices to 127.0.0.1"),
        ("http://[::1]:9000/", 403, "does not allow"),
        ("http://[::ffff:127.0.0.1]/", 403, "does not allow"),
        ("http://169.254.169.254/latest/meta-data", 403, "does not allow"),
        ("http://192.168.0.1/", 403, "does not allow"),
        ("http://2130706433/", 403, ""),
        ("http://localhost:9000/", 403, "an address that is not public"),
        ("https://hooks.example.org/", 400, "no TLS"),
        ("http://me:pass@hooks.example.org/", 400, "user name"),
        ("hooks.example.org", 400, "http://"),
    ] {
        let told = refused(&sandbox, &json!({ "url": url }), status);
        assert!(told.contains(why), "{url}: {told}");
    }
    let url = "http://10.0.0.1/";
    for (document, why) in [
        (json!({ "url": url, "secret": "hemmelig" }), "whsec_"),
        (json!({ "url": url, "innsender": "1" }), "nine digits"),
        (json!({ "url": url, "sceret": SECRET }), "sceret"),
        (json!({}), "url"),
    ] {
        assert!(refused(&sandbox, &document, 400).contains(why), "{document}");
    }
    assert_eq!(get(&sandbox, HOOKS, &[]).status, 404, "nothing that was refused is kept");
    for wrong in ["http://a.example", "10.0.0.0/99", "*"] {
        assert!(Sandbox::builder().setting("--webhook-allow", wrong).start().is_err(), "{wrong}");
    }
}

#[test]
fn a_receiver_is_taken_away_and_belongs_to_its_session() {
    let sandbox = allowing("127.0.0.1");
    let receiver = Receiver::new();
    let told = set(&sandbox, &json!({ "url": receiver.url() }));
    assert!(told["secret"].as_str().is_some_and(|secret| secret.starts_with("whsec_") && secret.len() > 40), "{told}");
    let other = [("Sandbox-Session", "annen")];
    assert_eq!(get(&sandbox, HOOKS, &other).status, 404);
    // A case of another session is not sent; the first notice is of the session's own case.
    submit(&sandbox, &other);
    let own = submit(&sandbox, &[]);
    assert_eq!(receiver.take("200 OK").data()["eksternSaksreferanse"], own);
    assert_eq!(request(&sandbox, "DELETE", HOOKS, &[]).status, 204);
    assert_eq!(request(&sandbox, "DELETE", HOOKS, &[]).status, 404);
    set(&sandbox, &json!({ "url": receiver.url() }));
    assert_eq!(post(&sandbox, "/sandbox/sessions/default/reset", &[], &json!({})).status, 200);
    assert_eq!(get(&sandbox, HOOKS, &[]).status, 404, "a reset takes it away");
}
