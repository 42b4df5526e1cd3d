//! What a population costs as more of its parties are asked for: calls a second, CPU of a call, memory, and the start.
//! Each call is for a party that was not asked for before. See docs/performance.md.
//!
//!     cargo bench --bench population              1, 1 000, 100 000 and 1 000 000 parties, about ten minutes
//!     cargo bench --bench population -- quick     1 and 500, to see that it runs
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a program for a person at a terminal that measures real time; a failure should stop it"
)]

mod server;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::Instant;

use server::Server;

const CALLERS: usize = 8;

fn main() {
    let quick = std::env::args().any(|argument| argument == "quick");
    let sizes: &[usize] = if quick { &[1, 500] } else { &[1, 1_000, 100_000, 1_000_000] };
    println!("  parties   calls/s   CPU of a call   resident   start to first answer");
    for size in sizes {
        let began = Instant::now();
        let server = Server::start(&["--population", "all", "--now", "2026-11-30"]);
        call(&server, &[organisation(1_400_000)]);
        let start = began.elapsed().as_secs_f64() * 1000.0;
        let numbers: Vec<String> = (0..).filter_map(valid).take(*size).collect();
        let (began, before) = (Instant::now(), server.cpu_micros());
        thread::scope(|scope| {
            for share in numbers.chunks(numbers.len().div_ceil(CALLERS)) {
                let server = &server;
                scope.spawn(move || call(server, share));
            }
        });
        let size_f = f64::from(u32::try_from(*size).unwrap());
        let (rate, cpu) = (size_f / began.elapsed().as_secs_f64(), (server.cpu_micros() - before) / size_f);
        println!("{size:9} {rate:9.0} {cpu:12.0} µs {:7} kB {start:17.1} ms", server.peak_kb());
    }
}

/// The number of the organisation with a place in the order, if there is a check digit for it.
fn valid(place: u64) -> Option<String> {
    let first = 20_000_000 + place * 7;
    let digits = format!("{first}").into_bytes();
    let sum: u64 =
        digits.iter().zip([3, 2, 7, 6, 5, 4, 3, 2]).map(|(digit, weight)| u64::from(digit - b'0') * weight).sum();
    Some(first).filter(|_| sum % 11 != 1).map(|first| format!("{first}{}", (11 - sum % 11) % 11))
}

fn organisation(place: u64) -> String {
    (place..).find_map(valid).unwrap()
}

/// Asks for the open claims of some parties on one connection. A party may have none: 404.
fn call(server: &Server, parties: &[String]) {
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.set_nodelay(true).unwrap();
    let mut buffer = vec![0; 4 * 1024 * 1024];
    for party in parties {
        let path = format!("/api/innkreving/kravogbetalinger/v1/finans/{party}/aapnekrav");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", server.address).unwrap();
        let (mut filled, mut whole) = (0, usize::MAX);
        while filled < whole {
            let read = stream.read(&mut buffer[filled..]).unwrap();
            assert!(read > 0, "{party}: the connection ended");
            filled += read;
            let end = buffer[..filled].windows(4).position(|window| window == b"\r\n\r\n");
            if let Some(end) = end.filter(|_| whole == usize::MAX) {
                let head = std::str::from_utf8(&buffer[..end]).unwrap().to_ascii_lowercase();
                assert!(head.starts_with("http/1.1 200") || head.contains("kb-007"), "{party}: {head}");
                let length = head.split("content-length: ").nth(1).unwrap().split("\r\n").next().unwrap();
                whole = end + 4 + length.parse::<usize>().unwrap();
            }
        }
    }
}
