//! The published error table RESTANSE-001 … RESTANSE-009. Imitates docs/fidelity.md, "Errors".

use crate::catalogue::{Check, Code};

/// In the order of their numbers.
pub(super) static CODES: &[Code] = &[
    Code::new(
        "RESTANSE-001",
        500,
        "Uventet feil på tjenesten.",
        "Det oppstod en uventet feil på tjenesten. Prøv igjen senere",
    ),
    Code::new(
        "RESTANSE-002",
        500,
        "Uventet feil i et bakenforliggende system.",
        "Det oppstod en uventet feil i et bakenforliggende system. Prøv igjen senere",
    ),
    Code::new("RESTANSE-003", 404, "Ukjent url benyttet.", "Ukjent url benyttet"),
    Code::new(
        "RESTANSE-004",
        401,
        "Feil i forbindelse med autentisering.",
        "Autentiseringen feilet: tokenet mangler eller er ugyldig",
    ),
    Code::new(
        "RESTANSE-005",
        403,
        "Feil i forbindelse med autorisering.",
        "Autoriseringen feilet: konsumenten har ikke tilgang til tjenesten eller rettighetspakken",
    ),
    Code::new(
        "RESTANSE-006",
        400,
        "Feil i forbindelse med validering av inputdata.",
        "Valideringen av inputdata feilet",
    ),
    Code::new(
        "RESTANSE-007",
        403,
        "Feil i forbindelse med samtykke.",
        "Samtykket mangler, er utløpt eller gjelder en annen organisasjon",
    ),
    Code::new(
        "RESTANSE-008",
        404,
        "Ingen restanser funnet på oppgitt organisasjonsnummer.",
        "Fant ingen restanser på oppgitt organisasjonsnummer",
    ),
    Code::new(
        "RESTANSE-009",
        406,
        "Feil tilknyttet dataformat. Kun json eller xml er støttet.",
        "Dataformatet er ikke støttet. Kun json og xml er støttet",
    ),
];

/// The number of the code that answers each failed check.
pub(super) const REFUSALS: &[(Check, usize)] = &[
    (Check::Url, 3),
    (Check::Authentication, 4),
    (Check::Authorisation, 5),
    (Check::Input, 6),
    (Check::Consent, 7),
    (Check::Party, 8),
    (Check::Format, 9),
];
