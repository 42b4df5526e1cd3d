//! The part of the YAML format that describes trekkpålegg: by events, literally, or many at once.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::scenario::scalar::{Amount, Count, Dato, Number, PartNumber, Percent, Text, Tidspunkt, YesNo};

/// The keys of trekkpålegg at the top of a scenario file.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(expecting = "the keys of trekkpålegg")]
pub(super) struct TrekkDocument {
    /// Orders to deduct from pay, this party being the employer: told by events.
    #[serde(default)]
    pub(super) trekkpaalegg: Vec<TrekkEntry>,
    /// Many orders, described rather than written out.
    #[serde(default)]
    pub(super) trekkserier: Vec<TrekkserieEntry>,
    /// Orders to the letter, version by version.
    #[serde(default)]
    pub(super) trekkversjoner: Vec<TrekkversjonEntry>,
    /// This is the employer whose orders are asked for where neither a token nor a modifier says.
    #[serde(rename = "standardTrekkpliktig")]
    pub(super) standard_trekkpliktig: Option<YesNo>,
}

/// An order of this employer, told by its events. Versions, periods, sequence numbers and status follow from them.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the keys of an order, like { skyldner: …, hendelser: [ … ] }")]
pub(super) struct TrekkEntry {
    /// Unique among the employer's orders; a UUID made from the employer's number and its place in the list, unless said.
    pub(super) trekkid: Option<Text>,
    /// Derived: `TREKK/`, the year of the first event, its place in the list.
    pub(super) saksnummer: Option<Text>,
    /// The debtor; a synthetic personal number.
    pub(super) skyldner: PartNumber,
    /// 2–25 digits with a check digit; derived.
    pub(super) kidnummer: Option<Number>,
    /// What happens, in the order of the days.
    pub(super) hendelser: Vec<TrekkhendelseEntry>,
}

/// Something that happens to an order: from a day on so much is deducted, or it stops.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the keys of an event, like { opprettet: i dag - 9d, fra: i dag - 5d, prosent: 17 }")]
pub(super) struct TrekkhendelseEntry {
    /// The day on which the version that it makes is there to be seen.
    pub(super) opprettet: Dato,
    /// First day of the period; at the earliest the day after.
    pub(super) fra: Option<Dato>,
    /// Last day of the period; open-ended where left out.
    pub(super) til: Option<Dato>,
    /// Per cent of gross pay, 0 to 100.
    pub(super) prosent: Option<Percent>,
    /// Kroner a month.
    pub(super) beloep: Option<Amount>,
    /// Several periods at once, in place of the four above.
    pub(super) perioder: Option<Vec<TrekkperiodeEntry>>,
    /// The last day of the deduction, in place of all above.
    pub(super) stopp: Option<Dato>,
}

/// A period of an event.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the keys of a period, like { fra: i dag + 1d, prosent: 17 }")]
pub(super) struct TrekkperiodeEntry {
    /// First day.
    pub(super) fra: Dato,
    /// Last day; open-ended where left out.
    pub(super) til: Option<Dato>,
    /// Per cent of gross pay, 0 to 100.
    pub(super) prosent: Option<Percent>,
    /// Kroner a month.
    pub(super) beloep: Option<Amount>,
}

/// Many orders, described rather than written out, each with a debtor of its own.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the keys of a series of orders (antall, foersteOpprettet, …)")]
pub(super) struct TrekkserieEntry {
    /// How many, 1 to 100 000.
    pub(super) antall: Count,
    /// The day on which the first are made.
    pub(super) foerste_opprettet: Dato,
    /// How many are made a day; 50 unless said.
    pub(super) per_dag: Option<Count>,
    /// Every so many-th order changes thirty days after it was made; none where left out.
    pub(super) endret_hver: Option<Count>,
    /// Every so many-th order ends ninety days after it was made; none where left out.
    pub(super) avsluttet_hver: Option<Count>,
    /// The seed that sizes and debtors are drawn by.
    pub(super) froe: Option<Count>,
}

/// A version of an order to the letter, in the published field names. A broken rule is a warning.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the published fields of a trekkpålegg (trekkid, trekkversjon, …)")]
pub(super) struct TrekkversjonEntry {
    /// Versions of one order have the same.
    pub(super) trekkid: Text,
    /// 1, 2, …
    pub(super) trekkversjon: Count,
    /// Over 0.
    pub(super) sekvensnummer: Count,
    /// An instant, for example `2025-08-09T15:00:00.00Z`.
    pub(super) opprettet: Tidspunkt,
    /// For example `TREKK/2025/1`.
    pub(super) saksnummer: Text,
    /// The employer; this file's party, unless said.
    pub(super) trekkpliktig: Option<Number>,
    /// The debtor.
    pub(super) skyldner: PartNumber,
    /// `aktiv` or `avsluttet`, whatever the day.
    pub(super) trekkstatus: Text,
    /// The periods.
    pub(super) trekkstoerrelse_for_periode: Vec<TrekkstoerrelseEntry>,
    /// How to pay.
    pub(super) betalingsinformasjon: TrekkbetalingEntry,
}

/// A period, literally.
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

/// An amount, literally.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "{ trekkbeloep: … }")]
pub(super) struct TrekkbeloepEntry {
    /// Kroner a month.
    pub(super) trekkbeloep: Amount,
}

/// A percentage, literally.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "{ trekkprosent: … }")]
pub(super) struct TrekkprosentEntry {
    /// Per cent of gross pay.
    pub(super) trekkprosent: Percent,
}

/// How to pay, literally.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "{ betalingsmottaker: …, kidnummer: …, kontonummer: … }")]
pub(super) struct TrekkbetalingEntry {
    /// Whom.
    pub(super) betalingsmottaker: Number,
    /// With which KID.
    pub(super) kidnummer: Number,
    /// To which account.
    pub(super) kontonummer: Number,
}
