//! The problems of scenario files, each with its place.

use std::fmt;
use std::sync::{Arc, OnceLock};

use super::positions::{Positions, Spot, range_of_word};

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The set is not loaded.
    Error,
    /// The set is loaded. Some published examples cause warnings.
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
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    file: Arc<File>,
    at: At,
}

/// A scenario file, shared by its problems.
#[derive(Debug)]
struct File {
    name: Arc<str>,
    text: Arc<str>,
    /// How many lines come before the text, if it is a part of a larger text.
    lines_before: usize,
    /// Found when the first problem is shown, so that a warning that nobody reads costs no second parse.
    positions: OnceLock<Positions>,
}

#[derive(Clone, Debug)]
enum At {
    /// A path, to be looked up.
    Path(String),
    /// Line and column, counted from 1, from the parser.
    Spot(usize, usize),
}

impl Problem {
    /// The file, relative to the scenario folder.
    pub fn file(&self) -> &str {
        &self.file.name
    }

    /// Line and column, counted from 1, if the place is known.
    pub fn place(&self) -> Option<(usize, usize)> {
        self.spot().map(|((line, column), _)| (line + self.file.lines_before, column))
    }

    /// `file:line:column: error: message`, on one line.
    pub fn headline(&self) -> String {
        let place = self.place().map(|(line, column)| format!(":{line}:{column}")).unwrap_or_default();
        format!("{}{place}: {}: {}", self.file(), self.severity, self.message)
    }

    /// The problem with excerpt and hint, as `check` shows it.
    pub fn render(&self, colour: bool) -> String {
        use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let title = level.primary_title(&*self.message);
        let mut group = match self.spot() {
            Some((_, range)) => {
                let annotation = AnnotationKind::Primary.span(range);
                title.element(
                    Snippet::source(&*self.file.text)
                        .line_start(self.file.lines_before + 1)
                        .path(self.file())
                        .annotation(annotation),
                )
            }
            None => title.element(Origin::path(self.file())),
        };
        if let Some(hint) = &self.hint {
            group = group.element(Level::HELP.message(&**hint));
        }
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        renderer.render(&[group])
    }

    fn spot(&self) -> Option<Spot> {
        match &self.at {
            At::Path(path) => self.file.positions.get_or_init(|| Positions::of(&self.file.text)).find(path),
            At::Spot(line, column) => Some(((*line, *column), range_of_word(&self.file.text, *line, *column))),
        }
    }
}

/// A place in a scenario file that a later check may warn about.
#[derive(Clone, Debug)]
pub(crate) struct FilePlace {
    file: Arc<File>,
    path: String,
}

impl FilePlace {
    /// A warning about the place.
    pub(crate) fn warning(&self, message: &str, hint: &str) -> Problem {
        Problem {
            severity: Severity::Warning,
            message: message.to_owned(),
            hint: Some(hint.to_owned()),
            file: Arc::clone(&self.file),
            at: At::Path(self.path.clone()),
        }
    }
}

/// A path in the structure of a file, such as `krav[2].forfall[0].forfallsdato`.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
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
    pub(crate) const ROOT: Place<'static> = Place { parent: None, segment: Segment::Root };

    pub(crate) fn key(&'a self, key: &'a str) -> Place<'a> {
        Place { parent: Some(self), segment: Segment::Key(key) }
    }

    pub(crate) fn index(&'a self, index: usize) -> Place<'a> {
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
pub(crate) struct Problems {
    file: Arc<File>,
    pub(crate) found: Vec<Problem>,
}

impl Problems {
    pub(crate) fn of_file(name: Arc<str>, text: Arc<str>, lines_before: usize) -> Self {
        Self { file: Arc::new(File { name, text, lines_before, positions: OnceLock::new() }), found: Vec::new() }
    }

    pub(crate) fn error(&mut self, place: impl fmt::Display, message: impl Into<String>) {
        self.add(Severity::Error, At::Path(place.to_string()), message.into(), None);
    }

    pub(crate) fn error_with_hint(
        &mut self,
        place: impl fmt::Display,
        message: impl Into<String>,
        hint: Option<String>,
    ) {
        self.add(Severity::Error, At::Path(place.to_string()), message.into(), hint);
    }

    pub(crate) fn warning(&mut self, place: impl fmt::Display, message: impl Into<String>) {
        self.add(Severity::Warning, At::Path(place.to_string()), message.into(), None);
    }

    /// A place that a later check may warn about.
    pub(crate) fn warning_with_hint(
        &mut self,
        place: impl fmt::Display,
        message: impl Into<String>,
        hint: Option<String>,
    ) {
        self.add(Severity::Warning, At::Path(place.to_string()), message.into(), hint);
    }

    pub(crate) fn file_place(&self, place: impl fmt::Display) -> FilePlace {
        FilePlace { file: Arc::clone(&self.file), path: place.to_string() }
    }

    /// An error of the parser, which gives the line and column, counted from 1.
    pub(crate) fn error_at(&mut self, line: usize, column: usize, message: String, hint: Option<String>) {
        self.add(Severity::Error, At::Spot(line, column), message, hint);
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.found.iter().any(|problem| problem.severity == Severity::Error)
    }

    fn add(&mut self, severity: Severity, at: At, message: String, hint: Option<String>) {
        self.found.push(Problem { severity, message, hint, file: Arc::clone(&self.file), at });
    }
}
