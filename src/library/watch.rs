//! Notices when a scenario folder changes. It polls the folder several times a second, because that works on
//! every file system. Mounted and shared folders often send no events.

use std::fs::Metadata;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::scenario::folder::{self, Found};
use crate::scenario::sources::Source;

/// The time between two polls. A change counts when two polls in a row see the same, so that a file is not
/// read while it is being written.
pub(crate) const INTERVAL: Duration = Duration::from_millis(250);

/// After so many polls a file that could not be read is tried again. Nothing in the folder shows that it can be read now.
const POLLS_BEFORE_AGAIN: u32 = 8;

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
    /// After how many polls the scenarios are read again although nothing changed.
    again: Option<u32>,
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
        Some(Self { folders, read, seen: read, files, again: None })
    }

    /// How long to wait until the next poll; longer if there are many files.
    pub(crate) fn pause(&self) -> Duration {
        INTERVAL * u32::try_from(1 + self.files / FILES_PER_INTERVAL).unwrap_or(u32::MAX).min(20)
    }

    /// Says that a file could not be read, so that the scenarios are read again although nothing changes.
    pub(crate) fn try_again(&mut self) {
        self.again = Some(POLLS_BEFORE_AGAIN);
    }

    /// Polls once. True if the folders changed since the scenarios were last read, and did not change since the last
    /// poll; or if it is time to try again.
    pub(crate) fn has_settled(&mut self) -> bool {
        let (now, files) = fingerprint(&self.folders);
        self.files = files;
        self.again = self.again.map(|polls| polls.saturating_sub(1));
        let settled = now == self.seen && (now != self.read || self.again == Some(0));
        self.seen = now;
        if settled {
            self.read = now;
            self.again = None;
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
    let Ok(found) = folder::list(folder) else {
        "unreadable".hash(hasher);
        return 0;
    };
    for (path, what) in &found {
        path.hash(hasher);
        match what {
            // The data of the file itself, because mounted configuration is updated by swapping a link.
            Found::File(data) => (data.len(), data.modified().ok(), inode(data)).hash(hasher),
            Found::LinkedFolder(target) => target.hash(hasher),
            Found::LeadsOut => "leads out".hash(hasher),
            Found::Nothing => "gone".hash(hasher),
        }
    }
    found.len()
}

/// Distinguishes a file from another that replaced it within the resolution of its time stamp.
#[cfg(unix)]
fn inode(data: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(data)
}

/// There are no inodes here; the time when the file was made tells it from one that replaced it.
#[cfg(not(unix))]
fn inode(data: &Metadata) -> Option<std::time::SystemTime> {
    data.created().ok()
}
