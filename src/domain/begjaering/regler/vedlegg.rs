//! Attachments: their types, and whether they can be used.

use super::Funn;
use super::grunnlag::{Bruk, Grunnlag, Vedleggssted, er_tom};
use crate::domain::begjaering::modell::Vedleggstype;
use crate::domain::begjaering::omstendigheter::Vedleggstilstand;
use crate::domain::begjaering::utgaver::Modell;

/// The uses at some places whose type is not the one that the place demands: by the request, or by the upload. The
/// published examples of 0.9 use one upload for all types, so the upload's type does not count there.
fn av_feil_type<'g, 'a>(
    g: &'g Grunnlag<'a>,
    er_der: fn(Vedleggssted) -> bool,
    type_: Vedleggstype,
) -> impl Iterator<Item = &'g Bruk<'a>> {
    let der = g.vedlegg.iter().filter(move |bruk| er_der(bruk.sted));
    der.filter(move |bruk| {
        let lastet_opp = bruk.lagret.as_ref().filter(|_| g.modell != Modell::V0).map(|lagret| lagret.type_);
        bruk.vedlegg.type_ != type_ || lastet_opp.is_some_and(|lastet_opp| lastet_opp != type_)
    })
}

pub(super) fn type_betalingsoppfordring(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    let er_der = |sted| matches!(sted, Vedleggssted::Betalingsoppfordring(..));
    for bruk in av_feil_type(g, er_der, Vedleggstype::Betalingsoppfordring) {
        funn.brutt(bruk.sted, &[("filnavn", &bruk.vedlegg.filnavn)]);
    }
}

pub(super) fn type_fullmakt(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    for bruk in av_feil_type(g, |sted| matches!(sted, Vedleggssted::Fullmakt(..)), Vedleggstype::Fullmakt) {
        funn.brutt(bruk.sted, &[("filnavn", &bruk.vedlegg.filnavn)]);
    }
}

pub(super) fn type_transporterklaering(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    let er_der = |sted| matches!(sted, Vedleggssted::Transporterklaering(..));
    for bruk in av_feil_type(g, er_der, Vedleggstype::Transporterklaering) {
        funn.brutt(bruk.sted, &[("filnavn", &bruk.vedlegg.filnavn)]);
    }
}

pub(super) fn type_tvangsgrunnlag(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    let er_der = |sted| matches!(sted, Vedleggssted::Tvangsgrunnlag(..));
    for bruk in av_feil_type(g, er_der, Vedleggstype::Tvangsgrunnlag) {
        if let Vedleggssted::Tvangsgrunnlag(nummer) = bruk.sted {
            let betegnelse = &g.begjaering.begjaeringens_tvangsgrunnlag[nummer].betegnelse_av_tvangsgrunnlag;
            funn.brutt(bruk.sted, &[("betegnelse", betegnelse)]);
        }
    }
}

pub(super) fn type_tvangskraftgrunnlag(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    let er_der = |sted| matches!(sted, Vedleggssted::Varsel(..));
    for bruk in av_feil_type(g, er_der, Vedleggstype::Tvangskraftgrunnlag) {
        funn.brutt(bruk.sted, &[("filnavn", &bruk.vedlegg.filnavn)]);
    }
}

/// The first use of each uuid.
fn foerste<'g, 'a>(g: &'g Grunnlag<'a>) -> impl Iterator<Item = &'g Bruk<'a>> {
    g.vedlegg.iter().filter(|bruk| bruk.er_foerste && !er_tom(bruk.vedlegg.uuid.as_ref()))
}

pub(super) fn mangler_uuid(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    for bruk in g.vedlegg.iter().filter(|bruk| er_tom(bruk.vedlegg.uuid.as_ref())) {
        let tekst = funn.regel.tekst.replacen("%s", &bruk.vedlegg.filnavn, 1);
        funn.brutt_slik(bruk.sted, tekst);
    }
}

pub(super) fn annen_begjaering(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    for bruk in foerste(g) {
        let andre =
            bruk.lagret.as_ref().filter(|lagret| lagret.innsender_referanse != g.begjaering.innsender_referanse);
        if andre.is_some() {
            let tekst = funn.regel.tekst.replacen("%s", &bruk.vedlegg.filnavn, 1);
            funn.brutt_slik(bruk.sted, tekst);
        }
    }
}

/// Tells the attachments in some states, with the text of each state.
fn i_tilstand(g: &Grunnlag<'_>, tekst: fn(Vedleggstilstand) -> Option<&'static str>, funn: &mut Funn<'_>) {
    for bruk in foerste(g) {
        if let Some(tekst) = bruk.lagret.as_ref().and_then(|lagret| tekst(lagret.tilstand)) {
            funn.brutt_slik(bruk.sted, format!("Vedlegg '{}' {tekst}", bruk.vedlegg.filnavn));
        }
    }
}

pub(super) fn har_feilet(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    let tekst = |tilstand| match tilstand {
        Vedleggstilstand::ValideringFeilet => {
            Some("kunne ikke valideres på grunn av en teknisk feil. Last det opp på nytt")
        }
        Vedleggstilstand::KonverteringFeilet => {
            Some("kunne ikke konverteres til gyldig pdf fordi konverteringen feilet")
        }
        Vedleggstilstand::KanIkkeKonverteres => Some("er av et slag som ikke kan konverteres til gyldig pdf"),
        _ => None,
    };
    i_tilstand(g, tekst, funn);
}

pub(super) fn ikke_tilgjengelig(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    for bruk in foerste(g).filter(|bruk| g.om.vedlegg.is_some() && bruk.lagret.is_none()) {
        let uuid = bruk.vedlegg.uuid.as_deref().unwrap_or_default();
        let tekst = funn.regel.tekst.replacen("%s", &bruk.vedlegg.filnavn, 1).replacen("%s", uuid, 1);
        funn.brutt_slik(bruk.sted, tekst);
    }
    let tekst = |tilstand| match tilstand {
        Vedleggstilstand::Slettet => Some("er slettet"),
        Vedleggstilstand::Kassert => Some("er kassert"),
        Vedleggstilstand::Virus => Some("inneholder virus"),
        _ => None,
    };
    i_tilstand(g, tekst, funn);
}

pub(super) fn ikke_klart(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    let tekst = |tilstand| match tilstand {
        Vedleggstilstand::Mottatt => Some("er ikke virussjekket"),
        Vedleggstilstand::Virussjekket => Some("er ikke validert"),
        Vedleggstilstand::Validert => Some("er ikke konvertert til gyldig pdf"),
        _ => None,
    };
    i_tilstand(g, tekst, funn);
}
