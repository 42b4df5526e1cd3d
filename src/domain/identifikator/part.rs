use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use smol_str::SmolStr;

use super::{Foedselsnummer, IdentifikatorError, Organisasjonsnummer};

/// Whom a ledger belongs to: nine digits (an organisation) or eleven (a person).
///
/// Only the shape is checked, because published examples use placeholders such as 12345678901, and a
/// scenario may describe a party with any digits. [`Part::kind`] checks the check digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Part {
    length: u8,
    digits: u64,
}

/// What kind of number a [`Part`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartKind {
    /// A valid organisation number.
    Organisasjon(Organisasjonsnummer),
    /// A valid birth number or D-number.
    Person(Foedselsnummer),
    /// Nine or eleven digits that fail their check.
    Invalid(IdentifikatorError),
}

impl Part {
    /// Checks the digits.
    pub fn kind(self) -> PartKind {
        let text = self.text();
        let text = text.as_str();
        if self.length == 9 {
            text.parse().map_or_else(PartKind::Invalid, PartKind::Organisasjon)
        } else {
            text.parse().map_or_else(PartKind::Invalid, PartKind::Person)
        }
    }

    /// The digits as a number. An organisation and a person can have the same.
    pub fn number(self) -> u64 {
        self.digits
    }

    /// Whether it has eleven digits (a person), not nine (an organisation).
    pub fn is_person(self) -> bool {
        self.length == 11
    }
}

impl FromStr for Part {
    type Err = IdentifikatorError;

    fn from_str(text: &str) -> Result<Self, IdentifikatorError> {
        let length = text.len();
        if !matches!(length, 9 | 11) || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(IdentifikatorError::Shape("9 (an organisation) or 11 (a person)"));
        }
        let digits = text.bytes().fold(0, |n, b| n * 10 + u64::from(b - b'0'));
        Ok(Self { length: if length == 9 { 9 } else { 11 }, digits })
    }
}

impl From<Organisasjonsnummer> for Part {
    fn from(number: Organisasjonsnummer) -> Self {
        Self { length: 9, digits: number.number().into() }
    }
}

impl From<Foedselsnummer> for Part {
    fn from(number: Foedselsnummer) -> Self {
        Self { length: 11, digits: number.number() }
    }
}

/// The digits of a [`Part`] as a text, without an allocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartDigits(SmolStr);

impl PartDigits {
    /// The text: 9 or 11 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Part {
    /// The digits as a text.
    pub fn text(self) -> PartDigits {
        // A one before them keeps their zeros.
        let before = if self.is_person() { 100_000_000_000 } else { 1_000_000_000 };
        let mut buffer = itoa::Buffer::new();
        PartDigits(SmolStr::new_inline(&buffer.format(before + self.digits)[1..]))
    }
}

impl Serialize for Part {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text().as_str())
    }
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Part({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shape_and_kind() {
        let kind = |text: &str| text.parse::<Part>().map(Part::kind);
        assert!(matches!(kind("310478717"), Ok(PartKind::Organisasjon(_))));
        assert!(matches!(kind("04827896468"), Ok(PartKind::Person(_))));
        assert!(matches!(kind("12345678901"), Ok(PartKind::Invalid(_))));
        for bad in ["", "31047871", "3104787170", "31047871a", "３10478717", "-10478717"] {
            assert!(kind(bad).is_err(), "{bad:?}");
        }
        assert_eq!("04827896468".parse::<Part>().expect("digits").to_string(), "04827896468");
    }
}
