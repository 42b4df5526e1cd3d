//! How sure it is that the real service answers the same: the statements of docs/fidelity.md that an answer leans on.
//!
//! A service lists its own statements, each with the line of the document and its label. The house has those of what it
//! adds itself. `tests/it/fidelity.rs` compares all of them with the document.

use std::sync::Arc;

use http::HeaderValue;

use super::ServiceModule;
use crate::catalogue::{Check, Edition, Label, Leaning};
use crate::coverage::{PartyState, TokenKind};

/// A line of docs/fidelity.md, and the answers that lean on it.
#[derive(Debug)]
pub struct Statement {
    /// What leans on it.
    pub on: On,
    /// How sure it is.
    pub label: Label,
    /// The anchor of the line.
    pub id: &'static str,
}

/// What leans on a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// A success of an endpoint, by its name.
    Success(&'static str),
    /// A success of any endpoint.
    AnySuccess,
    /// A success in an edition, by its name.
    Edition(&'static str),
    /// A success in XML.
    Xml,
    /// A success about a party in a state, by the name of the state.
    Party(&'static str),
    /// A success in a package, by its name, to a caller with a kind of token: `own`, `systembruker`, `delegated`, `consent` or
    /// `consent-header`.
    Token(&'static str, &'static str),
    /// A refusal with a code, asked for or not.
    Refusal,
    /// A refusal that lists findings, asked for or not.
    Findings,
    /// A refusal that nobody asked for, for a failed check.
    Check(Check),
    /// A code, by its spelling.
    Code(&'static str),
    /// An answer to a URL of no service.
    NoService,
    /// An answer that drift has changed.
    Drift,
    /// What a fault does to an answer, by its name.
    Fault(&'static str),
}

impl Statement {
    /// A statement.
    pub const fn new(on: On, label: Label, id: &'static str) -> Self {
        Self { on, label, id }
    }
}

/// Which answer it is, as far as statements tell answers apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Basis {
    /// The service, by the place of its entry in memory. 0 if the URL belongs to none.
    pub(crate) service: usize,
    pub(crate) endpoint: Option<&'static str>,
    /// The edition and the format (XML or not) of a success.
    pub(crate) success: Option<(Edition, bool)>,
    pub(crate) party: Option<PartyState>,
    /// The package of a success, and the kind of the caller's token.
    pub(crate) token: Option<(&'static str, TokenKind)>,
    pub(crate) code: Option<&'static str>,
    /// The check that the call failed by itself.
    pub(crate) failed: Option<Check>,
    pub(crate) lists_findings: bool,
    /// The weakest of the findings whose label is known.
    pub(crate) findings: Option<Label>,
    pub(crate) fault: Option<&'static str>,
    pub(crate) is_drifted: bool,
}

/// What the house adds to answers.
pub(crate) static HOUSE: &[Statement] = &[
    Statement::new(On::NoService, Label::Chosen, "no-service"),
    Statement::new(On::Drift, Label::Published, "drift"),
    Statement::new(On::Drift, Label::Chosen, "drift-optional"),
    Statement::new(On::Fault("reset"), Label::Chosen, "wire"),
    Statement::new(On::Fault("reset-after"), Label::Chosen, "reset-after"),
    Statement::new(On::Fault("hang"), Label::Chosen, "wire"),
    Statement::new(On::Fault("empty"), Label::Chosen, "wire"),
    Statement::new(On::Fault("truncate"), Label::Chosen, "wire"),
    Statement::new(On::Fault("garbage"), Label::Chosen, "garbage"),
    Statement::new(On::Fault("slow-body"), Label::Chosen, "wire"),
    Statement::new(On::Fault("gateway-text"), Label::Chosen, "gateway-text"),
    Statement::new(On::Fault("html"), Label::Chosen, "wire"),
    Statement::new(On::Fault("429"), Label::Chosen, "limits"),
    Statement::new(On::Fault("503"), Label::Chosen, "limits"),
    Statement::new(On::Code("DAS-001"), Label::Published, "das"),
    Statement::new(On::Code("DAS-002"), Label::Published, "das"),
    Statement::new(On::Code("DAS-003"), Label::Published, "das"),
    Statement::new(On::Code("DAS-004"), Label::Published, "das"),
    Statement::new(On::Code("DAS-005"), Label::Published, "das"),
    Statement::new(On::Code("DAS-006"), Label::Published, "das"),
    Statement::new(On::Code("DAS-007"), Label::Published, "das"),
    Statement::new(On::Code("DAS-008"), Label::Published, "das"),
];

impl Basis {
    /// Whether an answer leans on something.
    fn leans_on(&self, on: On) -> bool {
        match on {
            On::Success(endpoint) => self.success.is_some() && self.endpoint == Some(endpoint),
            On::AnySuccess => self.success.is_some(),
            On::Edition(edition) => self.success.is_some_and(|(given, _)| given.name() == edition),
            On::Xml => self.success.is_some_and(|(_, is_xml)| is_xml),
            On::Party(state) => self.success.is_some() && self.party.is_some_and(|party| party.name() == state),
            On::Token(package, kind) => self.token.is_some_and(|(of, given)| of == package && given.name() == kind),
            On::Refusal => self.code.is_some() && !self.lists_findings,
            On::Findings => self.lists_findings,
            On::Check(check) => self.failed == Some(check),
            On::Code(code) => self.code == Some(code),
            On::NoService => self.service == 0,
            On::Drift => self.is_drifted,
            On::Fault(fault) => self.fault == Some(fault),
        }
    }

    /// How sure it is. An answer that leans on no statement is the sandbox's own.
    pub(crate) fn leaning(&self, module: Option<&ServiceModule>) -> Arc<Leaning> {
        let own = module.map_or(&[][..], |module| module.statements);
        let all = own.iter().copied().chain([HOUSE]).flatten();
        let mut found: Vec<(Label, &'static str)> =
            all.filter(|statement| self.leans_on(statement.on)).map(|found| (found.label, found.id)).collect();
        found.sort_by_key(|(label, _)| std::cmp::Reverse(*label));
        found.dedup();
        let label = found.iter().map(|(label, _)| *label).chain(self.findings).max().unwrap_or(Label::Chosen);
        let see: Vec<&str> = found.iter().map(|(_, id)| *id).collect();
        let told = if see.is_empty() { String::new() } else { format!("; see={}", see.join(",")) };
        let header = HeaderValue::from_str(&format!("{}{told}", label.word()));
        Arc::new(Leaning { label, see: found, header: header.unwrap_or(HeaderValue::from_static("chosen")) })
    }
}
