//! What a session keeps of a service, and the events that make it.

use std::any::Any;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::record::Record;
use crate::scenario::ScenarioSet;

/// What a session keeps of a service. It begins as the default, and only [`Kept::apply`] changes it.
pub(crate) trait Kept: Any + Default + Send + Sync {
    /// Something that happened to it. As JSON: `{"kind": …, "data": …}`.
    type Event: Serialize + DeserializeOwned;

    /// Changes the state as an event says. It draws nothing at random and asks no clock: all that is in the event.
    fn apply(&self, event: &Self::Event, fold: &Fold<'_>);

    /// An event in the words of a tester.
    fn told(event: &Self::Event) -> Told;

    /// The file that belongs to an event, if the state still has it.
    fn file(&self, _event: &Self::Event) -> Option<Bytes> {
        None
    }
}

/// A record in the words of a tester.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    /// What happened, as a sentence without its full stop.
    pub(crate) text: String,
    /// Whether nobody asked for it: it came about while calls were answered.
    pub(crate) is_background: bool,
}

impl Told {
    /// What somebody has done.
    pub(crate) fn done(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_background: false }
    }

    /// What came about by itself.
    pub(crate) fn background(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_background: true }
    }
}

/// The word for one, or for another number.
pub(crate) const fn plural<'w>(number: usize, one: &'w str, many: &'w str) -> &'w str {
    if number == 1 { one } else { many }
}

/// What surrounds an event.
pub(crate) struct Fold<'f> {
    /// The real time when it happened.
    pub(crate) at: DateTime<Utc>,
    /// The scenarios that the session sees.
    pub(crate) scenarios: &'f ScenarioSet,
    /// The file that belongs to it.
    pub(crate) file: Option<Bytes>,
}

/// A state as the house has it, whatever its type.
pub(crate) type AnyState = Box<dyn Any + Send + Sync>;

/// How the house makes a state and changes it by records.
#[derive(Clone, Copy)]
pub(crate) struct StateKind {
    pub(crate) make: fn() -> AnyState,
    pub(crate) apply: fn(&(dyn Any + Send + Sync), &Record, &Fold<'_>) -> Result<(), String>,
    pub(crate) file: fn(&(dyn Any + Send + Sync), &Record) -> Option<Bytes>,
    pub(crate) told: fn(&Record) -> Option<Told>,
}

impl StateKind {
    /// That of a type.
    pub(crate) const fn of<T: Kept>() -> Self {
        Self { make: || Box::new(T::default()), apply: apply::<T>, file: file::<T>, told: told::<T> }
    }
}

fn apply<T: Kept>(state: &(dyn Any + Send + Sync), record: &Record, fold: &Fold<'_>) -> Result<(), String> {
    let event = record.event::<T::Event>()?;
    let state = state.downcast_ref::<T>().ok_or("the state has another type")?;
    state.apply(&event, fold);
    Ok(())
}

fn told<T: Kept>(record: &Record) -> Option<Told> {
    record.event::<T::Event>().ok().map(|event| T::told(&event))
}

fn file<T: Kept>(state: &(dyn Any + Send + Sync), record: &Record) -> Option<Bytes> {
    state.downcast_ref::<T>()?.file(&record.event::<T::Event>().ok()?)
}
