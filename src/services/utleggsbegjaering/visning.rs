//! Cases, submissions and attachments as the control API tells them.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::arkiv::Vedlegg;
use super::control::{now, tilstand};
use super::gang;
use super::saker::{Avvist, Innsending, Sak};
use crate::domain::begjaering::Sakstilstand;
use crate::domain::clock::day_in_norway;
use crate::domain::saksgang::livsloep::Overgang;
use crate::interface::{Choice, Finding};
use crate::redact::{redacted, redacted_whole};
use crate::session::Session;

/// The cases of the session, and the requests that were refused.
#[derive(Serialize, JsonSchema)]
pub(super) struct Saksliste {
    /// How many cases there are on the session's clock.
    pub(super) count: usize,
    /// Those that are submitted later on the session's clock. Services do not know them yet.
    pub(super) kommende: Vec<KommendeView>,
    /// The cases of scenarios, then those that were submitted, the oldest first.
    pub(super) begjaeringer: Vec<SakView>,
    /// Requests that were refused, validations too, the oldest first; at most 500.
    pub(super) avvist: Vec<AvvistView>,
}

/// A case that is submitted later on the session's clock.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct KommendeView {
    ekstern_saksreferanse: String,
    innsender_referanse: String,
    /// The day of its submission.
    innsendt: NaiveDate,
}

impl From<&Sak> for KommendeView {
    fn from(sak: &Sak) -> Self {
        Self {
            ekstern_saksreferanse: sak.referanse.clone(),
            innsender_referanse: sak.begjaering().map(|it| it.innsender_referanse.clone()).unwrap_or_default(),
            innsendt: day_in_norway(sak.innsendt()),
        }
    }
}

/// A case.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct SakView {
    ekstern_saksreferanse: String,
    /// How far it has come.
    status: &'static str,
    /// How many of its submissions are not processed yet.
    ubehandlede: usize,
    /// The organisation that submitted it; absent where the call had no token.
    #[serde(skip_serializing_if = "Option::is_none")]
    innsender: Option<String>,
    innsender_referanse: String,
    begjaeringsdato: NaiveDate,
    /// How many claims its last request has.
    krav: usize,
    /// Its submissions, the oldest first.
    innsendinger: Vec<InnsendingView>,
}

/// A submission.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct InnsendingView {
    tidspunkt: DateTime<Utc>,
    korrelasjonsid: String,
    /// The model of its URL: `0.9`, `1.1` or `2.0`.
    modell: String,
    /// The request as it was sent, with real personal numbers masked; only where one case is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    begjaering: Option<Value>,
}

/// A request that was refused.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct AvvistView {
    tidspunkt: DateTime<Utc>,
    korrelasjonsid: String,
    /// The endpoint.
    kall: &'static str,
    /// The case that was to be changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    ekstern_saksreferanse: Option<String>,
    /// The submitter's own reference; absent where the request could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    innsender_referanse: Option<String>,
    status: u16,
    /// All that was wrong.
    funn: Vec<Finding>,
}

/// An attachment.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct VedleggView {
    uuid: String,
    tilstand: &'static str,
    #[serde(rename = "type")]
    type_: &'static str,
    filnavn: String,
    innsender_referanse: String,
    /// In bytes.
    stoerrelse: usize,
    mottatt: DateTime<Utc>,
    /// The organisation that uploaded it; absent where the call had no token.
    #[serde(skip_serializing_if = "Option::is_none")]
    innsender: Option<String>,
    /// Whether `GET /sandbox/vedlegg/{id}` still has the file.
    har_innhold: bool,
}

/// The attachments of the session.
#[derive(Serialize, JsonSchema)]
pub(super) struct Vedleggsliste {
    /// How many there are.
    pub(super) count: usize,
    /// The oldest first.
    pub(super) vedlegg: Vec<VedleggView>,
}

/// The most cases or attachments that are offered to a caller.
const MOST_CHOICES: usize = 200;

/// The cases that a call can name on the session's clock, the newest first.
pub(super) fn cases(session: &Session) -> Vec<Choice> {
    let (world, now) = (session.world(), now(session));
    let Ok(tilstand) = tilstand(session) else { return Vec::new() };
    let all = gang::alle(tilstand, &world.loaded.scenarios, now);
    let there = all.iter().rev().filter(|(sak, _)| sak.innsendt() <= now).take(MOST_CHOICES);
    let choice = |(sak, went): &(Arc<Sak>, Vec<Overgang>)| {
        let state = went.last().map_or(Sakstilstand::SakOpprettet, |last| last.tilstand);
        let reference = sak.begjaering().map(|it| it.innsender_referanse.as_str()).unwrap_or_default();
        Choice { value: sak.referanse.clone(), label: format!("{} {}", state.navn(), redacted(reference)) }
    };
    there.map(choice).collect()
}

/// The attachments that a call can name, the newest first.
pub(super) fn attachments(session: &Session) -> Vec<Choice> {
    let Ok(tilstand) = tilstand(session) else { return Vec::new() };
    let now = now(session);
    let choice = |it: &Arc<Vedlegg>| {
        let label = format!("{} {}", it.tilstand(now).navn(), redacted(&it.filnavn));
        Choice { value: it.uuid.clone(), label }
    };
    tilstand.arkiv.alle().iter().rev().take(MOST_CHOICES).map(choice).collect()
}

impl SakView {
    /// A case; `whole` says whether its requests are told, too.
    pub(super) fn new(sak: &Sak, status: Sakstilstand, whole: bool, now: DateTime<Utc>) -> Self {
        let last = sak.begjaering();
        Self {
            ekstern_saksreferanse: sak.referanse.clone(),
            status: status.navn(),
            ubehandlede: sak.ubehandlede(now),
            innsender: sak.eier.clone(),
            innsender_referanse: last.map(|last| last.innsender_referanse.clone()).unwrap_or_default(),
            begjaeringsdato: last.map(|last| last.begjaeringsdato).unwrap_or_default(),
            krav: last.map_or(0, |last| last.krav_til_innkreving.len()),
            innsendinger: sak.innsendinger.iter().map(|innsending| InnsendingView::new(innsending, whole)).collect(),
        }
    }
}

impl InnsendingView {
    fn new(innsending: &Innsending, whole: bool) -> Self {
        let sent = || match &*innsending.sendt {
            [] => serde_json::to_value(&innsending.begjaering).ok(),
            bytes => serde_json::from_str(&redacted_whole(bytes)).ok(),
        };
        Self {
            tidspunkt: innsending.tidspunkt,
            korrelasjonsid: redacted(&innsending.korrelasjonsid).into_owned(),
            modell: innsending.modell.to_string(),
            begjaering: if whole { sent() } else { None },
        }
    }
}

impl From<&Avvist> for AvvistView {
    fn from(avvist: &Avvist) -> Self {
        let text = |text: &Option<String>| text.as_deref().map(|text| redacted(text).into_owned());
        let finding = |finding: &Finding| Finding {
            kode: finding.kode.clone(),
            melding: redacted(&finding.melding).into_owned(),
            peker: redacted(&finding.peker).into_owned(),
        };
        Self {
            tidspunkt: avvist.tidspunkt,
            korrelasjonsid: redacted(&avvist.korrelasjonsid).into_owned(),
            kall: avvist.kall,
            ekstern_saksreferanse: text(&avvist.referanse),
            innsender_referanse: text(&avvist.innsender_referanse),
            status: avvist.status,
            funn: avvist.funn.iter().map(finding).collect(),
        }
    }
}

impl VedleggView {
    /// An attachment at an instant of the session's clock.
    pub(super) fn new(vedlegg: &Vedlegg, now: DateTime<Utc>) -> Self {
        Self {
            uuid: vedlegg.uuid.clone(),
            tilstand: vedlegg.tilstand(now).navn(),
            type_: vedlegg.type_.kode(),
            filnavn: redacted(&vedlegg.filnavn).into_owned(),
            innsender_referanse: redacted(&vedlegg.innsender_referanse).into_owned(),
            stoerrelse: vedlegg.stoerrelse,
            mottatt: vedlegg.mottatt,
            innsender: vedlegg.eier.clone(),
            har_innhold: vedlegg.bytes().is_some(),
        }
    }
}
