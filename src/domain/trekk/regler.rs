//! The published rules of a trekkpålegg. An order that is described by events keeps them or is refused. In an order
//! that is described literally, [`brudd`] finds the broken rules.

use chrono::{Days, NaiveDate};

use super::{Trekkpaalegg, Trekkperiode, Trekkstatus, Trekkversjon};

/// What happens to an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trekkhendelse {
    /// These periods apply, from the first day of the first one.
    Perioder(Vec<Trekkperiode>),
    /// The deduction stops. This is its last day.
    Stopp(NaiveDate),
}

/// A broken rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Regelbrudd {
    /// An event has no periods, or leaves none.
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
    /// An event ends an order in the past.
    #[error("sluttdato is never set in the past: {sluttdato} is before {dag}, the day of the event")]
    SluttIFortid {
        /// The last day.
        sluttdato: NaiveDate,
        /// The day of the event.
        dag: NaiveDate,
    },
    /// An event ends an order before the order has begun.
    #[error("it has not begun; the earliest stop is its startdato, {0}")]
    IkkeBegynt(NaiveDate),
    /// An event ends an order that ends no later anyway.
    #[error("it ends on {0} already")]
    SlutterAllerede(NaiveDate),
    /// An event changes an order that has ended.
    #[error("the order has ended; what comes after it is a new order with a trekkid of its own")]
    Avsluttet,
    /// The first event of an order is a stop.
    #[error("the first event of an order says how much is deducted, and from when")]
    StopperFoerst,
    /// An event is dated before the event in front of it.
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
        Trekkhendelse::Perioder(nye) => change(before, nye, dag),
        Trekkhendelse::Stopp(_) if before.is_empty() => Err(Regelbrudd::StopperFoerst),
        Trekkhendelse::Stopp(slutt) => stop(before, *slutt, dag),
    }
}

/// Periods that begin before the new ones stay. They are cut short if they overlap the new ones.
fn change(before: &[Trekkperiode], nye: &[Trekkperiode], dag: NaiveDate) -> Result<Box<[Trekkperiode]>, Regelbrudd> {
    let first = nye.first().ok_or(Regelbrudd::IngenPerioder)?;
    if first.startdato <= dag {
        return Err(Regelbrudd::StartForTidlig { startdato: first.startdato, dag });
    }
    check_periods(nye)?;
    let day_before = first.startdato - Days::new(1);
    let kept = before.iter().filter(|periode| periode.startdato < first.startdato).map(|periode| Trekkperiode {
        sluttdato: Some(periode.sluttdato.map_or(day_before, |slutt| slutt.min(day_before))),
        ..*periode
    });
    Ok(kept.chain(nye.iter().copied()).collect())
}

fn stop(before: &[Trekkperiode], slutt: NaiveDate, dag: NaiveDate) -> Result<Box<[Trekkperiode]>, Regelbrudd> {
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

/// Checks that each period begins after the one before it, and ends no earlier than it begins.
fn check_periods(perioder: &[Trekkperiode]) -> Result<(), Regelbrudd> {
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

/// The rules that a literal order breaks, each with the index of the version.
pub fn brudd(paalegg: &Trekkpaalegg) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (at, versjon) in paalegg.versjoner.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| &paalegg.versjoner[before]);
        let mut messages = brudd_i_perioder(versjon, before);
        let slutt = versjon.perioder.last().and_then(|periode| periode.sluttdato);
        match versjon.bokstavelig.map(|literal| literal.trekkstatus) {
            Some(Trekkstatus::Avsluttet) if slutt.is_none_or(|slutt| slutt > versjon.dag) => {
                messages.push("avsluttet before the sluttdato of its last period".to_owned());
            }
            Some(Trekkstatus::Aktiv) if slutt.is_some_and(|slutt| slutt < versjon.dag) => {
                messages.push("aktiv after the sluttdato of its last period".to_owned());
            }
            _ => {}
        }
        if let Some(before) = before {
            let number = |it: &Trekkversjon| it.bokstavelig.map(|literal| literal.sekvensnummer);
            let order = [
                (versjon.opprettet < before.opprettet, "opprettet is before that of the version before it"),
                (number(versjon) <= number(before), "sekvensnummer is not above that of the version before it"),
                (
                    versjon.trekkversjon != before.trekkversjon + 1,
                    "trekkversjon does not follow that of the version before it",
                ),
                (versjon.faste != before.faste, "case number, debtor, KID and account stay the same for one trekkid"),
            ];
            messages.extend(order.into_iter().filter(|(broken, _)| *broken).map(|(_, rule)| rule.to_owned()));
        }
        found.extend(messages.into_iter().map(|message| (at, message)));
    }
    found
}

/// The broken rules of the periods: they are in order, none is set up or ended in the past, and none that had begun
/// is changed or removed.
fn brudd_i_perioder(versjon: &Trekkversjon, before: Option<&Trekkversjon>) -> Vec<String> {
    let mut messages = Vec::new();
    let dag = versjon.dag;
    if versjon.perioder.is_empty() {
        messages.push(Regelbrudd::IngenPerioder.to_string());
    }
    if let Err(why) = check_periods(&versjon.perioder) {
        messages.push(why.to_string());
    }
    let before = before.map_or(&[][..], |before| &before.perioder);
    for periode in &versjon.perioder {
        let known = before.iter().find(|known| known.startdato == periode.startdato);
        match known {
            None if periode.startdato <= dag => {
                messages.push(Regelbrudd::StartForTidlig { startdato: periode.startdato, dag }.to_string());
            }
            Some(known) if periode.startdato <= dag && known.stoerrelse != periode.stoerrelse => {
                messages
                    .push(format!("the period from {} had begun, and deducts something else now", periode.startdato));
            }
            _ => {}
        }
        let set_now = known.is_none_or(|known| known.sluttdato != periode.sluttdato);
        if let Some(sluttdato) = periode.sluttdato.filter(|slutt| set_now && *slutt < dag) {
            messages.push(Regelbrudd::SluttIFortid { sluttdato, dag }.to_string());
        }
    }
    let gone = |known: &&Trekkperiode| versjon.perioder.iter().all(|periode| periode.startdato != known.startdato);
    if let Some(gone) = before.iter().filter(|known| known.startdato <= dag).find(gone) {
        messages.push(format!("the period from {} had begun, and is gone", gone.startdato));
    }
    messages
}
