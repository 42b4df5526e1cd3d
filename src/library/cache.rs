//! Rendered answers, kept by all that an answer depends on. Faults and drift stay outside.

use bytes::Bytes;
use chrono::NaiveDate;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::catalogue::Edition;
use crate::domain::identifikator::Part;

/// How many bytes of rendered answers are kept at most.
const CAPACITY: u64 = 4 * 1024 * 1024;

/// All that an answer depends on, within one scenario set.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) service: &'static str,
    pub(crate) endpoint: &'static str,
    pub(crate) package: &'static str,
    pub(crate) part: Part,
    pub(crate) edition: Edition,
    /// The format, by its content type.
    pub(crate) format: &'static str,
    pub(crate) periode: Option<(NaiveDate, NaiveDate)>,
    pub(crate) day: NaiveDate,
}

#[derive(Clone)]
struct BySize;

impl Weighter<Key, Bytes> for BySize {
    fn weight(&self, _: &Key, body: &Bytes) -> u64 {
        // What the key and its slot take, roughly, so that many small answers are bounded too.
        body.len() as u64 + 256
    }
}

/// A bounded cache of rendered answers of one scenario set.
pub(crate) struct RenderCache(Cache<Key, Bytes, BySize>);

impl RenderCache {
    pub(crate) fn new() -> Self {
        let options = quick_cache::OptionsBuilder::new()
            .estimated_items_capacity(256)
            .weight_capacity(CAPACITY)
            // One shard, so that one large answer may take most of the room.
            .shards(1)
            .build();
        let build = |options| {
            Cache::with_options(
                options,
                BySize,
                quick_cache::DefaultHashBuilder::default(),
                quick_cache::sync::DefaultLifecycle::default(),
            )
        };
        Self(options.map_or_else(|_| Cache::with_weighter(256, CAPACITY, BySize), build))
    }

    /// The rendered answer, made now where it is not there. Failures are not kept.
    pub(crate) fn get_or_render<E>(&self, key: Key, render: impl FnOnce() -> Result<Bytes, E>) -> Result<Bytes, E> {
        if let Some(body) = self.0.get(&key) {
            return Ok(body);
        }
        let body = render()?;
        self.0.insert(key, body.clone());
        Ok(body)
    }
}
