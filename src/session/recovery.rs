//! A session from its log: after a restart, after an undo, and after changes that could not be written.

use super::events::Event;
use super::evidence::Evidence;
use super::history::{History, effective};
use super::{Session, Start};
use crate::log::NotKept;
use crate::log::kept::Fold;
use crate::log::record::Record;
use crate::scenario::loading::LoadError;

/// Why a session cannot be made from its log.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CannotRecover {
    /// Its first record says nothing of how it began.
    #[error("its log has no beginning")]
    NoBeginning,
    /// The server's scenarios do not load on its base date.
    #[error("the scenarios do not load on its base date: {0}")]
    Scenarios(#[from] LoadError),
    /// The log cannot be read.
    #[error("its log cannot be read: {0}")]
    Unread(#[from] NotKept),
}

impl Session {
    /// A session as its records make it. `before` is the state that it had: evidence goes on, and files that are in memory only
    /// are taken from there. May be slow.
    ///
    /// # Errors
    /// The log has no beginning, or the scenarios do not load.
    pub(super) fn recover(
        name: &str,
        start: &Start,
        records: &[Record],
        history: History,
        before: Option<&Self>,
    ) -> Result<Self, CannotRecover> {
        let counted = effective(records);
        let begins = |record: &&Record| matches!(&*record.kind, "begun" | "reset");
        let first = counted.iter().rposition(begins).ok_or(CannotRecover::NoBeginning)?;
        let Ok(Event::Begun(beginning) | Event::Reset(beginning)) = counted[first].event() else {
            return Err(CannotRecover::NoBeginning);
        };
        let session = Self::as_begun(
            name,
            start,
            (beginning, counted[first].at),
            history,
            Evidence::of_recovered(start, before),
        )?;
        for record in &counted[first + 1..] {
            if let Err(why) = session.replay(record, before) {
                session.warn(&format!("record {} ({}) of its log has no effect: {why}", record.sequence, record.kind));
            }
        }
        Ok(session)
    }

    /// The same, with no records: as it was when it began.
    pub(super) fn recover_empty(&self, start: &Start, history: History) -> Result<Self, CannotRecover> {
        let evidence = Evidence::of_recovered(start, Some(self));
        Ok(Self::as_begun(&self.name, start, (self.beginning.clone(), self.begun), history, evidence)?)
    }

    /// A record with the file that belongs to it, if the session still has that.
    pub(crate) fn with_file(&self, record: Record) -> Record {
        let (service, _) = record.place();
        let state = self.states.iter().find(|(state, _)| state.service == service).filter(|_| record.file.is_none());
        let file = state.and_then(|(state, value)| (state.kind.file)(&**value, &record));
        Record { file: file.or_else(|| record.file.clone()), ..record }
    }

    pub(super) fn replay(&self, record: &Record, before: Option<&Self>) -> Result<(), String> {
        let (service, _) = record.place();
        if service.is_empty() {
            self.apply(&record.event()?, record.at, None);
            return Ok(());
        }
        let of = |session: &Self| session.states.iter().position(|(state, _)| state.service == service);
        let at = of(self).ok_or_else(|| format!("there is no service {service}"))?;
        let (state, value) = &self.states[at];
        let kept = || before.and_then(|before| (state.kind.file)(&*before.states.get(at)?.1, record));
        let file = record.file.clone().or_else(kept);
        let world = self.world();
        (state.kind.apply)(&**value, record, &Fold { at: record.at, scenarios: &world.loaded.scenarios, file })
    }

    /// Notes in the log that the server's scenarios are others than those that the log knows.
    pub(super) fn note_files(&self, records: &[Record]) -> Result<(), NotKept> {
        let of = |record: &&Record| match record.event::<Event>() {
            Ok(Event::Begun(it) | Event::Reset(it)) => Some(it.scenarios),
            Ok(Event::Files { digest, .. }) => Some(digest),
            _ => None,
        };
        let told = |record: &&Record| matches!(&*record.kind, "begun" | "reset" | "files");
        let known = effective(records).into_iter().rev().filter(told).find_map(|record| of(&record));
        let digest = self.library.digest();
        if known.as_deref() == Some(&*digest) {
            return Ok(());
        }
        self.warn("the scenario files are others than before the restart; it goes on with the new ones");
        self.commit(None, |_, _| (Some(Event::Files { digest: digest.into(), forgotten: Vec::new() }), ()))
    }
}
