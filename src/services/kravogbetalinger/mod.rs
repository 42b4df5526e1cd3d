//! Krav og betalinger v1: open claims, claims, payments in and payments out of a party.
//! Imitates docs/fidelity.md, "Krav og betalinger".
//!
//! The order of checks: URL, format, authentication, consent, input, party, period.

mod codes;
mod felles;
mod openapi;
mod utgave_2023;
mod utgave_2024;
mod utvalg;

use bytes::Bytes;
use chrono::NaiveDate;
use codes::Refusal;
use http::Method;
use schemars::JsonSchema;
use serde::Serialize;

use super::call::{Answer, Call, Location};
use super::errors::ServiceError;
use super::negotiation::{Format, negotiate};
use super::periode::Periode;
use super::xml;
use super::{Envelope, Handler};
use crate::access::Demand;
use crate::catalogue::{Edition, Endpoint, PartyIn, Service};
use crate::domain::identifikator::{Part, PartKind};
use crate::scenario::{Party, Svar};
use crate::session::cache::Key;

/// The service's entry in the catalogue.
pub(crate) static SERVICE: Service = Service {
    name: "kravogbetalinger",
    title: "Krav og betalinger",
    base: "/api/innkreving/kravogbetalinger",
    version: "v1",
    packages: &["finans", "regnskapssystem"],
    endpoints: &[
        Endpoint { name: "aapnekrav", periode: false, xml_root: "aapnekravRespons" },
        Endpoint { name: "krav", periode: true, xml_root: "kravRespons" },
        Endpoint { name: "innbetalinger", periode: true, xml_root: "innbetalingerRespons" },
        Endpoint { name: "utbetalinger", periode: true, xml_root: "utbetalingerRespons" },
    ],
    xml_namespace: "urn:no:skatteetaten:innkreving:kravogbetalinger:v1",
    codes: &codes::CODES,
    has_common_codes: true,
    party: PartyIn::Url,
    scope: Some("skatteetaten:kravogbetalinger"),
    consent_resource: Some("ske-samtykke-krav-og-betalinger"),
};

pub(super) const HANDLER: Handler = Handler {
    service: &SERVICE,
    locate,
    answer,
    openapi: openapi::document,
    envelope: Envelope::Feil,
    unexpected: &codes::CODES[0],
    reads_body: false,
    demand: |location| Some(demand(location)),
};

/// `/{version}/{rettighetspakke}/{identifikator}/{endpoint}`
fn locate(segments: &[String]) -> Location<'_> {
    let part = |index: usize| segments.get(index).map(String::as_str);
    Location {
        endpoint: part(3).filter(|_| segments.len() == 4).and_then(|name| SERVICE.endpoint(name)),
        package: part(1),
        identifikator: part(2),
    }
}

fn answer(call: &Call<'_>) -> Result<Answer, ServiceError> {
    let (package, endpoint) = check_url(call)?;
    let format = negotiate(call.headers).ok_or(Refusal::NotAcceptable)?;
    let warning = check_access(call)?;
    match answer_allowed(call, package, endpoint, format) {
        Ok(body) => Ok(Answer { format, body, warning }),
        Err(mut error) => {
            error.warning = warning;
            Err(error)
        }
    }
}

/// Input, party, period; for a caller who may ask.
fn answer_allowed(
    call: &Call<'_>,
    package: &'static str,
    endpoint: &'static Endpoint,
    format: Format,
) -> Result<Bytes, ServiceError> {
    let part = check_identifikator(call)?;
    let read_periode = || Periode::from_query(call.query, call.day).map_err(Refusal::InvalidInput);
    let periode = endpoint.periode.then(read_periode).transpose()?;
    let party = call.party.ok_or(Refusal::UnknownParty)?;
    let format = if call.as_tree { Format::Json } else { format };
    let edition = call.edition.or(party.utgave).unwrap_or(call.default_edition);
    let key = Key {
        service: SERVICE.name,
        endpoint: endpoint.name,
        package,
        part,
        edition,
        format: format.content_type(),
        periode: periode.map(Periode::as_pair),
        day: call.day,
    };
    call.cache.get_or_render(key, || {
        let view = View { party, endpoint, edition, periode, day: call.day };
        match literal(party, endpoint, edition, package, periode) {
            Some(svar) => view.write(&svar.innhold, format),
            None => view.render(format),
        }
    })
}

fn check_url(call: &Call<'_>) -> Result<(&'static str, &'static Endpoint), Refusal> {
    let unknown = |melding: String| Err(Refusal::UnknownUrl(melding));
    let [version, package, _, endpoint] = call.segments else {
        return unknown(format!(
            "Ukjent url benyttet. Forventet {}/{}/{{rettighetspakke}}/{{identifikator}}/{{endepunkt}}",
            SERVICE.base, SERVICE.version
        ));
    };
    if version != SERVICE.version {
        return unknown(format!("Ukjent url benyttet. Versjonen må være {}", SERVICE.version));
    }
    let Some(package) = SERVICE.packages.iter().find(|known| *known == package) else {
        return unknown(format!(
            "Ukjent url benyttet. Rettighetspakken må være en av: {}",
            SERVICE.packages.join(", ")
        ));
    };
    let Some(endpoint) = SERVICE.endpoint(endpoint) else {
        let names: Vec<_> = SERVICE.endpoints.iter().map(|endpoint| endpoint.name).collect();
        return unknown(format!("Ukjent url benyttet. Endepunktet må være et av: {}", names.join(", ")));
    };
    if !matches!(*call.method, Method::GET | Method::HEAD) {
        return Err(Refusal::WrongMethod("Ukjent url benyttet. Endepunktet støtter kun metoden GET".to_owned()));
    }
    Ok((package, endpoint))
}

/// Token, then rights.
fn check_access(call: &Call<'_>) -> Result<Option<&'static str>, Refusal> {
    let demand = demand(&call.location);
    call.access.check(call.caller, call.headers, &demand, call.token_time).map_err(Refusal::Access)
}

/// What a call needs: `finans` consent, `regnskapssystem` takes rights of its own too.
fn demand<'r>(location: &Location<'r>) -> Demand<'r> {
    let tjenestekoder: &[&str] = match location.endpoint.map(|endpoint| endpoint.name) {
        Some("krav") => &[FOR_ALL_ENDPOINTS, "5929_202301"],
        Some("innbetalinger") => &[FOR_ALL_ENDPOINTS, "5930_202301"],
        Some("utbetalinger") => &[FOR_ALL_ENDPOINTS, "5931_202301"],
        _ => &[FOR_ALL_ENDPOINTS],
    };
    Demand {
        scope: SERVICE.scope.unwrap_or_default(),
        part: location.identifikator.unwrap_or_default(),
        tjenestekoder,
        samtykkeressurs: SERVICE.consent_resource.unwrap_or_default(),
        egne_rettigheter: location.package == Some("regnskapssystem"),
    }
}

/// The service code of a consent to all endpoints; in 2023 that of `aapnekrav` alone.
const FOR_ALL_ENDPOINTS: &str = "5928_202301";

/// The identifier of the URL; one that a scenario names is taken whatever its check digits.
fn check_identifikator(call: &Call<'_>) -> Result<Part, Refusal> {
    let text = call.location.identifikator.unwrap_or_default();
    let invalid = |why: &str| Refusal::InvalidInput(format!("Feltet 'identifikator' har ugyldig {why}"));
    let part: Part = text.parse().map_err(|_| {
        invalid(
            "format. Må være nøyaktig 9 siffer (organisasjonsnummer) eller 11 siffer (fødselsnummer eller D-nummer)",
        )
    })?;
    match part.kind() {
        PartKind::Invalid(_) if call.party.is_none() => {
            let digits = if part.is_person() { "kontrollsifre" } else { "kontrollsiffer" };
            Err(invalid(&format!("verdi. Nummeret har feil {digits}")))
        }
        _ => Ok(part),
    }
}

fn literal<'p>(
    party: &'p Party,
    endpoint: &Endpoint,
    edition: Edition,
    package: &str,
    periode: Option<Periode>,
) -> Option<&'p Svar> {
    party.svar.iter().find(|svar| {
        svar.service.name == SERVICE.name
            && svar.endpoint.name == endpoint.name
            && svar.edition.is_none_or(|only| only == edition)
            && svar.package.as_deref().is_none_or(|only| only == package)
            && svar.periode.is_none_or(|only| periode.map(Periode::as_pair) == Some(only))
    })
}

/// What is asked for, once everything about the call has been checked.
struct View<'a> {
    party: &'a Party,
    endpoint: &'static Endpoint,
    edition: Edition,
    periode: Option<Periode>,
    day: NaiveDate,
}

impl View<'_> {
    fn render(&self, format: Format) -> Result<Bytes, ServiceError> {
        let part = self.party.part.to_string();
        if self.party.skjermet {
            return self.write(&Skjermet { part_identifikator: part, periode: self.periode, skjermet: true }, format);
        }
        let at = self.party.reskontro.as_of(self.day);
        let Some(periode) = self.periode else {
            return match self.edition {
                Edition::E2023 => self.write(&utgave_2023::aapne_krav(part, at), format),
                Edition::E2024 => self.write(&utgave_2024::aapne_krav(part, at), format),
            };
        };
        match (self.endpoint.name, self.edition) {
            ("krav", edition) => {
                let krav = some(utvalg::krav(at, periode), "krav", utvalg::dager(at))?;
                match edition {
                    Edition::E2023 => self.write(&utgave_2023::krav_i_periode(part, periode, &krav), format),
                    Edition::E2024 => self.write(&utgave_2024::krav_i_periode(part, periode, &krav), format),
                }
            }
            ("innbetalinger", edition) => {
                let innbetalinger = some(
                    utvalg::innbetalinger(at, periode),
                    "innbetalinger",
                    at.innbetalinger().map(|innbetaling| innbetaling.innbetalingsdato),
                )?;
                match edition {
                    Edition::E2023 => {
                        self.write(&utgave_2023::innbetalinger(part, periode, &innbetalinger, at), format)
                    }
                    Edition::E2024 => {
                        self.write(&utgave_2024::innbetalinger(part, periode, &innbetalinger, at), format)
                    }
                }
            }
            (_, edition) => {
                let utbetalinger = some(
                    utvalg::utbetalinger(at, periode),
                    "utbetalinger",
                    at.utbetalinger().map(|utbetaling| utbetaling.utbetaltdato),
                )?;
                match edition {
                    Edition::E2023 => self.write(&utgave_2023::utbetalinger(part, periode, &utbetalinger, at), format),
                    Edition::E2024 => self.write(&utgave_2024::utbetalinger(part, periode, &utbetalinger, at), format),
                }
            }
        }
    }

    fn write<T: Serialize>(&self, answer: &T, format: Format) -> Result<Bytes, ServiceError> {
        let written = match format {
            Format::Json => serde_json::to_vec(answer),
            Format::Xml => serde_json::to_value(answer).and_then(|value| {
                xml::document(self.endpoint.xml_root, SERVICE.xml_namespace, &value).map_err(serde_json::Error::io)
            }),
        };
        written.map(Bytes::from).map_err(|error| {
            tracing::error!(%error, "an answer could not be written");
            ServiceError::on_demand(&codes::CODES[0])
        })
    }
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

/// Nothing in the period is KB-007, with what there is at other times.
fn some<T>(list: Vec<T>, what: &'static str, days: impl Iterator<Item = NaiveDate>) -> Result<Vec<T>, ServiceError> {
    if !list.is_empty() {
        return Ok(list);
    }
    let mut error = ServiceError::from(Refusal::NothingInPeriod(what));
    error.hint = Some(match days.minmax() {
        None => {
            format!("the party has no {what} on the day of the sandbox's clock; nothing would be found in any period")
        }
        Some((first, last)) => {
            format!("the party's {what} are from {first} to {last}; ask for a period that holds some of them")
        }
    });
    Err(error)
}

/// The first and the last of some days.
trait MinMax: Iterator<Item = NaiveDate> + Sized {
    fn minmax(self) -> Option<(NaiveDate, NaiveDate)> {
        self.fold(None, |range, day| {
            Some(range.map_or((day, day), |(first, last): (NaiveDate, _)| (first.min(day), last.max(day))))
        })
    }
}

impl<I: Iterator<Item = NaiveDate>> MinMax for I {}
