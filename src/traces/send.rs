//! Sends spans in batches. A collector that does not answer costs spans, and no call any time.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{sleep, timeout};

use super::settings::Endpoint;
use super::{Counts, Identified, json};
use crate::load::Throttle;

/// The most spans of a batch, and how long the first of them waits for others.
const BATCH: (usize, Duration) = (512, Duration::from_secs(1));

/// How long an attempt may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// How long to wait before the attempts after the first one.
const PAUSES: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(4)];

/// The longest head and body of an answer, in bytes.
const LONGEST: usize = 16 * 1024;

/// Why a batch was not taken.
struct NotTaken {
    why: String,
    /// The collector may take it later.
    again: bool,
}

/// Sends spans until `ends`, and then those that wait.
pub(super) async fn run(
    endpoint: Endpoint,
    instance: String,
    mut spans: mpsc::Receiver<Identified>,
    counts: Arc<Counts>,
    mut ends: oneshot::Receiver<()>,
) {
    let (failed, mut batch, mut over) = (Throttle::default(), Vec::new(), false);
    while !over {
        tokio::select! {
            came = spans.recv_many(&mut batch, BATCH.0) => over = came == 0,
            _ = &mut ends => over = true,
        }
        let more = async { while batch.len() < BATCH.0 && spans.recv_many(&mut batch, BATCH.0).await > 0 {} };
        tokio::select! {
            _ = timeout(BATCH.1, more), if !over => {}
            _ = &mut ends, if !over => over = true,
            else => {}
        }
        while over && let Ok(span) = spans.try_recv() {
            batch.push(span);
        }
        if batch.is_empty() {
            continue;
        }
        let body = Bytes::from(json::request(&batch, &instance).to_string());
        let refused = match deliver(&endpoint, &body, &mut ends, &mut over).await {
            Ok(refused) => refused.min(batch.len() as u64),
            Err(error) => {
                if let Some(times) = failed.count() {
                    tracing::warn!(%endpoint, %error, times, "the collector does not take traces");
                }
                batch.len() as u64
            }
        };
        counts.dropped.fetch_add(refused, Ordering::Relaxed);
        counts.sent.fetch_add(batch.len() as u64 - refused, Ordering::Relaxed);
        batch.clear();
    }
}

/// Sends a batch, several times if it has to be. Returns how many spans the collector refused. `over` is set when `ends` says so; then
/// nothing is waited for any more.
async fn deliver(
    endpoint: &Endpoint,
    body: &Bytes,
    ends: &mut oneshot::Receiver<()>,
    over: &mut bool,
) -> Result<u64, String> {
    let mut pauses = PAUSES.into_iter();
    loop {
        let NotTaken { why, again } = match attempt(endpoint, body.clone()).await {
            Ok(refused) => return Ok(refused),
            Err(not_taken) => not_taken,
        };
        let Some(pause) = pauses.next().filter(|_| again && !*over) else { return Err(why) };
        tokio::select! {
            () = sleep(pause) => {}
            _ = &mut *ends => *over = true,
        }
    }
}

async fn attempt(endpoint: &Endpoint, body: Bytes) -> Result<u64, NotTaken> {
    let late = || NotTaken { why: format!("no answer in {} s", TIMEOUT.as_secs()), again: true };
    timeout(TIMEOUT, exchange(endpoint, body)).await.unwrap_or_else(|_| Err(late()))
}

async fn exchange(endpoint: &Endpoint, body: Bytes) -> Result<u64, NotTaken> {
    let broken = |error: &dyn std::fmt::Display| NotTaken { why: error.to_string(), again: true };
    let stream = TcpStream::connect(&endpoint.host).await.map_err(|error| broken(&error))?;
    let mut http = hyper::client::conn::http1::Builder::new();
    let handshake = http.max_buf_size(LONGEST).handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = handshake.map_err(|error| broken(&error))?;
    // It ends when its sender is dropped.
    tokio::spawn(connection);
    let request = Request::post(&endpoint.path)
        .header(header::HOST, &endpoint.authority)
        .header(header::USER_AGENT, concat!("innkreving-sandbox/", env!("CARGO_PKG_VERSION")))
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::CONNECTION, "close")
        .body(Full::new(body))
        .map_err(|error| NotTaken { why: error.to_string(), again: false })?;
    let answer = sender.send_request(request).await.map_err(|error| broken(&error))?;
    let status = answer.status();
    if !status.is_success() {
        let again = matches!(
            status,
            StatusCode::TOO_MANY_REQUESTS
                | StatusCode::BAD_GATEWAY
                | StatusCode::SERVICE_UNAVAILABLE
                | StatusCode::GATEWAY_TIMEOUT
        );
        return Err(NotTaken { why: format!("it answered {status}"), again });
    }
    let body = Limited::new(answer.into_body(), LONGEST).collect().await.map(http_body_util::Collected::to_bytes);
    Ok(body.map_or(0, |body| refused(&body)))
}

/// How many spans an answer says that it refused. An answer that is no JSON refuses none.
fn refused(body: &[u8]) -> u64 {
    let answer: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let told = &answer["partialSuccess"]["rejectedSpans"];
    told.as_u64().or_else(|| told.as_str()?.parse().ok()).unwrap_or(0)
}
