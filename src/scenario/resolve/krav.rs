//! Claims.

use std::collections::HashMap;

use chrono::{Days, NaiveDate};

use super::{Reader, Who, derive};
use crate::catalogue::nearest;
use crate::domain::Beloep;
use crate::domain::identifikator::Part;
use crate::domain::kravtype::{self, Kravgruppe, Kravtype, Reskontrosystem};
use crate::domain::reskontro::{
    Betalingsinformasjon, Fastsettingsmaate, ForfallRef, Innbetaling, Krav, Kravforfall, Kravperiode, Motregning,
    Reskontro, Utbetaling, Violation,
};
use crate::domain::terminer::{Termin, Terminserie};
use crate::scenario::format::{ForfallEntry, KravEntry, PeriodeEntry};
use crate::scenario::problems::Place;

/// How long before its first due date a claim comes into being, unless the scenario says.
const DAYS_FROM_CREATION_TO_DUE: u64 = 21;

/// The ledger while it is being read.
#[derive(Default)]
pub(super) struct Ledger {
    pub(super) krav: Vec<Krav>,
    pub(super) innbetalinger: Vec<Innbetaling>,
    pub(super) motregninger: Vec<Motregning>,
    pub(super) utbetalinger: Vec<Utbetaling>,
    index: HashMap<(Part, Box<str>), usize>,
}

impl Ledger {
    pub(super) fn add_krav(&mut self, krav: Krav) {
        self.index.entry((krav.part, krav.kravidentifikator.clone())).or_insert(self.krav.len());
        self.krav.push(krav);
    }

    /// The claim an author names: the part's own, else one of any part.
    fn find(&self, part: Part, id: &str) -> Option<usize> {
        let own = self.index.get(&(part, id.into())).copied();
        own.or_else(|| self.krav.iter().position(|krav| &*krav.kravidentifikator == id))
    }

    /// The due date of an instalment that an author names, where all of that exists.
    pub(super) fn forfallsdato(&self, part: Part, krav: &str, number: Option<usize>) -> Option<NaiveDate> {
        let krav = &self.krav[self.find(part, krav)?];
        krav.forfall.get(number.unwrap_or(1).checked_sub(1)?)?.forfallsdato
    }

    /// What an instalment was for, as a positive amount.
    pub(super) fn size(&self, forfall: ForfallRef) -> Beloep {
        let beloep = self.krav[forfall.krav].forfall[forfall.forfall].opprinnelig_beloep;
        if beloep.is_negative() { -beloep } else { beloep }
    }

    /// The instalment an author names by claim and number.
    pub(super) fn forfall(
        &self,
        part: Part,
        krav: &crate::scenario::scalar::Text,
        number: Option<usize>,
        place: Place<'_>,
        key: (&str, &str),
        reader: &mut Reader<'_>,
    ) -> Option<ForfallRef> {
        let id = reader.read(krav, place.key(key.0))?;
        let Some(index) = self.find(part, &id) else {
            let hint = nearest(&id, self.krav.iter().map(|krav| &*krav.kravidentifikator));
            let hint = hint.map(|near| format!("did you mean {near}?"));
            reader.problems.error_with_hint(place.key(key.0), format!("there is no claim {id} in this file"), hint);
            return None;
        };
        let count = self.krav[index].forfall.len();
        match number {
            None if count == 1 => Some(ForfallRef { krav: index, forfall: 0 }),
            None => {
                reader.error(place.key(key.0), format!("claim {id} has {count} instalments; say which with {}", key.1));
                None
            }
            Some(number) if (1..=count).contains(&number) => Some(ForfallRef { krav: index, forfall: number - 1 }),
            Some(number) => {
                reader.error(place.key(key.1), format!("claim {id} has no instalment {number}; it has {count}"));
                None
            }
        }
    }

    pub(super) fn into_reskontro(self) -> Result<Reskontro, Vec<Violation>> {
        Reskontro::new(self.krav, self.innbetalinger, self.motregninger, self.utbetalinger)
    }
}

pub(super) fn read(entries: &[KravEntry], who: &Who, ledger: &mut Ledger, reader: &mut Reader<'_>) {
    let list = Place::ROOT.key("krav");
    for (i, entry) in entries.iter().enumerate() {
        // A claim that could not be read still takes its place, so that what refers to it is no second error.
        let krav = read_krav(entry, who, ledger, list.index(i), reader).unwrap_or_else(|| stand_in(entry, who));
        ledger.add_krav(krav);
    }
}

/// What a claim's kind, or its author, says of its group and ledger.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    pub(super) known: Option<&'static Kravtype>,
    pub(super) gruppe: Kravgruppe,
    pub(super) system: Reskontrosystem,
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
            let hint = nearest(kravtype, kravtype::KRAVTYPER.iter().map(|kind| kind.kode));
            let hint = hint.map_or_else(
                || "any kravtype will do, but then say its kravgruppe".to_owned(),
                |near| format!("did you mean {near}? If not, say its kravgruppe"),
            );
            let message = format!("kravtype {kravtype} is not one the sandbox knows");
            reader.problems.error_with_hint(place.key("kravtype"), message, Some(hint));
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

fn read_krav(entry: &KravEntry, who: &Who, ledger: &Ledger, place: Place<'_>, reader: &mut Reader<'_>) -> Option<Krav> {
    let part = reader.part(entry.part.as_ref(), who, place.key("part"));
    let id = reader.read(&entry.kravidentifikator, place.key("kravidentifikator"))?;
    let kravtype = reader.read(&entry.kravtype, place.key("kravtype"))?;
    let kind = kind(&kravtype, entry.kravgruppe.as_ref(), place, reader)?;
    let serie = kind.known.and_then(|known| known.terminer);
    let hovedstol =
        reader.optional(entry.hovedstol_kravidentifikator.as_ref(), place.key("hovedstolKravidentifikator"));
    let principal = hovedstol.as_ref().and_then(|id| ledger.find(part, id)).map(|index| &ledger.krav[index]);
    let (periode, termin) = match &entry.kravperiode {
        Some(periode) => read_periode(periode, serie, kind.system, place.key("kravperiode"), reader)?,
        None => (principal.and_then(|krav| krav.kravperiode.clone()), None),
    };
    let mut forfall = read_forfall(entry, &id, part, kind, serie, termin, periode.as_ref(), place, reader)?;
    let foerste = forfall.iter().filter_map(|forfall| forfall.forfallsdato).min();
    let opprettelsesdato = match &entry.opprettelsesdato_for_krav {
        Some(dato) => reader.read(dato, place.key("opprettelsesdatoForKrav"))?,
        None => foerste.and_then(|due| due.checked_sub_days(Days::new(DAYS_FROM_CREATION_TO_DUE))).or_else(|| {
            reader.error(place, "a claim without a due date needs opprettelsesdatoForKrav");
            None
        })?,
    };
    for forfall in &mut forfall {
        if let Some((fra, _)) = &mut forfall.utsatt_iverksettelse {
            *fra = (*fra).max(opprettelsesdato);
        }
    }
    let beskrivelse = reader.text_or_nothing(entry.kravbeskrivelse.as_ref(), place.key("kravbeskrivelse"));
    let kravbeskrivelse = beskrivelse.unwrap_or_else(|| {
        let kind_text = kind.known.map_or(&*kravtype, |known| known.beskrivelse);
        Some(match principal.and_then(|krav| krav.kravbeskrivelse.as_deref()) {
            Some(hovedstol) => derive::rentebeskrivelse(kind_text, hovedstol, periode.as_ref()),
            None => derive::kravbeskrivelse(kind.system, kind_text, periode.as_ref()),
        })
    });
    Some(Krav {
        part,
        kravidentifikator: id,
        kravtype,
        kravgruppe: kind.gruppe,
        system: kind.system,
        kravbeskrivelse,
        kravperiode: periode,
        opprettelsesdato,
        rentebaerende: hovedstol.is_none() && !kind.known.is_some_and(|known| known.rente),
        hovedstol,
        fastsettingsmaate: fastsettingsmaate(entry, kind.system, place, reader),
        forfall,
    })
}

fn fastsettingsmaate(
    entry: &KravEntry,
    system: Reskontrosystem,
    place: Place<'_>,
    reader: &mut Reader<'_>,
) -> Option<Fastsettingsmaate> {
    let place = place.key("fastsettingsmaate");
    match reader.text_or_nothing(entry.fastsettingsmaate.as_ref(), place) {
        None => (system == Reskontrosystem::Mva).then_some(Fastsettingsmaate::Egenfastsatt),
        Some(None) => None,
        Some(Some(text)) => match &*text {
            "egenfastsatt" => Some(Fastsettingsmaate::Egenfastsatt),
            "myndighetsfastsatt" => Some(Fastsettingsmaate::Myndighetsfastsatt),
            "blank" => Some(Fastsettingsmaate::Blank),
            _ => {
                reader.error(place, "one of egenfastsatt, myndighetsfastsatt, blank");
                None
            }
        },
    }
}

/// The period, and the statutory term where it is one.
fn read_periode(
    entry: &PeriodeEntry,
    serie: Option<Terminserie>,
    system: Reskontrosystem,
    place: Place<'_>,
    reader: &mut Reader<'_>,
) -> Option<(Option<Kravperiode>, Option<Termin>)> {
    let aar = reader.optional(entry.aar.as_ref(), place.key("aar"));
    let choice = reader.optional(entry.termin.as_ref(), place.key("termin"));
    let beskrivelse = reader.optional(entry.beskrivelse.as_ref(), place.key("beskrivelse"));
    let fra = reader.optional(entry.fra_dato.as_ref(), place.key("fraDato"));
    let til = reader.optional(entry.til_dato.as_ref(), place.key("tilDato"));
    let (mut periode, termin) = match (choice, serie) {
        (Some(choice), Some(serie)) if serie != Terminserie::Forskuddsskatt => {
            match choice.of(serie, aar, reader.base) {
                Ok(termin) => (derive::terminperiode(system, serie, termin), Some(termin)),
                Err(message) => {
                    reader.error(place.key("termin"), message);
                    return None;
                }
            }
        }
        (Some(_), _) => {
            reader.error(place.key("termin"), "this kind of claim follows no terms; say aar, or fraDato and tilDato");
            return None;
        }
        (None, _) => {
            let year =
                aar.and_then(|aar| Some((NaiveDate::from_ymd_opt(aar, 1, 1)?, NaiveDate::from_ymd_opt(aar, 12, 31)?)));
            let beskrivelse = if aar.is_some() { "Inntektstår" } else { "Periode" };
            (Kravperiode { beskrivelse: beskrivelse.into(), aar, termin: None, dager: year, viser_dager: false }, None)
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
        (Some(_), Some(_)) => reader.error(place.key("tilDato"), "before fraDato"),
        (None, None) => {}
        _ => reader.error(place, "fraDato and tilDato go together"),
    }
    Some((Some(periode), termin))
}

#[expect(clippy::too_many_arguments, reason = "an instalment depends on all of its claim")]
fn read_forfall(
    entry: &KravEntry,
    id: &str,
    part: Part,
    kind: Kind,
    serie: Option<Terminserie>,
    termin: Option<Termin>,
    periode: Option<&Kravperiode>,
    place: Place<'_>,
    reader: &mut Reader<'_>,
) -> Option<Vec<Kravforfall>> {
    let statutory = serie.zip(termin).and_then(|(serie, termin)| serie.forfallsdato(termin));
    match (&entry.forfall, &entry.opprinnelig_beloep) {
        (Some(_), Some(_)) => {
            reader.error(place.key("opprinneligBeloep"), "is the sum of forfall; leave one of the two out");
            None
        }
        (None, None) => {
            reader.error(place, "say opprinneligBeloep, or the instalments under forfall");
            None
        }
        (None, Some(beloep)) => {
            let beloep = reader.read(beloep, place.key("opprinneligBeloep"))?;
            let dato = reader.optional(entry.forfallsdato.as_ref(), place.key("forfallsdato"));
            let instalments = match (dato, serie, periode.and_then(|periode| periode.aar)) {
                (None, Some(Terminserie::Forskuddsskatt), Some(aar)) => four_instalments(beloep, aar),
                (dato, ..) => vec![(dato.or(statutory), beloep)],
            };
            if instalments[0].0.is_none() && beloep.is_positive() {
                reader.error(place, "say forfallsdato; it can be derived only from a term or, for advance tax, a year");
                return None;
            }
            let count = instalments.len();
            let plain = |(i, (forfallsdato, beloep)): (usize, (Option<NaiveDate>, Beloep))| {
                let fid = derive::forfallsidentifikator(kind.system, id, i + 1, count);
                let how = betalingsinformasjon(kind.system, beloep, part, id, &fid);
                Kravforfall {
                    kravforfallsidentifikator: fid,
                    forfallsdato,
                    opprinnelig_beloep: beloep,
                    betalingsinformasjon: how,
                    utsatt_iverksettelse: None,
                }
            };
            Some(instalments.into_iter().enumerate().map(plain).collect())
        }
        (Some(list), None) => {
            if entry.forfallsdato.is_some() {
                reader.error(place.key("forfallsdato"), "stands within forfall, or there is no forfall");
            }
            if list.is_empty() {
                reader.error(place.key("forfall"), "a claim needs at least one instalment");
            }
            let at = place.key("forfall");
            let read = |(i, entry): (usize, &ForfallEntry)| {
                let fallback = derive::forfallsidentifikator(kind.system, id, i + 1, list.len());
                let statutory = statutory.filter(|_| list.len() == 1);
                read_one_forfall(entry, fallback, statutory, id, part, kind.system, at.index(i), reader)
            };
            let read: Vec<_> = list.iter().enumerate().map(read).collect();
            read.into_iter().collect()
        }
    }
}

/// The year's advance tax in four statutory instalments, the rest of the division on the last.
fn four_instalments(beloep: Beloep, aar: i32) -> Vec<(Option<NaiveDate>, Beloep)> {
    let quarter = Beloep::from_kroner(beloep.oere() / 400);
    let amounts = [quarter, quarter, quarter, beloep - quarter - quarter - quarter];
    let due = |nummer| Terminserie::Forskuddsskatt.forfallsdato(Termin { aar, nummer });
    (1..=4).zip(amounts).map(|(nummer, beloep)| (due(nummer), beloep)).collect()
}

#[expect(clippy::too_many_arguments, reason = "an instalment depends on all of its claim")]
fn read_one_forfall(
    entry: &ForfallEntry,
    fallback_id: Box<str>,
    statutory: Option<NaiveDate>,
    krav: &str,
    part: Part,
    system: Reskontrosystem,
    place: Place<'_>,
    reader: &mut Reader<'_>,
) -> Option<Kravforfall> {
    let id = reader.optional(entry.kravforfalls_identifikator.as_ref(), place.key("kravforfallsIdentifikator"));
    let id = id.unwrap_or(fallback_id);
    let beloep = reader.read(&entry.opprinnelig_beloep, place.key("opprinneligBeloep"));
    let dato = reader.optional(entry.forfallsdato.as_ref(), place.key("forfallsdato"));
    let kid = reader.kidnummer(entry.kidnummer.as_ref(), place.key("kidnummer"));
    let utsatt = entry.utsatt_iverksettelse.as_ref().and_then(|utsatt| {
        let place = place.key("utsattIverksettelse");
        let fra = reader.read(&utsatt.fra_og_med, place.key("fraOgMed"))?;
        Some((fra, reader.optional(utsatt.til_og_med.as_ref(), place.key("tilOgMed"))))
    });
    let beloep = beloep?;
    let mut how = match &entry.betalingsinformasjon {
        None => betalingsinformasjon(system, beloep, part, krav, &id),
        Some(how) => {
            let place = place.key("betalingsinformasjon");
            Betalingsinformasjon {
                kidnummer: reader.kidnummer(how.kidnummer.as_ref(), place.key("kidnummer")),
                konto: how.konto.as_ref().map(|konto| reader.konto(konto, place.key("konto"))),
            }
        }
    };
    how.kidnummer = kid.or(how.kidnummer);
    Some(Kravforfall {
        kravforfallsidentifikator: id,
        forfallsdato: dato.or(statutory),
        opprinnelig_beloep: beloep,
        betalingsinformasjon: how,
        utsatt_iverksettelse: utsatt,
    })
}

/// How a debit is paid; a credit of the VAT ledger shows nothing, one of the other the account only.
pub(super) fn betalingsinformasjon(
    system: Reskontrosystem,
    beloep: Beloep,
    part: Part,
    krav: &str,
    forfall: &str,
) -> Betalingsinformasjon {
    let debit = !beloep.is_negative();
    Betalingsinformasjon {
        kidnummer: debit.then(|| derive::kidnummer(system, &part.to_string(), krav, forfall)),
        konto: (debit || system == Reskontrosystem::Skatt).then(|| derive::innkrevers_konto(system)),
    }
}

/// A claim in place of one that could not be read; a set with such an error is never served.
fn stand_in(entry: &KravEntry, who: &Who) -> Krav {
    let forfall = |_| Kravforfall {
        kravforfallsidentifikator: "".into(),
        forfallsdato: None,
        opprinnelig_beloep: Beloep::NULL,
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
        kravperiode: None,
        opprettelsesdato: NaiveDate::MIN,
        hovedstol: None,
        rentebaerende: false,
        fastsettingsmaate: None,
        forfall: (0..instalments).map(forfall).collect(),
    }
}
