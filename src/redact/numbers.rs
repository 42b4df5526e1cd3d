//! Personal numbers in a text, whatever stands between their digits.

use std::borrow::Cow;
use std::ops::Range;

use crate::domain::identifikator::Foedselsnummer;

/// How many digits a personal number has.
const LENGTH: usize = 11;

/// The most characters between two groups of its digits.
const WIDEST_GAP: usize = 3;

/// What is done with eleven digits in one or two parts that cannot be a personal number: account numbers have eleven, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doubt {
    Hide,
    Show,
}

/// Masks the digits of every personal number that is not synthetic: runs of exactly eleven digits, of six and five, and
/// eleven digits in other groups, if they can be a date and five digits or have the right check digits.
pub(super) fn masked(text: &str, doubt: Doubt) -> Cow<'_, str> {
    let groups = digit_groups(text);
    let mut hidden: Option<Vec<u8>> = None;
    let mut at = 0;
    while at < groups.len() {
        let count = groups_of_number(text, &groups[at..], doubt);
        for group in &groups[at..at + count] {
            // Only ASCII digits are replaced, so the text stays UTF-8.
            hidden.get_or_insert_with(|| text.as_bytes().to_vec())[group.clone()].fill(b'*');
        }
        at += count.max(1);
    }
    hidden.map_or(Cow::Borrowed(text), |bytes| String::from_utf8_lossy(&bytes).into_owned().into())
}

/// The longest runs of ASCII digits.
fn digit_groups(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let (mut groups, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let length = bytes[at..].iter().take_while(|b| b.is_ascii_digit()).count();
        if length > 0 {
            groups.push(at..at + length);
        }
        at += length.max(1);
    }
    groups
}

/// How many of the first groups are a personal number that must not be shown. 0: they begin with none.
fn groups_of_number(text: &str, groups: &[Range<usize>], doubt: Doubt) -> usize {
    let mut digits = String::with_capacity(LENGTH);
    let mut begins_with_date = false;
    for (at, group) in groups.iter().enumerate() {
        if at > 0 && !is_gap(&text[groups[at - 1].end..group.start]) {
            return 0;
        }
        digits.push_str(&text[group.clone()]);
        begins_with_date |= digits.len() == 6;
        if digits.len() == LENGTH {
            let lengths: Vec<usize> = groups[..=at].iter().map(Range::len).collect();
            let is_number = match &lengths[..] {
                [LENGTH] | [6, 5] => doubt == Doubt::Hide || can_be_person(&digits),
                _ => {
                    stands_alone(text, &groups[0], group)
                        && is_plausible(text, &groups[..=at], &digits, begins_with_date)
                }
            };
            return if is_number && !Foedselsnummer::looks_synthetic(&digits) { at + 1 } else { 0 };
        }
        if digits.len() > LENGTH {
            return 0;
        }
    }
    0
}

/// Whether a text between two groups of digits can stand inside of a number. The parts of a query are apart.
fn is_gap(text: &str) -> bool {
    text.chars().count() <= WIDEST_GAP
        && !text.chars().any(|c| c.is_alphanumeric() || matches!(c, '&' | '=' | '?' | '\n' | '"'))
}

/// Whether groups of digits are not a part of a longer word, such as a UUID.
fn stands_alone(text: &str, first: &Range<usize>, last: &Range<usize>) -> bool {
    let is_word = |c: char| c.is_alphanumeric();
    !text[..first.start].ends_with(is_word) && !text[last.end..].starts_with(is_word)
}

/// Whether digits in several groups can be a personal number: a date and five more, or the right check digits. A time has
/// colons.
fn is_plausible(text: &str, groups: &[Range<usize>], digits: &str, begins_with_date: bool) -> bool {
    let has_colon = text[groups[0].start..groups[groups.len() - 1].end].contains(':');
    if begins_with_date && !has_colon { can_be_person(digits) } else { digits.parse::<Foedselsnummer>().is_ok() }
}

/// Whether eleven digits begin with a date, or with the date of a D-number.
fn can_be_person(digits: &str) -> bool {
    let two = |at: usize| digits.get(at..at + 2).and_then(|part| part.parse::<u8>().ok()).unwrap_or_default();
    matches!(two(0), 1..=31 | 41..=71) && matches!(two(2), 1..=12)
}
