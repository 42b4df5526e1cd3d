//! Restanser v2: what an organisation has overdue and unpaid, by six categories.
//! Imitates docs/fidelity.md, "Restanser".

mod codes;
mod fidelity;
mod settings;

use std::sync::LazyLock;

use bytes::Bytes;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::ISSUER;
use super::lookup::{self, LookupRequest};
use super::render::Heltall;
use crate::catalogue::{Consent, Endpoint, Formats, Needs, Package, Protection, Service, TokenDemand};
use crate::domain::clock::time_in_norway;
use crate::domain::identifikator::PartKind;
use crate::domain::restanser as r;
use crate::interface::negotiation::Format;
use crate::interface::{Answer, Call, Hooks, Operation, Refusal, ServiceModule, View, xml};
use crate::scenario::Party;
use settings::RestanserSettings;

static SERVICE: Service = Service {
    name: "restanser",
    title: "Restanser",
    base: "/api/innkreving/restanser",
    hosts: &[],
    version: "v2",
    packages: &[Package::new("dibk", Needs::Nothing), Package::new("ebevis", Needs::Consent)],
    endpoints: &[RESTANSER],
    formats: Formats::JsonAndXml { namespace: "urn:no:skatteetaten:innkreving:restanser:v2" },
    codes: codes::CODES,
    refusals: codes::REFUSALS,
    has_common_codes: true,
    has_editions: false,
    findings: &[],
    modifiers: &[],
    protection: Protection::Token(TokenDemand {
        issuer: ISSUER,
        scopes: &["skatteetaten:restanser"],
        needs: Needs::Nothing,
        consent: Some(Consent { resource: "digdir-restanser-skatteetaten", codes: &["5616_5"] }),
        without_token: "no token: the real service would answer 401 RESTANSE-004",
    }),
};

const RESTANSER: Endpoint = Endpoint {
    xml_root: "restanserRespons",
    ..Endpoint::get("restanser", "v2/{rettighetspakke}/{organisasjonsnummer}")
};

pub(super) static MODULE: ServiceModule = ServiceModule {
    hooks: Hooks { settings: Some(settings::SECTION), ..Hooks::NONE },
    statements: &[fidelity::STATEMENTS],
    ..ServiceModule::new(&SERVICE, OPERATIONS, ABOUT)
};

static OPERATIONS: &[Operation] = &[Operation::new::<RestanserRespons>(
    answer,
    "hentRestanser",
    "What an organisation has overdue and unpaid, by category",
)
.described("The sums on the day of the call. An organisation that owes nothing gets zeros.")
.example(PUBLISHED)
.renders(render)
.shows_what_is_open()];

const ABOUT: &str = "Overdue and unpaid taxes and duties of an organisation, as innkreving-sandbox serves them. All six \
    categories are always there, and so is the sum of each; its two parts may be left out. New fields and another \
    order of fields come without notice, so read tolerantly.";

/// The published example. The real test environment answers it about any organisation.
const PUBLISHED: &str = include_str!("../../../scenarios/svar/restanser.json");

fn answer(call: &Call<'_>) -> Result<Answer, Refusal> {
    let request = LookupRequest::read(call)?;
    let is_static = || call.settings.get::<RestanserSettings>().is_some_and(RestanserSettings::is_static);
    let mut literal = None;
    let mut answer: Value = match call.party() {
        None if is_static() && is_synthetic(&request) => published(&request),
        _ => {
            // Cached as JSON, whatever format the caller accepts, because the time of the answer is added below.
            let as_json = LookupRequest { format: Format::Json, ..request };
            let rendered = lookup::of_party(call, &as_json, render)?;
            literal = rendered.literal;
            serde_json::from_slice(&rendered.body).unwrap_or_default()
        }
    };
    if let Some(party) = call.party() {
        complete(&mut answer, party, call.instants.day);
    }
    answer["levert"] = time_in_norway(call.instants.now).format("%Y-%m-%dT%H:%M:%S%.f").to_string().into();
    let answer = serde_json::to_vec(&answer).unwrap_or_default();
    let body = xml::write(answer, request.format, RESTANSER.xml_root, SERVICE.xml_namespace());
    Ok(Answer { literal, ..body.into() })
}

/// Completes a literal answer from the ledger if it lacks a category, or the sum of one. Clients rely on all six.
fn complete(answer: &mut Value, party: &Party, day: NaiveDate) {
    let has_sum = |answer: &Value, name: &str| answer["restanser"][name]["forfaltOgUbetalt"].is_number();
    if KATEGORIER.iter().all(|name| has_sum(answer, name)) {
        return;
    }
    if !answer["restanser"].is_object() {
        answer["restanser"] = json!({});
    }
    let ledger = serde_json::to_value(Restanser::of_party(party, day)).unwrap_or_default();
    for name in KATEGORIER.iter() {
        if !has_sum(answer, name) {
            answer["restanser"][name] = ledger[name].clone();
        }
    }
}

/// The names of the categories, as answers spell them.
static KATEGORIER: LazyLock<Vec<String>> = LazyLock::new(|| {
    let none =
        serde_json::to_value(Restanser::from([r::Restanse::default(); r::Restansekategori::COUNT])).unwrap_or_default();
    none.as_object().map(|fields| fields.keys().cloned().collect()).unwrap_or_default()
});

fn is_synthetic(request: &LookupRequest) -> bool {
    matches!(request.part.kind(), PartKind::Organisasjon(organisation) if organisation.is_synthetic())
}

fn published(request: &LookupRequest) -> Value {
    let mut answer: Value = serde_json::from_str(PUBLISHED).unwrap_or_default();
    answer["forespurteOrganisasjon"] = json!(request.part.to_string());
    answer
}

/// The answer about an organisation.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct RestanserRespons {
    /// What is overdue and unpaid, by category.
    restanser: Restanser,
    /// When it was answered, in Norwegian time without a zone.
    #[schemars(regex(pattern = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?$"))]
    levert: String,
    /// The organisation that was asked about.
    forespurte_organisasjon: String,
}

/// Every category is always there.
#[derive(Serialize, JsonSchema)]
struct Restanser {
    /// Residual tax.
    restskatt: Restanse,
    /// Tax that was deducted from employees' pay.
    forskuddstrekk: Restanse,
    /// VAT.
    merverdiavgift: Restanse,
    /// Employer's contributions.
    arbeidsgiveravgift: Restanse,
    /// Fees and penalties.
    gebyr: Restanse,
    /// Advance tax.
    forskuddsskatt: Restanse,
}

/// What is overdue and unpaid. The sum of its two parts, which may be left out.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Restanse {
    /// The interest, in whole kroner.
    #[serde(skip_serializing_if = "Option::is_none")]
    forfalt_og_ubetalt_renter: Option<Heltall>,
    /// The claims without interest, in whole kroner.
    #[serde(skip_serializing_if = "Option::is_none")]
    forfalt_og_ubetalt_krav: Option<Heltall>,
    /// Both together, in whole kroner.
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
        let sum_of = |kategori: r::Restansekategori| Restanse::from(sums[kategori as usize]);
        Self {
            restskatt: sum_of(r::Restansekategori::Restskatt),
            forskuddstrekk: sum_of(r::Restansekategori::Forskuddstrekk),
            merverdiavgift: sum_of(r::Restansekategori::Merverdiavgift),
            arbeidsgiveravgift: sum_of(r::Restansekategori::Arbeidsgiveravgift),
            gebyr: sum_of(r::Restansekategori::Gebyr),
            forskuddsskatt: sum_of(r::Restansekategori::Forskuddsskatt),
        }
    }
}

impl Restanser {
    /// The arrears of the organisation itself, not of its owner.
    fn of_party(party: &Party, day: NaiveDate) -> Self {
        party.reskontro.as_of(day).restanser(party.part).into()
    }
}

fn render(view: &View<'_>, format: Format) -> Result<Bytes, Refusal> {
    let forespurte_organisasjon = view.party.part.to_string();
    let restanser = Restanser::of_party(view.party, view.day);
    view.write(&RestanserRespons { restanser, levert: String::new(), forespurte_organisasjon }, format)
}
