use std::fmt;
use std::str::FromStr;

use super::{IdentifikatorError, digits, digits_of, modulus11};

const WEIGHTS: [u8; 10] = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2];

/// A Norwegian bank account number: eleven digits, the last one a modulus 11 check digit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Kontonummer(u64);

impl Kontonummer {
    /// Ten digits completed by their check digit. `None` if they have none.
    pub fn from_ten_digits(first: u64) -> Option<Self> {
        let digit = modulus11(&digits_of::<10>(first)?, &WEIGHTS)?;
        Some(Self(first * 10 + u64::from(digit)))
    }
}

impl FromStr for Kontonummer {
    type Err = IdentifikatorError;

    fn from_str(text: &str) -> Result<Self, IdentifikatorError> {
        let digits: [u8; 11] = digits(text).ok_or(IdentifikatorError::Shape("11"))?;
        if modulus11(&digits[..10], &WEIGHTS) != Some(digits[10]) {
            return Err(IdentifikatorError::CheckDigit);
        }
        Ok(Self(digits.iter().fold(0, |n, d| n * 10 + u64::from(*d))))
    }
}

impl fmt::Display for Kontonummer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:011}", self.0)
    }
}

/// An account number, masked as the services mask the account of a payer: six asterisks and the last five
/// digits.
///
/// It takes any text, because literal data may hold account numbers that fail their check.
pub fn masked_kontonummer(kontonummer: &str) -> String {
    let shown = kontonummer.char_indices().rev().nth(4).map_or(0, |(at, _)| at);
    ["******", &kontonummer[shown..]].concat()
}

/// A Norwegian IBAN: `NO`, two check digits (modulus 97) and a valid account number.
///
/// `{}` shows it without spaces, as the VAT ledger does. `{:#}` shows it in groups of four, as the tax ledger does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Iban(Kontonummer);

impl From<Kontonummer> for Iban {
    fn from(konto: Kontonummer) -> Self {
        Self(konto)
    }
}

impl Iban {
    fn check_digits(self) -> u64 {
        // ISO 13616 moves `NO00` behind the account, with N = 23 and O = 24.
        let rearranged = u128::from(self.0.0) * 1_000_000 + 232_400;
        98 - u64::try_from(rearranged % 97).unwrap_or_default()
    }
}

impl FromStr for Iban {
    type Err = IdentifikatorError;

    fn from_str(text: &str) -> Result<Self, IdentifikatorError> {
        let compact: String = text.chars().filter(|c| *c != ' ').collect();
        let rest = compact.strip_prefix("NO").ok_or(IdentifikatorError::Shape("NO and 13"))?;
        if rest.len() != 13 || !rest.bytes().all(|b| b.is_ascii_digit()) {
            return Err(IdentifikatorError::Shape("NO and 13"));
        }
        let iban = Self(rest[2..].parse()?);
        (iban.to_string() == compact).then_some(iban).ok_or(IdentifikatorError::CheckDigit)
    }
}

impl fmt::Display for Iban {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("NO{:02}{}", self.check_digits(), self.0);
        if f.alternate() {
            write!(f, "{} {} {} {}", &text[..4], &text[4..8], &text[8..12], &text[12..])
        } else {
            f.write_str(&text)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn published_accounts() {
        for valid in ["27623808268", "82561901224", "63450624804", "76940518888", "76940524802", "70213997155"] {
            assert_eq!(valid.parse::<Kontonummer>().expect(valid).to_string(), valid);
        }
        for invalid in ["98766543210", "98766543211", "98766543212", "97443329655"] {
            assert_eq!(invalid.parse::<Kontonummer>(), Err(IdentifikatorError::CheckDigit), "{invalid}");
        }
        let iban: Iban = "NO42 6345 06 24804".parse().expect("published");
        assert_eq!(iban.to_string(), "NO4263450624804");
        assert_eq!(format!("{iban:#}"), "NO42 6345 0624 804");
        assert!("NO5969930570044".parse::<Iban>().is_err());
    }

    #[test]
    fn payers_are_masked() {
        assert_eq!(masked_kontonummer("98766543210"), "******43210");
        assert_eq!(masked_kontonummer("æ1"), "******æ1");
    }

    proptest! {
        #[test]
        fn an_iban_reads_back(first in 0_u64..10_000_000_000) {
            if let Some(konto) = Kontonummer::from_ten_digits(first) {
                prop_assert_eq!(konto.to_string().parse(), Ok(konto));
                let iban = Iban::from(konto);
                prop_assert_eq!(iban.to_string().parse(), Ok(iban));
                prop_assert_eq!(format!("{iban:#}").parse(), Ok(iban));
            }
        }
    }
}
