//! The way of a lookup: a GET about one party, named in the URL, answered from its ledger or to the letter.
//!
//! The order of checks: URL, format, authentication, authorisation, consent, input, party, period.

use bytes::Bytes;
use chrono::NaiveDate;
use serde::Serialize;

use super::call::{Answer, Call, Location};
use super::errors::ServiceError;
use super::negotiation::{Format, json_only, negotiate};
use super::periode::Periode;
use super::{url, xml};
use crate::access::Demand;
use crate::catalogue::{Check, Edition, Endpoint, Package, Service};
use crate::domain::identifikator::{Part, PartKind};
use crate::domain::reskontro::AsOf;
use crate::library::cache::Key;
use crate::scenario::{Party, Svar};

/// What a lookup asks for, once all but party and period has been checked.
pub(super) struct Asked {
    pub(super) service: &'static Service,
    pub(super) endpoint: &'static Endpoint,
    pub(super) package: &'static str,
    pub(super) part: Part,
    pub(super) periode: Option<Periode>,
    pub(super) format: Format,
}

/// What a party is asked for.
pub(super) struct View<'a> {
    pub(super) service: &'static Service,
    pub(super) endpoint: &'static Endpoint,
    pub(super) party: &'a Party,
    pub(super) edition: Edition,
    pub(super) periode: Option<Periode>,
    pub(super) day: NaiveDate,
}

/// How a service answers from a party's ledger.
pub(super) type Render = fn(&View<'_>, Format) -> Result<Bytes, ServiceError>;

/// Checks URL, format and access of a call, then lets `body` answer it in the format that is wanted.
pub(super) fn entered(
    call: &Call<'_>,
    service: &'static Service,
    body: impl FnOnce(&'static Endpoint, Option<&'static Package>, Format) -> Result<Bytes, ServiceError>,
) -> Result<Answer, ServiceError> {
    let (endpoint, package) = url::check(call, service)?;
    let wanted = if service.speaks_xml() { negotiate(call.headers) } else { json_only(call.headers) };
    let format = wanted.ok_or_else(|| {
        if service.speaks_xml() {
            ServiceError::failed_at(service, Check::Format)
        } else {
            ServiceError::failed(service, Check::Format, "Dataformatet er ikke støttet. Kun json er støttet")
        }
    })?;
    let warning = match demand(service, &call.location) {
        Some(demand) => call
            .access
            .check(call.caller, call.headers, &demand, call.token_time)
            .map_err(|refusal| ServiceError::refused(service, refusal))?,
        None => None,
    };
    // What is to be changed on its way out comes as a tree.
    match body(endpoint, package, if call.as_tree { Format::Json } else { format }) {
        Ok(body) => Ok(Answer { format, body, warning }),
        Err(mut error) => {
            error.warning = warning;
            Err(error)
        }
    }
}

/// Checks a call about a party in its URL, then lets `body` answer it.
pub(super) fn answer(
    call: &Call<'_>,
    service: &'static Service,
    body: impl FnOnce(&Asked) -> Result<Bytes, ServiceError>,
) -> Result<Answer, ServiceError> {
    entered(call, service, |endpoint, package, format| {
        let part = identifikator(call, service, endpoint)?;
        let read = || Periode::from_query(call.query, call.day);
        let periode = endpoint.periode.then(read).transpose();
        let periode = periode.map_err(|why| ServiceError::failed(service, Check::Input, why))?;
        let package = package.map_or("", |package| package.name);
        body(&Asked { service, endpoint, package, part, periode, format })
    })
}

/// The answer of a party that a scenario names: to the letter where it says so, else from its ledger.
pub(super) fn of_party(call: &Call<'_>, asked: &Asked, render: Render) -> Result<Bytes, ServiceError> {
    let party = call.party.ok_or_else(|| ServiceError::failed_at(asked.service, Check::Party))?;
    let edition = if asked.service.has_editions {
        call.edition.or(party.utgave).unwrap_or(call.options.default_edition)
    } else {
        Edition::default()
    };
    let key = Key {
        service: asked.service.name,
        endpoint: asked.endpoint.name,
        package: asked.package,
        part: asked.part,
        edition,
        format: asked.format.content_type(),
        periode: asked.periode.map(Periode::as_pair),
        day: call.day,
    };
    call.cache.get_or_render(key, || {
        let Asked { service, endpoint, periode, .. } = *asked;
        let view = View { service, endpoint, party, edition, periode, day: call.day };
        match view.literal(asked.package) {
            Some(svar) => view.write(&svar.innhold, asked.format),
            None => render(&view, asked.format),
        }
    })
}

/// What a call of a service needs; nothing where it needs no token.
pub(crate) fn demand<'r>(service: &'static Service, location: &Location<'r>) -> Option<Demand<'r>> {
    let package = location.package.and_then(|name| service.package(name));
    (!service.scopes.is_empty()).then(|| Demand {
        service,
        part: location.identifikator.unwrap_or_default(),
        needs: package.map_or(service.needs, |package| package.needs),
        egen_kode: location.endpoint.and_then(|endpoint| endpoint.consent_code),
    })
}

/// The identifier of the URL; one that a scenario names is taken whatever its check digits.
fn identifikator(call: &Call<'_>, service: &'static Service, endpoint: &Endpoint) -> Result<Part, ServiceError> {
    let name = url::identifier_name(endpoint);
    let invalid = |why: &str| ServiceError::failed(service, Check::Input, format!("Feltet '{name}' har ugyldig {why}"));
    let only_organisations = name == "organisasjonsnummer";
    let part: Option<Part> = call.location.identifikator.unwrap_or_default().parse().ok();
    let part = part.filter(|part| !(only_organisations && part.is_person())).ok_or_else(|| {
        invalid(if only_organisations {
            "format. Må være nøyaktig 9 siffer"
        } else {
            "format. Må være nøyaktig 9 siffer (organisasjonsnummer) eller 11 siffer (fødselsnummer eller D-nummer)"
        })
    })?;
    match part.kind() {
        PartKind::Invalid(_) if call.party.is_none() => {
            let digits = if part.is_person() { "kontrollsifre" } else { "kontrollsiffer" };
            Err(invalid(&format!("verdi. Nummeret har feil {digits}")))
        }
        _ => Ok(part),
    }
}

impl<'a> View<'a> {
    /// The party's ledger on the day.
    pub(super) fn at(&self) -> AsOf<'a> {
        self.party.reskontro.as_of(self.day)
    }

    /// The literal answer, where the scenario has one.
    fn literal(&self, package: &str) -> Option<&Svar> {
        self.party.svar.iter().find(|svar| {
            svar.service.name == self.service.name
                && svar.endpoint.name == self.endpoint.name
                && svar.edition.is_none_or(|only| only == self.edition)
                && svar.package.as_deref().is_none_or(|only| only == package)
                && svar.periode.is_none_or(|only| self.periode.map(Periode::as_pair) == Some(only))
        })
    }

    /// Writes an answer in a format.
    pub(super) fn write<T: Serialize>(&self, answer: &T, format: Format) -> Result<Bytes, ServiceError> {
        let written = match format {
            Format::Json => serde_json::to_vec(answer),
            Format::Xml => serde_json::to_value(answer).and_then(|value| {
                xml::document(self.endpoint.xml_root, self.service.xml_namespace, &value).map_err(serde_json::Error::io)
            }),
        };
        written.map(Bytes::from).map_err(|error| {
            tracing::error!(%error, "an answer could not be written");
            ServiceError::on_demand(&self.service.codes[0])
        })
    }

    /// A list that must not be empty; the refusal tells what there is at other times.
    pub(super) fn some<T>(
        &self,
        list: Vec<T>,
        what: &'static str,
        days: impl Iterator<Item = NaiveDate>,
    ) -> Result<Vec<T>, ServiceError> {
        if !list.is_empty() {
            return Ok(list);
        }
        let melding = format!("Fant ingen {what} på oppgitt identifikator i oppgitt periode");
        let mut error = ServiceError::failed(self.service, Check::Period, melding);
        let range = days.fold(None, |range: Option<(NaiveDate, NaiveDate)>, day| {
            Some(range.map_or((day, day), |(first, last)| (first.min(day), last.max(day))))
        });
        error.hint = Some(match range {
            None => format!(
                "the party has no {what} on the day of the sandbox's clock; nothing would be found in any period"
            ),
            Some((first, last)) => {
                format!("the party's {what} are from {first} to {last}; ask for a period that holds some of them")
            }
        });
        Err(error)
    }
}
