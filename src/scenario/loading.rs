//! Reads all files of the given sources into one set, or reports all problems in them.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::NaiveDate;
use serde::de::DeserializeOwned;

use super::befolkning::{self, Oenske};
use super::budget::Budget;
use super::counted::Counted;
use super::format::{PartDocument, ScenarioFormat};
use super::later::{self, Head, OfText};
use super::limits::{self, Refusal};
use super::merging::Merging;
use super::parallel::in_parallel;
use super::problems::{Counts, Problem, Problems};
use super::scalar::{PartNumber, Text};
use super::snapshot::Snapshot;
use super::sources::{Source, SourceFile};
use super::{Party, ScenarioSet, resolve};
use crate::catalogue::nearest;

/// Why nothing was loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A folder that cannot be listed.
    #[error("the scenario folder {folder} cannot be read: {error}")]
    Folder {
        /// The folder as it was given.
        folder: String,
        /// What the system said.
        error: std::io::Error,
    },
    /// The problems, of which at least one is an error. The others may be warnings.
    #[error("{} in the scenario files", count(.0))]
    Problems(Vec<Problem>),
}

/// Reads the files of all sources. What they resolve to is taken from the budget.
///
/// # Errors
/// A folder cannot be listed.
pub fn read(sources: &[Source], budget: &Arc<Budget>) -> Result<Snapshot, LoadError> {
    read_again(sources, budget, None)
}

/// The same. Files that have not changed since an earlier snapshot are not read again.
///
/// # Errors
/// A folder cannot be listed.
pub(crate) fn read_again(
    sources: &[Source],
    budget: &Arc<Budget>,
    before: Option<&Snapshot>,
) -> Result<Snapshot, LoadError> {
    Snapshot::read(sources, budget, before).map_err(|(folder, error)| LoadError::Folder { folder, error })
}

/// How a snapshot is resolved.
#[derive(Default)]
pub(crate) struct How<'h> {
    /// The built-in parties are resolved when they are first asked for. Their warnings are not told.
    pub(crate) builtin_later: bool,
    /// The set that the files had before, on the same base date. What has the same text is taken from it.
    pub(crate) before: Option<&'h ScenarioSet>,
    /// Is told how many files have been resolved.
    pub(crate) progress: Option<&'h (dyn Fn(usize) + Sync)>,
}

/// Resolves a snapshot on a base date. A party of a later source replaces the same party of an earlier
/// source. A source must not describe a party twice.
///
/// # Errors
/// A file has an error. Nothing is loaded then.
pub(crate) fn resolve_all(
    snapshot: &Snapshot,
    format: &'static ScenarioFormat,
    base: NaiveDate,
    how: &How<'_>,
) -> Result<ScenarioSet, LoadError> {
    let mut merging = Merging::new(snapshot, base);
    let known = how.before.filter(|set| set.base == base).map(later::of_texts).unwrap_or_default();
    let (mut done, ready) = (0, AtomicUsize::new(0));
    for (number, (source, files)) in snapshot.sources.iter().enumerate() {
        merging.begin_source();
        let one = |file: &SourceFile| {
            if let Some(head) = later::is_later(source, file).filter(|_| how.builtin_later) {
                return Outcome::Builtin(head, Arc::clone(&file.name));
            }
            match known.get(&file.name).filter(|known| known.is_of(file)) {
                Some(same) => Outcome::Same(Arc::clone(same)),
                None => resolved(snapshot, number, file, format, base, &ready),
            }
        };
        for files in files.chunks(AT_ONCE) {
            for outcome in in_parallel(files, &one) {
                merging.add(outcome, format)?;
            }
            done += files.len();
            if let Some(progress) = how.progress {
                progress(done);
            }
        }
    }
    merging.finish()
}

/// How many files are resolved before their parties are put together.
const AT_ONCE: usize = 2_048;

/// How many claims, payments and orders stay resolved. Of the files beyond, only the texts are kept where that is enough.
const MOST_READY: usize = 20_000;

/// What came of a file.
pub(super) enum Outcome {
    /// It is resolved when it is first asked for.
    Builtin(Head, Arc<str>),
    /// It has the text that it had before.
    Same(Arc<OfText>),
    /// It was resolved, or not.
    Read(Option<Contents>, Problems),
}

/// Resolves a file of a snapshot.
fn resolved(
    snapshot: &Snapshot,
    source: usize,
    file: &SourceFile,
    format: &'static ScenarioFormat,
    base: NaiveDate,
    ready: &AtomicUsize,
) -> Outcome {
    let beside = |name: &str| snapshot.beside(source, &file.name, name);
    let text = file.text.as_ref().map(Arc::clone).unwrap_or_default();
    let mut problems = Problems::of_file(Arc::clone(&file.name), text, file.lines_before);
    let checked = matches!(snapshot.sources[source].0, Source::Builtin);
    let contents = load_file(file, checked, &beside, format, base, &snapshot.budget, &mut problems);
    let contents = match contents {
        Some(Contents::Party(party))
            if problems.is_empty()
                && party.defaults.is_empty()
                && OfText::is_enough(&party.party)
                && ready.fetch_add(party.party.share.held(), Ordering::Relaxed) > MOST_READY =>
        {
            Some(Contents::OfText(Arc::new(OfText::of(party.party, file, format, base))))
        }
        other => other,
    };
    Outcome::Read(contents, problems)
}

/// Resolves a built-in file alone.
pub(super) fn resolve_one(
    file: &SourceFile,
    format: &ScenarioFormat,
    base: NaiveDate,
    budget: &Arc<Budget>,
) -> Option<Party> {
    let text = file.text.as_ref().map(Arc::clone).unwrap_or_default();
    let mut problems = Problems::of_file(Arc::clone(&file.name), text, file.lines_before);
    let beside = |name: &str| Source::Builtin.beside(&file.name, name).map_err(|unread| unread.message);
    match load_file(file, true, &beside, format, base, budget, &mut problems)? {
        Contents::Party(resolved) => Some(resolved.party),
        Contents::OfText(_) | Contents::Population(_) => None,
    }
}

/// "2 errors and 1 warning".
pub fn count(problems: &[Problem]) -> String {
    let mut all = Counts::default();
    for problem in problems {
        all.add(problem.counts());
    }
    all.to_string()
}

/// What a file describes.
pub(super) enum Contents {
    Party(Box<resolve::Resolved>),
    /// A party of which only the text is kept.
    OfText(Arc<OfText>),
    /// The parties that no scenario describes.
    Population(Oenske),
}

/// Reads and resolves a file. `checked` is true if its text is known to keep the limits.
fn load_file(
    file: &SourceFile,
    checked: bool,
    beside: &dyn Fn(&str) -> Result<Vec<u8>, String>,
    format: &ScenarioFormat,
    base: NaiveDate,
    budget: &Arc<Budget>,
    problems: &mut Problems,
) -> Option<Contents> {
    let text = match &file.text {
        Ok(text) => text,
        Err(unread) => {
            problems.error_at(1, 1, unread.message.clone(), None);
            return None;
        }
    };
    let mut document = parse(text, checked, format, problems)?;
    if let Some(entry) = &document.befolkning {
        if document.part.0 != PartNumber::default().0 || document.navn.0 != Text::default().0 {
            problems.error("befolkning", "a file describes a party or the population; give each a file of its own");
        }
        let oenske = resolve::population(entry, base, budget, problems);
        return (!problems.has_errors()).then_some(Contents::Population(oenske));
    }
    let profil = befolkning::utfyll(&mut document, base, problems);
    for (key, is_missing) in [("part", document.part.0.is_empty()), ("navn", document.navn.0.is_empty())] {
        let is_missing = is_missing && !(key == "navn" && (document.profil.is_some() || text.contains("navn:")));
        if is_missing {
            let hint = "see docs/scenarios.md for the keys that a party needs".to_owned();
            problems.error_at(1, 1, format!("missing field `{key}`"), Some(hint));
            return None;
        }
    }
    let (name, span) = (Arc::clone(&file.name), resolve::Span::OF_FILE);
    let file = resolve::File { name, text, profil, span, aapent: None, beside };
    let party = resolve::party(&document, &file, format, base, budget, problems);
    party.filter(|_| !problems.has_errors()).map(|party| Contents::Party(Box::new(party)))
}

/// Parses a text, and reports all keys that the format does not have.
fn parse(text: &str, checked: bool, format: &ScenarioFormat, problems: &mut Problems) -> Option<PartDocument> {
    let refusal = if checked { Ok(()) } else { limits::check(text) };
    if let Err(Refusal::Limit(line, column, message) | Refusal::LongAndNotYaml(line, column, message)) = refusal {
        problems.error_at(line, column, message, None);
        return None;
    }
    let mut unknown = Vec::new();
    let document = deserialize(text, |path| unknown.push(path));
    for path in unknown.iter().filter(|path| !format.has_section_key(path)) {
        report_unknown_key(path, format, problems);
    }
    match (document, refusal) {
        (Err(error), _) => report_parser_error(&error, problems),
        (Ok(_), Err(Refusal::NotYaml(line, column, message))) => problems.error_at(line, column, message, None),
        (Ok(document), _) => return Some(document),
    }
    None
}

/// Reads a text that has passed [`limits::check`]. `ignored` gets the paths of all keys that the type does not have.
pub(super) fn deserialize<T: DeserializeOwned>(
    text: &str,
    mut ignored: impl FnMut(String),
) -> Result<T, serde_yaml::Error> {
    let left = Cell::new(limits::MOST_VALUES);
    let reader = Counted::new(serde_yaml::Deserializer::from_str(text), &left);
    serde_ignored::deserialize(reader, |path| ignored(yaml_path(&path)))
}

/// Reports a key that the format does not have.
pub(super) fn report_unknown_key(path: &str, format: &ScenarioFormat, problems: &mut Problems) {
    let key = path.rsplit('.').next().unwrap_or(path);
    let hint = match key {
        "<<" => Some("the format has no merge keys; write the entry out".to_owned()),
        _ => problems.hint(|| {
            nearest(key, format.keys().iter().map(String::as_str)).map(|known| format!("did you mean {known}?"))
        }),
    };
    problems.error_with_hint(super::positions::key_path(path), format!("there is no key {key} here"), hint);
}

/// Reports why a text could not be parsed.
pub(super) fn report_parser_error(error: &serde_yaml::Error, problems: &mut Problems) {
    let message = without_place(&error.to_string());
    // serde tells where the block begins that has a key twice.
    let repeated = message.contains("duplicate field").then(|| problems.place_of_repeated_key()).flatten();
    let parser = || error.location().map_or((1, 1), |at| (at.line(), at.column()));
    let (line, column) = repeated.unwrap_or_else(parser);
    problems.error_at(line, column, message, parser_hint(error));
}

/// The path of an ignored key in the form that [`super::positions`] uses.
fn yaml_path(path: &serde_ignored::Path<'_>) -> String {
    use serde_ignored::Path;
    match path {
        Path::Root => String::new(),
        Path::Seq { parent, index } => format!("{}[{index}]", yaml_path(parent)),
        Path::Map { parent, key } => match yaml_path(parent) {
            parent if parent.is_empty() => key.clone(),
            parent => format!("{parent}.{key}"),
        },
        Path::Some { parent } | Path::NewtypeStruct { parent } | Path::NewtypeVariant { parent } => yaml_path(parent),
    }
}

/// The message of the parser without its first place, which is shown separately.
fn without_place(message: &str) -> String {
    let Some((before, rest)) = message.split_once(" at line ") else {
        return message.to_owned();
    };
    let after = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ').trim_start_matches("column");
    format!("{before}{}", after.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' '))
}

fn parser_hint(error: &serde_yaml::Error) -> Option<String> {
    let message = error.to_string();
    if message.contains("missing field") {
        Some("see docs/scenarios.md for the keys that a party needs".to_owned())
    } else if message.contains("duplicate field") {
        Some("a block can have a key only once; put the values in one list".to_owned())
    } else if message.contains("more than one document") {
        Some("a file describes one party; give each party a file of its own".to_owned())
    } else if message.contains("cannot start any token") {
        Some("is there a tab? Indent with spaces".to_owned())
    } else if message.contains("mapping values are not allowed") {
        Some("a text with a colon in it needs quotes".to_owned())
    } else {
        None
    }
}
