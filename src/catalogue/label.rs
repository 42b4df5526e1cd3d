//! How sure it is that the real service does the same.

use http::HeaderValue;
use schemars::JsonSchema;
use serde::Serialize;

/// How sure a statement of docs/fidelity.md is. The last is the weakest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Label {
    /// It is in a published document of the service owner.
    Published,
    /// It was seen in a real client or in real data that is public.
    Observed,
    /// No public source says it. It is the sandbox's own decision.
    Chosen,
}

impl Label {
    /// The word that documents and headers use.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Observed => "observed",
            Self::Chosen => "chosen",
        }
    }
}

/// How sure an answer is: the weakest label of what it leans on, and all of that.
#[derive(Debug)]
pub(crate) struct Leaning {
    pub(crate) label: Label,
    /// The anchors in docs/fidelity.md with their labels, the weakest first.
    pub(crate) see: Vec<(Label, &'static str)>,
    /// The value of `Sandbox-Fidelity`.
    pub(crate) header: HeaderValue,
}
