//! Sessions and the store: what is there again after a restart, what is made when it is called, undo, and changes that were lost.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use chrono::{DateTime, TimeDelta, Utc};

use super::Session;
use super::cannot_open::CannotOpen;
use super::events::{Event, KeptSetting, ServerEvent};
use super::evidence::Evidence;
use super::history::{History, Over, effective};
use super::recovery::CannotRecover;
use super::registry::{DEFAULT, Sessions};
use super::time::{Change, Setting};
use crate::domain::clock::ClockError;
use crate::faults::modifiers::SessionName;
use crate::faults::refused::Refused;
use crate::log::record::Record;
use crate::log::{NotKept, Operation};

/// How far an undo goes back.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Back {
    /// So many changes that count.
    Steps(usize),
    /// To what the session was after this record.
    To(u64),
    /// To what it was at a real time.
    At(DateTime<Utc>),
}

impl Sessions {
    /// Makes the sessions that the store has, as many as there may be. `sets_clock` says that the server's clock is the one that
    /// the store has, too.
    pub(super) fn recover_all(&self, sets_clock: bool) -> Result<(), CannotOpen> {
        if !self.log.is_lasting() {
            return Ok(());
        }
        self.forget_old()?;
        let began = self.time.real();
        self.recover_server(sets_clock)?;
        let (mut sessions, mut changes) = (0, 0);
        for log in self.log.logs()?.into_iter().filter(|log| !log.session.is_empty()) {
            changes += log.records;
            let is_default = &*log.session == DEFAULT;
            if !is_default && self.named.read().len() >= self.limits.sessions {
                self.stored.write().insert(log.session);
                continue;
            }
            match self.put_recovered(&log.session) {
                Ok(Some(session)) => {
                    self.made.lock().push(session);
                    sessions += 1;
                }
                Ok(None) => {}
                Err(why) if is_default => return Err(CannotOpen::Session(DEFAULT.to_owned(), why)),
                Err(why) => {
                    tracing::error!(session = &*log.session, error = %why, "a session cannot be made from its log");
                    self.stored.write().insert(log.session);
                }
            }
        }
        if sessions > 0 {
            let ms = self.time.real().signed_duration_since(began).num_milliseconds();
            tracing::info!(sessions, changes, ms, "sessions are there again, as the store has them");
        }
        Ok(())
    }

    fn recovered(&self, name: &str) -> Result<Option<Session>, CannotRecover> {
        let records = self.log.records(name)?;
        let Some(last) = records.last() else { return Ok(None) };
        let history = History::stored(name, &self.log, last.sequence);
        let session = Session::recover(name, &self.start, &records, history, None)?;
        // The new files count, whether that can be written or not.
        let _ = session.note_files(&records);
        Ok(Some(session))
    }

    /// Makes a session from its log, and puts it in its place. Begins again if other replicas wrote to it meanwhile.
    fn put_recovered(&self, name: &str) -> Result<Option<Arc<Session>>, CannotRecover> {
        loop {
            // The last changes may not be written yet. If they cannot be, the log is what it is.
            let _ = self.log.wait_settled();
            let before = self.unheld.load(Ordering::Acquire);
            let made = self.recovered(name)?;
            let _one_at_a_time = self.replacing.lock();
            if self.unheld.load(Ordering::Acquire) == before {
                return Ok(made.map(|made| self.put_in_place(made)));
            }
        }
    }

    /// What the server's log says: who is bound to which session, and the server's clock.
    fn recover_server(&self, sets_clock: bool) -> Result<(), NotKept> {
        let records = self.log.records("")?;
        self.server.go_on_after(records.last().map_or(0, |last| last.sequence));
        for record in &records {
            if sets_clock || record.kind != "clock" {
                self.apply_of_server(record);
            }
        }
        Ok(())
    }

    /// Applies a record of the server's log.
    pub(super) fn apply_of_server(&self, record: &Record) {
        match record.event() {
            Ok(event) => self.apply(&event),
            Err(why) => tracing::warn!(number = record.sequence, %why, "a record of the server's log has no effect"),
        }
    }

    fn apply(&self, event: &ServerEvent) {
        match event {
            ServerEvent::Clock { setting } => self.time.set(Setting::from(*setting)),
            ServerEvent::Bound { session, clients } => self.bindings.set(session, clients),
        }
    }

    fn commit(&self, decide: impl FnOnce() -> Option<ServerEvent>) -> Result<(), NotKept> {
        let mut writing = self.server.writing()?;
        if let Some(event) = decide() {
            writing.append("", &event, self.time.real(), None)?;
            self.apply(&event);
        }
        Ok(())
    }

    /// Changes the server's clock.
    pub(crate) fn change_clock(&self, change: Change) -> Result<Result<(), ClockError>, NotKept> {
        let mut changed = Ok(());
        self.commit(|| match self.time.changed(change) {
            Ok(setting) => setting.map(|setting| ServerEvent::Clock { setting: KeptSetting::from(setting) }),
            Err(error) => {
                changed = Err(error);
                None
            }
        })?;
        Ok(changed)
    }

    /// Binds exactly these clients to a session.
    pub(super) fn write_binding(&self, session: &str, clients: Vec<String>) -> Result<(), NotKept> {
        self.commit(|| Some(ServerEvent::Bound { session: session.into(), clients }))
    }

    /// Makes a session that the store has and memory has not. It is slow.
    pub(super) fn load_stored(&self, name: &str) -> Option<Arc<Session>> {
        if !self.stored.read().contains(name) {
            return None;
        }
        let _one_at_a_time = self.loading.lock();
        if !self.stored.read().contains(name) {
            // Another call was faster.
            return self.in_memory(name);
        }
        let made = match self.put_recovered(name) {
            Ok(made) => made,
            Err(why) => {
                tracing::error!(session = name, error = %why, "a session cannot be made from its log");
                return None;
            }
        };
        self.stored.write().remove(name);
        self.made.lock().extend(made.iter().cloned());
        made
    }

    /// The sessions that were made from their logs since the last time, so that their tasks can be started.
    pub(crate) fn take_made(&self) -> Vec<Arc<Session>> {
        std::mem::take(&mut *self.made.lock())
    }

    /// Forgets the logs that nobody has used for as long as the store keeps them, and the sessions that are not in memory.
    pub(crate) fn forget_old(&self) -> Result<(), NotKept> {
        let Ok(keep) = TimeDelta::from_std(self.log.keeps_for()) else { return Ok(()) };
        let now = self.time.real();
        for log in self.log.logs()? {
            let name = &*log.session;
            let is_old = now.signed_duration_since(log.last) >= keep;
            if name.is_empty() || name == DEFAULT || !is_old || self.named.read().contains_key(name) {
                continue;
            }
            let turn = self.log.turn()?;
            self.log.keep(Operation::Forget(name.into()))?;
            self.stored.write().remove(name);
            drop(turn);
            tracing::info!(session = name, "a session went that nobody has used for so long (--store-keep)");
        }
        Ok(())
    }

    /// Goes back to an earlier state of a session. The log goes on: what is undone stays in it, and the undo is a record, too.
    /// May be slow.
    ///
    /// # Errors
    /// There is no such state, the log is not whole any more, or the undo cannot be written.
    pub(crate) fn undo(&self, session: &Arc<Session>, back: Back) -> Result<Arc<Session>, Box<Refused>> {
        let not_kept = |why: NotKept| Refused::not_kept(&why.0);
        // All that is told must be written, and nothing may come between. The lock is not held while the writer works, because
        // the writer takes it where it fails.
        let (_turn, _one_at_a_time, mut writing) = loop {
            self.log.wait_settled().map_err(not_kept)?;
            let turn = self.log.turn().map_err(not_kept)?;
            let one_at_a_time = self.replacing.lock();
            let writing = session.history.writing().map_err(not_kept)?;
            if session.history.unsettled().is_none() {
                break (turn, one_at_a_time, writing);
            }
        };
        let records = writing.records().map_err(|why| Refused::cannot_undo(&session.name, &why.0))?;
        let to = target(&records, back).map_err(|why| Refused::cannot_undo(&session.name, &why))?;
        let event = Event::Undone { to };
        let until = records.iter().take_while(|record| record.sequence <= to).cloned().collect::<Vec<_>>();
        let recovered =
            Session::recover(&session.name, &self.start, &until, History::new(&session.name, &self.log), Some(session));
        let mut fresh = recovered.map_err(|why| Refused::cannot_undo(&session.name, &why.to_string()))?;
        writing.append("", &event, self.time.real(), None).map_err(not_kept)?;
        let unsettled = session.history.unsettled();
        fresh.history = History::after(&session.name, &self.log, writing.hand_over(Over::Replaced), unsettled);
        let fresh = self.put_in_place(fresh);
        fresh.catch_up();
        self.made.lock().push(Arc::clone(&fresh));
        Ok(fresh)
    }

    /// Takes over a session of another sandbox, by its records. One of the same name goes.
    ///
    /// # Errors
    /// The log has no beginning, or the scenarios do not load.
    pub(crate) fn adopt(&self, name: &SessionName, records: Vec<Record>) -> Result<(), CannotRecover> {
        let (name, evidence) = (name.as_str(), Evidence::of_played(&self.start));
        let session = if records.is_empty() {
            Session::begin_with(name, &self.start, evidence)?
        } else {
            let mut session = Session::recover(name, &self.start, &records, History::new(name, &self.log), None)?;
            session.take_evidence(evidence);
            session.history = History::whole(name, &self.log, records);
            session
        };
        self.made.lock().push(self.put_in_place(session));
        Ok(())
    }

    /// Puts a session back to what the store has of it, because its last changes could not be written.
    ///
    /// # Errors
    /// The log cannot be read. Its calls that change something are refused then.
    pub(super) fn replace_lost(&self, name: &str) -> Result<(), NotKept> {
        if name.is_empty() {
            return self.replace_lost_server();
        }
        let Some(session) = SessionName::parse(name).and_then(|_| self.in_memory(name)) else { return Ok(()) };
        self.remake(&session)
    }

    /// Makes a session from its log again, in the place of what it was.
    pub(super) fn remake(&self, session: &Arc<Session>) -> Result<(), NotKept> {
        let name = &*session.name;
        let _one_at_a_time = self.replacing.lock();
        session.history.end(Over::Replaced);
        let made = self.log.records(name).map_err(CannotRecover::from).and_then(|records| match records.last() {
            Some(last) => {
                let history = History::stored(name, &self.log, last.sequence);
                Session::recover(name, &self.start, &records, history, Some(session))
            }
            None => session.recover_empty(&self.start, History::new(name, &self.log)),
        });
        match made {
            Ok(made) => {
                self.made.lock().push(self.put_in_place(made));
                Ok(())
            }
            Err(why) => {
                tracing::error!(session = name, error = %why, "a session cannot be made from its log; its calls are refused");
                match why {
                    CannotRecover::Unread(why) => Err(why),
                    CannotRecover::NoBeginning | CannotRecover::Scenarios(_) => Ok(()),
                }
            }
        }
    }

    pub(super) fn replace_lost_server(&self) -> Result<(), NotKept> {
        self.bindings.clear();
        let recovered = self.recover_server(true);
        if let Err(why) = &recovered {
            tracing::error!(error = %why, "the server's log cannot be read");
        }
        recovered
    }

    pub(super) fn in_memory(&self, name: &str) -> Option<Arc<Session>> {
        if name == DEFAULT { Some(self.default_session()) } else { self.named.read().get(name).cloned() }
    }
}

/// The record that an undo goes back to.
fn target(records: &[Record], back: Back) -> Result<u64, String> {
    let counted = effective(records);
    let (Some(first), Some(last)) = (counted.first(), counted.last()) else {
        return Err("nothing has happened to it yet".to_owned());
    };
    match back {
        Back::Steps(steps) => {
            let at = counted.len().checked_sub(1 + steps);
            let most = counted.len() - 1;
            at.map(|at| counted[at].sequence).ok_or_else(|| format!("{most} changes can be undone, not {steps}"))
        }
        Back::To(to) if (first.sequence..=last.sequence.max(newest(records))).contains(&to) => Ok(to),
        Back::To(to) => {
            Err(format!("its log goes from {} to {}, and has no record {to}", first.sequence, newest(records)))
        }
        Back::At(at) => {
            let until = records.iter().take_while(|record| record.at <= at).last();
            until.map(|record| record.sequence).ok_or_else(|| format!("it began at {}, which is later", first.at))
        }
    }
}

fn newest(records: &[Record]) -> u64 {
    records.last().map_or(0, |last| last.sequence)
}
