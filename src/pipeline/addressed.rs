//! A call that belongs to a session: the party that it is about and the scenarios that it sees are known.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use http::Version;

use super::State;
use super::planned::{Plan, Planned};
use super::received::Received;
use crate::access::Caller;
use crate::domain::clock::day_in_norway;
use crate::faults::modifiers::Modifiers;
use crate::faults::refused::Refused;
use crate::interface::{Body, Instants, Route, Subject};
use crate::router::Target;
use crate::scenario::Omfang;
use crate::session::rules::{CallFacts, Clocks};
use crate::session::time::Reading;
use crate::session::{Session, World};

/// A call that belongs to a session.
#[derive(Clone, Copy)]
pub(super) struct Addressed<'s> {
    pub(super) state: &'s State,
    /// The number of its connection.
    pub(super) connection: u64,
    pub(super) received: &'s Received,
    pub(super) target: &'s Target,
    pub(super) body: &'s Body,
    pub(super) caller: &'s Caller,
    pub(super) session: &'s Arc<Session>,
    /// The scenarios that it sees. They stay the same until it ends.
    pub(super) world: &'s World,
}

impl<'s> Addressed<'s> {
    /// Makes the plan of the call.
    ///
    /// # Errors
    /// The time is outside the years that a clock may show. Then no rule and no flag is used up. Or the use of one could not be
    /// written.
    pub(super) fn planned(self) -> Result<Planned<'s>, Box<Refused>> {
        let wishes = self.received.merged();
        let Reading { shown, tokens } = self.session.clock.reading(self.session.time(), self.received.real);
        // A shift that leads nowhere is refused before anything is used up; rules see to theirs.
        Modifiers::or_none(wishes.as_deref()).observed(shown)?;
        let (plan, subject, omfang) = match self.target {
            Target::Service { route, .. } => {
                let (plan, subject) = self.plan(route, wishes, shown)?;
                (plan, subject, route.omfang())
            }
            Target::Page | Target::Nothing => {
                (Plan::without_service(wishes, self.state.services)?, Subject::default(), Omfang::Alt)
            }
        };
        if self.received.parts.version == Version::HTTP_2 {
            plan.modifiers().fit_http2()?;
        }
        let now = plan.modifiers().observed(shown)?;
        let day = day_in_norway(now);
        let subject = subject.on(day, omfang, &self.world.loaded.scenarios);
        Ok(Planned { call: self, subject, plan, instants: Instants { now, day, tokens } })
    }

    fn plan(
        &self,
        route: &Route,
        wishes: Option<Box<Modifiers>>,
        shown: DateTime<Utc>,
    ) -> Result<(Plan, Subject), Box<Refused>> {
        let (session, scenarios) = (self.session, &self.world.loaded.scenarios);
        let access = (&*self.state.access, self.caller);
        let asked = Modifiers::or_none(wishes.as_deref());
        let subject = Subject::of(route, access, self.body, asked, scenarios);
        let code = asked.code(Some(route.module.service), self.state.services.catalogue)?;
        let given = subject.number.clone();
        let number = given.text();
        let facts = CallFacts {
            service: route.module.service,
            endpoint: route.endpoint(),
            package: route.package.text(),
            party: Some(number.as_str()).filter(|number| !number.is_empty()),
            client: self.caller.client(),
            is_open: subject.is_open,
        };
        let clocks = Clocks { real: self.received.real, shown };
        let plan = Plan::of_call(wishes, code).with_rules(&facts, session, clocks)?;
        let said = plan.modifiers().party.as_ref().map(|party| &*party.value);
        let subject = subject.with_rule(said, scenarios);
        Ok((plan.with_scenario(&facts, &subject, session, &self.world.flags)?, subject))
    }
}
