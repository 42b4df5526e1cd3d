//! One clock. The real time is always passed in; this module says what the sandbox takes it for.
//!
//! Two days are told apart (docs/scenarios.md, "Time"): the *base date*, against which a scenario's
//! relative dates are resolved once, and the *observer's day*, which a moved clock moves.

use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Europe::Oslo;

use super::units::{Unit, part};

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

/// A shift by calendar months and days, for example `+30d`, `-2w`, `+1mo - 3d`. It leads from a day to a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shift {
    months: i32,
    days: i32,
}

/// A shift of a clock: months and days of the calendar, and then an exact time, for example `+30d`, `+2h`, `+1mo - 30min`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClockShift {
    days: Shift,
    seconds: i64,
}

/// Why a text is no clock setting or shift.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClockError {
    /// None of the forms.
    #[error("not a date (2026-03-01), a date-time (2026-03-01T12:00:00+01:00) or a shift (+30d, -2w, +1mo, +2h)")]
    Form,
    /// A shift of a day, of another form than sign, number, unit.
    #[error("not a shift: write a sign, a number and a unit of d, w, mo or y, like +30d or - 2w + 1d")]
    Shift,
    /// A shift of a clock, of another form than sign, number, unit.
    #[error("not a shift: write a sign, a number and a unit of s, min, h, d, w, mo or y, like +30d or +1d - 2h")]
    ClockShift,
    /// `m` on a clock.
    #[error("m could be minutes or months here: write min or mo, like +30min or +1mo")]
    Ambiguous,
    /// A date outside [`YEARS`].
    #[error("outside the years {} to {}", YEARS.start(), YEARS.end())]
    Range,
}

/// The highest number in a shift.
const MOST: u64 = 100_000;

/// Reads signs, numbers and units: `+1mo - 3d`. `take` adds each of them.
fn read_shift(
    text: &str,
    bad: ClockError,
    mut take: impl FnMut(i64, Unit) -> Result<(), ClockError>,
) -> Result<(), ClockError> {
    let mut rest = text.trim();
    if rest.is_empty() {
        return Err(bad);
    }
    while !rest.is_empty() {
        let sign = match rest.as_bytes()[0] {
            b'+' => 1,
            b'-' => -1,
            _ => return Err(bad),
        };
        let (number, unit, after) = part(rest[1..].trim_start()).ok_or(bad)?;
        let unit = Unit::named(unit).ok_or(bad)?;
        if number > MOST {
            return Err(ClockError::Range);
        }
        take(sign * i64::try_from(number).map_err(|_| ClockError::Range)?, unit)?;
        rest = after.trim_start();
    }
    Ok(())
}

impl Shift {
    /// The day so many months and then days away, the day of the month cut to the month's length.
    pub fn apply(self, day: NaiveDate) -> Option<NaiveDate> {
        let months = Months::new(self.months.unsigned_abs());
        let days = Days::new(u64::from(self.days.unsigned_abs()));
        let day = if self.months < 0 { day.checked_sub_months(months) } else { day.checked_add_months(months) }?;
        if self.days < 0 { day.checked_sub_days(days) } else { day.checked_add_days(days) }
    }

    /// It leads to where it began.
    pub fn is_null(self) -> bool {
        self == Self::default()
    }

    fn add(&mut self, number: i64, unit: Unit, bad: ClockError) -> Result<(), ClockError> {
        let (sum, each) = match unit {
            Unit::Days(days) => (&mut self.days, days),
            Unit::Months(months) => (&mut self.months, months),
            Unit::Exact(_) | Unit::Ambiguous => return Err(bad),
        };
        let step = number.checked_mul(i64::from(each)).and_then(|step| i32::try_from(step).ok());
        *sum = step.and_then(|step| sum.checked_add(step)).ok_or(ClockError::Range)?;
        Ok(())
    }
}

impl ClockShift {
    /// From one instant to another, in days of the calendar and what is left of a day, with one sign.
    fn between(from: DateTime<Utc>, to: DateTime<Utc>) -> Option<Self> {
        let mut days = day_in_norway(to).signed_duration_since(day_in_norway(from)).num_days();
        let left = |days: i64| {
            let shift = Self { days: Shift { months: 0, days: days.try_into().ok()? }, seconds: 0 };
            Some((shift, to.signed_duration_since(shift.apply(from)?).num_seconds()))
        };
        let (_, seconds) = left(days)?;
        if to > from && seconds < 0 {
            days -= 1;
        } else if to < from && seconds > 0 {
            days += 1;
        }
        let (shift, seconds) = left(days)?;
        Some(Self { seconds, ..shift })
    }

    fn apply(self, from: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let local = from.with_timezone(&Oslo);
        let day = self.days.apply(local.date_naive()).filter(|day| YEARS.contains(&chrono::Datelike::year(day)))?;
        let instant =
            in_norway(day.and_time(local.time()))?.checked_add_signed(TimeDelta::try_seconds(self.seconds)?)?;
        YEARS.contains(&chrono::Datelike::year(&day_in_norway(instant))).then_some(instant)
    }

    /// This shift, and then another one, seen from an instant. A month from the day that is led to is another length than one
    /// from the instant, so the whole is told in days.
    ///
    /// # Errors
    /// [`ClockError::Range`] where it leads out of the years that a clock may show.
    pub fn then(self, other: Self, from: DateTime<Utc>) -> Result<Self, ClockError> {
        let to = self.apply(from).and_then(|instant| other.apply(instant)).ok_or(ClockError::Range)?;
        Self::between(from, to).ok_or(ClockError::Range)
    }

    /// It leads to where it began.
    pub fn is_null(self) -> bool {
        self == Self::default()
    }

    /// Reads a shift that a log has. In logs of the first version `m` is a month.
    ///
    /// # Errors
    /// As for other shifts.
    pub fn from_log(text: &str) -> Result<Self, ClockError> {
        text.parse().or_else(|why| text.parse().map(|days| Self { days, seconds: 0 }).map_err(|_| why))
    }
}

impl fmt::Display for ClockShift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hours, minutes, seconds) = (self.seconds / 3600, self.seconds / 60 % 60, self.seconds % 60);
        let parts = [
            (i64::from(self.days.months), "mo"),
            (i64::from(self.days.days), "d"),
            (hours, "h"),
            (minutes, "min"),
            (seconds, "s"),
        ];
        if self.is_null() {
            return f.write_str("+0d");
        }
        parts.iter().filter(|(number, _)| *number != 0).try_for_each(|(number, unit)| write!(f, "{number:+}{unit}"))
    }
}

impl FromStr for Shift {
    type Err = ClockError;

    /// `m` is a month, because days have no minutes.
    fn from_str(text: &str) -> Result<Self, ClockError> {
        let mut shift = Self::default();
        read_shift(text, ClockError::Shift, |number, unit| {
            let unit = if unit == Unit::Ambiguous { Unit::Months(1) } else { unit };
            shift.add(number, unit, ClockError::Shift)
        })?;
        Ok(shift)
    }
}

impl FromStr for ClockShift {
    type Err = ClockError;

    fn from_str(text: &str) -> Result<Self, ClockError> {
        let mut shift = Self::default();
        read_shift(text, ClockError::ClockShift, |number, unit| match unit {
            Unit::Ambiguous => Err(ClockError::Ambiguous),
            Unit::Exact(millis) if millis % 1000 == 0 => {
                let each = i64::try_from(millis / 1000).map_err(|_| ClockError::Range)?;
                let sum = number.checked_mul(each).and_then(|step| shift.seconds.checked_add(step));
                shift.seconds = sum.ok_or(ClockError::Range)?;
                Ok(())
            }
            _ => shift.days.add(number, unit, ClockError::ClockShift),
        })?;
        Ok(shift)
    }
}

/// What a user may say the time is: a standing moment, or a shift of whatever it would be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Now {
    /// The clock stands still at this instant.
    Fixed(DateTime<Utc>),
    /// The clock goes on, so far ahead or behind.
    Shifted(ClockShift),
}

impl Now {
    /// The instant that it is, given what it would be otherwise.
    ///
    /// # Errors
    /// [`ClockError::Range`] where a shift leads out of the years that a clock may show.
    pub fn resolve(self, otherwise: DateTime<Utc>) -> Result<DateTime<Utc>, ClockError> {
        match self {
            Self::Fixed(instant) => Ok(instant),
            Self::Shifted(shift) => shift.apply(otherwise).ok_or(ClockError::Range),
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
    let later = local + TimeDelta::hours(1);
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
        let later = real + TimeDelta::seconds(5);
        assert_eq!(resolved(later) - resolved(real), TimeDelta::seconds(5));
        assert_eq!("+175y".parse::<Now>().expect("shift").resolve(real), Err(ClockError::Range));
    }

    #[test]
    fn shifts_by_calendar() {
        let shifted = |from: &str, shift: &str| shift.parse::<Shift>().expect(shift).apply(day(from)).expect(from);
        assert_eq!(shifted("2026-01-31", "+1m"), day("2026-02-28"));
        assert_eq!(shifted("2026-01-31", "+1mo - 1month + 2y"), day("2028-01-31"));
        assert_eq!(shifted("2026-01-31", "- 2w + 1d"), day("2026-01-18"));
        assert_eq!(shifted("2024-02-29", "+1y"), day("2025-02-28"));
    }

    #[test]
    fn a_clock_has_hours_and_minutes_and_no_bare_m() {
        let from: DateTime<Utc> = "2026-03-28T23:30:00Z".parse().expect("an instant"); // 00:30 in Norway, summer time at 02:00
        let shifted =
            |text: &str| text.parse::<Now>().and_then(|now| now.resolve(from)).map(|instant| instant.to_rfc3339());
        assert_eq!(shifted("+2h").as_deref(), Ok("2026-03-29T01:30:00+00:00"), "an hour is an hour");
        assert_eq!(shifted("+1d").as_deref(), Ok("2026-03-29T22:30:00+00:00"), "a day is a day of the calendar");
        assert_eq!(shifted("+1d - 30min + 90s").as_deref(), Ok("2026-03-29T22:01:30+00:00"));
        for text in ["+1m", "-3m", "+1d + 5m"] {
            assert_eq!(text.parse::<Now>(), Err(ClockError::Ambiguous), "{text}");
        }
        assert_eq!("+2h".parse::<Shift>(), Err(ClockError::Shift), "a day has no hours");
    }

    #[test]
    fn one_shift_after_another_is_told_in_days_and_what_is_left() {
        let from: DateTime<Utc> = "2026-01-31T22:30:00Z".parse().expect("an instant"); // 23:30 in Norway
        let sum = |one: &str, other: &str| {
            let read = |text: &str| text.parse::<ClockShift>().expect(text);
            let sum = read(one).then(read(other), from).expect("in range");
            let (whole, steps) =
                (sum.apply(from), read(one).apply(from).and_then(|instant| read(other).apply(instant)));
            assert_eq!(whole, steps, "{one} {other}");
            assert_eq!(ClockShift::from_log(&sum.to_string()), Ok(sum), "{sum}");
            sum.to_string()
        };
        assert_eq!(sum("+1d", "+2h"), "+1d+2h");
        assert_eq!(sum("+2h", "+1mo"), "+28d+2h"); // 1 February at 01:30, so 1 March
        assert_eq!(sum("+1mo", "+3d"), "+31d");
        assert_eq!(sum("-1h", "-30min"), "-1h-30min");
        assert_eq!(sum("+90s", "-1d"), "-23h-58min-30s");
        assert_eq!(sum("+3d", "-3d"), "+0d");
        assert_eq!(ClockShift::from_log("+1m-2d").map(|shift| shift.to_string()).as_deref(), Ok("+1mo-2d"));
    }

    #[test]
    fn refuses_other_forms() {
        for text in [
            "",
            "today",
            "2026-3-1",
            "2026-02-30",
            "+30",
            "30d",
            "+d",
            "+1ms",
            "+1q",
            "2026-03-01 12:00",
            "++1d",
            "+1dd",
        ] {
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
