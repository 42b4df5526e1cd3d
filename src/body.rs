//! Reads request bodies up to a limit. Bytes beyond the limit are read and thrown away, up to a second limit: a client
//! that is still writing when the connection closes never sees the answer that says that its body is too large.

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::Body;

/// How many times the limit is read before the rest of the body is left unread.
const PATIENCE: usize = 8;

/// Why a body could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unread {
    /// It is longer than the limit.
    TooLarge,
    /// The connection ended before the body did.
    CutOff,
}

/// Reads the rest of a body and throws it away, up to as many times the limit as a body is read at most.
pub(crate) async fn throw_away<B: Body<Data = Bytes> + Unpin>(mut body: B, most: usize) {
    let mut seen = 0_usize;
    while let Some(Ok(frame)) = body.frame().await {
        seen = seen.saturating_add(frame.data_ref().map_or(0, Bytes::len));
        if seen > most.saturating_mul(PATIENCE) {
            break;
        }
    }
}

/// Reads a body of at most `most` bytes.
pub(crate) async fn read<B: Body<Data = Bytes> + Unpin>(mut body: B, most: usize) -> Result<Bytes, Unread> {
    let (mut kept, mut seen) = (BytesMut::new(), 0_usize);
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            return Err(Unread::CutOff);
        };
        if let Ok(data) = frame.into_data() {
            seen = seen.saturating_add(data.len());
            if seen <= most {
                kept.extend_from_slice(&data);
            } else if seen > most.saturating_mul(PATIENCE) {
                break;
            }
        }
    }
    if seen <= most { Ok(kept.freeze()) } else { Err(Unread::TooLarge) }
}
