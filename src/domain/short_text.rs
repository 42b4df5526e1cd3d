//! Short texts put together from words, numbers and days. A ledger has hundreds of them; `format!` takes several times as
//! long for each, and an allocation.

use chrono::{Datelike, NaiveDate};
use smol_str::{SmolStr, SmolStrBuilder};

/// A text that is being put together. Up to 23 bytes take no allocation.
#[derive(Default)]
pub(crate) struct ShortText(SmolStrBuilder);

/// The most zeros before a number.
const ZEROS: &str = "0000000000000000000";

impl ShortText {
    /// Adds a text.
    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        self.0.push_str(text);
        self
    }

    /// Adds a number with at least so many digits, at most 20, zeros before it.
    pub(crate) fn number(&mut self, number: u64, digits: usize) -> &mut Self {
        let mut buffer = itoa::Buffer::new();
        let written = buffer.format(number);
        let zeros = digits.saturating_sub(written.len()).min(ZEROS.len());
        if zeros > 0 {
            self.0.push_str(&ZEROS[..zeros]);
        }
        self.text(written)
    }

    /// Adds a year. One before the year 0 has a sign.
    pub(crate) fn year(&mut self, year: i32) -> &mut Self {
        self.text(if year < 0 { "-" } else { "" }).number(year.unsigned_abs().into(), 1)
    }

    /// Adds a day of the years 0 to 9999 as `2026-11-30`.
    pub(crate) fn day(&mut self, day: NaiveDate) -> &mut Self {
        let with_year = self.number(day.year().unsigned_abs().into(), 4);
        with_year.text("-").number(day.month().into(), 2).text("-").number(day.day().into(), 2)
    }

    /// The text.
    pub(crate) fn end(&mut self) -> SmolStr {
        std::mem::take(&mut self.0).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn as_format_writes_it(before in "[a-zæøå -]{0,30}", number: u64, digits in 0_usize..21, year: i32, day in 0_u64..3_600_000) {
            let day = NaiveDate::from_ymd_opt(1, 1, 1).expect("a day") + chrono::Days::new(day);
            let ours = ShortText::default().text(&before).number(number, digits).text(" ").year(year).text("/").day(day).end();
            prop_assert_eq!(ours.as_str(), format!("{before}{number:0digits$} {year}/{day}"));
        }
    }
}
