//! Spans by OTLP, as a collector gets them. tests/otlp reads them with the schema of OpenTelemetry.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use innkreving_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::common::{BASE, TODAY, get, raw, request};

/// A collector that answers each batch with the next of its answers, and the last one for ever.
struct Collector {
    address: String,
    batches: Receiver<(String, Value)>,
}

impl Collector {
    fn new(answers: &'static [(&'static str, &'static str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let (send, batches) = channel();
        std::thread::spawn(move || {
            for number in 0.. {
                let Ok((stream, _)) = listener.accept() else { return };
                let (status, body) = answers[number.min(answers.len() - 1)];
                let Some(batch) = answer(stream, status, body) else { continue };
                if send.send(batch).is_err() {
                    return;
                }
            }
        });
        Self { address, batches }
    }

    fn sandbox(&self) -> Sandbox {
        let builder = Sandbox::builder().now(TODAY).seed(1);
        builder.setting("--otlp", &format!("http://{}", self.address)).start().expect("it starts")
    }

    /// The next spans, of one batch.
    fn next(&self) -> Vec<Value> {
        let (_, batch) = self.batches.recv_timeout(Duration::from_secs(30)).expect("a batch");
        batch["resourceSpans"][0]["scopeSpans"][0]["spans"].as_array().expect("spans").clone()
    }

    /// So many spans, of as many batches as it takes.
    fn spans(&self, number: usize) -> Vec<Value> {
        let mut spans = Vec::new();
        while spans.len() < number {
            spans.extend(self.next());
        }
        spans
    }
}

fn answer(stream: TcpStream, status: &str, body: &str) -> Option<(String, Value)> {
    let mut reader = BufReader::new(stream);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let from = head.len();
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
        let line = head[from..].trim().to_ascii_lowercase();
        if let Some(written) = line.strip_prefix("content-length: ") {
            length = written.parse().ok()?;
        }
        if line.is_empty() {
            break;
        }
    }
    let mut sent = vec![0; length];
    reader.read_exact(&mut sent).ok()?;
    let mut stream = reader.into_inner();
    write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .ok()?;
    Some((head, serde_json::from_slice(&sent).ok()?))
}

const TAKEN: (&str, &str) = ("200 OK", "{}");

fn path() -> String {
    format!("{BASE}/finans/311851381/aapnekrav")
}

/// An attribute of a span.
fn attribute<'s>(span: &'s Value, key: &str) -> &'s Value {
    let all = span["attributes"].as_array().expect("attributes");
    all.iter().find(|it| it["key"] == key).map_or(&Value::Null, |it| &it["value"])
}

fn text<'s>(span: &'s Value, key: &str) -> &'s str {
    attribute(span, key)["stringValue"].as_str().unwrap_or_default()
}

fn spans_in_metrics(sandbox: &Sandbox, outcome: &str) -> u64 {
    let page = get(sandbox, "/metrics", &[]).text();
    let name = format!("innkreving_sandbox_spans_total{{outcome=\"{outcome}\"}} ");
    page.lines().find_map(|line| line.strip_prefix(&name)).expect("a counter").parse().expect("a number")
}

#[test]
fn a_call_is_a_child_of_its_caller_and_says_what_the_conventions_ask_for() {
    let collector = Collector::new(&[TAKEN]);
    let sandbox = collector.sandbox();
    let (trace, parent) = ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7");
    let headers = [
        ("traceparent", &*format!("00-{trace}-{parent}-01")),
        ("tracestate", "vendor=1"),
        ("User-Agent", "the client"),
        ("Korrelasjonsid", "5f8a1c1e-0d4e-4c6f-9d57-3f6c2a9b7e10"),
        ("Sandbox-Session", "mine"),
    ];
    get(&sandbox, &format!("{}?x=1", path()), &headers);
    let (head, batch) = collector.batches.recv_timeout(Duration::from_secs(30)).expect("a batch");
    assert!(
        head.starts_with("POST /v1/traces HTTP/1.1\r\n") && head.contains("content-type: application/json"),
        "{head}"
    );
    let resource = &batch["resourceSpans"][0]["resource"];
    assert_eq!(text(resource, "service.name"), "innkreving-sandbox");
    assert_eq!(text(resource, "service.version"), env!("CARGO_PKG_VERSION"));
    assert_eq!(text(resource, "service.instance.id").len(), 32);
    let span = &batch["resourceSpans"][0]["scopeSpans"][0]["spans"][0];
    assert_eq!(
        (&span["traceId"], &span["parentSpanId"], &span["traceState"]),
        (&trace.into(), &parent.into(), &"vendor=1".into())
    );
    assert_eq!((&span["kind"], &span["flags"], &span["status"]), (&2.into(), &0x301.into(), &Value::Null));
    let id = span["spanId"].as_str().expect("an id");
    assert!(id.len() == 16 && id != parent, "{id}");
    let nanos = |name: &str| span[name].as_str().expect("a text").parse::<u64>().expect("a number");
    let took = nanos("endTimeUnixNano") - nanos("startTimeUnixNano");
    assert!(nanos("startTimeUnixNano") > 1_700_000_000_000_000_000 && took < 60_000_000_000, "{span}");
    let route = "/api/innkreving/kravogbetalinger/v1/{rettighetspakke}/{identifikator}/aapnekrav";
    assert_eq!(span["name"], format!("GET {route}"));
    for (key, value) in [
        ("http.request.method", "GET"),
        ("http.route", route),
        ("url.path", &*path()),
        ("url.query", "x=1"),
        ("url.scheme", "http"),
        ("server.address", "127.0.0.1"),
        ("network.protocol.version", "1.1"),
        ("user_agent.original", "the client"),
        ("sandbox.service", "kravogbetalinger"),
        ("sandbox.endpoint", "aapnekrav"),
        ("sandbox.session", "mine"),
        ("sandbox.cause", "natural"),
        ("sandbox.korrelasjonsid", "5f8a1c1e-0d4e-4c6f-9d57-3f6c2a9b7e10"),
    ] {
        assert_eq!(text(span, key), value, "{key}: {span}");
    }
    assert_eq!(attribute(span, "http.response.status_code"), &json!({ "intValue": "200" }));
    assert_eq!(attribute(span, "server.port"), &json!({ "intValue": sandbox.address().port().to_string() }));
    assert!(attribute(span, "error.type").is_null());
}

#[test]
fn every_end_of_a_call_is_a_span_and_what_is_no_call_is_none() {
    let collector = Collector::new(&[TAKEN]);
    let sandbox = collector.sandbox();
    get(&sandbox, "/sandbox/clock", &[]);
    get(&sandbox, &path(), &[("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00")]);
    get(&sandbox, &path(), &[("Sandbox-Error", "KB-002")]);
    get(&sandbox, &path().replace("311851381", "311851380"), &[]);
    get(&sandbox, &path(), &[("Sandbox-Eror", "KB-002")]);
    raw(&sandbox, format!("GET {} HTTP/1.1\r\nHost: x\r\nSandbox-Fault: reset\r\n\r\n", path()).as_bytes());
    get(&sandbox, "/ingenting", &[]);
    request(&sandbox, "BREW", &path(), &[]);
    get(&sandbox, &format!("{BASE}/finans/311851381/03030311111"), &[("Sandbox-Delay", "20ms")]);
    let spans = collector.spans(7);
    let told: Vec<_> = spans
        .iter()
        .map(|span| {
            let status = attribute(span, "http.response.status_code")["intValue"].as_str().unwrap_or("none");
            (
                status,
                text(span, "error.type"),
                text(span, "sandbox.cause"),
                text(span, "sandbox.code"),
                span["status"]["code"] == 2,
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("500", "500", "header", "KB-002", true),
            ("400", "", "natural", "KB-006", false),
            ("400", "", "refused-modifier", "", false),
            ("none", "reset", "header", "", true),
            ("404", "", "natural", "DAS-002", false),
            ("404", "", "natural", "KB-003", false),
            ("404", "", "header", "KB-003", false),
        ]
    );
    let names: Vec<_> = spans.iter().map(|span| span["name"].as_str().expect("a name")).collect();
    assert!(names[0].ends_with("/aapnekrav") && names[4] == "GET" && names[5].starts_with("HTTP /"), "{names:?}");
    assert_eq!(text(&spans[5], "http.request.method"), "_OTHER");
    let traces: std::collections::BTreeSet<_> =
        spans.iter().map(|span| span["traceId"].as_str().expect("an id")).collect();
    assert_eq!(traces.len(), 7, "each begins a trace of its own");
    assert!(text(&spans[6], "url.path").ends_with("/***********"), "{}", spans[6]);
    let nanos = |name: &str| spans[6][name].as_str().expect("a text").parse::<u64>().expect("a number");
    assert!(nanos("endTimeUnixNano") - nanos("startTimeUnixNano") >= 20_000_000);
}

#[test]
fn the_journal_may_be_off() {
    let collector = Collector::new(&[TAKEN]);
    let builder = Sandbox::builder().now(TODAY).journal(0).setting("--otlp", &format!("http://{}", collector.address));
    let sandbox = builder.start().expect("it starts");
    get(&sandbox, &path(), &[("Sandbox-Error", "KB-002")]);
    assert_eq!(text(&collector.next()[0], "sandbox.code"), "KB-002");
}

#[test]
fn a_batch_is_sent_again_while_the_collector_is_busy_and_what_it_refuses_is_counted() {
    let collector =
        Collector::new(&[("503 Service Unavailable", ""), ("200 OK", r#"{"partialSuccess":{"rejectedSpans":"1"}}"#)]);
    let sandbox = collector.sandbox();
    get(&sandbox, &path(), &[]);
    assert_eq!(collector.next(), collector.next(), "the same batch");
    for _ in 0..400 {
        if spans_in_metrics(&sandbox, "dropped") == 1 {
            assert_eq!(spans_in_metrics(&sandbox, "sent"), 0);
            return;
        }
        std::thread::sleep(Duration::from_millis(25));
    }
    panic!("the span that was refused is not counted");
}

#[test]
fn a_collector_that_is_not_there_costs_no_call_its_answer() {
    let nobody = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let sandbox =
        Sandbox::builder().now(TODAY).setting("--otlp", &format!("http://{nobody}")).start().expect("it starts");
    // More than can wait, and be in the batch that is being sent.
    for _ in 0..3200 {
        assert_eq!(get(&sandbox, "/ingenting", &[]).status, 404);
    }
    assert!(spans_in_metrics(&sandbox, "dropped") > 0, "the queue is bounded");
}

#[test]
fn what_waits_is_sent_before_the_end() {
    let collector = Collector::new(&[TAKEN]);
    let sandbox = collector.sandbox();
    get(&sandbox, &path(), &[]);
    drop(sandbox);
    assert_eq!(collector.next().len(), 1);
}

#[test]
fn a_call_that_its_caller_cancels_is_a_span_that_says_so() {
    let collector = Collector::new(&[TAKEN]);
    let sandbox = collector.sandbox();
    let curl = std::process::Command::new("curl")
        .args(["--silent", "--http2-prior-knowledge", "--max-time", "0.3", "--header", "Sandbox-Delay: 20s"])
        .arg(format!("{}{}", sandbox.base_url(), path()))
        .output()
        .expect("curl");
    assert_eq!(curl.status.code(), Some(28));
    let span = &collector.next()[0];
    assert_eq!(
        (attribute(span, "sandbox.gave_up"), text(span, "network.protocol.version")),
        (&json!({ "boolValue": true }), "2")
    );
}
