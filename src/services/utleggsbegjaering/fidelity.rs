//! How sure the answers are: the lines of docs/fidelity.md that they lean on.

use crate::catalogue::{Check, Label};
use crate::domain::begjaering::{Sikkerhet, regel};
use crate::interface::{On, Statement};

pub(super) static STATEMENTS: &[Statement] = &[
    Statement::new(On::Success("valider"), Label::Published, "utlegg-url"),
    Statement::new(On::Success("valider-endring"), Label::Published, "utlegg-url"),
    Statement::new(On::Success("opprett"), Label::Published, "utlegg-url"),
    Statement::new(On::Success("endre"), Label::Published, "utlegg-url"),
    Statement::new(On::Success("valider"), Label::Published, "utlegg-valider"),
    Statement::new(On::Success("valider-endring"), Label::Published, "utlegg-valider"),
    Statement::new(On::Success("endre"), Label::Published, "utlegg-valider"),
    Statement::new(On::Success("opprett"), Label::Chosen, "utlegg-opprett"),
    Statement::new(On::Success("vedlegg"), Label::Chosen, "utlegg-vedlegg"),
    Statement::new(On::Success("vis-vedlegg"), Label::Chosen, "utlegg-vedlegg"),
    Statement::new(On::Success("status"), Label::Chosen, "utlegg-status"),
    Statement::new(On::Success("statusendringer"), Label::Chosen, "utlegg-statusendringer"),
    Statement::new(On::Success("innsyn"), Label::Published, "utlegg-innsyn"),
    Statement::new(On::Success("betjeningskartet"), Label::Chosen, "utlegg-betjeningskart"),
    Statement::new(On::Findings, Label::Published, "utlegg-rules"),
    Statement::new(On::Refusal, Label::Published, "codes"),
    Statement::new(On::Refusal, Label::Chosen, "utlegg-plain"),
    Statement::new(On::Check(Check::Url), Label::Chosen, "url-refusals"),
    Statement::new(On::Check(Check::Authentication), Label::Published, "token"),
    Statement::new(On::Check(Check::Party), Label::Chosen, "utlegg-others"),
    Statement::new(On::Check(Check::Body), Label::Published, "utlegg-body"),
];

/// How sure the condition of a rule is, by the name of the rule.
pub(super) fn of_rule(kode: &str) -> Option<Label> {
    Some(match regel(kode)?.sikkerhet {
        Sikkerhet::PublisertTekst | Sikkerhet::PublisertVilkaar => Label::Published,
        Sikkerhet::Valgt => Label::Chosen,
    })
}
