//! Norwegian public holidays and working days.

use chrono::{Datelike, Days, NaiveDate, Weekday};

/// Easter Sunday by the anonymous Gregorian algorithm.
#[expect(clippy::many_single_char_names, reason = "the algorithm is published with these names")]
fn easter_sunday(year: i32) -> Option<NaiveDate> {
    let (a, b, c) = (year % 19, year / 100, year % 100);
    let h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let month_and_day = h + l - 7 * m + 114;
    NaiveDate::from_ymd_opt(year, u32::try_from(month_and_day / 31).ok()?, u32::try_from(month_and_day % 31 + 1).ok()?)
}

/// Whether a day is a Norwegian public holiday. An ordinary Sunday is not one.
pub fn is_public_holiday(day: NaiveDate) -> bool {
    if matches!((day.month(), day.day()), (1 | 5, 1) | (5, 17) | (12, 25 | 26)) {
        return true;
    }
    // Maundy Thursday, Good Friday, Easter Sunday and Monday, Ascension Day, Whit Sunday and Monday. Easter is from 22 March to
    // 25 April.
    matches!(day.month(), 3..=6)
        && easter_sunday(day.year()).is_some_and(|easter| {
            matches!(day.signed_duration_since(easter).num_days(), -3 | -2 | 0 | 1 | 39 | 49 | 50)
        })
}

/// Whether a day is neither in a weekend nor a public holiday.
pub fn is_working_day(day: NaiveDate) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !is_public_holiday(day)
}

/// The day itself if it is a working day, otherwise the next working day.
pub fn this_or_next_working_day(day: NaiveDate) -> NaiveDate {
    let mut day = day;
    while !is_working_day(day) {
        match day.checked_add_days(Days::new(1)) {
            Some(next) => day = next,
            None => return day,
        }
    }
    day
}

/// The day itself if it is a working day, otherwise the last working day before it.
pub fn this_or_previous_working_day(day: NaiveDate) -> NaiveDate {
    let mut day = day;
    while !is_working_day(day) {
        match day.pred_opt() {
            Some(previous) => day = previous,
            None => return day,
        }
    }
    day
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(y: i32, m: u32, d: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(y, m, d).expect("a date")
    }

    #[test]
    fn movable_holidays() {
        assert_eq!(easter_sunday(2024), Some(day(2024, 3, 31)));
        assert_eq!(easter_sunday(2025), Some(day(2025, 4, 20)));
        assert_eq!(easter_sunday(2026), Some(day(2026, 4, 5)));
        assert_eq!(easter_sunday(2038), Some(day(2038, 4, 25)));
        for holiday in [day(2026, 4, 2), day(2026, 4, 3), day(2026, 4, 6), day(2026, 5, 14), day(2026, 5, 25)] {
            assert!(is_public_holiday(holiday), "{holiday}");
        }
        assert!(!is_public_holiday(day(2026, 4, 7)));
    }

    #[test]
    fn published_due_dates_that_moved() {
        assert_eq!(this_or_next_working_day(day(2022, 4, 10)), day(2022, 4, 11));
        assert_eq!(this_or_next_working_day(day(2022, 5, 15)), day(2022, 5, 16));
        assert_eq!(this_or_next_working_day(day(2022, 1, 15)), day(2022, 1, 17));
    }
}
