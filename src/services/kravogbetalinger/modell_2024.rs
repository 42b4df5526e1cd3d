//! The types of the answers in the 2024 edition. Imitates docs/fidelity.md, "Edition 2024".

use schemars::JsonSchema;
use serde::Serialize;

use super::felles::{OversiktPerKravgruppe, TotalOversikt};
use super::mot_andre::{
    InnbetalingPlassertMotUtbetaling, MotregningAvInnbetaling, MotregningAvKreditkrav, Mottaker,
    UtbetalingPlassertMotInnbetaling,
};
use crate::interface::periode::Periode;
use crate::services::render::{Dag, WithDecimal as Kroner};
use crate::services::reskontro::{Betalingsinformasjon, Konto};
use crate::services::skjermet::or_shielded;

/// Open claims and unallocated payments of a party, with sums.
#[derive(Serialize, JsonSchema)]
#[schemars(transform = or_shielded)]
#[serde(rename_all = "camelCase")]
pub(super) struct AapneKrav<'a> {
    /// The party that was asked about.
    pub(super) part_identifikator: String,
    /// Whether the party is shielded. Then no claim and no payment is shown.
    pub(super) skjermet: bool,
    /// The claims of which something remains, credits included.
    pub(super) aapent_krav_med_gjenstaaende_beloep: Vec<Krav<'a>>,
    /// The payments of which something is placed on no claim.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) innbetaling_med_uplassert_beloep: Vec<Innbetaling<'a>>,
    /// Sums over all claims.
    pub(super) total_oversikt: TotalOversikt<Kroner>,
    /// Sums for each group of claims that the party has.
    pub(super) oversikt_per_kravgruppe: Vec<OversiktPerKravgruppe<Kroner>>,
}

/// The claims of a party in a period.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AlleKrav", transform = or_shielded)]
#[serde(rename_all = "camelCase")]
pub(super) struct KravIPeriode<'a> {
    /// The party that was asked about.
    pub(super) part_identifikator: String,
    /// The period that was asked for, both days included.
    pub(super) periode: Periode,
    /// Whether the party is shielded. Then no claim and no payment is shown.
    pub(super) skjermet: bool,
    /// The claims with an instalment that is due in the period, whole.
    pub(super) krav: Vec<Krav<'a>>,
}

/// The payments in, of a party in a period.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Innbetalinger", transform = or_shielded)]
#[serde(rename_all = "camelCase")]
pub(super) struct InnbetalingerIPeriode<'a> {
    /// The party that was asked about.
    pub(super) part_identifikator: String,
    /// The period that was asked for, both days included.
    pub(super) periode: Periode,
    /// Whether the party is shielded. Then no claim and no payment is shown.
    pub(super) skjermet: bool,
    /// The payments that came in the period.
    pub(super) innbetaling: Vec<Innbetaling<'a>>,
}

/// The payments out, of a party in a period.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Utbetalinger", transform = or_shielded)]
#[serde(rename_all = "camelCase")]
pub(super) struct UtbetalingerIPeriode<'a> {
    /// The party that was asked about.
    pub(super) part_identifikator: String,
    /// The period that was asked for, both days included.
    pub(super) periode: Periode,
    /// Whether the party is shielded. Then no claim and no payment is shown.
    pub(super) skjermet: bool,
    /// The payouts of the period.
    pub(super) utbetaling: Vec<Utbetaling<'a>>,
}

/// A claim. A negative one is a credit: the party's money.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Krav<'a> {
    /// Whose it is: the party that was asked about, or the owner of a sole proprietorship. An organisation
    /// number (9 digits) or a personal number (11 digits).
    pub(super) part_identifikator: String,
    /// The id of the claim.
    pub(super) kravidentifikator: &'a str,
    /// The type of the claim: a text like `Mva-melding`, or a code like `RESTSKATT`. New ones come without
    /// notice.
    pub(super) kravtype: &'a str,
    /// What the claim was at first, in kroner. Negative where the party has it to its credit.
    pub(super) opprinnelig_beloep: Kroner,
    /// What is covered by no payment and no set-off, in kroner. Negative where the party has it to its credit.
    pub(super) gjenstaaende_beloep: Kroner,
    /// The instalments of the claim, at least one.
    pub(super) kravforfall: Vec<Kravforfall<'a>>,
    /// Interest on what is overdue, estimated to the day of the answer, in kroner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) stipulerte_renter: Option<Kroner>,
    /// What the claim is, in Norwegian.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) kravbeskrivelse: Option<Spraaktekster<'a>>,
    /// The period that the claim is for: a term, or an income year.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) kravperiode: Option<Kravperiode<'a>>,
    /// The day on which the claim was made.
    pub(super) opprettelsesdato_for_krav: Dag,
    /// The group that the type belongs to: `Skatt`, `Merverdiavgift`.
    pub(super) kravgruppe: &'static str,
    /// Of an interest claim: the claim that the interest is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) hovedstol_kravidentifikator: Option<&'a str>,
    /// Who assessed the claim: `egenfastsatt` (the party), `myndighetsfastsatt` (the authority) or `blank`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) fastsettingsmaate: Option<&'static str>,
    /// Of a credit claim: the set-off in which it covers claims of other creditors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) motregning_av_kreditkrav: Option<MotregningAvKreditkrav<'a>>,
}

/// A text in the languages that there are.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "MultiSpraakTekst")]
#[serde(rename_all = "camelCase")]
pub(super) struct Spraaktekster<'a> {
    /// The text in each language.
    pub(super) spraak_tekst: [SpraakTekst<'a>; 1],
}

/// A text in a language.
#[derive(Serialize, JsonSchema)]
pub(super) struct SpraakTekst<'a> {
    /// The text.
    pub(super) tekst: &'a str,
    /// The language: `nb`.
    pub(super) spraak: &'static str,
}

/// The period that a claim is for. An income year has the year only; a term of VAT has its days, too.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Kravperiode<'a> {
    /// The period as a text: `september - oktober`, `Termin`, `Inntektstår`.
    pub(super) periode_beskrivelse: Spraaktekster<'a>,
    /// The year, as a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) aar: Option<String>,
    /// First day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) fra_dato: Option<Dag>,
    /// Last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) til_dato: Option<Dag>,
    /// The number of the term in the year: `05`, or `5`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) termin_teknisk_navn: Option<&'a str>,
}

/// An instalment of a claim.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Kravforfall<'a> {
    /// The id of the instalment.
    pub(super) kravforfalls_identifikator: &'a str,
    /// The last day to pay. An instalment due today is not overdue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) forfallsdato: Option<Dag>,
    /// What the instalment was at first, in kroner. Negative on a credit.
    pub(super) opprinnelig_beloep: Kroner,
    /// What remains of the instalment, in kroner. Negative on a credit.
    pub(super) gjenstaaende_beloep: Kroner,
    /// How to pay it; an empty object where there is nothing to pay.
    pub(super) betalingsinformasjon: Betalingsinformasjon<'a>,
    /// Payments that cover the instalment, or a part of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) plassert_innbetaling: Vec<PlassertInnbetaling<'a>>,
    /// Claims that are set off against the instalment.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) plassert_motkrav: Vec<PlassertMotkrav<'a>>,
    /// Payouts of the instalment, where it is a credit.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) plassert_utbetaling: Vec<PlassertUtbetaling<'a>>,
}

/// A payment that is placed on an instalment.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PlassertInnbetaling<'a> {
    /// The id of the payment.
    pub(super) innbetalings_identifikator: &'a str,
    /// What changes on the instalment, in kroner: negative where a debit goes down, positive where a credit
    /// does.
    pub(super) plassert_beloep: Kroner,
    /// The day from which it counts.
    pub(super) plassert_dato: Dag,
    /// The day on which the money came.
    pub(super) innbetalingsdato: Dag,
    /// The whole payment, in kroner. Positive.
    pub(super) innbetalt_beloep: Kroner,
    /// Who paid, from which account.
    pub(super) innbetalt_fra: Motpart<'a>,
    /// How the money came, as a text.
    pub(super) innbetalingstype: &'a str,
}

/// Another claim that is set off against an instalment.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PlassertMotkrav<'a> {
    /// The instalment of the other claim.
    pub(super) kravforfalls_identifikator: &'a str,
    /// What changes on the instalment, in kroner: negative where a debit goes down, positive where a credit
    /// does.
    pub(super) plassert_beloep: Kroner,
    /// The type of the other claim.
    pub(super) kravtype: &'a str,
    /// The day from which it counts.
    pub(super) plassert_dato: Dag,
    /// What the other claim is, in Norwegian.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) kravbeskrivelse: Option<Spraaktekster<'a>>,
    /// The due date of the other claim.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) forfallsdato: Option<Dag>,
    /// The period of the other claim.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) kravperiode: Option<Kravperiode<'a>>,
}

/// A payout of a credit.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PlassertUtbetaling<'a> {
    /// The id of the payout.
    pub(super) utbetalingsidentifikator: &'a str,
    /// The whole payout, in kroner. Positive.
    pub(super) utbetalt_beloep: Kroner,
    /// The day on which the money went out.
    pub(super) utbetalt_dato: Dag,
    /// Who got the money, on which account.
    pub(super) betalt_til: Motpart<'a>,
    /// What changes on the instalment, in kroner: negative where a debit goes down, positive where a credit
    /// does.
    pub(super) plassert_beloep: Kroner,
    /// The day from which it counts.
    pub(super) plassert_dato: Dag,
}

/// The other end of a payment. The account number is masked: six asterisks and the last five digits.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Motpart<'a> {
    /// The KID, 2 to 25 digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) kidnummer: Option<&'a str>,
    /// What the payer wrote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) melding_sendt_til_mottaker: Option<&'a str>,
    /// The account; an empty object where nothing is known of it.
    pub(super) konto: Konto<'a>,
    /// Of a payout by cheque: whom the cheque was sent to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sjekk_sendt_til: Option<Mottaker<'a>>,
    /// The currency: `NOK`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) valutakode: Option<&'a str>,
}

/// A payment that came in.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Innbetaling<'a> {
    /// Whose it is: the party that was asked about, or the owner of a sole proprietorship. An organisation
    /// number (9 digits) or a personal number (11 digits).
    pub(super) part_identifikator: String,
    /// The id of the payment.
    pub(super) innbetalingsidentifikator: &'a str,
    /// The day on which the money came.
    pub(super) innbetalingsdato: Dag,
    /// The whole payment, in kroner. Positive.
    pub(super) innbetalt_beloep: Kroner,
    /// What the payment covers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) plassert_krav: Vec<PlassertKrav<'a>>,
    /// What of the payment is placed on no claim, in kroner. Zero or positive.
    pub(super) uplassert_beloep: Kroner,
    /// The account that the money came to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) mottakers_kontonummer: Option<MottakersKontonummer<'a>>,
    /// Who paid, from which account.
    pub(super) innbetalt_fra: Motpart<'a>,
    /// How the money came, as a text.
    pub(super) innbetalingstype: &'a str,
    /// The payouts that pay a part of it back.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) plassert_utbetaling: Vec<UtbetalingPlassertMotInnbetaling<'a>>,
    /// The set-off in which it covers claims of other creditors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) motregning_av_innbetaling: Option<MotregningAvInnbetaling<'a>>,
}

/// The account that a payment came to.
#[derive(Serialize, JsonSchema)]
pub(super) struct MottakersKontonummer<'a> {
    /// The number, 11 digits.
    pub(super) kontonummer: &'a str,
}

/// What a payment covers.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PlassertKrav<'a> {
    /// The id of the instalment that is covered.
    pub(super) kravforfall_identifikator: &'a str,
    /// How much of the payment, in kroner. Positive.
    pub(super) plassert_beloep: Kroner,
    /// The day from which it counts.
    pub(super) plassert_dato: Dag,
    /// What the claim is, in Norwegian.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) kravbeskrivelse: Option<Spraaktekster<'a>>,
    /// The due date of that instalment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) kravforfallsdato: Option<Dag>,
    /// What the instalment was at first, in kroner.
    pub(super) opprinnelig_kravforfallsbeloep: Kroner,
    /// What remains of the instalment, in kroner.
    pub(super) gjenstaaende_kravforfallsbeloep: Kroner,
}

/// A payment that went out to the party.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Utbetaling<'a> {
    /// Whose it is: the party that was asked about, or the owner of a sole proprietorship. An organisation
    /// number (9 digits) or a personal number (11 digits).
    pub(super) part_identifikator: String,
    /// The id of the payout.
    pub(super) utbetalingsidentifikator: &'a str,
    /// The day on which the money went out.
    pub(super) utbetaltdato: Dag,
    /// The whole payout, in kroner. Positive.
    pub(super) utbetalt_beloep: Kroner,
    /// Who got the money, on which account.
    pub(super) betalt_til: Motpart<'a>,
    /// The credits that are paid out.
    pub(super) grunnlag_for_utbetaling: GrunnlagForUtbetaling<'a>,
    /// How far the payout has come: `bekreftet`.
    pub(super) utbetalingstatus: &'a str,
}

/// What a payout is made of.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct GrunnlagForUtbetaling<'a> {
    /// The credit claims that are paid out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) kredit_krav: Vec<KreditKrav<'a>>,
    /// The payments that are paid back.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) tilbakebetaling_av: Vec<InnbetalingPlassertMotUtbetaling<'a>>,
}

/// A credit that is paid out.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct KreditKrav<'a> {
    /// The id of the instalment of the credit.
    pub(super) kravforfallidentifikator: &'a str,
    /// What the credit was at first, in kroner. Negative.
    pub(super) opprinnelig_beloep: Kroner,
    /// What remains of the credit, in kroner. Zero or negative.
    pub(super) gjenstaaende_beloep: Kroner,
    /// How much of the credit is paid out, in kroner. Positive.
    pub(super) utbetalt_beloep: Kroner,
    /// What the claim is, in Norwegian.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) kravbeskrivelse: Option<Spraaktekster<'a>>,
    /// The type of the claim: a text like `Mva-melding`, or a code like `RESTSKATT`. New ones come without
    /// notice.
    pub(super) kravtype: &'a str,
    /// The period that the claim is for: a term, or an income year.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) kravperiode: Option<Kravperiode<'a>>,
}
