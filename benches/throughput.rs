//! What the sandbox costs beside a bare axum server that sends the same bytes: throughput, CPU per
//! request, start-up, memory. Ratios in one run; see docs/performance.md.
//!
//!     cargo bench --bench throughput            all of it, about a minute
//!     cargo bench --bench throughput -- quick   a tenth of that, to see that it runs
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program for a person at a terminal; a failure should stop it"
)]
#![expect(clippy::disallowed_methods, reason = "it measures real time")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const PATH: &str = "/api/innkreving/kravogbetalinger/v1/finans/311851381/aapnekrav";
const NOW: &str = "2026-11-21";
const CONNECTIONS: usize = 8;

fn main() {
    if let Ok(bytes) = std::env::var("THROUGHPUT_BARE_BYTES") {
        return bare(bytes);
    }
    let quick = std::env::args().any(|argument| argument == "quick");
    let (rounds, length, starts) =
        if quick { (1, Duration::from_millis(500), 3) } else { (5, Duration::from_secs(3), 21) };

    let sandbox = Server::sandbox();
    let body = get(sandbox.address).body;
    println!("answer: {} bytes, {CONNECTIONS} connections, {rounds} rounds of {length:?} each", body.len());
    let file = std::env::temp_dir().join(format!("throughput-{}.json", std::process::id()));
    std::fs::write(&file, &body).unwrap();
    let bare = Server::bare(file.to_str().unwrap());
    assert_eq!(get(bare.address).body, body, "both must send the same bytes");

    let (mut rates, mut costs) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let bare_round = load(&bare, length);
        let sandbox_round = load(&sandbox, length);
        println!(
            "bare {:7.0} req/s {:5.1} µs CPU/req   sandbox {:7.0} req/s {:5.1} µs CPU/req",
            bare_round.rate, bare_round.cpu_micros, sandbox_round.rate, sandbox_round.cpu_micros
        );
        rates.push(sandbox_round.rate / bare_round.rate);
        costs.push(bare_round.cpu_micros / sandbox_round.cpu_micros);
    }
    println!("throughput, sandbox / bare: {:.2} (median)", median(&mut rates));
    println!("requests per CPU second, sandbox / bare: {:.2} (median)", median(&mut costs));
    println!("resident memory after load: sandbox {} kB, bare {} kB", sandbox.resident_kb(), bare.resident_kb());
    drop((sandbox, bare));

    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..starts {
        theirs.push(first_answer(|| Server::bare(file.to_str().unwrap())));
        ours.push(first_answer(Server::sandbox));
    }
    let (ours, theirs) = (median(&mut ours), median(&mut theirs));
    println!(
        "start to first answer: sandbox {ours:.1} ms, bare {theirs:.1} ms, ratio {:.1} (medians of {starts})",
        ours / theirs
    );
    let _ = std::fs::remove_file(file);
}

/// The bare server: one axum handler, the bytes in memory.
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
    fn sandbox() -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_innkreving-sandbox"));
        Self::start(command.args(["--listen", "127.0.0.1:0", "--now", NOW]))
    }

    fn bare(file: &str) -> Self {
        Self::start(Command::new(std::env::current_exe().unwrap()).env("THROUGHPUT_BARE_BYTES", file))
    }

    /// Starts it and reads its address off the first line that has one.
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

fn load(server: &Server, length: Duration) -> Round {
    let before = server.cpu_micros();
    let start = Instant::now();
    let workers: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let address = server.address;
            std::thread::spawn(move || {
                let mut client = Client::connect(address);
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

fn first_answer(start: impl FnOnce() -> Server) -> f64 {
    let begun = Instant::now();
    let server = start();
    get(server.address);
    begun.elapsed().as_secs_f64() * 1000.0
}

fn get(address: SocketAddr) -> Answer {
    Client::connect(address).get()
}

struct Answer {
    body: Vec<u8>,
}

/// As little client as possible, so that the servers' share of the machine is large.
struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
    request: String,
}

impl Client {
    fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        let request = format!("GET {PATH} HTTP/1.1\r\nHost: {address}\r\nAccept: application/json\r\n\r\n");
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
                assert!(text.starts_with("http/1.1 200"), "{text}");
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
