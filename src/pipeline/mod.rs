//! The way of a request, a type for each stage:
//!
//! ```text
//! Received → Addressed → Planned → Answered → sent
//! ```
//!
//! [`received`] takes a request apart. Then its body is read and its session begun, if it needs them.
//! [`addressed`] knows which party the call is about and which scenarios it sees. [`planned`] knows what the call
//! gets: a code, a fault, or the natural answer. [`answered`] has the response. [`sent`] closes the journal, waits, and does what a
//! fault does on the wire. A panic on the way is answered with the service's code for it, or DAS-001.

mod addressed;
mod answered;
mod body;
mod carry;
mod fidelity;
mod id;
mod journal;
mod planned;
mod received;
mod response;
mod sent;
mod served;
mod traced;
mod tried;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use bytes::Bytes;
use http::Response;
use http_body_util::{Either, Full};
use parking_lot::Mutex;
use rand::rngs::ChaCha8Rng;

use crate::access::Access;
use crate::browser::{Browsers, Passed, allow_reading, is_preflight};
use crate::config::{Options, ServiceSettings};
use crate::control::Pages;
use crate::faults::refused::Refused;
use crate::interface::{self, Services};
use crate::load::Load;
use crate::metrics::Metrics;
use crate::router::Target;
use crate::session::Session;
use crate::session::registry::Sessions;
use crate::traces::Traces;
use crate::wire::Wire;
use addressed::Addressed;
use answered::Answered;
pub(crate) use carry::HungUp;
use planned::Planned;
use received::Received;
pub(crate) use served::{Admits, serve};

/// What all requests share.
pub(crate) struct State {
    pub(crate) services: &'static Services,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) options: Options,
    pub(crate) settings: Arc<ServiceSettings>,
    pub(crate) access: Arc<Access>,
    pub(crate) browsers: Browsers,
    /// The sandbox's own pages.
    pub(crate) pages: Pages,
    /// The source of ids and drawn delays. The server seeds it at start.
    pub(crate) rng: Mutex<ChaCha8Rng>,
    /// The seed of drift if neither the call nor a rule has one.
    pub(crate) drift_seed: u64,
    /// What it bears, and how much of that is used.
    pub(crate) load: Arc<Load>,
    /// What is counted of all calls.
    pub(crate) metrics: Arc<Metrics>,
    /// The way of spans to a collector, if there is one.
    pub(crate) traces: Option<Arc<Traces>>,
}

/// An answer in memory, or a stream: a page, or a body that is slow on demand.
pub(crate) type Body = Either<Full<Bytes>, axum::body::Body>;

/// Answers one request, or hangs up on it. A request of a foreign web page is refused before anything else.
async fn handle(state: &State, received: &mut Received, wire: &Wire) -> Result<Response<Body>, HungUp> {
    match received.sender(state) {
        Ok(Passed::AllowedOrigin(page)) => {
            let mut answer = if is_preflight(&received.parts) {
                response::of_preflight(received)
            } else {
                answer(state, received, wire).await?
            };
            allow_reading(answer.headers_mut(), page);
            Ok(answer)
        }
        Ok(_) => answer(state, received, wire).await,
        Err(foreign) => {
            state.metrics.count_foreign_page();
            Answered::from(response::refused_page(&foreign, received)).send(received, wire, state).await
        }
    }
}

/// Answers one request that no foreign page has sent.
async fn answer(state: &State, received: &mut Received, wire: &Wire) -> Result<Response<Body>, HungUp> {
    let target = received.target(state);
    let usable = received.check_modifiers(&target, state);
    if matches!(target, Target::Page) {
        return match usable {
            Ok(()) => Ok(Box::pin(received.page(state)).await),
            // The journal does not tell of the sandbox's own pages.
            Err(refused) => Answered::refused(received, &refused, None).send(received, wire, state).await,
        };
    }
    let reads_body =
        if usable.is_ok() { Received::wants_body(&target) } else { received.only_body_names_session(&target) };
    let body = if reads_body { Box::pin(received.read_body(&target)).await } else { interface::Body::None };
    let caller = state.access.caller(&received.parts.headers, body.form());
    // What was answered before the call began is in memory from here on.
    let fresh = state.sessions.log().fresh().await;
    let session = match usable {
        Ok(()) => session_of(state, received, caller.client()).await,
        Err(refused) => Err(refused),
    };
    let session = match session {
        Ok(session) => session,
        // It may name a session that has not begun, and must not begin it.
        Err(refused) => {
            let session = state.sessions.begun_or_default(received.session.as_ref(), caller.client(), received.real);
            received.found = Some(Arc::clone(&session));
            let told = journal::Refusing::new(state, &session, &target, &caller);
            let mut answered = Answered::refused(received, &refused, Some(&told));
            return timed(&mut answered, &target, received, wire, state).await;
        }
    };
    received.found = Some(Arc::clone(&session));
    if let Err(why) = fresh {
        let told = journal::Refusing::new(state, &session, &target, &caller);
        let mut answered = Answered::not_known(received, &why, &told);
        return timed(&mut answered, &target, received, wire, state).await;
    }
    let world = session.world();
    let refusing = journal::Refusing::new(state, &session, &target, &caller);
    let mut answered = guarded(received, &refusing, || {
        Addressed {
            connection: wire.number(),
            state,
            received,
            target: &target,
            body: &body,
            caller: &caller,
            session: &session,
            world: &world,
        }
        .planned()
        .map_or_else(
            |refused| {
                let told = journal::Refusing::new(state, &session, &target, &caller);
                Answered::refused(received, &refused, Some(&told))
            },
            Planned::answered,
        )
    });
    // A call that waits keeps neither what it sent nor what it saw.
    drop((body, world));
    // What the answer tells must be there after a crash: what this call changed, and what others changed before it looked.
    if let Err(why) = session.history.settled().await {
        let told = journal::Refusing::new(state, &session, &target, &caller);
        answered = Answered::not_kept(received, &why, &told);
    }
    timed(&mut answered, &target, received, wire, state).await
}

/// Sends an answer, counts how long the call took, and makes a span of it if traces are on.
async fn timed(
    answered: &mut Answered,
    target: &Target,
    received: &mut Received,
    wire: &Wire,
    state: &State,
) -> Result<Response<Body>, HungUp> {
    answered.span = traced::begun(answered, received, target, state);
    let (sent, took) = answered.send_timed(received, wire, state).await;
    if let Target::Service { route, .. } = target {
        let took = took.to_std().unwrap_or_default();
        state.metrics.took(route.module.service, took);
    }
    sent
}

/// Finds the session of a call, or begins it. Beginning may be slow, so it runs on a blocking thread.
async fn session_of(state: &State, received: &Received, client: Option<&str>) -> Result<Arc<Session>, Box<Refused>> {
    let name = match state.sessions.find(received.session.as_ref(), client, received.real) {
        Ok(session) => return Ok(session),
        Err(name) => name,
    };
    let (sessions, wanted) = (Arc::clone(&state.sessions), name.clone());
    let begun = tokio::task::spawn_blocking(move || sessions.begun(&wanted)).await;
    begun.unwrap_or_else(|_| {
        let detail = "it could not be begun; the log says more".to_owned();
        Err(Refused::no_room("session", name.as_str(), detail))
    })
}

/// Answers a call. After a panic the answer is the code for a fault of the sandbox itself.
fn guarded(received: &Received, refusing: &journal::Refusing<'_>, answer: impl FnOnce() -> Answered) -> Answered {
    catch_unwind(AssertUnwindSafe(answer)).unwrap_or_else(|_| Answered::failed(received, refusing))
}
