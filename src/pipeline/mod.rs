//! The way of a request, in one function: ids → modifiers → target → caller → session → plan → the service →
//! drift → journal → delay → what happens on the wire. A panic on the way is the service's -001 or DAS-001,
//! never a cut connection.

mod carry;
mod journal;
pub(crate) mod plan;
mod respond;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::request::Parts;
use http::{Request, Response, Uri};
use http_body_util::{Either, Full};
use hyper::body::Incoming;
use parking_lot::Mutex;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use serde_json::Value;
use tower_service::Service as _;

use crate::access::{Access, Caller};
use crate::body;
use crate::catalogue::{Code, NO_SUCH_URL, PartyIn, Service, UNEXPECTED};
use crate::config::Options;
use crate::domain::clock::day_in_norway;
use crate::faults::base_url;
use crate::faults::drift::Contract;
use crate::faults::effects::{Delay, Drift, Fault};
use crate::faults::modifiers::{Modifiers, SessionName};
use crate::faults::refused::Refused;
use crate::pipeline::plan::Plan;
use crate::redact::redacted;
use crate::router::{Target, at_base, resolve};
use crate::services::call::{Answer, Call, Location};
use crate::services::errors::ServiceError;
use crate::services::{CATALOGUE, Envelope, Handler, answer_contract, near_miss, url, xml};
use crate::session::journal::{Checks, Entry};
use crate::session::registry::Sessions;
use crate::session::rules::{CallFacts, Clocks};
use crate::session::{Session, World};
use crate::wire::Wire;
pub(crate) use carry::HungUp;
use respond::{Told, failed, refuse};

/// All that requests share.
pub(crate) struct State {
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) options: Options,
    pub(crate) access: Arc<Access>,
    /// The sandbox's own pages.
    pub(crate) pages: Router,
    /// Where ids and delays are drawn from; seeded by whoever starts the server.
    pub(crate) rng: Mutex<ChaCha8Rng>,
    /// What drift is drawn by where nobody says.
    pub(crate) drift_seed: u64,
}

impl State {
    fn new_id(&self) -> String {
        let mut rng = self.rng.lock();
        uuid::Builder::from_random_bytes(rng.random()).into_uuid().to_string()
    }
}

/// The largest body of a call that a service reads, in bytes.
const LARGEST_BODY: usize = 64 * 1024;

/// Whole answers in memory, or what is streamed: a page, or a body that is slow on demand.
pub(crate) type Body = Either<Full<Bytes>, axum::body::Body>;

/// What was decided about a request before anything is sent.
enum Decided {
    /// It is for one of the sandbox's own pages, in the session that it names.
    Page(Option<SessionName>, Option<&'static str>),
    /// A session has to be begun first, which may take its time.
    Begin(SessionName),
    /// The body has to be read first.
    Read,
    /// This is answered, after so long, with this done to it.
    Answer(Box<Outcome>),
}

struct Outcome {
    response: Response<Body>,
    delay: Duration,
    fault: Option<Fault>,
}

/// Answers one request, or hangs up on it.
pub(crate) async fn handle(
    state: Arc<State>,
    request: Request<Incoming>,
    wire: Wire,
) -> Result<Response<Body>, HungUp> {
    let (mut parts, body) = request.into_parts();
    let id = respond::korrelasjonsid(&parts, &state);
    let written = parts.uri.clone();
    let prefix = base_url::split(written.path());
    if let Ok(prefix) = &prefix
        && !prefix.pairs.is_empty()
    {
        parts.uri = without_prefix(&written, prefix.path);
    }
    let mut asked = Written { parts: &parts, written: &written, prefix: &prefix, id: &id, body: None };
    let mut decided = guarded(&state, &asked);
    let (mut body, mut bytes) = (Some(body), Bytes::new());
    if matches!(decided, Decided::Read)
        && let Some(body) = body.take()
    {
        // What is cut off, or larger than any body that means something, is as good as none.
        bytes = body::read(body, LARGEST_BODY).await.unwrap_or_default();
    }
    if body.is_none() {
        asked.body = Some(&bytes);
        decided = guarded(&state, &asked);
    }
    if let Decided::Begin(name) = decided {
        let sessions = Arc::clone(&state.sessions);
        let begun = tokio::task::spawn_blocking(move || sessions.begun(&name).map(drop)).await;
        decided = match begun {
            Ok(Err(refused)) => refusal(&refused, &asked, None),
            Ok(Ok(())) | Err(_) => guarded(&state, &asked),
        };
        if let Decided::Begin(name) = decided {
            let detail = "it was forgotten as soon as it had begun; --session-idle is too short".to_owned();
            decided = refusal(&Refused::no_room("session", name.as_str(), detail), &asked, None);
        }
    }
    match decided {
        Decided::Page(session, warning) => {
            let body = body.map_or_else(axum::body::Body::empty, axum::body::Body::new);
            let mut response = page(&state, Request::from_parts(parts, body), session).await;
            respond::identify(&mut response, &id, warning);
            Ok(response)
        }
        Decided::Answer(mut outcome) => {
            respond::identify(&mut outcome.response, &id, None);
            if !outcome.delay.is_zero() {
                tokio::time::sleep(outcome.delay).await;
            }
            match outcome.fault {
                None => Ok(outcome.response),
                Some(fault) => {
                    let head_only = parts.method == http::Method::HEAD;
                    carry::out(fault, outcome.response, body, head_only, &wire).await
                }
            }
        }
        // Nothing is left to begin or to read here.
        Decided::Begin(_) | Decided::Read => Err(HungUp),
    }
}

/// A request as it came.
struct Written<'r> {
    /// With the modifiers of the base URL taken off.
    parts: &'r Parts,
    written: &'r Uri,
    prefix: &'r Result<base_url::Prefix<'r>, Box<Refused>>,
    id: &'r str,
    /// The body, once it was read.
    body: Option<&'r [u8]>,
}

/// Decides, whatever happens.
fn guarded(state: &State, asked: &Written<'_>) -> Decided {
    catch_unwind(AssertUnwindSafe(|| decide(state, asked)))
        .unwrap_or_else(|_| failure(asked, UNEXPECTED, Envelope::Feil, &state.sessions.default_session()))
}

/// The answer to a fault of the sandbox itself, under a code of its own.
fn failure(asked: &Written<'_>, code: &'static Code, envelope: Envelope, session: &Session) -> Decided {
    let told = Told { parts: asked.parts, id: asked.id, plan: None, party: None, envelope };
    let response = failed(&ServiceError::on_demand(code), &told, |_| {});
    journal::note_failure(session, code, asked);
    Outcome { response, delay: Duration::ZERO, fault: None }.into()
}

fn decide(state: &State, asked: &Written<'_>) -> Decided {
    let real = state.sessions.time.real();
    let default = || Some(state.sessions.default_session());
    let (parts, prefix) = match asked.prefix {
        Ok(prefix) => (asked.parts, prefix),
        Err(refused) => return refusal(refused, asked, default()),
    };
    let modifiers = match Modifiers::read(&parts.headers, &prefix.pairs) {
        Ok(modifiers) => modifiers,
        Err(refused) => {
            let session = Modifiers::session_of(&parts.headers, &prefix.pairs);
            let session = state.sessions.find(session.as_ref(), None, real).ok();
            return refusal(&refused, asked, session);
        }
    };
    let named = modifiers.session.as_ref().map(|session| &session.value);
    let (handler, segments) = match resolve(&parts.headers, &parts.uri) {
        Target::Own => {
            return match modifiers.for_own_page() {
                Ok(warning) => Decided::Page(named.cloned(), warning),
                Err(refused) => refusal(&refused, asked, state.sessions.find(named, None, real).ok()),
            };
        }
        Target::Nothing => (None, Vec::new()),
        Target::Service(handler, segments) => (Some(handler), segments),
    };
    if asked.body.is_none() && handler.is_some_and(|handler| handler.reads_body && parts.method == http::Method::POST) {
        return Decided::Read;
    }
    let caller = state.access.caller(&parts.headers, asked.body.unwrap_or_default());
    let session = match state.sessions.find(named, caller.client(), real) {
        Ok(session) => session,
        Err(name) => return Decided::Begin(name),
    };
    let asking = Asking { state, session: &session, asked, caller: &caller, real };
    match handler {
        None => asking.nothing(modifiers),
        Some(handler) => catch_unwind(AssertUnwindSafe(|| asking.service(handler, &segments, modifiers)))
            .unwrap_or_else(|_| failure(asked, handler.unexpected, handler.envelope, &session)),
    }
}

impl From<Outcome> for Decided {
    fn from(outcome: Outcome) -> Self {
        Self::Answer(Box::new(outcome))
    }
}

/// A request that belongs to a session.
struct Asking<'r> {
    state: &'r State,
    session: &'r Arc<Session>,
    asked: &'r Written<'r>,
    caller: &'r Caller,
    /// The real time, asked for once.
    real: DateTime<Utc>,
}

/// Whom a call is about that does not say so in its URL.
#[derive(Default)]
struct Employer {
    number: Option<String>,
    /// Nobody but modifiers says it, so that a rule may too.
    may_be_said: bool,
}

impl Asking<'_> {
    /// A call of a service: what was planned for it, then the natural answer.
    fn service(&self, handler: &'static Handler, segments: &[String], modifiers: Modifiers) -> Decided {
        let (state, session, parts) = (self.state, self.session, self.asked.parts);
        let refusal = |refused: &Refused| refusal(refused, self.asked, Some(Arc::clone(session)));
        let mut location = url::locate(handler.service, segments);
        let checked = modifiers.for_service(handler.service);
        let code = match checked.and_then(|()| modifiers.code(Some(handler.service), CATALOGUE)) {
            Ok(code) => code,
            Err(refused) => return refusal(&refused),
        };
        let observed = session.clock.now(session.time(), self.real);
        // A shift that leads nowhere is refused before anything is used up; rules see to theirs.
        if let Err(refused) = modifiers.observed(observed) {
            return refusal(&refused);
        }
        let world = session.world();
        let known = |number: &str| world.loaded.scenarios.get(number.parse().ok()?);
        let employer = (handler.service.party == PartyIn::Token).then(|| self.employer(&modifiers, &world));
        let by_rule = employer.as_ref().is_some_and(|employer| employer.may_be_said);
        location.identifikator = location.identifikator.or(employer.as_ref().and_then(|it| it.number.as_deref()));
        let party = location.identifikator.and_then(known);
        let look_up = |number: &str| known(number).map(|party| &**party);
        let asked = CallFacts {
            service: handler.service,
            endpoint: location.endpoint,
            package: location.package,
            identifikator: location.identifikator,
            client: self.caller.client(),
            party: party.map(|party| &**party),
            by_rule: by_rule.then_some(&look_up),
            code,
        };
        let plan =
            Plan::make(&asked, modifiers, &session.rules, &world.flags, Clocks { real: self.real, shown: observed });
        let now = match plan.modifiers.observed(observed) {
            Ok(now) => now,
            Err(refused) => {
                return refusal(&refused);
            }
        };
        // A rule may have said another one.
        let said = plan.modifiers.party.as_ref().filter(|_| by_rule).map(|party| &*party.value);
        location.identifikator = said.or(location.identifikator);
        let party = said.map_or(party, known);
        let envelope = handler.envelope;
        let told = Told { parts, id: self.asked.id, plan: Some(&plan), party: party.map(|party| &**party), envelope };
        let drift = plan.modifiers.drift.as_ref().map(|drift| drift.value);
        let mut entry = self.entry(Some(handler), location);
        let day = day_in_norway(now);
        entry.day = Some(day);
        let replacing = plan.modifiers.replacing().map(|fault| fault.value);
        let response = if let Some(fault) = replacing {
            respond::replaced(fault, &told)
        } else if let Some(code) = &plan.code {
            failed(&ServiceError::on_demand(code.value), &told, |error| self.drift(drift, &plan, error, None))
        } else {
            let call = Call {
                method: &parts.method,
                segments,
                query: parts.uri.query().unwrap_or_default(),
                headers: &parts.headers,
                location,
                party,
                edition: plan.modifiers.edition.as_ref().map(|edition| edition.value),
                options: &state.options,
                now,
                day,
                token_time: if session.clock.moves_tokens() { observed } else { self.real },
                access: &state.access,
                caller: self.caller,
                cache: &world.loaded.cache,
                body: self.asked.body.unwrap_or_default(),
                at_base: at_base(parts.uri.path(), handler.service),
                session,
                id: self.asked.id,
                as_tree: drift.is_some(),
            };
            entry.checks = Some(Checks { failed: None, access_unchecked: !state.access.looks_at(self.caller) });
            match (handler.answer)(&call) {
                Ok(answer) => {
                    entry.warning = answer.warning;
                    let answer = self.drifted(answer, drift, &plan, handler, location);
                    respond::succeeded(answer, &told)
                }
                Err(mut error) => {
                    entry.checks = entry.checks.map(|checks| Checks { failed: error.failed, ..checks });
                    entry.warning = error.warning;
                    error.hint = error.hint.or_else(|| {
                        near_miss::hint(error.failed?, handler.service, segments, location, &world.loaded.scenarios)
                    });
                    error.hint = error.hint.map(|hint| redacted(&hint));
                    entry.hint = error.hint.as_deref().map(Box::from);
                    entry.message = Some(redacted(&error.melding).into());
                    entry.code = Some(error.kode.code);
                    failed(&error, &told, |error| self.drift(drift, &plan, error, None))
                }
            }
        };
        entry.code = entry.code.or(plan.code.as_ref().map(|code| code.value.code)).filter(|_| replacing.is_none());
        self.finish(response, plan, Some(handler.service), by_rule, entry)
    }

    /// Whose data a call is about that does not say so in its URL: the token says it, and without one a modifier, or
    /// the scenarios their default one, where such a call is served at all.
    fn employer(&self, modifiers: &Modifiers, world: &World) -> Employer {
        if let Some(number) = self.caller.acts_for() {
            return Employer { number: Some(number.to_owned()), may_be_said: false };
        }
        if !self.state.access.serves_without_token(self.caller) {
            return Employer::default();
        }
        let by_modifier = modifiers.party.as_ref().map(|party| party.value.to_string());
        let number = by_modifier.or_else(|| Some(world.loaded.scenarios.default_employer()?.to_string()));
        Employer { number, may_be_said: true }
    }

    /// A URL of no service: the platform's own refusal.
    fn nothing(&self, modifiers: Modifiers) -> Decided {
        let code = match modifiers.code(None, CATALOGUE) {
            Ok(code) => code,
            Err(refused) => {
                return refusal(&refused, self.asked, Some(Arc::clone(self.session)));
            }
        };
        let mut entry = self.entry(None, Location::default());
        let plan = Plan { modifiers, code, rules: Vec::new() };
        let envelope = Envelope::Feil;
        let told = Told { parts: self.asked.parts, id: self.asked.id, plan: Some(&plan), party: None, envelope };
        let drift = plan.modifiers.drift.as_ref().map(|drift| drift.value);
        let replacing = plan.modifiers.replacing().map(|fault| fault.value);
        let response = match (replacing, &plan.code) {
            (Some(fault), _) => respond::replaced(fault, &told),
            (None, code) => {
                let mut error = ServiceError::on_demand(code.as_ref().map_or(NO_SUCH_URL, |code| code.value));
                if code.is_none() {
                    error.hint = Some(redacted(&near_miss::no_service(self.asked.parts.uri.path())));
                    entry.hint = error.hint.as_deref().map(Box::from);
                }
                entry.code = Some(error.kode.code);
                failed(&error, &told, |error| self.drift(drift, &plan, error, None))
            }
        };
        self.finish(response, plan, None, false, entry)
    }

    /// Draws the delay, tells what was done, and closes the journal.
    fn finish(
        &self,
        mut response: Response<Body>,
        plan: Plan,
        service: Option<&Service>,
        takes_party: bool,
        entry: Entry,
    ) -> Decided {
        let delay = plan.modifiers.delay.as_ref().map(|delay| self.draw(delay.value, &plan));
        let fault = plan.modifiers.fault.as_ref().map(|fault| fault.value);
        respond::tell_effects(&mut response, &plan, service, takes_party, delay, self.drift_seed(&plan));
        self.note(entry, &response, plan, delay);
        Outcome { response, delay: delay.unwrap_or_default(), fault }.into()
    }

    fn draw(&self, delay: Delay, plan: &Plan) -> Duration {
        match &plan.modifiers.seed {
            Some(seed) => delay.draw(&mut ChaCha8Rng::seed_from_u64(seed.value)),
            None => delay.draw(&mut *self.state.rng.lock()),
        }
    }

    fn drift_seed(&self, plan: &Plan) -> u64 {
        let by_call = plan.modifiers.seed.as_ref().map(|seed| seed.value);
        by_call.or(plan.modifiers.drift_seed).unwrap_or(self.state.drift_seed)
    }

    fn drift(&self, drift: Option<Drift>, plan: &Plan, value: &mut Value, contract: Option<Contract<'_>>) {
        if let Some(drift) = drift {
            drift.apply(value, contract, &mut ChaCha8Rng::seed_from_u64(self.drift_seed(plan)));
        }
    }

    /// An answer that came as a tree, changed, and written in its format.
    fn drifted(
        &self,
        mut answer: Answer,
        drift: Option<Drift>,
        plan: &Plan,
        handler: &Handler,
        location: Location<'_>,
    ) -> Answer {
        let (Some(_), Some(endpoint)) = (drift, location.endpoint) else {
            return answer;
        };
        let change = || {
            let mut value = serde_json::from_slice(&answer.body).ok()?;
            self.drift(drift, plan, &mut value, answer_contract(handler.service, endpoint));
            Some(xml::write(&value, answer.format, endpoint.xml_root, handler.service.xml_namespace))
        };
        if let Some(body) = out_of_the_way(change) {
            answer.body = body.into();
        }
        answer
    }
}

/// Does what may take its time so that other calls go on meanwhile, where the runtime has threads to do that.
fn out_of_the_way<T>(work: impl FnOnce() -> T) -> T {
    match tokio::runtime::Handle::current().runtime_flavor() {
        tokio::runtime::RuntimeFlavor::MultiThread => tokio::task::block_in_place(work),
        _ => work(),
    }
}

/// A request that could not be taken as it was meant. Nothing is used up.
fn refusal(refused: &Refused, asked: &Written<'_>, session: Option<Arc<Session>>) -> Decided {
    let response = refuse(refused, asked.parts, asked.id);
    if let Some(session) = session {
        journal::note_refusal(&session, refused, asked);
    }
    Outcome { response, delay: Duration::ZERO, fault: None }.into()
}

async fn page(state: &State, mut request: Request<axum::body::Body>, session: Option<SessionName>) -> Response<Body> {
    request.extensions_mut().insert(session);
    let answered = state.pages.clone().call(request).await;
    let mut response = answered.unwrap_or_else(|never| match never {}).map(Either::Right);
    respond::label_page(&mut response);
    response
}

/// The URL without the modifiers in it.
fn without_prefix(written: &Uri, path: &str) -> Uri {
    let path = if path.is_empty() { "/" } else { path };
    let with_query = written.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
    let mut parts = written.clone().into_parts();
    parts.path_and_query = with_query.parse().ok();
    Uri::from_parts(parts).unwrap_or_else(|_| Uri::from_static("/"))
}
