//! The YAML format of a scenario, as types. Field names are the API's own; docs/scenarios.md
//! explains them and docs/scenario.schema.json is generated from here.
//!
//! Values stay texts here: the next step reads them one by one, so that all that is wrong in a file
//! is told at once, each with its place.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Deserialize;
use serde_json::Value;

use super::scalar::{
    Aar, Amount, Betalingsdato, Count, Dato, Delay, Drift, Edition, Fault, Number, PartNumber, Step, Termin, Text,
    YesNo,
};
use super::section::Section;
use crate::catalogue::Catalogue;

/// The scenario format: what all parties have, and the sections of the services.
pub(crate) struct ScenarioFormat {
    pub(crate) catalogue: Catalogue,
    pub(crate) sections: Vec<&'static dyn Section>,
    keys: OnceLock<BTreeSet<String>>,
}

impl ScenarioFormat {
    pub(crate) fn new(catalogue: Catalogue, sections: Vec<&'static dyn Section>) -> Self {
        Self { catalogue, sections, keys: OnceLock::new() }
    }

    /// The JSON Schema of one scenario file.
    pub(crate) fn schema(&self) -> Value {
        let mut generator = SchemaSettings::draft2020_12().for_deserialize().into_generator();
        let sections: Vec<_> = self.sections.iter().map(|section| section.schema(&mut generator)).collect();
        let mut schema = generator.into_root_schema_for::<PartDocument>().to_value();
        for section in sections {
            let Some(own) = section.get("properties").and_then(Value::as_object) else {
                continue;
            };
            if let Some(properties) = schema["properties"].as_object_mut() {
                // Before the literal answers, which stand last.
                let at = properties.keys().position(|name| name == "svar").unwrap_or(properties.len());
                for (offset, (name, property)) in own.iter().enumerate() {
                    properties.shift_insert(at + offset, name.clone(), property.clone());
                }
            }
        }
        schema
    }

    /// Every key that the format has anywhere, for "did you mean".
    pub(crate) fn keys(&self) -> &BTreeSet<String> {
        fn collect(schema: &Value, keys: &mut BTreeSet<String>) {
            if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
                keys.extend(properties.keys().cloned());
            }
            if let Some(definitions) = schema.get("$defs").and_then(Value::as_object) {
                definitions.values().for_each(|definition| collect(definition, keys));
            }
        }
        self.keys.get_or_init(|| {
            let mut keys = BTreeSet::new();
            collect(&self.schema(), &mut keys);
            keys
        })
    }

    /// Whether a path of a file begins with a key of a section.
    pub(crate) fn has_section_key(&self, path: &str) -> bool {
        let first = path.split(['.', '[']).next().unwrap_or_default();
        self.sections.iter().any(|section| section.keys().contains(&first))
    }
}

/// A party of the sandbox: who it is, its ledger, and what the sandbox shall answer other than from it.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields, title = "innkreving-sandbox scenario")]
#[serde(expecting = "the keys of a party (part, navn, …)")]
pub(crate) struct PartDocument {
    /// Organisation number (9 digits) or personal number (11 digits) that this file answers for.
    pub(crate) part: PartNumber,
    /// The party's name; synthetic, in upper case.
    pub(crate) navn: Text,
    /// One line on what this party is good for; `innkreving-sandbox parties` shows it.
    pub(crate) beskrivelse: Option<Text>,
    /// The owner of a sole proprietorship. Claims and payments may be listed under this number.
    pub(crate) innehaver: Option<PartNumber>,
    /// The edition this party answers in, unless the caller asks for another.
    pub(crate) utgave: Option<Edition>,
    /// A shielded person: answers carry `skjermet: true` and nothing else.
    pub(crate) skjermet: Option<YesNo>,
    /// The account that the party pays from and is paid to.
    pub(crate) kontonummer: Option<Number>,
    /// Claims, one by one.
    #[serde(default)]
    pub(crate) krav: Vec<KravEntry>,
    /// Many alike claims, described rather than written out.
    #[serde(default)]
    pub(crate) kravserier: Vec<KravserieEntry>,
    /// Payments in.
    #[serde(default)]
    pub(crate) innbetalinger: Vec<InnbetalingEntry>,
    /// Credits set off against debits.
    #[serde(default)]
    pub(crate) motregninger: Vec<MotregningEntry>,
    /// Payments out.
    #[serde(default)]
    pub(crate) utbetalinger: Vec<UtbetalingEntry>,
    /// Literal answers, in place of what the ledger would give.
    #[serde(default)]
    pub(crate) svar: Vec<SvarEntry>,
    /// Faults that this party's calls meet.
    #[serde(default)]
    pub(crate) feil: Vec<FeilEntry>,
}

/// A claim. Give either `opprinneligBeloep` (one instalment; four for advance tax) or `forfall`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the keys of a claim, like { kravidentifikator: KRAV-1, kravtype: Mva-melding, … }")]
pub(crate) struct KravEntry {
    /// Unique within the party.
    pub(crate) kravidentifikator: Text,
    /// A kind the sandbox knows, or any text together with `kravgruppe`.
    pub(crate) kravtype: Text,
    /// Whose claim, where not the party's: the owner's number.
    pub(crate) part: Option<PartNumber>,
    /// The group, by its display text; derived from a known `kravtype`.
    pub(crate) kravgruppe: Option<Text>,
    /// The text a person sees; derived from `kravtype` and period. Empty leaves it out.
    pub(crate) kravbeskrivelse: Option<Text>,
    /// The period the claim is for.
    pub(crate) kravperiode: Option<PeriodeEntry>,
    /// The day it comes into being; 21 days before it falls due, unless said.
    pub(crate) opprettelsesdato_for_krav: Option<Dato>,
    /// On interest: the claim it runs on.
    pub(crate) hovedstol_kravidentifikator: Option<Text>,
    /// `egenfastsatt`, `myndighetsfastsatt` or `blank`; derived in the VAT ledger. Empty leaves it out.
    pub(crate) fastsettingsmaate: Option<Text>,
    /// The amount in kroner, where `forfall` is left out. Negative for a credit.
    pub(crate) opprinnelig_beloep: Option<Amount>,
    /// Due date, where `forfall` is left out; derived from the term where the kind follows one.
    pub(crate) forfallsdato: Option<Dato>,
    /// The instalments.
    pub(crate) forfall: Option<Vec<ForfallEntry>>,
}

/// An instalment of a claim.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the keys of an instalment, like { forfallsdato: i dag, opprinneligBeloep: 100 }")]
pub(crate) struct ForfallEntry {
    /// Unique within the party; derived from the claim's.
    pub(crate) kravforfalls_identifikator: Option<Text>,
    /// Due date.
    pub(crate) forfallsdato: Option<Dato>,
    /// The amount in kroner. Negative for a credit.
    pub(crate) opprinnelig_beloep: Amount,
    /// A shorthand for `betalingsinformasjon.kidnummer`.
    pub(crate) kidnummer: Option<Number>,
    /// How to pay; derived from the ledger system. `{}` leaves it empty.
    pub(crate) betalingsinformasjon: Option<BetalingsinformasjonEntry>,
    /// Enforcement is deferred, from a day on or until another.
    pub(crate) utsatt_iverksettelse: Option<UtsattEntry>,
}

/// When enforcement is deferred.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "{ fraOgMed: …, tilOgMed: … }")]
pub(crate) struct UtsattEntry {
    /// First day.
    pub(crate) fra_og_med: Dato,
    /// Last day; open-ended where left out.
    pub(crate) til_og_med: Option<Dato>,
}

/// How to pay an instalment.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "{ kidnummer: …, konto: { … } }")]
pub(crate) struct BetalingsinformasjonEntry {
    /// 2–25 digits.
    pub(crate) kidnummer: Option<Number>,
    /// The collector's account.
    pub(crate) konto: Option<KontoEntry>,
}

/// A bank account.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the keys of an account, like { kontonummer: … }")]
pub(crate) struct KontoEntry {
    /// Name and address of the bank.
    pub(crate) bankinformasjon: Option<Text>,
    /// Whose account.
    pub(crate) kontoeiers_navn: Option<Text>,
    /// Eleven digits.
    pub(crate) kontonummer: Option<Number>,
    /// `NO` and 13 digits; spaces are kept.
    pub(crate) iban: Option<Text>,
    /// The bank's BIC.
    #[serde(rename = "swiftBIC")]
    pub(crate) swift_bic: Option<Text>,
}

/// The period a claim is for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the keys of a period, like { termin: siste } or { aar: 2026 }")]
pub(crate) struct PeriodeEntry {
    /// A year, or `i år`, `i år - 1`.
    pub(crate) aar: Option<Aar>,
    /// A term of the year, or `siste` (the newest one overdue on the base date), `siste - 2`, `siste + 1`.
    pub(crate) termin: Option<Termin>,
    /// What a person calls the period; derived.
    pub(crate) beskrivelse: Option<Text>,
    /// First day, where no term says it.
    pub(crate) fra_dato: Option<Dato>,
    /// Last day, where no term says it.
    pub(crate) til_dato: Option<Dato>,
}

/// Many claims alike, each one step later than the one before.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the keys of a series (antall, kravidentifikator, …)")]
pub(crate) struct KravserieEntry {
    /// How many, 1 to 100 000.
    pub(crate) antall: Count,
    /// The first one's identifier; digits at its end are counted up.
    pub(crate) kravidentifikator: Text,
    /// As of a single claim.
    pub(crate) kravtype: Text,
    /// As of a single claim.
    pub(crate) kravgruppe: Option<Text>,
    /// Due date of the first.
    pub(crate) foerste_forfallsdato: Dato,
    /// Step to the next due date, for example `1d`, `1w`, `1m`.
    pub(crate) steg: Step,
    /// The least amount, in kroner.
    pub(crate) beloep_fra: Amount,
    /// The largest amount, in kroner; amounts are drawn evenly, by the seed.
    pub(crate) beloep_til: Amount,
    /// The seed that amounts are drawn by.
    pub(crate) froe: Option<Count>,
    /// Every so many-th claim is paid in full on its due date; none where left out.
    pub(crate) betalt_hver: Option<Count>,
}

/// A payment in; what is not placed is unallocated.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the keys of a payment (innbetalingsidentifikator, innbetalingsdato, …)")]
pub(crate) struct InnbetalingEntry {
    /// Unique within the party.
    pub(crate) innbetalingsidentifikator: Text,
    /// Whose payment, where not the party's: the owner's number.
    pub(crate) part: Option<PartNumber>,
    /// The day it was made; it may be told from the due date of what it pays (`forfall - 2d`).
    pub(crate) innbetalingsdato: Betalingsdato,
    /// Kroner; the sum of what is placed, unless said.
    pub(crate) innbetalt_beloep: Option<Amount>,
    /// Derived from the ledger system. Empty leaves nothing but the empty text.
    pub(crate) innbetalingstype: Option<Text>,
    /// The collector's account it went to; derived.
    pub(crate) mottakers_kontonummer: Option<Number>,
    /// Who paid; derived from the party.
    pub(crate) innbetalt_fra: Option<MotpartEntry>,
    /// What it was used for.
    #[serde(default)]
    pub(crate) plassert: Vec<PlasseringEntry>,
}

/// The other end of a payment.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "{ kidnummer: …, konto: { … } }")]
pub(crate) struct MotpartEntry {
    /// The KID that was given.
    pub(crate) kidnummer: Option<Number>,
    /// The message that went with it.
    pub(crate) melding_sendt_til_mottaker: Option<Text>,
    /// The other end's account; shown masked in the 2024 edition.
    pub(crate) konto: Option<KontoEntry>,
    /// For example NOK.
    pub(crate) valutakode: Option<Text>,
}

/// A part of a payment, placed on an instalment.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the keys of a placement, like { krav: KRAV-1, beloep: 100 }")]
pub(crate) struct PlasseringEntry {
    /// The claim's `kravidentifikator`.
    pub(crate) krav: Text,
    /// The number of its instalment, counted from 1; the only one where left out.
    pub(crate) forfall: Option<Count>,
    /// Kroner, positive; the whole instalment, unless said.
    pub(crate) beloep: Option<Amount>,
    /// The day from which it counts: the payment's or the claim's own, whichever is later, unless said.
    pub(crate) dato: Option<Dato>,
}

/// A credit set off against a debit.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the keys of a set-off, like { kreditkrav: FORF-1, krav: KRAV-1 }")]
pub(crate) struct MotregningEntry {
    /// The credit claim's `kravidentifikator`.
    pub(crate) kreditkrav: Text,
    /// The number of its instalment.
    pub(crate) kreditforfall: Option<Count>,
    /// The debit claim's `kravidentifikator`.
    pub(crate) krav: Text,
    /// The number of its instalment.
    pub(crate) forfall: Option<Count>,
    /// Kroner, positive; the smaller of the two instalments, unless said.
    pub(crate) beloep: Option<Amount>,
    /// The day from which it counts; when the later of the two claims comes into being, unless said.
    pub(crate) dato: Option<Dato>,
}

/// A payment out of credit claims.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the keys of a payout (utbetalingsidentifikator, utbetaltdato, kreditkrav)")]
pub(crate) struct UtbetalingEntry {
    /// Unique within the party.
    pub(crate) utbetalingsidentifikator: Text,
    /// Whose payment, where not the party's: the owner's number.
    pub(crate) part: Option<PartNumber>,
    /// A sentence about it (2023 edition).
    pub(crate) utbetalingsbeskrivelse: Option<Text>,
    /// The day it was made.
    pub(crate) utbetaltdato: Dato,
    /// Kroner; the sum of its parts, unless said.
    pub(crate) utbetalt_beloep: Option<Amount>,
    /// Who got it; derived from the party.
    pub(crate) betalt_til: Option<MotpartEntry>,
    /// `bekreftet`, unless said.
    pub(crate) utbetalingstatus: Option<Text>,
    /// The credit claims it pays out.
    pub(crate) kreditkrav: Vec<PlasseringEntry>,
}

/// A literal answer.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the keys of a literal answer, like { paa: kravogbetalinger/krav, fil: svar.json }")]
pub(crate) struct SvarEntry {
    /// Service and endpoint, for example `kravogbetalinger/aapnekrav`.
    pub(crate) paa: Text,
    /// Only in this edition; in every one where left out.
    pub(crate) utgave: Option<Edition>,
    /// Only under this access package; under every one where left out.
    pub(crate) pakke: Option<Text>,
    /// Only for this period; for every one where left out.
    pub(crate) periode: Option<SvarperiodeEntry>,
    /// A JSON file beside this one.
    pub(crate) fil: Text,
    /// Why it is literal, and why it may contradict the ledger.
    pub(crate) begrunnelse: Option<Text>,
}

/// The period that a literal answer is for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "{ fraOgMed: …, tilOgMed: … }")]
pub(crate) struct SvarperiodeEntry {
    /// As the caller writes it.
    pub(crate) fra_og_med: Dato,
    /// As the caller writes it.
    pub(crate) til_og_med: Dato,
}

/// A fault that this party's calls meet: a code, a delay, a fault on the wire, drift, or several of them.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the keys of a fault, like { paa: kravogbetalinger/krav, kode: KB-002 }")]
pub(crate) struct FeilEntry {
    /// Service and endpoint (`kravogbetalinger/krav`), or a service alone for all its endpoints.
    pub(crate) paa: Text,
    /// A published code of that service, or a DAS code.
    pub(crate) kode: Option<Text>,
    /// How long the answer takes: `1500ms`, `200ms..3s`, `lognormal(300ms,0.8)`.
    pub(crate) delay: Option<Delay>,
    /// A fault on the wire: `reset`, `hang`, `truncate`, `429(30s)` and others of docs/faults.md.
    pub(crate) fault: Option<Fault>,
    /// How the answer is changed: `fields`, `order`, `optional`, joined by `+`.
    pub(crate) drift: Option<Drift>,
    /// How many calls meet it before things go back to normal; all of them where left out.
    pub(crate) ganger: Option<Count>,
}
