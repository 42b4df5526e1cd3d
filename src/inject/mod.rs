//! What a caller or a scenario asks for beyond the natural answer: modifiers and faults.
//!
//! One vocabulary (docs/fidelity.md, "Faults on demand"); an unknown key or value is refused loudly,
//! because a typo must never look like a pass.

pub(crate) mod modifiers;
mod reserved;

use crate::catalogue::{Code, Endpoint, Service};
use crate::scenario::Party;
use crate::session::Session;
pub(crate) use reserved::{reserved_number, reserved_numbers};

/// What an answer is due to, as `Sandbox-Cause` tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The call itself.
    Natural,
    /// A `Sandbox-…` header.
    Header,
    /// A scenario flag (`feil`).
    Scenario,
    /// A reserved organisation number.
    ReservedNumber,
    /// A modifier that could not be taken; nothing else was looked at.
    RefusedModifier,
}

impl Cause {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Natural => "natural",
            Self::Header => "header",
            Self::Scenario => "scenario",
            Self::ReservedNumber => "reserved-number",
            Self::RefusedModifier => "refused-modifier",
        }
    }
}

/// What a fault is decided from.
pub(crate) struct Asked<'r> {
    pub(crate) service: &'static Service,
    pub(crate) endpoint: Option<&'static Endpoint>,
    pub(crate) identifikator: Option<&'r str>,
    pub(crate) party: Option<&'r Party>,
    /// The code of the `error` modifier.
    pub(crate) header: Option<&'static Code>,
}

/// The fault that comes before an answer, if any: header, scenario flag, reserved number, in that order.
/// A scenario flag with a count is used up here.
pub(crate) fn fault_before_answer(asked: &Asked<'_>, session: &Session) -> Option<(&'static Code, Cause)> {
    if let Some(code) = asked.header {
        return Some((code, Cause::Header));
    }
    match asked.party {
        Some(party) => scenario_flag(asked, party, session).map(|code| (code, Cause::Scenario)),
        None => reserved_number(asked.service, asked.identifikator?).map(|code| (code, Cause::ReservedNumber)),
    }
}

fn scenario_flag(asked: &Asked<'_>, party: &Party, session: &Session) -> Option<&'static Code> {
    party.feil.iter().enumerate().find_map(|(index, feil)| {
        let fits = feil.service.name == asked.service.name
            && feil.endpoint.is_none_or(|only| asked.endpoint.is_some_and(|endpoint| endpoint.name == only.name));
        let left = fits && feil.ganger.is_none_or(|times| session.use_flag(party.part, index, times));
        left.then_some(feil.kode)
    })
}
