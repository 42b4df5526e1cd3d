use std::fmt;
use std::str::FromStr;

use super::{IdentifikatorError, digits, digits_of, modulus11};

const FIRST: [u8; 9] = [3, 7, 6, 1, 8, 9, 4, 5, 2];
const SECOND: [u8; 10] = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2];

/// A birth number or D-number: eleven digits, of which the last two are check digits.
///
/// The first six are day, month and year; a D-number adds 40 to the day, a synthetic number 80 to
/// the month. Imitates docs/fidelity.md, "Identifiers".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Foedselsnummer(u64);

impl Foedselsnummer {
    /// Nine digits completed by their two check digits. `None` if they have none, or the date does not exist.
    pub fn from_nine_digits(first: &str) -> Option<Self> {
        Self::completed(digits(first)?)
    }

    /// The same, from a number with at most nine digits.
    pub(crate) fn from_number_of_nine(first: u64) -> Option<Self> {
        Self::completed(digits_of(first)?)
    }

    fn completed(first: [u8; 9]) -> Option<Self> {
        let mut all = [0; 11];
        all[..9].copy_from_slice(&first);
        all[9] = modulus11(&first, &FIRST)?;
        all[10] = modulus11(&all[..10], &SECOND)?;
        Self::checked(all).ok()
    }

    /// The eleven digits as a number.
    pub fn number(self) -> u64 {
        self.0
    }

    /// Whether it is from the series for test data (month + 80).
    pub fn is_synthetic(self) -> bool {
        matches!(self.0 / 10_000_000 % 100, 81..=92)
    }

    /// Whether eleven digits have the month of a synthetic person (month + 80). Check digits are not checked.
    pub fn looks_synthetic(eleven_digits: &str) -> bool {
        matches!(eleven_digits.get(2..4).and_then(|month| month.parse::<u8>().ok()), Some(81..=92))
    }
}

impl FromStr for Foedselsnummer {
    type Err = IdentifikatorError;

    fn from_str(text: &str) -> Result<Self, IdentifikatorError> {
        Self::checked(digits(text).ok_or(IdentifikatorError::Shape("11"))?)
    }
}

impl Foedselsnummer {
    fn checked(d: [u8; 11]) -> Result<Self, IdentifikatorError> {
        let (day, month) = (d[0] * 10 + d[1], d[2] * 10 + d[3]);
        let day = if day > 40 { day - 40 } else { day };
        let month = if month > 80 { month - 80 } else { month };
        // The year alone does not give the century, so 29 February is accepted in any year.
        let longest = match month {
            2 => 29,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => 0,
        };
        if day == 0 || day > longest {
            return Err(IdentifikatorError::Date);
        }
        if modulus11(&d[..9], &FIRST) != Some(d[9]) || modulus11(&d[..10], &SECOND) != Some(d[10]) {
            return Err(IdentifikatorError::CheckDigit);
        }
        Ok(Self(d.iter().fold(0, |n, d| n * 10 + u64::from(*d))))
    }
}

impl fmt::Display for Foedselsnummer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:011}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_published_owner_is_valid_and_synthetic() {
        let owner: Foedselsnummer = "04827896468".parse().expect("published");
        assert!(owner.is_synthetic());
        assert_eq!(owner.to_string(), "04827896468");
        for placeholder in ["12345678901", "10108412345"] {
            assert!(placeholder.parse::<Foedselsnummer>().is_err(), "{placeholder}");
        }
    }

    proptest! {
        #[test]
        fn one_wrong_digit_is_always_noticed(
            day in 1_u8..=28, d_number: bool, month in 1_u8..=12, rest in 0_u32..100_000, position in 0_usize..11, shift in 1_u8..10,
        ) {
            let day = if d_number { day + 40 } else { day };
            if let Some(number) = Foedselsnummer::from_nine_digits(&format!("{day:02}{:02}{rest:05}", month + 80)) {
                let mut bytes = number.to_string().into_bytes();
                bytes[position] = b'0' + (bytes[position] - b'0' + shift) % 10;
                let broken = String::from_utf8(bytes).expect("digits");
                prop_assert!(broken.parse::<Foedselsnummer>().is_err());
            }
        }
    }
}
