//! Amounts and days, as answers write them.

use std::borrow::Cow;

use chrono::{Datelike, NaiveDate};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};

use crate::domain::Beloep;

/// Kroner as a JSON number with at least one decimal (`1000.0`), as in 2024.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WithDecimal(pub(crate) Beloep);

/// Kroner as a JSON number with no more decimals than needed (`1000`, `0.5`), as in 2023.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plain(pub(crate) Beloep);

/// A day as a date-time, midnight with milliseconds and `Z`, as in the draft of 2022.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Midnatt(pub(crate) NaiveDate);

/// A day as `2026-11-30`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dag(pub(crate) NaiveDate);

impl From<NaiveDate> for Dag {
    fn from(dag: NaiveDate) -> Self {
        Self(dag)
    }
}

impl Serialize for Dag {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !(0..=9999).contains(&self.0.year()) {
            return self.0.serialize(serializer);
        }
        let mut text = *b"0000-00-00";
        put_day(&mut text, self.0);
        serializer.serialize_str(std::str::from_utf8(&text).unwrap_or_default())
    }
}

/// Writes a day of the years 0 to 9999 over a template. This is faster than formatting, and an answer can have thousands of
/// days.
pub(crate) fn put_day(text: &mut [u8; 10], day: NaiveDate) {
    put_digits(&mut text[..4], day.year().unsigned_abs());
    put_digits(&mut text[5..7], day.month());
    put_digits(&mut text[8..], day.day());
}

/// Writes a number with leading zeros, in exactly as many digits as there is room for.
pub(crate) fn put_digits(room: &mut [u8], mut number: u32) {
    for digit in room.iter_mut().rev() {
        *digit = b'0' + u8::try_from(number % 10).unwrap_or_default();
        number /= 10;
    }
}

impl JsonSchema for Dag {
    fn schema_name() -> Cow<'static, str> {
        NaiveDate::schema_name()
    }
    fn inline_schema() -> bool {
        NaiveDate::inline_schema()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        NaiveDate::json_schema(generator)
    }
}

impl Serialize for Midnatt {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0.format("%Y-%m-%dT00:00:00.000Z"))
    }
}

impl JsonSchema for Midnatt {
    fn schema_name() -> Cow<'static, str> {
        "Midnatt".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date-time" })
    }
}

/// Whole kroner as an integer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Heltall(pub(crate) Beloep);

impl Serialize for Heltall {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.0.rounded().oere() / 100)
    }
}

impl JsonSchema for Heltall {
    fn schema_name() -> Cow<'static, str> {
        "Heltall".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 0, "description": "Whole kroner." })
    }
}

impl From<Beloep> for WithDecimal {
    fn from(beloep: Beloep) -> Self {
        Self(beloep)
    }
}

impl From<Beloep> for Plain {
    fn from(beloep: Beloep) -> Self {
        Self(beloep)
    }
}

impl Serialize for WithDecimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Some(kroner) = exact_double(self.0) {
            return serializer.serialize_f64(kroner);
        }
        let mut text = self.0.to_string();
        if !text.contains('.') {
            text.push_str(".0");
        }
        write_decimal(&text, serializer)
    }
}

impl Serialize for Plain {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let oere = self.0.oere();
        if oere % 100 == 0 {
            return serializer.serialize_i64(oere / 100);
        }
        match exact_double(self.0) {
            Some(kroner) => serializer.serialize_f64(kroner),
            None => write_decimal(&self.0.to_string(), serializer),
        }
    }
}

/// Kroner as a binary fraction, if serde_json writes that as exactly the same decimal: a decimal of up to fifteen
/// digits survives the way to a double and back. This is faster than going through a text, and nearly all amounts are
/// so small.
fn exact_double(beloep: Beloep) -> Option<f64> {
    const DIGITS: u64 = 1_000_000_000_000_000;
    let oere = beloep.oere();
    #[expect(clippy::cast_precision_loss, reason = "a whole number below 2^53 is exact")]
    (oere.unsigned_abs() < DIGITS).then(|| oere as f64 / 100.0)
}

impl JsonSchema for WithDecimal {
    fn schema_name() -> Cow<'static, str> {
        "2024".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "number", "description": "Kroner, with at most two decimals." })
    }
}

impl JsonSchema for Plain {
    fn schema_name() -> Cow<'static, str> {
        "2023".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        WithDecimal::json_schema(generator)
    }
}

/// Writes a decimal number digit for digit.
fn write_decimal<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    let number: serde_json::Number = text.parse().map_err(serde::ser::Error::custom)?;
    number.serialize(serializer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn decimals_as_each_edition_prints_them() {
        let both = |oere| {
            let beloep = Beloep::from_oere(oere);
            serde_json::to_string(&(WithDecimal(beloep), Plain(beloep))).expect("numbers")
        };
        assert_eq!(both(100_000), "[1000.0,1000]");
        assert_eq!(both(-5), "[-0.05,-0.05]");
        assert_eq!(both(0), "[0.0,0]");
        assert_eq!(both(-1_234_500), "[-12345.0,-12345]");
        assert_eq!(both(99_999_999_999_999_900), "[999999999999999.0,999999999999999]");
        assert_eq!(both(999_999_999_999_999), "[9999999999999.99,9999999999999.99]");
        assert_eq!(both(100_000_000_000_000_000), "[1000000000000000.0,1000000000000000]");
        assert_eq!(both(99_999_999_999_999_901), "[999999999999999.01,999999999999999.01]");
    }

    proptest! {
        #[test]
        fn a_day_is_written_as_chrono_writes_it(days in -800_000_i64..4_000_000) {
            let day = NaiveDate::default() + chrono::TimeDelta::days(days);
            prop_assert_eq!(serde_json::to_string(&Dag(day)).expect("a text"), serde_json::to_string(&day).expect("a text"));
        }

        #[test]
        fn an_amount_is_written_as_its_decimal(oere in prop_oneof![-1_000_000_i64..1_000_000, any::<i64>().prop_map(|n| n / 100)]) {
            let beloep = Beloep::from_oere(oere);
            let text = beloep.to_string();
            prop_assert_eq!(serde_json::to_string(&Plain(beloep)).expect("a number"), text.clone());
            let with = if text.contains('.') { text } else { format!("{text}.0") };
            prop_assert_eq!(serde_json::to_string(&WithDecimal(beloep)).expect("a number"), with.clone());
            let tree = serde_json::to_value(WithDecimal(beloep)).expect("a number");
            prop_assert_eq!(tree.to_string(), with, "in XML and under drift too");
        }
    }
}
