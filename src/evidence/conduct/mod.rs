//! How a client behaved. Each [`Conduct`] is a kind of bad behaviour with its source and what a good client does. Whether it
//! happened is a pure function of the entries of a journal.

mod calls;
mod ids;
mod load;
mod reading;
mod retries;
mod tokens;

use std::sync::Arc;

pub(crate) use calls::{Calls, query_value};

use super::text::Text;
use crate::session::journal::Entry;

/// A kind of bad behaviour.
#[derive(Debug)]
pub(crate) struct Conduct {
    /// As expectations name it.
    pub(crate) name: &'static str,
    /// What the client did.
    pub(crate) title: Text,
    /// What a good client does.
    pub(crate) good: Text,
    /// Who says so: `published`, `observed` or `chosen`, and where.
    pub(crate) source: &'static str,
    /// Where it happened.
    pub(crate) judge: fn(&Calls<'_>) -> Vec<Hit>,
}

/// A place where it happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hit {
    /// The numbers of the entries that show it, in their order.
    pub(crate) calls: Vec<u64>,
    /// Figures of it, which need no language.
    pub(crate) figures: String,
}

/// What was found.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    pub(crate) conduct: &'static Conduct,
    /// At least one.
    pub(crate) hits: Vec<Hit>,
}

/// The kinds that hold for clients of every service.
static OF_ALL: [&[Conduct]; 5] = [load::ALL, retries::ALL, tokens::ALL, ids::ALL, reading::ALL];

/// Every kind: those of all services, and those of some.
pub(crate) fn all(of_services: &[&'static [Conduct]]) -> Vec<&'static Conduct> {
    OF_ALL.iter().copied().chain(of_services.iter().copied()).flatten().collect()
}

/// Looks for every kind in the entries of one journal, the oldest first.
pub(crate) fn judge(entries: &[Arc<Entry>], kinds: &[&'static Conduct]) -> Vec<Finding> {
    let calls = Calls::new(entries);
    let found = kinds.iter().map(|conduct| Finding { conduct, hits: (conduct.judge)(&calls) });
    found.filter(|finding| !finding.hits.is_empty()).collect()
}

#[cfg(test)]
mod tests;
