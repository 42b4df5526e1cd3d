//! A ledger as it stood on a day. What happened later is left out. All that can be computed from a
//! ledger is computed here, so that all services and editions show the same sums.

use chrono::NaiveDate;

use super::{
    Bruk, ForfallRef, Innbetaling, Krav, Kravforfall, Motregning, MotregningMotAndre, Plassering, Postering, Reskontro,
    Utbetaling, invariants,
};
use crate::domain::Beloep;
use crate::domain::kravtype::{Kravgruppe, Reskontrosystem};
use crate::domain::rente::Rente;

/// A ledger at the end of a day.
#[derive(Clone, Copy, Debug)]
pub struct AsOf<'a> {
    reskontro: &'a Reskontro,
    dag: NaiveDate,
}

/// A claim on a day.
#[derive(Clone, Copy, Debug)]
pub struct KravAsOf<'a> {
    at: AsOf<'a>,
    index: usize,
    /// The claim itself.
    pub krav: &'a Krav,
}

/// An instalment on a day.
#[derive(Clone, Copy, Debug)]
pub struct ForfallAsOf<'a> {
    at: AsOf<'a>,
    here: ForfallRef,
    /// The instalment itself.
    pub forfall: &'a Kravforfall,
}

/// Sums over open claims. [`Totaler::saldo`] adds them up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totaler {
    /// Interest estimated to the day, as it is printed for each claim.
    pub stipulerte_renter: Beloep,
    /// Remainders of instalments past due.
    pub forfalte: Beloep,
    /// Remainders of the other instalments.
    pub ikke_forfalte: Beloep,
    /// The unallocated part of payments. Zero or negative, because it reduces the debt.
    pub uplasserte: Beloep,
}

impl Totaler {
    /// All four added up: what the party owes.
    pub fn saldo(&self) -> Beloep {
        self.stipulerte_renter + self.forfalte + self.ikke_forfalte + self.uplasserte
    }
}

/// The sums of one group of claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gruppesum {
    /// The group.
    pub kravgruppe: Kravgruppe,
    /// Its sums. `uplasserte` is always zero in a group.
    pub totaler: Totaler,
}

impl<'a> AsOf<'a> {
    pub(super) fn new(reskontro: &'a Reskontro, dag: NaiveDate) -> Self {
        Self { reskontro, dag }
    }

    /// The day.
    pub fn dag(self) -> NaiveDate {
        self.dag
    }

    pub(crate) fn reskontro(self) -> &'a Reskontro {
        self.reskontro
    }

    /// The claims that existed on the day, in the order of the scenario.
    pub fn krav(self) -> impl Iterator<Item = KravAsOf<'a>> {
        self.reskontro
            .krav
            .iter()
            .enumerate()
            .filter(move |(_, krav)| krav.opprettelsesdato <= self.dag)
            .map(move |(index, krav)| KravAsOf { at: self, index, krav })
    }

    /// A claim by its index in the ledger, if it existed on the day.
    pub fn krav_at(self, index: usize) -> Option<KravAsOf<'a>> {
        let krav = self.reskontro.krav.get(index).filter(|krav| krav.opprettelsesdato <= self.dag)?;
        Some(KravAsOf { at: self, index, krav })
    }

    /// The claims that have a remainder, debit or credit.
    pub fn aapne_krav(self) -> impl Iterator<Item = KravAsOf<'a>> {
        self.krav().filter(|krav| krav.is_open())
    }

    /// The payments that had been made by the day: the party's own before its owner's, by date.
    pub fn innbetalinger(self) -> impl Iterator<Item = &'a Innbetaling> {
        let in_order =
            self.reskontro.innbetalinger_by_date.iter().map(move |index| &self.reskontro.innbetalinger[*index]);
        in_order.filter(move |innbetaling| innbetaling.innbetalingsdato <= self.dag)
    }

    /// The payments of which a part is unallocated.
    pub fn uplasserte_innbetalinger(self) -> impl Iterator<Item = &'a Innbetaling> {
        self.innbetalinger().filter(move |innbetaling| !self.uplassert(innbetaling).is_zero())
    }

    /// The payouts that had been made by the day, in the same order.
    pub fn utbetalinger(self) -> impl Iterator<Item = &'a Utbetaling> {
        let in_order =
            self.reskontro.utbetalinger_by_date.iter().map(move |index| &self.reskontro.utbetalinger[*index]);
        in_order.filter(move |utbetaling| utbetaling.utbetaltdato <= self.dag)
    }

    /// The parts of a payment that had been placed by the day.
    pub fn plasseringer(self, innbetaling: &'a Innbetaling) -> impl Iterator<Item = &'a Plassering> {
        innbetaling.plasseringer.iter().filter(move |plassering| plassering.dato <= self.dag)
    }

    /// The unallocated part of a payment: positive or zero.
    pub fn uplassert(self, innbetaling: &'a Innbetaling) -> Beloep {
        let placed: Beloep = self.plasseringer(innbetaling).map(|plassering| plassering.beloep).sum();
        innbetaling.innbetalt_beloep - placed - self.bruk(innbetaling).map(Bruk::beloep).sum()
    }

    /// What had been done with the unallocated part of a payment by the day.
    pub fn bruk(self, innbetaling: &'a Innbetaling) -> impl Iterator<Item = Bruk<'a>> {
        self.reskontro.bruk(innbetaling).filter(move |bruk| bruk.dato() <= self.dag)
    }

    /// The state of a payout.
    pub fn utbetalingstatus(self, utbetaling: &'a Utbetaling) -> &'a str {
        let is_on_its_way = utbetaling.bekreftet.is_some_and(|bekreftet| self.dag < bekreftet);
        if is_on_its_way { "underUtbetaling" } else { &utbetaling.utbetalingstatus }
    }

    /// A payment by its index in the ledger.
    pub fn innbetaling(self, index: usize) -> &'a Innbetaling {
        &self.reskontro.innbetalinger[index]
    }

    /// The claim and instalment that a reference points to.
    pub fn look_up(self, forfall: ForfallRef) -> (KravAsOf<'a>, ForfallAsOf<'a>) {
        let krav = KravAsOf { at: self, index: forfall.krav, krav: &self.reskontro.krav[forfall.krav] };
        (krav, ForfallAsOf { at: self, here: forfall, forfall: self.reskontro.forfall(forfall) })
    }

    /// Sums over all open claims and unallocated payments.
    pub fn totaler(self) -> Totaler {
        let mut totaler = Totaler::default();
        for krav in self.aapne_krav() {
            krav.add_to(&mut totaler);
        }
        totaler.uplasserte = -self.innbetalinger().map(|innbetaling| self.uplassert(innbetaling)).sum::<Beloep>();
        totaler
    }

    /// Sums over open claims by group, in the order in which the groups first appear among the claims. A group without
    /// an open claim is left out.
    pub fn totaler_per_gruppe(self) -> Vec<Gruppesum> {
        let mut sums: Vec<Gruppesum> = Vec::new();
        for krav in self.aapne_krav() {
            let kravgruppe = krav.krav.kravgruppe;
            let at = sums.iter().position(|sum| sum.kravgruppe == kravgruppe).unwrap_or_else(|| {
                sums.push(Gruppesum { kravgruppe, totaler: Totaler::default() });
                sums.len() - 1
            });
            krav.add_to(&mut sums[at].totaler);
        }
        sums
    }
}

impl Bruk<'_> {
    fn beloep(self) -> Beloep {
        match self {
            Self::Tilbakebetalt(_, part) => part.beloep,
            Self::MotAndre(motregning) => motregning.beloep(),
        }
    }

    fn dato(self) -> NaiveDate {
        match self {
            Self::Tilbakebetalt(utbetaling, _) => utbetaling.utbetaltdato,
            Self::MotAndre(motregning) => motregning.motregnetdato,
        }
    }
}

impl<'a> KravAsOf<'a> {
    /// Its instalments.
    pub fn forfall(self) -> impl Iterator<Item = ForfallAsOf<'a>> {
        let (at, krav) = (self.at, self.index);
        self.krav.forfall.iter().enumerate().map(move |(forfall, it)| ForfallAsOf {
            at,
            here: ForfallRef { krav, forfall },
            forfall: it,
        })
    }

    /// What payments, set-offs and payouts have not covered. Negative on a credit.
    pub fn gjenstaaende(self) -> Beloep {
        self.forfall().map(ForfallAsOf::gjenstaaende).sum()
    }

    /// Another claim and instalment of the same ledger, on the same day.
    pub fn look_up(self, forfall: ForfallRef) -> (KravAsOf<'a>, ForfallAsOf<'a>) {
        self.at.look_up(forfall)
    }

    /// The set-offs against claims of others that it had been used in by the day.
    pub fn mot_andre(self) -> impl Iterator<Item = &'a MotregningMotAndre> {
        self.forfall().flat_map(ForfallAsOf::plassert).filter_map(|plassert| match plassert {
            Plassert::MotAndre(motregning) => Some(motregning),
            _ => None,
        })
    }

    /// Whether any of its instalments has a remainder.
    pub fn is_open(self) -> bool {
        self.forfall().any(|forfall| !forfall.gjenstaaende().is_zero())
    }

    /// Interest on overdue remainders, estimated to the day in whole kroner: from the day after the due date, or after
    /// the last day that an interest claim already charges for. `None` if the ledger system prints no interest: the tax
    /// ledger prints none on closed claims and credits.
    pub fn stipulerte_renter(self) -> Option<Beloep> {
        let printed = match self.krav.system {
            Reskontrosystem::Mva => true,
            Reskontrosystem::Skatt => self.forfall().any(|forfall| forfall.gjenstaaende().is_positive()),
        };
        printed.then(|| {
            if self.krav.rentebaerende {
                let claimed = self.rente_er_krevd_til();
                self.forfall().map(|forfall| forfall.rente(claimed)).sum::<Rente>().to_kroner()
            } else {
                Beloep::ZERO
            }
        })
    }

    /// The last day for which interest had been claimed by the day.
    fn rente_er_krevd_til(self) -> Option<NaiveDate> {
        let claimed = self.at.reskontro.rentekrav(self.index).filter(|krav| krav.opprettelsesdato <= self.at.dag);
        claimed.filter_map(|krav| krav.renteperiode.map(|(_, last)| last)).max()
    }

    fn add_to(self, totaler: &mut Totaler) {
        totaler.stipulerte_renter += self.stipulerte_renter().unwrap_or_default();
        for forfall in self.forfall() {
            let sum = if forfall.is_overdue() { &mut totaler.forfalte } else { &mut totaler.ikke_forfalte };
            *sum += forfall.gjenstaaende();
        }
    }
}

/// Something that had been placed on an instalment by the day.
#[derive(Clone, Copy, Debug)]
pub enum Plassert<'a> {
    /// Part of a payment.
    Innbetaling(&'a Innbetaling, &'a Plassering),
    /// A set-off, and the instalment on its other side.
    Motkrav(&'a Motregning, ForfallRef),
    /// Part of a payout.
    Utbetaling(&'a Utbetaling, &'a Plassering),
    /// A set-off against claims of others.
    MotAndre(&'a MotregningMotAndre),
}

impl<'a> ForfallAsOf<'a> {
    /// Whether it was due before the day. An instalment that is due on the day itself is not overdue.
    pub fn is_overdue(self) -> bool {
        self.forfall.forfallsdato.is_some_and(|due| due < self.at.dag)
    }

    /// What had not been covered. Negative on a credit.
    pub fn gjenstaaende(self) -> Beloep {
        let covered: Beloep = self.poster().map(|post| invariants::amount(self.at.reskontro, post)).sum();
        self.forfall.opprinnelig_beloep + self.endring(covered)
    }

    /// How placing an amount changes the remainder. It goes down on a debit and up on a credit.
    pub fn endring(self, beloep: Beloep) -> Beloep {
        if self.forfall.opprinnelig_beloep.is_negative() { beloep } else { -beloep }
    }

    /// Whether enforcement was deferred on the day.
    pub fn has_utsatt_iverksettelse(self) -> bool {
        let dag = self.at.dag;
        self.forfall.utsatt_iverksettelse.is_some_and(|(fra, til)| fra <= dag && til.is_none_or(|til| dag <= til))
    }

    /// All that had been placed on it, in the order of the ledger.
    pub fn plassert(self) -> impl Iterator<Item = Plassert<'a>> {
        let reskontro = self.at.reskontro;
        self.poster().map(move |post| match post {
            Postering::Innbetaling(i, j) => {
                let innbetaling = &reskontro.innbetalinger[i];
                Plassert::Innbetaling(innbetaling, &innbetaling.plasseringer[j])
            }
            Postering::Motkrav(i) => {
                let motregning = &reskontro.motregninger[i];
                let other = if motregning.kredit == self.here { motregning.debet } else { motregning.kredit };
                Plassert::Motkrav(motregning, other)
            }
            Postering::Utbetaling(i, j) => {
                let utbetaling = &reskontro.utbetalinger[i];
                Plassert::Utbetaling(utbetaling, &utbetaling.grunnlag[j])
            }
            Postering::MotAndre(i) => Plassert::MotAndre(&reskontro.mot_andre[i]),
        })
    }

    /// Exact interest on its positive remainder, from the day after the due date through the day. Interest for the days
    /// up to `claimed` is left out, because another claim charges for them.
    fn rente(self, claimed: Option<NaiveDate>) -> Rente {
        match self.forfall.forfallsdato {
            Some(due) => Rente::after(self.gjenstaaende(), claimed.map_or(due, |last| last.max(due)), self.at.dag),
            None => Rente::default(),
        }
    }

    fn poster(self) -> impl Iterator<Item = Postering> {
        let AsOf { reskontro, dag } = self.at;
        reskontro.poster(self.here).filter(move |post| invariants::date(reskontro, *post) <= dag)
    }
}
