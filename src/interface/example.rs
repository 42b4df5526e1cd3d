//! Examples of answers, for the contract.

use serde_json::Value;

use crate::catalogue::Edition;

/// An answer as an example.
pub(crate) struct Example {
    /// Its name in the contract, in ASCII letters.
    pub(crate) name: &'static str,
    /// What it shows, in a line.
    pub(crate) summary: &'static str,
    /// The answer.
    pub(crate) value: Value,
}

impl Example {
    /// An answer that a file holds.
    pub(crate) fn of_json(name: &'static str, summary: &'static str, json: &str) -> Self {
        Self { name, summary, value: serde_json::from_str(json).unwrap_or_default() }
    }
}

/// The examples of an operation.
pub(crate) enum Examples {
    /// There are none.
    None,
    /// One, as JSON.
    Json(&'static str),
    /// Those of an edition.
    ByEdition(fn(Edition) -> Vec<Example>),
}

impl Examples {
    /// The examples in an edition.
    pub(crate) fn of(&self, edition: Edition) -> Vec<Example> {
        match self {
            Self::None => Vec::new(),
            Self::Json(json) => vec![Example::of_json("eksempel", "An answer", json)],
            Self::ByEdition(examples) => examples(edition),
        }
    }
}
