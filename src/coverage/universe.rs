//! The cells that there are, worked out from the catalogue.

use std::borrow::Cow;

use super::{Kind, PartyState, TokenKind};
use crate::catalogue::{Catalogue, Check, Edition, Endpoint, Formats, Needs, PartyIn, Service};
use crate::faults::effects::{DRIFTS, FAULTS};

/// The name of the place of URLs that a service does not have.
pub(crate) const OTHER_URLS: &str = "url";

/// The formats that a service can have, in the order of their cells.
pub(super) const FORMATS: [&str; 2] = ["json", "xml"];

/// Something that can be tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) service: &'static str,
    /// The endpoint, or [`OTHER_URLS`].
    pub(crate) endpoint: &'static str,
    pub(crate) kind: Kind,
    /// What it is, as a pattern names it: a code, a rule, or the kind and its value.
    pub(crate) item: Cow<'static, str>,
}

/// A service, with what its entry does not say.
#[derive(Clone, Copy)]
pub(crate) struct ServiceToTry {
    pub(crate) service: &'static Service,
    /// The states of cases that the answers of an endpoint can show.
    pub(crate) case_states: Option<CaseStates>,
}

/// The states of cases that the answers of an endpoint can show.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CaseStates {
    /// The name of the endpoint.
    pub(crate) endpoint: &'static str,
    pub(crate) states: &'static [&'static str],
}

/// All cells.
pub(crate) struct Universe {
    cells: Vec<Cell>,
    services: Vec<Places>,
}

/// The cells of a service.
struct Places {
    of: ServiceToTry,
    /// One for each endpoint, in the order of the catalogue.
    endpoints: Vec<Place>,
    /// Its cell for URLs that it does not have.
    other_urls: Option<(usize, &'static str)>,
}

/// The cells of an endpoint. Those of a kind follow each other from a number on.
#[derive(Clone)]
pub(super) struct Place {
    from: [usize; Kind::ALL.len()],
    /// The number after its last cell.
    end: usize,
    pub(super) codes: Vec<&'static str>,
    rules: &'static [crate::catalogue::Code],
    tokens: Vec<TokenKind>,
    parties: Vec<PartyState>,
    editions: usize,
    formats: usize,
    cases: &'static [&'static str],
}

impl Universe {
    pub(crate) fn new(services: &[ServiceToTry]) -> Self {
        let mut universe = Self { cells: Vec::new(), services: Vec::new() };
        for of in services {
            let endpoints = of.service.endpoints.iter().map(|endpoint| universe.add(*of, endpoint)).collect();
            let code = of.service.refusals.iter().find(|(check, _)| *check == Check::Url);
            let code = code.and_then(|(_, number)| of.service.code_number(*number)).map(|code| code.code);
            let other_urls = code.map(|code| {
                universe.push(of.service, OTHER_URLS, Kind::Code, code.into());
                (universe.cells.len() - 1, code)
            });
            universe.services.push(Places { of: *of, endpoints, other_urls });
        }
        universe
    }

    fn push(&mut self, service: &'static Service, endpoint: &'static str, kind: Kind, item: Cow<'static, str>) {
        self.cells.push(Cell { service: service.name, endpoint, kind, item });
    }

    /// Adds the cells of an endpoint, kind by kind.
    fn add(&mut self, of: ServiceToTry, endpoint: &'static Endpoint) -> Place {
        let (service, name) = (of.service, endpoint.name);
        let mut from = [0; Kind::ALL.len()];
        let editions = if service.has_editions { Edition::NAMES.len() } else { 0 };
        let formats = if matches!(service.formats, Formats::JsonAndXml { .. }) { FORMATS.len() } else { 0 };
        // The code of a wrong URL is tried at the URLs that there are not.
        let of_url = service.refusals.iter().find(|(check, _)| *check == Check::Url).map(|(_, number)| *number);
        let of_url = of_url.and_then(|number| service.code_number(number)).map(|code| code.code);
        let codes = Catalogue::codes_at(Some(service)).take_while(|code| !service.findings.contains(code));
        let codes: Vec<_> = codes.map(|code| code.code).filter(|code| Some(*code) != of_url).collect();
        // Only some requests can break rules.
        let rules = if endpoint.findings.is_some() { service.findings } else { &[] };
        let tokens = tokens(service);
        let parties = parties(endpoint);
        let cases = of.case_states.filter(|cases| cases.endpoint == name).map_or(&[][..], |cases| cases.states);
        for kind in Kind::ALL {
            from[kind as usize] = self.cells.len();
            let items: Vec<Cow<'static, str>> = match kind {
                Kind::Answer => answers(service, endpoint),
                Kind::Code => codes.iter().map(|code| Cow::Borrowed(*code)).collect(),
                Kind::Rule => rules.iter().map(|rule| Cow::Borrowed(rule.code)).collect(),
                Kind::Token => named(kind, tokens.iter().map(|token| token.name())),
                Kind::Party => named(kind, parties.iter().map(|party| party.name())),
                Kind::Case => named(kind, cases.iter().copied()),
                Kind::Fault => named(kind, FAULTS.iter().map(|fault| plain(fault)).chain(["delay"])),
                Kind::Drift => named(kind, DRIFTS),
            };
            for item in items {
                self.push(service, name, kind, item);
            }
        }
        let end = self.cells.len();
        Place { from, end, codes, rules, tokens, parties, editions, formats, cases }
    }

    /// Everything there is to try, in the order of services, endpoints and kinds.
    pub(crate) fn cells(&self) -> &[Cell] {
        &self.cells
    }

    pub(crate) fn services(&self) -> impl Iterator<Item = &'static Service> {
        self.services.iter().map(|places| places.of.service)
    }

    /// The cells of an endpoint. Services and endpoints are found by where they stand, because a call has them at hand.
    pub(super) fn place(&self, service: &'static Service, endpoint: &'static Endpoint) -> Option<&Place> {
        let places = self.services.iter().find(|places| std::ptr::eq(places.of.service, service))?;
        let number = service.endpoints.iter().position(|known| std::ptr::eq(known, endpoint))?;
        places.endpoints.get(number)
    }

    /// The cell for a code that is answered at a URL that the service does not have.
    pub(super) fn other_url(&self, service: &'static Service, code: &str) -> Option<usize> {
        let places = self.services.iter().find(|places| std::ptr::eq(places.of.service, service))?;
        places.other_urls.filter(|(_, known)| *known == code).map(|(cell, _)| cell)
    }
}

impl Place {
    fn first(&self, kind: Kind) -> usize {
        self.from[kind as usize]
    }

    /// The number after the last cell of a kind.
    fn after(&self, kind: Kind) -> usize {
        self.from.get(kind as usize + 1).copied().unwrap_or(self.end)
    }

    fn at(&self, kind: Kind, number: Option<usize>) -> Option<usize> {
        number.map(|number| self.first(kind) + number).filter(|cell| *cell < self.after(kind))
    }

    pub(super) fn answer(&self, package: Option<usize>, edition: Edition, xml: bool) -> Option<usize> {
        let mut number = package.unwrap_or(0);
        if self.editions > 0 {
            let written = edition.name();
            number = number * self.editions + Edition::NAMES.iter().position(|name| *name == written).unwrap_or(0);
        }
        if self.formats > 0 {
            number = number * self.formats + usize::from(xml);
        }
        self.at(Kind::Answer, Some(number))
    }

    pub(super) fn code(&self, code: &str) -> Option<usize> {
        self.at(Kind::Code, self.codes.iter().position(|known| *known == code))
    }

    pub(super) fn rule(&self, rule: &str) -> Option<usize> {
        self.at(Kind::Rule, self.rules.iter().position(|known| known.code == rule))
    }

    pub(super) fn token(&self, token: TokenKind) -> Option<usize> {
        self.at(Kind::Token, self.tokens.iter().position(|known| *known == token))
    }

    pub(super) fn party(&self, party: PartyState) -> Option<usize> {
        self.at(Kind::Party, self.parties.iter().position(|known| *known == party))
    }

    pub(super) fn case(&self, state: &str) -> Option<usize> {
        self.at(Kind::Case, self.cases.iter().position(|known| *known == state))
    }

    /// A fault by its name, or `delay`.
    pub(super) fn fault(&self, fault: &str) -> Option<usize> {
        let number = FAULTS.iter().position(|known| plain(known) == fault);
        self.at(Kind::Fault, number.or_else(|| (fault == "delay").then_some(FAULTS.len())))
    }

    pub(super) fn drift(&self, number: usize) -> Option<usize> {
        self.at(Kind::Drift, Some(number))
    }
}

/// A fault without what stands in brackets.
fn plain(fault: &str) -> &str {
    fault.split('(').next().unwrap_or(fault)
}

fn named(kind: Kind, values: impl IntoIterator<Item = &'static str>) -> Vec<Cow<'static, str>> {
    values.into_iter().map(|value| Cow::Owned(format!("{}/{value}", kind.name()))).collect()
}

/// The successes of an endpoint: each package, edition and format that it has.
fn answers(service: &'static Service, endpoint: &'static Endpoint) -> Vec<Cow<'static, str>> {
    let mut items = vec![Kind::Answer.name().to_owned()];
    let mut by = |values: &[&str]| {
        if !values.is_empty() {
            items = items.iter().flat_map(|item| values.iter().map(move |value| format!("{item}/{value}"))).collect();
        }
    };
    if endpoint.path.contains("{rettighetspakke}") {
        by(&service.packages.iter().map(|package| package.name).collect::<Vec<_>>());
    }
    if service.has_editions {
        by(&Edition::NAMES);
    }
    if service.has_xml() {
        by(&FORMATS);
    }
    items.into_iter().map(Cow::Owned).collect()
}

/// The kinds of tokens that a service has a use for.
fn tokens(service: &Service) -> Vec<TokenKind> {
    let Some(demand) = service.token_demand() else {
        return Vec::new();
    };
    let needs: Vec<Needs> = service.packages.iter().map(|package| package.needs).chain([demand.needs]).collect();
    let has = |wanted: &[Needs]| needs.iter().any(|needs| wanted.contains(needs));
    let mut kinds = vec![TokenKind::Own, TokenKind::Delegated];
    if has(&[Needs::ToBeTheParty, Needs::ConsentOrOwnRights]) {
        kinds.push(TokenKind::Systembruker);
    }
    if let Some(consent) = demand.consent.as_ref().filter(|_| has(&[Needs::Consent, Needs::ConsentOrOwnRights])) {
        kinds.push(TokenKind::Consent);
        if !consent.codes.is_empty() {
            kinds.push(TokenKind::ConsentHeader);
        }
    }
    kinds
}

/// The states of parties that make a difference to an endpoint.
fn parties(endpoint: &Endpoint) -> Vec<PartyState> {
    match endpoint.party {
        PartyIn::Nowhere => Vec::new(),
        PartyIn::Token => vec![PartyState::Organisation, PartyState::Unknown],
        PartyIn::Url | PartyIn::Body(_) if endpoint.path.contains("{organisasjonsnummer}") => {
            vec![PartyState::Organisation, PartyState::Shielded, PartyState::ShieldedInPart, PartyState::Unknown]
        }
        PartyIn::Url | PartyIn::Body(_) => vec![
            PartyState::Organisation,
            PartyState::Person,
            PartyState::Shielded,
            PartyState::ShieldedInPart,
            PartyState::Unknown,
        ],
    }
}
