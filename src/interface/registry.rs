//! All services of a sandbox: the one list, and what is worked out from it once.

use std::convert::Infallible;
use std::sync::{Arc, OnceLock};

use chrono::{DateTime, Utc};
use http::Method;
use quick_cache::sync::Cache;
use serde_json::Value;

use super::contract;
use super::fidelity::Basis;
use super::hooks::Panel;
use super::module::ServiceModule;
use super::path::Path;
use super::routes::{Route, Routes};
use crate::access::Demand;
use crate::catalogue::{Catalogue, Edition, Endpoint, Leaning, Service};
use crate::coverage::{ServiceToTry, Universe};
use crate::domain::identifikator::Part;
use crate::domain::saksgang::Oppdrag;
use crate::evidence::conduct::{self, Conduct};
use crate::faults::drift::Contract;
use crate::scenario::format::ScenarioFormat;
use crate::session::{ServiceState, Session, World};

/// How many different answers, as far as statements tell them apart, are kept with how sure they are. There are more, but few
/// of them come often.
const MOST_LEANINGS: usize = 2_000;

/// All services of a sandbox, in the order in which people are told of them.
pub(crate) struct Services {
    pub(crate) modules: Vec<&'static ServiceModule>,
    /// The vocabulary of all of them, for the rooms below.
    pub(crate) catalogue: Catalogue,
    /// The scenario format with their sections.
    pub(crate) format: &'static ScenarioFormat,
    universe: OnceLock<Universe>,
    /// How sure answers are, by what they are made of.
    leanings: Cache<Basis, Arc<Leaning>>,
    /// Where the URLs of each service lead, once one of them was called.
    routes: Vec<OnceLock<Routes>>,
    contracts: OnceLock<Vec<(String, Value)>>,
}

impl Services {
    /// Puts a list together. It lives as long as the process does, as all that names a service refers to it.
    pub(crate) fn new(modules: Vec<&'static ServiceModule>) -> &'static Self {
        for module in &modules {
            check(module);
        }
        let entries: Vec<&'static Service> = modules.iter().map(|module| module.service).collect();
        let catalogue = Catalogue(Vec::leak(entries));
        let sections = modules.iter().filter_map(|module| module.hooks.section).collect();
        let format = Box::leak(Box::new(ScenarioFormat::new(catalogue, sections)));
        let routes = modules.iter().map(|_| OnceLock::new()).collect();
        let leanings = Cache::new(MOST_LEANINGS);
        let (universe, contracts) = (OnceLock::new(), OnceLock::new());
        Box::leak(Box::new(Self { modules, catalogue, format, universe, leanings, routes, contracts }))
    }

    /// What there is to try at them. Worked out at the first call of a service, not at the start.
    pub(crate) fn universe(&self) -> &Universe {
        let to_try = |module: &&'static ServiceModule| ServiceToTry {
            service: module.service,
            case_states: module.hooks.case_states,
        };
        self.universe.get_or_init(|| Universe::new(&self.modules.iter().map(to_try).collect::<Vec<_>>()))
    }

    /// Where a path below the base of a service leads.
    pub(crate) fn route(&self, module: &'static ServiceModule, path: &Path<'_>, method: &Method) -> Option<Route> {
        let number = self.modules.iter().position(|known| std::ptr::eq(*known, module))?;
        let routes = self.routes[number].get_or_init(|| Routes::new(module, &self.modules));
        Some(routes.find(path, method))
    }

    /// How sure an answer of a service is, or one that is of no service.
    pub(crate) fn leaning(&self, module: Option<&ServiceModule>, basis: &Basis) -> Arc<Leaning> {
        let made = self.leanings.get_or_insert_with(basis, || Ok::<_, Infallible>(basis.leaning(module)));
        made.unwrap_or_else(|never| match never {})
    }

    /// The panels of the page for testers.
    pub(crate) fn panels(&self) -> impl Iterator<Item = &'static Panel> {
        self.modules.iter().filter_map(|module| module.hooks.panel.as_ref())
    }

    /// How clients may behave badly.
    pub(crate) fn conduct(&self) -> Vec<&'static Conduct> {
        let of_services: Vec<_> = self.modules.iter().map(|module| module.hooks.conduct).collect();
        conduct::all(&of_services)
    }

    /// The contracts of all services, with their names. A service with editions has one for each edition, and the
    /// newest under the service's own name, too.
    pub(crate) fn contracts(&self) -> &[(String, Value)] {
        let make = || {
            let mut contracts = Vec::new();
            for module in &self.modules {
                let name = module.service.name;
                contracts.push((name.to_owned(), contract::document(module, Edition::ALL[0])));
                for edition in Edition::ALL.into_iter().filter(|_| module.service.has_editions) {
                    contracts.push((format!("{name}-{edition}"), contract::document(module, edition)));
                }
            }
            contracts
        };
        self.contracts.get_or_init(make)
    }

    /// The edition that a contract is of, by its name. `None` if the service has no editions.
    pub(crate) fn edition_of_contract(&self, name: &str) -> Option<Edition> {
        let with_editions = || self.modules.iter().map(|module| module.service).filter(|service| service.has_editions);
        if with_editions().any(|service| service.name == name) {
            return Some(Edition::ALL[0]);
        }
        let of = |edition: &Edition| with_editions().any(|service| name == format!("{}-{edition}", service.name));
        Edition::ALL.into_iter().find(of)
    }

    /// A contract by its name.
    pub(crate) fn contract(&self, name: &str) -> Option<&Value> {
        self.contracts().iter().find(|(known, _)| known == name).map(|(_, document)| document)
    }

    /// What the contract says of an endpoint's answer in an edition.
    pub(crate) fn answer_contract(
        &self,
        service: &Service,
        endpoint: &Endpoint,
        edition: Edition,
    ) -> Option<Contract<'_>> {
        let name = service.name;
        let document =
            if service.has_editions { self.contract(&format!("{name}-{edition}")) } else { self.contract(name) }?;
        let operation = document["paths"].get(format!("{}/{}", service.base, endpoint.path))?;
        let operation = operation.get(endpoint.method.as_str().to_ascii_lowercase())?;
        let response = operation["responses"].get(endpoint.success.status.to_string())?;
        let schema = response.pointer("/content/application~1json/schema")?;
        Some(Contract { schema, definitions: document.pointer("/components/schemas")? })
    }

    /// The orders to deduct from pay of an employer that follow from what services keep, at an instant.
    pub(crate) fn orders(&self, session: &Session, world: &World, employer: Part, now: DateTime<Utc>) -> Vec<Oppdrag> {
        let sources = self.modules.iter().filter_map(|module| module.hooks.orders);
        sources.flat_map(|source| source(session, world, employer, now)).collect()
    }

    /// What a session keeps of each service.
    pub(crate) fn states(&self) -> Vec<ServiceState> {
        let of = |module: &&'static ServiceModule| {
            Some(ServiceState { service: module.service.name, kind: module.hooks.session_state? })
        };
        self.modules.iter().filter_map(of).collect()
    }

    /// What a request of a service would need, given the names of its parts; or what is wrong with them.
    pub(crate) fn demand_of<'r>(
        &self,
        service: &str,
        package: &str,
        endpoint: &str,
        party: &'r str,
    ) -> Result<Demand<'r>, String> {
        let needs_token =
            |module: &&&ServiceModule| module.service.token_demand().is_some() || module.hooks.demand.is_some();
        let known: Vec<_> = self.modules.iter().filter(needs_token).collect();
        let module = known.iter().find(|known| known.service.name == service).ok_or_else(|| {
            let names: Vec<_> = known.iter().map(|module| module.service.name).collect();
            format!("there is no service {service:?}; there are {}", names.join(", "))
        })?;
        let service = module.service;
        let found = service.package(package).or_else(|| service.packages.first().filter(|_| package.is_empty()));
        if found.is_none() && (!service.packages.is_empty() || !package.is_empty()) {
            let known = if service.packages.is_empty() { "none".to_owned() } else { service.package_names() };
            return Err(format!("there is no package {package:?}; there are {known}"));
        }
        if !endpoint.is_empty() && service.endpoint(endpoint).is_none() {
            return Err(format!("there is no endpoint {endpoint:?}; there are {}", service.endpoint_names()));
        }
        if let Some(demand) = super::admission::demand(service, service.endpoint(endpoint), found, party) {
            return Ok(demand);
        }
        let token = module.hooks.demand.and_then(|demand| demand(endpoint)).ok_or_else(|| {
            format!("what a token needs here depends on the endpoint; there are {}", service.endpoint_names())
        })?;
        Ok(Demand { service, token, part: party, needs: token.needs, egen_kode: None })
    }
}

/// A service that contradicts itself is a mistake of whoever wrote it; it is told at start.
fn check(module: &ServiceModule) {
    let service = module.service;
    let (name, endpoints, operations) = (service.name, service.endpoints.len(), module.operations.len());
    assert!(
        endpoints == operations,
        "{name}: {endpoints} endpoints, but {operations} operations, one for each in their order"
    );
    for (check, number) in service.refusals {
        assert!(
            service.code_number(*number).is_some(),
            "{name}: {check:?} is refused by code number {number}, which is none"
        );
    }
}
