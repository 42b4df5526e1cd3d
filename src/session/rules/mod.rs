//! Rules: what calls of a session meet, set at run time.
//!
//! A rule is found by the party it names, else by the client, else by service and endpoint, so that a
//! thousand of them cost a call that none is for a few look-ups. Of several the newest comes first.

pub(crate) mod document;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{DateTime, Utc};
use parking_lot::{Mutex, RwLock};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use crate::catalogue::{Catalogue, Endpoint, Service};
use crate::faults::effects::Delay;
use crate::faults::modifiers::Modifiers;
use crate::faults::refused::Refused;
use document::RuleDocument;

/// How many rules a session keeps at most.
pub(crate) const MOST_RULES: usize = 2_000;

/// What rules know of a call.
pub(crate) struct CallFacts<'r> {
    pub(crate) service: &'static Service,
    pub(crate) endpoint: Option<&'static Endpoint>,
    pub(crate) package: Option<&'r str>,
    /// The number of the party that it is about, as it was given.
    pub(crate) party: Option<&'r str>,
    pub(crate) client: Option<&'r str>,
    /// A rule may say another party.
    pub(crate) is_open: bool,
}

/// What the time is for a rule: the real one, by which it ends, and what the session's clock shows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clocks {
    pub(crate) real: DateTime<Utc>,
    pub(crate) shown: DateTime<Utc>,
}

/// Which calls a rule is for.
#[derive(Debug)]
pub(crate) struct When {
    service: Option<&'static Service>,
    endpoint: Option<&'static str>,
    party: Option<Box<str>>,
    package: Option<Box<str>>,
    client: Option<Box<str>>,
}

impl When {
    /// The services it can match.
    fn services(&self, catalogue: Catalogue) -> impl Iterator<Item = &'static Service> {
        let fits = |service: &&'static Service| {
            self.service.is_none_or(|only| only == *service)
                && self.endpoint.is_none_or(|name| service.endpoint(name).is_some())
                && self.package.as_deref().is_none_or(|name| service.package(name).is_some())
        };
        catalogue.0.iter().copied().filter(fits)
    }

    fn fits(&self, call: &CallFacts<'_>) -> bool {
        let same =
            |wanted: &Option<Box<str>>, is: Option<&str>| wanted.as_deref().is_none_or(|wanted| is == Some(wanted));
        self.service.is_none_or(|only| only == call.service)
            && self.endpoint.is_none_or(|name| call.endpoint.is_some_and(|endpoint| endpoint.name == name))
            && same(&self.party, call.party)
            && same(&self.package, call.package)
            && same(&self.client, call.client)
    }
}

/// What a rule does to a call.
#[derive(Debug)]
enum Step {
    /// It leaves the answer natural, whatever older rules and scenario flags say.
    Natural,
    /// These keys, where nothing above says them.
    Modify(Box<Modifiers>),
}

/// A rule of a session.
pub(crate) struct Rule {
    pub(crate) id: Box<str>,
    number: u64,
    when: When,
    then: Vec<Step>,
    /// How many uses there are in all.
    most: Option<u32>,
    pub(crate) expires: Option<DateTime<Utc>>,
    pub(crate) document: RuleDocument,
    state: Mutex<RuleState>,
}

struct RuleState {
    used: u32,
    rng: ChaCha8Rng,
}

/// What came of asking a rule.
pub(crate) enum Applied {
    /// It had nothing to add.
    Not,
    /// It set a key.
    Took,
    /// The answer stays natural.
    Natural,
}

impl Rule {
    fn put_together(
        mut document: RuleDocument,
        number: u64,
        when: When,
        then: Vec<Step>,
        expires: Option<DateTime<Utc>>,
        drawn_seed: u64,
    ) -> Self {
        let seed = *document.seed.get_or_insert(drawn_seed);
        let rounds = if document.then.0.contains_key("sequence") { document.times.or(Some(1)) } else { document.times };
        let length = u32::try_from(then.len()).unwrap_or(u32::MAX);
        Self {
            id: format!("r{number}").into(),
            number,
            when,
            then,
            most: rounds.map(|rounds| rounds.saturating_mul(length)),
            expires,
            document,
            state: Mutex::new(RuleState { used: 0, rng: ChaCha8Rng::seed_from_u64(seed) }),
        }
    }

    /// Adds to a call's modifiers what the rule says, nothing above it does and the service takes; then it is used up
    /// by one.
    pub(crate) fn apply(&self, call: &CallFacts<'_>, modifiers: &mut Modifiers, clocks: Clocks) -> Applied {
        if self.is_over(clocks.real) {
            return Applied::Not;
        }
        let mut state = self.state.lock();
        if self.most.is_some_and(|most| state.used >= most) {
            return Applied::Not;
        }
        if let Some(probability) = self.document.probability
            && state.rng.random::<f64>() >= probability
        {
            return Applied::Not;
        }
        let step = &self.then[state.used as usize % self.then.len()];
        let applied = match step {
            Step::Natural if modifiers.is_answered() => Applied::Not,
            Step::Natural => Applied::Natural,
            // The clock has run out of what the shift was checked against.
            Step::Modify(step) if step.observed(clocks.shown).is_err() => Applied::Not,
            Step::Modify(step) => {
                let (delays, drifts) = (modifiers.delay.is_none(), modifiers.drift.is_none());
                let mut wanted = Modifiers::clone(step);
                wanted.edition = wanted.edition.filter(|_| call.service.has_editions);
                wanted.party = wanted.party.filter(|_| call.is_open);
                if modifiers.fill_from(&wanted) {
                    // By the call's own seed where it has one, else by the rule's.
                    if modifiers.seed.is_none() {
                        if let Some(delay) = modifiers.delay.as_mut().filter(|_| delays) {
                            delay.value = Delay::Fixed(delay.value.draw(&mut state.rng));
                        }
                        if drifts && modifiers.drift.is_some() {
                            modifiers.drift_seed = self.document.seed;
                        }
                    }
                    Applied::Took
                } else {
                    Applied::Not
                }
            }
        };
        state.used += u32::from(!matches!(applied, Applied::Not));
        applied
    }

    /// How many calls have met it.
    pub(crate) fn used(&self) -> u32 {
        self.state.lock().used
    }

    /// How many more will; nothing where all do.
    pub(crate) fn left(&self) -> Option<u32> {
        self.most.map(|most| most.saturating_sub(self.used()))
    }

    fn is_over(&self, now: DateTime<Utc>) -> bool {
        self.expires.is_some_and(|end| end <= now)
    }
}

/// Rules by service and endpoint, where they say one.
type ByTarget = HashMap<(Option<&'static str>, Option<&'static str>), Vec<Arc<Rule>>>;

#[derive(Default)]
struct Kept {
    last_number: u64,
    by_party: HashMap<Box<str>, ByTarget>,
    by_client: HashMap<Box<str>, ByTarget>,
    others: ByTarget,
}

/// The rules of a session.
#[derive(Default)]
pub(crate) struct Rules {
    kept: RwLock<Kept>,
    count: AtomicUsize,
}

impl Rules {
    /// Keeps a rule that is right.
    pub(crate) fn add(
        &self,
        document: RuleDocument,
        catalogue: Catalogue,
        clocks: Clocks,
        seed: u64,
    ) -> Result<Arc<Rule>, Box<Refused>> {
        let mut kept = self.kept.write();
        let rule = Arc::new(Rule::new(document, kept.last_number + 1, catalogue, clocks, seed)?);
        kept.retain(|rule| !rule.is_over(clocks.real));
        if kept.rules().count() >= MOST_RULES {
            // Those that no call can meet any longer make room.
            kept.retain(|rule| rule.left() != Some(0));
        }
        if kept.rules().count() >= MOST_RULES {
            let detail = format!("the session keeps {MOST_RULES} rules already; delete some");
            return Err(Refused::no_room("rules", &MOST_RULES.to_string(), detail));
        }
        kept.last_number += 1;
        let target = (rule.when.service.map(|service| service.name), rule.when.endpoint);
        let table = match (&rule.when.party, &rule.when.client) {
            (Some(party), _) => kept.by_party.entry(party.clone()).or_default(),
            (None, Some(client)) => kept.by_client.entry(client.clone()).or_default(),
            (None, None) => &mut kept.others,
        };
        table.entry(target).or_default().push(Arc::clone(&rule));
        self.count.store(kept.rules().count(), Ordering::Relaxed);
        Ok(rule)
    }

    /// All that still live, oldest first.
    pub(crate) fn list(&self, now: DateTime<Utc>) -> Vec<Arc<Rule>> {
        let kept = self.kept.read();
        let mut rules: Vec<_> = kept.rules().filter(|rule| !rule.is_over(now)).cloned().collect();
        rules.sort_by_key(|rule| rule.number);
        rules
    }

    /// Deletes one; false where there is none by that id.
    pub(crate) fn delete(&self, id: &str) -> bool {
        let mut kept = self.kept.write();
        let before = kept.rules().count();
        kept.retain(|rule| &*rule.id != id);
        let after = kept.rules().count();
        self.count.store(after, Ordering::Relaxed);
        after < before
    }

    /// Deletes all of them; tells how many.
    pub(crate) fn clear(&self) -> usize {
        let mut kept = self.kept.write();
        kept.retain(|_| false);
        self.count.swap(0, Ordering::Relaxed)
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.count.load(Ordering::Relaxed) == 0
    }

    /// The rules that a call meets, newest first.
    pub(crate) fn matching(&self, call: &CallFacts<'_>) -> Vec<Arc<Rule>> {
        if self.is_empty() {
            return Vec::new();
        }
        let kept = self.kept.read();
        let by_party = call.party.and_then(|party| kept.by_party.get(party));
        let by_client = call.client.and_then(|client| kept.by_client.get(client));
        let service = Some(call.service.name);
        let endpoint = call.endpoint.map(|endpoint| endpoint.name);
        let targets = [(service, endpoint), (service, None), (None, endpoint), (None, None)];
        // Without an endpoint two of the targets are the same as two others.
        let targets = if endpoint.is_some() { &targets[..] } else { &[targets[1], targets[3]][..] };
        let mut found: Vec<Arc<Rule>> = Vec::new();
        for table in [by_party, by_client, Some(&kept.others)].into_iter().flatten() {
            for rules in targets.iter().filter_map(|target| table.get(target)) {
                found.extend(rules.iter().filter(|rule| rule.can(call)).cloned());
            }
        }
        found.sort_by_key(|rule| std::cmp::Reverse(rule.number));
        found
    }
}

impl Rule {
    /// It fits the call, and the service that is asked has every code it gives.
    fn can(&self, call: &CallFacts<'_>) -> bool {
        let known = |step: &Step| match step {
            Step::Natural => true,
            Step::Modify(step) => {
                step.error.as_ref().is_none_or(|error| Catalogue::code_at(Some(call.service), &error.value).is_some())
            }
        };
        self.when.fits(call) && self.then.iter().all(known)
    }
}

impl Kept {
    fn rules(&self) -> impl Iterator<Item = &Arc<Rule>> {
        let tables = self.by_party.values().chain(self.by_client.values()).chain([&self.others]);
        tables.flat_map(HashMap::values).flatten()
    }

    fn retain(&mut self, keep: impl Fn(&Rule) -> bool) {
        let thin = |table: &mut ByTarget| {
            table.retain(|_, rules| {
                rules.retain(|rule| keep(rule));
                !rules.is_empty()
            });
            !table.is_empty()
        };
        self.by_party.retain(|_, table| thin(table));
        self.by_client.retain(|_, table| thin(table));
        thin(&mut self.others);
    }
}
