//! Where scenario files come from: built into the binary, or a folder.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use include_dir::{Dir, include_dir};

use super::folder::{self, Found, Unread};
use super::parallel::in_parallel;

static BUILTIN: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/scenarios");

/// A place that scenario files are read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The scenarios compiled into the binary.
    Builtin,
    /// A folder and the folders in it. Names that start with a dot are left out, and files that do not
    /// end in `.yaml` or `.yml` too. Links are followed to files in the folder, and nowhere else.
    Folder(PathBuf),
    /// Texts, for tests and sessions. There are no files beside them.
    Texts(Vec<Text>),
}

/// A scenario that is not a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// Its name in problems.
    pub name: String,
    /// The YAML.
    pub text: String,
    /// How many lines come before it, if it is a part of a larger text.
    pub lines_before: usize,
}

/// A scenario file.
#[derive(Debug)]
pub struct SourceFile {
    /// Its path within the source, with forward slashes. Built-in files start with `builtin/`.
    pub name: Arc<str>,
    /// Its text, or why it could not be read.
    pub text: Result<Arc<str>, Unread>,
    /// How many lines come before it, if it is a part of a larger text.
    pub lines_before: usize,
    /// When it was last changed, and its length, if these two tell whether it has changed since.
    pub(super) stamp: Option<Stamp>,
}

/// When a file was last changed, and its length in bytes.
pub(super) type Stamp = (SystemTime, u64);

/// A file that was changed less than this before it was read may change again without another time.
const SETTLED: Duration = Duration::from_secs(2);

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(folder) => folder.display().fmt(f),
            Self::Builtin => f.write_str("built in"),
            Self::Texts(_) => f.write_str("texts"),
        }
    }
}

impl Source {
    /// All scenario files, ordered by name.
    ///
    /// # Errors
    /// The folder cannot be listed. A file that cannot be read is no error; it is in the list.
    pub fn files(&self) -> io::Result<Vec<SourceFile>> {
        self.files_after(&[])
    }

    /// The same. A file that has not changed since it was last read, as `known` has it, is not read again.
    pub(super) fn files_after(&self, known: &[SourceFile]) -> io::Result<Vec<SourceFile>> {
        match self {
            Self::Builtin => Ok(BUILTIN.files().filter_map(builtin_file).collect()),
            Self::Folder(root) => {
                let is_read = |found: &Found| matches!(found, Found::File(_) | Found::LeadsOut);
                let mut found = folder::list(root)?;
                found.retain(|(path, found)| is_scenario(path) && is_read(found));
                let known: HashMap<&str, &SourceFile> = known.iter().map(|file| (&*file.name, file)).collect();
                let read = |(path, found): &(PathBuf, Found)| folder_file(root, path, found, &known);
                Ok(in_parallel(&found, &read))
            }
            Self::Texts(texts) => Ok(texts
                .iter()
                .map(|text| SourceFile {
                    name: text.name.as_str().into(),
                    text: Ok(text.text.as_str().into()),
                    lines_before: text.lines_before,
                    stamp: None,
                })
                .collect()),
        }
    }

    /// A built-in scenario file, by its name.
    pub(super) fn file(&self, name: &str) -> Option<SourceFile> {
        match self {
            Self::Builtin => builtin_file(BUILTIN.get_file(name.strip_prefix("builtin/")?)?),
            Self::Folder(_) | Self::Texts(_) => None,
        }
    }

    /// The bytes of a file beside a scenario file.
    ///
    /// # Errors
    /// A sentence for the author: the path leads out of the folder, or the file cannot be read.
    pub fn beside(&self, scenario: &str, file: &str) -> Result<Vec<u8>, Unread> {
        let relative = Path::new(scenario).parent().unwrap_or(Path::new("")).join(file);
        if !relative.components().all(|part| matches!(part, Component::Normal(_))) {
            return Err(Unread::never("the file must lie in the scenario folder: no .. and no absolute path"));
        }
        match self {
            Self::Builtin => {
                let name = relative.strip_prefix("builtin").unwrap_or(&relative);
                let file = BUILTIN.get_file(name).ok_or(Unread::never("no such file among the built-in ones"))?;
                Ok(file.contents().to_vec())
            }
            Self::Folder(root) => folder::read(root, &root.join(relative), |_| true),
            Self::Texts(_) => Err(Unread::never("scenarios from texts have no files beside them")),
        }
    }
}

fn builtin_file(file: &include_dir::File<'_>) -> Option<SourceFile> {
    let path = file.path().to_str().filter(|path| is_scenario(Path::new(path)))?;
    let text = file.contents_utf8().map(Arc::from).ok_or_else(not_utf8);
    Some(SourceFile { name: format!("builtin/{path}").into(), text, lines_before: 0, stamp: None })
}

fn folder_file(root: &Path, path: &Path, found: &Found, known: &HashMap<&str, &SourceFile>) -> SourceFile {
    let relative = path.strip_prefix(root).unwrap_or(path);
    let name = relative.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
    let now = match found {
        Found::File(data) => data.modified().ok().map(|changed| (changed, data.len())),
        _ => None,
    };
    if let Some(same) = known.get(&*name).filter(|known| now.is_some() && known.stamp == now) {
        let (name, text) = (Arc::clone(&same.name), same.text.clone());
        return SourceFile { name, text, lines_before: 0, stamp: now };
    }
    let text = folder::read(root, path, is_scenario).and_then(|bytes| {
        let text = String::from_utf8(bytes).map_err(|_| not_utf8())?;
        // Some editors begin a file with a byte order mark.
        Ok(text.strip_prefix('\u{feff}').unwrap_or(&text).into())
    });
    let has_settled = |(changed, _): &Stamp| changed.elapsed().is_ok_and(|ago| ago > SETTLED);
    let stamp = now.filter(has_settled).filter(|_| text.is_ok());
    SourceFile { name: name.into(), text, lines_before: 0, stamp }
}

fn is_scenario(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
}

fn not_utf8() -> Unread {
    Unread::never("the file is not UTF-8")
}
