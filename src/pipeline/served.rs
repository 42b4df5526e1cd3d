//! What surrounds every request: proper HTTP, room for what it sends and for what it gets, and the end of the connection if
//! some of it stays unread.

use std::sync::Arc;

use http::header::{CONNECTION, HOST, HeaderValue};
use http::{HeaderMap, Method, Request, Response, StatusCode, Uri, Version};
use http_body_util::{BodyExt, Either, Full};
use hyper::body::{Body as _, Incoming};

use super::answered::Answered;
use super::received::Received;
use super::{Body, HungUp, State, handle, response};
use crate::body::ReadToEnd;
use crate::faults::refused::Refused;
use crate::load::{Busy, SMALL, Share};
use crate::wire::Wire;

/// Which requests a connection may send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Admits {
    All,
    /// It is beyond the limit, so it may only ask for the health.
    Health,
}

/// The first part of the paths that always answer.
const HEALTH: &str = "/health/";

/// The most that the headers of a request may take together. More is answered with 431; hyper itself refuses far more.
const LONGEST_HEAD: usize = 64 * 1024;

const CONNECTIONS: Busy =
    Busy("as many connections are open as may be open at the same time (--max-connections); only /health answers");

/// Answers one request, or hangs up on it.
pub(crate) async fn serve(
    state: Arc<State>,
    mut request: Request<Incoming>,
    wire: &Wire,
    admits: Admits,
) -> Result<Response<Body>, HungUp> {
    let read = (!request.body().is_end_stream()).then(ReadToEnd::default);
    if let Some(read) = &read {
        request.extensions_mut().insert(read.clone());
    }
    let is_long = head_size(request.headers()) > LONGEST_HEAD;
    if is_long {
        state.metrics.count_improper();
    }
    let mut answer = if is_long {
        long_head()
    } else {
        let admitted = admitted(&state, &mut request, admits).await;
        let mut received = Received::new(request, &state);
        match admitted {
            Ok(_room) => handle(&state, &mut received, wire).await?,
            Err(refused) => Answered::refused(&received, &refused, None).send(&mut received, wire, &state).await?,
        }
    };
    let unread = read.is_some_and(|read| !read.get());
    if unread {
        wire.linger();
    }
    // hyper leaves this header out of an answer of HTTP/2.
    if unread || is_long || admits == Admits::Health {
        answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    Ok(answer)
}

/// The response for headers that are too long, as hyper gives it.
fn long_head() -> Response<Body> {
    let mut response = Response::new(Either::Left(Full::default()));
    *response.status_mut() = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
    response
}

/// How many bytes the headers of a request take.
fn head_size(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len()).sum()
}

/// Checks a request before anything is done for it, and keeps room for its body and for its answer. What is returned is
/// the room of the body.
async fn admitted(
    state: &State,
    request: &mut Request<Incoming>,
    admits: Admits,
) -> Result<Option<Share>, Box<Refused>> {
    if request.version() == Version::HTTP_2
        && let Err(refused) = name_host(request)
    {
        state.metrics.count_improper();
        return Err(refused);
    }
    let hosts = request.headers().get_all(HOST).iter().count();
    if hosts > 1 {
        state.metrics.count_improper();
        let detail = format!("the request has {hosts} headers Host, and may have one");
        return Err(Refused::bad_request("Host", detail));
    }
    if hosts == 0 && request.version() >= Version::HTTP_11 {
        state.metrics.count_improper();
        return Err(Refused::bad_request("Host", "the request has no header Host, as HTTP/1.1 demands".to_owned()));
    }
    if request.uri().path().starts_with(HEALTH) {
        return Ok(None);
    }
    let busy = |busy: Busy| Refused::busy(busy.0);
    if admits == Admits::Health {
        return Err(busy(state.load.refuse(CONNECTIONS)));
    }
    if let Some(reserved) = state.load.reserve(request.uri()).await.map_err(busy)? {
        request.extensions_mut().insert(reserved);
    }
    let has_body = !request.body().is_end_stream() && !matches!(*request.method(), Method::GET | Method::HEAD);
    if has_body { state.load.receive(request.body().size_hint().exact()).await.map_err(busy) } else { Ok(None) }
}

/// Gives a request of HTTP/2 the form of HTTP/1.1: the host stands in `Host`, and the URL begins with the path. RFC 9113, section 8.3.1, says
/// when the two names of the host contradict each other.
fn name_host(request: &mut Request<Incoming>) -> Result<(), Box<Refused>> {
    let Some(authority) = request.uri().authority() else {
        let detail = "the request has neither :authority nor a header Host".to_owned();
        let has_host = request.headers().contains_key(HOST);
        return if has_host { Ok(()) } else { Err(Refused::bad_request(":authority", detail)) };
    };
    let named = request.headers().get(HOST).map(HeaderValue::as_bytes);
    if named.is_some_and(|host| !host.eq_ignore_ascii_case(authority.as_str().as_bytes())) {
        let detail = format!("the header Host names another host than :authority ({authority})");
        return Err(Refused::bad_request("Host", detail));
    }
    if named.is_none()
        && let Ok(host) = HeaderValue::from_str(authority.as_str())
    {
        request.headers_mut().insert(HOST, host);
    }
    if let Some(path) = request.uri().path_and_query() {
        *request.uri_mut() = Uri::from(path.clone());
    }
    Ok(())
}

/// Counts a large page until it is sent. Answers of services are counted when they are made.
pub(super) async fn counted(state: &State, uri: &Uri, answer: Response<Body>) -> Response<Body> {
    let (head, body) = answer.into_parts();
    let page = match body {
        Either::Right(page) if page.size_hint().exact().is_some_and(|size| size > SMALL as u64) => page,
        other => return Response::from_parts(head, other),
    };
    let bytes = page.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    match state.load.count(uri, bytes, None, None) {
        Ok(bytes) => Response::from_parts(head, Either::Left(Full::new(bytes))),
        Err(busy) => response::busy(busy),
    }
}
