//! The orders of an employer in a scenario. The orders of a series are made when they are first needed, which keeps
//! start-up short and memory small.

use std::sync::{Arc, OnceLock};

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use smol_str::SmolStr;

use crate::domain::Beloep;
use crate::domain::identifikator::{Foedselsnummer, Kid, Part};
use crate::domain::prosent::Prosent;
use crate::domain::trekk::regler::{Trekkhendelse, perioder_etter};
use crate::domain::trekk::{
    BETALINGSMOTTAKER, Faste, KONTONUMMER, Trekkliste, Trekkpaalegg, Trekkperiode, Trekkstoerrelse, Trekkversjon,
};
use crate::interface::Happening;
use crate::session::{Session, World};

/// The orders of an employer.
#[derive(Debug, Default)]
pub(super) struct Trekk {
    /// The orders that the scenario writes out one by one.
    pub(super) paalegg: Vec<Arc<Trekkpaalegg>>,
    /// The orders that the scenario describes as series.
    pub(super) serier: Vec<Trekkserie>,
    liste: OnceLock<Arc<Trekkliste>>,
}

/// Many orders that one entry describes.
#[derive(Clone, Debug)]
pub(super) struct Trekkserie {
    pub(super) trekkpliktig: Part,
    pub(super) antall: u32,
    pub(super) foerste_opprettet: NaiveDate,
    pub(super) per_dag: u32,
    pub(super) endret_hver: Option<u32>,
    pub(super) avsluttet_hver: Option<u32>,
    pub(super) froe: u64,
    /// How many orders of the employer come before the series.
    pub(super) orders_before: u32,
}

/// An order of a series changes this long after it was made, if it changes.
const CHANGES_AFTER: Days = Days::new(30);
/// An order of a series ends this long after it was made, if it ends.
const ENDS_AFTER: Days = Days::new(90);

impl Trekk {
    pub(super) fn new(paalegg: Vec<Arc<Trekkpaalegg>>, serier: Vec<Trekkserie>) -> Self {
        Self { paalegg, serier, liste: OnceLock::new() }
    }

    /// How many orders there are, including those that are not visible yet.
    pub(super) fn antall(&self) -> usize {
        self.paalegg.len() + self.serier.iter().map(|serie| serie.antall as usize).sum::<usize>()
    }

    /// All orders. Those of series are made at the first call.
    pub(super) fn liste(&self) -> &Arc<Trekkliste> {
        self.liste.get_or_init(|| {
            let of_series = self.serier.iter().flat_map(Trekkserie::paalegg);
            Arc::new(Trekkliste::new(self.paalegg.iter().cloned().chain(of_series.map(Arc::new)).collect()))
        })
    }
}

/// The versions of orders of scenarios that appear after one day and through another, at their employers.
pub(super) fn happenings(_: &Session, world: &World, (from, to): (NaiveDate, NaiveDate)) -> Vec<Happening> {
    let mut found = Vec::new();
    for party in world.loaded.scenarios.parties() {
        let Some(trekk) = party.sections.get::<Trekk>().filter(|trekk| trekk.antall() > 0) else { continue };
        for order in trekk.liste().paalegg() {
            for version in order.versjoner.iter().filter(|it| from < it.dag && it.dag <= to) {
                let what = format!("version {} for {}", version.trekkversjon, version.faste.skyldner);
                found.push(Happening { day: version.dag, part: party.part, what });
            }
        }
    }
    found
}

/// The time at which a version of a day was made: 05:00 UTC, which is on the same day in Norway.
fn created_on(dag: NaiveDate) -> DateTime<Utc> {
    dag.and_time(chrono::NaiveTime::MIN).and_utc() + TimeDelta::hours(5)
}

/// Derives the fixed fields of the n-th order of an employer. `n` counts from 0.
pub(super) fn derive_faste(trekkpliktig: Part, n: u32, aar: i32, skyldner: SmolStr) -> Faste {
    let digits = format!("{trekkpliktig}{n:07}");
    Faste {
        saksnummer: format!("TREKK/{aar}/{}", n + 1).into(),
        trekkpliktig: trekkpliktig.to_string().into(),
        skyldner,
        betalingsmottaker: BETALINGSMOTTAKER.into(),
        kidnummer: Kid::with_luhn(&digits).map(|kid| kid.to_string()).unwrap_or_default().into(),
        kontonummer: KONTONUMMER.into(),
    }
}

/// Derives the id of the n-th order of an employer: a UUID, the same at every start.
pub(super) fn derive_trekkid(trekkpliktig: Part, n: u32) -> SmolStr {
    let number: u64 = trekkpliktig.to_string().parse().unwrap_or_default();
    let mut rng = ChaCha8Rng::seed_from_u64(number ^ (u64::from(n) << 40));
    uuid::Builder::from_random_bytes(rng.random()).into_uuid().to_string().into()
}

/// Draws the number of a synthetic person.
pub(super) fn synthetic_person(rng: &mut ChaCha8Rng) -> SmolStr {
    loop {
        let (day, month, year) = (rng.random_range(1..=28), rng.random_range(81..=92), rng.random_range(50..=99));
        let first = format!("{day:02}{month}{year}{:03}", rng.random_range(0..500));
        if let Some(person) = Foedselsnummer::from_nine_digits(&first) {
            return person.to_string().into();
        }
    }
}

impl Trekkserie {
    fn paalegg(&self) -> impl Iterator<Item = Trekkpaalegg> + '_ {
        let mut rng = ChaCha8Rng::seed_from_u64(self.froe);
        (0..self.antall).map(move |i| self.order(i, &mut rng))
    }

    /// Makes the i-th order of the series, counted from 0.
    fn order(&self, i: u32, rng: &mut ChaCha8Rng) -> Trekkpaalegg {
        let n = self.orders_before + i;
        let dag = self.foerste_opprettet + Days::new(u64::from(i / self.per_dag));
        let faste = Arc::new(derive_faste(self.trekkpliktig, n, chrono::Datelike::year(&dag), synthetic_person(rng)));
        let size = |rng: &mut ChaCha8Rng| match rng.random_range(0..3_u8) {
            0 => Trekkstoerrelse::Beloep(Beloep::from_kroner(rng.random_range(5..=120) * 100)),
            _ => Trekkstoerrelse::Prosent(
                Prosent::from_hundredths(rng.random_range(4..=70) * 50).unwrap_or(Prosent::ZERO),
            ),
        };
        let from = |dag: NaiveDate, rng: &mut ChaCha8Rng| {
            let startdato = dag + Days::new(rng.random_range(1..=14));
            Trekkhendelse::Perioder(vec![Trekkperiode { startdato, sluttdato: None, stoerrelse: size(rng) }])
        };
        let is_every = |nth: Option<u32>| nth.is_some_and(|nth| (i + 1).is_multiple_of(nth));
        let mut hendelser = vec![(dag, from(dag, rng))];
        if is_every(self.endret_hver) {
            hendelser.push((dag + CHANGES_AFTER, from(dag + CHANGES_AFTER, rng)));
        }
        if is_every(self.avsluttet_hver) {
            let slutt = dag + ENDS_AFTER;
            hendelser.push((slutt, Trekkhendelse::Stopp(slutt)));
        }
        let mut versjoner: Vec<Trekkversjon> = Vec::with_capacity(hendelser.len());
        for (dag, hendelse) in hendelser {
            // The events of a series keep every rule.
            if let Ok(perioder) = perioder_etter(versjoner.last(), &hendelse, dag) {
                versjoner.push(next_version(&versjoner, dag, &faste, perioder));
            }
        }
        Trekkpaalegg { trekkid: derive_trekkid(self.trekkpliktig, n), versjoner }
    }
}

/// The next version of an order, made on a day. `before` holds the versions so far.
pub(super) fn next_version(
    before: &[Trekkversjon],
    dag: NaiveDate,
    faste: &Arc<Faste>,
    perioder: Box<[Trekkperiode]>,
) -> Trekkversjon {
    Trekkversjon {
        trekkversjon: before.last().map_or(1, |before| before.trekkversjon + 1),
        opprettet: created_on(dag),
        dag,
        endringsnummer: 0,
        above_sekvensnummer: 0,
        bokstavelig: None,
        faste: Arc::clone(faste),
        perioder,
    }
}
