//! What the 2024 edition shows of payments that are paid back and of money that covers claims of other creditors, by the
//! real model 1.1.1. Imitates docs/fidelity.md, "Edition 2024".

use schemars::JsonSchema;
use serde::Serialize;
use smol_str::SmolStr;

use super::modell_2024::{Kravperiode, Motpart, Spraaktekster};
use super::utgave_2024::{kravperiode, motpart, tekst};
use crate::domain::reskontro::{self as r, AsOf, Bruk, KravAsOf, Motregningskilde};
use crate::services::render::{Dag, WithDecimal as Kroner};

/// A payment that a payout pays back.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct InnbetalingPlassertMotUtbetaling<'a> {
    /// The id of the payment.
    innbetalings_identifikator: &'a str,
    /// How the money came, as a text.
    innbetalingstype: &'a str,
    /// The day on which the money came.
    innbetalingsdato: Dag,
    /// The whole payment, in kroner. Positive.
    innbetalt_beloep: Kroner,
    /// Who paid, from which account.
    innbetalt_fra: Motpart<'a>,
    /// What of the payment went back, in kroner. Positive.
    utbetalt_beloep: Kroner,
}

/// A payout that pays a part of a payment back.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct UtbetalingPlassertMotInnbetaling<'a> {
    /// The id of the payout.
    utbetalingsidentifikator: &'a str,
    /// The day on which the money went out.
    utbetaltdato: Dag,
    /// What of the payment went back, in kroner. Positive.
    utbetalt_beloep: Kroner,
    /// Who got the money, on which account.
    betalt_til: Motpart<'a>,
}

/// A payment that covers claims of other creditors.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct MotregningAvInnbetaling<'a> {
    /// The id of the set-off.
    motregningsidentifikator: &'a str,
    /// Who collects, as a text.
    innkrevingsmyndighet: Spraaktekster<'a>,
    /// The claims that are covered.
    dekket_krav: Vec<DekketKrav<'a>>,
    /// Where the money comes from.
    hovedkrav: HovedKrav<'a>,
    /// The day of the set-off.
    motregnetdato: Dag,
}

/// A credit claim that covers claims of other creditors.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct MotregningAvKreditkrav<'a> {
    /// The id of the set-off.
    motregningsidentifikator: &'a str,
    /// Who collects, as a text.
    innkrevingsmyndighet: Spraaktekster<'a>,
    /// Where the money comes from.
    hovedkrav: HovedKrav<'a>,
    /// The model spells this one without a capital letter.
    dekketkrav: Vec<DekketKrav<'a>>,
    /// The day of the set-off.
    motregnetdato: Dag,
}

/// Where the money of a set-off comes from.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct HovedKrav<'a> {
    /// The payments that are used.
    #[serde(rename = "innbetalingBruktImotregning", skip_serializing_if = "Vec::is_empty")]
    innbetaling_brukt: Vec<InnbetalingBruktIMotregning<'a>>,
    /// The credit claims that are used.
    #[serde(rename = "kreditkravBruktIMotregning", skip_serializing_if = "Vec::is_empty")]
    kreditkrav_brukt: Vec<KreditkravBruktIMotregning<'a>>,
}

/// A payment that a set-off uses.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct InnbetalingBruktIMotregning<'a> {
    /// The id of the payment.
    innbetalingsidentifikator: &'a str,
    /// What of the payment is left, in kroner. Zero or positive.
    uplassert_beloep: Kroner,
}

/// A credit claim that a set-off uses.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct KreditkravBruktIMotregning<'a> {
    /// The instalment of the credit claim.
    kravforfalls_identifikator: &'a str,
    /// What is left of the credit, in kroner. Zero or negative.
    gjenstaaende_beloep: Kroner,
    /// What the credit claim is, in Norwegian.
    #[serde(skip_serializing_if = "Option::is_none")]
    kravbeskrivelse: Option<Spraaktekster<'a>>,
    /// The period of the credit claim.
    #[serde(skip_serializing_if = "Option::is_none")]
    kravperiode: Option<Kravperiode<'a>>,
}

/// A claim of another creditor.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct DekketKrav<'a> {
    /// How much of the claim is covered, in kroner. Positive.
    motregnet_beloep: Kroner,
    /// What the claim is, in Norwegian.
    dekket_krav_beskrivelse: Spraaktekster<'a>,
    /// Who collects, as a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    innkrevingsmyndighet: Option<Spraaktekster<'a>>,
    /// Its due date.
    #[serde(skip_serializing_if = "Option::is_none")]
    forfallsdato: Option<Dag>,
    /// Whose claim it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    kreditorsnavn: Option<Spraaktekster<'a>>,
    /// The interest in the amount, in kroner.
    #[serde(skip_serializing_if = "Option::is_none")]
    forsinkelsesrenter: Option<Kroner>,
}

/// Whom a cheque was sent to.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Mottaker<'a> {
    /// The name.
    mottakers_navn: &'a str,
    /// The model spells it so.
    mottakers_addresse: AdresseFrittFormat<'a>,
}

/// A postal address.
#[derive(Serialize, JsonSchema)]
struct AdresseFrittFormat<'a> {
    /// The lines of the address.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schemars(with = "Vec<String>")]
    adressetekst: &'a [SmolStr],
    /// The town.
    #[serde(skip_serializing_if = "Option::is_none")]
    poststedsnavn: Option<&'a str>,
    /// The postal code, four digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    postnummer: Option<&'a str>,
    /// The country, two letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    landkode: Option<&'a str>,
}

pub(super) fn mottaker(mottaker: &r::Mottaker) -> Mottaker<'_> {
    Mottaker {
        mottakers_navn: &mottaker.mottakers_navn,
        mottakers_addresse: AdresseFrittFormat {
            adressetekst: &mottaker.adressetekst,
            poststedsnavn: mottaker.poststedsnavn.as_deref(),
            postnummer: mottaker.postnummer.as_deref(),
            landkode: mottaker.landkode.as_deref(),
        },
    }
}

/// The payments that a payout pays back.
pub(super) fn tilbakebetaling_av<'a>(
    utbetaling: &'a r::Utbetaling,
    at: AsOf<'a>,
) -> Vec<InnbetalingPlassertMotUtbetaling<'a>> {
    let part = |part: &r::Tilbakebetaling| {
        let innbetaling = at.innbetaling(part.innbetaling);
        InnbetalingPlassertMotUtbetaling {
            innbetalings_identifikator: &innbetaling.innbetalingsidentifikator,
            innbetalingstype: &innbetaling.innbetalingstype,
            innbetalingsdato: innbetaling.innbetalingsdato.into(),
            innbetalt_beloep: Kroner(innbetaling.innbetalt_beloep),
            innbetalt_fra: motpart(&innbetaling.innbetalt_fra),
            utbetalt_beloep: Kroner(part.beloep),
        }
    };
    utbetaling.tilbakebetaling_av.iter().map(part).collect()
}

/// The payouts that pay a payment back.
pub(super) fn plassert_utbetaling<'a>(
    innbetaling: &'a r::Innbetaling,
    at: AsOf<'a>,
) -> Vec<UtbetalingPlassertMotInnbetaling<'a>> {
    let payout = |bruk| match bruk {
        Bruk::Tilbakebetalt(utbetaling, part) => Some(UtbetalingPlassertMotInnbetaling {
            utbetalingsidentifikator: &utbetaling.utbetalingsidentifikator,
            utbetaltdato: utbetaling.utbetaltdato.into(),
            utbetalt_beloep: Kroner(part.beloep),
            betalt_til: motpart(&utbetaling.betalt_til),
        }),
        Bruk::MotAndre(_) => None,
    };
    at.bruk(innbetaling).filter_map(payout).collect()
}

/// The set-off that a payment is used in. The model has room for one.
pub(super) fn motregning_av_innbetaling<'a>(
    innbetaling: &'a r::Innbetaling,
    at: AsOf<'a>,
) -> Option<MotregningAvInnbetaling<'a>> {
    let motregning = at.bruk(innbetaling).find_map(|bruk| match bruk {
        Bruk::MotAndre(motregning) => Some(motregning),
        Bruk::Tilbakebetalt(..) => None,
    })?;
    let brukt = InnbetalingBruktIMotregning {
        innbetalingsidentifikator: &innbetaling.innbetalingsidentifikator,
        uplassert_beloep: Kroner(at.uplassert(innbetaling)),
    };
    Some(MotregningAvInnbetaling {
        motregningsidentifikator: &motregning.motregningsidentifikator,
        innkrevingsmyndighet: tekst(&motregning.innkrevingsmyndighet),
        dekket_krav: dekket(motregning),
        hovedkrav: HovedKrav { innbetaling_brukt: vec![brukt], kreditkrav_brukt: Vec::new() },
        motregnetdato: motregning.motregnetdato.into(),
    })
}

/// The set-off that a credit claim is used in. The model has room for one.
pub(super) fn motregning_av_kreditkrav(krav: KravAsOf<'_>) -> Option<MotregningAvKreditkrav<'_>> {
    let motregning = krav.mot_andre().next()?;
    let Motregningskilde::Kreditkrav(kilde) = motregning.kilde else {
        return None;
    };
    let (_, forfall) = krav.look_up(kilde);
    let brukt = KreditkravBruktIMotregning {
        kravforfalls_identifikator: &forfall.forfall.kravforfallsidentifikator,
        gjenstaaende_beloep: Kroner(forfall.gjenstaaende()),
        kravbeskrivelse: krav.krav.beskrivelse_hos_andre().map(tekst),
        kravperiode: krav.krav.kravperiode.as_ref().map(kravperiode),
    };
    Some(MotregningAvKreditkrav {
        motregningsidentifikator: &motregning.motregningsidentifikator,
        innkrevingsmyndighet: tekst(&motregning.innkrevingsmyndighet),
        hovedkrav: HovedKrav { innbetaling_brukt: Vec::new(), kreditkrav_brukt: vec![brukt] },
        dekketkrav: dekket(motregning),
        motregnetdato: motregning.motregnetdato.into(),
    })
}

fn dekket(motregning: &r::MotregningMotAndre) -> Vec<DekketKrav<'_>> {
    fn one(dekket: &r::DekketKrav) -> DekketKrav<'_> {
        DekketKrav {
            motregnet_beloep: Kroner(dekket.motregnet_beloep),
            dekket_krav_beskrivelse: tekst(&dekket.beskrivelse),
            innkrevingsmyndighet: dekket.innkrevingsmyndighet.as_deref().map(tekst),
            forfallsdato: dekket.forfallsdato.map(Dag),
            kreditorsnavn: dekket.kreditorsnavn.as_deref().map(tekst),
            forsinkelsesrenter: dekket.forsinkelsesrenter.map(Kroner),
        }
    }
    motregning.dekket_krav.iter().map(one).collect()
}
