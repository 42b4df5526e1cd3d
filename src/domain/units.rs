//! The units of time that callers and authors write, in one table for clocks, days and lengths of time.
//!
//! `min` is a minute and `mo` is a month everywhere. `m` alone could be either. Days have no minutes and lengths have no months, so
//! there it is what it can be; a clock has both, and refuses it.

/// A unit, and how much of it one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// A length that is always the same, in milliseconds.
    Exact(u64),
    /// Days of a calendar. As a length of time, a day has 24 hours.
    Days(u32),
    /// Months of a calendar. They have no length.
    Months(u32),
    /// `m`: minutes or months.
    Ambiguous,
}

/// The name that is written comes first among those that mean the same.
const UNITS: [(&str, Unit); 10] = [
    ("ms", Unit::Exact(1)),
    ("s", Unit::Exact(1_000)),
    ("min", Unit::Exact(60_000)),
    ("h", Unit::Exact(3_600_000)),
    ("d", Unit::Days(1)),
    ("w", Unit::Days(7)),
    ("mo", Unit::Months(1)),
    ("month", Unit::Months(1)),
    ("y", Unit::Months(12)),
    ("m", Unit::Ambiguous),
];

/// A day, in milliseconds.
pub(crate) const DAY: u64 = 24 * 3_600_000;

impl Unit {
    /// The unit of a name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        UNITS.iter().find(|(known, _)| *known == name).map(|(_, unit)| *unit)
    }

    /// The unit in milliseconds, as a length of time. `m` is a minute, because a month has no length.
    pub(crate) fn millis(self) -> Option<u64> {
        match self {
            Self::Exact(millis) => Some(millis),
            Self::Days(days) => Some(u64::from(days) * DAY),
            Self::Ambiguous => Some(60_000),
            Self::Months(_) => None,
        }
    }
}

/// Takes a number and the name behind it from the beginning of a text. Returns the number, the name, and the rest.
pub(crate) fn part(text: &str) -> Option<(u64, &str, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at(digits);
    let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (name, rest) = rest.split_at(letters);
    Some((number.parse().ok()?, name, rest))
}
