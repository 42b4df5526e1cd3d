//! The deduction of a debtor: examples to the øre, and what holds for any cases on any day.

use std::sync::Arc;

use chrono::NaiveDate;

use super::Sakstilstand;
use super::fordeling::{Andel, Artsprioritet};
use super::livsloep::{Trekkvilkaar, Utfall};
use super::regnskap::*;
use crate::domain::Beloep;
use crate::domain::clock::{noon_in_norway, parse_day};
use crate::domain::prosent::Prosent;
use crate::domain::rente::Rentesats;
use crate::domain::saksgang::innsyn::innsyn;
use crate::domain::saksgang::livsloep::{Datert, Manusnavn, Sakshendelse, forloep};
use crate::domain::trekk::regler::Trekkhendelse;
use crate::domain::trekk::{Trekkstoerrelse, Trekkversjon, regler::perioder_etter};
use chrono::Days;
use proptest::prelude::*;

fn day(days: u64) -> NaiveDate {
    parse_day("2026-03-02").expect("a day") + Days::new(days)
}

fn claim(art: Artsprioritet, oere: i64, rente: bool) -> Trekkrav {
    Trekkrav {
        art,
        prioritet: 1,
        renteprioritet: 1,
        gjenstaaende: Beloep::from_oere(oere),
        rente: rente.then_some(Rentesats::Forsinkelsesrente),
        rente_fra: day(0),
    }
}

fn terms(percent: u16) -> Trekkvilkaar {
    Trekkvilkaar {
        stoerrelse: Prosent::from_hundredths(percent).map(Trekkstoerrelse::Prosent),
        maanedsloenn: Some(Beloep::from_kroner(40_000)),
        ..Trekkvilkaar::default()
    }
}

/// A case as it is on a day.
fn case(sent: u64, events: &[Datert], krav: Vec<Trekkrav>, on: u64) -> Trekksak {
    let manus = Manusnavn::Utleggstrekk.manus();
    Trekksak { overganger: forloep(noon_in_norway(day(sent)), &manus, events, noon_in_norway(day(on))), krav }
}

fn decided(on: u64, terms: Trekkvilkaar) -> Datert {
    let hendelse = Sakshendelse::Besluttet([Utfall::Utleggstrekk(terms)].into());
    Datert { tid: noon_in_norway(day(on)), hendelse }
}

fn debtor(saker: Vec<Trekksak>) -> Skyldner {
    Skyldner { part: "01827020008".parse().expect("digits"), arbeidsgiver: None, saker, bidrag: None }
}

#[test]
fn a_claim_with_interest_is_paid_month_by_month_to_the_oere() {
    let on = |days| {
        let sak = case(0, &[decided(1, terms(1500))], vec![claim(Artsprioritet::E, 1_000_000, true)], days);
        regnskap(&debtor(vec![sak]), day(days))
    };
    let whole = on(100);
    let days: Vec<String> = whole.trekk.iter().map(|it| it.dag.to_string()).collect();
    assert_eq!(days, ["2026-03-20", "2026-04-20"]);
    // 18 days at 12 % on 10 000, then 31 days on what is left after the first 6 000.
    let first = Andel { rente: Beloep::from_oere(5918), hovedstol: Beloep::from_oere(594_082) };
    assert_eq!(whole.trekk[0].plassert, [(0, 0, first)]);
    let second = Andel { rente: Beloep::from_oere(4137), hovedstol: Beloep::from_oere(405_918) };
    assert_eq!(whole.trekk[1].plassert, [(0, 0, second)]);
    assert_eq!(whole.trekk[1].til_overs, Beloep::from_oere(600_000 - 410_055));
    assert_eq!(whole.betalt, [Some(day(49))]);
    let events: Vec<_> = whole.ordre.iter().map(|it| (it.dag, it.ordre)).collect();
    assert_eq!(events, [(day(1), 0), (day(49), 0)]);
    assert_eq!(whole.ordre[1].hendelse, Trekkhendelse::Stopp(day(49)));
    assert_eq!(on(48).betalt, [None]);
}

#[test]
fn what_is_decided_on_a_pay_day_counts_for_its_deduction_and_an_order_may_begin_on_one() {
    let claims = || vec![claim(Artsprioritet::E, 1_000_000, false)];
    // Pay is on day 18. Another case joins the running deduction on it, and shares.
    let saker = vec![
        case(0, &[decided(1, terms(1500))], claims(), 30),
        case(0, &[decided(18, Trekkvilkaar::default())], claims(), 30),
    ];
    let shared = regnskap(&debtor(saker), day(18));
    let got: Vec<_> = shared.trekk[0].plassert.iter().map(|(sak, _, andel)| (*sak, andel.sum())).collect();
    assert_eq!(got, [(0, Beloep::from_kroner(3000)), (1, Beloep::from_kroner(3000))]);
    // An order begins on the day after its decision: on the pay day itself, or after it.
    let first = |on| {
        let sak = case(0, &[decided(on, terms(1500))], claims(), 60);
        regnskap(&debtor(vec![sak]), day(60)).trekk.first().map(|it| it.dag)
    };
    assert_eq!((first(17), first(18)), (Some(day(18)), Some(day(49))));
}

#[test]
fn a_case_whose_interest_is_not_paid_is_not_paid() {
    // One deduction is 6 000. It pays the claim itself; its interest has a worse priority and is left for the next one.
    let late = Trekkrav { renteprioritet: 2, ..claim(Artsprioritet::E, 600_000, true) };
    let on = |days| regnskap(&debtor(vec![case(0, &[decided(1, terms(1500))], vec![late.clone()], days)]), day(days));
    let first = on(18);
    assert_eq!((first.krav[0][0].gjenstaaende, first.betalt[0]), (Beloep::ZERO, None));
    // 18 days at 12 % on 6 000.
    assert_eq!((first.krav[0][0].rente, first.krav[0][0].i_trekk), (Beloep::from_oere(3551), true));
    let second = on(60);
    assert_eq!((second.betalt[0], second.krav[0][0].rente), (Some(day(49)), Beloep::ZERO));
}

#[test]
fn running_child_support_comes_before_all_claims() {
    let sak = case(0, &[decided(1, terms(1500))], vec![claim(Artsprioritet::A, 1_000_000, false)], 30);
    let bidrag = Some(LoependeBidrag { fra: day(0), beloep: Beloep::from_kroner(5000) });
    let regnskap = regnskap(&Skyldner { bidrag, ..debtor(vec![sak]) }, day(30));
    assert_eq!(
        (regnskap.trekk[0].bidrag, regnskap.trekk[0].plassert_beloep()),
        (Beloep::from_kroner(5000), Beloep::from_kroner(6000))
    );
    assert_eq!(regnskap.krav[0][0].gjenstaaende, Beloep::from_kroner(9000));
}

#[test]
fn child_support_takes_no_more_than_the_deduction_and_begins_on_its_day() {
    let with = |kroner, fra| {
        let sak = case(0, &[decided(1, terms(1500))], vec![claim(Artsprioritet::A, 1_000_000, false)], 18);
        let bidrag = Some(LoependeBidrag { fra: day(fra), beloep: Beloep::from_kroner(kroner) });
        let trekk = regnskap(&Skyldner { bidrag, ..debtor(vec![sak]) }, day(18)).trekk.remove(0);
        (trekk.bidrag, trekk.plassert_beloep() - trekk.bidrag, trekk.til_overs)
    };
    let kroner = |all: [i64; 3]| all.map(Beloep::from_kroner).into();
    assert_eq!(with(9000, 0), kroner([6000, 0, 0]));
    assert_eq!(with(5000, 18), kroner([5000, 1000, 0]));
    assert_eq!(with(5000, 19), kroner([0, 6000, 0]));
}

#[test]
fn a_case_can_be_decided_and_paid_on_one_day_and_stays_paid() {
    let small = || vec![claim(Artsprioritet::D, 100_000, false)];
    let on = |events: &[Datert], days| {
        let saker = vec![
            case(0, &[decided(1, terms(1500))], vec![claim(Artsprioritet::E, 9_000_000, false)], days),
            case(0, events, small(), days),
        ];
        let skyldner = debtor(saker);
        let regnskap = regnskap(&skyldner, day(days));
        (med_slutt(skyldner.saker[1].overganger.clone(), regnskap.betalt[1]), regnskap)
    };
    // Pay is on day 18, the day of the decision.
    let (went, regnskap) = on(&[decided(18, Trekkvilkaar::default())], 18);
    let last: Vec<_> = went.iter().rev().take(2).map(|it| (it.dag, it.tilstand)).collect();
    assert_eq!(last, [(day(18), Sakstilstand::SakAvsluttet), (day(18), Sakstilstand::SakBesluttet)]);
    assert_eq!(regnskap.betalt[1], Some(day(18)));
    // Another decision does not bring it back, and changes nothing of the deduction of the other case.
    let again = [decided(18, Trekkvilkaar::default()), decided(25, terms(5000))];
    let (_, later) = on(&again, 60);
    assert_eq!((later.betalt[1], later.ordre.len()), (Some(day(18)), 1));
    assert!(later.trekk.iter().all(|it| it.beloep == Beloep::from_kroner(6000)), "{:#?}", later.trekk);
}

#[test]
fn another_employer_gets_an_order_of_its_own_and_the_first_one_ends() {
    let elsewhere = Trekkvilkaar { trekkpliktig: "310478717".parse().ok(), ..Trekkvilkaar::default() };
    let events = [decided(1, terms(1500)), decided(30, elsewhere)];
    let sak = case(0, &events, vec![claim(Artsprioritet::E, 9_000_000, false)], 60);
    let regnskap = regnskap(&debtor(vec![sak]), day(60));
    let orders: Vec<_> = regnskap.ordre.iter().map(|it| (it.ordre, it.dag)).collect();
    assert_eq!(orders, [(0, day(1)), (0, day(30)), (1, day(30))]);
    assert_eq!(regnskap.trekk.last().map(|it| it.trekkpliktig.to_string()).as_deref(), Some("310478717"));
    assert_eq!(regnskap.trekk.len(), 2, "one pay a month, whoever pays it");
}

#[derive(Clone, Debug)]
struct Case {
    sent: u64,
    claims: Vec<(usize, i64, bool)>,
    events: Vec<(u64, u8)>,
}

fn cases() -> impl Strategy<Value = Vec<Case>> {
    let claim = (0_usize..5, 0_i64..3_000_000, any::<bool>());
    let case = (0_u64..60, prop::collection::vec(claim, 1..5), prop::collection::vec((0_u64..300, 0_u8..6), 0..5));
    let case = case.prop_map(|(sent, claims, events)| Case { sent, claims, events });
    prop::collection::vec(case, 1..4)
}

fn built(cases: &[Case], on: u64, bidrag: bool) -> Regnskap {
    let saker = cases.iter().map(|it| {
        let events: Vec<_> = it
            .events
            .iter()
            .map(|(on, kind)| {
                let set = |tilstand| Datert { tid: noon_in_norway(day(*on)), hendelse: Sakshendelse::Satt(tilstand) };
                match kind {
                    0 => set(Sakstilstand::SakHevet),
                    1 => set(Sakstilstand::SakUnderBehandling),
                    2 => decided(*on, Trekkvilkaar { trekkpliktig: "310478717".parse().ok(), ..terms(900) }),
                    3 => Datert { tid: noon_in_norway(day(*on)), hendelse: Sakshendelse::Videre },
                    _ => decided(*on, terms(u16::from(*kind) * 500)),
                }
            })
            .collect();
        let claims = it.claims.iter().map(|(art, oere, rente)| claim(Artsprioritet::ALLE[*art], *oere, *rente));
        case(it.sent, &events, claims.collect(), on)
    });
    let bidrag = bidrag.then(|| LoependeBidrag { fra: day(40), beloep: Beloep::from_kroner(1700) });
    regnskap(&Skyldner { bidrag, ..debtor(saker.collect()) }, day(on))
}

proptest! {
    #[test]
    fn no_oere_is_lost_or_placed_twice_on_any_day(cases in cases(), on in 0_u64..500, later in 0_u64..300, bidrag in any::<bool>()) {
        let regnskap = built(&cases, on, bidrag);
        for trekk in &regnskap.trekk {
            prop_assert_eq!(trekk.beloep, trekk.plassert_beloep() + trekk.til_overs);
            prop_assert!(!trekk.til_overs.is_negative() && !trekk.bidrag.is_negative());
        }
        for (sak, (claims, case)) in regnskap.krav.iter().zip(&cases).enumerate() {
            for (krav, (stand, (_, oere, _))) in claims.iter().zip(&case.claims).enumerate() {
                let mine = regnskap.trekk.iter().flat_map(|it| &it.plassert).filter(|it| (it.0, it.1) == (sak, krav));
                let (rente, hovedstol) = mine.fold((Beloep::ZERO, Beloep::ZERO), |sum, it| (sum.0 + it.2.rente, sum.1 + it.2.hovedstol));
                prop_assert_eq!(stand.betalt, Andel { rente, hovedstol }, "the deductions and the claim agree");
                prop_assert_eq!(stand.gjenstaaende + stand.betalt.hovedstol, Beloep::from_oere(*oere));
                prop_assert!(!stand.gjenstaaende.is_negative() && !stand.rente.is_negative());
                if let Some(seen) = innsyn(&regnskap, Beloep::ZERO, sak, krav) {
                    let all: Beloep = regnskap.krav.iter().flatten().filter(|it| it.i_trekk && it.plass <= stand.plass).map(|it| it.gjenstaaende + it.rente).sum();
                    prop_assert_eq!(seen.bedre_art + seen.bedre_tid + seen.lik_prioritet, all);
                }
            }
        }
        // The clock can go forth and back: a later day only adds.
        let after = built(&cases, on + later, bidrag);
        prop_assert_eq!(&after.trekk[..regnskap.trekk.len()], &regnskap.trekk[..]);
        prop_assert_eq!(&after.ordre[..regnskap.ordre.len()], &regnskap.ordre[..]);
        prop_assert!(after.trekk[regnskap.trekk.len()..].iter().all(|it| it.dag > day(on)));
    }

    #[test]
    fn orders_keep_the_rules_of_trekkpaalegg(cases in cases(), on in 0_u64..500) {
        let regnskap = built(&cases, on, false);
        let mut orders: Vec<Vec<Trekkversjon>> = Vec::new();
        let faste = Arc::new(crate::domain::trekk::Faste {
            saksnummer: "".into(), trekkpliktig: "".into(), skyldner: "".into(), betalingsmottaker: "".into(),
            kidnummer: "".into(), kontonummer: "".into(),
        });
        for it in &regnskap.ordre {
            orders.resize_with(orders.len().max(it.ordre + 1), Vec::new);
            let perioder = perioder_etter(orders[it.ordre].last(), &it.hendelse, it.dag);
            prop_assert!(perioder.is_ok(), "{:?}: {:?}", it, perioder);
            orders[it.ordre].push(Trekkversjon {
                trekkversjon: 1, opprettet: noon_in_norway(it.dag), dag: it.dag, endringsnummer: 0, above_sekvensnummer: 0,
                bokstavelig: None, faste: Arc::clone(&faste), perioder: perioder.expect("it is"),
            });
        }
    }
}
