//! Altinn's access management (tilgangsstyring): what a client asks it for before it asks for a token: consents, systems,
//! systembrukere.
//! Imitates docs/fidelity.md, "Altinn".

mod callers;
mod codes;
mod consents;
mod contract;
mod control;
mod eksempler;
mod fidelity;
mod page;
mod shape;
mod system_users;
mod systems;

use http::header::HOST;

use super::ISSUER;
use crate::access::requests::Requests;
use crate::catalogue::{
    BodyPolicy, Check, Endpoint, Formats, Parameter, ParameterKind, PartyIn, Protection, Service, Success,
};
use crate::interface::{Call, Envelope, Hooks, Operation, Panel, Reason, Refusal, RequestFault, ServiceModule};
use crate::log::kept::StateKind;

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
    findings: &[],
    modifiers: &[],
    protection: Protection::Open,
};

/// The largest body, in bytes.
const LARGEST_BODY: usize = 64 * 1024;
const BODY: BodyPolicy = BodyPolicy::Json { limit: LARGEST_BODY };

const ASK_CONSENT: Endpoint = Endpoint {
    success: Success::CREATED,
    // The documentation writes it with a slash at the end.
    also_at: &["/altinn/platform/accessmanagement/api/v1/enterprise/consentrequests/"],
    ..nobody(Endpoint::post("consentrequests", "accessmanagement/api/v1/enterprise/consentrequests", BODY))
};
const CONSENT: Endpoint = at(
    nobody(Endpoint::get("consentrequest", "accessmanagement/api/v1/enterprise/consentrequests/{consentRequestId}")),
    &[CONSENT_ID],
);
const REGISTER: Endpoint =
    nobody(Endpoint::post("systemregister", "authentication/api/v1/systemregister/vendor", BODY));
const SYSTEM: Endpoint =
    at(nobody(Endpoint::get("system", "authentication/api/v1/systemregister/vendor/{systemId}")), &[SYSTEM_ID]);
const CHANGE_SYSTEM: Endpoint = at(
    nobody(Endpoint::put("change-system", "authentication/api/v1/systemregister/vendor/{systemId}", BODY)),
    &[SYSTEM_ID],
);
const ASK_SYSTEM_USER: Endpoint = Endpoint {
    success: Success::CREATED,
    ..nobody(Endpoint::post("systemuser-request", "authentication/api/v1/systemuser/request/vendor", BODY))
};
const SYSTEM_USER: Endpoint = at(
    nobody(Endpoint::get("systemuser-status", "authentication/api/v1/systemuser/request/vendor/{requestId}")),
    &[REQUEST_ID],
);
const SYSTEM_USER_BY_REFERENCE: Endpoint = at(
    nobody(Endpoint::get(
        "systemuser-by-reference",
        "authentication/api/v1/systemuser/request/vendor/byexternalref/{systemId}/{orgNo}/{externalRef}",
    )),
    &[SYSTEM_ID, CUSTOMER, REFERENCE],
);
const SYSTEM_USER_REQUESTS: Endpoint = at(
    nobody(Endpoint::get("systemuser-requests", "authentication/api/v1/systemuser/request/vendor/bysystem/{systemId}")),
    &[SYSTEM_ID],
);
const SYSTEM_USERS: Endpoint = at(
    nobody(Endpoint::get("systemusers", "authentication/api/v1/systemuser/vendor/bysystem/{systemId}")),
    &[SYSTEM_ID],
);
const EXCHANGE: Endpoint =
    at(nobody(Endpoint::get("exchange", "authentication/api/v1/exchange/{tokenProvider}")), &[PROVIDER]);

/// The endpoint, which is about no party.
const fn nobody(mut endpoint: Endpoint) -> Endpoint {
    endpoint.party = PartyIn::Nowhere;
    endpoint
}

/// The endpoint, with what is known of the places in its path.
const fn at(mut endpoint: Endpoint, places: &'static [Parameter]) -> Endpoint {
    endpoint.parameters = places;
    endpoint
}

const fn place(name: &'static str, description: &'static str, example: &'static str) -> Parameter {
    Parameter { name, description, example, kind: ParameterKind::Text }
}

const CONSENT_ID: Parameter =
    place("consentRequestId", "The id that the client gave the consent.", "6b1bb8a6-2a5d-4f64-8b3c-0a3f5c1c7a10");
const SYSTEM_ID: Parameter = place("systemId", "The id of the registered system.", "314055403_books");
const REQUEST_ID: Parameter =
    place("requestId", "The id of the request, as the answer to it says.", "2f1d7c0e-6a3b-5d5c-9a51-7d0a4c8e2b61");
const CUSTOMER: Parameter = place("orgNo", "The organisation number of the customer.", "310478717");
const REFERENCE: Parameter = place("externalRef", "The client's own reference.", "tenant-7");
const PROVIDER: Parameter = place("tokenProvider", "Whose token it is.", TOKENS_OF.name);

pub(super) static MODULE: ServiceModule = ServiceModule {
    envelope: Envelope::Own(codes::problem),
    unexpected: Some(&codes::SERVER_ERROR),
    hooks: Hooks {
        session_state: Some(StateKind::of::<Requests>()),
        panel: Some(Panel { name: "consents", title: "Consents", script: include_str!("panel.js") }),
        pages: Some(control::pages),
        demand: Some(callers::demand_of),
        other_codes: codes::OTHERS,
        check_of: Some(codes::check_of),
        refuse: Some(refuse),
        contract: Some(contract::document),
        ..Hooks::NONE
    },
    statements: &[fidelity::STATEMENTS],
    ..ServiceModule::new(&SERVICE, OPERATIONS, "")
};

static OPERATIONS: &[Operation] = &[
    Operation::without_schema(consents::ask, "askConsent", "Ask for a consent")
        .described("Asks a party for a consent. The party decides at `viewUri`; the control API decides in a test. The same request again answers 200."),
    Operation::without_schema(consents::show, "consentRequest", "What has come of a consent")
        .described("The consent with its status, for whoever asked for it."),
    Operation::without_schema(systems::register, "registerSystem", "Register a system")
        .described("Registers a system in the session, and answers its internal id."),
    Operation::without_schema(systems::show, "system", "A registered system")
        .described("The system, for its vendor."),
    Operation::without_schema(systems::change, "changeSystem", "Change a registered system")
        .described("Puts the system in place of the registered one. A system that is new is registered."),
    Operation::without_schema(system_users::ask, "askSystemUser", "Ask for a systembruker")
        .described("Asks a customer for a systembruker. The customer decides at `confirmUrl`; the control API decides in a test. The same request again answers 200."),
    Operation::without_schema(system_users::show, "systemUserRequest", "What has come of a request for a systembruker")
        .described("The request with its status, by its id."),
    Operation::without_schema(system_users::by_reference, "systemUserRequestByReference", "What has come of a request, by its reference")
        .described("The request with its status, by system, customer and reference."),
    Operation::without_schema(system_users::requests, "systemUserRequests", "All requests of a system")
        .described("All requests for systembrukere of a system, with their status."),
    Operation::without_schema(system_users::accepted, "systemUsers", "The systembrukere of a system")
        .described("The systembrukere that customers have accepted."),
    Operation::without_schema(callers::exchange, "exchange", "A token of Altinn for one of the issuer")
        .described("Answers the same token, because the sandbox's Altinn takes the issuer's tokens: as a JSON string, or as a text for a caller who does not accept JSON."),
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
            Refusal::new(&codes::TOO_LARGE, what).because(Reason::TooLarge(*limit))
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
    let scheme = call.scheme.or_https_if(SERVICE.is_real_host(host.split(':').next().unwrap_or_default()));
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
