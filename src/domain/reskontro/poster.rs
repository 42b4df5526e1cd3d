//! Which placements each instalment has, in two lists for a whole ledger. Nearly every instalment has one, so a list for
//! each would be most of what a ledger takes.

use super::{Entries, ForfallRef, Krav, Motregningskilde};

/// One placement on an instalment, by its index in the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Postering {
    /// `innbetalinger[.0].plasseringer[.1]`
    Innbetaling(usize, usize),
    /// `motregninger[.0]`, of which this instalment is one side
    Motkrav(usize),
    /// `utbetalinger[.0].grunnlag[.1]`
    Utbetaling(usize, usize),
    /// `mot_andre[.0]`
    MotAndre(usize),
}

/// The placements of a ledger.
#[derive(Clone, Debug, Default)]
pub(super) struct Poster {
    /// Of each claim, how many instalments the claims before it have.
    before: Vec<usize>,
    /// Where those of each instalment begin in `all`, and at the end where the last ones end.
    first: Vec<usize>,
    /// By instalment; those of an instalment in the order of the ledger.
    all: Vec<Postering>,
}

impl Poster {
    /// Those of the entries. A placement on an instalment that does not exist is left out.
    pub(super) fn of(entries: &Entries) -> Self {
        let Entries { krav, innbetalinger, motregninger, utbetalinger, mot_andre } = entries;
        let (before, instalments) = before(krav);
        let most = innbetalinger.len() + utbetalinger.len() + 2 * motregninger.len() + mot_andre.len();
        let mut found: Vec<(usize, Postering)> = Vec::with_capacity(most);
        let mut add = |til: ForfallRef, postering| {
            if krav.get(til.krav).is_some_and(|krav| til.forfall < krav.forfall.len()) {
                found.push((before[til.krav] + til.forfall, postering));
            }
        };
        for (i, innbetaling) in innbetalinger.iter().enumerate() {
            for (j, plassering) in innbetaling.plasseringer.iter().enumerate() {
                add(plassering.forfall, Postering::Innbetaling(i, j));
            }
        }
        for (i, motregning) in motregninger.iter().enumerate() {
            add(motregning.debet, Postering::Motkrav(i));
            add(motregning.kredit, Postering::Motkrav(i));
        }
        for (i, utbetaling) in utbetalinger.iter().enumerate() {
            for (j, grunnlag) in utbetaling.grunnlag.iter().enumerate() {
                add(grunnlag.forfall, Postering::Utbetaling(i, j));
            }
        }
        for (i, motregning) in mot_andre.iter().enumerate() {
            if let Motregningskilde::Kreditkrav(kredit) = motregning.kilde {
                add(kredit, Postering::MotAndre(i));
            }
        }
        found.sort_by_key(|(place, _)| *place);
        let mut first = Vec::with_capacity(instalments + 1);
        for (at, (place, _)) in found.iter().enumerate() {
            while first.len() <= *place {
                first.push(at);
            }
        }
        first.resize(instalments + 1, found.len());
        Self { before, first, all: found.into_iter().map(|(_, postering)| postering).collect() }
    }

    /// Those on an instalment that exists.
    pub(super) fn paa(&self, forfall: ForfallRef) -> impl Iterator<Item = Postering> {
        let place = self.before[forfall.krav] + forfall.forfall;
        self.all[self.first[place]..self.first[place + 1]].iter().copied()
    }
}

/// Of each claim, how many instalments the claims before it have; and how many there are in all.
fn before(krav: &[Krav]) -> (Vec<usize>, usize) {
    let mut instalments = 0;
    let before = krav.iter().map(|krav| {
        let before = instalments;
        instalments += krav.forfall.len();
        before
    });
    (before.collect(), instalments)
}
