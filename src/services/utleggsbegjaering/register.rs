//! The register of parties: what the scenarios say of a number, above what the number says by itself.

use super::section::Partsdata;
use crate::domain::begjaering::{Oppfoering, Register, SyntetiskRegister};
use crate::scenario::ScenarioSet;

/// The register that a call sees.
pub(super) struct Scenarioregister<'a>(pub(super) &'a ScenarioSet);

impl Register for Scenarioregister<'_> {
    fn oppslag(&self, nummer: &str) -> Oppfoering {
        let by_number = SyntetiskRegister.oppslag(nummer);
        let party = nummer.parse().ok().and_then(|part| self.0.get(part));
        match party.and_then(|party| party.sections.get::<Partsdata>()) {
            Some(data) => Oppfoering {
                status: data.register.unwrap_or(by_number.status),
                gammelt_regelverk: data.gammelt_regelverk.unwrap_or(by_number.gammelt_regelverk),
            },
            None => by_number,
        }
    }
}
