//! For every ledger and every day, remaining amounts, placements and sums agree.

use std::collections::HashMap;

use chrono::{Days, NaiveDate};
use innkreving_sandbox::domain::Beloep;
use innkreving_sandbox::domain::kravtype::{Kravgruppe, Reskontrosystem};
use innkreving_sandbox::domain::reskontro::*;
use proptest::prelude::*;

fn day(offset: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 1, 1).expect("a date") + Days::new(offset)
}

#[derive(Clone, Debug)]
struct Claim {
    oere: i64,
    created: u64,
    due: Option<u64>,
    group: usize,
    interest: bool,
}

fn claims() -> impl Strategy<Value = Vec<Claim>> {
    let claim = (-500_000_i64..2_000_000, 0_u64..300, prop::option::of(0_u64..400), 0_usize..9, any::<bool>())
        .prop_map(|(oere, created, due, group, interest)| Claim { oere, created, due, group, interest });
    prop::collection::vec(claim, 1..12)
}

fn krav(index: usize, claim: &Claim) -> Krav {
    let kravgruppe = Kravgruppe::ALL[claim.group];
    Krav {
        part: "310478717".parse().expect("digits"),
        kravidentifikator: format!("krav-{index}").into(),
        kravtype: "X".into(),
        kravgruppe,
        system: kravgruppe.reskontrosystem(),
        kravbeskrivelse: None,
        kravperiode: None,
        opprettelsesdato: day(claim.created),
        hovedstol: None,
        kort_beskrivelse: None,
        renteperiode: None,
        rentebaerende: claim.interest,
        fastsettingsmaate: None,
        forfall: vec![Kravforfall {
            kravforfallsidentifikator: format!("forfall-{index}").into(),
            forfallsdato: claim.due.map(day),
            opprinnelig_beloep: Beloep::from_oere(claim.oere),
            betalingsinformasjon: Betalingsinformasjon::default(),
            utsatt_iverksettelse: None,
        }],
    }
}

fn innbetaling(index: usize, paid: i64, date: u64, plasseringer: Vec<Plassering>) -> Innbetaling {
    Innbetaling {
        part: "310478717".parse().expect("digits"),
        innbetalingsidentifikator: format!("inn-{index}").into(),
        innbetalingsdato: day(date),
        innbetalt_beloep: Beloep::from_oere(paid),
        innbetalingstype: "".into(),
        mottakers_kontonummer: None,
        innbetalt_fra: Motpart::default(),
        plasseringer,
    }
}

/// A ledger with payments on debits. Each payment is placed in two parts, on two days.
fn ledger(claims: &[Claim], payments: &[(usize, u64, i64)]) -> Reskontro {
    let krav: Vec<Krav> = claims.iter().enumerate().map(|(i, claim)| krav(i, claim)).collect();
    let mut left: HashMap<usize, i64> = claims.iter().enumerate().map(|(i, c)| (i, c.oere.max(0))).collect();
    let mut innbetalinger = Vec::new();
    for (index, (claim, date, extra)) in payments.iter().enumerate() {
        let claim = claim % claims.len();
        let rest = left.get_mut(&claim).expect("a claim");
        let used = *rest / 2;
        *rest -= used;
        let first = (*date).max(claims[claim].created);
        let parts = [(used / 3, first), (used - used / 3, first + 17)];
        let place = |&(oere, date): &(i64, u64)| Plassering {
            forfall: ForfallRef { krav: claim, forfall: 0 },
            beloep: Beloep::from_oere(oere),
            dato: day(date),
        };
        let plasseringer = parts.iter().filter(|(oere, _)| *oere > 0).map(place).collect();
        innbetalinger.push(innbetaling(index, (used + extra).max(1), *date, plasseringer));
    }
    Reskontro::new(Entries { krav, innbetalinger, ..Entries::default() }).expect("a ledger without contradictions")
}

proptest! {
    #[test]
    fn on_every_day_the_parts_add_up(
        claims in claims(),
        payments in prop::collection::vec((0_usize..12, 0_u64..400, 0_i64..50_000), 0..8),
        observed in 0_u64..500,
    ) {
        let reskontro = ledger(&claims, &payments);
        let at = reskontro.as_of(day(observed));
        let totals = at.totaler();
        let remaining: Beloep = at.krav().map(KravAsOf::gjenstaaende).sum();
        prop_assert_eq!(totals.forfalte + totals.ikke_forfalte, remaining);

        let unallocated: Beloep = at.innbetalinger().map(|it| at.uplassert(it)).sum();
        prop_assert_eq!(totals.uplasserte, -unallocated);
        prop_assert!(at.innbetalinger().all(|it| !at.uplassert(it).is_negative()));

        let groups = at.totaler_per_gruppe();
        let sum = |of: fn(&Totaler) -> Beloep| groups.iter().map(|group| of(&group.totaler)).sum::<Beloep>();
        prop_assert_eq!(sum(|t| t.forfalte), totals.forfalte);
        prop_assert_eq!(sum(|t| t.ikke_forfalte), totals.ikke_forfalte);
        prop_assert_eq!(sum(|t| t.stipulerte_renter), totals.stipulerte_renter);
        prop_assert_eq!(sum(Totaler::saldo) + totals.uplasserte, totals.saldo());

        // The placed amounts equal the difference between original and remaining amounts, to the øre.
        let placed: Beloep = at.innbetalinger().flat_map(|it| at.plasseringer(it)).map(|p| p.beloep).sum();
        let original: Beloep = at.krav().map(|krav| krav.krav.opprinnelig_beloep()).sum();
        prop_assert_eq!(original - placed, remaining);
    }

    #[test]
    fn interest_runs_only_on_overdue_debits(claims in claims(), observed in 0_u64..500) {
        let reskontro = ledger(&claims, &[]);
        for krav in reskontro.as_of(day(observed)).krav() {
            let overdue = krav.forfall().any(|forfall| forfall.is_overdue() && forfall.gjenstaaende().is_positive());
            let interest = krav.stipulerte_renter().unwrap_or_default();
            prop_assert!(!interest.is_negative());
            prop_assert!(interest.is_zero() || (overdue && krav.krav.rentebaerende), "{:?}", krav);
        }
    }

    #[test]
    fn too_much_is_never_taken(claims in claims(), claim in 0_usize..12, extra in 1_i64..1000) {
        let claim = claim % claims.len();
        let krav: Vec<Krav> = claims.iter().enumerate().map(|(i, claim)| krav(i, claim)).collect();
        let beloep = Beloep::from_oere(claims[claim].oere.abs() + extra);
        let plassering = Plassering { forfall: ForfallRef { krav: claim, forfall: 0 }, beloep, dato: day(400) };
        let paid = innbetaling(0, beloep.oere(), 400, vec![plassering]);
        let entries = Entries { krav, innbetalinger: vec![paid], ..Entries::default() };
        prop_assert!(Reskontro::new(entries).is_err());
    }
}

#[test]
fn every_contradiction_is_told_with_its_entry() {
    let claim = |oere| Claim { oere, created: 10, due: Some(40), group: 3, interest: true };
    let (debit, credit) = (krav(0, &claim(10_000)), krav(1, &claim(-5_000)));
    let at = |krav| ForfallRef { krav, forfall: 0 };
    let placed = |krav, oere, date| Plassering { forfall: at(krav), beloep: Beloep::from_oere(oere), dato: day(date) };
    let mut twice = krav(0, &claim(1));
    twice.hovedstol = Some("finnes-ikke".into());
    let result = Reskontro::new(Entries {
        krav: vec![debit, credit, twice],
        innbetalinger: vec![innbetaling(0, 100, 5, vec![placed(0, 101, 4), placed(1, 1, 20)])],
        motregninger: vec![Motregning { kredit: at(0), debet: at(1), beloep: Beloep::from_oere(-1), dato: day(20) }],
        ..Entries::default()
    });
    let told: Vec<String> = result.expect_err("contradictions").iter().map(|v| format!("{:?}: {v}", v.entry)).collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn a_payout_neither_precedes_its_claim_nor_counts_before_it_was_made() {
    let claim = Claim { oere: -5_000, created: 30, due: None, group: 3, interest: true };
    let payout = |made: u64, counts: u64| Utbetaling {
        part: "310478717".parse().expect("digits"),
        utbetalingsidentifikator: "ut".into(),
        utbetalingsbeskrivelse: None,
        utbetaltdato: day(made),
        utbetalt_beloep: Beloep::from_kroner(50),
        betalt_til: Motpart::default(),
        utbetalingstatus: "bekreftet".into(),
        bekreftet: None,
        grunnlag: vec![Plassering {
            forfall: ForfallRef { krav: 0, forfall: 0 },
            beloep: Beloep::from_kroner(50),
            dato: day(counts),
        }],
        tilbakebetaling_av: Vec::new(),
    };
    let ledger = |made, counts| {
        let (krav, utbetalinger) = (vec![krav(0, &claim)], vec![payout(made, counts)]);
        Reskontro::new(Entries { krav, utbetalinger, ..Entries::default() })
    };
    assert!(ledger(40, 40).is_ok());
    assert!(ledger(40, 35).is_err(), "the payout counts before it was made");
    assert!(ledger(20, 30).is_err(), "the payout was made before the claim existed");
}

#[test]
fn a_set_off_brings_both_sides_nearer_to_zero() {
    let claim = |oere| Claim { oere, created: 0, due: Some(5), group: 3, interest: true };
    let at = |krav| ForfallRef { krav, forfall: 0 };
    let motregning = Motregning { kredit: at(1), debet: at(0), beloep: Beloep::from_kroner(30), dato: day(10) };
    let krav = vec![krav(0, &claim(10_000)), krav(1, &claim(-5_000))];
    let reskontro =
        Reskontro::new(Entries { krav, motregninger: vec![motregning], ..Entries::default() }).expect("a ledger");
    let remaining =
        |offset| reskontro.as_of(day(offset)).krav().map(|k| k.gjenstaaende().to_string()).collect::<Vec<_>>();
    assert_eq!(remaining(9), ["100", "-50"]);
    assert_eq!(remaining(10), ["70", "-20"]);
    assert_eq!(reskontro.krav()[0].system, Reskontrosystem::Mva);
}
