//! A service of one's own, whole in one file: notes about parties. It is read by GET, written by POST (JSON) and by
//! upload (multipart), refuses with one code or with a list of findings, and has a contract.
//!
//!     cargo run --example own_service
//!
//! It meets modifiers, rules, sessions, the clock and the journal as every service does, without a line about them here.
//! The tests use this very file (tests/it/own_service.rs, tests/contract/run).

use innkreving_sandbox::Sandbox;
use innkreving_sandbox::service::{
    Answer, BodyPolicy, Call, Check, Code, Endpoint, Finding, Formats, Operation, PartyIn, Protection, Refusal,
    Service, ServiceModule, Success,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What it says of itself.
static SERVICE: Service = Service {
    name: "notater",
    title: "Notater",
    base: "/api/notater",
    hosts: &[],
    version: "v1",
    packages: &[],
    endpoints: &[SHOW, ADD, ATTACH],
    formats: Formats::Json,
    codes: CODES,
    refusals: &[(Check::Url, 2), (Check::Body, 3), (Check::Input, 3), (Check::Party, 4), (Check::Format, 5)],
    has_common_codes: true,
    has_editions: false,
    findings: &[],
    modifiers: &[],
    protection: Protection::Open,
};

static CODES: &[Code] = &[
    Code::new("NOTAT-001", 500, "Uventet feil.", "Det oppstod en uventet feil"),
    Code::new("NOTAT-002", 404, "Ukjent url.", "Ukjent url benyttet"),
    Code::new("NOTAT-003", 400, "Ugyldig innhold.", "Innholdet i kallet kan ikke leses"),
    Code::new("NOTAT-004", 404, "Ukjent part.", "Ingen treff på oppgitt identifikator"),
    Code::new("NOTAT-005", 406, "Feil dataformat.", "Kun json er støttet"),
];

const SHOW: Endpoint = Endpoint::get("notat", "v1/{identifikator}");

const ADD: Endpoint = Endpoint {
    party: PartyIn::Body("/gjelder"),
    success: Success::CREATED,
    findings: Some(422),
    ..Endpoint::post("nytt", "v1", BodyPolicy::Json { limit: 4096 })
};

const ATTACH: Endpoint = Endpoint {
    party: PartyIn::Nowhere,
    success: Success::CREATED,
    ..Endpoint::post("vedlegg", "v1/vedlegg", BodyPolicy::Multipart { limit: 64 * 1024 })
};

/// The service, for `Sandbox::builder().service(&MODULE)`.
pub(crate) static MODULE: ServiceModule =
    ServiceModule::new(&SERVICE, OPERATIONS, "Notes about parties: an example of a service of one's own.");

static OPERATIONS: &[Operation] = &[
    Operation::new::<Notat>(show, "visNotat", "What is noted about a party"),
    Operation::new::<Notat>(add, "nyttNotat", "Notes something about a party").reads::<NyttNotat>(),
    Operation::new::<Vedlegg>(attach, "nyttVedlegg", "Attaches a file").reads::<VedleggSkjema>(),
];

/// What is sent.
#[derive(Deserialize, JsonSchema)]
struct NyttNotat {
    /// Whom it is about, 9 or 11 digits.
    gjelder: String,
    tekst: String,
}

/// What is answered.
#[derive(Serialize, JsonSchema)]
struct Notat {
    gjelder: String,
    tekst: String,
    dato: String,
}

/// The parts of an upload.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "it describes the form in the contract")]
struct VedleggSkjema {
    #[schemars(extend("format" = "binary"))]
    fil: String,
}

/// A file that was taken.
#[derive(Serialize, JsonSchema)]
struct Vedlegg {
    navn: String,
    bytes: usize,
}

fn show(call: &Call<'_>) -> Result<Answer, Refusal> {
    let party = call.party().ok_or_else(|| Refusal::failed_at(&SERVICE, Check::Party))?;
    Ok(Answer::json(&note(call, format!("{} er kjent", party.navn))))
}

fn add(call: &Call<'_>) -> Result<Answer, Refusal> {
    let new: NyttNotat = call.json()?;
    let mut findings = Vec::new();
    let mut find = |rule: &'static str, what: &str, pointer: &str| {
        findings.push(Finding { kode: rule.into(), melding: what.to_owned(), peker: pointer.to_owned() });
    };
    if call.party().is_none() {
        find("UKJENT_PART", "Parten er ikke kjent", "/gjelder");
    }
    if new.tekst.trim().is_empty() {
        find("TOM_TEKST", "Teksten er tom", "/tekst");
    }
    if !findings.is_empty() {
        return Err(Refusal::findings(422, findings));
    }
    let answer = Answer::json(&note(call, new.tekst));
    Ok(answer.location(&format!("{}/{}/{}", SERVICE.base, SERVICE.version, new.gjelder)))
}

fn attach(call: &Call<'_>) -> Result<Answer, Refusal> {
    if let Some(other) = call.parts().iter().find(|part| part.name != "fil") {
        return Err(Refusal::failed(&SERVICE, Check::Input, format!("Delen '{}' er ukjent", other.name)));
    }
    let file = call.parts().first();
    let file = file.ok_or_else(|| Refusal::failed(&SERVICE, Check::Input, "Delen 'fil' mangler"))?;
    let name = file.file_name.clone().unwrap_or_default();
    let answer = Answer::json(&Vedlegg { navn: name, bytes: file.bytes.len() });
    Ok(answer.location(&format!("{}/{}/vedlegg/1", SERVICE.base, SERVICE.version)))
}

fn note(call: &Call<'_>, tekst: String) -> Notat {
    Notat { gjelder: call.party_number().unwrap_or_default(), tekst, dato: call.day().to_string() }
}

#[allow(dead_code, clippy::allow_attributes, reason = "the tests include this file without running it")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut builder = Sandbox::builder().now("2026-11-21").service(&MODULE);
    if let Ok(scenario) = std::env::var("SCENARIO") {
        builder = builder.scenario(&std::fs::read_to_string(scenario)?);
    }
    let sandbox = builder.start()?;
    #[expect(clippy::print_stdout, reason = "a program for a person at a terminal")]
    {
        println!("{}/api/notater/v1/311851381", sandbox.base_url());
    }
    // Until whoever started it closes its input.
    std::io::copy(&mut std::io::stdin(), &mut std::io::sink())?;
    Ok(())
}
