//! Lengths of time as a caller writes them: `1500ms`, `2s`, `10m`, `1h`.

use std::time::Duration;

/// The units, longest last.
const UNITS: [(&str, u64); 4] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)];

/// Reads a whole number with a unit.
pub(crate) fn parse_duration(text: &str) -> Option<Duration> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let (_, millis) = UNITS.iter().find(|(name, _)| *name == unit)?;
    number.parse::<u64>().ok()?.checked_mul(*millis).map(Duration::from_millis)
}

/// Writes a duration in the largest unit that gives a whole number.
pub(crate) fn write_duration(duration: Duration) -> String {
    let millis = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    let fits = |(_, unit): &&(&str, u64)| millis > 0 && millis.is_multiple_of(*unit);
    let (name, unit) = UNITS.iter().rev().find(fits).unwrap_or(&UNITS[0]);
    format!("{}{name}", millis / unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for text in ["0ms", "1500ms", "2s", "90s", "10m", "1h"] {
            assert_eq!(parse_duration(text).map(write_duration).as_deref(), Some(text));
        }
        assert_eq!(parse_duration("3600s").map(write_duration).as_deref(), Some("1h"));
        for text in ["", "2", "s", "1.5s", "-1s", "2 s", "2S", "99999999999999999999s", "18446744073709551615h"] {
            assert_eq!(parse_duration(text), None, "{text:?}");
        }
    }
}
