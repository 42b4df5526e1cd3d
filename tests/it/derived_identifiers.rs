//! Identifiers that a scenario leaves out: they follow from the claim's identifier, and two are never the same.

use std::collections::HashSet;

use crate::common::{self, BASE, get, with_scenario};
use innkreving_sandbox::Sandbox;
use proptest::prelude::*;
use serde_json::Value;

const PART: &str = "314300017";

fn started(yaml: &str, now: &str) -> Sandbox {
    let started = Sandbox::builder().now(now).seed(1).scenario(yaml).start();
    started.unwrap_or_else(|error| panic!("{}\n{yaml}", common::explain(&error)))
}

/// All claims or payments of the years around today.
fn all(sandbox: &Sandbox, endpoint: &str, list: &str) -> Vec<Value> {
    let mut found: Vec<Value> = Vec::new();
    for year in 2022..=2029 {
        let path = format!("{BASE}/finans/{PART}/{endpoint}?fraOgMed={year}-01-01&tilOgMed={year}-12-31");
        let answer = get(sandbox, &path, &[("Sandbox-Now", "2030-01-01")]);
        if answer.status == 200 {
            found.extend(answer.json()[list].as_array().expect("a list").iter().cloned());
        }
    }
    found.dedup();
    found
}

/// Claim, instalments, and their KIDs.
fn claims(sandbox: &Sandbox) -> Vec<(String, Vec<String>, Vec<String>)> {
    let texts = |krav: &Value, pointer: &str| -> Vec<String> {
        let parts = krav["kravforfall"].as_array().expect("instalments").iter();
        parts.filter_map(|forfall| forfall.pointer(pointer)?.as_str().map(str::to_owned)).collect()
    };
    let read = |krav: &Value| {
        let id = krav["kravidentifikator"].as_str().expect("a text").to_owned();
        (id, texts(krav, "/kravforfallsIdentifikator"), texts(krav, "/betalingsinformasjon/kidnummer"))
    };
    all(sandbox, "krav", "krav").iter().map(read).collect()
}

#[track_caller]
fn assert_apart(claims: &[(String, Vec<String>, Vec<String>)]) {
    let (mut ids, mut kids) = (HashSet::new(), HashSet::new());
    for (krav, instalments, its_kids) in claims {
        for id in instalments {
            assert!(ids.insert(id.clone()), "{krav}: the instalment {id} is used twice in {claims:?}");
        }
        // The instalments of one claim may share a KID.
        for kid in its_kids.iter().collect::<HashSet<_>>() {
            assert!(kids.insert(kid.clone()), "{krav}: the KID {kid} is used twice in {claims:?}");
        }
    }
}

#[test]
fn a_tax_and_its_interest_of_the_same_year_are_two_claims() {
    let sandbox = with_scenario(&format!(
        "part: \"{PART}\"\nnavn: X\nkrav:\n\
         \x20 - {{ kravidentifikator: skatt-2025, kravtype: RESTSKATT, kravperiode: {{ aar: 2025 }}, forfallsdato: 2026-06-20, opprinneligBeloep: 50000 }}\n\
         \x20 - {{ kravidentifikator: renter-2025, kravtype: FORSINKRENTE, hovedstolKravidentifikator: skatt-2025, opprettelsesdatoForKrav: 2026-10-01, forfallsdato: 2026-10-15 }}\n\
         \x20 - {{ kravidentifikator: mva-2025, kravtype: Mva-melding, kravperiode: {{ aar: 2025 }}, forfallsdato: 2026-06-20, opprinneligBeloep: 50000 }}\n\
         \x20 - {{ kravidentifikator: mvarenter-2025, kravtype: Forsinkelsesrente, hovedstolKravidentifikator: mva-2025, opprettelsesdatoForKrav: 2026-10-01, forfallsdato: 2026-10-15 }}\n"
    ));
    let claims = claims(&sandbox);
    assert_eq!(claims.len(), 4, "{claims:?}");
    assert_apart(&claims);
    // The first keeps what it always had, and the VAT ledger has one identifier for claim and instalment.
    let of = |id: &str| claims.iter().find(|(krav, ..)| krav == id).cloned().expect("a claim");
    assert_eq!(of("skatt-2025").1, ["123470964"]);
    assert_eq!(
        (of("mva-2025").1, of("mvarenter-2025").1),
        (vec!["mva-2025".to_owned()], vec!["mvarenter-2025".to_owned()])
    );
}

/// Two series with the same digits, both paid: claims, KIDs, and payments.
const SERIES: &str = "part: \"314300017\"\nnavn: X\nkravserier:\n\
    \x20 - { gjentas: hver termin, kravtype: ARBGAVG, kravidentifikator: aga-000001, beloepFra: 4000, beloepTil: 5000, betalt: forfall }\n\
    \x20 - { gjentas: hver termin, kravtype: FORSKTREKK, kravidentifikator: trekk-000001, beloepFra: 4000, beloepTil: 5000, betalt: forfall }\n\
    \x20 - { gjentas: hver termin, kravtype: Mva-melding, kravidentifikator: mva-000001, beloepFra: 4000, beloepTil: 5000, betalt: forfall }\n\
    \x20 - { antall: 30, kravtype: Gebyr, kravidentifikator: gebyr-000001, foersteForfallsdato: i dag - 20m, steg: 1m, beloepFra: 4000, beloepTil: 5000, betalt: forfall }\n";

#[test]
fn series_with_the_same_digits_stay_apart_and_a_term_keeps_its_identifiers() {
    let (early, late) = (started(SERIES, "2026-02-10"), started(SERIES, "2026-11-21"));
    let (before, after) = (claims(&early), claims(&late));
    assert!(before.len() > 100, "{}", before.len());
    assert_apart(&before);
    assert_apart(&after);
    let is_term = |(id, ..): &&(String, Vec<String>, Vec<String>)| !id.starts_with("gebyr");
    let mut same = 0;
    for claim in before.iter().filter(is_term) {
        let again = after.iter().find(|(krav, ..)| *krav == claim.0);
        assert!(again.is_none_or(|again| again == claim), "{claim:?}, but later {again:?}");
        same += usize::from(again.is_some());
    }
    assert!(same > 60, "{same}");
    for sandbox in [&early, &late] {
        let payments = all(sandbox, "innbetalinger", "innbetaling");
        let ids: HashSet<&str> = payments.iter().filter_map(|it| it["innbetalingsidentifikator"].as_str()).collect();
        assert!(payments.len() > 60 && ids.len() == payments.len(), "{} of {}", ids.len(), payments.len());
        // A payment has the KID of what it covers.
        let kids: HashSet<String> = claims(sandbox).into_iter().flat_map(|(_, _, kids)| kids).collect();
        let paid = payments.iter().filter_map(|it| it.pointer("/innbetaltFra/kidnummer")?.as_str());
        let paid: Vec<&str> = paid.collect();
        assert!(paid.len() > 60 && paid.iter().all(|kid| kids.contains(*kid)), "{}", paid.len());
    }
}

#[derive(Clone, Debug)]
struct Written {
    id: String,
    vat: bool,
    instalments: usize,
    /// The identifier of the first instalment, where the file writes it.
    own: Option<String>,
}

fn written() -> impl Strategy<Value = Vec<Written>> {
    let id = (
        prop::sample::select(vec!["", "a-", "b-", "skatt-", "KRAV-"]),
        prop::sample::select(vec!["1", "01", "2", "2025", ""]),
    );
    let own = prop::option::weighted(0.2, prop::sample::select(vec!["123456796", "a-1", "a-1-1", "123470964", "1"]));
    let one = (id, any::<bool>(), 1_usize..4, own).prop_map(|((prefix, digits), vat, instalments, own)| Written {
        id: format!("{prefix}{digits}"),
        vat,
        instalments,
        own: own.map(str::to_owned),
    });
    prop::collection::vec(one, 1..10).prop_map(|all| {
        // What the file itself writes twice is the author's mistake.
        let (mut ids, mut own) = (HashSet::new(), HashSet::new());
        let kept = |it: &Written| !it.id.is_empty() && ids.insert(it.id.clone());
        let mut all: Vec<Written> = all.into_iter().filter(kept).collect();
        for it in &mut all {
            it.own = it.own.take().filter(|id| own.insert(id.clone()));
        }
        all
    })
}

fn yaml(claims: &[Written]) -> String {
    let mut text = format!("part: \"{PART}\"\nnavn: X\nkrav: []\n");
    if !claims.is_empty() {
        text = text.replace(" []\n", "\n");
    }
    for claim in claims {
        let kind = if claim.vat { "Gebyr" } else { "RESTSKATT" };
        let part = |number: usize| {
            let id = claim.own.as_ref().filter(|_| number == 0);
            let id = id.map(|id| format!("kravforfallsIdentifikator: \"{id}\", ")).unwrap_or_default();
            format!("{{ {id}forfallsdato: 2026-0{}-10, opprinneligBeloep: 100 }}", number + 1)
        };
        let parts: Vec<String> = (0..claim.instalments).map(part).collect();
        let entry = format!(
            "  - {{ kravidentifikator: \"{}\", kravtype: {kind}, forfall: [{}] }}\n",
            claim.id,
            parts.join(", ")
        );
        text.push_str(&entry);
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_a_file_writes_what_it_leaves_out_is_kept_apart(written in written()) {
        let sandbox = started(&yaml(&written), common::TODAY);
        let claims = claims(&sandbox);
        prop_assert_eq!(claims.len(), written.len());
        assert_apart(&claims);
        for it in &written {
            let found = claims.iter().find(|(krav, ..)| *krav == it.id).expect("a claim");
            prop_assert_eq!(found.1.len(), it.instalments);
            prop_assert!(it.own.as_ref().is_none_or(|own| *own == found.1[0]), "{:?}", found);
        }
    }
}
