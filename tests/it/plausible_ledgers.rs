//! What an accountant looks for in the built-in ledgers: working days, statutory instalments, interest that the rates
//! give, no money that waits beside an overdue claim, and no empty month.

use chrono::{Datelike, Days, Months, NaiveDate};
use innkreving_sandbox::Sandbox;
use innkreving_sandbox::domain::kalender::is_working_day;
use serde_json::Value;

use crate::common::{self, BASE, get, oere};

/// Parties whose ledgers are made to look real. The others are edge cases, placeholders, or have nothing.
const REAL: [&str; 9] = [
    "212201782",
    "310111643",
    "310478717",
    "311851381",
    "312438623",
    "313367002",
    "314055403",
    "314200012",
    "314961900",
];

/// Base dates: an ordinary Saturday, a Sunday in Easter, the turn of a year, the day before a due date, a leap day.
const BASE_DATES: [&str; 5] = ["2026-11-21", "2026-04-05", "2027-01-01", "2026-06-09", "2028-02-29"];

fn started(base: &str) -> Sandbox {
    Sandbox::builder().now(base).seed(1).start().unwrap_or_else(|error| panic!("{base}: {}", common::explain(&error)))
}

fn day(value: &Value) -> NaiveDate {
    value.as_str().and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("a day: {value}"))
}

fn all_claims(sandbox: &Sandbox, party: &str, from: NaiveDate, to: NaiveDate, now: &str) -> Vec<Value> {
    let mut found = Vec::new();
    let mut start = from;
    while start < to {
        let end = (start + Months::new(12) - Days::new(1)).min(to);
        let path = format!("{BASE}/finans/{party}/krav?fraOgMed={start}&tilOgMed={end}");
        let answer = get(sandbox, &path, &[("Sandbox-Now", now)]);
        if answer.status == 200 && answer.header("Sandbox-Literal").is_empty() {
            found.extend(answer.json()["krav"].as_array().expect("a list").clone());
        }
        start = end + Days::new(1);
    }
    found
}

/// Every claim of a real party, as it stands two years after the base date.
fn each_claim(mut look: impl FnMut(&str, &Value)) {
    for base in BASE_DATES {
        let sandbox = started(base);
        let base: NaiveDate = base.parse().expect("a day");
        let later = base + Months::new(23);
        for party in REAL {
            let from = (base - Months::new(36)).with_day(1).expect("a day");
            for claim in all_claims(&sandbox, party, from, later, &later.to_string()) {
                look(party, &claim);
            }
        }
    }
}

fn list<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value[name].as_array().map_or(&[], Vec::as_slice)
}

#[test]
fn due_dates_placements_and_payouts_are_on_working_days() {
    let mut seen = 0;
    each_claim(|party, claim| {
        let id = &claim["kravidentifikator"];
        if id == "krav-1234" {
            return; // of the published examples
        }
        for instalment in list(claim, "kravforfall") {
            if let Some(due) = instalment.get("forfallsdato") {
                assert!(is_working_day(day(due)), "{party} {id}: due on {due}");
            }
            for name in ["plassertInnbetaling", "plassertMotkrav", "plassertUtbetaling"] {
                for placed in list(instalment, name) {
                    seen += 1;
                    assert!(is_working_day(day(&placed["plassertDato"])), "{party} {id}: {placed}");
                    if let Some(paid) = placed.get("utbetaltDato") {
                        assert!(is_working_day(day(paid)), "{party} {id}: paid out on {paid}");
                    }
                }
            }
        }
    });
    assert!(seen > 10_000, "only {seen} placements seen");
}

#[test]
fn each_claim_follows_the_law_of_its_year() {
    let (mut pay_days, mut terms, mut outstanding, mut assessed) = (0, 0, 0, 0);
    each_claim(|party, claim| {
        let period = &claim["kravperiode"];
        let instalments = list(claim, "kravforfall");
        let about = || format!("{party}: {claim}");
        match claim["kravtype"].as_str().expect("a kind") {
            "FORSKTREKK" => {
                let due = day(&instalments[0]["forfallsdato"]);
                let year: i32 = period["aar"].as_str().and_then(|aar| aar.parse().ok()).expect("a year");
                if year >= 2026 {
                    pay_days += 1;
                    assert_eq!(period["fraDato"], period["tilDato"], "{}", about());
                    assert!(period.get("terminTekniskNavn").is_none(), "{}", about());
                    let paid = day(&period["fraDato"]);
                    assert_eq!(paid.year(), year, "{}", about());
                    let first = paid.iter_days().skip(1).find(|day| is_working_day(*day)).expect("a day");
                    assert_eq!(due, first, "{}", about());
                } else {
                    terms += 1;
                    assert!(period["terminTekniskNavn"].is_string(), "{}", about());
                }
            }
            "RESTSKATT"
                if oere(&claim["opprinneligBeloep"]) >= 100_000 && claim["kravidentifikator"] != "krav-1234" =>
            {
                outstanding += 1;
                let [first, second] = instalments else { panic!("{}", about()) };
                let apart = day(&second["forfallsdato"]) - day(&first["forfallsdato"]);
                assert!((30..=45).contains(&apart.num_days()), "{}", about());
                let difference = oere(&first["opprinneligBeloep"]) - oere(&second["opprinneligBeloep"]);
                assert!(difference.abs() <= 100, "{}", about());
                assert_eq!(first["betalingsinformasjon"], second["betalingsinformasjon"], "{}", about());
            }
            "Fasts § 12-1 (1) 1. pkt." => {
                assessed += 1;
                let (from, to) = (day(&period["fraDato"]), day(&period["tilDato"]));
                assert_eq!(
                    (from.day(), from.month() % 2, to + Days::new(1)),
                    (1, 1, from + Months::new(2)),
                    "{}",
                    about()
                );
            }
            "Sjokoladeavgift" => panic!("the duty ended with 2020: {}", about()),
            _ => {}
        }
    });
    assert!(
        pay_days > 500 && terms > 100 && outstanding > 3 && assessed > 3,
        "{pay_days} {terms} {outstanding} {assessed}"
    );
}

#[test]
fn no_money_waits_beside_an_overdue_claim_of_the_same_ledger() {
    let mut waiting = 0;
    for base in &BASE_DATES[..common::sample(BASE_DATES.len(), 2)] {
        let sandbox = started(base);
        for shift in ["-200d", "-60d", "-45d", "-20d", "-7d", "+0d", "+1d", "+3d", "+10d", "+45d", "+200d", "+500d"] {
            for party in REAL {
                let path = format!("{BASE}/finans/{party}/aapnekrav");
                let answer = get(&sandbox, &path, &[("Sandbox-Now", shift)]);
                if !answer.header("Sandbox-Literal").is_empty() {
                    continue;
                }
                let today: NaiveDate = base.parse().expect("a day");
                let days = Days::new(shift[1..shift.len() - 1].parse().expect("days"));
                let today = if shift.starts_with('-') { today - days } else { today + days };
                let answer = answer.json();
                let in_vat = |group: &Value| matches!(group.as_str(), Some("Merverdiavgift" | "Særavgifter"));
                let overdue = |vat: bool| {
                    list(&answer, "aapentKravMedGjenstaaendeBeloep").iter().any(|claim| {
                        in_vat(&claim["kravgruppe"]) == vat
                            && list(claim, "kravforfall").iter().any(|it| {
                                oere(&it["gjenstaaendeBeloep"]) > 0
                                    && it.get("forfallsdato").is_some_and(|due| day(due) < today)
                            })
                    })
                };
                for payment in list(&answer, "innbetalingMedUplassertBeloep") {
                    waiting += 1;
                    let vat = payment["innbetaltFra"].get("valutakode").is_none();
                    assert!(!overdue(vat), "{base} {shift} {party}: {payment}");
                }
            }
        }
    }
    assert!(waiting > 0, "no party has unallocated money");
}

#[test]
fn no_month_from_three_years_before_to_two_years_after_is_empty() {
    let sandbox = started("2026-11-21");
    let first: NaiveDate = "2023-12-01".parse().expect("a day");
    for party in REAL {
        for months in 0..59 {
            let from = first + Months::new(months);
            let to = from + Months::new(1) - Days::new(1);
            let path = format!("{BASE}/finans/{party}/krav?fraOgMed={from}&tilOgMed={to}");
            let answer = get(&sandbox, &path, &[("Sandbox-Now", &to.to_string())]);
            assert_eq!(answer.status, 200, "{party} {from}: {}", answer.text());
        }
    }
}

/// A principal that was paid late, and interest on it, in a scenario of its own.
fn late(interest: &str) -> String {
    format!(
        r#"
part: "311851381"
navn: SEN KATT
krav:
  - {{ kravidentifikator: KRAV-1, kravtype: Mva-melding, kravperiode: {{ aar: 2021, termin: 5 }}, opprinneligBeloep: 51321 }}
  - {{ kravidentifikator: KRAV-2, kravtype: Forsinkelsesrente, hovedstolKravidentifikator: KRAV-1, opprettelsesdatoForKrav: 2022-01-17, forfallsdato: 2022-01-17{interest} }}
innbetalinger:
  - {{ innbetalingsidentifikator: FORF-1, innbetalingsdato: 2022-01-17, plassert: [{{ krav: KRAV-1 }}] }}
"#
    )
}

/// What `check` says of a scenario.
fn check(yaml: &str) -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!("plausible-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("late.yaml"), yaml).expect("written");
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_innkreving-sandbox"));
    let output = command.args(["check", "--now", "2026-11-21"]).arg(&folder).output().expect("it runs");
    let _ = std::fs::remove_dir_all(&folder);
    String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout)
}

#[test]
fn interest_that_is_left_out_is_what_the_rates_give() {
    let sandbox = common::with_scenario(&late(""));
    let path = format!("{BASE}/finans/311851381/krav?fraOgMed=2022-01-01&tilOgMed=2022-12-31");
    let claims = get(&sandbox, &path, &[]).json();
    // The published ledger of 2023 prints 439 kr for just this principal and these days.
    assert_eq!(claims["krav"][0]["opprinneligBeloep"], 439.0, "{claims}");
    assert_eq!(check(&late("")).matches("the rates give").count(), 0);
    assert_eq!(check(&late(", opprinneligBeloep: 440")).matches("the rates give").count(), 0, "within two per cent");
    let doubted = check(&late(", opprinneligBeloep: 460"));
    assert!(
        doubted.contains("the rates give 439 kr of interest from 2021-12-11 to 2022-01-17, not 460 kr"),
        "{doubted}"
    );
    let other_days =
        check(&late(", renteperiode: { fraDato: 2021-12-11, tilDato: 2021-12-31 }, opprinneligBeloep: 439"));
    assert!(other_days.contains("the rates give 236 kr"), "{other_days}");
}

#[test]
fn interest_that_cannot_be_computed_is_an_error() {
    let in_time = late("").replace("innbetalingsdato: 2022-01-17", "innbetalingsdato: 2021-12-10");
    let told = check(&in_time);
    assert!(told.contains("no interest runs on the principal in this time"), "{told}");
}

#[test]
fn no_day_of_a_principal_is_both_claimed_and_estimated() {
    let unpaid = |claimed: &str| {
        format!(
            r#"
part: "311851381"
navn: SEN KATT
krav:
  - {{ kravidentifikator: KRAV-1, kravtype: Mva-melding, kravperiode: {{ aar: 2025, termin: 1 }}, opprinneligBeloep: 100000 }}
{claimed}"#
        )
    };
    let claim = "  - { kravidentifikator: KRAV-2, kravtype: Forsinkelsesrente, hovedstolKravidentifikator: KRAV-1, opprettelsesdatoForKrav: 2026-05-11, forfallsdato: 2026-06-01 }\n";
    let claims = |yaml: &str, now: &str| {
        let sandbox = common::with_scenario(yaml);
        get(&sandbox, &format!("{BASE}/finans/311851381/aapnekrav"), &[("Sandbox-Now", now)]).json()
    };
    let list = |answer: &Value| list(answer, "aapentKravMedGjenstaaendeBeloep").to_vec();
    let alone = list(&claims(&unpaid(""), "2026-11-21"));
    let both = list(&claims(&unpaid(claim), "2026-11-21"));
    let (estimated, claimed) = (oere(&both[0]["stipulerteRenter"]), oere(&both[1]["opprinneligBeloep"]));
    assert!(estimated > 0 && claimed > 0, "{both:?}");
    // Each of the two is cut to whole kroner.
    assert!((oere(&alone[0]["stipulerteRenter"]) - estimated - claimed).abs() <= 100, "{alone:?} {both:?}");
    // Before the claim was made, all of it was estimated.
    let before = list(&claims(&unpaid(claim), "2026-05-10"));
    let all = list(&claims(&unpaid(""), "2026-05-10"));
    assert_eq!(before[0]["stipulerteRenter"], all[0]["stipulerteRenter"]);
}
