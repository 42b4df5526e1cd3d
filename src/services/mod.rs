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
pub(crate) use maskinporten::{open_access, own_token};

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
