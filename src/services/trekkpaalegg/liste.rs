//! The newest versions of an employer's orders, polled by sequence number.

use serde::Serialize;

use super::changes::remember_seen;
use super::view::TrekkpaaleggView;
use super::{invalid, json_answer, orders_of};
use crate::catalogue::{Endpoint, Number, Parameter, ParameterKind, PartyIn};
use crate::domain::trekk::ListedVersion;
use crate::interface::{Answer, Call, Operation, Refusal};

pub(super) const ENDPOINT: Endpoint = Endpoint {
    party: PartyIn::Token,
    parameters: &[
        Parameter {
            name: "fraSekvensnummer",
            description: "Only versions with a greater sekvensnummer: the greatest that the caller has seen, or 0.",
            example: "0",
            kind: ParameterKind::Integer(Number { minimum: 0, maximum: Some(i64::MAX) }),
        },
        Parameter {
            name: "maksAntall",
            description: "At most so many; only beside fraSekvensnummer.",
            example: "100",
            kind: ParameterKind::Integer(Number { minimum: 1, maximum: Some(i64::MAX) }),
        },
    ],
    ..Endpoint::get("liste", "v1")
};

pub(super) const OPERATION: Operation = Operation::new::<Vec<TrekkpaaleggView<'static>>>(
    answer,
    "hentTrekkpaalegg",
    "The newest version of every order of the employer, by rising sequence number",
)
.described(
    "Poll with the greatest sekvensnummer that you have seen. The answer has only orders that changed since. Without \
     parameters, it has all orders of the employer.",
)
.example(include_str!("eksempel-liste.json"));

/// The warning if no scenario names the employer: the number may be a mistake.
const UNKNOWN: &str = "no scenario names the employer, so it has no orders";

/// The same warning if the caller has no token either.
const UNKNOWN_WITHOUT_TOKEN: &str = "no scenario names the employer, so it has no orders: name an employer in a \
    token, in Sandbox-Party, or by standardTrekkpliktig";

/// The newest version of every order, or only those with a greater sequence number than the caller asks from.
fn answer(call: &Call<'_>) -> Result<Answer, Refusal> {
    let liste = orders_of(call)?;
    let fra = parameter(call.query, "fraSekvensnummer", 0)?;
    let maks = parameter(call.query, "maksAntall", 1)?;
    if maks.is_some() && fra.is_none() {
        return Err(invalid("Parameteren 'maksAntall' kan kun brukes sammen med 'fraSekvensnummer'"));
    }
    let most = maks.and_then(|maks| usize::try_from(maks).ok()).unwrap_or(usize::MAX);
    let fra = fra.unwrap_or(0);
    let found: Vec<ListedVersion<'_>> = liste.newest_after(call.instants.day, fra).take(most).collect();
    // An order takes about 440 bytes. With the right capacity, the buffer need not grow step by step.
    let day = call.instants.day;
    let mut answer =
        json_answer(&Streamed(|| found.iter().map(|it| TrekkpaaleggView::new(*it, day))), found.len() * 440 + 2)?;
    answer = answer.showing_sequence(found.last().and_then(|last| i64::try_from(last.sekvensnummer).ok()));
    if let Some((last, part)) = found.last().zip(call.subject.part()) {
        remember_seen(call.session, part, last.sekvensnummer).map_err(|why| call.not_kept(&why))?;
    }
    if found.is_empty() && call.subject.party.is_none() {
        answer.warning = Some(if call.subject.is_open { UNKNOWN_WITHOUT_TOKEN } else { UNKNOWN }.into());
    }
    Ok(answer)
}

/// A list whose entries are made while they are written.
struct Streamed<F>(F);

impl<I: Iterator<Item: Serialize>, F: Fn() -> I> Serialize for Streamed<F> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}

/// A whole number in the query, at least `least`. Names of parameters are case-sensitive.
fn parameter(query: &str, name: &str, least: u64) -> Result<Option<u64>, Refusal> {
    let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name).map(|(_, value)| value);
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(invalid(format!("Parameteren '{name}' er oppgitt flere ganger")));
    }
    let digits = !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit());
    // At most 63 bits, so that it fits into the integers of the caller's language.
    let number = value.parse::<i64>().ok().and_then(|number| u64::try_from(number).ok());
    number.filter(|number| digits && *number >= least).map(Some).ok_or_else(|| {
        invalid(format!("Parameteren '{name}' har ugyldig format. Må være et heltall fra {least} til {}", i64::MAX))
    })
}
