//! What a session has tried: a counter for each cell.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use super::universe::{Place, Universe};
use super::{PartyState, TokenKind};
use crate::catalogue::{Edition, Endpoint, Service};
use crate::faults::effects::{Drift, Fault};

/// A cell that was met without being asked for has this bit. The others count.
const NATURAL: u32 = 1 << 31;

/// What one call has tried.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trial<'t> {
    /// The number of its package among those of the service.
    pub(crate) package: Option<usize>,
    /// The edition and the format (XML or not) of a success.
    pub(crate) answer: Option<(Edition, bool)>,
    pub(crate) code: Option<&'static str>,
    /// The rules that what was sent broke.
    pub(crate) rules: Vec<&'t str>,
    pub(crate) token: Option<TokenKind>,
    pub(crate) party: Option<PartyState>,
    /// The state of a case that the answer shows.
    pub(crate) case: Option<&'static str>,
    pub(crate) fault: Option<Fault>,
    pub(crate) is_delayed: bool,
    pub(crate) drift: Option<Drift>,
    /// The service itself gave the answer; nobody asked for it.
    pub(crate) is_natural: bool,
}

/// What a session has tried. It takes no memory before the first call.
#[derive(Default)]
pub(crate) struct Tried(OnceLock<Box<[AtomicU32]>>);

impl Tried {
    /// Counts a call.
    pub(crate) fn count(
        &self,
        universe: &Universe,
        service: &'static Service,
        endpoint: Option<&'static Endpoint>,
        trial: &Trial<'_>,
    ) {
        let counters = self.0.get_or_init(|| (0..universe.len()).map(|_| AtomicU32::new(0)).collect());
        let met = |cell: Option<usize>, natural: bool| {
            let Some(counter) = cell.and_then(|cell| counters.get(cell)) else { return };
            let more = |was: u32| {
                let count = (was & !NATURAL).saturating_add(1).min(NATURAL - 1);
                Some(count | (was & NATURAL) | if natural { NATURAL } else { 0 })
            };
            let _ = counter.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
        };
        if let Some(code) = trial.code {
            met(universe.other_url(service, code), trial.is_natural);
        }
        let Some(place) = endpoint.and_then(|endpoint| universe.place(service, endpoint)) else { return };
        trial.cells(place, met);
    }

    /// Forgets all.
    pub(crate) fn clear(&self) {
        for counter in self.0.get().into_iter().flatten() {
            counter.store(0, Ordering::Relaxed);
        }
    }
}

impl Trial<'_> {
    fn cells(&self, place: &Place, met: impl Fn(Option<usize>, bool)) {
        let natural = self.is_natural;
        if let Some((edition, xml)) = self.answer {
            met(place.answer(self.package, edition, xml), natural);
        }
        if let Some(code) = self.code {
            met(place.code(code), natural);
        }
        for rule in &self.rules {
            met(place.rule(rule), natural);
        }
        if let Some(token) = self.token {
            met(place.token(token), true);
        }
        if let Some(party) = self.party {
            met(place.party(party), true);
        }
        if let Some(case) = self.case {
            met(place.case(case), true);
        }
        if let Some(fault) = self.fault {
            met(place.fault(fault.name()), false);
        }
        if self.is_delayed {
            met(place.fault("delay"), false);
        }
        if let Some(drift) = self.drift {
            for (number, on) in [drift.fields, drift.order, drift.optional].into_iter().enumerate() {
                if on {
                    met(place.drift(number), false);
                }
            }
        }
    }
}

/// How often each cell was met, in the order of the cells.
#[derive(Clone, Debug)]
pub(crate) struct Counts(Vec<u32>);

impl Counts {
    pub(crate) fn none(universe: &Universe) -> Self {
        Self(vec![0; universe.len()])
    }

    /// Adds what another session has tried.
    pub(crate) fn add(&mut self, tried: &Tried) {
        let counters = tried.0.get().map_or(&[][..], |counters| counters);
        for (sum, counter) in self.0.iter_mut().zip(counters) {
            let value = counter.load(Ordering::Relaxed);
            let count = (*sum & !NATURAL).saturating_add(value & !NATURAL).min(NATURAL - 1);
            *sum = count | ((*sum | value) & NATURAL);
        }
    }

    /// How often a cell was met.
    pub(crate) fn of(&self, cell: usize) -> u32 {
        self.0.get(cell).map_or(0, |value| value & !NATURAL)
    }

    /// Whether a cell was met without being asked for.
    pub(crate) fn was_natural(&self, cell: usize) -> bool {
        self.0.get(cell).is_some_and(|value| value & NATURAL != 0)
    }
}
