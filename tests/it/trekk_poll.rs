//! A payroll system that polls as the published documentation describes. Whatever happens between its polls, it misses
//! no version and sees none twice. Every order passes the checks of a client in production.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::common::{self, TREKK, get, parties, post, sandbox};
use innkreving_sandbox::Sandbox;
use proptest::prelude::*;
use serde_json::{Value, json};

/// The checks of a client in production on each field (docs/fidelity.md, "Trekkpålegg"), independent of the sandbox's
/// code.
fn complaints(order: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut demand = |ok: bool, what: &str| {
        if !ok {
            found.push(what.to_owned());
        }
    };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let digits = |value: &Value, lengths: std::ops::RangeInclusive<usize>| {
        let text = text(value);
        lengths.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
    };
    demand(!text(&order["trekkid"]).is_empty(), "trekkid");
    demand(order["trekkversjon"].as_u64().is_some_and(|n| n > 0), "trekkversjon");
    demand(order["sekvensnummer"].as_u64().is_some_and(|n| n > 0 && n < 1 << 31), "sekvensnummer");
    demand(chrono::DateTime::parse_from_rfc3339(&text(&order["opprettet"])).is_ok(), "opprettet");
    demand(!text(&order["saksnummer"]).is_empty(), "saksnummer");
    demand(digits(&order["trekkpliktig"], 9..=9), "trekkpliktig");
    demand(digits(&order["skyldner"], 11..=11), "skyldner");
    demand(matches!(text(&order["trekkstatus"]).as_str(), "aktiv" | "avsluttet"), "trekkstatus");
    let paying = &order["betalingsinformasjon"];
    demand(digits(&paying["betalingsmottaker"], 9..=9), "betalingsmottaker");
    demand(digits(&paying["kontonummer"], 11..=11), "kontonummer");
    demand(digits(&paying["kidnummer"], 2..=25) && is_kid(&text(&paying["kidnummer"])), "kidnummer");
    let day = |value: &Value| value.as_str().and_then(|text| text.parse::<chrono::NaiveDate>().ok());
    let periods = order["trekkstoerrelseForPeriode"].as_array().cloned().unwrap_or_default();
    demand(!periods.is_empty(), "a period");
    let mut before = None;
    for period in &periods {
        let (start, end) = (day(&period["startdato"]), period.get("sluttdato").map(&day));
        demand(start.is_some() && end != Some(None), "dates");
        demand(end.flatten().is_none_or(|end| Some(end) >= start), "sluttdato before startdato");
        demand(before.is_none_or(|before: Option<chrono::NaiveDate>| before.is_some() && before < start), "overlap");
        before = Some(end.flatten());
        let amount = period.get("trekkbeloep").map(|it| it["trekkbeloep"].as_f64());
        let percentage = period.get("trekkprosent").map(|it| it["trekkprosent"].as_f64());
        demand(amount.is_some() != percentage.is_some(), "exactly one of amount and percentage");
        demand(amount.is_none_or(|it| it.is_some_and(|it| it >= 0.0)), "amount");
        demand(percentage.is_none_or(|it| it.is_some_and(|it| (0.0..=100.0).contains(&it))), "percentage");
    }
    demand(!order.to_string().chars().any(char::is_control), "control characters");
    found
}

/// The last digit is right by modulus 10 or by modulus 11.
fn is_kid(text: &str) -> bool {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    let Some((last, rest)) = digits.split_last() else { return false };
    let ten: u32 = rest.iter().rev().zip([2, 1].iter().cycle()).map(|(d, w)| (d * w) / 10 + (d * w) % 10).sum();
    let eleven: u32 = rest.iter().rev().zip([2, 3, 4, 5, 6, 7].iter().cycle()).map(|(d, w)| d * w).sum();
    (10 - ten % 10) % 10 == *last || (11 - eleven % 11) % 11 == *last
}

#[test]
fn every_order_of_every_employer_passes_the_checks_of_a_client_in_production() {
    let sandbox = sandbox();
    let mut seen = 0;
    for party in parties() {
        for now in ["2025-05-05", "2025-08-20", "2025-12-31", "-60d", "-1d", "+0d", "+1d", "+5d", "+21d", "+45d", "+2y"]
        {
            if party == "314200012" && !matches!(now, "+0d" | "+45d") {
                continue;
            }
            let answer = get(&sandbox, TREKK, &[("Sandbox-Party", &party), ("Sandbox-Now", now)]);
            assert_eq!(answer.status, 200, "{party} {now}");
            for order in answer.json().as_array().expect("a list") {
                let complaints = complaints(order);
                assert!(complaints.is_empty(), "{party} {now}: {complaints:?} in {order}");
                seen += 1;
            }
        }
    }
    assert!(seen > 18_000, "{seen}");
}

/// A client as published: it keeps the greatest sequence number that it has seen, and asks for greater ones.
#[derive(Default)]
struct Payroll {
    last: u64,
    orders: BTreeMap<String, Value>,
    seen: BTreeSet<(String, u64)>,
}

impl Payroll {
    /// Polls once. Returns whether there may be more versions.
    fn poll(&mut self, sandbox: &Sandbox, session: &str, most: usize) -> bool {
        let path = format!("{TREKK}?fraSekvensnummer={}&maksAntall={most}", self.last);
        let answer = get(sandbox, &path, &[("Sandbox-Session", session)]);
        assert_eq!(answer.status, 200, "{}", answer.text());
        let page = answer.json();
        let page = page.as_array().expect("a list");
        for order in page {
            let complaints = complaints(order);
            assert!(complaints.is_empty(), "{complaints:?} in {order}");
            let number = order["sekvensnummer"].as_u64().expect("a number");
            assert!(number > self.last, "ascending");
            self.last = number;
            let id = order["trekkid"].as_str().expect("an id").to_owned();
            let version = order["trekkversjon"].as_u64().expect("a number");
            assert!(self.seen.insert((id.clone(), version)), "doubled: {order}");
            let before = self.orders.insert(id, order.clone());
            assert!(
                before.is_none_or(|before| before["trekkversjon"].as_u64() < Some(version)),
                "back to an older one"
            );
        }
        assert!(page.len() <= most);
        page.len() == most
    }
}

#[derive(Clone, Debug)]
enum Step {
    Poll(usize),
    Advance(u32),
    Give(usize, u32, u32),
    Stop(usize, u32),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (1_usize..5).prop_map(Step::Poll),
        2 => (0_u32..20).prop_map(Step::Advance),
        3 => (0_usize..6, 0_u32..=100, 1_u32..40).prop_map(|(debtor, percent, from)| Step::Give(debtor, percent, from)),
        1 => (0_usize..6, 0_u32..30).prop_map(|(debtor, on)| Step::Stop(debtor, on)),
    ]
}

/// The debtors of the scenario, and one debtor without an order.
const DEBTORS: [&str; 6] = ["01827020008", "05837421820", "09847823418", "13858225145", "17868626887", "21879028504"];

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_and_nothing_comes_twice(steps in prop::collection::vec(step(), 1..25)) {
        let sandbox = sandbox();
        let session = [("Sandbox-Session", "payroll")];
        let mut payroll = Payroll::default();
        for step in steps {
            match step {
                Step::Poll(most) => { payroll.poll(&sandbox, "payroll", most); }
                Step::Advance(days) => {
                    post(&sandbox, "/sandbox/clock", &session, &json!({ "advance": format!("{days}d") }));
                }
                Step::Give(debtor, percent, from) => {
                    let body = json!({ "skyldner": DEBTORS[debtor], "prosent": percent, "fra": format!("+{from}d") });
                    let answer = post(&sandbox, "/sandbox/trekkpaalegg", &session, &body);
                    // One debtor gets a second order in time. Then the change must name one of them.
                    prop_assert!(matches!(answer.status, 201 | 409), "{}", answer.text());
                }
                Step::Stop(debtor, on) => {
                    let body = json!({ "skyldner": DEBTORS[debtor], "stopp": format!("+{on}d") });
                    let answer = post(&sandbox, "/sandbox/trekkpaalegg", &session, &body);
                    prop_assert!(matches!(answer.status, 201 | 404 | 409 | 422), "{}", answer.text());
                }
            }
        }
        while payroll.poll(&sandbox, "payroll", 2) {}
        let whole = get(&sandbox, TREKK, &session).json();
        let newest: BTreeMap<String, u64> = whole
            .as_array()
            .expect("a list")
            .iter()
            .map(|it| (it["trekkid"].as_str().expect("an id").to_owned(), it["trekkversjon"].as_u64().expect("n")))
            .collect();
        let known: BTreeMap<String, u64> =
            payroll.orders.iter().map(|(id, it)| (id.clone(), it["trekkversjon"].as_u64().expect("n"))).collect();
        prop_assert_eq!(known, newest);
    }
}

/// A client that polls every day ends up with the complete list.
#[test]
fn every_employer_polled_day_by_day() {
    let sandbox = sandbox();
    for employer in ["123456789", "310478717", "311851381"] {
        let session = [("Sandbox-Session", employer)];
        let rule = json!({ "then": { "party": employer } });
        assert_eq!(post(&sandbox, "/sandbox/rules", &session, &rule).status, 201);
        let begin = if employer == "311851381" { "2026-01-01" } else { "2025-04-20" };
        post(&sandbox, "/sandbox/clock", &session, &json!({ "now": begin }));
        let mut payroll = Payroll::default();
        for _ in 0..(365 / 3) {
            payroll.poll(&sandbox, employer, 2);
            post(&sandbox, "/sandbox/clock", &session, &json!({ "advance": "3d" }));
        }
        while payroll.poll(&sandbox, employer, 2) {}
        let whole = get(&sandbox, TREKK, &session).json();
        let whole = whole.as_array().expect("a list");
        assert!(whole.len() >= 6, "{employer}");
        assert_eq!(payroll.orders.len(), whole.len(), "{employer}");
        for order in whole {
            let known = &payroll.orders[order["trekkid"].as_str().expect("an id")];
            assert_eq!(known["trekkversjon"], order["trekkversjon"], "{employer}");
        }
    }
}

/// An event as YAML: the days after the event before it, and what happens.
fn event() -> impl Strategy<Value = (u32, u32, u32, bool)> {
    (0_u32..40, 1_u32..30, 0_u32..=100, prop::bool::weighted(0.15))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_events_and_series_a_scenario_tells_its_orders_pass_the_checks(
        orders in prop::collection::vec(prop::collection::vec(event(), 1..5), 1..4),
        series in (1_u32..60, 1_u32..9, 1_u32..5, 1_u32..5, 0_u32..1000),
    ) {
        let mut yaml = "part: \"314300017\"\nnavn: X\nstandardTrekkpliktig: true\ntrekkpaalegg:\n".to_owned();
        for events in &orders {
            yaml.push_str("  - skyldner: \"01827020008\"\n    hendelser:\n");
            let mut day = -60_i64;
            for (at, (after, from, size, stop)) in events.iter().enumerate() {
                day += i64::from(*after);
                let what = match (*stop && at > 0, size % 2) {
                    (true, _) => format!("stopp: i dag {:+}d", day + 40),
                    (false, 0) => format!("fra: i dag {:+}d, prosent: {size}", day + i64::from(*from)),
                    (false, _) => format!("fra: i dag {:+}d, beloep: {size}00.50", day + i64::from(*from)),
                };
                writeln!(yaml, "      - {{ opprettet: i dag {day:+}d, {what} }}").expect("a line");
            }
        }
        let (antall, per_day, changed, ended, seed) = series;
        writeln!(
            yaml,
            "trekkserier:\n  - {{ antall: {antall}, foersteOpprettet: i dag - 50d, perDag: {per_day}, endretHver: {changed}, avsluttetHver: {ended}, froe: {seed} }}"
        )
        .expect("lines");
        // If the events break a rule, the scenario is refused, and there is nothing to check.
        let started = Sandbox::builder().now(common::TODAY).scenario(&yaml).start();
        prop_assume!(started.is_ok());
        let Ok(sandbox) = started else { return Ok(()) };
        let mut payroll = Payroll::default();
        for days in [0, 3, 20, 60, 200] {
            post(&sandbox, "/sandbox/clock", &[], &json!({ "advance": format!("{days}d") }));
            while payroll.poll(&sandbox, "default", 7) {}
            let whole = get(&sandbox, TREKK, &[]).json();
            for order in whole.as_array().expect("a list") {
                let complaints = complaints(order);
                prop_assert!(complaints.is_empty(), "{:?} in {}\n{}", complaints, order, yaml);
            }
            prop_assert_eq!(payroll.orders.len(), whole.as_array().map_or(0, Vec::len));
        }
    }
}

#[test]
fn ten_thousand_orders_while_the_clock_moves_between_the_pages() {
    let sandbox = sandbox();
    common::rule(&sandbox, &json!({ "then": { "party": "314200012" } }));
    let mut payroll = Payroll::default();
    for days in [0, 1, 3, 0, 10, 7, 0, 40, 100, 0] {
        payroll.poll(&sandbox, "default", 2500);
        post(&sandbox, "/sandbox/clock", &[], &json!({ "advance": format!("{days}d") }));
    }
    while payroll.poll(&sandbox, "default", 2500) {}
    let whole = get(&sandbox, TREKK, &[]).json();
    let whole = whole.as_array().expect("a list");
    assert_eq!((payroll.orders.len(), whole.len()), (10_000, 10_000));
    for order in whole {
        let known = &payroll.orders[order["trekkid"].as_str().expect("an id")];
        assert_eq!(known["trekkversjon"], order["trekkversjon"]);
        assert_eq!(known["trekkstoerrelseForPeriode"], order["trekkstoerrelseForPeriode"]);
    }
}
