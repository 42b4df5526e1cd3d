//! The instalments of a claim.

use chrono::NaiveDate;
use smol_str::SmolStr;

use super::derive::Siffer;
use super::krav::Kind;
use super::{Reader, derive};
use crate::domain::Beloep;
use crate::domain::identifikator::Part;
use crate::domain::kravtype::Reskontrosystem;
use crate::domain::reskontro::{Betalingsinformasjon, Kravforfall, Kravperiode};
use crate::domain::terminer::{Termin, Terminserie, due_after_pay_day};
use crate::scenario::format::{ForfallEntry, KravEntry};
use crate::scenario::problems::Place;

/// Reads the instalments of a claim. The fields are what they need from the claim.
pub(super) struct InstalmentReader<'a> {
    pub(super) id: &'a str,
    /// The digits of the identifier.
    pub(super) siffer: Siffer,
    pub(super) part: Part,
    pub(super) kind: Kind,
    pub(super) serie: Option<Terminserie>,
    pub(super) termin: Option<Termin>,
    /// The due date of the term, if it is known already.
    pub(super) termins_forfall: Option<NaiveDate>,
    pub(super) periode: Option<&'a Kravperiode>,
    /// Whether the claim is interest whose amount is computed later. It may then be left out.
    pub(super) amount_follows: bool,
}

/// Outstanding tax below this amount falls due in one instalment.
const LEAST_IN_TWO: Beloep = Beloep::from_kroner(1000);

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
        let statutory = self.statutory();
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
            (None, None) if !self.amount_follows => {
                reader.error(place, "give opprinneligBeloep, or the instalments under forfall");
                None
            }
            (None, _) => {
                let beloep = if self.amount_follows { Beloep::ZERO } else { beloep? };
                let instalments = self.of_amount(dato, beloep);
                let undated = entry.forfallsdato.is_none() && instalments[0].forfallsdato.is_none();
                let undated = undated && !beloep.is_negative();
                if undated {
                    if !periode_known {
                        return None;
                    }
                    reader.error(
                        place,
                        "give forfallsdato; it can be derived only from a term or, for advance and outstanding tax, a year",
                    );
                    return None;
                }
                Some(instalments)
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

    /// The instalments of an amount: those that the law splits it into, or one. `dato` is the (first) due date, if it is
    /// not the statutory one.
    pub(super) fn of_amount(&self, dato: Option<NaiveDate>, beloep: Beloep) -> Vec<Kravforfall> {
        let Some(dates) = self.avdrag(dato, beloep) else {
            return vec![self.plain(1, 1, dato.or_else(|| self.statutory()), beloep)];
        };
        let instalments = split(beloep, dates);
        let count = instalments.len();
        let plain = |(i, (dato, beloep))| self.plain(i + 1, count, dato, beloep);
        instalments.into_iter().enumerate().map(plain).collect()
    }

    /// An instalment that has only an amount and a due date.
    fn plain(&self, number: usize, of: usize, forfallsdato: Option<NaiveDate>, beloep: Beloep) -> Kravforfall {
        let id = self.identifikator(number, of);
        let how = self.betalingsinformasjon(beloep, &id, of);
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
        let id = id.unwrap_or_else(|| self.identifikator(number, of));
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
        let never_due = entry.forfallsdato.is_none() && statutory.is_none() && !beloep.is_negative();
        if never_due && of > 1 {
            reader.problems.warning(place, "this instalment has no forfallsdato, so it is never due and never overdue");
        }
        let mut how = given.unwrap_or_else(|| self.betalingsinformasjon(beloep, &id, of));
        how.kidnummer = kid.or(how.kidnummer);
        Some(Kravforfall {
            kravforfallsidentifikator: id,
            forfallsdato: dato.or(statutory),
            opprinnelig_beloep: beloep,
            betalingsinformasjon: how,
            utsatt_iverksettelse: utsatt,
        })
    }

    /// The due date that follows from the term.
    fn statutory(&self) -> Option<NaiveDate> {
        let serie = self.serie.filter(|_| self.kind.known.is_some_and(|known| known.lovbestemt_forfall))?;
        match self.termin {
            Some(termin) => self.termins_forfall.or_else(|| serie.forfallsdato(termin)),
            None if serie == Terminserie::Forskuddstrekk => self.periode?.enkeltdag().and_then(due_after_pay_day),
            None if serie.is_yearly() => serie.forfallsdato(Termin { aar: self.periode?.aar?, nummer: 1 }),
            None => None,
        }
    }

    /// The due dates of the instalments of a tax that the law splits. `None` if the claim has one instalment.
    fn avdrag(&self, first: Option<NaiveDate>, beloep: Beloep) -> Option<Vec<NaiveDate>> {
        let serie = self.serie.filter(|serie| serie.is_yearly())?;
        if serie == Terminserie::Restskatt && beloep < LEAST_IN_TWO {
            return None;
        }
        // A due date that the author wrote is the only one.
        if first.is_some() { None } else { serie.avdrag(self.periode?.aar?) }
    }

    /// The identifier of an instalment, if the scenario does not write it.
    fn identifikator(&self, number: usize, of: usize) -> SmolStr {
        derive::forfallsidentifikator(self.kind.system, (self.id, self.siffer), number, of)
    }

    /// How to pay an instalment. All instalments of a tax that the law splits have the KID of the first.
    fn betalingsinformasjon(&self, beloep: Beloep, id: &str, of: usize) -> Betalingsinformasjon {
        let first = self.serie.filter(|serie| serie.is_yearly() && of > 1);
        let first = first.map(|_| self.identifikator(1, of));
        betalingsinformasjon(self.kind, beloep, self.part, self.siffer, first.as_deref().unwrap_or(id))
    }
}

/// An amount in as many equal instalments as there are dates, in whole kroner. The last one has the remainder of the
/// division.
fn split(beloep: Beloep, dates: Vec<NaiveDate>) -> Vec<(Option<NaiveDate>, Beloep)> {
    let count = i64::try_from(dates.len()).unwrap_or(1).max(1);
    let each = Beloep::from_kroner(beloep.oere() / (100 * count));
    let mut instalments: Vec<_> = dates.into_iter().map(|date| (Some(date), each)).collect();
    if let Some(last) = instalments.last_mut() {
        last.1 = beloep - Beloep::from_oere(each.oere() * (count - 1));
    }
    instalments
}

/// How to pay an instalment. A credit of the VAT ledger shows nothing. A credit of the tax ledger, and an entry that
/// the collector makes for its own books, shows only the account.
pub(super) fn betalingsinformasjon(
    kind: Kind,
    beloep: Beloep,
    part: Part,
    krav: Siffer,
    forfall: &str,
) -> Betalingsinformasjon {
    let debit = !beloep.is_negative();
    let has_kid = debit && kind.known.is_none_or(|known| known.har_kid);
    Betalingsinformasjon {
        kidnummer: has_kid.then(|| derive::kidnummer(kind.system, part, krav, forfall)),
        konto: (debit || kind.system == Reskontrosystem::Skatt).then(|| derive::innkrevers_konto(kind.system)),
    }
}
