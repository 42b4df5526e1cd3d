use std::fmt;
use std::str::FromStr;

use super::{IdentifikatorError, digits, modulus11};

const WEIGHTS: [u8; 8] = [3, 2, 7, 6, 5, 4, 3, 2];

/// A Norwegian organisation number: nine digits, the last one a modulus 11 check digit.
///
/// Imitates docs/fidelity.md, "Identifiers". Real numbers start with 8 or 9, synthetic ones with 2 or 3.
///
/// ```
/// use innkreving_sandbox::domain::identifikator::Organisasjonsnummer;
/// assert!("310478717".parse::<Organisasjonsnummer>().is_ok());
/// assert!("310478718".parse::<Organisasjonsnummer>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Organisasjonsnummer(u32);

impl Organisasjonsnummer {
    /// Eight digits completed by their check digit. `None` if they have none.
    pub fn from_eight_digits(first: u32) -> Option<Self> {
        if first >= 100_000_000 {
            return None;
        }
        let mut digits = [0; 8];
        let mut left = first;
        for digit in digits.iter_mut().rev() {
            *digit = u8::try_from(left % 10).ok()?;
            left /= 10;
        }
        Some(Self(first * 10 + u32::from(modulus11(&digits, &WEIGHTS)?)))
    }

    /// The nine digits as a number.
    pub fn number(self) -> u32 {
        self.0
    }

    /// Whether it is from the series for test data (first digit 2 or 3).
    pub fn is_synthetic(self) -> bool {
        matches!(self.0 / 100_000_000, 2 | 3)
    }
}

impl FromStr for Organisasjonsnummer {
    type Err = IdentifikatorError;

    fn from_str(text: &str) -> Result<Self, IdentifikatorError> {
        let digits: [u8; 9] = digits(text).ok_or(IdentifikatorError::Shape("9"))?;
        if modulus11(&digits[..8], &WEIGHTS) != Some(digits[8]) {
            return Err(IdentifikatorError::CheckDigit);
        }
        Ok(Self(digits.iter().fold(0, |n, d| n * 10 + u32::from(*d))))
    }
}

impl fmt::Display for Organisasjonsnummer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:09}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn published_test_organisations_are_valid() {
        for number in ["310478717", "313367002", "311851381", "314961900", "314055403", "212201782"] {
            let parsed: Organisasjonsnummer = number.parse().expect(number);
            assert!(parsed.is_synthetic());
            assert_eq!(parsed.to_string(), number);
        }
        for placeholder in ["971648199", "123456789"] {
            assert_eq!(placeholder.parse::<Organisasjonsnummer>(), Err(IdentifikatorError::CheckDigit));
        }
    }

    proptest! {
        #[test]
        fn one_wrong_digit_is_always_noticed(first in 0_u32..100_000_000, position in 0_usize..9, shift in 1_u8..10) {
            if let Some(number) = Organisasjonsnummer::from_eight_digits(first) {
                let text = number.to_string();
                prop_assert_eq!(text.parse(), Ok(number));
                let mut bytes = text.into_bytes();
                bytes[position] = b'0' + (bytes[position] - b'0' + shift) % 10;
                let broken = String::from_utf8(bytes).expect("digits");
                prop_assert_eq!(broken.parse::<Organisasjonsnummer>(), Err(IdentifikatorError::CheckDigit));
            }
        }

        #[test]
        fn any_text_is_taken_or_refused(text in "\\PC{0,14}") {
            let _ = text.parse::<Organisasjonsnummer>();
        }
    }
}
