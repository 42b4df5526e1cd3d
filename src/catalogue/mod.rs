//! The vocabulary that all rooms share: services, their endpoints, packages, editions and published error codes.
//!
//! Only the types are here. Each service has its entry in its own folder. `interface::Services` collects the entries,
//! and gives a [`Catalogue`] of them to the rooms below it.

mod check;
mod code;
mod edition;
mod endpoint;
mod label;
mod modifier;
mod service;

pub use check::Check;
pub use code::Code;
pub(crate) use code::{COMMON_CODES, Demanded, NO_SUCH_URL, UNEXPECTED};
pub(crate) use edition::Edition;
pub use endpoint::{BodyPolicy, Endpoint, Method, Number, Parameter, ParameterKind, PartyIn, Success};
pub use label::Label;
pub(crate) use label::Leaning;
pub use modifier::OwnModifier;
pub use service::{Consent, Formats, Issuer, Needs, Package, Protection, Service, TokenDemand};

/// All services of the sandbox.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Catalogue(pub(crate) &'static [&'static Service]);

impl Catalogue {
    /// A service by name.
    pub(crate) fn service(self, name: &str) -> Option<&'static Service> {
        self.0.iter().copied().find(|service| service.name == name)
    }

    /// The codes that a rule or a header can choose at a service: its own, then the common ones, then those of its
    /// findings. Without a service, the common ones.
    pub(crate) fn codes_at(service: Option<&'static Service>) -> impl Iterator<Item = &'static Code> {
        let common = if service.is_none_or(|service| service.has_common_codes) { COMMON_CODES } else { &[] };
        let findings = service.map_or(&[][..], |service| service.findings);
        service.map_or(&[][..], |service| service.codes).iter().chain(common).chain(findings)
    }

    /// The service that a scope is for.
    pub(crate) fn by_scope(self, scope: &str) -> Option<&'static Service> {
        self.0.iter().copied().find(|service| service.scopes().contains(&scope))
    }

    /// The services whose own codes have this one.
    pub(crate) fn services_with(self, code: &str) -> impl Iterator<Item = &'static Service> {
        let has = move |codes: &[Code]| codes.iter().any(|known| known.code == code);
        self.0.iter().copied().filter(move |service| has(service.codes) || has(service.findings))
    }

    /// The services that a code belongs to, as an addition to a message that refuses it. Empty if it belongs to none.
    pub(crate) fn owners_note(self, code: &str) -> String {
        let owners: Vec<_> = self.services_with(code).map(|service| service.name).collect();
        if owners.is_empty() { String::new() } else { format!("; it belongs to {}", owners.join(", ")) }
    }

    /// What a text demands at a service: one code by its exact spelling, among those that [`Self::codes_at`] lists, or
    /// several of its findings, joined by `+`.
    ///
    /// # Errors
    /// The first code that the service does not have, or that cannot be joined with others.
    pub(crate) fn demanded<'t>(service: Option<&'static Service>, text: &'t str) -> Result<Demanded, &'t str> {
        let findings = service.map_or(&[][..], |service| service.findings);
        let finding = |code: &'t str| findings.iter().find(|known| known.code == code).ok_or(code);
        match Self::codes_at(service).find(|known| known.code == text) {
            Some(code) if !findings.contains(code) => Ok(Demanded::Code(code)),
            _ => text.split('+').map(finding).collect::<Result<_, _>>().map(Demanded::Findings),
        }
    }

    /// The modifiers that only one service has.
    pub(crate) fn modifiers(self) -> impl Iterator<Item = &'static OwnModifier> {
        self.0.iter().flat_map(|service| service.modifiers)
    }
}

/// A longer text is compared with no name. Comparing takes time and memory by the product of both lengths.
const LONGEST_NAME: usize = 100;

/// A text is compared with the first names only, if there are very many.
const MOST_NAMES: usize = 1_000;

/// The candidate that is most similar to a misspelt text. `None` if no candidate is similar enough.
pub(crate) fn nearest<'a>(text: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if text.len() > LONGEST_NAME {
        return None;
    }
    let lower = text.to_lowercase();
    let length = lower.chars().count();
    let limit = |candidate: &str| 2.max(candidate.chars().count() / 3);
    // A distance is at least the difference of the lengths.
    let is_possible = |candidate: &&str| {
        candidate.len() <= LONGEST_NAME && candidate.chars().count().abs_diff(length) <= limit(candidate)
    };
    candidates
        .into_iter()
        .take(MOST_NAMES)
        .filter(is_possible)
        .map(|candidate| (strsim::damerau_levenshtein(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= limit(candidate))
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
