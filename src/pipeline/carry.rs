//! Carries a fault out on the wire. docs/faults.md tells which bytes go out. On HTTP/2 most faults end the stream of the call, with
//! `RST_STREAM` and INTERNAL_ERROR, because a client may repeat by itself what ended with another code; hyper sends this for [`HungUp`].

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::Response;
use http::header::{CONNECTION, CONTENT_LENGTH, HeaderValue};
use http_body_util::{BodyExt, Either, Full};
use hyper::body::Frame;
use tokio::sync::oneshot;
use tokio::time::{Sleep, sleep};

use super::Body;
use crate::body::{Paced, throw_away};
use crate::faults::effects::Fault;
use crate::load::WaitingPlace;
use crate::wire::{Farewell, Streams, Wire};

/// Ends the connection without an answer: hyper closes it on this error. On HTTP/2 it resets the stream.
#[derive(Debug, thiserror::Error)]
#[error("hung up on demand")]
pub(crate) struct HungUp;

/// What goes out for `garbage`: a TLS alert (fatal, handshake_failure) where HTTP is expected, as a caller
/// sees it whose certificate or protocol the real platform refuses.
const GARBAGE: [u8; 7] = [0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28];

/// How many bytes of a request's body are read before the connection ends. Unread bytes would turn the end of the
/// connection into a reset.
const MOST_READ: usize = 1024 * 1024;

/// How many times a second a slow body sends something, roughly.
const BEATS: u32 = 10;

/// Carries out a fault on a response. `place` is its place among the requests that wait. `gave_up` is set if the caller
/// closed its side before a hang ended.
pub(super) async fn out(
    fault: Fault,
    response: Response<Body>,
    place: Option<WaitingPlace>,
    request: Option<Paced>,
    head_only: bool,
    wire: &Wire,
    gave_up: &mut bool,
) -> Result<Response<Body>, HungUp> {
    match fault {
        Fault::GatewayText | Fault::Html | Fault::TooMany(_) | Fault::Unavailable => return Ok(response),
        Fault::SlowBody(rate) => return Ok(slowed(response, rate, place, head_only).await),
        _ => {}
    }
    if let Some(streams) = wire.streams() {
        return on_stream(fault, response, head_only, streams).await;
    }
    if let Some(request) = request {
        throw_away(request, MOST_READ).await;
    }
    match fault {
        Fault::Reset | Fault::ResetAfter => wire.leave(Farewell::Reset),
        Fault::Hang(limit) => {
            drop(response);
            tokio::select! {
                () = sleep(limit) => {}
                () = wire.closed() => *gave_up = true,
            }
            return Err(HungUp);
        }
        Fault::Garbage => wire.leave(Farewell::Send(GARBAGE.to_vec())),
        Fault::Truncate => wire.leave(Farewell::Send(truncated(response, head_only).await)),
        _ => {}
    }
    Err(HungUp)
}

/// Carries out a fault on a stream of HTTP/2.
async fn on_stream(
    fault: Fault,
    response: Response<Body>,
    head_only: bool,
    streams: &Streams,
) -> Result<Response<Body>, HungUp> {
    match fault {
        Fault::Hang(limit) => {
            drop(response);
            sleep(limit).await;
        }
        Fault::Empty => {
            streams.hang_up();
            // The call ends with its connection.
            std::future::pending::<()>().await;
        }
        Fault::Truncate => return Ok(cut(response, head_only).await),
        _ => {}
    }
    Err(HungUp)
}

/// The headers with the full content length, and half of the body, after which the stream is reset.
async fn cut(response: Response<Body>, head_only: bool) -> Response<Body> {
    let (mut head, body) = response.into_parts();
    let mut half = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    head.headers.insert(CONTENT_LENGTH, half.len().into());
    if head_only {
        return Response::from_parts(head, Either::Left(Full::default()));
    }
    half.truncate(half.len() / 2);
    Response::from_parts(head, Either::Right(axum::body::Body::new(Cut::Half(half))))
}

/// Half of a body. A reset would overtake it, so its end waits until the half has been written.
enum Cut {
    Half(Bytes),
    /// Ready when nobody holds the bytes any more.
    Written(oneshot::Receiver<()>),
}

/// Bytes that tell when they are dropped.
struct Told(Bytes, #[expect(dead_code, reason = "its drop is what tells")] oneshot::Sender<()>);

impl AsRef<[u8]> for Told {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl hyper::body::Body for Cut {
    type Data = Bytes;
    type Error = HungUp;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, HungUp>>> {
        match &mut *self {
            Self::Half(half) => {
                let half = std::mem::take(half);
                let (dropped, written) = oneshot::channel();
                *self = Self::Written(written);
                Poll::Ready(Some(Ok(Frame::data(Bytes::from_owner(Told(half, dropped))))))
            }
            Self::Written(written) => {
                let _ = ready!(Pin::new(written).poll(cx));
                Poll::Ready(Some(Err(HungUp)))
            }
        }
    }
}

/// Writes the headers with the full content length, and half of the body.
async fn truncated(response: Response<Body>, head_only: bool) -> Vec<u8> {
    let (head, body) = response.into_parts();
    let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let reason = head.status.canonical_reason().unwrap_or_default();
    let mut bytes = format!("HTTP/1.1 {} {reason}\r\n", head.status.as_u16()).into_bytes();
    for (name, value) in &head.headers {
        bytes.extend_from_slice(name.as_str().as_bytes());
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(value.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(format!("content-length: {}\r\n\r\n", body.len()).as_bytes());
    if !head_only {
        bytes.extend_from_slice(&body[..body.len() / 2]);
    }
    bytes
}

/// Limits the body of a response to this many bytes a second.
async fn slowed(response: Response<Body>, rate: u32, place: Option<WaitingPlace>, head_only: bool) -> Response<Body> {
    let (mut head, body) = response.into_parts();
    let rest = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    head.headers.insert(CONTENT_LENGTH, rest.len().into());
    // One slow answer a connection: a client that reuses it would wait for reasons of its own.
    head.headers.insert(CONNECTION, HeaderValue::from_static("close"));
    if head_only {
        return Response::from_parts(head, Either::Left(Full::default()));
    }
    // Whole bytes a beat, and as long a beat as makes the rate right.
    let a_beat = (rate / BEATS).max(1);
    let pause = Duration::from_secs_f64(f64::from(a_beat) / f64::from(rate));
    let a_beat = a_beat as usize;
    let slow = Slow { rest, a_beat, pause, waiting: None, _place: place };
    Response::from_parts(head, Either::Right(axum::body::Body::new(slow)))
}

/// A body that is sent in small pieces.
struct Slow {
    rest: Bytes,
    a_beat: usize,
    pause: Duration,
    waiting: Option<Pin<Box<Sleep>>>,
    /// It waits until it is sent.
    _place: Option<WaitingPlace>,
}

impl hyper::body::Body for Slow {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        let pause = self.pause;
        ready!(self.waiting.get_or_insert_with(|| Box::pin(sleep(pause))).as_mut().poll(cx));
        self.waiting = None;
        let bit = self.a_beat.min(self.rest.len());
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(bit)))))
    }
}
