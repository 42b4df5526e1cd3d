//! Innsyn i ett trekk: what a creditor may know of the deduction that its claims are in.
//! Imitates docs/fidelity.md, "After a submission".

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::begjaeringer::{sak_med_innsyn, tilstand};
use super::status::{TrekkpaaleggStatus, kravgrunnlag, order};
use super::{SERVICE, gang, hode};
use crate::catalogue::Check;
use crate::domain::Beloep;
use crate::domain::saksgang::innsyn::{Mottatt, innsyn};
use crate::interface::{Answer, Call, Refusal};
use crate::services::render::Plain;

/// Insight into the deduction from the claims of one case.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct InnsynITrekk {
    /// The reference of the case.
    ekstern_saksreferanse: String,
    /// The claims that are in the deduction.
    krav: Vec<Kravinnsyn>,
}

/// Insight from one claim. The letters are those of the regulation.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Kravinnsyn {
    /// The submitter's own reference of the claim.
    innsenders_kravreferanse: String,
    /// The number that the enforcement officer gave the claim.
    kravgrunnlagsidentifikator: String,
    /// (a) What claims of a better kind demand, with interest so far.
    sum_bedre_artsprioritet: Plain,
    /// (a) What claims of the same kind with better priority in time demand.
    sum_bedre_tidsprioritet: Plain,
    /// (b) What all claims of the same priority demand, this one too.
    sum_lik_prioritet: Plain,
    /// (b) The claim's basis for a proportional distribution: what is left, and accrued interest.
    dividendegrunnlag: Plain,
    /// (b) The same of all other claims of the same priority.
    andres_dividendegrunnlag: Plain,
    /// (c) What goes to running child support each month.
    loepende_bidrag: Plain,
    /// (d) What was deducted and placed today and one month back, the newest first.
    mottatt: Vec<MottattBeloep>,
    /// (e) The order to the employer from today on.
    trekkpaalegg: TrekkpaaleggStatus,
}

/// A deduction that came in.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct MottattBeloep {
    /// The day.
    dato: NaiveDate,
    /// What was deducted.
    mottatt_beloep: Plain,
    /// What was placed, on all claims and on child support.
    plassert_beloep: Plain,
    /// What was placed on this claim.
    plassert_paa_kravet: Plain,
}

impl From<Mottatt> for MottattBeloep {
    fn from(it: Mottatt) -> Self {
        Self {
            dato: it.dag,
            mottatt_beloep: Plain(it.mottatt),
            plassert_beloep: Plain(it.plassert),
            plassert_paa_kravet: Plain(it.paa_kravet),
        }
    }
}

impl InnsynITrekk {
    /// An answer, for the contract.
    pub(super) fn example() -> Value {
        json!({ "eksternSaksreferanse": "5f8a1c1e-0d4e-4c6f-9d57-3f6c2a9b7e10", "krav": [{
            "innsendersKravreferanse": "KRAV-1", "kravgrunnlagsidentifikator": "0c5a8b1e-91f4-4c7d-8a35-2f0d7c6e9b14",
            "sumBedreArtsprioritet": 1000, "sumBedreTidsprioritet": 0, "sumLikPrioritet": 15059.18,
            "dividendegrunnlag": 10059.18, "andresDividendegrunnlag": 5000, "loependeBidrag": 0,
            "mottatt": [{
                "dato": "2026-12-18", "mottattBeloep": 6000, "plassertBeloep": 6000, "plassertPaaKravet": 3340,
            }],
            "trekkpaalegg": { "trekkpliktig": "310478717", "trekkprosent": 15, "saksnummer": "TREKK/2026/1234567" },
        }] })
    }
}

/// Tells what the submitter of a case, its claimants and their representatives may know.
pub(super) fn vis(call: &Call<'_>) -> Result<Answer, Refusal> {
    hode::sjekk(call)?;
    let sak = sak_med_innsyn(call)?;
    let none = || {
        Refusal::failed(&SERVICE, Check::Party, "Ingen av sakens krav er i et etablert trekk som ikke er avsluttet")
            .hint("a claim is in the deduction from the decision (utleggstrekk) until the case is paid, withdrawn or ended")
    };
    let part = sak.skyldner().ok_or_else(none)?;
    let mot = gang::mot(part, tilstand(call)?, &call.world.loaded.scenarios, call.instants.now);
    let bidrag = mot.bidrag.filter(|it| it.fra <= call.day()).map_or(Beloep::ZERO, |it| it.beloep);
    let (at, request) = mot.plass(&sak.referanse).zip(sak.begjaering()).ok_or_else(none)?;
    let claims = request.krav_til_innkreving.iter().enumerate().filter_map(|(number, krav)| {
        let seen = innsyn(&mot.regnskap, bidrag, at, number)?;
        Some(Kravinnsyn {
            innsenders_kravreferanse: krav.innsenders_kravreferanse.clone(),
            kravgrunnlagsidentifikator: kravgrunnlag(&sak.referanse, krav),
            sum_bedre_artsprioritet: Plain(seen.bedre_art),
            sum_bedre_tidsprioritet: Plain(seen.bedre_tid),
            sum_lik_prioritet: Plain(seen.lik_prioritet),
            dividendegrunnlag: Plain(seen.eget_grunnlag),
            andres_dividendegrunnlag: Plain(seen.andres_grunnlag),
            loepende_bidrag: Plain(seen.bidrag),
            mottatt: seen.mottatt.into_iter().map(MottattBeloep::from).collect(),
            trekkpaalegg: order(&mot),
        })
    });
    let krav: Vec<_> = claims.collect();
    if krav.is_empty() {
        return Err(none());
    }
    Ok(Answer::json(&InnsynITrekk { ekstern_saksreferanse: sak.referanse.clone(), krav }))
}
