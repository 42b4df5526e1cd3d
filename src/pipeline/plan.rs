//! What a call is going to meet, decided before the service is asked: each key by its precedence.
//!
//! Header, base URL, rule, scenario flag, reserved number, natural.

use crate::catalogue::{Catalogue, Code};
use crate::faults::modifiers::{Chosen, Modifiers};
use crate::faults::{Cause, reserved_number};
use crate::session::flags::FlagCounters;
use crate::session::rules::{Applied, CallFacts, Clocks, Rules};

/// What a call is going to meet.
pub(crate) struct Plan {
    /// The keys, each from where it is said first.
    pub(crate) modifiers: Modifiers,
    /// The code that is answered in place of asking the service.
    pub(crate) code: Option<Chosen<&'static Code>>,
    /// The rules that had a part in it.
    pub(crate) rules: Vec<Box<str>>,
}

impl Plan {
    /// Makes a plan. Rules and flags that get a key into it are used up by one.
    pub(crate) fn make(
        asked: &CallFacts<'_>,
        own: Modifiers,
        rules: &Rules,
        flags: &FlagCounters,
        clocks: Clocks,
    ) -> Self {
        let mut plan = Self { modifiers: own, code: None, rules: Vec::new() };
        let mut natural = false;
        for rule in rules.matching(asked) {
            match rule.apply(asked, &mut plan.modifiers, clocks) {
                Applied::Not => {}
                Applied::Took => plan.rules.push(rule.id.clone()),
                Applied::Natural => {
                    plan.rules.push(rule.id.clone());
                    natural = true;
                    break;
                }
            }
        }
        let said = asked.by_rule.zip(plan.modifiers.party.as_ref().map(|party| std::sync::Arc::clone(&party.value)));
        let party = said.as_ref().map_or(asked.party, |(look_up, number)| look_up(number));
        let identifikator = said.as_ref().map(|(_, number)| &**number).or(asked.identifikator);
        if let Some(party) = party.filter(|_| !natural) {
            for (index, feil) in flags.live(party, asked.service, asked.endpoint) {
                let mut filled = plan.modifiers.clone();
                if filled.fill_from(&Modifiers::of_flag(&feil.effects)) && flags.take(party.part, index, feil) {
                    plan.modifiers = filled;
                }
            }
        }
        let by_rule_or_flag = |error: &Chosen<std::sync::Arc<str>>| {
            let value = Catalogue::code_at(Some(asked.service), &error.value)?;
            Some(Chosen { value, cause: error.cause })
        };
        plan.code = asked.code.clone().or_else(|| plan.modifiers.error.as_ref().and_then(by_rule_or_flag));
        if plan.code.is_none() && party.is_none() && !natural && plan.modifiers.replacing().is_none() {
            let code = identifikator.and_then(|text| reserved_number(asked.service, text));
            plan.code = code.map(|value| Chosen { value, cause: Cause::ReservedNumber });
        }
        plan
    }

    /// What made the answer other than natural, the strongest first.
    pub(crate) fn cause(&self) -> Cause {
        let modifiers = &self.modifiers;
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
