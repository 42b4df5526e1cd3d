//! A small generator of tokens with the parameters of the public test tool for Altinn: `GetConsentToken`,
//! `GetEnterpriseToken`, `GetSystemUserToken`. It answers the bare token. The caller needs no credentials.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};

use crate::access::mint::{self, CONSENT_LIFETIME, Grant, LIFETIME};
use crate::domain::identifikator::Part;
use crate::interface::pages::{InSession, Problem, Shared};

/// The longest lifetime that a caller can ask for, in seconds.
const LONGEST_LIFETIME: i64 = 24 * 3600;

pub(super) async fn generate(
    State(shared): State<Arc<Shared>>,
    InSession(session): InSession,
    Path(generator): Path<String>,
    Query(parameters): Query<Vec<(String, String)>>,
    headers: HeaderMap,
) -> Result<String, Problem> {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let issuer = shared.access.issuer.clone().unwrap_or_else(|| format!("http://{host}/maskinporten/"));
    let query = QueryParameters(&parameters);
    let now = session.clock.for_tokens(session.time());
    let claims = match generator.as_str() {
        "GetConsentToken" => {
            query.refuse_unknown(&["env", "serviceCodes", "offeredBy", "coveredBy", "ttl"])?;
            let services: Vec<&str> = query.required("serviceCodes")?.split([',', ';', ' ']).collect();
            let ttl = query.ttl(CONSENT_LIFETIME)?;
            mint::altinn2_consent(query.party("offeredBy")?, query.party("coveredBy")?, &services, ttl, now)
        }
        "GetEnterpriseToken" | "GetSystemUserToken" => {
            query.refuse_unknown(&["env", "scopes", "orgNo", "systemUserOrg", "supplierOrgNo", "ttl"])?;
            let consumer = query.party("orgNo")?;
            let customer = if generator == "GetSystemUserToken" { Some(query.party("systemUserOrg")?) } else { None };
            Grant {
                issuer: &issuer,
                client_id: "altinn-test-tools",
                client_amr: "private_key_jwt",
                consumer,
                supplier: query.get("supplierOrgNo").map(|_| query.party("supplierOrgNo")).transpose()?,
                scope: query.required("scopes")?,
                resource: None,
                details: customer.map(|customer| mint::systembruker(customer, consumer)).into_iter().collect(),
                lifetime: query.ttl(LIFETIME)?,
                jti: mint::stable_uuid(&format!("{parameters:?} {}", now.timestamp_micros())),
            }
            .claims(now)
        }
        _ => {
            let detail = "the generators are GetConsentToken, GetEnterpriseToken and GetSystemUserToken";
            return Err(Problem::not_found(detail));
        }
    };
    let failed = |_| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "A fault of the sandbox", "see the log");
    shared.access.keys.own.sign(&claims).map_err(failed)
}

/// The query parameters of a call. Their names are not case-sensitive.
struct QueryParameters<'p>(&'p [(String, String)]);

impl<'p> QueryParameters<'p> {
    fn get(&self, name: &str) -> Option<&'p str> {
        self.0.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    fn refuse_unknown(&self, known: &[&str]) -> Result<(), Problem> {
        let unknown = self.0.iter().find(|(key, _)| !known.iter().any(|name| name.eq_ignore_ascii_case(key)));
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

    fn ttl(&self, default: i64) -> Result<i64, Problem> {
        let ttl = self.get("ttl").map_or(Ok(default), str::parse);
        let ttl = ttl.ok().filter(|ttl| (1..=LONGEST_LIFETIME).contains(ttl));
        ttl.ok_or_else(|| Problem::bad_request(format!("ttl is a number of seconds up to {LONGEST_LIFETIME}")))
    }
}
