//! Many similar claims from one entry: one for each term, or a number of them with steps between their due dates.

use chrono::{Datelike, NaiveDate};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use smol_str::SmolStr;

use super::betalinger::{CONFIRMED, default_account, default_type, own_account, paid_with, placed_on};
use super::derive::Siffer;
use super::forfall::InstalmentReader;
use super::krav::{Kind, kind};
use super::ledger::{Days, Ledger, Serie, Tidsrom, Utelatt};
use super::takt::{Dager, Stand, Takt};
use super::{Reader, Who, derive};
use crate::catalogue::nearest;
use crate::domain::Beloep;
use crate::domain::identifikator::Part;
use crate::domain::kravtype::KRAVTYPER;
use crate::domain::reskontro::{ForfallRef, Innbetaling, Krav, Kravperiode, Motpart, Plassering, Utbetaling};
use crate::domain::short_text::ShortText;
use crate::domain::terminer::{Termin, Terminserie};
use crate::scenario::format::KravserieEntry;
use crate::scenario::problems::Place;
use crate::scenario::scalar::{AfterDue, Count, Paid, YEARS};

/// The most claims of a series.
const MAX_SERIES_CLAIMS: u32 = 100_000;

/// The most claims of a party that has series.
const MAX_PARTY_CLAIMS: usize = 200_000;

pub(super) fn read(entry: &KravserieEntry, who: &Who, ledger: &mut Ledger, place: Place<'_>, reader: &mut Reader<'_>) {
    let Some(common) = Common::read(entry, who, place, reader) else {
        return;
    };
    let room = MAX_PARTY_CLAIMS.saturating_sub(ledger.krav.len());
    let claims = match &entry.gjentas {
        Some(gjentas) => reader
            .read(gjentas, place.key("gjentas"))
            .and_then(|()| claims_of_terms(entry, &common, ledger, place, reader)),
        None => claims_by_steps(entry, &common, room, place, reader),
    };
    let Some(claims) = claims else {
        return;
    };
    let first = ledger.krav.len();
    for claim in claims.list {
        common.add(claim, who, ledger);
    }
    let utelatt = |dager| Utelatt { kravtype: common.kravtype.clone(), part: common.part, dager };
    ledger.utelatt.extend(claims.left_out.into_iter().map(utelatt));
    if claims.are_any {
        let (part, system, beginning) = (common.part, common.kind.system, common.ids.prefix);
        ledger.serier.push(Serie { part, system, beginning, krav: first..ledger.krav.len() });
    }
}

/// The claims of a series that are asked for.
#[derive(Default)]
struct Claims {
    list: Vec<Claim>,
    /// The terms of those that are not.
    left_out: Vec<Tidsrom>,
    /// Whether the series has any, asked for or not.
    are_any: bool,
}

/// What the claims of a series have in common.
struct Common {
    kravtype: SmolStr,
    kind: Kind,
    part: Part,
    /// The identifier that the others are counted from.
    ids: Counter,
    beloep: (Beloep, Beloep),
    froe: u64,
    /// How the amounts follow the year, in per cent. Empty if they do not.
    sesong: Vec<u32>,
    takt: Takt,
}

/// One claim of a series.
struct Claim {
    /// Its place in the series. Identifier, amount and payment follow from it.
    number: i64,
    /// The term, and the period in which it is written.
    termin: Option<Termin>,
    periode: Option<Kravperiode>,
    /// The due date of the term.
    termins_forfall: Option<NaiveDate>,
    /// Its due date, if it does not follow from the term.
    forfallsdato: Option<NaiveDate>,
}

impl Common {
    fn read(entry: &KravserieEntry, who: &Who, place: Place<'_>, reader: &mut Reader<'_>) -> Option<Self> {
        let kravtype = reader.read(&entry.kravtype, place.key("kravtype"))?;
        let kind = kind(&kravtype, entry.kravgruppe.as_ref(), place, reader);
        let part = reader.part(entry.part.as_ref(), who, place.key("part"));
        let first_id = reader.read(&entry.kravidentifikator, place.key("kravidentifikator"));
        let from = reader.read(&entry.beloep_fra, place.key("beloepFra"));
        let to = reader.read(&entry.beloep_til, place.key("beloepTil"));
        let betalt_hver = reader.optional(entry.betalt_hver.as_ref(), place.key("betaltHver"));
        let froe = reader.optional(entry.froe.as_ref(), place.key("froe")).unwrap_or_default();
        let sesong = season(entry, place, reader);
        let opprettet = reader.optional(entry.opprettet.as_ref(), place.key("opprettet"));
        let betalt = reader.optional(entry.betalt.as_ref(), place.key("betalt"));
        let (kind, first_id, from, to) = (kind?, first_id?, from?, to?);
        let one_side = from.is_positive() || to.is_negative();
        if !one_side || from > to {
            reader.error(
                place.key("beloepFra"),
                "the amounts of a series are all above zero, or all below; beloepFra must not be above beloepTil",
            );
            return None;
        }
        if betalt_hver == Some(0) {
            reader.error(place.key("betaltHver"), "1 pays every claim, 2 every second; leave it out to pay none");
            return None;
        }
        let Some(ids) = Counter::new(&first_id) else {
            reader.error(place.key("kravidentifikator"), COUNTED);
            return None;
        };
        Some(Self {
            kravtype,
            kind,
            part,
            ids,
            beloep: (from, to),
            froe: froe.into(),
            sesong,
            takt: Takt {
                opprettet,
                betalt: betalt.or(betalt_hver.map(|_| Paid::AfterDue(AfterDue::default()))),
                betalt_hver: betalt_hver.unwrap_or(1),
            },
        })
    }

    /// How much of the budget a number of its claims takes, with their payments.
    fn entries(&self, claims: usize) -> usize {
        claims + if self.takt.betalt.is_some() { claims / self.takt.betalt_hver as usize } else { 0 }
    }

    /// Adds a claim to the ledger, and its payments.
    fn add(&self, claim: Claim, who: &Who, ledger: &mut Ledger) {
        let id = self.ids.id(claim.number);
        let siffer = Siffer::of(&id);
        let periode = claim.periode.as_ref();
        let instalments = InstalmentReader {
            id: &id,
            siffer,
            part: self.part,
            kind: self.kind,
            serie: self.kind.known.and_then(|known| known.terminer),
            termin: claim.termin,
            termins_forfall: claim.termins_forfall,
            periode,
            amount_follows: false,
        };
        let forfall = instalments.of_amount(claim.forfallsdato, self.amount(&claim));
        let Some(first) = forfall.first().and_then(|forfall| forfall.forfallsdato) else {
            return;
        };
        let periode = claim.periode;
        let opprettelsesdato = self.takt.opprettet(first, periode.as_ref().and_then(Kravperiode::enkeltdag));
        for (number, forfall) in forfall.iter().enumerate() {
            let due = forfall.forfallsdato.unwrap_or(first);
            let Some(paid) = self.takt.betalt(claim.number, due, opprettelsesdato) else {
                break;
            };
            let at = ForfallRef { krav: ledger.krav.len(), forfall: number };
            let (beloep, system) = (forfall.opprinnelig_beloep, self.kind.system);
            let day = placed_on(paid, opprettelsesdato);
            if beloep.is_negative() {
                let description = self.kind.beskrivelse(&self.kravtype, periode.as_ref());
                let payee = own_account(who, system);
                ledger.utbetalinger.push(Utbetaling {
                    part: self.part,
                    utbetalingsidentifikator: derive::innbetalingsidentifikator(system, self.part, siffer, number),
                    utbetalingsbeskrivelse: None,
                    utbetaltdato: day,
                    utbetalt_beloep: -beloep,
                    betalt_til: Motpart { melding_sendt_til_mottaker: Some(description), ..payee },
                    utbetalingstatus: CONFIRMED.into(),
                    bekreftet: None,
                    grunnlag: vec![Plassering { forfall: at, beloep: -beloep, dato: day }],
                    tilbakebetaling_av: Vec::new(),
                });
                continue;
            }
            ledger.innbetalinger.push(Innbetaling {
                part: self.part,
                innbetalingsidentifikator: derive::innbetalingsidentifikator(system, self.part, siffer, number),
                innbetalingsdato: paid,
                innbetalt_beloep: beloep,
                innbetalingstype: default_type(system, paid),
                mottakers_kontonummer: default_account(system),
                innbetalt_fra: paid_with(own_account(who, system), Some(forfall)),
                plasseringer: vec![Plassering { forfall: at, beloep, dato: day }],
            });
        }
        ledger.add_krav(Krav {
            part: self.part,
            kravtype: self.kravtype.clone(),
            kravgruppe: self.kind.gruppe,
            system: self.kind.system,
            kravbeskrivelse: Some(self.kind.beskrivelse(&self.kravtype, periode.as_ref())),
            kort_beskrivelse: None,
            kravperiode: periode,
            opprettelsesdato,
            hovedstol: None,
            renteperiode: None,
            rentebaerende: !self.kind.is_interest(),
            fastsettingsmaate: self.kind.fastsettingsmaate(),
            forfall,
            kravidentifikator: id,
        });
    }

    /// The amount of a claim, which its place in the series decides. The amount of a term is in whole kroner.
    fn amount(&self, claim: &Claim) -> Beloep {
        let mut rng = ChaCha8Rng::seed_from_u64(self.froe.wrapping_add(claim.number.cast_unsigned()));
        let oere = rng.random_range(self.beloep.0.oere()..=self.beloep.1.oere());
        let oere = self.in_season(oere, claim);
        let serie = self.kind.known.and_then(|known| known.terminer);
        match serie.zip(claim.termin) {
            Some((serie, termin)) => Beloep::from_kroner(oere / 100 / serie.shares(termin.aar)),
            None => Beloep::from_oere(oere),
        }
    }

    /// An amount in øre as it is in the part of the year that the claim is for: the middle of its period, or its due date.
    fn in_season(&self, oere: i64, claim: &Claim) -> i64 {
        let days = claim.periode.as_ref().filter(|_| claim.termin.is_some()).and_then(|periode| periode.dager);
        let middle = days.map(|(first, last)| first + chrono::Days::new((last - first).num_days().unsigned_abs() / 2));
        let Some(day) = middle.or(claim.forfallsdato).filter(|_| !self.sesong.is_empty()) else {
            return oere;
        };
        let part = day.month0() as usize * self.sesong.len() / 12;
        let per_cent = i128::from(self.sesong.get(part).copied().unwrap_or(100));
        i64::try_from(i128::from(oere) * per_cent / 100).unwrap_or(oere)
    }
}

/// The largest number of a season, in per cent.
const MOST_OF_A_SEASON: u32 = 1_000;

/// How the amounts of a series follow the year.
fn season(entry: &KravserieEntry, place: Place<'_>, reader: &mut Reader<'_>) -> Vec<u32> {
    let place = place.key("sesong");
    if entry.sesong.len() > 12 {
        reader.error(place, "a year has at most 12 parts");
    }
    let mut read = |(i, part): (usize, &Count)| {
        let part = reader.read(part, place.index(i))?;
        if !(1..=MOST_OF_A_SEASON).contains(&part) {
            reader.error(place.index(i), format!("per cent, from 1 to {MOST_OF_A_SEASON}"));
            return None;
        }
        Some(part)
    };
    entry.sesong.iter().take(12).enumerate().filter_map(&mut read).collect()
}

/// A claim for every term in the time around the base date that the file does not write out.
fn claims_of_terms(
    entry: &KravserieEntry,
    common: &Common,
    ledger: &Ledger,
    place: Place<'_>,
    reader: &mut Reader<'_>,
) -> Option<Claims> {
    let not_both = [
        ("antall", entry.antall.is_some()),
        ("foersteForfallsdato", entry.foerste_forfallsdato.is_some()),
        ("steg", entry.steg.is_some()),
        ("perForfall", entry.per_forfall.is_some()),
    ];
    for (key, _) in not_both.into_iter().filter(|(_, given)| *given) {
        reader.error(
            place.key(key),
            "a series that follows terms (gjentas) does not have this; leave one of the two out",
        );
    }
    let known = common.kind.known.filter(|known| known.lovbestemt_forfall);
    let Some(serie) = known.and_then(|known| known.terminer) else {
        let with_terms = || KRAVTYPER.iter().filter(|kind| kind.lovbestemt_forfall).map(|kind| kind.kode);
        let hint = reader
            .problems
            .hint(|| nearest(&common.kravtype, with_terms()).map(|near| format!("did you mean {near}?")));
        let kinds: Vec<_> = with_terms().collect();
        let message = format!("claims of this kind follow no terms; those that do are {}", kinds.join(", "));
        reader.problems.error_with_hint(place.key("gjentas"), message, hint);
        return None;
    };
    let first = reader.base.checked_sub_months(reader.span.before)?;
    let last = reader.base.checked_add_months(reader.span.after)?;
    let tidsrom = days_of_terms(entry, place, reader)?;
    // Identifiers count from a fixed term, so that a term has the same identifier on every base date.
    let start = serie.ordinal(Termin { aar: 2020, nummer: 1 });
    let mut termin = serie.newest_overdue(last.succ_opt().unwrap_or(last));
    let mut claims = Claims::default();
    let written = ledger.terms_with(&common.kravtype, common.part);
    // From the newest one, because those that are open are among the last.
    while let Some(due) = serie.forfallsdato(termin).filter(|due| *due >= first) {
        let this = termin;
        termin = serie.offset(termin, -1);
        let days = serie.periode(this);
        let is_there = written.contains(&days) || ledger.has_left_out(&common.kravtype, common.part, days);
        if is_there || !tidsrom.har(days) {
            continue;
        }
        claims.are_any = true;
        let number = i64::from(serie.ordinal(this) - start);
        let stand = reader.aapent.map(|dag| common.takt.stand(number, dager(serie, this, due, days), dag));
        match stand {
            None | Some(Stand::Aapent) => {}
            Some(Stand::Oppgjort) if common.takt.betales_i_rekkefoelge() => {
                claims.left_out.push(Tidsrom { til: days.map(|(_, last)| last), ..tidsrom });
                break;
            }
            Some(Stand::Oppgjort | Stand::Kommer) => {
                claims.left_out.extend(days.map(|(first, last)| Tidsrom { fra: Some(first), til: Some(last) }));
                continue;
            }
        }
        claims.list.push(Claim {
            number,
            periode: Some(period_of(serie, this, common)),
            termin: Some(this),
            termins_forfall: Some(due),
            forfallsdato: None,
        });
    }
    claims.list.reverse();
    reader.has_room(common.entries(claims.list.len()), place).then_some(claims)
}

/// The days of the claim of a term, which decide when it is made and paid.
fn dager(serie: Terminserie, termin: Termin, due: NaiveDate, days: Days) -> Dager {
    let last = if serie.is_yearly() { serie.avdrag(termin.aar).and_then(|due| due.last().copied()) } else { None };
    Dager {
        forfall: (due, last.unwrap_or(due)),
        loennsdag: days.filter(|(first, last)| first == last).map(|(day, _)| day),
    }
}

/// The first and the last day that a series has terms for, where its entry says them.
fn days_of_terms(entry: &KravserieEntry, place: Place<'_>, reader: &mut Reader<'_>) -> Option<Tidsrom> {
    let from = reader.optional(entry.fra.as_ref(), place.key("fra"));
    let to = reader.optional(entry.til.as_ref(), place.key("til"));
    if entry.fra.is_some() != from.is_some() || entry.til.is_some() != to.is_some() {
        return None;
    }
    if from.zip(to).is_some_and(|(from, to)| to < from) {
        reader.error(place.key("til"), "til is before fra");
        return None;
    }
    Some(Tidsrom { fra: from, til: to })
}

fn period_of(serie: Terminserie, termin: Termin, common: &Common) -> Kravperiode {
    if serie.is_yearly() {
        derive::income_year(termin.aar)
    } else {
        derive::terminperiode(common.kind.system, serie, termin)
    }
}

/// A number of claims with steps between their due dates.
fn claims_by_steps(
    entry: &KravserieEntry,
    common: &Common,
    room: usize,
    place: Place<'_>,
    reader: &mut Reader<'_>,
) -> Option<Claims> {
    let missing = [
        ("antall", entry.antall.is_none()),
        ("foersteForfallsdato", entry.foerste_forfallsdato.is_none()),
        ("steg", entry.steg.is_none()),
    ];
    let missing: Vec<_> = missing.into_iter().filter(|(_, missing)| *missing).map(|(key, _)| key).collect();
    if !missing.is_empty() {
        reader.error(place, format!("give {} too, or gjentas: hver termin", missing.join(", ")));
    }
    for (key, _) in [("fra", entry.fra.is_some()), ("til", entry.til.is_some())].into_iter().filter(|(_, given)| *given)
    {
        reader.error(
            place.key(key),
            "only a series that follows terms (gjentas) has this; antall and foersteForfallsdato say it here",
        );
    }
    let antall = reader.optional(entry.antall.as_ref(), place.key("antall"));
    let due = reader.optional(entry.foerste_forfallsdato.as_ref(), place.key("foersteForfallsdato"));
    let step = reader.optional(entry.steg.as_ref(), place.key("steg"));
    let per_due = reader.optional(entry.per_forfall.as_ref(), place.key("perForfall")).unwrap_or(1);
    let (antall, mut due, step) = (antall?, due?, step?);
    if !(1..=MAX_SERIES_CLAIMS).contains(&antall) {
        reader.error(place.key("antall"), format!("a series has 1 to {MAX_SERIES_CLAIMS} claims"));
        return None;
    }
    if antall as usize > room {
        reader.error(place.key("antall"), format!("a party has at most {MAX_PARTY_CLAIMS} claims"));
        return None;
    }
    if step.shift.is_null() {
        reader.error(place.key("steg"), "the step must not be zero");
        return None;
    }
    if per_due == 0 {
        reader.error(place.key("perForfall"), "0 claims have no due date; leave it out for one");
        return None;
    }
    if !common.ids.has_room_for(antall) {
        reader.error(place.key("kravidentifikator"), COUNTED);
        return None;
    }
    if !reader.has_room(common.entries(antall as usize), place.key("antall")) {
        return None;
    }
    let mut claims = Claims { are_any: true, ..Claims::default() };
    for number in 0..antall {
        let aar = due.year();
        if !YEARS.contains(&aar) {
            let (first, last) = (YEARS.start(), YEARS.end());
            let message = format!("claim number {} of the series leaves the years {first} to {last}", number + 1);
            reader.error(place.key("steg"), message);
            return None;
        }
        let settled = step.settle(due);
        let dager = Dager { forfall: (settled, settled), loennsdag: None };
        let stand = reader.aapent.map(|dag| common.takt.stand(number.into(), dager, dag));
        if stand.is_none_or(|stand| stand == Stand::Aapent) {
            claims.list.push(Claim {
                number: number.into(),
                termin: None,
                termins_forfall: None,
                periode: Some(derive::income_year(aar)),
                forfallsdato: Some(settled),
            });
        }
        if (number + 1) % per_due == 0 {
            due = step.shift.apply(due).unwrap_or(NaiveDate::MAX);
        }
    }
    Some(claims)
}

const COUNTED: &str = "kravidentifikator must end in digits, with enough digits to count all claims";

/// Counts up the digits at the end of an identifier. The number of digits stays the same.
struct Counter {
    prefix: SmolStr,
    first: u64,
    width: u32,
}

impl Counter {
    fn new(id: &str) -> Option<Self> {
        let prefix = id.trim_end_matches(|c: char| c.is_ascii_digit());
        let digits = &id[prefix.len()..];
        let first = digits.parse().ok()?;
        let width = u32::try_from(digits.len()).ok().filter(|width| *width < 19)?;
        Some(Self { prefix: prefix.into(), first, width })
    }

    fn has_room_for(&self, count: u32) -> bool {
        self.first + u64::from(count) <= 10_u64.pow(self.width)
    }

    fn id(&self, number: i64) -> SmolStr {
        let room = 10_i64.pow(self.width);
        let counted = (self.first.cast_signed() + number).rem_euclid(room).unsigned_abs();
        ShortText::default().text(&self.prefix).number(counted, self.width as usize).end()
    }
}
