//! What a caller, a rule or a scenario asks for beyond the natural answer.
//!
//! There is one vocabulary of keys (docs/faults.md). `Sandbox-…` headers, the base URL and rules use all of it.
//! Scenario flags use the keys that concern an answer. An unknown key or value is refused loudly,
//! because a typo must never look like a pass. Imitates docs/fidelity.md, "Faults on demand".

pub(crate) mod base_url;
pub(crate) mod drift;
pub(crate) mod duration;
pub(crate) mod effects;
pub(crate) mod key;
pub(crate) mod meanings;
pub(crate) mod modifiers;
mod read;
pub(crate) mod refused;
mod reserved;

pub(crate) use reserved::{reserved_number, reserved_numbers};

/// What decided an answer. The header `Sandbox-Cause` shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The call itself; nothing was asked for.
    Natural,
    /// A `Sandbox-…` header.
    Header,
    /// A modifier in the base URL.
    BaseUrl,
    /// A rule of the session.
    Rule,
    /// A scenario flag (`feil`).
    Scenario,
    /// A reserved organisation number.
    ReservedNumber,
    /// A modifier was refused, and nothing else was checked.
    RefusedModifier,
    /// The request was refused before anything was checked: it is no proper HTTP, or the sandbox is busy.
    RefusedRequest,
}

impl Cause {
    /// The names of all causes, in the order of the variants.
    pub(crate) const NAMES: [&'static str; 8] =
        ["natural", "header", "base-url", "rule", "scenario", "reserved-number", "refused-modifier", "refused-request"];

    pub(crate) const fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }
}
