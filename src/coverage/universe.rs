//! The cells that there are, worked out from the catalogue.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use super::{Kind, PartyState, TokenKind};
use crate::catalogue::{Catalogue, Check, Edition, Endpoint, Needs, Package, PartyIn, Service};
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

/// All cells. How many there are is known at once, what they are called only when somebody asks: the first call of a process
/// counts, and reads no names.
pub(crate) struct Universe {
    cells: OnceLock<Vec<Cell>>,
    size: usize,
    services: Vec<Places>,
}

/// The cells of a service.
struct Places {
    of: ServiceToTry,
    /// One for each endpoint, in the order of the catalogue.
    endpoints: Vec<Place>,
    /// Its cell for URLs that it does not have, after those of its endpoints.
    other_urls: Option<(usize, &'static str)>,
}

/// The cells of an endpoint. Those of a kind follow each other from a number on.
pub(super) struct Place {
    service: &'static Service,
    endpoint: &'static Endpoint,
    from: [usize; Kind::ALL.len()],
    /// The number after its last cell.
    end: usize,
    pub(super) codes: Arc<[&'static str]>,
    rules: &'static [crate::catalogue::Code],
    tokens: Arc<[TokenKind]>,
    parties: Vec<PartyState>,
    cases: &'static [&'static str],
}

impl Universe {
    pub(crate) fn new(services: &[ServiceToTry]) -> Self {
        let mut universe = Self { cells: OnceLock::new(), size: 0, services: Vec::new() };
        for of in services {
            // The code of a wrong URL is tried at the URLs that there are not.
            let of_url = of.service.refusals.iter().find(|(check, _)| *check == Check::Url);
            let of_url = of_url.and_then(|(_, number)| of.service.code_number(*number)).map(|code| code.code);
            let codes = Catalogue::codes_at(Some(of.service)).take_while(|code| !of.service.findings.contains(code));
            let codes: Arc<[_]> = codes.map(|code| code.code).filter(|code| Some(*code) != of_url).collect();
            let tokens: Arc<[_]> = tokens(of.service).into();
            let mut endpoints = Vec::new();
            for endpoint in of.service.endpoints {
                let place = Place::new(*of, endpoint, (&codes, &tokens), universe.size);
                universe.size = place.end;
                endpoints.push(place);
            }
            let other_urls = of_url.map(|code| {
                universe.size += 1;
                (universe.size - 1, code)
            });
            universe.services.push(Places { of: *of, endpoints, other_urls });
        }
        universe
    }

    /// How many cells there are.
    pub(super) fn len(&self) -> usize {
        self.size
    }

    /// Everything there is to try, in the order of services, endpoints and kinds.
    pub(crate) fn cells(&self) -> &[Cell] {
        self.cells.get_or_init(|| {
            let mut cells = Vec::with_capacity(self.size);
            for Places { of, endpoints, other_urls } in &self.services {
                for place in endpoints {
                    cells.extend(place.cells());
                }
                let other = |(_, code): (usize, &'static str)| (OTHER_URLS, Kind::Code, code.into());
                let service = of.service.name;
                cells.extend(other_urls.map(other).map(|(endpoint, kind, item)| Cell {
                    service,
                    endpoint,
                    kind,
                    item,
                }));
            }
            cells
        })
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
    /// The cells of an endpoint, from a number on.
    fn new(
        of: ServiceToTry,
        endpoint: &'static Endpoint,
        (codes, tokens): (&Arc<[&'static str]>, &Arc<[TokenKind]>),
        first: usize,
    ) -> Self {
        let service = of.service;
        let mut place = Self {
            service,
            endpoint,
            from: [first; Kind::ALL.len()],
            end: first,
            codes: Arc::clone(codes),
            // Only some requests can break rules.
            rules: if endpoint.findings.is_some() { service.findings } else { &[] },
            tokens: Arc::clone(tokens),
            parties: parties(endpoint),
            cases: of.case_states.filter(|of| of.endpoint == endpoint.name).map_or(&[], |of| of.states),
        };
        for kind in Kind::ALL {
            place.from[kind as usize] = place.end;
            place.end += place.count(kind);
        }
        place
    }

    /// How many cells of a kind it has.
    fn count(&self, kind: Kind) -> usize {
        match kind {
            Kind::Answer => self.packages().len().max(1) * self.editions().len().max(1) * self.formats().len().max(1),
            Kind::Code => self.codes.len(),
            Kind::Rule => self.rules.len(),
            Kind::Token => self.tokens.len(),
            Kind::Party => self.parties.len(),
            Kind::Case => self.cases.len(),
            Kind::Fault => FAULTS.len() + 1,
            Kind::Drift => DRIFTS.len(),
        }
    }

    /// Its cells, kind by kind.
    fn cells(&self) -> impl Iterator<Item = Cell> {
        let cell = |kind, item| Cell { service: self.service.name, endpoint: self.endpoint.name, kind, item };
        Kind::ALL.into_iter().flat_map(move |kind| self.items(kind).into_iter().map(move |item| cell(kind, item)))
    }

    fn items(&self, kind: Kind) -> Vec<Cow<'static, str>> {
        match kind {
            Kind::Answer => self.answers(),
            Kind::Code => self.codes.iter().map(|code| Cow::Borrowed(*code)).collect(),
            Kind::Rule => self.rules.iter().map(|rule| Cow::Borrowed(rule.code)).collect(),
            Kind::Token => named(kind, self.tokens.iter().map(|token| token.name())),
            Kind::Party => named(kind, self.parties.iter().map(|party| party.name())),
            Kind::Case => named(kind, self.cases.iter().copied()),
            Kind::Fault => named(kind, FAULTS.iter().map(|fault| plain(fault)).chain(["delay"])),
            Kind::Drift => named(kind, DRIFTS),
        }
    }

    /// The packages, editions and formats that tell its successes apart.
    fn packages(&self) -> &'static [Package] {
        if self.endpoint.path.contains("{rettighetspakke}") { self.service.packages } else { &[] }
    }

    fn editions(&self) -> &'static [&'static str] {
        if self.service.has_editions { &Edition::NAMES } else { &[] }
    }

    fn formats(&self) -> &'static [&'static str] {
        if self.service.has_xml() { &FORMATS } else { &[] }
    }

    /// Its successes: each package, edition and format.
    fn answers(&self) -> Vec<Cow<'static, str>> {
        let mut items = vec![Kind::Answer.name().to_owned()];
        let mut by = |values: &[&str]| {
            if !values.is_empty() {
                items =
                    items.iter().flat_map(|item| values.iter().map(move |value| format!("{item}/{value}"))).collect();
            }
        };
        by(&self.packages().iter().map(|package| package.name).collect::<Vec<_>>());
        by(self.editions());
        by(self.formats());
        items.into_iter().map(Cow::Owned).collect()
    }

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
        let editions = self.editions();
        if !editions.is_empty() {
            let written = edition.name();
            number = number * editions.len() + editions.iter().position(|name| *name == written).unwrap_or(0);
        }
        let formats = self.formats();
        if !formats.is_empty() {
            number = number * formats.len() + usize::from(xml);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cells_are_where_their_places_say() {
        let services = crate::services::built_in();
        let universe = services.universe();
        let cells = universe.cells();
        assert_eq!(cells.len(), universe.len());
        let places = universe.services.iter().flat_map(|places| &places.endpoints);
        for (place, kind) in places.flat_map(|place| Kind::ALL.map(|kind| (place, kind))) {
            for (cell, item) in cells[place.first(kind)..place.after(kind)].iter().zip(place.items(kind)) {
                assert_eq!((cell.endpoint, cell.kind, &cell.item), (place.endpoint.name, kind, &item));
            }
        }
    }
}
