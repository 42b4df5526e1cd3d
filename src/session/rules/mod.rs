//! Rules: what happens to calls of a session, set at run time.
//!
//! A rule that names a party is stored under the party. Another rule that names a client is stored under the client.
//! Within each group, rules are stored by service and endpoint. So a thousand rules that do not match a call cost it
//! only a few look-ups. If several rules match, the newest comes first.

pub(crate) mod document;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{DateTime, Utc};
use parking_lot::{Mutex, RwLock};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use rustc_hash::FxHashMap;

pub(crate) use super::events::{RuleAdded, RuleUsed};
use crate::catalogue::{Catalogue, Endpoint, PartyIn, Service};
use crate::faults::effects::Delay;
use crate::faults::modifiers::Modifiers;
use crate::faults::refused::Refused;
use document::RuleDocument;

/// How many rules a session keeps at most.
pub(crate) const MOST_RULES: usize = 2_000;

/// What rules see of a call.
pub(crate) struct CallFacts<'r> {
    pub(crate) service: &'static Service,
    pub(crate) endpoint: Option<&'static Endpoint>,
    pub(crate) package: Option<&'r str>,
    /// The number of the party that the call is about, as the caller wrote it.
    pub(crate) party: Option<&'r str>,
    pub(crate) client: Option<&'r str>,
    /// Whether a rule may choose another party.
    pub(crate) is_open: bool,
}

/// The two times that a rule needs: the real time, which decides when it expires, and the time that the session's
/// clock shows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clocks {
    pub(crate) real: DateTime<Utc>,
    pub(crate) shown: DateTime<Utc>,
}

/// Which calls a rule matches.
#[derive(Debug)]
pub(crate) struct When {
    service: Option<&'static Service>,
    endpoint: Option<&'static str>,
    party: Option<Box<str>>,
    package: Option<Box<str>>,
    client: Option<Box<str>>,
}

impl When {
    /// The services whose calls can match.
    fn services(&self, catalogue: Catalogue) -> impl Iterator<Item = &'static Service> {
        let fits = |service: &&'static Service| {
            self.service.is_none_or(|only| only == *service)
                && self.package.as_deref().is_none_or(|name| service.package(name).is_some())
                && (self.endpoint.is_none() && self.party.is_none() || self.endpoints(service).next().is_some())
        };
        catalogue.0.iter().copied().filter(fits)
    }

    /// The endpoints of a service whose calls can match.
    fn endpoints(&self, service: &'static Service) -> impl Iterator<Item = &'static Endpoint> {
        let fits = |endpoint: &&'static Endpoint| {
            self.endpoint.is_none_or(|name| name == endpoint.name)
                && (self.party.is_none() || endpoint.party != PartyIn::Nowhere)
        };
        service.endpoints.iter().filter(fits)
    }

    fn matches(&self, call: &CallFacts<'_>) -> bool {
        let same = |wanted: &Option<Box<str>>, actual: Option<&str>| {
            wanted.as_deref().is_none_or(|wanted| actual == Some(wanted))
        };
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
    /// The answer stays natural. Older rules, scenario flags and reserved numbers have no effect.
    Natural,
    /// Sets these keys, unless something of higher precedence has set them.
    Modify(Box<Modifiers>),
}

impl Step {
    /// The code that it gives.
    fn code(&self) -> Option<&str> {
        match self {
            Self::Natural => None,
            Self::Modify(modifiers) => modifiers.error.as_ref().map(|error| &*error.value),
        }
    }

    /// Whether a service has the codes that it gives, and the modifiers of one service that it has.
    fn is_known_at(&self, service: &'static Service) -> bool {
        let has_own = |modifiers: &Modifiers| modifiers.own.iter().all(|(own, _)| service.modifiers.contains(own));
        self.code().is_none_or(|code| Catalogue::demanded(Some(service), code).is_ok())
            && match self {
                Self::Natural => true,
                Self::Modify(modifiers) => has_own(modifiers),
            }
    }
}

/// A rule of a session.
pub(crate) struct Rule {
    pub(crate) id: Box<str>,
    number: u64,
    when: When,
    then: Vec<Step>,
    /// How many calls can use the rule in all; `None` if there is no limit.
    max_uses: Option<u32>,
    pub(crate) expires: Option<DateTime<Utc>>,
    pub(crate) document: RuleDocument,
    state: Mutex<RuleState>,
}

#[derive(Default)]
struct RuleState {
    used: u32,
    /// How far the rule's generator is, in words of 32 bits.
    drawn: u64,
}

/// What a call makes of a rule, before it is counted.
pub(crate) struct Decided {
    pub(crate) applied: Applied,
    /// The call's modifiers with those of the rule.
    pub(crate) modifiers: Modifiers,
    /// What is counted; nothing if the rule is as it was.
    pub(crate) used: Option<RuleUsed>,
}

/// What a rule did to a call.
pub(crate) enum Applied {
    /// It had nothing to add.
    Nothing,
    /// It set at least one key.
    Keys,
    /// It decided that the answer stays natural.
    Natural,
}

impl Rule {
    /// A rule that was checked before. The document has its seed.
    fn from_checked(
        document: RuleDocument,
        number: u64,
        when: When,
        then: Vec<Step>,
        expires: Option<DateTime<Utc>>,
    ) -> Self {
        let times = if document.then.0.contains_key("sequence") { document.times.or(Some(1)) } else { document.times };
        let length = u32::try_from(then.len()).unwrap_or(u32::MAX);
        Self {
            id: format!("r{number}").into(),
            number,
            when,
            then,
            max_uses: times.map(|times| times.saturating_mul(length)),
            expires,
            document,
            state: Mutex::default(),
        }
    }

    /// Whether a call need not ask it: it has ended, or it is used up.
    pub(crate) fn is_spent(&self, real: DateTime<Utc>) -> bool {
        self.has_expired(real) || self.left() == Some(0)
    }

    /// Says what a call makes of it: each key of the rule that is not set yet and that the service takes is added. If the rule
    /// adds anything, that counts as one use. Nothing is counted here; [`Rule::count`] does that.
    pub(crate) fn decide(&self, call: &CallFacts<'_>, modifiers: &Modifiers, clocks: Clocks) -> Decided {
        let mut modifiers = modifiers.clone();
        if self.is_spent(clocks.real) {
            return Decided { applied: Applied::Nothing, modifiers, used: None };
        }
        let state = self.state.lock();
        // The generator follows from the seed and from how far it is. How far it goes is part of what is counted.
        let mut rng = ChaCha8Rng::seed_from_u64(self.document.seed.unwrap_or_default());
        rng.set_word_pos(state.drawn.into());
        let missed = self.document.probability.is_some_and(|probability| rng.random::<f64>() >= probability);
        let applied = if missed {
            Applied::Nothing
        } else {
            self.fill(&self.then[state.used as usize % self.then.len()], call, &mut modifiers, clocks, &mut rng)
        };
        let met = !matches!(applied, Applied::Nothing);
        let after = u64::try_from(rng.get_word_pos()).unwrap_or(u64::MAX);
        let drawn = (after != state.drawn).then_some(after);
        let used = (met || drawn.is_some()).then_some(RuleUsed { number: self.number, met, drawn });
        Decided { applied, modifiers, used }
    }

    fn fill(
        &self,
        step: &Step,
        call: &CallFacts<'_>,
        modifiers: &mut Modifiers,
        clocks: Clocks,
        rng: &mut ChaCha8Rng,
    ) -> Applied {
        match step {
            Step::Natural if modifiers.is_answered() => Applied::Nothing,
            Step::Natural => Applied::Natural,
            // The clock has moved since the rule was checked, and the shift now leads to a year that is not allowed.
            Step::Modify(step) if step.observed(clocks.shown).is_err() => Applied::Nothing,
            Step::Modify(step) => {
                let (may_delay, may_drift) = (modifiers.delay.is_none(), modifiers.drift.is_none());
                let mut wanted = Modifiers::clone(step);
                wanted.edition = wanted.edition.filter(|_| call.service.has_editions);
                wanted.party = wanted.party.filter(|_| call.is_open);
                if !modifiers.fill_from(&wanted) {
                    return Applied::Nothing;
                }
                // If the call has a seed of its own, that decides what is drawn. Otherwise the rule's seed does.
                if modifiers.seed.is_none() {
                    if let Some(delay) = modifiers.delay.as_mut().filter(|_| may_delay) {
                        delay.value = Delay::Fixed(delay.value.draw(rng));
                    }
                    if may_drift && modifiers.drift.is_some() {
                        modifiers.drift_seed = self.document.seed;
                    }
                }
                Applied::Keys
            }
        }
    }

    /// Counts what a call made of it.
    fn count(&self, used: &RuleUsed) {
        let mut state = self.state.lock();
        state.used += u32::from(used.met);
        state.drawn = used.drawn.unwrap_or(state.drawn);
    }

    /// How many calls have used the rule.
    pub(crate) fn used(&self) -> u32 {
        self.state.lock().used
    }

    /// How many more calls can use the rule; `None` if there is no limit.
    pub(crate) fn left(&self) -> Option<u32> {
        self.max_uses.map(|max| max.saturating_sub(self.used()))
    }

    fn has_expired(&self, now: DateTime<Utc>) -> bool {
        self.expires.is_some_and(|end| end <= now)
    }
}

/// Rules by service and endpoint; `None` for a rule that does not name one.
/// The names are the house's own, so their hash needs no key.
type ByTarget = FxHashMap<(Option<&'static str>, Option<&'static str>), Vec<Arc<Rule>>>;

/// All rules of a session, each in the group that a call finds it by.
#[derive(Default)]
struct RuleTable {
    last_number: u64,
    by_number: HashMap<u64, Arc<Rule>>,
    by_party: HashMap<Box<str>, ByTarget>,
    by_client: HashMap<Box<str>, ByTarget>,
    others: ByTarget,
}

/// The rules of a session.
#[derive(Default)]
pub(crate) struct Rules {
    table: RwLock<RuleTable>,
    /// The number of rules, so that a call without rules takes no lock.
    count: AtomicUsize,
}

impl Rules {
    /// Checks a rule, and says how it will be kept. `seed` is used if the document has none.
    ///
    /// # Errors
    /// Something in the document is refused, or the session has [`MOST_RULES`] rules that can still be used.
    pub(crate) fn check(
        &self,
        document: RuleDocument,
        catalogue: Catalogue,
        clocks: Clocks,
        seed: u64,
    ) -> Result<RuleAdded, Box<Refused>> {
        let table = self.table.read();
        let rule = Rule::new(document, table.last_number + 1, catalogue, clocks, seed)?;
        if table.rules().filter(|rule| !rule.is_spent(clocks.real)).count() >= MOST_RULES {
            let detail = format!("the session has {MOST_RULES} rules already; delete some");
            return Err(Refused::no_room("rules", &MOST_RULES.to_string(), detail));
        }
        Ok(RuleAdded { number: rule.number, rule: rule.document, expires: rule.expires })
    }

    /// Adds a rule that was checked. Those that have ended go, and those that are used up if there are many.
    ///
    /// # Errors
    /// The rule is from an earlier version of the sandbox, and this one cannot keep it.
    pub(crate) fn add(&self, added: &RuleAdded, catalogue: Catalogue, real: DateTime<Utc>) -> Result<(), Box<Refused>> {
        let rule = Arc::new(Rule::kept(added, catalogue)?);
        let mut table = self.table.write();
        table.retain(|rule| !rule.has_expired(real));
        if table.by_number.len() >= MOST_RULES {
            table.retain(|rule| rule.left() != Some(0));
        }
        table.last_number = table.last_number.max(rule.number);
        let target = (rule.when.service.map(|service| service.name), rule.when.endpoint);
        let group = match (&rule.when.party, &rule.when.client) {
            (Some(party), _) => table.by_party.entry(party.clone()).or_default(),
            (None, Some(client)) => table.by_client.entry(client.clone()).or_default(),
            (None, None) => &mut table.others,
        };
        group.entry(target).or_default().push(Arc::clone(&rule));
        table.by_number.insert(rule.number, rule);
        self.count.store(table.by_number.len(), Ordering::Relaxed);
        Ok(())
    }

    /// Counts what a call made of a rule.
    pub(crate) fn count(&self, used: &RuleUsed) {
        let rule = self.table.read().by_number.get(&used.number).cloned();
        if let Some(rule) = rule {
            rule.count(used);
        }
    }

    /// A rule by its id.
    pub(crate) fn find(&self, id: &str) -> Option<Arc<Rule>> {
        self.table.read().rules().find(|rule| &*rule.id == id).cloned()
    }

    /// The rules that have not expired, the oldest first.
    pub(crate) fn list(&self, now: DateTime<Utc>) -> Vec<Arc<Rule>> {
        let table = self.table.read();
        let mut rules: Vec<_> = table.rules().filter(|rule| !rule.has_expired(now)).cloned().collect();
        rules.sort_by_key(|rule| rule.number);
        rules
    }

    /// Deletes a rule.
    pub(super) fn delete(&self, id: &str) {
        let mut table = self.table.write();
        table.retain(|rule| &*rule.id != id);
        self.count.store(table.by_number.len(), Ordering::Relaxed);
    }

    /// Deletes all rules.
    pub(super) fn clear(&self) {
        let mut table = self.table.write();
        table.retain(|_| false);
        self.count.store(0, Ordering::Relaxed);
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    /// Whether there are no rules.
    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The rules that match a call, the newest first.
    pub(crate) fn matching(&self, call: &CallFacts<'_>) -> Vec<Arc<Rule>> {
        if self.is_empty() {
            return Vec::new();
        }
        let table = self.table.read();
        let by_party = call.party.and_then(|party| table.by_party.get(party));
        let by_client = call.client.and_then(|client| table.by_client.get(client));
        let service = Some(call.service.name);
        let endpoint = call.endpoint.map(|endpoint| endpoint.name);
        let targets = [(service, endpoint), (service, None), (None, endpoint), (None, None)];
        // If the call has no endpoint, the first target equals the second, and the third equals the fourth.
        let targets = if endpoint.is_some() { &targets[..] } else { &[targets[1], targets[3]][..] };
        let mut found: Vec<Arc<Rule>> = Vec::new();
        for group in [by_party, by_client, Some(&table.others)].into_iter().flatten() {
            for rules in targets.iter().filter_map(|target| group.get(target)) {
                found.extend(rules.iter().filter(|rule| rule.applies_to(call)).cloned());
            }
        }
        found.sort_by_key(|rule| std::cmp::Reverse(rule.number));
        found
    }
}

impl Rule {
    /// Whether the rule matches the call, and the call's service has every code that the rule can give.
    fn applies_to(&self, call: &CallFacts<'_>) -> bool {
        self.when.matches(call) && self.then.iter().all(|step| step.is_known_at(call.service))
    }
}

impl RuleTable {
    fn rules(&self) -> impl Iterator<Item = &Arc<Rule>> {
        self.by_number.values()
    }

    /// Removes every rule that `keep` does not hold for, and the groups that become empty.
    fn retain(&mut self, keep: impl Fn(&Rule) -> bool) {
        let retain_in = |group: &mut ByTarget| {
            group.retain(|_, rules| {
                rules.retain(|rule| keep(rule));
                !rules.is_empty()
            });
            !group.is_empty()
        };
        self.by_party.retain(|_, group| retain_in(group));
        self.by_client.retain(|_, group| retain_in(group));
        retain_in(&mut self.others);
        self.by_number.retain(|_, rule| keep(rule));
    }
}
