//! The claims of a request as a deduction has them.

use super::regnskap::Trekkrav;
use crate::domain::Beloep;
use crate::domain::begjaering::Begjaering;
use crate::domain::begjaering::modell::RentebaerendeKrav;
use crate::domain::rente::Rentesats;

/// The priority in its case of a claim that has none.
const UTEN_PRIORITET: u32 = 1;

/// The claims of a request, in its order. What is left is what the request says, whatever the currency. Interest accrues
/// from the day of the request.
pub fn trekkrav(begjaering: &Begjaering) -> Vec<Trekkrav> {
    let krav = begjaering.krav_til_innkreving.iter().map(|krav| {
        let prioritet = krav.prioritet_i_sak.map_or(UTEN_PRIORITET, |it| it.tall().into());
        let rente = krav.rentebaerende_krav.as_ref();
        Trekkrav {
            art: krav.prioritet_dekningsloven,
            prioritet,
            renteprioritet: rente
                .and_then(|rente| rente.prioritet_i_sak_fremtidig_rentekrav)
                .map_or(prioritet, |it| it.tall().into()),
            gjenstaaende: krav.gjenstaaende_beloep.beloep.beloep().unwrap_or(Beloep::ZERO),
            rente: rente.and_then(rentesats),
            rente_fra: begjaering.begjaeringsdato,
        }
    });
    krav.collect()
}

fn rentesats(rente: &RentebaerendeKrav) -> Option<Rentesats> {
    let avtalt = rente.avtalt_rentesats.as_ref().and_then(|sats| u32::try_from(sats.beloep()?.oere()).ok());
    match (rente.forsinkelsesrente, avtalt) {
        (Some(true), _) => Some(Rentesats::Forsinkelsesrente),
        (_, avtalt) => avtalt.map(Rentesats::Avtalt),
    }
}
