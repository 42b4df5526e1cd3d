//! The YAML format of a scenario, as types. Field names are the API's own; docs/scenarios.md
//! explains them and docs/scenario.schema.json is generated from here.
//!
//! Values stay texts here: the next step reads them one by one, so that all that is wrong in a file
//! is told at once, each with its place.

use schemars::JsonSchema;
use serde::Deserialize;

use super::format_trekk::{TrekkEntry, TrekkserieEntry, TrekkversjonEntry};
use super::scalar::{
    Aar, Amount, Betalingsdato, Count, Dato, Delay, Drift, Edition, Fault, Number, PartNumber, Step, Termin, Text,
    YesNo,
};

/// A party of the sandbox: who it is, its ledger, and what the sandbox shall answer other than from it.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields, title = "innkreving-sandbox scenario")]
#[serde(expecting = "the keys of a party (part, navn, …)")]
pub struct PartDocument {
    /// Organisation number (9 digits) or personal number (11 digits) that this file answers for.
    pub part: PartNumber,
    /// The party's name; synthetic, in upper case.
    pub navn: Text,
    /// One line on what this party is good for; `innkreving-sandbox parties` shows it.
    pub beskrivelse: Option<Text>,
    /// The owner of a sole proprietorship. Claims and payments may be listed under this number.
    pub innehaver: Option<PartNumber>,
    /// The edition this party answers in, unless the caller asks for another.
    pub utgave: Option<Edition>,
    /// A shielded person: answers carry `skjermet: true` and nothing else.
    pub skjermet: Option<YesNo>,
    /// The account that the party pays from and is paid to.
    pub kontonummer: Option<Number>,
    /// Claims, one by one.
    #[serde(default)]
    pub krav: Vec<KravEntry>,
    /// Many alike claims, described rather than written out.
    #[serde(default)]
    pub kravserier: Vec<KravserieEntry>,
    /// Payments in.
    #[serde(default)]
    pub innbetalinger: Vec<InnbetalingEntry>,
    /// Credits set off against debits.
    #[serde(default)]
    pub motregninger: Vec<MotregningEntry>,
    /// Payments out.
    #[serde(default)]
    pub utbetalinger: Vec<UtbetalingEntry>,
    /// Orders to deduct from pay, this party being the employer: told by events.
    #[serde(default)]
    pub trekkpaalegg: Vec<TrekkEntry>,
    /// Many orders, described rather than written out.
    #[serde(default)]
    pub trekkserier: Vec<TrekkserieEntry>,
    /// Orders to the letter, version by version.
    #[serde(default)]
    pub trekkversjoner: Vec<TrekkversjonEntry>,
    /// This is the employer whose orders are asked for where neither a token nor a modifier says.
    #[serde(rename = "standardTrekkpliktig")]
    pub standard_trekkpliktig: Option<YesNo>,
    /// Literal answers, in place of what the ledger would give.
    #[serde(default)]
    pub svar: Vec<SvarEntry>,
    /// Faults that this party's calls meet.
    #[serde(default)]
    pub feil: Vec<FeilEntry>,
}

/// A claim. Give either `opprinneligBeloep` (one instalment; four for advance tax) or `forfall`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the keys of a claim, like { kravidentifikator: KRAV-1, kravtype: Mva-melding, … }")]
pub struct KravEntry {
    /// Unique within the party.
    pub kravidentifikator: Text,
    /// A kind the sandbox knows, or any text together with `kravgruppe`.
    pub kravtype: Text,
    /// Whose claim, where not the party's: the owner's number.
    pub part: Option<PartNumber>,
    /// The group, by its display text; derived from a known `kravtype`.
    pub kravgruppe: Option<Text>,
    /// The text a person sees; derived from `kravtype` and period. Empty leaves it out.
    pub kravbeskrivelse: Option<Text>,
    /// The period the claim is for.
    pub kravperiode: Option<PeriodeEntry>,
    /// The day it comes into being; 21 days before it falls due, unless said.
    pub opprettelsesdato_for_krav: Option<Dato>,
    /// On interest: the claim it runs on.
    pub hovedstol_kravidentifikator: Option<Text>,
    /// `egenfastsatt`, `myndighetsfastsatt` or `blank`; derived in the VAT ledger. Empty leaves it out.
    pub fastsettingsmaate: Option<Text>,
    /// The amount in kroner, where `forfall` is left out. Negative for a credit.
    pub opprinnelig_beloep: Option<Amount>,
    /// Due date, where `forfall` is left out; derived from the term where the kind follows one.
    pub forfallsdato: Option<Dato>,
    /// The instalments.
    pub forfall: Option<Vec<ForfallEntry>>,
}

/// An instalment of a claim.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the keys of an instalment, like { forfallsdato: i dag, opprinneligBeloep: 100 }")]
pub struct ForfallEntry {
    /// Unique within the party; derived from the claim's.
    pub kravforfalls_identifikator: Option<Text>,
    /// Due date.
    pub forfallsdato: Option<Dato>,
    /// The amount in kroner. Negative for a credit.
    pub opprinnelig_beloep: Amount,
    /// A shorthand for `betalingsinformasjon.kidnummer`.
    pub kidnummer: Option<Number>,
    /// How to pay; derived from the ledger system. `{}` leaves it empty.
    pub betalingsinformasjon: Option<BetalingsinformasjonEntry>,
    /// Enforcement is deferred, from a day on or until another.
    pub utsatt_iverksettelse: Option<UtsattEntry>,
}

/// When enforcement is deferred.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "{ fraOgMed: …, tilOgMed: … }")]
pub struct UtsattEntry {
    /// First day.
    pub fra_og_med: Dato,
    /// Last day; open-ended where left out.
    pub til_og_med: Option<Dato>,
}

/// How to pay an instalment.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "{ kidnummer: …, konto: { … } }")]
pub struct BetalingsinformasjonEntry {
    /// 2–25 digits.
    pub kidnummer: Option<Number>,
    /// The collector's account.
    pub konto: Option<KontoEntry>,
}

/// A bank account.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the keys of an account, like { kontonummer: … }")]
pub struct KontoEntry {
    /// Name and address of the bank.
    pub bankinformasjon: Option<Text>,
    /// Whose account.
    pub kontoeiers_navn: Option<Text>,
    /// Eleven digits.
    pub kontonummer: Option<Number>,
    /// `NO` and 13 digits; spaces are kept.
    pub iban: Option<Text>,
    /// The bank's BIC.
    #[serde(rename = "swiftBIC")]
    pub swift_bic: Option<Text>,
}

/// The period a claim is for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the keys of a period, like { termin: siste } or { aar: 2026 }")]
pub struct PeriodeEntry {
    /// A year, or `i år`, `i år - 1`.
    pub aar: Option<Aar>,
    /// A term of the year, or `siste` (the newest one overdue on the base date), `siste - 2`, `siste + 1`.
    pub termin: Option<Termin>,
    /// What a person calls the period; derived.
    pub beskrivelse: Option<Text>,
    /// First day, where no term says it.
    pub fra_dato: Option<Dato>,
    /// Last day, where no term says it.
    pub til_dato: Option<Dato>,
}

/// Many claims alike, each one step later than the one before.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the keys of a series (antall, kravidentifikator, …)")]
pub struct KravserieEntry {
    /// How many, 1 to 100 000.
    pub antall: Count,
    /// The first one's identifier; digits at its end are counted up.
    pub kravidentifikator: Text,
    /// As of a single claim.
    pub kravtype: Text,
    /// As of a single claim.
    pub kravgruppe: Option<Text>,
    /// Due date of the first.
    pub foerste_forfallsdato: Dato,
    /// Step to the next due date, for example `1d`, `1w`, `1m`.
    pub steg: Step,
    /// The least amount, in kroner.
    pub beloep_fra: Amount,
    /// The largest amount, in kroner; amounts are drawn evenly, by the seed.
    pub beloep_til: Amount,
    /// The seed that amounts are drawn by.
    pub froe: Option<Count>,
    /// Every so many-th claim is paid in full on its due date; none where left out.
    pub betalt_hver: Option<Count>,
}

/// A payment in; what is not placed is unallocated.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the keys of a payment (innbetalingsidentifikator, innbetalingsdato, …)")]
pub struct InnbetalingEntry {
    /// Unique within the party.
    pub innbetalingsidentifikator: Text,
    /// Whose payment, where not the party's: the owner's number.
    pub part: Option<PartNumber>,
    /// The day it was made; it may be told from the due date of what it pays (`forfall - 2d`).
    pub innbetalingsdato: Betalingsdato,
    /// Kroner; the sum of what is placed, unless said.
    pub innbetalt_beloep: Option<Amount>,
    /// Derived from the ledger system. Empty leaves nothing but the empty text.
    pub innbetalingstype: Option<Text>,
    /// The collector's account it went to; derived.
    pub mottakers_kontonummer: Option<Number>,
    /// Who paid; derived from the party.
    pub innbetalt_fra: Option<MotpartEntry>,
    /// What it was used for.
    #[serde(default)]
    pub plassert: Vec<PlasseringEntry>,
}

/// The other end of a payment.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "{ kidnummer: …, konto: { … } }")]
pub struct MotpartEntry {
    /// The KID that was given.
    pub kidnummer: Option<Number>,
    /// The message that went with it.
    pub melding_sendt_til_mottaker: Option<Text>,
    /// The other end's account; shown masked in the 2024 edition.
    pub konto: Option<KontoEntry>,
    /// For example NOK.
    pub valutakode: Option<Text>,
}

/// A part of a payment, placed on an instalment.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the keys of a placement, like { krav: KRAV-1, beloep: 100 }")]
pub struct PlasseringEntry {
    /// The claim's `kravidentifikator`.
    pub krav: Text,
    /// The number of its instalment, counted from 1; the only one where left out.
    pub forfall: Option<Count>,
    /// Kroner, positive; the whole instalment, unless said.
    pub beloep: Option<Amount>,
    /// The day from which it counts: the payment's or the claim's own, whichever is later, unless said.
    pub dato: Option<Dato>,
}

/// A credit set off against a debit.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the keys of a set-off, like { kreditkrav: FORF-1, krav: KRAV-1 }")]
pub struct MotregningEntry {
    /// The credit claim's `kravidentifikator`.
    pub kreditkrav: Text,
    /// The number of its instalment.
    pub kreditforfall: Option<Count>,
    /// The debit claim's `kravidentifikator`.
    pub krav: Text,
    /// The number of its instalment.
    pub forfall: Option<Count>,
    /// Kroner, positive; the smaller of the two instalments, unless said.
    pub beloep: Option<Amount>,
    /// The day from which it counts; when the later of the two claims comes into being, unless said.
    pub dato: Option<Dato>,
}

/// A payment out of credit claims.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the keys of a payout (utbetalingsidentifikator, utbetaltdato, kreditkrav)")]
pub struct UtbetalingEntry {
    /// Unique within the party.
    pub utbetalingsidentifikator: Text,
    /// Whose payment, where not the party's: the owner's number.
    pub part: Option<PartNumber>,
    /// A sentence about it (2023 edition).
    pub utbetalingsbeskrivelse: Option<Text>,
    /// The day it was made.
    pub utbetaltdato: Dato,
    /// Kroner; the sum of its parts, unless said.
    pub utbetalt_beloep: Option<Amount>,
    /// Who got it; derived from the party.
    pub betalt_til: Option<MotpartEntry>,
    /// `bekreftet`, unless said.
    pub utbetalingstatus: Option<Text>,
    /// The credit claims it pays out.
    pub kreditkrav: Vec<PlasseringEntry>,
}

/// A literal answer.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the keys of a literal answer, like { paa: kravogbetalinger/krav, fil: svar.json }")]
pub struct SvarEntry {
    /// Service and endpoint, for example `kravogbetalinger/aapnekrav`.
    pub paa: Text,
    /// Only in this edition; in every one where left out.
    pub utgave: Option<Edition>,
    /// Only under this access package; under every one where left out.
    pub pakke: Option<Text>,
    /// Only for this period; for every one where left out.
    pub periode: Option<SvarperiodeEntry>,
    /// A JSON file beside this one.
    pub fil: Text,
    /// Why it is literal, and why it may contradict the ledger.
    pub begrunnelse: Option<Text>,
}

/// The period that a literal answer is for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "{ fraOgMed: …, tilOgMed: … }")]
pub struct SvarperiodeEntry {
    /// As the caller writes it.
    pub fra_og_med: Dato,
    /// As the caller writes it.
    pub til_og_med: Dato,
}

/// A fault that this party's calls meet: a code, a delay, a fault on the wire, drift, or several of them.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the keys of a fault, like { paa: kravogbetalinger/krav, kode: KB-002 }")]
pub struct FeilEntry {
    /// Service and endpoint (`kravogbetalinger/krav`), or a service alone for all its endpoints.
    pub paa: Text,
    /// A published code of that service, or a DAS code.
    pub kode: Option<Text>,
    /// How long the answer takes: `1500ms`, `200ms..3s`, `lognormal(300ms,0.8)`.
    pub delay: Option<Delay>,
    /// A fault on the wire: `reset`, `hang`, `truncate`, `429(30s)` and others of docs/faults.md.
    pub fault: Option<Fault>,
    /// How the answer is changed: `fields`, `order`, `optional`, joined by `+`.
    pub drift: Option<Drift>,
    /// How many calls meet it before things go back to normal; all of them where left out.
    pub ganger: Option<Count>,
}
