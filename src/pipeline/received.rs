//! A request as it came, taken apart once: its id, its modifiers, its path without them.

use std::sync::Arc;

use http::header::{AUTHORIZATION, USER_AGENT};
use http::request::Parts;
use http::{HeaderMap, Method, Request, StatusCode, Version};
use hyper::body::Incoming;

use axum::response::IntoResponse as _;
use chrono::{DateTime, Utc};
use http::{Response, Uri};
use http_body_util::Either;
use tower_service::Service as _;

use super::served::counted;
use super::{Body, State, body, id, response};
use crate::body::Paced;
use crate::browser::{Foreign, Passed};
use crate::catalogue::{BodyPolicy, Catalogue};
use crate::faults::base_url;
use crate::faults::modifiers::{Modifiers, SessionName};
use crate::faults::refused::Refused;
use crate::interface::{self, pages::Problem};
use crate::redact::redacted;
use crate::router::{Target, area, resolve};
use crate::session::Session;
use crate::session::call_id::CallId;
use crate::session::registry::DEFAULT;
use crate::traces::parent::TraceParent;

/// A request as it came.
pub(super) struct Received {
    /// The headers and the URL as they came, modifiers included.
    pub(super) parts: Parts,
    /// The body; nothing after it was read.
    pub(super) body: Option<Paced>,
    pub(super) id: CallId,
    /// The trace that it is part of.
    pub(super) trace: Option<TraceParent>,
    /// The real time when the request came.
    pub(super) real: DateTime<Utc>,
    /// The session that it belongs to, once that is known, for the log.
    pub(super) found: Option<Arc<Session>>,
    /// The session that the call names, even if other modifiers are wrong.
    pub(super) session: Option<SessionName>,
    /// Its modifiers, or why they cannot be used; nothing if it has none.
    pub(super) wishes: Result<Option<Box<Wishes>>, Box<Refused>>,
    /// Where the path without modifiers begins.
    path_from: usize,
}

/// The modifiers of a call, by carrier.
#[derive(Default)]
pub(super) struct Wishes {
    pub(super) headers: Modifiers,
    pub(super) base_url: Modifiers,
}

impl Wishes {
    fn read(headers: &HeaderMap, base_url: &[(String, String)], catalogue: Catalogue) -> Result<Self, Box<Refused>> {
        let base_url = Modifiers::of_base_url(base_url, catalogue);
        Ok(Self { headers: Modifiers::of_headers(headers, catalogue)?, base_url: base_url? })
    }

    /// Both carriers merged; the headers win.
    pub(super) fn merged(&self) -> Modifiers {
        let mut merged = self.headers.clone();
        merged.fill_from(&self.base_url);
        merged
    }
}

impl Received {
    pub(super) fn new(request: Request<Incoming>, state: &State) -> Self {
        let (parts, body) = request.into_parts();
        let id = id::of(&parts, state);
        let trace = TraceParent::of(&parts.headers);
        let path = parts.uri.path();
        let prefix = base_url::split(path);
        let path_from = path.len() - prefix.path.len();
        let any = !prefix.pairs.is_empty() || Modifiers::are_any(&parts.headers);
        let session = if any { Modifiers::session_of(&parts.headers, &prefix.pairs) } else { None };
        let wishes = match prefix.refused {
            Some(refused) => Err(refused),
            None if any => Wishes::read(&parts.headers, &prefix.pairs, state.services.catalogue)
                .map(|wishes| Some(Box::new(wishes))),
            None => Ok(None),
        };
        let real = state.sessions.time.real();
        let body = Paced::new(body, state.load.limits.pace(), parts.extensions.get().cloned());
        Self { body: Some(body), id, trace, real, found: None, session, wishes, path_from, parts }
    }

    /// Its modifiers, those of the headers over those of the base URL.
    pub(super) fn merged(&self) -> Option<Box<Modifiers>> {
        let wishes = self.wishes.as_ref().ok().and_then(Option::as_ref)?;
        Some(Box::new(wishes.merged()))
    }

    /// The path without modifiers.
    pub(super) fn path(&self) -> &str {
        let path = &self.parts.uri.path()[self.path_from..];
        if path.is_empty() { "/" } else { path }
    }

    /// Whether its URL has neither modifiers nor a query.
    pub(super) fn is_bare(&self) -> bool {
        self.path_from == 0 && self.parts.uri.query().is_none()
    }

    /// The name of its session, as a log may show it; empty before it is known.
    pub(super) fn session_name(&self) -> &str {
        self.found.as_ref().map_or("", |session| &session.name)
    }

    /// The id of its trace, for the log.
    pub(super) fn trace_id(&self) -> Option<&str> {
        self.trace.as_ref().map(TraceParent::trace_id)
    }

    /// The raw query, without the question mark.
    pub(super) fn query(&self) -> &str {
        self.parts.uri.query().unwrap_or_default()
    }

    /// Whether a web page has sent it, and may do so. A link on a foreign page may show a page of the sandbox, but not
    /// begin a session.
    pub(super) fn sender(&self, state: &State) -> Result<Passed, Foreign> {
        let area = area(state.services, self.path());
        let is_service_host =
            |name: &str| state.services.catalogue.0.iter().any(|service| service.is_owners_host(name));
        let passed = state.browsers.judge(&self.parts, area, is_service_host)?;
        let name = self.session.as_ref().filter(|_| passed == Passed::Link);
        match name.filter(|name| state.sessions.existing(name.as_str()).is_none()) {
            None => Ok(passed),
            Some(name) => Err(Foreign::begins_session(name.as_str())),
        }
    }

    /// Finds its target.
    pub(super) fn target(&self, state: &State) -> Target {
        resolve(state.services, &self.parts, self.path())
    }

    /// Refuses modifiers that cannot be read, or that the target cannot use.
    pub(super) fn check_modifiers(&self, target: &Target, state: &State) -> Result<(), Box<Refused>> {
        let Some(wishes) = self.wishes.as_ref().map_err(Clone::clone)? else {
            return Ok(());
        };
        let both = [&wishes.headers, &wishes.base_url];
        if self.parts.version == Version::HTTP_2 {
            both.into_iter().try_for_each(Modifiers::fit_http2)?;
        }
        match target {
            Target::Page => both.into_iter().try_for_each(|modifiers| modifiers.for_own_page().map(drop))?,
            Target::Nothing => {
                both.into_iter().try_for_each(|it| it.code(None, state.services.catalogue).map(drop))?;
            }
            Target::Service { route, .. } => {
                let service = route.module.service;
                for modifiers in both {
                    modifiers.for_service(service)?;
                    modifiers.code(Some(service), state.services.catalogue)?;
                }
            }
        }
        Ok(())
    }

    /// Whether the endpoint reads a body.
    pub(super) fn wants_body(target: &Target) -> bool {
        match target {
            Target::Service { route, .. } => body::policy(route) != BodyPolicy::None,
            Target::Page | Target::Nothing => false,
        }
    }

    /// Whether nothing but the body can say which session the call belongs to: by the client of a token request.
    pub(super) fn only_body_names_session(&self, target: &Target) -> bool {
        let is_form =
            matches!(target, Target::Service { route, .. } if matches!(body::policy(route), BodyPolicy::Form { .. }));
        is_form && self.session.is_none() && !self.parts.headers.contains_key(AUTHORIZATION)
    }

    /// Reads the body if the endpoint wants it.
    pub(super) async fn read_body(&mut self, target: &Target) -> interface::Body {
        let Target::Service { route, .. } = target else {
            return interface::Body::None;
        };
        body::read(route, &self.parts, &mut self.body).await
    }

    /// Hands the request to the sandbox's own pages. Its headers and its body are theirs then.
    pub(super) async fn page(&mut self, state: &State) -> Response<Body> {
        let warning = Modifiers::or_none(self.merged().as_deref()).for_own_page().ok().flatten();
        let told = ToldPage::of(self);
        let body = self.body.take().map_or_else(axum::body::Body::empty, axum::body::Body::new);
        let asked = self.parts.uri.clone();
        let without_prefix = (self.path_from > 0).then(|| without_prefix(&asked, self.path()));
        let parts = std::mem::replace(&mut self.parts, Request::new(()).into_parts().0);
        self.path_from = 0;
        let mut request = Request::from_parts(parts, body);
        if let Some(uri) = without_prefix {
            *request.uri_mut() = uri;
        }
        request.extensions_mut().insert(self.session.take());
        // These tell of this process alone, so they are answered whatever the store does.
        let path = request.uri().path();
        let is_of_process = path.starts_with("/health/") || path == "/metrics";
        let is_reader = request.method().is_safe();
        let mark = state.sessions.log().mark();
        if !is_of_process && let Err(why) = state.sessions.log().fresh().await {
            let mut answer = Problem::from(why).into_response().map(Either::Right);
            response::label_page(&mut answer, &self.id, warning);
            told.log(answer.status(), &self.id);
            return answer;
        }
        let answered = state.pages.of(request.uri().path()).call(request).await;
        let mut answer = answered.unwrap_or_else(|never| match never {}).map(Either::Right);
        // What the page tells must be there after a crash.
        if !is_of_process && let Err(why) = state.sessions.log().settled_since(mark).await {
            let problem = if is_reader { Problem::unsettled(&why) } else { Problem::from(why) };
            answer = problem.into_response().map(Either::Right);
        }
        response::label_page(&mut answer, &self.id, warning);
        told.log(answer.status(), &self.id);
        counted(state, &asked, answer).await
    }
}

/// How much of a caller's name the log tells, in characters.
const LONGEST_AGENT: usize = 100;

/// A call of a page, as the log tells it.
struct ToldPage {
    method: Method,
    path: String,
    session: String,
    /// The program that called, by its own word.
    agent: Option<String>,
}

impl ToldPage {
    fn of(received: &Received) -> Self {
        Self {
            method: received.parts.method.clone(),
            path: redacted(received.path()).into_owned(),
            session: received.session.as_ref().map_or(DEFAULT, SessionName::as_str).to_owned(),
            agent: received.parts.headers.get(USER_AGENT).map(|value| {
                let told = String::from_utf8_lossy(value.as_bytes());
                redacted(&told).chars().take(LONGEST_AGENT).collect()
            }),
        }
    }

    /// A page that is only looked at is not told of, unless its key was missing.
    fn log(&self, status: StatusCode, id: &CallId) {
        let Self { method, path, session, agent } = self;
        if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) || !method.is_safe() {
            let (method, id) = (redacted(method.as_str()), redacted(id.as_str()));
            tracing::info!(session, %method, path, status = status.as_u16(), korrelasjonsid = &*id, user_agent = agent.as_deref(), "control call");
        }
    }
}

/// Replaces the path of a URL.
fn without_prefix(written: &Uri, path: &str) -> Uri {
    let with_query = written.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
    let mut parts = written.clone().into_parts();
    parts.path_and_query = with_query.parse().ok();
    Uri::from_parts(parts).unwrap_or_else(|_| Uri::from_static("/"))
}
