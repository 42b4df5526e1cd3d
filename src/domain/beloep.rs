//! Money as an integer number of øre.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An amount in Norwegian kroner, held as a whole number of øre. Never a binary fraction.
///
/// It parses a plain decimal with at most two decimals (`1000`, `-12.5`, `0.01`), up to ten
/// billion kroner above or below zero. It displays with as few decimals as it needs.
///
/// ```
/// use innkreving_sandbox::domain::Beloep;
/// let beloep: Beloep = "1234.50".parse().unwrap();
/// assert_eq!(beloep.oere(), 123_450);
/// assert_eq!(beloep.to_string(), "1234.5");
/// ```
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Beloep(i64);

/// Why a text is not an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BeloepError {
    /// It is not digits with an optional minus and decimals.
    #[error("not an amount; write kroner as a plain decimal, like 1000 or 1000.50")]
    Malformed,
    /// It has a third decimal. There are no parts of an øre.
    #[error("an amount has at most two decimals")]
    TooManyDecimals,
    /// It is larger than the sandbox can add up without overflow.
    #[error("an amount is at most 10 000 000 000 kroner")]
    TooLarge,
}

impl Beloep {
    /// No money.
    pub const ZERO: Self = Self(0);
    /// The largest amount that a text may give, in øre. A million of these add up without overflow.
    const MAX_OERE: i64 = 1_000_000_000_000;

    /// An amount from a number of øre.
    pub const fn from_oere(oere: i64) -> Self {
        Self(oere)
    }

    /// An amount from a number of whole kroner.
    pub const fn from_kroner(kroner: i64) -> Self {
        Self(kroner * 100)
    }

    /// The number of øre.
    pub const fn oere(self) -> i64 {
        self.0
    }

    /// Rounded to whole kroner. Half a krone is rounded up, also below zero.
    #[must_use]
    pub const fn rounded(self) -> Self {
        Self::from_kroner((self.0 + 50).div_euclid(100))
    }

    /// Whether it is exactly zero.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Whether it is more than zero.
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// Whether it is less than zero.
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }
}

impl FromStr for Beloep {
    type Err = BeloepError;

    fn from_str(text: &str) -> Result<Self, BeloepError> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (kroner, oere) = digits.split_once('.').unwrap_or((digits, "0"));
        let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !all_digits(kroner) || !all_digits(oere) {
            return Err(BeloepError::Malformed);
        }
        let oere = match oere.trim_end_matches('0').len() {
            0 => 0,
            1 => i64::from(oere.as_bytes()[0] - b'0') * 10,
            2 => i64::from(oere.as_bytes()[0] - b'0') * 10 + i64::from(oere.as_bytes()[1] - b'0'),
            _ => return Err(BeloepError::TooManyDecimals),
        };
        let total = kroner
            .parse::<i64>()
            .ok()
            .and_then(|kroner| kroner.checked_mul(100))
            .and_then(|kroner| kroner.checked_add(oere))
            .filter(|total| *total <= Self::MAX_OERE)
            .ok_or(BeloepError::TooLarge)?;
        Ok(Self(if negative { -total } else { total }))
    }
}

impl fmt::Display for Beloep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (kroner, oere) = (self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100);
        match oere {
            0 => write!(f, "{sign}{kroner}"),
            _ if oere % 10 == 0 => write!(f, "{sign}{kroner}.{}", oere / 10),
            _ => write!(f, "{sign}{kroner}.{oere:02}"),
        }
    }
}

impl Beloep {
    /// As people write it in Norway: two decimals after a comma, and a space that does not break between thousands.
    pub fn paa_norsk(self) -> String {
        let sign = if self.0 < 0 { "\u{2212}" } else { "" };
        let kroner = (self.0.unsigned_abs() / 100).to_string();
        let mut grouped = String::new();
        for (at, digit) in kroner.chars().enumerate() {
            if at > 0 && (kroner.len() - at).is_multiple_of(3) {
                grouped.push('\u{a0}');
            }
            grouped.push(digit);
        }
        format!("{sign}{grouped},{:02}", self.0.unsigned_abs() % 100)
    }
}

impl Add for Beloep {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Beloep {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Beloep {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl AddAssign for Beloep {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl SubAssign for Beloep {
    fn sub_assign(&mut self, other: Self) {
        self.0 -= other.0;
    }
}

impl Sum for Beloep {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn refuses_what_is_not_an_amount() {
        for text in ["", "-", ".5", "5.", "1 000", "1,50", "+1", "1e3", "--1", "0x1", "NaN"] {
            assert_eq!(text.parse::<Beloep>(), Err(BeloepError::Malformed), "{text:?}");
        }
        assert_eq!("0.001".parse::<Beloep>(), Err(BeloepError::TooManyDecimals));
        assert_eq!("10000000000.01".parse::<Beloep>(), Err(BeloepError::TooLarge));
        assert_eq!("99999999999999999999".parse::<Beloep>(), Err(BeloepError::TooLarge));
    }

    #[test]
    fn a_million_of_the_largest_add_up() {
        let largest: Beloep = "10000000000".parse().expect("the limit");
        let sum: Beloep = std::iter::repeat_n(largest, 1_000_000).sum();
        assert_eq!(sum.to_string(), "10000000000000000");
    }

    #[test]
    fn trailing_zeros_are_no_decimals() {
        assert_eq!("12.3000".parse(), Ok(Beloep::from_oere(1230)));
        assert_eq!("-0.05".parse(), Ok(Beloep::from_oere(-5)));
    }

    proptest! {
        #[test]
        fn text_and_back(oere in -1_000_000_000_000_i64..=1_000_000_000_000) {
            let beloep = Beloep::from_oere(oere);
            prop_assert_eq!(beloep.to_string().parse(), Ok(beloep));
        }

        #[test]
        fn sums_do_not_depend_on_order(mut amounts in prop::collection::vec(-10_000_000_i64..10_000_000, 0..50)) {
            let sum = |list: &[i64]| list.iter().map(|o| Beloep::from_oere(*o)).sum::<Beloep>();
            let forwards = sum(&amounts);
            amounts.reverse();
            prop_assert_eq!(forwards, sum(&amounts));
        }
    }
}
