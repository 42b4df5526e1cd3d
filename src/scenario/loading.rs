//! Reads all files of the given sources into one set, or reports all problems in them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;

use super::format::{PartDocument, ScenarioFormat};
use super::problems::{Problem, Problems, Severity};
use super::snapshot::Snapshot;
use super::sources::{Source, SourceFile};
use super::{ScenarioSet, resolve};
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
pub(crate) fn load(sources: &[Source], format: &ScenarioFormat, base: NaiveDate) -> Result<ScenarioSet, LoadError> {
    resolve_all(&read(sources)?, format, base)
}

/// Reads the files of all sources.
///
/// # Errors
/// A folder cannot be listed.
pub fn read(sources: &[Source]) -> Result<Snapshot, LoadError> {
    Snapshot::read(sources).map_err(|(folder, error)| LoadError::Folder { folder, error })
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
    let mut set = ScenarioSet::default();
    let mut found = Vec::new();
    let mut claims = 0;
    for (number, (_, files)) in snapshot.sources.iter().enumerate() {
        let mut described: HashMap<_, Arc<str>> = HashMap::new();
        for file in files {
            let beside = |name: &str| snapshot.beside(number, &file.name, name);
            let (party, mut problems) = load_file(file, &beside, format, base);
            if let Some(party) = party {
                claims += party.party.reskontro.krav().len() + party.entries;
                if claims > snapshot.max_claims {
                    problems
                        .error("part", format!("there are more than {} claims and orders in all", snapshot.max_claims));
                    found.append(&mut problems.found);
                    return Err(LoadError::Problems(found));
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
                set.parties.insert(part, Arc::new(party.party));
            }
            found.append(&mut problems.found);
        }
    }
    if found.iter().any(|problem| problem.severity == Severity::Error) {
        return Err(LoadError::Problems(found));
    }
    set.warnings = found;
    Ok(set)
}

/// "2 errors and 1 warning".
pub fn count(problems: &[Problem]) -> String {
    let errors = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
    let plural = |number: usize, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
    match (errors, problems.len() - errors) {
        (0, warnings) => plural(warnings, "warning"),
        (errors, 0) => plural(errors, "error"),
        (errors, warnings) => format!("{} and {}", plural(errors, "error"), plural(warnings, "warning")),
    }
}

fn load_file(
    file: &SourceFile,
    beside: &dyn Fn(&str) -> Result<Vec<u8>, String>,
    format: &ScenarioFormat,
    base: NaiveDate,
) -> (Option<resolve::Resolved>, Problems) {
    let text = match &file.text {
        Ok(text) => Arc::clone(text),
        Err(message) => {
            let mut problems = Problems::of_file(Arc::clone(&file.name), "".into(), file.lines_before);
            problems.error_at(1, 1, message.clone(), None);
            return (None, problems);
        }
    };
    let mut problems = Problems::of_file(Arc::clone(&file.name), Arc::clone(&text), file.lines_before);
    let document = parse(&text, format, &mut problems);
    let party = document.and_then(|document| {
        let file = resolve::File { name: Arc::clone(&file.name), text: &text, beside };
        resolve::party(&document, &file, format, base, &mut problems)
    });
    (party.filter(|_| !problems.has_errors()), problems)
}

/// How many brackets may be open at the same time. The time of the parser grows with the square of this number.
const MAX_OPEN_BRACKETS: usize = 100;

/// The first line with too many open brackets. Brackets in texts are counted too, but no real text has so many.
fn line_with_too_many_brackets(text: &str) -> Option<usize> {
    let mut open = 0_usize;
    for (number, line) in text.lines().enumerate() {
        for b in line.bytes() {
            match b {
                b'[' | b'{' => open += 1,
                b']' | b'}' => open = open.saturating_sub(1),
                _ => {}
            }
            if open > MAX_OPEN_BRACKETS {
                return Some(number + 1);
            }
        }
    }
    None
}

/// Parses a text, and reports all keys that the format does not have.
fn parse(text: &str, format: &ScenarioFormat, problems: &mut Problems) -> Option<PartDocument> {
    if let Some(line) = line_with_too_many_brackets(text) {
        problems.error_at(line, 1, format!("more than {MAX_OPEN_BRACKETS} brackets are open here"), None);
        return None;
    }
    let unknown = RefCell::new(Vec::new());
    let deserializer = serde_yaml::Deserializer::from_str(text);
    let document: Result<PartDocument, serde_yaml::Error> =
        serde_ignored::deserialize(deserializer, |path| unknown.borrow_mut().push(yaml_path(&path)));
    for path in unknown.into_inner().iter().filter(|path| !format.has_section_key(path)) {
        report_unknown_key(path, format, problems);
    }
    document.map_err(|error| report_parser_error(&error, problems)).ok()
}

/// Reports a key that the format does not have.
pub(super) fn report_unknown_key(path: &str, format: &ScenarioFormat, problems: &mut Problems) {
    let key = path.rsplit('.').next().unwrap_or(path);
    let hint = match key {
        "<<" => Some("the format has no merge keys; write the entry out".to_owned()),
        _ => nearest(key, format.keys().iter().map(String::as_str)).map(|known| format!("did you mean {known}?")),
    };
    problems.error_with_hint(super::positions::key_path(path), format!("there is no key {key} here"), hint);
}

/// Reports why a text could not be parsed.
pub(super) fn report_parser_error(error: &serde_yaml::Error, problems: &mut Problems) {
    let (line, column) = error.location().map_or((1, 1), |at| (at.line(), at.column()));
    problems.error_at(line.max(1), column.max(1), without_place(&error.to_string()), parser_hint(error));
}

/// The path of an ignored key in the form that [`super::positions`] uses.
pub(super) fn yaml_path(path: &serde_ignored::Path<'_>) -> String {
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
