//! Payments that are paid back, and money that covers claims of other creditors.

use super::ledger::Ledger;
use super::{Reader, Who};
use crate::domain::identifikator::Part;
use crate::domain::reskontro::{DekketKrav, MotregningMotAndre, Motregningskilde, Mottaker, Tilbakebetaling};
use crate::scenario::format::{PartDocument, TilbakebetalingEntry};
use crate::scenario::mot_andre::{DekketKravEntry, MotAndreEntry, MottakerEntry};
use crate::scenario::problems::Place;

pub(super) fn read(document: &PartDocument, who: &Who, ledger: &mut Ledger, reader: &mut Reader<'_>) {
    let list = Place::ROOT.key("motregningerMotAndre");
    for (i, entry) in document.motregninger_mot_andre.iter().enumerate() {
        let errors = reader.problems.errors();
        let read = motregning(entry, who.part, ledger, list.index(i), reader);
        ledger.add_mot_andre(i, read.filter(|_| reader.problems.errors() == errors));
    }
}

fn motregning(
    entry: &MotAndreEntry,
    part: Part,
    ledger: &Ledger,
    place: Place<'_>,
    reader: &mut Reader<'_>,
) -> Option<MotregningMotAndre> {
    let id = reader.not_empty(&entry.motregningsidentifikator, place.key("motregningsidentifikator"));
    let kilde = match (&entry.kreditkrav, &entry.innbetaling) {
        (Some(krav), None) => {
            let key = ("kreditkrav", "kreditforfall");
            ledger.forfall(part, krav, None, place, key, reader).map(Motregningskilde::Kreditkrav)
        }
        (None, Some(id)) => {
            ledger.innbetaling(part, id, place.key("innbetaling"), reader).map(Motregningskilde::Innbetaling)
        }
        _ => {
            reader.error(place, "give either kreditkrav or innbetaling: where the money comes from");
            None
        }
    };
    let dato = reader.read(&entry.motregnetdato, place.key("motregnetdato"));
    let myndighet = reader.optional(entry.innkrevingsmyndighet.as_ref(), place.key("innkrevingsmyndighet"));
    let list = place.key("dekketKrav");
    let dekket: Vec<_> =
        entry.dekket_krav.iter().enumerate().map(|(i, entry)| dekket_krav(entry, list.index(i), reader)).collect();
    Some(MotregningMotAndre {
        motregningsidentifikator: id?,
        kilde: kilde?,
        innkrevingsmyndighet: myndighet.unwrap_or_else(|| "Skatteetaten".into()),
        motregnetdato: dato?,
        dekket_krav: dekket.into_iter().collect::<Option<_>>()?,
    })
}

fn dekket_krav(entry: &DekketKravEntry, place: Place<'_>, reader: &mut Reader<'_>) -> Option<DekketKrav> {
    let beskrivelse = reader.not_empty(&entry.beskrivelse, place.key("beskrivelse"));
    let beloep = reader.read(&entry.motregnet_beloep, place.key("motregnetBeloep"));
    let myndighet = reader.optional(entry.innkrevingsmyndighet.as_ref(), place.key("innkrevingsmyndighet"));
    let forfallsdato = reader.optional(entry.forfallsdato.as_ref(), place.key("forfallsdato"));
    let kreditorsnavn = reader.optional(entry.kreditorsnavn.as_ref(), place.key("kreditorsnavn"));
    let renter = reader.optional(entry.forsinkelsesrenter.as_ref(), place.key("forsinkelsesrenter"));
    Some(DekketKrav {
        beskrivelse: beskrivelse?,
        motregnet_beloep: beloep?,
        innkrevingsmyndighet: myndighet,
        forfallsdato,
        kreditorsnavn,
        forsinkelsesrenter: renter,
    })
}

/// The payments that a payout pays back.
pub(super) fn tilbakebetalinger(
    entries: &[TilbakebetalingEntry],
    part: Part,
    ledger: &Ledger,
    list: Place<'_>,
    reader: &mut Reader<'_>,
) -> Vec<Tilbakebetaling> {
    let read = |(i, entry): (usize, &TilbakebetalingEntry)| {
        let place = list.index(i);
        let innbetaling = ledger.innbetaling(part, &entry.innbetaling, place.key("innbetaling"), reader);
        let beloep = reader.optional(entry.beloep.as_ref(), place.key("beloep"));
        let innbetaling = innbetaling?;
        Some(Tilbakebetaling { innbetaling, beloep: beloep.unwrap_or_else(|| ledger.unplaced(innbetaling)) })
    };
    entries.iter().enumerate().filter_map(read).collect()
}

/// Whom a cheque was sent to.
pub(super) fn mottaker(entry: &MottakerEntry, place: Place<'_>, reader: &mut Reader<'_>) -> Mottaker {
    let mut mottaker = Mottaker {
        mottakers_navn: reader.read(&entry.mottakers_navn, place.key("mottakersNavn")).unwrap_or_default(),
        ..Mottaker::default()
    };
    if let Some(adresse) = &entry.mottakers_addresse {
        let place = place.key("mottakersAddresse");
        let lines = place.key("adressetekst");
        let line = |(i, line)| reader.read(line, lines.index(i));
        mottaker.adressetekst = adresse.adressetekst.iter().enumerate().filter_map(line).collect();
        mottaker.postnummer = reader.optional(adresse.postnummer.as_ref(), place.key("postnummer"));
        mottaker.poststedsnavn = reader.optional(adresse.poststedsnavn.as_ref(), place.key("poststedsnavn"));
        mottaker.landkode = reader.optional(adresse.landkode.as_ref(), place.key("landkode"));
    }
    mottaker
}
