//! `/sandbox/begjaeringer/{id}/forloep`: how a case went, what was decided, and how it will go on if nobody does anything.

use std::sync::Arc;

use axum::extract::Path;
use axum::response::Json;
use chrono::{DateTime, Months, NaiveDate, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::control::{find_now, now, tilstand};
use super::gang;
use super::saker::Sak;
use crate::domain::Beloep;
use crate::domain::begjaering::Sakstilstand;
use crate::domain::clock::day_in_norway;
use crate::domain::saksgang::livsloep::{Grunn, Manusnavn, Overgang, Utfall};
use crate::domain::trekk::Trekkstoerrelse;
use crate::interface::pages::{InSession, Problem};
use crate::services::render::Plain;
use crate::session::Session;

/// How far ahead a case is looked at, in months.
const AHEAD: Months = Months::new(36);

/// How a case goes.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Forloep {
    ekstern_saksreferanse: String,
    /// The day of the session's clock.
    dag: NaiveDate,
    /// The day of the submission.
    innsendt: NaiveDate,
    /// The script: what happens to the case by itself.
    manus: &'static str,
    /// Each change of its state, the earliest first; three years ahead at most.
    overganger: Vec<OvergangView>,
    /// The state that `videre` brings about now; absent if there is no next step.
    #[serde(skip_serializing_if = "Option::is_none")]
    neste: Option<&'static str>,
    /// Why there is no next step, and what can be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    ingen_neste: Option<String>,
}

/// A change of the state of a case.
#[derive(Serialize, JsonSchema)]
struct OvergangView {
    dag: NaiveDate,
    tilstand: &'static str,
    /// It is still to come, on the session's clock.
    kommer: bool,
    /// What brought it about: `manus` (the script), `videre`, `satt` or `besluttet` (commands), `betalt` (payments).
    grunn: &'static str,
    /// What was decided with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    beslutning: Vec<BeslutningView>,
}

/// Something that was decided. Terms of a deduction that nobody said are left out: they follow from the debtor.
#[derive(Serialize, JsonSchema)]
struct BeslutningView {
    /// `utleggstrekk`, `intetTilUtlegg` or `utleggspant`.
    utfall: &'static str,
    /// The employer.
    #[serde(skip_serializing_if = "Option::is_none")]
    trekkpliktig: Option<String>,
    /// Per cent of gross pay.
    #[serde(skip_serializing_if = "Option::is_none")]
    prosent: Option<Plain>,
    /// Kroner a month.
    #[serde(skip_serializing_if = "Option::is_none")]
    beloep: Option<Plain>,
    /// What is security.
    #[serde(skip_serializing_if = "Option::is_none")]
    gjenstand: Option<String>,
}

impl From<&Utfall> for BeslutningView {
    fn from(utfall: &Utfall) -> Self {
        let nothing = Self { utfall: utfall.navn(), trekkpliktig: None, prosent: None, beloep: None, gjenstand: None };
        match utfall {
            Utfall::Utleggstrekk(vilkaar) => {
                let (prosent, beloep) = match vilkaar.stoerrelse {
                    Some(Trekkstoerrelse::Prosent(prosent)) => {
                        (Some(Plain(Beloep::from_oere(prosent.hundredths().into()))), None)
                    }
                    Some(Trekkstoerrelse::Beloep(beloep)) => (None, Some(Plain(beloep))),
                    None => (None, None),
                };
                let trekkpliktig = vilkaar.trekkpliktig.map(|part| part.to_string());
                Self { trekkpliktig, prosent, beloep, ..nothing }
            }
            Utfall::IntetTilUtlegg => nothing,
            Utfall::Utleggspant(thing) => Self { gjenstand: Some(thing.to_string()), ..nothing },
        }
    }
}

/// How a case goes, as far as it is known.
pub(super) async fn show(
    InSession(session): InSession,
    Path(reference): Path<String>,
) -> Result<Json<Forloep>, Problem> {
    let (sak, now) = (find_now(&session, &reference)?, now(&session));
    let (went, all) = course(&session, &sak, now)?;
    let view = |(number, it): (usize, &Overgang)| OvergangView {
        dag: it.dag,
        tilstand: it.tilstand.navn(),
        kommer: number >= went,
        grunn: match it.grunn {
            Grunn::Manus => "manus",
            Grunn::Videre => "videre",
            Grunn::Satt => "satt",
            Grunn::Besluttet => "besluttet",
            Grunn::Betalt => "betalt",
        },
        beslutning: it.utfall.iter().map(BeslutningView::from).collect(),
    };
    let next = sak.neste_steg(now).filter(|_| !is_over(&all[..went]));
    Ok(Json(Forloep {
        ekstern_saksreferanse: sak.referanse.clone(),
        dag: session.today(),
        innsendt: day_in_norway(sak.innsendt()),
        manus: sak.manus.navn(),
        overganger: all.iter().enumerate().map(view).collect(),
        neste: next.map(Sakstilstand::navn),
        ingen_neste: next.is_none().then(|| nothing_left(&sak, &all, went)),
    }))
}

/// Says why a case has no next step now. Nothing if it has one.
pub(super) fn no_next_step(session: &Session, sak: &Arc<Sak>, now: DateTime<Utc>) -> Result<Option<String>, Problem> {
    let (went, all) = course(session, sak, now)?;
    let has_next = sak.neste_steg(now).is_some() && !is_over(&all[..went]);
    Ok((!has_next).then(|| nothing_left(sak, &all, went)))
}

/// How a case goes, and how many of the changes have come about.
fn course(session: &Session, sak: &Sak, now: DateTime<Utc>) -> Result<(usize, Vec<Overgang>), Problem> {
    let (state, world) = (tilstand(session)?, session.world());
    let scenarios = &world.loaded.scenarios;
    let went = gang::gang(sak, state, scenarios, now).len();
    let later = now.checked_add_months(AHEAD).unwrap_or(now);
    let all = gang::gang(sak, state, scenarios, later);
    Ok((went.min(all.len()), all))
}

/// Whether payments have ended it. The script does not know of them.
fn is_over(went: &[Overgang]) -> bool {
    went.last().is_some_and(|last| last.grunn == Grunn::Betalt)
}

fn nothing_left(sak: &Sak, all: &[Overgang], went: usize) -> String {
    let Some(last) = all[..went].last() else { return "the case is not submitted yet".to_owned() };
    let dag = last.dag;
    match last.tilstand {
        Sakstilstand::SakAvsluttet | Sakstilstand::SakHevet | Sakstilstand::SakNektetFremmet => {
            format!("the case is closed: {} since {dag}; nothing comes after that by itself", last.tilstand.navn())
        }
        Sakstilstand::SakBesluttet if last.utfall.iter().any(|it| matches!(it, Utfall::Utleggstrekk(_))) => {
            let paid = all[went..].iter().find(|it| it.grunn == Grunn::Betalt);
            let end = paid.map_or_else(
                || "which is not within three years".to_owned(),
                |paid| format!("on {} as things stand", paid.dag),
            );
            format!("the case is decided, and it ends when the deduction has paid the claims, {end}; move the clock")
        }
        _ if sak.manus == Manusnavn::Stille => {
            "nothing happens to the case by itself (stille); decide it, or put it into a state".to_owned()
        }
        _ => "the script of the case has no step after this one; decide it, or put it into a state".to_owned(),
    }
}
