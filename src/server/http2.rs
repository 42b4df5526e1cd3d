//! A connection of HTTP/2: its limits, its calls, and its end.
//!
//! A call is a task of its own. If its caller cancels it, hyper drops it, wherever it waits. What it has changed by then stays changed.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::{SPARE_TIME, stale};
use crate::interface::Scheme;
use crate::pipeline::{self, Admits, HungUp, State};
use crate::wire::{Resumed, StreamCall, Wire};

/// How many calls may run on a connection at the same time. The standard asks for at least a hundred.
const CALLS: u32 = 100;

/// How many calls a caller may cancel before they have begun, until its connection ends: what is known as rapid reset.
const CANCELLED: usize = 20;

/// How many calls may break the protocol, until their connection ends.
const BROKEN: usize = 100;

/// The most that the headers of a call may take together, with 32 bytes for each. The pipeline refuses less, and h2 answers the rest with 431.
const HEADER_BYTES: u32 = 80 * 1024;

/// How much of the body of a call may come before it is read, and of all bodies of a connection.
const WINDOWS: (u32, u32) = (64 * 1024, 128 * 1024);

/// How much of an answer is taken from it before it can be sent.
const SEND_BYTES: usize = 64 * 1024;

/// How long the last frame of a connection may take to be written.
const LAST_FRAME: Duration = Duration::from_secs(5);

/// HTTP/2 with its limits. There are no pings: a connection without calls ends after `--idle-time`, and pings would keep it.
pub(super) fn builder() -> http2::Builder<TokioExecutor> {
    let mut http = http2::Builder::new(TokioExecutor::new());
    http.max_concurrent_streams(CALLS)
        .max_pending_accept_reset_streams(CANCELLED)
        .max_local_error_reset_streams(BROKEN)
        .max_header_list_size(HEADER_BYTES)
        .initial_stream_window_size(WINDOWS.0)
        .initial_connection_window_size(WINDOWS.1)
        .max_send_buf_size(SEND_BYTES)
        .keep_alive_interval(None);
    http
}

/// Answers the calls of a connection, until it ends or the server is told to stop.
pub(super) async fn serve(
    state: Arc<State>,
    wire: Wire,
    io: Resumed,
    scheme: Option<Scheme>,
    admits: Admits,
    mut stop: watch::Receiver<()>,
) {
    let Some(streams) = wire.streams() else { return };
    state.metrics.count_http2();
    let limits = state.load.limits;
    let answer = {
        let wire = wire.clone();
        service_fn(move |request| {
            // The place is taken here, before the call is a task, so that there are never more tasks than places.
            let call = wire.begin_stream(&state.load.room);
            let (state, wire) = (Arc::clone(&state), wire.clone());
            answered(state, wire, call, request, scheme, admits)
        })
    };
    let mut connection = pin!(builder().serve_connection(TokioIo::new(io), answer));
    let mut idle = pin!(stale(&wire, &limits));
    let mut spare = pin!(sleep(SPARE_TIME));
    let mut stops = false;
    loop {
        tokio::select! {
            biased;
            ended = &mut connection => {
                if let Err(error) = ended {
                    tracing::debug!(%error, "a connection of HTTP/2 ended badly");
                }
                return;
            }
            why = &mut idle => {
                tracing::debug!("a connection of HTTP/2 {why}");
                break;
            }
            () = streams.hung_up() => break,
            () = &mut spare, if admits == Admits::Health => break,
            _ = stop.changed(), if !stops => {
                stops = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
    streams.note_end();
    // GOAWAY is the last frame. What still runs ends with the connection.
    connection.as_mut().graceful_shutdown();
    let said = std::future::poll_fn(|cx| match connection.as_mut().poll(cx) {
        Poll::Pending if wire.progress().waits => Poll::Pending,
        _ => Poll::Ready(()),
    });
    let _ = timeout(LAST_FRAME, said).await;
    // The caller may be writing. A reset would overtake the last frame.
    wire.linger();
}

/// Answers a call.
async fn answered(
    state: Arc<State>,
    wire: Wire,
    call: Arc<StreamCall>,
    mut request: Request<Incoming>,
    scheme: Option<Scheme>,
    admits: Admits,
) -> Result<Response<Answer>, HungUp> {
    state.metrics.count_stream();
    let admits = if call.has_place() { admits } else { Admits::Health };
    if let Some(scheme) = scheme {
        request.extensions_mut().insert(scheme);
    }
    let answer = pipeline::serve(state, request, &wire, admits).await?;
    Ok(answer.map(|body| Answer { body, call }))
}

/// The body of an answer. Its call ends when the last byte of it is written.
struct Answer {
    body: pipeline::Body,
    call: Arc<StreamCall>,
}

impl Body for Answer {
    type Data = Bytes;
    type Error = <pipeline::Body as Body>::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        Poll::Ready(frame.map(|frame| frame.map(|frame| frame.map_data(|data| Unsent::of(data, &self.call)))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Bytes that were handed over to be sent.
struct Unsent {
    bytes: Bytes,
    call: Arc<StreamCall>,
}

impl Unsent {
    fn of(bytes: Bytes, call: &Arc<StreamCall>) -> Bytes {
        call.owe(bytes.len());
        Bytes::from_owner(Self { bytes, call: Arc::clone(call) })
    }
}

impl AsRef<[u8]> for Unsent {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Unsent {
    fn drop(&mut self) {
        self.call.paid(self.bytes.len());
    }
}
