//! Reads all files of the given sources into one set, or reports all problems in them.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;
use serde::de::DeserializeOwned;

use super::befolkning::{self, Oenske};
use super::budget::Budget;
use super::counted::Counted;
use super::format::{PartDocument, ScenarioFormat};
use super::later::{Entry, Later, is_later};
use super::limits::{self, Refusal};
use super::problems::{Counts, MOST_OF_A_SET, Problem, ProblemList, Problems};
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

/// Loads the files of all sources as they are now.
///
/// # Errors
/// A folder cannot be listed, or a file has an error. Nothing is loaded then.
pub(crate) fn load(
    sources: &[Source],
    format: &ScenarioFormat,
    base: NaiveDate,
    budget: &Arc<Budget>,
) -> Result<ScenarioSet, LoadError> {
    resolve_all(&read(sources, budget)?, format, base)
}

/// Reads the files of all sources. What they resolve to is taken from the budget.
///
/// # Errors
/// A folder cannot be listed.
pub fn read(sources: &[Source], budget: &Arc<Budget>) -> Result<Snapshot, LoadError> {
    Snapshot::read(sources, budget).map_err(|(folder, error)| LoadError::Folder { folder, error })
}

/// Resolves a snapshot on a base date. A party of a later source replaces the same party of an earlier
/// source. A source must not describe a party twice.
///
/// # Errors
/// A file has an error. Nothing is loaded then.
pub(crate) fn resolve_all(
    snapshot: &Snapshot,
    format: &ScenarioFormat,
    base: NaiveDate,
) -> Result<ScenarioSet, LoadError> {
    resolve(snapshot, format, None, base)
}

/// The same, but the built-in parties are resolved when they are first asked for. Their warnings are not told.
///
/// # Errors
/// As [`resolve_all`].
pub(crate) fn resolve_when_asked(
    snapshot: &Snapshot,
    format: &'static ScenarioFormat,
    base: NaiveDate,
) -> Result<ScenarioSet, LoadError> {
    resolve(snapshot, format, Some(format), base)
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
        Contents::Population(_) => None,
    }
}

fn resolve(
    snapshot: &Snapshot,
    format: &ScenarioFormat,
    later: Option<&'static ScenarioFormat>,
    base: NaiveDate,
) -> Result<ScenarioSet, LoadError> {
    let mut set = ScenarioSet { base, ..ScenarioSet::default() };
    let mut found = ProblemList::new(MOST_OF_A_SET);
    let mut claims = 0;
    for (number, (source, files)) in snapshot.sources.iter().enumerate() {
        let mut described: HashMap<_, Arc<str>> = HashMap::new();
        let mut population: Option<Arc<str>> = None;
        for file in files {
            if let Some((format, head)) = later.zip(is_later(source, file)) {
                for section in &format.sections {
                    if section.default_key().is_some_and(|(key, _)| head.has_default(key)) {
                        let name = section.service().name;
                        set.defaults.retain(|(service, _)| *service != name);
                        set.defaults.push((name, head.part));
                    }
                }
                let entry = Later::new(head, &file.name, format, base, &snapshot.budget);
                set.parties.insert(head.part, Entry::Later(Arc::new(entry)));
                continue;
            }
            let beside = |name: &str| snapshot.beside(number, &file.name, name);
            let mut problems = Problems::of_file(
                Arc::clone(&file.name),
                file.text.as_ref().map(Arc::clone).unwrap_or_default(),
                file.lines_before,
            );
            let checked = matches!(source, Source::Builtin);
            let contents = load_file(file, checked, &beside, format, base, &snapshot.budget, &mut problems);
            if let Some(Contents::Population(oenske)) = contents {
                if let Some(earlier) = population.replace(Arc::clone(&file.name)) {
                    problems.error("befolkning", format!("the population is described in {earlier} already"));
                }
                set.oenske = Some(oenske);
            } else if let Some(Contents::Party(party)) = contents {
                claims += party.party.share.held();
                if claims > snapshot.max_claims {
                    let most = snapshot.max_claims;
                    problems.error("part", format!("there are more than {most} claims, payments and orders in all"));
                    found.extend(problems.finish());
                    return Err(LoadError::Problems(found.finish()));
                }
                let part = party.party.part;
                if let Some(earlier) = described.insert(part, Arc::clone(&file.name)) {
                    problems.error("part", format!("party {part} is described in {earlier} already"));
                }
                // If this party replaces one of an earlier source, that one is no default party any more.
                set.defaults.retain(|(_, default)| *default != part);
                for section in &party.defaults {
                    let name = section.service().name;
                    let rival = set.default_party(section.service()).filter(|rival| described.contains_key(rival));
                    if let (Some(rival), Some((key, what))) = (rival, section.default_key()) {
                        problems.error(key, format!("{rival} is the {what} already"));
                    }
                    set.defaults.retain(|(service, _)| *service != name);
                    set.defaults.push((name, part));
                }
                set.parties.insert(part, Entry::Ready(Arc::new(party.party)));
            }
            found.extend(problems.finish());
        }
    }
    if found.has_errors() {
        return Err(LoadError::Problems(found.finish()));
    }
    set.warnings = found.finish();
    Ok(set)
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
enum Contents {
    Party(Box<resolve::Resolved>),
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
    let file = resolve::File { name, text, profil, span, beside };
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
