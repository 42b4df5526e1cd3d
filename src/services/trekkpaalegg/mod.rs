//! Trekkpålegg v1: an employer's orders to deduct from pay, polled by sequence number.
//! Imitates docs/fidelity.md, "Trekkpålegg".

mod befolkning;
mod changes;
mod command;
mod conduct;
mod control;
mod fidelity;
mod format;
mod liste;
mod orders;
mod section;
mod versjon;
mod view;

use std::borrow::Cow;
use std::sync::Arc;

use serde::Serialize;

use super::{ISSUER, kb};
use crate::catalogue::{Check, Formats, Needs, Protection, Service, TokenDemand};
use crate::domain::trekk::Trekkliste;
use crate::interface::{Answer, Call, Happenings, Hooks, Panel, PartyFact, Refusal, ServiceModule};
use crate::json;
use crate::log::kept::StateKind;
use changes::Trekkendringer;
use orders::Trekk;

static SERVICE: Service = Service {
    name: "trekkpaalegg",
    title: "Trekkpålegg",
    base: "/api/trekkpaalegg",
    hosts: &[],
    version: "v1",
    packages: &[],
    endpoints: &[liste::ENDPOINT, versjon::ENDPOINT],
    formats: Formats::Json,
    codes: kb::CODES,
    refusals: kb::REFUSALS,
    has_common_codes: true,
    has_editions: false,
    findings: &[],
    modifiers: &[],
    protection: Protection::Token(TokenDemand {
        issuer: ISSUER,
        scopes: &["skatteetaten:trekkpaalegg", "skatteetaten:trekkpålegg"],
        needs: Needs::ToBeTheParty,
        consent: None,
        without_token: kb::WITHOUT_TOKEN,
    }),
};

pub(super) static MODULE: ServiceModule = ServiceModule {
    hooks: Hooks {
        section: Some(&section::TrekkSection),
        session_state: Some(StateKind::of::<Trekkendringer>()),
        happenings: Some(Happenings { kind: "order", between: orders::happenings }),
        panel: Some(Panel { name: "orders", title: "Orders", script: include_str!("panel.js") }),
        pages: Some(control::pages),
        subcommands: &[command::SUBCOMMAND],
        conduct: conduct::ALL,
        party_fact: Some(PartyFact {
            name: "trekkpaalegg",
            description: "How many trekkpålegg it is the employer of, those to come as well.",
            count: |party| party.sections.get::<Trekk>().map_or(0, Trekk::antall),
        }),
        ..Hooks::NONE
    },
    statements: &[fidelity::STATEMENTS, kb::STATEMENTS],
    ..ServiceModule::new(&SERVICE, &[liste::OPERATION, versjon::OPERATION], ABOUT)
};

const ABOUT: &str = "Orders to an employer to deduct from pay, as innkreving-sandbox serves them. The employer is that of the \
    token: its organisation, or the customer of its systembruker. Where as many orders come as maksAntall says, ask \
    again from the greatest sekvensnummer. New fields come without notice, so read tolerantly.";

/// The orders of the call's employer. The list is empty if the employer has none, or if no scenario names it.
///
/// # Errors
/// Orders of another service were to be taken over, and that could not be written.
fn orders_of(call: &Call<'_>) -> Result<Arc<Trekkliste>, Refusal> {
    let Some(part) = call.subject.part() else { return Ok(Arc::default()) };
    let orders = call.services.orders(call.session, call.world, part, call.instants.now);
    changes::take_over(call.session, part, orders, call.instants.day).map_err(|why| call.not_kept(&why))?;
    Ok(changes::changes(call.session).orders(part, call.party()).unwrap_or_default())
}

/// Writes an answer as JSON. `capacity` is about its length in bytes.
fn json_answer<T: Serialize>(answer: &T, capacity: usize) -> Result<Answer, Refusal> {
    match json::text(answer, capacity) {
        Ok(body) => Ok(body.into()),
        Err(error) => {
            tracing::error!(%error, "an answer could not be written");
            Err(Refusal::on_demand(MODULE.unexpected()))
        }
    }
}

fn invalid(why: impl Into<Cow<'static, str>>) -> Refusal {
    Refusal::failed(&SERVICE, Check::Input, why).hint(
        "fraSekvensnummer is a whole number of at least 0; maksAntall is a whole number of at least 1, and needs \
         fraSekvensnummer; trekkversjon is a whole number of at least 1",
    )
}
