//! Kravoversikt: the draft of October 2022 that became Krav og betalinger, under its own names.
//! Imitates docs/fidelity.md, "Kravoversikt".

mod draft;

use bytes::Bytes;
use schemars::JsonSchema;
use serde_json::{Map, Value, json};

use super::{kb, lookup, reskontro, utvalg};
use crate::catalogue::{Check, Endpoint, Formats, Service};
use crate::interface::contract::Schemas;
use crate::interface::negotiation::Format;
use crate::interface::periode::Periode;
use crate::interface::{Hooks, Operation, Refusal, ServiceModule, View};
use draft::{InnbetalingerIPeriode, KravIPeriode, Oversikt, Skjermet, UtbetalingerIPeriode};

static SERVICE: Service = Service {
    name: "kravoversikt",
    title: "Kravoversikt (draft of 2022)",
    base: "/api/innkreving/kravoversikt",
    hosts: &[],
    version: "v1",
    packages: reskontro::PACKAGES,
    endpoints: &[OVERSIKT, reskontro::KRAV, reskontro::INNBETALINGER, reskontro::UTBETALINGER],
    formats: Formats::JsonAndXml { namespace: "urn:no:skatteetaten:innkreving:kravoversikt:v1" },
    codes: kb::CODES,
    refusals: kb::REFUSALS,
    has_common_codes: true,
    has_editions: false,
    protection: reskontro::PROTECTION,
};

const OVERSIKT: Endpoint = Endpoint {
    also_at: Some("/api/innkreving/kravogbetalinger/v1/{rettighetspakke}/{identifikator}/oversikt"),
    xml_root: "oversiktRespons",
    ..Endpoint::get("oversikt", "v1/{rettighetspakke}/{identifikator}/oversikt")
};

pub(super) static MODULE: ServiceModule = ServiceModule {
    hooks: Hooks { finish_schemas: Some(finish), ..Hooks::NONE },
    ..ServiceModule::new(&SERVICE, OPERATIONS, ABOUT)
};

const ABOUT: &str = "The draft of October 2022 that became Krav og betalinger, as innkreving-sandbox serves it: its names, \
    date-times for dates. Whoever builds today wants Krav og betalinger.";

static OPERATIONS: &[Operation] = &[
    Operation::with_schema(
        |call| lookup::answer(call, oversikt),
        "hentOversikt",
        "Open claims and unallocated payments, with sums",
        answer::<Oversikt<'static>>,
    )
    .renders(oversikt)
    .marks_shielded(),
    Operation::with_schema(
        |call| lookup::answer(call, krav),
        "hentKrav",
        "Claims due in a period of at most a year",
        answer::<KravIPeriode<'static>>,
    )
    .renders(krav)
    .marks_shielded(),
    Operation::with_schema(
        |call| lookup::answer(call, innbetalinger),
        "hentInnbetalinger",
        "Payments in, of a period of at most a year",
        answer::<InnbetalingerIPeriode<'static>>,
    )
    .renders(innbetalinger)
    .marks_shielded(),
    Operation::with_schema(
        |call| lookup::answer(call, utbetalinger),
        "hentUtbetalinger",
        "Payments out, of a period of at most a year",
        answer::<UtbetalingerIPeriode<'static>>,
    )
    .renders(utbetalinger)
    .marks_shielded(),
];

/// The schema of an endpoint's answer: the endpoint's own, or the answer about a shielded party.
fn answer<T: JsonSchema>(schemas: &mut Schemas) -> Value {
    json!({ "oneOf": [schemas.of::<T>(), schemas.of::<Skjermet>()] })
}

/// Only the answer about a shielded party has the field `skjermet`.
fn finish(definitions: &mut Map<String, Value>) {
    definitions["Skjermet"]["properties"]["skjermet"] = json!({ "type": "boolean", "const": true });
    for name in ["Oversikt", "KravIPeriode", "InnbetalingerIPeriode", "UtbetalingerIPeriode"] {
        definitions[name]["not"] = json!({ "required": ["skjermet"] });
    }
}

fn oversikt(view: &View<'_>, format: Format) -> Result<Bytes, Refusal> {
    unless_shielded(view, format, |part| view.write(&draft::oversikt(part, view.at()), format))
}

fn krav(view: &View<'_>, format: Format) -> Result<Bytes, Refusal> {
    unless_shielded(view, format, |part| {
        let periode = periode(view)?;
        view.write(&draft::krav_i_periode(part, periode, &utvalg::krav(view, periode)?), format)
    })
}

fn innbetalinger(view: &View<'_>, format: Format) -> Result<Bytes, Refusal> {
    unless_shielded(view, format, |part| {
        let periode = periode(view)?;
        let list = utvalg::innbetalinger(view, periode)?;
        view.write(&draft::innbetalinger(part, periode, &list, view.at()), format)
    })
}

fn utbetalinger(view: &View<'_>, format: Format) -> Result<Bytes, Refusal> {
    unless_shielded(view, format, |part| {
        let periode = periode(view)?;
        let list = utvalg::utbetalinger(view, periode)?;
        view.write(&draft::utbetalinger(part, periode, &list, view.at()), format)
    })
}

/// An answer about a shielded party shows only that the party is shielded.
fn unless_shielded(
    view: &View<'_>,
    format: Format,
    render: impl FnOnce(String) -> Result<Bytes, Refusal>,
) -> Result<Bytes, Refusal> {
    let part = view.party.part.to_string();
    if view.party.skjermet { view.write(&Skjermet::new(part, view.periode), format) } else { render(part) }
}

fn periode(view: &View<'_>) -> Result<Periode, Refusal> {
    view.periode.ok_or_else(|| Refusal::failed_at(view.service, Check::Input))
}
