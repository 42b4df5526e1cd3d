//! Tests of the life cycle of a case.

use chrono::{DateTime, Days, Utc};
use proptest::prelude::*;

use super::Sakstilstand::{self, *};
use super::livsloep::*;
use crate::domain::clock::{day_in_norway, noon_in_norway, parse_day};
use crate::domain::identifikator::Organisasjonsnummer;

fn noon(days: u64) -> DateTime<Utc> {
    noon_in_norway(parse_day("2026-03-02").expect("a day") + Days::new(days))
}

fn states(manus: Manusnavn, hendelser: &[Datert], days: u64) -> Vec<(i64, Sakstilstand)> {
    let first = day_in_norway(noon(0));
    let all = forloep(noon(0), &manus.manus(), hendelser, noon(days));
    all.iter().map(|it| (it.dag.signed_duration_since(first).num_days(), it.tilstand)).collect()
}

fn at(days: u64, hendelse: Sakshendelse) -> Datert {
    Datert { tid: noon(days), hendelse }
}

#[test]
fn the_scripts_by_their_days() {
    let last = |manus, days| states(manus, &[], days).last().copied();
    for (days, state) in [(0, SakOpprettet), (1, SakOpprettet), (2, SakUnderBehandling), (5, SakForelagt)] {
        assert_eq!(last(Manusnavn::Utleggstrekk, days).map(|it| it.1), Some(state), "{days}");
    }
    assert_eq!(last(Manusnavn::Utleggstrekk, 19), Some((5, SakForelagt)));
    assert_eq!(last(Manusnavn::Utleggstrekk, 400), Some((20, SakBesluttet)));
    assert_eq!(last(Manusnavn::IntetTilUtlegg, 50), Some((50, SakAvsluttet)));
    assert_eq!(last(Manusnavn::Utleggspant, 49), Some((20, SakBesluttet)));
    assert_eq!(last(Manusnavn::Nektet, 400), Some((5, SakNektetFremmet)));
    assert_eq!(last(Manusnavn::Hevet, 400), Some((10, SakHevet)));
    assert_eq!(last(Manusnavn::Stille, 400), Some((0, SakOpprettet)));
    assert_eq!(forloep(noon(3), &Manusnavn::Nektet.manus(), &[], noon(2)), []);
}

#[test]
fn a_step_that_comes_early_moves_those_after_it() {
    let early = [at(1, Sakshendelse::Videre), at(1, Sakshendelse::Videre)];
    let expected = [(0, SakOpprettet), (1, SakUnderBehandling), (1, SakForelagt), (16, SakBesluttet)];
    assert_eq!(states(Manusnavn::Utleggstrekk, &early, 300), expected);
}

#[test]
fn a_state_that_is_set_is_left_by_the_script_if_it_has_it() {
    let set = [at(9, Sakshendelse::Satt(SakUnderBehandling))];
    let expected = [
        (0, SakOpprettet),
        (2, SakUnderBehandling),
        (5, SakForelagt),
        (9, SakUnderBehandling),
        (12, SakForelagt),
        (27, SakBesluttet),
    ];
    assert_eq!(states(Manusnavn::Utleggstrekk, &set, 300), expected);
    let withdrawn = [at(3, Sakshendelse::Satt(SakHevet))];
    assert_eq!(states(Manusnavn::Utleggstrekk, &withdrawn, 300).last(), Some(&(3, SakHevet)));
}

#[test]
fn a_decision_goes_on_as_the_script_of_its_outcome_and_has_no_next_step_without_one() {
    let decided = |utfall: Utfall| [at(3, Sakshendelse::Besluttet([utfall].into()))];
    let lien = decided(Utfall::Utleggspant("Kjøretøy".into()));
    let next = |manus: Manusnavn, events: &[Datert], days| neste_steg(noon(0), &manus.manus(), events, noon(days));
    assert_eq!(states(Manusnavn::Utleggstrekk, &lien, 33).last(), Some(&(33, SakAvsluttet)));
    assert_eq!(next(Manusnavn::Utleggstrekk, &lien, 3), Some(SakAvsluttet));
    let trekk = decided(Utfall::Utleggstrekk(Trekkvilkaar::default()));
    assert_eq!(states(Manusnavn::IntetTilUtlegg, &trekk, 300).last(), Some(&(3, SakBesluttet)));
    assert_eq!(next(Manusnavn::IntetTilUtlegg, &trekk, 3), None);
    assert_eq!(states(Manusnavn::Stille, &lien, 300).last(), Some(&(3, SakBesluttet)), "it waits for commands");
    assert_eq!(next(Manusnavn::Utleggstrekk, &[], 0), Some(SakUnderBehandling));
}

#[test]
fn submissions_are_open_until_the_case_comes_on() {
    let manus = Manusnavn::Utleggstrekk.manus();
    let open = |sent: &[u64], days| {
        let sent: Vec<_> = sent.iter().map(|days| noon(*days)).collect();
        ubehandlede(&sent, &manus, &forloep(noon(0), &manus, &[], noon(days)), noon(days))
    };
    assert_eq!([open(&[0], 0), open(&[0], 1), open(&[0], 2)], [1, 1, 0]);
    assert_eq!([open(&[0, 10], 10), open(&[0, 10], 11), open(&[0, 10], 12)], [1, 1, 0]);
    assert_eq!(open(&[0, 10], 9), 0, "what comes later is not there");
}

#[test]
fn every_debtor_has_a_synthetic_employer_of_their_own_that_stays() {
    let trekk = |text: &str| Trekk::avledet(text.parse().expect("digits"));
    let employer = trekk("01827020008").trekkpliktig;
    assert_eq!(employer, trekk("01827020008").trekkpliktig);
    assert_ne!(employer, trekk("05837421820").trekkpliktig);
    assert!(employer.to_string().starts_with('3') && employer.to_string().parse::<Organisasjonsnummer>().is_ok());
}

proptest! {
    #[test]
    fn what_has_happened_stays_whatever_comes_later(
        events in prop::collection::vec((0_u64..60, 0_u8..4), 0..8), early in 0_u64..80, more in 0_u64..80,
    ) {
        let events: Vec<Datert> = events.into_iter().map(|(day, kind)| at(day, match kind {
            0 => Sakshendelse::Videre,
            1 => Sakshendelse::Satt(SakHevet),
            2 => Sakshendelse::Satt(SakForelagt),
            _ => Sakshendelse::Besluttet([Utfall::IntetTilUtlegg].into()),
        })).collect();
        let manus = Manusnavn::Utleggstrekk.manus();
        let before = forloep(noon(0), &manus, &events, noon(early));
        let after = forloep(noon(0), &manus, &events, noon(early + more));
        prop_assert_eq!(&after[..before.len()], &before[..]);
        prop_assert!(after.windows(2).all(|pair| pair[0].dag <= pair[1].dag));
    }
}
