//! One version of an order.

use super::view::TrekkpaaleggView;
use super::{SERVICE, invalid, json_answer, orders_of};
use crate::catalogue::{Check, Endpoint, Number, Parameter, ParameterKind, PartyIn};
use crate::interface::{Answer, Call, Operation, Refusal};

pub(super) const ENDPOINT: Endpoint = Endpoint {
    party: PartyIn::Token,
    parameters: &[
        Parameter {
            name: "trekkid",
            description: "The order's id.",
            example: "9b2cc308-27e1-4514-9412-a046f954fd3f",
            kind: ParameterKind::Text,
        },
        Parameter {
            name: "trekkversjon",
            description: "The number of a version; the first is 1.",
            example: "1",
            kind: ParameterKind::Integer(Number { minimum: 1, maximum: None }),
        },
    ],
    ..Endpoint::get("versjon", "v1/{trekkid}/{trekkversjon}")
};

pub(super) const OPERATION: Operation =
    Operation::new::<TrekkpaaleggView<'static>>(answer, "hentTrekkversjon", "A version of an order")
        .described("One version of one order, also a version that a newer one has replaced.")
        .example(include_str!("eksempel-versjon.json"));

/// A version by its number.
fn answer(call: &Call<'_>) -> Result<Answer, Refusal> {
    let (liste, day) = (orders_of(call)?, call.instants.day);
    let place = |name: &str| call.place(name).unwrap_or_default();
    let (trekkid, number) = (place("trekkid"), place("trekkversjon"));
    let number: u32 = number
        .parse()
        .ok()
        .filter(|parsed: &u32| *parsed > 0 && number.bytes().all(|b| b.is_ascii_digit()))
        .ok_or_else(|| invalid("Feltet 'trekkversjon' har ugyldig format. Må være et heltall fra 1"))?;
    let Some(found) = liste.versjon(&trekkid, number, day) else {
        let refusal = Refusal::failed(&SERVICE, Check::Party, "Ingen treff på oppgitt trekkid og trekkversjon");
        let newest = liste.newest_of(&trekkid, day).map(|newest| newest.versjon.trekkversjon);
        let newest_is = |newest| format!("the newest version of the order is {newest}");
        let unknown = || {
            let employer = call.party_number().unwrap_or_else(|| "of the call".to_owned());
            format!("the employer {employer} has no order with that trekkid on the sandbox's day")
        };
        return Err(refusal.hint(newest.map_or_else(unknown, newest_is)));
    };
    json_answer(&TrekkpaaleggView::new(found, day), 512)
}
