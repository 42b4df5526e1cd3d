//! What makes claims enforceable: notices, and what a complaint to the conciliation board needs.

use super::Funn;
use super::grunnlag::{Grunnlag, er_tom};
use crate::domain::begjaering::modell::{
    BegjaeringensTvangsgrunnlag, SkriftligMeddelelse, Tvangsfullbyrdelsestype, Varseltype,
};

/// The written notices, with the pointers to them.
fn meddelelser<'a>(g: &Grunnlag<'a>) -> impl Iterator<Item = (usize, &'a SkriftligMeddelelse)> + use<'a> {
    let alle = g.begjaering.begjaeringens_tvangsgrunnlag.iter().enumerate();
    alle.filter_map(|(nummer, ett)| Some((nummer, ett.saerlig_tvangsgrunnlag.as_ref()?.skriftlig_meddelelse.as_ref()?)))
}

fn sted(nummer: usize, felt: &str) -> String {
    format!("/begjaeringensTvangsgrunnlag/{nummer}/saerligTvangsgrunnlag/skriftligMeddelelse/{felt}")
}

pub(super) fn forliksraadet_paakrevet(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    for (nummer, _) in meddelelser(g).filter(|(_, ett)| ett.kan_behandles_i_forliksraadet.is_none()) {
        funn.brutt(sted(nummer, "kanBehandlesIForliksraadet"), &[]);
    }
}

pub(super) fn paastand_paakrevet(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    if g.begjaering.tvangsfullbyrdelsestype == Tvangsfullbyrdelsestype::UtleggOgForliksklageKombinert {
        for (nummer, _) in meddelelser(g).filter(|(_, ett)| er_tom(ett.paastand.as_ref())) {
            funn.brutt(sted(nummer, "paastand"), &[]);
        }
    }
}

fn uten_varsel(
    g: &Grunnlag<'_>,
    er_slik: fn(&BegjaeringensTvangsgrunnlag) -> bool,
    er_nok: impl Fn(Varseltype) -> bool,
    funn: &mut Funn<'_>,
) {
    for (nummer, grunnlag) in g.begjaering.begjaeringens_tvangsgrunnlag.iter().enumerate() {
        let varslet = grunnlag.varsel.iter().any(|varsel| er_nok(varsel.type_));
        if er_slik(grunnlag) && !varslet && grunnlag.begrunnelse_unnlat_varsel.is_none() {
            funn.brutt(format_args!("/begjaeringensTvangsgrunnlag/{nummer}/varsel"), &[]);
        }
    }
}

pub(super) fn varsel_418(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    uten_varsel(g, |ett| ett.saerlig_tvangsgrunnlag.is_some(), |type_| type_ == Varseltype::VarselTvfbl418, funn);
}

/// The codes that 2.0 dropped document general bases, so they count in the models that have them.
pub(super) fn varsel_419(g: &Grunnlag<'_>, funn: &mut Funn<'_>) {
    use Varseltype::{ErklaertTvangskraftig, Oppfyllelsesfrist, VarselTvfbl419, VedtattForelegg};
    let er_nok = |type_| matches!(type_, VarselTvfbl419 | Oppfyllelsesfrist | ErklaertTvangskraftig | VedtattForelegg);
    uten_varsel(g, |ett| ett.alminnelig_tvangsgrunnlag.is_some(), er_nok, funn);
}
