//! Findings as properties: what a good client never shows, and what a bad one always shows.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

use super::*;
use crate::faults::effects::Fault;
use crate::session::facts::TokenFacts;

/// A call that begins so many ms after the first one, and takes so many.
fn call(number: u64, at: i64, took: i64) -> Entry {
    let begin: DateTime<Utc> = DateTime::UNIX_EPOCH + TimeDelta::milliseconds(at);
    let mut entry = Entry::new(begin);
    entry.number = number;
    entry.service = Some("s");
    entry.url = "/s/1".into();
    entry.status = Some(200);
    entry.ending.set(TimeDelta::milliseconds(took), false);
    entry
}

fn names(entries: Vec<Entry>) -> Vec<&'static str> {
    let entries: Vec<Arc<Entry>> = entries.into_iter().map(Arc::new).collect();
    judge(&entries, &all(&[])).iter().map(|finding| finding.conduct.name).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Calls one after the other never overlap, however fast they are.
    #[test]
    fn a_client_with_one_call_at_a_time_is_never_told_of_too_many(calls in prop::collection::vec((0_i64..50, 0_i64..500), 1..60)) {
        let mut at = 0;
        let mut entries = Vec::new();
        for (number, (pause, took)) in calls.into_iter().enumerate() {
            entries.push(call(number as u64 + 1, at + pause, took));
            at += pause + took;
        }
        prop_assert!(!names(entries).contains(&"more-than-five-at-once"));
    }

    /// Six that run at the same instant are always found, in whatever order they ended; five never.
    #[test]
    fn six_at_once_are_always_found(begins in prop::collection::vec(0_i64..100, 6..20), more in 1_i64..500) {
        let together = |begins: &[i64]| {
            // All run at 100 ms.
            let one = |(number, begin): (usize, &i64)| call(number as u64 + 1, *begin, 100 - begin + more);
            names(begins.iter().enumerate().map(one).collect())
        };
        prop_assert!(together(&begins).contains(&"more-than-five-at-once"));
        prop_assert!(!together(&begins[..5]).contains(&"more-than-five-at-once"));
    }

    /// A client that waits ten seconds before each attempt, and never repeats what was refused, is told of no retry.
    #[test]
    fn a_patient_client_is_told_of_no_retry(statuses in prop::collection::vec(prop::sample::select(vec![200_u16, 500, 502, 503]), 1..20)) {
        let entries = (0..).zip(1..).zip(&statuses).map(|((at, number), status): ((i64, u64), &u16)| {
            let mut entry = call(number, at * 10_500, 400);
            entry.status = Some(*status);
            entry
        });
        let found = names(entries.collect());
        prop_assert!(!found.iter().any(|name| name.contains("retr")), "{:?}", found);
    }

    /// An attempt right after a failure is always found, whatever calls of other clients lie between.
    #[test]
    fn an_attempt_at_once_is_always_found(status in prop::option::of(500_u16..600), wait in 0_i64..499, others in 0_u64..20) {
        let (mut one, next) = (call(1, 0, 20), call(2 + others, 20 + wait, 20));
        one.status = status;
        let between = (0..others).map(|other| {
            let mut entry = call(2 + other, 21, 0);
            entry.url = format!("/other/{other}").into();
            entry
        });
        let entries: Vec<Entry> = [one].into_iter().chain(between).chain([next]).collect();
        prop_assert!(names(entries).contains(&"5xx-retried-at-once"));
    }

    /// Findings do not depend on the order in which entries were written.
    #[test]
    fn the_order_of_writing_does_not_matter(
        calls in prop::collection::vec((0_i64..5000, 0_i64..900, prop::sample::select(vec![200_u16, 404, 429, 500])), 1..30),
        seed in any::<u64>(),
    ) {
        let make = || calls.iter().enumerate().map(|(number, (at, took, status))| {
            let mut entry = call(number as u64 + 1, *at, *took);
            entry.status = Some(*status);
            if *status == 429 {
                entry.fault = Some(Fault::TooMany(std::time::Duration::from_secs(2)));
            }
            entry
        }).collect::<Vec<_>>();
        let mut shuffled = make();
        shuffled.sort_by_key(|entry| entry.number.wrapping_mul(seed | 1));
        prop_assert_eq!(names(make()), names(shuffled));
    }

    /// One token for all calls is never too many; a token for each of four calls always is.
    #[test]
    fn tokens(count in 4_u64..30, left in 20_i64..119, step in 1_i64..5000) {
        let with = |mark: fn(u64) -> u64| (1..=count).zip(0_i64..).map(|(number, at)| {
            let mut entry = call(number, at * step, 0);
            entry.token = Some(TokenFacts { mark: mark(number), left: Some(left) });
            entry
        }).collect::<Vec<_>>();
        prop_assert!(!names(with(|_| 1)).contains(&"token-for-every-call"));
        prop_assert!(names(with(|number| number)).contains(&"token-for-every-call"));
    }
}

#[test]
fn every_kind_has_a_name_of_its_own_and_a_labelled_source() {
    let kinds = all(&[]);
    for (at, kind) in kinds.iter().enumerate() {
        assert!(kinds[..at].iter().all(|other| other.name != kind.name), "{}", kind.name);
        let label = kind.source.split(':').next().unwrap_or_default();
        assert!(["published", "observed", "chosen"].contains(&label), "{}", kind.source);
    }
}
