//! Traces: each call of a service as a span, sent to a collector by OTLP (`--otlp`).
//!
//! A span is made only if there is a collector. A call puts it into a queue and never waits: if the queue is full, the span is dropped and
//! counted.

mod json;
pub(crate) mod parent;
mod send;
pub(crate) mod settings;

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use parking_lot::Mutex;
use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use tokio::sync::{mpsc, oneshot};

use parent::TraceParent;
use settings::Endpoint;

/// How many spans wait to be sent.
const QUEUE: usize = 2048;

/// How long the end of the sandbox waits for the last spans.
const LAST: Duration = Duration::from_secs(1);

/// The value of an attribute.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Text(Cow<'static, str>),
    Number(i64),
    Flag(bool),
}

/// A call that a server answered, as the semantic conventions of OpenTelemetry describe it.
#[derive(Debug)]
pub(crate) struct Span {
    pub(crate) name: String,
    pub(crate) parent: Option<TraceParent>,
    /// The header `tracestate`, which a span hands on.
    pub(crate) state: Option<Box<str>>,
    pub(crate) began: DateTime<Utc>,
    pub(crate) took: TimeDelta,
    pub(crate) attributes: Vec<(&'static str, Value)>,
    /// The server failed, as the conventions see it: a status from 500 on, or no answer.
    pub(crate) failed: bool,
}

impl Span {
    /// Notes how long the call took, and whether its caller had gone before there was an answer.
    pub(crate) fn ended(&mut self, took: TimeDelta, gave_up: bool) {
        self.took = took;
        if gave_up {
            self.attributes.push(("sandbox.gave_up", Value::Flag(true)));
        }
    }
}

/// A span with its own ids.
struct Identified {
    span: Box<Span>,
    trace: u128,
    id: u64,
}

/// What became of spans.
#[derive(Default)]
struct Counts {
    sent: AtomicU64,
    /// The queue was full, or no collector took them.
    dropped: AtomicU64,
}

/// The way to a collector.
pub(crate) struct Traces {
    queue: mpsc::Sender<Identified>,
    counts: Arc<Counts>,
    ids: Mutex<ChaCha8Rng>,
    /// Ends the task that sends.
    end: Mutex<Option<(oneshot::Sender<()>, tokio::task::JoinHandle<()>)>>,
}

impl Traces {
    /// Begins to send to a collector. `ids` is the source of the ids; it must differ in each process. Needs a runtime.
    pub(crate) fn to(endpoint: Endpoint, mut ids: ChaCha8Rng) -> Self {
        let (queue, spans) = mpsc::channel(QUEUE);
        let counts = Arc::new(Counts::default());
        let (end, ends) = oneshot::channel();
        let instance = format!("{:032x}", ids.random::<u128>());
        let task = tokio::spawn(send::run(endpoint, instance, spans, Arc::clone(&counts), ends));
        Self { queue, counts, ids: Mutex::new(ids), end: Mutex::new(Some((end, task))) }
    }

    /// Hands a span over to be sent.
    pub(crate) fn end(&self, span: Box<Span>) {
        let (own, id) = {
            let mut ids = self.ids.lock();
            (ids.random_range(1..=u128::MAX), ids.random_range(1..=u64::MAX))
        };
        // Without a caller's trace, one begins here.
        let trace = span.parent.as_ref().map_or(own, TraceParent::trace_number);
        if self.queue.try_send(Identified { span, trace, id }).is_err() {
            self.counts.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How many spans were sent, and how many were dropped.
    pub(crate) fn counts(&self) -> [(&'static str, u64); 2] {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        [("sent", count(&self.counts.sent)), ("dropped", count(&self.counts.dropped))]
    }

    /// Sends what waits, for a second at most.
    pub(crate) async fn close(&self) {
        let Some((end, task)) = self.end.lock().take() else { return };
        let _ = end.send(());
        let _ = tokio::time::timeout(LAST, task).await;
    }
}
