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

/// The days that interest on a principal is claimed for, if the claim does not say it: from the day after the first due
/// date, to the day on which nothing was left or the day on which the interest was claimed. `None` if the principal was
/// not overdue in that time.
pub fn renteperiode(
    hovedstol: &Krav,
    plassert: &[PlassertPaaHovedstol],
    claimed: NaiveDate,
) -> Option<(NaiveDate, NaiveDate)> {
    let first = hovedstol.forfall.iter().filter_map(|forfall| forfall.forfallsdato).min()?.succ_opt()?;
    let whole: Beloep = hovedstol.opprinnelig_beloep();
    let covered: Beloep = plassert.iter().map(|placed| placed.beloep).sum();
    let paid = plassert.iter().map(|placed| placed.dato).max().filter(|_| covered >= whole);
    let last = paid.map_or(claimed, |paid| paid.min(claimed));
    (first <= last).then_some((first, last))
}

/// The interest on a principal for a period, in whole kroner. It runs on what is left at the beginning of each day.
pub fn rente(hovedstol: &Krav, plassert: &[PlassertPaaHovedstol], (fra, til): (NaiveDate, NaiveDate)) -> Beloep {
    let of_instalment = |(index, forfall): (usize, &super::Kravforfall)| {
        let Some(due) = forfall.forfallsdato else {
            return Rente::default();
        };
        let mut placed: Vec<_> = plassert.iter().filter(|placed| placed.forfall == index).collect();
        placed.sort_by_key(|placed| placed.dato);
        // The last day before the part of the period that is counted next.
        let mut until = due.max(fra.pred_opt().unwrap_or(fra));
        let mut left = forfall.opprinnelig_beloep;
        let mut sum = Rente::default();
        for placed in placed {
            let day = placed.dato.min(til);
            sum = sum + Rente::after(left, until, day);
            until = until.max(day);
            left -= placed.beloep;
        }
        sum + Rente::after(left, until, til)
    };
    hovedstol.forfall.iter().enumerate().map(of_instalment).sum::<Rente>().to_kroner()
}
