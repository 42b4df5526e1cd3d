//! The editions of an answer.

use std::fmt;
use std::str::FromStr;

/// An edition of the answers of Krav og betalinger. (docs/fidelity.md, "Editions")
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Edition {
    /// March 2023: plain strings, `betaltFra`, and empty lists are printed.
    E2023,
    /// August 2023 and later: `skjermet`, `spraakTekst`, masked accounts.
    #[default]
    E2024,
}

impl Edition {
    /// All of them, the newest first.
    pub const ALL: [Self; 2] = [Self::E2024, Self::E2023];

    /// The accepted spellings.
    pub const NAMES: [&'static str; 2] = ["2023", "2024"];

    /// The name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::E2023 => "2023",
            Self::E2024 => "2024",
        }
    }
}

impl FromStr for Edition {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "2023" => Ok(Self::E2023),
            "2024" => Ok(Self::E2024),
            _ => Err(()),
        }
    }
}

impl fmt::Display for Edition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
