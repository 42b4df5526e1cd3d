//! Counts how often each scenario flag was used.

use std::collections::HashMap;

use parking_lot::Mutex;

use super::events::FlagPlace;
use crate::catalogue::{Endpoint, Service};
use crate::domain::identifikator::Part;
use crate::scenario::{Feil, Party, ScenarioSet};

/// How often each flag with a limit (`ganger`) was used, by party and by its place in the party's list.
#[derive(Debug, Default)]
pub(crate) struct FlagCounters(Mutex<HashMap<(Part, usize), u32>>);

impl FlagCounters {
    /// The flags of a party that match a call and are not used up, in the order of the file.
    pub(crate) fn unused<'p>(
        &self,
        party: &'p Party,
        service: &'static Service,
        endpoint: Option<&'static Endpoint>,
    ) -> Vec<(usize, &'p Feil)> {
        let fits = |(index, feil): &(usize, &Feil)| {
            feil.service == service
                && feil.endpoint.is_none_or(|only| endpoint.is_some_and(|endpoint| endpoint.name == only.name))
                && feil.ganger.is_none_or(|times| self.used(party.part, *index) < times)
        };
        party.feil.iter().enumerate().filter(fits).collect()
    }

    /// Whether the flag can be used: another call may have taken the last use meanwhile.
    pub(super) fn is_left(&self, part: Part, index: usize, times: u32) -> bool {
        self.used(part, index) < times
    }

    /// Counts one use.
    pub(super) fn count(&self, part: Part, index: usize) {
        *self.0.lock().entry((part, index)).or_default() += 1;
    }

    fn used(&self, part: Part, index: usize) -> u32 {
        self.0.lock().get(&(part, index)).copied().unwrap_or_default()
    }

    /// The counts of parties whose flags are not the same in both sets.
    pub(super) fn changed(&self, old: &ScenarioSet, new: &ScenarioSet) -> Vec<FlagPlace> {
        let same = |part: Part| old.get(part).zip(new.get(part)).is_some_and(|(old, new)| old.feil == new.feil);
        let counts = self.0.lock();
        let mut changed: Vec<_> = counts.keys().filter(|(part, _)| !same(*part)).copied().collect();
        changed.sort_unstable();
        changed.into_iter().map(|(party, flag)| FlagPlace { party, flag }).collect()
    }

    /// Forgets counts.
    pub(super) fn forget(&self, places: &[FlagPlace]) {
        if !places.is_empty() {
            let mut counts = self.0.lock();
            counts.retain(|(party, flag), _| !places.iter().any(|it| it.party == *party && it.flag == *flag));
        }
    }
}
