//! The checks that a call goes through, in order.

/// A check of a call. The first check that fails decides the refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Check {
    /// The URL leads to an endpoint, by a method that it has.
    Url,
    /// The caller accepts a format that the service has.
    Format,
    /// The token is good.
    Authentication,
    /// A scope of the token covers the service.
    Authorisation,
    /// There is consent, or the caller has its own rights to the party.
    Consent,
    /// The body has the right type, can be read, and is within its limit. Only for endpoints that read a body.
    Body,
    /// Identifier and parameters are valid.
    Input,
    /// The party is known.
    Party,
    /// There are data in the period.
    Period,
}

impl Check {
    pub(crate) const ALL: [Self; 9] = [
        Self::Url,
        Self::Format,
        Self::Authentication,
        Self::Authorisation,
        Self::Consent,
        Self::Body,
        Self::Input,
        Self::Party,
        Self::Period,
    ];

    const NAMES: [&'static str; 9] =
        ["url", "format", "authentication", "authorisation", "consent", "body", "input", "party", "period"];

    /// The name in the journal.
    pub(crate) const fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    /// Whether it checks the token or the rights of the caller.
    pub(crate) const fn is_access(self) -> bool {
        matches!(self, Self::Authentication | Self::Authorisation | Self::Consent)
    }
}
