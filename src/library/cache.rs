//! Rendered answers, kept by all that an answer depends on. Faults and drift stay outside.

use std::borrow::Cow;
use std::hash::{Hash, Hasher};

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use chrono::NaiveDate;
use http::HeaderMap;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use rustc_hash::FxBuildHasher;

use crate::catalogue::{Edition, Endpoint, Service};
use crate::domain::identifikator::Part;

/// Everything that an answer depends on, within one scenario set.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) service: ByAddress<Service>,
    pub(crate) endpoint: ByAddress<Endpoint>,
    /// The number of the package among those of the service.
    pub(crate) package: usize,
    pub(crate) part: Part,
    pub(crate) edition: Edition,
    pub(crate) is_xml: bool,
    pub(crate) periode: Option<(NaiveDate, NaiveDate)>,
    pub(crate) day: NaiveDate,
}

/// An answer as it is kept: its body, and what its head says each time.
#[derive(Clone)]
pub(crate) struct Rendered {
    pub(crate) body: Bytes,
    /// The name of the file, if it is a literal answer.
    pub(crate) literal: Option<Arc<str>>,
    /// Where they are kept. Nothing the first time: most answers of a large population are asked for once.
    pub(crate) heads: Option<Arc<Heads>>,
}

/// The constant headers of an answer, without and with the warning for a caller without a token. The pipeline makes
/// them when it first sends the answer.
#[derive(Debug, Default)]
pub(crate) struct Heads(pub(crate) [OnceLock<KeptHead>; 2]);

/// The constant headers of an answer, and the warning among them.
#[derive(Debug)]
pub(crate) struct KeptHead {
    pub(crate) warning: Option<Cow<'static, str>>,
    pub(crate) headers: HeaderMap,
}

/// A static value, compared by its address.
#[derive(Debug)]
pub(crate) struct ByAddress<T: 'static>(pub(crate) &'static T);

impl<T> Clone for ByAddress<T> {
    fn clone(&self) -> Self {
        Self(self.0)
    }
}

impl<T> PartialEq for ByAddress<T> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

impl<T> Eq for ByAddress<T> {}

impl<T> Hash for ByAddress<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::ptr::from_ref(self.0).addr().hash(state);
    }
}

/// What an answer takes beside its body, in bytes and roughly: the key, its slot, and two heads of a dozen headers. Without
/// it many small answers would take twice the room.
const BESIDE_BODY: u64 = 4096;

#[derive(Clone)]
struct BySize;

/// The number of a scenario set, and what an answer of it depends on.
type KeyInSet = (u64, Key);

impl Weighter<KeyInSet, Rendered> for BySize {
    fn weight(&self, _: &KeyInSet, rendered: &Rendered) -> u64 {
        rendered.body.len() as u64 + BESIDE_BODY
    }
}

/// The rendered answers of all scenario sets. What they take together is bounded.
#[derive(Clone)]
pub(crate) struct KeptAnswers {
    answers: Arc<Cache<KeyInSet, Rendered, BySize, FxBuildHasher>>,
    /// How many sets there were.
    sets: Arc<AtomicU64>,
    /// Somebody has asked for an answer since [`KeptAnswers::forget_unused`] last looked.
    used: Arc<AtomicBool>,
}

impl KeptAnswers {
    /// Room for so many bytes.
    pub(crate) fn new(bytes: usize) -> Self {
        let bytes = bytes as u64;
        let options = quick_cache::OptionsBuilder::new()
            .estimated_items_capacity(256)
            .weight_capacity(bytes)
            // One shard, so that one large answer may take most of the room.
            .shards(1)
            .build();
        let build = |options| {
            Cache::with_options(
                options,
                BySize,
                // A caller who makes many keys collide slows its own calls only: the cache is small.
                FxBuildHasher,
                quick_cache::sync::DefaultLifecycle::default(),
            )
        };
        let answers = options.map_or_else(
            |_| Cache::with(256, bytes, BySize, FxBuildHasher, quick_cache::sync::DefaultLifecycle::default()),
            build,
        );
        Self { answers: Arc::new(answers), sets: Arc::default(), used: Arc::default() }
    }

    /// Forgets all answers if nobody has asked for one since the last time. Returns whether it did.
    pub(crate) fn forget_unused(&self) -> bool {
        let is_unused = !self.used.swap(false, Ordering::Relaxed);
        if is_unused {
            self.answers.clear();
        }
        is_unused
    }

    /// The answers of a new set. They give way to others once nobody asks for them any longer.
    pub(crate) fn of_new_set(&self) -> RenderCache {
        RenderCache { all: self.clone(), set: self.sets.fetch_add(1, Ordering::Relaxed) }
    }
}

/// The rendered answers of one scenario set.
pub(crate) struct RenderCache {
    all: KeptAnswers,
    set: u64,
}

impl RenderCache {
    /// Returns the kept answer, or renders it and keeps it. Failures are not kept. `render` also gives the name of the file
    /// of a literal answer.
    pub(crate) fn get_or_render<E>(
        &self,
        key: Key,
        render: impl FnOnce() -> Result<(Bytes, Option<Arc<str>>), E>,
    ) -> Result<Rendered, E> {
        let key = (self.set, key);
        if !self.all.used.load(Ordering::Relaxed) {
            self.all.used.store(true, Ordering::Relaxed);
        }
        if let Some(rendered) = self.all.answers.get(&key) {
            return Ok(rendered);
        }
        let (body, literal) = render()?;
        let kept = Rendered { body: body.clone(), literal: literal.clone(), heads: Some(Arc::default()) };
        self.all.answers.insert(key, kept);
        Ok(Rendered { body, literal, heads: None })
    }
}
