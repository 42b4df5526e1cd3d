//! The files of the sources as they were at one moment. Later changes of the folder do not matter, so the
//! same files can be resolved on another base date, and the last good set can be kept.

use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::sync::Arc;

use parking_lot::Mutex;

use super::budget::Budget;
use super::folder::Unread;
use super::sources::{Source, SourceFile};

/// The files that were read beside a scenario file, by source, scenario and file.
type Beside = HashMap<(usize, String, String), Result<Vec<u8>, Unread>>;

/// The digest of the built-in files alone, which would be a quarter of what a start takes.
const BUILTIN: &str = include_str!("builtin.digest");

/// The files of the sources, read once.
#[derive(Debug)]
pub struct Snapshot {
    pub(super) sources: Vec<(Source, Vec<SourceFile>)>,
    beside: Mutex<Beside>,
    /// What its parties are taken from.
    pub(super) budget: Arc<Budget>,
    /// How much of the budget all parties may have together. `usize::MAX` if there is no other limit.
    pub(super) max_claims: usize,
}

impl Snapshot {
    /// Reads the files. A party of a later source replaces one of an earlier source. Files that have not changed since an
    /// earlier snapshot are not read again.
    ///
    /// # Errors
    /// The folder that cannot be listed, and the error.
    pub(super) fn read(
        sources: &[Source],
        budget: &Arc<Budget>,
        before: Option<&Self>,
    ) -> Result<Self, (String, io::Error)> {
        let known = |source: &Source| {
            let mut all = before.into_iter().flat_map(|before| &before.sources);
            all.find(|(known, _)| known == source).map_or(&[][..], |(_, files)| &**files)
        };
        let read = |source: &Source| match source.files_after(known(source)) {
            Ok(files) => Ok((source.clone(), files)),
            Err(error) => Err((source.to_string(), error)),
        };
        let sources = sources.iter().map(read).collect::<Result<_, _>>()?;
        Ok(Self { sources, beside: Mutex::default(), budget: Arc::clone(budget), max_claims: usize::MAX })
    }

    /// Sets how much of the budget all parties may have together.
    #[must_use]
    pub fn with_max_claims(mut self, max: usize) -> Self {
        self.max_claims = max;
        self
    }

    /// How many scenario files each source has, in the order of the sources.
    pub(crate) fn counts(&self) -> Vec<usize> {
        self.sources.iter().map(|(_, files)| files.len()).collect()
    }

    /// The bytes of a file beside a scenario file. They are read once, at the first call.
    pub(super) fn beside(&self, source: usize, scenario: &str, file: &str) -> Result<Vec<u8>, String> {
        let mut beside = self.beside.lock();
        let key = (source, scenario.to_owned(), file.to_owned());
        beside
            .entry(key)
            .or_insert_with(|| self.sources[source].0.beside(scenario, file))
            .clone()
            .map_err(|unread| unread.message)
    }

    /// The text of a scenario file, by its name: that of the last source that has it.
    pub(crate) fn text_of(&self, file: &str) -> Option<Arc<str>> {
        let mut files = self.sources.iter().rev().flat_map(|(_, files)| files);
        files.find(|known| *known.name == *file)?.text.as_ref().ok().cloned()
    }

    /// The files that are not built in, and those that were read beside them, by their names in the folder.
    pub(crate) fn own_files(&self) -> Vec<(String, Vec<u8>)> {
        let is_own = |source: usize| self.sources.get(source).is_some_and(|(source, _)| *source != Source::Builtin);
        let of_source = |(_, (_, files)): (usize, &(Source, Vec<SourceFile>))| {
            let text = |file: &SourceFile| Some((file.name.to_string(), file.text.as_ref().ok()?.as_bytes().to_vec()));
            files.iter().filter_map(text).collect::<Vec<_>>()
        };
        let mut own: Vec<_> =
            self.sources.iter().enumerate().filter(|(at, _)| is_own(*at)).flat_map(of_source).collect();
        let beside = self.beside.lock();
        for ((_, scenario, file), read) in beside.iter().filter(|((source, ..), _)| is_own(*source)) {
            let name = Path::new(scenario).parent().unwrap_or(Path::new("")).join(file);
            own.extend(read.as_ref().ok().map(|bytes| (name.to_string_lossy().into_owned(), bytes.clone())));
        }
        own.sort();
        own.dedup_by(|one, other| one.0 == other.0);
        own
    }

    /// The digest of names and texts of all scenario files: SHA-256, in hexadecimal digits.
    pub(crate) fn digest(&self) -> String {
        match &*self.sources {
            [(Source::Builtin, _)] => BUILTIN.trim_end().to_owned(),
            _ => self.reckoned_digest(),
        }
    }

    fn reckoned_digest(&self) -> String {
        let mut context = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
        for file in self.sources.iter().flat_map(|(_, files)| files) {
            let text = file.text.as_deref().unwrap_or_default();
            // The lengths keep the parts apart, whatever they contain.
            context.update(format!("{} {} ", file.name.len(), text.len()).as_bytes());
            context.update(file.name.as_bytes());
            context.update(text.as_bytes());
        }
        let digest = context.finish();
        let (first, last) = digest.as_ref().split_at(16);
        let number = |half: &[u8]| half.iter().fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
        format!("{:032x}{:032x}", number(first), number(last))
    }

    /// Whether a file could not be read that can perhaps be read later.
    pub(crate) fn may_be_read_later(&self) -> bool {
        let mut files = self.sources.iter().flat_map(|(_, files)| files);
        files.any(|file| file.text.as_ref().is_err_and(|unread| unread.again))
            || self.beside.lock().values().any(|read| read.as_ref().is_err_and(|unread| unread.again))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_of_the_builtin_files_is_known() {
        let snapshot = Snapshot::read(&[Source::Builtin], &Budget::new(0), None).expect("built in");
        let digest = snapshot.reckoned_digest();
        assert!(snapshot.digest() == digest, "write into src/scenario/builtin.digest:\n{digest}");
    }
}
