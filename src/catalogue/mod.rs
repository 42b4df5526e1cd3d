//! The vocabulary that all rooms share: services, their endpoints, packages, editions and published error codes.
//!
//! Only the types stand here. Each service keeps its own entry in its own folder. `interface::Services` holds them all,
//! and hands a [`Catalogue`] of them to the rooms below it.

mod check;
mod code;
mod edition;
mod endpoint;
mod service;

pub use check::Check;
pub use code::Code;
pub(crate) use code::{COMMON_CODES, NO_SUCH_URL, UNEXPECTED};
pub(crate) use edition::Edition;
pub use endpoint::{BodyPolicy, Endpoint, Method, Number, Parameter, ParameterKind, PartyIn, Success};
pub use service::{Consent, Formats, Issuer, Needs, Package, Protection, Service, TokenDemand};

/// All services of the sandbox.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Catalogue(pub(crate) &'static [&'static Service]);

impl Catalogue {
    /// A service by name.
    pub(crate) fn service(self, name: &str) -> Option<&'static Service> {
        self.0.iter().copied().find(|service| service.name == name)
    }

    /// The codes that can be asked for at a service, or where there is none: its own, then the common ones.
    pub(crate) fn codes_at(service: Option<&'static Service>) -> impl Iterator<Item = &'static Code> {
        let common = if service.is_none_or(|service| service.has_common_codes) { &COMMON_CODES[..] } else { &[] };
        service.map_or(&[][..], |service| service.codes).iter().chain(common)
    }

    /// The service that a scope is for.
    pub(crate) fn by_scope(self, scope: &str) -> Option<&'static Service> {
        self.0.iter().copied().find(|service| service.scopes().contains(&scope))
    }

    /// The services that have a code of their own by that name.
    pub(crate) fn services_with(self, code: &str) -> impl Iterator<Item = &'static Service> {
        self.0.iter().copied().filter(move |service| service.codes.iter().any(|known| known.code == code))
    }

    /// Whose a code is, to be added to a refusal of it; nothing where it is nobody's.
    pub(crate) fn whose(self, code: &str) -> String {
        let owners: Vec<_> = self.services_with(code).map(|service| service.name).collect();
        if owners.is_empty() { String::new() } else { format!("; it belongs to {}", owners.join(", ")) }
    }

    /// A code by its exact spelling, among those that a service can give.
    pub(crate) fn code_at(service: Option<&'static Service>, code: &str) -> Option<&'static Code> {
        Self::codes_at(service).find(|known| known.code == code)
    }
}

/// The candidate most like a misspelt text, where one is near enough to be meant.
pub(crate) fn nearest<'a>(text: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = text.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= 2.max(candidate.chars().count() / 3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_is_near() {
        let names = ["KB-001", "KB-002", "DAS-001"];
        assert_eq!(nearest("kb-002", names), Some("KB-002"));
        assert_eq!(nearest("KB002", names), Some("KB-002"));
        assert_eq!(nearest("forfalsdato", ["forfallsdato", "kravtype"]), Some("forfallsdato"));
        assert_eq!(nearest("banana", names), None);
    }
}
