//! Finds the places of paths such as `krav[2].forfall[0].forfallsdato` in a YAML text.
//!
//! serde keeps no positions of values that it read, so a second parser reads the same text for them.
//! It runs only if there is a problem to show, once for all problems of a text.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use saphyr_parser::{Event, Parser, Span};

/// Line and column, counted from 1, and the bytes of the value.
pub(super) type Spot = ((usize, usize), Range<usize>);

/// The places of some values of a document, by path.
#[derive(Debug)]
pub(super) struct Positions(HashMap<String, Spot>);

impl Positions {
    /// Finds the places of these paths, and of all values around them. The text has passed [`super::limits`], or the
    /// places are found until the parser cannot go on.
    pub(super) fn of<'p>(text: &str, lines: &Lines, paths: impl IntoIterator<Item = &'p str>) -> Self {
        let mut wanted = HashSet::from([""]);
        for mut path in paths {
            while wanted.insert(path) {
                path = around(path);
            }
        }
        let mut collector = Collector { text, lines, wanted, spots: HashMap::new(), stack: Vec::new() };
        // The parser hands over one event after the other. Its own loader calls itself for each level.
        for (event, span) in Parser::new_from_str(text).map_while(Result::ok) {
            if matches!(event, Event::DocumentEnd) {
                break;
            }
            collector.on_event(&event, span);
        }
        Self(collector.spots)
    }

    /// The place of a path. If there is no such value, the place of the nearest value around it.
    pub(super) fn find(&self, path: &str) -> Option<Spot> {
        let mut path = path;
        loop {
            if let Some(spot) = self.0.get(path) {
                return Some(spot.clone());
            }
            if path.is_empty() {
                return None;
            }
            path = around(path);
        }
    }
}

/// The path of the value around a value.
fn around(path: &str) -> &str {
    &path[..path.rfind(['.', '[']).unwrap_or(0)]
}

/// The place of the first key that its block has already, line and column counted from 1.
pub(super) fn repeated_key(text: &str) -> Option<(usize, usize)> {
    /// An open block. A mapping has the keys so far, and whether a key comes next.
    type Open = Option<(HashSet<String>, bool)>;
    let mut open: Vec<Open> = Vec::new();
    for (event, span) in Parser::new_from_str(text).map_while(Result::ok) {
        let begins =
            matches!(event, Event::Scalar(..) | Event::Alias(_) | Event::MappingStart(..) | Event::SequenceStart(..));
        if let (true, Some(Some((keys, is_key)))) = (begins, open.last_mut()) {
            if let (true, Event::Scalar(name, ..)) = (*is_key, &event)
                && !keys.insert(name.to_string())
            {
                return Some((span.start.line(), span.start.col() + 1));
            }
            *is_key = !*is_key;
        }
        match event {
            Event::MappingStart(..) => open.push(Some((HashSet::new(), true))),
            Event::SequenceStart(..) => open.push(None),
            Event::MappingEnd | Event::SequenceEnd => {
                open.pop();
            }
            _ => {}
        }
    }
    None
}

/// The path of a key itself, not of its value.
pub(super) fn key_path(path: &str) -> String {
    format!("{path}#key")
}

/// Where the lines of a text begin.
#[derive(Debug)]
pub(super) struct Lines(Vec<usize>);

impl Lines {
    pub(super) fn of(text: &str) -> Self {
        let after = text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(at, _)| at + 1);
        Self(std::iter::once(0).chain(after).collect())
    }

    /// The byte offset of a line counted from 1 and a column in characters counted from 0.
    fn offset(&self, text: &str, line: usize, column: usize) -> usize {
        let start = self.0.get(line.saturating_sub(1)).copied().unwrap_or(text.len());
        let within: usize = text[start..].chars().take(column).map(char::len_utf8).sum();
        start + within
    }

    /// The bytes from a line and column, both counted from 1, to the end of the line or a comment.
    pub(super) fn range_of_word(&self, text: &str, line: usize, column: usize) -> Range<usize> {
        let start = self.offset(text, line, column - 1);
        let length = text[start..].find(['\n', '#']).unwrap_or(text.len() - start);
        let word = text[start..start + length].trim_end();
        start..start + word.len()
    }
}

struct Collector<'t> {
    text: &'t str,
    lines: &'t Lines,
    /// The paths whose places somebody will ask for, with all paths around them.
    wanted: HashSet<&'t str>,
    spots: HashMap<String, Spot>,
    stack: Vec<OpenBlock>,
}

/// A mapping or sequence that is being read. It has no path if nobody will ask for anything in it.
enum OpenBlock {
    Mapping { path: Option<String>, key: Option<(String, Span)> },
    Sequence { path: Option<String>, next: usize },
}

/// What a value is to the block around it.
enum Role {
    /// The key of a mapping.
    Key,
    /// A value, with its path and place if they are wanted.
    Value(Option<(String, Span)>),
}

impl Collector<'_> {
    /// What the value is that starts now.
    fn role(&mut self, scalar: Option<&str>, span: Span) -> Role {
        match self.stack.last_mut() {
            None => Role::Value(Some((String::new(), span))),
            Some(OpenBlock::Sequence { path, next }) => {
                let here = path.as_ref().map(|path| (format!("{path}[{next}]"), span));
                *next += 1;
                Role::Value(here)
            }
            Some(OpenBlock::Mapping { path, key }) => match key.take() {
                None => {
                    let name = if path.is_some() { scalar.unwrap_or_default().to_owned() } else { String::new() };
                    *key = Some((name, span));
                    Role::Key
                }
                Some((name, key_span)) => {
                    let Some(path) = path else {
                        return Role::Value(None);
                    };
                    let here = if path.is_empty() { name } else { format!("{path}.{name}") };
                    self.remember(&key_path(&here), key_span);
                    // The place of a nested block is its key, the place of a single value is the value.
                    Role::Value(Some((here, if scalar.is_some() { span } else { key_span })))
                }
            },
        }
    }

    fn remember(&mut self, path: &str, span: Span) {
        if !self.wanted.contains(path) || self.spots.contains_key(path) {
            return;
        }
        let start = self.lines.offset(self.text, span.start.line(), span.start.col());
        let end = self.lines.offset(self.text, span.end.line(), span.end.col());
        let value = self.text.get(start..end.max(start)).unwrap_or_default();
        let first_line = value.lines().next().unwrap_or_default().trim_end().len();
        let (line, column) = (span.start.line(), span.start.col() + 1);
        // A block has no length of its own, so its place is its first line.
        let range =
            if first_line == 0 { self.lines.range_of_word(self.text, line, column) } else { start..start + first_line };
        self.spots.insert(path.to_owned(), ((line, column), range));
    }

    fn on_event(&mut self, event: &Event<'_>, span: Span) {
        let is_sequence = matches!(event, Event::SequenceStart(..));
        match event {
            Event::Scalar(..) | Event::Alias(_) => {
                let text = if let Event::Scalar(text, ..) = event { text } else { "" };
                if let Role::Value(Some((path, span))) = self.role(Some(text), span) {
                    self.remember(&path, span);
                }
            }
            Event::MappingStart(..) | Event::SequenceStart(..) => {
                let path = match self.role(None, span) {
                    Role::Value(Some((path, span))) => {
                        self.remember(&path, span);
                        Some(path).filter(|path| self.wanted.contains(&**path))
                    }
                    Role::Value(None) | Role::Key => None,
                };
                self.stack.push(if is_sequence {
                    OpenBlock::Sequence { path, next: 0 }
                } else {
                    OpenBlock::Mapping { path, key: None }
                });
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
        let key = key_path("krav[0].id");
        let paths = ["part", "krav[0].id", "krav[0].forfall[0].dato", "krav[1].finnes.ikke", &key, "annet"];
        let positions = Positions::of(TEXT, &Lines::of(TEXT), paths);
        let at = |path: &str| positions.find(path).map(|(place, range)| (place, &TEXT[range]));
        assert_eq!(at("part"), Some(((1, 7), "\"310478717\"")));
        assert_eq!(at("krav[0].id"), Some(((3, 9), "æøå")));
        assert_eq!(at("krav[0].forfall[0].dato"), Some(((5, 17), "i dag - 3d")));
        assert_eq!(at("krav[0].forfall"), Some(((4, 5), "forfall")));
        assert_eq!(at("krav[1].finnes.ikke"), Some(((6, 5), "id: b")));
        assert_eq!(at(&key), Some(((3, 5), "id")));
        assert_eq!(at("annet").map(|(place, _)| place), Some((1, 1)));
    }

    #[test]
    fn the_second_of_two_equal_keys_is_found_in_its_own_block() {
        let text =
            "navn: navn\nkrav:\n  - { navn: a, id: id }\n  - navn: b\n    æ: [navn, navn]\n    id: 1\n    æ: 2\n";
        assert_eq!(repeated_key(text), Some((7, 5)));
        assert_eq!(repeated_key("a: 1\nb: { a: 1, c: a }\n? [a, a]\n: b\n"), None);
    }

    #[test]
    fn a_list_as_a_key_does_not_move_the_places_after_it() {
        let text = "? [a, b]\n: c\nkrav:\n  - id: d\n";
        let positions = Positions::of(text, &Lines::of(text), ["krav[0].id"]);
        assert_eq!(positions.find("krav[0].id"), Some(((4, 9), 27..28)));
    }
}
