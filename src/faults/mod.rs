//! What a caller, a rule or a scenario asks for beyond the natural answer.
//!
//! One vocabulary of keys (docs/faults.md): as `Sandbox-…` headers, in the base URL, in rules set at run
//! time, and those that concern an answer in scenario flags. An unknown key or value is refused loudly,
//! because a typo must never look like a pass. Imitates docs/fidelity.md, "Faults on demand".

pub(crate) mod base_url;
pub(crate) mod drift;
pub(crate) mod duration;
pub(crate) mod effects;
pub(crate) mod key;
pub(crate) mod modifiers;
mod read;
pub(crate) mod refused;
mod reserved;

pub(crate) use reserved::{reserved_number, reserved_numbers};

/// What an answer is due to, as `Sandbox-Cause` tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The call itself.
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
    /// A modifier that could not be taken; nothing else was looked at.
    RefusedModifier,
}

impl Cause {
    /// All of them, by name.
    pub(crate) const NAMES: [&'static str; 7] =
        ["natural", "header", "base-url", "rule", "scenario", "reserved-number", "refused-modifier"];

    pub(crate) const fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }
}
