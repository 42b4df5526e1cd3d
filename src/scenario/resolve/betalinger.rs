//! Payments in, set-offs and payments out.

use std::sync::Arc;

use chrono::NaiveDate;
use smol_str::SmolStr;

use super::ledger::Ledger;
use super::{Reader, Who, derive, mot_andre};
use crate::domain::Beloep;
use crate::domain::identifikator::Part;
use crate::domain::kalender::{is_working_day, this_or_next_working_day};
use crate::domain::kravtype::Reskontrosystem;
use crate::domain::reskontro::{ForfallRef, Innbetaling, Kravforfall, Motpart, Motregning, Plassering, Utbetaling};
use crate::domain::short_text::ShortText;
use crate::scenario::format::{InnbetalingEntry, MotregningEntry, PartDocument, PlasseringEntry, UtbetalingEntry};
use crate::scenario::problems::Place;
use crate::scenario::scalar::{Betalingsdag, Dato};

/// The most days that a payment comes before the claim that it covers. A larger number is told as a likely mistake.
const MOST_DAYS_AHEAD: i64 = 31;

/// The state of a payout that has reached its account.
pub(super) const CONFIRMED: &str = "bekreftet";

pub(super) fn read(document: &PartDocument, who: &Who, ledger: &mut Ledger, reader: &mut Reader<'_>) {
    let root = Place::ROOT;
    for (i, entry) in document.innbetalinger.iter().enumerate() {
        let errors = reader.problems.errors();
        let read = innbetaling(entry, who, ledger, root.key("innbetalinger").index(i), reader);
        let doubtful = reader.problems.errors() > errors;
        ledger.add_innbetaling(i, read, &entry.innbetalingsidentifikator, doubtful);
    }
    for (i, entry) in document.motregninger.iter().enumerate() {
        let errors = reader.problems.errors();
        let read = motregning(entry, who.part, ledger, root.key("motregninger").index(i), reader);
        ledger.add_motregning(i, read.filter(|_| reader.problems.errors() == errors));
    }
    for (i, entry) in document.utbetalinger.iter().enumerate() {
        let errors = reader.problems.errors();
        let read = utbetaling(entry, who, ledger, root.key("utbetalinger").index(i), reader);
        ledger.add_utbetaling(i, read.filter(|_| reader.problems.errors() == errors));
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
    let beloep = beloep.unwrap_or_else(|| plasseringer.iter().map(|plassering| plassering.beloep).sum());
    let system = match plasseringer.first() {
        Some(plassering) => ledger.krav[plassering.forfall.krav].system,
        // Credits and payments of the VAT ledger are numbered FORF-.
        None if id.as_ref().is_some_and(|id| id.starts_with("FORF-")) => Reskontrosystem::Mva,
        None => Reskontrosystem::Skatt,
    };
    let type_given = reader.optional(entry.innbetalingstype.as_ref(), place.key("innbetalingstype"));
    let to = reader.kontonummer(entry.mottakers_kontonummer.as_ref(), place.key("mottakersKontonummer"));
    let innbetalt_fra = if let Some(motpart) = &entry.innbetalt_fra {
        reader.motpart(motpart, place.key("innbetaltFra"))
    } else {
        let first = plasseringer.first();
        let forfall = first.map(|placed| &ledger.krav[placed.forfall.krav].forfall[placed.forfall.forfall]);
        paid_with(own_account(who, system), forfall)
    };
    // All values have been read by here, so that an entry tells all its problems.
    let (id, dato) = (id?, dato?);
    let innbetalingstype = type_given.unwrap_or_else(|| default_type(system, dato));
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
pub(super) fn default_type(system: Reskontrosystem, dato: NaiveDate) -> SmolStr {
    match system {
        Reskontrosystem::Mva => SmolStr::new_static("Innbetalt OCR"),
        Reskontrosystem::Skatt => ShortText::default().text("Innbetaling ").day(dato).end(),
    }
}

/// The collector's account that a payment goes to. The VAT ledger does not show it.
pub(super) fn default_account(system: Reskontrosystem) -> Option<SmolStr> {
    match system {
        Reskontrosystem::Mva => None,
        Reskontrosystem::Skatt => derive::innkrevers_konto(system).kontonummer.clone(),
    }
}

/// The party as payer or payee. Only the tax ledger shows a currency.
pub(super) fn own_account(who: &Who, system: Reskontrosystem) -> Motpart {
    let valutakode = (system == Reskontrosystem::Skatt).then(|| SmolStr::new_static("NOK"));
    Motpart {
        kidnummer: None,
        melding_sendt_til_mottaker: None,
        konto: Arc::clone(&who.konto),
        sjekk_sendt_til: None,
        valutakode,
    }
}

/// The payer with the KID and message of a payment that covers an instalment. A payment that covers nothing came
/// without a KID.
pub(super) fn paid_with(payer: Motpart, forfall: Option<&Kravforfall>) -> Motpart {
    let kidnummer = forfall.and_then(|forfall| forfall.betalingsinformasjon.kidnummer.clone());
    let message = kidnummer.clone().unwrap_or_else(|| "Betaling uten KID".into());
    Motpart { kidnummer, melding_sendt_til_mottaker: Some(message), ..payer }
}

/// The first banking day on which a payment of a day can be placed on a claim.
pub(super) fn placed_on(paid: NaiveDate, created: NaiveDate) -> NaiveDate {
    this_or_next_working_day(paid.max(created))
}

/// Reads placements. A placement without a date counts from the day of the payment, or from the day on
/// which the claim is created if that is later, moved to a banking day.
fn plasseringer(
    entries: &[PlasseringEntry],
    part: Part,
    betalt: Option<NaiveDate>,
    ledger: &Ledger,
    list: Place<'_>,
    reader: &mut Reader<'_>,
) -> Vec<Plassering> {
    let mut read = |(i, entry): (usize, &PlasseringEntry)| {
        let place = list.index(i);
        let beloep = reader.optional(entry.beloep.as_ref(), place.key("beloep"));
        let dato = reader.optional(entry.dato.as_ref(), place.key("dato"));
        warn_if_no_banking_day(entry.dato.as_ref(), dato, place.key("dato"), reader);
        let key = ("krav", "forfall");
        let all = entry.forfall.is_none().then(|| ledger.instalments_of(part, &entry.krav.0)).flatten();
        let covered = match all {
            // All instalments of the claim, from the first one on. The placement itself has been counted.
            Some(all) if all.len() > 1 => {
                let covered = spread(ledger, &all, beloep);
                if !reader.has_room(covered.len().saturating_sub(1), place) {
                    return None;
                }
                covered
            }
            _ => {
                let forfall = ledger.forfall(part, &entry.krav, entry.forfall.as_ref(), place, key, reader)?;
                vec![(forfall, beloep.unwrap_or_else(|| ledger.absolute_amount(forfall)))]
            }
        };
        let krav = &ledger.krav[covered.first()?.0.krav];
        if let Some(betalt) = betalt.filter(|_| entry.dato.is_none()) {
            let early = krav.opprettelsesdato.signed_duration_since(betalt).num_days();
            if early > MOST_DAYS_AHEAD {
                let message =
                    format!("the payment comes {early} days before claim {} is created", krav.kravidentifikator);
                reader.problems.warning(place.key("krav"), message);
            }
        }
        let dato = dato.or_else(|| betalt.map(|betalt| placed_on(betalt, krav.opprettelsesdato)))?;
        Some(covered.into_iter().map(move |(forfall, beloep)| Plassering { forfall, beloep, dato }))
    };
    entries.iter().enumerate().filter_map(&mut read).flatten().collect()
}

/// An amount spread over instalments, from the first one on; the whole of each if no amount is given.
fn spread(ledger: &Ledger, all: &[ForfallRef], beloep: Option<Beloep>) -> Vec<(ForfallRef, Beloep)> {
    let mut left = beloep;
    let mut covered = Vec::new();
    for (i, forfall) in all.iter().enumerate() {
        let whole = ledger.absolute_amount(*forfall);
        // Too much stays on the last one, where it is reported.
        let here = left.map_or(whole, |left| if i + 1 == all.len() { left } else { left.min(whole) });
        left = left.map(|left| left - here);
        if here.is_positive() {
            covered.push((*forfall, here));
        }
    }
    covered
}

/// Warns about a fixed date on which no bank moves money. A date relative to the base date falls on any day of the week,
/// so it is not warned about.
fn warn_if_no_banking_day(written: Option<&Dato>, day: Option<NaiveDate>, place: Place<'_>, reader: &mut Reader<'_>) {
    let fixed = written.is_some_and(|dato| dato.0.trim().starts_with(|c: char| c.is_ascii_digit()));
    if let Some(day) = day.filter(|day| fixed && !is_working_day(*day)) {
        reader
            .problems
            .warning(place, format!("{day} is no banking day; money is placed and paid out on banking days"));
    }
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
    warn_if_no_banking_day(entry.dato.as_ref(), dato, place.key("dato"), reader);
    let of = |forfall: ForfallRef| ledger.krav[forfall.krav].opprettelsesdato;
    Some(Motregning { kredit, debet, beloep, dato: dato.unwrap_or_else(|| placed_on(of(kredit), of(debet))) })
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
    let bekreftet = reader.optional(entry.bekreftet.as_ref(), place.key("bekreftet"));
    let list = place.key("tilbakebetalingAv");
    let tilbakebetaling_av = mot_andre::tilbakebetalinger(&entry.tilbakebetaling_av, part, ledger, list, reader);
    if entry.kreditkrav.is_empty() && entry.tilbakebetaling_av.is_empty() {
        reader.error(
            place,
            "a payout needs a credit claim (kreditkrav) or a payment that it pays back (tilbakebetalingAv)",
        );
    }
    let system = grunnlag.first().map_or(Reskontrosystem::Skatt, |first| ledger.krav[first.forfall.krav].system);
    warn_if_no_banking_day(Some(&entry.utbetaltdato), dato, place.key("utbetaltdato"), reader);
    let betalt_til = if let Some(motpart) = &entry.betalt_til {
        reader.motpart(motpart, place.key("betaltTil"))
    } else {
        let of_claim = || ledger.krav[grunnlag.first()?.forfall.krav].kravbeskrivelse.clone();
        Motpart { melding_sendt_til_mottaker: beskrivelse.clone().or_else(of_claim), ..own_account(who, system) }
    };
    Some(Utbetaling {
        part,
        utbetalingsidentifikator: id?,
        utbetalingsbeskrivelse: beskrivelse,
        utbetaltdato: dato?,
        utbetalt_beloep: beloep.unwrap_or_else(|| {
            grunnlag.iter().map(|g| g.beloep).chain(tilbakebetaling_av.iter().map(|part| part.beloep)).sum::<Beloep>()
        }),
        betalt_til,
        bekreftet,
        utbetalingstatus: status.unwrap_or_else(|| CONFIRMED.into()),
        grunnlag,
        tilbakebetaling_av,
    })
}
