//! What it costs that somebody watches the journal: the time of a call without a watcher, with one, and with ten, and the
//! memory of ten. The results are ratios in one run; see docs/performance.md.
//!
//!     cargo bench --bench page            everything, about half a minute
//!     cargo bench --bench page -- quick   a tenth of that, to see that it runs
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a program for a person at a terminal that measures real time; a failure should stop it"
)]

mod server;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use server::{Server, read_answer};

const PATH: &str = "/api/innkreving/kravogbetalinger/v1/finans/311851381/aapnekrav";
const WATCHERS: [usize; 3] = [0, 1, 10];

fn main() {
    let quick = std::env::args().any(|argument| argument == "quick");
    let (rounds, calls) = if quick { (1, 300) } else { (9, 4_000) };
    let mut medians = [Vec::new(), Vec::new(), Vec::new()];
    let server = Server::start(&["--now", "2026-11-21"]);
    latency(&server, 200);
    for _ in 0..rounds {
        for (watchers, medians) in WATCHERS.into_iter().zip(&mut medians) {
            let told = Arc::new(AtomicUsize::new(0));
            let streams: Vec<TcpStream> = (0..watchers).map(|_| watch(&server, &told)).collect();
            medians.push(latency(&server, calls));
            for stream in streams {
                stream.shutdown(std::net::Shutdown::Both).unwrap();
            }
            assert!(watchers == 0 || told.load(Ordering::Relaxed) > 0, "nothing was told");
        }
    }
    let [none, one, ten] = medians.map(|mut medians: Vec<f64>| {
        medians.sort_by(f64::total_cmp);
        medians[medians.len() / 2]
    });
    println!("a call, median: {none:.1} µs without a watcher, {one:.1} µs with one, {ten:.1} µs with ten");
    println!("with one watcher beside none: {:.2} (aim: at most 1.1)", one / none);
    println!("with ten watchers beside none: {:.2}", ten / none);

    // Ten watchers that read nothing keep nothing, however many calls there are.
    let still: Vec<TcpStream> = (0..10).map(|_| ask(&server)).collect();
    latency(&server, calls * 2);
    let before = server.peak_kb();
    latency(&server, calls * 8);
    println!(
        "ten that read nothing: the peak of memory grew by {} kB in {} calls",
        server.peak_kb().saturating_sub(before),
        calls * 8
    );
    drop(still);
}

/// The median time of a call, in µs.
fn latency(server: &Server, calls: usize) -> f64 {
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.set_nodelay(true).unwrap();
    let request = format!("GET {PATH} HTTP/1.1\r\nHost: {}\r\n\r\n", server.address);
    let mut buffer = vec![0; 256 * 1024];
    let mut times = Vec::with_capacity(calls);
    for _ in 0..calls {
        let began = Instant::now();
        stream.write_all(request.as_bytes()).unwrap();
        read_answer(&mut stream, &mut buffer);
        times.push(began.elapsed().as_secs_f64() * 1e6);
    }
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// Asks for the stream, and reads nothing of it.
fn ask(server: &Server) -> TcpStream {
    let mut stream = TcpStream::connect(server.address).unwrap();
    write!(stream, "GET /sandbox/live?after=0 HTTP/1.1\r\nHost: {}\r\n\r\n", server.address).unwrap();
    stream
}

/// Watches, and reads what it is told. Returns its connection.
fn watch(server: &Server, told: &Arc<AtomicUsize>) -> TcpStream {
    let mut stream = TcpStream::connect(server.address).unwrap();
    write!(stream, "GET /sandbox/live HTTP/1.1\r\nHost: {}\r\n\r\n", server.address).unwrap();
    let (mut reader, told) = (stream.try_clone().unwrap(), Arc::clone(told));
    std::thread::spawn(move || {
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(read @ 1..) = reader.read(&mut buffer) {
            told.fetch_add(read, Ordering::Relaxed);
        }
    });
    stream
}
