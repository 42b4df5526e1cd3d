//! The answers in the 2023 edition. Imitates docs/fidelity.md, "Edition 2023".
//!
//! If the published model and the published examples differ, this edition follows the examples: a claim has no
//! `partIdentifikator`, a placed payment has no `innbetalingstype`, and empty lists are printed.

use schemars::JsonSchema;
use serde::Serialize;

use super::contract::optional;
use super::felles::{OversiktPerKravgruppe, TotalOversikt, oversikt_per_kravgruppe, total_oversikt};
use crate::domain::reskontro::{self as r, AsOf, ForfallAsOf, KravAsOf, Plassert};
use crate::interface::View;
use crate::interface::periode::Periode;
use crate::services::render::{Dag, Plain as Kroner};
use crate::services::reskontro::{Betalingsinformasjon, Konto, Motpart, beskrivelse_hos_andre, kravdager, kravperiode};
use crate::services::skjermet::or_shielded;
use crate::services::utvalg;

/// Open claims and unallocated payments of a party, with sums.
#[derive(Serialize, JsonSchema)]
#[schemars(transform = or_shielded)]
#[serde(rename_all = "camelCase")]
pub(super) struct AapneKrav<'a> {
    /// The party that was asked about.
    part_identifikator: String,
    /// True of a shielded party, of which no claim and no payment is shown. Otherwise it is left out.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    skjermet: bool,
    /// The claims of which something remains, credits included.
    aapent_krav_med_gjenstaaende_beloep: Vec<Krav<'a>>,
    /// The payments of which something is placed on no claim.
    innbetaling_med_uplassert_beloep: Vec<Innbetaling<'a>>,
    /// Sums over all claims.
    total_oversikt: TotalOversikt<Kroner>,
    /// Sums for each group of claims that the party has.
    oversikt_per_kravgruppe: Vec<OversiktPerKravgruppe<Kroner>>,
}

/// The claims of a party in a period.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AlleKrav", transform = or_shielded)]
#[serde(rename_all = "camelCase")]
pub(super) struct KravIPeriode<'a> {
    /// The party that was asked about.
    part_identifikator: String,
    /// The period that was asked for, both days included.
    periode: Periode,
    /// True of a shielded party, of which no claim and no payment is shown. Otherwise it is left out.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    skjermet: bool,
    /// The claims with an instalment that is due in the period, whole.
    krav: Vec<Krav<'a>>,
}

/// The payments in, of a party in a period.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Innbetalinger", transform = or_shielded)]
#[serde(rename_all = "camelCase")]
pub(super) struct InnbetalingerIPeriode<'a> {
    /// The party that was asked about.
    part_identifikator: String,
    /// The period that was asked for, both days included.
    periode: Periode,
    /// True of a shielded party, of which no claim and no payment is shown. Otherwise it is left out.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    skjermet: bool,
    /// The payments that came in the period.
    innbetaling: Vec<Innbetaling<'a>>,
}

/// The payments out, of a party in a period.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Utbetalinger", transform = or_shielded)]
#[serde(rename_all = "camelCase")]
pub(super) struct UtbetalingerIPeriode<'a> {
    /// The party that was asked about.
    part_identifikator: String,
    /// The period that was asked for, both days included.
    periode: Periode,
    /// True of a shielded party, of which no claim and no payment is shown. Otherwise it is left out.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    skjermet: bool,
    /// The payouts of the period.
    utbetaling: Vec<Utbetaling<'a>>,
}

/// A claim. A negative one is a credit: the party's money.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Krav<'a> {
    /// The id of the claim.
    kravidentifikator: &'a str,
    /// What the claim is, in Norwegian.
    #[serde(skip_serializing_if = "Option::is_none")]
    kravbeskrivelse: Option<&'a str>,
    /// The day on which the claim was made.
    opprettelsesdato_for_krav: Dag,
    /// The period that the claim is for: a term, or an income year.
    #[serde(skip_serializing_if = "Option::is_none")]
    kravperiode: Option<String>,
    /// What the claim was at first, in kroner. Negative where the party has it to its credit.
    opprinnelig_beloep: Kroner,
    /// The instalments of the claim, at least one.
    kravforfall: Vec<Kravforfall<'a>>,
    /// What is covered by no payment and no set-off, in kroner. Negative where the party has it to its credit.
    gjenstaaende_beloep: Kroner,
    /// Interest on what is overdue, estimated to the day of the answer, in kroner.
    #[serde(skip_serializing_if = "Option::is_none")]
    stipulerte_renter: Option<Kroner>,
    /// The type of the claim: a text like `Mva-melding`, or a code like `RESTSKATT`. New ones come without
    /// notice.
    kravtype: &'a str,
    /// The group that the type belongs to: `Skatt`, `Merverdiavgift`.
    kravgruppe: &'static str,
}

/// An instalment of a claim.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Kravforfall<'a> {
    /// The last day to pay. An instalment due today is not overdue.
    #[serde(skip_serializing_if = "Option::is_none")]
    forfallsdato: Option<Dag>,
    /// What the instalment was at first, in kroner. Negative on a credit.
    opprinnelig_beloep: Kroner,
    /// What remains of the instalment, in kroner. Negative on a credit.
    gjenstaaende_beloep: Kroner,
    /// Payments that cover the instalment, or a part of it.
    plassert_innbetaling: Vec<PlassertInnbetaling<'a>>,
    /// Claims that are set off against the instalment.
    plassert_motkrav: Vec<PlassertMotkrav<'a>>,
    /// The id of the instalment.
    kravforfalls_identifikator: &'a str,
    /// How to pay it; an empty object where there is nothing to pay.
    betalingsinformasjon: Betalingsinformasjon<'a>,
    /// Whether collection waits while a decision is reviewed.
    utsatt_iverksettelse: bool,
}

/// A payment that is placed on an instalment.
#[derive(Serialize, JsonSchema)]
#[schemars(transform = optional(&["innbetalingsdato", "innbetaltBeloep"]))]
#[serde(rename_all = "camelCase")]
struct PlassertInnbetaling<'a> {
    /// The day on which the money came.
    innbetalingsdato: Dag,
    /// The whole payment, in kroner. Positive.
    innbetalt_beloep: Kroner,
    /// Who paid, from which account.
    betalt_fra: Motpart<'a>,
    /// What changes on the instalment, in kroner: negative where a debit goes down, positive where a credit
    /// does.
    plassert_beloep: Kroner,
    /// The day from which it counts.
    plasseringsdato: Dag,
    /// The id of the payment.
    innbetalings_identifikator: &'a str,
}

/// Another claim that is set off against an instalment.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct PlassertMotkrav<'a> {
    /// The description of the other claim.
    motkrav_beskrivelse: &'a str,
    /// The instalment of the other claim.
    motkrav_forfalls_identifikator: &'a str,
    /// The due date of the other claim.
    #[serde(skip_serializing_if = "Option::is_none")]
    motkrav_forfallsdato: Option<Dag>,
    /// What changes on the instalment, in kroner: negative where a debit goes down, positive where a credit
    /// does.
    plassert_beloep: Kroner,
    /// The day from which it counts.
    plasseringsdato: Dag,
}

/// A payment that came in.
#[derive(Serialize, JsonSchema)]
#[schemars(transform = optional(&["uplassertBeloep"]))]
#[serde(rename_all = "camelCase")]
struct Innbetaling<'a> {
    /// Whose it is: the party that was asked about, or the owner of a sole proprietorship. An organisation
    /// number (9 digits) or a personal number (11 digits).
    part_identifikator: String,
    /// The id of the payment.
    innbetalingsidentifikator: &'a str,
    /// The day on which the money came.
    innbetalingsdato: Dag,
    /// The whole payment, in kroner. Positive.
    innbetalt_beloep: Kroner,
    /// What of the payment is placed on no claim, in kroner. Zero or positive.
    uplassert_beloep: Kroner,
    /// What the payment covers.
    plassert_innbetaling_mot_krav: Vec<PlasseringAvInnbetaling<'a>>,
    /// The account that the money came to.
    betalt_til_konto: Konto<'a>,
    /// Who paid, from which account.
    betalt_fra: Motpart<'a>,
    /// How the money came, as a text.
    innbetalingstype: &'a str,
}

/// What a payment covers.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct PlasseringAvInnbetaling<'a> {
    /// The description of the claim.
    dekket_krav: &'a str,
    /// The id of the instalment that is covered.
    kravforfall_identifikator: &'a str,
    /// The due date of that instalment.
    #[serde(skip_serializing_if = "Option::is_none")]
    kravforfallsdato: Option<Dag>,
    /// The day from which it counts.
    plasseringsdato: Dag,
    /// How much of the payment, in kroner. Positive.
    plassert_beloep: Kroner,
    /// What the instalment was at first, in kroner.
    opprinnelig_kravforfallsbeloep: Kroner,
    /// What remains of the instalment, in kroner.
    gjenstaaende_kravforfallsbeloep: Kroner,
}

/// A payment that went out to the party.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Utbetaling<'a> {
    /// Whose it is: the party that was asked about, or the owner of a sole proprietorship. An organisation
    /// number (9 digits) or a personal number (11 digits).
    part_identifikator: String,
    /// What the payout is, in Norwegian.
    #[serde(skip_serializing_if = "Option::is_none")]
    utbetalingsbeskrivelse: Option<&'a str>,
    /// The day on which the money went out.
    utbetaltdato: Dag,
    /// The whole payout, in kroner. Positive.
    utbetalt_beloep: Kroner,
    /// Who got the money, on which account.
    betalt_til: Motpart<'a>,
    /// The id of the payout.
    utbetaling_identifikator: &'a str,
    /// The credits that are paid out.
    grunnlag_for_utbetaling: Vec<KreditKrav<'a>>,
}

/// A credit that is paid out.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct KreditKrav<'a> {
    /// The description of the claim.
    dekket_krav: &'a str,
    /// The id of the credit.
    krav_identifikator: &'a str,
    /// The type of the claim: a text like `Mva-melding`, or a code like `RESTSKATT`. New ones come without
    /// notice.
    kravtype: &'a str,
    /// The period that the claim is for: a term, or an income year.
    kravperiode: Periode,
    /// What the credit was at first, in kroner. Negative.
    opprinnelig_beloep: Kroner,
    /// What remains of the credit, in kroner. Zero or negative.
    gjenstaaende_beloep: Kroner,
}

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
        kravidentifikator: &it.krav.kravidentifikator,
        kravbeskrivelse: it.krav.kravbeskrivelse.as_deref(),
        opprettelsesdato_for_krav: it.krav.opprettelsesdato.into(),
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
        forfallsdato: it.forfall.forfallsdato.map(Dag),
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
                innbetalingsdato: innbetaling.innbetalingsdato.into(),
                innbetalt_beloep: Kroner(innbetaling.innbetalt_beloep),
                betalt_fra: Motpart::from(&innbetaling.innbetalt_fra),
                plassert_beloep: change(plassering.beloep),
                plasseringsdato: plassering.dato.into(),
                innbetalings_identifikator: &innbetaling.innbetalingsidentifikator,
            }),
            Plassert::Motkrav(motregning, other) => {
                let (motkrav, motforfall) = krav.look_up(other);
                entry.plassert_motkrav.push(PlassertMotkrav {
                    motkrav_beskrivelse: beskrivelse_hos_andre(motkrav.krav),
                    motkrav_forfalls_identifikator: &motforfall.forfall.kravforfallsidentifikator,
                    motkrav_forfallsdato: motforfall.forfall.forfallsdato.map(Dag),
                    plassert_beloep: change(motregning.beloep),
                    plasseringsdato: motregning.dato.into(),
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
            kravforfallsdato: forfall.forfall.forfallsdato.map(Dag),
            plasseringsdato: plassering.dato.into(),
            plassert_beloep: Kroner(plassering.beloep),
            opprinnelig_kravforfallsbeloep: Kroner(forfall.forfall.opprinnelig_beloep),
            gjenstaaende_kravforfallsbeloep: Kroner(forfall.gjenstaaende()),
        }
    };
    Innbetaling {
        part_identifikator: it.part.to_string(),
        innbetalingsidentifikator: &it.innbetalingsidentifikator,
        innbetalingsdato: it.innbetalingsdato.into(),
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
        utbetaltdato: it.utbetaltdato.into(),
        utbetalt_beloep: Kroner(it.utbetalt_beloep),
        betalt_til: Motpart::from(&it.betalt_til),
        utbetaling_identifikator: &it.utbetalingsidentifikator,
        grunnlag_for_utbetaling: it.grunnlag.iter().map(kredit).collect(),
    }
}
