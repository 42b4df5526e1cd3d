//! The description of a service, as data.

use super::{Check, Code, Endpoint, OwnModifier, PartyIn, UNEXPECTED};

/// A published service.
#[derive(Debug, PartialEq, Eq)]
pub struct Service {
    /// The name that scenarios and rules use. It is also the first label of its hostname, as in `name.localhost`.
    pub name: &'static str,
    /// The name that people use.
    pub title: &'static str,
    /// The path that all its URLs begin with, without the version.
    pub base: &'static str,
    /// Real host names that lead to it besides those that begin with its name, in lower case. Its paths stand at their root.
    pub hosts: &'static [&'static str],
    /// The version, which is the next part of the path. Empty if it has none.
    pub version: &'static str,
    /// The access packages. Empty if its URLs have no package.
    pub packages: &'static [Package],
    /// Its endpoints.
    pub endpoints: &'static [Endpoint],
    /// The formats of its answers.
    pub formats: Formats,
    /// Its own error codes, in the order of their numbers.
    pub codes: &'static [Code],
    /// The code of each failed check, by the number of the code, counted from 1.
    pub refusals: &'static [(Check, usize)],
    /// Whether it also answers with the codes of the platform in front of all services (DAS).
    pub has_common_codes: bool,
    /// Whether its answers come in the editions of `Edition`.
    pub has_editions: bool,
    /// What its findings can name, each with the status of a refusal that lists it. A caller can ask for one on demand, or
    /// for several, joined by `+`.
    pub findings: &'static [Code],
    /// The modifiers that only it has.
    pub modifiers: &'static [OwnModifier],
    /// What it requires of its callers.
    pub protection: Protection,
}

/// The formats of a service's answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Formats {
    /// JSON. A request that does not accept it is refused.
    Json,
    /// JSON, whatever the request accepts.
    JsonAlways,
    /// JSON and XML.
    JsonAndXml {
        /// The namespace of the answers in XML.
        namespace: &'static str,
    },
}

/// What a service requires of its callers.
#[derive(Debug, PartialEq, Eq)]
pub enum Protection {
    /// Nothing. Everybody may call.
    Open,
    /// An access token.
    Token(TokenDemand),
}

/// Who issues access tokens.
#[derive(Debug, PartialEq, Eq)]
pub struct Issuer {
    /// The name of its service in the sandbox, and of the security scheme in OpenAPI documents.
    pub name: &'static str,
    /// The name that people use.
    pub title: &'static str,
    /// The `iss` of its real test environment.
    pub test_url: &'static str,
    /// Its real domain. Tokens of its other environments below that domain are refused.
    pub domain: &'static str,
}

/// What a service requires of an access token.
#[derive(Debug, PartialEq, Eq)]
pub struct TokenDemand {
    /// The issuer.
    pub issuer: &'static Issuer,
    /// The scopes, of which a token must have one. The first is the usual one.
    pub scopes: &'static [&'static str],
    /// What callers need in addition to the scope, if the call has no package.
    pub needs: Needs,
    /// What a consent to the service names. `None` if it takes no consent.
    pub consent: Option<Consent>,
    /// The warning for a call that is served although it has no token.
    pub without_token: &'static str,
}

/// An access package (rettighetspakke): which data a group of consumers may see.
#[derive(Debug, PartialEq, Eq)]
pub struct Package {
    /// The name, as it is spelt in the URL.
    pub name: &'static str,
    /// What its callers need in addition to the scope.
    pub needs: Needs,
    /// The warning for a call about a person, where the real service looks up organisations only.
    pub person_warning: Option<&'static str>,
}

/// What the callers of a package need in addition to the scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing.
    Nothing,
    /// The party's consent.
    Consent,
    /// The party's consent, or their own rights to the party.
    ConsentOrOwnRights,
    /// To be the party, or its systembruker. The URL has no party.
    ToBeTheParty,
}

/// What a consent to a service names.
#[derive(Debug, PartialEq, Eq)]
pub struct Consent {
    /// The resource of an Altinn 3 consent.
    pub resource: &'static str,
    /// The service codes of an Altinn 2 consent. One of them is enough.
    pub codes: &'static [&'static str],
}

impl Package {
    /// A package that persons can be looked up with, too.
    pub const fn new(name: &'static str, needs: Needs) -> Self {
        Self { name, needs, person_warning: None }
    }
}

/// The domains of the platform's environments.
const PLATFORM: [&str; 3] = [".skatteetaten.no", ".skatteetaten-test.no", ".sits.no"];

impl Service {
    /// Whether a host name, without its port, leads to it: one of its real names, or any name that begins with its own.
    pub fn has_host(&self, host: &str) -> bool {
        let first = host.split('.').next().unwrap_or_default();
        first.eq_ignore_ascii_case(self.name) || self.is_real_host(host)
    }

    /// Whether a host name, without its port, is one that only its owner can have: one of its real names, or a name of
    /// the platform that publishes it.
    pub(crate) fn is_owners_host(&self, host: &str) -> bool {
        self.is_real_host(host) || PLATFORM.iter().any(|domain| host.ends_with(domain))
    }

    /// Whether a host name, without its port, is one of its real names.
    pub fn is_real_host(&self, host: &str) -> bool {
        self.hosts.iter().any(|known| known.eq_ignore_ascii_case(host))
    }

    /// The host names by which its callers may know it: its real ones, its name alone and on this machine, and its names in the
    /// platform's environments.
    pub(crate) fn host_names(&self) -> Vec<String> {
        let own = [self.name.to_owned(), format!("{}.localhost", self.name)];
        let of_platform = PLATFORM.iter().map(|domain| format!("{}.api{domain}", self.name));
        self.hosts.iter().map(|host| (*host).to_owned()).chain(own).chain(of_platform).collect()
    }

    /// An endpoint by name.
    pub fn endpoint(&self, name: &str) -> Option<&'static Endpoint> {
        self.endpoints.iter().find(|endpoint| endpoint.name == name)
    }

    /// Whether it also answers in XML.
    pub const fn has_xml(&self) -> bool {
        matches!(self.formats, Formats::JsonAndXml { .. })
    }

    /// The namespace of its answers in XML. `None` if it has no XML.
    pub const fn xml_namespace(&self) -> Option<&'static str> {
        match self.formats {
            Formats::JsonAndXml { namespace } => Some(namespace),
            Formats::Json | Formats::JsonAlways => None,
        }
    }

    /// What an access token must have. `None` if no token is required.
    pub const fn token_demand(&self) -> Option<&TokenDemand> {
        match &self.protection {
            Protection::Open => None,
            Protection::Token(demand) => Some(demand),
        }
    }

    /// The scopes, of which a token must have one. Empty if no token is required.
    pub const fn scopes(&self) -> &'static [&'static str] {
        match &self.protection {
            Protection::Open => &[],
            Protection::Token(demand) => demand.scopes,
        }
    }

    /// What a consent to it names. `None` if it takes no consent.
    pub const fn consent(&self) -> Option<&Consent> {
        match &self.protection {
            Protection::Open => None,
            Protection::Token(demand) => demand.consent.as_ref(),
        }
    }

    /// Whether any of its calls is about a party. If so, scenarios, flags and reserved numbers apply to it.
    pub fn has_parties(&self) -> bool {
        self.endpoints.iter().any(|endpoint| endpoint.party != PartyIn::Nowhere)
    }

    /// Whether any of its calls has its party in the token. If so, the modifier `party` applies to it.
    pub fn takes_party(&self) -> bool {
        self.endpoints.iter().any(|endpoint| endpoint.party == PartyIn::Token)
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

    /// The code of a failed check. If `refusals` has none for it, the first code, for an unexpected fault.
    pub fn refusal(&self, check: Check) -> &'static Code {
        let number = self.refusals.iter().find(|(failed, _)| *failed == check).map_or(1, |(_, number)| *number);
        self.code_number(number).unwrap_or(UNEXPECTED)
    }

    /// The code with a running number, counted from 1.
    pub fn code_number(&self, number: usize) -> Option<&'static Code> {
        self.codes.get(number.checked_sub(1)?)
    }
}
