//! The bytes of a connection, with TLS or without.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncBufRead, AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;
use tokio_rustls::{Accept, TlsAcceptor};

/// What a caller gets that speaks HTTP without TLS here. It is sent as it stands.
const NOT_PLAIN: &[u8] =
    b"HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: 60\r\n\
    connection: close\r\n\r\nThis port speaks HTTPS only: write https:// in place of http";

/// The first byte of a connection with TLS: that of a handshake.
const HANDSHAKE: u8 = 0x16;

/// The bytes of a connection.
pub(crate) enum Stream {
    Plain(TcpStream),
    /// TLS that is being agreed on. Whoever reads or writes first goes on with it.
    Handshake(Box<Handshake>),
    Secure(Box<TlsStream<TcpStream>>),
}

/// TLS that is being agreed on.
pub(crate) struct Handshake {
    accept: Accept<TcpStream>,
    /// The caller's first byte has been looked at.
    looked: bool,
    /// The caller speaks no TLS, and has been told so.
    refused: bool,
    /// It ended badly, and must not be gone on with.
    failed: bool,
}

impl Handshake {
    /// Goes on. Ready when there is TLS, or an error.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<TlsStream<TcpStream>>> {
        if !self.looked
            && let Some(stream) = self.accept.get_mut()
        {
            let mut byte = [0];
            let peeked = ready!(stream.poll_peek(cx, &mut ReadBuf::new(&mut byte)))?;
            self.looked = true;
            if peeked > 0 && byte[0] != HANDSHAKE {
                // A connection that has just begun has room for so few bytes.
                let _ = stream.try_write(NOT_PLAIN);
                self.refused = true;
            }
        }
        if self.refused {
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, "the caller speaks no TLS")));
        }
        if self.failed {
            return Poll::Ready(Err(io::ErrorKind::NotConnected.into()));
        }
        let agreed = ready!(Pin::new(&mut self.accept).poll(cx));
        self.failed = agreed.is_err();
        Poll::Ready(agreed)
    }

    /// The stream below, of a caller that was refused.
    fn below(&mut self) -> io::Result<&mut TcpStream> {
        let stream = if self.refused { self.accept.get_mut() } else { None };
        stream.ok_or_else(|| io::ErrorKind::NotConnected.into())
    }
}

impl Stream {
    /// A connection on which TLS is to be agreed on.
    pub(crate) fn secure(acceptor: &TlsAcceptor, stream: TcpStream) -> Self {
        Self::Handshake(Box::new(Handshake {
            accept: acceptor.accept(stream),
            looked: false,
            refused: false,
            failed: false,
        }))
    }

    /// Whether TLS has been agreed on.
    pub(crate) fn is_secure(&self) -> bool {
        matches!(self, Self::Secure(_))
    }

    /// The stream below. Nothing after a handshake that failed.
    pub(crate) fn tcp(&self) -> Option<&TcpStream> {
        match self {
            Self::Plain(stream) => Some(stream),
            Self::Handshake(handshake) => handshake.accept.get_ref(),
            Self::Secure(stream) => Some(stream.get_ref().0),
        }
    }

    /// The protocol above TLS that was agreed on. Nothing without TLS, or if the caller named none.
    pub(crate) fn agreed_protocol(&self) -> Option<&[u8]> {
        match self {
            Self::Secure(stream) => stream.get_ref().1.alpn_protocol(),
            Self::Plain(_) | Self::Handshake(_) => None,
        }
    }

    /// Ready when the caller has closed its side. Never if it has sent more first.
    pub(crate) fn poll_closed(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let more = match self {
            Self::Plain(stream) => {
                ready!(stream.poll_peek(cx, &mut ReadBuf::new(&mut [0]))).is_ok_and(|bytes| bytes > 0)
            }
            Self::Secure(stream) => {
                ready!(Pin::new(&mut **stream).poll_fill_buf(cx)).is_ok_and(|bytes| !bytes.is_empty())
            }
            // There is no call yet that could wait.
            Self::Handshake(_) => return Poll::Pending,
        };
        if more { Poll::Pending } else { Poll::Ready(()) }
    }

    /// Goes on with a handshake, if there is one.
    fn poll_agreed(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if let Self::Handshake(handshake) = self {
            let agreed = ready!(handshake.poll(cx))?;
            *self = Self::Secure(Box::new(agreed));
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for Stream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if let Self::Handshake(handshake) = &mut *self
            && handshake.refused
        {
            return Pin::new(handshake.below()?).poll_read(cx, buf);
        }
        ready!(self.poll_agreed(cx))?;
        match &mut *self {
            Self::Plain(stream) => Pin::new(stream).poll_read(cx, buf),
            Self::Secure(stream) => Pin::new(&mut **stream).poll_read(cx, buf),
            Self::Handshake(_) => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        ready!(self.poll_agreed(cx))?;
        match &mut *self {
            Self::Plain(stream) => Pin::new(stream).poll_write(cx, bytes),
            Self::Secure(stream) => Pin::new(&mut **stream).poll_write(cx, bytes),
            Self::Handshake(_) => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_agreed(cx))?;
        match &mut *self {
            Self::Plain(stream) => Pin::new(stream).poll_write_vectored(cx, slices),
            Self::Secure(stream) => Pin::new(&mut **stream).poll_write_vectored(cx, slices),
            Self::Handshake(_) => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut *self {
            Self::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Self::Secure(stream) => Pin::new(&mut **stream).poll_flush(cx),
            Self::Handshake(_) => Poll::Ready(Ok(())),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut *self {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Secure(stream) => Pin::new(&mut **stream).poll_shutdown(cx),
            Self::Handshake(handshake) if handshake.refused => Pin::new(handshake.below()?).poll_shutdown(cx),
            Self::Handshake(_) => Poll::Ready(Ok(())),
        }
    }
}
