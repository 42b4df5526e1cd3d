//! A lookup: a GET about one party. The answer comes from the party's ledger, or is a literal answer of the scenario.
//!
//! The order of the checks: first those of every call (`interface::admission`), then input, party, period.

use bytes::Bytes;
use chrono::NaiveDate;
use serde::Serialize;

use crate::catalogue::{Check, Endpoint, Service};
use crate::domain::identifikator::{Part, PartKind};
use crate::domain::reskontro::AsOf;
use crate::interface::negotiation::Format;
use crate::interface::periode::Periode;
use crate::interface::{Answer, Call, Refusal, Render, View, number_name, xml};
use crate::json;
use crate::library::cache::{ByAddress, Key, Rendered};
use crate::scenario::Svar;

/// What a lookup asks for, once its input has been checked.
#[derive(Clone, Copy)]
pub(super) struct LookupRequest {
    pub(super) service: &'static Service,
    pub(super) endpoint: &'static Endpoint,
    pub(super) package: &'static str,
    pub(super) part: Part,
    pub(super) periode: Option<Periode>,
    pub(super) format: Format,
}

/// Answers a lookup from the party's ledger.
pub(super) fn answer(call: &Call<'_>, render: Render) -> Result<Answer, Refusal> {
    let request = LookupRequest::read(call)?;
    let rendered = of_party(call, &request, render)?;
    let cut = request.periode.and_then(|periode| periode.warning_if_cut(call.query, call.instants.day));
    let answer = Answer { body: rendered.body, literal: rendered.literal, heads: rendered.heads, ..Answer::default() };
    Ok(answer.warned(cut))
}

impl LookupRequest {
    /// Reads and checks the number and the period of a call.
    ///
    /// # Errors
    /// An invalid number or period.
    pub(super) fn read(call: &Call<'_>) -> Result<Self, Refusal> {
        let service = call.target.module.service;
        let Some(endpoint) = call.target.endpoint else {
            return Err(Refusal::failed_at(service, Check::Url));
        };
        let part = identifikator(call, service, endpoint)?;
        let read = || Periode::from_query(call.query, call.instants.day);
        let periode = endpoint.periode.then(read).transpose();
        let periode = periode.map_err(|why| {
            let refusal = Refusal::failed(service, Check::Input, why);
            match Periode::if_reversed(call.query) {
                Some(hint) => refusal.hint(hint),
                None => refusal,
            }
        })?;
        let package = call.target.package.known().map_or("", |package| package.name);
        Ok(Self { service, endpoint, package, part, periode, format: call.format })
    }
}

/// The answer about a party that a scenario names: the scenario's literal answer if it has one, otherwise the view of
/// the ledger.
pub(super) fn of_party(call: &Call<'_>, request: &LookupRequest, render: Render) -> Result<Rendered, Refusal> {
    let LookupRequest { service, endpoint, package, part, periode, format } = *request;
    let party = call.party().ok_or_else(|| Refusal::failed_at(service, Check::Party))?;
    if party.skjermet.is_shielded() && !call.operation().is_some_and(|operation| operation.marks_shielded) {
        return Err(Refusal::failed_at(service, Check::Party));
    }
    let edition = call.edition_of_answer();
    let day = call.instants.day;
    let key = Key {
        service: ByAddress(service),
        endpoint: ByAddress(endpoint),
        package: service.packages.iter().position(|known| known.name == package).unwrap_or(usize::MAX),
        part,
        edition,
        is_xml: format == Format::Xml,
        periode: periode.map(Periode::as_pair),
        day,
    };
    call.world.loaded.cache.get_or_render(key, || {
        let view = View { service, endpoint, party, edition, periode, day };
        match view.literal(package) {
            Some(svar) => view.write(&svar.innhold, format).map(|body| (body, Some(svar.fil.clone()))),
            None => render(&view, format).map(|body| (body, None)),
        }
    })
}

/// The number in the call. A number that a scenario names is accepted even if its check digits are wrong.
fn identifikator(call: &Call<'_>, service: &'static Service, endpoint: &Endpoint) -> Result<Part, Refusal> {
    let name = || number_name(endpoint);
    let invalid = |why: &str| Refusal::failed(service, Check::Input, format!("Feltet '{}' har ugyldig {why}", name()));
    let only_organisations = || name() == "organisasjonsnummer";
    let part = call.subject.part().filter(|part| !(part.is_person() && only_organisations())).ok_or_else(|| {
        invalid(if only_organisations() {
            "format. Må være nøyaktig 9 siffer"
        } else {
            "format. Må være nøyaktig 9 siffer (organisasjonsnummer) eller 11 siffer (fødselsnummer eller D-nummer)"
        })
    })?;
    // The check digits matter only if no scenario names the number.
    if call.subject.party.is_none() && matches!(part.kind(), PartKind::Invalid(_)) {
        let digits = if part.is_person() { "kontrollsifre" } else { "kontrollsiffer" };
        return Err(invalid(&format!("verdi. Nummeret har feil {digits}")));
    }
    Ok(part)
}

impl<'a> View<'a> {
    /// The party's ledger on the day.
    pub(crate) fn at(&self) -> AsOf<'a> {
        self.party.reskontro.as_of(self.day)
    }

    /// The scenario's literal answer, if there is one for this request.
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
    pub(crate) fn write<T: Serialize>(&self, answer: &T, format: Format) -> Result<Bytes, Refusal> {
        let written = match format {
            Format::Json => json::bytes(answer),
            Format::Xml => json::bytes(answer).and_then(|json| {
                let namespace = self.service.xml_namespace().unwrap_or_default();
                let document = xml::document(self.endpoint.xml_root, namespace, &json);
                document.map(Bytes::from).map_err(serde_json::Error::io)
            }),
        };
        written.map_err(|error| {
            tracing::error!(%error, "an answer could not be written");
            Refusal::on_demand(&self.service.codes[0])
        })
    }

    /// Refuses an empty list. The hint of the refusal names the days that have entries. `what` is the Norwegian noun.
    pub(crate) fn not_empty<T>(
        &self,
        list: Vec<T>,
        what: &'static str,
        days: impl Iterator<Item = NaiveDate>,
    ) -> Result<Vec<T>, Refusal> {
        if !list.is_empty() {
            return Ok(list);
        }
        let melding = format!("Fant ingen {what} på oppgitt identifikator i oppgitt periode");
        let error = Refusal::failed(self.service, Check::Period, melding);
        let range = days.fold(None, |range: Option<(NaiveDate, NaiveDate)>, day| {
            Some(range.map_or((day, day), |(first, last)| (first.min(day), last.max(day))))
        });
        Err(error.hint(match range {
            None => format!("as of the day of the sandbox's clock, the party has no {what} in any period"),
            Some((first, last)) => {
                format!("the party's {what} are from {first} to {last}; ask for a period that holds some of them")
            }
        }))
    }
}
