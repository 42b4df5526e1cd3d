//! Restanser v2: what an organisation has overdue and unpaid, by six categories.
//! Imitates docs/fidelity.md, "Restanser".

mod codes;
mod openapi;

use std::sync::LazyLock;

use bytes::Bytes;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::call::{Answer, Call};
use super::errors::ServiceError;
use super::negotiation::Format;
use super::oppslag::{self, Asked, View};
use super::render::Heltall;
use super::{Envelope, Handler, xml};
use crate::catalogue::{Check, Consent, Endpoint, Needs, Package, PartyIn, Service};
use crate::domain::clock::time_in_norway;
use crate::domain::identifikator::PartKind;
use crate::domain::reskontro as r;
use crate::scenario::Party;

/// The service's entry in the catalogue.
pub(crate) static SERVICE: Service = Service {
    name: "restanser",
    title: "Restanser",
    base: "/api/innkreving/restanser",
    version: "v2",
    packages: &[Package { name: "dibk", needs: Needs::Nothing }, Package { name: "ebevis", needs: Needs::Consent }],
    endpoints: &[Endpoint::new("restanser", "v2/{rettighetspakke}/{organisasjonsnummer}", "restanserRespons")],
    xml_namespace: "urn:no:skatteetaten:innkreving:restanser:v2",
    codes: &codes::CODES,
    refusals: codes::REFUSALS,
    has_common_codes: true,
    has_editions: false,
    party: PartyIn::Url,
    scopes: &["skatteetaten:restanser"],
    needs: Needs::Nothing,
    consent: Some(Consent { resource: "digdir-restanser-skatteetaten", codes: &["5616_5"] }),
    without_token: "no token: the real service would answer 401 RESTANSE-004",
};

pub(super) const HANDLER: Handler = Handler {
    service: &SERVICE,
    answer,
    render: Some(render),
    openapi: openapi::document,
    envelope: Envelope::Feil,
    unexpected: &codes::CODES[0],
    reads_body: false,
};

/// The published example, which the real test environment gives about any organisation.
const PUBLISHED: &str = include_str!("../../../scenarios/svar/restanser.json");

fn answer(call: &Call<'_>) -> Result<Answer, ServiceError> {
    oppslag::answer(call, &SERVICE, |asked| {
        let mut answer: Value = match call.party {
            None if call.options.static_restanser && is_synthetic(asked) => published(asked),
            Some(party) if party.skjermet => return Err(ServiceError::failed_at(&SERVICE, Check::Party)),
            _ => {
                // Kept as JSON whatever is asked for: the time of the answer is not of the ledger.
                let kept = Asked { format: Format::Json, ..*asked };
                serde_json::from_slice(&oppslag::of_party(call, &kept, render)?).unwrap_or_default()
            }
        };
        if let Some(party) = call.party {
            complete(&mut answer, party, call.day);
        }
        answer["levert"] = time_in_norway(call.now).format("%Y-%m-%dT%H:%M:%S%.f").to_string().into();
        let endpoint = asked.endpoint;
        Ok(xml::write(&answer, asked.format, endpoint.xml_root, SERVICE.xml_namespace).into())
    })
}

/// A literal answer that lacks a category, or its sum, gets it from the ledger: clients take all six for granted.
fn complete(answer: &mut Value, party: &Party, day: NaiveDate) {
    let told = |answer: &Value, name: &str| answer["restanser"][name]["forfaltOgUbetalt"].is_number();
    if KATEGORIER.iter().all(|name| told(answer, name)) {
        return;
    }
    if !answer["restanser"].is_object() {
        answer["restanser"] = json!({});
    }
    let ledger = serde_json::to_value(Restanser::of(party, day)).unwrap_or_default();
    for name in KATEGORIER.iter() {
        if !told(answer, name) {
            answer["restanser"][name] = ledger[name].clone();
        }
    }
}

/// The names of the categories, as they are written.
static KATEGORIER: LazyLock<Vec<String>> = LazyLock::new(|| {
    let none =
        serde_json::to_value(Restanser::from([r::Restanse::default(); r::Restansekategori::COUNT])).unwrap_or_default();
    none.as_object().map(|fields| fields.keys().cloned().collect()).unwrap_or_default()
});

fn is_synthetic(asked: &Asked) -> bool {
    matches!(asked.part.kind(), PartKind::Organisasjon(organisation) if organisation.is_synthetic())
}

fn published(asked: &Asked) -> Value {
    let mut answer: Value = serde_json::from_str(PUBLISHED).unwrap_or_default();
    answer["forespurteOrganisasjon"] = json!(asked.part.to_string());
    answer
}

/// The answer about an organisation.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct RestanserRespons {
    restanser: Restanser,
    /// When it was answered, in Norwegian time without a zone.
    #[schemars(regex(pattern = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?$"))]
    levert: String,
    forespurte_organisasjon: String,
}

/// Every category is always there.
#[derive(Serialize, JsonSchema)]
struct Restanser {
    restskatt: Restanse,
    forskuddstrekk: Restanse,
    merverdiavgift: Restanse,
    arbeidsgiveravgift: Restanse,
    gebyr: Restanse,
    forskuddsskatt: Restanse,
}

/// What is overdue and unpaid. The sum of its two parts, which may be left out.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Restanse {
    #[serde(skip_serializing_if = "Option::is_none")]
    forfalt_og_ubetalt_renter: Option<Heltall>,
    #[serde(skip_serializing_if = "Option::is_none")]
    forfalt_og_ubetalt_krav: Option<Heltall>,
    forfalt_og_ubetalt: Heltall,
}

impl From<r::Restanse> for Restanse {
    fn from(restanse: r::Restanse) -> Self {
        Self {
            forfalt_og_ubetalt_renter: Some(Heltall(restanse.renter)),
            forfalt_og_ubetalt_krav: Some(Heltall(restanse.krav)),
            forfalt_og_ubetalt: Heltall(restanse.krav + restanse.renter),
        }
    }
}

impl From<[r::Restanse; r::Restansekategori::COUNT]> for Restanser {
    fn from(sums: [r::Restanse; r::Restansekategori::COUNT]) -> Self {
        let of = |kategori: r::Restansekategori| Restanse::from(sums[kategori as usize]);
        Self {
            restskatt: of(r::Restansekategori::Restskatt),
            forskuddstrekk: of(r::Restansekategori::Forskuddstrekk),
            merverdiavgift: of(r::Restansekategori::Merverdiavgift),
            arbeidsgiveravgift: of(r::Restansekategori::Arbeidsgiveravgift),
            gebyr: of(r::Restansekategori::Gebyr),
            forskuddsskatt: of(r::Restansekategori::Forskuddsskatt),
        }
    }
}

impl Restanser {
    /// The arrears of the organisation itself, not of its owner.
    fn of(party: &Party, day: NaiveDate) -> Self {
        party.reskontro.as_of(day).restanser(party.part).into()
    }
}

fn render(view: &View<'_>, format: Format) -> Result<Bytes, ServiceError> {
    let forespurte_organisasjon = view.party.part.to_string();
    let restanser = Restanser::of(view.party, view.day);
    view.write(&RestanserRespons { restanser, levert: String::new(), forespurte_organisasjon }, format)
}
