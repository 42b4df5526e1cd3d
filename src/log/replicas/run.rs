//! The thread that talks to the database: it takes in what others write, and writes what this replica decides.

use std::collections::{BTreeSet, VecDeque};
use std::mem;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::base::{Base, Fault};
use super::url::DatabaseUrl;
use super::{Sameness, Shared, now};
use crate::log::record::Record;
use crate::log::writer::Batch;
use crate::log::{NotKept, Operation};

/// After this long, a replica that has not taken in a change knows that its copy is too old. Longer than [`super::FRESH`] by more
/// than clocks of two machines drift apart in that time.
pub(super) const WAIT: Duration = Duration::from_secs(3);

/// How often a replica asks whether its copy is whole if nobody wakes it.
const TICK: Duration = Duration::from_millis(500);

/// How often one that waits for others looks at how far they are.
const LOOK: Duration = Duration::from_millis(20);

/// How long to wait before the database is tried again.
const PAUSE: Duration = Duration::from_millis(300);

/// Changes that are written, and that others may not have taken in.
struct Pending {
    number: i64,
    batch: Arc<Batch>,
    records: usize,
    committed: Instant,
}

pub(super) struct Run {
    url: DatabaseUrl,
    shared: Arc<Shared>,
    base: Option<Base>,
    /// The number of the last record that the copy has.
    applied: i64,
    pending: VecDeque<Pending>,
    /// Sessions of which it is not known what became of their last changes.
    lost: BTreeSet<Arc<str>>,
}

impl Run {
    pub(super) fn new(url: DatabaseUrl, shared: Arc<Shared>) -> Self {
        Self { url, shared, base: None, applied: 0, pending: VecDeque::new(), lost: BTreeSet::new() }
    }

    /// Connects for the first time. Logs that are read later have all records up to the number that is seen here.
    pub(super) async fn open(&mut self) -> Result<(), Fault> {
        let base = Base::connect(&self.url).await?;
        base.prepare().await?;
        self.applied = base.last().await?;
        self.base = Some(base);
        Ok(())
    }

    /// Works until the log is closed.
    pub(super) async fn run(&mut self) {
        while self.shared.follower.get().is_none() {
            if self.is_closed() {
                return;
            }
            self.shared.follows.notified().await;
        }
        let mut is_new = true;
        while !self.is_closed() {
            if let Err(fault) = self.work(is_new).await {
                self.fail(&fault.to_string());
                self.wait_out();
                tokio::time::sleep(PAUSE).await;
            }
            is_new = true;
        }
        self.shared.doubt();
        self.shared.gate.set_failure(Some(NotKept::new("the sandbox is stopping")));
        if let Some(base) = &self.base {
            let _ = base.leave(&self.shared.id).await;
            let _ = base.withdraw(&self.shared.id).await;
        }
        self.shared.lost.fetch_add(1, Ordering::AcqRel);
        for pending in self.pending.drain(..) {
            self.shared.counters.written(pending.records);
            // They are written, and whoever asks after this asks another replica.
            pending.batch.settle(Err(NotKept::new("the sandbox is stopping")));
        }
    }

    fn is_closed(&self) -> bool {
        self.shared.closed.load(Ordering::Acquire)
    }

    /// Works on one connection until that fails.
    async fn work(&mut self, is_new: bool) -> Result<(), Fault> {
        let mut base = match self.base.take() {
            Some(base) => base,
            None => Base::connect(&self.url).await?,
        };
        if is_new {
            base.listen().await?;
            base.register(&self.shared.id, self.applied).await?;
        }
        for session in mem::take(&mut self.lost) {
            if let Err(why) = self.follower().lost(&session) {
                self.lost.insert(session);
                return Err(Fault::Database(why.0.to_string()));
            }
        }
        self.check(&base).await?;
        if self.shared.gate.failure().is_some() {
            tracing::info!("the store takes changes again");
        }
        self.shared.gate.set_failure(None);
        let (mut checked, mut introduced) = (now(), now());
        loop {
            if self.is_closed() {
                self.base = Some(base);
                return Ok(());
            }
            let tick = if self.pending.is_empty() { TICK } else { LOOK };
            let mut is_told = false;
            if !self.shared.gate.is_wanted() {
                tokio::select! {
                    told = base.notices.recv() => {
                        is_told = true;
                        if told.is_none() {
                            return Err(Fault::Database("the connection was cut".to_owned()));
                        }
                        while base.notices.try_recv().is_ok() {}
                    }
                    () = self.shared.gate.wanted.notified() => {}
                    () = self.shared.closes.notified() => continue,
                    () = tokio::time::sleep(tick) => {}
                }
            }
            if self.shared.gate.is_wanted() {
                match self.write(&base).await {
                    Err(Fault::Busy) => {
                        base.give_up().await?;
                        is_told = true;
                    }
                    written => written?,
                }
            }
            if is_told || now().saturating_duration_since(checked) >= TICK {
                self.check(&base).await?;
                checked = now();
            }
            // Not with each change of others, because they may be many.
            if now().saturating_duration_since(introduced) >= TICK {
                let own = self.shared.settings.lock().as_ref().map(Sameness::text);
                if let Some(own) = own {
                    base.introduce(&self.shared.id, &own).await?;
                }
                introduced = now();
            }
            self.settle(&base).await?;
        }
    }

    fn follower(&self) -> &dyn super::Follows {
        // `run` begins when there is one.
        self.shared.follower.get().map_or(&Nobody, |follower| &**follower)
    }

    /// Takes in what others wrote, up to a number or to the end.
    async fn take_in(&mut self, base: &Base) -> Result<bool, Fault> {
        let mut some = false;
        loop {
            let records = base.after(self.applied).await?;
            let Some((last, _)) = records.last() else { return Ok(some) };
            let last = *last;
            let records: Vec<Record> = records.into_iter().map(|(_, record)| record).collect();
            self.follower().take_in(&records).map_err(|why| Fault::Database(why.0.to_string()))?;
            self.applied = last;
            some = true;
        }
    }

    /// Takes in what others wrote, and confirms that the copy is whole.
    async fn check(&mut self, base: &Base) -> Result<(), Fault> {
        loop {
            let tell = self.take_in(base).await?;
            let began = now();
            match base.confirm(&self.shared.id, self.applied, tell).await? {
                Some(last) if last == self.applied => {
                    self.shared.confirm(began);
                    return Ok(());
                }
                Some(last) if last < self.applied => {
                    return Err(Fault::Unusable(format!(
                        "the database has {last} records, and had {} before: it was put back; restart the sandbox",
                        self.applied
                    )));
                }
                Some(_) => {}
                // Others gave this replica up meanwhile. What it has is looked at again after it is there.
                None => {
                    self.shared.doubt();
                    base.register(&self.shared.id, self.applied).await?;
                }
            }
        }
    }

    /// Takes the turn, lets calls decide, and writes what they decided.
    async fn write(&mut self, base: &Base) -> Result<(), Fault> {
        let began = now();
        let last = base.take_turn().await?;
        self.take_in(base).await?;
        if self.applied != last {
            return Err(Fault::Unusable(format!("record {last} is missing in the database")));
        }
        self.shared.gate.let_through().await;
        let (operations, batch) = self.decided();
        if operations.is_empty() {
            return base.give_up().await;
        }
        match base.commit(&self.shared.id, last, &operations).await {
            Ok(number) => {
                let committed = now();
                self.applied = number;
                self.shared.confirm(began);
                self.pending.push_back(Pending { number, batch, records: operations.len(), committed });
                Ok(())
            }
            Err(fault) => {
                let fault = match fault {
                    Fault::Busy => Fault::Silent,
                    fault => fault,
                };
                self.shared.doubt();
                self.lost.extend(operations.iter().map(Operation::session).cloned());
                let why = format!("{fault}; it is not known whether the change was kept");
                self.settled(&batch, operations.len(), Err(NotKept::new(&why)));
                Err(fault)
            }
        }
    }

    /// What calls have decided in the turn. Its batch is unsettled until [`Run::settled`].
    fn decided(&self) -> (Vec<Operation>, Arc<Batch>) {
        let mut queue = self.shared.queue.lock();
        let operations = mem::take(&mut queue.open);
        if operations.is_empty() {
            return (operations, Arc::default());
        }
        let batch = mem::take(&mut queue.batch);
        queue.unsettled.push(Arc::clone(&batch));
        (operations, batch)
    }

    /// The oldest change that others may not have taken in, if it is as wanted.
    fn first_if(&mut self, is_wanted: impl FnOnce(&Pending) -> bool) -> Option<Pending> {
        if self.pending.front().is_some_and(is_wanted) { self.pending.pop_front() } else { None }
    }

    fn settled(&self, batch: &Arc<Batch>, records: usize, fate: Result<(), NotKept>) {
        if fate.is_ok() {
            self.shared.counters.written(records);
        } else {
            self.shared.counters.lost(records);
            self.shared.lost.fetch_add(1, Ordering::AcqRel);
        }
        self.shared.queue.lock().unsettled.retain(|other| !Arc::ptr_eq(other, batch));
        batch.settle(fate);
    }

    /// Answers the changes that all others have taken in.
    async fn settle(&mut self, base: &Base) -> Result<(), Fault> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let least = base.least(&self.shared.id).await?;
        while let Some(pending) = self.first_if(|pending| least.is_none_or(|least| least >= pending.number)) {
            self.settled(&pending.batch, pending.records, Ok(()));
        }
        if let Some(number) = self.wait_out() {
            let gone = base.expel(&self.shared.id, number).await?;
            self.shared.counters.gave_up(gone);
            tracing::warn!(
                gone,
                "replicas did not take in a change in time; nobody waits for them until they are back"
            );
        }
        Ok(())
    }

    /// Answers the changes for which it has waited so long that no replica answers without them. Tells the number of the last one.
    fn wait_out(&mut self) -> Option<i64> {
        let mut number = None;
        while let Some(pending) = self.first_if(|first| now().saturating_duration_since(first.committed) >= WAIT) {
            number = Some(pending.number);
            self.settled(&pending.batch, pending.records, Ok(()));
        }
        number
    }

    /// Nothing is taken until the database is there again.
    fn fail(&mut self, why: &str) {
        let begins = self.shared.gate.failure().is_none();
        self.shared.counters.failed(begins);
        if begins {
            tracing::error!(
                error = why,
                "the database cannot be used; calls that change something are refused, and all calls when it has not answered for three seconds"
            );
        }
        self.base = None;
        self.shared.gate.set_failure(Some(NotKept::new(why)));
        let (operations, batch) = {
            let mut queue = self.shared.queue.lock();
            (mem::take(&mut queue.open), mem::take(&mut queue.batch))
        };
        if !operations.is_empty() {
            // Decided, and the turn was lost before anything was written.
            self.shared.counters.lost(operations.len());
            self.shared.lost.fetch_add(1, Ordering::AcqRel);
            self.shared.doubt();
            self.lost.extend(operations.iter().map(Operation::session).cloned());
        }
        batch.settle(Err(NotKept::new(why)));
    }
}

/// Nobody has a copy.
struct Nobody;

impl super::Follows for Nobody {
    fn take_in(&self, _: &[Record]) -> Result<(), NotKept> {
        Err(NotKept::new("nobody follows the log"))
    }

    fn lost(&self, _: &str) -> Result<(), NotKept> {
        Err(NotKept::new("nobody follows the log"))
    }
}
