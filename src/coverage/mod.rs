//! What there is to try, and what was tried of it.
//!
//! The [`Universe`] is worked out from the catalogue: a list of cells, each at an endpoint. A session counts in
//! [`Tried`] how often each cell was met. The memory of it depends on the number of cells only, however many calls there
//! are, so nothing is lost when the journal drops entries.

mod pattern;
mod plan;
mod summary;
mod tried;
mod universe;

pub(crate) use pattern::{BadPattern, Pattern};
pub(crate) use plan::{Plan, PlanDocument};
pub(crate) use summary::{CellView, CoverageView, ServiceView, summary};
pub(crate) use tried::{Counts, Trial, Tried};
pub(crate) use universe::{CaseStates, ServiceToTry, Universe};

/// What a cell is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// A success, in a package, an edition and a format.
    Answer,
    /// A code.
    Code,
    /// A rule that what was sent broke.
    Rule,
    /// A kind of token.
    Token,
    /// A state of the party.
    Party,
    /// A state of a case.
    Case,
    /// A fault on the wire, or a delay.
    Fault,
    /// A drift.
    Drift,
}

impl Kind {
    pub(crate) const ALL: [Self; 8] =
        [Self::Answer, Self::Code, Self::Rule, Self::Token, Self::Party, Self::Case, Self::Fault, Self::Drift];

    const NAMES: [&'static str; 8] = ["answer", "code", "rule", "token", "party", "case", "fault", "drift"];

    /// What a cell of this kind weighs if no plan says otherwise. A success and a code matter more than a fault at one
    /// endpoint more.
    const WEIGHTS: [u32; 8] = [10, 5, 2, 3, 3, 3, 1, 1];

    pub(crate) const fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    pub(crate) const fn weight(self) -> u32 {
        Self::WEIGHTS[self as usize]
    }
}

/// How a caller shows who it is, as a token says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum TokenKind {
    /// A token of the organisation itself.
    Own,
    /// A token of a systembruker.
    Systembruker,
    /// A token with a scope that another organisation has delegated.
    Delegated,
    /// A token that holds a consent.
    Consent,
    /// A token with a consent in a header beside it.
    ConsentHeader,
}

impl TokenKind {
    const NAMES: [&'static str; 5] = ["own", "systembruker", "delegated", "consent", "consent-header"];

    pub(crate) const fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }
}

/// The state of the party that a call is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum PartyState {
    Organisation,
    Person,
    Shielded,
    ShieldedInPart,
    Unknown,
}

impl PartyState {
    pub(crate) const NAMES: [&'static str; 5] = ["organisation", "person", "shielded", "shielded-in-part", "unknown"];

    pub(crate) const fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }
}
