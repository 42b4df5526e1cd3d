//! The files of the sources as they were at one moment, so that a set can be resolved against another
//! base date, and the last good one kept, whatever happens to the folder.

use std::collections::HashMap;
use std::io;

use parking_lot::Mutex;

use super::sources::{Source, SourceFile};

/// What was read beside a scenario file, by source, scenario and file.
type Beside = HashMap<(usize, String, String), Result<Vec<u8>, String>>;

/// The files of the sources, read once.
#[derive(Debug)]
pub struct Snapshot {
    pub(super) sources: Vec<(Source, Vec<SourceFile>)>,
    beside: Mutex<Beside>,
    /// How many claims all parties may have together, where that is bounded.
    pub(super) most_claims: usize,
}

impl Snapshot {
    /// Reads the files. A party of a later source replaces one of an earlier source.
    ///
    /// # Errors
    /// The folder that cannot be listed, and why.
    pub fn read(sources: &[Source]) -> Result<Self, (String, io::Error)> {
        let read = |source: &Source| match source.files() {
            Ok(files) => Ok((source.clone(), files)),
            Err(error) => Err((source.to_string(), error)),
        };
        let sources = sources.iter().map(read).collect::<Result<_, _>>()?;
        Ok(Self { sources, beside: Mutex::default(), most_claims: usize::MAX })
    }

    /// Refuses more claims than this in all.
    #[must_use]
    pub fn at_most_claims(mut self, most: usize) -> Self {
        self.most_claims = most;
        self
    }

    /// The bytes of a file beside a scenario file, as they were when they were first asked for.
    pub(super) fn beside(&self, source: usize, scenario: &str, file: &str) -> Result<Vec<u8>, String> {
        let mut beside = self.beside.lock();
        let key = (source, scenario.to_owned(), file.to_owned());
        beside.entry(key).or_insert_with(|| self.sources[source].0.beside(scenario, file)).clone()
    }
}
