//! The four endpoints about the built-in parties: the content of each answer, and that the answers agree.

use crate::common::{self, Answer, BASE, TODAY, get, oere, parties, request, sandbox};
use innkreving_sandbox::Sandbox;
use serde_json::Value;

fn ask(sandbox: &Sandbox, rest: &str, edition: &str, now: &str) -> Answer {
    get(sandbox, &format!("{BASE}/finans/{rest}"), &[("Sandbox-Edition", edition), ("Sandbox-Now", now)])
}

fn pretty(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", answer.text());
    format!("{:#}", answer.json())
}

#[test]
fn every_kind_of_claim_in_both_editions() {
    let sandbox = sandbox();
    insta::assert_snapshot!("late_2024", pretty(&ask(&sandbox, "313367002/aapnekrav", "2024", TODAY)));
    insta::assert_snapshot!("late_2023", pretty(&ask(&sandbox, "313367002/aapnekrav", "2023", TODAY)));
    insta::assert_snapshot!("edges_2024", pretty(&ask(&sandbox, "315300010/aapnekrav", "2024", TODAY)));
    insta::assert_snapshot!("edges_2023", pretty(&ask(&sandbox, "315300010/aapnekrav", "2023", TODAY)));
}

#[test]
fn refunds_set_offs_and_payouts_in_both_editions() {
    let sandbox = sandbox();
    for edition in ["2024", "2023"] {
        for endpoint in ["krav", "innbetalinger", "utbetalinger"] {
            let answer = ask(&sandbox, &format!("314961900/{endpoint}?fraOgMed=2026-01-01"), edition, TODAY);
            insta::assert_snapshot!(format!("refunds_{endpoint}_{edition}"), pretty(&answer));
        }
    }
}

#[test]
fn a_shielded_person_shows_the_parameters_and_the_mark() {
    let sandbox = sandbox();
    let open = ask(&sandbox, "02827720073/aapnekrav", "2024", TODAY);
    assert_eq!(open.text(), r#"{"partIdentifikator":"02827720073","skjermet":true}"#);
    let period = ask(&sandbox, "02827720073/krav?fraOgMed=2026-01-01&tilOgMed=2026-02-01", "2023", TODAY);
    assert_eq!(
        period.text(),
        r#"{"partIdentifikator":"02827720073","periode":{"fraOgMed":"2026-01-01","tilOgMed":"2026-02-01"},"skjermet":true}"#
    );
}

/// A party with a claim, a payment that covers a part of it and has a rest, and a payout of a credit.
const HEMMELIG: &str = "part: \"314300017\"\nnavn: X\nskjermet: MARK\n\
    krav: [{ kravidentifikator: HEMMELIG, kravtype: RESTSKATT, forfallsdato: 2026-11-10, opprinneligBeloep: 4711 }, \
           { kravidentifikator: TIL-GODE, kravtype: RESTSKATT, forfallsdato: 2026-11-10, opprinneligBeloep: -300 }]\n\
    innbetalinger: [{ innbetalingsidentifikator: I-1, innbetalingsdato: 2026-11-11, innbetaltBeloep: 218, plassert: [{ krav: HEMMELIG, beloep: 211 }] }]\n\
    utbetalinger: [{ utbetalingsidentifikator: U-1, utbetaltdato: 2026-11-16, kreditkrav: [{ krav: TIL-GODE, beloep: 300 }] }]\n";

#[test]
fn a_party_that_is_shielded_in_part_shows_its_sums() {
    let shielded = common::with_scenario(&HEMMELIG.replace("MARK", "delvis"));
    let open = common::with_scenario(&HEMMELIG.replace("MARK", "false"));
    let contracts = common::contracts::editions();
    for edition in ["2024", "2023"] {
        let contract = contracts.iter().find(|it| it.edition() == Some(edition)).expect("its contract");
        for operation in contract.operations() {
            for call in operation.calls(&shielded, "314300017") {
                let mut expected = call.send(&open, "GET", &[("Sandbox-Edition", edition)]).json();
                let lists: &[&str] = match operation.path.rsplit('/').next() {
                    Some("krav") => &["krav"],
                    Some("innbetalinger") => &["innbetaling"],
                    Some("utbetalinger") => &["utbetaling"],
                    _ => &["aapentKravMedGjenstaaendeBeloep", "innbetalingMedUplassertBeloep"],
                };
                expected["skjermet"] = true.into();
                for list in lists {
                    assert!(expected[list].as_array().is_some_and(|list| !list.is_empty()), "{call:?}: {expected}");
                    expected[list] = serde_json::json!([]);
                }
                if edition == "2024" {
                    // This edition leaves the list out where it is empty.
                    expected.as_object_mut().expect("an object").remove("innbetalingMedUplassertBeloep");
                }
                let answer = call.send(&shielded, "GET", &[("Sandbox-Edition", edition)]);
                assert_eq!(answer.json(), expected, "{call:?} {edition}");
                assert!(operation.validator(200).is_valid(&answer.json()), "{call:?} {edition}");
                assert!(
                    operation.path.ends_with("aapnekrav") == answer.json()["totalOversikt"].is_object(),
                    "{call:?}"
                );
            }
        }
    }
    // A period without an entry tells as little as one with some.
    let early = ask(&shielded, "314300017/krav?fraOgMed=2020-01-01&tilOgMed=2020-02-01", "2024", TODAY);
    assert_eq!((early.status, early.json()["krav"].clone()), (200, serde_json::json!([])));
    let xml =
        request(&shielded, "GET", &format!("{BASE}/finans/314300017/aapnekrav"), &[("Accept", "application/xml")]);
    assert!(
        xml.text().contains("<skjermet>true</skjermet>") && xml.text().contains("<totalOversikt>"),
        "{}",
        xml.text()
    );
    assert!(!xml.text().contains("HEMMELIG"), "{}", xml.text());
}

#[test]
fn a_party_without_entries() {
    let sandbox = sandbox();
    insta::assert_snapshot!("empty_2024", pretty(&ask(&sandbox, "313100014/aapnekrav", "2024", TODAY)));
    insta::assert_snapshot!("empty_2023", pretty(&ask(&sandbox, "313100014/aapnekrav", "2023", TODAY)));
    for endpoint in ["krav", "innbetalinger", "utbetalinger"] {
        let answer = ask(&sandbox, &format!("313100014/{endpoint}?fraOgMed=2026-01-01"), "2024", TODAY);
        assert_eq!((answer.status, answer.kode().as_str()), (404, "KB-007"), "{endpoint}");
    }
}

#[test]
fn both_packages_and_both_url_forms_give_the_same() {
    let sandbox = sandbox();
    let by_path = get(&sandbox, &format!("{BASE}/finans/311851381/aapnekrav"), &[]);
    let other_package = get(&sandbox, &format!("{BASE}/regnskapssystem/311851381/aapnekrav"), &[]);
    let host = ("Host", "kravogbetalinger.api.skatteetaten-test.no");
    let by_host = get(&sandbox, "/v1/finans/311851381/aapnekrav", &[host]);
    let both = get(&sandbox, &format!("{BASE}/finans/311851381/aapnekrav"), &[host]);
    assert_eq!(by_path.status, 200);
    for answer in [&other_package, &by_host, &both] {
        assert_eq!(answer.text(), by_path.text());
    }
}

/// Checks the sums of an answer from the ledger. A literal answer need not add up.
fn assert_sums(answer: &Value, context: &str) {
    let total = &answer["totalOversikt"];
    let field = |name: &str| oere(&total[name]);
    let claims = answer["aapentKravMedGjenstaaendeBeloep"].as_array().expect("a list");
    let sum = |name: &str| claims.iter().filter(|c| !c[name].is_null()).map(|c| oere(&c[name])).sum::<i64>();
    assert_eq!(field("sumForfalteKrav") + field("sumIkkeForfalteKrav"), sum("gjenstaaendeBeloep"), "{context}");
    assert_eq!(field("sumStipulerteRenter"), sum("stipulerteRenter"), "{context}");
    let unallocated = answer["innbetalingMedUplassertBeloep"].as_array().cloned().unwrap_or_default();
    let unallocated: i64 = unallocated.iter().map(|it| oere(&it["uplassertBeloep"])).sum();
    assert_eq!(field("sumUplasserteInnbetalinger"), -unallocated, "{context}");
    let parts = ["sumForfalteKrav", "sumIkkeForfalteKrav", "sumStipulerteRenter", "sumUplasserteInnbetalinger"];
    assert_eq!(field("saldo"), parts.iter().map(|name| field(name)).sum::<i64>(), "{context}");
    let groups = answer["oversiktPerKravgruppe"].as_array().expect("a list");
    for name in &parts[..3] {
        assert_eq!(field(name), groups.iter().map(|group| oere(&group[name])).sum::<i64>(), "{context} {name}");
    }
    for claim in claims {
        let instalments = claim["kravforfall"].as_array().expect("a list");
        assert_eq!(
            oere(&claim["gjenstaaendeBeloep"]),
            instalments.iter().map(|f| oere(&f["gjenstaaendeBeloep"])).sum::<i64>()
        );
        for instalment in instalments {
            let lists = ["plassertInnbetaling", "plassertMotkrav", "plassertUtbetaling"];
            let placed = lists.iter().filter_map(|list| instalment[list].as_array()).flatten();
            let placed: i64 = placed.map(|entry| oere(&entry["plassertBeloep"])).sum();
            let remaining = oere(&instalment["opprinneligBeloep"]) + placed;
            // The 2023 edition has no place for payouts on a claim.
            if claim.get("partIdentifikator").is_some() {
                assert_eq!(oere(&instalment["gjenstaaendeBeloep"]), remaining, "{context} {instalment}");
            }
        }
    }
}

#[test]
fn the_overviews_are_right_for_every_party_on_many_days() {
    let sandbox = sandbox();
    for party in parties().iter().filter(|party| *party != "02827720073") {
        for now in ["-3y", "-400d", "-61d", "-1d", "+0d", "+1d", "+4d", "+10d", "+19d", "+90d", "+2y"] {
            for edition in ["2023", "2024"] {
                let answer = ask(&sandbox, &format!("{party}/aapnekrav"), edition, now);
                let is_literal = answer.json()["aapentKravMedGjenstaaendeBeloep"][0]["kravidentifikator"]
                    == "krav-1234"
                    && matches!(
                        (party.as_str(), edition),
                        ("212201782", "2024") | ("310478717" | "12345678901", "2023")
                    );
                // A party that is shielded in part shows sums of claims that it does not show.
                if !is_literal && party != "03827920044" {
                    assert_sums(&answer.json(), &format!("{party} {edition} {now}"));
                }
            }
        }
    }
}

#[test]
fn moving_the_clock_shows_what_happens() {
    let sandbox = sandbox();
    let total =
        |now: &str, name: &str| oere(&ask(&sandbox, "311851381/aapnekrav", "2024", now).json()["totalOversikt"][name]);
    let ids = |now: &str| -> Vec<String> {
        let answer = ask(&sandbox, "311851381/aapnekrav", "2024", now).json();
        let claims = answer["aapentKravMedGjenstaaendeBeloep"].as_array().expect("a list").clone();
        claims.iter().map(|claim| claim["kravidentifikator"].as_str().expect("an id").to_owned()).collect()
    };
    assert!(ids("+0d").contains(&"520100005".to_owned()), "open today");
    assert!(ids("+1d").contains(&"520100005".to_owned()), "tomorrow is a Sunday");
    assert!(!ids("+2d").contains(&"520100005".to_owned()), "paid on the next working day");
    assert!(ids("+0d").contains(&"520300002".to_owned()));
    // Due on the next working day, and its payment comes on that day too: overdue the day after.
    let overdue = |now| total(now, "sumForfalteKrav");
    let wages = |now| ids(now).contains(&"520200004".to_owned());
    assert!(!wages("+2d"), "the payment covers what is left of it");
    let of = |now: &str, id: &str| {
        let answer = ask(&sandbox, "311851381/aapnekrav", "2024", now).json();
        let claims = answer["aapentKravMedGjenstaaendeBeloep"].as_array().expect("a list").clone();
        claims.iter().find(|claim| claim["kravidentifikator"] == id).map(|claim| oere(&claim["gjenstaaendeBeloep"]))
    };
    assert_eq!((of("+1d", "520200004"), of("+2d", "520200004")), (Some(655_500), None));
    // Due on the next working day, like the withholding tax of the month's pay day, which is paid on that day.
    assert_eq!((of("+2d", "520300002"), of("+3d", "520300002")), (Some(334_400), Some(334_400)));
    let of_pay_day = of("+2d", "520200006").expect("the pay day's tax");
    assert_eq!(overdue("+3d") - overdue("+2d"), 334_400 + of_pay_day, "due on the day before");
    assert!(!ids("-4d").contains(&"KRAV-52000022".to_owned()), "a claim of three days ago");
}

#[test]
fn nothing_open_on_any_day() {
    let sandbox = sandbox();
    for now in ["-2y", "-100d", "-30d", "-1d", "+0d", "+15d", "+200d"] {
        let answer = ask(&sandbox, "314055403/aapnekrav", "2024", now).json();
        assert_eq!(answer["aapentKravMedGjenstaaendeBeloep"], serde_json::json!([]), "{now}");
        assert_eq!(answer["totalOversikt"]["saldo"].to_string(), "0.0", "{now}");
    }
}

#[test]
fn payments_name_the_instalments_that_name_them() {
    let sandbox = sandbox();
    for party in ["311851381", "314961900", "313367002", "310478717"] {
        let payments = ask(&sandbox, &format!("{party}/innbetalinger?fraOgMed=2026-01-01"), "2024", TODAY).json();
        let claims =
            ask(&sandbox, &format!("{party}/krav?fraOgMed=2026-01-01&tilOgMed=2027-01-01"), "2024", TODAY).json();
        let instalments: Vec<&Value> = claims["krav"]
            .as_array()
            .expect("claims")
            .iter()
            .flat_map(|k| k["kravforfall"].as_array().expect("instalments"))
            .collect();
        for payment in payments["innbetaling"].as_array().expect("payments") {
            let placed: Vec<&Value> = payment["plassertKrav"].as_array().into_iter().flatten().collect();
            let sum: i64 = placed.iter().map(|p| oere(&p["plassertBeloep"])).sum();
            let others = payment["motregningAvInnbetaling"]["dekketKrav"].as_array().into_iter().flatten();
            let others: i64 = others.map(|dekket| oere(&dekket["motregnetBeloep"])).sum();
            let back = payment["plassertUtbetaling"].as_array().into_iter().flatten();
            let back: i64 = back.map(|payout| oere(&payout["utbetaltBeloep"])).sum();
            assert_eq!(sum + others + back + oere(&payment["uplassertBeloep"]), oere(&payment["innbetaltBeloep"]));
            for placement in placed {
                let there = instalments
                    .iter()
                    .find(|f| f["kravforfallsIdentifikator"] == placement["kravforfallIdentifikator"]);
                let Some(there) = there else { continue };
                let back = there["plassertInnbetaling"].as_array().expect("placed payments");
                let id = &payment["innbetalingsidentifikator"];
                assert!(
                    back.iter().any(|b| b["innbetalingsIdentifikator"] == *id
                        && oere(&b["plassertBeloep"]) == -oere(&placement["plassertBeloep"])),
                    "{party}: {id} is not on the instalment it names"
                );
                assert_eq!(placement["gjenstaaendeKravforfallsbeloep"], there["gjenstaaendeBeloep"]);
            }
        }
    }
}

#[test]
fn the_busy_party_is_as_large_as_it_is_said_to_be() {
    let answer = get(&sandbox(), &format!("{BASE}/finans/311851381/aapnekrav"), &[]);
    assert!((8_000..20_500).contains(&answer.body.len()), "{} bytes", answer.body.len());
    let large = get(&sandbox(), &format!("{BASE}/finans/314200012/aapnekrav"), &[]);
    assert_eq!(large.json()["aapentKravMedGjenstaaendeBeloep"].as_array().map(Vec::len), Some(1500 + 3));
}

#[test]
fn the_edition_comes_from_the_caller_the_setting_the_party_in_that_order() {
    let is_2024 = |answer: &Answer| answer.json().get("skjermet").is_some();
    let path = |party: &str| format!("{BASE}/finans/{party}/aapnekrav");
    let plain = sandbox();
    assert!(!is_2024(&get(&plain, &path("12345678901"), &[])), "the placeholder of the 2023 page");
    for party in parties().iter().filter(|party| *party != "12345678901") {
        let answer = get(&plain, &path(party), &[]);
        assert!(answer.status != 200 || is_2024(&answer), "{party}: nothing else pins an edition");
    }
    let old = Sandbox::builder().now(TODAY).edition("2023").start().expect("started");
    assert!(!is_2024(&get(&old, &path("311851381"), &[])), "the setting");
    assert!(is_2024(&get(&old, &path("311851381"), &[("Sandbox-Edition", "2024")])), "the caller over the setting");
    let new = Sandbox::builder().now(TODAY).edition("2024").start().expect("started");
    assert!(is_2024(&get(&new, &path("12345678901"), &[])), "the setting over the party");
    assert!(!is_2024(&get(&new, &path("212201782"), &[("Sandbox-Edition", "2023")])), "the caller over the setting");
}

#[test]
fn every_field_of_the_real_model_occurs() {
    let sandbox = sandbox();
    let of = |endpoint: &str| {
        let path = format!("{BASE}/finans/314961900/{endpoint}?fraOgMed=2025-12-01&tilOgMed=2026-11-30");
        get(&sandbox, &path, &[]).json()
    };
    let find = |answer: &Value, list: &str, key: &str, id: &str| {
        let found = answer[list].as_array().expect("a list").iter().find(|it| it[key] == id).cloned();
        found.unwrap_or_else(|| panic!("no {id} in {answer}"))
    };
    let payments = of("innbetalinger");
    let payment = |id: &str| find(&payments, "innbetaling", "innbetalingsidentifikator", id);
    let twice = payment("61300002");
    assert_eq!(twice["plassertUtbetaling"][0]["utbetalingsidentifikator"], "61400005", "{twice}");
    assert_eq!(twice["plassertUtbetaling"][0]["utbetaltBeloep"], 4300.0);
    assert_eq!(twice["uplassertBeloep"], 0.0);
    let set_off = &payment("61300003")["motregningAvInnbetaling"];
    assert_eq!(set_off["dekketKrav"][0]["motregnetBeloep"], 1850.0, "{set_off}");
    assert_eq!(set_off["dekketKrav"][0]["forsinkelsesrenter"], 50.0);
    assert_eq!(set_off["hovedkrav"]["innbetalingBruktImotregning"][0]["innbetalingsidentifikator"], "61300003");
    let payouts = of("utbetalinger");
    let payout = |id: &str| find(&payouts, "utbetaling", "utbetalingsidentifikator", id);
    let cheque = payout("61400005");
    assert_eq!(cheque["betaltTil"]["sjekkSendtTil"]["mottakersAddresse"]["poststedsnavn"], "LILLEVIK", "{cheque}");
    let back = &cheque["grunnlagForUtbetaling"]["tilbakebetalingAv"][0];
    assert_eq!((&back["innbetalingsIdentifikator"], &back["utbetaltBeloep"]), (&"61300002".into(), &4300.0.into()));
    assert!(cheque["grunnlagForUtbetaling"].get("kreditKrav").is_none());
    assert_eq!(payout("61400006")["utbetalingstatus"], "underUtbetaling");
    assert_eq!(payout("FORF-61400002")["utbetalingstatus"], "bekreftet");
    // The credit has no due date, so it belongs to the period in which it was made.
    let credit = find(&of("krav"), "krav", "kravidentifikator", "610200005");
    let set_off = &credit["motregningAvKreditkrav"];
    assert_eq!(set_off["dekketkrav"][0]["motregnetBeloep"], 2400.0, "{credit}");
    assert_eq!(set_off["hovedkrav"]["kreditkravBruktIMotregning"][0]["gjenstaaendeBeloep"], 0.0);
    assert_eq!(credit["gjenstaaendeBeloep"], 0.0);
}

#[test]
fn a_period_that_is_cut_at_a_year_says_so() {
    let sandbox = sandbox();
    let warning = |query: &str| {
        let answer = get(&sandbox, &format!("{BASE}/finans/311851381/krav?{query}"), &[]);
        (answer.status, answer.header("sandbox-warning").to_owned())
    };
    let (status, cut) = warning("fraOgMed=2024-06-01");
    assert!(status == 200 && cut.contains("2024-06-01 to 2025-06-01"), "{cut}");
    let (status, whole) = warning("fraOgMed=2024-06-01&tilOgMed=2025-06-01");
    assert!(status == 200 && !whole.contains("tilOgMed"), "{whole}");
}
