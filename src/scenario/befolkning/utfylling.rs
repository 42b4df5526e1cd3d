//! A scenario with a profile: what the author left out is described by the archetype.

use chrono::NaiveDate;
use smol_str::SmolStr;

use super::folk::{Antall, Folk, Valg};
use super::organisasjon::Oppgave;
use super::profil::Profil;
use super::tid::Tid;
use super::{konto, navn_av_person, navn_av_selskap, person};
use crate::domain::identifikator::Part;
use crate::scenario::format::{KravEntry, PartDocument};
use crate::scenario::problems::Problems;
use crate::scenario::resolve::Span;
use crate::scenario::scalar::{PartNumber, Scalar, Skjermet, Text};

/// Fills in a document that has a profile. What the file says stays: a series of a kind takes the place of the archetype's
/// series of that kind, and the terms that it writes out take the place of the archetype's.
pub(crate) fn utfyll(document: &mut PartDocument, base: NaiveDate, problems: &mut Problems) -> Option<Profil> {
    let wanted = document.profil.as_ref()?.0.trim().to_owned();
    // A wrong number is told when the document is resolved.
    let part: Part = document.part.read(base).ok()?;
    let profil = match Profil::med_navn(&wanted) {
        Ok(profil) => profil,
        Err((message, near)) => {
            let hint = near.map(|near| format!("did you mean {near}?"));
            problems.error_with_hint("profil", message, hint);
            return None;
        }
    };
    if !profil.passer(part.is_person()) {
        let whose = if part.is_person() { "persons" } else { "organisations" };
        let known: Vec<&str> = Profil::som_passer(part.is_person()).collect();
        problems.error("profil", format!("{whose} have the profiles {}", known.join(", ")));
        return None;
    }
    let folk = Folk::new(Valg { antall: Antall::Alle, froe: 0, ukjent: 0, andeler: Vec::new() });
    let tid = Tid::mellom(Span::OF_FILE.days(base));
    let mut described = PartDocument { part: PartNumber(part.text().as_str().into()), ..PartDocument::default() };
    if part.is_person() {
        person::krav(&folk, part, profil, None, tid, false, &mut described);
        described.skjermet = Skjermet::of(profil);
    } else {
        Oppgave::new(&folk, &folk.som_organisasjon(part, profil), base, tid).skriv(&mut described);
    }
    if document.navn.0.is_empty() {
        let navn = if part.is_person() { navn_av_person(&folk, part) } else { navn_av_selskap(&folk, part) };
        document.navn = navn.into();
    }
    document.beskrivelse.get_or_insert_with(|| profil.beskrivelse().into());
    document.kontonummer.get_or_insert_with(|| konto(&folk, part).into());
    if document.skjermet.is_none() {
        document.skjermet = described.skjermet.take();
    }
    merge(document, described);
    Some(profil)
}

/// Adds the claims and payments of an archetype to those of a file.
fn merge(document: &mut PartDocument, described: PartDocument) {
    let replaced: Vec<SmolStr> = document.kravserier.iter().map(|serie| serie.kravtype.0.clone()).collect();
    let is_replaced = |kravtype: &Text| replaced.contains(&kravtype.0);
    document.kravserier.extend(described.kravserier.into_iter().filter(|serie| !is_replaced(&serie.kravtype)));
    let written: Vec<_> = document.krav.iter().filter_map(term).collect();
    // A claim that is left out takes its interest and its payments with it.
    let (mut left_out, mut added) = (Vec::new(), Vec::new());
    for krav in described.krav {
        let of_principal = krav.hovedstol_kravidentifikator.as_ref().is_some_and(|id| left_out.contains(&id.0));
        let is_written = term(&krav).is_some_and(|term| written.contains(&term));
        if of_principal || is_written || is_replaced(&krav.kravtype) {
            left_out.push(krav.kravidentifikator.0);
        } else {
            added.push(krav);
        }
    }
    document.krav.extend(added);
    let is_left_out = |krav: &Text| left_out.contains(&krav.0);
    let payments = described.innbetalinger.into_iter();
    document.innbetalinger.extend(payments.filter(|it| !it.plassert.iter().any(|placed| is_left_out(&placed.krav))));
    document.utbetalinger.extend(described.utbetalinger);
}

/// The kind and the term of a claim that is written with its year.
fn term(krav: &KravEntry) -> Option<(SmolStr, SmolStr, Option<SmolStr>)> {
    let periode = krav.kravperiode.as_ref()?;
    let termin = periode.termin.as_ref().map(|termin| termin.0.clone());
    Some((krav.kravtype.0.clone(), periode.aar.as_ref()?.0.clone(), termin))
}
