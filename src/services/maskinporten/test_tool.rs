//! A small generator of tokens with the parameters of the public test tool for Altinn (Altinn/AltinnTestTools):
//! `GetConsentToken`, `GetEnterpriseToken`, `GetSystemUserToken`. It answers the bare token, or with `dump` the token
//! decoded. The caller needs no credentials. Imitates docs/fidelity.md, "Maskinporten".

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use serde_json::{Map, Value};

use super::assertion::FALLBACK_ORGANISATION;
use crate::access::jwt::Jwt;
use crate::access::mint::{self, CONSENT_LIFETIME, Grant};
use crate::domain::identifikator::Part;
use crate::interface::Scheme;
use crate::interface::pages::{InSession, Problem, Shared};

/// The longest lifetime that a caller can ask for, in seconds.
const LONGEST_LIFETIME: i64 = 24 * 3600;

/// How long a token lives if the caller does not say, in seconds; a consent token lives shorter.
const LIFETIME: i64 = 1800;

/// The scope of a systembruker if the caller names none.
const USUAL_SCOPE: &str = "altinn:enduser";

/// The most tokens of `bulkCount`.
const MOST_TOKENS: u32 = 100;

/// The parameters of each generator.
const CONSENT: &[&str] =
    &["env", "serviceCodes", "authorizationCode", "offeredBy", "coveredBy", "handledBy", "ttl", "dump"];
const ENTERPRISE: &[&str] =
    &["env", "scopes", "org", "orgNo", "bulkCount", "supplierOrgNo", "ttl", "delegationSource", "clientId", "dump"];
const SYSTEM_USER: &[&str] =
    &["env", "scopes", "orgNo", "supplierOrgNo", "systemUserOrg", "systemUserId", "clientId", "ttl", "dump"];

pub(super) async fn generate(
    State(shared): State<Arc<Shared>>,
    InSession(session): InSession,
    Path(generator): Path<String>,
    Query(parameters): Query<Vec<(String, String)>>,
    scheme: Scheme,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let issuer = shared.access.issuer.clone().unwrap_or_else(|| format!("{scheme}://{host}/maskinporten/"));
    let query = QueryParameters(&parameters);
    let now = session.clock.for_tokens(session.time());
    let sign = |claims: &Value| {
        let failed = |_| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "A fault of the sandbox", "see the log");
        shared.access.keys.own.sign(claims).map_err(failed)
    };
    let grant = |organisation: Option<&str>| -> Result<Value, Problem> {
        Ok(match generator.as_str() {
            "GetConsentToken" => consent(&query, now)?,
            "GetEnterpriseToken" => enterprise(&query, &issuer, organisation, now)?,
            "GetSystemUserToken" => system_user(&query, &issuer, now)?,
            _ => {
                let detail = "the generators are GetConsentToken, GetEnterpriseToken and GetSystemUserToken";
                return Err(Problem::not_found(detail));
            }
        })
    };
    if generator == "GetEnterpriseToken"
        && let Some(count) = query.bulk_count()?
    {
        let mut tokens = Map::new();
        for number in session.world().loaded.scenarios.numbers() {
            if number.len() == 9 && tokens.len() < count {
                let token = sign(&grant(Some(&number))?)?;
                tokens.insert(number, token.into());
            }
        }
        return Ok(Json(tokens).into_response());
    }
    let token = sign(&grant(None)?)?;
    Ok(if query.get("dump").is_some_and(|dump| !dump.is_empty()) { dumped(&token) } else { token }.into_response())
}

fn consent(query: &QueryParameters<'_>, now: chrono::DateTime<chrono::Utc>) -> Result<Value, Problem> {
    let codes: Vec<&str> = query.required("serviceCodes")?.split(['.', ',', ';', ' ']).collect();
    let is_metadata = |name: &str| codes.iter().any(|code| name.starts_with(&format!("{code}_")));
    query.refuse_unknown(CONSENT, is_metadata)?;
    // The parameters of a service follow its code.
    let mut services = Vec::new();
    for code in &codes {
        services.push((*code).to_owned());
        let own = query.0.iter().filter(|(name, _)| name.starts_with(&format!("{code}_")));
        services.extend(own.map(|(name, value)| format!("{name}={value}")));
    }
    let services: Vec<&str> = services.iter().map(String::as_str).collect();
    let (offered_by, covered_by) = (query.party("offeredBy")?, query.party("coveredBy")?);
    let mut claims = mint::altinn2_consent(offered_by, covered_by, &services, query.ttl(CONSENT_LIFETIME)?, now);
    if let Some(code) = query.uuid("authorizationCode")? {
        claims["AuthorizationCode"] = code.into();
    }
    if query.get("handledBy").is_some() {
        claims["HandledBy"] = query.party("handledBy")?.into();
    }
    Ok(claims)
}

fn enterprise(
    query: &QueryParameters<'_>,
    issuer: &str,
    organisation: Option<&str>,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<Value, Problem> {
    query.refuse_unknown(ENTERPRISE, |_| false)?;
    let consumer = organisation.map_or_else(|| query.organisation("orgNo"), Ok)?;
    let mut claims = token(query, issuer, consumer, query.required("scopes")?, Vec::new(), now)?;
    if let Some(name) = query.get("org").filter(|name| !name.is_empty()) {
        claims["urn:altinn:org"] = name.into();
    }
    if let Some(source) = query.get("delegationSource").filter(|source| !source.is_empty()) {
        claims["delegation_source"] = source.into();
    }
    Ok(claims)
}

fn system_user(
    query: &QueryParameters<'_>,
    issuer: &str,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<Value, Problem> {
    query.refuse_unknown(SYSTEM_USER, |_| false)?;
    let (consumer, customer) = (query.organisation("orgNo")?, query.organisation("systemUserOrg")?);
    let mut detail = mint::systembruker(customer, consumer);
    if let Some(id) = query.uuid("systemUserId")? {
        detail["systemuser_id"] = vec![id].into();
    }
    let scopes = query.get("scopes").filter(|scopes| !scopes.is_empty()).unwrap_or(USUAL_SCOPE);
    token(query, issuer, consumer, scopes, vec![detail], now)
}

/// The claims that all access tokens of the tool have.
fn token(
    query: &QueryParameters<'_>,
    issuer: &str,
    consumer: &str,
    scopes: &str,
    details: Vec<Value>,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<Value, Problem> {
    let client_id = query.get("clientId").filter(|id| !id.is_empty()).unwrap_or("altinn-test-tools");
    let grant = Grant {
        issuer,
        client_id,
        client_amr: "private_key_jwt",
        consumer,
        supplier: query.get("supplierOrgNo").map(|_| query.party("supplierOrgNo")).transpose()?,
        scope: &scopes.replace(',', " "),
        resource: None,
        details,
        lifetime: query.ttl(LIFETIME)?,
        jti: mint::stable_uuid(&format!("{:?} {}", query.0, now.timestamp_micros())),
    };
    Ok(grant.claims(now))
}

/// Header and claims of a token, to read.
fn dumped(token: &str) -> String {
    Jwt::read(token).map_or_else(|why| why.to_string(), |jwt| format!("{:#}\n.\n{:#}", jwt.header, jwt.payload))
}

/// The query parameters of a call. Their names are not case-sensitive.
struct QueryParameters<'p>(&'p [(String, String)]);

impl<'p> QueryParameters<'p> {
    fn get(&self, name: &str) -> Option<&'p str> {
        self.0.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    fn refuse_unknown(&self, known: &[&str], is_known: impl Fn(&str) -> bool) -> Result<(), Problem> {
        let is_known = |key: &str| is_known(key) || known.iter().any(|name| name.eq_ignore_ascii_case(key));
        let unknown = self.0.iter().find(|(key, _)| !is_known(key));
        unknown.map_or(Ok(()), |(key, _)| {
            Err(Problem::bad_request(format!("there is no parameter {key:?}; the parameters are {}", known.join(", "))))
        })
    }

    fn required(&self, name: &str) -> Result<&'p str, Problem> {
        let value = self.get(name).filter(|value| !value.is_empty());
        value.ok_or_else(|| Problem::bad_request(format!("the parameter {name} is missing")))
    }

    fn party(&self, name: &str) -> Result<&'p str, Problem> {
        let value = self.required(name)?;
        let fits = value.parse::<Part>().is_ok();
        if fits { Ok(value) } else { Err(Problem::bad_request(format!("{name} is no number of 9 or 11 digits"))) }
    }

    /// An organisation; a synthetic one if the caller names none.
    fn organisation(&self, name: &str) -> Result<&'p str, Problem> {
        if self.get(name).is_none_or(str::is_empty) { Ok(FALLBACK_ORGANISATION) } else { self.party(name) }
    }

    fn uuid(&self, name: &str) -> Result<Option<&'p str>, Problem> {
        let value = self.get(name).filter(|value| !value.is_empty());
        match value {
            Some(value) if uuid::Uuid::try_parse(value).is_err() => {
                Err(Problem::bad_request(format!("{name} is no UUID")))
            }
            other => Ok(other),
        }
    }

    /// How many tokens are wanted; none for a single one.
    fn bulk_count(&self) -> Result<Option<usize>, Problem> {
        let Some(text) = self.get("bulkCount").filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        let count = text.parse::<u32>().ok().filter(|count| *count <= MOST_TOKENS);
        let count = count.ok_or_else(|| Problem::bad_request(format!("bulkCount is a number up to {MOST_TOKENS}")))?;
        Ok(usize::try_from(count).ok().filter(|count| *count > 0))
    }

    fn ttl(&self, default: i64) -> Result<i64, Problem> {
        let ttl = self.get("ttl").map_or(Ok(default), str::parse);
        let ttl = ttl.ok().filter(|ttl| (1..=LONGEST_LIFETIME).contains(ttl));
        ttl.ok_or_else(|| Problem::bad_request(format!("ttl is a number of seconds up to {LONGEST_LIFETIME}")))
    }
}
