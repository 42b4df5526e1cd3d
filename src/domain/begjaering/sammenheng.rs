//! What a body must hold to beyond its single fields, and what no published rule covers. These are told as problems of
//! reading. Imitates docs/fidelity.md, "Utleggsbegjæring: the request".

use super::leser::{Leser, Sti};
use super::modell::Begjaering;
use super::utgaver::Modell;

/// Tells texts that must say something, and what may not stand together.
pub(super) fn kontroller(begjaering: &Begjaering, leser: &mut Leser) {
    let rot = &Sti::ROT;
    let paakrevd = [("underskrift", &begjaering.underskrift), ("innsenderReferanse", &begjaering.innsender_referanse)];
    for (felt, _) in paakrevd.iter().filter(|(_, tekst)| tekst.trim().is_empty()) {
        leser.feil(&rot.felt(felt), format!("'{felt}' kan ikke være tom"), None);
    }
    let grunnlagene = rot.felt("begjaeringensTvangsgrunnlag");
    for (nummer, grunnlag) in begjaering.begjaeringens_tvangsgrunnlag.iter().enumerate() {
        let her = grunnlagene.nummer(nummer);
        let saerlig = grunnlag.saerlig_tvangsgrunnlag.as_ref();
        let har_meddelelse = saerlig.is_some_and(|saerlig| saerlig.skriftlig_meddelelse.is_some());
        // The published example of 0.9 has both.
        if leser.modell == Modell::V2 && har_meddelelse && grunnlag.begrunnelse_unnlat_varsel.is_some() {
            let melding = "'begrunnelseUnnlatVarsel' er ikke lov ved skriftligMeddelelse".to_owned();
            leser.feil(&her.felt("begrunnelseUnnlatVarsel"), melding, None);
        }
        if saerlig.and_then(|saerlig| saerlig.gjeldsbrev.as_ref()).is_some_and(|brev| brev.vitne.len() > 2) {
            let (her, gjeldsbrev) = (her.felt("saerligTvangsgrunnlag"), "gjeldsbrev");
            leser.feil(&her.felt(gjeldsbrev).felt("vitne"), "'vitne' kan ha høyst to elementer".to_owned(), None);
        }
    }
}
