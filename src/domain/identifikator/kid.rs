use std::fmt;
use std::str::FromStr;

use smol_str::{SmolStr, SmolStrBuilder};

use super::IdentifikatorError;

/// A KID, the customer identification of a Norwegian payment: 2–25 digits, the last one a check
/// digit by modulus 10 (Luhn) or modulus 11 (weights 2…7 from the right). A check character `-`, which
/// stands for 10, is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Kid(SmolStr);

impl Kid {
    /// Digits completed by their modulus 10 check digit. `None` if the text is not 1–24 digits.
    pub fn with_luhn(text: &str) -> Option<Self> {
        if !(1..25).contains(&text.len()) || !text.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let mut kid = SmolStrBuilder::new();
        kid.push_str(text);
        kid.push(char::from(b'0' + luhn(text.bytes().map(|b| b - b'0'))));
        Some(Self(kid.finish()))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Kid> for SmolStr {
    fn from(kid: Kid) -> Self {
        kid.0
    }
}

/// The sum of the digits of the double of a digit.
const DOUBLED: [u32; 10] = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];

/// The digit that makes the sum of the digits, every second one doubled, a multiple of ten.
fn luhn(digits: impl DoubleEndedIterator<Item = u8>) -> u8 {
    let sum: u32 =
        digits.rev().enumerate().map(|(i, d)| if i % 2 == 0 { DOUBLED[usize::from(d)] } else { u32::from(d) }).sum();
    u8::try_from((10 - sum % 10) % 10).unwrap_or_default()
}

fn modulus11_any_length(digits: &[u8]) -> Option<u8> {
    let sum: u32 = digits.iter().rev().zip([2, 3, 4, 5, 6, 7].iter().cycle()).map(|(d, w)| u32::from(*d) * w).sum();
    match (11 - sum % 11) % 11 {
        10 => None,
        digit => u8::try_from(digit).ok(),
    }
}

impl FromStr for Kid {
    type Err = IdentifikatorError;

    fn from_str(text: &str) -> Result<Self, IdentifikatorError> {
        if !(2..=25).contains(&text.len()) || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(IdentifikatorError::Shape("2 to 25"));
        }
        let digits: Vec<u8> = text.bytes().map(|b| b - b'0').collect();
        let Some((check, rest)) = digits.split_last() else {
            return Err(IdentifikatorError::Shape("2 to 25"));
        };
        if luhn(rest.iter().copied()) == *check || modulus11_any_length(rest) == Some(*check) {
            Ok(Self(text.into()))
        } else {
            Err(IdentifikatorError::CheckDigit)
        }
    }
}

impl fmt::Display for Kid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn published_kids() {
        assert!("6487719756".parse::<Kid>().is_ok());
        assert!("18719784330100322000006".parse::<Kid>().is_ok());
        assert_eq!("90066670000011".parse::<Kid>(), Err(IdentifikatorError::CheckDigit));
        assert!("1".parse::<Kid>().is_err());
        assert!("12345678901234567890123456".parse::<Kid>().is_err());
        assert!("123-".parse::<Kid>().is_err());
    }

    proptest! {
        #[test]
        fn a_made_kid_is_valid(text in "[0-9]{1,24}") {
            let kid = Kid::with_luhn(&text).expect("digits");
            prop_assert_eq!(kid.as_str().parse(), Ok(kid.clone()));
        }
    }
}
