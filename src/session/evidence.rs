//! The evidence of a session's calls. It is not state: no record makes it, and it is of this process alone.

use std::sync::Arc;

use super::journal::{Journal, Unseen};
use super::verdicts::Verdicts;
use super::{Session, Start};
use crate::coverage::Tried;

/// What is said of a session that another process had before.
const TAKEN_OVER: Unseen = Unseen {
    en: "the session comes from the store, and its calls before that are not known here",
    nb: "økten kommer fra lageret, og kallene før det er ikke kjent her",
};

/// What is said of a session that a capsule had.
const PLAYED: Unseen = Unseen {
    en: "the session comes from a capsule; its calls before that are in the file (capsule show) and not in this journal",
    nb: "økten kommer fra en kapsel; kallene før det står i filen (capsule show) og ikke i denne journalen",
};

/// What is said of a session that other replicas have, too.
const SHARED: Unseen = Unseen {
    en: "other replicas may have had calls, which are not known here",
    nb: "andre replikaer kan ha fått kall som ikke er kjent her",
};

/// What a session has of its calls.
pub(super) struct Evidence {
    pub(super) journal: Arc<Journal>,
    pub(super) tried: Arc<Tried>,
    pub(super) verdicts: Arc<Verdicts>,
}

impl Evidence {
    /// That of a session that begins.
    pub(super) fn whole(start: &Start) -> Self {
        Self::new(start, None)
    }

    /// That of a session that a capsule had.
    pub(super) fn of_played(start: &Start) -> Self {
        Self::new(start, Some(PLAYED))
    }

    /// That of a session that is made from its log: it goes on if this process had the session before.
    pub(super) fn of_recovered(start: &Start, before: Option<&Session>) -> Self {
        let goes_on = |before: &Session| Self {
            journal: Arc::clone(&before.journal),
            tried: Arc::clone(&before.tried),
            verdicts: Arc::clone(&before.verdicts),
        };
        before.map_or_else(|| Self::new(start, Some(TAKEN_OVER)), goes_on)
    }

    fn new(start: &Start, unseen: Option<Unseen>) -> Self {
        let unseen = unseen.or_else(|| start.log.is_shared().then_some(SHARED));
        let journal = Journal::new(start.journal, Arc::clone(&start.bodies)).without(unseen);
        Self { journal: Arc::new(journal), tried: Arc::default(), verdicts: Arc::default() }
    }
}
