//! The claims of a person: of one that is a party, and of the owner of a firm, where they are the same.

use chrono::NaiveDate;

use super::folk::{Folk, spoersmaal};
use super::gjeld::Gjeld;
use super::oppskrift::{Betales, Terminserie, beloep, dag, innbetaling};
use super::profil::Profil;
use super::stoerrelse::{Stoerrelse, vane};
use super::tid::Tid;
use crate::domain::identifikator::Part;
use crate::domain::short_text::ShortText;
use crate::scenario::format::{
    InnbetalingEntry, KontoEntry, KravEntry, KravserieEntry, MotpartEntry, PartDocument, PeriodeEntry,
};
use crate::scenario::scalar::PartNumber;

/// Adds the claims of a person to a document. `hos` is the firm whose document it is, if it is not the person's own.
pub(super) fn krav(
    folk: &Folk,
    person: Part,
    profil: Profil,
    arbeidsgiver: Option<&(String, String)>,
    tid: Tid,
    is_owner: bool,
    document: &mut PartDocument,
) {
    let own = document.part.0 == person.text().as_str();
    let part = || (!own).then(|| PartNumber(person.text().as_str().into()));
    let ids = folk.en_av(person, spoersmaal::IDENTER, 1_000);
    let amounts = Stoerrelse::av(folk, person);
    let serie = |kravtype: &'static str, first: u64, kroner: i64, betales: Betales| KravserieEntry {
        part: part(),
        ..Terminserie {
            kravtype,
            // The kind is in the last eight digits too, which identifiers of payments are derived from.
            id: ShortText::default().number(first * 110_000_000 + ids * 10_000, 1).end(),
            kroner,
            froe: folk.orden.hash(person, first),
            betales,
            sesong: &[],
            fra: None,
            til: None,
        }
        .entry()
    };
    let late = vane(folk, person);
    match profil {
        Profil::Hvilende => {}
        Profil::Tilgode => {
            document.kravserier.push(serie("RESTERENDE_SKT_TILB", 7, -amounts.tilgode, Betales::Etter(0)));
        }
        Profil::Skyldig if arbeidsgiver.is_some() => {
            for gjeld in Gjeld::av(folk, person, tid.til).filter(|gjeld| gjeld.er_i(tid)) {
                let (krav, paid) = skyldig(&gjeld, tid.til, arbeidsgiver);
                document.krav.push(krav);
                document.innbetalinger.extend(paid);
            }
        }
        Profil::Skyldig => {
            document.kravserier.push(serie("RESTSKATT", 6, amounts.skatt, Betales::Etter(late.lenge)));
        }
        Profil::Etternoeler => {
            document.kravserier.push(serie("RESTSKATT", 6, amounts.skatt, Betales::Etter(late.dager)));
        }
        _ => document.kravserier.push(serie("RESTSKATT", 6, amounts.skatt, Betales::Etter(-late.foer))),
    }
    if is_owner {
        let betales = if profil == Profil::Etternoeler { Betales::Etter(late.dager) } else { Betales::Etter(0) };
        document.kravserier.push(serie("UTSKR_FORSKSKATT", 5, amounts.forskudd, betales));
    }
}

/// The claim of a debt, and what the employer has paid of it until a day.
fn skyldig(
    gjeld: &Gjeld,
    til: NaiveDate,
    arbeidsgiver: Option<&(String, String)>,
) -> (KravEntry, Vec<InnbetalingEntry>) {
    let number = gjeld.nummer();
    let id = ShortText::default().text("6").number(number % 100_000_000, 8).end();
    let krav = KravEntry {
        kravidentifikator: id.clone().into(),
        kravtype: "RESTSKATT".into(),
        kravperiode: Some(PeriodeEntry { aar: Some(gjeld.aar.to_string().into()), ..PeriodeEntry::default() }),
        opprinnelig_beloep: Some(beloep(gjeld.hele())),
        ..KravEntry::default()
    };
    let half = gjeld.betalt.len() / 2;
    // The last four digits are the year and the payment, so that no two of a person are equal.
    let first = (number >> 24) % 10_000 * 10_000 + u64::from(gjeld.aar.unsigned_abs() % 100) * 100;
    let paid = gjeld.betalt.iter().take_while(|day| **day <= til).enumerate().map(|(nth, day)| {
        let instalment = if nth < half { 1 } else { 2 };
        let number = ShortText::default().number(first + nth as u64 % 100, 8).end();
        let payment = innbetaling(number, dag(*day), id.clone(), Some((instalment, gjeld.beloep)));
        InnbetalingEntry { innbetalt_fra: arbeidsgiver.map(|(navn, konto)| betaler(navn, konto)), ..payment }
    });
    let paid = paid.collect();
    (krav, paid)
}

/// The employer as the payer.
fn betaler(navn: &str, konto: &str) -> MotpartEntry {
    MotpartEntry {
        melding_sendt_til_mottaker: Some("Holdt tilbake i lønn".into()),
        konto: Some(KontoEntry {
            kontoeiers_navn: Some(navn.into()),
            kontonummer: Some(konto.into()),
            ..KontoEntry::default()
        }),
        valutakode: Some("NOK".into()),
        ..MotpartEntry::default()
    }
}
