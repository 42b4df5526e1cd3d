//! Many similar claims from one entry.

use chrono::{Datelike, Days, NaiveDate};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use super::betalinger::{default_account, default_type, own_account};
use super::forfall::betalingsinformasjon;
use super::krav::{DAYS_FROM_CREATION_TO_DUE, default_fastsettingsmaate, kind};
use super::ledger::Ledger;
use super::{Reader, Who, derive};
use crate::domain::Beloep;
use crate::domain::reskontro::{ForfallRef, Innbetaling, Krav, Kravforfall, Kravperiode, Plassering};
use crate::scenario::format::KravserieEntry;
use crate::scenario::problems::Place;
use crate::scenario::scalar::YEARS;

/// The most claims of a series.
const MAX_SERIES_CLAIMS: u32 = 100_000;

/// The most claims of a party that has series.
const MAX_PARTY_CLAIMS: usize = 200_000;

pub(super) fn read(entry: &KravserieEntry, who: &Who, ledger: &mut Ledger, place: Place<'_>, reader: &mut Reader<'_>) {
    let _ = read_serie(entry, who, ledger, place, reader);
}

fn read_serie(
    entry: &KravserieEntry,
    who: &Who,
    ledger: &mut Ledger,
    place: Place<'_>,
    reader: &mut Reader<'_>,
) -> Option<()> {
    let kravtype = reader.read(&entry.kravtype, place.key("kravtype"))?;
    let kind = kind(&kravtype, entry.kravgruppe.as_ref(), place, reader);
    let first_id = reader.read(&entry.kravidentifikator, place.key("kravidentifikator"));
    let due = reader.read(&entry.foerste_forfallsdato, place.key("foersteForfallsdato"));
    let step = reader.read(&entry.steg, place.key("steg"));
    let from = reader.read(&entry.beloep_fra, place.key("beloepFra"));
    let to = reader.read(&entry.beloep_til, place.key("beloepTil"));
    let antall = reader.read(&entry.antall, place.key("antall"));
    let betalt_hver = reader.optional(entry.betalt_hver.as_ref(), place.key("betaltHver"));
    let froe = reader.optional(entry.froe.as_ref(), place.key("froe")).unwrap_or_default();
    let (kind, first_id, mut due, step) = (kind?, first_id?, due?, step?);
    let (from, to, antall) = (from?, to?, antall?);
    if !(1..=MAX_SERIES_CLAIMS).contains(&antall) {
        reader.error(place.key("antall"), format!("a series has 1 to {MAX_SERIES_CLAIMS} claims"));
        return None;
    }
    if ledger.krav.len() + antall as usize > MAX_PARTY_CLAIMS {
        reader.error(place.key("antall"), format!("a party has at most {MAX_PARTY_CLAIMS} claims"));
        return None;
    }
    if !from.is_positive() || from > to {
        reader.error(
            place.key("beloepFra"),
            "the amounts of a series must be positive, and beloepFra must not be above beloepTil",
        );
        return None;
    }
    if step.is_null() {
        reader.error(place.key("steg"), "the step must not be zero");
        return None;
    }
    if betalt_hver == Some(0) {
        reader.error(place.key("betaltHver"), "1 pays every claim, 2 every second; leave it out to pay none");
        return None;
    }
    let Some(counter) = Counter::new(&first_id, antall) else {
        reader.error(
            place.key("kravidentifikator"),
            "kravidentifikator must end in digits, with enough digits to count all claims",
        );
        return None;
    };
    let mut rng = ChaCha8Rng::seed_from_u64(froe.into());
    let beskrivelse = kind.known.map_or(&*kravtype, |known| known.beskrivelse);
    for i in 0..antall {
        let aar = due.year();
        if !YEARS.contains(&aar) {
            let (first, last) = (YEARS.start(), YEARS.end());
            let message = format!("claim number {} of the series leaves the years {first} to {last}", i + 1);
            reader.error(place.key("steg"), message);
            return None;
        }
        let id = counter.id(i);
        let fid = derive::forfallsidentifikator(kind.system, &id, 1, 1);
        let beloep = Beloep::from_oere(rng.random_range(from.oere()..=to.oere()));
        let periode = Kravperiode {
            beskrivelse: "Inntektstår".into(),
            aar: Some(aar),
            termin: None,
            dager: None,
            viser_dager: false,
        };
        let krav = Krav {
            part: who.part,
            kravtype: kravtype.clone(),
            kravgruppe: kind.gruppe,
            system: kind.system,
            kravbeskrivelse: Some(derive::kravbeskrivelse(kind.system, beskrivelse, Some(&periode))),
            kravperiode: Some(periode),
            opprettelsesdato: due - Days::new(DAYS_FROM_CREATION_TO_DUE),
            hovedstol: None,
            rentebaerende: !kind.known.is_some_and(|known| known.rente),
            fastsettingsmaate: default_fastsettingsmaate(kind.system),
            forfall: vec![Kravforfall {
                betalingsinformasjon: betalingsinformasjon(kind.system, beloep, who.part, &id, &fid),
                kravforfallsidentifikator: fid,
                forfallsdato: Some(due),
                opprinnelig_beloep: beloep,
                utsatt_iverksettelse: None,
            }],
            kravidentifikator: id,
        };
        if betalt_hver.is_some_and(|every| (i + 1) % every == 0) {
            let forfall = ForfallRef { krav: ledger.krav.len(), forfall: 0 };
            ledger.innbetalinger.push(Innbetaling {
                part: who.part,
                innbetalingsidentifikator: format!("betaling-{}", krav.kravidentifikator).into(),
                innbetalingsdato: due,
                innbetalt_beloep: beloep,
                innbetalingstype: default_type(kind.system, due),
                mottakers_kontonummer: default_account(kind.system),
                innbetalt_fra: own_account(who, kind.system),
                plasseringer: vec![Plassering { forfall, beloep, dato: due }],
            });
        }
        ledger.add_krav(krav);
        due = step.apply(due).unwrap_or(NaiveDate::MAX);
    }
    Some(())
}

/// Counts up the digits at the end of an identifier. The number of digits stays the same.
struct Counter<'a> {
    prefix: &'a str,
    first: u64,
    width: usize,
}

impl<'a> Counter<'a> {
    fn new(id: &'a str, count: u32) -> Option<Self> {
        let prefix = id.trim_end_matches(|c: char| c.is_ascii_digit());
        let digits = &id[prefix.len()..];
        let first: u64 = digits.parse().ok()?;
        let width = digits.len();
        let last = first.checked_add(u64::from(count))?;
        (width < 19 && last <= 10_u64.pow(u32::try_from(width).ok()?)).then_some(Self { prefix, first, width })
    }

    fn id(&self, number: u32) -> Box<str> {
        format!("{}{:0width$}", self.prefix, self.first + u64::from(number), width = self.width).into()
    }
}
