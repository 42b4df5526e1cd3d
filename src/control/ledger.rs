//! `/sandbox/parties/{part}`: a party with its ledger over time, as facts and as a picture.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Json, Response};
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Number;

use super::parties::{PartyLine, lines_of};
use crate::domain::Beloep;
use crate::domain::identifikator::Part;
use crate::domain::reskontro::{AsOf, ForfallAsOf, KravAsOf, Plassert};
use crate::interface::pages::{InSession, Problem, Shared};
use crate::page::picture;
use crate::scenario::{Party, Skjerming};
use crate::session::Session;

/// The most claims, payments and payouts of each that an answer tells.
const MOST: usize = 2_000;

/// A party with its ledger.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PartyView {
    #[serde(flatten)]
    line: PartyLine,
    /// The day that it is seen on.
    dag: NaiveDate,
    /// `no`, `yes` or `partly`.
    skjermet: &'static str,
    /// The sums of the day.
    totaler: Sums,
    /// The claims of all days, those to come as well, in the order of the scenario; at most 2 000.
    krav: Vec<ClaimView>,
    /// The payments of all days; at most 2 000.
    innbetalinger: Vec<PaymentView>,
    /// The payouts of all days; at most 2 000.
    utbetalinger: Vec<PayoutView>,
    /// How many claims, payments and payouts are left out, because there are too many.
    utelatt: usize,
}

/// Sums of a ledger, in kroner.
#[derive(Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Sums {
    #[schemars(with = "f64")]
    pub(super) forfalte: Number,
    #[schemars(with = "f64")]
    ikke_forfalte: Number,
    #[schemars(with = "f64")]
    stipulerte_renter: Number,
    #[schemars(with = "f64")]
    uplasserte: Number,
    #[schemars(with = "f64")]
    saldo: Number,
}

/// A claim.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ClaimView {
    kravidentifikator: String,
    kravtype: String,
    kravgruppe: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    beskrivelse: Option<String>,
    /// The first day on which it exists.
    opprettet: NaiveDate,
    /// The claim that the interest runs on, if this is an interest claim.
    #[serde(skip_serializing_if = "Option::is_none")]
    hovedstol: Option<String>,
    /// Kroner. Below zero, the party gets money.
    #[schemars(with = "f64")]
    opprinnelig: Number,
    /// Kroner, on the day.
    #[schemars(with = "f64")]
    gjenstaaende: Number,
    /// Interest estimated to the day, in kroner, where the ledger prints some.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<f64>")]
    renter: Option<Number>,
    forfall: Vec<InstalmentView>,
}

/// An instalment of a claim.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct InstalmentView {
    kravforfallsidentifikator: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    forfallsdato: Option<NaiveDate>,
    #[schemars(with = "f64")]
    opprinnelig: Number,
    /// On the day.
    #[schemars(with = "f64")]
    gjenstaaende: Number,
    /// Whether it is overdue on the day.
    forfalt: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    kidnummer: Option<String>,
    /// What was placed on it through the day.
    poster: Vec<PostView>,
}

/// Something that was placed on an instalment.
#[derive(Serialize, JsonSchema)]
struct PostView {
    /// `innbetaling`, `motregning`, `utbetaling` or `motregningMotAndre`.
    art: &'static str,
    dato: NaiveDate,
    #[schemars(with = "f64")]
    beloep: Number,
}

/// A payment.
#[derive(Serialize, JsonSchema)]
struct PaymentView {
    innbetalingsidentifikator: String,
    dato: NaiveDate,
    #[schemars(with = "f64")]
    beloep: Number,
    /// What is placed on no claim on the day.
    #[schemars(with = "f64")]
    uplassert: Number,
}

/// A payout.
#[derive(Serialize, JsonSchema)]
struct PayoutView {
    utbetalingsidentifikator: String,
    dato: NaiveDate,
    #[schemars(with = "f64")]
    beloep: Number,
    status: String,
}

fn kroner(beloep: Beloep) -> Number {
    beloep.to_string().parse().unwrap_or_else(|_| 0.into())
}

impl Sums {
    pub(super) fn new(at: AsOf<'_>) -> Self {
        let sums = at.totaler();
        Self {
            forfalte: kroner(sums.forfalte),
            ikke_forfalte: kroner(sums.ikke_forfalte),
            stipulerte_renter: kroner(sums.stipulerte_renter),
            uplasserte: kroner(sums.uplasserte),
            saldo: kroner(sums.saldo()),
        }
    }
}

/// The party of a number, on a day of the session.
pub(super) fn find(session: &Session, number: &str, day: NaiveDate) -> Result<Arc<Party>, Problem> {
    let part: Part =
        number.parse().map_err(|_| Problem::bad_request("the number of a party has 9 or 11 digits".to_owned()))?;
    session.world().loaded.scenarios.party(part, day).ok_or_else(|| {
        Problem::not_found(format!("no scenario names {number}; GET /sandbox/parties lists the parties"))
    })
}

pub(super) async fn show(
    State(shared): State<Arc<Shared>>,
    InSession(session): InSession,
    Path(number): Path<String>,
) -> Result<Json<PartyView>, Response> {
    let day = session.today();
    let party = find(&session, &number, day).map_err(IntoResponse::into_response)?;
    let services = shared.services;
    let made = shared.turns.take(0, move || {
        let line = lines_of([&party], day, services).pop();
        line.map(|line| view(line, &party, day))
    });
    made.await?.map(Json).ok_or_else(|| Problem::not_found("there is no such party").into_response())
}

/// The same as a picture.
pub(super) async fn picture(
    State(shared): State<Arc<Shared>>,
    InSession(session): InSession,
    Path(number): Path<String>,
) -> Result<Response, Response> {
    let day = session.today();
    let party = find(&session, &number, day).map_err(IntoResponse::into_response)?;
    let drawn = shared.turns.take(0, move || picture::of(&party, day).into_string()).await?;
    Ok(([(header::CONTENT_TYPE, "image/svg+xml")], drawn).into_response())
}

fn view(line: PartyLine, party: &Party, day: NaiveDate) -> PartyView {
    let ledger = &party.reskontro;
    let at = ledger.as_of(day);
    // What is to come is seen as it will be on its first day, so that its amount is told.
    let claims = (0..ledger.krav().len()).take(MOST).filter_map(|number| {
        let made = ledger.krav().get(number)?.opprettelsesdato;
        let at = ledger.as_of(made.max(day));
        at.krav_at(number).map(|krav| claim(&krav))
    });
    let all = [ledger.krav().len(), ledger.innbetalinger().len(), ledger.utbetalinger().len()];
    PartyView {
        line,
        dag: day,
        skjermet: match party.skjermet {
            Skjerming::Ingen => "no",
            Skjerming::Hel => "yes",
            Skjerming::Delvis => "partly",
        },
        totaler: Sums::new(at),
        krav: claims.collect(),
        innbetalinger: ledger
            .innbetalinger()
            .iter()
            .take(MOST)
            .map(|it| PaymentView {
                innbetalingsidentifikator: it.innbetalingsidentifikator.to_string(),
                dato: it.innbetalingsdato,
                beloep: kroner(it.innbetalt_beloep),
                uplassert: kroner(at.uplassert(it)),
            })
            .collect(),
        utbetalinger: ledger
            .utbetalinger()
            .iter()
            .take(MOST)
            .map(|it| PayoutView {
                utbetalingsidentifikator: it.utbetalingsidentifikator.to_string(),
                dato: it.utbetaltdato,
                beloep: kroner(it.utbetalt_beloep),
                status: at.utbetalingstatus(it).to_owned(),
            })
            .collect(),
        utelatt: all.into_iter().map(|there| there.saturating_sub(MOST)).sum(),
    }
}

fn claim(it: &KravAsOf<'_>) -> ClaimView {
    let krav = it.krav;
    ClaimView {
        kravidentifikator: krav.kravidentifikator.to_string(),
        kravtype: krav.kravtype.to_string(),
        kravgruppe: krav.kravgruppe.text(),
        beskrivelse: krav.kravbeskrivelse.as_deref().map(str::to_owned),
        opprettet: krav.opprettelsesdato,
        hovedstol: krav.hovedstol.as_deref().map(str::to_owned),
        opprinnelig: kroner(krav.opprinnelig_beloep()),
        gjenstaaende: kroner(it.gjenstaaende()),
        renter: it.stipulerte_renter().map(kroner),
        forfall: it.forfall().map(instalment).collect(),
    }
}

fn instalment(it: ForfallAsOf<'_>) -> InstalmentView {
    let post = |plassert| {
        let (art, dato, beloep) = match plassert {
            Plassert::Innbetaling(_, it) => ("innbetaling", it.dato, it.beloep),
            Plassert::Motkrav(it, _) => ("motregning", it.dato, it.beloep),
            Plassert::Utbetaling(_, it) => ("utbetaling", it.dato, it.beloep),
            Plassert::MotAndre(it) => ("motregningMotAndre", it.motregnetdato, it.beloep()),
        };
        PostView { art, dato, beloep: kroner(beloep) }
    };
    InstalmentView {
        kravforfallsidentifikator: it.forfall.kravforfallsidentifikator.to_string(),
        forfallsdato: it.forfall.forfallsdato,
        opprinnelig: kroner(it.forfall.opprinnelig_beloep),
        gjenstaaende: kroner(it.gjenstaaende()),
        forfalt: it.is_overdue() && it.gjenstaaende().is_positive(),
        kidnummer: it.forfall.betalingsinformasjon.kidnummer.as_deref().map(str::to_owned),
        poster: it.plassert().map(post).collect(),
    }
}
