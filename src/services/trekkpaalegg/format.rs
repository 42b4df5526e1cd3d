//! The part of the YAML format for trekkpålegg: orders given by events, series of orders, literal versions.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::scenario::scalar::{Amount, Count, Dato, Number, PartNumber, Percent, Text, Tidspunkt, YesNo};

/// The keys of trekkpålegg at the top of a scenario file.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(expecting = "the keys of trekkpålegg")]
pub(super) struct TrekkDocument {
    /// Orders to this party, the employer, to deduct from pay. Each is given by its events.
    #[serde(default)]
    pub(super) trekkpaalegg: Vec<TrekkEntry>,
    /// Series of orders. One entry describes many orders.
    #[serde(default)]
    pub(super) trekkserier: Vec<TrekkserieEntry>,
    /// Literal orders, version by version.
    #[serde(default)]
    pub(super) trekkversjoner: Vec<TrekkversjonEntry>,
    /// Whether this party is the employer of a call if neither a token nor a modifier names one.
    #[serde(rename = "standardTrekkpliktig")]
    pub(super) standard_trekkpliktig: Option<YesNo>,
}

/// An order of this employer, given by its events. Versions, periods, sequence numbers and status follow from them.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the keys of an order, like { skyldner: …, hendelser: [ … ] }")]
pub(super) struct TrekkEntry {
    /// Unique among the employer's orders. The default is a UUID from the employer's number and the place in the list.
    pub(super) trekkid: Option<Text>,
    /// The default is `TREKK/`, the year of the first event, `/` and the order's place in the list.
    pub(super) saksnummer: Option<Text>,
    /// The debtor; a synthetic personal number.
    pub(super) skyldner: PartNumber,
    /// 2 to 25 digits, the last a check digit. The default comes from the employer's number and the place in the list.
    pub(super) kidnummer: Option<Number>,
    /// The events, in the order of their days.
    pub(super) hendelser: Vec<TrekkhendelseEntry>,
}

/// An event of an order: from a day on an amount is deducted, or the order stops.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the keys of an event, like { opprettet: i dag - 9d, fra: i dag - 5d, prosent: 17 }")]
pub(super) struct TrekkhendelseEntry {
    /// The day from which the version that the event makes is visible.
    pub(super) opprettet: Dato,
    /// First day of the period, at the earliest the day after `opprettet`.
    pub(super) fra: Option<Dato>,
    /// Last day of the period. Without it, the period is open-ended.
    pub(super) til: Option<Dato>,
    /// Per cent of gross pay, 0 to 100.
    pub(super) prosent: Option<Percent>,
    /// Kroner a month.
    pub(super) beloep: Option<Amount>,
    /// Several periods at once, instead of the four keys above.
    pub(super) perioder: Option<Vec<TrekkperiodeEntry>>,
    /// The last day of the deduction, instead of the five keys above.
    pub(super) stopp: Option<Dato>,
}

/// A period of an event.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the keys of a period, like { fra: i dag + 1d, prosent: 17 }")]
pub(super) struct TrekkperiodeEntry {
    /// First day.
    pub(super) fra: Dato,
    /// Last day. Without it, the period is open-ended.
    pub(super) til: Option<Dato>,
    /// Per cent of gross pay, 0 to 100.
    pub(super) prosent: Option<Percent>,
    /// Kroner a month.
    pub(super) beloep: Option<Amount>,
}

/// A series of orders, each with a debtor of its own.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the keys of a series of orders (antall, foersteOpprettet, …)")]
pub(super) struct TrekkserieEntry {
    /// How many orders, 1 to 50 000.
    pub(super) antall: Count,
    /// The day on which the first orders are made.
    pub(super) foerste_opprettet: Dato,
    /// How many orders are made each day. The default is 50.
    pub(super) per_dag: Option<Count>,
    /// With 5, every fifth order changes thirty days after it was made. Without it, no order changes.
    pub(super) endret_hver: Option<Count>,
    /// With 5, every fifth order ends ninety days after it was made. Without it, no order ends.
    pub(super) avsluttet_hver: Option<Count>,
    /// The seed for the amounts, percentages and debtors. The default is 0.
    pub(super) froe: Option<Count>,
}

/// A literal version of an order, with the published field names. A broken rule gives a warning.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the published fields of a trekkpålegg (trekkid, trekkversjon, …)")]
pub(super) struct TrekkversjonEntry {
    /// The id of the order. All versions of the order have the same.
    pub(super) trekkid: Text,
    /// The number of the version: 1, 2, …
    pub(super) trekkversjon: Count,
    /// The sequence number, greater than 0.
    pub(super) sekvensnummer: Count,
    /// When the version was made, for example `2025-08-09T15:00:00.00Z`.
    pub(super) opprettet: Tidspunkt,
    /// For example `TREKK/2025/1`.
    pub(super) saksnummer: Text,
    /// The employer. The default is this file's party.
    pub(super) trekkpliktig: Option<Number>,
    /// The debtor.
    pub(super) skyldner: PartNumber,
    /// `aktiv` or `avsluttet`, the same on every day.
    pub(super) trekkstatus: Text,
    /// The periods of the deduction.
    pub(super) trekkstoerrelse_for_periode: Vec<TrekkstoerrelseEntry>,
    /// How to pay.
    pub(super) betalingsinformasjon: TrekkbetalingEntry,
}

/// A literal period.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the published fields of a period (startdato, trekkbeloep or trekkprosent)")]
pub(super) struct TrekkstoerrelseEntry {
    /// First day.
    pub(super) startdato: Dato,
    /// Last day.
    pub(super) sluttdato: Option<Dato>,
    /// An amount.
    pub(super) trekkbeloep: Option<TrekkbeloepEntry>,
    /// A percentage.
    pub(super) trekkprosent: Option<TrekkprosentEntry>,
}

/// A literal amount.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "{ trekkbeloep: … }")]
pub(super) struct TrekkbeloepEntry {
    /// Kroner a month.
    pub(super) trekkbeloep: Amount,
}

/// A literal percentage.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "{ trekkprosent: … }")]
pub(super) struct TrekkprosentEntry {
    /// Per cent of gross pay.
    pub(super) trekkprosent: Percent,
}

/// Literal payment information.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "{ betalingsmottaker: …, kidnummer: …, kontonummer: … }")]
pub(super) struct TrekkbetalingEntry {
    /// The receiver: an organisation number.
    pub(super) betalingsmottaker: Number,
    /// The KID.
    pub(super) kidnummer: Number,
    /// The account number of the receiver.
    pub(super) kontonummer: Number,
}
