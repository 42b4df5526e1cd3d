//! What a service says of itself, as data.

use super::{Check, Code, Endpoint, PartyIn, UNEXPECTED};

/// A published service.
#[derive(Debug, PartialEq, Eq)]
pub struct Service {
    /// The name that scenarios and rules use; also the first label of its host form.
    pub name: &'static str,
    /// The name that people use.
    pub title: &'static str,
    /// The path that all its URLs begin with, without the version.
    pub base: &'static str,
    /// The version, which is the next part of the path; empty where it has none.
    pub version: &'static str,
    /// The access packages; empty where its URLs have no place for one.
    pub packages: &'static [Package],
    /// Its endpoints.
    pub endpoints: &'static [Endpoint],
    /// The formats of its answers.
    pub formats: Formats,
    /// Its own error codes, in the order of their numbers.
    pub codes: &'static [Code],
    /// Which code a failed check is answered with, by its number.
    pub refusals: &'static [(Check, usize)],
    /// Whether it gives the codes of the platform in front of all services (DAS), too.
    pub has_common_codes: bool,
    /// Whether its answers come in the editions of [`super::Edition`].
    pub has_editions: bool,
    /// What its callers need.
    pub protection: Protection,
}

/// The formats of a service's answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Formats {
    /// JSON. A caller who does not accept it is refused.
    Json,
    /// JSON, whatever the caller accepts.
    JsonAlways,
    /// JSON and XML.
    JsonAndXml {
        /// The namespace of the answers in XML.
        namespace: &'static str,
    },
}

/// What the callers of a service need.
#[derive(Debug, PartialEq, Eq)]
pub enum Protection {
    /// Nothing: everybody may call.
    Open,
    /// An access token.
    Token(TokenDemand),
}

/// Who issues access tokens.
#[derive(Debug, PartialEq, Eq)]
pub struct Issuer {
    /// The name of its service here, and of the security scheme in contracts.
    pub name: &'static str,
    /// The name that people use.
    pub title: &'static str,
    /// What its real test environment calls itself (`iss`).
    pub test_url: &'static str,
    /// The domain that it has in reality. Tokens of other environments below it are refused.
    pub domain: &'static str,
}

/// What an access token must have.
#[derive(Debug, PartialEq, Eq)]
pub struct TokenDemand {
    /// Who issues it.
    pub issuer: &'static Issuer,
    /// The scopes of which it needs one. The first is the usual one.
    pub scopes: &'static [&'static str],
    /// What callers need besides the scope, where no package says it.
    pub needs: Needs,
    /// What a consent to the service names; nothing where it takes no consent.
    pub consent: Option<Consent>,
    /// The warning for a caller without a token whose call is served all the same.
    pub without_token: &'static str,
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
    /// To be the party, or its systembruker. There is no party in the URL.
    ToBeTheParty,
}

/// What a consent to a service names.
#[derive(Debug, PartialEq, Eq)]
pub struct Consent {
    /// The resource of an Altinn 3 consent.
    pub resource: &'static str,
    /// The service codes of an Altinn 2 consent. Any of them will do.
    pub codes: &'static [&'static str],
}

impl Service {
    /// An endpoint by name.
    pub fn endpoint(&self, name: &str) -> Option<&'static Endpoint> {
        self.endpoints.iter().find(|endpoint| endpoint.name == name)
    }

    /// Whether its answers come in XML, too.
    pub const fn speaks_xml(&self) -> bool {
        matches!(self.formats, Formats::JsonAndXml { .. })
    }

    /// The namespace of its answers in XML; nothing where it has none.
    pub const fn xml_namespace(&self) -> Option<&'static str> {
        match self.formats {
            Formats::JsonAndXml { namespace } => Some(namespace),
            Formats::Json | Formats::JsonAlways => None,
        }
    }

    /// What an access token must have; nothing where no token is needed.
    pub const fn token_demand(&self) -> Option<&TokenDemand> {
        match &self.protection {
            Protection::Open => None,
            Protection::Token(demand) => Some(demand),
        }
    }

    /// The scopes of which a token needs one; empty where no token is needed.
    pub const fn scopes(&self) -> &'static [&'static str] {
        match &self.protection {
            Protection::Open => &[],
            Protection::Token(demand) => demand.scopes,
        }
    }

    /// What a consent to it names.
    pub const fn consent(&self) -> Option<&Consent> {
        match &self.protection {
            Protection::Open => None,
            Protection::Token(demand) => demand.consent.as_ref(),
        }
    }

    /// Whether any of its calls is about a party, so that scenarios, flags and reserved numbers mean something.
    pub fn has_parties(&self) -> bool {
        self.endpoints.iter().any(|endpoint| endpoint.party != PartyIn::Nowhere)
    }

    /// Whether the party of any of its calls stands in the token, so that the modifier `party` means something.
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

    /// The code that a failed check is answered with; the first one, of an unexpected fault, where none is named.
    pub fn refusal(&self, check: Check) -> &'static Code {
        let number = self.refusals.iter().find(|(failed, _)| *failed == check).map_or(1, |(_, number)| *number);
        self.code_number(number).unwrap_or(UNEXPECTED)
    }

    /// The code with a running number, counted from 1.
    pub fn code_number(&self, number: usize) -> Option<&'static Code> {
        self.codes.get(number.checked_sub(1)?)
    }
}
