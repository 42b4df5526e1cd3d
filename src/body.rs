//! Reads request bodies up to a limit, and at a pace. Bytes beyond the limit are read and thrown away, up to a second
//! limit: a client that is still writing when the connection closes may not see the answer that says that its body is too
//! large.

use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::{Sleep, sleep};

/// How many times the limit is read before the rest of the body is left unread.
const PATIENCE: usize = 8;

/// How often the rate of a body is looked at.
const BEAT: Duration = Duration::from_secs(2);

/// Why a body could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unread {
    /// It is longer than the limit.
    #[error("the body is too long")]
    TooLarge,
    /// The connection ended before the body did.
    #[error("the body ended too early")]
    CutOff,
    /// It came too slowly.
    #[error("the body came too slowly")]
    TooSlow,
}

impl Unread {
    /// Why a body ended with an error, which may have been wrapped.
    pub(crate) fn of(error: &(dyn Error + 'static)) -> Self {
        let mut next = Some(error);
        while let Some(error) = next {
            if let Some(why) = error.downcast_ref() {
                return *why;
            }
            next = error.source();
        }
        Self::CutOff
    }
}

/// How many bytes are read at most of a body whose limit is `limit`.
pub(crate) fn most_read(limit: usize) -> usize {
    limit.saturating_mul(PATIENCE)
}

/// Reads the rest of a body and throws it away, until so many bytes have come.
pub(crate) async fn throw_away(mut body: Paced, most: usize) {
    let mut seen = 0_usize;
    while let Some(Ok(frame)) = body.frame().await {
        seen = seen.saturating_add(frame.data_ref().map_or(0, Bytes::len));
        if seen > most {
            break;
        }
    }
}

/// Reads a body of at most `most` bytes.
pub(crate) async fn read<B>(mut body: B, most: usize) -> Result<Bytes, Unread>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Error + 'static,
{
    let (mut kept, mut seen) = (BytesMut::new(), 0_usize);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| Unread::of(&error))?;
        if let Ok(data) = frame.into_data() {
            seen = seen.saturating_add(data.len());
            if seen <= most {
                kept.extend_from_slice(&data);
            } else if seen > most_read(most) {
                break;
            } else {
                kept = BytesMut::new();
            }
        }
    }
    if seen <= most { Ok(kept.freeze()) } else { Err(Unread::TooLarge) }
}

/// How fast a body has to come.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// How long it may take.
    pub(crate) time: Duration,
    /// How many bytes have to come in a second.
    pub(crate) rate: u64,
}

/// Whether a body has been read to its end. A request carries it in its extensions.
#[derive(Clone, Debug, Default)]
pub(crate) struct ReadToEnd(Arc<AtomicBool>);

impl ReadToEnd {
    pub(crate) fn get(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// A body that ends with an error if it comes too slowly. The time counts from the first wait for it.
pub(crate) struct Paced {
    body: Incoming,
    pace: Pace,
    /// How much time is left.
    left: Duration,
    /// The end of this beat, and how many bytes came in it.
    beat: Option<(Pin<Box<Sleep>>, Duration)>,
    seen: u64,
    read: Option<ReadToEnd>,
}

impl Paced {
    pub(crate) fn new(body: Incoming, pace: Pace, read: Option<ReadToEnd>) -> Self {
        Self { body, pace, left: pace.time, beat: None, seen: 0, read }
    }
}

impl Body for Paced {
    type Data = Bytes;
    type Error = Unread;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Unread>>> {
        let this = &mut *self;
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) {
            if let Some(Ok(frame)) = &frame {
                this.seen += frame.data_ref().map_or(0, |data| data.len() as u64);
            }
            if let Some(read) = this.read.as_ref().filter(|_| frame.is_none() || this.body.is_end_stream()) {
                read.0.store(true, Ordering::Relaxed);
            }
            return Poll::Ready(frame.map(|frame| frame.map_err(|_| Unread::CutOff)));
        }
        loop {
            let length = BEAT.min(this.left);
            let (end, length) = this.beat.get_or_insert_with(|| (Box::pin(sleep(length)), length));
            ready!(end.as_mut().poll(cx));
            let length = *length;
            this.left = this.left.saturating_sub(length);
            if this.left.is_zero() || this.seen < this.pace.rate * length.as_secs() {
                return Poll::Ready(Some(Err(Unread::TooSlow)));
            }
            (this.beat, this.seen) = (None, 0);
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
