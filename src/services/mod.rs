//! The services: a folder each, the one list of them, and beside them what several services share.
//!
//! ARCHITECTURE.md, "Adding a service", says what a folder holds.

pub(crate) mod agreement;
mod kb;
mod kravogbetalinger;
mod kravoversikt;
mod lookup;
mod maskinporten;
mod render;
mod reskontro;
mod restanser;
mod trekkpaalegg;
mod utvalg;

use std::sync::LazyLock;

use crate::catalogue::Issuer;
use crate::interface::{ServiceModule, Services};
pub(crate) use maskinporten::{open_access, own_token};

/// The list: all services, in the order in which people are told of them.
static MODULES: [&ServiceModule; 5] = [
    &kravogbetalinger::MODULE,
    &kravoversikt::MODULE,
    &restanser::MODULE,
    &trekkpaalegg::MODULE,
    &maskinporten::MODULE,
];

/// Who issues the tokens that the services take.
pub const ISSUER: &Issuer = &maskinporten::ISSUER;

/// The services that are built in.
pub(crate) fn built_in() -> &'static Services {
    static SERVICES: LazyLock<&'static Services> = LazyLock::new(|| Services::new(MODULES.to_vec()));
    *SERVICES
}

/// The built-in services with others beside them.
pub(crate) fn built_in_and(others: &[&'static ServiceModule]) -> &'static Services {
    if others.is_empty() { built_in() } else { Services::new(MODULES.iter().chain(others).copied().collect()) }
}
