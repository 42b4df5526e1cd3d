//! Checks the assertion of a JWT grant: form, client, audience, times, key, signature, replay.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use x509_parser::prelude::{FromDer, X509Certificate};

use super::codes::{ISSUE_TIME, refusal};
use crate::access::Access;
use crate::access::clients::Client;
use crate::access::jwt::{Jwt, seconds};
use crate::access::keys::PublicKey;
use crate::access::used_grants::{Print, UsedGrants};
use crate::domain::identifikator::Organisasjonsnummer;
use crate::interface::Refusal;
use crate::session::Session;

/// How far the issue time may be off, in seconds.
const SKEW: i64 = 10;

/// The longest life of an assertion, in seconds.
const LONGEST_LIFE: i64 = 120;

/// The organisation of a client if nothing else gives one: a synthetic organisation.
pub(super) const FALLBACK_ORGANISATION: &str = "314300017";

/// An assertion that passed all checks.
pub(super) struct Assertion<'a> {
    pub(super) claims: Map<String, Value>,
    pub(super) client_id: String,
    /// The client, if it is registered.
    pub(super) client: Option<&'a Client>,
    /// The organisation that the client belongs to.
    pub(super) organisation: String,
    pub(super) client_amr: &'static str,
    /// What the real issuer may not accept.
    pub(super) warning: Option<&'static str>,
}

/// The warning for an `aud` that is not written as the issuer publishes it.
const OTHER_AUDIENCE: &str =
    "aud is accepted, but published is the issuer itself, exactly as its discovery document writes it";

/// Reads and checks an assertion. `names` are the URLs that `aud` may hold. Its times may be those of the session's tokens (`now`)
/// or real ones (`real`): a client signs with its own clock, whatever the session's shows.
pub(super) fn check<'a>(
    text: &str,
    access: &'a Access,
    names: &[String],
    session: &Session,
    (now, real): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Assertion<'a>, Refusal> {
    let jwt = Jwt::read(text).map_err(|why| refusal("MP-011", &format!("the assertion is no JWT ({why})")))?;
    let algorithm = jwt.algorithm().map_err(|_| refusal("MP-011", "alg is none of RS256, RS384, RS512"))?;
    if jwt.header.get("crit").is_some() {
        return Err(refusal("MP-011", "the header has crit, which the sandbox does not support"));
    }
    let Value::Object(claims) = &jwt.payload else {
        return Err(refusal("MP-011", "the claims are no object"));
    };
    let client_id =
        text_of(claims, "iss")?.filter(|id| !id.is_empty()).ok_or_else(|| refusal("MP-100", "iss is missing"))?;
    if client_id.len() > 200 || client_id.chars().any(char::is_control) {
        return Err(refusal("MP-011", "iss is no client id: 1 to 200 printable characters"));
    }
    let client = access.clients.get(client_id);
    if client.is_none() && !access.clients.is_empty() {
        return Err(refusal("MP-100", &format!("no client {client_id:?} is registered")));
    }
    let warning = check_audience(claims.get("aud"), names)?;
    let now = if check_times(claims, now).is_err() && check_times(claims, real).is_ok() { real } else { now };
    let (expires, jti) = (check_times(claims, now)?, text_of(claims, "jti")?);
    let (key, certificate) = signing_key(&jwt, client, now)?;
    if key.is_some_and(|key| !key.verifies(algorithm, jwt.signed, &jwt.signature)) {
        return Err(refusal("MP-124", "the signature is not that of the key or certificate"));
    }
    if let Some(jti) = jti
        && !use_once(session, access, Print::of(client_id, jti), (expires, now.timestamp()))?
    {
        let shown: String = jti.chars().take(80).collect();
        return Err(refusal("MP-012", &format!("the jti {shown:?} was used before")));
    }
    let organisation = organisation(client, certificate.as_deref(), client_id);
    let client_amr = if certificate.is_some() { "virksomhetssertifikat" } else { "private_key_jwt" };
    Ok(Assertion { claims: claims.clone(), client_id: client_id.to_owned(), client, organisation, client_amr, warning })
}

/// Uses a grant. False if it was used before.
fn use_once(session: &Session, access: &Access, grant: Print, (expires, now): (i64, i64)) -> Result<bool, Refusal> {
    let taken = session.commit_state::<UsedGrants, _>(None, |used| {
        let event = used.take(grant, expires, now);
        (event, event.is_some())
    });
    let taken = taken.map_err(|why| super::MODULE.not_kept(&why))?;
    if let Some(used) = session.state::<UsedGrants>().filter(|_| taken) {
        access.used.count(used, grant, session.time().real());
    }
    Ok(taken)
}

/// The text of a claim; `None` if the claim is absent.
pub(super) fn text_of<'c>(claims: &'c Map<String, Value>, name: &str) -> Result<Option<&'c str>, Refusal> {
    match claims.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(refusal("MP-011", &format!("{name} is no text"))),
    }
}

/// Checks `aud`: the issuer or its token endpoint, with and without a slash at the end. Returns a warning if it is not
/// the issuer as it is published.
fn check_audience(aud: Option<&Value>, names: &[String]) -> Result<Option<&'static str>, Refusal> {
    let first =
        aud.and_then(|aud| aud.as_array().map_or_else(|| Some(aud), |list| list.first())).and_then(Value::as_str);
    let aud = first.ok_or_else(|| refusal("MP-110", "aud is missing"))?;
    let bare = |name: &str| {
        let name = name.trim_end_matches('/');
        name.strip_suffix("/token").unwrap_or(name).to_owned()
    };
    if matches!(&*bare(aud), "https://maskinporten.no" | "https://www.maskinporten.no" | "https://sky.maskinporten.no")
    {
        let warning = "this assertion is meant for PRODUCTION: it opens real data for whoever holds it; \
                       keep production keys and assertions away from test tools";
        return Err(refusal("MP-110", warning));
    }
    if names.iter().any(|name| name == aud) {
        return Ok(None);
    }
    if names.iter().any(|name| bare(name) == bare(aud)) {
        return Ok(Some(OTHER_AUDIENCE));
    }
    let aud: String = aud.chars().take(100).collect();
    Err(refusal("MP-110", &format!("aud is {aud:?}, but the issuer is {:?}", names.first().map_or("", |name| name))))
}

/// Checks the issue time and the lifetime. Returns the time of expiry, in seconds since 1970.
fn check_times(claims: &Map<String, Value>, now: DateTime<Utc>) -> Result<i64, Refusal> {
    let number = |name: &str| {
        let missing = || refusal("MP-011", &format!("{name} is missing, or no number of seconds since 1970"));
        claims.get(name).filter(|value| value.is_number()).and_then(seconds).ok_or_else(missing)
    };
    let (iat, exp, now) = (number("iat")?, number("exp")?, now.timestamp());
    if exp <= now {
        return Err(refusal("MP-130", &format!("exp was {} s ago", now.saturating_sub(exp))));
    }
    let off = iat.saturating_sub(now);
    if off.abs() > SKEW {
        let when =
            if off > 0 { format!("{off} s after now") } else { format!("{} s before now", off.saturating_neg()) };
        let what = format!("the issue time (iat) is {when}; {}", ISSUE_TIME.melding);
        return Err(Refusal::new(&ISSUE_TIME, what));
    }
    if exp.saturating_sub(iat) > LONGEST_LIFE {
        let life = exp.saturating_sub(iat);
        return Err(refusal("MP-011", &format!("exp - iat is {life} s, but may be at most {LONGEST_LIFE}")));
    }
    Ok(exp)
}

/// The key that must verify the signature, and the organisation of the certificate if the assertion has one. An
/// unregistered client that names a key by `kid` gives no key, because the sandbox does not know it.
fn signing_key<'k>(
    jwt: &Jwt<'_>,
    client: Option<&'k Client>,
    now: DateTime<Utc>,
) -> Result<(Option<Cow<'k, PublicKey>>, Option<String>), Refusal> {
    if let Some(x5c) = jwt.header.get("x5c") {
        if client.is_some_and(Client::has_keys) {
            return Err(refusal("MP-100", "the client is registered with keys, so it cannot use a certificate (x5c)"));
        }
        let (key, organisation) = certificate(x5c, now)?;
        if let Some(client) = client.filter(|client| organisation.as_deref() != Some(&client.organisation)) {
            let owner = organisation.as_deref().unwrap_or("no organisation");
            let what = format!("the certificate belongs to {owner}, but the client to {}", client.organisation);
            return Err(refusal("MP-122", &what));
        }
        return Ok((Some(Cow::Owned(key)), Some(organisation.unwrap_or_default())));
    }
    let kid = jwt.header.get("kid").and_then(Value::as_str);
    let kid = kid.ok_or_else(|| refusal("MP-100", "the header has neither kid nor x5c; a client with a registered key must name it by kid, also if it is the only one"))?;
    match client {
        None => Ok((None, None)),
        Some(client) => match client.key(kid) {
            None => Err(refusal("MP-100", &format!("no key {kid:?} is registered on the client"))),
            Some((_, true)) => Err(refusal("MP-121", &format!("the key {kid:?} has expired"))),
            Some((key, false)) => Ok((Some(Cow::Borrowed(key)), None)),
        },
    }
}

/// The key of a business certificate, and the organisation it was issued to.
fn certificate(x5c: &Value, now: DateTime<Utc>) -> Result<(PublicKey, Option<String>), Refusal> {
    let list = x5c.as_array().filter(|list| !list.is_empty() && list.iter().all(Value::is_string));
    let list = list.ok_or_else(|| refusal("MP-123", "x5c is no array of strings"))?;
    let first = list[0].as_str().unwrap_or_default();
    let der = STANDARD.decode(first).map_err(|_| refusal("MP-123", "the first entry of x5c is not base64"))?;
    let (_, certificate) =
        X509Certificate::from_der(&der).map_err(|_| refusal("MP-123", "the first entry of x5c is no certificate"))?;
    let validity = certificate.validity();
    let valid = (validity.not_before.timestamp()..=validity.not_after.timestamp()).contains(&now.timestamp());
    if !valid {
        return Err(refusal("MP-120", "the certificate is not valid now"));
    }
    let x509_parser::public_key::PublicKey::RSA(rsa) = certificate
        .public_key()
        .parsed()
        .map_err(|_| refusal("MP-120", "the key of the certificate cannot be read"))?
    else {
        return Err(refusal("MP-120", "the key of the certificate is not RSA"));
    };
    let key = PublicKey::new(None, rsa.modulus.to_vec(), rsa.exponent.to_vec());
    let key = key.map_err(|error| refusal("MP-120", &error.to_string()))?;
    Ok((key, organisation_of(&certificate)))
}

/// The number in the subject's `organizationIdentifier` (`NTRNO-310478717`), otherwise in its `serialNumber`.
fn organisation_of(certificate: &X509Certificate<'_>) -> Option<String> {
    let attribute = |oid: &str| {
        let mut all =
            certificate.subject().iter_attributes().filter(|attribute| attribute.attr_type().to_id_string() == oid);
        all.find_map(|attribute| attribute.as_str().ok().map(str::to_owned))
    };
    let identifier = attribute("2.5.4.97").and_then(|text| text.strip_prefix("NTRNO-").map(str::to_owned));
    let is_number = |text: &String| text.len() == 9 && text.bytes().all(|b| b.is_ascii_digit());
    identifier.or_else(|| attribute("2.5.4.5")).filter(is_number)
}

/// The organisation of a client: the registered organisation, otherwise the certificate's, otherwise the nine digits
/// that the client id starts with, otherwise [`FALLBACK_ORGANISATION`].
fn organisation(client: Option<&Client>, certificate: Option<&str>, client_id: &str) -> String {
    if let Some(client) = client {
        return client.organisation.clone();
    }
    let in_id = client_id.get(..9).filter(|digits| digits.parse::<Organisasjonsnummer>().is_ok());
    let in_id = in_id.filter(|_| !client_id[9..].starts_with(|c: char| c.is_ascii_digit()));
    certificate.filter(|number| !number.is_empty()).or(in_id).unwrap_or(FALLBACK_ORGANISATION).to_owned()
}
