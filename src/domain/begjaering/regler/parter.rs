//! Claimants, defendants, representatives, and their addresses.

use std::collections::HashSet;

use super::Funn;
use super::grunnlag::{Aktoersted, Grunnlag, er_tom, hvem};
use crate::domain::begjaering::modell::{Adressetype, Aktoer, Person, Virksomhetstype};
use crate::domain::begjaering::register::Registerstatus;
use crate::domain::identifikator::Organisasjonsnummer;

fn duplikate<'a>(parter: impl Iterator<Item = (Aktoersted, &'a Aktoer)>, funn: &mut Funn<'_>) {
    let mut sett = HashSet::new();
    for (sted, aktoer) in parter {
        if !sett.insert(hvem(aktoer)) {
            funn.brutt(sted, &[]);
        }
    }
}

pub(super) fn duplikate_saksoekere(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    duplikate(g.saksoekere(), funn);
}

pub(super) fn duplikate_saksoekte(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    duplikate(g.saksoekte(), funn);
}

pub(super) fn samme_saksoekt_som_saksoeker(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    let saksoekere: HashSet<_> = g.saksoekere().map(|(_, aktoer)| hvem(aktoer)).collect();
    for (sted, _) in g.saksoekte().filter(|(_, aktoer)| saksoekere.contains(&hvem(aktoer))) {
        funn.brutt(sted, &[]);
    }
}

/// Tells the organisations that have a status in the register.
fn med_status<'a>(
    g: &Grunnlag<'a>,
    parter: impl Iterator<Item = (Aktoersted, &'a Aktoer)>,
    status: Registerstatus,
    navn: &str,
    funn: &mut Funn<'_>,
) {
    for (sted, aktoer) in parter.filter(|(_, aktoer)| aktoer.virksomhet.is_some()) {
        if let Some((nummer, oppfoering)) = g.oppslag(aktoer)
            && oppfoering.status == status
        {
            funn.brutt(format_args!("{sted}/virksomhet/identifikator/verdi"), &[(navn, &nummer)]);
        }
    }
}

pub(super) fn saksoeker_er_ikke_hovedenhet(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    med_status(g, g.saksoekere(), Registerstatus::Underenhet, "saksøker", funn);
}

pub(super) fn saksoekt_er_ikke_hovedenhet(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    med_status(g, g.saksoekte(), Registerstatus::Underenhet, "saksøkt", funn);
}

pub(super) fn saksoeker_er_enk(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    med_status(g, g.saksoekere(), Registerstatus::Enk, "saksøker", funn);
}

pub(super) fn saksoekt_er_enk(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    med_status(g, g.saksoekte(), Registerstatus::Enk, "saksøkt", funn);
}

pub(super) fn saksoekt_mangler_i_registeret(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    for (sted, aktoer) in g.saksoekte() {
        if let Some((nummer, oppfoering)) = g.oppslag(aktoer)
            && !oppfoering.status.finnes()
        {
            funn.brutt(sted, &[("saksøkt", &nummer)]);
        }
    }
}

/// A change has a rule of its own for new defendants.
pub(super) fn saksoekt_gammelt_regelverk(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    for (sted, aktoer) in g.saksoekte().filter(|_| g.om.tidligere.is_none()) {
        if let Some((nummer, oppfoering)) = g.oppslag(aktoer)
            && oppfoering.gammelt_regelverk
        {
            funn.brutt(sted, &[("identifikator", &nummer)]);
        }
    }
}

fn har_nummer(aktoer: &Aktoer) -> bool {
    aktoer.identifikator().is_some_and(|nummer| !er_tom(Some(&nummer.verdi)))
}

fn har_fullt_navn(person: &Person) -> bool {
    person.personnavn.as_ref().is_some_and(|navn| !er_tom(navn.fornavn.as_ref()) && !er_tom(navn.etternavn.as_ref()))
}

fn har_adresse(aktoer: &Aktoer) -> bool {
    aktoer.adresse.iter().any(|adresse| adresse.adresse_innland.is_some() || adresse.adresse_utland.is_some())
}

/// Whether an organisation or an association has a name.
fn har_navn(aktoer: &Aktoer) -> bool {
    let virksomhet = aktoer.virksomhet.as_ref().is_some_and(|virksomhet| !er_tom(virksomhet.navn.as_ref()));
    virksomhet || aktoer.sammenslutning.as_ref().is_some_and(|annen| !er_tom(Some(&annen.navn)))
}

pub(super) fn mangler_opplysninger_om_saksoeker(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    for (sted, aktoer) in g.saksoekere() {
        let er_nok = match &aktoer.person {
            Some(person) => {
                har_fullt_navn(person) && (har_nummer(aktoer) || person.foedselsdato.is_some() || har_adresse(aktoer))
            }
            None => har_navn(aktoer) && (har_nummer(aktoer) || har_adresse(aktoer)),
        };
        if !er_nok {
            funn.brutt(sted, &[("saksøker", &aktoer.navn())]);
        }
    }
}

pub(super) fn mangler_opplysninger_om_saksoekt(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    for (sted, aktoer) in g.saksoekte() {
        let er_nok = match &aktoer.person {
            Some(person) => {
                har_fullt_navn(person) && (har_nummer(aktoer) || person.foedselsdato.is_some() && har_adresse(aktoer))
            }
            None => har_navn(aktoer) && har_nummer(aktoer),
        };
        if !er_nok {
            funn.brutt(sted, &[("saksøkt", &aktoer.navn())]);
        }
    }
}

pub(super) fn mangler_opplysninger_prosessfullmektig(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    for (sted, fullmektig) in g.fullmektige() {
        let aktoer = &fullmektig.prosessfullmektig;
        if aktoer.person.as_ref().is_some_and(|person| !har_fullt_navn(person) || !har_adresse(aktoer)) {
            funn.brutt(sted, &[("prosessfullmektig", &aktoer.navn())]);
        }
    }
}

pub(super) fn ugyldig_orgnr_prosessfullmektig(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    for (sted, fullmektig) in g.fullmektige() {
        let aktoer = &fullmektig.prosessfullmektig;
        let Some(virksomhet) = &aktoer.virksomhet else { continue };
        let nummer = virksomhet.identifikator.as_ref().map(|nummer| nummer.verdi.parse::<Organisasjonsnummer>());
        if !matches!(nummer, Some(Ok(_))) {
            let sted = format_args!("{sted}/virksomhet/identifikator").to_string();
            funn.brutt(sted, &[("prosessfullmektig", &aktoer.navn())]);
        }
    }
}

pub(super) fn mangler_bevillingshaver(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    for (sted, fullmektig) in g.fullmektige() {
        let aktoer = &fullmektig.prosessfullmektig;
        let type_ = aktoer.virksomhet.as_ref().map(|virksomhet| virksomhet.virksomhetstype);
        let har_navn = fullmektig.bevillingshaver.as_ref().is_some_and(|haver| !haver.navn.hele().is_empty());
        if type_ == Some(Virksomhetstype::Inkassovirksomhet) && !har_navn {
            let sted = sted.to_string();
            let fullmektig = sted.strip_suffix("/prosessfullmektig").unwrap_or(&sted);
            funn.brutt(format_args!("{fullmektig}/bevillingshaver"), &[("prosessfullmektig", &aktoer.navn())]);
        }
    }
}

pub(super) fn maks_en_adresse_av_hver_type(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    for (sted, aktoer) in g.aktoerer() {
        let mut sett = [false; Adressetype::ALLE.len()];
        for (nummer, adresse) in aktoer.adresse.iter().enumerate() {
            if std::mem::replace(&mut sett[adresse.adressetype as usize], true) {
                let sted = format_args!("{sted}/adresse/{nummer}/adressetype").to_string();
                funn.brutt(sted, &[("adressetype", &adresse.adressetype)]);
            }
        }
    }
}

fn ugyldig_innland<'a>(parter: impl Iterator<Item = (Aktoersted, &'a Aktoer)>, navn: &str, funn: &mut Funn<'_>) {
    for (sted, aktoer) in parter {
        for (nummer, adresse) in aktoer.adresse.iter().enumerate() {
            let Some(innland) = &adresse.adresse_innland else { continue };
            let innland = &innland.adresse_fritt_format_innland;
            if er_tom(innland.adressetekst.as_ref()) || er_tom(innland.postnummer.as_ref()) {
                let sted = format_args!("{sted}/adresse/{nummer}/adresseInnland").to_string();
                funn.brutt(sted, &[(navn, &aktoer.navn())]);
            }
        }
    }
}

fn ugyldig_utland<'a>(parter: impl Iterator<Item = (Aktoersted, &'a Aktoer)>, navn: &str, funn: &mut Funn<'_>) {
    for (sted, aktoer) in parter {
        for (nummer, adresse) in aktoer.adresse.iter().enumerate() {
            let Some(utland) = &adresse.adresse_utland else { continue };
            let utland = &utland.adresse_fritt_format_utland;
            if er_tom(utland.poststed_utland.as_ref()) || er_tom(utland.landkode.as_ref()) {
                let sted = format_args!("{sted}/adresse/{nummer}/adresseUtland").to_string();
                funn.brutt(sted, &[(navn, &aktoer.navn())]);
            }
        }
    }
}

pub(super) fn saksoekers_innland(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    ugyldig_innland(g.saksoekere(), "saksøker", funn);
}

pub(super) fn saksoekers_utland(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    ugyldig_utland(g.saksoekere(), "saksøker", funn);
}

pub(super) fn saksoektes_innland(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    ugyldig_innland(g.saksoekte(), "saksøkt", funn);
}

pub(super) fn saksoektes_utland(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    ugyldig_utland(g.saksoekte(), "saksøkt", funn);
}
