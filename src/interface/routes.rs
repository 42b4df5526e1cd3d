//! Which endpoint of a service a URL leads to: templates by `matchit`, read once when the sandbox starts.

use http::Method;
use percent_encoding::percent_decode_str;

use super::module::ServiceModule;
use super::path::{self, Path};
use crate::catalogue::{self, Endpoint, Package, PartyIn};
use crate::domain::identifikator::{Part, PartDigits};
use crate::scenario::Omfang;

/// The place of the access package in a template.
const PACKAGE: &str = "rettighetspakke";

/// The places that say whom a call is about.
const NUMBERS: [&str; 2] = ["identifikator", "organisasjonsnummer"];

/// The name of the place that says whom a call is about, as a caller knows it.
pub(crate) fn number_name(endpoint: &Endpoint) -> &'static str {
    NUMBERS.into_iter().find(|name| path::place(endpoint.path, name).is_some()).unwrap_or(NUMBERS[0])
}

/// The access package of a URL.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum GivenPackage {
    /// The URL has no place for one.
    #[default]
    None,
    /// One that the service has.
    Known(&'static Package),
    /// Another text.
    Unknown(Box<str>),
}

impl GivenPackage {
    /// As it was written.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::None => None,
            Self::Known(package) => Some(package.name),
            Self::Unknown(text) => Some(text),
        }
    }

    /// The package, where the service has it.
    pub(crate) fn known(&self) -> Option<&'static Package> {
        match self {
            Self::Known(package) => Some(package),
            Self::None | Self::Unknown(_) => None,
        }
    }
}

/// The number of a party, as a call gives it. Check digits are not looked at here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum GivenNumber {
    /// None.
    #[default]
    None,
    /// 9 or 11 digits.
    Part(Part),
    /// Another text.
    Text(Box<str>),
}

impl GivenNumber {
    /// Reads a text.
    pub(crate) fn read(text: &str) -> Self {
        text.parse().map_or_else(|_| Self::Text(text.into()), Self::Part)
    }

    /// The number, where it has 9 or 11 digits.
    pub(crate) fn part(&self) -> Option<Part> {
        match self {
            Self::Part(part) => Some(*part),
            Self::None | Self::Text(_) => None,
        }
    }

    /// As it was written.
    pub(crate) fn text(&self) -> NumberText<'_> {
        match self {
            Self::None => NumberText::Text(""),
            Self::Part(part) => NumberText::Digits(part.text()),
            Self::Text(text) => NumberText::Text(text),
        }
    }
}

/// A number as it was written, without an allocation; empty where there is none.
pub(crate) enum NumberText<'n> {
    Digits(PartDigits),
    Text(&'n str),
}

impl NumberText<'_> {
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Digits(digits) => digits.as_str(),
            Self::Text(text) => text,
        }
    }
}

/// Where a URL of a service leads, without judging it.
pub(crate) struct Route {
    pub(crate) module: &'static ServiceModule,
    pub(crate) found: Found,
    pub(crate) package: GivenPackage,
    /// The number in the URL.
    pub(crate) number: GivenNumber,
    /// Every part of the path is known: fixed parts, a package of the service, 9 digits.
    pub(crate) is_plain: bool,
}

/// What was found at a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// The endpoint of that number.
    Endpoint(usize),
    /// An endpoint, but with other methods: its number, and the value of `Allow`.
    OtherMethod(usize, Box<str>),
    /// None.
    Nothing,
}

impl Route {
    /// The endpoint of the URL, whatever the method.
    pub(crate) fn endpoint(&self) -> Option<&'static Endpoint> {
        match self.found {
            Found::Endpoint(number) | Found::OtherMethod(number, _) => self.module.service.endpoints.get(number),
            Found::Nothing => None,
        }
    }

    /// How much of a party's ledger its answer shows.
    pub(crate) fn omfang(&self) -> Omfang {
        let Found::Endpoint(number) = self.found else { return Omfang::Alt };
        self.module.operations.get(number).map_or(Omfang::Alt, |operation| operation.omfang)
    }
}

/// Everything about one template.
struct Template {
    /// As the router knows it.
    key: String,
    /// The service that answers, and its endpoints with this template, by number.
    module: &'static ServiceModule,
    endpoints: Vec<usize>,
    package_at: Option<Place>,
    number_at: Option<Place>,
}

/// A place of a template.
struct Place {
    /// Its number among all parts.
    part: usize,
    /// The same as a text: its name in the router.
    name: Box<str>,
}

impl Place {
    fn find(template: &str, name: &str) -> Option<Self> {
        let part = path::place(template, name)?;
        Some(Self { part, name: part.to_string().into() })
    }
}

/// The URLs below the base of one service.
pub(crate) struct Routes {
    module: &'static ServiceModule,
    router: matchit::Router<usize>,
    templates: Vec<Template>,
}

impl Routes {
    /// The routes of a module. `all` are the modules that may answer below its base.
    pub(crate) fn new(module: &'static ServiceModule, all: &[&'static ServiceModule]) -> Self {
        let mut routes = Self { module, router: matchit::Router::new(), templates: Vec::new() };
        for (number, endpoint) in module.service.endpoints.iter().enumerate() {
            routes.add(endpoint.path, module, number);
        }
        for other in all {
            for (number, endpoint) in other.service.endpoints.iter().enumerate() {
                for path in endpoint.also_at {
                    if let Some(path) = path.strip_prefix(module.service.base).and_then(|path| path.strip_prefix('/')) {
                        routes.add(path, other, number);
                    }
                }
            }
        }
        routes
    }

    fn add(&mut self, path: &'static str, module: &'static ServiceModule, endpoint: usize) {
        let places = path
            .split('/')
            .enumerate()
            .map(|(number, part)| if path::is_place(part) { format!("{{{number}}}") } else { part.to_owned() });
        let key = format!("/{}", places.collect::<Vec<_>>().join("/"));
        // Templates that differ in the names of their places only are one.
        if let Some(same) = self.templates.iter_mut().find(|template| template.key == key) {
            same.endpoints.push(endpoint);
            return;
        }
        if self.router.insert(key.clone(), self.templates.len()).is_ok() {
            self.templates.push(Template {
                key,
                module,
                endpoints: vec![endpoint],
                package_at: Place::find(path, PACKAGE),
                number_at: NUMBERS.iter().find_map(|name| Place::find(path, name)),
            });
        }
    }

    /// Reads a URL below the base.
    pub(crate) fn find(&self, path: &Path<'_>, method: &Method) -> Route {
        if let Ok(found) = self.router.at(path.plain()) {
            let template = &self.templates[*found.value];
            let package = package(template.module, value(&found.params, template.package_at.as_ref()));
            let number = number(value(&found.params, template.number_at.as_ref()));
            let known = usize::from(package.known().is_some())
                + usize::from(number.part().is_some_and(|part| !part.is_person()));
            return Route {
                module: template.module,
                found: template.method(method),
                is_plain: known == found.params.len(),
                package,
                number,
            };
        }
        // Most of a wrong URL is mostly right: the places are those of the first template.
        let like = self.templates.first();
        let part = |place: Option<&Place>| path.part(place?.part);
        Route {
            module: self.module,
            found: Found::Nothing,
            package: package(self.module, part(like.and_then(|like| like.package_at.as_ref())).as_deref()),
            number: number(part(like.and_then(|like| like.number_at.as_ref())).as_deref()),
            is_plain: false,
        }
    }
}

impl Template {
    fn method(&self, method: &Method) -> Found {
        let endpoints = self.module.service.endpoints;
        if let Some(number) = self.endpoints.iter().find(|number| endpoints[**number].takes(method)) {
            return Found::Endpoint(*number);
        }
        let mut allowed = Vec::new();
        for number in &self.endpoints {
            let method = endpoints[*number].method;
            allowed.push(if method == catalogue::Method::Get { "GET, HEAD" } else { method.as_str() });
        }
        Found::OtherMethod(self.endpoints[0], allowed.join(", ").into())
    }
}

/// What stands in a place. It is plain, but for `%` and `/`.
fn value<'v>(parameters: &matchit::Params<'_, 'v>, place: Option<&Place>) -> Option<&'v str> {
    parameters.get(&place?.name)
}

fn package(module: &ServiceModule, text: Option<&str>) -> GivenPackage {
    let Some(text) = text else {
        return GivenPackage::None;
    };
    match module.service.package(text) {
        Some(package) => GivenPackage::Known(package),
        None => GivenPackage::Unknown(percent_decode_str(text).decode_utf8_lossy().into()),
    }
}

fn number(text: Option<&str>) -> GivenNumber {
    let Some(text) = text else {
        return GivenNumber::None;
    };
    match text.parse() {
        Ok(part) => GivenNumber::Part(part),
        Err(_) => GivenNumber::Text(percent_decode_str(text).decode_utf8_lossy().into()),
    }
}

/// Where the calls of an endpoint say whom they are about; of an unknown URL, as the service's first endpoint does.
pub(crate) fn party_in(route: &Route) -> PartyIn {
    let like = route.endpoint().or_else(|| route.module.service.endpoints.first());
    like.map_or(PartyIn::Nowhere, |endpoint| endpoint.party)
}
