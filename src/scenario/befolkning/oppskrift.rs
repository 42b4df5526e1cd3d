//! Writes the entries of the scenario format, as an author would.

use chrono::NaiveDate;

use crate::domain::Beloep;
use crate::scenario::format::{InnbetalingEntry, KravserieEntry, PlasseringEntry};
use crate::scenario::scalar::{Amount, Betalingsdato, Count, Gjentakelse, Text};

/// How a series that follows terms is paid.
pub(super) enum Betales {
    /// So many days after the due date, or before it; moved to a working day.
    Etter(i64),
    Aldri,
}

/// A series of claims, one for each term.
pub(super) struct Terminserie<'a> {
    pub(super) kravtype: &'a str,
    /// Letters and digits that its identifiers are counted from.
    pub(super) id: String,
    /// The middle of the amounts in kroner. Negative for credits.
    pub(super) kroner: i64,
    pub(super) froe: u64,
    pub(super) betales: Betales,
    pub(super) sesong: &'a [u32],
    pub(super) fra: Option<NaiveDate>,
    pub(super) til: Option<NaiveDate>,
}

/// The smallest and the largest amount of a series, in per cent of the middle.
const LEAST: i64 = 84;
const MOST: i64 = 116;

impl Terminserie<'_> {
    pub(super) fn entry(self) -> KravserieEntry {
        let (least, most) = if self.kroner < 0 { (MOST, LEAST) } else { (LEAST, MOST) };
        KravserieEntry {
            gjentas: Some(Gjentakelse("hver termin".to_owned())),
            kravidentifikator: Text(self.id),
            kravtype: Text(self.kravtype.to_owned()),
            beloep_fra: kroner(self.kroner * least / 100),
            beloep_til: kroner(self.kroner * most / 100),
            froe: Some(tall(self.froe & 0xffff_ffff)),
            sesong: self.sesong.iter().map(|part| tall((*part).into())).collect(),
            betalt: match self.betales {
                Betales::Etter(days) => Some(etter_forfall(days).into()),
                Betales::Aldri => None,
            },
            fra: self.fra.map(|day| day.to_string().into()),
            til: self.til.map(|day| day.to_string().into()),
            ..KravserieEntry::default()
        }
    }
}

/// `forfall`, or a day beside it that is moved to a working day.
pub(super) fn etter_forfall(days: i64) -> String {
    match days {
        0 => "forfall".to_owned(),
        days if days < 0 => format!("forfall - {}d virkedag", -days),
        days => format!("forfall + {days}d virkedag"),
    }
}

/// An amount in whole kroner, rounded to tens, never zero.
pub(super) fn kroner(kroner: i64) -> Amount {
    let tens = kroner / 10 * 10;
    Amount(if tens == 0 { 10 * kroner.signum().max(1) } else { tens }.to_string())
}

pub(super) fn beloep(beloep: Beloep) -> Amount {
    Amount(beloep.to_string())
}

pub(super) fn tall(number: u64) -> Count {
    Count(number.to_string())
}

/// A payment that covers an instalment, or a whole claim.
pub(super) fn innbetaling(id: String, dag: String, krav: &str, del: Option<(u64, Beloep)>) -> InnbetalingEntry {
    let plassert = PlasseringEntry {
        krav: Text(krav.to_owned()),
        forfall: del.map(|(number, _)| tall(number)),
        beloep: del.map(|(_, placed)| beloep(placed)),
        dato: None,
    };
    InnbetalingEntry {
        innbetalingsidentifikator: Text(id),
        innbetalingsdato: Betalingsdato(dag),
        plassert: vec![plassert],
        ..InnbetalingEntry::default()
    }
}
