//! How sure the answers are: the lines of docs/fidelity.md that they lean on.

use crate::catalogue::Label;
use crate::interface::{On, Statement};

pub(super) static STATEMENTS: &[Statement] = &[
    Statement::new(On::AnySuccess, Label::Published, "maskinporten-form"),
    Statement::new(On::Refusal, Label::Published, "maskinporten-codes"),
    Statement::new(On::Refusal, Label::Chosen, "maskinporten-errors"),
];
