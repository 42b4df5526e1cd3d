//! Notices when a scenario folder changes. It polls the folder several times a second, because that works on
//! every file system. Mounted and shared folders often send no events.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::scenario::sources::Source;

/// The time between two polls. A change counts when two polls in a row see the same, so that a file is not
/// read while it is being written.
pub(crate) const INTERVAL: Duration = Duration::from_millis(250);

/// The number of files that adds another interval to the pause. Polling so many takes a few milliseconds.
const FILES_PER_INTERVAL: usize = 1_000;

/// Polls the folders of the sources.
pub(crate) struct Watch {
    folders: Vec<PathBuf>,
    /// The fingerprint of the folders when the scenarios were last read.
    read: u64,
    /// The fingerprint at the last poll.
    seen: u64,
    /// How many files there were at the last poll.
    files: usize,
}

impl Watch {
    /// `None` if no source is a folder.
    pub(crate) fn new(sources: &[Source]) -> Option<Self> {
        let folder = |source: &Source| match source {
            Source::Folder(folder) => Some(folder.clone()),
            Source::Builtin | Source::Texts(_) => None,
        };
        let folders: Vec<_> = sources.iter().filter_map(folder).collect();
        if folders.is_empty() {
            return None;
        }
        let (read, files) = fingerprint(&folders);
        Some(Self { folders, read, seen: read, files })
    }

    /// How long to wait until the next poll; longer if there are many files.
    pub(crate) fn pause(&self) -> Duration {
        INTERVAL * u32::try_from(1 + self.files / FILES_PER_INTERVAL).unwrap_or(u32::MAX).min(20)
    }

    /// Polls once. True if the folders changed since the scenarios were last read, and did not change since the last
    /// poll.
    pub(crate) fn has_settled(&mut self) -> bool {
        let (now, files) = fingerprint(&self.folders);
        self.files = files;
        let settled = now == self.seen && now != self.read;
        self.seen = now;
        if settled {
            self.read = now;
        }
        settled
    }
}

/// A hash that changes when a file is added, removed or written; and the number of files.
fn fingerprint(folders: &[PathBuf]) -> (u64, usize) {
    let mut hasher = DefaultHasher::new();
    let files = folders.iter().map(|folder| hash_folder(folder, &mut hasher)).sum();
    (hasher.finish(), files)
}

fn hash_folder(folder: &Path, hasher: &mut DefaultHasher) -> usize {
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
        // Follows links, because mounted configuration is updated by swapping a link.
        match fs::metadata(&path) {
            Ok(data) if data.is_dir() => files += hash_folder(&path, hasher),
            Ok(data) => {
                (data.len(), data.modified().ok(), inode(&data)).hash(hasher);
                files += 1;
            }
            Err(_) => "gone".hash(hasher),
        }
    }
    files
}

/// Distinguishes a file from another that replaced it within the resolution of its time stamp.
fn inode(data: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(data)
}
