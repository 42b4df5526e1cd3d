//! Claims: references, due dates, payments, priorities.

use std::collections::HashSet;

use super::Funn;
use super::grunnlag::Grunnlag;
use crate::domain::begjaering::modell::Kravdetaljer;

pub(super) fn mangler(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    if g.begjaering.krav_til_innkreving.is_empty() {
        funn.brutt("/kravTilInnkreving", &[]);
    }
}

pub(super) fn duplikate_referanser(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    for (nummer, krav) in g.kravene() {
        if g.krav.get(&*krav.innsenders_kravreferanse).is_some_and(|foerste| *foerste != nummer) {
            let sted = format_args!("/kravTilInnkreving/{nummer}/innsendersKravreferanse").to_string();
            funn.brutt(sted, &[("kravreferanse", &krav.innsenders_kravreferanse)]);
        }
    }
}

pub(super) fn ikke_benyttet(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    for (nummer, krav) in g.kravene() {
        if !g.grunnlag.contains_key(&*krav.innsenders_kravreferanse) {
            let sted = format_args!("/kravTilInnkreving/{nummer}/innsendersKravreferanse").to_string();
            funn.brutt(sted, &[("kravreferanse", &krav.innsenders_kravreferanse)]);
        }
    }
}

pub(super) fn i_flere_tvangsgrunnlag(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    for (nummer, grunnlag) in g.begjaering.begjaeringens_tvangsgrunnlag.iter().enumerate() {
        for (plass, referanse) in grunnlag.innsenders_kravreferanse.iter().enumerate() {
            if g.grunnlag.get(&**referanse).is_some_and(|foerste| *foerste != nummer) {
                funn.brutt(format_args!("/begjaeringensTvangsgrunnlag/{nummer}/innsendersKravreferanse/{plass}"), &[]);
            }
        }
    }
}

pub(super) fn tvangsgrunnlag_uten_krav(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    // A request without claims has a rule of its own.
    let grunnlag = g.begjaering.begjaeringens_tvangsgrunnlag.iter().enumerate().filter(|_| !g.krav.is_empty());
    for (nummer, grunnlag) in grunnlag {
        for (plass, referanse) in grunnlag.innsenders_kravreferanse.iter().enumerate() {
            if !g.krav.contains_key(&**referanse) {
                let sted =
                    format_args!("/begjaeringensTvangsgrunnlag/{nummer}/innsendersKravreferanse/{plass}").to_string();
                funn.brutt(sted, &[("kravreferanse", referanse)]);
            }
        }
    }
}

/// Whether a kind of claim must have a due date. If not, it must not have one.
fn skal_ha_forfall(kravdetaljer: Kravdetaljer) -> bool {
    use Kravdetaljer::{Hovedkrav, TidligereRettsligeSakskostnader, UtenrettsligeKostnader};
    matches!(kravdetaljer, Hovedkrav | UtenrettsligeKostnader | TidligereRettsligeSakskostnader)
}

pub(super) fn mangler_forfallsdato(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    for (nummer, krav) in g.kravene() {
        if skal_ha_forfall(krav.kravdetaljer) && krav.kravforfall.is_none() {
            let sted = format_args!("/kravTilInnkreving/{nummer}/kravforfall").to_string();
            funn.brutt(sted, &[("kravdetaljer", &krav.kravdetaljer)]);
        }
    }
}

pub(super) fn oppgis_uten_forfallsdato(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    for (nummer, krav) in g.kravene() {
        if !skal_ha_forfall(krav.kravdetaljer) && krav.kravforfall.is_some() {
            let sted = format_args!("/kravTilInnkreving/{nummer}/kravforfall").to_string();
            funn.brutt(sted, &[("kravdetaljer", &krav.kravdetaljer)]);
        }
    }
}

pub(super) fn innbetaling_fram_i_tid(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    for (nummer, krav) in g.kravene() {
        for (plass, innbetaling) in krav.innbetaling.iter().enumerate() {
            if innbetaling.bokfoert_dato > g.om.dag {
                funn.brutt(format_args!("/kravTilInnkreving/{nummer}/innbetaling/{plass}/bokfoertDato"), &[]);
            }
        }
    }
}

fn har_prioritet(g: &Grunnlag<'_>) -> bool {
    g.kravene().any(|(_, krav)| krav.prioritet_i_sak.is_some())
}

pub(super) fn prioritet_mangler(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    if har_prioritet(g) {
        for (nummer, _) in g.kravene().filter(|(_, krav)| krav.prioritet_i_sak.is_none()) {
            funn.brutt(format_args!("/kravTilInnkreving/{nummer}/prioritetISak"), &[]);
        }
    }
}

pub(super) fn prioritet_mangler_paa_renter(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    if har_prioritet(g) {
        for (nummer, krav) in g.kravene() {
            let renter = krav.rentebaerende_krav.as_ref();
            if renter.is_some_and(|renter| renter.prioritet_i_sak_fremtidig_rentekrav.is_none()) {
                let renter = "rentebaerendeKrav/prioritetISakFremtidigRentekrav";
                funn.brutt(format_args!("/kravTilInnkreving/{nummer}/{renter}"), &[]);
            }
        }
    }
}

pub(super) fn prioritet_mangler_paa_rettsgebyr(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    let gebyr = g.begjaering.krever_rettsgebyr_erstattet.as_ref();
    let mangler = gebyr.is_some_and(|gebyr| gebyr.krever_rettsgebyr_erstattet && gebyr.prioritet_i_sak.is_none());
    if mangler && har_prioritet(g) {
        funn.brutt("/kreverRettsgebyrErstattet/prioritetISak", &[]);
    }
}

pub(super) fn rentekrav_paa_annet_krav(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    for (nummer, krav) in g.kravene() {
        if krav.rentekrav.is_some() && krav.kravdetaljer != Kravdetaljer::Rentekrav {
            funn.brutt(format_args!("/kravTilInnkreving/{nummer}/rentekrav"), &[]);
        }
    }
}

pub(super) fn rentekrav_med_renteopplysninger(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    for (nummer, krav) in g.kravene() {
        if krav.rentebaerende_krav.is_some() && krav.kravdetaljer == Kravdetaljer::Rentekrav {
            funn.brutt(format_args!("/kravTilInnkreving/{nummer}/rentebaerendeKrav"), &[]);
        }
    }
}

pub(super) fn ugyldig_renteperiode(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    for (nummer, krav) in g.kravene() {
        let Some(periode) = krav.rentekrav.as_ref().and_then(|rentekrav| rentekrav.rente_periode.as_ref()) else {
            continue;
        };
        let slutter_foerst = periode.sluttdato.is_some_and(|slutt| slutt <= periode.startdato);
        if slutter_foerst || periode.startdato >= g.begjaering.begjaeringsdato {
            let sted = format_args!("/kravTilInnkreving/{nummer}/rentekrav/rentePeriode").to_string();
            funn.brutt(sted, &[("innsendersKravreferanse", &krav.innsenders_kravreferanse)]);
        }
    }
}

/// The same reference twice in one list counts once.
pub(super) fn antall_ulike(referanser: &[String]) -> usize {
    if referanser.len() < 2 { referanser.len() } else { referanser.iter().collect::<HashSet<_>>().len() }
}
