//! How sure the answers are: the lines of docs/fidelity.md that they lean on.

use crate::catalogue::{Check, Label};
use crate::interface::{On, Statement};

pub(super) static STATEMENTS: &[Statement] = &[
    Statement::new(On::AnySuccess, Label::Published, "restanser-url"),
    Statement::new(On::AnySuccess, Label::Chosen, "restanser-sums"),
    Statement::new(On::Xml, Label::Chosen, "restanser-xml"),
    Statement::new(On::Refusal, Label::Published, "codes"),
    Statement::new(On::Check(Check::Url), Label::Chosen, "restanser-url-refusals"),
    Statement::new(On::Check(Check::Format), Label::Published, "format"),
    Statement::new(On::Check(Check::Authentication), Label::Published, "token"),
    Statement::new(On::Check(Check::Authorisation), Label::Chosen, "restanser-scope"),
    Statement::new(On::Check(Check::Consent), Label::Published, "restanser-consent"),
    Statement::new(On::Check(Check::Input), Label::Chosen, "restanser-url-refusals"),
    Statement::new(On::Check(Check::Party), Label::Chosen, "restanser-unknown"),
];
