//! `/sandbox/begjaeringer/{id}/…` for what comes after a submission: the next step, a decision, and the money of each day;
//! `/sandbox/betjeningskart` for the rules that a number is under.

use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Json;
use axum::routing::{get, post};
use chrono::{DateTime, NaiveDate, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Number;

use super::control::{find_now, now, tilstand};
use super::forloep::no_next_step;
use super::gang::{self, Mot};
use super::hendelser::Hending;
use super::saker::{Sak, Tilstand};
use super::visning::SakView;
use crate::domain::Beloep;
use crate::domain::clock::parse_day;
use crate::domain::identifikator::Part;
use crate::domain::prosent::Prosent;
use crate::domain::saksgang::betjeningskart::{Regelverk, Unntak};
use crate::domain::saksgang::livsloep::{Sakshendelse, Trekkvilkaar, Utfall};
use crate::domain::saksgang::regnskap::{GjennomfoertTrekk, LoependeBidrag};
use crate::domain::trekk::Trekkstoerrelse;
use crate::interface::contract::Schemas;
use crate::interface::pages::{ControlOperation, InSession, JsonBody, Problem, Shared, json_body};
use crate::services::render::Plain;
use crate::session::Session;

/// The routes.
pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/begjaeringer/{id}/videre", post(advance))
        .route("/begjaeringer/{id}/beslutning", post(decide))
        .route("/begjaeringer/{id}/oekonomi", get(money))
        .route("/betjeningskart", post(set_rules))
}

/// The operations of the routes, for the contract.
pub(super) fn operations(read: &mut Schemas, written: &mut Schemas) -> Vec<ControlOperation> {
    const BODY: &[StatusCode] =
        &[StatusCode::NOT_FOUND, StatusCode::PAYLOAD_TOO_LARGE, StatusCode::UNSUPPORTED_MEDIA_TYPE];
    let sak = json_body::<SakView>(written);
    let operation = |method, path, id, summary, body, content, refusals| ControlOperation {
        query: &[],
        method,
        path,
        id,
        summary,
        body,
        success: (StatusCode::OK, Some(content)),
        refusals,
    };
    let decision = Some(json_body::<Beslutningsdokument>(read));
    let rules = Some(json_body::<Regelverksdokument>(read));
    let (money, told) = (json_body::<Oekonomi>(written), json_body::<Regelverksvar>(written));
    let missing: &[StatusCode] = &[StatusCode::NOT_FOUND];
    vec![
        operation(
            "post",
            "/begjaeringer/{id}/videre",
            "advanceBegjaering",
            "The next step of the case happens now",
            None,
            sak.clone(),
            &[StatusCode::NOT_FOUND, StatusCode::CONFLICT],
        ),
        operation("post", "/begjaeringer/{id}/beslutning", "decideBegjaering", "Decide a case", decision, sak, BODY),
        operation(
            "get",
            "/begjaeringer/{id}/oekonomi",
            "begjaeringMoney",
            "The money of the debtor, day by day",
            None,
            money,
            missing,
        ),
        operation(
            "post",
            "/betjeningskart",
            "setRegelverk",
            "Say which rules a number is under",
            rules,
            told,
            &BODY[1..],
        ),
    ]
}

/// What is decided. Without `utfall`, a deduction from pay.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Beslutningsdokument {
    /// `utleggstrekk`, `intetTilUtlegg` or `utleggspant`.
    utfall: Option<String>,
    /// The employer; the one of the running deduction, or a synthetic one where left out.
    trekkpliktig: Option<String>,
    /// Per cent of gross pay, 0 to 100.
    #[schemars(range(min = 0, max = 100))]
    prosent: Option<Number>,
    /// Or kroner a month.
    #[schemars(range(min = 0, max = 10_000_000_000_i64))]
    beloep: Option<Number>,
    /// Gross pay, kroner a month.
    #[schemars(range(min = 0, max = 10_000_000_000_i64))]
    maanedsloenn: Option<Number>,
    /// The day of the month on which pay is paid.
    #[schemars(range(min = 1, max = 31))]
    loennsdag: Option<u8>,
    /// Child support that runs from now on, kroner a month. It is covered before all claims.
    #[serde(rename = "loependeBidrag")]
    #[schemars(range(min = 0, max = 10_000_000_000_i64))]
    loepende_bidrag: Option<Number>,
    /// The day of an earlier deduction for the same claims (under the old rules), for their priority in time.
    #[serde(rename = "tidligereTrekk")]
    tidligere_trekk: Option<String>,
    /// What is security, for a lien.
    gjenstand: Option<String>,
}

/// Which rules a number is under.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Regelverksdokument {
    /// The number of a person or an organisation.
    identifikator: String,
    /// `gammelt` or `nytt`.
    regelverk: String,
    /// From this day; always before `til` where left out.
    fra: Option<String>,
    /// Through this day; always after `fra` where left out.
    til: Option<String>,
}

/// The rules that a number is under, as they were set.
#[derive(Serialize, JsonSchema)]
struct Regelverksvar {
    identifikator: String,
    regelverk: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    fra: Option<NaiveDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    til: Option<NaiveDate>,
}

/// The money of a debtor until now. In every deduction, `trukket` is the sum of `paaKrav`, `bidrag` and `tilOvers`.
#[derive(Serialize, JsonSchema)]
struct Oekonomi {
    /// The debtor.
    skyldner: String,
    /// Each deduction, the oldest first.
    trekk: Vec<TrekkView>,
    /// Each claim of each case of the debtor, as it stands now.
    krav: Vec<KravView>,
    /// The sum of all deductions.
    trukket: Plain,
    /// What of it was placed on claims and child support.
    plassert: Plain,
    /// What went back to the debtor.
    #[serde(rename = "tilOvers")]
    til_overs: Plain,
}

/// A deduction.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct TrekkView {
    dato: NaiveDate,
    trekkpliktig: String,
    trukket: Plain,
    paa_krav: Plain,
    bidrag: Plain,
    til_overs: Plain,
    /// Where it was placed.
    plassert: Vec<PlassertView>,
}

/// What a claim got.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct PlassertView {
    ekstern_saksreferanse: String,
    innsenders_kravreferanse: String,
    hovedstol: Plain,
    renter: Plain,
}

/// How a claim stands.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct KravView {
    ekstern_saksreferanse: String,
    innsenders_kravreferanse: String,
    prioritet_dekningsloven: &'static str,
    /// Whether it is in the running deduction.
    i_trekk: bool,
    gjenstaaende: Plain,
    paaloepte_renter: Plain,
    betalt_hovedstol: Plain,
    betalte_renter: Plain,
}

async fn advance(InSession(session): InSession, Path(reference): Path<String>) -> Result<Json<SakView>, Problem> {
    let sak = find_now(&session, &reference)?;
    if let Some(why) = no_next_step(&session, &sak, now(&session))? {
        return Err(Problem::new(StatusCode::CONFLICT, "There is no next step", why));
    }
    happen(&session, &reference, Sakshendelse::Videre)
}

async fn decide(
    InSession(session): InSession,
    Path(reference): Path<String>,
    JsonBody(wanted): JsonBody<Beslutningsdokument>,
) -> Result<Json<SakView>, Problem> {
    let utfall = utfall(&wanted)?;
    if let Some(kroner) = &wanted.loepende_bidrag {
        let beloep = amount("loependeBidrag", kroner)?;
        let sak = find_now(&session, &reference)?;
        if let Some(debtor) = sak.skyldner() {
            let support = LoependeBidrag { fra: session.today(), beloep };
            session.commit_state::<Tilstand, _>(None, |_| (Some(Hending::SupportSaid { debtor, support }), ()))?;
        }
    }
    happen(&session, &reference, Sakshendelse::Besluttet([utfall].into()))
}

/// Something happens to a case now, and it is shown.
pub(super) fn happen(session: &Session, reference: &str, hendelse: Sakshendelse) -> Result<Json<SakView>, Problem> {
    show(session, &skje(session, reference, (now(session), Some(hendelse)), None)?, false)
}

/// Something happens to a case. Returns the case after it.
pub(super) fn skje(
    session: &Session,
    reference: &str,
    (at, event): (DateTime<Utc>, Option<Sakshendelse>),
    unprocessed: Option<usize>,
) -> Result<Arc<Sak>, Problem> {
    find_now(session, reference)?;
    session.commit_state::<Tilstand, _>(None, |_| {
        (Some(Hending::Happened { reference: reference.to_owned(), at, event, unprocessed }), ())
    })?;
    find_now(session, reference)
}

/// A case as it is now.
pub(super) fn show(session: &Session, sak: &Arc<Sak>, whole: bool) -> Result<Json<SakView>, Problem> {
    let now = now(session);
    let state = gang::tilstand(sak, tilstand(session)?, &session.world().loaded.scenarios, now);
    Ok(Json(SakView::new(sak, state, whole, now)))
}

fn amount(name: &str, kroner: &Number) -> Result<Beloep, Problem> {
    let read = kroner.to_string().parse::<Beloep>().map_err(|why| why.to_string());
    let read = read.and_then(|it| if it.is_negative() { Err("at least 0".to_owned()) } else { Ok(it) });
    read.map_err(|why| Problem::bad_request(format!("{name} {kroner}: {why}")))
}

fn day(name: &str, text: Option<&str>) -> Result<Option<NaiveDate>, Problem> {
    let wrong = |text: &str| Problem::bad_request(format!("{name} {text:?}: write a day like 2026-03-01"));
    text.map(|text| parse_day(text).map_err(|_| wrong(text))).transpose()
}

fn utfall(wanted: &Beslutningsdokument) -> Result<Utfall, Problem> {
    let has_terms = wanted.trekkpliktig.is_some()
        || wanted.prosent.is_some()
        || wanted.beloep.is_some()
        || wanted.maanedsloenn.is_some()
        || wanted.loennsdag.is_some()
        || wanted.tidligere_trekk.is_some();
    match (wanted.utfall.as_deref().unwrap_or("utleggstrekk"), &wanted.gjenstand) {
        ("utleggstrekk", None) => Ok(Utfall::Utleggstrekk(vilkaar(wanted)?)),
        ("intetTilUtlegg", None) if !has_terms => Ok(Utfall::IntetTilUtlegg),
        ("utleggspant", thing) if !has_terms => {
            Ok(Utfall::Utleggspant(thing.as_deref().unwrap_or("Kjøretøy").chars().take(200).collect::<String>().into()))
        }
        (known @ ("utleggstrekk" | "intetTilUtlegg" | "utleggspant"), _) => Err(Problem::bad_request(format!(
            "{known}: trekkpliktig, prosent, beloep, maanedsloenn and loennsdag are for utleggstrekk, gjenstand is for \
             utleggspant"
        ))),
        (other, _) => Err(Problem::bad_request(format!(
            "there is no utfall {other:?}; there are utleggstrekk, intetTilUtlegg and utleggspant"
        ))),
    }
}

fn vilkaar(wanted: &Beslutningsdokument) -> Result<Trekkvilkaar, Problem> {
    let trekkpliktig = match &wanted.trekkpliktig {
        None => None,
        Some(text) => Some(text.parse().ok().filter(|part: &Part| !part.is_person()).ok_or_else(|| {
            Problem::bad_request(format!("trekkpliktig {text:?}: an employer's number has nine digits"))
        })?),
    };
    let stoerrelse = match (&wanted.prosent, &wanted.beloep) {
        (Some(_), Some(_)) => return Err(Problem::bad_request("give either prosent or beloep, not both")),
        (Some(prosent), None) => {
            let read = prosent.to_string().parse::<Prosent>();
            let read = read.map_err(|why| Problem::bad_request(format!("prosent {prosent}: {why}")))?;
            Some(Trekkstoerrelse::Prosent(read))
        }
        (None, Some(kroner)) => Some(Trekkstoerrelse::Beloep(amount("beloep", kroner)?)),
        (None, None) => None,
    };
    if wanted.loennsdag.is_some_and(|day| !(1..=31).contains(&day)) {
        return Err(Problem::bad_request("loennsdag is a day of the month, 1 to 31"));
    }
    Ok(Trekkvilkaar {
        trekkpliktig,
        stoerrelse,
        maanedsloenn: wanted.maanedsloenn.as_ref().map(|kroner| amount("maanedsloenn", kroner)).transpose()?,
        loennsdag: wanted.loennsdag.map(u32::from),
        tidligere_trekk: day("tidligereTrekk", wanted.tidligere_trekk.as_deref())?,
    })
}

async fn money(InSession(session): InSession, Path(reference): Path<String>) -> Result<Json<Oekonomi>, Problem> {
    let sak = find_now(&session, &reference)?;
    let debtor =
        sak.skyldner().ok_or_else(|| Problem::not_found("the case has no defendant with a Norwegian number"))?;
    let mot = gang::mot(debtor, tilstand(&session)?, &session.world().loaded.scenarios, now(&session));
    Ok(Json(oekonomi(&mot)))
}

fn oekonomi(mot: &Mot) -> Oekonomi {
    let name = |sak: usize, krav: usize| {
        let sak = mot.saker.get(sak);
        let claim = sak.and_then(|sak| sak.begjaering()?.krav_til_innkreving.get(krav));
        let reference = sak.map(|sak| sak.referanse.clone()).unwrap_or_default();
        (reference, claim.map(|claim| claim.innsenders_kravreferanse.clone()).unwrap_or_default())
    };
    let trekk = mot.regnskap.trekk.iter().map(|it| TrekkView {
        dato: it.dag,
        trekkpliktig: it.trekkpliktig.to_string(),
        trukket: Plain(it.beloep),
        paa_krav: Plain(it.plassert_beloep() - it.bidrag),
        bidrag: Plain(it.bidrag),
        til_overs: Plain(it.til_overs),
        plassert: it
            .plassert
            .iter()
            .map(|(sak, krav, andel)| {
                let (ekstern_saksreferanse, innsenders_kravreferanse) = name(*sak, *krav);
                let (hovedstol, renter) = (Plain(andel.hovedstol), Plain(andel.rente));
                PlassertView { ekstern_saksreferanse, innsenders_kravreferanse, hovedstol, renter }
            })
            .collect(),
    });
    let krav = mot.regnskap.krav.iter().enumerate().flat_map(|(sak, krav)| {
        let name = &name;
        krav.iter().enumerate().map(move |(at, stand)| {
            let (ekstern_saksreferanse, innsenders_kravreferanse) = name(sak, at);
            KravView {
                ekstern_saksreferanse,
                innsenders_kravreferanse,
                prioritet_dekningsloven: stand.plass.art.kode(),
                i_trekk: stand.i_trekk,
                gjenstaaende: Plain(stand.gjenstaaende),
                paaloepte_renter: Plain(stand.rente),
                betalt_hovedstol: Plain(stand.betalt.hovedstol),
                betalte_renter: Plain(stand.betalt.rente),
            }
        })
    });
    let all = &mot.regnskap.trekk;
    Oekonomi {
        skyldner: mot.part.to_string(),
        trekk: trekk.collect(),
        krav: krav.collect(),
        trukket: Plain(all.iter().map(|it| it.beloep).sum()),
        plassert: Plain(all.iter().map(GjennomfoertTrekk::plassert_beloep).sum()),
        til_overs: Plain(all.iter().map(|it| it.til_overs).sum()),
    }
}

/// The most numbers that a session says something about, and the most that it says about one.
const MOST_NUMBERS: usize = 10_000;
const MOST_WORDS: usize = 100;

async fn set_rules(
    InSession(session): InSession,
    JsonBody(wanted): JsonBody<Regelverksdokument>,
) -> Result<Json<Regelverksvar>, Problem> {
    let Regelverksdokument { identifikator, regelverk, fra, til } = wanted;
    let part: Part =
        identifikator.parse().map_err(|why| Problem::bad_request(format!("identifikator {identifikator:?}: {why}")))?;
    let unknown = || Problem::bad_request(format!("there is no regelverk {regelverk:?}; there are gammelt and nytt"));
    let regelverk = Regelverk::med_navn(&regelverk).ok_or_else(unknown)?;
    let said = Unntak { regelverk, fra: day("fra", fra.as_deref())?, til: day("til", til.as_deref())? };
    if said.fra.zip(said.til).is_some_and(|(fra, til)| til < fra) {
        return Err(Problem::bad_request("til is before fra"));
    }
    let is_kept = session.commit_state::<Tilstand, _>(None, |tilstand| {
        let all = tilstand.gang.unntak();
        let is_full = all.len() == MOST_NUMBERS || all.get(&part.to_string()).is_some_and(|it| it.len() == MOST_WORDS);
        ((!is_full).then(|| Hending::RulesSaid { number: part.to_string(), said }), !is_full)
    })?;
    if !is_kept {
        return Err(Problem::new(StatusCode::INSUFFICIENT_STORAGE, "The sandbox is full", "reset the session"));
    }
    Ok(Json(Regelverksvar { identifikator, regelverk: regelverk.navn(), fra: said.fra, til: said.til }))
}
