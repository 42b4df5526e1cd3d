//! The cost of a request for enforcement: reading it and holding it to all rules, beside serde_json reading the same
//! body into a tree. The results are ratios in one run; see docs/performance.md.
//!
//!     cargo bench --bench begjaering            everything, under a minute
//!     cargo bench --bench begjaering -- quick   a tenth of that, to see that it runs
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a program for a person at a terminal that measures real time"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use innkreving_sandbox::domain::NaiveDate;
use innkreving_sandbox::domain::begjaering::{
    Eksempeltype, Eksempelvalg, Modell, Omstendigheter, SyntetiskRegister, eksempel, kontroller, les,
};

fn body(krav: usize) -> Vec<u8> {
    let dato = NaiveDate::from_ymd_opt(2026, 3, 2).unwrap_or_default();
    let valg = Eksempelvalg { krav, type_: Eksempeltype::SkriftligMeddelelse, rente: false, seed: 1, dato };
    serde_json::to_vec(&eksempel(&valg)).unwrap_or_default()
}

/// Reads a request and holds it to all rules. How many it breaks.
fn whole(body: &[u8]) -> usize {
    let Ok(lest) = les(body, Modell::V2) else { return usize::MAX };
    let om = Omstendigheter {
        dag: lest.begjaering.begjaeringsdato,
        paalogget: None,
        register: &SyntetiskRegister,
        vedlegg: None,
        tidligere: None,
        duplikat: None,
    };
    kontroller(&lest.begjaering, &om, Modell::V2).len()
}

/// The time of one call, the shortest of several rounds.
fn time(rounds: u32, calls: u32, call: impl Fn()) -> Duration {
    let round = || {
        let start = Instant::now();
        (0..calls).for_each(|_| call());
        start.elapsed() / calls
    };
    (0..rounds).map(|_| round()).min().unwrap_or_default()
}

fn main() {
    let quick = std::env::args().any(|argument| argument == "quick");
    let work: u32 = if quick { 2_000 } else { 40_000 };
    println!(
        "| claims | bytes | read | read and all rules | serde_json | ratio | per claim |\n|---|---|---|---|---|---|---|"
    );
    for krav in [1, 12, 50, 500, 5_000] {
        let body = body(krav);
        assert_eq!(whole(&body), 0, "the example is valid");
        let calls = (work / u32::try_from(krav).unwrap_or(1)).max(2);
        let read = time(9, calls, || drop(black_box(les(black_box(&body), Modell::V2))));
        let whole = time(9, calls, || {
            black_box(whole(black_box(&body)));
        });
        let beside = time(9, calls, || drop(black_box(serde_json::from_slice::<serde_json::Value>(black_box(&body)))));
        println!(
            "| {krav} | {} | {read:.1?} | {whole:.1?} | {beside:.1?} | {:.2} | {:.2?} |",
            body.len(),
            whole.as_secs_f64() / beside.as_secs_f64(),
            whole / u32::try_from(krav).unwrap_or(1),
        );
    }
}
