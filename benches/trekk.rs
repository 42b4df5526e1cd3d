//! The cost of a poll of 2 500 trekkpålegg out of 10 000. Compares the CPU time of the server with serde_json writing
//! the same values, and measures memory. The results are ratios in one run; see docs/performance.md.
//!
//!     cargo bench --bench trekk            everything, under a minute
//!     cargo bench --bench trekk -- quick   a tenth of that, to see that it runs
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a program for a person at a terminal that measures real time; a failure should stop it"
)]

mod server;

use std::time::Instant;

use serde::{Deserialize, Serialize};
use server::Server;

const EMPLOYER: &str = "314200012";

fn request(query: &str) -> String {
    format!("GET /api/trekkpaalegg/v1{query} HTTP/1.1\r\nHost: x\r\nSandbox-Party: {EMPLOYER}\r\n\r\n")
}

/// The same values, in the plainest types that serde_json can write them from.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Order {
    trekkid: String,
    skyldner: String,
    opprettet: String,
    saksnummer: String,
    trekkstatus: String,
    trekkpliktig: String,
    trekkversjon: u32,
    sekvensnummer: u64,
    betalingsinformasjon: Paying,
    trekkstoerrelse_for_periode: Vec<Period>,
}

#[derive(Serialize, Deserialize)]
struct Period {
    startdato: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sluttdato: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trekkbeloep: Option<Amount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trekkprosent: Option<Percentage>,
}

#[derive(Serialize, Deserialize)]
struct Amount {
    trekkbeloep: serde_json::Number,
}

#[derive(Serialize, Deserialize)]
struct Percentage {
    trekkprosent: serde_json::Number,
}

#[derive(Serialize, Deserialize)]
struct Paying {
    kidnummer: String,
    kontonummer: String,
    betalingsmottaker: String,
}

fn main() {
    let quick = std::env::args().any(|argument| argument == "quick");
    let (rounds, polls) = if quick { (1, 40) } else { (7, 400) };
    let server = Server::start(&["--now", "2026-11-21", "--auth", "off", "--journal", "0"]);
    let everything = server.body_of(&request(""));
    let all: Vec<Order> = serde_json::from_slice(&everything).unwrap();
    // From the middle, so that the server must skip the beginning.
    let from = all[2_500].sekvensnummer;
    let page = request(&format!("?fraSekvensnummer={from}&maksAntall=2500"));
    let nothing = request(&format!("?fraSekvensnummer={}", u32::MAX));
    let body = server.body_of(&page);
    let orders: Vec<Order> = serde_json::from_slice(&body).unwrap();
    assert_eq!(orders.len(), 2_500);
    assert!(serde_json::to_vec(&orders).unwrap() == body, "the same values in the same order");
    println!("{} orders of {}, {} kB a page", orders.len(), all.len(), body.len() / 1000);
    let mut ratios = Vec::new();
    for _ in 0..rounds {
        let poll = server.cpu_of(&vec![page.clone(); polls]);
        let empty = server.cpu_of(&vec![nothing.clone(); polls * 10]);
        let begun = Instant::now();
        for _ in 0..polls {
            std::hint::black_box(serde_json::to_vec(&orders).unwrap());
        }
        let bare = begun.elapsed().as_secs_f64() * 1e6 / f64::from(u32::try_from(polls).unwrap());
        println!("poll {poll:.0}, of that the call itself {empty:.0}; serde_json {bare:.0} (µs)");
        ratios.push(poll / bare);
    }
    ratios.sort_by(f64::total_cmp);
    println!("\npoll beside serde_json writing the same values: {:.2} (aim: at most 1.5)", ratios[ratios.len() / 2]);
    // A fresh server that has only its orders in memory.
    let server = Server::start(&["--now", "2026-11-21", "--auth", "off", "--journal", "0"]);
    server.body_of(&nothing);
    let before = server.peak_kb();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| (0..polls / 8).for_each(|_| drop(server.body_of(&page))));
        }
    });
    let more = server.peak_kb().saturating_sub(before);
    println!("memory: {before} kB with all orders; {} kB more for each of 8 polls at a time", more / 8);
}
