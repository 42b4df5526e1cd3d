//! From a decision to the employer: a decided case gives an order, deductions come in, and all ends when all is paid.

use innkreving_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::common::begjaering::{HEADERS, UTLEGG, call, ready};
use crate::common::{TREKK, get, oere, post, sandbox};

const EMPLOYER: &str = "310777609";

fn clock(sandbox: &Sandbox, day: &str) {
    assert_eq!(post(sandbox, "/sandbox/clock", &[], &json!({ "now": day })).status, 200);
}

/// Polls as an employer, with the greatest number that it has seen.
fn poll(sandbox: &Sandbox, employer: &str, last: &mut u64) -> Vec<Value> {
    let path = format!("{TREKK}?fraSekvensnummer={last}&maksAntall=100");
    let answer = get(sandbox, &path, &[("Sandbox-Party", employer)]);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let orders = answer.json().as_array().expect("a list").clone();
    for order in &orders {
        let number = order["sekvensnummer"].as_u64().expect("a number");
        assert!(number > *last, "{order} after {last}");
        *last = number;
    }
    orders
}

/// A case with two claims of 5000 kroner each, without interest.
fn case(sandbox: &Sandbox) -> String {
    let mut request = ready(sandbox, &[]);
    for claim in request["kravTilInnkreving"].as_array_mut().expect("claims") {
        claim["opprinneligBeloep"]["beloep"] = json!(5000);
        claim["gjenstaaendeBeloep"]["beloep"] = json!(5000);
        if let Some(interest) = claim.get_mut("rentebaerendeKrav").and_then(Value::as_object_mut) {
            interest.remove("forsinkelsesrente");
            interest.insert("avtaltRentesats".to_owned(), json!(0));
        }
        claim["innbetaling"] = json!([]);
        claim["kravEndring"] = json!([]);
    }
    let answer = call(sandbox, "POST", UTLEGG, &[], &request);
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()["eksternSaksreferanse"].as_str().expect("a reference").to_owned()
}

fn decide(sandbox: &Sandbox, reference: &str, terms: &Value) {
    let answer = post(sandbox, &format!("/sandbox/begjaeringer/{reference}/beslutning"), &[], terms);
    assert_eq!(answer.status, 200, "{}", answer.text());
}

fn status(sandbox: &Sandbox, reference: &str) -> Value {
    get(sandbox, &format!("{UTLEGG}/{reference}/status"), &HEADERS).json()
}

fn money(sandbox: &Sandbox, reference: &str) -> Value {
    get(sandbox, &format!("/sandbox/begjaeringer/{reference}/oekonomi"), &[]).json()
}

#[test]
fn a_decided_case_is_deducted_from_pay_until_it_is_paid() {
    let sandbox = sandbox();
    let mut last = 0;
    let reference = case(&sandbox);
    assert_eq!(poll(&sandbox, EMPLOYER, &mut last), Vec::<Value>::new());
    let terms = json!({ "prosent": 19, "trekkpliktig": EMPLOYER, "maanedsloenn": 40000, "loennsdag": 20 });
    decide(&sandbox, &reference, &terms);
    let orders = poll(&sandbox, EMPLOYER, &mut last);
    let [order] = &orders[..] else { panic!("one order: {orders:?}") };
    let periods = json!([{ "startdato": "2026-11-22", "trekkprosent": { "trekkprosent": 19.0 } }]);
    assert_eq!((&order["trekkstatus"], &order["trekkstoerrelseForPeriode"]), (&json!("aktiv"), &periods));
    let decision = &status(&sandbox, &reference)["beslutningsinformasjon"][0]["utleggstrekk"];
    assert_eq!((&order["saksnummer"], &order["trekkpliktig"]), (&decision["saksnummer"], &decision["trekkpliktig"]));
    assert_eq!(poll(&sandbox, EMPLOYER, &mut last), Vec::<Value>::new(), "nothing comes twice");

    // 19 % of 40 000, on the working day before Sunday 20 December.
    clock(&sandbox, "2026-12-17");
    assert_eq!(money(&sandbox, &reference)["trekk"], json!([]));
    clock(&sandbox, "2026-12-18");
    let whole = status(&sandbox, &reference);
    let paid = &whole["beslutningsinformasjon"][0]["utleggstrekk"]["innbetaling"];
    assert_eq!(paid, &json!([{ "dato": "2026-12-18", "beloep": 7600, "heravRenter": 0 }]));
    let left: i64 = whole["krav"].as_array().expect("claims").iter().map(|it| oere(&it["gjenstaaendeBeloep"])).sum();
    assert_eq!((left, &whole["saksstatus"]), (240_000, &json!("sakBesluttet")));
    let version = |number: u32| {
        let id = order["trekkid"].as_str().expect("an id");
        get(&sandbox, &format!("{TREKK}/{id}/{number}"), &[("Sandbox-Party", EMPLOYER)])
    };
    assert_eq!((version(1).status, version(2).status), (200, 404));

    clock(&sandbox, "2027-01-20");
    assert_eq!(status(&sandbox, &reference)["saksstatus"], "sakAvsluttet");
    let told = money(&sandbox, &reference);
    assert_eq!((&told["trukket"], &told["plassert"], &told["tilOvers"]), (&json!(15200), &json!(10000), &json!(5200)));
    let orders = poll(&sandbox, EMPLOYER, &mut last);
    let [ended] = &orders[..] else { panic!("one order: {orders:?}") };
    assert_eq!((&ended["trekkversjon"], &ended["trekkstatus"]), (&json!(2), &json!("avsluttet")));
    assert_eq!(ended["trekkstoerrelseForPeriode"][0]["sluttdato"], "2027-01-20");
    assert_eq!(
        (&ended["trekkid"], &ended["betalingsinformasjon"]),
        (&order["trekkid"], &order["betalingsinformasjon"])
    );
    // The clock goes back, and all is as it was.
    clock(&sandbox, "2026-12-18");
    assert_eq!(status(&sandbox, &reference), whole);
    assert_eq!((version(1).status, version(2).status), (200, 404));
}

#[test]
fn a_change_or_an_end_of_the_case_changes_or_ends_the_order() {
    let sandbox = sandbox();
    let (mut last, mut other) = (0, 0);
    let reference = case(&sandbox);
    decide(&sandbox, &reference, &json!({ "beloep": 1000, "trekkpliktig": EMPLOYER }));
    assert_eq!(poll(&sandbox, EMPLOYER, &mut last).len(), 1);
    clock(&sandbox, "2026-11-25");
    decide(&sandbox, &reference, &json!({ "beloep": 1500 }));
    let changed = poll(&sandbox, EMPLOYER, &mut last);
    let amounts: Vec<&Value> = changed[0]["trekkstoerrelseForPeriode"]
        .as_array()
        .expect("periods")
        .iter()
        .map(|it| &it["trekkbeloep"]["trekkbeloep"])
        .collect();
    assert_eq!(amounts, [&json!(1000), &json!(1500)]);
    clock(&sandbox, "2026-11-28");
    decide(&sandbox, &reference, &json!({ "trekkpliktig": "315658438" }));
    assert_eq!(poll(&sandbox, EMPLOYER, &mut last)[0]["trekkstatus"], "avsluttet");
    let moved = poll(&sandbox, "315658438", &mut other);
    assert_eq!(moved[0]["trekkstoerrelseForPeriode"][0]["trekkbeloep"]["trekkbeloep"], json!(1500));
    clock(&sandbox, "2026-12-02");
    let withdrawn = json!({ "status": "sakHevet" });
    assert_eq!(post(&sandbox, &format!("/sandbox/begjaeringer/{reference}/status"), &[], &withdrawn).status, 200);
    assert_eq!(poll(&sandbox, "315658438", &mut other)[0]["trekkstatus"], "avsluttet");
    let direct = json!({ "trekkpliktig": EMPLOYER, "trekkid": changed[0]["trekkid"], "prosent": 5 });
    let refused = post(&sandbox, "/sandbox/trekkpaalegg", &[], &direct);
    assert!(refused.status == 409 && refused.text().contains("decide, end or withdraw the case"), "{}", refused.text());
}

#[test]
fn an_order_of_a_case_is_numbered_above_all_that_was_told() {
    let sandbox = sandbox();
    // An employer with orders of its own, of which some come later.
    let employer = "310478717";
    let reference = case(&sandbox);
    let mut last = 0;
    clock(&sandbox, "2027-02-01");
    assert!(!poll(&sandbox, employer, &mut last).is_empty());
    clock(&sandbox, "2026-11-22");
    decide(&sandbox, &reference, &json!({ "prosent": 10, "trekkpliktig": employer }));
    let fresh = poll(&sandbox, employer, &mut last);
    assert_eq!(fresh.len(), 1);
    let refused = json!({ "trekkpliktig": employer, "trekkid": fresh[0]["trekkid"], "stopp": "+0d" });
    let answer = post(&sandbox, "/sandbox/trekkpaalegg", &[], &refused);
    assert!(answer.status == 409 && answer.text().contains("the case"), "{}", answer.text());
    // Both are orders of one debtor in the whole list, each with its newest version.
    let whole = get(&sandbox, TREKK, &[("Sandbox-Party", employer)]).json();
    assert!(whole.as_array().expect("a list").iter().any(|it| it["trekkid"] == fresh[0]["trekkid"]));
}

#[test]
fn without_words_the_employer_and_the_size_follow_from_the_debtor() {
    let sandbox = sandbox();
    let reference = case(&sandbox);
    clock(&sandbox, "2026-12-11");
    let decision = status(&sandbox, &reference)["beslutningsinformasjon"][0]["utleggstrekk"].clone();
    let employer = decision["trekkpliktig"].as_str().expect("an employer").to_owned();
    let orders = poll(&sandbox, &employer, &mut 0);
    assert_eq!(orders.len(), 1);
    assert_eq!(orders[0]["trekkstoerrelseForPeriode"][0]["trekkprosent"]["trekkprosent"], json!(15.0));
    assert_eq!(orders[0]["opprettet"], "2026-12-11T05:00:00.00Z");
    // Another session has no case, so the employer has no order there.
    let elsewhere = get(&sandbox, TREKK, &[("Sandbox-Party", &employer), ("Sandbox-Session", "another")]);
    assert_eq!(elsewhere.json(), json!([]));
}

#[test]
fn the_command_line_decides_and_shows_the_money() {
    let sandbox = sandbox();
    let reference = case(&sandbox);
    let run = |arguments: &[&str]| {
        let address = sandbox.base_url().trim_start_matches("http://").to_owned();
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_innkreving-sandbox"))
            .arg("sak")
            .args(arguments)
            .args(["--listen", &address])
            .output()
            .expect("it runs");
        (
            output.status.success(),
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr),
        )
    };
    let (ok, text) = run(&["decide", &reference, "--trekk", "19%", "--employer", EMPLOYER, "--pay", "40000"]);
    assert!(ok && text.contains("sakBesluttet"), "{text}");
    clock(&sandbox, "2027-01-20");
    let (ok, text) = run(&["money", &reference]);
    assert!(ok && text.contains("\"trukket\": 15200"), "{text}");
    let (ok, text) = run(&["decide", &reference, "--trekk", "much"]);
    assert!(!ok && text.contains("19% or 3000"), "{text}");
    assert!(run(&["list"]).1.contains(&reference));
    let (ok, text) = run(&["advance", &reference]);
    assert!(!ok && text.contains("the case is closed: sakAvsluttet since 2027-01-20"), "{text}");
}
