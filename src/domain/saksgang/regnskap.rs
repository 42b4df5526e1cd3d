//! The deduction of one debtor through all days: orders to employers, what came in on each pay day and where it was
//! placed, and what is left of each claim. A debtor has one deduction, whoever the claimants are.

use std::sync::Arc;

use chrono::{Datelike, Months, NaiveDate};
use serde::{Deserialize, Serialize};

use super::Sakstilstand;
use super::fordeling::{Andel, Artsprioritet, Fordring, Plass, fordel};
use super::livsloep::{Grunn, Overgang, Trekk, Trekkvilkaar, Utfall};
use crate::domain::Beloep;
use crate::domain::identifikator::Part;
use crate::domain::kalender::this_or_previous_working_day;
use crate::domain::rente::{Rente, Rentesats};
use crate::domain::trekk::Trekkperiode;
use crate::domain::trekk::regler::Trekkhendelse;

/// A claim that can be in a deduction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trekkrav {
    /// Its kind.
    pub art: Artsprioritet,
    /// Its priority within the case.
    pub prioritet: u32,
    /// The priority of future interest within the case.
    pub renteprioritet: u32,
    /// What is left of it on the day from which interest accrues.
    pub gjenstaaende: Beloep,
    /// The rate, if it bears interest.
    pub rente: Option<Rentesats>,
    /// The first day of interest.
    pub rente_fra: NaiveDate,
}

/// A case of the debtor.
#[derive(Clone, Debug)]
pub struct Trekksak {
    /// How it went so far.
    pub overganger: Vec<Overgang>,
    /// Its claims.
    pub krav: Vec<Trekkrav>,
}

/// Child support that is not due yet. It is covered from each deduction before all claims.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct LoependeBidrag {
    /// From this day.
    pub fra: NaiveDate,
    /// So much a month.
    pub beloep: Beloep,
}

/// A debtor with all their cases.
#[derive(Clone, Debug)]
pub struct Skyldner {
    /// Who it is.
    pub part: Part,
    /// Who employs the debtor, where that is known. Otherwise the employer follows from the number.
    pub arbeidsgiver: Option<Part>,
    /// In the order of their submissions.
    pub saker: Vec<Trekksak>,
    /// Child support that is not due yet.
    pub bidrag: Option<LoependeBidrag>,
}

/// Something happened to an order to an employer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ordrehendelse {
    /// Which order of the debtor, from 0.
    pub ordre: usize,
    /// The employer.
    pub trekkpliktig: Part,
    /// The day.
    pub dag: NaiveDate,
    /// What happened.
    pub hendelse: Trekkhendelse,
}

/// A deduction that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GjennomfoertTrekk {
    /// The pay day.
    pub dag: NaiveDate,
    /// The employer.
    pub trekkpliktig: Part,
    /// How much was deducted.
    pub beloep: Beloep,
    /// What went to running child support.
    pub bidrag: Beloep,
    /// What went to claims: case, claim, share. Claims that got nothing are left out.
    pub plassert: Vec<(usize, usize, Andel)>,
    /// What no claim took. It goes back to the debtor.
    pub til_overs: Beloep,
}

impl GjennomfoertTrekk {
    /// What was placed on claims and on child support.
    pub fn plassert_beloep(&self) -> Beloep {
        self.plassert.iter().map(|(.., andel)| andel.sum()).sum::<Beloep>() + self.bidrag
    }
}

/// How a claim stands at the end of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kravstand {
    /// Its claim is in the running deduction.
    pub i_trekk: bool,
    /// Where it stands.
    pub plass: Plass,
    /// What is left of the claim itself.
    pub gjenstaaende: Beloep,
    /// Interest that has accrued and is not paid.
    pub rente: Beloep,
    /// What deductions have paid, on the claim and its interest.
    pub betalt: Andel,
}

/// A debtor's deduction at the end of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Regnskap {
    /// The day.
    pub dag: NaiveDate,
    /// What happened to orders, in order.
    pub ordre: Vec<Ordrehendelse>,
    /// Each deduction, in order.
    pub trekk: Vec<GjennomfoertTrekk>,
    /// How each claim of each case stands.
    pub krav: Vec<Vec<Kravstand>>,
    /// The day on which each case was paid in full.
    pub betalt: Vec<Option<NaiveDate>>,
    /// The terms of the running deduction.
    pub loepende: Option<Trekk>,
}

/// Computes a debtor's deduction until the end of a day. A later day only adds to the lists.
pub fn regnskap(skyldner: &Skyldner, til: NaiveDate) -> Regnskap {
    let mut arbeid = Arbeid::ny(skyldner);
    let mut hendelser = arbeid.hendelser(til).into_iter().peekable();
    loop {
        let loenn = arbeid.neste_loenn().filter(|(dag, _)| *dag <= til);
        match (hendelser.peek().map(|(dag, ..)| *dag), loenn) {
            (Some(dag), loenn) if loenn.is_none_or(|(loenn, _)| dag <= loenn) => {
                if let Some((dag, sak, vilkaar)) = hendelser.next() {
                    arbeid.sak(dag, sak, vilkaar.as_ref());
                }
            }
            (_, Some((dag, maaned))) => arbeid.trekk(dag, maaned),
            (_, None) => break,
        }
    }
    arbeid.ferdig(til)
}

/// A claim on its way through the days.
#[derive(Clone, Debug)]
struct Kravloep<'a> {
    krav: &'a Trekkrav,
    gjenstaaende: Beloep,
    /// All interest until `rente_til`, exact, also what is paid.
    paaloept: Rente,
    rente_til: NaiveDate,
    betalt: Andel,
}

impl Kravloep<'_> {
    fn rente(&self, dag: NaiveDate) -> Beloep {
        let siste = self.krav.rente.map(|sats| Rente::med_sats(sats, self.gjenstaaende, self.rente_til, dag));
        (self.paaloept + siste.unwrap_or_default()).to_oere() - self.betalt.rente
    }

    fn fordring(&self, sak: usize, tid: Option<NaiveDate>, dag: NaiveDate) -> Fordring {
        Fordring {
            sak,
            plass: Plass::ny(self.krav.art, tid),
            prioritet: self.krav.prioritet,
            renteprioritet: self.krav.renteprioritet,
            rente: self.rente(dag),
            hovedstol: self.gjenstaaende,
        }
    }

    fn betal(&mut self, andel: Andel, dag: NaiveDate) {
        if let Some(sats) = self.krav.rente {
            self.paaloept = self.paaloept + Rente::med_sats(sats, self.gjenstaaende, self.rente_til, dag);
        }
        self.rente_til = self.rente_til.max(dag);
        self.gjenstaaende -= andel.hovedstol;
        self.betalt.rente += andel.rente;
        self.betalt.hovedstol += andel.hovedstol;
    }
}

struct Arbeid<'a> {
    skyldner: &'a Skyldner,
    krav: Vec<Vec<Kravloep<'a>>>,
    /// The cases that are in the deduction.
    i_trekk: Vec<bool>,
    betalt: Vec<Option<NaiveDate>>,
    /// The day of an earlier deduction for the claims of each case.
    tid: Vec<Option<NaiveDate>>,
    /// The running order: its periods by their first days.
    perioder: Vec<(NaiveDate, Trekk)>,
    antall_ordre: usize,
    /// The last pay day, and the first day of the month that it was for.
    siste_loenn: Option<(NaiveDate, NaiveDate)>,
    ordre: Vec<Ordrehendelse>,
    trekk: Vec<GjennomfoertTrekk>,
}

impl<'a> Arbeid<'a> {
    fn ny(skyldner: &'a Skyldner) -> Self {
        let loep = |krav: &'a Trekkrav| Kravloep {
            krav,
            gjenstaaende: krav.gjenstaaende,
            paaloept: Rente::default(),
            rente_til: krav.rente_fra,
            betalt: Andel::default(),
        };
        let saker = skyldner.saker.len();
        Self {
            skyldner,
            krav: skyldner.saker.iter().map(|sak| sak.krav.iter().map(loep).collect()).collect(),
            i_trekk: vec![false; saker],
            betalt: vec![None; saker],
            tid: vec![None; saker],
            perioder: Vec::new(),
            antall_ordre: 0,
            siste_loenn: None,
            ordre: Vec::new(),
            trekk: Vec::new(),
        }
    }

    /// What happens to cases: they join the deduction, with terms, or leave it.
    fn hendelser(&self, til: NaiveDate) -> Vec<(NaiveDate, usize, Option<Trekkvilkaar>)> {
        let all = self.skyldner.saker.iter().enumerate().flat_map(|(at, sak)| {
            sak.overganger.iter().filter(|it| it.dag <= til).map(move |it| (it.dag, at, vilkaar_av(it)))
        });
        let mut all: Vec<_> = all.collect();
        all.sort_by_key(|(dag, at, _)| (*dag, *at));
        all
    }

    fn naavaerende(&self) -> Option<Trekk> {
        self.perioder.last().map(|(_, trekk)| *trekk)
    }

    /// A case joins the deduction, or leaves it.
    fn sak(&mut self, dag: NaiveDate, sak: usize, vilkaar: Option<&Trekkvilkaar>) {
        // What is paid stays paid.
        let Some(vilkaar) = vilkaar.filter(|_| self.betalt[sak].is_none()) else {
            if std::mem::replace(&mut self.i_trekk[sak], false) {
                self.stopp_om_tomt(dag);
            }
            return;
        };
        self.i_trekk[sak] = true;
        self.tid[sak] = vilkaar.tidligere_trekk.or(self.tid[sak]);
        let naa = self.naavaerende();
        let trekk =
            naa.unwrap_or_else(|| Trekk::avledet(self.skyldner.part).hos(self.skyldner.arbeidsgiver)).med(vilkaar);
        if naa.is_some_and(|naa| naa.trekkpliktig != trekk.trekkpliktig) {
            self.stopp(dag);
        }
        let Some(startdato) = dag.succ_opt() else { return };
        if self.perioder.is_empty() {
            self.antall_ordre += 1;
        }
        if self.perioder.is_empty() || naa.is_some_and(|naa| naa.stoerrelse != trekk.stoerrelse) {
            let periode = Trekkperiode { startdato, sluttdato: None, stoerrelse: trekk.stoerrelse };
            self.meld(dag, trekk.trekkpliktig, Trekkhendelse::Perioder(vec![periode]));
        }
        self.perioder.retain(|(fra, _)| *fra < startdato);
        self.perioder.push((startdato, trekk));
    }

    fn meld(&mut self, dag: NaiveDate, trekkpliktig: Part, hendelse: Trekkhendelse) {
        let ordre = self.antall_ordre.saturating_sub(1);
        self.ordre.push(Ordrehendelse { ordre, trekkpliktig, dag, hendelse });
    }

    /// The running order ends. An order that has not begun ends on its first day.
    fn stopp(&mut self, dag: NaiveDate) {
        if let (Some((fra, _)), Some(trekk)) = (self.perioder.first(), self.naavaerende()) {
            self.meld(dag, trekk.trekkpliktig, Trekkhendelse::Stopp(dag.max(*fra)));
        }
        self.perioder.clear();
    }

    fn stopp_om_tomt(&mut self, dag: NaiveDate) {
        if !self.i_trekk.contains(&true) {
            self.stopp(dag);
        }
    }

    /// The terms that hold on a day.
    fn paa(&self, dag: NaiveDate) -> Option<Trekk> {
        self.perioder.iter().rev().find(|(fra, _)| *fra <= dag).map(|(_, trekk)| *trekk)
    }

    /// The next pay day on which something is deducted, and the first day of the month that it is for. In a weekend,
    /// pay is paid before it.
    fn neste_loenn(&self) -> Option<(NaiveDate, NaiveDate)> {
        let (begins, _) = self.perioder.first()?;
        let (siste, maaned) = self.siste_loenn.unwrap_or((NaiveDate::MIN, NaiveDate::MIN));
        let months = (0..4).filter_map(|ahead| begins.max(&siste).with_day(1)?.checked_add_months(Months::new(ahead)));
        let days = months.filter(|month| *month > maaned).filter_map(|month| {
            let last = month.checked_add_months(Months::new(1))?.pred_opt()?;
            // The terms at the beginning of the month say when its pay is paid.
            let trekk = self.paa(month).or_else(|| self.perioder.first().map(|(_, trekk)| *trekk))?;
            let dag = month.with_day(trekk.loennsdag.clamp(1, last.day()))?;
            Some((this_or_previous_working_day(dag), month))
        });
        days.into_iter().find(|(dag, _)| dag >= begins && *dag > siste)
    }

    /// Pay is paid, less the deduction, and the deduction is placed.
    fn trekk(&mut self, dag: NaiveDate, maaned: NaiveDate) {
        self.siste_loenn = Some((dag, maaned));
        let Some(trekk) = self.paa(dag) else { return };
        let beloep = trekk.beloep();
        let bidrag = self.skyldner.bidrag.filter(|bidrag| bidrag.fra <= dag).map_or(Beloep::ZERO, |it| it.beloep);
        let bidrag = bidrag.min(beloep);
        let mut steder = Vec::new();
        let mut fordringer = Vec::new();
        for (sak, krav) in self.krav.iter().enumerate().filter(|(sak, _)| self.i_trekk[*sak]) {
            for (at, loep) in krav.iter().enumerate() {
                steder.push((sak, at));
                fordringer.push(loep.fordring(sak, self.tid[sak], dag));
            }
        }
        let andeler = fordel(beloep - bidrag, &fordringer);
        let mut plassert = Vec::new();
        for ((sak, at), andel) in steder.into_iter().zip(andeler) {
            self.krav[sak][at].betal(andel, dag);
            if andel.sum().is_positive() {
                plassert.push((sak, at, andel));
            }
        }
        let paa_krav: Beloep = plassert.iter().map(|(.., andel)| andel.sum()).sum();
        let til_overs = beloep - bidrag - paa_krav;
        let trekkpliktig = trekk.trekkpliktig;
        self.trekk.push(GjennomfoertTrekk { dag, trekkpliktig, beloep, bidrag, plassert, til_overs });
        self.gjoer_opp(dag);
    }

    /// Cases that are paid leave the deduction. Without cases, the order ends.
    fn gjoer_opp(&mut self, dag: NaiveDate) {
        for (sak, krav) in self.krav.iter().enumerate().filter(|(sak, _)| self.i_trekk[*sak]) {
            if krav.iter().all(|it| it.gjenstaaende.is_zero() && it.rente(dag).is_zero()) {
                self.betalt[sak] = Some(dag);
            }
        }
        for (in_it, betalt) in self.i_trekk.iter_mut().zip(&self.betalt) {
            *in_it = *in_it && betalt.is_none();
        }
        self.stopp_om_tomt(dag);
    }

    fn ferdig(self, til: NaiveDate) -> Regnskap {
        let loepende = self.naavaerende();
        let stand = |(sak, krav): (usize, &Vec<Kravloep<'_>>)| {
            let stand = |loep: &Kravloep<'_>| Kravstand {
                i_trekk: self.i_trekk[sak],
                plass: Plass::ny(loep.krav.art, self.tid[sak]),
                gjenstaaende: loep.gjenstaaende,
                rente: loep.rente(til),
                betalt: loep.betalt,
            };
            krav.iter().map(stand).collect()
        };
        let krav = self.krav.iter().enumerate().map(stand).collect();
        Regnskap { dag: til, ordre: self.ordre, trekk: self.trekk, krav, betalt: self.betalt, loepende }
    }
}

/// The terms of a deduction that a case came into, if it did.
fn vilkaar_av(overgang: &Overgang) -> Option<Trekkvilkaar> {
    let utfall: &Arc<[Utfall]> = &overgang.utfall;
    let terms = utfall.iter().find_map(|utfall| match utfall {
        Utfall::Utleggstrekk(vilkaar) => Some(*vilkaar),
        _ => None,
    });
    terms.filter(|_| overgang.tilstand == Sakstilstand::SakBesluttet)
}

/// How a case went, with its end when it was paid.
pub fn med_slutt(mut overganger: Vec<Overgang>, betalt: Option<NaiveDate>) -> Vec<Overgang> {
    if let Some(dag) = betalt {
        let at = overganger.iter().position(|it| it.dag > dag).unwrap_or(overganger.len());
        let (tilstand, grunn) = (Sakstilstand::SakAvsluttet, Grunn::Betalt);
        let slutt = Overgang { dag, tilstand, utfall: Arc::default(), grunn };
        overganger.insert(at, slutt);
    }
    overganger
}
