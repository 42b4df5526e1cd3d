//! Compares the sandbox with a bare axum server that sends the same bytes: throughput, CPU per request, start-up,
//! memory. Then compares XML with JSON, checked tokens with none, many rules and sessions with none, and the journal on
//! with off. Measures memory over a million requests, and the loading of many parties.
//! The results are ratios in one run; see docs/performance.md.
//!
//!     cargo bench --bench throughput            everything, about three minutes
//!     cargo bench --bench throughput -- quick   a tenth of that, to see that it runs
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program for a person at a terminal; a failure should stop it"
)]
#![expect(clippy::disallowed_methods, reason = "it measures real time")]

mod server;

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const PATH: &str = "/api/innkreving/kravogbetalinger/v1/finans/311851381/aapnekrav";
const OWN_PATH: &str = "/api/innkreving/kravogbetalinger/v1/regnskapssystem/311851381/aapnekrav";
const NOW: &str = "2026-11-21";
const CONNECTIONS: u32 = 8;

fn main() {
    if let Ok(bytes) = std::env::var("THROUGHPUT_BARE_BYTES") {
        return bare(bytes);
    }
    let quick = std::env::args().any(|argument| argument == "quick");
    let (rounds, length, starts) =
        if quick { (1, Duration::from_millis(500), 3) } else { (5, Duration::from_secs(3), 21) };

    let json = Request { path: PATH, headers: "Accept: application/json\r\n".to_owned() };
    let sandbox = Server::sandbox(&[]);
    let body = Client::connect(sandbox.address, &json).get().body;
    println!("answer: {} bytes, {CONNECTIONS} connections, {rounds} rounds of {length:?} each", body.len());
    let file = std::env::temp_dir().join(format!("throughput-{}.json", std::process::id()));
    std::fs::write(&file, &body).unwrap();
    let bare = Server::bare(file.to_str().unwrap());
    assert_eq!(Client::connect(bare.address, &json).get().body, body, "both must send the same bytes");

    println!("\nbare server against sandbox");
    compare((&bare, &json), (&sandbox, &json), rounds, length);
    println!("resident memory after load: sandbox {} kB, bare {} kB", sandbox.resident_kb(), bare.resident_kb());
    drop(bare);

    println!("\ncached success against an error on demand, same sandbox");
    let error = Request { path: PATH, headers: "Sandbox-Error: KB-002\r\n".to_owned() };
    compare((&sandbox, &json), (&sandbox, &error), rounds, length);

    println!("\nJSON against XML, same sandbox");
    let xml = Request { path: PATH, headers: "Accept: application/xml\r\n".to_owned() };
    println!("answer: {} bytes", Client::connect(sandbox.address, &xml).get().body.len());
    compare((&sandbox, &json), (&sandbox, &xml), rounds, length);
    drop(sandbox);

    println!("\naccess off against claims, with the same token");
    let (off, claims) = (Server::sandbox(&["--auth", "off"]), Server::sandbox(&["--auth", "claims"]));
    let with_token = Request { path: OWN_PATH, headers: format!("Authorization: Bearer {}\r\n", token()) };
    compare((&off, &with_token), (&claims, &with_token), rounds, length);
    drop((off, claims));

    println!("\nnothing beside 1 000 rules and 100 sessions, none of which concern the call");
    let (none, many) = (Server::sandbox(&[]), Server::sandbox(&[]));
    many.burden();
    compare((&none, &json), (&many, &json), rounds, length);
    drop((none, many));

    println!("\njournal off against on");
    let (off, on) = (Server::sandbox(&["--journal", "0"]), Server::sandbox(&["--journal-bodies", "off"]));
    compare((&off, &json), (&on, &json), rounds, length);
    drop((off, on));

    println!("\nheaders and bodies in the journal off against on");
    let (off, on) = (Server::sandbox(&["--journal-bodies", "off"]), Server::sandbox(&[]));
    compare((&off, &json), (&on, &json), rounds, length);
    drop(off);

    println!("\nresident memory as requests go by, journal on");
    let requests = if quick { [1_000, 10_000] } else { [100_000, 1_000_000] };
    let mut done = 0;
    for more in requests {
        on.requests(&json, more - done);
        done = more;
        println!("after {done:8} requests: {} kB", on.resident_kb());
    }
    drop(on);

    println!("\nstart to first answer");
    let ready = Request { path: "/health/ready", headers: String::new() };
    let (mut readies, mut ours, mut theirs) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..starts {
        theirs.push(first_answer(|| Server::bare(file.to_str().unwrap()), &json));
        readies.push(first_answer(|| Server::sandbox(&[]), &ready));
        ours.push(first_answer(|| Server::sandbox(&[]), &json));
    }
    let theirs = median(&mut theirs);
    for (what, ours) in [("it is ready", median(&mut readies)), ("open claims", median(&mut ours))] {
        println!("{what}: sandbox {ours:.1} ms, bare {theirs:.1} ms, ratio {:.1} (medians of {starts})", ours / theirs);
    }
    let _ = std::fs::remove_file(file);

    println!("\nloading a folder of parties (ten claims and five payments each)");
    let sizes: &[u32] = if quick { &[250, 500] } else { &[2_500, 5_000, 10_000] };
    for parties in sizes {
        let took = load_parties(*parties);
        println!("{parties:6} parties: {:7.0} ms, {:.3} ms a party", took, took / f64::from(*parties));
    }
}

/// Runs both in turn. Prints the ratios of the second to the first, as medians.
fn compare(base: (&Server, &Request), other: (&Server, &Request), rounds: usize, length: Duration) {
    let (mut rates, mut costs) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let (first, second) = (load(base.0, base.1, length), load(other.0, other.1, length));
        println!(
            "{:7.0} req/s {:5.1} µs CPU/req   {:7.0} req/s {:5.1} µs CPU/req",
            first.rate, first.cpu_micros, second.rate, second.cpu_micros
        );
        rates.push(second.rate / first.rate);
        costs.push(first.cpu_micros / second.cpu_micros);
    }
    println!(
        "requests per second, ratio {:.2}; per CPU second, ratio {:.2} (medians)",
        median(&mut rates),
        median(&mut costs)
    );
}

/// A token of the party itself, for its own data under `regnskapssystem`. Nothing checks its signature.
fn token() -> String {
    use base64::Engine;
    let encode = |text: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
    let claims = r#"{"iss":"https://test.maskinporten.no/","client_amr":"private_key_jwt","token_type":"Bearer","aud":"unspecified",
        "consumer":{"authority":"iso6523-actorid-upis","ID":"0192:311851381"},"scope":"skatteetaten:kravogbetalinger",
        "exp":4070908800,"iat":1700000000,"client_id":"00000000-0000-0000-0000-000000000000","jti":"1"}"#;
    format!("{}.{}.{}", encode(r#"{"alg":"RS256","kid":"x"}"#), encode(claims), "c".repeat(342))
}

/// How long it takes to load a folder of that many parties, in ms.
fn load_parties(count: u32) -> f64 {
    let dir = std::env::temp_dir().join(format!("throughput-parties-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    for i in 0..count {
        let mut yaml = format!("part: \"{}\"\nnavn: PART {i}\nkrav:\n", 200_000_000 + i);
        for claim in 0..10 {
            let line = "kravtype: Mva-melding, forfallsdato: i dag - 40d, opprinneligBeloep: 1000.50";
            writeln!(yaml, "  - {{ kravidentifikator: KRAV-{claim:08}, {line} }}").unwrap();
        }
        yaml.push_str("innbetalinger:\n");
        for payment in 0..5 {
            let line = format!("innbetalingsdato: i dag - 10d, plassert: [{{ krav: KRAV-{payment:08} }}]");
            writeln!(yaml, "  - {{ innbetalingsidentifikator: FORF-{payment:08}, {line} }}").unwrap();
        }
        std::fs::write(dir.join(format!("{i}.yaml")), yaml).unwrap();
    }
    let begun = Instant::now();
    let output = server::command().args(["schema"]).stdout(Stdio::null()).status().unwrap();
    let empty = begun.elapsed();
    assert!(output.success());
    let begun = Instant::now();
    let status =
        server::command().args(["parties", "--json", "--scenarios"]).arg(&dir).stdout(Stdio::null()).status().unwrap();
    let took = begun.elapsed().saturating_sub(empty);
    assert!(status.success());
    std::fs::remove_dir_all(dir).unwrap();
    took.as_secs_f64() * 1000.0
}

/// The bare server: one axum handler that sends bytes from memory.
fn bare(file: String) {
    let body = bytes::Bytes::from(std::fs::read(file).unwrap());
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(async {
        let handler = move || {
            let body = body.clone();
            async move { ([("content-type", "application/json")], body) }
        };
        let app = axum::Router::new().route(PATH, axum::routing::get(handler));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("http://{}", listener.local_addr().unwrap());
        axum::serve(listener, app).await.unwrap();
    });
}

struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    fn sandbox(more: &[&str]) -> Self {
        let mut command = server::command();
        Self::start(command.args(["--listen", "127.0.0.1:0", "--now", NOW, "--log", "warn"]).args(more))
    }

    fn bare(file: &str) -> Self {
        Self::start(Command::new(std::env::current_exe().unwrap()).env("THROUGHPUT_BARE_BYTES", file))
    }

    /// Starts the server and reads its address from the first line that has one.
    fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = loop {
            let line = lines.next().expect("it said no address").unwrap();
            if let Some((_, address)) = line.split_once("http://") {
                break address.trim().parse().unwrap();
            }
        };
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address }
    }

    /// Adds rules and sessions that do not concern the measured calls.
    fn burden(&self) {
        for session in 0..100 {
            for rule in 0..10 {
                let when = match rule % 3 {
                    0 => format!(r#""party": "{}""#, 310_000_000 + session * 10 + rule),
                    1 => r#""endpoint": "krav""#.to_owned(),
                    _ => format!(r#""client": "client-{rule}""#),
                };
                let body = format!(r#"{{"when": {{{when}}}, "then": {{"error": "KB-002"}}}}"#);
                // The measured session gets as many rules as each other session.
                for name in [format!("s{session}"), "default".to_owned()] {
                    self.post("/sandbox/rules", &format!("Sandbox-Session: {name}\r\n"), &body);
                }
            }
        }
    }

    fn post(&self, path: &str, headers: &str, body: &str) {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let length = body.len();
        write!(stream, "POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n{headers}Content-Length: {length}\r\n\r\n{body}").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    }

    /// Sends requests over all connections.
    fn requests(&self, request: &Request, count: u32) {
        std::thread::scope(|scope| {
            for _ in 0..CONNECTIONS {
                let mut client = Client::connect(self.address, request);
                scope.spawn(move || (0..count / CONNECTIONS).for_each(|_| drop(client.get())));
            }
        });
    }

    fn proc(&self, file: &str) -> String {
        std::fs::read_to_string(format!("/proc/{}/{file}", self.child.id())).unwrap()
    }

    /// User and system time so far, in µs. The kernel counts in hundredths of a second.
    fn cpu_micros(&self) -> f64 {
        let stat = self.proc("stat");
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
        fields[11..13].iter().map(|ticks| ticks.parse::<f64>().unwrap()).sum::<f64>() * 10_000.0
    }

    fn resident_kb(&self) -> u64 {
        let status = self.proc("status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Round {
    rate: f64,
    cpu_micros: f64,
}

fn load(server: &Server, request: &Request, length: Duration) -> Round {
    let before = server.cpu_micros();
    let start = Instant::now();
    let workers: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let mut client = Client::connect(server.address, request);
            std::thread::spawn(move || {
                let mut count = 0_u32;
                while start.elapsed() < length {
                    client.get();
                    count += 1;
                }
                count
            })
        })
        .collect();
    let requests: u32 = workers.into_iter().map(|worker| worker.join().unwrap()).sum();
    let elapsed = start.elapsed().as_secs_f64();
    Round { rate: f64::from(requests) / elapsed, cpu_micros: (server.cpu_micros() - before) / f64::from(requests) }
}

fn first_answer(start: impl FnOnce() -> Server, request: &Request) -> f64 {
    let begun = Instant::now();
    let server = start();
    Client::connect(server.address, request).get();
    begun.elapsed().as_secs_f64() * 1000.0
}

/// A request: its path, and headers that each end with a line break.
struct Request {
    path: &'static str,
    headers: String,
}

struct Answer {
    body: Vec<u8>,
}

/// A minimal client, so that the servers get most of the machine.
struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
    request: String,
}

impl Client {
    fn connect(address: SocketAddr, request: &Request) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        let request = format!("GET {} HTTP/1.1\r\nHost: {address}\r\n{}\r\n", request.path, request.headers);
        Self { stream, buffer: vec![0; 64 * 1024], request }
    }

    fn get(&mut self) -> Answer {
        self.stream.write_all(self.request.as_bytes()).unwrap();
        let (mut filled, mut whole) = (0, usize::MAX);
        let mut head = 0;
        while filled < whole {
            let read = self.stream.read(&mut self.buffer[filled..]).unwrap();
            assert!(read > 0, "the server hung up");
            filled += read;
            if whole == usize::MAX
                && let Some(end) = self.buffer[..filled].windows(4).position(|window| window == b"\r\n\r\n")
            {
                let text = std::str::from_utf8(&self.buffer[..end]).unwrap().to_ascii_lowercase();
                assert!(text.starts_with("http/1.1 200") || self.request.contains("Sandbox-Error"), "{text}");
                let length = text.split("content-length: ").nth(1).unwrap();
                head = end + 4;
                whole = head + length.split("\r\n").next().unwrap().parse::<usize>().unwrap();
            }
        }
        Answer { body: self.buffer[head..whole].to_vec() }
    }
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
