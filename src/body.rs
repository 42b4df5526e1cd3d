//! Bodies of requests, read up to a limit. What comes beyond it is read too and thrown away, within reason:
//! whoever still writes when the connection closes never sees the answer that says so.

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::Body;

/// How many times the limit is read before the connection is given up.
const PATIENCE: usize = 8;

/// Why there is no body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unread {
    /// It is longer than the limit.
    TooLarge,
    /// It was cut off.
    CutOff,
}

/// Reads a body of at most so many bytes.
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
