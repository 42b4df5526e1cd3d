//! Interest that is claimed: what the rates give for a principal and a period.
//! Imitates docs/fidelity.md, "Interest".

use chrono::NaiveDate;

use super::types::Krav;
use crate::domain::Beloep;
use crate::domain::rente::Rente;

/// Something that was placed on an instalment of the principal.
#[derive(Clone, Copy, Debug)]
pub struct PlassertPaaHovedstol {
    /// The index of the instalment.
    pub forfall: usize,
    /// The day on which it was placed. Interest runs to that day.
    pub dato: NaiveDate,
    /// Positive.
    pub beloep: Beloep,
}

/// A principal with all that was placed on it, added up so that many interest claims on it cost little each.
#[derive(Clone, Debug)]
pub struct Hovedstol {
    /// The day after its first due date. `None` if it has no due date.
    first: Option<NaiveDate>,
    /// The day on which nothing was left. `None` if something is left.
    paid: Option<NaiveDate>,
    instalments: Vec<Vec<Step>>,
}

/// What is left of an instalment from a day on, and the interest that had run to that day.
#[derive(Clone, Copy, Debug)]
struct Step {
    /// Interest on what is left runs from the day after this one.
    after: NaiveDate,
    left: Beloep,
    interest: Rente,
}

impl Hovedstol {
    /// Adds up what was placed on a principal.
    pub fn new(krav: &Krav, plassert: &[PlassertPaaHovedstol]) -> Self {
        let first = krav.forfall.iter().filter_map(|forfall| forfall.forfallsdato).min();
        let covered: Beloep = plassert.iter().map(|placed| placed.beloep).sum();
        let last = plassert.iter().map(|placed| placed.dato).max();
        let mut by_instalment = vec![Vec::new(); krav.forfall.len()];
        for placed in plassert {
            if let Some(list) = by_instalment.get_mut(placed.forfall) {
                list.push(*placed);
            }
        }
        let instalments = krav.forfall.iter().zip(by_instalment).filter_map(|(forfall, mut placed)| {
            placed.sort_by_key(|placed| placed.dato);
            let begin =
                Step { after: forfall.forfallsdato?, left: forfall.opprinnelig_beloep, interest: Rente::default() };
            let mut steps = vec![begin];
            for placed in placed {
                let before = steps.last().copied().unwrap_or(begin);
                let after = before.after.max(placed.dato);
                steps.push(Step { after, left: before.left - placed.beloep, interest: before.interest_to(after) });
            }
            Some(steps)
        });
        Self {
            first: first.and_then(|first| first.succ_opt()),
            paid: last.filter(|_| covered >= krav.opprinnelig_beloep()),
            instalments: instalments.collect(),
        }
    }

    /// The days that interest is claimed for, if the claim does not say it: from the day after the first due date, to the
    /// day on which nothing was left or the day on which the interest was claimed. `None` if the principal was not
    /// overdue in that time.
    pub fn renteperiode(&self, claimed: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
        let last = self.paid.map_or(claimed, |paid| paid.min(claimed));
        self.first.filter(|first| *first <= last).map(|first| (first, last))
    }

    /// The interest for a period, in whole kroner. It runs on what is left at the beginning of each day.
    pub fn rente(&self, (fra, til): (NaiveDate, NaiveDate)) -> Beloep {
        let before = fra.pred_opt().unwrap_or(fra);
        let of_instalment = |steps: &Vec<Step>| interest_to(steps, til.max(before)) - interest_to(steps, before);
        self.instalments.iter().map(of_instalment).sum::<Rente>().to_kroner()
    }
}

impl Step {
    fn interest_to(self, day: NaiveDate) -> Rente {
        self.interest + Rente::after(self.left, self.after, day)
    }
}

/// The interest on an instalment from its due date through a day.
fn interest_to(steps: &[Step], day: NaiveDate) -> Rente {
    let begun = steps.partition_point(|step| step.after <= day);
    begun.checked_sub(1).and_then(|last| steps.get(last)).map_or_else(Rente::default, |step| step.interest_to(day))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::identifikator::Part;
    use crate::domain::kravtype::{Kravgruppe, Reskontrosystem};
    use crate::domain::reskontro::{Betalingsinformasjon, Kravforfall};
    use proptest::prelude::*;

    fn day(number: u64) -> NaiveDate {
        crate::domain::clock::parse_day("2024-01-01").expect("a day") + chrono::Days::new(number)
    }

    fn krav(forfall: &[(u64, i64)]) -> Krav {
        let forfall = forfall.iter().map(|(due, kroner)| Kravforfall {
            kravforfallsidentifikator: "".into(),
            forfallsdato: Some(day(*due)),
            opprinnelig_beloep: Beloep::from_kroner(*kroner),
            betalingsinformasjon: Betalingsinformasjon::default(),
            utsatt_iverksettelse: None,
        });
        Krav {
            part: "314300017".parse::<Part>().expect("a number"),
            kravidentifikator: "a".into(),
            kravtype: "RESTSKATT".into(),
            kravgruppe: Kravgruppe::AndreKrav,
            system: Reskontrosystem::Skatt,
            kravbeskrivelse: None,
            kort_beskrivelse: None,
            kravperiode: None,
            opprettelsesdato: day(0),
            rentebaerende: true,
            hovedstol: None,
            renteperiode: None,
            fastsettingsmaate: None,
            forfall: forfall.collect(),
        }
    }

    proptest! {
        /// Day by day, without sums.
        #[test]
        fn the_sums_are_those_of_the_single_days(
            forfall in prop::collection::vec((0_u64..80, 1_i64..100_000), 1..3),
            plassert in prop::collection::vec((0_usize..2, 0_u64..120, 1_i64..60_000), 0..5),
            fra in 0_u64..120,
            length in 0_u64..90,
        ) {
            let krav = krav(&forfall);
            let placed = plassert.iter().map(|(forfall, dato, kroner)| PlassertPaaHovedstol {
                forfall: *forfall,
                dato: day(*dato),
                beloep: Beloep::from_kroner(*kroner),
            });
            let placed: Vec<_> = placed.filter(|placed| placed.forfall < forfall.len()).collect();
            let til = fra + length;
            let mut sum = Rente::default();
            for (index, forfall) in krav.forfall.iter().enumerate() {
                for number in fra.max(1)..=til {
                    let today = day(number);
                    let before = placed.iter().filter(|placed| placed.forfall == index && placed.dato < today);
                    let left = forfall.opprinnelig_beloep - before.map(|placed| placed.beloep).sum::<Beloep>();
                    if forfall.forfallsdato.is_some_and(|due| due < today) {
                        sum = sum + Rente::after(left, day(number - 1), today);
                    }
                }
            }
            prop_assert_eq!(Hovedstol::new(&krav, &placed).rente((day(fra), day(til))), sum.to_kroner());
        }
    }
}
