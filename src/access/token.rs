//! The access token: who calls, with which scope, and on behalf of whom.

use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::fault::TokenFault;
use super::jwt::{claims, seconds};
use super::{Refusal, invalid_token};
use crate::catalogue::{Issuer, TokenDemand};
use crate::coverage::TokenKind;

/// The allowed difference between the clocks of issuer and service.
pub(super) const LEEWAY: TimeDelta = TimeDelta::seconds(10);

/// The claims of a token that the sandbox reads.
#[derive(Debug, Deserialize)]
pub(crate) struct Token {
    #[serde(default)]
    iss: String,
    exp: Option<Value>,
    nbf: Option<Value>,
    iat: Option<Value>,
    #[serde(default)]
    scope: String,
    consumer: Option<Party>,
    pub(super) client_id: Option<String>,
    /// It is there if the consumer has delegated the scope.
    supplier: Option<IgnoredAny>,
    #[serde(default)]
    pub(super) authorization_details: Vec<Detail>,
    /// Tells it from other tokens: a keyed hash.
    #[serde(skip)]
    pub(super) mark: u64,
    /// The generation of the keys that verified its signature. 0: it has not been verified.
    #[serde(skip)]
    verified: AtomicU64,
}

/// An organisation in ISO 6523 form.
#[derive(Debug, Deserialize)]
pub(super) struct Party {
    #[serde(rename = "ID")]
    id: String,
}

/// An entry of `authorization_details`.
#[derive(Debug, Deserialize)]
pub(super) struct Detail {
    #[serde(default)]
    pub(super) r#type: String,
    /// The customer, if this is a systembruker.
    pub(super) systemuser_org: Option<Party>,
    /// Who gave the consent, as a URN, if this is a consent.
    pub(super) from: Option<Value>,
    /// Who got the consent; a URN or an organisation.
    pub(super) to: Option<Value>,
    /// When the consent ends.
    #[serde(rename = "validTo")]
    pub(super) valid_to: Option<String>,
    /// What the consent is for. Both spellings are published.
    #[serde(rename = "consentRights", alias = "consentrights", default)]
    pub(super) consent_rights: Vec<ConsentRight>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ConsentRight {
    #[serde(default)]
    pub(super) resource: Vec<Resource>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Resource {
    #[serde(default)]
    pub(super) value: String,
}

impl Party {
    /// The organisation number of `0192:123456789`.
    pub(super) fn orgnr(&self) -> Option<&str> {
        self.id.strip_prefix("0192:").filter(|digits| digits.len() == 9 && digits.bytes().all(|b| b.is_ascii_digit()))
    }
}

impl Token {
    pub(super) fn read(text: &str) -> Result<Self, TokenFault> {
        claims(text)
    }

    /// How many seconds it has left. Negative after its end; nothing if it does not say when it ends.
    pub(super) fn seconds_left(&self, now: DateTime<Utc>) -> Option<i64> {
        Some(self.exp.as_ref().and_then(seconds)?.saturating_sub(now.timestamp()))
    }

    /// Whether keys of this generation have verified its signature.
    pub(super) fn is_verified_by(&self, generation: u64) -> bool {
        self.verified.load(Ordering::Relaxed) == generation
    }

    pub(super) fn set_verified_by(&self, generation: u64) {
        self.verified.store(generation, Ordering::Relaxed);
    }

    /// Checks lifetime, issuer, caller and scope, in that order. If the signature was verified, the issuer is not
    /// checked, because the key identifies the issuer.
    pub(super) fn check(&self, demand: &TokenDemand, now: DateTime<Utc>, verified: bool) -> Result<(), Refusal> {
        let Some(exp) = self.exp.as_ref().and_then(seconds) else {
            return Err(invalid_token("Tokenet mangler utløpstid (exp)".to_owned()));
        };
        let now = now.timestamp();
        if exp.saturating_add(LEEWAY.num_seconds()) <= now {
            return Err(invalid_token(format!("Tokenet er utløpt: det var gyldig til {}", date_text(exp))));
        }
        let begins = [&self.nbf, &self.iat].into_iter().flatten().filter_map(seconds).max();
        if let Some(begins) = begins.filter(|begins| *begins > now + LEEWAY.num_seconds()) {
            return Err(invalid_token(format!("Tokenet er ikke gyldig ennå: det gjelder fra {}", date_text(begins))));
        }
        let issuer = demand.issuer;
        if !verified && !is_known_issuer(&self.iss, issuer) {
            return Err(invalid_token(format!(
                "Tokenet er utstedt av '{}', ikke av {}s testmiljø ({})",
                self.iss.chars().take(100).collect::<String>(),
                issuer.title,
                issuer.test_url
            )));
        }
        if self.consumer().is_none() {
            return Err(invalid_token("Tokenet mangler consumer med organisasjonsnummer (0192:<9 siffer>)".to_owned()));
        }
        let scope = demand.scopes.first().copied().unwrap_or_default();
        if !self.scope.split(' ').any(|held| demand.scopes.contains(&held)) {
            return Err(Refusal::Scope {
                melding: format!("Tokenet mangler scope {scope}"),
                challenge: format!(r#"Bearer error="insufficient_scope", scope="{scope}""#),
            });
        }
        Ok(())
    }

    /// What kind of token it is.
    pub(super) fn kind(&self) -> TokenKind {
        if self.systembruker().is_some() {
            TokenKind::Systembruker
        } else if self.authorization_details.iter().any(|detail| detail.r#type == "urn:altinn:consent") {
            TokenKind::Consent
        } else if self.supplier.is_some() {
            TokenKind::Delegated
        } else {
            TokenKind::Own
        }
    }

    /// The entry of a systembruker, if there is one.
    pub(super) fn systembruker(&self) -> Option<&Detail> {
        self.authorization_details.iter().find(|detail| detail.r#type == "urn:altinn:systemuser")
    }

    /// The organisation that the caller acts for: the customer of a systembruker, otherwise the consumer.
    pub(super) fn acts_for(&self) -> Result<&str, String> {
        match self.systembruker() {
            Some(system) => system
                .systemuser_org
                .as_ref()
                .and_then(Party::orgnr)
                .ok_or_else(|| "Systembrukeren i tokenet mangler systemuser_org med organisasjonsnummer".to_owned()),
            None => Ok(self.consumer().unwrap_or_default()),
        }
    }

    /// The organisation that the token was issued to. With a delegated scope, the organisation that delegated it.
    pub(super) fn consumer(&self) -> Option<&str> {
        self.consumer.as_ref().and_then(Party::orgnr)
    }
}

/// Whether an `iss` is the issuer's real test environment, or the issuer of a sandbox by any of its URLs.
pub(super) fn is_known_issuer(name: &str, issuer: &Issuer) -> bool {
    if name == issuer.test_url {
        return true;
    }
    let Some(rest) = name.strip_prefix("http://").or_else(|| name.strip_prefix("https://")) else {
        return false;
    };
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let is_below =
        |host: &str| host.strip_suffix(issuer.domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    let by_host = host.split('.').next() == Some(issuer.name) && host.contains('.');
    !is_below(host) && (by_host || path.trim_end_matches('/') == issuer.name)
}

/// A date in seconds since 1970 as a text for a person.
pub(super) fn date_text(seconds: i64) -> String {
    DateTime::from_timestamp(seconds, 0)
        .map_or_else(|| seconds.to_string(), |at| at.format("%Y-%m-%dT%H:%M:%SZ").to_string())
}
