//! What holds for every party of a population, on every day. `scripts/population` looks at 100 000 of them.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use chrono::{Datelike, Days, NaiveDate};

use super::folk::Folk;
use super::gjeld::Gjeld;
use super::profil::PROFILER;
use super::tall::mix;
use super::{Antall, Befolkning, Kjente, Profil, Valg};
use crate::catalogue::Catalogue;
use crate::domain::Beloep;
use crate::domain::identifikator::{Part, PartKind};
use crate::domain::kalender::is_working_day;
use crate::domain::kravtype::{Kravgruppe, Reskontrosystem};
use crate::domain::reskontro::{AsOf, ForfallAsOf, Innbetaling, Krav, KravAsOf, Plassert, Reskontro};
use crate::scenario::Party;
use crate::scenario::format::ScenarioFormat;

const BASE: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 21).expect("a day");

fn valg(antall: Antall) -> Valg {
    Valg { antall, froe: 7, ukjent: 0, andeler: Vec::new() }
}

fn befolkning(valg: Valg) -> Befolkning {
    static FORMAT: LazyLock<ScenarioFormat> = LazyLock::new(|| ScenarioFormat::new(Catalogue(&[]), Vec::new()));
    Befolkning::new(valg, BASE, &FORMAT, &Kjente::new())
}

/// How many parties are looked at: some hundred, or as many as POPULATION_PARTIES says.
fn parties() -> usize {
    std::env::var("POPULATION_PARTIES").ok().and_then(|text| text.parse().ok()).unwrap_or(500)
}

/// A day from 2021 to 2040 that follows from a party and a number; the first one is the base date.
fn day(part: Part, number: u64) -> NaiveDate {
    if number == 0 {
        return BASE;
    }
    let first = NaiveDate::from_ymd_opt(2021, 1, 1).expect("a day");
    first + Days::new(mix(part.number() ^ number << 50) % 7_300)
}

#[test]
fn every_ledger_holds_on_every_day() {
    let population = befolkning(valg(Antall::Alle));
    let (mut claims, mut payments, mut waiting, mut interest, mut kept) = (0, 0, 0, 0, 0);
    for part in population.numre().take(parties()) {
        for number in 0..3 {
            let day = day(part, number);
            // The invariants of the ledger itself are checked when it is made.
            let party = population.lag(part, day).unwrap_or_else(|| panic!("{part} on {day}"));
            let at = party.reskontro.as_of(day);
            what_is_impossible_never_happens(&population, &party, day);
            kept += what_is_open_is_the_same_alone(&population, &party, day);
            assert_working_days(&party);
            assert_remainders(&party, at);
            waiting += assert_nothing_waits(&party, at);
            claims += party.reskontro.krav().len();
            payments += party.reskontro.innbetalinger().len();
            interest += party.reskontro.krav().iter().filter(|krav| krav.renteperiode.is_some()).count();
        }
    }
    let parties = parties();
    assert!(claims > parties * 20 && payments > parties * 10, "{claims} claims, {payments} payments");
    assert!(kept < claims / 4, "{kept} claims of {claims} when only the open ones are asked for");
    assert!(waiting > 0 && interest > parties, "{waiting} unallocated payments, {interest} interest claims");
}

/// A party with what is open on the day shows the same as the whole one. Returns how many claims it has.
fn what_is_open_is_the_same_alone(population: &Befolkning, party: &Party, day: NaiveDate) -> usize {
    let alone = population.lag_aapent(party.part, day).unwrap_or_else(|| panic!("{} on {day}", party.part));
    let told = |party: &Party| {
        let at = party.reskontro.as_of(day);
        let krav = at.aapne_krav().map(|krav| {
            let forfall: Vec<_> = krav.forfall().map(|it| (it.gjenstaaende(), placed(it))).collect();
            format!("{:?} {:?} {forfall:?}", krav.krav, krav.stipulerte_renter())
        });
        let waiting = at.uplasserte_innbetalinger().map(|it| format!("{it:?} {}", at.uplassert(it)));
        let sums = format!("{:?} {:?}", at.totaler(), at.totaler_per_gruppe());
        (krav.collect::<Vec<_>>(), waiting.collect::<Vec<_>>(), sums)
    };
    let ((krav, waiting, sums), (all_krav, all_waiting, all_sums)) = (told(&alone), told(party));
    assert_eq!(sums, all_sums, "{} on {day}", party.part);
    assert_eq!((krav.len(), waiting), (all_krav.len(), all_waiting), "{} on {day}", party.part);
    krav.iter().zip(&all_krav).for_each(|(one, other)| assert_eq!(one, other, "{} on {day}", party.part));
    let head = |party: &Party| (party.navn.clone(), party.innehaver, party.skjermet, party.beskrivelse.clone());
    assert_eq!(head(&alone), head(party));
    alone.reskontro.krav().len()
}

/// The payments and payouts on an instalment, without their places in the ledger.
fn placed(forfall: ForfallAsOf<'_>) -> Vec<String> {
    let of = |plassert| match plassert {
        Plassert::Innbetaling(it, part) => format!("{} {} {}", it.innbetalingsidentifikator, part.beloep, part.dato),
        Plassert::Utbetaling(it, part) => format!("{} {} {}", it.utbetalingsidentifikator, part.beloep, part.dato),
        other => panic!("{other:?}"),
    };
    forfall.plassert().map(of).collect()
}

/// What the draft of a party rules out is not in its ledger on the day.
fn what_is_impossible_never_happens(population: &Befolkning, party: &Party, day: NaiveDate) {
    let (utkast, at) = (population.utkast(party.part, day).expect("a draft"), party.reskontro.as_of(day));
    assert!(utkast.kan_faa_utbetaling() || at.utbetalinger().count() == 0, "{} on {day}", party.part);
    let sums = at.totaler();
    let late = (sums.forfalte, sums.stipulerte_renter) != (Beloep::ZERO, Beloep::ZERO);
    assert!(utkast.kan_vaere_forsinket() || !late, "{} on {day}: {sums:?}", party.part);
    for krav in at.aapne_krav() {
        let Krav { kravgruppe, kravtype, .. } = krav.krav;
        assert!(utkast.kan_ha_gruppe(&|gruppe| gruppe == *kravgruppe), "{} on {day}: {kravgruppe:?}", party.part);
        assert!(utkast.kan_ha_kravtype(&|kode| kode == &**kravtype), "{} on {day}: {kravtype}", party.part);
    }
}

/// Claims fall due, and money moves, on working days.
fn assert_working_days(party: &Party) {
    let reskontro = &party.reskontro;
    let placed = reskontro.innbetalinger().iter().flat_map(|it| &it.plasseringer);
    let paid_out = reskontro.utbetalinger().iter().flat_map(|it| &it.grunnlag);
    let days = placed.chain(paid_out).map(|placed| placed.dato);
    let days = days.chain(reskontro.utbetalinger().iter().map(|it| it.utbetaltdato));
    let due = reskontro.krav().iter().flat_map(|krav| &krav.forfall).filter_map(|forfall| forfall.forfallsdato);
    for day in days.chain(due) {
        assert!(is_working_day(day), "{}: {day}", party.part);
    }
}

/// A remainder is never past zero, nor more than the claim. The sums are those of the claims.
fn assert_remainders(party: &Party, at: AsOf<'_>) {
    let mut sum = Beloep::ZERO;
    for krav in at.krav() {
        assert!(krav.krav.opprettelsesdato <= at.dag());
        for forfall in krav.forfall() {
            let (rest, whole) = (forfall.gjenstaaende(), forfall.forfall.opprinnelig_beloep);
            let (least, most) = (whole.min(Beloep::ZERO), whole.max(Beloep::ZERO));
            assert!(
                (least..=most).contains(&rest),
                "{} {}: {rest} of {whole}",
                party.part,
                krav.krav.kravidentifikator
            );
            assert!(whole.oere().abs() >= 100, "{} {}: {whole}", party.part, krav.krav.kravidentifikator);
        }
        sum += krav.gjenstaaende() + krav.stipulerte_renter().unwrap_or_default();
    }
    let waiting: Beloep = at.innbetalinger().map(|it| at.uplassert(it)).sum();
    assert_eq!(at.totaler().saldo(), sum - waiting, "{}", party.part);
    let groups: Beloep = at.totaler_per_gruppe().iter().map(|it| it.totaler.saldo()).sum();
    assert_eq!(at.totaler().saldo(), groups - waiting, "{}", party.part);
}

/// No money waits beside an overdue claim of the same ledger. Returns how many payments wait.
fn assert_nothing_waits(party: &Party, at: AsOf<'_>) -> usize {
    let overdue = |system: Reskontrosystem| {
        let mut instalments = at.aapne_krav().filter(|krav| krav.krav.system == system).flat_map(KravAsOf::forfall);
        instalments.any(|it| it.is_overdue() && it.gjenstaaende().is_positive())
    };
    let mut waiting = 0;
    for payment in at.uplasserte_innbetalinger() {
        waiting += 1;
        let system = match payment.plasseringer.first() {
            Some(placed) => party.reskontro.krav()[placed.forfall.krav].system,
            None => Reskontrosystem::Skatt,
        };
        assert!(!overdue(system), "{} on {}: {}", party.part, at.dag(), payment.innbetalingsidentifikator);
    }
    waiting
}

/// The claims that a ledger shows of some years, with what does not depend on the day.
fn fixed(reskontro: &Reskontro, from: NaiveDate, to: NaiveDate) -> HashMap<(Part, String), String> {
    let claims = reskontro.krav().iter().filter(|krav| {
        krav.forfall.first().and_then(|forfall| forfall.forfallsdato).is_some_and(|due| (from..=to).contains(&due))
    });
    let payments = |krav: &Krav| {
        let placed = |it: &&Innbetaling| {
            it.plasseringer.iter().any(|placed| std::ptr::eq(&raw const reskontro.krav()[placed.forfall.krav], krav))
        };
        let paid = reskontro.innbetalinger().iter().filter(placed).filter(|it| it.innbetalingsdato <= to);
        paid.map(|it| it.innbetalingsidentifikator.clone()).collect::<Vec<_>>()
    };
    claims
        .map(|krav| {
            let (amount, paid) = (krav.opprinnelig_beloep(), payments(krav));
            let told = format!("{} {} {amount} {:?} {paid:?}", krav.kravtype, krav.opprettelsesdato, krav.forfall);
            ((krav.part, krav.kravidentifikator.to_string()), told)
        })
        .collect()
}

#[test]
fn a_claim_is_the_same_on_every_day() {
    let population = befolkning(valg(Antall::Alle));
    let mut compared = 0;
    for part in population.numre().take(parties() / 4) {
        let early = day(part, 1);
        for later in [early + Days::new(95), early + Days::new(400)] {
            let (one, other) =
                (population.lag(part, early).expect("a party"), population.lag(part, later).expect("a party"));
            // The time that both ledgers are made for.
            let (from, to) = (later - Days::new(3 * 365 - 100), early);
            let (one, other) = (fixed(&one.reskontro, from, to), fixed(&other.reskontro, from, to));
            compared += one.len();
            assert_eq!(one, other, "{part}: {early} and {later}");
        }
    }
    assert!(compared > parties() * 2, "{compared}");
}

#[test]
fn the_same_number_is_the_same_party_in_any_order_of_asking() {
    let (one, other) = (befolkning(valg(Antall::Alle)), befolkning(valg(Antall::Alle)));
    let numbers: Vec<Part> = one.numre().take(40).collect();
    let told = |population: &Befolkning, part: Part| {
        let party = population.part(part, BASE).expect("a party");
        format!("{} {:?} {:?}", party.navn, party.innehaver, party.reskontro.krav())
    };
    let forwards: Vec<String> = numbers.iter().map(|part| told(&one, *part)).collect();
    let mut backwards: Vec<String> = numbers.iter().rev().map(|part| told(&other, *part)).collect();
    backwards.reverse();
    assert_eq!(forwards, backwards);
    let of_other_seed = befolkning(Valg { froe: 8, ..valg(Antall::Alle) });
    let same =
        numbers.iter().zip(&forwards).filter(|(part, told_of)| told(&of_other_seed, **part) == **told_of).count();
    assert!(same < 10, "{same}");
    // A number and a seed are enough for a name, on every machine.
    let known = befolkning(Valg { froe: 0, ..valg(Antall::Alle) });
    let party = known.part("310000019".parse().expect("digits"), BASE).expect("a party");
    assert_eq!((&*party.navn, party.profil), (GOLDEN.0, Some(GOLDEN.1)));
}

const GOLDEN: (&str, Profil) = ("STANDHAFTIG ENKEL TIGER AS", Profil::Punktlig);

#[test]
fn owners_and_employees_are_told_by_both() {
    let folk = Folk::new(valg(Antall::Alle));
    let (mut owners, mut employees, mut debtors) = (0, 0, 0);
    for place in 0..4_000 {
        let Some(organisation) = folk.organisasjon_paa(place) else { continue };
        assert_eq!(
            folk.organisasjon(organisation.part).map(|it| (it.part, it.innehaver)),
            Some((organisation.part, organisation.innehaver))
        );
        if let Some(owner) = organisation.innehaver {
            owners += 1;
            assert_eq!(folk.person(owner).and_then(|it| it.eier), Some(organisation.part));
        }
        for employee in folk.ansatte(&organisation) {
            employees += 1;
            let person = folk.person(employee).expect("a person");
            assert_eq!((person.arbeidsgiver, person.eier), (Some(organisation.part), None), "{employee}");
            assert_eq!(folk.er_skyldig(employee), person.profil == Profil::Skyldig);
            debtors += usize::from(folk.er_skyldig(employee));
        }
    }
    assert!(owners > 1_500 && employees > 1_500 && debtors > 500, "{owners} {employees} {debtors}");
    // And from the person's side.
    let mut employed = 0;
    for place in 0..20_000 {
        let Some(person) = folk.orden.person_at(place * 3_999).and_then(|part| folk.person(part)) else { continue };
        if let Some(employer) = person.arbeidsgiver {
            employed += 1;
            let employer = folk.organisasjon(employer).expect("an employer");
            assert!(folk.ansatte(&employer).any(|it| it == person.part), "{}", person.part);
        }
    }
    assert!(employed > 1_000, "{employed}");
}

#[test]
fn an_owner_has_the_same_claims_as_a_party_and_at_the_firm() {
    let population = befolkning(valg(Antall::Alle));
    let folk = &population.folk;
    let firms = (0..600).filter_map(|place| folk.organisasjon_paa(place)).filter(|it| it.innehaver.is_some());
    let mut compared = 0;
    for firm in firms.take(40) {
        let owner = firm.innehaver.expect("an owner");
        let own = population.lag(owner, BASE).expect("a party");
        let at_firm = population.lag(firm.part, BASE).expect("a party");
        let of_owner = |party: &Party| {
            let claims = party.reskontro.krav().iter().filter(|krav| krav.part == owner);
            let claims = claims.map(|krav| {
                (krav.kravidentifikator.to_string(), krav.opprinnelig_beloep(), format!("{:?}", krav.forfall))
            });
            let payments = party.reskontro.innbetalinger().iter().filter(|it| it.part == owner);
            let payments = payments.map(|it| {
                (it.innbetalingsidentifikator.to_string(), it.innbetalt_beloep, it.innbetalingsdato.to_string())
            });
            claims.chain(payments).collect::<HashSet<_>>()
        };
        compared += of_owner(&own).len();
        assert_eq!(of_owner(&own), of_owner(&at_firm), "{owner}");
    }
    assert!(compared > 500, "{compared}");
}

#[test]
fn what_an_employee_owes_is_deducted_before_the_next_debt() {
    let folk = Folk::new(valg(Antall::Alle));
    let until = NaiveDate::from_ymd_opt(2060, 1, 1).expect("a day");
    let debtors =
        (0..400_000).filter_map(|place| folk.orden.person_at(place)).filter(|part| folk.er_skyldig(*part)).take(300);
    let mut seen = 0;
    for debtor in debtors {
        let debts: Vec<Gjeld> = Gjeld::av(&folk, debtor, until).collect();
        assert!(debts.len() >= 8, "{debtor}");
        for debt in &debts {
            seen += 1;
            assert!(debt.opprettet < debt.fra && debt.betalt.len().is_multiple_of(2), "{debt:?}");
            assert!(debt.betalt.iter().all(|day| is_working_day(*day)) && debt.betalt.is_sorted(), "{debt:?}");
            assert!(debt.betalt.last().is_some_and(|last| *last <= debt.siste && last.month() == debt.siste.month()));
            assert!(debt.forfallsdato().is_some_and(|due| due < debt.opprettet), "{debt:?}");
        }
        assert!(debts.windows(2).all(|pair| pair[0].siste < pair[1].opprettet), "{debts:?}");
    }
    assert!(seen > 2_000, "{seen}");
}

#[test]
fn a_population_of_a_number_has_just_so_many_organisations() {
    let population = befolkning(valg(Antall::Organisasjoner(250)));
    let numbers: Vec<Part> = population.numre().collect();
    let organisations = numbers.iter().filter(|part| !part.is_person()).count();
    assert_eq!((organisations, numbers.iter().collect::<HashSet<_>>().len()), (250, numbers.len()));
    assert!(numbers.iter().all(|part| matches!(part.kind(), PartKind::Person(it) if it.is_synthetic())
        || matches!(part.kind(), PartKind::Organisasjon(it) if it.is_synthetic())));
    assert!(numbers.iter().all(|part| population.profil(*part).is_some()));
    let all = befolkning(valg(Antall::Alle));
    let others = all.numre().filter(|part| !numbers.contains(part)).take(500);
    assert_eq!(others.filter(|part| population.profil(*part).is_some()).count(), 0);
}

#[test]
fn shares_are_those_of_the_table() {
    let folk = Folk::new(valg(Antall::Alle));
    let found: Vec<Profil> = (0..30_000).filter_map(|place| folk.organisasjon_paa(place)).map(|it| it.profil).collect();
    let of = |profil: Profil| found.iter().filter(|it| **it == profil).count();
    assert_eq!((of(Profil::Stor), of(Profil::Arbeidsgiver)), (300, 3_000));
    for known in PROFILER.iter().filter(|known| known.organisasjoner >= 20) {
        let (expected, there) = (26_700.0 * f64::from(known.organisasjoner) / 1_000.0, of(known.profil));
        let off = (f64::from(u32::try_from(there).expect("small")) / expected - 1.0).abs();
        assert!(off < 0.15, "{}: {there} in place of {expected}", known.navn);
    }
    let unknown = Folk::new(Valg { ukjent: 1_000, ..valg(Antall::Alle) });
    let there = (0..10_000).filter(|place| unknown.organisasjon_paa(*place).is_some()).count();
    assert!((8_800..9_200).contains(&there), "{there} of 10 000 are known with 10 % unknown");
    let others = Folk::new(Valg { andeler: vec![(Profil::Konkurs, 1)], ..valg(Antall::Alle) });
    let bankrupt =
        (0..1_000).filter_map(|place| others.organisasjon_paa(place)).filter(|it| it.profil == Profil::Konkurs);
    assert_eq!(bankrupt.count(), 890);
}

#[test]
fn each_profile_is_what_it_says() {
    let population = befolkning(valg(Antall::Alle));
    let mut seen: HashMap<Profil, usize> = HashMap::new();
    for part in population.numre().filter(|part| !part.is_person()).take(3_000) {
        let profil = population.profil(part).expect("known");
        let count = seen.entry(profil).or_default();
        *count += 1;
        if *count > 12 {
            continue;
        }
        let party = population.lag(part, BASE).expect("a party");
        let at = party.reskontro.as_of(BASE);
        // Of the firm itself; its owner has habits of its own.
        let own = || at.krav().filter(|krav| krav.krav.part == part);
        let overdue =
            own().flat_map(KravAsOf::forfall).filter(|it| it.is_overdue() && it.gjenstaaende().is_positive()).count();
        let about = format!("{part}: {overdue} overdue");
        match profil {
            Profil::Punktlig | Profil::Arbeidsgiver | Profil::Saeravgift | Profil::Stor | Profil::Tilgode => {
                assert_eq!(overdue, 0, "{about}");
            }
            Profil::Skyldig => assert!(overdue >= 3, "{about}"),
            Profil::Konkurs => assert!(overdue >= 2, "{about}"),
            Profil::Hvilende => assert_eq!(own().count(), 0, "{about}"),
            Profil::Nystartet => {
                assert!(own().all(|krav| BASE - krav.krav.opprettelsesdato < chrono::TimeDelta::days(70)), "{about}");
            }
            Profil::Etternoeler => assert!(own().any(|krav| krav.krav.renteperiode.is_some()), "{about}"),
            Profil::Skjermet | Profil::DelvisSkjermet => panic!("{part} is no person"),
        }
        let in_group = |group: Kravgruppe| own().any(|krav| krav.krav.kravgruppe == group);
        match profil {
            Profil::Stor | Profil::Arbeidsgiver => assert!(in_group(Kravgruppe::Forskuddstrekk), "{about}"),
            Profil::Saeravgift => assert!(in_group(Kravgruppe::Saeravgifter), "{about}"),
            Profil::Tilgode => assert!(party.reskontro.utbetalinger().len() > 5, "{about}"),
            _ => {}
        }
    }
    assert_eq!(seen.len(), 10, "{seen:?}");
}
