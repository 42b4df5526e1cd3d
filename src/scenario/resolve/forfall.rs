//! The instalments of a claim.

use chrono::NaiveDate;

use super::krav::Kind;
use super::{Reader, derive};
use crate::domain::Beloep;
use crate::domain::identifikator::Part;
use crate::domain::kravtype::Reskontrosystem;
use crate::domain::reskontro::{Betalingsinformasjon, Kravforfall, Kravperiode};
use crate::domain::terminer::{Termin, Terminserie};
use crate::scenario::format::{ForfallEntry, KravEntry};
use crate::scenario::problems::Place;

/// Reads the instalments of a claim. The fields are what they need from the claim.
pub(super) struct InstalmentReader<'a> {
    pub(super) id: &'a str,
    pub(super) part: Part,
    pub(super) kind: Kind,
    pub(super) serie: Option<Terminserie>,
    pub(super) termin: Option<Termin>,
    pub(super) periode: Option<&'a Kravperiode>,
}

impl InstalmentReader<'_> {
    /// Reads the instalments. If the period could not be read (`periode_known` is false), a missing due date is not
    /// reported, because it might be derived from the period.
    pub(super) fn read(
        &self,
        entry: &KravEntry,
        periode_known: bool,
        place: Place<'_>,
        reader: &mut Reader<'_>,
    ) -> Option<Vec<Kravforfall>> {
        let statutory = self.serie.zip(self.termin).and_then(|(serie, termin)| serie.forfallsdato(termin));
        let beloep = reader.optional(entry.opprinnelig_beloep.as_ref(), place.key("opprinneligBeloep"));
        let dato = reader.optional(entry.forfallsdato.as_ref(), place.key("forfallsdato"));
        match (&entry.forfall, &entry.opprinnelig_beloep) {
            (Some(_), Some(_)) => {
                reader.error(
                    place.key("opprinneligBeloep"),
                    "opprinneligBeloep is the sum of forfall; leave one of the two out",
                );
                None
            }
            (None, None) => {
                reader.error(place, "give opprinneligBeloep, or the instalments under forfall");
                None
            }
            (None, Some(_)) => {
                let beloep = beloep?;
                let instalments = match (dato, self.serie, self.periode.and_then(|periode| periode.aar)) {
                    (None, Some(Terminserie::Forskuddsskatt), Some(aar)) => four_instalments(beloep, aar),
                    (dato, ..) => vec![(dato.or(statutory), beloep)],
                };
                let undated = entry.forfallsdato.is_none() && instalments[0].0.is_none() && beloep.is_positive();
                if undated {
                    if !periode_known {
                        return None;
                    }
                    reader.error(
                        place,
                        "give forfallsdato; it can be derived only from a term or, for advance tax, a year",
                    );
                    return None;
                }
                let count = instalments.len();
                let plain = |(i, (dato, beloep))| self.plain(i + 1, count, dato, beloep);
                Some(instalments.into_iter().enumerate().map(plain).collect())
            }
            (Some(list), None) => {
                if entry.forfallsdato.is_some() {
                    reader.error(
                        place.key("forfallsdato"),
                        "move forfallsdato into the entries of forfall, or leave forfall out",
                    );
                }
                if list.is_empty() {
                    reader.error(place.key("forfall"), "a claim needs at least one instalment");
                }
                let at = place.key("forfall");
                let statutory = statutory.filter(|_| list.len() == 1);
                let read: Vec<_> = list
                    .iter()
                    .enumerate()
                    .map(|(i, entry)| self.read_one(entry, (i + 1, list.len()), statutory, at.index(i), reader))
                    .collect();
                read.into_iter().collect()
            }
        }
    }

    /// An instalment that has only an amount and a due date.
    fn plain(&self, number: usize, of: usize, forfallsdato: Option<NaiveDate>, beloep: Beloep) -> Kravforfall {
        let id = derive::forfallsidentifikator(self.kind.system, self.id, number, of);
        let how = betalingsinformasjon(self.kind.system, beloep, self.part, self.id, &id);
        Kravforfall {
            kravforfallsidentifikator: id,
            forfallsdato,
            opprinnelig_beloep: beloep,
            betalingsinformasjon: how,
            utsatt_iverksettelse: None,
        }
    }

    fn read_one(
        &self,
        entry: &ForfallEntry,
        (number, of): (usize, usize),
        statutory: Option<NaiveDate>,
        place: Place<'_>,
        reader: &mut Reader<'_>,
    ) -> Option<Kravforfall> {
        let id = reader.optional(entry.kravforfalls_identifikator.as_ref(), place.key("kravforfallsIdentifikator"));
        let id = id.unwrap_or_else(|| derive::forfallsidentifikator(self.kind.system, self.id, number, of));
        let beloep = reader.read(&entry.opprinnelig_beloep, place.key("opprinneligBeloep"));
        let dato = reader.optional(entry.forfallsdato.as_ref(), place.key("forfallsdato"));
        let kid = reader.kidnummer(entry.kidnummer.as_ref(), place.key("kidnummer"));
        let utsatt = entry.utsatt_iverksettelse.as_ref().and_then(|utsatt| {
            let place = place.key("utsattIverksettelse");
            let fra = reader.read(&utsatt.fra_og_med, place.key("fraOgMed"))?;
            let til = reader.optional(utsatt.til_og_med.as_ref(), place.key("tilOgMed"));
            if til.is_some_and(|til| til < fra) {
                reader.error(place.key("tilOgMed"), "tilOgMed is before fraOgMed");
            }
            Some((fra, til))
        });
        let given = entry.betalingsinformasjon.as_ref().map(|how| {
            let place = place.key("betalingsinformasjon");
            Betalingsinformasjon {
                kidnummer: reader.kidnummer(how.kidnummer.as_ref(), place.key("kidnummer")),
                konto: how.konto.as_ref().map(|konto| reader.konto(konto, place.key("konto")).into()),
            }
        });
        let beloep = beloep?;
        let mut how = given.unwrap_or_else(|| betalingsinformasjon(self.kind.system, beloep, self.part, self.id, &id));
        how.kidnummer = kid.or(how.kidnummer);
        Some(Kravforfall {
            kravforfallsidentifikator: id,
            forfallsdato: dato.or(statutory),
            opprinnelig_beloep: beloep,
            betalingsinformasjon: how,
            utsatt_iverksettelse: utsatt,
        })
    }
}

/// The advance tax of a year in four statutory instalments. The last one has the remainder of the division.
fn four_instalments(beloep: Beloep, aar: i32) -> Vec<(Option<NaiveDate>, Beloep)> {
    let quarter = Beloep::from_kroner(beloep.oere() / 400);
    let amounts = [quarter, quarter, quarter, beloep - quarter - quarter - quarter];
    let due = |nummer| Terminserie::Forskuddsskatt.forfallsdato(Termin { aar, nummer });
    (1..=4).zip(amounts).map(|(nummer, beloep)| (due(nummer), beloep)).collect()
}

/// How to pay an instalment. A credit of the VAT ledger shows nothing. A credit of the tax ledger shows only the
/// account.
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
