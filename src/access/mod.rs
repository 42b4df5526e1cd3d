//! Who may see what: the caller's token, and the consent or rights that belong to it. Also the parts from which the
//! issuer makes tokens. Imitates docs/fidelity.md, "Access".
//!
//! Tokens follow the real clock, unless a session says otherwise.

pub(crate) mod clients;
pub(crate) mod explain;
mod fault;
pub(crate) mod jwt;
pub(crate) mod keys;
pub(crate) mod mint;
pub(crate) mod requests;
mod samtykke;
pub(crate) mod token;
pub(crate) mod used_grants;

use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::str::FromStr;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::catalogue::{Issuer, Needs, Service, TokenDemand};
use crate::coverage::TokenKind;
use clients::Registry;
use fault::TokenFault;
use jwt::Jwt;
use keys::Keys;
use token::Token;
use used_grants::{GrantLimit, MOST_GRANTS};

/// How closely tokens are checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Level {
    /// Not at all.
    Off,
    /// Calls without a token are served, with a warning that the real service would refuse them. A token is checked.
    #[default]
    Open,
    /// A token is needed; its claims are checked.
    Claims,
    /// A token is needed; its claims and its signature are checked.
    Signed,
}

impl Level {
    /// The accepted spellings.
    pub(crate) const NAMES: [&'static str; 4] = ["off", "open", "claims", "signed"];
}

impl FromStr for Level {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "off" => Ok(Self::Off),
            "open" => Ok(Self::Open),
            "claims" => Ok(Self::Claims),
            "signed" => Ok(Self::Signed),
            _ => Err(format!("there are the levels {}", Self::NAMES.join(", "))),
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::NAMES[*self as usize])
    }
}

/// What a call needs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Demand<'a> {
    /// The service that is called.
    pub(crate) service: &'static Service,
    /// What its tokens must have.
    pub(crate) token: &'static TokenDemand,
    /// Whose data is asked for, as the call gives it.
    pub(crate) part: &'a str,
    /// What it needs besides a scope of the service.
    pub(crate) needs: Needs,
    /// The service code of an Altinn 2 consent to this endpoint alone.
    pub(crate) egen_kode: Option<&'static str>,
}

impl Demand<'_> {
    /// The service codes of an Altinn 2 consent. Any of them is enough.
    pub(crate) fn koder(&self) -> Vec<&'static str> {
        let of_all = self.token.consent.as_ref().map_or(&[][..], |consent| consent.codes);
        of_all.iter().copied().chain(self.egen_kode).collect()
    }

    /// The resource of a consent in Altinn 3.
    pub(crate) fn ressurs(&self) -> &'static str {
        self.token.consent.as_ref().map_or("", |consent| consent.resource)
    }

    /// The usual scope.
    pub(crate) fn scope(&self) -> &'static str {
        self.token.scopes.first().copied().unwrap_or_default()
    }
}

/// Why a call is refused. The message is for the caller, in Norwegian.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The token itself; with the challenge of `WWW-Authenticate`.
    Authentication { melding: String, challenge: String },
    /// The token is good, but not for this service.
    Scope { melding: String, challenge: String },
    /// The token is good, but gives no right to this party.
    Consent(String),
}

/// Checks calls at a level, and remembers tokens that it has read.
pub(crate) struct Access {
    level: Level,
    pub(crate) keys: Keys,
    /// The clients that the issuer knows. If there are none, it accepts any client.
    pub(crate) clients: Registry,
    /// How many used grants all sessions remember together.
    pub(crate) used: GrantLimit,
    /// Whose tokens are taken.
    issued_by: &'static Issuer,
    /// Whether callers who need rights to an organisation may look up every organisation, as in the test environment.
    any_organisation: bool,
    /// The name of the issuer, if it is not the address that it is called by.
    pub(crate) issuer: Option<String>,
    read: Cache<Box<str>, Arc<Token>, BySize>,
    /// The key of the marks of tokens. Nothing tells it.
    marks: RandomState,
}

/// The largest token that is read, in bytes; two of them fit into the headers of a request.
const LARGEST_TOKEN: usize = 16 * 1024;

/// The largest size of all remembered tokens, in bytes, as texts and as values.
const REMEMBERED: u64 = 2 * 1024 * 1024;

/// The warning for a call that only the test environment serves.
const ANY_ORGANISATION: &str = "the token gives no right to this organisation: production would answer 403; the test \
    environment serves all test organisations (--regnskapssystem own checks as production does)";

#[derive(Clone)]
struct BySize;

impl Weighter<Box<str>, Arc<Token>> for BySize {
    fn weight(&self, token: &Box<str>, _: &Arc<Token>) -> u64 {
        token.len() as u64 * 2 + 512
    }
}

/// Who calls, as the token says; read once, before anything is checked.
#[derive(Debug)]
pub(crate) enum Caller {
    /// There is no token.
    Unknown,
    /// The token's claims, not checked yet.
    Says(Arc<Token>),
    /// A client that asks the issuer for a token.
    Asks(String),
    /// There is a header, but no token that can be read.
    Unreadable(Refusal),
}

impl Caller {
    /// The organisation that the token acts for: the customer of a systembruker, otherwise the consumer.
    pub(crate) fn acts_for(&self) -> Option<&str> {
        match self {
            Self::Says(token) => token.acts_for().ok().filter(|number| !number.is_empty()),
            Self::Unknown | Self::Asks(_) | Self::Unreadable(_) => None,
        }
    }

    /// What kind of token it is. Nothing if there is none that can be read. `headers` are those of the call.
    pub(crate) fn token_kind(&self, headers: &HeaderMap) -> Option<TokenKind> {
        let Self::Says(token) = self else { return None };
        Some(if headers.contains_key(samtykke::HEADER) { TokenKind::ConsentHeader } else { token.kind() })
    }

    /// What tells the token from others, and how many seconds it has left. Nothing if there is no token that can be read.
    pub(crate) fn token_facts(&self, now: DateTime<Utc>) -> Option<(u64, Option<i64>)> {
        let Self::Says(token) = self else { return None };
        Some((token.mark, token.seconds_left(now)))
    }

    /// How many seconds ago its token ended. Nothing if it has none that can be read, or has not ended.
    pub(crate) fn ended(&self, now: DateTime<Utc>) -> Option<i64> {
        let Self::Says(token) = self else { return None };
        token.seconds_left(now).filter(|left| *left < 0).map(i64::saturating_neg)
    }

    /// The OAuth client.
    pub(crate) fn client(&self) -> Option<&str> {
        match self {
            Self::Says(token) => token.client_id.as_deref(),
            Self::Asks(client) => Some(client),
            Self::Unknown | Self::Unreadable(_) => None,
        }
    }
}

impl Access {
    pub(crate) fn new(
        level: Level,
        keys: Keys,
        clients: Registry,
        issued_by: &'static Issuer,
        issuer: Option<String>,
    ) -> Self {
        let read = Cache::with_weighter(256, REMEMBERED, BySize);
        let used = GrantLimit::new(MOST_GRANTS);
        Self { level, keys, clients, used, issued_by, any_organisation: false, issuer, read, marks: RandomState::new() }
    }

    /// Says whether callers who need rights to an organisation may look up every organisation.
    #[must_use]
    pub(crate) fn with_any_organisation(mut self, any: bool) -> Self {
        self.any_organisation = any;
        self
    }

    /// Says how many used grants are remembered.
    #[must_use]
    pub(crate) fn with_most_grants(mut self, most: usize) -> Self {
        self.used = GrantLimit::new(most);
        self
    }

    /// How closely tokens are checked.
    pub(crate) fn level(&self) -> Level {
        self.level
    }

    /// Checks a call at an instant. Returns a warning for a call that is served although the real service would refuse
    /// it.
    ///
    /// # Errors
    /// No token where one is needed, or a token that does not meet the demand.
    pub(crate) fn check(
        &self,
        caller: &Caller,
        headers: &HeaderMap,
        demand: &Demand<'_>,
        now: DateTime<Utc>,
    ) -> Result<Option<&'static str>, Refusal> {
        let token = match (self.level, caller) {
            (Level::Off, _) => return Ok(None),
            (Level::Open, Caller::Unknown | Caller::Asks(_)) => return Ok(Some(demand.token.without_token)),
            (Level::Claims | Level::Signed, Caller::Unknown | Caller::Asks(_)) => {
                return Err(missing(demand.token.issuer));
            }
            (_, Caller::Unreadable(refusal)) => return Err(refusal.clone()),
            (_, Caller::Says(token)) => token,
        };
        let keys = (self.level == Level::Signed).then_some(&self.keys);
        if let Some(keys) = keys {
            verify(token, headers, keys)?;
        }
        token.check(demand.token, now, keys.is_some())?;
        self.rights(headers, token, demand, now, keys)
    }

    /// Checks that a good token gives a right to the party. Returns a warning for a call that is served although
    /// production would refuse it.
    fn rights(
        &self,
        headers: &HeaderMap,
        token: &Token,
        demand: &Demand<'_>,
        now: DateTime<Utc>,
        keys: Option<&Keys>,
    ) -> Result<Option<&'static str>, Refusal> {
        let is_organisation = demand.part.len() == 9 && demand.part.bytes().all(|b| b.is_ascii_digit());
        match samtykke::check(headers, token, demand, now, keys) {
            Ok(()) => Ok(None),
            Err(_) if self.any_organisation && is_organisation && demand.needs == Needs::ConsentOrOwnRights => {
                Ok(Some(ANY_ORGANISATION))
            }
            Err(melding) => Err(Refusal::Consent(melding)),
        }
    }

    /// Whether the token of a call is checked at all.
    pub(crate) fn looks_at(&self, caller: &Caller) -> bool {
        match self.level {
            Level::Off => false,
            Level::Open => !matches!(caller, Caller::Unknown | Caller::Asks(_)),
            Level::Claims | Level::Signed => true,
        }
    }

    /// Whether this caller has no token and is still served, or tokens are not checked at all.
    pub(crate) fn serves_without_token(&self, caller: &Caller) -> bool {
        match self.level {
            Level::Off => true,
            Level::Open => matches!(caller, Caller::Unknown | Caller::Asks(_)),
            Level::Claims | Level::Signed => false,
        }
    }

    /// Reads who calls: the token's client, or that of an assertion in the body of a token request.
    pub(crate) fn caller(&self, headers: &HeaderMap, body: &[u8]) -> Caller {
        if !headers.contains_key(AUTHORIZATION) {
            let mut form = form_urlencoded::parse(body).filter(|(name, _)| name == "assertion");
            let issuer =
                form.next().and_then(|(_, text)| Some(Jwt::read(&text).ok()?.payload["iss"].as_str()?.to_owned()));
            return issuer.map_or(Caller::Unknown, Caller::Asks);
        }
        self.token(headers).map_or_else(Caller::Unreadable, Caller::Says)
    }

    /// The bearer token, read now or earlier.
    fn token(&self, headers: &HeaderMap) -> Result<Arc<Token>, Refusal> {
        let mut values = headers.get_all(AUTHORIZATION).iter();
        let value = values.next();
        if values.next().is_some() {
            return Err(invalid_request("Authorization-headeren er oppgitt flere ganger"));
        }
        let Some(text) = value.and_then(|value| value.to_str().ok()).and_then(bearer) else {
            return Err(invalid_request("Authorization-headeren må være på formen 'Bearer <token>'"));
        };
        if let Some(token) = self.read.get(text) {
            return Ok(token);
        }
        let read = match text.len() {
            ..=LARGEST_TOKEN => Token::read(text),
            _ => Err(TokenFault::TooLarge(LARGEST_TOKEN)),
        };
        let mut token = read.map_err(|why| invalid_token(format!("Tokenet kan ikke leses: {}", why.norwegian())))?;
        token.mark = self.marks.hash_one(text);
        let token = Arc::new(token);
        self.read.insert(text.into(), Arc::clone(&token));
        Ok(token)
    }
}

/// Checks the signature with the known keys. A remembered token that was verified is not checked again while the keys
/// stay the same.
fn verify(token: &Token, headers: &HeaderMap, keys: &Keys) -> Result<(), Refusal> {
    let generation = keys.generation();
    if token.is_verified_by(generation) {
        return Ok(());
    }
    let value = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let text = value.and_then(bearer).unwrap_or_default();
    let verified = Jwt::read(text).and_then(|jwt| keys.verify(&jwt));
    verified.map_err(|why| invalid_token(format!("Tokenet kan ikke godtas: {}", why.norwegian())))?;
    token.set_verified_by(generation);
    Ok(())
}

/// The token after the word `Bearer`, which may be in upper or lower case.
fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() && !token.contains(' ')).then_some(token)
}

fn missing(issuer: &Issuer) -> Refusal {
    Refusal::Authentication {
        melding: format!("Kallet mangler token: send Authorization-header med Bearer-token fra {}", issuer.title),
        challenge: "Bearer".to_owned(),
    }
}

fn invalid_request(melding: &str) -> Refusal {
    Refusal::Authentication { melding: melding.to_owned(), challenge: r#"Bearer error="invalid_request""#.to_owned() }
}

/// The challenge to a caller whose token is refused.
pub(crate) const INVALID_TOKEN: &str = r#"Bearer error="invalid_token""#;

fn invalid_token(melding: String) -> Refusal {
    Refusal::Authentication { melding, challenge: INVALID_TOKEN.to_owned() }
}
