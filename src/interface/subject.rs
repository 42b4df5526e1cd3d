//! Which party a call is about, and what named it. Only this file decides between URL, token, body, modifier, rule
//! and the scenarios' default party.

use std::sync::Arc;

use chrono::NaiveDate;
use serde_json::Value;

use super::call::Body;
use super::routes::{GivenNumber, Route, party_in};
use crate::access::{Access, Caller};
use crate::catalogue::PartyIn;
use crate::domain::identifikator::Part;
use crate::faults::modifiers::Modifiers;
use crate::scenario::{Omfang, Party, ScenarioSet};

/// Who said whom a call is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum SaidBy {
    /// Nobody: the service has no parties, or nothing names one.
    #[default]
    Nobody,
    /// The URL.
    Url,
    /// The token.
    Token,
    /// The body.
    Body,
    /// The modifier `party` of the call.
    Modifier,
    /// The scenarios: their default party.
    Scenario,
    /// A rule.
    Rule,
}

/// Whom a call is about.
#[derive(Clone, Debug, Default)]
pub(crate) struct Subject {
    pub(crate) number: GivenNumber,
    pub(crate) said_by: SaidBy,
    /// The party of the number, where a scenario or the population has it.
    pub(crate) party: Option<Arc<Party>>,
    /// URL, token and body do not name the party, so a modifier or a rule may name it.
    pub(crate) is_open: bool,
}

impl Subject {
    /// Whom a call is about before any rule is asked.
    pub(crate) fn of(
        route: &Route,
        (access, caller): (&Access, &Caller),
        body: &Body,
        modifiers: &Modifiers,
        scenarios: &ScenarioSet,
    ) -> Self {
        match party_in(route) {
            PartyIn::Nowhere => Self::default(),
            PartyIn::Url => Self::new(route.number.clone(), SaidBy::Url, scenarios),
            PartyIn::Body(pointer) => Self::new(in_body(body, pointer), SaidBy::Body, scenarios),
            PartyIn::Token => {
                if let Some(number) = caller.acts_for() {
                    return Self::new(GivenNumber::read(number), SaidBy::Token, scenarios);
                }
                if !access.serves_without_token(caller) {
                    return Self::default();
                }
                let default = || scenarios.default_party(route.module.service);
                let mut subject = match &modifiers.party {
                    Some(party) => Self::new(GivenNumber::read(&party.value), SaidBy::Modifier, scenarios),
                    None => match default() {
                        Some(part) => Self::new(GivenNumber::Part(part), SaidBy::Scenario, scenarios),
                        None => Self::default(),
                    },
                };
                subject.is_open = true;
                subject
            }
        }
    }

    /// The subject after the rules: the rule's party, if a rule names one and is allowed to. Otherwise unchanged.
    #[must_use]
    pub(crate) fn with_rule(self, number: Option<&str>, scenarios: &ScenarioSet) -> Self {
        match number.filter(|_| self.is_open && self.said_by != SaidBy::Modifier) {
            None => self,
            Some(number) => Self { is_open: true, ..Self::new(GivenNumber::read(number), SaidBy::Rule, scenarios) },
        }
    }

    /// The subject on a day: the population's party if no scenario describes one, with as much of its ledger as the answer
    /// shows.
    #[must_use]
    pub(crate) fn on(self, day: NaiveDate, omfang: Omfang, scenarios: &ScenarioSet) -> Self {
        if self.party.is_some() || scenarios.befolkning.is_none() {
            return self;
        }
        Self { party: self.number.part().and_then(|part| scenarios.party_with(part, day, omfang)), ..self }
    }

    fn new(number: GivenNumber, said_by: SaidBy, scenarios: &ScenarioSet) -> Self {
        let party = number.part().and_then(|part| scenarios.get(part)).cloned();
        let said_by = if number == GivenNumber::None { SaidBy::Nobody } else { said_by };
        Self { number, said_by, party, is_open: false }
    }

    /// The number, where it has 9 or 11 digits.
    pub(crate) fn part(&self) -> Option<Part> {
        self.number.part()
    }
}

/// The number at a pointer of a JSON body.
fn in_body(body: &Body, pointer: &str) -> GivenNumber {
    let Body::Json(bytes) = body else {
        return GivenNumber::None;
    };
    let value: Option<Value> = serde_json::from_slice(bytes).ok();
    let text = value.as_ref().and_then(|value| value.pointer(pointer)).map(|found| match found {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    });
    text.map_or(GivenNumber::None, |text| GivenNumber::read(&text))
}
