//! Why a call is refused because of the place that records lie in.

use std::sync::Arc;

/// A change was not kept, so it did not happen.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct NotKept(pub(crate) Arc<str>);

impl NotKept {
    pub(crate) fn new(why: &str) -> Self {
        Self(why.into())
    }

    /// The reason for a caller that asked for no change.
    pub(crate) fn of_reader(&self) -> String {
        format!("what this call saw may not be kept: {self}")
    }
}

/// Other replicas may have changed something that this one has not heard of, so it can answer nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this replica cannot know what others have changed, so it answers nothing: {0}")]
pub(crate) struct NotKnown(pub(super) Arc<str>);

/// What a place that fails means for calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Means {
    /// Changes are refused, all else is answered.
    NoChanges,
    /// The same, and soon all calls are refused: the lease of the replica still runs.
    SoonNothing,
    /// All calls are refused.
    Nothing,
}

/// A place that fails, in the words of a person.
pub(super) fn told(means: Means, why: &NotKept) -> String {
    match means {
        Means::NoChanges => {
            format!("changes cannot be kept: {why}; calls that change something are refused, others are answered")
        }
        Means::SoonNothing => format!(
            "changes cannot be kept: {why}; calls that change something are refused, and in three seconds at most all calls, unless the \
             database answers before"
        ),
        Means::Nothing => format!(
            "the database cannot be asked: {why}; all calls are refused, because other replicas may have changed something"
        ),
    }
}
