//! Altinn's access management (tilgangsstyring): what a client asks it for before it asks for a token: consents, systems,
//! systembrukere.
//! Imitates docs/fidelity.md, "Altinn".

mod callers;
mod codes;
mod consents;
mod contract;
mod control;
mod page;
mod system_users;
mod systems;

use http::header::HOST;

use super::ISSUER;
use crate::access::requests::Requests;
use crate::catalogue::{BodyPolicy, Check, Endpoint, Formats, PartyIn, Protection, Service, Success};
use crate::interface::{Call, Envelope, Hooks, Operation, Reason, Refusal, RequestFault, ServiceModule};

static SERVICE: Service = Service {
    name: "altinn",
    title: "Altinn",
    base: "/altinn/platform",
    hosts: &["platform.tt02.altinn.no", "platform.altinn.no"],
    version: "",
    packages: &[],
    endpoints: &[
        ASK_CONSENT,
        CONSENT,
        REGISTER,
        SYSTEM,
        CHANGE_SYSTEM,
        ASK_SYSTEM_USER,
        SYSTEM_USER,
        SYSTEM_USER_BY_REFERENCE,
        SYSTEM_USER_REQUESTS,
        SYSTEM_USERS,
        EXCHANGE,
    ],
    formats: Formats::JsonAlways,
    codes: codes::CODES,
    refusals: codes::REFUSALS,
    has_common_codes: false,
    has_editions: false,
    protection: Protection::Open,
};

/// The largest body, in bytes.
const LARGEST_BODY: usize = 64 * 1024;
const BODY: BodyPolicy = BodyPolicy::Json { limit: LARGEST_BODY };

const ASK_CONSENT: Endpoint = Endpoint {
    success: Success::CREATED,
    // The documentation writes it with a slash at the end.
    also_at: Some("/altinn/platform/accessmanagement/api/v1/enterprise/consentrequests/"),
    ..nobody(Endpoint::post("consentrequests", "accessmanagement/api/v1/enterprise/consentrequests", BODY))
};
const CONSENT: Endpoint =
    nobody(Endpoint::get("consentrequest", "accessmanagement/api/v1/enterprise/consentrequests/{consentRequestId}"));
const REGISTER: Endpoint =
    nobody(Endpoint::post("systemregister", "authentication/api/v1/systemregister/vendor", BODY));
const SYSTEM: Endpoint = nobody(Endpoint::get("system", "authentication/api/v1/systemregister/vendor/{systemId}"));
const CHANGE_SYSTEM: Endpoint =
    nobody(Endpoint::put("change-system", "authentication/api/v1/systemregister/vendor/{systemId}", BODY));
const ASK_SYSTEM_USER: Endpoint = Endpoint {
    success: Success::CREATED,
    ..nobody(Endpoint::post("systemuser-request", "authentication/api/v1/systemuser/request/vendor", BODY))
};
const SYSTEM_USER: Endpoint =
    nobody(Endpoint::get("systemuser-status", "authentication/api/v1/systemuser/request/vendor/{requestId}"));
const SYSTEM_USER_BY_REFERENCE: Endpoint = nobody(Endpoint::get(
    "systemuser-by-reference",
    "authentication/api/v1/systemuser/request/vendor/byexternalref/{systemId}/{orgNo}/{externalRef}",
));
const SYSTEM_USER_REQUESTS: Endpoint =
    nobody(Endpoint::get("systemuser-requests", "authentication/api/v1/systemuser/request/vendor/bysystem/{systemId}"));
const SYSTEM_USERS: Endpoint =
    nobody(Endpoint::get("systemusers", "authentication/api/v1/systemuser/vendor/bysystem/{systemId}"));
const EXCHANGE: Endpoint = nobody(Endpoint::get("exchange", "authentication/api/v1/exchange/{tokenProvider}"));

/// The endpoint, which is about no party.
const fn nobody(mut endpoint: Endpoint) -> Endpoint {
    endpoint.party = PartyIn::Nowhere;
    endpoint
}

pub(super) static MODULE: ServiceModule = ServiceModule {
    envelope: Envelope::Own(codes::problem),
    unexpected: Some(&codes::SERVER_ERROR),
    hooks: Hooks {
        session_state: Some(|| Box::new(Requests::default())),
        pages: Some(control::pages),
        refuse: Some(refuse),
        contract: Some(contract::document),
        ..Hooks::NONE
    },
    ..ServiceModule::new(&SERVICE, OPERATIONS, "")
};

static OPERATIONS: &[Operation] = &[
    Operation::without_schema(consents::ask, "askConsent", "Ask for a consent"),
    Operation::without_schema(consents::show, "consentRequest", "What has come of a consent"),
    Operation::without_schema(systems::register, "registerSystem", "Register a system"),
    Operation::without_schema(systems::show, "system", "A registered system"),
    Operation::without_schema(systems::change, "changeSystem", "Change a registered system"),
    Operation::without_schema(system_users::ask, "askSystemUser", "Ask for a systembruker"),
    Operation::without_schema(system_users::show, "systemUserRequest", "What has come of a request for a systembruker"),
    Operation::without_schema(system_users::by_reference, "systemUserRequestByReference", "The same, by its reference"),
    Operation::without_schema(system_users::requests, "systemUserRequests", "All requests of a system"),
    Operation::without_schema(system_users::accepted, "systemUsers", "The systembrukere of a system"),
    Operation::without_schema(callers::exchange, "exchange", "A token of Altinn for one of the issuer"),
];

/// The refusal of a request that reaches no endpoint.
fn refuse(fault: &RequestFault<'_>) -> Refusal {
    match fault {
        RequestFault::UnknownUrl(_) => Refusal::new(
            &codes::NO_SUCH_PAGE,
            "the sandbox has consent requests, the system register, requests for systembrukere, and the exchange of tokens",
        ),
        RequestFault::Method(allow) => {
            Refusal::on_demand(&codes::WRONG_METHOD).because(Reason::Method((*allow).into()))
        }
        RequestFault::TooLarge(limit) => {
            let what = format!("a body has at most {limit} bytes");
            Refusal::failed(&SERVICE, Check::Body, what).because(Reason::TooLarge(*limit))
        }
        RequestFault::Unreadable(_) => {
            Refusal::failed(&SERVICE, Check::Body, "the body is no JSON, or has another Content-Type")
        }
    }
}

/// What the session was asked for.
fn asked<'c>(call: &'c Call<'_>) -> Result<&'c Requests, Refusal> {
    call.session.state::<Requests>().ok_or_else(|| Refusal::on_demand(&codes::SERVER_ERROR))
}

/// The base of the sandbox's own pages, as the caller reaches them, with the session that the call belongs to.
fn pages_base(call: &Call<'_>) -> String {
    let host = call.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let scheme = if SERVICE.is_real_host(host.split(':').next().unwrap_or_default()) { "https" } else { "http" };
    let session = match call.session_name() {
        crate::session::registry::DEFAULT => String::new(),
        name => format!("/~session={name}"),
    };
    format!("{scheme}://{host}{session}")
}

/// The URL of an endpoint's path, as the caller reaches it.
fn url(call: &Call<'_>, path: &str) -> String {
    let base = if call.target.at_base { SERVICE.base } else { "" };
    format!("{}{base}/{path}", pages_base(call))
}

/// The issuer whose tokens Altinn takes.
const TOKENS_OF: &crate::catalogue::Issuer = ISSUER;
