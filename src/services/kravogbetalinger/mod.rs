//! Krav og betalinger v1: open claims, claims, payments in and payments out of a party.
//! Imitates docs/fidelity.md, "Krav og betalinger".

mod aapnekrav;
mod contract;
mod felles;
mod fidelity;
mod innbetalinger;
mod krav;
mod modell_2024;
mod mot_andre;
mod utbetalinger;
mod utgave_2023;
mod utgave_2024;

use bytes::Bytes;
use serde::Serialize;

use super::{kb, reskontro};
use crate::catalogue::{Edition, Formats, Service};
use crate::domain::reskontro::ForfallAsOf;
use crate::interface::negotiation::Format;
use crate::interface::periode::Periode;
use crate::interface::{Call, Hooks, Refusal, Sample, ServiceModule, View};

static SERVICE: Service = Service {
    name: "kravogbetalinger",
    title: "Krav og betalinger",
    base: "/api/innkreving/kravogbetalinger",
    hosts: &[],
    version: "v1",
    packages: reskontro::PACKAGES,
    endpoints: &[aapnekrav::ENDPOINT, reskontro::KRAV, reskontro::INNBETALINGER, reskontro::UTBETALINGER],
    formats: Formats::JsonAndXml { namespace: "urn:no:skatteetaten:innkreving:kravogbetalinger:v1" },
    codes: kb::CODES,
    refusals: kb::REFUSALS,
    has_common_codes: true,
    has_editions: true,
    findings: &[],
    modifiers: &[],
    protection: reskontro::PROTECTION,
};

pub(super) static MODULE: ServiceModule = ServiceModule {
    hooks: Hooks {
        sample: Some(Sample { without_token: "finans/PARTY/aapnekrav", with_token: "regnskapssystem/PARTY/aapnekrav" }),
        ..Hooks::NONE
    },
    statements: &[fidelity::STATEMENTS, reskontro::STATEMENTS, kb::STATEMENTS],
    ..ServiceModule::new(
        &SERVICE,
        &[aapnekrav::OPERATION, krav::OPERATION, innbetalinger::OPERATION, utbetalinger::OPERATION],
        contract::ABOUT,
    )
};

/// The answer about a party that is wholly shielded: the call's parameters and the mark, nothing else.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Skjermet {
    part_identifikator: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    periode: Option<Periode>,
    skjermet: bool,
}

/// What the 2024 edition does not show: that the enforcement of a claim is deferred.
fn deferral(call: &Call<'_>) -> Option<&'static str> {
    let party = call.party()?;
    let shows_it = call.edition_of_answer() == Edition::E2023 || party.skjermet.is_shielded();
    if shows_it || !party.reskontro.has_utsatt_iverksettelse() {
        return None;
    }
    let at = party.reskontro.as_of(call.day());
    let deferred = at.aapne_krav().any(|krav| krav.forfall().any(ForfallAsOf::has_utsatt_iverksettelse));
    deferred.then_some(
        "the enforcement of a claim is deferred (utsattIverksettelse); only the 2023 edition shows it: Sandbox-Edition: 2023",
    )
}

/// An answer about a party that is wholly shielded shows only that it is.
fn skjermet(view: &View<'_>, format: Format) -> Result<Bytes, Refusal> {
    let part_identifikator = view.party.part.to_string();
    view.write(&Skjermet { part_identifikator, periode: view.periode, skjermet: true }, format)
}
