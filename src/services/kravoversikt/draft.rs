//! The answers of the draft. Dates are date-times at midnight, empty lists are printed, and an amount has no more
//! decimals than needed. Imitates docs/fidelity.md, "Kravoversikt".

use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::reskontro::{self as r, AsOf, ForfallAsOf, KravAsOf, Plassert, Totaler};
use crate::interface::periode::Periode;
use crate::services::render::{Midnatt, Plain as Kroner};
use crate::services::reskontro::{
    Betalingsinformasjon, Konto, Motpart, beskrivelse, beskrivelse_hos_andre, kravdager, kravperiode,
};

/// A period, both ends included.
#[derive(Serialize, JsonSchema)]
struct Tidsrom {
    start: Midnatt,
    slutt: Midnatt,
}

impl From<Periode> for Tidsrom {
    fn from(periode: Periode) -> Self {
        Self { start: Midnatt(periode.fra_og_med), slutt: Midnatt(periode.til_og_med) }
    }
}

/// The answer about a shielded party: the call's parameters and the mark, nothing else.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Skjermet {
    forespurt_part: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    periode: Option<Tidsrom>,
    skjermet: bool,
}

impl Skjermet {
    pub(super) fn new(forespurt_part: String, periode: Option<Periode>) -> Self {
        Self { forespurt_part, periode: periode.map(Tidsrom::from), skjermet: true }
    }
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Oversikt<'a> {
    forespurt_part: String,
    aapent_krav_med_gjenstaaende_beloep: Vec<Krav<'a>>,
    innbetaling_med_uplassert_beloep: Vec<Innbetaling<'a>>,
    total_oversikt: TotalOversikt,
    oversikt_per_kravgruppe: Vec<OversiktPerKravgruppe>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct TotalOversikt {
    stipulerte_renter: Kroner,
    forfalte_krav: Kroner,
    ikke_forfalte_krav: Kroner,
    uplasserte_innbetalinger: Kroner,
    saldo: Kroner,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct OversiktPerKravgruppe {
    kravgruppe: &'static str,
    stipulerte_renter: Kroner,
    forfalte_krav: Kroner,
    ikke_forfalte_krav: Kroner,
    saldo: Kroner,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct KravIPeriode<'a> {
    forespurt_part: String,
    periode: Tidsrom,
    krav: Vec<Krav<'a>>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct InnbetalingerIPeriode<'a> {
    forespurt_part: String,
    periode: Tidsrom,
    innbetaling: Vec<Innbetaling<'a>>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct UtbetalingerIPeriode<'a> {
    forespurt_part: String,
    periode: Tidsrom,
    utbetaling: Vec<Utbetaling<'a>>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Krav<'a> {
    part: String,
    kravidentifikator: &'a str,
    kravbeskrivelse: &'a str,
    opprettelsesdato_for_krav: Midnatt,
    #[serde(skip_serializing_if = "Option::is_none")]
    kravperiode: Option<String>,
    kravforfall: Vec<Kravforfall<'a>>,
    opprinnelig_beloep: Kroner,
    gjenstaaende_beloep: Kroner,
    #[serde(skip_serializing_if = "Option::is_none")]
    stipulerte_renter: Option<Kroner>,
    kravtype: &'a str,
    kravgruppe: &'static str,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Kravforfall<'a> {
    kravforfalls_identifikator: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    forfallsdato: Option<Midnatt>,
    opprinnelig_beloep: Kroner,
    plassert_innbetaling: Vec<PlassertInnbetaling<'a>>,
    plassert_motkrav: Vec<PlassertMotkrav<'a>>,
    gjenstaaende_beloep: Kroner,
    betalingsinformasjon: Betalingsinformasjon<'a>,
    utsatt_iverksettelse: bool,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct PlassertInnbetaling<'a> {
    innbetalingsidentifikator: &'a str,
    innbetalingsdato: Midnatt,
    innbetalt_beloep: Kroner,
    betalt_fra: Motpart<'a>,
    plassert_beloep: Kroner,
    plasseringsdato: Midnatt,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct PlassertMotkrav<'a> {
    motkrav_beskrivelse: &'a str,
    motkrav_forfalls_identifikator: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    motkrav_forfallsdato: Option<Midnatt>,
    plassert_beloep: Kroner,
    plasseringsdato: Midnatt,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Innbetaling<'a> {
    part: String,
    innbetalingsdato: Midnatt,
    innbetalt_beloep: Kroner,
    uplassert_beloep: Kroner,
    plassert_innbetaling_mot_krav: Vec<PlasseringAvInnbetaling<'a>>,
    betalt_fra: Motpart<'a>,
    betalt_til_konto: Konto<'a>,
    innbetalings_identifikator: &'a str,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct PlasseringAvInnbetaling<'a> {
    dekket_krav: &'a str,
    kravperiode: Tidsrom,
    kravforfall_identifikator: &'a str,
    plassert_beloep: Kroner,
    plasseringsdato: Midnatt,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Utbetaling<'a> {
    part: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    utbetalingsbeskrivelse: Option<&'a str>,
    utbetaltdato: Midnatt,
    utbetalt_beloep: Kroner,
    betalt_til: Motpart<'a>,
    utbetaling_identifikator: &'a str,
    grunnlag_for_utbetaling: Vec<KreditKrav<'a>>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct KreditKrav<'a> {
    dekket_krav: &'a str,
    krav_identifikator: &'a str,
    kravtype: &'a str,
    kravperiode: Tidsrom,
    opprinnelig_beloep: Kroner,
    gjenstaaende_beloep: Kroner,
}

pub(super) fn oversikt(forespurt_part: String, at: AsOf<'_>) -> Oversikt<'_> {
    let total = at.totaler();
    let group_entry = |sum: r::Gruppesum| {
        let Totaler { stipulerte_renter, forfalte, ikke_forfalte, .. } = sum.totaler;
        OversiktPerKravgruppe {
            kravgruppe: sum.kravgruppe.text(),
            stipulerte_renter: Kroner(stipulerte_renter),
            forfalte_krav: Kroner(forfalte),
            ikke_forfalte_krav: Kroner(ikke_forfalte),
            saldo: Kroner(sum.totaler.saldo()),
        }
    };
    Oversikt {
        forespurt_part,
        aapent_krav_med_gjenstaaende_beloep: at.aapne_krav().map(krav).collect(),
        innbetaling_med_uplassert_beloep: at.uplasserte_innbetalinger().map(|it| innbetaling(it, at)).collect(),
        total_oversikt: TotalOversikt {
            stipulerte_renter: Kroner(total.stipulerte_renter),
            forfalte_krav: Kroner(total.forfalte),
            ikke_forfalte_krav: Kroner(total.ikke_forfalte),
            uplasserte_innbetalinger: Kroner(total.uplasserte),
            saldo: Kroner(total.saldo()),
        },
        oversikt_per_kravgruppe: at.totaler_per_gruppe().into_iter().map(group_entry).collect(),
    }
}

pub(super) fn krav_i_periode<'a>(forespurt_part: String, periode: Periode, list: &[KravAsOf<'a>]) -> KravIPeriode<'a> {
    KravIPeriode { forespurt_part, periode: periode.into(), krav: list.iter().copied().map(krav).collect() }
}

pub(super) fn innbetalinger<'a>(
    forespurt_part: String,
    periode: Periode,
    list: &[&'a r::Innbetaling],
    at: AsOf<'a>,
) -> InnbetalingerIPeriode<'a> {
    let innbetaling = list.iter().map(|it| innbetaling(it, at)).collect();
    InnbetalingerIPeriode { forespurt_part, periode: periode.into(), innbetaling }
}

pub(super) fn utbetalinger<'a>(
    forespurt_part: String,
    periode: Periode,
    list: &[&'a r::Utbetaling],
    at: AsOf<'a>,
) -> UtbetalingerIPeriode<'a> {
    let utbetaling = list.iter().map(|it| utbetaling(it, at)).collect();
    UtbetalingerIPeriode { forespurt_part, periode: periode.into(), utbetaling }
}

fn krav(it: KravAsOf<'_>) -> Krav<'_> {
    Krav {
        part: it.krav.part.to_string(),
        kravidentifikator: &it.krav.kravidentifikator,
        kravbeskrivelse: beskrivelse(it.krav),
        opprettelsesdato_for_krav: Midnatt(it.krav.opprettelsesdato),
        kravperiode: it.krav.kravperiode.as_ref().map(kravperiode),
        kravforfall: it.forfall().map(|forfall| kravforfall(forfall, it)).collect(),
        opprinnelig_beloep: Kroner(it.krav.opprinnelig_beloep()),
        gjenstaaende_beloep: Kroner(it.gjenstaaende()),
        stipulerte_renter: it.stipulerte_renter().map(Kroner),
        kravtype: &it.krav.kravtype,
        kravgruppe: it.krav.kravgruppe.text(),
    }
}

fn kravforfall<'a>(it: ForfallAsOf<'a>, krav: KravAsOf<'a>) -> Kravforfall<'a> {
    let change = |beloep| Kroner(it.endring(beloep));
    let mut entry = Kravforfall {
        kravforfalls_identifikator: &it.forfall.kravforfallsidentifikator,
        forfallsdato: it.forfall.forfallsdato.map(Midnatt),
        opprinnelig_beloep: Kroner(it.forfall.opprinnelig_beloep),
        plassert_innbetaling: Vec::new(),
        plassert_motkrav: Vec::new(),
        gjenstaaende_beloep: Kroner(it.gjenstaaende()),
        betalingsinformasjon: (&it.forfall.betalingsinformasjon).into(),
        utsatt_iverksettelse: it.has_utsatt_iverksettelse(),
    };
    for plassert in it.plassert() {
        match plassert {
            Plassert::Innbetaling(innbetaling, plassering) => entry.plassert_innbetaling.push(PlassertInnbetaling {
                innbetalingsidentifikator: &innbetaling.innbetalingsidentifikator,
                innbetalingsdato: Midnatt(innbetaling.innbetalingsdato),
                innbetalt_beloep: Kroner(innbetaling.innbetalt_beloep),
                betalt_fra: (&innbetaling.innbetalt_fra).into(),
                plassert_beloep: change(plassering.beloep),
                plasseringsdato: Midnatt(plassering.dato),
            }),
            Plassert::Motkrav(motregning, other) => {
                let (motkrav, motforfall) = krav.look_up(other);
                entry.plassert_motkrav.push(PlassertMotkrav {
                    motkrav_beskrivelse: beskrivelse_hos_andre(motkrav.krav),
                    motkrav_forfalls_identifikator: &motforfall.forfall.kravforfallsidentifikator,
                    motkrav_forfallsdato: motforfall.forfall.forfallsdato.map(Midnatt),
                    plassert_beloep: change(motregning.beloep),
                    plasseringsdato: Midnatt(motregning.dato),
                });
            }
            // The draft has no place for these on a claim.
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
            kravperiode: kravdager(krav.krav).into(),
            kravforfall_identifikator: &forfall.forfall.kravforfallsidentifikator,
            plassert_beloep: Kroner(plassering.beloep),
            plasseringsdato: Midnatt(plassering.dato),
        }
    };
    Innbetaling {
        part: it.part.to_string(),
        innbetalingsdato: Midnatt(it.innbetalingsdato),
        innbetalt_beloep: Kroner(it.innbetalt_beloep),
        uplassert_beloep: Kroner(at.uplassert(it)),
        plassert_innbetaling_mot_krav: at.plasseringer(it).map(plassert).collect(),
        betalt_fra: (&it.innbetalt_fra).into(),
        betalt_til_konto: Konto::with_number(it.mottakers_kontonummer.as_deref()),
        innbetalings_identifikator: &it.innbetalingsidentifikator,
    }
}

fn utbetaling<'a>(it: &'a r::Utbetaling, at: AsOf<'a>) -> Utbetaling<'a> {
    let kredit = |grunnlag: &'a r::Plassering| {
        let (krav, forfall) = at.look_up(grunnlag.forfall);
        KreditKrav {
            dekket_krav: beskrivelse_hos_andre(krav.krav),
            krav_identifikator: &krav.krav.kravidentifikator,
            kravtype: &krav.krav.kravtype,
            kravperiode: kravdager(krav.krav).into(),
            opprinnelig_beloep: Kroner(forfall.forfall.opprinnelig_beloep),
            gjenstaaende_beloep: Kroner(forfall.gjenstaaende()),
        }
    };
    Utbetaling {
        part: it.part.to_string(),
        utbetalingsbeskrivelse: it.utbetalingsbeskrivelse.as_deref(),
        utbetaltdato: Midnatt(it.utbetaltdato),
        utbetalt_beloep: Kroner(it.utbetalt_beloep),
        betalt_til: (&it.betalt_til).into(),
        utbetaling_identifikator: &it.utbetalingsidentifikator,
        grunnlag_for_utbetaling: it.grunnlag.iter().map(kredit).collect(),
    }
}
