//! `innbetalinger`: payments in, in a period.

use bytes::Bytes;

use super::{contract, skjermet, utgave_2023 as old, utgave_2024 as new};
use crate::catalogue::{Check, Edition};
use crate::interface::negotiation::Format;
use crate::interface::{Answer, Call, Operation, Refusal, View};
use crate::scenario::Skjerming;
use crate::services::{lookup, utvalg};

pub(super) const OPERATION: Operation = Operation::with_schema(
    answer,
    "hentInnbetalinger",
    "Payments in, of a period of at most a year",
    |schemas, edition| {
        contract::answers::<new::InnbetalingerIPeriode<'static>, old::InnbetalingerIPeriode<'static>>(schemas, edition)
    },
)
.described("Payments that came in the period, with the claims that they cover. A period without any gets 404.")
.examples(contract::innbetalinger)
.renders(render)
.marks_shielded();

fn answer(call: &Call<'_>) -> Result<Answer, Refusal> {
    lookup::answer(call, render)
}

fn render(view: &View<'_>, format: Format) -> Result<Bytes, Refusal> {
    if view.party.skjermet == Skjerming::Hel {
        return skjermet(view, format);
    }
    let periode = view.periode.ok_or_else(|| Refusal::failed_at(view.service, Check::Input))?;
    let list = utvalg::innbetalinger(view, periode)?;
    match view.edition {
        Edition::E2023 => view.write(&old::innbetalinger(view, periode, &list), format),
        Edition::E2024 => view.write(&new::innbetalinger(view, periode, &list), format),
    }
}
