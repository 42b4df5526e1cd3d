//! The single values of the scenario format. They are texts until they are read.

use std::borrow::Cow;
use std::str::FromStr;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::Skjerming;
use crate::catalogue;
use crate::domain::Beloep;
use crate::domain::clock::{ClockError, Shift, parse_day};
use crate::domain::identifikator::Part;
use crate::domain::kalender::this_or_next_working_day;
use crate::domain::prosent::Prosent;
use crate::domain::terminer::{Termin as DomainTermin, Terminserie};
use crate::faults::effects;

/// The years that a scenario may use.
pub(crate) use crate::domain::clock::YEARS;

/// Reads a text of the format into a value of the domain.
pub(crate) trait Scalar {
    /// The type of the value.
    type Value;
    /// The text as the author wrote it.
    fn raw(&self) -> &str;
    /// The value on a base date.
    ///
    /// # Errors
    /// What is wrong with the text, to follow the text itself and a colon.
    fn read(&self, base: NaiveDate) -> Result<Self::Value, String>;
}

macro_rules! scalar {
    ($(#[$doc:meta])* $name:ident -> $value:ty, $schema:tt, |$raw:ident, $base:ident| $read:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, Deserialize, Serialize)]
        #[serde(transparent)]
        pub(crate) struct $name(pub(crate) SmolStr);

        impl Scalar for $name {
            type Value = $value;
            fn raw(&self) -> &str {
                &self.0
            }
            #[allow(unused_variables, clippy::allow_attributes, reason = "only dates use the base date")]
            fn read(&self, $base: NaiveDate) -> Result<$value, String> {
                let $raw = self.0.trim();
                $read
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text.into())
            }
        }

        impl From<SmolStr> for $name {
            fn from(text: SmolStr) -> Self {
                Self(text)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    };
}

scalar!(
    /// Any text.
    Text -> SmolStr,
    { "type": "string" },
    |raw, base| Ok(raw.into())
);

scalar!(
    /// Digits that are a name, not a quantity. They may be quoted.
    Number -> SmolStr,
    { "type": ["string", "integer"], "pattern": "^[0-9]+$" },
    |raw, base| if !raw.is_empty() && raw.bytes().all(|b| b.is_ascii_digit()) {
        Ok(raw.into())
    } else {
        Err("not a number written in digits".to_owned())
    }
);

scalar!(
    /// An organisation number or a personal number.
    PartNumber -> Part,
    { "type": ["string", "integer"], "pattern": "^([0-9]{9}|[0-9]{11})$" },
    |raw, base| raw.parse().map_err(|error: crate::domain::identifikator::IdentifikatorError| error.to_string())
);

scalar!(
    /// An edition of the answers.
    Edition -> catalogue::Edition,
    { "enum": [2023, 2024, "2023", "2024"] },
    |raw, base| raw.parse().map_err(|()| format!("no such edition; there are {}", catalogue::Edition::NAMES.join(" and ")))
);

scalar!(
    /// How long an answer takes: `1500ms`, `200ms..3s`, `lognormal(300ms,0.8)`.
    Delay -> effects::Delay,
    { "type": "string", "examples": ["1500ms", "200ms..3s", "lognormal(300ms,0.8)"] },
    |raw, base| raw.parse().map_err(|error: effects::BadValue| error.to_string())
);

scalar!(
    /// A fault on the wire.
    Fault -> effects::Fault,
    { "type": ["string", "integer"], "examples": (effects::FAULTS) },
    |raw, base| raw.parse().map_err(|error: effects::BadValue| error.to_string())
);

scalar!(
    /// How an answer is changed without changing what it says.
    Drift -> effects::Drift,
    { "type": "string", "pattern": "^(fields|order|optional)(\\+(fields|order|optional))*$" },
    |raw, base| raw.parse().map_err(|error: effects::BadValue| error.to_string())
);

scalar!(
    /// Kroner, with two decimals at most.
    Amount -> Beloep,
    { "type": ["number", "string"], "pattern": "^-?[0-9]+(\\.[0-9]{1,2})?$" },
    |raw, base| raw.parse().map_err(|error: crate::domain::beloep::BeloepError| error.to_string())
);

scalar!(
    /// Per cent, 0 to 100 with two decimals at most.
    Percent -> Prosent,
    { "type": ["number", "string"], "pattern": "^[0-9]+(\\.[0-9]{1,2})?$" },
    |raw, base| raw.parse()
);

scalar!(
    /// An instant with its zone: `2025-08-09T15:00:00.00Z`.
    Tidspunkt -> DateTime<Utc>,
    { "type": "string", "examples": ["2025-08-09T15:00:00.00Z"] },
    |raw, base| DateTime::parse_from_rfc3339(raw)
        .ok()
        .map(|at| at.to_utc())
        .filter(|at| YEARS.contains(&at.year()))
        .ok_or_else(|| "not an instant; write 2025-08-09T15:00:00Z".to_owned())
);

scalar!(
    /// How a series of claims goes on.
    Gjentakelse -> (),
    { "enum": ["hver termin"] },
    |raw, base| if raw == "hver termin" { Ok(()) } else { Err("write hver termin".to_owned()) }
);

const BETALINGSDATO_PATTERN: &str =
    r"^([0-9]{4}-[0-9]{2}-[0-9]{2}|(i dag|forfall)( *[+-] *[0-9]+ *(d|w|m(o|onth)?|y))*( virkedag)?)$";
const DATO_PATTERN: &str = r"^([0-9]{4}-[0-9]{2}-[0-9]{2}|i dag( *[+-] *[0-9]+ *(d|w|m(o|onth)?|y))*( virkedag)?)$";

/// What makes a relative day the working day that it is or that comes next.
const WORKING_DAY: &str = " virkedag";

/// Splits `virkedag` off a relative day.
fn working_day(raw: &str) -> (&str, bool) {
    raw.strip_suffix(WORKING_DAY).map_or((raw, false), |rest| (rest.trim_end(), true))
}

scalar!(
    /// A day: `2026-03-01`, or `i dag` with shifts (`i dag - 40d`, `i dag + 2w`, `i dag - 1mo + 3d`). With `virkedag` at
    /// its end (`i dag - 40d virkedag`) it is the next working day if it is none itself.
    Dato -> NaiveDate,
    { "type": "string", "pattern": (DATO_PATTERN), "examples": ["2026-03-01", "i dag - 40d", "i dag + 2w virkedag"] },
    |raw, base| {
        let (day, moved) = working_day(raw);
        let day = match day.strip_prefix("i dag") {
            None if moved => return Err(not_a_day()),
            None => parse_day(day).map_err(|why| if why == ClockError::Range { why.to_string() } else { not_a_day() })?,
            Some("") => base,
            Some(shift) => Shift::from_str(shift)
                .map_err(|error| error.to_string())?
                .apply(base)
                .filter(|day| YEARS.contains(&day.year()))
                .ok_or_else(|| "too far from the base date".to_owned())?,
        };
        Ok(if moved { this_or_next_working_day(day) } else { day })
    }
);

/// When a payment is made: on a day, or relative to the due date of what it pays.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Betalingsdag {
    /// On this day.
    Day(NaiveDate),
    /// This long after the due date of the first instalment that it is placed on.
    AfterDue(AfterDue),
}

/// How long after a due date.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct AfterDue {
    shift: Shift,
    on_working_day: bool,
}

impl AfterDue {
    /// The day, by a due date. `None` if it is out of the calendar.
    pub(crate) fn apply(self, due: NaiveDate) -> Option<NaiveDate> {
        let day = self.shift.apply(due)?;
        Some(if self.on_working_day { this_or_next_working_day(day) } else { day })
    }
}

scalar!(
    /// A day, or `forfall` with shifts: the due date of the first instalment that the payment is placed on
    /// (`forfall`, `forfall - 2d`, `forfall + 3w`).
    Betalingsdato -> Betalingsdag,
    { "type": "string", "pattern": (BETALINGSDATO_PATTERN), "examples": ["2026-03-01", "i dag - 40d", "forfall - 2d"] },
    |raw, base| {
        let (day, on_working_day) = working_day(raw);
        let shift = match day.strip_prefix("forfall") {
            None => return Dato::from(raw).read(base).map(Betalingsdag::Day),
            Some("") => Shift::default(),
            Some(shift) => Shift::from_str(shift).map_err(|error| error.to_string())?,
        };
        Ok(Betalingsdag::AfterDue(AfterDue { shift, on_working_day }))
    }
);

const ETTER_FORFALL_PATTERN: &str = r"^forfall( *[+-] *[0-9]+ *(d|w|m(o|onth)?|y))*( virkedag)?$";
const SERIEBETALING_PATTERN: &str = r"^(opprettet|forfall( *[+-] *[0-9]+ *(d|w|m(o|onth)?|y))*( virkedag)?)$";

scalar!(
    /// A day by a due date: `forfall`, `forfall - 2d`, `forfall + 1w virkedag`.
    EtterForfall -> AfterDue,
    { "type": "string", "pattern": (ETTER_FORFALL_PATTERN), "examples": ["forfall", "forfall - 75d"] },
    |raw, base| match Betalingsdato::from(raw).read(base)? {
        Betalingsdag::AfterDue(after) => Ok(after),
        Betalingsdag::Day(_) => {
            Err("in a series, a day follows from each due date: forfall, forfall - 2d, forfall + 1w".to_owned())
        }
    }
);

/// When the claims of a series are paid.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Paid {
    /// So long after their due dates.
    AfterDue(AfterDue),
    /// On the day on which they are created.
    WhenCreated,
}

scalar!(
    /// A day by a due date, or `opprettet`: the day on which the claim is created.
    Seriebetaling -> Paid,
    { "type": "string", "pattern": (SERIEBETALING_PATTERN), "examples": ["forfall", "forfall + 3d virkedag", "opprettet"] },
    |raw, base| match raw {
        "opprettet" => Ok(Paid::WhenCreated),
        _ => EtterForfall::from(raw).read(base).map(Paid::AfterDue),
    }
);

/// Steps from one due date to the next.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Steps {
    /// One step.
    pub(crate) shift: Shift,
    on_working_day: bool,
}

impl Steps {
    /// The day itself, or the next working day if the steps lead to working days.
    pub(crate) fn settle(self, day: NaiveDate) -> NaiveDate {
        if self.on_working_day { this_or_next_working_day(day) } else { day }
    }
}

fn not_a_day() -> String {
    "not a day; write 2026-03-01, or i dag with shifts: i dag - 40d, i dag + 2w virkedag (units d, w, mo, y)".to_owned()
}

scalar!(
    /// A year: `2026`, `i år`, `i år - 1`.
    Aar -> i32,
    { "type": ["integer", "string"], "pattern": "^([0-9]{4}|i år( *[+-] *[0-9]+)?)$" },
    |raw, base| match raw.strip_prefix("i år") {
        None => raw
            .parse()
            .ok()
            .filter(|aar| YEARS.contains(aar))
            .ok_or_else(|| "not a year; write 2026, i år or i år - 1".to_owned()),
        Some(offset) => parse_offset(offset, 100).map(|offset| base.year() + offset),
    }
);

scalar!(
    /// A term of a year: its number, or `siste` with an offset in terms. From 2026 a term of withholding tax is a month
    /// with its pay day.
    Termin -> TerminChoice,
    { "type": ["integer", "string"], "pattern": "^([1-9]|1[0-2]|siste( *[+-] *[0-9]+)?)$" },
    |raw, base| match raw.strip_prefix("siste") {
        None => raw
            .parse()
            .map(TerminChoice::Number)
            .map_err(|_| "not a term; write its number, siste or siste - 1".to_owned()),
        Some(offset) => parse_offset(offset, 600).map(TerminChoice::Siste),
    }
);

/// The term that an author wrote.
#[derive(Clone, Copy, Debug)]
pub(crate) enum TerminChoice {
    /// The term with this number in its year.
    Number(u8),
    /// The term that is this many terms after the newest overdue one.
    Siste(i32),
}

impl TerminChoice {
    /// The term of a series on a base date. `aar` is the year, if the author wrote one.
    pub(crate) fn of(self, serie: Terminserie, aar: Option<i32>, base: NaiveDate) -> Result<DomainTermin, String> {
        match (self, aar) {
            (Self::Number(nummer), Some(aar)) if (1..=serie.per_year(aar)).contains(&nummer) => {
                Ok(DomainTermin { aar, nummer })
            }
            (Self::Number(_), Some(aar)) => {
                Err(format!("the terms of such a claim in {aar} are 1 to {}", serie.per_year(aar)))
            }
            (Self::Number(_), None) => Err("a term by its number needs aar".to_owned()),
            (Self::Siste(_), Some(_)) => Err("leave aar out, because siste decides the year".to_owned()),
            (Self::Siste(offset), None) => Ok(serie.offset(serie.newest_overdue(base), offset)),
        }
    }
}

scalar!(
    /// A step in time: `1d`, `2w`, `1mo`. With `virkedag` at its end, each day that it leads to is the next working day if
    /// it is none itself.
    Step -> Steps,
    { "type": "string", "pattern": "^[0-9]+(d|w|m(o|onth)?|y)( virkedag)?$" },
    |raw, base| {
        let (step, on_working_day) = working_day(raw);
        let shift = Some(step).filter(|step| step.starts_with(|c: char| c.is_ascii_digit()));
        let shift = shift.and_then(|step| Shift::from_str(&format!("+{step}")).ok());
        shift.map(|shift| Steps { shift, on_working_day }).ok_or_else(|| "not a step; write 1d, 2w or 1mo".to_owned())
    }
);

scalar!(
    /// How many: a whole number from 0.
    Count -> u32,
    { "type": ["integer", "string"], "minimum": 0, "pattern": "^[0-9]+$" },
    |raw, base| raw.parse().map_err(|_| "not a whole number from 0 to 4294967295".to_owned())
);

scalar!(
    /// Yes or no.
    YesNo -> bool,
    { "type": "boolean" },
    |raw, base| match raw {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err("write true or false".to_owned()),
    }
);

scalar!(
    /// Whether a party is shielded, and how.
    Skjermet -> Skjerming,
    { "enum": [true, false, "delvis"] },
    |raw, base| match raw {
        "true" => Ok(Skjerming::Hel),
        "delvis" => Ok(Skjerming::Delvis),
        "false" => Ok(Skjerming::Ingen),
        _ => Err("write true, delvis or false".to_owned()),
    }
);

impl Skjermet {
    /// Whether a party of an archetype is shielded, where it says so.
    pub(super) fn of(profil: super::befolkning::Profil) -> Option<Self> {
        let written = match profil {
            super::befolkning::Profil::Skjermet => "true",
            super::befolkning::Profil::DelvisSkjermet => "delvis",
            _ => return None,
        };
        Some(written.into())
    }
}

/// An optional offset with a sign: an empty text, `+ 2`, `- 1`.
fn parse_offset(text: &str, limit: i32) -> Result<i32, String> {
    let compact: String = text.chars().filter(|c| *c != ' ').collect();
    if compact.is_empty() {
        return Ok(0);
    }
    let signed = compact.starts_with(['+', '-']);
    match compact.parse::<i32>() {
        Ok(number) if signed && number.abs() <= limit => Ok(number),
        _ => Err(format!("write a sign and a number up to {limit} after the word, like - 1")),
    }
}
