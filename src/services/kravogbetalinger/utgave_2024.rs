//! The answers in the 2024 edition. Imitates docs/fidelity.md, "Edition 2024".

use super::felles::{oversikt_per_kravgruppe, total_oversikt};
pub(super) use super::modell_2024::{AapneKrav, InnbetalingerIPeriode, KravIPeriode, UtbetalingerIPeriode};
use super::modell_2024::{
    GrunnlagForUtbetaling, Innbetaling, Krav, Kravforfall, Kravperiode, KreditKrav, Motpart, MottakersKontonummer,
    PlassertInnbetaling, PlassertKrav, PlassertMotkrav, PlassertUtbetaling, SpraakTekst, Spraaktekster, Utbetaling,
};
use super::mot_andre;
use crate::domain::identifikator::masked_kontonummer;
use crate::domain::reskontro::{self as r, AsOf, Fastsettingsmaate, ForfallAsOf, KravAsOf, Plassert};
use crate::interface::View;
use crate::interface::periode::Periode;
use crate::services::render::{Dag, WithDecimal as Kroner};
use crate::services::reskontro::Konto;
use crate::services::utvalg;
use smol_str::SmolStr;

pub(super) fn aapne_krav<'a>(view: &View<'a>) -> AapneKrav<'a> {
    let at = view.at();
    AapneKrav {
        part_identifikator: view.party.part.to_string(),
        skjermet: view.party.skjermet.is_shielded(),
        aapent_krav_med_gjenstaaende_beloep: utvalg::aapne_krav(view).map(krav).collect(),
        innbetaling_med_uplassert_beloep: utvalg::uplasserte(view).map(|it| innbetaling(it, at)).collect(),
        total_oversikt: total_oversikt(at),
        oversikt_per_kravgruppe: oversikt_per_kravgruppe(at),
    }
}

pub(super) fn krav_i_periode<'a>(view: &View<'a>, periode: Periode, list: &[KravAsOf<'a>]) -> KravIPeriode<'a> {
    KravIPeriode {
        part_identifikator: view.party.part.to_string(),
        periode,
        skjermet: view.party.skjermet.is_shielded(),
        krav: list.iter().copied().map(krav).collect(),
    }
}

pub(super) fn innbetalinger<'a>(
    view: &View<'a>,
    periode: Periode,
    list: &[&'a r::Innbetaling],
) -> InnbetalingerIPeriode<'a> {
    InnbetalingerIPeriode {
        part_identifikator: view.party.part.to_string(),
        periode,
        skjermet: view.party.skjermet.is_shielded(),
        innbetaling: list.iter().map(|it| innbetaling(it, view.at())).collect(),
    }
}

pub(super) fn utbetalinger<'a>(
    view: &View<'a>,
    periode: Periode,
    list: &[&'a r::Utbetaling],
) -> UtbetalingerIPeriode<'a> {
    UtbetalingerIPeriode {
        part_identifikator: view.party.part.to_string(),
        periode,
        skjermet: view.party.skjermet.is_shielded(),
        utbetaling: list.iter().map(|it| utbetaling(it, view.at())).collect(),
    }
}

fn krav(it: KravAsOf<'_>) -> Krav<'_> {
    Krav {
        part_identifikator: it.krav.part.to_string(),
        kravidentifikator: &it.krav.kravidentifikator,
        kravtype: &it.krav.kravtype,
        opprinnelig_beloep: Kroner(it.krav.opprinnelig_beloep()),
        gjenstaaende_beloep: Kroner(it.gjenstaaende()),
        kravforfall: it.forfall().map(|forfall| kravforfall(forfall, it)).collect(),
        stipulerte_renter: it.stipulerte_renter().map(Kroner),
        kravbeskrivelse: it.krav.kravbeskrivelse.as_deref().map(tekst),
        kravperiode: it.krav.kravperiode.as_ref().map(kravperiode),
        opprettelsesdato_for_krav: it.krav.opprettelsesdato.into(),
        kravgruppe: it.krav.kravgruppe.text(),
        hovedstol_kravidentifikator: it.krav.hovedstol.as_deref(),
        fastsettingsmaate: it.krav.fastsettingsmaate.map(|maate| match maate {
            Fastsettingsmaate::Egenfastsatt => "egenfastsatt",
            Fastsettingsmaate::Myndighetsfastsatt => "myndighetsfastsatt",
            Fastsettingsmaate::Blank => "blank",
        }),
        motregning_av_kreditkrav: mot_andre::motregning_av_kreditkrav(it),
    }
}

pub(super) fn tekst(tekst: &str) -> Spraaktekster<'_> {
    Spraaktekster { spraak_tekst: [SpraakTekst { tekst, spraak: "nb" }] }
}

pub(super) fn kravperiode(periode: &r::Kravperiode) -> Kravperiode<'_> {
    let dager = periode.dager.filter(|_| periode.viser_dager);
    Kravperiode {
        periode_beskrivelse: tekst(&periode.beskrivelse),
        aar: periode.aar.map(|aar| aar.to_string()),
        fra_dato: dager.map(|(fra, _)| fra.into()),
        til_dato: dager.map(|(_, til)| til.into()),
        termin_teknisk_navn: periode.termin.as_deref(),
    }
}

/// An amount that is placed on an instalment has the sign of the change in the remaining amount: negative on a debit,
/// positive on a credit.
fn kravforfall<'a>(it: ForfallAsOf<'a>, krav: KravAsOf<'a>) -> Kravforfall<'a> {
    let change = |beloep| Kroner(it.endring(beloep));
    let mut entry = Kravforfall {
        kravforfalls_identifikator: &it.forfall.kravforfallsidentifikator,
        forfallsdato: it.forfall.forfallsdato.map(Dag),
        opprinnelig_beloep: Kroner(it.forfall.opprinnelig_beloep),
        gjenstaaende_beloep: Kroner(it.gjenstaaende()),
        betalingsinformasjon: (&it.forfall.betalingsinformasjon).into(),
        plassert_innbetaling: Vec::new(),
        plassert_motkrav: Vec::new(),
        plassert_utbetaling: Vec::new(),
    };
    for plassert in it.plassert() {
        match plassert {
            Plassert::Innbetaling(innbetaling, plassering) => entry.plassert_innbetaling.push(PlassertInnbetaling {
                innbetalings_identifikator: &innbetaling.innbetalingsidentifikator,
                plassert_beloep: change(plassering.beloep),
                plassert_dato: plassering.dato.into(),
                innbetalingsdato: innbetaling.innbetalingsdato.into(),
                innbetalt_beloep: Kroner(innbetaling.innbetalt_beloep),
                innbetalt_fra: motpart(&innbetaling.innbetalt_fra),
                innbetalingstype: &innbetaling.innbetalingstype,
            }),
            Plassert::Motkrav(motregning, other) => {
                let (motkrav, motforfall) = krav.look_up(other);
                entry.plassert_motkrav.push(PlassertMotkrav {
                    kravforfalls_identifikator: &motforfall.forfall.kravforfallsidentifikator,
                    plassert_beloep: change(motregning.beloep),
                    kravtype: &motkrav.krav.kravtype,
                    plassert_dato: motregning.dato.into(),
                    kravbeskrivelse: motkrav.krav.beskrivelse_hos_andre().map(tekst),
                    forfallsdato: motforfall.forfall.forfallsdato.map(Dag),
                    kravperiode: motkrav.krav.kravperiode.as_ref().map(kravperiode),
                });
            }
            Plassert::Utbetaling(utbetaling, grunnlag) => entry.plassert_utbetaling.push(PlassertUtbetaling {
                utbetalingsidentifikator: &utbetaling.utbetalingsidentifikator,
                utbetalt_beloep: Kroner(utbetaling.utbetalt_beloep),
                utbetalt_dato: utbetaling.utbetaltdato.into(),
                betalt_til: motpart(&utbetaling.betalt_til),
                plassert_beloep: change(grunnlag.beloep),
                plassert_dato: grunnlag.dato.into(),
            }),
            // The claim itself shows it.
            Plassert::MotAndre(_) => {}
        }
    }
    entry
}

/// The other end of a payment. Its account number is masked.
pub(super) fn motpart(motpart: &r::Motpart) -> Motpart<'_> {
    let masked = |number: &Option<SmolStr>| number.as_deref().map(|number| masked_kontonummer(number).into());
    Motpart {
        kidnummer: motpart.kidnummer.as_deref(),
        melding_sendt_til_mottaker: motpart.melding_sendt_til_mottaker.as_deref(),
        konto: Konto {
            kontonummer: masked(&motpart.konto.kontonummer),
            iban: masked(&motpart.konto.iban),
            ..Konto::from(&*motpart.konto)
        },
        sjekk_sendt_til: motpart.sjekk_sendt_til.as_deref().map(mot_andre::mottaker),
        valutakode: motpart.valutakode.as_deref(),
    }
}

fn innbetaling<'a>(it: &'a r::Innbetaling, at: AsOf<'a>) -> Innbetaling<'a> {
    let plassert = |plassering: &'a r::Plassering| {
        let (krav, forfall) = at.look_up(plassering.forfall);
        PlassertKrav {
            kravforfall_identifikator: &forfall.forfall.kravforfallsidentifikator,
            plassert_beloep: Kroner(plassering.beloep),
            plassert_dato: plassering.dato.into(),
            kravbeskrivelse: krav.krav.beskrivelse_hos_andre().map(tekst),
            kravforfallsdato: forfall.forfall.forfallsdato.map(Dag),
            opprinnelig_kravforfallsbeloep: Kroner(forfall.forfall.opprinnelig_beloep),
            gjenstaaende_kravforfallsbeloep: Kroner(forfall.gjenstaaende()),
        }
    };
    Innbetaling {
        part_identifikator: it.part.to_string(),
        innbetalingsidentifikator: &it.innbetalingsidentifikator,
        innbetalingsdato: it.innbetalingsdato.into(),
        innbetalt_beloep: Kroner(it.innbetalt_beloep),
        plassert_krav: at.plasseringer(it).map(plassert).collect(),
        uplassert_beloep: Kroner(at.uplassert(it)),
        mottakers_kontonummer: it
            .mottakers_kontonummer
            .as_deref()
            .map(|kontonummer| MottakersKontonummer { kontonummer }),
        innbetalt_fra: motpart(&it.innbetalt_fra),
        innbetalingstype: &it.innbetalingstype,
        plassert_utbetaling: mot_andre::plassert_utbetaling(it, at),
        motregning_av_innbetaling: mot_andre::motregning_av_innbetaling(it, at),
    }
}

fn utbetaling<'a>(it: &'a r::Utbetaling, at: AsOf<'a>) -> Utbetaling<'a> {
    let kredit = |grunnlag: &'a r::Plassering| {
        let (krav, forfall) = at.look_up(grunnlag.forfall);
        KreditKrav {
            kravforfallidentifikator: &forfall.forfall.kravforfallsidentifikator,
            opprinnelig_beloep: Kroner(forfall.forfall.opprinnelig_beloep),
            gjenstaaende_beloep: Kroner(forfall.gjenstaaende()),
            utbetalt_beloep: Kroner(grunnlag.beloep),
            kravbeskrivelse: krav.krav.beskrivelse_hos_andre().map(tekst),
            kravtype: &krav.krav.kravtype,
            kravperiode: krav.krav.kravperiode.as_ref().map(kravperiode),
        }
    };
    Utbetaling {
        part_identifikator: it.part.to_string(),
        utbetalingsidentifikator: &it.utbetalingsidentifikator,
        utbetaltdato: it.utbetaltdato.into(),
        utbetalt_beloep: Kroner(it.utbetalt_beloep),
        betalt_til: motpart(&it.betalt_til),
        grunnlag_for_utbetaling: GrunnlagForUtbetaling {
            kredit_krav: it.grunnlag.iter().map(kredit).collect(),
            tilbakebetaling_av: mot_andre::tilbakebetaling_av(it, at),
        },
        utbetalingstatus: at.utbetalingstatus(it),
    }
}
