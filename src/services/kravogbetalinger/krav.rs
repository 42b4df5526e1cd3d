//! `krav`: claims in a period.

use bytes::Bytes;

use super::{contract, skjermet, utgave_2023 as old, utgave_2024 as new};
use crate::catalogue::{Check, Edition};
use crate::interface::negotiation::Format;
use crate::interface::{Answer, Call, Operation, Refusal, View};
use crate::scenario::Skjerming;
use crate::services::{lookup, utvalg};

pub(super) const OPERATION: Operation =
    Operation::with_schema(answer, "hentKrav", "Claims due in a period of at most a year", |schemas, edition| {
        contract::answers::<new::KravIPeriode<'static>, old::KravIPeriode<'static>>(schemas, edition)
    })
    .described("Claims with an instalment that is due in the period, paid or not. A period without any gets 404.")
    .examples(contract::krav)
    .renders(render)
    .marks_shielded();

fn answer(call: &Call<'_>) -> Result<Answer, Refusal> {
    Ok(lookup::answer(call, render)?.warned(super::deferral(call)))
}

fn render(view: &View<'_>, format: Format) -> Result<Bytes, Refusal> {
    if view.party.skjermet == Skjerming::Hel {
        return skjermet(view, format);
    }
    let periode = view.periode.ok_or_else(|| Refusal::failed_at(view.service, Check::Input))?;
    let list = utvalg::krav(view, periode)?;
    match view.edition {
        Edition::E2023 => view.write(&old::krav_i_periode(view, periode, &list), format),
        Edition::E2024 => view.write(&new::krav_i_periode(view, periode, &list), format),
    }
}
