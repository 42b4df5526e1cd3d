//! How a session changes: by an event that is decided, written to the log, and then applied. Nothing else changes it.
//!
//! One call at a time changes a session. The event has all that was drawn or read from a clock, so that applying it again gives
//! the same state. [`Session::apply`] is what recovery calls, too.

use std::any::Any;
use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, Utc};

use super::events::{ClockSet, Event, FlagPlace, OwnText};
use super::rules::document::RuleDocument;
use super::rules::{Applied, CallFacts, Clocks, Rule};
use super::time::Change;
use super::{About, OwnScenarios, Session};
use crate::domain::clock::ClockError;
use crate::domain::identifikator::Part;
use crate::faults::modifiers::Modifiers;
use crate::faults::refused::Refused;
use crate::library::Loaded;
use crate::log::NotKept;
use crate::log::kept::{Fold, Kept};
use crate::scenario::Feil;
use crate::scenario::ScenarioSet;
use crate::scenario::sources::Text;

/// What a change comes to: an event, if there is something to change, and what is told of it.
type Decision<E, T> = (Option<E>, T);

impl Session {
    /// Changes the session by an event of the house. `decide` sees the session as it is, and nobody changes it meanwhile.
    ///
    /// # Errors
    /// The event could not be written, so nothing has changed.
    pub(super) fn commit<T>(
        &self,
        own: Option<OwnScenarios>,
        decide: impl FnOnce(DateTime<Utc>, Option<&OwnScenarios>) -> Decision<Event, T>,
    ) -> Result<T, NotKept> {
        let mut writing = self.history.writing()?;
        let at = self.time.real();
        let (event, told) = decide(at, own.as_ref());
        if let Some(event) = event {
            self.begin_log(&mut writing)?;
            writing.append("", &event, at, None)?;
            self.apply(&event, at, own);
        }
        Ok(told)
    }

    /// Changes what the session keeps of a service. `decide` sees that state as it is, and nobody changes it meanwhile. `file`
    /// belongs to the event.
    ///
    /// # Errors
    /// The event could not be written, so nothing has changed.
    pub(crate) fn commit_state<S: Kept, T>(
        &self,
        file: Option<Bytes>,
        decide: impl FnOnce(&S) -> Decision<S::Event, T>,
    ) -> Result<T, NotKept> {
        let known = |(_, state): &&(super::ServiceState, crate::log::kept::AnyState)| (**state).is::<S>();
        let (of, state) = self.states.iter().find(known).ok_or_else(|| NotKept::new("no service keeps this"))?;
        let state: &S = (&**state as &dyn Any).downcast_ref().ok_or_else(|| NotKept::new("no service keeps this"))?;
        let mut writing = self.history.writing()?;
        let at = self.time.real();
        let (event, told) = decide(state);
        if let Some(event) = event {
            self.begin_log(&mut writing)?;
            writing.append(of.service, &event, at, file.clone())?;
            let world = self.world();
            state.apply(&event, &Fold { at, scenarios: &world.loaded.scenarios, file });
        }
        Ok(told)
    }

    /// The first record of a log says how the session began.
    fn begin_log(&self, writing: &mut super::history::Writing<'_>) -> Result<(), NotKept> {
        if writing.last() > 0 {
            return Ok(());
        }
        writing.append("", &Event::Begun(self.beginning.clone()), self.begun, None)
    }

    /// Changes the session as an event says. `own` are the scenarios of the event, if they were resolved already.
    pub(super) fn apply(&self, event: &Event, at: DateTime<Utc>, own: Option<OwnScenarios>) {
        match event {
            // These make another session (`recovery.rs`).
            Event::Begun(_) | Event::Reset(_) | Event::Undone { .. } => {}
            Event::Clock(set) => self.clock.set(*set),
            Event::RuleAdded(added) => {
                if let Err(refused) = self.rules.add(added, self.catalogue, at) {
                    self.warn(&format!("the rule r{} is not kept any more: {}", added.number, refused.detail));
                }
            }
            Event::RuleDeleted { rule } => self.rules.delete(rule),
            Event::RulesCleared => self.rules.clear(),
            Event::RuleUsed(used) => self.rules.count(used),
            Event::FlagUsed { party, flag } => self.world().flags.count(*party, *flag),
            Event::Scenarios { texts, forgotten } => {
                let resolved = own.map_or_else(|| self.resolve_own(texts.iter().map(Text::from).collect()), Ok);
                match resolved {
                    Ok(fresh) => self.set_own(Some(fresh)),
                    Err(error) => self.warn(&format!("its own scenarios do not load any more: {error}")),
                }
                self.world().flags.forget(forgotten);
            }
            Event::ScenariosDropped { forgotten } => {
                self.set_own(None);
                self.world().flags.forget(forgotten);
            }
            Event::Files { forgotten, .. } => {
                let own = self.own.lock();
                if self.world().number != self.library.number() {
                    self.rebuild(own.as_ref());
                }
                self.world().flags.forget(forgotten);
            }
            Event::About { supplier, system, version } => {
                let (supplier, system, version) = (supplier.clone(), system.clone(), version.clone());
                *self.about.write() = About { supplier, system, version };
            }
        }
    }

    pub(super) fn warn(&self, what: &str) {
        let (session, what) = (crate::redact::redacted(&self.name), crate::redact::redacted(what));
        tracing::warn!(session = &*session, "{what}");
    }

    fn set_own(&self, fresh: Option<OwnScenarios>) {
        use std::sync::atomic::Ordering::Relaxed;
        let mut own = self.own.lock();
        self.own_bytes.store(fresh.as_ref().map_or(0, |fresh| fresh.bytes), Relaxed);
        self.own_entries.store(fresh.as_ref().map_or(0, |fresh| fresh.set.entries()), Relaxed);
        *own = fresh;
        self.rebuild(own.as_ref());
    }

    /// The counts of flags that go when the session sees other scenarios.
    fn forgotten(&self, now: &ScenarioSet) -> Vec<FlagPlace> {
        let before = self.world();
        before.flags.changed(&before.loaded.scenarios, now)
    }

    /// The server's newest scenarios on the base date; those that it has if the newest do not load.
    fn newest(&self) -> Arc<Loaded> {
        self.library.on(self.base).1.unwrap_or_else(|_| Arc::clone(&self.world().server))
    }

    /// Replaces its own scenarios. They win over the server's parties of the same number.
    pub(super) fn take_own(&self, fresh: OwnScenarios, texts: &[Text]) -> Result<(), NotKept> {
        // Resolved before the session is held.
        let server = self.newest();
        self.commit(Some(fresh), |_, own| {
            let forgotten = own.map(|own| self.forgotten(&server.scenarios.with(&own.set))).unwrap_or_default();
            (Some(Event::Scenarios { texts: texts.iter().map(OwnText::from).collect(), forgotten }), ())
        })
    }

    /// Drops its own scenarios.
    pub(crate) fn drop_scenarios(&self) -> Result<(), NotKept> {
        let server = self.newest();
        self.commit(None, |_, _| {
            let there = self.own.lock().is_some();
            let forgotten = self.forgotten(&server.scenarios);
            (there.then_some(Event::ScenariosDropped { forgotten }), ())
        })
    }

    /// Builds the world again if the server has newer files. May be slow.
    pub(crate) fn catch_up(&self) {
        if self.world().number == self.library.number() {
            return;
        }
        if self.history.last() == 0 {
            // Nothing has happened to it, so it needs no record: its log begins with its first change.
            let own = self.own.lock();
            return self.rebuild(own.as_ref());
        }
        let server = self.newest();
        let kept = self.commit(None, |_, _| {
            if self.world().number == self.library.number() {
                return (None, ());
            }
            let own = self.own.lock();
            let forgotten = match own.as_ref() {
                Some(own) => self.forgotten(&server.scenarios.with(&own.set)),
                None => self.forgotten(&server.scenarios),
            };
            (Some(Event::Files { digest: self.library.digest().into(), forgotten }), ())
        });
        if kept.is_err() {
            // The files are what they are, whether that can be written or not.
            let own = self.own.lock();
            self.rebuild(own.as_ref());
        }
    }

    /// Changes its clock.
    pub(crate) fn change_clock(
        &self,
        change: Option<Change>,
        tokens: Option<bool>,
    ) -> Result<Result<(), ClockError>, NotKept> {
        self.commit(None, |at, _| match self.clock.changed(&self.time, change, tokens, at) {
            Ok(set) => ((set != self.clock.kept()).then_some(Event::Clock(set)), Ok(())),
            Err(error) => (None, Err(error)),
        })
    }

    /// Makes its clock follow the server's again.
    pub(crate) fn follow_clock(&self) -> Result<(), NotKept> {
        let set = ClockSet::default();
        self.commit(None, |_, _| ((set != self.clock.kept()).then_some(Event::Clock(set)), ()))
    }

    /// Adds a rule. `seed` is used if the document has none.
    ///
    /// # Errors
    /// Something in the document is refused, there are too many rules, or the rule cannot be written.
    pub(crate) fn add_rule(&self, document: RuleDocument, seed: u64) -> Result<Arc<Rule>, Box<Refused>> {
        let added = self.commit(None, |real, _| {
            let clocks = Clocks { real, shown: self.clock.now(&self.time, real) };
            match self.rules.check(document, self.catalogue, clocks, seed) {
                Ok(added) => {
                    let id = format!("r{}", added.number);
                    (Some(Event::RuleAdded(added.into())), Ok(id))
                }
                Err(refused) => (None, Err(refused)),
            }
        });
        let id = added.map_err(|why| Refused::not_kept(&why.0))??;
        let gone = || Refused::not_kept("the rule was deleted at once by another call");
        self.rules.find(&id).ok_or_else(gone)
    }

    /// Deletes a rule. False if no rule has the id.
    pub(crate) fn delete_rule(&self, id: &str) -> Result<bool, NotKept> {
        self.commit(None, |_, _| {
            let there = self.rules.find(id).is_some();
            (there.then(|| Event::RuleDeleted { rule: id.into() }), there)
        })
    }

    /// Deletes all rules. Returns how many there were.
    pub(crate) fn clear_rules(&self) -> Result<usize, NotKept> {
        self.commit(None, |_, _| {
            let count = self.rules.len();
            ((count > 0).then_some(Event::RulesCleared), count)
        })
    }

    /// Adds the keys of a rule to a call's modifiers. If the rule adds anything, that counts as one use.
    pub(crate) fn use_rule(
        &self,
        rule: &Rule,
        call: &CallFacts<'_>,
        modifiers: &mut Modifiers,
        clocks: Clocks,
    ) -> Result<Applied, NotKept> {
        if rule.is_spent(clocks.real) {
            return Ok(Applied::Nothing);
        }
        self.commit(None, |_, _| {
            let decided = rule.decide(call, modifiers, clocks);
            *modifiers = decided.modifiers;
            (decided.used.map(Event::RuleUsed), decided.applied)
        })
    }

    /// Counts one use of a flag. False if the flag is used up: another call may have taken the last use meanwhile.
    pub(crate) fn use_flag(&self, part: Part, index: usize, feil: &Feil) -> Result<bool, NotKept> {
        let Some(times) = feil.ganger else { return Ok(true) };
        self.commit(None, |_, _| {
            let left = self.world().flags.is_left(part, index, times);
            (left.then_some(Event::FlagUsed { party: part, flag: index }), left)
        })
    }

    /// Says who tests what.
    pub(crate) fn tell_about(&self, about: About) -> Result<(), NotKept> {
        self.commit(None, |_, _| {
            let changes = *self.about.read() != about;
            let About { supplier, system, version } = about;
            (changes.then_some(Event::About { supplier, system, version }), ())
        })
    }
}
