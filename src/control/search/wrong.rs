//! What is wrong with a search, and where.

use std::fmt;
use std::ops::Range;

use crate::interface::pages::ProblemLine;

/// A mistake in a search, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    text: String,
    at: Range<usize>,
    message: String,
    hint: Option<String>,
}

impl Wrong {
    pub(super) fn new(text: &str, at: Range<usize>, message: impl Into<String>) -> Self {
        Self { text: text.to_owned(), at, message: message.into(), hint: None }
    }

    pub(super) fn with_hint(self, hint: Option<String>) -> Self {
        Self { hint, ..self }
    }

    /// The column, counted from 1 in characters.
    fn column(&self) -> usize {
        self.text.get(..self.at.start).map_or(1, |before| before.chars().count() + 1)
    }

    /// For the control API: the place apart from the message.
    pub(crate) fn line(&self) -> ProblemLine {
        ProblemLine::at("where", (1, self.column()), &self.message, self.hint.as_deref(), &self.render())
    }

    /// For a terminal: the message, and the search with a mark below the place.
    pub(crate) fn render(&self) -> String {
        let marked = self.text.get(self.at.clone()).map_or(1, |marked| marked.chars().count().max(1));
        let line: String = self.text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        format!("{self}\n  {line}\n  {}{}", " ".repeat(self.column() - 1), "^".repeat(marked))
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at character {} of the search: {}", self.column(), self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "; {hint}"),
            None => Ok(()),
        }
    }
}
