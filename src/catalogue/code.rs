//! Error codes.

/// A published error code.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// For example `KB-006`.
    pub code: &'static str,
    /// The HTTP status that goes with it.
    pub status: u16,
    /// The published area, in Norwegian.
    pub area: &'static str,
    /// The sandbox's own message, in Norwegian, for a refusal that has no more precise one.
    pub melding: &'static str,
}

impl Code {
    /// One row of an error table.
    pub const fn new(code: &'static str, status: u16, area: &'static str, melding: &'static str) -> Self {
        Self { code, status, area, melding }
    }
}

/// What is answered on demand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Demanded {
    /// One code.
    Code(&'static Code),
    /// A refusal that lists findings. There is at least one.
    Findings(Box<[&'static Code]>),
}

impl Demanded {
    /// The code, or that of the first finding.
    pub(crate) fn first(&self) -> Option<&'static Code> {
        match self {
            Self::Code(code) => Some(code),
            Self::Findings(codes) => codes.first().copied(),
        }
    }
}

/// The codes of the platform in front of all services ("felles feilkoder").
pub(crate) static COMMON_CODES: &[Code] = &[
    Code::new(
        "DAS-001",
        500,
        "Uventet feil på tjenesten.",
        "Det oppstod en uventet feil på tjenesten. Kontakt brukerstøtte og oppgi applikasjon og korrelasjonsid.",
    ),
    Code::new("DAS-002", 404, "Ugyldig endepunkt.", "Den forespurte URL-en svarer ikke til et gyldig endepunkt."),
    Code::new(
        "DAS-003",
        500,
        "Informasjonen er utilgjengelig for øyeblikket.",
        "Informasjonen er utilgjengelig for øyeblikket. Prøv igjen senere, og kontakt brukerstøtte hvis feilen vedvarer.",
    ),
    Code::new("DAS-004", 500, "Intern autentisering.", "Det oppstod en feil ved intern autentisering i Skatteetaten."),
    Code::new("DAS-005", 500, "Intern autentisering.", "Det oppstod en feil ved intern autentisering i Skatteetaten."),
    Code::new("DAS-006", 500, "Intern autentisering.", "Det oppstod en feil ved intern autentisering i Skatteetaten."),
    Code::new("DAS-007", 500, "Intern autentisering.", "Det oppstod en feil ved intern autentisering i Skatteetaten."),
    Code::new("DAS-008", 403, "Ikke autorisert.", "Du er ikke autorisert for den forespurte ressursen."),
];

/// The code for a fault outside any service.
pub(crate) static UNEXPECTED: &Code = &COMMON_CODES[0];

/// The code for a URL that belongs to no service.
pub(crate) static NO_SUCH_URL: &Code = &COMMON_CODES[1];
