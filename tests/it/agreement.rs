//! One ledger, many answers: for every party and every day, all services and editions show the same amounts.

use std::collections::BTreeMap;

use crate::common::{self, BASE, KRAVOVERSIKT, RESTANSER, get, oere, sandbox};
use innkreving_sandbox::Sandbox;
use proptest::prelude::*;
use serde_json::Value;

/// Literal answers. They need not agree with the ledger.
const LITERAL: [(&str, &str); 5] = [
    ("310478717", "2023"),
    ("12345678901", "2023"),
    ("212201782", "2024"),
    ("310111643", "restanser"),
    ("974761076", "restanser"),
];

struct Day<'s> {
    sandbox: &'s Sandbox,
    party: String,
    now: String,
}

impl Day<'_> {
    fn is_literal(&self, what: &str) -> bool {
        LITERAL.contains(&(self.party.as_str(), what))
    }

    fn get(&self, path: &str, edition: &str) -> Option<Value> {
        let headers = [("Sandbox-Now", self.now.as_str()), ("Sandbox-Edition", edition)];
        let answer = get(self.sandbox, path, &headers);
        (answer.status == 200).then(|| answer.json())
    }

    fn aapnekrav(&self, edition: &str) -> Value {
        self.get(&format!("{BASE}/finans/{}/aapnekrav", self.party), edition).expect("an answer")
    }

    fn oversikt(&self) -> Value {
        self.get(&format!("{KRAVOVERSIKT}/finans/{}/oversikt", self.party), "2024").expect("an answer")
    }

    fn restanser(&self) -> Option<Value> {
        self.get(&format!("{RESTANSER}/dibk/{}", self.party), "2024")
    }

    /// Everything that an endpoint answers for the days from three years ago to two years ahead.
    fn all(&self, endpoint: &str, list: &str) -> Vec<Value> {
        let years = 2022..2031;
        let of_year = |year: i32| {
            let period = format!("fraOgMed={year}-01-01&tilOgMed={year}-12-31");
            let answer = self.get(&format!("{BASE}/finans/{}/{endpoint}?{period}", self.party), "2024");
            answer.map(|answer| answer[list].as_array().expect("a list").clone()).unwrap_or_default()
        };
        let mut found: Vec<Value> = years.flat_map(of_year).collect();
        // A claim with instalments in two years appears twice.
        found.sort_by_key(ToString::to_string);
        found.dedup();
        found
    }
}

fn list<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value[name].as_array().map_or(&[], Vec::as_slice)
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

/// The category of each claim type that the built-in scenarios use. A new claim type must be added here.
const CATEGORY_OF: [(&str, &str); 20] = [
    ("Mva-melding", "merverdiavgift"),
    ("Fasts § 12-1 (1) 1. pkt.", "merverdiavgift"),
    ("Forsinkelsesrente", "merverdiavgift"),
    ("Fors.rente kredit", "merverdiavgift"),
    ("Tvangsmulkt MVA", "gebyr"),
    ("Gebyr", "gebyr"),
    ("Sjokoladeavgift", "–"),
    ("ARBGAVG", "arbeidsgiveravgift"),
    ("AVVIK_ARBGAVG_KREDIT", "arbeidsgiveravgift"),
    ("BORTSKRV_DEBET", "arbeidsgiveravgift"),
    ("FORSKTREKK", "forskuddstrekk"),
    ("AVVIK_FORSKTREKK_KREDIT", "forskuddstrekk"),
    ("UTSKR_FORSKSKATT", "forskuddsskatt"),
    ("RESTSKATT", "restskatt"),
    ("RESTERENDE_SKT_TILB", "restskatt"),
    ("MOTP_TILB_BET", "restskatt"),
    ("KRAV_UTBET_KRED", "restskatt"),
    ("FORSINKRENTE", "restskatt"),
    ("Saksomkostninger", "–"),
    ("Forsikring sykepenger", "–"),
];

/// The category of a claim, derived from what a client sees. Interest belongs to the category of its claim, within a
/// group.
fn category(krav: &Value, all: &[Value]) -> Option<&'static str> {
    let principal = krav.get("hovedstolKravidentifikator").and_then(|id| {
        all.iter().find(|other| other["kravidentifikator"] == *id && other["kravgruppe"] == krav["kravgruppe"])
    });
    let kind = text(principal.unwrap_or(krav), "kravtype");
    let known = CATEGORY_OF.iter().find(|(known, _)| *known == kind);
    let category = known.unwrap_or_else(|| match text(krav, "kravgruppe") {
        // The edge cases use claim types of their own.
        "Andre krav" | "Øvrige offentlige krav" | "Særavgifter" => &("", "–"),
        other => panic!("no category is known of {kind} in {other}"),
    });
    Some(category.1).filter(|name| *name != "–")
}

fn whole_kroner(oere: i64) -> i64 {
    (oere + 50).div_euclid(100)
}

/// Restanser shows the same amounts that Krav og betalinger shows as overdue, with claims and interest separate.
fn assert_restanser(day: &Day<'_>, today: &str) {
    let Some(restanser) = day.restanser() else {
        assert_eq!(day.party.len(), 11, "{}", day.party);
        return;
    };
    if day.is_literal("restanser") || day.is_literal("2024") {
        return;
    }
    let mut sums: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    let (open, all) = (day.aapnekrav("2024"), day.all("krav", "krav"));
    for krav in list(&open, "aapentKravMedGjenstaaendeBeloep") {
        let Some(category) = category(krav, &all).filter(|_| text(krav, "partIdentifikator") == day.party) else {
            continue;
        };
        let overdue = |forfall: &&Value| forfall["forfallsdato"].as_str().is_some_and(|due| due < today);
        let owed: i64 = list(krav, "kravforfall")
            .iter()
            .filter(overdue)
            .map(|forfall| oere(&forfall["gjenstaaendeBeloep"]).max(0))
            .sum();
        let sum = sums.entry(category).or_default();
        let kind = if krav.get("hovedstolKravidentifikator").is_some() { &mut sum.1 } else { &mut sum.0 };
        *kind += owed;
        sum.1 += krav.get("stipulerteRenter").map_or(0, oere);
    }
    for (category, told) in restanser["restanser"].as_object().expect("an object") {
        let (krav, renter) = sums.get(category.as_str()).copied().unwrap_or_default();
        let expected = (whole_kroner(krav), whole_kroner(renter));
        let actual = (told["forfaltOgUbetaltKrav"].as_i64(), told["forfaltOgUbetaltRenter"].as_i64());
        assert_eq!(actual, (Some(expected.0), Some(expected.1)), "{} {category} {}", day.party, day.now);
        assert_eq!(told["forfaltOgUbetalt"].as_i64(), Some(expected.0 + expected.1), "{category}");
    }
}

/// The names of the sums in an edition, with their amounts in øre.
fn totals(of: &Value, prefix: &str) -> Vec<i64> {
    let name = |rest: &str| {
        let mut letters = rest.chars();
        let first = letters.next().expect("a letter");
        if prefix.is_empty() {
            rest.to_owned()
        } else {
            format!("{prefix}{}{}", first.to_uppercase(), letters.as_str())
        }
    };
    let names = ["stipulerteRenter", "forfalteKrav", "ikkeForfalteKrav", "uplasserteInnbetalinger"];
    let mut sums: Vec<i64> = names.iter().map(|rest| of.get(name(rest)).map_or(0, oere)).collect();
    sums.push(oere(&of["saldo"]));
    assert_eq!(sums[..4].iter().sum::<i64>(), sums[4], "{of}");
    sums
}

/// All editions show the same claims with the same remaining amounts, and the same sums. The sums equal the sums of
/// their parts.
fn assert_editions(day: &Day<'_>, today: &str) {
    let mut told = Vec::new();
    for (edition, prefix) in [("2022", ""), ("2023", "sum"), ("2024", "sum")] {
        if day.is_literal(edition) {
            continue;
        }
        let answer = if edition == "2022" { day.oversikt() } else { day.aapnekrav(edition) };
        if answer["skjermet"] == true {
            continue;
        }
        let mut parts = [0_i64; 2];
        let mut remaining = BTreeMap::new();
        for krav in list(&answer, "aapentKravMedGjenstaaendeBeloep") {
            parts[0] += krav.get("stipulerteRenter").map_or(0, oere);
            for forfall in list(krav, "kravforfall") {
                let rest = oere(&forfall["gjenstaaendeBeloep"]);
                if forfall["forfallsdato"].as_str().is_some_and(|due| &due[..10] < today) {
                    parts[1] += rest;
                }
                let id = text(forfall, "kravforfallsIdentifikator").to_owned();
                remaining.insert(id, (oere(&forfall["opprinneligBeloep"]), rest));
            }
        }
        let total = totals(&answer["totalOversikt"], prefix);
        assert_eq!(total[..2], parts, "{} {edition} {}", day.party, day.now);
        let groups: Vec<(String, Vec<i64>)> = list(&answer, "oversiktPerKravgruppe")
            .iter()
            .map(|group| (text(group, "kravgruppe").to_owned(), totals(group, prefix)))
            .collect();
        for (at, sum) in total[..3].iter().enumerate() {
            assert_eq!(groups.iter().map(|(_, sums)| sums[at]).sum::<i64>(), *sum, "{} {edition}", day.party);
        }
        told.push((total, groups, remaining));
    }
    for pair in told.windows(2) {
        assert_eq!(pair[0], pair[1], "{} {}", day.party, day.now);
    }
}

/// What of a payment is paid back, or covers claims of other creditors.
fn used_otherwise(innbetaling: &Value) -> i64 {
    let paid_back = list(innbetaling, "plassertUtbetaling").iter().map(|payout| oere(&payout["utbetaltBeloep"]));
    let of_others = list(&innbetaling["motregningAvInnbetaling"], "dekketKrav");
    paid_back.chain(of_others.iter().map(|dekket| oere(&dekket["motregnetBeloep"]))).sum()
}

/// The claim and the payment show the same placed amounts, and these equal the difference between the original and the
/// remaining amount.
fn assert_placements(day: &Day<'_>) {
    let (mut by_claim, mut by_payment) = (Vec::new(), Vec::new());
    for krav in day.all("krav", "krav") {
        for forfall in list(&krav, "kravforfall") {
            let id = text(forfall, "kravforfallsIdentifikator");
            let mut placed = 0;
            for entry in list(forfall, "plassertInnbetaling") {
                let beloep = oere(&entry["plassertBeloep"]);
                placed += beloep;
                by_claim.push((text(entry, "innbetalingsIdentifikator").to_owned(), id.to_owned(), beloep.abs()));
            }
            let others = ["plassertMotkrav", "plassertUtbetaling"];
            placed +=
                others.iter().flat_map(|name| list(forfall, name)).map(|e| oere(&e["plassertBeloep"])).sum::<i64>();
            // Claims of other creditors that the credit covers. Such credits have one instalment.
            let of_others = list(&krav["motregningAvKreditkrav"], "dekketkrav");
            placed += of_others.iter().map(|dekket| oere(&dekket["motregnetBeloep"])).sum::<i64>();
            let (original, rest) = (oere(&forfall["opprinneligBeloep"]), oere(&forfall["gjenstaaendeBeloep"]));
            assert_eq!(original + placed, rest, "{} {id} {}", day.party, day.now);
        }
    }
    for innbetaling in day.all("innbetalinger", "innbetaling") {
        let id = text(&innbetaling, "innbetalingsidentifikator");
        let mut placed = used_otherwise(&innbetaling);
        for entry in list(&innbetaling, "plassertKrav") {
            let beloep = oere(&entry["plassertBeloep"]);
            placed += beloep;
            by_payment.push((id.to_owned(), text(entry, "kravforfallIdentifikator").to_owned(), beloep));
        }
        assert_eq!(oere(&innbetaling["innbetaltBeloep"]), placed + oere(&innbetaling["uplassertBeloep"]), "{id}");
    }
    by_claim.sort();
    by_payment.sort();
    assert_eq!(by_claim, by_payment, "{} {}", day.party, day.now);
}

pub(crate) fn assert_all(sandbox: &Sandbox, party: &str, offset: i64) {
    let today = common::TODAY.parse::<chrono::NaiveDate>().expect("a date") + chrono::Duration::days(offset);
    let day = Day { sandbox, party: party.to_owned(), now: format!("{offset:+}d") };
    assert_restanser(&day, &today.to_string());
    assert_editions(&day, &today.to_string());
    let whole = ["2024", "2023"].iter().all(|edition| !day.is_literal(edition));
    if whole && party != "02827720073" {
        assert_placements(&day);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: common::sample(150, 50), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_party_on_any_day(party in 0_usize..100, offset in -420_i64..420) {
        static SANDBOX: std::sync::LazyLock<(Sandbox, Vec<String>)> = std::sync::LazyLock::new(|| {
            // The party with thousands of claims has a test of its own, because it would take most of the time.
            (sandbox(), common::parties().into_iter().filter(|party| party != "314200012").collect())
        });
        let (sandbox, parties) = &*SANDBOX;
        assert_all(sandbox, &parties[party % parties.len()], offset);
    }
}

#[test]
fn the_large_one_too() {
    let sandbox = sandbox();
    for offset in common::sample(&[-200, 0, 35][..], &[0]) {
        assert_all(&sandbox, "314200012", *offset);
    }
}

/// A shielded party: nothing of its ledger is told by any service that answers from a ledger.
#[test]
fn no_service_tells_anything_of_a_shielded_party() {
    for mark in ["true", "delvis"] {
        assert_shielded(mark);
    }
}

fn assert_shielded(mark: &str) {
    let yaml = "part: \"314300017\"\nnavn: X\nskjermet: MARK\nkrav: [{ kravidentifikator: HEMMELIG, kravtype: RESTSKATT, \
                forfallsdato: i dag - 9d, opprinneligBeloep: 4711 }]\n";
    let sandbox = common::with_scenario(&yaml.replace("MARK", mark));
    let mut asked = 0;
    for service in common::contracts::services() {
        for operation in service.operations() {
            for call in operation.calls(&sandbox, "314300017") {
                let answer = call.send(&sandbox, "GET", &[]);
                let has_sums = answer.text().contains("otalOversikt");
                assert!(mark == "delvis" || !has_sums, "{call:?}: {}", answer.text());
                assert!(
                    (has_sums || !answer.text().contains("4711")) && !answer.text().contains("HEMMELIG"),
                    "{call:?}: {}",
                    answer.text()
                );
                asked += 1;
            }
        }
    }
    let refused = get(&sandbox, &format!("{RESTANSER}/dibk/314300017"), &[]);
    assert!(refused.status == 404 && refused.header("sandbox-hint").contains("shielded"), "{}", refused.text());
    assert!(asked > 8, "{asked}");
}
