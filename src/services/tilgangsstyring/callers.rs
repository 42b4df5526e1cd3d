//! Who calls, and with which scope: each endpoint has its own.

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderName, HeaderValue};

use super::codes::SERVER_ERROR;
use super::{SERVICE, TOKENS_OF};
use crate::access::Demand;
use crate::catalogue::{Check, Needs, TokenDemand};
use crate::interface::{Answer, Call, Refusal};

static CONSENT_WRITE: TokenDemand = demand(&["altinn:consentrequests.write"]);
static CONSENT_READ: TokenDemand = demand(&["altinn:consentrequests.read", "altinn:consentrequests.write"]);
static REGISTER_WRITE: TokenDemand = demand(&["altinn:authentication/systemregister.write"]);
static REGISTER_READ: TokenDemand =
    demand(&["altinn:authentication/systemregister.write", "altinn:authentication/systemregister.read"]);
static REQUEST_WRITE: TokenDemand = demand(&["altinn:authentication/systemuser.request.write"]);
static REQUEST_READ: TokenDemand =
    demand(&["altinn:authentication/systemuser.request.read", "altinn:authentication/systemuser.request.write"]);

/// What the token of a call needs, by the name of the endpoint; nothing where it is not checked.
pub(super) fn demand_of(endpoint: &str) -> Option<&'static TokenDemand> {
    match endpoint {
        "consentrequests" => Some(&CONSENT_WRITE),
        "consentrequest" => Some(&CONSENT_READ),
        "systemregister" | "change-system" => Some(&REGISTER_WRITE),
        "system" | "systemusers" => Some(&REGISTER_READ),
        "systemuser-request" => Some(&REQUEST_WRITE),
        "systemuser-status" | "systemuser-by-reference" | "systemuser-requests" => Some(&REQUEST_READ),
        _ => None,
    }
}

const fn demand(scopes: &'static [&'static str]) -> TokenDemand {
    TokenDemand {
        issuer: TOKENS_OF,
        scopes,
        needs: Needs::Nothing,
        consent: None,
        without_token: "no token: Altinn would answer 401",
    }
}

/// Who calls.
pub(super) struct CheckedCaller {
    /// The organisation of the token; nothing without a token.
    pub(super) organisation: Option<String>,
    /// What Altinn would have done otherwise.
    pub(super) warning: Option<&'static str>,
}

impl CheckedCaller {
    /// Whether the caller is an organisation. A caller without a token may be any.
    pub(super) fn is(&self, organisation: &str) -> bool {
        self.organisation.as_deref().is_none_or(|own| own == organisation)
    }
}

/// Checks the token of a call.
pub(super) fn check(call: &Call<'_>) -> Result<CheckedCaller, Refusal> {
    let token = call.target.endpoint.and_then(|endpoint| demand_of(endpoint.name));
    let token = token.ok_or_else(|| Refusal::on_demand(&SERVER_ERROR))?;
    let demand = Demand { service: &SERVICE, token, part: "", needs: Needs::Nothing, egen_kode: None };
    let checked = call.access.check(call.caller, call.headers, &demand, call.instants.tokens);
    let warning = checked.map_err(|refusal| Refusal::access(&SERVICE, refusal))?;
    Ok(CheckedCaller { organisation: call.caller.acts_for().map(str::to_owned), warning })
}

/// The exchange of a token of the issuer. The sandbox's Altinn takes the issuer's tokens, so it answers the same
/// token: as a JSON string to a caller who accepts JSON, otherwise as it is.
pub(super) fn exchange(call: &Call<'_>) -> Result<Answer, Refusal> {
    if call.place("tokenProvider").as_deref() != Some(TOKENS_OF.name) {
        let what = format!("the sandbox exchanges tokens of {} only", TOKENS_OF.name);
        return Err(Refusal::failed(&SERVICE, Check::Input, what));
    }
    let bearer = call.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
    });
    let token = bearer.filter(|_| call.caller.acts_for().is_some());
    let token = token.ok_or_else(|| Refusal::failed_at(&SERVICE, Check::Authentication))?;
    let accept = call.headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if accept.contains("application/json") {
        return Ok(Answer::json(&token));
    }
    let text: (HeaderName, HeaderValue) = (CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    let mut answer = Answer::from(token.as_bytes().to_vec());
    answer.headers.push(text);
    Ok(answer)
}
