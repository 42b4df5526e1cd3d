//! Finds the place of a path such as `krav[2].forfall[0].forfallsdato` in a YAML text.
//!
//! serde keeps no positions of values that it read, so a second parser reads the same text for them.
//! It runs only if there is a problem to show.

use std::collections::HashMap;
use std::ops::Range;

use saphyr_parser::{Event, Parser, Span, SpannedEventReceiver};

/// Line and column, counted from 1, and the bytes of the value.
pub(super) type Spot = ((usize, usize), Range<usize>);

/// The place of every value of a document, by path.
#[derive(Debug)]
pub(super) struct Positions(HashMap<String, Spot>);

impl Positions {
    pub(super) fn of(text: &str) -> Self {
        let mut collector = Collector { text, spots: HashMap::new(), stack: Vec::new() };
        // If this parser cannot read the text to its end, the places found until then are still right.
        let _ = Parser::new_from_str(text).load(&mut collector, false);
        Self(collector.spots)
    }

    /// The place of a path. If there is no such value, the place of the nearest value around it.
    pub(super) fn find(&self, path: &str) -> Option<Spot> {
        let mut path = path;
        loop {
            if let Some(spot) = self.0.get(path) {
                return Some(spot.clone());
            }
            path = &path[..path.rfind(['.', '[']).unwrap_or(0)];
            if path.is_empty() {
                return self.0.get("").cloned();
            }
        }
    }
}

/// The path of a key itself, not of its value.
pub(super) fn key_path(path: &str) -> String {
    format!("{path}#key")
}

/// The bytes from a line and column, both counted from 1, to the end of the line or a comment.
pub(super) fn range_of_word(text: &str, line: usize, column: usize) -> Range<usize> {
    let start = offset(text, line, column - 1).min(text.len());
    let length = text[start..].find(['\n', '#']).unwrap_or(text.len() - start);
    let word = text[start..start + length].trim_end();
    start..start + word.len()
}

/// The byte offset of a line counted from 1 and a column in characters counted from 0.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let within: usize = text[start..].chars().take(column).map(char::len_utf8).sum();
    start + within
}

struct Collector<'t> {
    text: &'t str,
    spots: HashMap<String, Spot>,
    stack: Vec<OpenBlock>,
}

/// A mapping or sequence that is being read.
enum OpenBlock {
    Mapping { path: String, key: Option<(String, Span)> },
    Sequence { path: String, next: usize },
}

impl Collector<'_> {
    /// The path of the value that starts now. `None` if it is the key of a mapping.
    fn value_path(&mut self, scalar: Option<&str>, span: Span) -> Option<(String, Span)> {
        match self.stack.last_mut() {
            None => Some((String::new(), span)),
            Some(OpenBlock::Sequence { path, next }) => {
                let here = format!("{path}[{next}]");
                *next += 1;
                Some((here, span))
            }
            Some(OpenBlock::Mapping { path, key }) => match key.take() {
                None => {
                    *key = Some((scalar.unwrap_or_default().to_owned(), span));
                    None
                }
                Some((name, key_span)) => {
                    let here = if path.is_empty() { name } else { format!("{path}.{name}") };
                    self.remember(&key_path(&here), key_span);
                    // The place of a nested block is its key, the place of a single value is the value.
                    Some((here, if scalar.is_some() { span } else { key_span }))
                }
            },
        }
    }

    fn remember(&mut self, path: &str, span: Span) {
        let start = offset(self.text, span.start.line(), span.start.col());
        let end = offset(self.text, span.end.line(), span.end.col());
        let value = self.text.get(start..end.max(start)).unwrap_or_default();
        let first_line = value.lines().next().unwrap_or_default().trim_end().len();
        let (line, column) = (span.start.line(), span.start.col() + 1);
        // A block has no length of its own, so its place is its first line.
        let range = if first_line == 0 { range_of_word(self.text, line, column) } else { start..start + first_line };
        let spot = ((line, column), range);
        self.spots.entry(path.to_owned()).or_insert(spot);
    }
}

impl<'input> SpannedEventReceiver<'input> for Collector<'_> {
    fn on_event(&mut self, event: Event<'input>, span: Span) {
        match event {
            Event::Scalar(text, ..) => {
                if let Some((path, span)) = self.value_path(Some(&text), span) {
                    self.remember(&path, span);
                }
            }
            Event::Alias(_) => {
                if let Some((path, span)) = self.value_path(Some(""), span) {
                    self.remember(&path, span);
                }
            }
            Event::MappingStart(..) => {
                if let Some((path, span)) = self.value_path(None, span) {
                    self.remember(&path, span);
                    self.stack.push(OpenBlock::Mapping { path, key: None });
                }
            }
            Event::SequenceStart(..) => {
                if let Some((path, span)) = self.value_path(None, span) {
                    self.remember(&path, span);
                    self.stack.push(OpenBlock::Sequence { path, next: 0 });
                }
            }
            Event::MappingEnd | Event::SequenceEnd => {
                self.stack.pop();
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "part: \"310478717\"\nkrav:\n  - id: æøå\n    forfall:\n      - { dato: i dag - 3d, beloep: 12 }\n  - id: b\n";

    #[test]
    fn finds_values_blocks_and_what_is_around_a_missing_one() {
        let positions = Positions::of(TEXT);
        let at = |path: &str| positions.find(path).map(|(place, range)| (place, &TEXT[range]));
        assert_eq!(at("part"), Some(((1, 7), "\"310478717\"")));
        assert_eq!(at("krav[0].id"), Some(((3, 9), "æøå")));
        assert_eq!(at("krav[0].forfall[0].dato"), Some(((5, 17), "i dag - 3d")));
        assert_eq!(at("krav[0].forfall"), Some(((4, 5), "forfall")));
        assert_eq!(at("krav[1].finnes.ikke"), Some(((6, 5), "id: b")));
        assert_eq!(at(&key_path("krav[0].id")), Some(((3, 5), "id")));
        assert_eq!(at("annet").map(|(place, _)| place), Some((1, 1)));
    }
}
