//! What a YAML text may be, checked on the stream of its events before anything is built from it. A text that is nested
//! deeply, or whose aliases stand for much, must not cost more than its bytes.

use saphyr_parser::{Event, Parser};

/// How deep lists and blocks may be nested. The format itself needs seven levels.
const MOST_LEVELS: usize = 64;

/// How many values and keys a text may have. The values behind an alias count each time they are read.
pub(super) const MOST_VALUES: usize = 500_000;

/// A longer text is not read by a second parser to describe a mistake that the first one found.
const MOST_BYTES_TO_DESCRIBE: usize = 256 * 1024;

/// Line breaks of YAML 1.1 that are ordinary characters in YAML 1.2. Parsers of the two versions see different texts.
const OTHER_BREAKS: [char; 3] = ['\u{85}', '\u{2028}', '\u{2029}'];

/// Why a text is refused.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It is over a limit, at this line and column, counted from 1.
    Limit(usize, usize, String),
    /// It is not YAML. The parser that reads the values probably has a better message about it.
    NotYaml(usize, usize, String),
    /// It is not YAML, and too long to be parsed again for a better message.
    LongAndNotYaml(usize, usize, String),
}

/// Checks a text. The parser of this check goes from event to event and never calls itself, so no text can make it
/// overflow its stack.
pub(super) fn check(text: &str) -> Result<(), Refusal> {
    let other_break = |line: &str| line.find(OTHER_BREAKS).map(|at| line[..at].chars().count() + 1);
    if let Some((line, column)) = (1..).zip(text.split('\n')).find_map(|(n, line)| Some((n, other_break(line)?))) {
        let message = "a line break that is none in YAML 1.2; write it as \\u2028 in double quotes, or leave it out";
        return Err(Refusal::Limit(line, column, message.to_owned()));
    }
    let (mut levels, mut values) = (0_usize, 0_usize);
    for event in Parser::new_from_str(text) {
        let (event, span) = match event {
            Ok(event) => event,
            Err(error) => {
                let (line, column) = (error.marker().line(), error.marker().col() + 1);
                // Its scanner runs ahead of the events, and has a limit of its own for brackets.
                if error.info() == "recursion limit exceeded" {
                    return Err(Refusal::Limit(line, column, too_deep()));
                }
                let message = error.info().to_owned();
                return Err(if text.len() > MOST_BYTES_TO_DESCRIBE {
                    Refusal::LongAndNotYaml(line, column, message)
                } else {
                    Refusal::NotYaml(line, column, message)
                });
            }
        };
        let limit = |message: String| Err(Refusal::Limit(span.start.line(), span.start.col() + 1, message));
        match event {
            Event::MappingStart(..) | Event::SequenceStart(..) => {
                levels += 1;
                values += 1;
            }
            Event::MappingEnd | Event::SequenceEnd => levels = levels.saturating_sub(1),
            Event::Scalar(..) | Event::Alias(_) => values += 1,
            _ => {}
        }
        if levels > MOST_LEVELS {
            return limit(too_deep());
        }
        if values > MOST_VALUES {
            return limit(format!("the text has more than {MOST_VALUES} keys and values"));
        }
    }
    Ok(())
}

fn too_deep() -> String {
    format!("nested more than {MOST_LEVELS} levels deep")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> String {
        match check(text) {
            Ok(()) => String::new(),
            Err(Refusal::Limit(_, _, message)) => message,
            Err(other) => format!("{other:?}"),
        }
    }

    #[test]
    fn every_spelling_of_nesting_has_the_same_limit() {
        let spellings: [fn(usize) -> String; 6] = [
            |n| "- ".repeat(n) + "x",
            |n| "[".repeat(n) + &"]".repeat(n),
            |n| "{a: ".repeat(n) + "x" + &"}".repeat(n),
            |n| "[ # ]\n".repeat(n) + &"]".repeat(n),
            |n| (0..n).map(|i| " ".repeat(i) + "a:\n").collect(),
            |n| "? ".repeat(n) + "x",
        ];
        for spelling in spellings {
            assert_eq!(message(&spelling(MOST_LEVELS)), "");
            for much in [MOST_LEVELS + 1, 3_000] {
                assert_eq!(message(&spelling(much)), "nested more than 64 levels deep", "{:.40}", spelling(much));
            }
        }
        assert_eq!(message(&"- ".repeat(1_000_000)), "nested more than 64 levels deep");
    }

    #[test]
    fn a_text_with_too_many_values_is_refused() {
        assert_eq!(message(&"- a\n".repeat(MOST_VALUES - 1)), "");
        assert_eq!(message(&"- a\n".repeat(MOST_VALUES)), "the text has more than 500000 keys and values");
    }

    #[test]
    fn line_breaks_that_the_parsers_read_differently_are_refused_with_their_place() {
        assert!(matches!(check("a: b\nc: #\u{2028}[ #"), Err(Refusal::Limit(2, 5, _))));
        assert_eq!(check("a: \"\\u2028\""), Ok(()));
    }
}
