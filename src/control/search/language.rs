//! The language of searches: conditions joined by `and`, `or`, `not` and brackets.
//!
//! It is read by recursive descent, to a depth that no search for people needs.

use std::ops::Range;

use super::facts::{Direction, FIELDS, Facts, Field, Kind, Values};
use super::foreknown::Foreknown;
use super::wrong::Wrong;
use crate::catalogue::nearest;
use crate::domain::Beloep;
use crate::domain::clock::Shift;
use crate::domain::kravtype::Kravgruppe;
use crate::scenario::befolkning::Profil;

/// The longest search, in bytes.
const LONGEST: usize = 1_000;

/// How many brackets and nots there are in one another at most.
const DEEPEST: usize = 32;

/// A search that was read.
#[derive(Debug)]
pub(crate) enum Where {
    All(Vec<Where>),
    Any(Vec<Where>),
    Not(Box<Where>),
    Amount(&'static Field, Option<Kravgruppe>, Comparison, Beloep),
    Count(&'static Field, Comparison, usize),
    Text(&'static Field, Comparison, String),
    Within(&'static Field, Shift),
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    Other,
    Less,
    AtMost,
    More,
    AtLeast,
    Contains,
}

const COMPARISONS: [(&str, Comparison); 8] = [
    ("<=", Comparison::AtMost),
    (">=", Comparison::AtLeast),
    ("!=", Comparison::Other),
    ("==", Comparison::Equal),
    ("<", Comparison::Less),
    (">", Comparison::More),
    ("=", Comparison::Equal),
    ("~", Comparison::Contains),
];

impl Comparison {
    pub(super) fn holds<T: Ord + ?Sized>(self, one: &T, other: &T) -> bool {
        match self {
            Self::Equal | Self::Contains => one == other,
            Self::Other => one != other,
            Self::Less => one < other,
            Self::AtMost => one <= other,
            Self::More => one > other,
            Self::AtLeast => one >= other,
        }
    }

    pub(super) fn of_texts(self, one: &str, other: &str) -> bool {
        match self {
            Self::Contains => one.to_lowercase().contains(other),
            _ => self.holds(one, other),
        }
    }
}

impl Where {
    /// Reads a search.
    ///
    /// # Errors
    /// The first mistake, with its place and the nearest word.
    pub(crate) fn read(text: &str) -> Result<Self, Wrong> {
        if text.len() > LONGEST {
            return Err(Wrong::new(text, 0..0, format!("a search has at most {LONGEST} bytes")));
        }
        let mut reader = Reader { text, tokens: tokens(text)?, at: 0, depth: 0 };
        let read = reader.any_of()?;
        match reader.next() {
            None => Ok(read),
            Some(Token { what: What::Close, at }) => Err(Wrong::new(text, at, "this bracket was never opened")),
            Some(token) => Err(reader.wrong(&token, "and or or is missing before this", &["and", "or"])),
        }
    }

    /// Whether it fits a party.
    pub(super) fn holds(&self, facts: &Facts<'_>) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.holds(facts)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(facts)),
            Self::Not(part) => !part.holds(facts),
            Self::Amount(field, group, comparison, value) => match field.kind {
                Kind::Amount(of) => comparison.holds(&of(&facts.sums(*group)), value),
                _ => false,
            },
            Self::Count(field, comparison, value) => match field.kind {
                Kind::Count(of) => comparison.holds(&of(facts), value),
                _ => false,
            },
            Self::Text(field, comparison, value) => match field.kind {
                // "group != X" means that no open claim is of X.
                Kind::Text(of, _) if *comparison == Comparison::Other => !of(facts, &mut |text| text == value),
                Kind::Text(of, _) => of(facts, &mut |text| comparison.of_texts(text, value)),
                _ => false,
            },
            Self::Within(field, shift) => match field.kind {
                Kind::Event(of, direction) => {
                    let day = facts.day();
                    let far = shift.apply(day).unwrap_or(day);
                    match direction {
                        Direction::Before => of(facts, far, day),
                        Direction::After => of(facts, day, far),
                    }
                }
                _ => false,
            },
        }
    }

    /// Whether it fits a party of the population whose ledger is not made, or not all of it. `None` if the rest decides.
    pub(super) fn known(&self, party: Foreknown<'_>) -> Option<bool> {
        if let Some(open) = party.aapent
            && self.asks_for_what_is_open()
        {
            return Some(self.holds(open));
        }
        match self {
            Self::All(parts) => {
                let known: Vec<_> = parts.iter().map(|it| it.known(party)).collect();
                if known.contains(&Some(false)) { Some(false) } else { known.into_iter().try_fold(true, |_, it| it) }
            }
            Self::Any(parts) => {
                let known: Vec<_> = parts.iter().map(|it| it.known(party)).collect();
                if known.contains(&Some(true)) { Some(true) } else { known.into_iter().try_fold(false, |_, it| it) }
            }
            Self::Not(inner) => inner.known(party).map(|it| !it),
            Self::Text(field, comparison, value) => party.text(field, *comparison, value),
            Self::Amount(field, _, comparison, value) => party.amount(field, *comparison, *value),
            Self::Within(field, _) => party.event(field),
            Self::Count(..) => None,
        }
    }
}

impl Where {
    /// Whether what is open on the day decides it.
    fn asks_for_what_is_open(&self) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().all(Self::asks_for_what_is_open),
            Self::Not(inner) => inner.asks_for_what_is_open(),
            Self::Amount(field, ..) | Self::Count(field, ..) | Self::Text(field, ..) | Self::Within(field, _) => {
                field.is_of_what_is_open()
            }
        }
    }
}

/// A part of a search, with its place.
#[derive(Clone, Debug)]
struct Token {
    what: What,
    at: Range<usize>,
}

#[derive(Clone, Debug, PartialEq)]
enum What {
    Word(String),
    /// A text in quotes.
    Quoted(String),
    Compare(Comparison),
    Open,
    Close,
}

fn tokens(text: &str) -> Result<Vec<Token>, Wrong> {
    let mut found = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        let start = text.len() - rest.len();
        let Some(first) = rest.chars().next() else { return Ok(found) };
        let (what, length) = match first {
            '(' => (What::Open, 1),
            ')' => (What::Close, 1),
            '\'' | '"' => {
                let inner = &rest[1..];
                let Some(end) = inner.find(first) else {
                    return Err(Wrong::new(text, start..text.len(), "this quote does not end"));
                };
                (What::Quoted(inner[..end].to_owned()), end + 2)
            }
            _ => {
                let comparison = COMPARISONS.iter().find(|(written, _)| rest.starts_with(written));
                let word = || {
                    let ends = |c: char| c.is_whitespace() || "()'\"<>=!~".contains(c);
                    let length = rest.find(ends).unwrap_or(rest.len()).max(first.len_utf8());
                    (What::Word(rest[..length].to_owned()), length)
                };
                comparison.map_or_else(word, |(written, comparison)| (What::Compare(*comparison), written.len()))
            }
        };
        found.push(Token { what, at: start..start + length });
        rest = &rest[length..];
    }
}

struct Reader<'t> {
    text: &'t str,
    tokens: Vec<Token>,
    at: usize,
    /// How many brackets and nots are around this place.
    depth: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<&What> {
        self.tokens.get(self.at).map(|token| &token.what)
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += usize::from(token.is_some());
        token
    }

    /// Takes a word if it comes next.
    fn takes(&mut self, word: &str) -> bool {
        let comes = matches!(self.peek(), Some(What::Word(next)) if next == word);
        self.at += usize::from(comes);
        comes
    }

    /// The place after the last token.
    fn end(&self) -> Range<usize> {
        self.text.len()..self.text.len()
    }

    fn wrong(&self, token: &Token, message: impl Into<String>, words: &[&str]) -> Wrong {
        let near = match &token.what {
            What::Word(word) | What::Quoted(word) => nearest(word, words.iter().copied()),
            _ => None,
        };
        let hint = near.map(|near| format!("did you mean {near}?"));
        Wrong::new(self.text, token.at.clone(), message).with_hint(hint)
    }

    fn needed(&mut self, message: &str) -> Result<Token, Wrong> {
        let end = self.end();
        self.next().ok_or_else(|| Wrong::new(self.text, end, message))
    }

    fn any_of(&mut self) -> Result<Where, Wrong> {
        let mut parts = vec![self.all_of()?];
        while self.takes("or") {
            parts.push(self.all_of()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Where::Any(parts) })
    }

    fn all_of(&mut self) -> Result<Where, Wrong> {
        let mut parts = vec![self.one()?];
        while self.takes("and") {
            parts.push(self.one()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Where::All(parts) })
    }

    fn one(&mut self) -> Result<Where, Wrong> {
        if self.depth > DEEPEST {
            let at = self.tokens.get(self.at).map_or_else(|| self.end(), |token| token.at.clone());
            return Err(Wrong::new(self.text, at, format!("there are more than {DEEPEST} brackets in one another")));
        }
        self.depth += 1;
        let read = self.one_deeper();
        self.depth -= 1;
        read
    }

    fn one_deeper(&mut self) -> Result<Where, Wrong> {
        if self.takes("not") {
            return self.one().map(|inner| Where::Not(Box::new(inner)));
        }
        let token = self.needed("a condition is missing here, like overdue > 50000")?;
        match &token.what {
            What::Open => {
                let inner = self.any_of()?;
                match self.next() {
                    Some(Token { what: What::Close, .. }) => Ok(inner),
                    Some(other) => {
                        Err(self.wrong(&other, "and, or or a closing bracket is missing before this", &["and", "or"]))
                    }
                    None => Err(Wrong::new(self.text, token.at, "this bracket is never closed")),
                }
            }
            What::Word(name) => self.condition(name, &token),
            _ => Err(Wrong::new(self.text, token.at, "a condition begins with a field, like overdue")),
        }
    }

    fn condition(&mut self, name: &str, token: &Token) -> Result<Where, Wrong> {
        let names = FIELDS.each_ref().map(|field| field.name);
        let Some(field) = FIELDS.iter().find(|field| field.name == name) else {
            return Err(self.wrong(token, format!("there is no field {name}; there are {}", names.join(", ")), &names));
        };
        match field.kind {
            Kind::Amount(_) => {
                let group = if self.peek() == Some(&What::Open) { Some(self.group()?) } else { None };
                let comparison = self.comparison(field, false)?;
                let value = self.needed("an amount in kroner is missing here")?;
                let kroner = self.word(&value, "write an amount in kroner, like 50000")?;
                let kroner = kroner.parse().map_err(|why| self.wrong(&value, format!("{why}"), &[]))?;
                Ok(Where::Amount(field, group, comparison, kroner))
            }
            Kind::Count(_) => {
                let comparison = self.comparison(field, false)?;
                let value = self.needed("a number is missing here")?;
                let number = self.word(&value, "write a whole number")?.parse();
                let number = number.map_err(|_| self.wrong(&value, "write a whole number", &[]))?;
                Ok(Where::Count(field, comparison, number))
            }
            Kind::Text(_, values) => {
                let comparison = self.comparison(field, true)?;
                let value = self.needed("a text is missing here; one with spaces is in quotes")?;
                self.text_value(field, comparison, values, &value)
            }
            Kind::Event(_, direction) => {
                if !self.takes("within") {
                    let message = format!("{name} is asked for with within: {name} within 30d");
                    let other = self.next();
                    return Err(match other {
                        Some(other) => self.wrong(&other, message, &["within"]),
                        None => Wrong::new(self.text, self.end(), message),
                    });
                }
                let value = self.needed("a length of time is missing here, like 30d")?;
                let length = self.word(&value, "write a length of time, like 30d")?;
                let sign = match direction {
                    Direction::Before => '-',
                    Direction::After => '+',
                };
                let begins = length.starts_with(|c: char| c.is_ascii_digit());
                let shift = format!("{sign}{length}").parse().ok().filter(|_| begins);
                let message = "write a length of time in days, weeks, months or years, like 30d, 2w, 6mo, 1y";
                shift.map(|shift| Where::Within(field, shift)).ok_or_else(|| self.wrong(&value, message, &[]))
            }
        }
    }

    fn word(&self, token: &Token, message: &str) -> Result<String, Wrong> {
        match &token.what {
            What::Word(word) | What::Quoted(word) => Ok(word.clone()),
            _ => Err(Wrong::new(self.text, token.at.clone(), message)),
        }
    }

    fn comparison(&mut self, field: &Field, of_texts: bool) -> Result<Comparison, Wrong> {
        let allowed = if of_texts { "=, != or ~ (contains)" } else { "<, <=, =, !=, >= or >" };
        let message = format!("{} is compared by {allowed}", field.name);
        let token = self.needed(&message)?;
        match token.what {
            What::Compare(comparison) => {
                let is_of_texts = matches!(comparison, Comparison::Equal | Comparison::Other | Comparison::Contains);
                let fits = if of_texts { is_of_texts } else { comparison != Comparison::Contains };
                if fits { Ok(comparison) } else { Err(Wrong::new(self.text, token.at, message)) }
            }
            _ => Err(Wrong::new(self.text, token.at, message)),
        }
    }

    /// A group in brackets after an amount: `overdue(Merverdiavgift)`.
    fn group(&mut self) -> Result<Kravgruppe, Wrong> {
        let open = self.needed("a bracket")?;
        let token = self.needed("a group is missing here, like Merverdiavgift")?;
        let text = self.word(&token, "write a group, like Merverdiavgift")?;
        let names = Kravgruppe::ALL.map(Kravgruppe::text);
        let found = Kravgruppe::ALL.into_iter().find(|group| group.text() == text);
        let group = found.ok_or_else(|| {
            self.wrong(&token, format!("there is no group {text}; there are {}", names.join(", ")), &names)
        })?;
        match self.next() {
            Some(Token { what: What::Close, .. }) => Ok(group),
            _ => Err(Wrong::new(
                self.text,
                open.at,
                "this bracket is not closed after one group; a group with spaces is in quotes",
            )),
        }
    }

    fn text_value(
        &self,
        field: &'static Field,
        comparison: Comparison,
        values: Values,
        token: &Token,
    ) -> Result<Where, Wrong> {
        let value = self.word(token, "write a text; one with spaces or signs is in quotes")?;
        let known: Vec<&str> = match values {
            Values::Any => Vec::new(),
            Values::Groups => Kravgruppe::ALL.map(Kravgruppe::text).to_vec(),
            Values::Profiles => Profil::alle_navn().collect(),
            Values::OneOf(known) => known.to_vec(),
        };
        if comparison == Comparison::Contains {
            return Ok(Where::Text(field, comparison, value.to_lowercase()));
        }
        if !known.is_empty() && !known.contains(&&*value) {
            let message = format!("{} is never {value}; it is one of {}", field.name, known.join(", "));
            return Err(self.wrong(token, message, &known));
        }
        Ok(Where::Text(field, comparison, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(text: &str) -> String {
        Where::read(text).err().unwrap_or_else(|| panic!("{text} was read")).render()
    }

    #[test]
    fn searches_are_read() {
        for text in [
            "overdue > 50000 and group = Merverdiavgift and payout within 30d",
            "not (open = 0 or balance <= -1000.50)",
            "overdue(Merverdiavgift)>50000",
            "overdue('Andre krav') != 0 or name ~ 'tiger' and profile = etternoeler",
            "due within 2w and shielded = no and form != person",
            "part = 310000019",
        ] {
            assert!(Where::read(text).is_ok(), "{:?}", Where::read(text));
        }
    }

    #[test]
    fn a_mistake_is_told_with_its_place_and_the_nearest_word() {
        for (text, column, part) in [
            ("overdu > 5", 1, "did you mean overdue?"),
            ("open = 1 adn overdue > 5", 10, "did you mean and?"),
            ("group = Mervediavgift", 9, "did you mean Merverdiavgift?"),
            ("profile = etternøler", 11, "did you mean etternoeler?"),
            ("payout withn 30d", 8, "did you mean within?"),
            ("payout within 30", 15, "like 30d"),
            ("overdue > mye", 11, "not an amount"),
            ("overdue ~ 5", 9, "compared by <, <="),
            ("form < person", 6, "compared by =, !="),
            ("(open = 1", 1, "never closed"),
            ("open = 1)", 9, "never opened"),
            ("open = 1 and", 13, "a condition is missing"),
            ("name = 'æ", 8, "does not end"),
            ("", 1, "a condition is missing"),
            ("open = -1", 8, "a whole number"),
        ] {
            let told = wrong(text);
            assert!(told.starts_with(&format!("at character {column} ")) && told.contains(part), "{text}: {told}");
        }
        let marked = wrong("open = 1 and overdu > 5");
        assert!(marked.ends_with("\n  open = 1 and overdu > 5\n               ^^^^^^"), "{marked}");
        assert!(Where::read(&"(".repeat(1_000)).is_err() && Where::read(&"not ".repeat(250)).is_err());
        assert!(Where::read(&"a".repeat(1_001)).is_err());
    }
}
