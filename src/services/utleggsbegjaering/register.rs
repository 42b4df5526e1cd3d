//! The register of parties: what the scenarios say of a number, above what the number says by itself.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::section::Partsdata;
use crate::domain::begjaering::{Oppfoering, Register, Registerstatus, SyntetiskRegister};
use crate::domain::saksgang::betjeningskart::{self, Regelverk, Unntak};
use crate::scenario::ScenarioSet;

/// The register that a call sees.
pub(super) struct Scenarioregister<'a> {
    pub(super) scenarios: &'a ScenarioSet,
    /// What the session says of the rules that a number is under.
    pub(super) unntak: &'a BTreeMap<String, Vec<Unntak>>,
    pub(super) dag: NaiveDate,
}

impl Register for Scenarioregister<'_> {
    fn oppslag(&self, nummer: &str) -> Oppfoering {
        let by_number = SyntetiskRegister.oppslag(nummer);
        let party = nummer.parse().ok().and_then(|part| self.scenarios.get(part));
        let data = party.and_then(|party| party.sections.get::<Partsdata>());
        let gammelt = data.and_then(|data| data.gammelt_regelverk).unwrap_or(by_number.gammelt_regelverk);
        // What the session says comes after what the scenario says, and so wins.
        let of_scenario = data.map_or(&[][..], |data| &data.regelverk);
        let of_session = self.unntak.get(nummer).map_or(&[][..], Vec::as_slice);
        let in_population = nummer.parse().ok().is_some_and(|part| party.is_none() && self.scenarios.er_enk(part));
        let by_population = in_population.then_some(Registerstatus::Enk);
        let rules = betjeningskart::regelverk(gammelt, &[of_scenario, of_session].concat(), self.dag);
        Oppfoering {
            status: data.and_then(|data| data.register).or(by_population).unwrap_or(by_number.status),
            gammelt_regelverk: rules == Regelverk::Gammelt,
        }
    }
}
