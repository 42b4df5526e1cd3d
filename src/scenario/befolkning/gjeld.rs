//! The tax that an employed person owes and an employer deducts from the pay: the claim of the person and the order to the
//! employer follow from it, so both say the same.

use chrono::{Datelike, Months, NaiveDate};

use super::folk::{Folk, spoersmaal};
use super::tall::mix;
use super::tid::Tid;
use crate::domain::Beloep;
use crate::domain::identifikator::Part;
use crate::domain::kalender::{this_or_next_working_day, this_or_previous_working_day};
use crate::domain::terminer::{Termin, Terminserie, due_after_pay_day};

/// The first year in which a claim of this kind falls due.
const FIRST_YEAR: i32 = 2022;
/// A person gets into arrears anew every so many years.
const YEARS_APART: i32 = 4;
/// The day of the month on which wages are paid, or the last working day before it.
const PAY_DAY: u32 = 20;

/// What a person owes, and how it is deducted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Gjeld {
    /// The person.
    pub(crate) skyldner: Part,
    /// The income year of the tax.
    pub(crate) aar: i32,
    /// What is deducted each month.
    pub(crate) beloep: Beloep,
    /// The day on which the employer gets the order.
    pub(crate) opprettet: NaiveDate,
    /// The first day of the order.
    pub(crate) fra: NaiveDate,
    /// The days on which the employer pays, an even number: the first half covers the first instalment.
    pub(crate) betalt: Vec<NaiveDate>,
    /// The last day of the order. The employer is told on the day of the last payment.
    pub(crate) siste: NaiveDate,
}

impl Gjeld {
    /// All that falls due for a person until a day, in the order of time. The debts of a person never overlap.
    pub(super) fn av(folk: &Folk, skyldner: Part, til: NaiveDate) -> impl Iterator<Item = Self> {
        let first = folk.orden.hash(skyldner, spoersmaal::GJELD);
        let years = i32::try_from(first % u64::try_from(YEARS_APART).unwrap_or(1)).unwrap_or_default();
        let years = (0..).map(move |number| FIRST_YEAR + years + number * YEARS_APART);
        let debts =
            years.map_while(move |due| Self::forfalt(skyldner, due, mix(first ^ u64::from(due.unsigned_abs()))));
        debts.take_while(move |gjeld| gjeld.forfallsdato().is_some_and(|due| due <= til))
    }

    /// The debt of a tax that falls due in a year.
    fn forfalt(skyldner: Part, due: i32, chance: u64) -> Option<Self> {
        let opprettet = NaiveDate::from_ymd_opt(due, 11, 2)? + chrono::Days::new(chance % 180);
        let opprettet = this_or_next_working_day(opprettet);
        let months = 6 + 2 * u32::try_from((chance >> 16) % 10).ok()?;
        let hundreds = i64::try_from(8 + (chance >> 24) % 28 + (chance >> 32) % 28).ok()?;
        let fra = opprettet.with_day(1)?.checked_add_months(Months::new(1))?;
        let paid = |month| {
            let payday = fra.checked_add_months(Months::new(month))?.with_day(PAY_DAY)?;
            due_after_pay_day(this_or_previous_working_day(payday))
        };
        let betalt: Vec<NaiveDate> = (0..months).map_while(paid).collect();
        let siste = betalt.last()?.with_day(1)?.checked_add_months(Months::new(1))?.pred_opt()?;
        Some(Self {
            skyldner,
            aar: due - 1,
            beloep: Beloep::from_kroner(hundreds * 100),
            opprettet,
            fra,
            betalt,
            siste,
        })
    }

    /// The whole amount, which is that of the claim.
    pub(super) fn hele(&self) -> Beloep {
        self.betalt.iter().map(|_| self.beloep).sum()
    }

    /// The day on which the claim first falls due.
    pub(super) fn forfallsdato(&self) -> Option<NaiveDate> {
        Terminserie::Restskatt.forfallsdato(Termin { aar: self.aar, nummer: 1 })
    }

    /// Whether its claim belongs into a ledger that is made for some time.
    pub(super) fn er_i(&self, tid: Tid) -> bool {
        let last = self.betalt.last().copied();
        last.is_some_and(|last| last >= tid.fra)
            && self.forfallsdato().is_some_and(|due| due <= tid.til && !tid.utelater(due, last))
    }

    /// Digits for identifiers of what follows from it.
    pub(super) fn nummer(&self) -> u64 {
        mix(self.skyldner.number() ^ u64::from(self.opprettet.year().unsigned_abs()) << 40)
    }
}
