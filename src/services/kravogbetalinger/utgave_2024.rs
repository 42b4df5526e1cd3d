//! The answers in the 2024 edition. Imitates docs/fidelity.md, "Edition 2024".

use schemars::JsonSchema;
use serde::Serialize;

use super::felles::{OversiktPerKravgruppe, TotalOversikt, oversikt_per_kravgruppe, total_oversikt};
use crate::domain::NaiveDate;
use crate::domain::identifikator::masked_kontonummer;
use crate::domain::reskontro::{self as r, AsOf, Fastsettingsmaate, ForfallAsOf, KravAsOf, Plassert};
use crate::interface::periode::Periode;
use crate::services::render::WithDecimal as Kroner;
use crate::services::reskontro::{Betalingsinformasjon, Konto};

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AapneKrav2024")]
#[serde(rename_all = "camelCase")]
pub(super) struct AapneKrav<'a> {
    part_identifikator: String,
    skjermet: bool,
    aapent_krav_med_gjenstaaende_beloep: Vec<Krav<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    innbetaling_med_uplassert_beloep: Vec<Innbetaling<'a>>,
    total_oversikt: TotalOversikt<Kroner>,
    oversikt_per_kravgruppe: Vec<OversiktPerKravgruppe<Kroner>>,
}

/// The head that the three answers about a period share, and their list.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "KravIPeriode2024")]
#[serde(rename_all = "camelCase")]
pub(super) struct KravIPeriode<'a> {
    part_identifikator: String,
    periode: Periode,
    skjermet: bool,
    krav: Vec<Krav<'a>>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "InnbetalingerIPeriode2024")]
#[serde(rename_all = "camelCase")]
pub(super) struct InnbetalingerIPeriode<'a> {
    part_identifikator: String,
    periode: Periode,
    skjermet: bool,
    innbetaling: Vec<Innbetaling<'a>>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "UtbetalingerIPeriode2024")]
#[serde(rename_all = "camelCase")]
pub(super) struct UtbetalingerIPeriode<'a> {
    part_identifikator: String,
    periode: Periode,
    skjermet: bool,
    utbetaling: Vec<Utbetaling<'a>>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Krav2024")]
#[serde(rename_all = "camelCase")]
struct Krav<'a> {
    part_identifikator: String,
    kravidentifikator: &'a str,
    kravtype: &'a str,
    opprinnelig_beloep: Kroner,
    gjenstaaende_beloep: Kroner,
    kravforfall: Vec<Kravforfall<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stipulerte_renter: Option<Kroner>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kravbeskrivelse: Option<Spraaktekster<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kravperiode: Option<Kravperiode<'a>>,
    opprettelsesdato_for_krav: NaiveDate,
    kravgruppe: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    hovedstol_kravidentifikator: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fastsettingsmaate: Option<&'static str>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Spraaktekster2024")]
#[serde(rename_all = "camelCase")]
struct Spraaktekster<'a> {
    spraak_tekst: [SpraakTekst<'a>; 1],
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SpraakTekst2024")]
struct SpraakTekst<'a> {
    tekst: &'a str,
    spraak: &'static str,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Kravperiode2024")]
#[serde(rename_all = "camelCase")]
struct Kravperiode<'a> {
    periode_beskrivelse: Spraaktekster<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aar: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fra_dato: Option<NaiveDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    til_dato: Option<NaiveDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    termin_teknisk_navn: Option<&'a str>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Kravforfall2024")]
#[serde(rename_all = "camelCase")]
struct Kravforfall<'a> {
    kravforfalls_identifikator: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    forfallsdato: Option<NaiveDate>,
    opprinnelig_beloep: Kroner,
    gjenstaaende_beloep: Kroner,
    betalingsinformasjon: Betalingsinformasjon<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    plassert_innbetaling: Vec<PlassertInnbetaling<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    plassert_motkrav: Vec<PlassertMotkrav<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    plassert_utbetaling: Vec<PlassertUtbetaling<'a>>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PlassertInnbetaling2024")]
#[serde(rename_all = "camelCase")]
struct PlassertInnbetaling<'a> {
    innbetalings_identifikator: &'a str,
    plassert_beloep: Kroner,
    plassert_dato: NaiveDate,
    innbetalingsdato: NaiveDate,
    innbetalt_beloep: Kroner,
    innbetalt_fra: Motpart<'a>,
    innbetalingstype: &'a str,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PlassertMotkrav2024")]
#[serde(rename_all = "camelCase")]
struct PlassertMotkrav<'a> {
    kravforfalls_identifikator: &'a str,
    plassert_beloep: Kroner,
    kravtype: &'a str,
    plassert_dato: NaiveDate,
    #[serde(skip_serializing_if = "Option::is_none")]
    kravbeskrivelse: Option<Spraaktekster<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    forfallsdato: Option<NaiveDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kravperiode: Option<Kravperiode<'a>>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PlassertUtbetaling2024")]
#[serde(rename_all = "camelCase")]
struct PlassertUtbetaling<'a> {
    utbetalingsidentifikator: &'a str,
    utbetalt_beloep: Kroner,
    utbetalt_dato: NaiveDate,
    betalt_til: Motpart<'a>,
    plassert_beloep: Kroner,
    plassert_dato: NaiveDate,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Motpart2024")]
#[serde(rename_all = "camelCase")]
struct Motpart<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    kidnummer: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    melding_sendt_til_mottaker: Option<&'a str>,
    konto: Konto<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    valutakode: Option<&'a str>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Innbetaling2024")]
#[serde(rename_all = "camelCase")]
struct Innbetaling<'a> {
    part_identifikator: String,
    innbetalingsidentifikator: &'a str,
    innbetalingsdato: NaiveDate,
    innbetalt_beloep: Kroner,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    plassert_krav: Vec<PlassertKrav<'a>>,
    uplassert_beloep: Kroner,
    #[serde(skip_serializing_if = "Option::is_none")]
    mottakers_kontonummer: Option<MottakersKontonummer<'a>>,
    innbetalt_fra: Motpart<'a>,
    innbetalingstype: &'a str,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "MottakersKontonummer2024")]
struct MottakersKontonummer<'a> {
    kontonummer: &'a str,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PlassertKrav2024")]
#[serde(rename_all = "camelCase")]
struct PlassertKrav<'a> {
    kravforfall_identifikator: &'a str,
    plassert_beloep: Kroner,
    plassert_dato: NaiveDate,
    #[serde(skip_serializing_if = "Option::is_none")]
    kravbeskrivelse: Option<Spraaktekster<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kravforfallsdato: Option<NaiveDate>,
    opprinnelig_kravforfallsbeloep: Kroner,
    gjenstaaende_kravforfallsbeloep: Kroner,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Utbetaling2024")]
#[serde(rename_all = "camelCase")]
struct Utbetaling<'a> {
    part_identifikator: String,
    utbetalingsidentifikator: &'a str,
    utbetaltdato: NaiveDate,
    utbetalt_beloep: Kroner,
    betalt_til: Motpart<'a>,
    grunnlag_for_utbetaling: GrunnlagForUtbetaling<'a>,
    utbetalingstatus: &'a str,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "GrunnlagForUtbetaling2024")]
#[serde(rename_all = "camelCase")]
struct GrunnlagForUtbetaling<'a> {
    kredit_krav: Vec<KreditKrav<'a>>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "KreditKrav2024")]
#[serde(rename_all = "camelCase")]
struct KreditKrav<'a> {
    kravforfallidentifikator: &'a str,
    opprinnelig_beloep: Kroner,
    gjenstaaende_beloep: Kroner,
    utbetalt_beloep: Kroner,
    #[serde(skip_serializing_if = "Option::is_none")]
    kravbeskrivelse: Option<Spraaktekster<'a>>,
    kravtype: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    kravperiode: Option<Kravperiode<'a>>,
}

pub(super) fn aapne_krav(part_identifikator: String, at: AsOf<'_>) -> AapneKrav<'_> {
    AapneKrav {
        part_identifikator,
        skjermet: false,
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
    KravIPeriode { part_identifikator, periode, skjermet: false, krav: list.iter().copied().map(krav).collect() }
}

pub(super) fn innbetalinger<'a>(
    part_identifikator: String,
    periode: Periode,
    list: &[&'a r::Innbetaling],
    at: AsOf<'a>,
) -> InnbetalingerIPeriode<'a> {
    let innbetaling = list.iter().map(|it| innbetaling(it, at)).collect();
    InnbetalingerIPeriode { part_identifikator, periode, skjermet: false, innbetaling }
}

pub(super) fn utbetalinger<'a>(
    part_identifikator: String,
    periode: Periode,
    list: &[&'a r::Utbetaling],
    at: AsOf<'a>,
) -> UtbetalingerIPeriode<'a> {
    let utbetaling = list.iter().map(|it| utbetaling(it, at)).collect();
    UtbetalingerIPeriode { part_identifikator, periode, skjermet: false, utbetaling }
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
        opprettelsesdato_for_krav: it.krav.opprettelsesdato,
        kravgruppe: it.krav.kravgruppe.text(),
        hovedstol_kravidentifikator: it.krav.hovedstol.as_deref(),
        fastsettingsmaate: it.krav.fastsettingsmaate.map(|maate| match maate {
            Fastsettingsmaate::Egenfastsatt => "egenfastsatt",
            Fastsettingsmaate::Myndighetsfastsatt => "myndighetsfastsatt",
            Fastsettingsmaate::Blank => "blank",
        }),
    }
}

fn tekst(tekst: &str) -> Spraaktekster<'_> {
    Spraaktekster { spraak_tekst: [SpraakTekst { tekst, spraak: "nb" }] }
}

fn kravperiode(periode: &r::Kravperiode) -> Kravperiode<'_> {
    let dager = periode.dager.filter(|_| periode.viser_dager);
    Kravperiode {
        periode_beskrivelse: tekst(&periode.beskrivelse),
        aar: periode.aar.map(|aar| aar.to_string()),
        fra_dato: dager.map(|(fra, _)| fra),
        til_dato: dager.map(|(_, til)| til),
        termin_teknisk_navn: periode.termin.as_deref(),
    }
}

/// An amount that is placed on an instalment has the sign of the change in the remaining amount: negative on a debit,
/// positive on a credit.
fn kravforfall<'a>(it: ForfallAsOf<'a>, krav: KravAsOf<'a>) -> Kravforfall<'a> {
    let change = |beloep| Kroner(it.endring(beloep));
    let mut entry = Kravforfall {
        kravforfalls_identifikator: &it.forfall.kravforfallsidentifikator,
        forfallsdato: it.forfall.forfallsdato,
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
                plassert_dato: plassering.dato,
                innbetalingsdato: innbetaling.innbetalingsdato,
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
                    plassert_dato: motregning.dato,
                    kravbeskrivelse: motkrav.krav.beskrivelse_hos_andre().map(tekst),
                    forfallsdato: motforfall.forfall.forfallsdato,
                    kravperiode: motkrav.krav.kravperiode.as_ref().map(kravperiode),
                });
            }
            Plassert::Utbetaling(utbetaling, grunnlag) => entry.plassert_utbetaling.push(PlassertUtbetaling {
                utbetalingsidentifikator: &utbetaling.utbetalingsidentifikator,
                utbetalt_beloep: Kroner(utbetaling.utbetalt_beloep),
                utbetalt_dato: utbetaling.utbetaltdato,
                betalt_til: motpart(&utbetaling.betalt_til),
                plassert_beloep: change(grunnlag.beloep),
                plassert_dato: grunnlag.dato,
            }),
            // The claim itself shows it.
            Plassert::MotAndre(_) => {}
        }
    }
    entry
}

/// The other end of a payment. Its account number is masked.
fn motpart(motpart: &r::Motpart) -> Motpart<'_> {
    let masked = |number: &Option<Box<str>>| number.as_deref().map(|number| masked_kontonummer(number).into());
    Motpart {
        kidnummer: motpart.kidnummer.as_deref(),
        melding_sendt_til_mottaker: motpart.melding_sendt_til_mottaker.as_deref(),
        konto: Konto {
            kontonummer: masked(&motpart.konto.kontonummer),
            iban: masked(&motpart.konto.iban),
            ..Konto::from(&motpart.konto)
        },
        valutakode: motpart.valutakode.as_deref(),
    }
}

fn innbetaling<'a>(it: &'a r::Innbetaling, at: AsOf<'a>) -> Innbetaling<'a> {
    let plassert = |plassering: &'a r::Plassering| {
        let (krav, forfall) = at.look_up(plassering.forfall);
        PlassertKrav {
            kravforfall_identifikator: &forfall.forfall.kravforfallsidentifikator,
            plassert_beloep: Kroner(plassering.beloep),
            plassert_dato: plassering.dato,
            kravbeskrivelse: krav.krav.beskrivelse_hos_andre().map(tekst),
            kravforfallsdato: forfall.forfall.forfallsdato,
            opprinnelig_kravforfallsbeloep: Kroner(forfall.forfall.opprinnelig_beloep),
            gjenstaaende_kravforfallsbeloep: Kroner(forfall.gjenstaaende()),
        }
    };
    Innbetaling {
        part_identifikator: it.part.to_string(),
        innbetalingsidentifikator: &it.innbetalingsidentifikator,
        innbetalingsdato: it.innbetalingsdato,
        innbetalt_beloep: Kroner(it.innbetalt_beloep),
        plassert_krav: at.plasseringer(it).map(plassert).collect(),
        uplassert_beloep: Kroner(at.uplassert(it)),
        mottakers_kontonummer: it
            .mottakers_kontonummer
            .as_deref()
            .map(|kontonummer| MottakersKontonummer { kontonummer }),
        innbetalt_fra: motpart(&it.innbetalt_fra),
        innbetalingstype: &it.innbetalingstype,
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
        utbetaltdato: it.utbetaltdato,
        utbetalt_beloep: Kroner(it.utbetalt_beloep),
        betalt_til: motpart(&it.betalt_til),
        grunnlag_for_utbetaling: GrunnlagForUtbetaling { kredit_krav: it.grunnlag.iter().map(kredit).collect() },
        utbetalingstatus: &it.utbetalingstatus,
    }
}
