//! Which clients are bound to sessions. Their calls need not name the session.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::RwLock;

use crate::faults::modifiers::SessionName;
use crate::faults::refused::Refused;

/// How many clients can be bound.
const MOST_CLIENTS: usize = 10_000;

/// The clients that are bound.
#[derive(Default)]
pub(super) struct Bindings {
    clients: RwLock<HashMap<Box<str>, SessionName>>,
    /// How many there are. A call looks at this number first.
    bound: AtomicUsize,
}

impl Bindings {
    /// The clients that a session is to have, in order; nothing if it has them.
    ///
    /// # Errors
    /// There is no room for so many.
    pub(super) fn changed(
        &self,
        session: &SessionName,
        clients: &[String],
    ) -> Result<Option<Vec<String>>, Box<Refused>> {
        let bound = self.clients.read();
        let there = bound.values().filter(|name| *name != session).count();
        let is_new = |client: &&String| bound.get(client.as_str()).is_none_or(|name| name == session);
        let new = clients.iter().filter(is_new).count();
        drop(bound);
        if there + new > MOST_CLIENTS {
            let detail = format!("at most {MOST_CLIENTS} clients can be bound to sessions");
            return Err(Refused::no_room("clients", &new.to_string(), detail));
        }
        let mut wanted = clients.to_vec();
        wanted.sort();
        wanted.dedup();
        Ok((self.of(session.as_str()) != wanted).then_some(wanted))
    }

    /// The clients of a session, in order.
    pub(super) fn of(&self, session: &str) -> Vec<String> {
        let bound = self.clients.read();
        let to_it = bound.iter().filter(|(_, name)| name.as_str() == session);
        let mut clients: Vec<String> = to_it.map(|(client, _)| client.to_string()).collect();
        clients.sort();
        clients
    }

    /// Sets the clients of a session.
    pub(super) fn set(&self, session: &str, clients: &[String]) {
        let mut bound = self.clients.write();
        bound.retain(|_, name| name.as_str() != session);
        if let Some(name) = SessionName::parse(session) {
            bound.extend(clients.iter().map(|client| (client.as_str().into(), name.clone())));
        }
        self.bound.store(bound.len(), Ordering::Relaxed);
    }

    pub(super) fn clear(&self) {
        self.clients.write().clear();
        self.bound.store(0, Ordering::Relaxed);
    }

    /// The session that a client is bound to.
    pub(super) fn session_of(&self, client: &str) -> Option<SessionName> {
        if self.bound.load(Ordering::Relaxed) == 0 {
            return None;
        }
        self.clients.read().get(client).cloned()
    }
}
