//! Maskinporten: the issuer of tokens. Production code of a client runs unchanged; only two URLs differ.
//! Imitates docs/fidelity.md, "Maskinporten".

mod assertion;
mod codes;
mod command;
mod conduct;
mod contract;
mod control;
mod fidelity;
mod grant;
mod make;
mod settings;
mod test_tool;

use http::header::HOST;
use serde_json::{Value, json};

use crate::access::Access;
use crate::access::mint::{Grant, LIFETIME};
use crate::access::requests::Requests;
use crate::access::used_grants::UsedGrants;
use crate::catalogue::{BodyPolicy, Endpoint, Formats, Issuer, PartyIn, Protection, Service};
use crate::interface::{Answer, Call, Envelope, Hooks, Operation, Panel, Reason, Refusal, RequestFault, ServiceModule};
use crate::log::kept::StateKind;
use codes::{INVALID_REQUEST, NO_SUCH_PAGE, SERVER_ERROR, UNSUPPORTED_GRANT, WRONG_METHOD, refusal};
pub(crate) use settings::open_access;

/// The issuer whose tokens the services accept.
pub(super) static ISSUER: Issuer = Issuer {
    name: "maskinporten",
    title: "Maskinporten",
    test_url: "https://test.maskinporten.no/",
    domain: "maskinporten.no",
};

/// The names of its real environments: test first, production last. An assertion for production is refused (MP-110).
const HOSTS: &[&str] = &[
    "test.maskinporten.no",
    "ver1.maskinporten.no",
    "ver2.maskinporten.no",
    "sky.maskinporten.no",
    "www.maskinporten.no",
    "maskinporten.no",
];

static SERVICE: Service = Service {
    name: ISSUER.name,
    title: ISSUER.title,
    base: "/maskinporten",
    hosts: HOSTS,
    version: "",
    packages: &[],
    endpoints: &[TOKEN, JWK, METADATA],
    formats: Formats::JsonAlways,
    codes: codes::CODES,
    refusals: &[],
    has_common_codes: false,
    has_editions: false,
    findings: &[],
    modifiers: &[],
    protection: Protection::Open,
};

/// The largest token request, in bytes.
const LARGEST_REQUEST: usize = 64 * 1024;

const TOKEN: Endpoint = Endpoint {
    party: PartyIn::Nowhere,
    ..Endpoint::post("token", "token", BodyPolicy::Form { limit: LARGEST_REQUEST })
};
const JWK: Endpoint = Endpoint { party: PartyIn::Nowhere, ..Endpoint::get("jwk", "jwk") };
const METADATA: Endpoint = Endpoint {
    party: PartyIn::Nowhere,
    ..Endpoint::get("oauth-authorization-server", ".well-known/oauth-authorization-server")
};

pub(super) static MODULE: ServiceModule = ServiceModule {
    envelope: Envelope::Own(codes::oauth_body),
    unexpected: Some(&SERVER_ERROR),
    hooks: Hooks {
        session_state: Some(StateKind::of::<UsedGrants>()),
        settings: Some(settings::SECTION),
        panel: Some(Panel { name: "tokens", title: "Tokens", script: include_str!("panel.js") }),
        pages: Some(control::pages),
        subcommands: command::SUBCOMMANDS,
        other_codes: codes::OTHERS,
        conduct: conduct::ALL,
        check_of: Some(codes::check_of),
        refuse: Some(refuse),
        contract: Some(contract::document),
        ..Hooks::NONE
    },
    statements: &[fidelity::STATEMENTS],
    ..ServiceModule::new(&SERVICE, OPERATIONS, "")
};

static OPERATIONS: &[Operation] = &[
    Operation::without_schema(token, "token", "An access token for a JWT grant"),
    Operation::without_schema(
        |call| Ok(Answer::json(&call.access.keys.jwks())),
        "jwk",
        "The keys that tokens are signed with",
    ),
    Operation::without_schema(
        |call| Ok(Answer::json(&metadata(&issuer(call)))),
        "metadata",
        "The discovery document (RFC 8414)",
    ),
];

/// The only grant type that Maskinporten supports.
const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// The refusal of a request that does not reach an endpoint of the issuer.
fn refuse(fault: &RequestFault<'_>) -> Refusal {
    match fault {
        RequestFault::UnknownUrl(_) => {
            Refusal::new(&NO_SUCH_PAGE, "the URLs here are token, jwk and .well-known/oauth-authorization-server")
        }
        RequestFault::Method(allow) => Refusal::on_demand(&WRONG_METHOD).because(Reason::Method((*allow).into())),
        RequestFault::TooLarge(limit) => {
            let what = format!("a token request has at most {limit} bytes");
            Refusal::new(&INVALID_REQUEST, what).because(Reason::TooLarge(*limit))
        }
        RequestFault::Unreadable(_) => Refusal::new(&INVALID_REQUEST, "the body cannot be read to its end"),
    }
}

/// The URL that answers with a fresh token of an organisation for its own data, for the curl lines that the sandbox prints.
/// `None` if the sandbox accepts no tokens of its own.
pub(crate) fn own_token_url(access: &Access, part: &str, scope: &str, base: &str) -> Option<String> {
    let trusted = access.keys.trusts_own();
    trusted.then(|| format!("{base}/altinn/api/GetEnterpriseToken?env=tt02&scopes={scope}&orgNo={part}"))
}

/// The issuer's own URL: the setting if there is one, otherwise the address of the request.
fn issuer(call: &Call<'_>) -> String {
    if let Some(issuer) = &call.access.issuer {
        return issuer.clone();
    }
    let host = call.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let name = host.split(':').next().unwrap_or_default().to_ascii_lowercase();
    if !call.target.at_base && SERVICE.is_real_host(&name) {
        return format!("https://{name}/");
    }
    let path = if call.target.at_base { "maskinporten/" } else { "" };
    format!("{}://{host}/{path}", call.scheme)
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

/// The warning on a token of a sandbox that does not accept its own tokens.
const UNTRUSTED: &str = "this sandbox accepts only tokens of the keys of --jwks (--jwks-only), so not this one";

/// The answer to a JWT grant.
fn token(call: &Call<'_>) -> Result<Answer, Refusal> {
    let form: Vec<(String, String)> = form_urlencoded::parse(call.bytes()).into_owned().collect();
    let field = |name: &str| {
        let mut values = form.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
        match (values.next(), values.next()) {
            (value, None) => Ok(value),
            _ => Err(Refusal::new(&INVALID_REQUEST, format!("{name} is given more than once"))),
        }
    };
    let grant_type = field("grant_type")?.ok_or_else(|| {
        Refusal::new(
            &INVALID_REQUEST,
            "grant_type is missing: send it and assertion as application/x-www-form-urlencoded",
        )
    })?;
    if grant_type != GRANT_TYPE {
        return Err(Refusal::on_demand(&UNSUPPORTED_GRANT));
    }
    let text = field("assertion")?.ok_or_else(|| refusal("MP-011", "assertion is missing"))?;
    let issuer = issuer(call);
    let names =
        [issuer.clone(), ISSUER.test_url.to_owned(), format!("{}maskinporten/", root(&issuer)), host_form(&issuer)];
    let instants = (call.instants.tokens, call.session.time().real());
    let assertion = assertion::check(text, call.access, &names, call.session, instants)?;
    let asked = call.session.state::<Requests>();
    let request = grant::check(&assertion, call.catalogue, call.instants.tokens, asked)?;
    let by_delegation = request.consumer_org.is_some();
    let grant = Grant {
        issuer: &issuer,
        client_id: &assertion.client_id,
        client_amr: assertion.client_amr,
        consumer: request.consumer_org.as_deref().unwrap_or(&assertion.organisation),
        supplier: by_delegation.then_some(&*assertion.organisation),
        scope: &request.scope,
        resource: assertion.claims.get("resource"),
        details: request.details,
        lifetime: LIFETIME,
        jti: call.id.as_str().to_owned(),
    };
    let signed = call.access.keys.own.sign(&grant.claims(call.instants.tokens)).map_err(|error| {
        tracing::error!(%error, "a token could not be signed");
        Refusal::on_demand(&SERVER_ERROR)
    })?;
    let answer = json!({
        "access_token": signed, "token_type": "Bearer", "expires_in": LIFETIME - 1, "scope": request.scope,
    });
    let untrusted = (!call.access.keys.trusts_own()).then_some(UNTRUSTED);
    Ok(Answer::json(&answer).warned(untrusted.or(assertion.warning)))
}

/// Scheme and host of an issuer, with a slash.
fn root(issuer: &str) -> String {
    let mut parts = issuer.splitn(4, '/').take(3).collect::<Vec<_>>();
    parts.push("");
    parts.join("/")
}

/// The issuer's URL with a host name of its own instead of a path: `http://maskinporten.HOST/`.
fn host_form(issuer: &str) -> String {
    root(issuer).replacen("://", "://maskinporten.", 1)
}
