//! Sessions follow the log that other replicas write, too (docs/replicas.md).

use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};

use super::history::{Over, TakenIn};
use super::registry::{DEFAULT, Sessions};
use crate::log::NotKept;
use crate::log::record::Record;
use crate::log::replicas::{FORGOTTEN, Follows};

/// Tells the sessions what the log has.
pub(super) struct Follower(pub(super) Weak<Sessions>);

impl Follows for Follower {
    fn take_in(&self, records: &[Record]) -> Result<(), NotKept> {
        self.0.upgrade().map_or(Ok(()), |sessions| records.iter().try_for_each(|record| sessions.take_in(record)))
    }

    fn lost(&self, session: &str) -> Result<(), NotKept> {
        self.0.upgrade().map_or(Ok(()), |sessions| sessions.replace_lost(session))
    }
}

impl Sessions {
    /// Takes in a record that another replica has written.
    fn take_in(&self, record: &Record) -> Result<(), NotKept> {
        if record.session.is_empty() {
            return self.take_in_of_server(record);
        }
        let name = &*record.session;
        let one_at_a_time = self.replacing.lock();
        let Some(session) = self.in_memory(name) else {
            // The next call that names it makes it from its log. One that does so now begins again.
            self.unheld.fetch_add(1, Ordering::AcqRel);
            let mut stored = self.stored.write();
            if record.kind == FORGOTTEN {
                stored.remove(name)
            } else {
                stored.insert(name.into())
            };
            return Ok(());
        };
        if record.kind == FORGOTTEN {
            session.history.end(Over::Ended);
            self.named.write().remove(name);
            self.unheld.fetch_add(1, Ordering::AcqRel);
            if name != DEFAULT {
                return Ok(());
            }
            drop(one_at_a_time);
            return self.remake(&session);
        }
        let over = match &*record.kind {
            "reset" => Over::Ended,
            "begun" | "undone" => Over::Replaced,
            _ => {
                let taken = session.history.take_in(record.sequence, || session.take_over(record));
                if taken != TakenIn::Gap {
                    return Ok(());
                }
                Over::Replaced
            }
        };
        if record.sequence <= session.history.last() {
            return Ok(());
        }
        session.history.end(over);
        drop(one_at_a_time);
        self.remake(&session)
    }

    fn take_in_of_server(&self, record: &Record) -> Result<(), NotKept> {
        let taken = self.server.take_in(record.sequence, || self.apply_of_server(record));
        if taken == TakenIn::Gap {
            return self.replace_lost_server();
        }
        Ok(())
    }
}

/// What a record of another replica comes to, for the session that has all before it.
impl super::Session {
    fn take_over(self: &Arc<Self>, record: &Record) {
        if let Err(why) = self.replay(record, None) {
            self.warn(&format!("record {} ({}) of its log has no effect: {why}", record.sequence, record.kind));
        }
    }
}
