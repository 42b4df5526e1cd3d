//! The connection below HTTP: how far it has come, what HTTP itself cannot do (bytes that are not an answer, an end in the
//! middle, a reset), and an end that does not lose the last answer.
//!
//! The stream stays here when hyper drops it. The connection then ends by [`Wire::end`]. Over TLS the faults are the same: bytes that
//! are not an answer go through TLS, as those of a broken server behind it would, and a reset is one of TCP.
//!
//! A caller that speaks HTTP/2 says so with its first bytes ([`preface`]). [`streams`] is what its connection has beside that.

mod preface;
mod streams;

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::time::{sleep, timeout};

use crate::tls::Stream;
use preface::Preface;
pub(crate) use preface::Resumed;
pub(crate) use streams::{StreamCall, Streams};

/// The longest line of a request. A longer one is answered with 414.
const LONGEST_LINE: u64 = 64 * 1024;

const TOO_LONG: &[u8] = b"HTTP/1.1 414 URI Too Long\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

/// How long a last answer may take to be sent.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// How much a caller may still write after its last answer, and for how long.
const LINGER: (usize, Duration) = (4 * 1024 * 1024, Duration::from_secs(2));

/// How much longer a delay may last whose caller has closed its side. It may be gone.
const AFTER_CLOSE: Duration = Duration::from_secs(10);

/// The last thing that happens on a stream before it closes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Farewell {
    /// These bytes are sent, then the connection ends in order.
    Send(Vec<u8>),
    /// A TCP reset.
    Reset,
}

/// The connection of a call. The call stores the farewell here.
#[derive(Clone, Default)]
pub(crate) struct Wire(Arc<Shared>);

/// What a connection and its calls share.
#[derive(Default)]
struct Shared {
    /// Tells it from the other connections of the process.
    number: u64,
    /// Nothing before the connection begins, and after it ends.
    stream: Mutex<Option<Stream>>,
    farewell: Mutex<Option<Farewell>>,
    /// The caller may still be writing when the connection ends.
    lingers: AtomicBool,
    /// How many calls began, and how many ended.
    begun: AtomicU32,
    ended: AtomicU32,
    /// How many bytes were written.
    written: AtomicU64,
    /// The last write waits for the caller to read.
    waits: AtomicBool,
    /// How many bytes of the next request have come; nothing once its first line has.
    line: AtomicU64,
    preface: Preface,
    /// What a connection of HTTP/2 has beside this; nothing for HTTP/1.1.
    streams: OnceLock<Box<Streams>>,
}

/// How far a connection has come. It is stale if it is idle and shows the same twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Progress {
    begun: u32,
    ended: u32,
    pub(crate) written: u64,
    /// The caller has to read before more can be written.
    pub(crate) waits: bool,
}

impl Progress {
    /// No call is being answered, and the caller need not read for the rest of an answer to be sent.
    pub(crate) fn is_idle(self) -> bool {
        self.begun == self.ended && !self.waits
    }
}

impl Wire {
    /// A connection with a number of its own. `takes_http2` says whether a caller may go on with HTTP/2.
    pub(crate) fn new(number: u64, takes_http2: bool) -> Self {
        Self(Arc::new(Shared { number, preface: Preface::new(takes_http2), ..Shared::default() }))
    }

    /// Tells it from the other connections of the process.
    pub(crate) fn number(&self) -> u64 {
        self.0.number
    }

    /// Notes that a call begins.
    pub(crate) fn begin_call(&self) {
        self.0.begun.fetch_add(1, Ordering::Relaxed);
    }

    /// Notes that a call has its answer.
    pub(crate) fn end_call(&self) {
        self.0.line.store(0, Ordering::Relaxed);
        self.0.ended.fetch_add(1, Ordering::Relaxed);
    }

    /// How far the connection has come.
    pub(crate) fn progress(&self) -> Progress {
        let count = |counter: &AtomicU32| counter.load(Ordering::Relaxed);
        Progress {
            begun: count(&self.0.begun),
            ended: count(&self.0.ended),
            written: self.0.written.load(Ordering::Relaxed),
            waits: self.0.waits.load(Ordering::Relaxed),
        }
    }

    /// Makes the connection end with this farewell when hyper closes it.
    pub(crate) fn leave(&self, farewell: Farewell) {
        *self.0.farewell.lock() = Some(farewell);
    }

    /// Notes that the caller may still be writing when the connection ends.
    pub(crate) fn linger(&self) {
        self.0.lingers.store(true, Ordering::Relaxed);
    }

    /// Wraps the stream of this connection, for hyper to read and write.
    pub(crate) fn stream(&self, stream: Stream) -> WireStream {
        *self.0.stream.lock() = Some(stream);
        WireStream(self.clone())
    }

    /// Waits until the caller has closed its side. It may still read. Never if it has sent more first. Never for a call of HTTP/2:
    /// other calls share its connection, whose task reads it. Such a call is dropped when its caller cancels it.
    pub(crate) async fn closed(&self) {
        if self.streams().is_some() {
            return std::future::pending().await;
        }
        poll_fn(|cx| match &mut *self.0.stream.lock() {
            None => Poll::Ready(()),
            Some(stream) => stream.poll_closed(cx),
        })
        .await;
    }

    /// Waits so long; not much longer than until the caller has closed its side. `closed` is called when it does.
    pub(crate) async fn pause(&self, length: Duration, closed: impl FnOnce()) {
        let given_up = async {
            self.closed().await;
            closed();
            sleep(AFTER_CLOSE).await;
        };
        tokio::select! {
            () = sleep(length) => {}
            () = given_up => {}
        }
    }

    /// Ends the connection, after hyper has dropped its side. Errors do not matter: they mean that the caller has closed
    /// the connection already.
    pub(crate) async fn end(self) {
        let Some(mut stream) = self.0.stream.lock().take() else { return };
        let farewell = self.0.farewell.lock().take();
        match farewell {
            Some(Farewell::Reset) => {
                let _ = stream.tcp().map(tokio::net::TcpStream::set_zero_linger);
                return;
            }
            Some(Farewell::Send(bytes)) => {
                let send = async {
                    stream.write_all(&bytes).await?;
                    stream.flush().await
                };
                let _ = timeout(LAST_WORDS, send).await;
            }
            None => {}
        }
        if stream.is_secure() {
            // TLS has an end of its own. Without it, a client would call every end a cut.
            let _ = timeout(LAST_WORDS, stream.shutdown()).await;
        }
        if self.0.lingers.load(Ordering::Relaxed) {
            // If the connection closed while there are bytes that nobody has read, the caller would get a reset, and
            // could lose the answer.
            let (most, time) = LINGER;
            let _ = stream.shutdown().await;
            let mut rest = vec![0; 16 * 1024];
            let mut seen = 0;
            let drain = async {
                while let Ok(read @ 1..) = stream.read(&mut rest).await {
                    seen += read;
                    if seen > most {
                        break;
                    }
                }
            };
            let _ = timeout(time, drain).await;
        }
    }

    /// Looks at bytes that came. Fails if the first line of a request does not end.
    fn note_read(&self, bytes: &[u8]) -> io::Result<()> {
        let line = self.0.line.load(Ordering::Relaxed);
        if line == DONE || bytes.is_empty() {
            return Ok(());
        }
        if self.0.begun.load(Ordering::Relaxed) == 0 {
            self.note_first(line, bytes)?;
        }
        if memchr::memchr(b'\n', bytes).is_some() {
            self.0.line.store(DONE, Ordering::Relaxed);
            return Ok(());
        }
        let line = line + bytes.len() as u64;
        self.0.line.store(line, Ordering::Relaxed);
        if line <= LONGEST_LINE {
            return Ok(());
        }
        self.leave(Farewell::Send(TOO_LONG.to_vec()));
        self.linger();
        Err(io::Error::new(io::ErrorKind::InvalidData, "the first line of a request is too long"))
    }
}

/// The first line of the next request has come.
const DONE: u64 = u64::MAX;

/// The stream as hyper has it.
pub(crate) struct WireStream(Wire);

impl WireStream {
    fn with<T>(&self, act: impl FnOnce(Pin<&mut Stream>) -> Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        match self.0.0.stream.lock().as_mut() {
            Some(stream) => act(Pin::new(stream)),
            None => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }

    /// Notes that something was written, or waits.
    fn note(&self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if let Poll::Ready(Ok(bytes)) = written {
            self.0.0.written.fetch_add(bytes as u64, Ordering::Relaxed);
        }
        self.0.0.waits.store(written.is_pending(), Ordering::Relaxed);
        written
    }
}

impl AsyncRead for WireStream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = self.with(|stream| stream.poll_read(cx, buf));
        match read {
            Poll::Ready(Ok(())) => Poll::Ready(self.0.note_read(&buf.filled()[before..])),
            Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::InvalidData => {
                // No TLS: the caller is to read why.
                self.0.linger();
                Poll::Ready(Err(error))
            }
            other => other,
        }
    }
}

impl AsyncWrite for WireStream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.note(self.with(|stream| stream.poll_write(cx, bytes)))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.note(self.with(|stream| stream.poll_write_vectored(cx, slices)))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut secure = false;
        let flushed = self.with(|stream| {
            secure = stream.is_secure();
            stream.poll_flush(cx)
        });
        // TLS takes what is written at once, and waits here until the caller has read it.
        if secure {
            self.0.0.waits.store(flushed.is_pending(), Ordering::Relaxed);
        }
        flushed
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.0.0.preface.is_over() {
            // HTTP/2 goes on with the stream, or a farewell is sent.
            return Poll::Ready(Ok(()));
        }
        self.with(|stream| stream.poll_shutdown(cx))
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    #[tokio::test]
    async fn a_connection_whose_caller_does_not_read_on_is_not_idle() -> io::Result<()> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let mut caller = TcpStream::connect(listener.local_addr()?).await?;
        let wire = Wire::new(1, false);
        let mut stream = wire.stream(Stream::Plain(listener.accept().await?.0));
        assert!(wire.progress().is_idle());
        let bytes = vec![0; 1 << 20];
        while poll_fn(|cx| Poll::Ready(Pin::new(&mut stream).poll_write(cx, &bytes).is_ready())).await {}
        assert!(!wire.progress().is_idle(), "the rest of an answer would be lost");
        tokio::spawn(async move { tokio::io::copy(&mut caller, &mut tokio::io::sink()).await });
        poll_fn(|cx| Pin::new(&mut stream).poll_write(cx, &bytes)).await?;
        assert!(wire.progress().is_idle());
        Ok(())
    }
}
