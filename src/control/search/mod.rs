//! Searches for parties, over the scenarios and the population: `overdue > 50000 and payout within 30d`.
//! docs/population.md describes the language.

mod facts;
mod foreknown;
mod language;
mod wrong;

use std::sync::Arc;
use std::thread;

use chrono::NaiveDate;

use crate::domain::identifikator::Part;
use crate::scenario::befolkning::Befolkning;
use crate::scenario::{Party, ScenarioSet};
use facts::Facts;
use foreknown::Foreknown;
pub(crate) use language::Where;
pub(crate) use wrong::Wrong;

/// How many parties of a population one search looks at, if nobody says otherwise.
pub(crate) const MOST_SEARCHED: usize = 100_000;

/// How many parties one search finds, if nobody says otherwise.
pub(crate) const FIRST: usize = 20;

/// The most parties that one search of the control API finds.
pub(crate) const MOST_FOUND: usize = 1_000;

/// So many numbers are shared out among the threads at a time.
const BATCH: usize = 2_048;

/// The most threads of one search.
const MOST_THREADS: usize = 4;

/// What a search found.
pub(crate) struct Found {
    /// The parties, those of the scenarios first.
    pub(crate) parties: Vec<Arc<Party>>,
    /// How many parties were looked at.
    pub(crate) searched: usize,
}

/// The first parties that a condition fits, as they are on a day. Slow: it belongs on a thread that answers no calls.
pub(crate) fn search(
    scenarios: &ScenarioSet,
    condition: &Where,
    day: NaiveDate,
    (first, most): (usize, usize),
) -> Found {
    let mut found = Found { parties: Vec::new(), searched: 0 };
    for party in scenarios.parties() {
        found.searched += 1;
        if found.parties.len() < first && condition.holds(&Facts::new(party, day)) {
            found.parties.push(Arc::clone(party));
        }
    }
    if let Some(population) = &scenarios.befolkning {
        // Scenarios win, so their numbers are no parties of the population.
        let numbers = population.numre().filter(|part| scenarios.get(*part).is_none());
        in_population(population, numbers, condition, day, (first, most), &mut found);
    }
    found
}

fn in_population(
    population: &Befolkning,
    numbers: impl Iterator<Item = Part>,
    condition: &Where,
    day: NaiveDate,
    (first, most): (usize, usize),
    found: &mut Found,
) {
    let threads = thread::available_parallelism().map_or(1, |threads| threads.get().min(MOST_THREADS));
    let mut numbers = numbers.take(most);
    loop {
        let batch: Vec<Part> = numbers.by_ref().take(BATCH).collect();
        if batch.is_empty() || found.parties.len() >= first {
            return;
        }
        found.searched += batch.len();
        let look = |part: &Part| {
            // What is quickest to make comes first.
            let part = *part;
            let profil = population.profil(part)?;
            let is_ruled_out =
                |utkast, aapent| condition.known(Foreknown { part, profil, utkast, aapent }) == Some(false);
            if is_ruled_out(None, None) {
                return None;
            }
            let utkast = population.utkast(part, day)?;
            if is_ruled_out(Some(&utkast), None) {
                return None;
            }
            let aapent = population.lag_aapent(part, day)?;
            if is_ruled_out(Some(&utkast), Some(&Facts::new(&aapent, day))) {
                return None;
            }
            let party = population.lag_av(utkast, day)?;
            condition.holds(&Facts::new(&party, day)).then(|| Arc::new(party))
        };
        let chunks = batch.chunks(batch.len().div_ceil(threads));
        let parts: Vec<Vec<Arc<Party>>> = thread::scope(|scope| {
            let running: Vec<_> =
                chunks.map(|chunk| scope.spawn(move || chunk.iter().filter_map(look).collect())).collect();
            // A thread that panicked found nothing.
            running.into_iter().map(|thread| thread.join().unwrap_or_default()).collect()
        });
        let room = first - found.parties.len();
        found.parties.extend(parts.into_iter().flatten().take(room));
    }
}
