//! How large the claims of a party are, how the year changes them, and how late it pays. docs/population.md has the
//! distributions.

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand_distr::{Distribution, LogNormal};

use super::folk::{Folk, spoersmaal};
use super::profil::Profil;
use crate::domain::identifikator::Part;

/// The middle of the amounts of a party, in kroner for each two-month term; for taxes of a year, for the year.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stoerrelse {
    pub(super) mva: i64,
    pub(super) arbeidsgiveravgift: i64,
    pub(super) forskuddstrekk: i64,
    pub(super) avgift: i64,
    /// What a person owes after a settlement.
    pub(super) skatt: i64,
    /// What a person gets back after one.
    pub(super) tilgode: i64,
    pub(super) forskudd: i64,
}

/// A log-normal distribution: its median in kroner and its sigma.
type Fordeling = (f64, f64);

/// The distributions of a class of parties: VAT, employer's contribution, excise duties, personal tax.
struct Klasse {
    mva: Fordeling,
    arbeidsgiveravgift: Fordeling,
    avgift: Fordeling,
    skatt: Fordeling,
}

const SMAA: Klasse = Klasse {
    mva: (18_000.0, 0.9),
    arbeidsgiveravgift: (14_000.0, 0.7),
    avgift: (40_000.0, 0.9),
    skatt: (17_000.0, 0.8),
};
const ARBEIDSGIVERE: Klasse = Klasse { mva: (90_000.0, 0.9), arbeidsgiveravgift: (110_000.0, 0.8), ..SMAA };
const STORE: Klasse =
    Klasse { mva: (3_500_000.0, 0.8), arbeidsgiveravgift: (2_200_000.0, 0.7), avgift: (60_000.0, 0.9), ..SMAA };

/// No amount is below or above these.
const LEAST: f64 = 1_200.0;
const MOST: f64 = 60_000_000.0;

/// What is withheld from wages for each krone of employer's contribution.
const WITHHELD: f64 = 2.2;
/// The advance tax of an owner for each krone of outstanding tax.
const ADVANCE: i64 = 5;

impl Stoerrelse {
    /// Those of a small firm, or of a person.
    pub(super) fn av(folk: &Folk, part: Part) -> Self {
        Self::med(folk, part, &SMAA)
    }

    /// Those of an organisation.
    pub(super) fn av_organisasjon(folk: &Folk, part: Part, profil: Profil) -> Self {
        let klasse = match profil {
            Profil::Stor => &STORE,
            Profil::Arbeidsgiver => &ARBEIDSGIVERE,
            _ => &SMAA,
        };
        Self::med(folk, part, klasse)
    }

    fn med(folk: &Folk, part: Part, klasse: &Klasse) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(folk.orden.hash(part, spoersmaal::BELOEP));
        let mut draw = |(median, sigma): Fordeling| {
            let drawn = LogNormal::new(median.ln(), sigma).map_or(median, |amounts| amounts.sample(&mut rng));
            drawn.clamp(LEAST, MOST)
        };
        let (mva, contribution) = (draw(klasse.mva), draw(klasse.arbeidsgiveravgift));
        let (avgift, skatt) = (draw(klasse.avgift), draw(klasse.skatt));
        Self {
            mva: whole(mva),
            arbeidsgiveravgift: whole(contribution),
            forskuddstrekk: whole(contribution * WITHHELD),
            avgift: whole(avgift),
            skatt: whole(skatt),
            tilgode: whole(skatt / 2.0),
            forskudd: whole(skatt) * ADVANCE,
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "it is at most some hundred millions")]
fn whole(kroner: f64) -> i64 {
    kroner.round() as i64
}

/// How a year goes: per cent of each sixth of it.
pub(super) fn sesong(folk: &Folk, part: Part) -> &'static [u32] {
    /// Trade, tourism in summer, tourism in winter, building. More than half of all firms have none of these.
    const SEASONS: [[u32; 6]; 4] = [
        [88, 88, 97, 97, 105, 125],
        [60, 75, 120, 165, 105, 75],
        [140, 125, 75, 70, 85, 105],
        [75, 90, 110, 105, 115, 105],
    ];
    let number = folk.en_av(part, spoersmaal::VANER, 100);
    SEASONS.get(usize::try_from(number / 10).unwrap_or_default()).map_or(&[], |season| season)
}

/// When a party pays.
pub(super) struct Vane {
    /// Days before the due date, of one that pays on time.
    pub(super) foer: i64,
    /// Days after it, of one that pays late.
    pub(super) dager: i64,
    /// Days after it, of one that is in arrears.
    pub(super) lenge: i64,
}

pub(super) fn vane(folk: &Folk, part: Part) -> Vane {
    let number = folk.orden.hash(part, spoersmaal::VANER) >> 8;
    let of = |shift: u64, count: u64| i64::try_from((number >> shift) % count).unwrap_or_default();
    Vane { foer: (of(0, 9) - 4).max(0), dager: 2 + of(8, 8), lenge: 210 + of(16, 170) }
}
