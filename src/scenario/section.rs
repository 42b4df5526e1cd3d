//! A part of the scenario format that belongs to one service: its keys, what they mean, and what a party has of it.

use std::any::Any;
use std::cell::RefCell;
use std::sync::Arc;

use schemars::{Schema, SchemaGenerator};
use serde::de::DeserializeOwned;

use super::loading::{tell_parser_error, tell_unknown_key, yaml_path};
use super::resolve::{Reader, Who};
use crate::catalogue::Service;

/// The part of the scenario format that belongs to a service.
pub(crate) trait Section: Send + Sync {
    /// The service.
    fn service(&self) -> &'static Service;

    /// Its keys at the top of a file.
    fn keys(&self) -> &'static [&'static str];

    /// An object with those keys.
    fn schema(&self, generator: &mut SchemaGenerator) -> Schema;

    /// Reads it. What is wrong is added to the problems; after an error the result is not used.
    fn read(&self, file: &mut SectionFile<'_, '_>) -> Option<SectionData>;

    /// The key by which a party says that it is the service's default one, and what such a party is called.
    fn default_key(&self) -> Option<(&'static str, &'static str)> {
        None
    }
}

/// What a party has of a section.
pub(crate) struct SectionData {
    /// The data, which the service finds again by its type.
    pub(crate) data: Arc<dyn Any + Send + Sync>,
    /// How many entries count against the limit of a session.
    pub(crate) entries: usize,
    /// Whether the party is the service's default one.
    pub(crate) is_default: bool,
}

/// A scenario file, as a section reads it.
pub(crate) struct SectionFile<'f, 'p> {
    pub(super) text: &'f str,
    pub(crate) who: &'f Who,
    pub(crate) reader: &'f mut Reader<'p>,
    pub(super) known: &'f super::format::ScenarioFormat,
}

impl SectionFile<'_, '_> {
    /// The section's keys, read into a type. Unknown keys below them are errors.
    pub(crate) fn parse<T: DeserializeOwned>(&mut self, keys: &[&str]) -> Option<T> {
        let unknown = RefCell::new(Vec::new());
        let deserializer = serde_yaml::Deserializer::from_str(self.text);
        let read = serde_ignored::deserialize(deserializer, |path| unknown.borrow_mut().push(yaml_path(&path)));
        for path in unknown.into_inner() {
            let (first, nested) = path.split_once(['.', '[']).map_or((&*path, false), |(first, _)| (first, true));
            // What stands at the top and is not the section's belongs to the rest of the format.
            if nested && keys.contains(&first) {
                tell_unknown_key(&path, self.known, self.reader.problems);
            }
        }
        read.map_err(|error| tell_parser_error(&error, self.reader.problems)).ok()
    }
}

/// What a party has of each section.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sections(pub(super) Vec<Arc<dyn Any + Send + Sync>>);

impl Sections {
    /// The data of a service, by its type.
    pub(crate) fn get<T: Any + Send + Sync>(&self) -> Option<&T> {
        self.0.iter().find_map(|data| data.downcast_ref())
    }
}
