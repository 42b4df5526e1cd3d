//! The four calls that take a request: validate and submit, new or changed.
//! Imitates docs/fidelity.md, "Utleggsbegjæring".

use std::sync::Arc;

use bytes::Bytes;
use schemars::JsonSchema;
use serde::Serialize;

use super::arkiv::Arkivet;
use super::hendelser::Hending;
use super::register::Scenarioregister;
use super::saker::{Avvist, IkkeLagret, Innsending, Sak, Tilstand};
use super::{SERVICE, feil, gang, hode, kb};
use crate::access::mint::stable_uuid;
use crate::catalogue::Check;
use crate::domain::begjaering::{
    Begjaering, Duplikat, Lest, Modell, Omstendigheter, Regelbrudd, TidligereSak, kontroller, les,
};
use crate::domain::saksgang::livsloep::Manusnavn;
use crate::interface::{Answer, Body, Call, Refusal};

/// How often a submission is checked again because another call changed what it was checked against.
const MOST_TRIES: usize = 5;

/// What a submission is answered.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Kvittering {
    /// The reference of the case, for changes and for its status.
    pub(super) ekstern_saksreferanse: String,
}

/// A new request is only validated.
pub(super) fn valider(call: &Call<'_>) -> Result<Answer, Refusal> {
    remembered(call, |call, sett| {
        let lest = innlest(call, sett)?;
        sjekk_ny(call, &lest, false).map(|()| svar(Answer::default(), &lest))
    })
}

/// A new request is submitted.
pub(super) fn opprett(call: &Call<'_>) -> Result<Answer, Refusal> {
    remembered(call, |call, sett| {
        let lest = innlest(call, sett)?;
        for _ in 0..MOST_TRIES {
            sjekk_ny(call, &lest, true)?;
            match send_inn(call, &lest) {
                Ok(ekstern_saksreferanse) => {
                    let base = if call.target.at_base { SERVICE.base } else { "" };
                    let location = format!("{base}/{}/{ekstern_saksreferanse}", modell(call).versjon());
                    return Ok(svar(Answer::json(&Kvittering { ekstern_saksreferanse }), &lest).location(&location));
                }
                Err(IkkeLagret::Endret) => {}
                Err(IkkeLagret::Fullt) => return Err(full()),
                Err(IkkeLagret::IkkeSkrevet(why)) => return Err(call.not_kept(&why)),
            }
        }
        Err(full())
    })
}

/// A changed request is only validated.
pub(super) fn valider_endring(call: &Call<'_>) -> Result<Answer, Refusal> {
    remembered(call, |call, sett| {
        let sak = sak(call)?;
        let lest = innlest(call, sett)?;
        sjekk_endring(call, &lest, &sak, false).map(|()| svar(Answer::default(), &lest))
    })
}

/// A changed request is submitted.
pub(super) fn endre(call: &Call<'_>) -> Result<Answer, Refusal> {
    remembered(call, |call, sett| {
        let mut sak = sak(call)?;
        let lest = innlest(call, sett)?;
        for _ in 0..MOST_TRIES {
            sjekk_endring(call, &lest, &sak, true)?;
            match send_endring(call, &sak, &lest) {
                Ok(()) => return Ok(svar(Answer::default(), &lest)),
                Err(IkkeLagret::Endret) => sak = self::sak(call)?,
                Err(IkkeLagret::Fullt) => return Err(full()),
                Err(IkkeLagret::IkkeSkrevet(why)) => return Err(call.not_kept(&why)),
            }
        }
        Err(full())
    })
}

/// Keeps a new request. Returns the reference of its case.
fn send_inn(call: &Call<'_>, lest: &Lest) -> Result<String, IkkeLagret> {
    let (innsending, eier) = (innsending(call, lest), kaller(call));
    let done = call.session.commit_state::<Tilstand, _>(None, |tilstand| {
        let number = match tilstand.neste(&innsending, eier.as_deref()) {
            Ok(number) => number,
            Err(why) => return (None, Err(why)),
        };
        let reference = stable_uuid(&format!("sak {} {number}", call.session_name()));
        let (script, submission) = (manus(call, lest), innsending.into());
        let event = Hending::Submitted { reference: reference.clone(), number, owner: eier, script, submission };
        (Some(event), Ok(reference))
    });
    done.map_err(IkkeLagret::IkkeSkrevet)?
}

/// Keeps a changed request, if the case is still what it was.
fn send_endring(call: &Call<'_>, before: &Arc<Sak>, lest: &Lest) -> Result<(), IkkeLagret> {
    let innsending = innsending(call, lest);
    let done =
        call.session.commit_state::<Tilstand, _>(None, |tilstand| match tilstand.kan_endre(before, &innsending) {
            Ok(()) => {
                let event = Hending::Changed { reference: before.referanse.clone(), submission: innsending.into() };
                (Some(event), Ok(()))
            }
            Err(why) => (None, Err(why)),
        });
    done.map_err(IkkeLagret::IkkeSkrevet)?
}

/// Answers, and remembers a request that is refused.
fn remembered(
    call: &Call<'_>,
    answer: impl FnOnce(&Call<'_>, &mut Option<String>) -> Result<Answer, Refusal>,
) -> Result<Answer, Refusal> {
    hode::sjekk(call)?;
    let mut innsender_referanse = None;
    answer(call, &mut innsender_referanse).inspect_err(|refusal| {
        if let Some(tilstand) = call.session.state::<Tilstand>() {
            tilstand.avvis(Avvist {
                tidspunkt: call.instants.now,
                korrelasjonsid: call.id.as_str().to_owned(),
                kall: call.target.endpoint.map_or("", |endpoint| endpoint.name),
                referanse: call.place("eksternSaksreferanse").map(std::borrow::Cow::into_owned),
                innsender_referanse,
                status: refusal.status(),
                funn: refusal.all_findings().to_vec(),
            });
        }
    })
}

/// What happens to the case by itself: as a modifier or a rule says, otherwise a deduction from the pay of a person. An
/// organisation has no pay.
fn manus(call: &Call<'_>, lest: &Lest) -> Manusnavn {
    let said = call.modifier(super::SAK.name).and_then(Manusnavn::med_navn);
    let debtors = &lest.begjaering.saksoekt;
    let is_person = debtors.iter().any(|it| it.saksoekt.identifikator().is_some_and(|nummer| nummer.verdi.len() == 11));
    said.unwrap_or(if is_person { Manusnavn::Utleggstrekk } else { Manusnavn::IntetTilUtlegg })
}

/// The model of the call: the first part of its URL.
fn modell(call: &Call<'_>) -> Modell {
    let version = call.path.part(0).unwrap_or_default();
    Modell::ALLE.into_iter().find(|modell| modell.versjon() == version).unwrap_or(Modell::V2)
}

/// The organisation of the call: that of its token.
pub(super) fn kaller(call: &Call<'_>) -> Option<String> {
    call.party_number()
}

/// What the session keeps of the service.
pub(super) fn tilstand<'c>(call: &'c Call<'_>) -> Result<&'c Tilstand, Refusal> {
    call.session.state::<Tilstand>().ok_or_else(|| Refusal::on_demand(super::MODULE.unexpected()))
}

fn full() -> Refusal {
    let second = kb::CODES.get(1).unwrap_or_else(|| super::MODULE.unexpected());
    Refusal::on_demand(second).hint("the session has no room for more requests: reset it, or use another one")
}

fn innlest(call: &Call<'_>, innsender_referanse: &mut Option<String>) -> Result<Lest, Refusal> {
    let lest = les(call.bytes(), modell(call)).map_err(|problems| {
        let places: Vec<&str> = problems.iter().map(|problem| &*problem.peker).filter(|at| !at.is_empty()).collect();
        let first = problems.iter().find_map(|problem| problem.hint.as_deref());
        let hint = match (places.is_empty(), first) {
            (true, _) => "the body is no JSON that can be read".to_owned(),
            (false, None) => format!("{} faults: {}", problems.len(), places.join(" ")),
            (false, Some(first)) => format!("{first}; {} faults: {}", problems.len(), places.join(" ")),
        };
        feil::lesefeil(&problems).hint(hint)
    })?;
    *innsender_referanse = Some(lest.begjaering.innsender_referanse.clone());
    Ok(lest)
}

/// The case of the URL, which the caller has submitted.
pub(super) fn sak(call: &Call<'_>) -> Result<Arc<Sak>, Refusal> {
    sak_hvor(call, Sak::er_for)
}

/// The case of the URL, if the caller may look into the deduction from its claims.
pub(super) fn sak_med_innsyn(call: &Call<'_>) -> Result<Arc<Sak>, Refusal> {
    sak_hvor(call, Sak::gir_innsyn)
}

fn sak_hvor(call: &Call<'_>, may: impl Fn(&Sak, Option<&str>) -> bool) -> Result<Arc<Sak>, Refusal> {
    let reference = call.place("eksternSaksreferanse").unwrap_or_default();
    let found = tilstand(call)?.finn(&reference, &call.world.loaded.scenarios);
    found.filter(|sak| may(sak, kaller(call).as_deref())).ok_or_else(|| {
        Refusal::failed(&SERVICE, Check::Party, "Ingen sak har denne eksternSaksreferanse")
            .hint("GET /sandbox/begjaeringer lists the cases of the session; a case of another submitter is not found")
    })
}

fn sjekk_ny(call: &Call<'_>, lest: &Lest, is_submission: bool) -> Result<(), Refusal> {
    let scenarios = &call.world.loaded.scenarios;
    let same = tilstand(call)?.duplikat(&lest.begjaering, kaller(call).as_deref(), scenarios);
    let duplikat = same.map(|sak| Duplikat { ekstern_saksreferanse: sak.referanse.clone() });
    let brudd = brudd(call, &lest.begjaering, None, duplikat.as_ref())?;
    let same =
        duplikat.map(|sak| format!("the same day and innsenderReferanse are in case {}", sak.ekstern_saksreferanse));
    holder(&brudd, lest, same, is_submission)
}

fn sjekk_endring(call: &Call<'_>, lest: &Lest, sak: &Sak, is_submission: bool) -> Result<(), Refusal> {
    let state = gang::tilstand(sak, tilstand(call)?, &call.world.loaded.scenarios, call.instants.now);
    let tidligere = sak.begjaering().map(|begjaering| TidligereSak {
        ekstern_saksreferanse: &sak.referanse,
        begjaering,
        tilstand: state,
        ubehandlede: sak.ubehandlede(call.instants.now),
    });
    let brudd = brudd(call, &lest.begjaering, tidligere.as_ref(), None)?;
    holder(&brudd, lest, None, is_submission)
}

/// The rules that a request breaks.
fn brudd(
    call: &Call<'_>,
    begjaering: &Begjaering,
    tidligere: Option<&TidligereSak<'_>>,
    duplikat: Option<&Duplikat>,
) -> Result<Vec<Regelbrudd>, Refusal> {
    let kaller = kaller(call);
    let arkiv = Arkivet { arkiv: &tilstand(call)?.arkiv, now: call.instants.now, kaller: kaller.as_deref() };
    let unntak = tilstand(call)?.gang.unntak().clone();
    let om = Omstendigheter {
        dag: call.day(),
        paalogget: kaller.as_deref(),
        register: &Scenarioregister { scenarios: &call.world.loaded.scenarios, unntak: &unntak, dag: call.day() },
        vedlegg: Some(&arkiv),
        tidligere,
        duplikat,
    };
    Ok(kontroller(begjaering, &om, modell(call)))
}

/// Refuses a request that breaks rules.
fn holder(brudd: &[Regelbrudd], lest: &Lest, first: Option<String>, is_submission: bool) -> Result<(), Refusal> {
    if brudd.is_empty() {
        return Ok(());
    }
    let rules = brudd.iter().map(|brudd| match &*brudd.peker {
        "" => brudd.regel.kode.to_owned(),
        peker => format!("{} at {peker}", brudd.regel.kode),
    });
    let hint = first.into_iter().chain(rules).chain(ukjente(lest)).collect::<Vec<_>>().join("; ");
    Err(feil::regelbrudd(brudd, is_submission).hint(hint))
}

fn innsending(call: &Call<'_>, lest: &Lest) -> Innsending {
    let sendt = match call.body {
        Body::Json(bytes) => bytes.clone(),
        _ => Bytes::new(),
    };
    Innsending {
        tidspunkt: call.instants.now,
        korrelasjonsid: call.id.as_str().to_owned(),
        modell: modell(call),
        begjaering: lest.begjaering.clone(),
        sendt,
    }
}

/// The answer with a warning for unknown fields.
fn svar(answer: Answer, lest: &Lest) -> Answer {
    answer.warned(ukjente(lest))
}

/// The most unknown fields that are told.
const MOST_UNKNOWN: usize = 10;

fn ukjente(lest: &Lest) -> Option<String> {
    let all = &lest.ukjente;
    let more = if all.len() > MOST_UNKNOWN { format!(" and {} more", all.len() - MOST_UNKNOWN) } else { String::new() };
    let told = all.iter().take(MOST_UNKNOWN).map(String::as_str).collect::<Vec<_>>().join(" ");
    // A header holds ASCII only.
    let told: String = told.chars().map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '?' }).take(300).collect();
    (!all.is_empty())
        .then(|| format!("fields that the model does not have, which the real service may refuse: {told}{more}"))
}
