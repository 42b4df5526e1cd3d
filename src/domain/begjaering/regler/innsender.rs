//! Who submits, and whether the case is there already.

use super::Funn;
use super::grunnlag::{Grunnlag, er_tom};

pub(super) fn duplikat_innsending(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    if g.om.duplikat.is_some() {
        let (dato, referanse) = (g.begjaering.begjaeringsdato, &g.begjaering.innsender_referanse);
        funn.brutt("/innsenderReferanse", &[("begjæringsdato", &dato), ("innsenderReferanse", referanse)]);
    }
}

pub(super) fn mangler(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    if g.begjaering.innsender.is_none() {
        funn.brutt("/innsender", &[]);
    }
}

pub(super) fn ikke_organisasjon(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    if let Some(innsender) = g.innsender().filter(|innsender| innsender.virksomhet.is_none()) {
        funn.brutt("/innsender/innsender", &[("innsender", &innsender.navn())]);
    }
}

/// The number of a submitter that is an organisation in the register.
fn nummer<'a>(g: &Grunnlag<'a>) -> Option<&'a str> {
    let innsender = g.innsender().filter(|innsender| innsender.virksomhet.is_some())?;
    g.oppslag(innsender).filter(|(_, oppfoering)| oppfoering.status.finnes()).map(|(nummer, _)| nummer)
}

pub(super) fn ikke_identifiserbar(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    let innsender = g.innsender().filter(|innsender| innsender.virksomhet.is_some());
    if let (Some(innsender), None) = (innsender, nummer(g)) {
        let nummer = innsender.identifikator().map(|nummer| nummer.verdi.clone()).filter(|verdi| !er_tom(Some(verdi)));
        let hvem = nummer.unwrap_or_else(|| innsender.navn());
        funn.brutt("/innsender/innsender/virksomhet/identifikator", &[("innsender", &hvem)]);
    }
}

pub(super) fn samsvarer_ikke(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    if let (Some(innsender), Some(paalogget)) = (nummer(g), g.om.paalogget)
        && innsender != paalogget
    {
        let verdier: [(&str, &dyn std::fmt::Display); 2] =
            [("innsenderOrgnr", &innsender), ("påloggetOrgnr", &paalogget)];
        funn.brutt("/innsender/innsender/virksomhet/identifikator/verdi", &verdier);
    }
}
