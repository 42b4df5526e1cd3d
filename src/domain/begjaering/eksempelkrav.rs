//! The claims of an example: principals with their interest and costs, and the published worked example of interest.

use chrono::{Datelike, Days, NaiveDate};
use rand::RngExt;
use rand::rngs::ChaCha8Rng;

use super::modell::{
    BeloepValuta, Betalingsoppfordring, Datoperiode, Innbetaling, Krav, Kravdetaljer, Kravforfall, Prioritet,
    PrioritetDekningsloven, RentebaerendeKrav, Rentekrav, Vedlegg,
};
use crate::domain::Beloep;
use crate::domain::rente::{Rente, rate};

/// A principal, then its interest and costs. They rest on one basis.
pub(super) struct Kravrekke {
    pub(super) betegnelse: String,
    pub(super) forfall: NaiveDate,
    /// The day that the interest was computed for.
    pub(super) dato: NaiveDate,
    pub(super) krav: Vec<Krav>,
}

/// Claims in rows of three: principal, interest, costs out of court.
pub(super) fn kravene(antall: usize, dato: NaiveDate, brev: &Vedlegg, rng: &mut ChaCha8Rng) -> Vec<Kravrekke> {
    let mut rekker = Vec::new();
    let mut igjen = antall;
    while igjen > 0 {
        let nummer = rekker.len() + 1;
        let forfall = dato - Days::new(rng.random_range(120..400));
        let beloep = Beloep::from_oere(rng.random_range(50_000..2_000_000));
        // A first payment on the due date.
        let betalt = Beloep::from_oere(beloep.oere() / 10);
        let innbetalinger: &[(NaiveDate, Beloep)] = if nummer == 1 { &[(forfall, betalt)] } else { &[] };
        let mut rekke = rekke_med_renter(nummer, beloep, forfall, innbetalinger, dato);
        if let Some(kostnad) = kostnad(nummer, dato, brev) {
            rekke.krav.truncate(2);
            rekke.krav.push(kostnad);
        }
        rekke.krav.truncate(igjen);
        igjen -= rekke.krav.len();
        rekker.push(rekke);
    }
    rekker
}

/// The published worked example of interest: two principals, two payments and a change of the rate.
pub(super) fn publisert_rente() -> Vec<Kravrekke> {
    let dag = |aar, maaned, dag| NaiveDate::from_ymd_opt(aar, maaned, dag).unwrap_or_default();
    let kroner = Beloep::from_kroner;
    let innbetalinger = [(dag(2024, 6, 27), kroner(2_000)), (dag(2025, 3, 10), kroner(5_000))];
    let dato = dag(2025, 11, 21);
    vec![
        rekke_med_renter(1, kroner(10_000), dag(2024, 6, 15), &innbetalinger, dato),
        rekke_med_renter(2, kroner(3_000), dag(2025, 8, 14), &[], dato),
    ]
}

/// A principal and its interest: a claim for each period in which neither the amount nor the rate changes.
fn rekke_med_renter(
    nummer: usize,
    beloep: Beloep,
    forfall: NaiveDate,
    innbetalinger: &[(NaiveDate, Beloep)],
    dato: NaiveDate,
) -> Kravrekke {
    let hovedkrav = format!("HOVEDKRAV-{nummer}");
    let betalt: Beloep = innbetalinger.iter().map(|(_, beloep)| *beloep).sum();
    let mut krav = vec![Krav {
        kravforfall: Some(Kravforfall { forfallsdato: forfall }),
        innbetaling: innbetalinger
            .iter()
            .map(|(dag, beloep)| Innbetaling { bokfoert_dato: *dag, beloep: nok(*beloep) })
            .collect(),
        opprinnelig_beloep: nok(beloep),
        rentebaerende_krav: Some(RentebaerendeKrav {
            forsinkelsesrente: Some(true),
            avtalt_rentesats: None,
            prioritet_i_sak_fremtidig_rentekrav: Prioritet::new(3),
        }),
        ..krav_av(Kravdetaljer::Hovedkrav, hovedkrav.clone(), beloep - betalt, 2)
    }];
    let mut rest = beloep;
    let mut fra = forfall;
    for (dag, neste) in innbetalinger.iter().copied().chain([(dato, Beloep::ZERO)]) {
        for (fra, til) in perioder(fra, dag) {
            let rente = Rente::simple(rest, fra, til).to_oere();
            krav.push(Krav {
                relatert_krav: vec![hovedkrav.clone()],
                rentekrav: Some(Rentekrav {
                    rente_periode: Some(Datoperiode { startdato: fra, sluttdato: Some(til) }),
                    rente_grunnlag: Some(nok(rest)),
                    beregnet_med_forsinkelsesrente: Some(true),
                    beregnet_med_avtalt_rentesats: None,
                }),
                ..krav_av(Kravdetaljer::Rentekrav, format!("RENTE-{nummer}-{}", krav.len()), rente, 3)
            });
        }
        rest -= neste;
        fra = dag;
    }
    Kravrekke { betegnelse: format!("Faktura {}", 1000 + nummer), forfall, dato, krav }
}

/// The periods from one day to another in which the rate does not change.
fn perioder(fra: NaiveDate, til: NaiveDate) -> Vec<(NaiveDate, NaiveDate)> {
    let mut perioder = Vec::new();
    let mut begynnelse = fra;
    let mut dag = fra;
    while begynnelse < til {
        let (aar, maaned) = if dag.month() > 6 { (dag.year() + 1, 1) } else { (dag.year(), 7) };
        dag = NaiveDate::from_ymd_opt(aar, maaned, 1).map_or(til, |skifte| skifte.min(til));
        if dag == til || rate(dag) != rate(begynnelse) {
            perioder.push((begynnelse, dag));
            begynnelse = dag;
        }
    }
    perioder
}

fn kostnad(nummer: usize, dato: NaiveDate, brev: &Vedlegg) -> Option<Krav> {
    let brevdato = dato.checked_sub_days(Days::new(60))?;
    let betalingsfrist = brevdato.checked_add_days(Days::new(14))?;
    Some(Krav {
        kravforfall: Some(Kravforfall { forfallsdato: betalingsfrist }),
        relatert_krav: vec![format!("HOVEDKRAV-{nummer}")],
        betalingsoppfordring: vec![Betalingsoppfordring {
            betalingsfrist,
            brevdato,
            betalingsoppfordring: brev.clone(),
        }],
        ..krav_av(Kravdetaljer::UtenrettsligeKostnader, format!("KOSTNAD-{nummer}"), Beloep::from_kroner(525), 4)
    })
}

/// A claim with what all claims have.
fn krav_av(kravdetaljer: Kravdetaljer, referanse: String, beloep: Beloep, prioritet: u8) -> Krav {
    let kravbeskrivelse = match kravdetaljer {
        Kravdetaljer::Hovedkrav => "Ubetalt faktura",
        Kravdetaljer::Rentekrav => "Forsinkelsesrente",
        _ => "Utenrettslige kostnader",
    };
    Krav {
        innsenders_kravreferanse: referanse,
        kravdetaljer,
        kravbeskrivelse: kravbeskrivelse.to_owned(),
        opprinnelig_beloep: nok(beloep),
        gjenstaaende_beloep: nok(beloep),
        kravforfall: None,
        relatert_krav: Vec::new(),
        innbetaling: Vec::new(),
        betalingsoppfordring: Vec::new(),
        prioritet_i_sak: Prioritet::new(prioritet),
        prioritet_dekningsloven: PrioritetDekningsloven::E,
        tilleggsfrist_foreldelse: Vec::new(),
        siste_fristavbrytende_tiltak: None,
        rentekrav: None,
        rentebaerende_krav: None,
        krav_endring: Vec::new(),
        kravgrunnlagsidentifikator: None,
        transporterklaering: None,
    }
}

fn nok(beloep: Beloep) -> BeloepValuta {
    BeloepValuta { beloep: beloep.into(), valuta: "NOK".to_owned() }
}
