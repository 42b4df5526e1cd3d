//! The answers in the 2023 edition. Imitates docs/fidelity.md, "Edition 2023".
//!
//! If the published model and the published examples differ, this edition follows the examples: a claim has no
//! `partIdentifikator`, a placed payment has no `innbetalingstype`, and empty lists are printed.

use schemars::JsonSchema;
use serde::Serialize;

use super::felles::{OversiktPerKravgruppe, TotalOversikt, oversikt_per_kravgruppe, total_oversikt};
use crate::domain::NaiveDate;
use crate::domain::reskontro::{self as r, AsOf, ForfallAsOf, KravAsOf, Plassert};
use crate::interface::periode::Periode;
use crate::services::render::Plain as Kroner;
use crate::services::reskontro::{Betalingsinformasjon, Konto, Motpart, beskrivelse_hos_andre, kravdager, kravperiode};

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AapneKrav2023")]
#[serde(rename_all = "camelCase")]
pub(super) struct AapneKrav<'a> {
    part_identifikator: String,
    aapent_krav_med_gjenstaaende_beloep: Vec<Krav<'a>>,
    innbetaling_med_uplassert_beloep: Vec<Innbetaling<'a>>,
    total_oversikt: TotalOversikt<Kroner>,
    oversikt_per_kravgruppe: Vec<OversiktPerKravgruppe<Kroner>>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "KravIPeriode2023")]
#[serde(rename_all = "camelCase")]
pub(super) struct KravIPeriode<'a> {
    part_identifikator: String,
    periode: Periode,
    krav: Vec<Krav<'a>>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "InnbetalingerIPeriode2023")]
#[serde(rename_all = "camelCase")]
pub(super) struct InnbetalingerIPeriode<'a> {
    part_identifikator: String,
    periode: Periode,
    innbetaling: Vec<Innbetaling<'a>>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "UtbetalingerIPeriode2023")]
#[serde(rename_all = "camelCase")]
pub(super) struct UtbetalingerIPeriode<'a> {
    part_identifikator: String,
    periode: Periode,
    utbetaling: Vec<Utbetaling<'a>>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Krav2023")]
#[serde(rename_all = "camelCase")]
struct Krav<'a> {
    kravidentifikator: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    kravbeskrivelse: Option<&'a str>,
    opprettelsesdato_for_krav: NaiveDate,
    #[serde(skip_serializing_if = "Option::is_none")]
    kravperiode: Option<String>,
    opprinnelig_beloep: Kroner,
    kravforfall: Vec<Kravforfall<'a>>,
    gjenstaaende_beloep: Kroner,
    #[serde(skip_serializing_if = "Option::is_none")]
    stipulerte_renter: Option<Kroner>,
    kravtype: &'a str,
    kravgruppe: &'static str,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Kravforfall2023")]
#[serde(rename_all = "camelCase")]
struct Kravforfall<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    forfallsdato: Option<NaiveDate>,
    opprinnelig_beloep: Kroner,
    gjenstaaende_beloep: Kroner,
    plassert_innbetaling: Vec<PlassertInnbetaling<'a>>,
    plassert_motkrav: Vec<PlassertMotkrav<'a>>,
    kravforfalls_identifikator: &'a str,
    betalingsinformasjon: Betalingsinformasjon<'a>,
    utsatt_iverksettelse: bool,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PlassertInnbetaling2023")]
#[serde(rename_all = "camelCase")]
struct PlassertInnbetaling<'a> {
    innbetalingsdato: NaiveDate,
    innbetalt_beloep: Kroner,
    betalt_fra: Motpart<'a>,
    plassert_beloep: Kroner,
    plasseringsdato: NaiveDate,
    innbetalings_identifikator: &'a str,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PlassertMotkrav2023")]
#[serde(rename_all = "camelCase")]
struct PlassertMotkrav<'a> {
    motkrav_beskrivelse: &'a str,
    motkrav_forfalls_identifikator: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    motkrav_forfallsdato: Option<NaiveDate>,
    plassert_beloep: Kroner,
    plasseringsdato: NaiveDate,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Innbetaling2023")]
#[serde(rename_all = "camelCase")]
struct Innbetaling<'a> {
    part_identifikator: String,
    innbetalingsidentifikator: &'a str,
    innbetalingsdato: NaiveDate,
    innbetalt_beloep: Kroner,
    uplassert_beloep: Kroner,
    plassert_innbetaling_mot_krav: Vec<PlasseringAvInnbetaling<'a>>,
    betalt_til_konto: Konto<'a>,
    betalt_fra: Motpart<'a>,
    innbetalingstype: &'a str,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PlasseringAvInnbetaling2023")]
#[serde(rename_all = "camelCase")]
struct PlasseringAvInnbetaling<'a> {
    dekket_krav: &'a str,
    kravforfall_identifikator: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    kravforfallsdato: Option<NaiveDate>,
    plasseringsdato: NaiveDate,
    plassert_beloep: Kroner,
    opprinnelig_kravforfallsbeloep: Kroner,
    gjenstaaende_kravforfallsbeloep: Kroner,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Utbetaling2023")]
#[serde(rename_all = "camelCase")]
struct Utbetaling<'a> {
    part_identifikator: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    utbetalingsbeskrivelse: Option<&'a str>,
    utbetaltdato: NaiveDate,
    utbetalt_beloep: Kroner,
    betalt_til: Motpart<'a>,
    utbetaling_identifikator: &'a str,
    grunnlag_for_utbetaling: Vec<KreditKrav<'a>>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "KreditKrav2023")]
#[serde(rename_all = "camelCase")]
struct KreditKrav<'a> {
    dekket_krav: &'a str,
    krav_identifikator: &'a str,
    kravtype: &'a str,
    kravperiode: Periode,
    opprinnelig_beloep: Kroner,
    gjenstaaende_beloep: Kroner,
}

pub(super) fn aapne_krav(part_identifikator: String, at: AsOf<'_>) -> AapneKrav<'_> {
    AapneKrav {
        part_identifikator,
        aapent_krav_med_gjenstaaende_beloep: at.aapne_krav().map(krav).collect(),
        innbetaling_med_uplassert_beloep: at.uplasserte_innbetalinger().map(|it| innbetaling(it, at)).collect(),
        total_oversikt: total_oversikt(at),
        oversikt_per_kravgruppe: oversikt_per_kravgruppe(at),
    }
}

pub(super) fn krav_i_periode<'a>(
    part_identifikator: String,
    periode: Periode,
    list: &[KravAsOf<'a>],
) -> KravIPeriode<'a> {
    KravIPeriode { part_identifikator, periode, krav: list.iter().copied().map(krav).collect() }
}

pub(super) fn innbetalinger<'a>(
    part_identifikator: String,
    periode: Periode,
    list: &[&'a r::Innbetaling],
    at: AsOf<'a>,
) -> InnbetalingerIPeriode<'a> {
    InnbetalingerIPeriode {
        part_identifikator,
        periode,
        innbetaling: list.iter().map(|it| innbetaling(it, at)).collect(),
    }
}

pub(super) fn utbetalinger<'a>(
    part_identifikator: String,
    periode: Periode,
    list: &[&'a r::Utbetaling],
    at: AsOf<'a>,
) -> UtbetalingerIPeriode<'a> {
    UtbetalingerIPeriode { part_identifikator, periode, utbetaling: list.iter().map(|it| utbetaling(it, at)).collect() }
}

fn krav(it: KravAsOf<'_>) -> Krav<'_> {
    Krav {
        kravidentifikator: &it.krav.kravidentifikator,
        kravbeskrivelse: it.krav.kravbeskrivelse.as_deref(),
        opprettelsesdato_for_krav: it.krav.opprettelsesdato,
        kravperiode: it.krav.kravperiode.as_ref().map(kravperiode),
        opprinnelig_beloep: Kroner(it.krav.opprinnelig_beloep()),
        kravforfall: it.forfall().map(|forfall| kravforfall(forfall, it)).collect(),
        gjenstaaende_beloep: Kroner(it.gjenstaaende()),
        stipulerte_renter: it.stipulerte_renter().map(Kroner),
        kravtype: &it.krav.kravtype,
        kravgruppe: it.krav.kravgruppe.text(),
    }
}

fn kravforfall<'a>(it: ForfallAsOf<'a>, krav: KravAsOf<'a>) -> Kravforfall<'a> {
    let change = |beloep| Kroner(it.endring(beloep));
    let mut entry = Kravforfall {
        forfallsdato: it.forfall.forfallsdato,
        opprinnelig_beloep: Kroner(it.forfall.opprinnelig_beloep),
        gjenstaaende_beloep: Kroner(it.gjenstaaende()),
        plassert_innbetaling: Vec::new(),
        plassert_motkrav: Vec::new(),
        kravforfalls_identifikator: &it.forfall.kravforfallsidentifikator,
        betalingsinformasjon: (&it.forfall.betalingsinformasjon).into(),
        utsatt_iverksettelse: it.has_utsatt_iverksettelse(),
    };
    for plassert in it.plassert() {
        match plassert {
            Plassert::Innbetaling(innbetaling, plassering) => entry.plassert_innbetaling.push(PlassertInnbetaling {
                innbetalingsdato: innbetaling.innbetalingsdato,
                innbetalt_beloep: Kroner(innbetaling.innbetalt_beloep),
                betalt_fra: Motpart::from(&innbetaling.innbetalt_fra),
                plassert_beloep: change(plassering.beloep),
                plasseringsdato: plassering.dato,
                innbetalings_identifikator: &innbetaling.innbetalingsidentifikator,
            }),
            Plassert::Motkrav(motregning, other) => {
                let (motkrav, motforfall) = krav.look_up(other);
                entry.plassert_motkrav.push(PlassertMotkrav {
                    motkrav_beskrivelse: beskrivelse_hos_andre(motkrav.krav),
                    motkrav_forfalls_identifikator: &motforfall.forfall.kravforfallsidentifikator,
                    motkrav_forfallsdato: motforfall.forfall.forfallsdato,
                    plassert_beloep: change(motregning.beloep),
                    plasseringsdato: motregning.dato,
                });
            }
            // This edition has no place for these on a claim.
            Plassert::Utbetaling(..) | Plassert::MotAndre(..) => {}
        }
    }
    entry
}

fn innbetaling<'a>(it: &'a r::Innbetaling, at: AsOf<'a>) -> Innbetaling<'a> {
    let plassert = |plassering: &'a r::Plassering| {
        let (krav, forfall) = at.look_up(plassering.forfall);
        PlasseringAvInnbetaling {
            dekket_krav: beskrivelse_hos_andre(krav.krav),
            kravforfall_identifikator: &forfall.forfall.kravforfallsidentifikator,
            kravforfallsdato: forfall.forfall.forfallsdato,
            plasseringsdato: plassering.dato,
            plassert_beloep: Kroner(plassering.beloep),
            opprinnelig_kravforfallsbeloep: Kroner(forfall.forfall.opprinnelig_beloep),
            gjenstaaende_kravforfallsbeloep: Kroner(forfall.gjenstaaende()),
        }
    };
    Innbetaling {
        part_identifikator: it.part.to_string(),
        innbetalingsidentifikator: &it.innbetalingsidentifikator,
        innbetalingsdato: it.innbetalingsdato,
        innbetalt_beloep: Kroner(it.innbetalt_beloep),
        uplassert_beloep: Kroner(at.uplassert(it)),
        plassert_innbetaling_mot_krav: at.plasseringer(it).map(plassert).collect(),
        betalt_til_konto: Konto::with_number(it.mottakers_kontonummer.as_deref()),
        betalt_fra: Motpart::from(&it.innbetalt_fra),
        innbetalingstype: &it.innbetalingstype,
    }
}

fn utbetaling<'a>(it: &'a r::Utbetaling, at: AsOf<'a>) -> Utbetaling<'a> {
    let kredit = |grunnlag: &'a r::Plassering| {
        let (krav, forfall) = at.look_up(grunnlag.forfall);
        KreditKrav {
            dekket_krav: beskrivelse_hos_andre(krav.krav),
            krav_identifikator: &krav.krav.kravidentifikator,
            kravtype: &krav.krav.kravtype,
            kravperiode: kravdager(krav.krav),
            opprinnelig_beloep: Kroner(forfall.forfall.opprinnelig_beloep),
            gjenstaaende_beloep: Kroner(forfall.gjenstaaende()),
        }
    };
    Utbetaling {
        part_identifikator: it.part.to_string(),
        utbetalingsbeskrivelse: it.utbetalingsbeskrivelse.as_deref(),
        utbetaltdato: it.utbetaltdato,
        utbetalt_beloep: Kroner(it.utbetalt_beloep),
        betalt_til: Motpart::from(&it.betalt_til),
        utbetaling_identifikator: &it.utbetalingsidentifikator,
        grunnlag_for_utbetaling: it.grunnlag.iter().map(kredit).collect(),
    }
}
