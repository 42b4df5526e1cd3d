//! What a call is checked for, in order.

/// A check of a call. A call is refused by the first check that it fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// The URL leads to an endpoint, by a method that it has.
    Url,
    /// The caller accepts a format that the service has.
    Format,
    /// The token is good.
    Authentication,
    /// A scope of the token covers the service.
    Authorisation,
    /// There is consent, or the caller has rights of its own.
    Consent,
    /// The body has the right type, can be read, and is within its limit. Only where an endpoint reads one.
    Body,
    /// Identifier and parameters are valid.
    Input,
    /// The party is known.
    Party,
    /// There is something in the period.
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

    /// The name that the journal tells.
    pub(crate) const fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    /// Whether it is about the token or rights.
    pub(crate) const fn is_access(self) -> bool {
        matches!(self, Self::Authentication | Self::Authorisation | Self::Consent)
    }
}
