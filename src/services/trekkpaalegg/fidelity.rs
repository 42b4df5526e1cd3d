//! How sure the answers are: the lines of docs/fidelity.md that they lean on.

use crate::catalogue::{Check, Label};
use crate::interface::{On, Statement};

pub(super) static STATEMENTS: &[Statement] = &[
    Statement::new(On::AnySuccess, Label::Published, "trekk-url"),
    Statement::new(On::Success("liste"), Label::Chosen, "trekk-visible"),
    Statement::new(On::Success("liste"), Label::Chosen, "trekk-order"),
    Statement::new(On::Success("versjon"), Label::Published, "trekk-snapshot"),
    Statement::new(On::Check(Check::Party), Label::Chosen, "trekk-refusals"),
    Statement::new(On::Check(Check::Consent), Label::Chosen, "trekk-systembruker"),
];
