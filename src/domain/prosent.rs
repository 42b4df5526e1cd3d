//! A percentage.

use serde::{Deserialize, Serialize};

use super::Beloep;

/// A percentage with two decimals, 0 to 100.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct Prosent(u16);

impl TryFrom<u16> for Prosent {
    type Error = &'static str;

    fn try_from(hundredths: u16) -> Result<Self, &'static str> {
        Self::from_hundredths(hundredths).ok_or("more than 100 %")
    }
}

impl From<Prosent> for u16 {
    fn from(prosent: Prosent) -> Self {
        prosent.hundredths()
    }
}

impl Prosent {
    /// 0 %.
    pub const ZERO: Self = Self(0);

    /// A percentage from hundredths of a per cent. `None` if it is more than 100 %.
    pub fn from_hundredths(hundredths: u16) -> Option<Self> {
        (hundredths <= 10_000).then_some(Self(hundredths))
    }

    /// The number of hundredths of a per cent.
    pub fn hundredths(self) -> u16 {
        self.0
    }
}

impl std::str::FromStr for Prosent {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // An amount has two decimals too, so its parser reads a percentage.
        let number: Beloep = text.parse().map_err(|_| "not a percentage with at most two decimals".to_owned())?;
        u16::try_from(number.oere()).ok().and_then(Self::from_hundredths).ok_or_else(|| "not from 0 to 100".to_owned())
    }
}
