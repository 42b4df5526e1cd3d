//! Status på sak: the state of a case, its claims and its decisions.
//! Imitates docs/fidelity.md, "After a submission".

use chrono::{Datelike, NaiveDate};
use schemars::JsonSchema;
use serde::Serialize;

use super::begjaeringer::{sak, tilstand};
use super::gang::{self, Mot};
use super::hode;
use super::saker::Sak;
use crate::access::mint::stable_uuid;
use crate::catalogue::Check;
use crate::domain::Beloep;
use crate::domain::begjaering::modell::{Aktoer, Krav};
use crate::domain::begjaering::{Begjaering, Eksempeltype, Eksempelvalg, Sakstilstand, eksempel};
use crate::domain::identifikator::Part;
use crate::domain::saksgang::fordeling::Andel;
use crate::domain::saksgang::livsloep::{Overgang, Trekk, Trekkvilkaar, Utfall};
use crate::domain::saksgang::ordre::ordrenavn;
use crate::domain::trekk::Trekkstoerrelse;
use crate::domain::trekk::regler::Trekkhendelse;
use crate::interface::{Answer, Call, Refusal};
use crate::services::render::Plain;

/// The names of all states.
pub(super) const TILSTANDER: &[&str] = &[
    "sakOpprettet",
    "sakUnderBehandling",
    "sakNektetFremmet",
    "sakForelagt",
    "sakBesluttet",
    "sakAvsluttet",
    "sakHevet",
];

/// The state of a case.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct SakStatus {
    /// The reference of the case.
    ekstern_saksreferanse: String,
    /// The enforcement officer's own reference, to be used when one talks to them.
    saksreferanse_namsmann: String,
    /// How far the case has come.
    #[schemars(extend("enum" = TILSTANDER))]
    saksstatus: &'static str,
    /// The claims, in the order of the request.
    krav: Vec<KravStatus>,
    /// The claimants.
    saksoeker: Vec<PartStatus>,
    /// The defendants.
    saksoekt: Vec<PartStatus>,
    /// What was decided. Absent before a decision.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    beslutningsinformasjon: Vec<Beslutning>,
}

/// A claim of a case.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct KravStatus {
    /// The submitter's own reference of the claim.
    innsenders_kravreferanse: String,
    /// What kind of claim it is.
    kravdetaljer: String,
    /// What it is for.
    kravbeskrivelse: String,
    /// The amount when it arose, in kroner.
    opprinnelig_beloep: Plain,
    /// What is left of it, after deductions.
    gjenstaaende_beloep: Plain,
    /// Interest that has accrued since the request and is not paid.
    paaloepte_renter: Plain,
}

/// A party of a case.
#[derive(Serialize, JsonSchema)]
struct PartStatus {
    /// The name.
    navn: String,
    /// The number; absent where the request has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    identifikator: Option<String>,
}

/// A decision.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Beslutning {
    /// What kind of decision it is.
    #[schemars(extend("enum" = ["utleggstrekk", "intetTilUtlegg", "utleggspant"]))]
    beslutningstype: &'static str,
    /// The day it was made.
    beslutningsdato: NaiveDate,
    /// The claims that it is about.
    krav: Vec<BesluttetKrav>,
    /// The deduction from pay, if that was decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    utleggstrekk: Option<UtleggstrekkStatus>,
    /// What is security for the claims, if that was decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    utleggspant: Option<UtleggspantStatus>,
}

/// A claim that a decision is about.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct BesluttetKrav {
    /// The submitter's own reference of the claim.
    innsenders_kravreferanse: String,
    /// The number that the enforcement officer gave the claim.
    kravgrunnlagsidentifikator: String,
}

/// A deduction from pay.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct UtleggstrekkStatus {
    /// The order to the employer.
    #[serde(flatten)]
    trekkpaalegg: TrekkpaaleggStatus,
    /// What the case got of each deduction, the oldest first.
    innbetaling: Vec<InnbetalingStatus>,
}

/// An order to an employer.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct TrekkpaaleggStatus {
    /// The employer.
    trekkpliktig: String,
    /// Per cent of gross pay.
    #[serde(skip_serializing_if = "Option::is_none")]
    trekkprosent: Option<Plain>,
    /// Or kroner a month.
    #[serde(skip_serializing_if = "Option::is_none")]
    trekkbeloep: Option<Plain>,
    /// The number of the order to the employer.
    #[serde(skip_serializing_if = "Option::is_none")]
    saksnummer: Option<String>,
}

/// What a case got of a deduction.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct InnbetalingStatus {
    /// The day.
    dato: NaiveDate,
    /// Kroner, on claims and interest.
    beloep: Plain,
    /// How much of it was on interest.
    herav_renter: Plain,
}

/// A lien.
#[derive(Serialize, JsonSchema)]
struct UtleggspantStatus {
    /// What is security.
    gjenstand: String,
}

/// The references of the real test environment that answer without a submission.
const FASTE: [(&str, Sakstilstand); 7] = [
    ("TEST_SAK_OPPRETTET", Sakstilstand::SakOpprettet),
    ("TEST_SAK_UNDER_BEHANDLING", Sakstilstand::SakUnderBehandling),
    ("TEST_SAK_NEKTET_FREMMET", Sakstilstand::SakNektetFremmet),
    ("TEST_SAK_FORELAGT", Sakstilstand::SakForelagt),
    ("TEST_SAK_BESLUTTET", Sakstilstand::SakBesluttet),
    ("TEST_SAK_AVSLUTTET", Sakstilstand::SakAvsluttet),
    ("TEST_SAK_HEVET", Sakstilstand::SakHevet),
];

/// Tells the state of a case.
pub(super) fn vis(call: &Call<'_>) -> Result<Answer, Refusal> {
    hode::sjekk(call)?;
    let reference = call.place("eksternSaksreferanse").unwrap_or_default();
    if let Some((name, state)) = FASTE.into_iter().find(|(name, _)| *name == reference) {
        return Ok(Answer::json(&fast(name, state, call.day())).showing_case(state.navn()));
    }
    let sak = sak(call)?;
    let (tilstand, scenarios, now) = (tilstand(call)?, &call.world.loaded.scenarios, call.instants.now);
    let mot = sak.skyldner().map(|part| gang::mot(part, tilstand, scenarios, now));
    let overganger = gang::gang(&sak, tilstand, scenarios, now);
    let status = sak.begjaering().zip(overganger.last());
    let (begjaering, last) = status.ok_or_else(not_yet)?;
    let mot = mot.as_ref().and_then(|mot| Some((mot, mot.plass(&sak.referanse)?)));
    Ok(Answer::json(&SakStatus {
        saksreferanse_namsmann: sak.namsmannens_referanse(),
        beslutningsinformasjon: decisions(&sak, begjaering, &overganger, mot),
        ..status_of(&sak.referanse, last.tilstand, begjaering, mot)
    })
    .showing_case(last.tilstand.navn()))
}

fn not_yet() -> Refusal {
    Refusal::failed(&super::SERVICE, Check::Party, "Ingen sak har denne eksternSaksreferanse")
        .hint("the case is submitted on a later day of the session's clock")
}

fn status_of(reference: &str, state: Sakstilstand, begjaering: &Begjaering, mot: Option<(&Mot, usize)>) -> SakStatus {
    let party = |aktoer: &Aktoer| PartStatus {
        navn: aktoer.navn(),
        identifikator: aktoer.identifikator().map(|number| number.verdi.clone()),
    };
    let claim = |(at, krav): (usize, &Krav)| {
        let stand = mot.and_then(|(mot, sak)| mot.regnskap.krav.get(sak)?.get(at));
        let asked = krav.gjenstaaende_beloep.beloep.beloep().unwrap_or_default();
        KravStatus {
            innsenders_kravreferanse: krav.innsenders_kravreferanse.clone(),
            kravdetaljer: krav.kravdetaljer.to_string(),
            kravbeskrivelse: krav.kravbeskrivelse.clone(),
            opprinnelig_beloep: Plain(krav.opprinnelig_beloep.beloep.beloep().unwrap_or_default()),
            gjenstaaende_beloep: Plain(stand.map_or(asked, |stand| stand.gjenstaaende)),
            paaloepte_renter: Plain(stand.map_or(Beloep::ZERO, |stand| stand.rente)),
        }
    };
    SakStatus {
        ekstern_saksreferanse: reference.to_owned(),
        saksreferanse_namsmann: String::new(),
        saksstatus: state.navn(),
        krav: begjaering.krav_til_innkreving.iter().enumerate().map(claim).collect(),
        saksoeker: begjaering.saksoeker.iter().map(|it| party(&it.saksoeker)).collect(),
        saksoekt: begjaering.saksoekt.iter().map(|it| party(&it.saksoekt)).collect(),
        beslutningsinformasjon: Vec::new(),
    }
}

/// What was decided last, if the case was not refused or withdrawn after it.
fn decisions(
    sak: &Sak,
    begjaering: &Begjaering,
    overganger: &[Overgang],
    mot: Option<(&Mot, usize)>,
) -> Vec<Beslutning> {
    let decided = |state| matches!(state, Sakstilstand::SakBesluttet | Sakstilstand::SakAvsluttet);
    if !overganger.last().is_some_and(|last| decided(last.tilstand)) {
        return Vec::new();
    }
    let Some(decision) = overganger.iter().rev().find(|it| it.tilstand == Sakstilstand::SakBesluttet) else {
        return Vec::new();
    };
    let claims = || begjaering.krav_til_innkreving.iter().map(|krav| decided_claim(&sak.referanse, krav)).collect();
    let one = |utfall: &Utfall| Beslutning {
        utleggstrekk: match (utfall, mot) {
            (Utfall::Utleggstrekk(_), Some((mot, at))) => Some(deduction(mot, at)),
            _ => None,
        },
        ..beslutning(utfall, decision.dag, claims())
    };
    decision.utfall.iter().map(one).collect()
}

fn beslutning(utfall: &Utfall, dag: NaiveDate, krav: Vec<BesluttetKrav>) -> Beslutning {
    let (beslutningstype, gjenstand) = match utfall {
        Utfall::Utleggstrekk(_) => ("utleggstrekk", None),
        Utfall::IntetTilUtlegg => ("intetTilUtlegg", None),
        Utfall::Utleggspant(gjenstand) => ("utleggspant", Some(gjenstand)),
    };
    Beslutning {
        beslutningstype,
        beslutningsdato: dag,
        krav,
        utleggstrekk: None,
        utleggspant: gjenstand.map(|gjenstand| UtleggspantStatus { gjenstand: gjenstand.to_string() }),
    }
}

/// The number that the enforcement officer gave a claim: what the request says, otherwise a new one.
pub(super) fn kravgrunnlag(referanse: &str, krav: &Krav) -> String {
    let new = || stable_uuid(&format!("kravgrunnlag {referanse} {}", krav.innsenders_kravreferanse));
    krav.kravgrunnlagsidentifikator.clone().unwrap_or_else(new)
}

fn decided_claim(referanse: &str, krav: &Krav) -> BesluttetKrav {
    BesluttetKrav {
        innsenders_kravreferanse: krav.innsenders_kravreferanse.clone(),
        kravgrunnlagsidentifikator: kravgrunnlag(referanse, krav),
    }
}

/// The last order to an employer, and what the case got of the deductions.
fn deduction(mot: &Mot, sak: usize) -> UtleggstrekkStatus {
    let paid = mot.regnskap.trekk.iter().filter_map(|trekk| {
        let mine = || trekk.plassert.iter().filter(|(at, ..)| *at == sak).map(|(.., andel)| *andel);
        let beloep: Beloep = mine().map(Andel::sum).sum();
        let renter = mine().map(|andel| andel.rente).sum();
        let it = InnbetalingStatus { dato: trekk.dag, beloep: Plain(beloep), herav_renter: Plain(renter) };
        beloep.is_positive().then_some(it)
    });
    UtleggstrekkStatus { trekkpaalegg: order(mot), innbetaling: paid.collect() }
}

/// The last order to an employer, with the terms that were decided last.
pub(super) fn order(mot: &Mot) -> TrekkpaaleggStatus {
    let terms = mot.regnskap.ordre.iter().rev().find_map(|it| match &it.hendelse {
        Trekkhendelse::Perioder(perioder) => Some((it, perioder.last()?.stoerrelse)),
        Trekkhendelse::Stopp(_) => None,
    });
    let Some((last, stoerrelse)) = terms else {
        return terms_of(&Trekk::avledet(mot.part).hos(mot.arbeidsgiver), None);
    };
    let first = mot.regnskap.ordre.iter().find(|it| it.ordre == last.ordre).map_or(last.dag, |it| it.dag);
    let navn = ordrenavn(mot.part, last.ordre, first.year());
    let vilkaar =
        Trekkvilkaar { trekkpliktig: Some(last.trekkpliktig), stoerrelse: Some(stoerrelse), ..Trekkvilkaar::default() };
    terms_of(&Trekk::avledet(mot.part).med(&vilkaar), Some(navn.saksnummer.into()))
}

fn terms_of(trekk: &Trekk, saksnummer: Option<String>) -> TrekkpaaleggStatus {
    let (prosent, beloep) = match trekk.stoerrelse {
        Trekkstoerrelse::Prosent(prosent) => (Some(Beloep::from_oere(prosent.hundredths().into())), None),
        Trekkstoerrelse::Beloep(beloep) => (None, Some(beloep)),
    };
    TrekkpaaleggStatus {
        trekkpliktig: trekk.trekkpliktig.to_string(),
        trekkprosent: prosent.map(Plain),
        trekkbeloep: beloep.map(Plain),
        saksnummer,
    }
}

/// The answer to a reference that needs no submission: three claims of an example, and one decision of each kind.
pub(super) fn fast(reference: &str, state: Sakstilstand, dag: NaiveDate) -> SakStatus {
    let valg = Eksempelvalg { krav: 3, type_: Eksempeltype::default(), rente: false, seed: 2026, dato: dag };
    let begjaering = eksempel(&valg);
    let debtor = begjaering.saksoekt.iter().find_map(|it| it.saksoekt.identifikator()?.verdi.parse::<Part>().ok());
    let kinds =
        [Utfall::Utleggstrekk(Trekkvilkaar::default()), Utfall::IntetTilUtlegg, Utfall::Utleggspant("Kjøretøy".into())];
    let is_decided = matches!(state, Sakstilstand::SakBesluttet | Sakstilstand::SakAvsluttet);
    let decisions = kinds.iter().zip(&begjaering.krav_til_innkreving).map(|(utfall, krav)| {
        let trekk = debtor.filter(|_| matches!(utfall, Utfall::Utleggstrekk(_)));
        Beslutning {
            utleggstrekk: trekk.map(|debtor| UtleggstrekkStatus {
                trekkpaalegg: terms_of(
                    &Trekk::avledet(debtor),
                    Some(ordrenavn(debtor, 0, dag.year()).saksnummer.into()),
                ),
                innbetaling: Vec::new(),
            }),
            ..beslutning(utfall, dag, vec![decided_claim(reference, krav)])
        }
    });
    SakStatus {
        saksreferanse_namsmann: format!("UTLBGJ/{}/1", dag.year()),
        beslutningsinformasjon: if is_decided { decisions.collect() } else { Vec::new() },
        ..status_of(reference, state, &begjaering, None)
    }
}
