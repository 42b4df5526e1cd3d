//! A population: a party for each synthetic number, made from the number and a seed when it is first asked for. It is
//! described as an author would describe it, in the types of the scenario format, and resolved as scenarios are.
//! Nothing is kept but a bounded number of parties. Imitates docs/fidelity.md, "Population".

mod eksport;
mod folk;
mod gjeld;
mod mulig;
mod oppskrift;
mod organisasjon;
mod person;
#[cfg(test)]
mod proever;
mod profil;
mod stoerrelse;
mod tall;
mod tid;
mod utfylling;
mod valg;

use std::hash::BuildHasherDefault;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::NaiveDate;
use quick_cache::Weighter;
use quick_cache::sync::{Cache, DefaultLifecycle};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rustc_hash::FxHasher;

use super::Party;
use super::budget::Budget;
use super::format::{PartDocument, ScenarioFormat};
use super::problems::Problems;
use super::resolve;
use super::scalar::{PartNumber, Skjermet};
use crate::domain::identifikator::{Kontonummer, Part};
use crate::domain::navn;
pub(crate) use folk::{Antall, MOST_ORGANISATIONS, Valg};
use folk::{Folk, Organisasjon, Person, anker, spoersmaal};
pub(crate) use gjeld::Gjeld;
use organisasjon::Oppgave;
pub(crate) use profil::Profil;
use tid::{SPAN, Tid};
pub(crate) use utfylling::utfyll;
pub(crate) use valg::{BefolkningEntry, Oenske};

/// The room for parties that are kept, in bytes as [`Vekt`] reckons them.
const KEPT: u64 = 8 * 1024 * 1024;

/// What a party takes beside its entries, and what an entry takes with its payment; roughly, in bytes.
const OF_PARTY: u64 = 2_048;
const OF_ENTRY: u64 = 900;

/// A kept party: the number of the population, the party, and the quarter that it was made for, or the day whose open claims
/// it has.
type Noekkel = (u64, Part, Ledger);

/// Which ledger of a party is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Ledger {
    /// That of the quarter which begins on this day.
    Kvartal(NaiveDate),
    /// What is open on this day.
    Aapent(NaiveDate),
}

#[derive(Clone)]
struct Vekt;

impl Weighter<Noekkel, Arc<Party>> for Vekt {
    fn weight(&self, _: &Noekkel, party: &Arc<Party>) -> u64 {
        OF_PARTY + OF_ENTRY * party.share.held() as u64
    }
}

/// The parties that all populations of a process keep. Their number is bounded by the memory that they take.
#[derive(Clone)]
pub(crate) struct Kjente {
    parties: Arc<Cache<Noekkel, Arc<Party>, Vekt, BuildHasherDefault<FxHasher>>>,
    populations: Arc<AtomicU64>,
}

impl Kjente {
    /// Room for some parties.
    pub(crate) fn new() -> Self {
        let parties = Cache::with(64, KEPT, Vekt, BuildHasherDefault::default(), DefaultLifecycle::default());
        Self { parties: Arc::new(parties), populations: Arc::default() }
    }

    /// Forgets all of them.
    pub(crate) fn forget(&self) {
        self.parties.clear();
    }
}

/// A party as the population describes it.
pub(crate) struct Beskrivelse {
    pub(crate) document: PartDocument,
    /// The keys of the services' sections, as YAML.
    pub(crate) sections: String,
    pub(crate) profil: Profil,
}

/// The claims and payments of a party as the population describes them, and nothing that takes longer.
pub(crate) struct Utkast {
    document: PartDocument,
    profil: Profil,
    /// The organisation that it is of, whose sections are still to be written.
    av: Option<Organisasjon>,
}

/// A population on a base date.
pub(crate) struct Befolkning {
    folk: Folk,
    base: NaiveDate,
    format: &'static ScenarioFormat,
    /// Its parties are bounded by the cache, and not by the budget of scenarios.
    budget: Arc<Budget>,
    kjente: Kjente,
    nummer: u64,
}

impl std::fmt::Debug for Befolkning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Befolkning").field("valg", &self.folk.valg).field("base", &self.base).finish_non_exhaustive()
    }
}

impl Befolkning {
    /// A population of the parties that `valg` describes. `base` decides who is new and who went bankrupt not long ago.
    pub(crate) fn new(valg: Valg, base: NaiveDate, format: &'static ScenarioFormat, kjente: &Kjente) -> Self {
        Self {
            folk: Folk::new(valg),
            base,
            format,
            budget: Budget::new(usize::MAX),
            nummer: kjente.populations.fetch_add(1, Ordering::Relaxed),
            kjente: kjente.clone(),
        }
    }

    /// What it is made from.
    pub(crate) fn valg(&self) -> &Valg {
        &self.folk.valg
    }

    /// The party with a number as the text of a scenario file, as it is described for a day.
    pub(crate) fn yaml(&self, part: Part, day: NaiveDate) -> Option<String> {
        Some(eksport::yaml(&self.beskriv(self.utkast(part, day)?, day), self.folk.valg.froe, day))
    }

    /// The party with a number, as it is told on a day. `None` if the population does not have it.
    pub(crate) fn part(&self, part: Part, day: NaiveDate) -> Option<Arc<Party>> {
        let key = (self.nummer, part, Ledger::Kvartal(anker(day)));
        if let Some(party) = self.kjente.parties.get(&key) {
            return Some(party);
        }
        let party = Arc::new(self.lag(part, day)?);
        self.kjente.parties.insert(key, Arc::clone(&party));
        Some(party)
    }

    /// The party with a number, with what is open on a day: open claims, unallocated payments, and what belongs to them.
    /// It may have more, if more of it is there already. It takes a fraction of the time.
    pub(crate) fn part_med_aapent(&self, part: Part, day: NaiveDate) -> Option<Arc<Party>> {
        let key = (self.nummer, part, Ledger::Aapent(day));
        let whole = (self.nummer, part, Ledger::Kvartal(anker(day)));
        if let Some(party) = self.kjente.parties.get(&key).or_else(|| self.kjente.parties.get(&whole)) {
            return Some(party);
        }
        let party = Arc::new(self.lag_aapent(part, day)?);
        self.kjente.parties.insert(key, Arc::clone(&party));
        Some(party)
    }

    /// Makes a party, and keeps it nowhere.
    pub(crate) fn lag(&self, part: Part, day: NaiveDate) -> Option<Party> {
        self.lag_av(self.utkast(part, day)?, day)
    }

    /// The same, from its draft for the day.
    pub(crate) fn lag_av(&self, utkast: Utkast, day: NaiveDate) -> Option<Party> {
        self.resolve(&self.beskriv(utkast, day), anker(day), None)
    }

    /// Makes a party with what is open on a day, and without the data of services.
    pub(crate) fn lag_aapent(&self, part: Part, day: NaiveDate) -> Option<Party> {
        let Utkast { document, profil, .. } = self.utkast_for(part, Tid::aapent(day))?;
        self.resolve(&Beskrivelse { document, sections: String::new(), profil }, anker(day), Some(day))
    }

    /// Describes the claims of a party. Days and amounts that follow from terms are left to the resolver.
    pub(crate) fn utkast(&self, part: Part, day: NaiveDate) -> Option<Utkast> {
        self.utkast_for(part, Tid::om(day))
    }

    fn utkast_for(&self, part: Part, tid: Tid) -> Option<Utkast> {
        if part.is_person() {
            Some(self.av_person(&self.folk.person(part)?, tid))
        } else {
            Some(self.av_organisasjon(self.folk.organisasjon(part)?, tid))
        }
    }

    fn beskriv(&self, utkast: Utkast, day: NaiveDate) -> Beskrivelse {
        let Utkast { document, profil, av } = utkast;
        let sections = av.map(|organisasjon| self.av_seksjoner(&organisasjon, Tid::om(day).til)).unwrap_or_default();
        Beskrivelse { document, sections, profil }
    }

    /// Who employs a person, if anybody does.
    pub(crate) fn arbeidsgiver(&self, part: Part) -> Option<Part> {
        self.folk.person(part)?.arbeidsgiver
    }

    /// Whether an organisation is a sole proprietorship.
    pub(crate) fn er_enk(&self, part: Part) -> bool {
        self.folk.organisasjon(part).is_some_and(|organisasjon| organisasjon.innehaver.is_some())
    }

    /// What the population says of a number at once, without its ledger.
    pub(crate) fn profil(&self, part: Part) -> Option<Profil> {
        if part.is_person() {
            self.folk.person(part).map(|it| it.profil)
        } else {
            self.folk.organisasjon(part).map(|it| it.profil)
        }
    }

    /// The numbers of its parties: each organisation, and then the persons who own it or work for it.
    pub(crate) fn numre(&self) -> impl Iterator<Item = Part> {
        self.folk.organisasjoner().filter_map(|plass| self.folk.organisasjon_paa(plass)).flat_map(|organisasjon| {
            let persons: Vec<Part> = self.folk.personer_ved(&organisasjon).collect();
            std::iter::once(organisasjon.part).chain(persons)
        })
    }

    fn resolve(&self, described: &Beskrivelse, base: NaiveDate, aapent: Option<NaiveDate>) -> Option<Party> {
        let name: Arc<str> = format!("population/{}", described.profil.navn()).into();
        let mut problems = Problems::of_file(Arc::clone(&name), described.sections.as_str().into(), 0);
        let beside = |_: &str| Err("a population has no files".to_owned());
        let (text, profil) = (described.sections.as_str(), Some(described.profil));
        let file = resolve::File { name, text, profil, span: SPAN, aapent, beside: &beside };
        let resolved = resolve::party(&described.document, &file, self.format, base, &self.budget, &mut problems);
        if resolved.is_none() {
            for problem in problems.finish() {
                tracing::error!(
                    problem = problem.headline(),
                    part = described.document.part.0.as_str(),
                    "a bug of the population"
                );
            }
        }
        Some(resolved?.party)
    }

    fn av_person(&self, person: &Person, tid: Tid) -> Utkast {
        let Person { part, profil, eier, arbeidsgiver } = *person;
        let about = match (eier, arbeidsgiver) {
            (Some(firm), _) => format!("{}; owns {firm}", profil.beskrivelse()),
            (None, Some(employer)) => format!("{}; works for {employer}", profil.beskrivelse()),
            (None, None) => profil.beskrivelse().to_owned(),
        };
        let mut document =
            PartDocument { skjermet: Skjermet::of(profil), ..self.hvem(part, navn_av_person(&self.folk, part), about) };
        let payer = arbeidsgiver.map(|employer| (self.navn_av_organisasjon(employer), konto(&self.folk, employer)));
        person::krav(&self.folk, part, profil, payer.as_ref(), tid, eier.is_some(), &mut document);
        Utkast { document, profil, av: None }
    }

    fn av_organisasjon(&self, organisasjon: Organisasjon, tid: Tid) -> Utkast {
        let Organisasjon { part, profil, innehaver, .. } = organisasjon;
        let about = match innehaver {
            Some(owner) => format!("{}; {owner} owns it", profil.beskrivelse()),
            None => profil.beskrivelse().to_owned(),
        };
        let mut document = PartDocument {
            innehaver: innehaver.map(|owner| PartNumber(owner.text().as_str().into())),
            ..self.hvem(part, self.navn_av(&organisasjon), about)
        };
        Oppgave::new(&self.folk, &organisasjon, self.base, tid).skriv(&mut document);
        if let Some(owner) = innehaver {
            person::krav(&self.folk, owner, self.folk.profil_av_eier(owner), None, tid, true, &mut document);
        }
        Utkast { document, profil, av: Some(organisasjon) }
    }

    /// What the sections of services say of an organisation.
    fn av_seksjoner(&self, organisasjon: &Organisasjon, til: NaiveDate) -> String {
        let mut debts: Vec<Gjeld> = self
            .folk
            .ansatte(organisasjon)
            .filter(|ansatt| self.folk.er_skyldig(*ansatt))
            .flat_map(|ansatt| Gjeld::av(&self.folk, ansatt, til))
            .filter(|gjeld| gjeld.opprettet <= til)
            .collect();
        if debts.is_empty() {
            return String::new();
        }
        // In the order of the orders, so that later ones come last whatever the day is.
        debts.sort_by_key(|gjeld| (gjeld.opprettet, gjeld.skyldner));
        self.format.sections.iter().filter_map(|section| section.of_debts(&debts)).collect()
    }

    fn hvem(&self, part: Part, navn: String, about: String) -> PartDocument {
        PartDocument {
            part: PartNumber(part.text().as_str().into()),
            navn: navn.into(),
            beskrivelse: Some(about.into()),
            kontonummer: Some(konto(&self.folk, part).into()),
            ..PartDocument::default()
        }
    }

    fn navn_av(&self, organisasjon: &Organisasjon) -> String {
        match organisasjon.innehaver {
            Some(_) => navn::enkeltpersonforetak(&mut rng(&self.folk, organisasjon.part)),
            None => navn_av_selskap(&self.folk, organisasjon.part),
        }
    }

    fn navn_av_organisasjon(&self, part: Part) -> String {
        self.folk.organisasjon(part).map_or_else(String::new, |organisasjon| self.navn_av(&organisasjon))
    }
}

fn navn_av_selskap(folk: &Folk, part: Part) -> String {
    navn::selskap(&mut rng(folk, part))
}

fn navn_av_person(folk: &Folk, part: Part) -> String {
    navn::person(&mut rng(folk, part))
}

/// The account of a party.
fn konto(folk: &Folk, part: Part) -> String {
    let first = 9_710_000_000 + (folk.orden.hash(part, spoersmaal::KONTO) >> 8) % 9_999_000;
    (first..first + 3).find_map(Kontonummer::from_ten_digits).map(|konto| konto.to_string()).unwrap_or_default()
}

fn rng(folk: &Folk, part: Part) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(folk.orden.hash(part, spoersmaal::NAVN))
}
