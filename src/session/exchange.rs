//! What went over the wire for a call: headers and bodies. All journals of a process share one budget of bytes.

use std::cell::{Cell, RefCell};
use std::hash::BuildHasher;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use foldhash::quality::RandomState;
use http::HeaderMap;
use http::header::{AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION};

use crate::redact::{redacted, redacted_whole};

/// The most of a body that is kept, in bytes.
pub(crate) const MOST_OF_A_BODY: usize = 64 * 1024;

/// What went over the wire for a call.
#[derive(Debug, Default)]
pub(crate) struct Exchange {
    /// One header a line, redacted. Bytes, so that only a reader asks whether they are UTF-8.
    request_headers: Vec<u8>,
    /// One header a line. The sandbox has made them, so they are redacted when they are shown, like its bodies.
    response_headers: Vec<u8>,
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

    /// Keeps an answer in place of what was kept here. If that is the same memory, it stays, and the counter of those who share it, which
    /// all cores write, stays as it is.
    fn answer(&mut self, body: &Bytes) {
        let is_same = self.bytes.as_ptr() == body.as_ptr() && self.bytes.len() == body.len();
        if !is_same {
            *self = Self::answered(body);
        }
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
    /// What a call sent, and what it was answered. It takes the memory of an older one, if this thread has one left.
    #[expect(clippy::unnecessary_box_returns, reason = "a box that has been used goes on")]
    pub(crate) fn new(
        (request_headers, request): (&HeaderMap, KeptBody),
        (response_headers, response): (&HeaderMap, &Bytes),
    ) -> Box<Self> {
        let mut made = SPARE.take().unwrap_or_default();
        write_lines(&mut made.request_headers, request_headers, add_redacted);
        write_lines(&mut made.response_headers, response_headers, Vec::extend_from_slice);
        fit(&mut made.request_headers);
        fit(&mut made.response_headers);
        made.request = request;
        made.response.answer(response);
        made
    }

    /// Leaves its memory to the next exchange of this thread, unless it is large.
    pub(crate) fn leave(mut self: Box<Self>) {
        let room = self.request_headers.capacity() + self.response_headers.capacity();
        if room <= MOST_SPARE {
            self.request = KeptBody::default();
            SPARE.set(Some(self));
        }
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
    pub(crate) fn bytes(&self) -> usize {
        let texts = self.request_headers.capacity() + self.response_headers.capacity();
        size_of::<Self>() + texts + self.request.bytes.len() + self.response.bytes.len()
    }
}

/// The longest headers that are kept, in bytes.
const MOST_OF_HEADERS: usize = 8 * 1024;

/// How many redacted values of headers a thread remembers, and the longest of them in bytes.
const REMEMBERED: usize = 64;
const LONGEST_REMEMBERED: usize = 256;

/// Values of headers as they are shown, by a keyed hash of what was sent. A client sends the same ones with each call, and looking for
/// secrets takes longer than the rest of an entry.
struct Remembered {
    keys: RandomState,
    shown: [Option<(u64, Box<str>)>; REMEMBERED],
}

/// The most room for headers, in bytes, that is left to another exchange.
const MOST_SPARE: usize = 4 * 1024;

/// Gives back what a short text does not need of the room that a long one had.
fn fit(text: &mut Vec<u8>) {
    if text.capacity() > 2 * text.len() {
        text.shrink_to_fit();
    }
}

thread_local! {
    /// An exchange that is not kept any longer. Its memory and its answer are those of the next one, as a rule.
    static SPARE: Cell<Option<Box<Exchange>>> = const { Cell::new(None) };
    static REMEMBERED_HERE: RefCell<Remembered> =
        RefCell::new(Remembered { keys: RandomState::default(), shown: [const { None }; REMEMBERED] });
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

fn write_lines(text: &mut Vec<u8>, headers: &HeaderMap, add: fn(&mut Vec<u8>, &[u8])) {
    text.clear();
    if text.capacity() == 0 {
        let room: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 3).sum();
        text.reserve_exact(room.min(MOST_OF_HEADERS));
    }
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

    /// Gives back what an exchange took, and takes what another one takes. As long as there is no room, `make_room` drops an older exchange
    /// and gives its part back; returns false if it has none to drop. As a rule both take the same, and nothing is counted.
    pub(crate) fn swap(&self, old: usize, new: usize, mut make_room: impl FnMut() -> bool) -> bool {
        if new > self.most {
            self.give(old);
            return false;
        }
        if new <= old {
            self.give(old - new);
            return true;
        }
        while !self.take(new - old) {
            if !make_room() {
                self.give(old);
                return false;
            }
        }
        true
    }

    fn take(&self, bytes: usize) -> bool {
        let more = |used: usize| used.checked_add(bytes).filter(|used| *used <= self.most);
        self.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok()
    }

    /// How many bytes are kept.
    #[cfg(test)]
    pub(crate) fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    /// Gives a part back.
    pub(crate) fn give(&self, bytes: usize) {
        if bytes > 0 {
            self.used.fetch_sub(bytes, Ordering::Relaxed);
        }
    }
}
