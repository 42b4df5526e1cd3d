//! Counts how often each scenario flag was used.

use std::collections::HashMap;

use parking_lot::Mutex;

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

    /// Counts one use. False if the flag is used up: another call may have taken the last use meanwhile.
    pub(crate) fn use_once(&self, part: Part, index: usize, feil: &Feil) -> bool {
        let Some(times) = feil.ganger else {
            return true;
        };
        let mut counts = self.0.lock();
        let count = counts.entry((part, index)).or_default();
        let left = *count < times;
        *count += u32::from(left);
        left
    }

    fn used(&self, part: Part, index: usize) -> u32 {
        self.0.lock().get(&(part, index)).copied().unwrap_or_default()
    }

    /// Keeps the counts of parties whose flags are the same in both sets, and forgets the others.
    pub(crate) fn keep_unchanged(&self, old: &ScenarioSet, new: &ScenarioSet) {
        let same = |part: Part| old.get(part).zip(new.get(part)).is_some_and(|(old, new)| old.feil == new.feil);
        self.0.lock().retain(|(part, _), _| same(*part));
    }
}
