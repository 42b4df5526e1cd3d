//! What it costs to keep sessions in a file, or in PostgreSQL. Compares an ordinary call with each with one in memory; counts
//! changes a second with each; times a start with a long log beside one with an empty file. See docs/performance.md.
//!
//!     cargo bench --bench state                         everything, about half a minute
//!     cargo bench --bench state -- quick                a tenth of that, to see that it runs
//!     scripts/postgres cargo bench --bench state        with PostgreSQL, too
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a program for a person at a terminal that measures real time; a failure should stop it"
)]

mod server;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use server::Server;

const PATH: &str = "/api/innkreving/kravogbetalinger/v1/regnskapssystem/311851381/aapnekrav";

/// How many connections make changes at the same time.
const CALLERS: usize = 8;

fn main() {
    let quick = std::env::args().any(|argument| argument == "quick");
    let (rounds, calls, changes, events) = if quick { (1, 500, 20, 2_000) } else { (9, 10_000, 400, 100_000) };
    let folder = std::env::temp_dir().join(format!("bench-state-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let database = std::env::var("BENCH_DATABASE").ok();
    let mut kept: Vec<Kept> = ["memory", "file", "PostgreSQL"].map(Kept::new).into();
    kept.truncate(if database.is_some() { 3 } else { 2 });
    for round in 0..rounds {
        let file = format!("file:{}", folder.join(format!("{round}.db")).display());
        let stores = [Some("memory"), Some(&*file), database.as_deref()];
        let servers: Vec<Server> =
            stores.into_iter().flatten().map(|store| Server::start(&["--store", store])).collect();
        for server in &servers {
            // A change, so that each has a log.
            server.cpu_of(&[clock(1)]);
            server.cpu_of(&vec![get(); calls / 5]);
        }
        let mut took = vec![0.0; servers.len()];
        for _ in 0..4 {
            // By turns, because the machine has other things to do, too.
            for (server, took) in servers.iter().zip(&mut took) {
                *took += server.cpu_of(&vec![get(); calls / 2]) / 4.0;
            }
        }
        for ((server, own), kept) in servers.iter().zip(&took).zip(&mut kept) {
            println!("ordinary call: {own:6.2} µs of CPU, {}", kept.place);
            kept.ratios.push(took[0] / own);
            kept.rates.push(changes_a_second(server, changes));
        }
    }
    let together = database.as_deref().map(|database| replicas(database, rounds, calls));
    let (empty, long) = recovery(&folder, events, rounds.min(5));
    let _ = std::fs::remove_dir_all(&folder);
    println!("\nmedians");
    for Kept { place, ratios, rates } in &mut kept {
        let (ratio, rate) = (median(ratios), median(rates));
        println!(
            "{place:10}  ordinary call, memory beside it: {ratio:.3} (aim: at least 0.97); {rate:.0} changes a second by {CALLERS} callers"
        );
    }
    if let Some((mut per_second, mut per_cpu)) = together {
        println!(
            "three replicas together beside one, ordinary calls: {:.2} for each second, {:.2} for each second of CPU",
            median(&mut per_second),
            median(&mut per_cpu)
        );
    }
    println!(
        "a start with a log of {events} records takes {:.0} ms longer than one with an empty file (aim: at most 1000)",
        long - empty
    );
}

/// What was measured of a place that sessions are kept in.
struct Kept {
    place: &'static str,
    ratios: Vec<f64>,
    rates: Vec<f64>,
}

impl Kept {
    const fn new(place: &'static str) -> Self {
        Self { place, ratios: Vec::new(), rates: Vec::new() }
    }
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn get() -> String {
    format!("GET {PATH} HTTP/1.1\r\nHost: HOST\r\n\r\n")
}

/// A change of the clock.
fn clock(day: usize) -> String {
    let body = format!(r#"{{"now":"2026-{:02}-{:02}"}}"#, 1 + day / 28 % 12, 1 + day % 28);
    let head = format!(
        "POST /sandbox/clock HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/json\r\nContent-Length: {}",
        body.len()
    );
    format!("{head}\r\n\r\n{body}")
}

fn changes_a_second(server: &Server, each: usize) -> f64 {
    let began = Instant::now();
    std::thread::scope(|scope| {
        for caller in 0..CALLERS {
            scope.spawn(move || server.cpu_of(&(0..each).map(|at| clock(caller * 41 + at)).collect::<Vec<_>>()));
        }
    });
    f64::from(u32::try_from(CALLERS * each).unwrap()) / began.elapsed().as_secs_f64()
}

/// How many connections ask each replica.
const CALLERS_OF_A_REPLICA: usize = 3;

/// Three replicas on a database beside one, by turns: ordinary calls for each second, and for each second of CPU. Two cores cannot
/// do three times the calls; that a call of a replica costs no more beside others is what they can show.
fn replicas(database: &str, rounds: usize, calls: usize) -> (Vec<f64>, Vec<f64>) {
    let servers: Vec<Server> = (0..3).map(|_| Server::start(&["--store", database])).collect();
    // A change, so that all have a log to follow.
    servers[0].cpu_of(&[clock(1)]);
    for server in &servers {
        server.cpu_of(&vec![get(); calls / 5]);
    }
    (0..rounds)
        .map(|_| {
            let (one, three) = (asked(&servers[..1], calls), asked(&servers, calls));
            (three.0 / one.0, three.1 / one.1)
        })
        .unzip()
}

/// Asks servers at the same time. Calls a second, and calls a second of their CPU.
fn asked(servers: &[Server], calls: usize) -> (f64, f64) {
    let cpu = || servers.iter().map(Server::cpu_micros).sum::<f64>() / 1e6;
    let callers = servers.len() * CALLERS_OF_A_REPLICA;
    let (began, before) = (Instant::now(), cpu());
    std::thread::scope(|scope| {
        for caller in 0..callers {
            let server = &servers[caller % servers.len()];
            scope.spawn(move || server.cpu_of(&vec![get(); calls / callers]));
        }
    });
    let made = f64::from(u32::try_from(calls / callers * callers).unwrap());
    (made / began.elapsed().as_secs_f64(), made / (cpu() - before))
}

/// How long starts take, in ms: with an empty file, and with a log of so many records.
fn recovery(folder: &Path, events: usize, rounds: usize) -> (f64, f64) {
    let (empty, long, lines) = (folder.join("empty.db"), folder.join("long.db"), folder.join("long.jsonl"));
    drop(Server::start(&["--store", &format!("file:{}", empty.display())]));
    std::fs::write(&lines, log(events)).unwrap();
    let store = format!("file:{}", long.display());
    let imported =
        server::command().args(["store", "import", lines.to_str().unwrap(), "--store", &store]).output().unwrap();
    assert!(imported.status.success(), "{}", String::from_utf8_lossy(&imported.stderr));
    let start = |file: &PathBuf| {
        let began = Instant::now();
        let server = Server::start(&["--store", &format!("file:{}", file.display())]);
        let took = began.elapsed().as_secs_f64() * 1000.0;
        drop(server);
        took
    };
    let (mut one, mut other): (Vec<f64>, Vec<f64>) = (0..rounds).map(|_| (start(&empty), start(&long))).unzip();
    (median(&mut one), median(&mut other))
}

/// A log as a busy session has it: most records are uses of rules; the others are clocks, orders and texts.
fn log(events: usize) -> String {
    let mut text = String::new();
    let mut put = |sequence: usize, kind: &str, data: &str| {
        let at = "2026-11-30T00:00:00Z";
        let head = format!(r#""v":1,"session":"default","sequence":{sequence},"at":"{at}""#);
        writeln!(text, r#"{{{head},"kind":"{kind}","data":{data}}}"#).unwrap();
    };
    put(1, "begun", r#"{"base":"2026-11-30","scenarios":"0","by":"0.1.0"}"#);
    put(2, "rule-added", r#"{"number":1,"rule":{"when":{"client":"c"},"then":{"error":"KB-002"},"seed":1}}"#);
    for sequence in 3..=events {
        match sequence % 10 {
            0 => put(sequence, "clock", r#"{"setting":{"standing":"2026-12-24T11:00:00Z"},"tokens":false}"#),
            1 => put(sequence, "about", &format!(r#"{{"supplier":"A","system":null,"version":"{sequence}"}}"#)),
            2 => put(sequence, "trekkpaalegg/told", &format!(r#"{{"employer":"310478717","number":{sequence}}}"#)),
            _ => put(sequence, "rule-used", r#"{"number":1,"met":true}"#),
        }
    }
    text
}
