//! The services: a folder for each, the list of all of them, and the files that several services share.
//!
//! ARCHITECTURE.md, "Adding a service", describes the contents of a folder.

pub(crate) mod agreement;
mod kb;
mod kravogbetalinger;
mod kravoversikt;
mod lookup;
mod maskinporten;
mod render;
mod reskontro;
mod restanser;
mod skjermet;
mod tilgangsstyring;
mod trekkpaalegg;
mod utleggsbegjaering;
mod utvalg;

use std::sync::LazyLock;

use crate::catalogue::Issuer;
use crate::interface::{ServiceModule, Services};
use crate::session::registry::OfServices;
pub(crate) use maskinporten::{open_access, own_token_url};

/// All services, in the order of every list that people see.
static MODULES: &[&ServiceModule] = &[
    &kravogbetalinger::MODULE,
    &kravoversikt::MODULE,
    &restanser::MODULE,
    &trekkpaalegg::MODULE,
    &utleggsbegjaering::MODULE,
    &maskinporten::MODULE,
    &tilgangsstyring::MODULE,
];

/// The issuer whose tokens the services accept.
pub const ISSUER: &Issuer = &maskinporten::ISSUER;

/// What services bring to sessions.
pub(crate) fn of_services(services: &Services) -> OfServices {
    OfServices { format: services.format, states: services.states(), catalogue: services.catalogue }
}

/// The built-in services.
pub(crate) fn built_in() -> &'static Services {
    static SERVICES: LazyLock<&'static Services> = LazyLock::new(|| Services::new(MODULES.to_vec()));
    *SERVICES
}

/// The built-in services, and others after them.
pub(crate) fn built_in_and(others: &[&'static ServiceModule]) -> &'static Services {
    if others.is_empty() { built_in() } else { Services::new(MODULES.iter().chain(others).copied().collect()) }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::catalogue::Check;
    use crate::coverage::PartyState;
    use crate::faults::effects::FAULTS;
    use crate::interface::On;
    use crate::interface::fidelity::HOUSE;

    const DOCUMENT: &str = include_str!("../../docs/fidelity.md");

    /// The label of the line with an anchor, as the document has it.
    fn label(id: &str) -> Option<String> {
        let line = DOCUMENT.lines().find(|line| line.contains(&format!("<a id=\"{id}\"></a>")))?;
        let line = line.trim_end().trim_end_matches('|').replace("\\|", "/");
        line.rsplit_once('|').map(|(_, label)| label.trim().to_owned())
    }

    #[test]
    fn statements_agree_with_the_document_line_by_line() {
        let own = MODULES.iter().flat_map(|module| module.statements).copied();
        let mut used = HashSet::new();
        for statement in own.chain([HOUSE]).flatten() {
            let told = label(statement.id).unwrap_or_else(|| panic!("docs/fidelity.md has no line {}", statement.id));
            assert!(told.contains(statement.label.word()), "{}: {told:?} is not {:?}", statement.id, statement.label);
            used.insert(statement.id);
        }
        let anchors: Vec<&str> = DOCUMENT.split("<a id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let distinct: HashSet<&str> = anchors.iter().copied().collect();
        assert_eq!(distinct.len(), anchors.len(), "an anchor stands twice");
        assert_eq!(distinct, used, "an anchor that no statement has");
    }

    #[test]
    fn every_endpoint_and_every_fault_leans_on_something() {
        for module in MODULES {
            let statements: Vec<On> = module.statements.iter().copied().flatten().map(|known| known.on).collect();
            let has = |on: On| statements.contains(&on);
            for endpoint in module.service.endpoints {
                assert!(has(On::AnySuccess) || has(On::Success(endpoint.name)), "{}", endpoint.name);
            }
            assert!(has(On::Refusal), "{}", module.service.name);
            for on in &statements {
                let is_real = match on {
                    On::Success(name) => module.service.endpoint(name).is_some(),
                    On::Edition(_) => module.service.has_editions,
                    On::Xml => module.service.has_xml(),
                    On::Findings => module.hooks.finding_label.is_some(),
                    On::Party(state) => PartyState::NAMES.contains(state),
                    On::Check(check) => Check::ALL.contains(check),
                    _ => true,
                };
                assert!(is_real, "{}: {on:?}", module.service.name);
            }
        }
        for fault in FAULTS {
            let name = fault.split('(').next().unwrap_or(fault);
            assert!(HOUSE.iter().any(|known| matches!(known.on, On::Fault(named) if named == name)), "{fault}");
        }
    }
}
