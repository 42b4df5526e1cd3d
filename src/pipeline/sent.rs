//! The last stage: waits for the delay, then sends the answer, or does what the fault does on the wire.

use http::Response;

use super::answered::{Answered, is_head};
use super::received::Received;
use super::{Body, HungUp, carry, response};
use crate::wire::Wire;

impl Answered {
    /// Sends the answer, or hangs up.
    pub(super) async fn send(mut self, received: &mut Received, wire: &Wire) -> Result<Response<Body>, HungUp> {
        response::identify(&mut self.response, &received.id);
        if !self.delay.is_zero() {
            wire.pause(self.delay).await;
        }
        match self.fault {
            None => Ok(self.response),
            Some(fault) => {
                let head_only = is_head(&received.parts.method);
                Box::pin(carry::out(fault, self.response, self.place, received.body.take(), head_only, wire)).await
            }
        }
    }
}
