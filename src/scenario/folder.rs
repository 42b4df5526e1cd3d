//! Files in a scenario folder. Links are followed only to files in the folder itself: mounted configuration often
//! consists of such links, and a link that leads anywhere else could show what is none of the sandbox's business.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// How many bytes a file may have.
const LARGEST_FILE: u64 = 16 * 1024 * 1024;

/// Why a file was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// A sentence for the author.
    pub message: String,
    /// Whether the same file can perhaps be read later.
    pub again: bool,
}

impl Unread {
    /// The file cannot be used as it is.
    pub(crate) fn never(message: impl Into<String>) -> Self {
        Self { message: message.into(), again: false }
    }
}

impl From<io::Error> for Unread {
    fn from(error: io::Error) -> Self {
        Self { message: format!("cannot be read: {error}"), again: true }
    }
}

/// What a folder has at a path.
pub(crate) enum Found {
    /// A file, or a link to a file in the folder.
    File(Metadata),
    /// A link to another folder in the folder. It is not listed: its files are listed where they are, and a circle
    /// would not end.
    LinkedFolder(PathBuf),
    /// A link that leads out of the folder.
    LeadsOut,
    /// A link to nothing, or something that is not a file. Reading a pipe or a device might never end.
    Nothing,
}

/// All that is in a folder and in the folders in it, ordered by path. Names that start with a dot are left out.
///
/// # Errors
/// A folder cannot be listed.
pub(crate) fn list(root: &Path) -> io::Result<Vec<(PathBuf, Found)>> {
    let whole = fs::canonicalize(root)?;
    let (mut found, mut folders) = (Vec::new(), vec![root.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            let (path, kind) = (entry.path(), entry.file_type()?);
            if kind.is_dir() {
                folders.push(path);
                continue;
            }
            let what = if kind.is_symlink() { follow(&whole, &path) } else { plain(entry.metadata()) };
            found.push((path, what));
        }
    }
    found.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(found)
}

fn plain(data: io::Result<Metadata>) -> Found {
    data.ok().filter(Metadata::is_file).map_or(Found::Nothing, Found::File)
}

/// What a link leads to. `whole` is the whole folder, without links in its path.
fn follow(whole: &Path, link: &Path) -> Found {
    let Ok(target) = fs::canonicalize(link) else {
        return Found::Nothing;
    };
    if !target.starts_with(whole) {
        return Found::LeadsOut;
    }
    if target.is_dir() { Found::LinkedFolder(target) } else { plain(fs::symlink_metadata(target)) }
}

/// The bytes of a file in a folder. With `is_right`, the name of the file itself is checked, wherever links lead.
///
/// # Errors
/// It cannot be read, it is not a file, it lies outside the folder, or it is too large.
pub(crate) fn read(root: &Path, path: &Path, is_right: impl Fn(&Path) -> bool) -> Result<Vec<u8>, Unread> {
    let file = fs::canonicalize(path)?;
    if !file.starts_with(fs::canonicalize(root)?) {
        return Err(Unread::never(
            "is a link that leads out of the scenario folder; put the file itself into the folder",
        ));
    }
    if !is_right(&file) {
        return Err(Unread::never("is a link to a file that is no scenario file"));
    }
    if !fs::symlink_metadata(&file)?.is_file() {
        return Err(Unread::never("is not a file"));
    }
    let mut bytes = Vec::new();
    File::open(file)?.take(LARGEST_FILE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(Unread::never(format!("is larger than {} MB", LARGEST_FILE / (1024 * 1024))));
    }
    Ok(bytes)
}
