//! The vocabulary that all rooms share: which services there are, their endpoints, packages,
//! editions and published error codes.
//!
//! Only the types live here. Each service keeps its own entry in its own folder, and
//! `services::CATALOGUE` lists them; the rooms below `services` are handed that list.

use std::fmt;
use std::str::FromStr;

/// An edition of the answers of Krav og betalinger. (docs/fidelity.md, "Editions")
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Edition {
    /// March 2023: plain strings, `betaltFra`, empty lists printed.
    E2023,
    /// August 2023 and later: `skjermet`, `spraakTekst`, masked accounts.
    #[default]
    E2024,
}

impl Edition {
    /// The accepted spellings.
    pub const NAMES: [&'static str; 2] = ["2023", "2024"];
}

impl FromStr for Edition {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "2023" => Ok(Self::E2023),
            "2024" => Ok(Self::E2024),
            _ => Err(()),
        }
    }
}

impl fmt::Display for Edition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::E2023 => "2023",
            Self::E2024 => "2024",
        })
    }
}

/// A published error code.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// For example `KB-006`.
    pub code: &'static str,
    /// The HTTP status that goes with it.
    pub status: u16,
    /// The published area, in Norwegian.
    pub area: &'static str,
    /// The sandbox's own message where nothing more precise can be said, in Norwegian.
    pub melding: &'static str,
}

impl Code {
    /// A row of an error table.
    pub const fn new(code: &'static str, status: u16, area: &'static str, melding: &'static str) -> Self {
        Self { code, status, area, melding }
    }
}

/// An endpoint of a service.
#[derive(Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// By which scenarios and rules name it.
    pub name: &'static str,
    /// Its path below the service's base, like `v1/{rettighetspakke}/{identifikator}/krav`.
    pub path: &'static str,
    /// A whole path, of another service's URLs, that leads here too.
    pub also_at: Option<&'static str>,
    /// Whether it takes `fraOgMed` and `tilOgMed`.
    pub periode: bool,
    /// What it takes in the query besides.
    pub query: &'static [&'static str],
    /// The root element of its answer in XML.
    pub xml_root: &'static str,
    /// The service code of a consent in the old Altinn to this endpoint alone.
    pub consent_code: Option<&'static str>,
}

impl Endpoint {
    /// An endpoint with none of what only some have.
    pub const fn new(name: &'static str, path: &'static str, xml_root: &'static str) -> Self {
        Self { name, path, also_at: None, periode: false, query: &[], xml_root, consent_code: None }
    }
}

/// An access package (rettighetspakke): which data a group of consumers may see.
#[derive(Debug, PartialEq, Eq)]
pub struct Package {
    /// The part of the URL.
    pub name: &'static str,
    /// What its callers need besides the scope.
    pub needs: Needs,
}

/// What the callers of a package need besides the scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing.
    Nothing,
    /// The party's consent.
    Consent,
    /// The party's consent, or rights of their own to the party.
    ConsentOrOwnRights,
    /// To be the party themselves, or its systembruker: there is no party in the URL.
    ToBeTheParty,
}

/// What a consent to a service names.
#[derive(Debug, PartialEq, Eq)]
pub struct Consent {
    /// The resource of a consent in Altinn 3.
    pub resource: &'static str,
    /// The service codes of a consent in the old Altinn, any of which will do.
    pub codes: &'static [&'static str],
}

/// A published service.
#[derive(Debug, PartialEq, Eq)]
pub struct Service {
    /// By which scenarios and rules name it; also the first label of its host form.
    pub name: &'static str,
    /// What a person calls it.
    pub title: &'static str,
    /// The path that all its URLs begin with, without the version.
    pub base: &'static str,
    /// The version, the next part of the path.
    pub version: &'static str,
    /// The access packages; none where the URL has no place for them.
    pub packages: &'static [Package],
    /// Its endpoints.
    pub endpoints: &'static [Endpoint],
    /// The namespace of its answers in XML; empty where it speaks JSON only.
    pub xml_namespace: &'static str,
    /// Its own error codes, in the order of their numbers.
    pub codes: &'static [Code],
    /// The number of the code that a failed check is answered with.
    pub refusals: &'static [(Check, usize)],
    /// Whether the codes of the platform in front of the services are its own too.
    pub has_common_codes: bool,
    /// Whether its answers come in the editions of [`Edition`].
    pub has_editions: bool,
    /// Where it is said whose data is asked for.
    pub party: PartyIn,
    /// The scopes of which its callers need one; the first is the usual one.
    pub scopes: &'static [&'static str],
    /// What callers need besides the scope, where there are no packages to say it.
    pub needs: Needs,
    /// What a consent to it names.
    pub consent: Option<Consent>,
    /// What a caller without a token is warned of, where the call is served all the same.
    pub without_token: &'static str,
}

/// Where a call says whose data it asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartyIn {
    /// In the URL.
    Url,
    /// In the token, so that the key `party` means something.
    Token,
    /// Nowhere: the service has no parties.
    Nowhere,
}

impl Service {
    /// An endpoint by name.
    pub fn endpoint(&self, name: &str) -> Option<&'static Endpoint> {
        self.endpoints.iter().find(|endpoint| endpoint.name == name)
    }

    /// Whether its answers come in XML too.
    pub fn speaks_xml(&self) -> bool {
        !self.xml_namespace.is_empty()
    }

    /// An access package by name.
    pub fn package(&self, name: &str) -> Option<&'static Package> {
        self.packages.iter().find(|package| package.name == name)
    }

    /// The names of its access packages, for a message.
    pub fn package_names(&self) -> String {
        self.packages.iter().map(|package| package.name).collect::<Vec<_>>().join(", ")
    }

    /// The names of its endpoints, for a message.
    pub fn endpoint_names(&self) -> String {
        self.endpoints.iter().map(|endpoint| endpoint.name).collect::<Vec<_>>().join(", ")
    }

    /// The code that a failed check is answered with; the first, of an unexpected fault, where none is named.
    pub fn refusal(&self, check: Check) -> &'static Code {
        let number = self.refusals.iter().find(|(failed, _)| *failed == check).map_or(1, |(_, number)| *number);
        self.code_number(number).unwrap_or(UNEXPECTED)
    }

    /// The code with a running number, counted from 1.
    pub fn code_number(&self, number: usize) -> Option<&'static Code> {
        self.codes.get(number.checked_sub(1)?)
    }
}

/// The codes of the platform in front of all services ("felles feilkoder").
pub(crate) static COMMON_CODES: [Code; 8] = [
    Code::new(
        "DAS-001",
        500,
        "Uventet feil.",
        "Uventet feil. Kontakt brukerstøtte og oppgi applikasjon og korrelasjonsid.",
    ),
    Code::new("DAS-002", 404, "Ukjent endepunkt.", "URL-en svarer ikke til et gyldig endepunkt."),
    Code::new(
        "DAS-003",
        500,
        "Midlertidig utilgjengelig.",
        "Opplysningene er ikke tilgjengelige for øyeblikket. Prøv igjen senere.",
    ),
    Code::new("DAS-004", 500, "Intern autentisering.", "Feil ved intern autentisering hos Skatteetaten."),
    Code::new("DAS-005", 500, "Intern autentisering.", "Feil ved intern autentisering hos Skatteetaten."),
    Code::new("DAS-006", 500, "Intern autentisering.", "Feil ved intern autentisering hos Skatteetaten."),
    Code::new("DAS-007", 500, "Intern autentisering.", "Feil ved intern autentisering hos Skatteetaten."),
    Code::new("DAS-008", 403, "Autorisasjon.", "Ikke autorisert for den forespurte ressursen."),
];

/// The code for a fault outside any service.
pub(crate) static UNEXPECTED: &Code = &COMMON_CODES[0];

/// The code for a URL that belongs to no service.
pub(crate) static NO_SUCH_URL: &Code = &COMMON_CODES[1];

/// What a call is held against, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// It leads to an endpoint, by a method that there is.
    Url,
    /// The caller takes a format that there is.
    Format,
    /// A token that is good.
    Authentication,
    /// A scope that covers the service.
    Authorisation,
    /// Consent, or rights of the caller's own.
    Consent,
    /// Identifier and parameters.
    Input,
    /// The party is known.
    Party,
    /// There is something in the period.
    Period,
}

impl Check {
    pub(crate) const ALL: [Self; 8] = [
        Self::Url,
        Self::Format,
        Self::Authentication,
        Self::Authorisation,
        Self::Consent,
        Self::Input,
        Self::Party,
        Self::Period,
    ];

    pub(crate) const fn name(self) -> &'static str {
        ["url", "format", "authentication", "authorisation", "consent", "input", "party", "period"][self as usize]
    }

    /// It is about token or rights.
    pub(crate) const fn is_access(self) -> bool {
        matches!(self, Self::Authentication | Self::Authorisation | Self::Consent)
    }
}

/// All services of the sandbox.
#[derive(Clone, Copy, Debug)]
pub struct Catalogue(pub &'static [&'static Service]);

impl Catalogue {
    /// A service by name.
    pub fn service(self, name: &str) -> Option<&'static Service> {
        self.0.iter().copied().find(|service| service.name == name)
    }

    /// The codes that can be asked for at a service, or where there is none: its own, then the common ones.
    pub fn codes_at(service: Option<&'static Service>) -> impl Iterator<Item = &'static Code> {
        let common = if service.is_none_or(|service| service.has_common_codes) { &COMMON_CODES[..] } else { &[] };
        service.map_or(&[][..], |service| service.codes).iter().chain(common)
    }

    /// The service that a scope is for.
    pub fn by_scope(self, scope: &str) -> Option<&'static Service> {
        self.0.iter().copied().find(|service| service.scopes.contains(&scope))
    }

    /// The services that have a code of their own by that name.
    pub fn services_with(self, code: &str) -> impl Iterator<Item = &'static Service> {
        self.0.iter().copied().filter(move |service| service.codes.iter().any(|known| known.code == code))
    }

    /// Whose a code is, to be added to a refusal of it; nothing where it is nobody's.
    pub(crate) fn whose(self, code: &str) -> String {
        let owners: Vec<_> = self.services_with(code).map(|service| service.name).collect();
        if owners.is_empty() { String::new() } else { format!("; it belongs to {}", owners.join(", ")) }
    }

    /// A code by its exact spelling, among those that a service can give.
    pub fn code_at(service: Option<&'static Service>, code: &str) -> Option<&'static Code> {
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
