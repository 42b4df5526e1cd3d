//! Puts the parties of all files together, in the order of the files.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;

use super::ScenarioSet;
use super::budget::Budget;
use super::format::ScenarioFormat;
use super::later::{Entry, Head, Later};
use super::loading::{Contents, LoadError, Outcome};
use super::problems::{MOST_OF_A_SET, ProblemList, Problems};
use super::resolve::Resolved;
use crate::domain::identifikator::Part;

/// A set that is being made.
pub(super) struct Merging<'s> {
    set: ScenarioSet,
    found: ProblemList,
    claims: usize,
    max_claims: usize,
    budget: &'s Arc<Budget>,
    /// The parties of the source at hand, with their files.
    described: HashMap<Part, Arc<str>>,
    /// The file of the source at hand that describes the population.
    population: Option<Arc<str>>,
}

impl<'s> Merging<'s> {
    pub(super) fn new(snapshot: &'s super::snapshot::Snapshot, base: NaiveDate) -> Self {
        Self {
            set: ScenarioSet { base, ..ScenarioSet::default() },
            found: ProblemList::new(MOST_OF_A_SET),
            claims: 0,
            max_claims: snapshot.max_claims,
            budget: &snapshot.budget,
            described: HashMap::new(),
            population: None,
        }
    }

    /// The files of the next source follow.
    pub(super) fn begin_source(&mut self) {
        self.described.clear();
        self.population = None;
    }

    /// Adds what came of a file.
    ///
    /// # Errors
    /// There are too many claims.
    pub(super) fn add(&mut self, outcome: Outcome, format: &'static ScenarioFormat) -> Result<(), LoadError> {
        let (contents, mut problems) = match outcome {
            Outcome::Builtin(head, name) => {
                self.add_builtin(head, &name, format);
                return Ok(());
            }
            Outcome::Same(party) => {
                let name = party.name();
                (Some(Contents::OfText(party)), Problems::of_file(name, Arc::default(), 0))
            }
            Outcome::Read(contents, problems) => (contents, problems),
        };
        match contents {
            Some(Contents::Population(oenske)) => {
                if let Some(earlier) = self.population.replace(problems.file()) {
                    problems.error("befolkning", format!("the population is described in {earlier} already"));
                }
                self.set.oenske = Some(oenske);
            }
            Some(Contents::OfText(party)) => {
                let (part, entry) = (party.part, Entry::OfText(party));
                self.add_party(part, entry, &mut problems);
            }
            Some(Contents::Party(resolved)) => {
                let Resolved { party, defaults } = *resolved;
                let part = party.part;
                self.add_party(part, Entry::Ready(Arc::new(party)), &mut problems);
                for section in defaults {
                    let name = section.service().name;
                    let rival = self.set.default_party(section.service());
                    let rival = rival.filter(|rival| self.described.contains_key(rival));
                    if let (Some(rival), Some((key, what))) = (rival, section.default_key()) {
                        problems.error(key, format!("{rival} is the {what} already"));
                    }
                    self.set.defaults.retain(|(service, _)| *service != name);
                    self.set.defaults.push((name, part));
                }
            }
            None => {}
        }
        if self.claims > self.max_claims {
            let most = self.max_claims;
            problems.error("part", format!("there are more than {most} claims, payments and orders in all"));
            self.found.extend(problems.finish());
            return Err(LoadError::Problems(std::mem::replace(&mut self.found, ProblemList::new(0)).finish()));
        }
        self.found.extend(problems.finish());
        Ok(())
    }

    fn add_builtin(&mut self, head: Head, name: &Arc<str>, format: &'static ScenarioFormat) {
        for section in &format.sections {
            if section.default_key().is_some_and(|(key, _)| head.has_default(key)) {
                let name = section.service().name;
                self.set.defaults.retain(|(service, _)| *service != name);
                self.set.defaults.push((name, head.part));
            }
        }
        let entry = Later::new(head, name, format, self.set.base, self.budget);
        self.set.parties.insert(head.part, Entry::Later(Arc::new(entry)));
    }

    fn add_party(&mut self, part: Part, entry: Entry, problems: &mut Problems) {
        self.claims += entry.held();
        if let Some(earlier) = self.described.insert(part, problems.file()) {
            problems.error("part", format!("party {part} is described in {earlier} already"));
        }
        // If this party replaces one of an earlier source, that one is no default party any more.
        self.set.defaults.retain(|(_, default)| *default != part);
        self.set.parties.insert(part, entry);
    }

    /// The set.
    ///
    /// # Errors
    /// A file had an error.
    pub(super) fn finish(mut self) -> Result<ScenarioSet, LoadError> {
        if self.found.has_errors() {
            return Err(LoadError::Problems(self.found.finish()));
        }
        self.set.warnings = self.found.finish();
        Ok(self.set)
    }
}
