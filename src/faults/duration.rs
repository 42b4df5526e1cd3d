//! Lengths of time as a caller writes them: `1500ms`, `2s`, `10min`, `1h`, `30d`.

use std::time::Duration;

use crate::domain::units::{DAY, Unit, part};

/// What may be written, for messages.
pub(crate) const FORMS: &str = "a number and ms, s, min, h, d or w";

/// Reads a whole number with a unit. `m` alone is a minute, because a month has no length.
pub(crate) fn parse_duration(text: &str) -> Option<Duration> {
    let (number, name, rest) = part(text)?;
    let millis = Unit::named(name).filter(|_| rest.is_empty())?.millis()?;
    number.checked_mul(millis).map(Duration::from_millis)
}

/// Writes a duration in the largest unit that gives a whole number.
pub(crate) fn write_duration(duration: Duration) -> String {
    const UNITS: [(&str, u64); 5] = [("d", DAY), ("h", 3_600_000), ("min", 60_000), ("s", 1_000), ("ms", 1)];
    let millis = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    let fits = |(_, unit): &&(&str, u64)| millis > 0 && millis.is_multiple_of(*unit);
    let (name, unit) = UNITS.iter().find(fits).unwrap_or(&UNITS[4]);
    format!("{}{name}", millis / unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for text in ["0ms", "1500ms", "2s", "90s", "10min", "1h", "25h", "30d"] {
            assert_eq!(parse_duration(text).map(write_duration).as_deref(), Some(text));
        }
        assert_eq!(parse_duration("3600s").map(write_duration).as_deref(), Some("1h"));
        assert_eq!(parse_duration("10m").map(write_duration).as_deref(), Some("10min"));
        assert_eq!(parse_duration("1w").map(write_duration).as_deref(), Some("7d"));
        for text in [
            "",
            "2",
            "1mo",
            "1y",
            "1min2",
            "s",
            "1.5s",
            "-1s",
            "2 s",
            "2S",
            "99999999999999999999s",
            "18446744073709551615h",
        ] {
            assert_eq!(parse_duration(text), None, "{text:?}");
        }
    }
}
