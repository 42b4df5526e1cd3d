//! Amounts, rates, and the account.

use super::Funn;
use super::grunnlag::Grunnlag;
use crate::domain::begjaering::modell::{BeloepValuta, Konto};
use crate::domain::identifikator::{Kid, Kontonummer};

pub(super) fn ugyldig_beloep(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    let mut se = |beloep: &BeloepValuta, nummer: usize, felt: &dyn std::fmt::Display| {
        if beloep.beloep.beloep().is_none() {
            let sted = format_args!("/kravTilInnkreving/{nummer}/{felt}/beloep").to_string();
            funn.brutt(sted, &[("beløp", &beloep.beloep)]);
        }
    };
    for (nummer, krav) in g.kravene() {
        se(&krav.opprinnelig_beloep, nummer, &"opprinneligBeloep");
        se(&krav.gjenstaaende_beloep, nummer, &"gjenstaaendeBeloep");
        for (plass, innbetaling) in krav.innbetaling.iter().enumerate() {
            se(&innbetaling.beloep, nummer, &format_args!("innbetaling/{plass}/beloep"));
        }
        for (plass, endring) in krav.krav_endring.iter().enumerate() {
            se(&endring.beloep, nummer, &format_args!("kravEndring/{plass}/beloep"));
        }
        if let Some(grunnlag) = krav.rentekrav.as_ref().and_then(|rentekrav| rentekrav.rente_grunnlag.as_ref()) {
            se(grunnlag, nummer, &"rentekrav/renteGrunnlag");
        }
        if let Some(beloep) = krav.transporterklaering.as_ref().and_then(|erklaering| erklaering.beloep.as_ref()) {
            se(beloep, nummer, &"transporterklaering/beloep");
        }
    }
}

pub(super) fn ugyldig_rente(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    for (nummer, krav) in g.kravene() {
        let beregnet = krav.rentekrav.as_ref().and_then(|rentekrav| rentekrav.beregnet_med_avtalt_rentesats.as_ref());
        let avtalt = krav.rentebaerende_krav.as_ref().and_then(|renter| renter.avtalt_rentesats.as_ref());
        let satser =
            [(beregnet, "rentekrav/beregnetMedAvtaltRentesats"), (avtalt, "rentebaerendeKrav/avtaltRentesats")];
        for (sats, felt) in satser {
            // A rate has the same form as an amount.
            if let Some(sats) = sats.filter(|sats| sats.beloep().is_none()) {
                funn.brutt(format_args!("/kravTilInnkreving/{nummer}/{felt}"), &[("rentesats", sats)]);
            }
        }
    }
}

pub(super) fn mangelfulle_kontoopplysninger(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    let info = &g.begjaering.betalingsinformasjon;
    let tom = Konto::default();
    let kontoer = [(&info.norsk_konto, "/norskKonto"), (&info.utenlandsk_konto, "/utenlandskKonto")];
    let har_konto = kontoer.iter().any(|(konto, _)| konto.is_some());
    if !har_konto {
        funn.brutt("/betalingsinformasjon", &[]);
    }
    for (_, felt) in kontoer.iter().filter(|(konto, _)| konto.as_ref() == Some(&tom)) {
        funn.brutt(format_args!("/betalingsinformasjon{felt}"), &[]);
    }
}

pub(super) fn ugyldig_kid(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    let kid = g.begjaering.betalingsinformasjon.norsk_konto.as_ref().and_then(|konto| konto.kidnummer.as_ref());
    if let Some(kid) = kid.filter(|kid| kid.parse::<Kid>().is_err()) {
        funn.brutt("/betalingsinformasjon/norskKonto/kidnummer", &[("kidnummer", kid)]);
    }
}

pub(super) fn ugyldig_kontonr(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    let konto = g.begjaering.betalingsinformasjon.norsk_konto.as_ref().and_then(|konto| konto.kontonummer.as_ref());
    if let Some(nummer) = konto.filter(|nummer| nummer.parse::<Kontonummer>().is_err()) {
        funn.brutt("/betalingsinformasjon/norskKonto/kontonummer", &[("kontonummer", nummer)]);
    }
}
