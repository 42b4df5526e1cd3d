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
    /// An order ends before it has begun.
    #[error("it has not begun; the earliest stop is its startdato, {0}")]
    IkkeBegynt(NaiveDate),
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
    if let Some(first) = before.first().filter(|periode| periode.startdato > slutt) {
        return Err(Regelbrudd::IkkeBegynt(first.startdato));
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
        let before = at.checked_sub(1).map(|before| &paalegg.versjoner[before]);
        let mut told = brudd_i_perioder(versjon, before);
        let slutt = versjon.perioder.last().and_then(|periode| periode.sluttdato);
        match versjon.fast.map(|fast| fast.trekkstatus) {
            Some(Trekkstatus::Avsluttet) if slutt.is_none_or(|slutt| slutt > versjon.dag) => {
                told.push("avsluttet before the sluttdato of its last period".to_owned());
            }
            Some(Trekkstatus::Aktiv) if slutt.is_some_and(|slutt| slutt < versjon.dag) => {
                told.push("aktiv after the sluttdato of its last period".to_owned());
            }
            _ => {}
        }
        if let Some(before) = before {
            let number = |it: &Trekkversjon| it.fast.map(|fast| fast.sekvensnummer);
            let order = [
                (versjon.opprettet < before.opprettet, "opprettet is before that of the version before it"),
                (number(versjon) <= number(before), "sekvensnummer is not above that of the version before it"),
                (
                    versjon.trekkversjon != before.trekkversjon + 1,
                    "trekkversjon does not follow that of the version before it",
                ),
                (versjon.faste != before.faste, "case number, debtor, KID and account stay the same for one trekkid"),
            ];
            told.extend(order.into_iter().filter(|(broken, _)| *broken).map(|(_, rule)| rule.to_owned()));
        }
        found.extend(told.into_iter().map(|message| (at, message)));
    }
    found
}

/// Periods in order; none set up or ended in the past, none changed that had begun.
fn brudd_i_perioder(versjon: &Trekkversjon, before: Option<&Trekkversjon>) -> Vec<String> {
    let mut told = Vec::new();
    let dag = versjon.dag;
    if versjon.perioder.is_empty() {
        told.push(Regelbrudd::IngenPerioder.to_string());
    }
    if let Err(why) = sammenhengende(&versjon.perioder) {
        told.push(why.to_string());
    }
    let before = before.map_or(&[][..], |before| &before.perioder);
    for periode in &versjon.perioder {
        let known = before.iter().find(|known| known.startdato == periode.startdato);
        match known {
            None if periode.startdato <= dag => {
                told.push(Regelbrudd::StartForTidlig { startdato: periode.startdato, dag }.to_string());
            }
            Some(known) if periode.startdato <= dag && known.stoerrelse != periode.stoerrelse => {
                told.push(format!("the period from {} had begun, and deducts something else now", periode.startdato));
            }
            _ => {}
        }
        let set_now = known.is_none_or(|known| known.sluttdato != periode.sluttdato);
        if let Some(sluttdato) = periode.sluttdato.filter(|slutt| set_now && *slutt < dag) {
            told.push(Regelbrudd::SluttIFortid { sluttdato, dag }.to_string());
        }
    }
    let gone = |known: &&Trekkperiode| versjon.perioder.iter().all(|periode| periode.startdato != known.startdato);
    if let Some(gone) = before.iter().filter(|known| known.startdato <= dag).find(gone) {
        told.push(format!("the period from {} had begun, and is gone", gone.startdato));
    }
    told
}
