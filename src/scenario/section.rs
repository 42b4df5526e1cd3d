//! The part of the scenario format that belongs to one service: its keys, their meaning, and the data of a party.

use std::any::Any;
use std::sync::Arc;

use schemars::{Schema, SchemaGenerator};
use serde::de::DeserializeOwned;

use super::befolkning::Gjeld;
use super::loading::{deserialize, report_parser_error, report_unknown_key};
use super::resolve::{Reader, Who};
use crate::catalogue::Service;

/// The part of the scenario format that belongs to a service.
pub(crate) trait Section: Send + Sync {
    /// The service.
    fn service(&self) -> &'static Service;

    /// Its keys at the top of a file.
    fn keys(&self) -> &'static [&'static str];

    /// The JSON Schema of an object with those keys.
    fn schema(&self, generator: &mut SchemaGenerator) -> Schema;

    /// Reads the section of a file. Problems are added to `file.reader`. If there is an error, the result is not used.
    fn read(&self, file: &mut SectionFile<'_, '_>) -> Option<SectionData>;

    /// Its keys as YAML, for an employer of a population whose employees owe this.
    fn of_debts(&self, _: &[Gjeld]) -> Option<String> {
        None
    }

    /// The key that makes a party the default party of the service, and the name of such a party in messages.
    fn default_key(&self) -> Option<(&'static str, &'static str)> {
        None
    }
}

/// The data of a party from a section.
pub(crate) struct SectionData {
    /// The data. The service finds it by its type.
    pub(crate) data: Arc<dyn Any + Send + Sync>,
    /// How many entries count against the budget of the process.
    pub(crate) entries: usize,
    /// Whether the party is the default party of the service.
    pub(crate) is_default: bool,
}

/// A scenario file, as a section reads it.
pub(crate) struct SectionFile<'f, 'p> {
    pub(super) text: &'f str,
    pub(crate) who: &'f Who,
    pub(crate) reader: &'f mut Reader<'p>,
    pub(super) format: &'f super::format::ScenarioFormat,
}

impl SectionFile<'_, '_> {
    /// Reads the keys of the section into a type. Unknown keys below them are errors.
    pub(crate) fn parse<T: DeserializeOwned>(&mut self, keys: &[&str]) -> Option<T> {
        let mut unknown = Vec::new();
        let read = deserialize(self.text, |path| unknown.push(path));
        for path in unknown {
            let (first, nested) = path.split_once(['.', '[']).map_or((&*path, false), |(first, _)| (first, true));
            // Other keys at the top of the file belong to the rest of the format.
            if nested && keys.contains(&first) {
                report_unknown_key(&path, self.format, self.reader.problems);
            }
        }
        read.map_err(|error| report_parser_error(&error, self.reader.problems)).ok()
    }
}

/// The data of a party from all sections.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sections(pub(super) Vec<Arc<dyn Any + Send + Sync>>);

impl Sections {
    /// Whether no service has data of the party.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The data of a service, by its type.
    pub(crate) fn get<T: Any + Send + Sync>(&self) -> Option<&T> {
        self.0.iter().find_map(|data| data.downcast_ref())
    }
}
