//! One clock. The real time is always passed in; this module says what the sandbox takes it for.
//!
//! Two days are told apart (docs/scenarios.md, "Time"): the *base date*, against which a scenario's
//! relative dates are resolved once, and the *observer's day*, which a moved clock moves.

use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use chrono_tz::Europe::Oslo;

/// The first and last year of a day: on a clock, in a call, in a scenario.
pub const YEARS: std::ops::RangeInclusive<i32> = 1900..=2200;

/// The Norwegian calendar date of an instant.
pub fn day_in_norway(instant: DateTime<Utc>) -> NaiveDate {
    // Days begin on a whole hour of UTC, so the day of the last hour asked for is remembered: the hour in the upper half,
    // the day in the lower.
    static LAST: AtomicU64 = AtomicU64::new(u64::MAX);
    let hour = u32::try_from(instant.timestamp().div_euclid(3600)).unwrap_or(u32::MAX);
    let last = LAST.load(Ordering::Relaxed);
    if hour != u32::MAX && last >> 32 == u64::from(hour) {
        let day = u32::try_from(last & u64::from(u32::MAX)).unwrap_or_default().cast_signed();
        if let Some(day) = NaiveDate::from_epoch_days(day) {
            return day;
        }
    }
    let day = instant.with_timezone(&Oslo).date_naive();
    LAST.store(u64::from(hour) << 32 | u64::from(day.to_epoch_days().cast_unsigned()), Ordering::Relaxed);
    day
}

/// The Norwegian date and time of an instant.
pub fn time_in_norway(instant: DateTime<Utc>) -> NaiveDateTime {
    instant.with_timezone(&Oslo).naive_local()
}

/// A shift by calendar months and days, for example `+30d`, `-2w`, `+1m - 3d`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shift {
    months: i32,
    days: i32,
}

/// Why a text is no clock setting or shift.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClockError {
    /// None of the forms.
    #[error("not a date (2026-03-01), a date-time (2026-03-01T12:00:00+01:00) or a shift (+30d, -2w, +1m)")]
    Form,
    /// A shift of another form than sign, number, unit.
    #[error("not a shift: write a sign, a number and a unit of d, w, m or y, like +30d or - 2w + 1d")]
    Shift,
    /// A date outside [`YEARS`].
    #[error("outside the years {} to {}", YEARS.start(), YEARS.end())]
    Range,
}

impl Shift {
    /// The day so many months and then days away, the day of the month cut to the month's length.
    pub fn apply(self, day: NaiveDate) -> Option<NaiveDate> {
        let months = Months::new(self.months.unsigned_abs());
        let days = Days::new(u64::from(self.days.unsigned_abs()));
        let day = if self.months < 0 { day.checked_sub_months(months) } else { day.checked_add_months(months) }?;
        if self.days < 0 { day.checked_sub_days(days) } else { day.checked_add_days(days) }
    }
}

impl Shift {
    /// The days from one day to another.
    pub fn between(from: NaiveDate, to: NaiveDate) -> Option<Self> {
        let days = to.signed_duration_since(from).num_days();
        Some(Self { months: 0, days: days.try_into().ok()? })
    }

    /// It leads to where it began.
    pub fn is_null(self) -> bool {
        self == Self::default()
    }
}

impl fmt::Display for Shift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.months, self.days) {
            (0, days) => write!(f, "{days:+}d"),
            (months, 0) => write!(f, "{months:+}m"),
            (months, days) => write!(f, "{months:+}m{days:+}d"),
        }
    }
}

impl FromStr for Shift {
    type Err = ClockError;

    fn from_str(text: &str) -> Result<Self, ClockError> {
        let mut shift = Self::default();
        let mut rest = text.trim();
        if rest.is_empty() {
            return Err(ClockError::Shift);
        }
        while !rest.is_empty() {
            let sign = match rest.as_bytes()[0] {
                b'+' => 1,
                b'-' => -1,
                _ => return Err(ClockError::Shift),
            };
            rest = rest[1..].trim_start();
            let length = rest.bytes().take_while(u8::is_ascii_digit).count();
            let number: i32 = rest[..length].parse().map_err(|_| ClockError::Shift)?;
            let number = sign * if number <= 100_000 { number } else { return Err(ClockError::Range) };
            rest = &rest[length..];
            let (sum, step) = match rest.bytes().next() {
                Some(b'd') => (&mut shift.days, number),
                Some(b'w') => (&mut shift.days, number * 7),
                Some(b'm') => (&mut shift.months, number),
                Some(b'y') => (&mut shift.months, number * 12),
                _ => return Err(ClockError::Shift),
            };
            *sum = sum.checked_add(step).ok_or(ClockError::Range)?;
            rest = rest[1..].trim_start();
        }
        Ok(shift)
    }
}

/// What a user may say the time is: a standing moment, or a shift of whatever it would be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Now {
    /// The clock stands still at this instant.
    Fixed(DateTime<Utc>),
    /// The clock goes on, so far ahead or behind.
    Shifted(Shift),
}

impl Now {
    /// The instant that it is, given what it would be otherwise.
    ///
    /// # Errors
    /// [`ClockError::Range`] where a shift leads out of the years that a clock may show.
    pub fn resolve(self, otherwise: DateTime<Utc>) -> Result<DateTime<Utc>, ClockError> {
        match self {
            Self::Fixed(instant) => Ok(instant),
            Self::Shifted(shift) => {
                let local = otherwise.with_timezone(&Oslo);
                shift
                    .apply(local.date_naive())
                    .filter(|day| YEARS.contains(&chrono::Datelike::year(day)))
                    .and_then(|day| in_norway(day.and_time(local.time())))
                    .ok_or(ClockError::Range)
            }
        }
    }
}

impl FromStr for Now {
    type Err = ClockError;

    /// A date means noon of that day in Norway; a date-time without a zone is Norwegian time.
    fn from_str(text: &str) -> Result<Self, ClockError> {
        if text.starts_with(['+', '-']) {
            return text.parse().map(Self::Shifted);
        }
        let day = parse_day(text);
        if day == Err(ClockError::Range) {
            return Err(ClockError::Range);
        }
        let instant = if let Ok(day) = day {
            day.and_hms_opt(12, 0, 0).and_then(in_norway)
        } else if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
            Some(instant.to_utc())
        } else if let Ok(local) = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f") {
            in_norway(local)
        } else {
            return Err(ClockError::Form);
        };
        let instant = instant.ok_or(ClockError::Form)?;
        let year = chrono::Datelike::year(&day_in_norway(instant));
        if YEARS.contains(&year) { Ok(Self::Fixed(instant)) } else { Err(ClockError::Range) }
    }
}

/// An ISO date of exactly the form `2026-03-01`.
///
/// # Errors
/// [`ClockError::Form`] for anything else, including dates that do not exist; [`ClockError::Range`] for a day outside
/// [`YEARS`].
pub fn parse_day(text: &str) -> Result<NaiveDate, ClockError> {
    let shape = text.len() == 10
        && text.bytes().enumerate().all(|(i, b)| if matches!(i, 4 | 7) { b == b'-' } else { b.is_ascii_digit() });
    if !shape {
        return Err(ClockError::Form);
    }
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| ClockError::Form)?;
    if YEARS.contains(&chrono::Datelike::year(&day)) { Ok(day) } else { Err(ClockError::Range) }
}

/// The instant of a Norwegian wall-clock time; one that summer time skips is read an hour later.
fn in_norway(local: NaiveDateTime) -> Option<DateTime<Utc>> {
    let later = local + chrono::TimeDelta::hours(1);
    let zoned = Oslo.from_local_datetime(&local).earliest().or_else(|| Oslo.from_local_datetime(&later).earliest());
    zoned.map(|zoned| zoned.to_utc())
}

/// A day's noon in Norway, as a frozen clock shows it.
pub fn noon_in_norway(day: NaiveDate) -> DateTime<Utc> {
    let noon = day.and_time(NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default());
    in_norway(noon).unwrap_or_else(|| noon.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        parse_day(text).expect(text)
    }

    #[test]
    fn a_date_stands_still_at_noon_in_norway() {
        let now =
            |text: &str| text.parse::<Now>().map(|now| now.resolve(DateTime::UNIX_EPOCH).expect(text).to_rfc3339());
        assert_eq!(now("2026-03-01").as_deref(), Ok("2026-03-01T11:00:00+00:00"));
        assert_eq!(now("2026-07-01").as_deref(), Ok("2026-07-01T10:00:00+00:00"));
        assert_eq!(now("2026-07-01T00:30:00").as_deref(), Ok("2026-06-30T22:30:00+00:00"));
        assert_eq!(now("2026-07-01T00:30:00Z").as_deref(), Ok("2026-07-01T00:30:00+00:00"));
        // Summer time skips 02:30 that night.
        assert_eq!(now("2026-03-29T02:30:00").as_deref(), Ok("2026-03-29T01:30:00+00:00"));
    }

    #[test]
    fn a_shift_keeps_ticking() {
        let now: Now = "+30d".parse().expect("shift");
        let real = noon_in_norway(day("2026-03-15"));
        let resolved = |real| now.resolve(real).expect("in range");
        assert_eq!(day_in_norway(resolved(real)), day("2026-04-14"));
        let later = real + chrono::TimeDelta::seconds(5);
        assert_eq!(resolved(later) - resolved(real), chrono::TimeDelta::seconds(5));
        assert_eq!("+175y".parse::<Now>().expect("shift").resolve(real), Err(ClockError::Range));
    }

    #[test]
    fn shifts_by_calendar() {
        let shifted = |from: &str, shift: &str| shift.parse::<Shift>().expect(shift).apply(day(from)).expect(from);
        assert_eq!(shifted("2026-01-31", "+1m"), day("2026-02-28"));
        assert_eq!(shifted("2026-01-31", "- 2w + 1d"), day("2026-01-18"));
        assert_eq!(shifted("2024-02-29", "+1y"), day("2025-02-28"));
    }

    #[test]
    fn refuses_other_forms() {
        for text in
            ["", "today", "2026-3-1", "2026-02-30", "+30", "30d", "+d", "+1h", "2026-03-01 12:00", "++1d", "+1dd"]
        {
            assert!(text.parse::<Now>().is_err(), "{text:?}");
        }
        for text in ["1899-12-31", "2201-01-01", "9999-12-31T12:00:00Z", "0001-01-01T00:00:00"] {
            assert_eq!(text.parse::<Now>(), Err(ClockError::Range), "{text}");
        }
        assert!("1900-01-01".parse::<Now>().is_ok() && "2200-12-31".parse::<Now>().is_ok());
        assert_eq!("+999999d".parse::<Now>(), Err(ClockError::Range));
        assert_eq!("+100000y".repeat(1900).parse::<Now>(), Err(ClockError::Range));
        assert_eq!("-100000w".repeat(4000).parse::<Now>(), Err(ClockError::Range));
    }
}
