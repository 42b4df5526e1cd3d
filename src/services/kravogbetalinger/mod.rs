//! Krav og betalinger v1: open claims, claims, payments in and payments out of a party.
//! Imitates docs/fidelity.md, "Krav og betalinger".

mod felles;
mod openapi;
mod utgave_2023;
mod utgave_2024;

use bytes::Bytes;
use schemars::JsonSchema;
use serde::Serialize;

use super::call::{Answer, Call};
use super::errors::ServiceError;
use super::negotiation::Format;
use super::oppslag::{self, View};
use super::periode::Periode;
use super::{Envelope, Handler, kb, reskontro, utvalg};
use crate::catalogue::{Edition, Endpoint, Needs, PartyIn, Service};

/// The service's entry in the catalogue.
pub(crate) static SERVICE: Service = Service {
    name: "kravogbetalinger",
    title: "Krav og betalinger",
    base: "/api/innkreving/kravogbetalinger",
    version: "v1",
    packages: reskontro::PACKAGES,
    endpoints: &[
        Endpoint::new("aapnekrav", "v1/{rettighetspakke}/{identifikator}/aapnekrav", "aapnekravRespons"),
        reskontro::KRAV,
        reskontro::INNBETALINGER,
        reskontro::UTBETALINGER,
    ],
    xml_namespace: "urn:no:skatteetaten:innkreving:kravogbetalinger:v1",
    codes: &kb::CODES,
    refusals: kb::REFUSALS,
    has_common_codes: true,
    has_editions: true,
    party: PartyIn::Url,
    scopes: reskontro::SCOPES,
    needs: Needs::Nothing,
    consent: Some(reskontro::SAMTYKKE),
    without_token: kb::WITHOUT_TOKEN,
};

pub(super) const HANDLER: Handler = Handler {
    service: &SERVICE,
    answer,
    render: Some(render),
    openapi: openapi::document,
    envelope: Envelope::Feil,
    unexpected: &kb::CODES[0],
    reads_body: false,
};

fn answer(call: &Call<'_>) -> Result<Answer, ServiceError> {
    oppslag::answer(call, &SERVICE, |asked| oppslag::of_party(call, asked, render))
}

/// The answer about a shielded party: the call's parameters and the mark, nothing else.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Skjermet {
    part_identifikator: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    periode: Option<Periode>,
    skjermet: bool,
}

fn render(view: &View<'_>, format: Format) -> Result<Bytes, ServiceError> {
    use {utgave_2023 as old, utgave_2024 as new};
    let part = view.party.part.to_string();
    if view.party.skjermet {
        return view.write(&Skjermet { part_identifikator: part, periode: view.periode, skjermet: true }, format);
    }
    let at = view.at();
    let Some(periode) = view.periode else {
        return match view.edition {
            Edition::E2023 => view.write(&old::aapne_krav(part, at), format),
            Edition::E2024 => view.write(&new::aapne_krav(part, at), format),
        };
    };
    match view.endpoint.name {
        "krav" => {
            let list = utvalg::krav(view, periode)?;
            match view.edition {
                Edition::E2023 => view.write(&old::krav_i_periode(part, periode, &list), format),
                Edition::E2024 => view.write(&new::krav_i_periode(part, periode, &list), format),
            }
        }
        "innbetalinger" => {
            let list = utvalg::innbetalinger(view, periode)?;
            match view.edition {
                Edition::E2023 => view.write(&old::innbetalinger(part, periode, &list, at), format),
                Edition::E2024 => view.write(&new::innbetalinger(part, periode, &list, at), format),
            }
        }
        _ => {
            let list = utvalg::utbetalinger(view, periode)?;
            match view.edition {
                Edition::E2023 => view.write(&old::utbetalinger(part, periode, &list, at), format),
                Edition::E2024 => view.write(&new::utbetalinger(part, periode, &list, at), format),
            }
        }
    }
}
