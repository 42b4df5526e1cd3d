//! Norwegian public holidays and working days.

use chrono::{Datelike, Days, NaiveDate, Weekday};

/// Easter Sunday by the anonymous Gregorian algorithm, in days after 22 March, the first day that it can be.
#[expect(clippy::many_single_char_names, reason = "the algorithm is published with these names")]
const fn easter_after_22_march(year: i32) -> i32 {
    let (a, b, c) = (year.rem_euclid(19), year.div_euclid(100), year.rem_euclid(100));
    let h = (19 * a + b - b.div_euclid(4) - (b - (b + 8).div_euclid(25) + 1).div_euclid(3) + 15).rem_euclid(30);
    let l = (32 + 2 * b.rem_euclid(4) + 2 * (c / 4) - h - c % 4).rem_euclid(7);
    let m = (a + 11 * h + 22 * l) / 451;
    h + l - 7 * m
}

/// The years whose Easter is looked up. A ledger asks for hundreds of days.
const KNOWN_FROM: i32 = 1990;
const KNOWN: [i8; 128] = {
    let (mut known, mut at) = ([0; 128], 0);
    while at < 128 {
        #[expect(clippy::cast_possible_truncation, reason = "0 to 34; and 128 years")]
        #[expect(clippy::cast_possible_wrap, reason = "128 years")]
        {
            known[at] = easter_after_22_march(KNOWN_FROM + at as i32) as i8;
        }
        at += 1;
    }
    known
};

/// How many days a day is after Easter Sunday of its year.
fn days_after_easter(day: NaiveDate) -> i32 {
    let year = day.year();
    let known = usize::try_from(year - KNOWN_FROM).ok().and_then(|at| KNOWN.get(at));
    let easter = known.map_or_else(|| easter_after_22_march(year), |days| i32::from(*days));
    // 22 March has this number in the year.
    let march_22 = 81 + i32::from(day.leap_year());
    day.ordinal().cast_signed() - march_22 - easter
}

/// Whether a day is a Norwegian public holiday. An ordinary Sunday is not one.
pub fn is_public_holiday(day: NaiveDate) -> bool {
    match (day.month(), day.day()) {
        (1 | 5, 1) | (5, 17) | (12, 25 | 26) => true,
        // Maundy Thursday, Good Friday, Easter Sunday and Monday, Ascension Day, Whit Sunday and Monday. Easter is from
        // 22 March to 25 April.
        (3..=6, _) => matches!(days_after_easter(day), -3 | -2 | 0 | 1 | 39 | 49 | 50),
        _ => false,
    }
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
        let easters =
            [day(2024, 3, 31), day(2025, 4, 20), day(2026, 4, 5), day(2038, 4, 25), day(1961, 4, 2), day(2285, 3, 22)];
        for easter in easters {
            assert_eq!(days_after_easter(easter), 0, "{easter}");
            assert_eq!(days_after_easter(easter.succ_opt().expect("a day")), 1, "{easter}");
        }
        for year in 1850..2300 {
            let looked_up = usize::try_from(year - KNOWN_FROM).ok().and_then(|at| KNOWN.get(at));
            assert!(looked_up.is_none_or(|days| i32::from(*days) == easter_after_22_march(year)), "{year}");
            assert_eq!(days_after_easter(day(year, 3, 22)), -easter_after_22_march(year), "{year}");
        }
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
