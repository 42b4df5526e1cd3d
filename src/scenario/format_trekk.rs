//! The part of the YAML format that describes trekkpålegg: by events, literally, or many at once.

use schemars::JsonSchema;
use serde::Deserialize;

use super::scalar::{Amount, Count, Dato, Number, PartNumber, Percent, Text, Tidspunkt};

/// An order of this employer, told by its events. Versions, periods, sequence numbers and status follow from them.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the keys of an order, like { skyldner: …, hendelser: [ … ] }")]
pub struct TrekkEntry {
    /// Unique among the employer's orders; a UUID made from the employer's number and its place in the list, unless said.
    pub trekkid: Option<Text>,
    /// Derived: `TREKK/`, the year of the first event, its place in the list.
    pub saksnummer: Option<Text>,
    /// The debtor; a synthetic personal number.
    pub skyldner: PartNumber,
    /// 2–25 digits with a check digit; derived.
    pub kidnummer: Option<Number>,
    /// What happens, in the order of the days.
    pub hendelser: Vec<TrekkhendelseEntry>,
}

/// Something that happens to an order: from a day on so much is deducted, or it stops.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the keys of an event, like { opprettet: i dag - 9d, fra: i dag - 5d, prosent: 17 }")]
pub struct TrekkhendelseEntry {
    /// The day on which the version that it makes is there to be seen.
    pub opprettet: Dato,
    /// First day of the period; at the earliest the day after.
    pub fra: Option<Dato>,
    /// Last day of the period; open-ended where left out.
    pub til: Option<Dato>,
    /// Per cent of gross pay, 0 to 100.
    pub prosent: Option<Percent>,
    /// Kroner a month.
    pub beloep: Option<Amount>,
    /// Several periods at once, in place of the four above.
    pub perioder: Option<Vec<TrekkperiodeEntry>>,
    /// The last day of the deduction, in place of all above.
    pub stopp: Option<Dato>,
}

/// A period of an event.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the keys of a period, like { fra: i dag + 1d, prosent: 17 }")]
pub struct TrekkperiodeEntry {
    /// First day.
    pub fra: Dato,
    /// Last day; open-ended where left out.
    pub til: Option<Dato>,
    /// Per cent of gross pay, 0 to 100.
    pub prosent: Option<Percent>,
    /// Kroner a month.
    pub beloep: Option<Amount>,
}

/// Many orders, described rather than written out, each with a debtor of its own.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the keys of a series of orders (antall, foersteOpprettet, …)")]
pub struct TrekkserieEntry {
    /// How many, 1 to 100 000.
    pub antall: Count,
    /// The day on which the first are made.
    pub foerste_opprettet: Dato,
    /// How many are made a day; 50 unless said.
    pub per_dag: Option<Count>,
    /// Every so many-th order changes thirty days after it was made; none where left out.
    pub endret_hver: Option<Count>,
    /// Every so many-th order ends ninety days after it was made; none where left out.
    pub avsluttet_hver: Option<Count>,
    /// The seed that sizes and debtors are drawn by.
    pub froe: Option<Count>,
}

/// A version of an order to the letter, in the published field names. A broken rule is a warning.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the published fields of a trekkpålegg (trekkid, trekkversjon, …)")]
pub struct TrekkversjonEntry {
    /// Versions of one order have the same.
    pub trekkid: Text,
    /// 1, 2, …
    pub trekkversjon: Count,
    /// Over 0.
    pub sekvensnummer: Count,
    /// An instant, for example `2025-08-09T15:00:00.00Z`.
    pub opprettet: Tidspunkt,
    /// For example `TREKK/2025/1`.
    pub saksnummer: Text,
    /// The employer; this file's party, unless said.
    pub trekkpliktig: Option<Number>,
    /// The debtor.
    pub skyldner: PartNumber,
    /// `aktiv` or `avsluttet`, whatever the day.
    pub trekkstatus: Text,
    /// The periods.
    pub trekkstoerrelse_for_periode: Vec<TrekkstoerrelseEntry>,
    /// How to pay.
    pub betalingsinformasjon: TrekkbetalingEntry,
}

/// A period, literally.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the published fields of a period (startdato, trekkbeloep or trekkprosent)")]
pub struct TrekkstoerrelseEntry {
    /// First day.
    pub startdato: Dato,
    /// Last day.
    pub sluttdato: Option<Dato>,
    /// An amount.
    pub trekkbeloep: Option<TrekkbeloepEntry>,
    /// A percentage.
    pub trekkprosent: Option<TrekkprosentEntry>,
}

/// An amount, literally.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "{ trekkbeloep: … }")]
pub struct TrekkbeloepEntry {
    /// Kroner a month.
    pub trekkbeloep: Amount,
}

/// A percentage, literally.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "{ trekkprosent: … }")]
pub struct TrekkprosentEntry {
    /// Per cent of gross pay.
    pub trekkprosent: Percent,
}

/// How to pay, literally.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "{ betalingsmottaker: …, kidnummer: …, kontonummer: … }")]
pub struct TrekkbetalingEntry {
    /// Whom.
    pub betalingsmottaker: Number,
    /// With which KID.
    pub kidnummer: Number,
    /// To which account.
    pub kontonummer: Number,
}
