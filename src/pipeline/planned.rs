//! The plan of a call: the code, fault, delay and drift that it meets, decided before the service is asked.
//! Each key has its precedence:
//!
//! Header, base URL, rule, scenario flag, reserved number, natural.

use std::sync::Arc;

use super::addressed::Addressed;
use crate::catalogue::{Catalogue, Demanded};
use crate::faults::modifiers::{Modifiers, Sourced};
use crate::faults::refused::Refused;
use crate::faults::{Cause, reserved_number};
use crate::interface::{Instants, Services, Subject};
use crate::session::Session;
use crate::session::flags::FlagCounters;
use crate::session::rules::{Applied, CallFacts, Clocks};

/// A call with its plan.
pub(super) struct Planned<'s> {
    pub(super) call: Addressed<'s>,
    /// Whom it is about.
    pub(super) subject: Subject,
    pub(super) plan: Plan,
    pub(super) instants: Instants,
}

/// What a call meets.
pub(super) struct Plan {
    /// The keys, each from the place with the highest precedence; nothing if no place has any.
    keys: Option<Box<Modifiers>>,
    /// The code that is answered instead of asking the service.
    pub(super) code: Option<Sourced<Demanded>>,
    /// The rules that contributed to it.
    pub(super) rules: Vec<Box<str>>,
    /// A rule says that the answer stays natural, whatever scenario flags and reserved numbers say.
    natural: bool,
}

impl Plan {
    /// What the call itself asks for.
    pub(super) fn of_call(keys: Option<Box<Modifiers>>, code: Option<Sourced<Demanded>>) -> Self {
        Self { keys, code, rules: Vec::new(), natural: false }
    }

    /// The keys, each from the place with the highest precedence.
    pub(super) fn modifiers(&self) -> &Modifiers {
        Modifiers::or_none(self.keys.as_deref())
    }

    /// What a call of no service asks for: rules, flags and reserved numbers belong to services.
    pub(super) fn without_service(keys: Option<Box<Modifiers>>, services: &Services) -> Result<Self, Box<Refused>> {
        let code = Modifiers::or_none(keys.as_deref()).code(None, services.catalogue)?;
        Ok(Self::of_call(keys, code))
    }

    /// Adds the keys of the session's rules. A rule that adds a key is used up by one.
    ///
    /// # Errors
    /// The use of a rule could not be written.
    pub(super) fn with_rules(
        mut self,
        call: &CallFacts<'_>,
        session: &Session,
        clocks: Clocks,
    ) -> Result<Self, Box<Refused>> {
        for rule in session.rules.matching(call) {
            let applied = session.use_rule(&rule, call, self.keys.get_or_insert_default(), clocks);
            match applied.map_err(|why| Refused::not_kept(&why.0))? {
                Applied::Nothing => continue,
                Applied::Keys => {}
                Applied::Natural => self.natural = true,
            }
            self.rules.push(rule.id.clone());
            if self.natural {
                break;
            }
        }
        Ok(self)
    }

    /// Adds the keys of the party's scenario flags, and the code of a reserved number. A flag that adds a key
    /// is used up by one.
    ///
    /// # Errors
    /// The use of a flag could not be written.
    pub(super) fn with_scenario(
        mut self,
        call: &CallFacts<'_>,
        subject: &Subject,
        session: &Session,
        flags: &FlagCounters,
    ) -> Result<Self, Box<Refused>> {
        if let Some(party) = subject.party.as_ref().filter(|party| !party.feil.is_empty() && !self.natural) {
            for (index, feil) in flags.unused(party, call.service, call.endpoint) {
                let mut filled = self.modifiers().clone();
                if filled.fill_from(&Modifiers::of_flag(&feil.effects)) {
                    let used = session.use_flag(party.part, index, feil);
                    if used.map_err(|why| Refused::not_kept(&why.0))? {
                        self.keys = Some(Box::new(filled));
                    }
                }
            }
        }
        if self.code.is_none() {
            let known = |error: &Sourced<Arc<str>>| {
                let value = Catalogue::demanded(Some(call.service), &error.value).ok()?;
                Some(Sourced { value, cause: error.cause })
            };
            self.code = self.modifiers().error.as_ref().and_then(known);
        }
        let is_free = self.code.is_none() && self.modifiers().replacing().is_none() && !self.natural;
        if let Some(part) = subject.part().filter(|_| is_free && subject.party.is_none()) {
            let code = reserved_number(call.service, part);
            self.code = code.map(|code| Sourced { value: Demanded::Code(code), cause: Cause::ReservedNumber });
        }
        Ok(self)
    }

    /// The cause that the answer reports. If there are several, the one that changes most.
    pub(super) fn cause(&self) -> Cause {
        let modifiers = self.modifiers();
        modifiers
            .replacing()
            .map(|fault| fault.cause)
            .or_else(|| self.code.as_ref().map(|code| code.cause))
            .or_else(|| modifiers.fault.as_ref().map(|fault| fault.cause))
            .or_else(|| modifiers.drift.as_ref().map(|drift| drift.cause))
            .or_else(|| modifiers.delay.as_ref().map(|delay| delay.cause))
            .unwrap_or(Cause::Natural)
    }
}
