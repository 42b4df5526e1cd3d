//! How one deduction is placed on the claims of a debtor.
//!
//! Dekningsloven § 2-8: claims of a better kind (letters a to e of the first paragraph) come first, and claims of the same
//! kind share in proportion to what they claim (third paragraph). What the law leaves open is chosen; docs/fidelity.md,
//! "After a submission", says which is which.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::domain::Beloep;
pub use crate::domain::begjaering::modell::PrioritetDekningsloven as Artsprioritet;

/// Where a claim stands among those of its debtor. Less is better; equal ones share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Plass {
    /// By kind.
    pub art: Artsprioritet,
    /// By time within the kind: the day of a deduction under the old rules, and the end of time without one.
    pub tid: NaiveDate,
}

impl Plass {
    /// The place of a claim.
    pub fn ny(art: Artsprioritet, tid: Option<NaiveDate>) -> Self {
        Self { art, tid: tid.unwrap_or(NaiveDate::MAX) }
    }
}

/// A claim as it stands when a deduction comes in.
#[derive(Clone, Copy, Debug)]
pub struct Fordring {
    /// Its case.
    pub sak: usize,
    /// Where it stands.
    pub plass: Plass,
    /// Its priority within its case (`prioritetISak`); 1 is the best.
    pub prioritet: u32,
    /// The priority of its interest within the case.
    pub renteprioritet: u32,
    /// Interest that has accrued and is not paid.
    pub rente: Beloep,
    /// What is left of the claim itself.
    pub hovedstol: Beloep,
}

impl Fordring {
    /// Its basis for a proportional distribution: what is left, and accrued interest (dividendegrunnlag).
    pub fn grunnlag(&self) -> Beloep {
        self.rente + self.hovedstol
    }
}

/// What a claim gets of a deduction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Andel {
    /// On its interest.
    pub rente: Beloep,
    /// On the claim itself.
    pub hovedstol: Beloep,
}

impl Andel {
    /// Both.
    pub fn sum(self) -> Beloep {
        self.rente + self.hovedstol
    }
}

/// Places an amount on claims. Each claim gets its share, in the order of the claims. No claim gets more than it
/// demands, and nothing is left over before all claims are paid.
pub fn fordel(beloep: Beloep, fordringer: &[Fordring]) -> Vec<Andel> {
    let mut andeler = vec![Andel::default(); fordringer.len()];
    let mut igjen = beloep;
    let mut plasser: BTreeMap<Plass, BTreeMap<usize, Vec<usize>>> = BTreeMap::new();
    for (at, fordring) in fordringer.iter().enumerate() {
        plasser.entry(fordring.plass).or_default().entry(fordring.sak).or_default().push(at);
    }
    for saker in plasser.values() {
        let grunnlag: Vec<Beloep> =
            saker.values().map(|krav| krav.iter().map(|at| fordringer[*at].grunnlag()).sum()).collect();
        let deler = forholdsmessig(igjen, &grunnlag);
        for (krav, del) in saker.values().zip(&deler) {
            i_sak(*del, krav, fordringer, &mut andeler);
        }
        igjen -= deler.into_iter().sum();
    }
    andeler
}

/// Places the share of a case on its claims, by their priorities in the case. Claims of equal priority share. A claim's
/// interest is paid before the claim itself if both have the same priority.
fn i_sak(beloep: Beloep, krav: &[usize], fordringer: &[Fordring], andeler: &mut [Andel]) {
    let mut trinn: BTreeMap<u32, BTreeMap<usize, Andel>> = BTreeMap::new();
    for at in krav {
        let fordring = &fordringer[*at];
        trinn.entry(fordring.renteprioritet).or_default().entry(*at).or_default().rente = fordring.rente;
        trinn.entry(fordring.prioritet).or_default().entry(*at).or_default().hovedstol = fordring.hovedstol;
    }
    let mut igjen = beloep;
    for demands in trinn.values() {
        let deler = forholdsmessig(igjen, &demands.values().map(|it| it.sum()).collect::<Vec<_>>());
        for ((at, demand), del) in demands.iter().zip(&deler) {
            let rente = (*del).min(demand.rente);
            andeler[*at].rente += rente;
            andeler[*at].hovedstol += *del - rente;
        }
        igjen -= deler.into_iter().sum();
    }
}

/// Shares an amount in proportion to what each demands, exact to the øre: each share is rounded down, and the øre that
/// are left go to the largest remainders, the first one first. Whoever demands nothing gets nothing.
pub fn forholdsmessig(beloep: Beloep, grunnlag: &[Beloep]) -> Vec<Beloep> {
    let positive = |it: &Beloep| i128::from(it.oere().max(0));
    let sum: i128 = grunnlag.iter().map(positive).sum();
    let beloep = i128::from(beloep.oere().max(0));
    if beloep >= sum {
        return grunnlag.iter().map(|it| (*it).max(Beloep::ZERO)).collect();
    }
    let mut deler: Vec<i128> = grunnlag.iter().map(|it| beloep * positive(it) / sum).collect();
    let mut igjen = beloep - deler.iter().sum::<i128>();
    let mut by_rest: Vec<usize> = (0..grunnlag.len()).collect();
    by_rest.sort_by_key(|at| std::cmp::Reverse(beloep * positive(&grunnlag[*at]) % sum));
    for at in by_rest {
        if igjen == 0 {
            break;
        }
        deler[at] += 1;
        igjen -= 1;
    }
    deler.into_iter().map(|del| Beloep::from_oere(i64::try_from(del).unwrap_or(0))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn claim(sak: usize, art: Artsprioritet, prioritet: u32, rente: i64, hovedstol: i64) -> Fordring {
        Fordring {
            sak,
            plass: Plass::ny(art, None),
            prioritet,
            renteprioritet: prioritet,
            rente: Beloep::from_oere(rente),
            hovedstol: Beloep::from_oere(hovedstol),
        }
    }

    fn shares(beloep: i64, fordringer: &[Fordring]) -> Vec<(i64, i64)> {
        let all = fordel(Beloep::from_oere(beloep), fordringer);
        all.iter().map(|it| (it.rente.oere(), it.hovedstol.oere())).collect()
    }

    #[test]
    fn a_better_letter_is_paid_in_full_before_the_next() {
        let claims = [claim(0, Artsprioritet::E, 1, 0, 500), claim(1, Artsprioritet::D, 1, 10, 90)];
        assert_eq!(shares(99, &claims), [(0, 0), (10, 89)]);
        assert_eq!(shares(101, &claims), [(0, 1), (10, 90)]);
    }

    #[test]
    fn an_earlier_deduction_comes_before_the_others_of_its_letter() {
        let mut claims = [claim(0, Artsprioritet::E, 1, 0, 500), claim(1, Artsprioritet::E, 1, 0, 500)];
        assert_eq!(shares(500, &claims), [(0, 250), (0, 250)]);
        claims[1].plass = Plass::ny(Artsprioritet::E, NaiveDate::from_ymd_opt(2024, 5, 1));
        assert_eq!(shares(500, &claims), [(0, 0), (0, 500)]);
    }

    #[test]
    fn cases_share_and_each_case_places_its_share_by_its_own_priorities() {
        let claims = [
            claim(0, Artsprioritet::E, 2, 0, 3000),
            claim(0, Artsprioritet::E, 1, 0, 3000),
            claim(1, Artsprioritet::E, 99, 0, 3000),
        ];
        assert_eq!(shares(3000, &claims), [(0, 0), (0, 2000), (0, 1000)]);
        assert_eq!(shares(6000, &claims), [(0, 1000), (0, 3000), (0, 2000)]);
    }

    #[test]
    fn equal_priorities_share_and_interest_comes_before_its_own_claim() {
        let claims = [claim(0, Artsprioritet::E, 1, 40, 60), claim(0, Artsprioritet::E, 1, 0, 100)];
        assert_eq!(shares(100, &claims), [(40, 10), (0, 50)]);
        let later = [Fordring { renteprioritet: 7, ..claims[0] }, claims[1]];
        assert_eq!(shares(100, &later), [(0, 38), (0, 62)], "60 to 100, the øre to the first of equal remainders");
    }

    #[test]
    fn the_oere_that_are_left_go_to_the_largest_remainders() {
        let share = |beloep, of: &[i64]| {
            let of: Vec<_> = of.iter().map(|oere| Beloep::from_oere(*oere)).collect();
            forholdsmessig(Beloep::from_oere(beloep), &of).iter().map(|it| it.oere()).collect::<Vec<_>>()
        };
        assert_eq!(share(100, &[1, 1, 1]), [1, 1, 1]);
        assert_eq!(share(2, &[1, 1, 1]), [1, 1, 0]);
        assert_eq!(share(100, &[333, 333, 334]), [33, 33, 34]);
        assert_eq!(share(10, &[0, 7, 14]), [0, 3, 7]);
        assert_eq!(share(0, &[5, 5]), [0, 0]);
        assert_eq!(share(5, &[]), [0_i64; 0]);
    }

    proptest! {
        #[test]
        fn all_is_placed_until_all_is_paid_and_nobody_gets_too_much(
            claims in prop::collection::vec((0_usize..4, 0_usize..5, 1_u32..5, 1_u32..5, 0_i64..1_000_000, 0_i64..100_000_000), 0..12),
            beloep in 0_i64..300_000_000,
        ) {
            let claims: Vec<Fordring> = claims.into_iter().map(|(sak, art, prioritet, renteprioritet, rente, hovedstol)| {
                Fordring { renteprioritet, ..claim(sak, Artsprioritet::ALLE[art], prioritet, rente, hovedstol) }
            }).collect();
            let andeler = fordel(Beloep::from_oere(beloep), &claims);
            let placed: Beloep = andeler.iter().map(|it| it.sum()).sum();
            let demanded: Beloep = claims.iter().map(Fordring::grunnlag).sum();
            prop_assert_eq!(placed, demanded.min(Beloep::from_oere(beloep)));
            for (andel, claim) in andeler.iter().zip(&claims) {
                prop_assert!(!andel.rente.is_negative() && andel.rente <= claim.rente);
                prop_assert!(!andel.hovedstol.is_negative() && andel.hovedstol <= claim.hovedstol);
            }
            // A claim gets something only if all claims of better letters are paid in full.
            for (andel, claim) in andeler.iter().zip(&claims).filter(|(andel, _)| andel.sum().is_positive()) {
                for (other, better) in andeler.iter().zip(&claims).filter(|(_, other)| other.plass < claim.plass) {
                    prop_assert_eq!(other.sum(), better.grunnlag(), "{:?} before {:?}", better, andel);
                }
            }
        }
    }
}
