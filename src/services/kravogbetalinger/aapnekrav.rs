//! `aapnekrav`: open claims and unallocated payments.

use bytes::Bytes;

use super::{contract, skjermet, utgave_2023 as old, utgave_2024 as new};
use crate::catalogue::{Edition, Endpoint};
use crate::interface::negotiation::Format;
use crate::interface::{Answer, Call, Operation, Refusal, View};
use crate::scenario::Skjerming;
use crate::services::lookup;

pub(super) const ENDPOINT: Endpoint = Endpoint {
    xml_root: "aapnekravRespons",
    ..Endpoint::get("aapnekrav", "v1/{rettighetspakke}/{identifikator}/aapnekrav")
};

pub(super) const OPERATION: Operation =
    Operation::with_schema(answer, "hentAapneKrav", "Open claims and unallocated payments, with sums", |schemas, edition| {
        contract::answers::<new::AapneKrav<'static>, old::AapneKrav<'static>>(schemas, edition)
    })
    .described(
        "Everything of which something remains on the day of the call, due or not. A party with nothing open gets empty lists and sums of zero.",
    )
    .examples(contract::aapnekrav)
    .renders(render)
    .marks_shielded()
    .shows_what_is_open();

fn answer(call: &Call<'_>) -> Result<Answer, Refusal> {
    Ok(lookup::answer(call, render)?.warned(super::deferral(call)))
}

fn render(view: &View<'_>, format: Format) -> Result<Bytes, Refusal> {
    if view.party.skjermet == Skjerming::Hel {
        return skjermet(view, format);
    }
    match view.edition {
        Edition::E2023 => view.write(&old::aapne_krav(view), format),
        Edition::E2024 => view.write(&new::aapne_krav(view), format),
    }
}
