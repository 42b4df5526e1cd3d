//! The log of one session, while the session is in use: who may write to it, and what of it is in memory.

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use parking_lot::{Mutex, MutexGuard};
use serde::Serialize;

use super::events::Event;
use crate::log::record::{Record, VERSION, Written};
use crate::log::replicas::Turn;
use crate::log::{Batch, Log, NotKept, Operation};

/// The most records of a session that are kept in memory.
const MOST_RECORDS: usize = 10_000;

/// The log of a session.
pub(crate) struct History {
    name: Arc<str>,
    log: Arc<Log>,
    inner: Mutex<Inner>,
    /// The batch of its last change, until that is written.
    unsettled: ArcSwapOption<Batch>,
}

#[derive(Default)]
struct Inner {
    /// The number of the last record; 0 before the first change.
    last: u64,
    memory: Memory,
    over: Option<Over>,
}

/// The records in memory.
#[derive(Default)]
enum Memory {
    /// The place has them.
    #[default]
    Elsewhere,
    Whole(Vec<Record>),
    /// There were too many.
    TooLong,
}

/// Why nothing more is written to a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Over {
    /// It was reset or deleted. Calls in flight end in it, and nobody sees what they change.
    Ended,
    /// Another state has taken its place: changes were undone, or could not be written.
    Replaced,
}

/// What became of a record that another replica has written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TakenIn {
    WasThere,
    Applied,
    /// Records before it are missing here.
    Gap,
}

/// A log as it goes over to the next state of its session.
#[derive(Default)]
pub(crate) struct HandedOver(Inner);

/// The right to write to a log. Only one call at a time has it.
pub(crate) struct Writing<'h> {
    history: &'h History,
    inner: MutexGuard<'h, Inner>,
    /// Given back after the log is free again.
    _turn: Turn,
}

impl History {
    /// The log of a session that has no records yet.
    pub(crate) fn new(name: &str, log: &Arc<Log>) -> Self {
        let memory = if log.is_lasting() { Memory::Elsewhere } else { Memory::Whole(Vec::new()) };
        let inner = Inner { memory, ..Inner::default() };
        Self { name: name.into(), log: Arc::clone(log), inner: Mutex::new(inner), unsettled: ArcSwapOption::empty() }
    }

    /// The log that another state of the session had.
    pub(crate) fn after(
        name: &str,
        log: &Arc<Log>,
        HandedOver(inner): HandedOver,
        unsettled: Option<Arc<Batch>>,
    ) -> Self {
        let history = Self::new(name, log);
        *history.inner.lock() = inner;
        history.unsettled.store(unsettled);
        history
    }

    /// The log whose records the place has.
    pub(crate) fn stored(name: &str, log: &Arc<Log>, last: u64) -> Self {
        let history = Self::new(name, log);
        history.inner.lock().last = last;
        history
    }

    /// The log of a session whose records come from elsewhere, in memory.
    pub(crate) fn whole(name: &str, log: &Arc<Log>, records: Vec<Record>) -> Self {
        let history = Self::new(name, log);
        let mut inner = history.inner.lock();
        inner.last = records.last().map_or(0, |last| last.sequence);
        inner.memory = Memory::Whole(records);
        log.force(inner.memory.bytes());
        drop(inner);
        history
    }

    /// Goes on after a record that the place has.
    pub(crate) fn go_on_after(&self, last: u64) {
        self.inner.lock().last = last;
    }

    /// Takes the right to write. With replicas, that waits for the turn, and takes in what others wrote.
    pub(crate) fn writing(&self) -> Result<Writing<'_>, NotKept> {
        let turn = self.log.turn()?;
        let inner = self.inner.lock();
        if inner.over == Some(Over::Replaced) {
            return Err(NotKept::new("the session went back to an earlier state meanwhile; call again"));
        }
        Ok(Writing { history: self, inner, _turn: turn })
    }

    /// Nothing more is written to this state, because another one takes its place.
    pub(crate) fn end(&self, over: Over) {
        let mut inner = self.inner.lock();
        inner.over.get_or_insert(over);
    }

    /// Takes in a record that another replica has written, if it is the next one. `apply` applies it.
    pub(crate) fn take_in(&self, sequence: u64, apply: impl FnOnce()) -> TakenIn {
        let mut inner = self.inner.lock();
        if sequence <= inner.last {
            return TakenIn::WasThere;
        }
        if inner.last == 0 || sequence > inner.last + 1 || inner.over.is_some() {
            return TakenIn::Gap;
        }
        apply();
        inner.last = sequence;
        TakenIn::Applied
    }

    /// The number of the last record; 0 before the first change.
    pub(crate) fn last(&self) -> u64 {
        self.inner.lock().last
    }

    /// The batch of its last change, if that is not written yet.
    pub(crate) fn unsettled(&self) -> Option<Arc<Batch>> {
        self.unsettled.load_full().filter(|batch| !batch.is_settled())
    }

    /// Waits until its last change is written.
    pub(crate) async fn settled(&self) -> Result<(), NotKept> {
        if self.unsettled.load().is_none() {
            return Ok(());
        }
        let Some(batch) = self.unsettled.load_full() else { return Ok(()) };
        batch.wait().await?;
        // The next call need not look. If another change came meanwhile, its batch stays.
        self.unsettled.compare_and_swap(&Some(batch), None);
        Ok(())
    }

    /// All records, in their order.
    ///
    /// # Errors
    /// They are not in memory any more, or the place cannot be read.
    pub(crate) fn records(&self) -> Result<Vec<Record>, NotKept> {
        match &self.inner.lock().memory {
            Memory::Whole(records) => Ok(records.clone()),
            Memory::TooLong => Err(NotKept::new(&too_long())),
            Memory::Elsewhere => self.log.records(&self.name),
        }
    }
}

impl Drop for History {
    fn drop(&mut self) {
        let memory = std::mem::take(&mut self.inner.lock().memory);
        self.log.give_back(memory.bytes());
    }
}

fn too_long() -> String {
    format!(
        "the session has more than {MOST_RECORDS} changes, or all sessions together have more than fits, so its log is not kept in \
         memory any more; --store file:PATH keeps it whole"
    )
}

impl Memory {
    fn bytes(&self) -> usize {
        match self {
            Self::Whole(records) => records.iter().map(Record::bytes).sum(),
            Self::Elsewhere | Self::TooLong => 0,
        }
    }
}

impl Writing<'_> {
    /// The number of the last record.
    pub(crate) fn last(&self) -> u64 {
        self.inner.last
    }

    /// Writes an event. Nothing is written if the session is over.
    ///
    /// # Errors
    /// The place takes nothing, so the event did not happen.
    pub(crate) fn append<E: Serialize>(
        &mut self,
        service: &str,
        event: &E,
        at: DateTime<Utc>,
        file: Option<Bytes>,
    ) -> Result<(), NotKept> {
        if self.inner.over.is_some() {
            return Ok(());
        }
        let Written { kind, data } = Written::new(service, event).map_err(|why| NotKept::new(&why))?;
        let History { name, log, unsettled, .. } = self.history;
        let sequence = self.inner.last + 1;
        let mut record = Record { v: VERSION, session: Arc::clone(name), sequence, at, kind: kind.into(), data, file };
        if let Memory::Whole(records) = &mut self.inner.memory {
            // The state has the file, and gives it to its next one.
            record.file = None;
            if records.len() < MOST_RECORDS && log.take(record.bytes()) {
                records.push(record);
            } else {
                let gone = std::mem::replace(&mut self.inner.memory, Memory::TooLong);
                log.give_back(gone.bytes());
            }
        } else if log.is_lasting() {
            let batch = log.keep(Operation::Append(record))?;
            unsettled.store(batch);
        }
        self.inner.last = sequence;
        Ok(())
    }

    /// Ends this state, and hands the log over to the next one.
    pub(crate) fn hand_over(mut self, over: Over) -> HandedOver {
        let next = Inner { last: self.inner.last, memory: std::mem::take(&mut self.inner.memory), over: None };
        self.inner.over = Some(over);
        HandedOver(next)
    }

    /// The records in memory, or those that the place has; all of them must be written.
    pub(crate) fn records(&self) -> Result<Vec<Record>, NotKept> {
        match &self.inner.memory {
            Memory::Whole(records) => Ok(records.clone()),
            Memory::TooLong => Err(NotKept::new(&too_long())),
            Memory::Elsewhere => self.history.log.records(&self.history.name),
        }
    }
}

/// The records that count: those before an undo that it took back do not. In their order.
pub(crate) fn effective(records: &[Record]) -> Vec<&Record> {
    // For each record, which one came before it, as far as it counts.
    let mut before: Vec<Option<usize>> = Vec::with_capacity(records.len());
    let mut end: Option<usize> = None;
    let mut ends: Vec<Option<usize>> = Vec::with_capacity(records.len());
    let first = records.first().map_or(1, |record| record.sequence);
    for (at, record) in records.iter().enumerate() {
        before.push(end);
        end = match undone_to(record) {
            Some(to) => usize::try_from(to.saturating_sub(first)).ok().and_then(|to| ends.get(to).copied().flatten()),
            None => Some(at),
        };
        ends.push(end);
    }
    let mut counted = Vec::new();
    while let Some(at) = end {
        counted.push(&records[at]);
        end = before[at];
    }
    counted.reverse();
    counted
}

/// Where an undo went back to.
pub(crate) fn undone_to(record: &Record) -> Option<u64> {
    if record.kind != UNDONE {
        return None;
    }
    match record.event() {
        Ok(Event::Undone { to }) => Some(to),
        _ => None,
    }
}

/// The kind of [`Event::Undone`].
const UNDONE: &str = "undone";
