//! What the claimant of one claim may know of the deduction that it is in (Forskrift til tvangsfullbyrdelsesloven § 4,
//! letters a to e): sums of all claimants' claims, never another claimant's claim.

use chrono::{Months, NaiveDate};

use super::fordeling::Plass;
use super::livsloep::Trekk;
use super::regnskap::{Kravstand, Regnskap};
use crate::domain::Beloep;

/// Insight into the deduction from one claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Innsyn {
    /// (a) What claims of a better kind demand, with interest so far.
    pub bedre_art: Beloep,
    /// (a) What claims of the same kind and better time demand.
    pub bedre_tid: Beloep,
    /// (b) What all claims of the same priority demand, this one too.
    pub lik_prioritet: Beloep,
    /// (b) The claim's basis for a proportional distribution.
    pub eget_grunnlag: Beloep,
    /// (b) The same of all other claims of the same priority.
    pub andres_grunnlag: Beloep,
    /// (c) What goes to running child support each month.
    pub bidrag: Beloep,
    /// (d) What was deducted and placed today and a month back, the newest first.
    pub mottatt: Vec<Mottatt>,
    /// (e) The terms of the deduction, with their first days, from today on.
    pub trekk: Option<Trekk>,
}

/// A deduction that came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mottatt {
    /// The day.
    pub dag: NaiveDate,
    /// What was deducted.
    pub mottatt: Beloep,
    /// What was placed on claims and on child support.
    pub plassert: Beloep,
    /// What was placed on this claim.
    pub paa_kravet: Beloep,
}

/// Insight from a claim of a case. `None` if the claim is in no running deduction.
pub fn innsyn(regnskap: &Regnskap, bidrag: Beloep, sak: usize, krav: usize) -> Option<Innsyn> {
    let eget = regnskap.krav.get(sak)?.get(krav).filter(|it| it.i_trekk)?;
    let loepende = regnskap.loepende?;
    let krever = |it: &Kravstand| it.gjenstaaende + it.rente;
    let sum = |wanted: &dyn Fn(Plass) -> bool| -> Beloep {
        regnskap.krav.iter().flatten().filter(|it| it.i_trekk && wanted(it.plass)).map(krever).sum()
    };
    let lik_prioritet = sum(&|plass| plass == eget.plass);
    let eget_grunnlag = krever(eget);
    let since = regnskap.dag.checked_sub_months(Months::new(1)).unwrap_or(NaiveDate::MIN);
    let mottatt = regnskap.trekk.iter().rev().filter(|it| it.dag >= since).map(|it| Mottatt {
        dag: it.dag,
        mottatt: it.beloep,
        plassert: it.plassert_beloep(),
        paa_kravet: it.plassert.iter().filter(|(s, k, _)| (*s, *k) == (sak, krav)).map(|(.., andel)| andel.sum()).sum(),
    });
    Some(Innsyn {
        bedre_art: sum(&|plass| plass.art < eget.plass.art),
        bedre_tid: sum(&|plass| plass.art == eget.plass.art && plass.tid < eget.plass.tid),
        lik_prioritet,
        eget_grunnlag,
        andres_grunnlag: lik_prioritet - eget_grunnlag,
        bidrag: bidrag.min(loepende.beloep()),
        mottatt: mottatt.collect(),
        trekk: Some(loepende),
    })
}
