//! Scenarios: YAML files, one for each party, read strictly into the domain.
//!
//! `format` is the file format, [`sources`] finds files (built in or in a `folder`), `limits` and `counted` refuse texts
//! that cost more than their bytes, `resolve` turns a file into a party on a base date, [`budget`] counts what all
//! parties hold, [`loading`] puts a set together, and [`problems`] reports the problems.

pub(crate) mod befolkning;
pub mod budget;
mod counted;
pub(crate) mod folder;
pub(crate) mod format;
mod later;
mod limits;
pub mod loading;
mod merging;
mod mot_andre;
mod parallel;
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
use smol_str::SmolStr;

use crate::catalogue::{Edition, Endpoint, Service};
use crate::domain::identifikator::Part;
use crate::domain::reskontro::Reskontro;
use crate::faults::effects::Effects;
use befolkning::{Befolkning, Oenske, Profil};
use later::Entry;
use problems::Problem;
pub(crate) use scalar::YEARS;
use section::Sections;

/// The parties of the sandbox on a base date, by number.
#[derive(Clone, Debug, Default)]
pub struct ScenarioSet {
    parties: FxHashMap<Part, Entry>,
    /// The party of a call that names none, by the name of the service.
    defaults: Vec<(&'static str, Part)>,
    /// Problems of the set that do not keep it from loading.
    pub warnings: Vec<Problem>,
    /// The base date.
    pub(crate) base: NaiveDate,
    /// What a file says of the parties that no scenario describes.
    pub(crate) oenske: Option<Oenske>,
    /// The parties that no scenario describes, if there are any.
    pub(crate) befolkning: Option<Arc<Befolkning>>,
}

impl ScenarioSet {
    /// The party with a number, where a scenario describes it.
    pub fn get(&self, part: Part) -> Option<&Arc<Party>> {
        self.parties.get(&part)?.party()
    }

    /// Who employs a person, where the population says so.
    pub(crate) fn arbeidsgiver(&self, part: Part) -> Option<Part> {
        self.befolkning.as_ref()?.arbeidsgiver(part)
    }

    /// Whether an organisation is a sole proprietorship of the population.
    pub(crate) fn er_enk(&self, part: Part) -> bool {
        self.befolkning.as_ref().is_some_and(|population| population.er_enk(part))
    }

    /// The party with a number, as it is told on a day: that of a scenario, otherwise that of the population.
    pub(crate) fn party(&self, part: Part, day: NaiveDate) -> Option<Arc<Party>> {
        self.get(part).cloned().or_else(|| self.befolkning.as_ref()?.part(part, day))
    }

    /// The same, for an answer that shows only so much of its ledger.
    pub(crate) fn party_with(&self, part: Part, day: NaiveDate, omfang: Omfang) -> Option<Arc<Party>> {
        match omfang {
            Omfang::Alt => self.party(part, day),
            Omfang::Aapent => self.get(part).cloned().or_else(|| self.befolkning.as_ref()?.part_med_aapent(part, day)),
        }
    }

    /// The party of a call to a service that names none, if a scenario has one.
    pub fn default_party(&self, service: &Service) -> Option<Part> {
        self.defaults.iter().find(|(name, _)| *name == service.name).map(|(_, part)| *part)
    }

    /// This set with the parties of another set. If both have a party, the other set wins.
    #[must_use]
    pub(crate) fn with(&self, own: &Self) -> Self {
        let mut both = self.clone();
        both.parties.extend(own.parties.iter().map(|(part, entry)| (*part, entry.clone())));
        // A default party that is replaced stays the default only if its new scenario says so.
        let own_has = |name: &str| own.defaults.iter().any(|(service, _)| *service == name);
        both.defaults.retain(|(name, part)| !own.parties.contains_key(part) && !own_has(name));
        both.defaults.extend(&own.defaults);
        both.oenske = own.oenske.clone().or(both.oenske);
        both.warnings.extend(own.warnings.iter().cloned());
        both
    }

    /// All parties, ordered by their number as text.
    pub fn parties(&self) -> Vec<&Arc<Party>> {
        self.resolved(|_| true)
    }

    /// The parties that may have literal answers, or data of services. Those that cannot have any are left out without being
    /// resolved.
    pub(crate) fn parties_with_more(&self) -> Vec<&Arc<Party>> {
        self.resolved(|entry| !matches!(entry, Entry::OfText(_)))
    }

    fn resolved(&self, which: fn(&Entry) -> bool) -> Vec<&Arc<Party>> {
        let mut parties: Vec<_> = self.parties.values().filter(|entry| which(entry)).filter_map(Entry::party).collect();
        parties.sort_by_cached_key(|party| party.part.to_string());
        parties
    }

    /// The numbers of all parties, ordered as texts.
    pub(crate) fn numbers(&self) -> Vec<String> {
        let mut numbers: Vec<String> = self.parties.keys().map(ToString::to_string).collect();
        numbers.sort();
        numbers
    }

    /// The number, the name and the description of all parties, ordered by number. No party is resolved for it.
    pub(crate) fn heads(&self) -> Vec<(String, &str, &str)> {
        let mut heads: Vec<_> = self.parties.iter().map(|(part, entry)| entry.head(*part)).collect();
        heads.sort();
        heads
    }

    /// How many entries of the budget its parties hold.
    pub(crate) fn entries(&self) -> usize {
        self.parties.values().map(Entry::held).sum()
    }

    /// The number of parties.
    pub fn len(&self) -> usize {
        self.parties.len()
    }

    /// Whether there are no parties.
    pub fn is_empty(&self) -> bool {
        self.parties.is_empty()
    }
}

/// How much of a party's ledger an answer shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Omfang {
    /// All of it, and the data of services.
    #[default]
    Alt,
    /// What is open on the day: open claims, unallocated payments, and sums of them. A party of the population is then made
    /// without the rest, which is most of it.
    Aapent,
}

/// Whether a party is a shielded person, and what its answers keep.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Skjerming {
    /// It is not.
    #[default]
    Ingen,
    /// Its answers keep nothing.
    Hel,
    /// Its answers keep the sums.
    Delvis,
}

impl Skjerming {
    /// Whether the party is a shielded person.
    pub const fn is_shielded(self) -> bool {
        !matches!(self, Self::Ingen)
    }
}

/// A party of the sandbox.
#[derive(Debug)]
pub struct Party {
    /// Its number.
    pub part: Part,
    /// Its name.
    pub navn: SmolStr,
    /// One line that describes what it is good for.
    pub beskrivelse: Option<SmolStr>,
    /// The owner of a sole proprietorship.
    pub innehaver: Option<Part>,
    /// The edition of the answers about it, unless the caller asks for another one.
    pub utgave: Option<Edition>,
    /// Whether it is a shielded person.
    pub skjermet: Skjerming,
    /// Its claims and payments.
    pub reskontro: Reskontro,
    /// Its data from the sections that services add to the format.
    pub(crate) sections: Sections,
    /// Literal answers. The first that matches a call wins.
    pub svar: Vec<Svar>,
    /// Faults of calls about it. The first that matches a call and is not used up wins.
    pub feil: Vec<Feil>,
    /// The file that describes it, relative to its folder. Built-in files start with `builtin/`.
    pub kilde: Arc<str>,
    /// What it is like, if it is made from an archetype.
    pub(crate) profil: Option<Profil>,
    /// What it takes of the budget of the process.
    pub(crate) share: budget::Share,
    /// `kilde` as a header value. It is built when it is first needed.
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
    pub package: Option<SmolStr>,
    /// Only for this period.
    pub periode: Option<(NaiveDate, NaiveDate)>,
    /// The name of its file.
    pub fil: Arc<str>,
    /// The answer. It is always a JSON object.
    pub innhold: serde_json::Value,
    /// Its place in the file if it has no `begrunnelse`, for a warning when it contradicts the ledger.
    pub(crate) uten_begrunnelse: Option<problems::FilePlace>,
}

/// A scenario flag: a fault of the calls about a party.
#[derive(Debug, PartialEq)]
pub struct Feil {
    /// The service it belongs to.
    pub service: &'static Service,
    /// Only at this endpoint.
    pub endpoint: Option<&'static Endpoint>,
    /// What happens to the calls.
    pub effects: Effects,
    /// How many calls get it. `None` for all calls.
    pub ganger: Option<u32>,
}
