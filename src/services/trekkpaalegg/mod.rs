//! Trekkpålegg v1: an employer's orders to deduct from pay, polled by sequence number.
//! Imitates docs/fidelity.md, "Trekkpålegg".

mod openapi;
pub(crate) mod view;

use serde::Serialize;

use super::call::{Answer, Call};
use super::errors::ServiceError;
use super::oppslag;
use super::{Envelope, Handler, kb, url};
use crate::catalogue::{Check, Endpoint, Needs, PartyIn, Service};
use crate::domain::identifikator::Part;
use crate::domain::trekk::{Plassert, Trekkliste};
use view::TrekkpaaleggView;

/// The service's entry in the catalogue.
pub(crate) static SERVICE: Service = Service {
    name: "trekkpaalegg",
    title: "Trekkpålegg",
    base: "/api/trekkpaalegg",
    version: "v1",
    packages: &[],
    endpoints: &[LISTE, VERSJON],
    // JSON only.
    xml_namespace: "",
    codes: &kb::CODES,
    refusals: kb::REFUSALS,
    has_common_codes: true,
    has_editions: false,
    party: PartyIn::Token,
    scopes: &["skatteetaten:trekkpaalegg", "skatteetaten:trekkpålegg"],
    needs: Needs::ToBeTheParty,
    consent: None,
    without_token: kb::WITHOUT_TOKEN,
};

/// The newest versions.
const LISTE: Endpoint = Endpoint { query: &["fraSekvensnummer", "maksAntall"], ..Endpoint::new("liste", "v1", "") };

/// One version.
const VERSJON: Endpoint = Endpoint::new("versjon", "v1/{trekkid}/{trekkversjon}", "");

pub(super) const HANDLER: Handler = Handler {
    service: &SERVICE,
    answer,
    render: None,
    openapi: openapi::document,
    envelope: Envelope::FeilInJson,
    unexpected: &kb::CODES[0],
    reads_body: false,
};

fn answer(call: &Call<'_>) -> Result<Answer, ServiceError> {
    let mut answer = oppslag::entered(call, &SERVICE, |endpoint, _, _| {
        let part: Option<Part> = call.location.identifikator.and_then(|text| text.parse().ok());
        // An employer without orders has none to show, whether a scenario names it or not.
        let liste = part.and_then(|part| call.session.trekk(part, call.party)).unwrap_or_default();
        if endpoint.name == VERSJON.name { one(call, endpoint, &liste) } else { newest(call, part, &liste) }
    })?;
    if call.party.is_none() && *answer.body == *b"[]" {
        let unknown = if answer.warning.is_some() { UNKNOWN_WITHOUT_TOKEN } else { UNKNOWN };
        answer.warning = Some(unknown);
    }
    Ok(answer)
}

/// What a caller is told whose employer may be a slip.
const UNKNOWN: &str = "no scenario names the employer, so it has no orders";

/// The same, where there is no token either.
const UNKNOWN_WITHOUT_TOKEN: &str = "no token: the real service would answer 401 KB-004; and no scenario names the \
    employer, so it has no orders: say one in a token, in Sandbox-Party, or by standardTrekkpliktig";

/// The newest version of every order, or of those that are newer than the caller's last.
fn newest(call: &Call<'_>, part: Option<Part>, liste: &Trekkliste) -> Result<bytes::Bytes, ServiceError> {
    let fra = parameter(call.query, "fraSekvensnummer", 0)?;
    let maks = parameter(call.query, "maksAntall", 1)?;
    if maks.is_some() && fra.is_none() {
        return Err(invalid("Parameteren 'maksAntall' kan kun brukes sammen med 'fraSekvensnummer'"));
    }
    let most = maks.and_then(|maks| usize::try_from(maks).ok()).unwrap_or(usize::MAX);
    let fra = fra.unwrap_or(0);
    let found: Vec<Plassert<'_>> = liste.nyeste(call.day, fra).take(most).collect();
    // About what an order takes, so that the buffer need not grow through every size.
    let mut body = Vec::with_capacity(found.len() * 440 + 2);
    write(&mut body, &Each(|| found.iter().map(|it| TrekkpaaleggView::new(*it, call.day))))?;
    if let Some((last, part)) = found.last().zip(part) {
        call.session.fortalte_trekk(part, last.sekvensnummer);
    }
    Ok(body.into())
}

/// A version by its number.
fn one(call: &Call<'_>, endpoint: &Endpoint, liste: &Trekkliste) -> Result<bytes::Bytes, ServiceError> {
    let place = |name: &str| url::value(endpoint.path, name, call.segments).unwrap_or_default();
    let (trekkid, number) = (place("{trekkid}"), place("{trekkversjon}"));
    let number: u32 = number
        .parse()
        .ok()
        .filter(|parsed: &u32| *parsed > 0 && number.bytes().all(|b| b.is_ascii_digit()))
        .ok_or_else(|| invalid("Feltet 'trekkversjon' har ugyldig format. Må være et heltall fra 1"))?;
    let Some(found) = liste.versjon(trekkid, number, call.day) else {
        let mut error = ServiceError::failed(&SERVICE, Check::Party, "Ingen treff på oppgitt trekkid og trekkversjon");
        error.hint = Some(match liste.nyeste_av(trekkid, call.day) {
            Some(newest) => format!("the newest version of the order is {}", newest.versjon.trekkversjon),
            None => format!(
                "the employer {} has no order with that trekkid on the sandbox's day",
                call.location.identifikator.unwrap_or("of the call")
            ),
        });
        return Err(error);
    };
    let mut body = Vec::new();
    write(&mut body, &TrekkpaaleggView::new(found, call.day))?;
    Ok(body.into())
}

/// A list that is written as it goes.
struct Each<F>(F);

impl<I: Iterator<Item: Serialize>, F: Fn() -> I> Serialize for Each<F> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}

fn write<T: Serialize>(body: &mut Vec<u8>, answer: &T) -> Result<(), ServiceError> {
    serde_json::to_writer(body, answer).map_err(|error| {
        tracing::error!(%error, "an answer could not be written");
        ServiceError::on_demand(&SERVICE.codes[0])
    })
}

/// A whole number of the query, at least so much; names are compared as they are spelt.
fn parameter(query: &str, name: &str, least: u64) -> Result<Option<u64>, ServiceError> {
    let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name).map(|(_, value)| value);
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(invalid(format!("Parameteren '{name}' er oppgitt flere ganger")));
    }
    let digits = !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit());
    // Within 63 bits, as a caller's own numbers are.
    let number = value.parse::<i64>().ok().and_then(|number| u64::try_from(number).ok());
    number.filter(|number| digits && *number >= least).map(Some).ok_or_else(|| {
        invalid(format!("Parameteren '{name}' har ugyldig format. Må være et heltall fra {least} til {}", i64::MAX))
    })
}

fn invalid(why: impl Into<std::borrow::Cow<'static, str>>) -> ServiceError {
    let mut error = ServiceError::failed(&SERVICE, Check::Input, why);
    error.hint = Some(
        "fraSekvensnummer is a whole number from 0, maksAntall one from 1 and only beside it, trekkversjon one from 1"
            .to_owned(),
    );
    error
}
