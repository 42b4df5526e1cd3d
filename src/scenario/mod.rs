//! Scenarios: YAML files, one a party, read strictly into the domain.
//!
//! [`mod@format`] is the file format, [`sources`] finds files (built in or in a folder), `resolve`
//! turns one into a party on a base date, [`loading`] puts a set together, and [`problems`] tells
//! all that is wrong at once.

pub(crate) mod format;
pub mod loading;
pub mod problems;
pub mod snapshot;
pub mod sources;

mod positions;
pub(crate) mod resolve;
pub(crate) mod scalar;
pub(crate) mod section;

use std::sync::Arc;

use chrono::NaiveDate;
use rustc_hash::FxHashMap;

use crate::catalogue::{Edition, Endpoint, Service};
use crate::domain::identifikator::Part;
use crate::domain::reskontro::Reskontro;
use crate::faults::effects::Effects;
use problems::Problem;
pub(crate) use scalar::YEARS;
use section::Sections;

/// The parties of the sandbox on a base date, by number.
#[derive(Clone, Debug, Default)]
pub struct ScenarioSet {
    parties: FxHashMap<Part, Arc<Party>>,
    /// The party that is meant where nobody says one, by the name of the service.
    defaults: Vec<(&'static str, Part)>,
    /// What is odd about the set, but did not keep it from loading.
    pub warnings: Vec<Problem>,
}

impl ScenarioSet {
    /// The party of a number.
    pub fn get(&self, part: Part) -> Option<&Arc<Party>> {
        self.parties.get(&part)
    }

    /// The party that is meant at a service where nobody says one, if a scenario names it.
    pub fn default_party(&self, service: &Service) -> Option<Part> {
        self.defaults.iter().find(|(name, _)| *name == service.name).map(|(_, part)| *part)
    }

    /// This set with the parties of another, which win where both have one.
    #[must_use]
    pub(crate) fn with(&self, own: &Self) -> Self {
        let mut both = self.clone();
        both.parties.extend(own.parties.iter().map(|(part, party)| (*part, Arc::clone(party))));
        // A default that is replaced is none any more, unless its new description says so.
        let own_has = |name: &str| own.defaults.iter().any(|(service, _)| *service == name);
        both.defaults.retain(|(name, part)| !own.parties.contains_key(part) && !own_has(name));
        both.defaults.extend(&own.defaults);
        both.warnings.extend(own.warnings.iter().cloned());
        both
    }

    /// All parties, ordered by their number as text.
    pub fn parties(&self) -> Vec<&Arc<Party>> {
        let mut parties: Vec<_> = self.parties.values().collect();
        parties.sort_by_cached_key(|party| party.part.to_string());
        parties
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.parties.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.parties.is_empty()
    }
}

/// A party of the sandbox.
#[derive(Debug)]
pub struct Party {
    /// Its number.
    pub part: Part,
    /// Its name.
    pub navn: Box<str>,
    /// One line on what it is good for.
    pub beskrivelse: Option<Box<str>>,
    /// The owner of a sole proprietorship.
    pub innehaver: Option<Part>,
    /// The edition it answers in unless the caller asks for another.
    pub utgave: Option<Edition>,
    /// Answers are emptied.
    pub skjermet: bool,
    /// Its claims and payments.
    pub reskontro: Reskontro,
    /// What it has of the sections that services add to the format.
    pub(crate) sections: Sections,
    /// Literal answers, the first that fits wins.
    pub svar: Vec<Svar>,
    /// Faults its calls meet, the first that fits and is not used up wins.
    pub feil: Vec<Feil>,
    /// The file it was described in, relative to its folder; built-in ones start with `builtin/`.
    pub kilde: Arc<str>,
    /// The same as a header's value, made when it is first needed.
    pub(crate) kilde_header: std::sync::OnceLock<http::HeaderValue>,
}

/// A literal answer.
#[derive(Debug)]
pub struct Svar {
    /// The service it answers for.
    pub service: &'static Service,
    /// The endpoint it answers for.
    pub endpoint: &'static Endpoint,
    /// Only in this edition.
    pub edition: Option<Edition>,
    /// Only under this package.
    pub package: Option<Box<str>>,
    /// Only for this period.
    pub periode: Option<(NaiveDate, NaiveDate)>,
    /// The answer; always a JSON object.
    pub innhold: serde_json::Value,
    /// Where it stands, in case that it must be complained of: it gives no reason for being literal.
    pub(crate) uten_begrunnelse: Option<problems::Spotted>,
}

/// A scenario flag: a fault that a party's calls meet.
#[derive(Debug, PartialEq)]
pub struct Feil {
    /// The service it belongs to.
    pub service: &'static Service,
    /// Only at this endpoint.
    pub endpoint: Option<&'static Endpoint>,
    /// What its calls meet.
    pub effects: Effects,
    /// How many calls meet it; all where nothing is said.
    pub ganger: Option<u32>,
}
