//! The first bytes of a connection. A caller that speaks HTTP/2 begins with `PRI * HTTP/2.0`, over TLS as without it.
//!
//! The reader of HTTP/1.1 gets every connection, because looking at the first bytes costs it nothing. If they are those, its reading ends with
//! an error, nothing is written, and HTTP/2 reads them again ([`Resumed`]).

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::{DONE, Farewell, Wire, WireStream};

/// How HTTP/2 begins. No request of HTTP/1.1 may have this method.
const MARK: &[u8; 4] = b"PRI ";

/// What a caller gets whose HTTP/2 is not taken.
const NOT_TAKEN: &[u8] =
    b"HTTP/1.1 505 HTTP Version Not Supported\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: 55\r\n\
    connection: close\r\n\r\nHTTP/2 is switched off here (--http2 off): use HTTP/1.1";

/// What is known of the first bytes.
#[derive(Default)]
pub(super) struct Preface {
    takes_http2: bool,
    /// What came is a part of [`MARK`].
    partly: AtomicBool,
    come: AtomicBool,
    /// Nothing more is read as HTTP/1.1, and the stream stays open.
    over: AtomicBool,
    /// The bytes that came; nothing before HTTP/2 is known, and after they were taken.
    early: Mutex<Bytes>,
}

impl Preface {
    pub(super) fn new(takes_http2: bool) -> Self {
        Self { takes_http2, ..Self::default() }
    }

    /// Whether the caller speaks HTTP/2.
    fn has_come(&self) -> bool {
        self.come.load(Ordering::Relaxed)
    }

    /// Whether HTTP/1.1 must leave the stream open, because something else is sent on it.
    pub(super) fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }
}

impl Wire {
    /// Looks at bytes of the first request, of which `seen` bytes came before.
    ///
    /// # Errors
    /// It is no request of HTTP/1.1.
    pub(super) fn note_first(&self, seen: u64, bytes: &[u8]) -> io::Result<()> {
        let preface = &self.0.preface;
        let seen = match usize::try_from(seen) {
            Ok(seen) if seen == 0 || preface.partly.load(Ordering::Relaxed) => seen,
            _ => return Ok(()),
        };
        let rest = &MARK[seen..];
        if !bytes.starts_with(rest) {
            let partly = rest.starts_with(bytes);
            preface.partly.store(partly, Ordering::Relaxed);
            let agreed = if partly { None } else { self.agreed() };
            return match agreed.as_deref() {
                Some(b"h2") => Err(io::Error::other("HTTP/2 was agreed on, and something else came")),
                _ => Ok(()),
            };
        }
        preface.over.store(true, Ordering::Relaxed);
        if !preface.takes_http2 {
            self.leave(Farewell::Send(NOT_TAKEN.to_vec()));
            self.linger();
            return Err(io::Error::other("HTTP/2 is switched off"));
        }
        *preface.early.lock() = [&MARK[..seen], bytes].concat().into();
        self.0.line.store(DONE, Ordering::Relaxed);
        preface.come.store(true, Ordering::Relaxed);
        Err(io::Error::other("the caller speaks HTTP/2"))
    }

    /// The protocol that was agreed on with TLS.
    fn agreed(&self) -> Option<Vec<u8>> {
        self.0.stream.lock().as_ref().and_then(|stream| stream.agreed_protocol().map(<[u8]>::to_vec))
    }

    /// The stream of a caller that speaks HTTP/2, from its first byte on. `has_place` says whether the connection has a place of its own.
    /// Nothing if it speaks HTTP/1.1.
    pub(crate) fn resume(&self, has_place: bool) -> Option<Resumed> {
        if !self.0.preface.has_come() {
            return None;
        }
        self.begin_streams(has_place);
        let early = std::mem::take(&mut *self.0.preface.early.lock());
        Some(Resumed { early, stream: WireStream(self.clone()) })
    }
}

/// A stream whose first bytes were read already.
pub(crate) struct Resumed {
    early: Bytes,
    stream: WireStream,
}

impl AsyncRead for Resumed {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.early.is_empty() {
            return Pin::new(&mut self.stream).poll_read(cx, buf);
        }
        let now = self.early.len().min(buf.remaining());
        buf.put_slice(&self.early[..now]);
        self.early.advance(now);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Resumed {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    /// The wire ends the stream, after what its end needs ([`Wire::end`]).
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn come(pieces: &[&str]) -> (bool, Vec<u8>) {
        let wire = Wire::new(1, true);
        for piece in pieces {
            let read = wire.note_read(piece.as_bytes());
            assert_eq!(read.is_err(), wire.0.preface.has_come(), "{pieces:?}");
        }
        (wire.0.preface.has_come(), wire.0.preface.early.lock().to_vec())
    }

    #[test]
    fn the_preface_is_known_in_any_pieces_and_nothing_else_is() {
        for pieces in [&["PRI * HTTP/2.0\r\n\r\nSM"][..], &["P", "RI", " *"], &["PR", "I "]] {
            assert_eq!(come(pieces), (true, pieces.concat().into_bytes()), "{pieces:?}");
        }
        for pieces in [
            &["PUT / HTTP/1.1\r\n"][..],
            &["P", "RX"],
            &["PR", "OPFIND"],
            &["X", "RI "],
            &["G", "PRI "],
            &["\n", "PRI "],
        ] {
            assert!(!come(pieces).0, "{pieces:?}");
        }
    }
}
