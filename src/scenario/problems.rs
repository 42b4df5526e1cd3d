//! The problems of scenario files, each with its place.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;

use super::positions::{Lines, Positions, Spot, repeated_key};

/// How many problems of one text are told, and how many one answer tells.
pub(crate) const MOST_TOLD: usize = 100;

/// How many problems of a whole set of scenarios are kept.
pub(super) const MOST_OF_A_SET: usize = 1_000;

/// How many characters a message has at most. It can repeat what a text says, which has no limit of its own.
const LONGEST_MESSAGE: usize = 1_000;

/// A longer line is not shown in an excerpt.
const LONGEST_LINE: usize = 2_000;

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
    /// How many errors and warnings it is told for, if it says that there are more.
    more: Option<Counts>,
    file: Arc<File>,
    at: At,
}

/// A number of problems.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) errors: usize,
    pub(super) warnings: usize,
}

impl Counts {
    pub(super) fn all(self) -> usize {
        self.errors + self.warnings
    }

    pub(super) fn add(&mut self, other: Self) {
        self.errors += other.errors;
        self.warnings += other.warnings;
    }
}

/// "2 errors and 1 warning".
impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |number: usize, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
        match (self.errors, self.warnings) {
            (0, warnings) => f.write_str(&plural(warnings, "warning")),
            (errors, 0) => f.write_str(&plural(errors, "error")),
            (errors, warnings) => write!(f, "{} and {}", plural(errors, "error"), plural(warnings, "warning")),
        }
    }
}

/// A scenario file, shared by its problems.
#[derive(Debug)]
struct File {
    name: Arc<str>,
    text: Arc<str>,
    /// How many lines come before the text, if it is a part of a larger text.
    lines_before: usize,
    /// The paths of its problems.
    paths: Mutex<BTreeSet<String>>,
    /// Found when the first problem is shown, so that a warning that nobody reads costs no second parse.
    positions: OnceLock<Positions>,
    lines: OnceLock<Lines>,
}

#[derive(Clone, Debug)]
enum At {
    /// No place in particular.
    Nowhere,
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
            Some(((line, column), range)) => {
                let (line, whole) = self.line_around(line, &range);
                let line = line + self.file.lines_before;
                if whole.len() > LONGEST_LINE {
                    title.element(Origin::path(self.file()).line(line).char_column(column))
                } else {
                    let within = [range.start, range.end].map(|at| at.min(whole.end) - whole.start);
                    let within = within[0]..within[1];
                    let annotation = AnnotationKind::Primary.span(within);
                    let source = Snippet::source(&self.file.text[whole]).line_start(line);
                    title.element(source.path(self.file()).annotation(annotation))
                }
            }
            None => title.element(Origin::path(self.file())),
        };
        if let Some(hint) = &self.hint {
            group = group.element(Level::HELP.message(&**hint));
        }
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        renderer.render(&[group])
    }

    /// The number and the bytes of the line that a range begins in. The end of a text is on its last line that has one.
    fn line_around(&self, line: usize, range: &Range<usize>) -> (usize, Range<usize>) {
        let text = &self.file.text;
        let is_after_all = range.start == text.len() && line > 1 && text.ends_with('\n');
        let (line, at) = if is_after_all { (line - 1, range.start - 1) } else { (line, range.start) };
        let start = text[..at].rfind('\n').map_or(0, |before| before + 1);
        let end = text[at..].find('\n').map_or(text.len(), |after| at + after);
        (line, start..end)
    }

    fn spot(&self) -> Option<Spot> {
        let File { text, paths, positions, lines, .. } = &*self.file;
        let lines = || lines.get_or_init(|| Lines::of(text));
        match &self.at {
            At::Nowhere => None,
            At::Path(path) => {
                let found = || Positions::of(text, lines(), paths.lock().iter().map(String::as_str));
                positions.get_or_init(found).find(path)
            }
            At::Spot(line, column) => Some(((*line, *column), lines().range_of_word(text, *line, *column))),
        }
    }

    /// How many problems it stands for.
    pub(super) fn counts(&self) -> Counts {
        self.more.unwrap_or(match self.severity {
            Severity::Error => Counts { errors: 1, warnings: 0 },
            Severity::Warning => Counts { errors: 0, warnings: 1 },
        })
    }
}

/// Problems up to a number. An error takes the room of a warning. The others are only counted.
#[derive(Debug)]
pub(super) struct ProblemList {
    most: usize,
    found: Vec<Problem>,
    told: Counts,
    left_out: Counts,
    /// The file of a problem that was left out.
    file: Option<Arc<File>>,
}

impl ProblemList {
    pub(super) fn new(most: usize) -> Self {
        Self { most, found: Vec::new(), told: Counts::default(), left_out: Counts::default(), file: None }
    }

    /// Adds a problem. Returns false if it is only counted.
    pub(super) fn add(&mut self, problem: Problem) -> bool {
        let file = Arc::clone(&problem.file);
        if problem.more.is_none() {
            if self.found.len() < self.most {
                self.told.add(problem.counts());
                self.found.push(problem);
                return true;
            }
            if problem.severity == Severity::Error && self.told.warnings > 0 {
                let last = self.found.iter().rposition(|other| other.severity == Severity::Warning);
                if let Some(last) = last {
                    self.found.remove(last);
                }
                self.told.warnings -= 1;
                self.told.errors += 1;
                self.left_out.warnings += 1;
                self.file = Some(file);
                self.found.push(problem);
                return true;
            }
        }
        self.left_out.add(problem.counts());
        self.file = Some(file);
        false
    }

    pub(super) fn extend(&mut self, problems: impl IntoIterator<Item = Problem>) {
        for problem in problems {
            self.add(problem);
        }
    }

    /// Whether no more errors are told.
    fn is_full(&self) -> bool {
        self.told.errors >= self.most
    }

    pub(super) fn has_errors(&self) -> bool {
        self.errors() > 0
    }

    fn errors(&self) -> usize {
        self.told.errors + self.left_out.errors
    }

    /// The problems. The last one says how many others there are.
    pub(super) fn finish(mut self) -> Vec<Problem> {
        if let Some(file) = self.file.filter(|_| self.left_out.all() > 0) {
            let severity = if self.left_out.errors > 0 { Severity::Error } else { Severity::Warning };
            let message = format!("and {} more", self.left_out);
            self.found.push(Problem {
                severity,
                message,
                hint: None,
                more: Some(self.left_out),
                file,
                at: At::Nowhere,
            });
        }
        self.found
    }
}

/// The first problems of a list, as many as one answer tells.
pub(crate) fn first<'p>(problems: impl IntoIterator<Item = &'p Problem>) -> Vec<Problem> {
    let mut list = ProblemList::new(MOST_TOLD);
    list.extend(problems.into_iter().cloned());
    list.finish()
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
            more: None,
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
    list: ProblemList,
}

impl Problems {
    pub(crate) fn of_file(name: Arc<str>, text: Arc<str>, lines_before: usize) -> Self {
        let (paths, positions, lines) = (Mutex::default(), OnceLock::new(), OnceLock::new());
        let file = Arc::new(File { name, text, lines_before, paths, positions, lines });
        Self { file, list: ProblemList::new(MOST_TOLD) }
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

    pub(crate) fn warning_with_hint(
        &mut self,
        place: impl fmt::Display,
        message: impl Into<String>,
        hint: Option<String>,
    ) {
        self.add(Severity::Warning, At::Path(place.to_string()), message.into(), hint);
    }

    /// A place that a later check may warn about.
    pub(crate) fn file_place(&self, place: impl fmt::Display) -> FilePlace {
        let path = place.to_string();
        self.file.paths.lock().insert(path.clone());
        FilePlace { file: Arc::clone(&self.file), path }
    }

    /// An error of the parser, which gives the line and column, counted from 1.
    pub(crate) fn error_at(&mut self, line: usize, column: usize, message: String, hint: Option<String>) {
        self.add(Severity::Error, At::Spot(line.max(1), column.max(1)), message, hint);
    }

    /// The place of the first key that its block has twice.
    pub(crate) fn place_of_repeated_key(&self) -> Option<(usize, usize)> {
        repeated_key(&self.file.text)
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.list.has_errors()
    }

    /// Whether nothing was wrong so far.
    pub(crate) fn is_empty(&self) -> bool {
        self.list.found.is_empty()
    }

    /// The name of the file.
    pub(super) fn file(&self) -> Arc<str> {
        Arc::clone(&self.file.name)
    }

    /// How many errors there are so far.
    pub(crate) fn errors(&self) -> usize {
        self.list.errors()
    }

    /// What an error hints at, if the error will be told. Looking for the nearest of many names takes its time.
    pub(crate) fn hint(&self, hint: impl FnOnce() -> Option<String>) -> Option<String> {
        if self.list.is_full() { None } else { hint() }
    }

    /// The problems, up to [`MOST_TOLD`]. One more says how many others there are.
    pub(crate) fn finish(self) -> Vec<Problem> {
        self.list.finish()
    }

    fn add(&mut self, severity: Severity, at: At, mut message: String, hint: Option<String>) {
        if let Some((cut, _)) = message.char_indices().nth(LONGEST_MESSAGE) {
            message.truncate(cut);
            message.push('…');
        }
        let path = if let At::Path(path) = &at { Some(path.clone()) } else { None };
        let problem = Problem { severity, message, hint, more: None, file: Arc::clone(&self.file), at };
        if self.list.add(problem) {
            self.file.paths.lock().extend(path);
        }
    }
}
