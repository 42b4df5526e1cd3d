//! How sure the answers are: the lines of docs/fidelity.md that they lean on.

use crate::catalogue::Label;
use crate::interface::{On, Statement};

pub(super) static STATEMENTS: &[Statement] = &[
    Statement::new(On::AnySuccess, Label::Published, "kob-url"),
    Statement::new(On::Success("krav"), Label::Chosen, "krav-period"),
    Statement::new(On::Success("innbetalinger"), Label::Chosen, "payments-period"),
    Statement::new(On::Success("utbetalinger"), Label::Chosen, "payments-period"),
    Statement::new(On::Token("regnskapssystem", "own"), Label::Chosen, "own-rights"),
    Statement::new(On::Token("regnskapssystem", "delegated"), Label::Chosen, "own-rights"),
    Statement::new(On::Edition("2023"), Label::Published, "kob-utgave-2023"),
    Statement::new(On::Edition("2024"), Label::Published, "kob-utgave-2024"),
];
