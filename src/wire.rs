//! How a connection ends when a fault needs something that HTTP cannot do: bytes that are not an answer, an end in
//! the middle, a reset. The call stores a farewell and makes hyper close the connection. The stream performs the
//! farewell when hyper drops it.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::task::{Context, Poll};

use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;

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
    farewell: Mutex<Option<Farewell>>,
    /// How many calls began, and how many ended.
    begun: AtomicU32,
    ended: AtomicU32,
    /// How many times something was written.
    writes: AtomicU32,
    /// The last write waits for the caller to read.
    waits: AtomicBool,
}

/// How far a connection has come. It is stale if it is idle and shows the same twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Progress {
    begun: u32,
    ended: u32,
    writes: u32,
    waits: bool,
}

impl Progress {
    /// No call is being answered, and the caller need not read for the rest of an answer to be sent.
    pub(crate) fn is_idle(self) -> bool {
        self.begun == self.ended && !self.waits
    }
}

impl Wire {
    /// Notes that a call begins.
    pub(crate) fn begin_call(&self) {
        self.0.begun.fetch_add(1, Ordering::Relaxed);
    }

    /// Notes that a call has its answer.
    pub(crate) fn end_call(&self) {
        self.0.ended.fetch_add(1, Ordering::Relaxed);
    }

    /// How far the connection has come.
    pub(crate) fn progress(&self) -> Progress {
        let count = |counter: &AtomicU32| counter.load(Ordering::Relaxed);
        Progress {
            begun: count(&self.0.begun),
            ended: count(&self.0.ended),
            writes: count(&self.0.writes),
            waits: self.0.waits.load(Ordering::Relaxed),
        }
    }

    /// Makes the connection end with this farewell when hyper closes it.
    pub(crate) fn leave(&self, farewell: Farewell) {
        *self.0.farewell.lock() = Some(farewell);
    }

    /// Wraps the stream of this connection, for hyper to read and write.
    pub(crate) fn stream(&self, stream: TcpStream) -> WireStream {
        WireStream { stream: Some(stream), wire: self.clone() }
    }

    fn take(&self) -> Option<Farewell> {
        self.0.farewell.lock().take()
    }
}

/// A stream that performs the stored farewell, if there is one, when it is dropped.
pub(crate) struct WireStream {
    /// `Some` until the drop.
    stream: Option<TcpStream>,
    wire: Wire,
}

impl Drop for WireStream {
    fn drop(&mut self) {
        // Errors do not matter: they mean that the caller has closed the connection already.
        match (self.wire.take(), self.stream.take()) {
            (Some(Farewell::Reset), Some(stream)) => drop(stream.set_zero_linger()),
            (Some(Farewell::Send(bytes)), Some(mut stream)) => {
                tokio::spawn(async move { stream.write_all(&bytes).await });
            }
            _ => {}
        }
    }
}

impl WireStream {
    fn open(&mut self) -> io::Result<Pin<&mut TcpStream>> {
        self.stream.as_mut().map(Pin::new).ok_or_else(|| io::ErrorKind::NotConnected.into())
    }

    /// Notes that something was written, or waits.
    fn note(&self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        self.wire.0.writes.fetch_add(1, Ordering::Relaxed);
        self.wire.0.waits.store(written.is_pending(), Ordering::Relaxed);
        written
    }
}

impl AsyncRead for WireStream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.open()?.poll_read(cx, buf)
    }
}

impl AsyncWrite for WireStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = self.open()?.poll_write(cx, bytes);
        self.note(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = self.open()?.poll_write_vectored(cx, slices);
        self.note(written)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.open()?.poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.open()?.poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn a_connection_whose_caller_does_not_read_on_is_not_idle() -> io::Result<()> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let mut caller = TcpStream::connect(listener.local_addr()?).await?;
        let wire = Wire::default();
        let mut stream = wire.stream(listener.accept().await?.0);
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
