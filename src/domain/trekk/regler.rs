//! The published rules of a trekkpålegg. An order that is told by events keeps them by construction or is refused; in
//! one that is told literally, [`brudd`] finds what is broken.

use chrono::{Days, NaiveDate};

use super::{Trekkpaalegg, Trekkperiode, Trekkstatus, Trekkversjon};

/// What happens to an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trekkhendelse {
    /// These periods apply, from the first one's first day on.
    Perioder(Vec<Trekkperiode>),
    /// That is the last day.
    Stopp(NaiveDate),
}

/// A rule that is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Regelbrudd {
    /// An event without periods, or nothing left of them.
    #[error("a version has at least one period")]
    IngenPerioder,
    /// A period begins on the day of the event, or before it.
    #[error("startdato is tomorrow at the earliest: {startdato} is not after {dag}, the day of the event")]
    StartForTidlig {
        /// The day it begins.
        startdato: NaiveDate,
        /// The day of the event.
        dag: NaiveDate,
    },
    /// A period ends before it begins.
    #[error("sluttdato {sluttdato} is before startdato {startdato}")]
    SluttFoerStart {
        /// The last day.
        sluttdato: NaiveDate,
        /// The first day.
        startdato: NaiveDate,
    },
    /// A period begins on or before the last day of the one before it.
    #[error("startdato {startdato} is not after the sluttdato of the period before it")]
    Overlapp {
        /// The day it begins.
        startdato: NaiveDate,
    },
    /// An order ends in the past.
    #[error("sluttdato is never set in the past: {sluttdato} is before {dag}, the day of the event")]
    SluttIFortid {
        /// The last day.
        sluttdato: NaiveDate,
        /// The day of the event.
        dag: NaiveDate,
    },
    /// An order is ended that ends by then anyway.
    #[error("it ends on {0} already")]
    SlutterAllerede(NaiveDate),
    /// An order changes that has ended.
    #[error("the order has ended; what comes after it is a new order with a trekkid of its own")]
    Avsluttet,
    /// An order begins with its end.
    #[error("the first event of an order says how much is deducted, and from when")]
    StopperFoerst,
    /// An event is before the one it comes after.
    #[error("events stand in the order of their days")]
    Rekkefoelge,
}

/// The periods after an event on a day.
///
/// # Errors
/// The rule that the event breaks.
pub fn perioder_etter(
    forrige: Option<&Trekkversjon>,
    hendelse: &Trekkhendelse,
    dag: NaiveDate,
) -> Result<Box<[Trekkperiode]>, Regelbrudd> {
    if forrige.is_some_and(|versjon| versjon.status(dag) == Trekkstatus::Avsluttet) {
        return Err(Regelbrudd::Avsluttet);
    }
    let before = forrige.map_or(&[][..], |versjon| &versjon.perioder);
    match hendelse {
        Trekkhendelse::Perioder(nye) => endret(before, nye, dag),
        Trekkhendelse::Stopp(_) if before.is_empty() => Err(Regelbrudd::StopperFoerst),
        Trekkhendelse::Stopp(slutt) => stoppet(before, *slutt, dag),
    }
}

/// What comes before the new periods stays, cut short where it runs into them.
fn endret(before: &[Trekkperiode], nye: &[Trekkperiode], dag: NaiveDate) -> Result<Box<[Trekkperiode]>, Regelbrudd> {
    let first = nye.first().ok_or(Regelbrudd::IngenPerioder)?;
    if first.startdato <= dag {
        return Err(Regelbrudd::StartForTidlig { startdato: first.startdato, dag });
    }
    sammenhengende(nye)?;
    let day_before = first.startdato - Days::new(1);
    let kept = before.iter().filter(|periode| periode.startdato < first.startdato).map(|periode| Trekkperiode {
        sluttdato: Some(periode.sluttdato.map_or(day_before, |slutt| slutt.min(day_before))),
        ..*periode
    });
    Ok(kept.chain(nye.iter().copied()).collect())
}

fn stoppet(before: &[Trekkperiode], slutt: NaiveDate, dag: NaiveDate) -> Result<Box<[Trekkperiode]>, Regelbrudd> {
    if slutt < dag {
        return Err(Regelbrudd::SluttIFortid { sluttdato: slutt, dag });
    }
    if let Some(already) = before.last().and_then(|periode| periode.sluttdato).filter(|already| *already <= slutt) {
        return Err(Regelbrudd::SlutterAllerede(already));
    }
    let mut kept: Vec<_> = before.iter().copied().filter(|periode| periode.startdato <= slutt).collect();
    let last = kept.last_mut().ok_or(Regelbrudd::IngenPerioder)?;
    last.sluttdato = Some(last.sluttdato.map_or(slutt, |already| already.min(slutt)));
    Ok(kept.into())
}

/// Each period after the one before it, and none ending before it begins.
fn sammenhengende(perioder: &[Trekkperiode]) -> Result<(), Regelbrudd> {
    for periode in perioder {
        if let Some(sluttdato) = periode.sluttdato.filter(|slutt| *slutt < periode.startdato) {
            return Err(Regelbrudd::SluttFoerStart { sluttdato, startdato: periode.startdato });
        }
    }
    for pair in perioder.windows(2) {
        if pair[0].sluttdato.is_none_or(|slutt| slutt >= pair[1].startdato) {
            return Err(Regelbrudd::Overlapp { startdato: pair[1].startdato });
        }
    }
    Ok(())
}

/// What an order that is told literally breaks, by the index of the version.
pub fn brudd(paalegg: &Trekkpaalegg) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (at, versjon) in paalegg.versjoner.iter().enumerate() {
        let mut tell = |message: String| found.push((at, message));
        let before = at.checked_sub(1).map(|before| &paalegg.versjoner[before]);
        if versjon.perioder.is_empty() {
            tell(Regelbrudd::IngenPerioder.to_string());
        }
        if let Err(why) = sammenhengende(&versjon.perioder) {
            tell(why.to_string());
        }
        let known = |periode: &&Trekkperiode| {
            before.is_some_and(|before| before.perioder.iter().any(|b| b.startdato == periode.startdato))
        };
        if let Some(new) = versjon.perioder.iter().find(|periode| !known(periode) && periode.startdato <= versjon.dag) {
            tell(Regelbrudd::StartForTidlig { startdato: new.startdato, dag: versjon.dag }.to_string());
        }
        let slutt = versjon.perioder.last().and_then(|periode| periode.sluttdato);
        let ended = slutt.is_some_and(|slutt| slutt <= versjon.dag);
        if versjon.fast_status == Some(Trekkstatus::Avsluttet) && !ended {
            tell("avsluttet before the sluttdato of its last period".to_owned());
        }
        if let Some(before) = before {
            if versjon.opprettet < before.opprettet {
                tell("opprettet is before that of the version before it".to_owned());
            }
            if versjon.sekvensnummer <= before.sekvensnummer {
                tell("sekvensnummer is not above that of the version before it".to_owned());
            }
            if versjon.trekkversjon != before.trekkversjon + 1 {
                tell("trekkversjon does not follow that of the version before it".to_owned());
            }
            if versjon.faste != before.faste {
                tell("case number, debtor, KID and account stay the same for one trekkid".to_owned());
            }
        }
    }
    found
}
