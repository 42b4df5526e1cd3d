//! The last stage: waits for the delay, then sends the answer, or does what the fault does on the wire. The journal learns
//! how long the call took.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use http::Response;
use http_body_util::{Either, Full};

use super::answered::{Answered, is_head};
use super::received::Received;
use super::{Body, HungUp, State, carry, response};
use crate::session::journal::Entry;
use crate::traces::Span;
use crate::wire::{Streams, Wire};

/// Tells the journal and the traces how a call ended, once. If the call is dropped before, its caller has cancelled it, or the sandbox has ended its
/// connection.
struct End<'c> {
    kept: Option<Arc<Entry>>,
    span: Option<Box<Span>>,
    began: DateTime<Utc>,
    wire: &'c Wire,
    state: &'c State,
}

impl End<'_> {
    fn took(&self) -> TimeDelta {
        self.state.sessions.time.real().signed_duration_since(self.began)
    }

    fn is_told(&self) -> bool {
        self.kept.is_none() && self.span.is_none()
    }

    /// Returns how long the call has taken.
    fn tell(&mut self, gave_up: bool) -> TimeDelta {
        let took = self.took();
        if let Some(kept) = self.kept.take() {
            kept.ending.set(took, gave_up);
        }
        if let (Some(mut span), Some(traces)) = (self.span.take(), &self.state.traces) {
            span.ended(took, gave_up);
            traces.end(span);
        }
        took
    }
}

impl Drop for End<'_> {
    fn drop(&mut self) {
        if !self.is_told() {
            self.tell(!self.wire.streams().is_some_and(Streams::is_ending));
        }
    }
}

impl Answered {
    /// Sends the answer, or hangs up.
    pub(super) async fn send(
        &mut self,
        received: &mut Received,
        wire: &Wire,
        state: &State,
    ) -> Result<Response<Body>, HungUp> {
        self.send_timed(received, wire, state).await.0
    }

    /// Sends the answer, or hangs up; tells how long the call took.
    pub(super) async fn send_timed(
        &mut self,
        received: &mut Received,
        wire: &Wire,
        state: &State,
    ) -> (Result<Response<Body>, HungUp>, TimeDelta) {
        if !self.has_id {
            response::identify(&mut self.response, &received.id);
        }
        let mut end = End { kept: self.kept.take(), span: self.span.take(), began: received.real, wire, state };
        if !self.delay.is_zero() {
            let mut gave_up = false;
            wire.pause(self.delay, || {
                gave_up = true;
                end.tell(true);
            })
            .await;
            if gave_up {
                // Nobody can tell a caller that has left from one that has closed its side, so the answer is sent.
                let sent = self.out(received, wire, &mut false).await;
                return (sent, end.took());
            }
        }
        let mut gave_up = false;
        let sent = self.out(received, wire, &mut gave_up).await;
        (sent, end.tell(gave_up))
    }

    /// Sends the answer now, or does what the fault does.
    async fn out(
        &mut self,
        received: &mut Received,
        wire: &Wire,
        gave_up: &mut bool,
    ) -> Result<Response<Body>, HungUp> {
        let nothing = Response::new(Either::Left(Full::default()));
        let response = std::mem::replace(&mut self.response, nothing);
        match self.fault {
            None => Ok(response),
            Some(fault) => {
                let head_only = is_head(&received.parts.method);
                let (place, body) = (self.place.take(), received.body.take());
                Box::pin(carry::out(fault, response, place, body, head_only, wire, gave_up)).await
            }
        }
    }
}
