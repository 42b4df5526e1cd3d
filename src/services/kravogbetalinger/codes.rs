//! The published error table KB-001 … KB-009, and the natural refusals of the service.
//! Imitates docs/fidelity.md, "Errors".

use crate::access;
use crate::catalogue::{Check, Code};
use crate::services::errors::ServiceError;

/// In the order of their numbers.
pub(crate) static CODES: [Code; 9] = [
    Code::new(
        "KB-001",
        500,
        "Uventet feil på tjenesten.",
        "Det oppstod en uventet feil på tjenesten. Prøv igjen senere",
    ),
    Code::new(
        "KB-002",
        500,
        "Uventet feil i et bakenforliggende system.",
        "Det oppstod en uventet feil i et bakenforliggende system. Prøv igjen senere",
    ),
    Code::new("KB-003", 404, "Ukjent url benyttet.", "Ukjent url benyttet"),
    Code::new(
        "KB-004",
        401,
        "Feil i forbindelse med autentisering.",
        "Autentiseringen feilet: tokenet mangler eller er ugyldig",
    ),
    Code::new(
        "KB-005",
        403,
        "Feil i forbindelse med samtykketoken.",
        "Samtykket mangler, er utløpt eller gjelder en annen part",
    ),
    Code::new("KB-006", 400, "Feil i forbindelse med validering av inputdata.", "Valideringen av inputdata feilet"),
    Code::new(
        "KB-007",
        404,
        "Fant ingen krav/betalinger på angitt identifikator og periode.",
        "Fant ingen krav eller betalinger på angitt identifikator og periode",
    ),
    Code::new(
        "KB-008",
        406,
        "Feil tilknyttet dataformat. Kun json eller xml er støttet.",
        "Dataformatet er ikke støttet. Kun json og xml er støttet",
    ),
    Code::new("KB-009", 404, "Ingen treff på oppgitt identifikator.", "Ingen treff på oppgitt identifikator"),
];

/// What the service refuses by itself, and with which code.
pub(super) enum Refusal {
    UnknownUrl(String),
    Access(access::Refusal),
    WrongMethod(String),
    InvalidInput(String),
    NothingInPeriod(&'static str),
    NotAcceptable,
    UnknownParty,
}

impl From<Refusal> for ServiceError {
    fn from(refusal: Refusal) -> Self {
        let (number, check, melding) = match &refusal {
            Refusal::UnknownUrl(melding) | Refusal::WrongMethod(melding) => (3, Check::Url, Some(melding.clone())),
            Refusal::Access(access::Refusal::Authentication { melding, .. }) => {
                (4, Check::Authentication, Some(melding.clone()))
            }
            Refusal::Access(access::Refusal::Consent(melding)) => (5, Check::Consent, Some(melding.clone())),
            Refusal::InvalidInput(melding) => (6, Check::Input, Some(melding.clone())),
            Refusal::NothingInPeriod(what) => {
                (7, Check::Period, Some(format!("Fant ingen {what} på oppgitt identifikator i oppgitt periode")))
            }
            Refusal::NotAcceptable => (8, Check::Format, None),
            Refusal::UnknownParty => (9, Check::Party, None),
        };
        let kode = &CODES[number - 1];
        let mut error = match melding {
            Some(melding) => Self::new(kode, melding),
            None => Self::on_demand(kode),
        };
        error.failed = Some(check);
        match refusal {
            Refusal::WrongMethod(_) => error.allow = Some("GET, HEAD"),
            Refusal::Access(access::Refusal::Authentication { challenge, .. }) => error.challenge = Some(challenge),
            _ => {}
        }
        error
    }
}
