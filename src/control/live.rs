//! `/sandbox/live`: the journal of a session as it grows, as server-sent events.
//!
//! Nothing is kept for a watcher but what is on its way to it. If it reads too slowly, the journal goes on without it, and
//! the next event says how many calls it has missed.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use hyper::body::Frame;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::{mpsc, watch};

use super::queries::{read_query, refuse};
use super::requests::view;
use crate::faults::refused::Refused;
use crate::interface::pages::{Begun, Problem, Shared, WatchersPlace, refused};
use crate::session::Session;

/// From where on a journal is told.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LiveQuery {
    /// Only calls with a greater number; all that are kept where left out. The header `Last-Event-ID` says the same, and wins.
    #[schemars(range(max = i64::MAX))]
    after: Option<u64>,
    /// The stream ends after this many calls. It does not end by itself where left out.
    #[schemars(range(min = 1, max = 100_000))]
    calls: Option<u64>,
}

const NAMES: [&str; 2] = ["after", "calls"];

/// The most calls of a piece that is sent.
const A_PIECE: usize = 64;

/// How long a watcher that has been told all is left alone. Many calls in this time are told together, so they wake it once.
const PAUSE: Duration = Duration::from_millis(50);

/// The pieces that may be on their way.
const PIECES: usize = 2;

/// The header by which a client that was cut off says what it has.
const LAST_EVENT_ID: &str = "last-event-id";

pub(super) async fn watch(
    State(shared): State<Arc<Shared>>,
    Begun(session): Begun,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Response> {
    let query: LiveQuery = read(&headers, query.as_deref()).map_err(|why| refused(&why))?;
    let Some(place) = shared.watchers.place() else {
        let detail = format!("{} watch already, and there can be no more; close a page", shared.watchers.most());
        let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "The sandbox is busy", detail);
        return Err(([(header::RETRY_AFTER, "5")], problem).into_response());
    };
    let (pieces, stream) = mpsc::channel(PIECES);
    // From here on nothing is missed.
    let news = session.journal.watch();
    let cleared = session.journal.times_cleared();
    let left = query.calls.unwrap_or(u64::MAX);
    let teller = Teller { shared, session, pieces, news, seen: query.after.unwrap_or(0), cleared, left };
    tokio::spawn(teller.tell(place));
    let mut response = Response::new(Body::new(Stream(stream)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

fn read(headers: &HeaderMap, query: Option<&str>) -> Result<LiveQuery, Box<Refused>> {
    let query: LiveQuery = read_query(query.unwrap_or_default(), &NAMES)?;
    if query.calls.is_some_and(|calls| !(1..=100_000).contains(&calls)) {
        let detail = "calls is a number from 1 to 100000".to_owned();
        return Err(refuse("calls", None, detail, &[]));
    }
    let Some(last) = headers.get(LAST_EVENT_ID) else { return Ok(query) };
    let number = last.to_str().ok().and_then(|last| last.parse().ok());
    let after = number.ok_or_else(|| {
        refuse("Last-Event-ID", None, "Last-Event-ID is the number of a call, as the stream told it".to_owned(), &[])
    })?;
    Ok(LiveQuery { after: Some(after), ..query })
}

/// Tells one watcher.
struct Teller {
    shared: Arc<Shared>,
    session: Arc<Session>,
    pieces: mpsc::Sender<Bytes>,
    news: watch::Receiver<()>,
    /// The number of the last call that was told.
    seen: u64,
    /// How many times the journal had been forgotten when it was last looked at.
    cleared: u64,
    /// How many calls are still told.
    left: u64,
}

impl Teller {
    async fn tell(mut self, mut place: WatchersPlace) {
        let beat = self.shared.watchers.beat();
        // The client learns that it is heard, before anything happens.
        let mut piece = ": watching\n\n".to_owned();
        loop {
            if piece.is_empty() {
                tokio::select! {
                    changed = self.news.changed() => if changed.is_err() { return },
                    () = self.pieces.closed() => return,
                    () = place.closed() => return,
                    () = tokio::time::sleep(beat) => piece = self.beat(),
                }
            }
            if !piece.is_empty() {
                tokio::select! {
                    sent = self.pieces.send(std::mem::take(&mut piece).into()) => if sent.is_err() { return },
                    () = place.closed() => return,
                }
            }
            if self.left == 0 || self.is_over() {
                return;
            }
            piece = self.next();
            if piece.is_empty() {
                tokio::select! {
                    () = tokio::time::sleep(PAUSE) => {}
                    () = place.closed() => return,
                }
            }
        }
    }

    /// What shows that the stream is still there. If the session was reset or deleted, it says so.
    fn beat(&self) -> String {
        if self.is_over() { event("over", &json!({ "session": &*self.session.name })) } else { ": \n\n".to_owned() }
    }

    /// Whether the session is another one by now.
    fn is_over(&self) -> bool {
        let now = self.shared.sessions.existing(&self.session.name);
        !now.is_some_and(|now| Arc::ptr_eq(&now, &self.session))
    }

    /// The next events; nothing if there are none.
    fn next(&mut self) -> String {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(A_PIECE);
        let news = self.session.journal.after(self.seen, self.cleared, most);
        let mut text = String::new();
        if news.cleared != self.cleared {
            (self.cleared, self.seen) = (news.cleared, 0);
            text.push_str(&event("cleared", &json!({})));
        }
        for entry in &news.entries {
            let missed = entry.number - self.seen - 1;
            if missed > 0 {
                text.push_str(&event("missed", &json!({ "calls": missed })));
            }
            self.seen = entry.number;
            self.left -= 1;
            let told = serde_json::to_string(&view(entry).without_body()).unwrap_or_default();
            let _ = write!(text, "id: {}\nevent: call\ndata: {told}\n\n", entry.number);
        }
        text
    }
}

/// An event. JSON has no line ends of its own.
fn event(name: &str, data: &serde_json::Value) -> String {
    format!("event: {name}\ndata: {data}\n\n")
}

/// The pieces as a body.
struct Stream(mpsc::Receiver<Bytes>);

impl hyper::body::Body for Stream {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.poll_recv(cx).map(|piece| piece.map(|piece| Ok(Frame::data(piece))))
    }
}
