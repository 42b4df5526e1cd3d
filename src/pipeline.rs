//! The way of a request, in one function: ids → modifiers → target → party → faults that come before
//! an answer → the service → out. A panic on the way is the service's -001 or DAS-001, never a cut connection.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

use axum::Router;
use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE, HeaderName, HeaderValue, WWW_AUTHENTICATE};
use http::request::Parts;
use http::{Request, Response, StatusCode};
use http_body_util::{Either, Full};
use hyper::body::Incoming;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use tower_service::Service as _;

use crate::access::Access;
use crate::catalogue::{Edition, NO_SUCH_URL, UNEXPECTED};
use crate::domain::identifikator::mask_personal_numbers;
use crate::inject::modifiers::{Modifiers, Refused};
use crate::inject::{Asked, Cause, fault_before_answer};
use crate::router::{Target, resolve};
use crate::scenario::Party;
use crate::services::Handler;
use crate::services::call::{Answer, Call};
use crate::services::errors::ServiceError;
use crate::services::negotiation::negotiate;
use crate::session::Session;

/// All that requests share.
pub(crate) struct State {
    pub(crate) session: Arc<Session>,
    pub(crate) default_edition: Edition,
    pub(crate) access: Access,
    /// The sandbox's own pages.
    pub(crate) pages: Router,
    /// Where ids are drawn from; seeded by whoever starts the server.
    pub(crate) rng: Mutex<ChaCha8Rng>,
}

impl State {
    fn new_id(&self) -> String {
        let mut rng = self.rng.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        uuid::Builder::from_random_bytes(rng.random()).into_uuid().to_string()
    }
}

/// Whole answers in memory, or what a page streams.
pub(crate) type Body = Either<Full<Bytes>, axum::body::Body>;

const KORRELASJONSID: HeaderName = HeaderName::from_static("korrelasjonsid");
const SANDBOX_CAUSE: HeaderName = HeaderName::from_static("sandbox-cause");
const SANDBOX_WARNING: HeaderName = HeaderName::from_static("sandbox-warning");
const SANDBOX_SCENARIO: HeaderName = HeaderName::from_static("sandbox-scenario");

/// Answers one request.
pub(crate) async fn handle(state: Arc<State>, request: Request<Incoming>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let id = korrelasjonsid(&parts, &state);
    let decided = catch_unwind(AssertUnwindSafe(|| decide(&state, &parts, &id)));
    let mut response = match decided {
        Ok(Some(response)) => response,
        Ok(None) => page(&state, Request::from_parts(parts, body)).await,
        Err(_) => failed(&ServiceError::on_demand(UNEXPECTED), Cause::Natural, None, &parts, &id),
    };
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(KORRELASJONSID, id);
    }
    response
}

/// The answer to a call; nothing where it is for one of the sandbox's own pages.
fn decide(state: &State, parts: &Parts, id: &str) -> Option<Response<Body>> {
    let modifiers = match Modifiers::from_headers(&parts.headers) {
        Ok(modifiers) => modifiers,
        Err(refused) => return Some(refuse(&refused, parts, id)),
    };
    match resolve(&parts.headers, &parts.uri) {
        Target::Own => modifiers.for_own_page().err().map(|refused| refuse(&refused, parts, id)),
        Target::Nothing => Some(match modifiers.code(None) {
            Err(refused) => refuse(&refused, parts, id),
            Ok(Some(code)) => failed(&ServiceError::on_demand(code), Cause::Header, None, parts, id),
            Ok(None) => failed(&ServiceError::on_demand(NO_SUCH_URL), Cause::Natural, None, parts, id),
        }),
        Target::Service(handler, segments) => {
            let guarded = AssertUnwindSafe(|| service(state, handler, &segments, &modifiers, parts, id));
            Some(catch_unwind(guarded).unwrap_or_else(|_| {
                let code = &handler.service.codes[0];
                failed(&ServiceError::on_demand(code), Cause::Natural, None, parts, id)
            }))
        }
    }
}

/// A call of a service: faults that come before an answer, then the natural one.
fn service(
    state: &State,
    handler: &'static Handler,
    segments: &[String],
    modifiers: &Modifiers,
    parts: &Parts,
    id: &str,
) -> Response<Body> {
    let code = match modifiers.code(Some(handler.service)) {
        Ok(code) => code,
        Err(refused) => return refuse(&refused, parts, id),
    };
    let session = &*state.session;
    let day = match session.day(modifiers.now) {
        Ok(day) => day,
        Err(error) => return refuse(&modifiers.out_of_range(error), parts, id),
    };
    let location = (handler.locate)(segments);
    let part = location.identifikator.and_then(|text| text.parse().ok());
    let party = part.and_then(|part| session.scenarios.get(part));
    let asked = Asked {
        service: handler.service,
        endpoint: location.endpoint,
        identifikator: location.identifikator,
        party: party.map(|party| &**party),
        header: code,
    };
    if let Some((code, cause)) = fault_before_answer(&asked, session) {
        return failed(&ServiceError::on_demand(code), cause, asked.party, parts, id);
    }
    let call = Call {
        method: &parts.method,
        segments,
        query: parts.uri.query().unwrap_or_default(),
        headers: &parts.headers,
        location,
        party,
        edition: modifiers.edition,
        default_edition: state.default_edition,
        day,
        real_time: session.real_time(),
        access: &state.access,
        cache: &session.cache,
    };
    match (handler.answer)(&call) {
        Ok(answer) => {
            if tracing::enabled!(tracing::Level::DEBUG) {
                let path = for_log(parts.uri.path());
                tracing::debug!(method = %parts.method, path, status = 200, korrelasjonsid = for_log(id), "answered");
            }
            succeeded(answer, asked.party)
        }
        Err(error) => failed(&error, Cause::Natural, asked.party, parts, id),
    }
}

fn succeeded(answer: Answer, party: Option<&Party>) -> Response<Body> {
    let mut response = Response::new(Either::Left(Full::new(answer.body)));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(answer.content_type));
    if let Some(warning) = answer.warning {
        response.headers_mut().insert(SANDBOX_WARNING, HeaderValue::from_static(warning));
    }
    label(&mut response, Cause::Natural, party);
    response
}

fn failed(error: &ServiceError, cause: Cause, party: Option<&Party>, parts: &Parts, id: &str) -> Response<Body> {
    tell(parts, error.kode.status, error.kode.code, cause, id);
    // Whoever admits neither format is told so in JSON.
    let format = negotiate(&parts.headers).unwrap_or_default();
    let mut response = Response::new(Either::Left(Full::new(error.body(format, id).into())));
    *response.status_mut() = StatusCode::from_u16(error.kode.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(format.content_type()));
    if let Some(allow) = error.allow {
        headers.insert(ALLOW, HeaderValue::from_static(allow));
    }
    if let Some(warning) = error.warning {
        headers.insert(SANDBOX_WARNING, HeaderValue::from_static(warning));
    }
    if response.status() == StatusCode::UNAUTHORIZED {
        let challenge = error.challenge.as_deref().unwrap_or("Bearer");
        let challenge = HeaderValue::from_str(challenge).unwrap_or(HeaderValue::from_static("Bearer"));
        response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
    }
    label(&mut response, cause, party);
    response
}

fn refuse(refused: &Refused, parts: &Parts, id: &str) -> Response<Body> {
    tell(parts, 400, "refused", Cause::RefusedModifier, id);
    let body = serde_json::to_vec(refused).unwrap_or_default();
    let mut response = Response::new(Either::Left(Full::new(body.into())));
    *response.status_mut() = StatusCode::BAD_REQUEST;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    label(&mut response, Cause::RefusedModifier, None);
    response
}

async fn page(state: &State, request: Request<Incoming>) -> Response<Body> {
    let answered = state.pages.clone().call(request.map(axum::body::Body::new)).await;
    let mut response = answered.unwrap_or_else(|never| match never {}).map(Either::Right);
    label(&mut response, Cause::Natural, None);
    response
}

/// What every answer says of itself.
fn label(response: &mut Response<Body>, cause: Cause, party: Option<&Party>) {
    let headers = response.headers_mut();
    headers.insert(SANDBOX_CAUSE, HeaderValue::from_static(cause.name()));
    let scenario =
        party.map_or(Ok(HeaderValue::from_static("none")), |party| HeaderValue::from_str(&ascii(&party.kilde)));
    headers.insert(SANDBOX_SCENARIO, scenario.unwrap_or(HeaderValue::from_static("none")));
}

/// A file's name as a header can carry it.
fn ascii(name: &str) -> Cow<'_, str> {
    const NOT_IN_HEADERS: &AsciiSet = &CONTROLS.add(b'%');
    utf8_percent_encode(name, NOT_IN_HEADERS).into()
}

/// The caller's id, from the header or the query; a new one where there is none that can be sent back.
fn korrelasjonsid(parts: &Parts, state: &State) -> String {
    let header = parts.headers.get(KORRELASJONSID).and_then(|value| value.to_str().ok()).map(Cow::from);
    let query = || {
        let pairs = form_urlencoded::parse(parts.uri.query()?.as_bytes());
        pairs.into_iter().find(|(key, _)| key.eq_ignore_ascii_case("korrelasjonsid")).map(|(_, value)| value)
    };
    let usable = |id: &Cow<'_, str>| (1..=128).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic());
    match header.filter(usable).or_else(|| query().filter(usable)) {
        Some(id) => id.into_owned(),
        None => state.new_id(),
    }
}

/// One log line for an answer that is no success, without what a log must not hold.
fn tell(parts: &Parts, status: u16, code: &str, cause: Cause, id: &str) {
    let (method, path, id) = (&parts.method, for_log(parts.uri.path()), for_log(id));
    tracing::info!(%method, path, status, code, cause = cause.name(), korrelasjonsid = id, "answered");
}

/// A text from a caller as a log may hold it: decoded, so that nothing hides behind an encoding; masked;
/// on one line; of bearable length.
fn for_log(text: &str) -> String {
    let decoded = percent_encoding::percent_decode_str(text).decode_utf8_lossy();
    let mut safe: String = mask_personal_numbers(&decoded).chars().flat_map(char::escape_debug).take(300).collect();
    if safe.len() >= 300 {
        safe.push('…');
    }
    safe
}
