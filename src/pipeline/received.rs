//! A request as it came, taken apart once: its id, its modifiers, its path without them.

use http::request::Parts;
use http::{HeaderMap, Request};
use hyper::body::Incoming;

use chrono::{DateTime, Utc};
use http::{Response, Uri};
use http_body_util::Either;
use tower_service::Service as _;

use super::{Body, State, body, id, response};
use crate::catalogue::{BodyPolicy, Catalogue};
use crate::faults::base_url;
use crate::faults::modifiers::{Modifiers, SessionName};
use crate::faults::refused::Refused;
use crate::interface;
use crate::router::{Target, resolve};
use crate::session::call_id::CallId;

/// A request as it came.
pub(super) struct Received {
    /// The headers and the URL as they came, modifiers included.
    pub(super) parts: Parts,
    /// The body; nothing after it was read.
    pub(super) body: Option<Incoming>,
    pub(super) id: CallId,
    /// The real time when the request came.
    pub(super) real: DateTime<Utc>,
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
        let path = parts.uri.path();
        let prefix = base_url::split(path);
        let (pairs, path_from) = match &prefix {
            Ok(prefix) => (&prefix.pairs[..], path.len() - prefix.path.len()),
            Err(_) => (&[][..], 0),
        };
        let any = !pairs.is_empty() || Modifiers::are_any(&parts.headers);
        let session = if any { Modifiers::session_of(&parts.headers, pairs) } else { None };
        let wishes = match &prefix {
            Err(refused) => Err(refused.clone()),
            Ok(_) if any => {
                Wishes::read(&parts.headers, pairs, state.services.catalogue).map(|wishes| Some(Box::new(wishes)))
            }
            Ok(_) => Ok(None),
        };
        let real = state.sessions.time.real();
        Self { body: Some(body), id, real, session, wishes, path_from, parts }
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

    /// The raw query, without the question mark.
    pub(super) fn query(&self) -> &str {
        self.parts.uri.query().unwrap_or_default()
    }

    /// Finds its target. Refuses modifiers that the target cannot use.
    pub(super) fn target(&self, state: &State) -> Result<Target, Box<Refused>> {
        let wishes = self.wishes.as_ref().map_err(Clone::clone)?;
        let target = resolve(state.services, &self.parts, self.path());
        let Some(wishes) = wishes else {
            return Ok(target);
        };
        let both = [&wishes.headers, &wishes.base_url];
        match &target {
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
        Ok(target)
    }

    /// Whether the endpoint reads a body.
    pub(super) fn wants_body(target: &Target) -> bool {
        match target {
            Target::Service { route, .. } => body::policy(route) != BodyPolicy::None,
            Target::Page | Target::Nothing => false,
        }
    }

    /// Reads the body if the endpoint wants it.
    pub(super) async fn read_body(&mut self, target: &Target) -> interface::Body {
        let Target::Service { route, .. } = target else {
            return interface::Body::None;
        };
        body::read(route, &self.parts, &mut self.body).await
    }

    /// Hands the request to the sandbox's own pages.
    pub(super) async fn page(mut self, state: &State) -> Response<Body> {
        let warning = Modifiers::or_none(self.merged().as_deref()).for_own_page().ok().flatten();
        let body = self.body.take().map_or_else(axum::body::Body::empty, axum::body::Body::new);
        if self.path_from > 0 {
            self.parts.uri = without_prefix(&self.parts.uri, self.path());
        }
        let mut request = Request::from_parts(self.parts, body);
        request.extensions_mut().insert(self.session);
        let answered = state.pages.clone().call(request).await;
        let mut answer = answered.unwrap_or_else(|never| match never {}).map(Either::Right);
        response::label_page(&mut answer, &self.id, warning);
        answer
    }
}

/// Replaces the path of a URL.
fn without_prefix(written: &Uri, path: &str) -> Uri {
    let with_query = written.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
    let mut parts = written.clone().into_parts();
    parts.path_and_query = with_query.parse().ok();
    Uri::from_parts(parts).unwrap_or_else(|_| Uri::from_static("/"))
}
