//! `/sandbox/catalogue`: what can be called, and all that can be asked of a call, as data for programs and for the page.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Json;
use schemars::JsonSchema;
use serde::Serialize;

use super::preview::is_view;
use crate::access::Level;
use crate::catalogue::{COMMON_CODES, Check, Code, Edition, Endpoint, Needs, Package, Parameter, PartyIn};
use crate::config::base_url;
use crate::faults::effects::{DELAYS, DRIFTS, FAULTS, Fault};
use crate::faults::key::Key;
use crate::faults::meanings::{FaultMeaning, MEANINGS, OTHERS};
use crate::faults::{Cause, reserved_numbers};
use crate::interface::pages::Shared;
use crate::interface::{Hooks, ServiceModule};

/// What can be called, and what can be asked of a call.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct CatalogueView {
    version: &'static str,
    /// The address that the sandbox listens on.
    address: String,
    /// How closely tokens are checked: `off`, `open`, `claims` or `signed`.
    auth: String,
    services: Vec<ServiceView>,
    /// The codes of the platform in front of all services.
    common_codes: Vec<CodeView>,
    /// The faults on the wire, as a caller may write them.
    faults: Vec<&'static str>,
    /// What each fault on the wire is, in their order.
    fault_meanings: Vec<FaultView>,
    /// What a delay is, and what each drift is, by the name `delay` and those of the drifts.
    other_meanings: Vec<FaultView>,
    /// Delays, an example of each form.
    delays: Vec<&'static str>,
    /// What drift can change; several are joined by `+`.
    drifts: Vec<&'static str>,
    editions: Vec<String>,
    /// The keys of modifiers.
    keys: Vec<KeyView>,
    /// The checks of a call, in their order.
    checks: Vec<&'static str>,
    /// What an answer can be due to.
    causes: Vec<&'static str>,
    /// The headers of answers that explain them.
    headers: Vec<HeaderMeaning>,
    /// The names of the OpenAPI documents.
    contracts: Vec<String>,
}

/// A service.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "it is data for programs")]
struct ServiceView {
    name: &'static str,
    title: &'static str,
    /// The path that all its URLs begin with.
    base: &'static str,
    /// Whether its answers come in editions.
    has_editions: bool,
    has_xml: bool,
    /// Whether calls need a token.
    needs_token: bool,
    /// Whether it takes a consent.
    takes_consent: bool,
    /// The resource of a consent in Altinn 3.
    #[serde(skip_serializing_if = "Option::is_none")]
    consent_resource: Option<&'static str>,
    /// Whether the modifier `party` names the party.
    takes_party: bool,
    scopes: Vec<&'static str>,
    packages: Vec<PackageView>,
    endpoints: Vec<EndpointView>,
    /// Its own codes, then the common ones.
    codes: Vec<CodeView>,
    /// What its findings can name.
    findings: Vec<CodeView>,
    modifiers: Vec<KeyView>,
}

/// A fault on the wire, a delay or a drift. The texts are Markdown without links.
#[derive(Serialize, JsonSchema)]
struct FaultView {
    /// As a caller may write it.
    fault: &'static str,
    /// What goes out.
    sent: &'static str,
    /// What a client sees.
    seen: &'static str,
    /// What a good client does.
    advice: &'static str,
    /// Whether the caller gets no answer at all.
    silent: bool,
}

/// An access package.
#[derive(Serialize, JsonSchema)]
struct PackageView {
    name: &'static str,
    /// What its callers need beside the scope: `nothing`, `consent`, `consent-or-own-rights` or `to-be-the-party`.
    needs: &'static str,
}

/// An endpoint.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct EndpointView {
    name: &'static str,
    method: &'static str,
    /// The template of its URL.
    path: String,
    summary: &'static str,
    /// Whether it takes `fraOgMed` and `tilOgMed`.
    periode: bool,
    /// Where a call names its party: `url`, `token`, `body` or `nowhere`.
    party: &'static str,
    /// The content type of the body that it reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<&'static str>,
    /// Whether it refuses with a list of findings.
    findings: bool,
    /// Whether it is a plain view of a party's ledger, so that `/sandbox/parties/{number}/answers` has it.
    view: bool,
    parameters: Vec<ParameterView>,
}

/// A parameter of a path or a query.
#[derive(Serialize, JsonSchema)]
struct ParameterView {
    name: &'static str,
    description: &'static str,
    example: &'static str,
    /// Whether `/sandbox/choices` lists what the session has for it.
    choices: bool,
}

/// A published code.
#[derive(Serialize, JsonSchema)]
struct CodeView {
    code: &'static str,
    status: u16,
    /// The published area, in Norwegian.
    area: &'static str,
    /// The sandbox's own message, in Norwegian.
    melding: &'static str,
    /// The organisation number that always gets it.
    #[serde(skip_serializing_if = "Option::is_none")]
    reserved: Option<String>,
}

/// A key of a modifier.
#[derive(Serialize, JsonSchema)]
struct KeyView {
    name: &'static str,
    header: &'static str,
    /// The values that are fixed, and an example of each other form.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    values: Vec<&'static str>,
}

/// What a header of an answer says.
#[derive(Serialize, JsonSchema)]
struct HeaderMeaning {
    name: &'static str,
    meaning: &'static str,
    /// The document that says more, with the place in it: `/docs/` and this.
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<&'static str>,
}

/// The headers of answers that a caller may wonder about.
const HEADERS: [(&str, &str, Option<&str>); 13] = [
    (
        "sandbox-cause",
        "What decided the answer: natural is the call itself; everything else was asked for.",
        Some("faults"),
    ),
    (
        "sandbox-effects",
        "What the sandbox did to the answer: each effect, what asked for it, and what was drawn.",
        Some("faults"),
    ),
    ("sandbox-hint", "What would have made the call succeed.", None),
    ("sandbox-warning", "What the real service would have done otherwise.", Some("fidelity")),
    ("sandbox-scenario", "The file that describes the party.", Some("scenarios")),
    (
        "sandbox-literal",
        "The answer is a published text, word for word, from this file. It does not follow the clock.",
        Some("scenarios"),
    ),
    (
        "sandbox-fidelity",
        "How sure it is that the real service answers like this: published, observed or chosen.",
        Some("fidelity"),
    ),
    ("korrelasjonsid", "The id of the call. The owner of the service asks for it, so a client logs it.", None),
    ("www-authenticate", "Why the token was refused, in the form of RFC 6750.", Some("auth")),
    ("retry-after", "How many seconds to wait before the next attempt.", Some("faults")),
    ("location", "The URL of what was made.", None),
    ("allow", "The methods that the URL has.", None),
    ("content-type", "The format of the body.", None),
];

pub(super) async fn show(State(shared): State<Arc<Shared>>) -> Json<CatalogueView> {
    let named = |key: Key| KeyView { name: key.name(), header: key.header(), values: Vec::new() };
    Json(CatalogueView {
        version: env!("CARGO_PKG_VERSION"),
        address: base_url(shared.address),
        auth: level(shared.access.level()),
        services: shared.services.modules.iter().map(|module| service(module)).collect(),
        common_codes: COMMON_CODES.iter().map(|it| code(it, None)).collect(),
        faults: FAULTS.to_vec(),
        fault_meanings: MEANINGS.iter().map(fault).collect(),
        other_meanings: OTHERS.iter().map(fault).collect(),
        delays: DELAYS.to_vec(),
        drifts: DRIFTS.to_vec(),
        editions: Edition::ALL.iter().map(ToString::to_string).collect(),
        keys: Key::all().map(named).collect(),
        checks: Check::ALL.map(Check::name).to_vec(),
        causes: Cause::NAMES.to_vec(),
        headers: HEADERS
            .iter()
            .map(|(name, meaning, document)| HeaderMeaning { name, meaning, document: *document })
            .collect(),
        contracts: super::documents(shared.services).into_iter().map(str::to_owned).collect(),
    })
}

fn level(level: Level) -> String {
    level.to_string()
}

fn service(module: &ServiceModule) -> ServiceView {
    let service = module.service;
    let own = service.codes.iter().enumerate().map(|(number, it)| {
        let reserved = reserved_numbers().nth(number).filter(|_| service.has_parties()).map(|(_, number)| number);
        code(it, reserved.map(|number| number.to_string()))
    });
    let common = if service.has_common_codes { COMMON_CODES } else { &[] };
    ServiceView {
        name: service.name,
        title: service.title,
        base: service.base,
        has_editions: service.has_editions,
        has_xml: service.has_xml(),
        needs_token: service.token_demand().is_some(),
        takes_consent: service.consent().is_some(),
        consent_resource: service.consent().map(|consent| consent.resource),
        takes_party: service.takes_party(),
        scopes: service.scopes().to_vec(),
        packages: service.packages.iter().map(package).collect(),
        endpoints: module.service.endpoints.iter().zip(module.operations).map(|it| endpoint(module, it)).collect(),
        codes: own.chain(common.iter().map(|it| code(it, None))).collect(),
        findings: service.findings.iter().map(|it| code(it, None)).collect(),
        modifiers: service
            .modifiers
            .iter()
            .map(|own| KeyView { name: own.name, header: own.header, values: own.values.to_vec() })
            .collect(),
    }
}

fn package(package: &Package) -> PackageView {
    let needs = match package.needs {
        Needs::Nothing => "nothing",
        Needs::Consent => "consent",
        Needs::ConsentOrOwnRights => "consent-or-own-rights",
        Needs::ToBeTheParty => "to-be-the-party",
    };
    PackageView { name: package.name, needs }
}

fn endpoint(module: &ServiceModule, (it, operation): (&Endpoint, &crate::interface::Operation)) -> EndpointView {
    EndpointView {
        name: it.name,
        method: it.method.as_str(),
        path: format!("{}/{}", module.service.base, it.path),
        summary: operation.summary,
        periode: it.periode,
        party: match it.party {
            PartyIn::Url => "url",
            PartyIn::Token => "token",
            PartyIn::Body(_) => "body",
            PartyIn::Nowhere => "nowhere",
        },
        body: it.body.content_type(),
        findings: it.findings.is_some(),
        view: is_view(it, operation),
        parameters: it.parameters.iter().map(|it| parameter(it, &module.hooks)).collect(),
    }
}

fn parameter(it: &Parameter, hooks: &Hooks) -> ParameterView {
    let choices = hooks.choices.iter().any(|choices| choices.parameter == it.name);
    ParameterView { name: it.name, description: it.description, example: it.example, choices }
}

fn fault(it: &FaultMeaning) -> FaultView {
    let silent = it.fault.parse().is_ok_and(Fault::hangs_up);
    FaultView { fault: it.fault, sent: it.sent, seen: it.seen, advice: it.advice, silent }
}

fn code(code: &Code, reserved: Option<String>) -> CodeView {
    CodeView { code: code.code, status: code.status, area: code.area, melding: code.melding, reserved }
}
