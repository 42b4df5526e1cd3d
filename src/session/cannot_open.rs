//! Why there are no sessions.

use super::recovery::CannotRecover;
use crate::domain::clock::ClockError;
use crate::log::NotKept;
use crate::log::file::CannotOpenFile;
use crate::log::replicas::CannotOpenDatabase;
use crate::scenario::loading::LoadError;
use crate::scenario::problems::Problem;

/// Why there are no sessions.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CannotOpen {
    #[error("--now: {0}")]
    Now(#[from] ClockError),
    #[error(transparent)]
    Scenarios(#[from] LoadError),
    #[error("--store: {0}")]
    Store(#[from] CannotOpenFile),
    #[error("--store: {0}")]
    Database(#[from] CannotOpenDatabase),
    #[error("--store: {0}")]
    Unread(#[from] NotKept),
    #[error("--store: the session {0}: {1}")]
    Session(String, CannotRecover),
}

impl CannotOpen {
    /// What is wrong in the scenarios, if that is why.
    pub(crate) fn problems(&self) -> &[Problem] {
        match self {
            Self::Scenarios(LoadError::Problems(problems)) => problems,
            _ => &[],
        }
    }
}
