//! Claims.

use rustc_hash::FxHashMap;

use chrono::{Datelike, Days, NaiveDate};
use smol_str::SmolStr;

use super::derive::Siffer;
use super::forfall::InstalmentReader;
use super::ledger::Ledger;
use super::{Reader, Who, derive};
use crate::catalogue::nearest;
use crate::domain::Beloep;
use crate::domain::identifikator::Part;
use crate::domain::kravtype::{self, Kravgruppe, Kravtype, Periodetekst, Reskontrosystem};
use crate::domain::reskontro::{Betalingsinformasjon, Fastsettingsmaate, Krav, Kravforfall, Kravperiode};
use crate::domain::terminer::{Termin, Terminserie};
use crate::scenario::format::{KravEntry, PeriodeEntry};
use crate::scenario::problems::Place;

/// The most days after its first due date that a claim is created, in the published ledgers some two weeks. A later
/// day is told as a likely mistake.
const MOST_DAYS_FROM_DUE_TO_CREATION: i64 = 31;

/// How many days before its first due date a claim is created, if the scenario does not say when.
pub(in crate::scenario) const DAYS_FROM_CREATION_TO_DUE: u64 = 21;

pub(super) fn read(entries: &[KravEntry], who: &Who, ledger: &mut Ledger, reader: &mut Reader<'_>) {
    let list = Place::ROOT.key("krav");
    let mut others = Others::default();
    others.read.resize_with(entries.len(), || None);
    // An interest claim takes its description and period from its principal, so principals are read first.
    for interest in [false, true] {
        for (i, entry) in entries.iter().enumerate() {
            if entry.hovedstol_kravidentifikator.is_some() == interest {
                let krav = read_krav(entry, who, &others, list.index(i), reader);
                others.add(i, krav);
            }
        }
    }
    for (krav, entry) in others.read.into_iter().zip(entries) {
        if krav.is_some() && entry.opprinnelig_beloep.is_none() && entry.forfall.is_none() {
            ledger.computed.push(ledger.krav.len());
        }
        // A placeholder replaces a claim that could not be read, so that references to it are not errors too.
        ledger.add_krav(krav.unwrap_or_else(|| placeholder_claim(entry, who)));
    }
}

/// The claims of a file that have been read, by the places of their entries.
#[derive(Default)]
struct Others {
    read: Vec<Option<Krav>>,
    /// The first claim with an identifier, of each party and of any party.
    of_part: FxHashMap<(Part, SmolStr), usize>,
    of_any: FxHashMap<SmolStr, usize>,
}

impl Others {
    fn add(&mut self, entry: usize, krav: Option<Krav>) {
        if let Some(krav) = &krav {
            let id = &krav.kravidentifikator;
            self.of_part.entry((krav.part, id.clone())).or_insert(entry);
            self.of_any.entry(id.clone()).or_insert(entry);
        }
        self.read[entry] = krav;
    }

    /// The claim with an identifier: one of the party, otherwise one of any party in the file.
    fn find(&self, part: Part, id: &str) -> Option<&Krav> {
        let of_part = self.of_part.get(&(part, id.into()));
        self.read[*of_part.or_else(|| self.of_any.get(id))?].as_ref()
    }
}

/// The kind of a claim, with the group and ledger that follow from it or from the scenario.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    pub(super) known: Option<&'static Kravtype>,
    pub(super) gruppe: Kravgruppe,
    pub(super) system: Reskontrosystem,
}

impl Kind {
    /// Whether a claim of this kind is itself interest.
    pub(super) fn is_interest(self) -> bool {
        self.known.is_some_and(|known| known.rente)
    }

    /// How the amount of a claim came about. Only the VAT ledger shows it.
    pub(super) fn fastsettingsmaate(self) -> Option<Fastsettingsmaate> {
        let of_kind = self.known.map_or(Fastsettingsmaate::Egenfastsatt, |known| known.fastsettingsmaate);
        (self.system == Reskontrosystem::Mva).then_some(of_kind)
    }

    /// The description of a claim that is not interest on another one.
    pub(super) fn beskrivelse(self, kravtype: &str, periode: Option<&Kravperiode>) -> SmolStr {
        match self.known {
            Some(known) if known.periodetekst == Periodetekst::Null => format!("{} - 0", known.beskrivelse).into(),
            known => derive::kravbeskrivelse(self.system, known.map_or(kravtype, |known| known.beskrivelse), periode),
        }
    }
}

pub(super) fn kind(
    kravtype: &str,
    gruppe: Option<&crate::scenario::scalar::Text>,
    place: Place<'_>,
    reader: &mut Reader<'_>,
) -> Option<Kind> {
    let known = kravtype::find(kravtype);
    let given = reader.optional(gruppe, place.key("kravgruppe"));
    let gruppe = match (given, known) {
        (Some(text), _) => known_group(&text, place, reader)?,
        (None, Some(known)) => known.gruppe,
        (None, None) => {
            let hint = reader.problems.hint(|| {
                let near = nearest(kravtype, kravtype::KRAVTYPER.iter().map(|kind| kind.kode));
                Some(near.map_or_else(
                    || "any kravtype is accepted if you give its kravgruppe".to_owned(),
                    |near| format!("did you mean {near}? If not, give its kravgruppe"),
                ))
            });
            let message = format!("kravtype {kravtype} is not one that the sandbox knows");
            reader.problems.error_with_hint(place.key("kravtype"), message, hint);
            return None;
        }
    };
    Some(Kind { known, gruppe, system: gruppe.reskontrosystem() })
}

fn known_group(text: &str, place: Place<'_>, reader: &mut Reader<'_>) -> Option<Kravgruppe> {
    let found = Kravgruppe::ALL.into_iter().find(|gruppe| gruppe.text() == text);
    if found.is_none() {
        let names: Vec<_> = Kravgruppe::ALL.iter().map(|gruppe| gruppe.text()).collect();
        reader.error(place.key("kravgruppe"), format!("no such group; there are {}", names.join(", ")));
    }
    found
}

fn read_krav(entry: &KravEntry, who: &Who, others: &Others, place: Place<'_>, reader: &mut Reader<'_>) -> Option<Krav> {
    let part = reader.part(entry.part.as_ref(), who, place.key("part"));
    let id = reader.not_empty(&entry.kravidentifikator, place.key("kravidentifikator")).unwrap_or_default();
    let kravtype = reader.read(&entry.kravtype, place.key("kravtype"))?;
    let mut found = kind(&kravtype, entry.kravgruppe.as_ref(), place, reader);
    let hovedstol =
        reader.optional(entry.hovedstol_kravidentifikator.as_ref(), place.key("hovedstolKravidentifikator"));
    let principal = hovedstol.as_ref().and_then(|id| others.find(part, id));
    // Interest belongs to the group of its principal.
    if let (Some(kind), Some(principal)) = (&mut found, principal)
        && entry.kravgruppe.is_none()
        && kind.is_interest()
    {
        (kind.gruppe, kind.system) = (principal.kravgruppe, principal.system);
    }
    // The rest is read also after an error, to report all problems at once.
    let kind = found.unwrap_or(Kind { known: None, gruppe: Kravgruppe::AndreKrav, system: Reskontrosystem::Skatt });
    let serie = kind.known.and_then(|known| known.terminer);
    let amount_follows = kind.is_interest() && entry.forfall.is_none();
    if amount_follows && entry.opprinnelig_beloep.is_none() && principal.is_none() {
        match &hovedstol {
            Some(id) => {
                let hint = reader.problems.hint(|| {
                    let near = nearest(id, others.read.iter().flatten().map(|krav| &*krav.kravidentifikator));
                    near.map(|near| format!("did you mean {near}?"))
                });
                let message = format!("there is no claim {id} in this file, so no amount follows from it");
                reader.problems.error_with_hint(place.key("hovedstolKravidentifikator"), message, hint);
            }
            None => reader.error(
                place,
                "give opprinneligBeloep, or hovedstolKravidentifikator: the claim that the amount of the interest follows from",
            ),
        }
    }
    let renteperiode = renteperiode(entry, kind.is_interest() && hovedstol.is_some(), place, reader);
    let read_periode = match (&entry.kravperiode, found) {
        (Some(periode), Some(_)) => read_periode(periode, serie, kind.system, place.key("kravperiode"), reader),
        (Some(_), None) => None,
        (None, _) => Some((principal.and_then(|krav| krav.kravperiode.clone()), None)),
    };
    let (periode, termin) = read_periode.clone().unwrap_or_default();
    let amount_follows = amount_follows && entry.opprinnelig_beloep.is_none();
    let instalments = InstalmentReader {
        id: &id,
        siffer: Siffer::of(&id),
        part,
        kind,
        serie,
        termin,
        termins_forfall: None,
        periode: periode.as_ref(),
        amount_follows,
    };
    let forfall = instalments.read(entry, read_periode.is_some(), place, reader);
    let (_, _, forfall) = (found?, read_periode?, forfall?);
    let foerste = forfall.iter().filter_map(|forfall| forfall.forfallsdato).min();
    let opprettelsesdato = match &entry.opprettelsesdato_for_krav {
        Some(dato) => reader.read(dato, place.key("opprettelsesdatoForKrav"))?,
        None => created_by_default(periode.as_ref(), foerste).or_else(|| {
            // A due date that could not be read has been reported already.
            let dated = entry.forfall.iter().flatten().any(|forfall| forfall.forfallsdato.is_some());
            if entry.forfallsdato.is_none() && !dated {
                reader.error(place, "a claim without a due date needs opprettelsesdatoForKrav");
            }
            None
        })?,
    };
    let late = foerste.map_or(0, |due| opprettelsesdato.signed_duration_since(due).num_days());
    if late > MOST_DAYS_FROM_DUE_TO_CREATION {
        let message = format!("the claim is created on {opprettelsesdato}, {late} days after it is due");
        reader.problems.warning(place, message);
    }
    warn_if_abolished(kind, periode.as_ref(), foerste, place, reader);
    let beskrivelse = reader.text_or_nothing(entry.kravbeskrivelse.as_ref(), place.key("kravbeskrivelse"));
    let kravbeskrivelse = beskrivelse.unwrap_or_else(|| {
        let kind_text = kind.known.map_or(&*kravtype, |known| known.beskrivelse);
        Some(match principal.and_then(|krav| krav.kravbeskrivelse.as_deref()) {
            Some(hovedstol) => derive::rentebeskrivelse(kind.system, kind_text, hovedstol, periode.as_ref()),
            None => kind.beskrivelse(&kravtype, periode.as_ref()),
        })
    });
    let derived = entry.kravbeskrivelse.is_none() && principal.is_some();
    let kort = kind.known.filter(|known| derived && known.rente && kind.system == Reskontrosystem::Mva);
    Some(Krav {
        part,
        kravidentifikator: id,
        kravtype,
        kravgruppe: kind.gruppe,
        system: kind.system,
        kravbeskrivelse,
        kort_beskrivelse: kort.map(|known| known.beskrivelse),
        kravperiode: periode,
        opprettelsesdato,
        rentebaerende: hovedstol.is_none() && !kind.is_interest(),
        hovedstol,
        renteperiode,
        fastsettingsmaate: fastsettingsmaate(entry, kind, place, reader),
        forfall,
    })
}

/// Reads the days that interest is charged for. `fits` says whether a claim like this one has any.
fn renteperiode(
    entry: &KravEntry,
    fits: bool,
    place: Place<'_>,
    reader: &mut Reader<'_>,
) -> Option<(NaiveDate, NaiveDate)> {
    let periode = entry.renteperiode.as_ref()?;
    let place = place.key("renteperiode");
    if !fits {
        reader.error(place, "only an interest claim with hovedstolKravidentifikator has a renteperiode");
    }
    let fra = reader.read(&periode.fra_dato, place.key("fraDato"))?;
    let til = reader.read(&periode.til_dato, place.key("tilDato"))?;
    if til < fra {
        reader.error(place.key("tilDato"), "tilDato is before fraDato");
    }
    Some((fra, til))
}

fn fastsettingsmaate(
    entry: &KravEntry,
    kind: Kind,
    place: Place<'_>,
    reader: &mut Reader<'_>,
) -> Option<Fastsettingsmaate> {
    let place = place.key("fastsettingsmaate");
    match reader.text_or_nothing(entry.fastsettingsmaate.as_ref(), place) {
        None => kind.fastsettingsmaate(),
        Some(None) => None,
        Some(Some(text)) => match &*text {
            "egenfastsatt" => Some(Fastsettingsmaate::Egenfastsatt),
            "myndighetsfastsatt" => Some(Fastsettingsmaate::Myndighetsfastsatt),
            "blank" => Some(Fastsettingsmaate::Blank),
            _ => {
                reader.error(place, "write egenfastsatt, myndighetsfastsatt or blank");
                None
            }
        },
    }
}

/// The day on which a claim is created, if the scenario does not say it: the pay day of withholding tax, otherwise some
/// days before its first due date.
fn created_by_default(periode: Option<&Kravperiode>, foerste: Option<NaiveDate>) -> Option<NaiveDate> {
    let before_due = || foerste?.checked_sub_days(Days::new(DAYS_FROM_CREATION_TO_DUE));
    periode.and_then(Kravperiode::enkeltdag).or_else(before_due)
}

/// Warns about a claim of a kind that ended before its period.
fn warn_if_abolished(
    kind: Kind,
    periode: Option<&Kravperiode>,
    forfallsdato: Option<NaiveDate>,
    place: Place<'_>,
    reader: &mut Reader<'_>,
) {
    let aar = periode.and_then(|periode| periode.aar.or(periode.dager.map(|(fra, _)| fra.year())));
    let aar = aar.or(forfallsdato.map(|due| due.year()));
    if let Some(known) = kind.known
        && let Some(last) = known.siste_aar
        && aar.is_some_and(|aar| aar > last)
    {
        let message = format!("{} ended with {last}; no claim of a later period has this kind", known.kode);
        reader.problems.warning(place.key("kravtype"), message);
    }
}

/// Reads a period, and the statutory term if it is one.
fn read_periode(
    entry: &PeriodeEntry,
    serie: Option<Terminserie>,
    system: Reskontrosystem,
    place: Place<'_>,
    reader: &mut Reader<'_>,
) -> Option<(Option<Kravperiode>, Option<Termin>)> {
    let aar = reader.optional(entry.aar.as_ref(), place.key("aar"));
    let choice = reader.optional(entry.termin.as_ref(), place.key("termin"));
    if entry.termin.is_some() && choice.is_none() {
        return None;
    }
    let beskrivelse = reader.optional(entry.beskrivelse.as_ref(), place.key("beskrivelse"));
    let fra = reader.optional(entry.fra_dato.as_ref(), place.key("fraDato"));
    let til = reader.optional(entry.til_dato.as_ref(), place.key("tilDato"));
    let (mut periode, termin) = match (choice, serie) {
        (Some(choice), Some(serie)) if !serie.is_yearly() => match choice.of(serie, aar, reader.base) {
            Ok(termin) => (derive::terminperiode(system, serie, termin), Some(termin)),
            Err(message) => {
                reader.error(place.key("termin"), message);
                return None;
            }
        },
        (Some(_), _) => {
            reader.error(place.key("termin"), "this kind of claim follows no terms; give aar, or fraDato and tilDato");
            return None;
        }
        (None, _) => {
            let some_days =
                || Kravperiode { beskrivelse: "Periode".into(), aar, termin: None, dager: None, viser_dager: false };
            (aar.map_or_else(some_days, derive::income_year), None)
        }
    };
    if let Some(beskrivelse) = beskrivelse {
        periode.beskrivelse = beskrivelse;
    }
    match (fra, til) {
        (Some(fra), Some(til)) if fra <= til => {
            periode.dager = Some((fra, til));
            periode.viser_dager = true;
        }
        (Some(_), Some(_)) => reader.error(place.key("tilDato"), "tilDato is before fraDato"),
        (None, None) => {}
        _ => reader.error(place, "give both fraDato and tilDato, or neither"),
    }
    // Withholding tax of a pay day.
    if serie == Some(Terminserie::Forskuddstrekk)
        && entry.aar.is_none()
        && entry.beskrivelse.is_none()
        && let Some(day) = periode.enkeltdag()
    {
        periode = derive::pay_day(day);
    }
    Some((Some(periode), termin))
}

/// A claim that replaces one that could not be read. A set with such an error is never served.
fn placeholder_claim(entry: &KravEntry, who: &Who) -> Krav {
    let forfall = |_| Kravforfall {
        kravforfallsidentifikator: "".into(),
        forfallsdato: None,
        opprinnelig_beloep: Beloep::ZERO,
        betalingsinformasjon: Betalingsinformasjon::default(),
        utsatt_iverksettelse: None,
    };
    let instalments = entry.forfall.as_ref().map_or(1, Vec::len).max(1);
    Krav {
        part: who.part,
        kravidentifikator: entry.kravidentifikator.0.as_str().into(),
        kravtype: "".into(),
        kravgruppe: Kravgruppe::AndreKrav,
        system: Reskontrosystem::Skatt,
        kravbeskrivelse: None,
        kort_beskrivelse: None,
        kravperiode: None,
        opprettelsesdato: NaiveDate::MIN,
        hovedstol: None,
        renteperiode: None,
        rentebaerende: false,
        fastsettingsmaate: None,
        forfall: (0..instalments).map(forfall).collect(),
    }
}
