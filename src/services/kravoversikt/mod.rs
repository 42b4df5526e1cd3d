//! Kravoversikt: the draft of October 2022 that became Krav og betalinger, under its own names.
//! Imitates docs/fidelity.md, "Kravoversikt".

mod draft;
mod fidelity;

use bytes::Bytes;

use super::{kb, lookup, reskontro, utvalg};
use crate::catalogue::{Check, Endpoint, Formats, Service};
use crate::interface::negotiation::Format;
use crate::interface::periode::Periode;
use crate::interface::{Operation, Refusal, ServiceModule, View};
use crate::scenario::Skjerming;
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
    findings: &[],
    modifiers: &[],
    protection: reskontro::PROTECTION,
};

const OVERSIKT: Endpoint = Endpoint {
    also_at: &["/api/innkreving/kravogbetalinger/v1/{rettighetspakke}/{identifikator}/oversikt"],
    xml_root: "oversiktRespons",
    ..Endpoint::get("oversikt", "v1/{rettighetspakke}/{identifikator}/oversikt")
};

pub(super) static MODULE: ServiceModule = ServiceModule {
    statements: &[fidelity::STATEMENTS, reskontro::STATEMENTS, kb::STATEMENTS],
    ..ServiceModule::new(&SERVICE, OPERATIONS, ABOUT)
};

const ABOUT: &str = "The draft of October 2022 that became Krav og betalinger, as innkreving-sandbox serves it: its names, \
    date-times for dates. Whoever builds today wants Krav og betalinger.";

static OPERATIONS: &[Operation] = &[
    Operation::new::<Oversikt<'static>>(
        |call| lookup::answer(call, oversikt),
        "hentOversikt",
        "Open claims and unallocated payments, with sums",
    )
    .described("Everything of which something remains on the day of the call, due or not.")
    .example(include_str!("eksempler/oversikt.json"))
    .renders(oversikt)
    .marks_shielded()
    .shows_what_is_open(),
    Operation::new::<KravIPeriode<'static>>(
        |call| lookup::answer(call, krav),
        "hentKrav",
        "Claims due in a period of at most a year",
    )
    .described("Claims with an instalment that is due in the period, paid or not.")
    .example(include_str!("eksempler/krav.json"))
    .renders(krav)
    .marks_shielded(),
    Operation::new::<InnbetalingerIPeriode<'static>>(
        |call| lookup::answer(call, innbetalinger),
        "hentInnbetalinger",
        "Payments in, of a period of at most a year",
    )
    .described("Payments that came in the period, with the claims that they cover.")
    .example(include_str!("eksempler/innbetalinger.json"))
    .renders(innbetalinger)
    .marks_shielded(),
    Operation::new::<UtbetalingerIPeriode<'static>>(
        |call| lookup::answer(call, utbetalinger),
        "hentUtbetalinger",
        "Payments out, of a period of at most a year",
    )
    .described("Payments to the party in the period, with the credits that they pay out.")
    .example(include_str!("eksempler/utbetalinger.json"))
    .renders(utbetalinger)
    .marks_shielded(),
];

fn oversikt(view: &View<'_>, format: Format) -> Result<Bytes, Refusal> {
    unless_wholly_shielded(view, format, || view.write(&draft::oversikt(view), format))
}

fn krav(view: &View<'_>, format: Format) -> Result<Bytes, Refusal> {
    unless_wholly_shielded(view, format, || {
        let periode = periode(view)?;
        view.write(&draft::krav_i_periode(view, periode, &utvalg::krav(view, periode)?), format)
    })
}

fn innbetalinger(view: &View<'_>, format: Format) -> Result<Bytes, Refusal> {
    unless_wholly_shielded(view, format, || {
        let periode = periode(view)?;
        let list = utvalg::innbetalinger(view, periode)?;
        view.write(&draft::innbetalinger(view, periode, &list), format)
    })
}

fn utbetalinger(view: &View<'_>, format: Format) -> Result<Bytes, Refusal> {
    unless_wholly_shielded(view, format, || {
        let periode = periode(view)?;
        let list = utvalg::utbetalinger(view, periode)?;
        view.write(&draft::utbetalinger(view, periode, &list), format)
    })
}

/// An answer about a party that is wholly shielded shows only that it is.
fn unless_wholly_shielded(
    view: &View<'_>,
    format: Format,
    render: impl FnOnce() -> Result<Bytes, Refusal>,
) -> Result<Bytes, Refusal> {
    if view.party.skjermet != Skjerming::Hel {
        return render();
    }
    view.write(&Skjermet::new(view.party.part.to_string(), view.periode), format)
}

fn periode(view: &View<'_>) -> Result<Periode, Refusal> {
    view.periode.ok_or_else(|| Refusal::failed_at(view.service, Check::Input))
}
