//! The YAML format of a scenario, as types. Field names are the API's own; docs/scenarios.md
//! explains them and docs/scenario.schema.json is generated from here.
//!
//! Values stay texts here. The next step reads them one by one, so that all problems of a file are
//! reported at once, each with its place.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::befolkning::BefolkningEntry;
use super::mot_andre::{MotAndreEntry, MottakerEntry};
use super::scalar::{
    Aar, Amount, Betalingsdato, Count, Dato, Delay, Drift, Edition, EtterForfall, Fault, Gjentakelse, Number,
    PartNumber, Seriebetaling, Skjermet, Step, Termin, Text,
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
        // A file describes a party, or the population.
        schema["if"] = json!({ "required": ["befolkning"] });
        schema["then"] = json!({ "maxProperties": 1 });
        schema["else"] =
            json!({ "required": ["part"], "anyOf": [{ "required": ["navn"] }, { "required": ["profil"] }] });
        for section in sections {
            let Some(own) = section.get("properties").and_then(Value::as_object) else {
                continue;
            };
            if let Some(properties) = schema["properties"].as_object_mut() {
                // Before `svar` and `feil`, which come last.
                let at = properties.keys().position(|name| name == "svar").unwrap_or(properties.len());
                for (offset, (name, property)) in own.iter().enumerate() {
                    properties.shift_insert(at + offset, name.clone(), property.clone());
                }
            }
        }
        schema
    }

    /// All keys of the format, at every level, for "did you mean".
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

    /// Whether a path in a file begins with a key of a section.
    pub(crate) fn has_section_key(&self, path: &str) -> bool {
        let first = path.split(['.', '[']).next().unwrap_or_default();
        self.sections.iter().any(|section| section.keys().contains(&first))
    }
}

/// A party of the sandbox: who it is, its ledger, and literal answers and faults that replace the answers from it.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields, title = "innkreving-sandbox scenario")]
#[serde(expecting = "the keys of a party (part, navn, …)")]
pub(crate) struct PartDocument {
    /// Organisation number (9 digits) or personal number (11 digits) that this file answers for.
    #[serde(default)]
    pub(crate) part: PartNumber,
    /// The party's name; synthetic, in upper case. It can be left out beside `profil`.
    #[serde(default)]
    pub(crate) navn: Text,
    /// An archetype of docs/population.md, like `etternoeler`. It describes the claims and payments that the file does not.
    pub(crate) profil: Option<Text>,
    /// One line that describes what this party is good for. `innkreving-sandbox parties` shows it.
    pub(crate) beskrivelse: Option<Text>,
    /// The owner of a sole proprietorship. Claims and payments may be listed under this number.
    pub(crate) innehaver: Option<PartNumber>,
    /// The edition of the answers about this party, unless the caller asks for another one.
    pub(crate) utgave: Option<Edition>,
    /// Whether the party is a shielded person. With `true`, its answers have `skjermet: true` and nothing else; with
    /// `delvis`, they have the sums, too.
    pub(crate) skjermet: Option<Skjermet>,
    /// The account that the party pays from and is paid to.
    pub(crate) kontonummer: Option<Number>,
    /// Claims, one by one.
    #[serde(default)]
    pub(crate) krav: Vec<KravEntry>,
    /// Series of many similar claims, described instead of written out.
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
    /// Credits and unallocated payments that cover claims of other creditors.
    #[serde(default, rename = "motregningerMotAndre")]
    pub(crate) motregninger_mot_andre: Vec<MotAndreEntry>,
    /// Literal answers, which replace the answers from the ledger.
    #[serde(default)]
    pub(crate) svar: Vec<SvarEntry>,
    /// Faults of the calls about this party.
    #[serde(default)]
    pub(crate) feil: Vec<FeilEntry>,
    /// The parties that no scenario describes. A file with this key has no other key.
    pub(crate) befolkning: Option<BefolkningEntry>,
}

/// A claim. Give either `opprinneligBeloep` (one instalment; four for advance tax, two for outstanding tax from 1 000
/// kroner) or `forfall`; neither for interest whose amount follows from its principal.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the keys of a claim, like { kravidentifikator: KRAV-1, kravtype: Mva-melding, … }")]
pub(crate) struct KravEntry {
    /// Unique within the party.
    pub(crate) kravidentifikator: Text,
    /// A kind that the sandbox knows, or any other text together with `kravgruppe`.
    pub(crate) kravtype: Text,
    /// The number of the owner, if the claim is not the party's own.
    pub(crate) part: Option<PartNumber>,
    /// The group, by its display text. If left out, it is derived from a known `kravtype`.
    pub(crate) kravgruppe: Option<Text>,
    /// The text that a person sees. If left out, it is derived from `kravtype` and period. If empty, it is not shown.
    pub(crate) kravbeskrivelse: Option<Text>,
    /// The period the claim is for.
    pub(crate) kravperiode: Option<PeriodeEntry>,
    /// The day on which the claim is created. If left out, 21 days before its first due date.
    pub(crate) opprettelsesdato_for_krav: Option<Dato>,
    /// The claim that the interest runs on, if this is an interest claim. Its amount then follows from the rates, if
    /// it is left out.
    pub(crate) hovedstol_kravidentifikator: Option<Text>,
    /// The days that an interest claim charges interest for. If left out, from the day after the due date of its
    /// principal to the day on which the principal is paid, or the day on which the interest claim is created.
    pub(crate) renteperiode: Option<RenteperiodeEntry>,
    /// `egenfastsatt`, `myndighetsfastsatt` or `blank`. If left out, derived in the VAT ledger. If empty, not shown.
    pub(crate) fastsettingsmaate: Option<Text>,
    /// The amount in kroner, if `forfall` is left out. Negative for a credit.
    pub(crate) opprinnelig_beloep: Option<Amount>,
    /// Due date, if `forfall` is left out. Without it, it is derived from the term or, for advance tax, the year.
    pub(crate) forfallsdato: Option<Dato>,
    /// The instalments.
    pub(crate) forfall: Option<Vec<ForfallEntry>>,
}

/// An instalment of a claim.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the keys of an instalment, like { forfallsdato: i dag, opprinneligBeloep: 100 }")]
pub(crate) struct ForfallEntry {
    /// Unique within the party. If left out, it is derived from the identifier of the claim.
    pub(crate) kravforfalls_identifikator: Option<Text>,
    /// Due date.
    pub(crate) forfallsdato: Option<Dato>,
    /// The amount in kroner. Negative for a credit.
    pub(crate) opprinnelig_beloep: Amount,
    /// A short form of `betalingsinformasjon.kidnummer`.
    pub(crate) kidnummer: Option<Number>,
    /// How to pay. If left out, it is derived from the ledger system. `{}` leaves it empty.
    pub(crate) betalingsinformasjon: Option<BetalingsinformasjonEntry>,
    /// When enforcement is deferred.
    pub(crate) utsatt_iverksettelse: Option<UtsattEntry>,
}

/// When enforcement is deferred.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "{ fraOgMed: …, tilOgMed: … }")]
pub(crate) struct UtsattEntry {
    /// First day.
    pub(crate) fra_og_med: Dato,
    /// Last day. If left out, there is no end.
    pub(crate) til_og_med: Option<Dato>,
}

/// How to pay an instalment.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "{ kidnummer: …, konto: { … } }")]
pub(crate) struct BetalingsinformasjonEntry {
    /// 2–25 digits.
    pub(crate) kidnummer: Option<Number>,
    /// The collector's account.
    pub(crate) konto: Option<KontoEntry>,
}

/// A bank account.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the keys of an account, like { kontonummer: … }")]
pub(crate) struct KontoEntry {
    /// Name and address of the bank.
    pub(crate) bankinformasjon: Option<Text>,
    /// The name of the account's owner.
    pub(crate) kontoeiers_navn: Option<Text>,
    /// Eleven digits.
    pub(crate) kontonummer: Option<Number>,
    /// `NO` and 13 digits. Spaces are kept.
    pub(crate) iban: Option<Text>,
    /// The bank's BIC.
    #[serde(rename = "swiftBIC")]
    pub(crate) swift_bic: Option<Text>,
}

/// The period a claim is for.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the keys of a period, like { termin: siste } or { aar: 2026 }")]
pub(crate) struct PeriodeEntry {
    /// A year, or `i år`, `i år - 1`.
    pub(crate) aar: Option<Aar>,
    /// A term of the year, or `siste` (the newest term that is overdue on the base date), `siste - 2`, `siste + 1`.
    pub(crate) termin: Option<Termin>,
    /// The name of the period for a person. If left out, it is derived.
    pub(crate) beskrivelse: Option<Text>,
    /// First day, if the period is not a term.
    pub(crate) fra_dato: Option<Dato>,
    /// Last day, if the period is not a term.
    pub(crate) til_dato: Option<Dato>,
}

/// The days that an interest claim charges interest for.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "{ fraDato: …, tilDato: … }")]
pub(crate) struct RenteperiodeEntry {
    /// First day, at the earliest the day after the due date of the principal.
    pub(crate) fra_dato: Dato,
    /// Last day.
    pub(crate) til_dato: Dato,
}

/// Many similar claims: one for each term (`gjentas`), or a number of them with steps between their due dates.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the keys of a series (gjentas or antall, kravidentifikator, …)")]
pub(crate) struct KravserieEntry {
    /// `hver termin`: a claim for every statutory term (year, pay day) that falls due from three years before the base
    /// date to two years after it. A term that has a claim of this kind under `krav` is left out.
    pub(crate) gjentas: Option<Gjentakelse>,
    /// The number of claims, 1 to 100 000, if the series does not follow terms.
    pub(crate) antall: Option<Count>,
    /// The identifier that the others are counted from: the digits at its end are counted up. A term always gets the
    /// same identifier.
    pub(crate) kravidentifikator: Text,
    /// The number of the owner, if the claims are not the party's own.
    pub(crate) part: Option<PartNumber>,
    /// The same as in a single claim.
    pub(crate) kravtype: Text,
    /// The same as in a single claim.
    pub(crate) kravgruppe: Option<Text>,
    /// Due date of the first claim, if the series does not follow terms.
    pub(crate) foerste_forfallsdato: Option<Dato>,
    /// Step to the next due date, for example `1d`, `1w`, `1mo`, if the series does not follow terms.
    pub(crate) steg: Option<Step>,
    /// The number of claims with the same due date. If left out, one.
    pub(crate) per_forfall: Option<Count>,
    /// The day on which each claim is created, by its due date: `forfall - 75d`. If left out, 21 days before.
    pub(crate) opprettet: Option<EtterForfall>,
    /// The smallest amount, in kroner.
    pub(crate) beloep_fra: Amount,
    /// The largest amount, in kroner. Amounts are random between the two, by the seed.
    pub(crate) beloep_til: Amount,
    /// The seed of the random amounts.
    pub(crate) froe: Option<Count>,
    /// How the amounts follow the year, in per cent: each number is for an equal part of it. `[80, 100, 120, 100]` is for
    /// quarters. If left out, the year is even.
    #[serde(default)]
    #[schemars(length(max = 12))]
    pub(crate) sesong: Vec<Count>,
    /// Only terms that end on this day or later, if the series follows terms.
    pub(crate) fra: Option<Dato>,
    /// Only terms that begin on this day or earlier, if the series follows terms.
    pub(crate) til: Option<Dato>,
    /// The day on which each claim is paid in full, by its due date (`forfall`, `forfall - 2d`), or `opprettet`. If left
    /// out, the due date where `betaltHver` is given, and otherwise none is paid.
    pub(crate) betalt: Option<Seriebetaling>,
    /// With 3, every third claim is paid in full. If left out, every claim where `betalt` is given.
    pub(crate) betalt_hver: Option<Count>,
}

/// A payment in. The part of it that is not placed is unallocated.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the keys of a payment (innbetalingsidentifikator, innbetalingsdato, …)")]
pub(crate) struct InnbetalingEntry {
    /// Unique within the party.
    pub(crate) innbetalingsidentifikator: Text,
    /// The number of the owner, if the payment is not the party's own.
    pub(crate) part: Option<PartNumber>,
    /// The day it was made. It may be relative to the due date of what it pays (`forfall - 2d`).
    pub(crate) innbetalingsdato: Betalingsdato,
    /// Kroner. If left out, the sum of `plassert`.
    pub(crate) innbetalt_beloep: Option<Amount>,
    /// If left out, it is derived from the ledger system. An empty text stays empty.
    pub(crate) innbetalingstype: Option<Text>,
    /// The collector's account that it went to. If left out, it is derived.
    pub(crate) mottakers_kontonummer: Option<Number>,
    /// Who paid. If left out, it is derived from the party.
    pub(crate) innbetalt_fra: Option<MotpartEntry>,
    /// The instalments that it was used for.
    #[serde(default)]
    pub(crate) plassert: Vec<PlasseringEntry>,
}

/// The other end of a payment.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "{ kidnummer: …, konto: { … } }")]
pub(crate) struct MotpartEntry {
    /// The KID that was given.
    pub(crate) kidnummer: Option<Number>,
    /// The message that went with it.
    pub(crate) melding_sendt_til_mottaker: Option<Text>,
    /// The account of the other end. The 2024 edition shows it masked.
    pub(crate) konto: Option<KontoEntry>,
    /// To whom a cheque was sent.
    pub(crate) sjekk_sendt_til: Option<MottakerEntry>,
    /// For example NOK.
    pub(crate) valutakode: Option<Text>,
}

/// A part of a payment, placed on an instalment.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the keys of a placement, like { krav: KRAV-1, beloep: 100 }")]
pub(crate) struct PlasseringEntry {
    /// The claim's `kravidentifikator`.
    pub(crate) krav: Text,
    /// The number of its instalment, counted from 1. It may be left out if there is only one.
    pub(crate) forfall: Option<Count>,
    /// Kroner, positive. If left out, the whole instalment.
    pub(crate) beloep: Option<Amount>,
    /// The first day on which it counts. If left out, the later of the payment's day and the claim's creation.
    pub(crate) dato: Option<Dato>,
}

/// A credit set off against a debit.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
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
    /// Kroner, positive. If left out, the smaller of the two instalments.
    pub(crate) beloep: Option<Amount>,
    /// The first day on which it counts. If left out, the day on which the later of the two claims is created.
    pub(crate) dato: Option<Dato>,
}

/// A payment out of credit claims.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the keys of a payout (utbetalingsidentifikator, utbetaltdato, kreditkrav)")]
pub(crate) struct UtbetalingEntry {
    /// Unique within the party.
    pub(crate) utbetalingsidentifikator: Text,
    /// The number of the owner, if the payment is not the party's own.
    pub(crate) part: Option<PartNumber>,
    /// A sentence about it (2023 edition).
    pub(crate) utbetalingsbeskrivelse: Option<Text>,
    /// The day it was made.
    pub(crate) utbetaltdato: Dato,
    /// Kroner. If left out, the sum of its parts.
    pub(crate) utbetalt_beloep: Option<Amount>,
    /// Who got it. If left out, it is derived from the party.
    pub(crate) betalt_til: Option<MotpartEntry>,
    /// If left out, `bekreftet`.
    pub(crate) utbetalingstatus: Option<Text>,
    /// The day on which it reached its account, if that is later. Before that day its status is `underUtbetaling`.
    pub(crate) bekreftet: Option<Dato>,
    /// The credit claims that it pays out.
    #[serde(default)]
    pub(crate) kreditkrav: Vec<PlasseringEntry>,
    /// The payments that it pays back.
    #[serde(default)]
    pub(crate) tilbakebetaling_av: Vec<TilbakebetalingEntry>,
}

/// A payment that a payout pays back.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "{ innbetaling: …, beloep: … }")]
pub(crate) struct TilbakebetalingEntry {
    /// Its `innbetalingsidentifikator`.
    pub(crate) innbetaling: Text,
    /// Kroner, positive. If left out, all of it that is not placed.
    pub(crate) beloep: Option<Amount>,
}

/// A literal answer.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the keys of a literal answer, like { paa: kravogbetalinger/krav, fil: svar.json }")]
pub(crate) struct SvarEntry {
    /// Service and endpoint, for example `kravogbetalinger/aapnekrav`.
    pub(crate) paa: Text,
    /// Only in this edition. If left out, in every edition.
    pub(crate) utgave: Option<Edition>,
    /// Only under this access package. If left out, under every package.
    pub(crate) pakke: Option<Text>,
    /// Only for this period. If left out, for every period.
    pub(crate) periode: Option<SvarperiodeEntry>,
    /// A JSON file beside this one.
    pub(crate) fil: Text,
    /// The reason why the answer is literal and may contradict the ledger.
    pub(crate) begrunnelse: Option<Text>,
}

/// The period that a literal answer is for.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "{ fraOgMed: …, tilOgMed: … }")]
pub(crate) struct SvarperiodeEntry {
    /// The value of the query parameter in the call.
    pub(crate) fra_og_med: Dato,
    /// The value of the query parameter in the call.
    pub(crate) til_og_med: Dato,
}

/// A fault of the calls about this party: a code, a delay, a fault on the wire, drift, or several of them.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the keys of a fault, like { paa: kravogbetalinger/krav, kode: KB-002 }")]
pub(crate) struct FeilEntry {
    /// Service and endpoint (`kravogbetalinger/krav`), or a service alone for all its endpoints.
    pub(crate) paa: Text,
    /// A published code of that service, or a DAS code.
    pub(crate) kode: Option<Text>,
    /// How long the answer takes: `1500ms`, `200ms..3s`, `lognormal(300ms,0.8)`.
    pub(crate) delay: Option<Delay>,
    /// A fault on the wire: `reset`, `hang`, `truncate`, `429(30s)` or another one of docs/faults.md.
    pub(crate) fault: Option<Fault>,
    /// How the answer is changed: `fields`, `order`, `optional`, joined by `+`.
    pub(crate) drift: Option<Drift>,
    /// The number of calls that get the fault; later calls are answered normally. If left out, all calls get it.
    pub(crate) ganger: Option<Count>,
}
