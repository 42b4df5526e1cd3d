//! What went over the wire for a call: headers and bodies. All journals of a process share one budget of bytes.

use std::cell::RefCell;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use http::HeaderMap;
use http::header::{AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION};
use rustc_hash::FxSeededState;

use crate::redact::{redacted, redacted_whole};

/// The most of a body that is kept, in bytes.
pub(crate) const MOST_OF_A_BODY: usize = 64 * 1024;

/// What went over the wire for a call.
#[derive(Debug)]
pub(crate) struct Exchange {
    /// One header a line, redacted. Bytes, so that only a reader asks whether they are UTF-8.
    request_headers: Box<[u8]>,
    /// One header a line. The sandbox has made them, so they are redacted when they are shown, like its bodies.
    response_headers: Box<[u8]>,
    request: KeptBody,
    response: KeptBody,
}

/// A body, or its beginning.
#[derive(Debug, Default)]
pub(crate) struct KeptBody {
    /// What callers send is redacted before it is kept. Answers are made from scenarios, which the sandbox has anyway, so
    /// they are redacted when they are shown.
    bytes: Bytes,
    /// Its whole length.
    pub(crate) length: usize,
}

impl KeptBody {
    /// What a caller has sent.
    pub(crate) fn sent(body: &[u8]) -> Self {
        let beginning = &body[..body.len().min(MOST_OF_A_BODY)];
        Self { bytes: redacted_whole(beginning).into(), length: body.len() }
    }

    /// An answer. A long one is copied, so that the rest of it can go.
    pub(crate) fn answered(body: &Bytes) -> Self {
        let is_long = body.len() > MOST_OF_A_BODY;
        let bytes = if is_long { Bytes::copy_from_slice(&body[..MOST_OF_A_BODY]) } else { body.clone() };
        Self { bytes, length: body.len() }
    }

    /// As it may be shown.
    pub(crate) fn text(&self) -> String {
        redacted_whole(&self.bytes)
    }

    /// Whether the end of it was not kept.
    pub(crate) fn is_cut(&self) -> bool {
        self.length > MOST_OF_A_BODY
    }
}

impl Exchange {
    pub(crate) fn new(
        (request_headers, request): (&HeaderMap, KeptBody),
        (response_headers, response): (&HeaderMap, KeptBody),
    ) -> Self {
        let (request_headers, response_headers) =
            (lines(request_headers, add_redacted), lines(response_headers, Vec::extend_from_slice));
        Self { request_headers, response_headers, request, response }
    }

    /// The headers that were sent, in the order in which they are stored.
    pub(crate) fn request_headers(&self) -> Vec<(String, String)> {
        pairs(&self.request_headers).collect()
    }

    pub(crate) fn response_headers(&self) -> Vec<(String, String)> {
        pairs(&self.response_headers).map(|(name, value)| (name, redacted(&value).into_owned())).collect()
    }

    pub(crate) fn request(&self) -> &KeptBody {
        &self.request
    }

    pub(crate) fn response(&self) -> &KeptBody {
        &self.response
    }

    /// About how much memory it takes, in bytes.
    fn bytes(&self) -> usize {
        let texts = self.request_headers.len() + self.response_headers.len();
        size_of::<Held>() + texts + self.request.bytes.len() + self.response.bytes.len()
    }
}

/// The longest headers that are kept, in bytes.
const MOST_OF_HEADERS: usize = 8 * 1024;

/// How many redacted values of headers a thread remembers, and the longest of them in bytes.
const REMEMBERED: usize = 64;
const LONGEST_REMEMBERED: usize = 256;

/// Values of headers as they are shown, by a hash of what was sent, with a seed that nobody is told. A client sends the same ones with
/// each call, and looking for secrets takes longer than the rest of an entry.
struct Remembered {
    keys: FxSeededState,
    shown: [Option<(u64, Box<str>)>; REMEMBERED],
}

thread_local! {
    /// Where headers are written before it is known how long they are.
    static LINES_HERE: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static REMEMBERED_HERE: RefCell<Remembered> =
        RefCell::new(Remembered { keys: FxSeededState::with_seed(seed()), shown: [const { None }; REMEMBERED] });
}

/// A number that is another one in each thread, from the source of the keys of hash tables.
fn seed() -> usize {
    usize::try_from(RandomState::new().hash_one(())).unwrap_or_default()
}

/// Adds a value that a caller sent, redacted.
fn add_redacted(text: &mut Vec<u8>, value: &[u8]) {
    if value.len() > LONGEST_REMEMBERED {
        text.extend_from_slice(redacted(&String::from_utf8_lossy(value)).as_bytes());
        return;
    }
    REMEMBERED_HERE.with_borrow_mut(|remembered| {
        let hash = remembered.keys.hash_one(value);
        let place = usize::try_from(hash % REMEMBERED as u64).unwrap_or(0);
        let slot = &mut remembered.shown[place];
        match slot {
            Some((known, shown)) if *known == hash => text.extend_from_slice(shown.as_bytes()),
            _ => {
                let sent = String::from_utf8_lossy(value);
                let shown = redacted(&sent);
                text.extend_from_slice(shown.as_bytes());
                *slot = Some((hash, shown.into()));
            }
        }
    });
}

fn lines(headers: &HeaderMap, add: fn(&mut Vec<u8>, &[u8])) -> Box<[u8]> {
    LINES_HERE.with_borrow_mut(|text| {
        text.clear();
        write_lines(text, headers, add);
        text.as_slice().into()
    })
}

fn write_lines(text: &mut Vec<u8>, headers: &HeaderMap, add: fn(&mut Vec<u8>, &[u8])) {
    for (name, value) in headers {
        if text.len() > MOST_OF_HEADERS {
            break;
        }
        text.extend_from_slice(name.as_str().as_bytes());
        text.extend_from_slice(b": ");
        if *name == AUTHORIZATION || *name == PROXY_AUTHORIZATION || *name == COOKIE {
            let scheme = value.to_str().ok().and_then(|value| value.split_once(' ')).map_or("", |(scheme, _)| scheme);
            let scheme = if matches!(scheme, "Bearer" | "Basic") { scheme } else { "" };
            text.extend_from_slice(scheme.as_bytes());
            text.extend_from_slice(b" ***");
        } else {
            // A value has no line ends of its own, and a redacted one is on one line.
            add(text, value.as_bytes());
        }
        text.push(b'\n');
    }
}

fn pairs(lines: &[u8]) -> impl Iterator<Item = (String, String)> {
    lines.split(|byte| *byte == b'\n').filter_map(|line| {
        let line = String::from_utf8_lossy(line);
        let (name, value) = line.split_once(": ")?;
        Some((name.to_owned(), value.to_owned()))
    })
}

/// How many bytes of headers and bodies all journals may keep together.
#[derive(Debug)]
pub(crate) struct BodyBudget {
    most: usize,
    used: AtomicUsize,
}

impl BodyBudget {
    /// With 0, nothing is kept.
    pub(crate) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { most, used: AtomicUsize::new(0) })
    }

    /// Whether anything is kept, so that it is worth making.
    pub(crate) fn is_on(&self) -> bool {
        self.most > 0
    }

    fn take(&self, bytes: usize) -> bool {
        let more = |used: usize| used.checked_add(bytes).filter(|used| *used <= self.most);
        self.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok()
    }
}

/// An exchange that has its part of the budget, and gives it back when it is dropped.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) exchange: Exchange,
    bytes: usize,
    budget: Arc<BodyBudget>,
}

impl Held {
    /// Takes a part of the budget. As long as there is none, `make_room` drops an older exchange; if it has none to drop,
    /// nothing is kept.
    pub(crate) fn new(
        exchange: Exchange,
        budget: &Arc<BodyBudget>,
        mut make_room: impl FnMut() -> bool,
    ) -> Option<Box<Self>> {
        let bytes = exchange.bytes();
        if bytes > budget.most {
            return None;
        }
        while !budget.take(bytes) {
            if !make_room() {
                return None;
            }
        }
        Some(Box::new(Self { exchange, bytes, budget: Arc::clone(budget) }))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.budget.used.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}
