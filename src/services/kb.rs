//! The published error table KB-001 … KB-009, which several services share.
//! Imitates docs/fidelity.md, "Errors".

use crate::catalogue::{Check, Code, Label};
use crate::interface::{On, Statement};

/// In the order of their numbers.
pub(super) static CODES: &[Code] = &[
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

/// The number of the code that answers each failed check.
pub(super) const REFUSALS: &[(Check, usize)] = &[
    (Check::Url, 3),
    (Check::Authentication, 4),
    (Check::Authorisation, 4),
    (Check::Consent, 5),
    (Check::Input, 6),
    (Check::Period, 7),
    (Check::Format, 8),
    (Check::Party, 9),
];

/// The warning for a caller without a token.
pub(super) const WITHOUT_TOKEN: &str = "no token: the real service would answer 401 KB-004";

/// How sure the refusals with these codes are. The checks of a party and of a period are those of the table itself.
pub(super) static STATEMENTS: &[Statement] = &[
    Statement::new(On::Refusal, Label::Published, "codes"),
    Statement::new(On::Check(Check::Url), Label::Chosen, "url-refusals"),
    Statement::new(On::Check(Check::Format), Label::Published, "format"),
    Statement::new(On::Check(Check::Authentication), Label::Published, "token"),
    Statement::new(On::Check(Check::Authorisation), Label::Chosen, "token"),
    Statement::new(On::Check(Check::Consent), Label::Published, "consent"),
    Statement::new(On::Check(Check::Input), Label::Chosen, "input"),
];
