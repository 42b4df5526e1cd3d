//! Notices that a scenario folder has changed, by looking at it several times a second: that works on
//! every file system, mounted and shared ones too, which often tell nothing.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::scenario::sources::Source;

/// How often it looks. A change counts once it has stood still between two looks, so that a file is not
/// read while it is being written.
pub(crate) const INTERVAL: Duration = Duration::from_millis(250);

/// How many files are looked at without waiting longer: a few milliseconds' worth.
const MANY: usize = 1_000;

/// Looks at the folders of the sources.
pub(crate) struct Watch {
    folders: Vec<PathBuf>,
    /// What was there when the folders were last read.
    read: u64,
    /// What was there at the last look.
    seen: u64,
    /// How many files there were.
    files: usize,
}

impl Watch {
    /// Nothing where no source is a folder.
    pub(crate) fn new(sources: &[Source]) -> Option<Self> {
        let folder = |source: &Source| match source {
            Source::Folder(folder) => Some(folder.clone()),
            Source::Builtin | Source::Texts(_) => None,
        };
        let folders: Vec<_> = sources.iter().filter_map(folder).collect();
        if folders.is_empty() {
            return None;
        }
        let (read, files) = print_of(&folders);
        Some(Self { folders, read, seen: read, files })
    }

    /// How long to wait until the next look; longer where there is much to look at.
    pub(crate) fn pause(&self) -> Duration {
        INTERVAL * u32::try_from(1 + self.files / MANY).unwrap_or(u32::MAX).min(20)
    }

    /// Looks once. True where the folders changed since they were last read, and stand still.
    pub(crate) fn has_settled(&mut self) -> bool {
        let (now, files) = print_of(&self.folders);
        self.files = files;
        let settled = now == self.seen && now != self.read;
        self.seen = now;
        if settled {
            self.read = now;
        }
        settled
    }
}

/// A number that is another one when a file came, went, or was written; and how many files there are.
fn print_of(folders: &[PathBuf]) -> (u64, usize) {
    let mut hasher = DefaultHasher::new();
    let files = folders.iter().map(|folder| add(folder, &mut hasher)).sum();
    (hasher.finish(), files)
}

fn add(folder: &Path, hasher: &mut DefaultHasher) -> usize {
    let Ok(entries) = fs::read_dir(folder) else {
        "unreadable".hash(hasher);
        return 0;
    };
    let mut files = 0;
    let mut paths: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')) {
            continue;
        }
        path.hash(hasher);
        // What a link leads to: mounted configuration swaps links.
        match fs::metadata(&path) {
            Ok(data) if data.is_dir() => files += add(&path, hasher),
            Ok(data) => {
                (data.len(), data.modified().ok(), inode(&data)).hash(hasher);
                files += 1;
            }
            Err(_) => "gone".hash(hasher),
        }
    }
    files
}

/// Tells a file from one that replaced it within the resolution of its time.
fn inode(data: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(data)
}
