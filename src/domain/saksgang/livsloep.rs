//! The life cycle of a case: a pure function of its submission, its script, the events so far and the instant asked about.

use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::Sakstilstand;
use crate::domain::Beloep;
use crate::domain::clock::day_in_norway;
use crate::domain::identifikator::{Organisasjonsnummer, Part};
use crate::domain::prosent::Prosent;
use crate::domain::trekk::Trekkstoerrelse;

/// What the enforcement officer decides.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Utfall {
    /// The debtor's employer deducts from pay.
    Utleggstrekk(Trekkvilkaar),
    /// There is nothing to seize.
    IntetTilUtlegg,
    /// Something of the debtor's is security for the claims.
    Utleggspant(Box<str>),
}

/// The terms of a deduction. What is left out stays as it is in the debtor's running deduction. Where there is none, it
/// is derived from the debtor's number.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(default)]
pub struct Trekkvilkaar {
    /// The employer.
    pub trekkpliktig: Option<Part>,
    /// How much is deducted.
    pub stoerrelse: Option<Trekkstoerrelse>,
    /// Gross pay a month.
    pub maanedsloenn: Option<Beloep>,
    /// The day of the month on which pay is paid. In a shorter month it is the last day.
    pub loennsdag: Option<u32>,
    /// The day of an earlier deduction for the same claims, for their priority in time.
    pub tidligere_trekk: Option<NaiveDate>,
}

/// The terms of a running deduction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trekk {
    /// The employer.
    pub trekkpliktig: Part,
    /// How much is deducted.
    pub stoerrelse: Trekkstoerrelse,
    /// Gross pay a month.
    pub maanedsloenn: Beloep,
    /// The day of the month on which pay is paid.
    pub loennsdag: u32,
}

/// The day of the month on which pay is paid if nobody says otherwise.
const LOENNSDAG: u32 = 20;
/// The share of gross pay that is deducted if nobody says otherwise, in hundredths of a per cent.
const PROSENT: u16 = 1500;

impl Trekk {
    /// What a debtor's deduction is if nobody says anything. The same number gives the same employer and pay.
    pub fn avledet(skyldner: Part) -> Self {
        let digits = skyldner.to_string();
        let number = digits.bytes().fold(0_u64, |sum, byte| (sum * 31 + u64::from(byte - b'0')) % 1_000_003);
        Self {
            trekkpliktig: syntetisk_arbeidsgiver(number).unwrap_or(skyldner),
            stoerrelse: Trekkstoerrelse::Prosent(Prosent::from_hundredths(PROSENT).unwrap_or(Prosent::ZERO)),
            maanedsloenn: Beloep::from_kroner(i64::try_from(32 + number % 28).unwrap_or(40) * 1000),
            loennsdag: LOENNSDAG,
        }
    }

    /// The same at an employer, where one is known.
    #[must_use]
    pub fn hos(self, arbeidsgiver: Option<Part>) -> Self {
        Self { trekkpliktig: arbeidsgiver.unwrap_or(self.trekkpliktig), ..self }
    }

    /// The same with the terms that a decision gives.
    #[must_use]
    pub fn med(self, vilkaar: &Trekkvilkaar) -> Self {
        Self {
            trekkpliktig: vilkaar.trekkpliktig.unwrap_or(self.trekkpliktig),
            stoerrelse: vilkaar.stoerrelse.unwrap_or(self.stoerrelse),
            maanedsloenn: vilkaar.maanedsloenn.unwrap_or(self.maanedsloenn),
            loennsdag: vilkaar.loennsdag.unwrap_or(self.loennsdag),
        }
    }

    /// What is deducted on a pay day: never more than the pay.
    pub fn beloep(&self) -> Beloep {
        let wanted = match self.stoerrelse {
            Trekkstoerrelse::Beloep(beloep) => beloep,
            Trekkstoerrelse::Prosent(prosent) => Beloep::from_oere(
                i64::try_from(i128::from(self.maanedsloenn.oere()) * i128::from(prosent.hundredths()) / 10_000)
                    .unwrap_or(0),
            ),
        };
        wanted.min(self.maanedsloenn)
    }
}

/// A synthetic organisation number that follows from a number. Of eleven numbers in a row, ten have a check digit.
fn syntetisk_arbeidsgiver(number: u64) -> Option<Part> {
    let first = 31_000_000 + u32::try_from(number % 999_900).unwrap_or_default();
    (first..first + 3).find_map(Organisasjonsnummer::from_eight_digits).map(Part::from)
}

/// A step of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Steg {
    /// So many days after the submission, from the beginning of that day.
    pub etter_dager: u32,
    /// The state from then on.
    pub tilstand: Sakstilstand,
    /// What is decided, if the state is [`Sakstilstand::SakBesluttet`].
    pub utfall: Arc<[Utfall]>,
}

impl Steg {
    fn new(etter_dager: u32, tilstand: Sakstilstand) -> Self {
        Self { etter_dager, tilstand, utfall: Arc::default() }
    }

    fn besluttet(etter_dager: u32, utfall: Utfall) -> Self {
        Self { etter_dager, tilstand: Sakstilstand::SakBesluttet, utfall: [utfall].into() }
    }
}

/// What happens to a case if nobody intervenes: steps by rising day, the first on day 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manus(Vec<Steg>);

/// The named scripts.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Manusnavn {
    /// Received, in progress after 2 days, presented after 5, decided after 20 (a deduction), ended when paid.
    #[default]
    Utleggstrekk,
    /// The same, but there is nothing to seize. It ends 30 days after the decision.
    IntetTilUtlegg,
    /// The same, but the decision is a lien. It ends 30 days after the decision.
    Utleggspant,
    /// Refused after 5 days.
    Nektet,
    /// Withdrawn after 10 days.
    Hevet,
    /// It stays as it was submitted until a command moves it.
    Stille,
}

impl Manusnavn {
    /// All scripts.
    pub const ALLE: [Self; 6] =
        [Self::Utleggstrekk, Self::IntetTilUtlegg, Self::Utleggspant, Self::Nektet, Self::Hevet, Self::Stille];

    /// Its name in modifiers, scenarios and commands.
    pub const fn navn(self) -> &'static str {
        match self {
            Self::Utleggstrekk => "utleggstrekk",
            Self::IntetTilUtlegg => "intetTilUtlegg",
            Self::Utleggspant => "utleggspant",
            Self::Nektet => "nektet",
            Self::Hevet => "hevet",
            Self::Stille => "stille",
        }
    }

    /// The script with this name.
    pub fn med_navn(navn: &str) -> Option<Self> {
        Self::ALLE.into_iter().find(|manus| manus.navn() == navn)
    }

    /// Its steps.
    pub fn manus(self) -> Manus {
        use Sakstilstand::{SakAvsluttet, SakForelagt, SakHevet, SakNektetFremmet, SakOpprettet, SakUnderBehandling};
        let mut steg = vec![Steg::new(0, SakOpprettet)];
        if self != Self::Stille {
            steg.push(Steg::new(2, SakUnderBehandling));
        }
        match self {
            Self::Stille => {}
            Self::Nektet => steg.push(Steg::new(5, SakNektetFremmet)),
            Self::Hevet => steg.extend([Steg::new(5, SakForelagt), Steg::new(10, SakHevet)]),
            Self::Utleggstrekk => steg.extend([
                Steg::new(5, SakForelagt),
                Steg::besluttet(20, Utfall::Utleggstrekk(Trekkvilkaar::default())),
            ]),
            Self::IntetTilUtlegg => steg.extend([
                Steg::new(5, SakForelagt),
                Steg::besluttet(20, Utfall::IntetTilUtlegg),
                Steg::new(50, SakAvsluttet),
            ]),
            Self::Utleggspant => steg.extend([
                Steg::new(5, SakForelagt),
                Steg::besluttet(20, Utfall::Utleggspant("Kjøretøy".into())),
                Steg::new(50, SakAvsluttet),
            ]),
        }
        Manus(steg)
    }
}

/// What somebody does to a case through the control API.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Sakshendelse {
    /// The next step of the script happens now. Those after it keep their distances.
    Videre,
    /// It is in this state now. The script goes on from there, if it has the state.
    Satt(Sakstilstand),
    /// This is decided now.
    Besluttet(Arc<[Utfall]>),
}

/// An event and its instant.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Datert {
    /// When it happened, by the session's clock.
    pub tid: DateTime<Utc>,
    /// What happened.
    pub hendelse: Sakshendelse,
}

/// A case came into a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overgang {
    /// The Norwegian day.
    pub dag: NaiveDate,
    /// The state from then on.
    pub tilstand: Sakstilstand,
    /// What was decided.
    pub utfall: Arc<[Utfall]>,
}

/// How a case went until an instant, the first state first. Empty before the submission. Steps of the script happen at
/// the beginning of their day, before the events of that day. Events after the instant have not happened; those before the
/// submission never do.
pub fn forloep(innsendt: DateTime<Utc>, manus: &Manus, hendelser: &[Datert], naa: DateTime<Utc>) -> Vec<Overgang> {
    if naa < innsendt {
        return Vec::new();
    }
    let mut gang = Gang { steg: &manus.0, neste: 0, anker: (day_in_norway(innsendt), 0), overganger: Vec::new() };
    let mut hendelser: Vec<&Datert> = hendelser.iter().filter(|it| innsendt <= it.tid && it.tid <= naa).collect();
    hendelser.sort_by_key(|it| it.tid);
    for Datert { tid, hendelse } in hendelser {
        let dag = day_in_norway(*tid);
        gang.frem_til(dag);
        gang.hendelse(dag, hendelse);
    }
    gang.frem_til(day_in_norway(naa));
    gang.overganger
}

/// A case on its way through its script.
struct Gang<'a> {
    steg: &'a [Steg],
    /// The next step of the script.
    neste: usize,
    /// A day, and how many days after the submission it is in the script.
    anker: (NaiveDate, u32),
    overganger: Vec<Overgang>,
}

impl Gang<'_> {
    /// Does the steps until a day.
    fn frem_til(&mut self, dag: NaiveDate) {
        while let Some(steg) = self.steg.get(self.neste) {
            let (anker, etter) = self.anker;
            let paa = anker.checked_add_days(Days::new(steg.etter_dager.saturating_sub(etter).into()));
            match paa.filter(|paa| *paa <= dag) {
                Some(paa) => self.steg(paa),
                None => break,
            }
        }
    }

    /// Does the next step on a day.
    fn steg(&mut self, dag: NaiveDate) {
        if let Some(steg) = self.steg.get(self.neste) {
            self.overganger.push(Overgang { dag, tilstand: steg.tilstand, utfall: Arc::clone(&steg.utfall) });
            self.anker = (dag, steg.etter_dager);
            self.neste += 1;
        }
    }

    fn hendelse(&mut self, dag: NaiveDate, hendelse: &Sakshendelse) {
        let (tilstand, utfall) = match hendelse {
            Sakshendelse::Videre => return self.steg(dag),
            Sakshendelse::Satt(tilstand) => (*tilstand, Arc::default()),
            Sakshendelse::Besluttet(utfall) => (Sakstilstand::SakBesluttet, Arc::clone(utfall)),
        };
        let i_manus = self.steg.iter().position(|steg| steg.tilstand == tilstand);
        // A decision that is set without its contents is that of the script.
        let utfall = match (hendelse, i_manus) {
            (Sakshendelse::Satt(_), Some(at)) => Arc::clone(&self.steg[at].utfall),
            _ => utfall,
        };
        self.overganger.push(Overgang { dag, tilstand, utfall });
        self.neste = i_manus.map_or(self.steg.len(), |at| at + 1);
        self.anker = (dag, i_manus.map_or(0, |at| self.steg[at].etter_dager));
    }
}

/// How many submissions of a case are not processed yet. One is processed when the case comes on, or so many days after
/// it was sent as the script has until the first step.
pub fn ubehandlede(
    innsendinger: &[DateTime<Utc>],
    manus: &Manus,
    overganger: &[Overgang],
    naa: DateTime<Utc>,
) -> usize {
    let dager = manus.0.get(1).map_or(0, |steg| steg.etter_dager);
    let idag = day_in_norway(naa);
    let came_on = overganger.iter().skip(1).map(|it| it.dag).max();
    let is_open = |tid: &&DateTime<Utc>| {
        let dag = day_in_norway(**tid);
        let ready = dag.checked_add_days(Days::new(dager.into())).unwrap_or(dag);
        **tid <= naa && idag < ready && came_on.is_none_or(|came_on| came_on < dag)
    };
    innsendinger.iter().filter(is_open).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::clock::{noon_in_norway, parse_day};
    use Sakstilstand::*;
    use proptest::prelude::*;

    fn noon(days: u64) -> DateTime<Utc> {
        noon_in_norway(parse_day("2026-03-02").expect("a day") + Days::new(days))
    }

    fn states(manus: Manusnavn, hendelser: &[Datert], days: u64) -> Vec<(i64, Sakstilstand)> {
        let first = day_in_norway(noon(0));
        let all = forloep(noon(0), &manus.manus(), hendelser, noon(days));
        all.iter().map(|it| (it.dag.signed_duration_since(first).num_days(), it.tilstand)).collect()
    }

    fn at(days: u64, hendelse: Sakshendelse) -> Datert {
        Datert { tid: noon(days), hendelse }
    }

    #[test]
    fn the_scripts_by_their_days() {
        let last = |manus, days| states(manus, &[], days).last().copied();
        for (days, state) in [(0, SakOpprettet), (1, SakOpprettet), (2, SakUnderBehandling), (5, SakForelagt)] {
            assert_eq!(last(Manusnavn::Utleggstrekk, days).map(|it| it.1), Some(state), "{days}");
        }
        assert_eq!(last(Manusnavn::Utleggstrekk, 19), Some((5, SakForelagt)));
        assert_eq!(last(Manusnavn::Utleggstrekk, 400), Some((20, SakBesluttet)));
        assert_eq!(last(Manusnavn::IntetTilUtlegg, 50), Some((50, SakAvsluttet)));
        assert_eq!(last(Manusnavn::Utleggspant, 49), Some((20, SakBesluttet)));
        assert_eq!(last(Manusnavn::Nektet, 400), Some((5, SakNektetFremmet)));
        assert_eq!(last(Manusnavn::Hevet, 400), Some((10, SakHevet)));
        assert_eq!(last(Manusnavn::Stille, 400), Some((0, SakOpprettet)));
        assert_eq!(forloep(noon(3), &Manusnavn::Nektet.manus(), &[], noon(2)), []);
    }

    #[test]
    fn a_step_that_comes_early_moves_those_after_it() {
        let early = [at(1, Sakshendelse::Videre), at(1, Sakshendelse::Videre)];
        let expected = [(0, SakOpprettet), (1, SakUnderBehandling), (1, SakForelagt), (16, SakBesluttet)];
        assert_eq!(states(Manusnavn::Utleggstrekk, &early, 300), expected);
    }

    #[test]
    fn a_state_that_is_set_is_left_by_the_script_if_it_has_it() {
        let set = [at(9, Sakshendelse::Satt(SakUnderBehandling))];
        let expected = [
            (0, SakOpprettet),
            (2, SakUnderBehandling),
            (5, SakForelagt),
            (9, SakUnderBehandling),
            (12, SakForelagt),
            (27, SakBesluttet),
        ];
        assert_eq!(states(Manusnavn::Utleggstrekk, &set, 300), expected);
        let withdrawn = [at(3, Sakshendelse::Satt(SakHevet))];
        assert_eq!(states(Manusnavn::Utleggstrekk, &withdrawn, 300).last(), Some(&(3, SakHevet)));
    }

    #[test]
    fn submissions_are_open_until_the_case_comes_on() {
        let manus = Manusnavn::Utleggstrekk.manus();
        let open = |sent: &[u64], days| {
            let sent: Vec<_> = sent.iter().map(|days| noon(*days)).collect();
            ubehandlede(&sent, &manus, &forloep(noon(0), &manus, &[], noon(days)), noon(days))
        };
        assert_eq!([open(&[0], 0), open(&[0], 1), open(&[0], 2)], [1, 1, 0]);
        assert_eq!([open(&[0, 10], 10), open(&[0, 10], 11), open(&[0, 10], 12)], [1, 1, 0]);
        assert_eq!(open(&[0, 10], 9), 0, "what comes later is not there");
    }

    #[test]
    fn every_debtor_has_a_synthetic_employer_of_their_own_that_stays() {
        let trekk = |text: &str| Trekk::avledet(text.parse().expect("digits"));
        let employer = trekk("01827020008").trekkpliktig;
        assert_eq!(employer, trekk("01827020008").trekkpliktig);
        assert_ne!(employer, trekk("05837421820").trekkpliktig);
        assert!(employer.to_string().starts_with('3') && employer.to_string().parse::<Organisasjonsnummer>().is_ok());
    }

    proptest! {
        #[test]
        fn what_has_happened_stays_whatever_comes_later(
            events in prop::collection::vec((0_u64..60, 0_u8..4), 0..8), early in 0_u64..80, more in 0_u64..80,
        ) {
            let events: Vec<Datert> = events.into_iter().map(|(day, kind)| at(day, match kind {
                0 => Sakshendelse::Videre,
                1 => Sakshendelse::Satt(SakHevet),
                2 => Sakshendelse::Satt(SakForelagt),
                _ => Sakshendelse::Besluttet([Utfall::IntetTilUtlegg].into()),
            })).collect();
            let manus = Manusnavn::Utleggstrekk.manus();
            let before = forloep(noon(0), &manus, &events, noon(early));
            let after = forloep(noon(0), &manus, &events, noon(early + more));
            prop_assert_eq!(&after[..before.len()], &before[..]);
            prop_assert!(after.windows(2).all(|pair| pair[0].dag <= pair[1].dag));
        }
    }
}
