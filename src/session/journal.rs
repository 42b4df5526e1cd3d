//! The last requests of a session, for people who look for what went wrong and for assertions in tests.
//! It is bounded, and everything is redacted before it is kept.

use std::collections::VecDeque;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::watch;

pub(crate) use super::entry::{Checks, Entry, FoundFault, KeptId, KeptText, PartyNumber};
use super::exchange::{BodyBudget, Exchange};
use crate::catalogue::Check;
use crate::redact::redacted;
use crate::traces::parent::TraceParent;

/// Which entries are wanted. A field without a value matches every entry. Texts of callers are compared whole, as they
/// were before they were redacted.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    pub(crate) service: Option<String>,
    pub(crate) endpoint: Option<String>,
    pub(crate) party: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) client: Option<String>,
    pub(crate) status: Option<u16>,
    pub(crate) cause: Option<String>,
    pub(crate) failed: Option<String>,
    pub(crate) korrelasjonsid: Option<String>,
    pub(crate) test: Option<String>,
    pub(crate) trace_id: Option<String>,
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = self.status.map(|status| status.to_string());
        let mut place = [self.service.as_deref(), self.endpoint.as_deref()].into_iter().flatten().peekable();
        let mut parts: Vec<String> = Vec::new();
        if place.peek().is_some() {
            parts.push(place.collect::<Vec<_>>().join("/"));
        }
        let rest = [
            ("party", &self.party),
            ("code", &self.code),
            ("client", &self.client),
            ("status", &status),
            ("cause", &self.cause),
            ("failed", &self.failed),
            ("korrelasjonsid", &self.korrelasjonsid),
            ("test", &self.test),
            ("traceId", &self.trace_id),
        ];
        let told = |(name, value): (&str, &Option<String>)| Some(format!("{name}={}", redacted(value.as_deref()?)));
        parts.extend(rest.into_iter().filter_map(told));
        f.write_str(if parts.is_empty() { "anything" } else { "" })?;
        f.write_str(&parts.join(" "))
    }
}

impl Filter {
    /// Whether the code is that of the entry, or of one of its findings.
    fn has_code(&self, entry: &Entry) -> bool {
        self.code.as_deref().is_none_or(|wanted| {
            entry.code == Some(wanted) || entry.findings.iter().any(|finding| &*finding.code == wanted)
        })
    }

    fn fits(&self, entry: &Entry, keys: &RandomState) -> bool {
        self.unlike(entry, keys).next().is_none()
    }

    /// The conditions that an entry does not meet: the name, what was wanted, and what it is.
    fn unlike<'f>(
        &'f self,
        entry: &'f Entry,
        keys: &'f RandomState,
    ) -> impl Iterator<Item = (&'static str, &'f str, String)> {
        fn same<'w>(wanted: Option<&'w String>, is: Option<&str>) -> Option<(&'w str, String)> {
            let wanted = wanted.map(String::as_str).filter(|wanted| is != Some(wanted))?;
            Some((wanted, is.unwrap_or("none").to_owned()))
        }
        fn text<'w, T: fmt::Display>(
            wanted: Option<&'w String>,
            is: Option<&T>,
            fits: impl Fn(&T, &str) -> bool,
        ) -> Option<(&'w str, String)> {
            let wanted = wanted.map(String::as_str)?;
            let other = || is.map_or_else(|| "none".to_owned(), ToString::to_string);
            (!is.is_some_and(|is| fits(is, wanted))).then(|| (wanted, other()))
        }
        let failed = entry.checks.and_then(|checks| checks.failed).map(Check::name);
        let code = self.code.as_deref().filter(|_| !self.has_code(entry));
        let test = self.test.as_deref().map(redacted);
        let is_test = test.is_none() || entry.test.as_deref() == test.as_deref();
        [
            ("service", same(self.service.as_ref(), entry.service)),
            ("endpoint", same(self.endpoint.as_ref(), entry.endpoint)),
            ("traceId", same(self.trace_id.as_ref(), entry.trace.as_ref().map(TraceParent::trace_id))),
            ("code", code.map(|code| (code, entry.code.unwrap_or("none").to_owned()))),
            ("cause", same(self.cause.as_ref(), Some(entry.cause.name()))),
            ("failed", same(self.failed.as_ref(), failed)),
            (
                "status",
                self.status
                    .filter(|status| entry.status != Some(*status))
                    .map(|_| ("another", entry.status.map_or_else(|| "none".to_owned(), |status| status.to_string()))),
            ),
            ("party", text(self.party.as_ref(), entry.party.as_ref(), |is, wanted| is.is(wanted, keys))),
            ("client", text(self.client.as_ref(), entry.client.as_ref(), |is, wanted| is.is(wanted, keys))),
            (
                "korrelasjonsid",
                text(self.korrelasjonsid.as_ref(), Some(&entry.korrelasjonsid), |is, wanted| is.is(wanted, keys)),
            ),
            (
                "test",
                self.test
                    .as_deref()
                    .filter(|_| !is_test)
                    .map(|test| (test, entry.test.as_deref().unwrap_or("none").to_owned())),
            ),
        ]
        .into_iter()
        .filter_map(|(name, unlike)| unlike.map(|(wanted, is)| (name, wanted, is)))
    }
}

/// Why calls of a session may be missing that its journal never had, in both languages of reports.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unseen {
    pub(crate) en: &'static str,
    pub(crate) nb: &'static str,
}

/// Something of a call that a filter wants otherwise.
pub(crate) struct Difference {
    pub(crate) name: &'static str,
    pub(crate) is: String,
    pub(crate) wanted: String,
}

/// The last requests of a session.
pub(crate) struct Journal {
    capacity: usize,
    /// The key of the hashes of texts that are not shown whole. It is new in each journal, and nothing tells it.
    keys: RandomState,
    kept: Mutex<KeptEntries>,
    bodies: Arc<BodyBudget>,
    /// Why calls of its session may be missing that it never had. Nothing if it has had all.
    unseen: Option<Unseen>,
    /// Wakes those who watch it. If nobody does, it costs a call one look at a counter.
    news: watch::Sender<()>,
}

#[derive(Default)]
struct KeptEntries {
    entries: VecDeque<Arc<Entry>>,
    last: u64,
    /// The number of the oldest entry that can have an exchange.
    exchanges_from: u64,
    /// How many times all was forgotten.
    cleared: u64,
}

impl KeptEntries {
    /// Drops the oldest headers and bodies. Returns what they took; nothing if there are none.
    fn drop_oldest_exchange(&mut self) -> Option<usize> {
        let first = self.entries.front().map(|entry| entry.number)?;
        self.exchanges_from = self.exchanges_from.max(first);
        while let Some(entry) = usize::try_from(self.exchanges_from - first).ok().and_then(|at| self.entries.get(at)) {
            self.exchanges_from += 1;
            if let Some(dropped) = entry.exchange.lock().take() {
                return Some(dropped.bytes());
            }
        }
        None
    }

    /// Drops all headers and bodies. Returns what they took.
    fn drop_exchanges(&mut self) -> usize {
        std::iter::from_fn(|| self.drop_oldest_exchange()).sum()
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.bodies.give(self.kept.get_mut().drop_exchanges());
    }
}

/// How much an exchange takes, in bytes; 0 if there is none.
fn size(exchange: Option<&Exchange>) -> usize {
    exchange.map_or(0, Exchange::bytes)
}

/// What is new in a journal.
pub(crate) struct News {
    /// How many times all was forgotten. If this changes, the numbers begin anew.
    pub(crate) cleared: u64,
    /// The new entries, the oldest first, as many as were asked for.
    pub(crate) entries: Vec<Arc<Entry>>,
}

/// What was found.
pub(crate) struct FoundEntries {
    /// How many of the kept entries match.
    pub(crate) count: usize,
    /// How many requests there were in all, those not kept included.
    pub(crate) total: u64,
    /// How many of them are not kept any longer.
    pub(crate) dropped: u64,
    /// Newest first, as many as were asked for.
    pub(crate) entries: Vec<Arc<Entry>>,
}

impl Journal {
    pub(crate) fn new(capacity: usize, bodies: Arc<BodyBudget>) -> Self {
        let news = watch::channel(()).0;
        Self { capacity, keys: RandomState::new(), kept: Mutex::default(), bodies, unseen: None, news }
    }

    /// Whether headers and bodies are kept, so that an exchange is worth making.
    pub(crate) fn keeps_bodies(&self) -> bool {
        self.is_on() && self.bodies.is_on()
    }

    /// Tells a body from others.
    pub(crate) fn mark(&self, body: &[u8]) -> u64 {
        self.keys.hash_one(body)
    }

    /// Whether anything is kept, so that an entry is worth making.
    pub(crate) fn is_on(&self) -> bool {
        self.capacity > 0
    }

    /// A text of a caller, as the journal may hold it.
    pub(crate) fn kept(&self, text: &str) -> KeptText {
        let shown = redacted(text);
        let key = (*shown != *text).then(|| self.keys.hash_one(text));
        KeptText { shown: shown.into(), key }
    }

    /// Keeps an entry under the next number. If the journal is full, the oldest entry goes; if there is no room for what
    /// went over the wire, the oldest headers and bodies of this journal go. Returns the entry, unless nothing is kept.
    pub(crate) fn add(&self, mut entry: Entry, exchange: Option<Box<Exchange>>) -> Option<Arc<Entry>> {
        let mut kept = self.kept.lock();
        kept.last += 1;
        if self.capacity == 0 {
            return None;
        }
        entry.number = kept.last;
        let dropped = if kept.entries.len() >= self.capacity { kept.entries.pop_front() } else { None };
        let left = dropped.as_ref().and_then(|dropped| dropped.exchange.lock().take());
        let (old, new) = (size(left.as_deref()), size(exchange.as_deref()));
        let mut make_room = || kept.drop_oldest_exchange().map(|bytes| self.bodies.give(bytes)).is_some();
        let has_room = self.bodies.swap(old, new, &mut make_room);
        entry.exchange = Mutex::new(exchange.filter(|_| has_room));
        let entry = Arc::new(entry);
        kept.entries.push_back(Arc::clone(&entry));
        drop(kept);
        drop(dropped);
        if let Some(left) = left {
            left.leave();
        }
        self.wake();
        Some(entry)
    }

    fn wake(&self) {
        if self.news.receiver_count() > 0 {
            self.news.send_replace(());
        }
    }

    /// Is woken by each new entry, and when all is forgotten. Whoever subscribes first and reads [`Self::after`] then misses
    /// nothing.
    pub(crate) fn watch(&self) -> watch::Receiver<()> {
        self.news.subscribe()
    }

    /// The entries with a greater number, if all was forgotten as many times as the caller knows; otherwise those since.
    /// At most so many.
    pub(crate) fn after(&self, number: u64, cleared: u64, most: usize) -> News {
        let kept = self.kept.lock();
        let number = if kept.cleared == cleared { number } else { 0 };
        let first = kept.entries.front().map_or(0, |entry| entry.number);
        let skip = usize::try_from((number + 1).saturating_sub(first)).unwrap_or(usize::MAX);
        News { cleared: kept.cleared, entries: kept.entries.iter().skip(skip).take(most).cloned().collect() }
    }

    /// How many times all was forgotten.
    pub(crate) fn times_cleared(&self) -> u64 {
        self.kept.lock().cleared
    }

    /// How many entries are kept.
    pub(crate) fn kept_calls(&self) -> usize {
        self.kept.lock().entries.len()
    }

    /// All kept entries, the oldest first.
    pub(crate) fn entries(&self) -> Vec<Arc<Entry>> {
        self.kept.lock().entries.iter().cloned().collect()
    }

    /// An entry by its number.
    pub(crate) fn entry(&self, number: u64) -> Option<Arc<Entry>> {
        let kept = self.kept.lock();
        let first = kept.entries.front()?.number;
        kept.entries.get(usize::try_from(number.checked_sub(first)?).ok()?).cloned()
    }

    /// In what an entry differs from what a filter wants, in the words of a person.
    pub(crate) fn differences(&self, filter: &Filter, entry: &Entry) -> Vec<Difference> {
        let told = |(name, wanted, is): (&'static str, &str, String)| {
            let wanted = if name == "status" {
                filter.status.map(|status| status.to_string()).unwrap_or_default()
            } else {
                redacted(wanted).into_owned()
            };
            Difference { name, is, wanted }
        };
        filter.unlike(entry, &self.keys).map(told).collect()
    }

    /// This journal, of a session that may have had calls elsewhere, for a reason.
    pub(crate) fn without(mut self, unseen: Option<Unseen>) -> Self {
        self.unseen = unseen;
        self
    }

    /// Why calls of its session may be missing that it never had. Nothing if it has had all.
    pub(crate) fn unseen(&self) -> Option<Unseen> {
        self.unseen
    }

    /// How many requests there were in all, those not kept included.
    pub(crate) fn total(&self) -> u64 {
        self.kept.lock().last
    }

    /// The entries that fit and have a higher number than `after`, the newest first.
    pub(crate) fn find(&self, filter: &Filter, after: u64, limit: usize) -> FoundEntries {
        let kept = self.kept.lock();
        let newer = kept.entries.iter().rev().take_while(|entry| entry.number > after);
        let fitting: Vec<_> = newer.filter(|entry| filter.fits(entry, &self.keys)).collect();
        FoundEntries {
            count: fitting.len(),
            total: kept.last,
            dropped: kept.last - kept.entries.len() as u64,
            entries: fitting.into_iter().take(limit).cloned().collect(),
        }
    }

    /// Forgets all, and counts anew.
    pub(crate) fn clear(&self) {
        let mut kept = self.kept.lock();
        self.bodies.give(kept.drop_exchanges());
        *kept = KeptEntries { cleared: kept.cleared + 1, ..KeptEntries::default() };
        drop(kept);
        self.wake();
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use chrono::DateTime;
    use http::header::{ACCEPT, HeaderMap, HeaderValue, SERVER};

    use super::*;
    use crate::session::exchange::KeptBody;

    /// Adds a call with a header and a body each way.
    fn call(journal: &Journal, accept: &str, sent: &str, answered: &Bytes) -> Arc<Entry> {
        let headers = |name, value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(name, HeaderValue::from_str(value).expect("a value"));
            headers
        };
        let request = (&headers(ACCEPT, accept), KeptBody::sent(sent.as_bytes()));
        let exchange = Exchange::new(request, (&headers(SERVER, "sandbox"), answered));
        journal.add(Entry::new(DateTime::UNIX_EPOCH), Some(exchange)).expect("an entry")
    }

    fn taken(journal: &Journal) -> usize {
        journal.entries().iter().map(|entry| size(entry.exchange.lock().as_deref())).sum()
    }

    #[test]
    fn what_goes_gives_back_its_part_of_the_budget() {
        let budget = BodyBudget::new(100_000);
        let journal = Journal::new(3, Arc::clone(&budget));
        let same = Bytes::from_static(b"the same answer");
        for number in 0..20 {
            let other = Bytes::from("x".repeat(number * 37 % 500));
            call(&journal, &"y".repeat(number % 7), "sent", if number % 2 == 0 { &same } else { &other });
            assert_eq!(budget.used(), taken(&journal), "call {number}");
        }
        journal.clear();
        assert_eq!(budget.used(), 0);
        call(&journal, "a", "b", &same);
        assert!(budget.used() > 0);
        drop(journal);
        assert_eq!(budget.used(), 0);
    }

    #[test]
    fn a_full_budget_drops_the_oldest_headers_and_bodies_and_never_takes_more() {
        let budget = BodyBudget::new(4_000);
        let journal = Journal::new(100, Arc::clone(&budget));
        for number in 0..50 {
            let kept = call(&journal, "a", "b", &Bytes::from("x".repeat(number * 40)));
            assert_eq!(budget.used(), taken(&journal), "call {number}");
            assert!(budget.used() <= 4_000);
            assert!(kept.exchange.lock().is_some(), "call {number}");
        }
        let too_large = call(&journal, "a", "b", &Bytes::from("x".repeat(5_000)));
        assert!(too_large.exchange.lock().is_none());
        assert_eq!((journal.entries().len(), budget.used()), (51, taken(&journal)));
    }

    #[test]
    fn memory_that_is_used_again_shows_nothing_of_the_call_before() {
        let journal = Journal::new(1, BodyBudget::new(100_000));
        call(&journal, "a-long-value-that-must-not-be-seen", "a long body", &Bytes::from_static(b"first"));
        call(&journal, "second", "", &Bytes::from_static(b"2"));
        let third = call(&journal, "3", "c", &Bytes::from_static(b"the third answer"));
        let held = third.exchange.lock();
        let shown = held.as_deref().expect("it is kept");
        assert_eq!(shown.request_headers(), [("accept".to_owned(), "3".to_owned())]);
        assert_eq!(shown.response_headers(), [("server".to_owned(), "sandbox".to_owned())]);
        assert_eq!((shown.request().text(), shown.request().length), ("c".to_owned(), 1));
        assert_eq!((shown.response().text(), shown.response().length), ("the third answer".to_owned(), 16));
    }
}
