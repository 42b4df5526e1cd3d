//! The error body that all services share: `kode`, `melding`, `korrelasjonsid`.
//! Imitates docs/fidelity.md, "Errors".

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::Envelope;
use super::maskinporten::codes::oauth_body;
use super::negotiation::Format;
use super::xml;
use crate::access;
use crate::catalogue::{Check, Code, Service};

/// The root element of an error in XML.
pub(super) const FEIL_ROOT: &str = "feil";
/// Its namespace, by the published schema.
pub(super) const FEIL_NAMESPACE: &str = "urn:no:skatteetaten:datasamarbeid:feil:v1";

/// The body of an error.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Feil<'a> {
    kode: &'a str,
    melding: &'a str,
    korrelasjonsid: &'a str,
}

/// A refusal by a service, natural or on demand. Its text is for the caller and in Norwegian.
#[derive(Debug)]
pub(crate) struct ServiceError {
    pub(crate) kode: &'static Code,
    pub(crate) melding: Cow<'static, str>,
    /// The methods that would have been taken.
    pub(crate) allow: Option<&'static str>,
    /// What the real service would have done otherwise, for `Sandbox-Warning`.
    pub(crate) warning: Option<&'static str>,
    /// The challenge of `WWW-Authenticate`.
    pub(crate) challenge: Option<String>,
    /// The check that the call failed; nothing on demand.
    pub(crate) failed: Option<Check>,
    /// What would have made the call succeed, where the service knows better than anyone.
    pub(crate) hint: Option<String>,
}

impl ServiceError {
    pub(crate) fn new(kode: &'static Code, melding: impl Into<Cow<'static, str>>) -> Self {
        Self { kode, melding: melding.into(), allow: None, warning: None, challenge: None, failed: None, hint: None }
    }

    /// The refusal of a call that failed a check, with what is wrong with this very call.
    pub(crate) fn failed(service: &Service, check: Check, melding: impl Into<Cow<'static, str>>) -> Self {
        Self { failed: Some(check), ..Self::new(service.refusal(check), melding) }
    }

    /// The same with the general message.
    pub(crate) fn failed_at(service: &Service, check: Check) -> Self {
        Self::failed(service, check, service.refusal(check).melding)
    }

    /// The refusal of a caller who may not ask.
    pub(crate) fn refused(service: &Service, refusal: access::Refusal) -> Self {
        let (check, melding, challenge) = refusal.told();
        Self { challenge, ..Self::failed(service, check, melding) }
    }

    /// The code with the sandbox's general message for it.
    pub(crate) fn on_demand(kode: &'static Code) -> Self {
        Self::new(kode, kode.melding)
    }

    /// The body in an envelope and a format, in XML by the published schema; drifted where that is asked for.
    pub(crate) fn body(
        &self,
        envelope: Envelope,
        format: Format,
        korrelasjonsid: &str,
        drift: impl FnOnce(&mut Value),
    ) -> Vec<u8> {
        if envelope == Envelope::OAuth {
            let mut value = oauth_body(self);
            drift(&mut value);
            return serde_json::to_vec(&value).unwrap_or_default();
        }
        let body = Feil { kode: self.kode.code, melding: &self.melding, korrelasjonsid };
        let mut value = serde_json::to_value(&body).unwrap_or_default();
        drift(&mut value);
        xml::write(&value, format, FEIL_ROOT, FEIL_NAMESPACE)
    }
}
