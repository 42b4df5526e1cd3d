//! An order in the JSON form of the service. The control API uses the same form.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, Timelike, Utc};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};

use crate::domain::Beloep;
use crate::domain::trekk::{self, ListedVersion};
use crate::services::render::{Dag, Plain, WithDecimal, put_day, put_digits};

/// A version of an order. Its members have the order of the published examples.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Trekkpaalegg")]
#[serde(rename_all = "camelCase")]
pub(crate) struct TrekkpaaleggView<'a> {
    /// The id of the order, the same in all its versions.
    trekkid: &'a str,
    /// The employee whose pay is deducted from.
    #[schemars(regex(pattern = "^[0-9]{11}$"))]
    skyldner: &'a str,
    /// When the version was made.
    opprettet: Tidspunkt,
    /// The number of the case.
    saksnummer: &'a str,
    /// Whether to deduct, on the day of the answer.
    trekkstatus: Trekkstatus,
    /// The employer who deducts.
    #[schemars(regex(pattern = "^[0-9]{9}$"))]
    trekkpliktig: &'a str,
    /// The number of the version; the first is 1.
    #[schemars(range(min = 1))]
    trekkversjon: u32,
    /// Rises with every version that is made, over all orders of the employer. Poll with the greatest that you have seen.
    #[schemars(range(min = 1))]
    sekvensnummer: u64,
    /// Where to pay what was deducted.
    betalingsinformasjon: Betalingsinformasjon<'a>,
    /// How much to deduct and when, the earliest period first.
    trekkstoerrelse_for_periode: Perioder<'a>,
}

/// Whether an order is in force.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Trekkstatus {
    Aktiv,
    Avsluttet,
}

/// How much to deduct in a period. It has exactly one of `trekkbeloep` and `trekkprosent`.
// A condition, because generators of clients make classes for choices.
#[derive(Serialize, JsonSchema)]
#[schemars(extend(
    "if" = { "properties": { "trekkbeloep": {} }, "required": ["trekkbeloep"] },
    "else" = { "properties": { "trekkprosent": {} }, "required": ["trekkprosent"] },
))]
struct TrekkstoerrelseForPeriode {
    /// First day.
    startdato: Dag,
    /// Last day. Where it is left out, the deduction goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    sluttdato: Option<Dag>,
    /// An amount, in place of a percentage.
    #[serde(skip_serializing_if = "Option::is_none")]
    trekkbeloep: Option<Trekkbeloep>,
    /// A percentage, in place of an amount.
    #[serde(skip_serializing_if = "Option::is_none")]
    trekkprosent: Option<Trekkprosent>,
}

/// Kroner a month.
#[derive(Serialize, JsonSchema)]
struct Trekkbeloep {
    /// Kroner a month.
    #[schemars(range(min = 0))]
    trekkbeloep: Plain,
}

/// Per cent of gross pay.
#[derive(Serialize, JsonSchema)]
struct Trekkprosent {
    /// Per cent of gross pay, 0 to 100.
    trekkprosent: Prosenttall,
}

/// Where to pay what was deducted.
#[derive(Serialize, JsonSchema)]
struct Betalingsinformasjon<'a> {
    /// The KID of the payment.
    #[schemars(regex(pattern = "^[0-9]{2,25}$"))]
    kidnummer: &'a str,
    /// The account to pay to.
    #[schemars(regex(pattern = "^[0-9]{11}$"))]
    kontonummer: &'a str,
    /// The organisation number of who gets the money.
    betalingsmottaker: &'a str,
}

impl<'a> TrekkpaaleggView<'a> {
    pub(crate) fn new(it: ListedVersion<'a>, dag: NaiveDate) -> Self {
        let ListedVersion { paalegg, versjon, sekvensnummer } = it;
        let faste = &*versjon.faste;
        Self {
            trekkid: &paalegg.trekkid,
            skyldner: &faste.skyldner,
            opprettet: Tidspunkt(versjon.opprettet),
            saksnummer: &faste.saksnummer,
            trekkpliktig: &faste.trekkpliktig,
            trekkversjon: versjon.trekkversjon,
            sekvensnummer,
            trekkstatus: match versjon.status(dag) {
                trekk::Trekkstatus::Aktiv => Trekkstatus::Aktiv,
                trekk::Trekkstatus::Avsluttet => Trekkstatus::Avsluttet,
            },
            trekkstoerrelse_for_periode: Perioder(&versjon.perioder),
            betalingsinformasjon: Betalingsinformasjon {
                betalingsmottaker: &faste.betalingsmottaker,
                kidnummer: &faste.kidnummer,
                kontonummer: &faste.kontonummer,
            },
        }
    }
}

/// Periods, written straight from the domain's, without a list in between.
struct Perioder<'a>(&'a [trekk::Trekkperiode]);

impl Serialize for Perioder<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(TrekkstoerrelseForPeriode::from))
    }
}

impl JsonSchema for Perioder<'_> {
    fn schema_name() -> Cow<'static, str> {
        "Perioder".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "array", "minItems": 1, "items": generator.subschema_for::<TrekkstoerrelseForPeriode>() })
    }
}

impl From<&trekk::Trekkperiode> for TrekkstoerrelseForPeriode {
    fn from(periode: &trekk::Trekkperiode) -> Self {
        let (trekkbeloep, trekkprosent) = match periode.stoerrelse {
            trekk::Trekkstoerrelse::Beloep(beloep) => (Some(Trekkbeloep { trekkbeloep: Plain(beloep) }), None),
            trekk::Trekkstoerrelse::Prosent(prosent) => {
                (None, Some(Trekkprosent { trekkprosent: Prosenttall(prosent) }))
            }
        };
        Self { startdato: Dag(periode.startdato), sluttdato: periode.sluttdato.map(Dag), trekkbeloep, trekkprosent }
    }
}

/// A percentage with at least one decimal, `17.0`.
struct Prosenttall(crate::domain::prosent::Prosent);

impl Serialize for Prosenttall {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Amounts with decimals are written in the same form.
        WithDecimal(Beloep::from_oere(self.0.hundredths().into())).serialize(serializer)
    }
}

impl JsonSchema for Prosenttall {
    fn schema_name() -> Cow<'static, str> {
        "Prosenttall".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "number", "minimum": 0, "maximum": 100, "description": "Per cent, with at most two decimals." })
    }
}

/// An instant with two decimals, `2025-08-09T15:00:00.00Z`.
struct Tidspunkt(DateTime<Utc>);

impl Serialize for Tidspunkt {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut text = *b"0000-00-00T00:00:00.00Z";
        let at = self.0.naive_utc();
        if let Some(day) = text.first_chunk_mut() {
            put_day(day, at.date());
        }
        put_digits(&mut text[11..13], at.hour());
        put_digits(&mut text[14..16], at.minute());
        put_digits(&mut text[17..19], at.second());
        put_digits(&mut text[20..22], self.0.timestamp_subsec_millis() / 10);
        serializer.serialize_str(std::str::from_utf8(&text).unwrap_or_default())
    }
}

impl JsonSchema for Tidspunkt {
    fn schema_name() -> Cow<'static, str> {
        "Tidspunkt".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date-time" })
    }
}
