//! Maskinporten: the issuer, so that production client code runs unchanged with two URLs swapped.
//! Imitates docs/fidelity.md, "Maskinporten".

mod assertion;
pub(crate) mod codes;
mod grant;
mod openapi;

use http::Method;
use http::header::HOST;
use serde_json::{Value, json};

use super::call::{Answer, Call};
use super::errors::ServiceError;
use super::negotiation::Format;
use super::{Envelope, Handler};
use crate::access::mint::{Grant, LIFETIME};
use crate::access::token::TEST_ISSUER;
use crate::catalogue::{Endpoint, Needs, PartyIn, Service};
use codes::{INVALID_REQUEST, NO_SUCH_PAGE, SERVER_ERROR, UNSUPPORTED_GRANT, WRONG_METHOD, refusal};

/// The service's entry in the catalogue.
pub(crate) static SERVICE: Service = Service {
    name: "maskinporten",
    title: "Maskinporten",
    base: "/maskinporten",
    version: "",
    packages: &[],
    endpoints: &[
        Endpoint::new("token", "token", ""),
        Endpoint::new("jwk", "jwk", ""),
        Endpoint::new("oauth-authorization-server", ".well-known/oauth-authorization-server", ""),
    ],
    xml_namespace: "",
    codes: &codes::CODES,
    refusals: &[],
    has_common_codes: false,
    has_editions: false,
    party: PartyIn::Nowhere,
    scopes: &[],
    needs: Needs::Nothing,
    consent: None,
    without_token: "",
};

pub(super) const HANDLER: Handler = Handler {
    service: &SERVICE,
    answer,
    render: None,
    openapi: openapi::document,
    envelope: Envelope::OAuth,
    unexpected: &SERVER_ERROR,
    reads_body: true,
};

/// The only grant there is.
const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

fn answer(call: &Call<'_>) -> Result<Answer, ServiceError> {
    let endpoint = call.location.endpoint.ok_or_else(|| {
        ServiceError::new(&NO_SUCH_PAGE, "there are token, jwk and .well-known/oauth-authorization-server here")
    })?;
    let (method, allow) = if endpoint.name == "token" {
        (*call.method == Method::POST, "POST")
    } else {
        (matches!(*call.method, Method::GET | Method::HEAD), "GET, HEAD")
    };
    if !method {
        let mut error = ServiceError::on_demand(&WRONG_METHOD);
        error.allow = Some(allow);
        return Err(error);
    }
    let body = match endpoint.name {
        "token" => token(call)?,
        "jwk" => call.access.keys.jwks(),
        _ => metadata(&issuer(call)),
    };
    let body = serde_json::to_vec(&body).unwrap_or_default().into();
    Ok(Answer { format: Format::Json, body, warning: None })
}

/// What the issuer calls itself: what it is told to, else the address that it is called by.
fn issuer(call: &Call<'_>) -> String {
    if let Some(issuer) = &call.access.issuer {
        return issuer.clone();
    }
    let host = call.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let below = if call.at_base { "maskinporten/" } else { "" };
    format!("http://{host}/{below}")
}

fn metadata(issuer: &str) -> Value {
    let base = issuer.trim_end_matches('/');
    json!({
        "issuer": issuer,
        "token_endpoint": format!("{base}/token"),
        "jwks_uri": format!("{base}/jwk"),
        "grant_types_supported": [GRANT_TYPE],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": crate::access::keys::Algorithm::NAMES,
        "authorization_details_types_supported": ["urn:altinn:systemuser", "urn:altinn:consent"],
    })
}

/// The answer to a JWT grant.
fn token(call: &Call<'_>) -> Result<Value, ServiceError> {
    let form: Vec<(String, String)> = form_urlencoded::parse(call.body).into_owned().collect();
    let field = |name: &str| {
        let mut values = form.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
        match (values.next(), values.next()) {
            (value, None) => Ok(value),
            _ => Err(ServiceError::new(&INVALID_REQUEST, format!("{name} is given more than once"))),
        }
    };
    let grant_type = field("grant_type")?.ok_or_else(|| {
        ServiceError::new(
            &INVALID_REQUEST,
            "grant_type is missing: send it and assertion as application/x-www-form-urlencoded",
        )
    })?;
    if grant_type != GRANT_TYPE {
        return Err(ServiceError::on_demand(&UNSUPPORTED_GRANT));
    }
    let text = field("assertion")?.ok_or_else(|| refusal("MP-011", "assertion is missing"))?;
    let issuer = issuer(call);
    let names = [issuer.clone(), TEST_ISSUER.to_owned(), format!("{}maskinporten/", root(&issuer)), host_form(&issuer)];
    let assertion = assertion::check(text, call.access, &names, &call.session.name, call.token_time)?;
    let asked = grant::check(&assertion, call.token_time)?;
    let by_delegation = asked.consumer_org.is_some();
    let grant = Grant {
        issuer: &issuer,
        client_id: &assertion.client_id,
        client_amr: assertion.client_amr,
        consumer: asked.consumer_org.as_deref().unwrap_or(&assertion.organisation),
        supplier: by_delegation.then_some(&*assertion.organisation),
        scope: &asked.scope,
        resource: assertion.claims.get("resource"),
        details: asked.details,
        lifetime: LIFETIME,
        jti: call.id.to_owned(),
    };
    let signed = call.access.keys.own.sign(&grant.claims(call.token_time)).map_err(|error| {
        tracing::error!(%error, "a token could not be signed");
        ServiceError::on_demand(&SERVER_ERROR)
    })?;
    Ok(json!({ "access_token": signed, "token_type": "Bearer", "expires_in": LIFETIME - 1, "scope": asked.scope }))
}

/// Scheme and host of an issuer, with a slash.
fn root(issuer: &str) -> String {
    let mut parts = issuer.splitn(4, '/').take(3).collect::<Vec<_>>();
    parts.push("");
    parts.join("/")
}

/// An issuer by its host name, where it is called by a path.
fn host_form(issuer: &str) -> String {
    root(issuer).replacen("://", "://maskinporten.", 1)
}
