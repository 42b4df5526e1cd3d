//! Builds the claims of the sandbox's tokens, in their published forms (docs/fidelity.md, "Access").

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Map, Value, json};

/// How long an access token lives, in seconds.
pub(crate) const LIFETIME: i64 = 120;

/// How long a consent token of Altinn 2 lives, in seconds.
pub(crate) const CONSENT_LIFETIME: i64 = 30;

/// The source of a delegation, as in the published examples.
const DELEGATION_SOURCE: &str = "https://tt02.altinn.no/";

/// An organisation in ISO 6523 form.
pub(crate) fn iso6523(number: &str) -> Value {
    json!({ "authority": "iso6523-actorid-upis", "ID": format!("0192:{number}") })
}

/// The content of an access token.
pub(crate) struct Grant<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) client_id: &'a str,
    /// `private_key_jwt` or `virksomhetssertifikat`.
    pub(crate) client_amr: &'a str,
    /// The organisation that the token belongs to. With a delegated scope, the organisation that delegated it.
    pub(crate) consumer: &'a str,
    /// The organisation that acts for the consumer, if the scope is delegated.
    pub(crate) supplier: Option<&'a str>,
    pub(crate) scope: &'a str,
    /// The requested audience.
    pub(crate) resource: Option<&'a Value>,
    /// The entries of `authorization_details`.
    pub(crate) details: Vec<Value>,
    /// In seconds.
    pub(crate) lifetime: i64,
    pub(crate) jti: String,
}

impl Grant<'_> {
    /// The claims of a token that is issued now.
    pub(crate) fn claims(&self, now: DateTime<Utc>) -> Value {
        let mut claims = Map::new();
        let mut put = |name: &str, value: Value| claims.insert(name.to_owned(), value);
        put("iss", self.issuer.into());
        put("client_amr", self.client_amr.into());
        put("token_type", "Bearer".into());
        // The published tokens of systembruker and consent have no audience.
        if self.details.is_empty() {
            put("aud", self.resource.cloned().unwrap_or_else(|| "unspecified".into()));
        }
        put("consumer", iso6523(self.consumer));
        if let Some(supplier) = self.supplier {
            put("supplier", iso6523(supplier));
            put("delegation_source", DELEGATION_SOURCE.into());
        }
        put("scope", self.scope.into());
        if !self.details.is_empty() {
            put("authorization_details", self.details.clone().into());
        }
        put("exp", (now.timestamp() + self.lifetime).into());
        put("iat", now.timestamp().into());
        put("client_id", self.client_id.into());
        put("jti", self.jti.as_str().into());
        claims.into()
    }
}

/// The `authorization_details` entry of a systembruker that acts for a customer.
pub(crate) fn systembruker(customer: &str, supplier: &str) -> Value {
    json!({
        "type": "urn:altinn:systemuser",
        "systemuser_org": iso6523(customer),
        "systemuser_id": [stable_uuid(&format!("systembruker {customer} {supplier}"))],
        "system_id": format!("{supplier}_innkreving_sandbox"),
    })
}

/// The `authorization_details` entry of an Altinn 3 consent to a resource.
pub(crate) fn consent(id: &str, from: &str, to: &str, resource: &str, now: DateTime<Utc>) -> Value {
    let text = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
    json!({
        "type": "urn:altinn:consent",
        "id": id,
        "from": urn(from),
        "to": urn(to),
        "consented": text(now),
        "validTo": text(now + TimeDelta::days(90)),
        "consentRights": [{
            "action": ["consent"],
            "resource": [{ "type": "urn:altinn:resource", "value": resource }],
            "metadata": {},
        }],
    })
}

/// A party as an Altinn 3 URN. A number with eleven digits is a person.
pub(crate) fn urn(number: &str) -> String {
    let kind = if number.len() == 11 { "person:identifier-no" } else { "organization:identifier-no" };
    format!("urn:altinn:{kind}:{number}")
}

/// The claims of a consent token of Altinn 2. `ttl` is in seconds.
pub(crate) fn altinn2_consent(
    offered_by: &str,
    covered_by: &str,
    services: &[&str],
    ttl: i64,
    now: DateTime<Utc>,
) -> Value {
    let seconds = now.timestamp();
    json!({
        "AuthorizationCode": stable_uuid(&format!("samtykke {offered_by} {covered_by}")),
        "OfferedBy": offered_by,
        "CoveredBy": covered_by,
        "DelegatedDate": seconds,
        "ValidToDate": (now + TimeDelta::days(90)).timestamp(),
        "Services": services,
        "iss": "altinn.no",
        "exp": seconds + ttl,
        "nbf": seconds,
    })
}

/// A UUID that is always the same for the same text.
pub(crate) fn stable_uuid(text: &str) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.as_ref()[..16]);
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}
