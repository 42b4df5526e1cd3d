//! Which claim belongs to which: `relatertKrav`.

use super::Funn;
use super::grunnlag::Grunnlag;
use super::krav::antall_ulike;
use crate::domain::begjaering::modell::{Krav, Kravdetaljer};

fn er_rente(krav: &Krav) -> bool {
    krav.kravdetaljer == Kravdetaljer::Rentekrav
}

fn er_hovedkrav(krav: &Krav) -> bool {
    krav.kravdetaljer == Kravdetaljer::Hovedkrav
}

/// The pointer to one related claim.
fn sted(nummer: usize, plass: usize) -> String {
    format!("/kravTilInnkreving/{nummer}/relatertKrav/{plass}")
}

pub(super) fn hovedstol_har_relatert(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    for (nummer, krav) in g.kravene() {
        if er_hovedkrav(krav) && !krav.relatert_krav.is_empty() {
            funn.brutt(format_args!("/kravTilInnkreving/{nummer}/relatertKrav"), &[]);
        }
    }
}

pub(super) fn kostnad_uten_hovedstol(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    for (nummer, krav) in g.kravene().filter(|(_, krav)| !er_rente(krav) && !er_hovedkrav(krav)) {
        for (plass, _) in g.relaterte(krav).filter(|(_, annet)| !er_hovedkrav(annet)) {
            funn.brutt(sted(nummer, plass), &[]);
        }
    }
}

pub(super) fn peker_paa_seg_selv(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    // A principal may not be related to any claim, which has a rule of its own.
    for (nummer, krav) in g.kravene().filter(|(_, krav)| !er_hovedkrav(krav)) {
        for (plass, annet) in krav.relatert_krav.iter().enumerate() {
            if *annet == krav.innsenders_kravreferanse {
                funn.brutt(sted(nummer, plass), &[]);
            }
        }
    }
}

/// A claim that stands in several bases breaks another rule, so it is in none of them here.
pub(super) fn maa_finnes_i_samme_grunnlag(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    for (nummer, krav) in g.kravene().filter(|(_, krav)| !er_hovedkrav(krav)) {
        let i_ett = |krav: &Krav| {
            let referanse = &*krav.innsenders_kravreferanse;
            g.grunnlag.get(referanse).copied().filter(|_| !g.i_flere_grunnlag.contains(referanse))
        };
        let Some(grunnlag) = i_ett(krav) else { continue };
        for (plass, annet) in g.relaterte(krav) {
            if i_ett(annet).is_some_and(|annet| annet != grunnlag) {
                funn.brutt(sted(nummer, plass), &[]);
            }
        }
    }
}

pub(super) fn peker_paa_ukjent_krav(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    for (nummer, krav) in g.kravene().filter(|(_, krav)| !er_hovedkrav(krav)) {
        for (plass, annet) in krav.relatert_krav.iter().enumerate() {
            if !g.krav.contains_key(&**annet) {
                let verdier: [(&str, &dyn std::fmt::Display); 2] =
                    [("hovedkravRef", &krav.innsenders_kravreferanse), ("relatertKravRef", annet)];
                funn.brutt(sted(nummer, plass), &verdier);
            }
        }
    }
}

pub(super) fn rentekrav_paa_flere(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    for (nummer, krav) in g.kravene().filter(|(_, krav)| er_rente(krav)) {
        if antall_ulike(&krav.relatert_krav) > 1 {
            funn.brutt(format_args!("/kravTilInnkreving/{nummer}/relatertKrav"), &[]);
        }
    }
}

pub(super) fn rentekrav_paa_rentekrav(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    for (nummer, krav) in g.kravene().filter(|(_, krav)| er_rente(krav)) {
        for (plass, _) in g.relaterte(krav).filter(|(_, annet)| er_rente(annet)) {
            funn.brutt(sted(nummer, plass), &[]);
        }
    }
}

/// What is related to itself, to another Rentekrav or to nothing that exists breaks other rules.
pub(super) fn rente_uten_rentebaerende(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    for (nummer, krav) in g.kravene().filter(|(_, krav)| er_rente(krav)) {
        let mut mulige = g.relaterte(krav).map(|(_, annet)| annet).filter(|annet| !er_rente(annet)).peekable();
        let har_mulige = mulige.peek().is_some();
        if krav.relatert_krav.is_empty() || har_mulige && mulige.all(|annet| annet.rentebaerende_krav.is_none()) {
            funn.brutt(format_args!("/kravTilInnkreving/{nummer}/relatertKrav"), &[]);
        }
    }
}
