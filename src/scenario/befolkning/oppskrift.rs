//! Writes the entries of the scenario format, as an author would.

use chrono::NaiveDate;
use smol_str::SmolStr;

use crate::domain::Beloep;
use crate::domain::short_text::ShortText;
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
    pub(super) id: SmolStr,
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
            gjentas: Some(Gjentakelse(SmolStr::new_static("hver termin"))),
            kravidentifikator: Text(self.id),
            kravtype: self.kravtype.into(),
            beloep_fra: kroner(self.kroner * least / 100),
            beloep_til: kroner(self.kroner * most / 100),
            froe: Some(tall(self.froe & 0xffff_ffff)),
            sesong: self.sesong.iter().map(|part| tall((*part).into())).collect(),
            betalt: match self.betales {
                Betales::Etter(days) => Some(etter_forfall(days).into()),
                Betales::Aldri => None,
            },
            fra: self.fra.map(dag),
            til: self.til.map(dag),
            ..KravserieEntry::default()
        }
    }
}

/// `forfall`, or a day beside it that is moved to a working day.
pub(super) fn etter_forfall(days: i64) -> SmolStr {
    let mut text = ShortText::default();
    if days == 0 {
        return SmolStr::new_static(FORFALL);
    }
    let sign = if days < 0 { " - " } else { " + " };
    text.text(FORFALL).text(sign).number(days.unsigned_abs(), 1).text("d virkedag").end()
}

/// On the due date.
pub(super) const FORFALL: &str = "forfall";

/// A day as it is written.
pub(super) fn dag<T: From<SmolStr>>(dag: NaiveDate) -> T {
    ShortText::default().day(dag).end().into()
}

/// An amount in whole kroner, rounded to tens, never zero.
pub(super) fn kroner(kroner: i64) -> Amount {
    let tens = kroner / 10 * 10;
    hele_kroner(if tens == 0 { 10 * kroner.signum().max(1) } else { tens })
}

pub(super) fn beloep(beloep: Beloep) -> Amount {
    match beloep.oere() {
        oere if oere % 100 == 0 => hele_kroner(oere / 100),
        _ => beloep.to_string().into(),
    }
}

pub(super) fn hele_kroner(kroner: i64) -> Amount {
    let sign = if kroner < 0 { "-" } else { "" };
    ShortText::default().text(sign).number(kroner.unsigned_abs(), 1).end().into()
}

pub(super) fn tall(number: u64) -> Count {
    ShortText::default().number(number, 1).end().into()
}

/// A payment that covers an instalment, or a whole claim.
pub(super) fn innbetaling(id: SmolStr, dag: SmolStr, krav: SmolStr, del: Option<(u64, Beloep)>) -> InnbetalingEntry {
    let plassert = PlasseringEntry {
        krav: Text(krav),
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
