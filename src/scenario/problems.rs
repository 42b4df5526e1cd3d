//! What is wrong in scenario files, all of it at once, each with its place.

use std::fmt;
use std::sync::Arc;

use super::positions::Positions;

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The set is not loaded.
    Error,
    /// The set is loaded; published examples need this now and then.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

/// One problem of a scenario file.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Error or warning.
    pub severity: Severity,
    /// The file, relative to the scenario folder.
    pub file: Arc<str>,
    /// Line and column, counted from 1, where a place is known.
    pub place: Option<(usize, usize)>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// The file's text and the bytes to point at.
    excerpt: Option<(Arc<str>, std::ops::Range<usize>)>,
}

impl Problem {
    /// `file:line:column: error: message`, on one line.
    pub fn headline(&self) -> String {
        let place = self.place.map(|(line, column)| format!(":{line}:{column}")).unwrap_or_default();
        format!("{}{place}: {}: {}", self.file, self.severity, self.message)
    }

    /// With excerpt and hint, as `check` shows it.
    pub fn render(&self, colour: bool) -> String {
        use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let mut group = match &self.excerpt {
            Some((text, range)) => level.primary_title(&*self.message).element(
                Snippet::source(&**text).path(&*self.file).annotation(AnnotationKind::Primary.span(range.clone())),
            ),
            None => level.primary_title(&*self.message).element(annotate_snippets::Origin::path(&*self.file)),
        };
        if let Some(hint) = &self.hint {
            group = group.element(Level::HELP.message(&**hint));
        }
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        renderer.render(&[group])
    }
}

/// Where in a file's structure something is, as `krav[2].forfall[0].forfallsdato`.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    parent: Option<&'a Place<'a>>,
    segment: Segment<'a>,
}

#[derive(Clone, Copy)]
enum Segment<'a> {
    Root,
    Key(&'a str),
    Index(usize),
}

impl<'a> Place<'a> {
    pub(super) const ROOT: Place<'static> = Place { parent: None, segment: Segment::Root };

    pub(super) fn key(&'a self, key: &'a str) -> Place<'a> {
        Place { parent: Some(self), segment: Segment::Key(key) }
    }

    pub(super) fn index(&'a self, index: usize) -> Place<'a> {
        Place { parent: Some(self), segment: Segment::Index(index) }
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nested = match self.parent {
            Some(parent) => {
                parent.fmt(f)?;
                !matches!(parent.segment, Segment::Root)
            }
            None => false,
        };
        match self.segment {
            Segment::Root => Ok(()),
            Segment::Key(key) if nested => write!(f, ".{key}"),
            Segment::Key(key) => f.write_str(key),
            Segment::Index(index) => write!(f, "[{index}]"),
        }
    }
}

/// Collects the problems of one file.
pub(super) struct Problems {
    file: Arc<str>,
    text: Arc<str>,
    positions: Option<Positions>,
    pub(super) found: Vec<Problem>,
}

impl Problems {
    pub(super) fn of_file(file: Arc<str>, text: Arc<str>) -> Self {
        Self { file, text, positions: None, found: Vec::new() }
    }

    pub(super) fn error(&mut self, place: impl fmt::Display, message: impl Into<String>) {
        self.add(Severity::Error, &place.to_string(), message.into(), None);
    }

    pub(super) fn error_with_hint(
        &mut self,
        place: impl fmt::Display,
        message: impl Into<String>,
        hint: Option<String>,
    ) {
        self.add(Severity::Error, &place.to_string(), message.into(), hint);
    }

    pub(super) fn warning(&mut self, place: impl fmt::Display, message: impl Into<String>) {
        self.add(Severity::Warning, &place.to_string(), message.into(), None);
    }

    /// A problem that the parser placed itself, by line and column counted from 1.
    pub(super) fn error_at(&mut self, line: usize, column: usize, message: String, hint: Option<String>) {
        let range = super::positions::range_of_word(&self.text, line, column);
        self.push(Severity::Error, Some(((line, column), range)), message, hint);
    }

    pub(super) fn has_errors(&self) -> bool {
        self.found.iter().any(|problem| problem.severity == Severity::Error)
    }

    fn add(&mut self, severity: Severity, path: &str, message: String, hint: Option<String>) {
        let positions = self.positions.get_or_insert_with(|| Positions::of(&self.text));
        let place = positions.find(path);
        self.push(severity, place, message, hint);
    }

    fn push(
        &mut self,
        severity: Severity,
        place: Option<((usize, usize), std::ops::Range<usize>)>,
        message: String,
        hint: Option<String>,
    ) {
        let (place, excerpt) = match place {
            Some((place, range)) => (Some(place), Some((Arc::clone(&self.text), range))),
            None => (None, None),
        };
        self.found.push(Problem { severity, file: Arc::clone(&self.file), place, message, hint, excerpt });
    }
}
