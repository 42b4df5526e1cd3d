//! The 72 rules of a request for enforcement: each holds, and each is broken alone.

mod scene;
mod tilfeller;

use std::collections::BTreeSet;
use std::fs;

use innkreving_sandbox::domain::begjaering::{
    Eksempeltype, Eksempelvalg, Modell, REGLER, Regelbrudd, Sakstilstand, Vedleggstilstand, eksempel, regel,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use scene::{Scene, dag};
use tilfeller::{TILFELLER, Tilfelle};

const EKSEMPELTYPER: [Eksempeltype; 6] = [
    Eksempeltype::SkriftligMeddelelse,
    Eksempeltype::Dom,
    Eksempeltype::Gjeldsbrev,
    Eksempeltype::ElektroniskGjeldserklaering,
    Eksempeltype::Tvangsmulkt,
    Eksempeltype::Veksel,
];

fn root(path: &str) -> String {
    fs::read_to_string(format!("{}/{path}", env!("CARGO_MANIFEST_DIR")))
        .unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn codes(brudd: &[Regelbrudd]) -> BTreeSet<&'static str> {
    brudd.iter().map(|ett| ett.regel.kode).collect()
}

#[test]
fn the_table_has_the_published_rules_and_each_has_a_case() {
    let published = root("testdata/begjaering/regler.txt");
    let published: Vec<&str> = published.lines().collect();
    assert_eq!(REGLER.iter().map(|regel| regel.kode).collect::<Vec<_>>(), published);
    assert_eq!(published.len(), 72);
    assert_eq!(REGLER.iter().filter(|regel| regel.bare_endring).count(), 7);
    let cases: BTreeSet<&str> = TILFELLER.iter().map(|case| case.kode).collect();
    assert_eq!(cases, published.iter().copied().collect());
    assert!(regel("UGYLDIG_BELOEP").is_some() && regel("UGYLDIG_BELØP").is_none());
}

#[test]
fn each_rule_holds_and_is_broken_alone_at_its_place() {
    for (number, Tilfelle { kode, peker, holder, bryter }) in TILFELLER.iter().enumerate() {
        let mut scene = Scene::new(7, 6, Eksempeltype::SkriftligMeddelelse);
        holder(&mut scene);
        let before = scene.brudd();
        assert!(before.is_empty(), "case {number}, {kode}: it should hold first: {before:#?}");
        bryter(&mut scene);
        let after = scene.brudd();
        assert_eq!(codes(&after), BTreeSet::from([*kode]), "case {number}: {after:#?}");
        assert_eq!(after[0].peker, *peker, "case {number}, {kode}");
        assert_eq!(codes(&scene.brudd_i(Modell::V1)), BTreeSet::from([*kode]), "case {number} in 1.1");
        // All that the text names is filled in.
        assert!(!after[0].tekst.contains('%'), "{}", after[0].tekst);
        let parent = peker.rsplit_once('/').map_or("", |(parent, _)| parent);
        assert!(scene.body.pointer(peker).or(scene.body.pointer(parent)).is_some(), "{peker} leads nowhere");
    }
}

#[test]
fn texts_are_the_published_ones_filled_in() {
    let text = |kode: &str| {
        let case = TILFELLER.iter().find(|case| case.kode == kode).expect("a case");
        let mut scene = Scene::new(7, 6, Eksempeltype::SkriftligMeddelelse);
        (case.holder)(&mut scene);
        (case.bryter)(&mut scene);
        scene.brudd()[0].tekst.clone()
    };
    assert_eq!(
        text("DUPLIKAT_INNSENDING"),
        "Sak med begjæringsdato 2026-03-02 og referanse SAK-000007 er allerede sendt inn"
    );
    assert_eq!(text("UGYLDIG_BELOEP"), "Beløp -1 er ugyldig. Beløp kan ha maks to desimaler og ikke være negativt");
    assert_eq!(text("KRAV_MANGLER_FORFALLSDATO"), "Det må oppgis forfallsdato for Hovedkrav");
    assert_eq!(
        text("RELATERTE_KRAV_UGYLDIGE_KRAVREFERANSER"),
        "Krav med kravreferanse KOSTNAD-1 peker på relatert krav med kravreferanse FINNES-IKKE som ikke eksisterer"
    );
    assert_eq!(
        text("UGYLDIG_STATUS"),
        "Sak med referanse SAK-X har tilstand sakBesluttet. Endringer er ikke lenger tillatt"
    );
    assert_eq!(text("VEDLEGG_SKAL_HA_UUID"), "Vedlegg 'varsel.pdf' mangler uuid");
    assert_eq!(
        text("SAKSOEKT_GAMMELT_REGELVERK"),
        "Saksøkt med identifikator 08907395937 må behandles etter gammelt regelverk, og må sendes inn via ELSA"
    );
}

#[test]
fn all_broken_rules_are_told_at_once_in_the_published_order() {
    let mut scene = Scene::new(3, 6, Eksempeltype::SkriftligMeddelelse);
    scene.sett("/betalingsinformasjon/norskKonto", json!({ "kontonummer": "1", "kidnummer": "1" }));
    scene.sett("/kravTilInnkreving/0/opprinneligBeloep/beloep", json!(-1));
    scene.sett("/kravTilInnkreving/3/opprinneligBeloep/beloep", json!(-2));
    scene.fjern("/innsender");
    let brudd = scene.brudd();
    let told: Vec<&str> = brudd.iter().map(|ett| ett.regel.kode).collect();
    assert_eq!(told, ["INNSENDER_MANGLER", "UGYLDIG_BELOEP", "UGYLDIG_BELOEP", "UGYLDIG_KID", "UGYLDIG_KONTONR"]);
}

#[test]
fn all_identities_on_the_published_list_are_under_the_old_rules_and_others_are_not() {
    let list = root("src/domain/begjaering/gammelt_regelverk.txt");
    assert_eq!(list.lines().count(), 200);
    for nummer in list.lines() {
        let mut scene = Scene::new(1, 1, Eksempeltype::Dom);
        let party = if nummer.len() == 9 { scene::en_virksomhet(nummer) } else { scene::en_person(nummer) };
        scene.sett("/saksoekt/0/saksoekt", party);
        assert_eq!(codes(&scene.brudd()), BTreeSet::from(["SAKSOEKT_GAMMELT_REGELVERK"]), "{nummer}");
    }
}

#[test]
fn names_of_states_lead_back_to_them() {
    assert!(Vedleggstilstand::ALLE.iter().all(|state| Vedleggstilstand::med_navn(state.navn()) == Some(*state)));
    assert!(Sakstilstand::ALLE.iter().all(|state| Sakstilstand::med_navn(state.navn()) == Some(*state)));
    let changeable = Sakstilstand::ALLE.iter().filter(|state| state.kan_endres()).count();
    assert_eq!(changeable, 3);
}

#[test]
fn the_example_of_interest_is_the_published_one() {
    let valg = Eksempelvalg { krav: 1, type_: Eksempeltype::default(), rente: true, seed: 1, dato: dag("2026-01-01") };
    let body = serde_json::to_value(eksempel(&valg)).expect("JSON");
    let interest: Vec<(String, String, String)> = body["kravTilInnkreving"]
        .as_array()
        .expect("claims")
        .iter()
        .filter(|krav| krav["kravdetaljer"] == "Rentekrav")
        .map(|krav| {
            let period = &krav["rentekrav"]["rentePeriode"];
            let day = |name: &str| period[name].as_str().expect("a day").to_owned();
            (day("startdato"), day("sluttdato"), krav["opprinneligBeloep"]["beloep"].to_string())
        })
        .collect();
    let published = [
        ("2024-06-15", "2024-06-27", "40.98"),
        ("2024-06-27", "2025-03-10", "699.96"),
        ("2025-03-10", "2025-07-01", "116.1"),
        ("2025-07-01", "2025-11-21", "143.98"),
        ("2025-08-14", "2025-11-21", "99.68"),
    ];
    let published = published.map(|(from, to, sum)| (from.to_owned(), to.to_owned(), sum.to_owned()));
    assert_eq!(interest, published);
    assert_eq!(body["begjaeringsdato"], "2025-11-21");
    assert_eq!(body["kravTilInnkreving"][0]["gjenstaaendeBeloep"]["beloep"], 3000);
    assert!(Scene::med(body).brudd().is_empty());
}

/// Puts the fields of objects and the elements of lists into another order.
fn shuffled(value: &Value, seed: &mut u64) -> Value {
    let mut next = |limit: usize| {
        *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(*seed >> 33).expect("31 bits") % limit
    };
    let mut order = |length: usize| {
        let mut order: Vec<usize> = (0..length).collect();
        (1..length).rev().for_each(|last| order.swap(last, next(last + 1)));
        order
    };
    match value {
        Value::Array(values) => {
            let order = order(values.len());
            order.into_iter().map(|place| shuffled(&values[place], seed)).collect()
        }
        Value::Object(fields) => {
            let fields: Vec<_> = fields.iter().collect();
            let order = order(fields.len());
            order.into_iter().map(|place| (fields[place].0.clone(), shuffled(fields[place].1, seed))).collect()
        }
        other => other.clone(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn a_generated_request_is_valid_in_any_order(seed: u64, krav in 1_usize..40, type_ in 0..6_usize, mut order: u64) {
        let mut scene = Scene::new(seed, krav, EKSEMPELTYPER[type_]);
        prop_assert_eq!(scene.verdi("/kravTilInnkreving").as_array().map(Vec::len), Some(krav));
        scene.body = shuffled(&scene.body, &mut order);
        let brudd = scene.brudd();
        prop_assert!(brudd.is_empty(), "{brudd:#?}");
    }

    #[test]
    fn it_breaks_exactly_the_rule_whose_condition_is_turned(seed: u64, case in 0..TILFELLER.len(), mut order: u64) {
        let case = &TILFELLER[case];
        let mut scene = Scene::new(seed, 6, Eksempeltype::SkriftligMeddelelse);
        (case.holder)(&mut scene);
        (case.bryter)(&mut scene);
        scene.body = shuffled(&scene.body, &mut order);
        prop_assert_eq!(codes(&scene.brudd()), BTreeSet::from([case.kode]));
    }
}

/// The basis that names a claim wrongly may stand before the one that names it rightly.
#[test]
fn a_claim_in_two_bases_breaks_one_rule_in_either_order_of_the_bases() {
    for (number, case) in TILFELLER.iter().enumerate().filter(|(_, case)| case.kode == "KRAV_I_FLERE_TVANGSGRUNNLAG") {
        let mut scene = Scene::new(7, 6, Eksempeltype::SkriftligMeddelelse);
        (case.holder)(&mut scene);
        (case.bryter)(&mut scene);
        scene.body["begjaeringensTvangsgrunnlag"].as_array_mut().expect("bases").reverse();
        assert_eq!(codes(&scene.brudd()), BTreeSet::from([case.kode]), "case {number}");
    }
}

#[test]
fn model_1_1_knows_all_rules_and_model_0_9_those_that_it_can_express() {
    let of = |modell| REGLER.iter().filter(|regel| regel.modeller.contains(&modell)).count();
    assert_eq!((of(Modell::V2), of(Modell::V1), of(Modell::V0)), (72, 72, 66));
}

#[test]
fn pointers_into_a_request_of_0_9_have_its_names() {
    let mut scene =
        Scene::med(serde_json::from_str(&root("testdata/published/begjaering-v0-enkel.json")).expect("JSON"));
    assert!(scene.brudd_i(Modell::V0).is_empty());
    scene.sett("/kravTilInnkreving/0/renteOpplysning/avtaltRentesats", json!(-1));
    scene.sett("/kravTilInnkreving/2/kravreferanse", json!("B"));
    scene.sett("/kravTilInnkreving/0/kravreferanse", json!("B"));
    scene.fjern("/saksoeker/0/prosessfullmektig/bevillingshaver");
    let told: BTreeSet<(&str, String)> =
        scene.brudd_i(Modell::V0).into_iter().map(|ett| (ett.regel.kode, ett.peker)).collect();
    let has = |kode: &'static str, peker: &str| assert!(told.contains(&(kode, peker.to_owned())), "{kode}: {told:#?}");
    has("UGYLDIG_RENTE", "/kravTilInnkreving/0/renteOpplysning/avtaltRentesats");
    has("KRAV_DUPLIKATE_REFERANSER", "/kravTilInnkreving/2/kravreferanse");
    has("TVANGSGRUNNLAG_UGYLDIGE_KRAVREFERANSER", "/begjaeringensTvangsgrunnlag/0/innsendersKravreferanse/0");
    has("MANGLER_OPPLYSNINGER_BEVILLINGSHAVER", "/saksoeker/0/prosessfullmektig/bevillingshaver");
}

#[test]
fn ten_thousand_claims_or_attachments_are_held_to_the_rules_and_an_attachment_is_told_once() {
    assert!(Scene::new(2, 10_000, Eksempeltype::Gjeldsbrev).brudd().is_empty());
    let mut scene = Scene::new(2, 1, Eksempeltype::Gjeldsbrev);
    scene.sett("/vedlegg", json!(vec![json!({ "type": "annet", "filnavn": "a.pdf", "uuid": "same" }); 10_000]));
    let brudd = scene.brudd();
    assert_eq!(brudd.len(), 1, "{}", brudd.len());
    assert_eq!((&*brudd[0].peker, &*brudd[0].tekst), ("/vedlegg/0", "Vedlegg 'a.pdf' med id 'same' finnes ikke"));
    // One rule is told 500 times at most.
    scene.sett("/vedlegg", json!(vec![json!({ "type": "annet", "filnavn": "a.pdf" }); 10_000]));
    let brudd = scene.brudd();
    assert_eq!((brudd.len(), codes(&brudd)), (500, BTreeSet::from(["VEDLEGG_SKAL_HA_UUID"])));
}
