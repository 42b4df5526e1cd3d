//! The life cycle of a case: a pure function of its submission, its script, the events so far and the instant asked about.

use std::borrow::Cow;
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

impl Utfall {
    /// Its name in commands and answers.
    pub const fn navn(&self) -> &'static str {
        match self {
            Self::Utleggstrekk(_) => "utleggstrekk",
            Self::IntetTilUtlegg => "intetTilUtlegg",
            Self::Utleggspant(_) => "utleggspant",
        }
    }
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

/// Why a case came into a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grunn {
    /// The script came to it.
    Manus,
    /// A command let the next step of the script happen.
    Videre,
    /// A command set the state.
    Satt,
    /// A command decided it.
    Besluttet,
    /// Its claims were paid.
    Betalt,
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
    /// What brought it about.
    pub grunn: Grunn,
}

/// How a case went until an instant, the first state first. Empty before the submission. Steps of the script happen at
/// the beginning of their day, before the events of that day. Events after the instant have not happened; those before the
/// submission never do.
pub fn forloep(innsendt: DateTime<Utc>, manus: &Manus, hendelser: &[Datert], naa: DateTime<Utc>) -> Vec<Overgang> {
    if naa < innsendt { Vec::new() } else { Gang::til(innsendt, manus, hendelser, naa).overganger }
}

/// The state that [`Sakshendelse::Videre`] brings about at an instant. Nothing if the script has no further step.
pub fn neste_steg(
    innsendt: DateTime<Utc>,
    manus: &Manus,
    hendelser: &[Datert],
    naa: DateTime<Utc>,
) -> Option<Sakstilstand> {
    let gang = Gang::til(innsendt, manus, hendelser, naa);
    gang.steg.get(gang.neste).map(|steg| steg.tilstand)
}

/// A case on its way through its script.
struct Gang<'a> {
    steg: Cow<'a, [Steg]>,
    /// The next step of the script.
    neste: usize,
    /// A day, and how many days after the submission it is in the script.
    anker: (NaiveDate, u32),
    overganger: Vec<Overgang>,
}

impl<'a> Gang<'a> {
    /// A case at an instant that is not before its submission.
    fn til(innsendt: DateTime<Utc>, manus: &'a Manus, hendelser: &[Datert], naa: DateTime<Utc>) -> Self {
        let anker = (day_in_norway(innsendt), 0);
        let mut gang = Self { steg: Cow::Borrowed(&manus.0), neste: 0, anker, overganger: Vec::new() };
        let mut hendelser: Vec<&Datert> = hendelser.iter().filter(|it| innsendt <= it.tid && it.tid <= naa).collect();
        hendelser.sort_by_key(|it| it.tid);
        for Datert { tid, hendelse } in hendelser {
            let dag = day_in_norway(*tid);
            gang.frem_til(dag);
            gang.hendelse(dag, hendelse);
        }
        gang.frem_til(day_in_norway(naa));
        gang
    }

    /// Does the steps until a day.
    fn frem_til(&mut self, dag: NaiveDate) {
        while let Some(steg) = self.steg.get(self.neste) {
            let (anker, etter) = self.anker;
            let paa = anker.checked_add_days(Days::new(steg.etter_dager.saturating_sub(etter).into()));
            match paa.filter(|paa| *paa <= dag) {
                Some(paa) => self.steg(paa, Grunn::Manus),
                None => break,
            }
        }
    }

    /// Does the next step on a day.
    fn steg(&mut self, dag: NaiveDate, grunn: Grunn) {
        if let Some(steg) = self.steg.get(self.neste) {
            self.overganger.push(Overgang { dag, tilstand: steg.tilstand, utfall: Arc::clone(&steg.utfall), grunn });
            self.anker = (dag, steg.etter_dager);
            self.neste += 1;
        }
    }

    fn hendelse(&mut self, dag: NaiveDate, hendelse: &Sakshendelse) {
        let (tilstand, utfall, grunn) = match hendelse {
            Sakshendelse::Videre => return self.steg(dag, Grunn::Videre),
            Sakshendelse::Satt(tilstand) => (*tilstand, Arc::default(), Grunn::Satt),
            Sakshendelse::Besluttet(utfall) => (Sakstilstand::SakBesluttet, Arc::clone(utfall), Grunn::Besluttet),
        };
        if matches!(hendelse, Sakshendelse::Besluttet(_)) {
            self.bytt_manus(&utfall);
        }
        let i_manus = self.steg.iter().position(|steg| steg.tilstand == tilstand);
        // A decision that is set without its contents is that of the script.
        let utfall = match (hendelse, i_manus) {
            (Sakshendelse::Satt(_), Some(at)) => Arc::clone(&self.steg[at].utfall),
            _ => utfall,
        };
        self.overganger.push(Overgang { dag, tilstand, utfall, grunn });
        self.neste = i_manus.map_or(self.steg.len(), |at| at + 1);
        self.anker = (dag, i_manus.map_or(0, |at| self.steg[at].etter_dager));
    }

    /// After a decision, a case whose script has one goes on as the script of the outcome does: a deduction runs until the
    /// claims are paid, everything else ends by itself.
    fn bytt_manus(&mut self, utfall: &[Utfall]) {
        if !self.steg.iter().any(|steg| steg.tilstand == Sakstilstand::SakBesluttet) {
            return;
        }
        let is_trekk = |utfall: &Utfall| matches!(utfall, Utfall::Utleggstrekk(_));
        let manus = match utfall.iter().find(|it| is_trekk(it)).or(utfall.first()) {
            Some(Utfall::Utleggstrekk(_)) => Manusnavn::Utleggstrekk,
            Some(Utfall::IntetTilUtlegg) => Manusnavn::IntetTilUtlegg,
            Some(Utfall::Utleggspant(_)) => Manusnavn::Utleggspant,
            None => return,
        };
        self.steg = Cow::Owned(manus.manus().0);
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
