//! How sure the answers are: the lines of docs/fidelity.md that they lean on.

use crate::catalogue::Label;
use crate::interface::{On, Statement};

pub(super) static STATEMENTS: &[Statement] = &[
    Statement::new(On::AnySuccess, Label::Published, "kravoversikt-form"),
    Statement::new(On::AnySuccess, Label::Chosen, "kravoversikt-url"),
];
