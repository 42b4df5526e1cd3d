//! Payments in, set-offs and payments out.

use chrono::NaiveDate;

use super::ledger::Ledger;
use super::{Reader, Who, derive};
use crate::domain::Beloep;
use crate::domain::identifikator::Part;
use crate::domain::kravtype::Reskontrosystem;
use crate::domain::reskontro::{Bankkonto, Innbetaling, Motpart, Motregning, Plassering, Utbetaling};
use crate::scenario::format::{InnbetalingEntry, MotregningEntry, PartDocument, PlasseringEntry, UtbetalingEntry};
use crate::scenario::problems::Place;
use crate::scenario::scalar::Betalingsdag;

pub(super) fn read(document: &PartDocument, who: &Who, ledger: &mut Ledger, reader: &mut Reader<'_>) {
    let root = Place::ROOT;
    for (i, entry) in document.innbetalinger.iter().enumerate() {
        let read = innbetaling(entry, who, ledger, root.key("innbetalinger").index(i), reader);
        ledger.innbetalinger.extend(read);
    }
    for (i, entry) in document.motregninger.iter().enumerate() {
        let read = motregning(entry, who.part, ledger, root.key("motregninger").index(i), reader);
        ledger.motregninger.extend(read);
    }
    for (i, entry) in document.utbetalinger.iter().enumerate() {
        let read = utbetaling(entry, who, ledger, root.key("utbetalinger").index(i), reader);
        ledger.utbetalinger.extend(read);
    }
}

fn innbetaling(
    entry: &InnbetalingEntry,
    who: &Who,
    ledger: &Ledger,
    place: Place<'_>,
    reader: &mut Reader<'_>,
) -> Option<Innbetaling> {
    let part = reader.part(entry.part.as_ref(), who, place.key("part"));
    let id = reader.not_empty(&entry.innbetalingsidentifikator, place.key("innbetalingsidentifikator"));
    let dato = betalingsdag(entry, part, ledger, place, reader);
    let beloep = reader.optional(entry.innbetalt_beloep.as_ref(), place.key("innbetaltBeloep"));
    if entry.innbetalt_beloep.is_none() && entry.plassert.is_empty() {
        reader.error(place, "give innbetaltBeloep, or what the payment is placed on (plassert)");
    }
    let plasseringer = plasseringer(&entry.plassert, part, dato, ledger, place.key("plassert"), reader);
    let (id, dato) = (id?, dato?);
    let beloep = beloep.unwrap_or_else(|| plasseringer.iter().map(|plassering| plassering.beloep).sum());
    let system = match plasseringer.first() {
        Some(plassering) => ledger.krav[plassering.forfall.krav].system,
        // Credits and payments of the VAT ledger are numbered FORF-.
        None if id.starts_with("FORF-") => Reskontrosystem::Mva,
        None => Reskontrosystem::Skatt,
    };
    let type_given = reader.optional(entry.innbetalingstype.as_ref(), place.key("innbetalingstype"));
    let innbetalingstype = type_given.unwrap_or_else(|| default_type(system, dato));
    let to = reader.kontonummer(entry.mottakers_kontonummer.as_ref(), place.key("mottakersKontonummer"));
    let innbetalt_fra = match &entry.innbetalt_fra {
        Some(motpart) => reader.motpart(motpart, place.key("innbetaltFra")),
        None => own_account(who, system),
    };
    Some(Innbetaling {
        part,
        innbetalingsidentifikator: id,
        innbetalingsdato: dato,
        innbetalt_beloep: beloep,
        innbetalingstype,
        mottakers_kontonummer: to.or_else(|| default_account(system)),
        innbetalt_fra,
        plasseringer,
    })
}

/// The day of a payment. A day relative to a due date needs an instalment that has one.
fn betalingsdag(
    entry: &InnbetalingEntry,
    part: Part,
    ledger: &Ledger,
    place: Place<'_>,
    reader: &mut Reader<'_>,
) -> Option<NaiveDate> {
    match reader.read(&entry.innbetalingsdato, place.key("innbetalingsdato"))? {
        Betalingsdag::Day(day) => Some(day),
        Betalingsdag::AfterDue(shift) => {
            let first = entry.plassert.first();
            // An unknown claim is reported when the placement is read.
            let due = first.and_then(|first| {
                let number = first.forfall.as_ref().and_then(|number| number.0.parse().ok()).unwrap_or(1);
                ledger.forfallsdato(part, &first.krav.0, number)
            });
            let day = due.and_then(|due| shift.apply(due));
            if day.is_none() && first.is_none_or(|first| ledger.has_claim(part, &first.krav.0)) {
                reader
                    .error(place.key("innbetalingsdato"), "forfall needs a placement on an instalment with a due date");
            }
            day
        }
    }
}

/// The `innbetalingstype` that a ledger system gives a payment.
pub(super) fn default_type(system: Reskontrosystem, dato: NaiveDate) -> Box<str> {
    match system {
        Reskontrosystem::Mva => "Innbetalt OCR".into(),
        Reskontrosystem::Skatt => format!("Innbetaling {dato}").into(),
    }
}

/// The collector's account that a payment goes to. The VAT ledger does not show it.
pub(super) fn default_account(system: Reskontrosystem) -> Option<Box<str>> {
    match system {
        Reskontrosystem::Mva => None,
        Reskontrosystem::Skatt => derive::innkrevers_konto(system).kontonummer.clone(),
    }
}

/// The party as payer or payee. Only the tax ledger shows a currency.
pub(super) fn own_account(who: &Who, system: Reskontrosystem) -> Motpart {
    let konto =
        Bankkonto { kontoeiers_navn: Some(who.navn.clone()), kontonummer: who.konto.clone(), ..Bankkonto::default() };
    let valutakode = (system == Reskontrosystem::Skatt).then(|| "NOK".into());
    Motpart { konto, valutakode, ..Motpart::default() }
}

/// Reads placements. A placement without a date counts from the day of the payment, or from the day on
/// which the claim is created if that is later.
fn plasseringer(
    entries: &[PlasseringEntry],
    part: Part,
    betalt: Option<NaiveDate>,
    ledger: &Ledger,
    list: Place<'_>,
    reader: &mut Reader<'_>,
) -> Vec<Plassering> {
    let read = |(i, entry): (usize, &PlasseringEntry)| {
        let place = list.index(i);
        let forfall = ledger.forfall(part, &entry.krav, entry.forfall.as_ref(), place, ("krav", "forfall"), reader);
        let beloep = reader.optional(entry.beloep.as_ref(), place.key("beloep"));
        let dato = reader.optional(entry.dato.as_ref(), place.key("dato"));
        let forfall = forfall?;
        let beloep = beloep.unwrap_or_else(|| ledger.absolute_amount(forfall));
        let created = ledger.krav[forfall.krav].opprettelsesdato;
        let dato = dato.or_else(|| betalt.map(|betalt| betalt.max(created)))?;
        Some(Plassering { forfall, beloep, dato })
    };
    entries.iter().enumerate().filter_map(read).collect()
}

fn motregning(
    entry: &MotregningEntry,
    part: Part,
    ledger: &Ledger,
    place: Place<'_>,
    reader: &mut Reader<'_>,
) -> Option<Motregning> {
    let kredit = ledger.forfall(
        part,
        &entry.kreditkrav,
        entry.kreditforfall.as_ref(),
        place,
        ("kreditkrav", "kreditforfall"),
        reader,
    );
    let debet = ledger.forfall(part, &entry.krav, entry.forfall.as_ref(), place, ("krav", "forfall"), reader);
    let beloep = reader.optional(entry.beloep.as_ref(), place.key("beloep"));
    let dato = reader.optional(entry.dato.as_ref(), place.key("dato"));
    let (kredit, debet) = (kredit?, debet?);
    let beloep = beloep.unwrap_or_else(|| ledger.absolute_amount(kredit).min(ledger.absolute_amount(debet)));
    let later = ledger.krav[kredit.krav].opprettelsesdato.max(ledger.krav[debet.krav].opprettelsesdato);
    Some(Motregning { kredit, debet, beloep, dato: dato.unwrap_or(later) })
}

fn utbetaling(
    entry: &UtbetalingEntry,
    who: &Who,
    ledger: &Ledger,
    place: Place<'_>,
    reader: &mut Reader<'_>,
) -> Option<Utbetaling> {
    let part = reader.part(entry.part.as_ref(), who, place.key("part"));
    let id = reader.not_empty(&entry.utbetalingsidentifikator, place.key("utbetalingsidentifikator"));
    let dato = reader.read(&entry.utbetaltdato, place.key("utbetaltdato"));
    let beloep = reader.optional(entry.utbetalt_beloep.as_ref(), place.key("utbetaltBeloep"));
    let grunnlag = plasseringer(&entry.kreditkrav, part, dato, ledger, place.key("kreditkrav"), reader);
    let beskrivelse = reader.optional(entry.utbetalingsbeskrivelse.as_ref(), place.key("utbetalingsbeskrivelse"));
    let status = reader.optional(entry.utbetalingstatus.as_ref(), place.key("utbetalingstatus"));
    if entry.kreditkrav.is_empty() {
        reader.error(place.key("kreditkrav"), "a payout needs at least one credit claim");
    }
    let system = grunnlag.first().map_or(Reskontrosystem::Skatt, |first| ledger.krav[first.forfall.krav].system);
    let betalt_til = match &entry.betalt_til {
        Some(motpart) => reader.motpart(motpart, place.key("betaltTil")),
        None => own_account(who, system),
    };
    Some(Utbetaling {
        part,
        utbetalingsidentifikator: id?,
        utbetalingsbeskrivelse: beskrivelse,
        utbetaltdato: dato?,
        utbetalt_beloep: beloep.unwrap_or_else(|| grunnlag.iter().map(|g| g.beloep).sum::<Beloep>()),
        betalt_til,
        utbetalingstatus: status.unwrap_or_else(|| "bekreftet".into()),
        grunnlag,
    })
}
