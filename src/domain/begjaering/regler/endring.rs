//! Changes of a case that is there.

use std::collections::HashSet;

use super::Funn;
use super::grunnlag::{Grunnlag, hvem};

pub(super) fn uavklart_status(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    if let Some(sak) = g.om.tidligere.filter(|sak| sak.ubehandlede > 0) {
        funn.brutt("", &[("eksternSaksreferanse", &sak.ekstern_saksreferanse)]);
    }
}

pub(super) fn ugyldig_status(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    if let Some(sak) = g.om.tidligere.filter(|sak| !sak.tilstand.kan_endres()) {
        let tilstand = sak.tilstand.navn();
        funn.brutt("", &[("eksternSaksreferanse", &sak.ekstern_saksreferanse), ("tilstand", &tilstand)]);
    }
}

pub(super) fn begjaeringsdato(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    let tidligere = g.om.tidligere.map(|sak| sak.begjaering.begjaeringsdato);
    if let Some(tidligere) = tidligere.filter(|tidligere| *tidligere != g.begjaering.begjaeringsdato) {
        funn.brutt("/begjaeringsdato", &[("begjæringsdato", &tidligere)]);
    }
}

pub(super) fn underskrift(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    if g.om.tidligere.is_some_and(|sak| sak.begjaering.underskrift != g.begjaering.underskrift) {
        funn.brutt("/underskrift", &[]);
    }
}

/// A request without a submitter has a rule of its own.
pub(super) fn innsender(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    let tidligere = g.om.tidligere.and_then(|sak| sak.begjaering.innsender.as_ref());
    if let (Some(tidligere), Some(ny)) = (tidligere, g.innsender())
        && hvem(&tidligere.innsender) != hvem(ny)
    {
        funn.brutt("/innsender/innsender", &[]);
    }
}

pub(super) fn saksoeker(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    let Some(sak) = g.om.tidligere else { return };
    let tidligere: HashSet<_> = sak.begjaering.saksoeker.iter().map(|part| hvem(&part.saksoeker)).collect();
    let nye: HashSet<_> = g.saksoekere().map(|(_, aktoer)| hvem(aktoer)).collect();
    if tidligere != nye {
        funn.brutt("/saksoeker", &[]);
    }
}

pub(super) fn saksoekt(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    let Some(sak) = g.om.tidligere else { return };
    let tidligere: HashSet<_> = sak.begjaering.saksoekt.iter().map(|part| hvem(&part.saksoekt)).collect();
    for (sted, aktoer) in g.saksoekte().filter(|(_, aktoer)| !tidligere.contains(&hvem(aktoer))) {
        if let Some((nummer, oppfoering)) = g.oppslag(aktoer)
            && oppfoering.gammelt_regelverk
        {
            funn.brutt(sted, &[("identifikator", &nummer)]);
        }
    }
}
