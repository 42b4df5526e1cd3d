//! One attempt to send a notice: to an address that was checked, with one answer, which is not followed anywhere.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::Full;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::adresse::{Maal, Tillatt};

/// How long an attempt may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The longest head of an answer, in bytes.
const LONGEST_HEAD: usize = 16 * 1024;

/// A notice as it is sent.
pub(super) struct Melding<'m> {
    /// The same in every attempt.
    pub(super) id: &'m str,
    /// Seconds since 1970.
    pub(super) timestamp: i64,
    pub(super) signatur: &'m str,
    pub(super) body: &'m str,
}

/// Sends a notice and returns the status of the answer. The body of the answer is not read.
///
/// # Errors
/// A sentence: the receiver is not allowed, cannot be reached, or does not answer.
pub(super) async fn send(maal: &Maal, tillatt: &[Tillatt], melding: &Melding<'_>) -> Result<StatusCode, String> {
    let late = || format!("no answer in {} s", TIMEOUT.as_secs());
    tokio::time::timeout(TIMEOUT, exchange(maal, tillatt, melding)).await.unwrap_or_else(|_| Err(late()))
}

async fn exchange(maal: &Maal, tillatt: &[Tillatt], melding: &Melding<'_>) -> Result<StatusCode, String> {
    let addresses = maal.adresser(tillatt).await?;
    // To the addresses themselves: the name is not resolved a second time.
    let stream = TcpStream::connect(&*addresses).await.map_err(|error| format!("no connection: {error}"))?;
    let mut http = hyper::client::conn::http1::Builder::new();
    let handshake = http.max_buf_size(LONGEST_HEAD).handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = handshake.map_err(|error| error.to_string())?;
    let connection = tokio::spawn(connection);
    let body: Full<Bytes> = Full::from(Bytes::copy_from_slice(melding.body.as_bytes()));
    let request = Request::post(&maal.path)
        .header(header::HOST, &maal.authority)
        .header(header::USER_AGENT, concat!("innkreving-sandbox/", env!("CARGO_PKG_VERSION")))
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::CONNECTION, "close")
        .header("webhook-id", melding.id)
        .header("webhook-timestamp", melding.timestamp)
        .header("webhook-signature", melding.signatur)
        .body(body)
        .map_err(|error| error.to_string())?;
    let answer = sender.send_request(request).await.map_err(|error| format!("no answer: {error}"));
    connection.abort();
    answer.map(|answer| answer.status())
}
