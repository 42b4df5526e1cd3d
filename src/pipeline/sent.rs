//! The last stage: waits for the delay, then sends the answer, or does what the fault does on the wire. The journal learns
//! how long the call took.

use std::sync::atomic::{AtomicBool, Ordering};

use http::Response;

use super::answered::{Answered, is_head};
use super::received::Received;
use super::{Body, HungUp, State, carry, response};
use crate::wire::Wire;

impl Answered {
    /// Sends the answer, or hangs up.
    pub(super) async fn send(
        mut self,
        received: &mut Received,
        wire: &Wire,
        state: &State,
    ) -> Result<Response<Body>, HungUp> {
        response::identify(&mut self.response, &received.id);
        let kept = self.kept.take();
        let began = received.real;
        let ended = |gave_up: bool| {
            if let Some(kept) = &kept {
                kept.ending.set(state.sessions.time.real().signed_duration_since(began), gave_up);
            }
        };
        if !self.delay.is_zero() {
            let gave_up = AtomicBool::new(false);
            wire.pause(self.delay, || {
                gave_up.store(true, Ordering::Relaxed);
                ended(true);
            })
            .await;
            if gave_up.load(Ordering::Relaxed) {
                // Nobody can tell a caller that has left from one that has closed its side, so the answer is sent.
                return self.out(received, wire, &mut false).await;
            }
        }
        let mut gave_up = false;
        let sent = self.out(received, wire, &mut gave_up).await;
        ended(gave_up);
        sent
    }

    /// Sends the answer now, or does what the fault does.
    async fn out(self, received: &mut Received, wire: &Wire, gave_up: &mut bool) -> Result<Response<Body>, HungUp> {
        match self.fault {
            None => Ok(self.response),
            Some(fault) => {
                let head_only = is_head(&received.parts.method);
                let (response, place, body) = (self.response, self.place, received.body.take());
                Box::pin(carry::out(fault, response, place, body, head_only, wire, gave_up)).await
            }
        }
    }
}
