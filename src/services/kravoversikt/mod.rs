//! Kravoversikt: the draft of October 2022 that became Krav og betalinger, under its own names.
//! Imitates docs/fidelity.md, "Kravoversikt".

mod draft;
mod openapi;

use bytes::Bytes;

use super::call::{Answer, Call};
use super::errors::ServiceError;
use super::negotiation::Format;
use super::oppslag::{self, View};
use super::{Envelope, Handler, kb, reskontro, utvalg};
use crate::catalogue::{Endpoint, Needs, PartyIn, Service};

/// The service's entry in the catalogue.
pub(crate) static SERVICE: Service = Service {
    name: "kravoversikt",
    title: "Kravoversikt (draft of 2022)",
    base: "/api/innkreving/kravoversikt",
    version: "v1",
    packages: reskontro::PACKAGES,
    endpoints: &[
        Endpoint {
            also_at: Some("/api/innkreving/kravogbetalinger/v1/{rettighetspakke}/{identifikator}/oversikt"),
            ..Endpoint::new("oversikt", "v1/{rettighetspakke}/{identifikator}/oversikt", "oversiktRespons")
        },
        reskontro::KRAV,
        reskontro::INNBETALINGER,
        reskontro::UTBETALINGER,
    ],
    xml_namespace: "urn:no:skatteetaten:innkreving:kravoversikt:v1",
    codes: &kb::CODES,
    refusals: kb::REFUSALS,
    has_common_codes: true,
    has_editions: false,
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

fn render(view: &View<'_>, format: Format) -> Result<Bytes, ServiceError> {
    let part = view.party.part.to_string();
    if view.party.skjermet {
        return view.write(&draft::Skjermet::new(part, view.periode), format);
    }
    let at = view.at();
    match (view.endpoint.name, view.periode) {
        ("krav", Some(periode)) => {
            view.write(&draft::krav_i_periode(part, periode, &utvalg::krav(view, periode)?), format)
        }
        ("innbetalinger", Some(periode)) => {
            view.write(&draft::innbetalinger(part, periode, &utvalg::innbetalinger(view, periode)?, at), format)
        }
        ("utbetalinger", Some(periode)) => {
            view.write(&draft::utbetalinger(part, periode, &utvalg::utbetalinger(view, periode)?, at), format)
        }
        _ => view.write(&draft::oversikt(part, at), format),
    }
}
