//! The sandbox's own pages: the start page, health, OpenAPI documents, and the control API below `/sandbox`. Services
//! add pages of their own (`Hooks::pages`).

mod capsule;
mod catalogue;
mod choices;
mod clock;
mod coverage;
mod docs;
mod guard;
mod ledger;
mod live;
mod log;
mod log_words;
mod metrics;
mod openapi;
mod openapi_views;
pub(crate) mod parties;
mod preview;
mod queries;
mod report;
mod request_filter;
mod requests;
mod rules;
mod scenarios;
pub(crate) mod search;
mod sessions;
mod timeline;
mod verify;
pub(crate) mod welcome;

use std::sync::{Arc, OnceLock};

use axum::extract::{Extension, Path, RawQuery, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use axum::{Router, middleware};
use serde_json::{Value, json};

use crate::config::base_url;
use crate::interface::contract::{Version, servers, servers_of_edition};
use crate::interface::pages::{InSession, Problem, Shared};
use crate::interface::{Scheme, Services};
use crate::page::{LazyAssets, POLICY};
use crate::redact::visible;
pub(crate) use log::words as log_words_of;
use welcome::Welcome;

/// The sandbox's own pages. A request has the name of its session in its extensions.
pub(crate) struct Pages {
    health: Router,
    /// The others. They are a quarter of what a start would take, so they are made when one of them is first asked for.
    others: OnceLock<Router>,
    shared: Arc<Shared>,
}

impl Pages {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        let health = Router::new()
            .route(LIVE, get(live))
            .route(READY, get(ready))
            .method_not_allowed_fallback(wrong_method)
            .with_state(Arc::clone(&shared));
        Self { health, others: OnceLock::new(), shared }
    }

    /// The router of a path.
    pub(crate) fn of(&self, path: &str) -> Router {
        match path {
            LIVE | READY => self.health.clone(),
            _ => self.others.get_or_init(|| others(Arc::clone(&self.shared))).clone(),
        }
    }
}

const LIVE: &str = "/health/live";
const READY: &str = "/health/ready";

/// The router of all pages but those of `/health`.
fn others(shared: Arc<Shared>) -> Router {
    let mut router = Router::new()
        .route("/", get(index))
        .route("/favicon.ico", get(icon))
        .route("/tls/ca.pem", get(authority))
        .route("/openapi/{document}", get(openapi))
        .route("/page/{hash}/{name}", get(asset))
        .route("/docs", get(docs::index))
        .route("/docs/", get(docs::index))
        .route("/docs/{name}", get(docs::show));
    let assets = LazyAssets::new(shared.services);
    let mut control = control();
    for module in &shared.services.modules {
        if let Some(pages) = module.hooks.pages.map(|pages| pages()) {
            control = control.merge(pages.control);
            router = router.merge(pages.open);
        }
    }
    let control = control
        .fallback(no_such_page)
        .method_not_allowed_fallback(wrong_method)
        .layer(middleware::from_fn_with_state(Arc::clone(&shared), guard::guard));
    let metrics = get(metrics::show).layer(middleware::from_fn_with_state(Arc::clone(&shared), guard::guard));
    router
        .route("/metrics", metrics)
        .nest("/sandbox", control)
        .fallback(no_such_page)
        .method_not_allowed_fallback(wrong_method)
        .layer(Extension(assets))
        .with_state(shared)
}

fn control() -> Router<Arc<Shared>> {
    Router::new()
        .route("/rules", post(rules::add).get(rules::list).delete(rules::clear))
        .route("/rules/{id}", get(rules::show).delete(rules::delete))
        .route("/clock", get(clock::show).post(clock::change).delete(clock::follow))
        .route("/coverage", get(coverage::show).post(coverage::by_plan).delete(coverage::clear))
        .route("/requests/{number}", get(requests::show))
        .route("/report", get(report::make))
        .route("/har", get(requests::har))
        .route("/live", get(live::watch))
        .route("/journal", get(requests::lines))
        .route("/verify", post(verify::check))
        .route("/requests", get(requests::list).delete(requests::clear))
        .route("/scenarios/check", post(scenarios::check))
        .route("/scenarios", get(scenarios::show).put(scenarios::put).delete(scenarios::delete))
        .route("/sessions", get(sessions::list))
        .route("/sessions/{name}", get(sessions::show).put(sessions::put).delete(sessions::delete))
        .route("/sessions/{name}/reset", post(sessions::reset))
        .route("/capsule", get(capsule::save))
        .route("/log", get(log::show))
        .route("/undo", post(log::undo))
        .route("/parties", get(parties::list))
        .route("/parties/{number}", get(ledger::show))
        .route("/parties/{number}/picture", get(ledger::picture))
        .route("/parties/{number}/answers", get(preview::answers))
        .route("/timeline", get(timeline::show))
        .route("/catalogue", get(catalogue::show))
        .route("/choices", get(choices::list))
}

/// The OpenAPI document of a service, or of the control API, by name, in a version of OpenAPI.
pub(crate) fn document(name: &str, version: Version, services: &Services) -> Option<Value> {
    let document =
        if name == openapi::NAME { Some(openapi::document(services)) } else { services.contract(name).cloned() };
    document.map(|document| version.of(document))
}

/// The names of all OpenAPI documents.
pub(crate) fn documents(services: &Services) -> Vec<&str> {
    services.contracts().iter().map(|(name, _)| name.as_str()).chain([openapi::NAME]).collect()
}

/// The certificate of the authority that signed the sandbox's own, for clients that are to trust it.
async fn authority(State(shared): State<Arc<Shared>>) -> Response {
    match &shared.authority {
        Some(pem) => ([(header::CONTENT_TYPE, "application/x-pem-file")], pem.to_string()).into_response(),
        None => Problem::not_found("the sandbox has no authority of its own here (--tls self-signed)").into_response(),
    }
}

/// Shows that the process answers.
async fn live() -> Response {
    Json(json!({ "status": "UP" })).into_response()
}

/// Shows that scenarios are loaded, so that services answer, and that changes can be kept. If a reload failed, the earlier scenarios are still in use,
/// and there is a warning.
async fn ready(State(shared): State<Arc<Shared>>, InSession(session): InSession) -> Response {
    if let Some(reason) = shared.sessions.log().outage() {
        return (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "DOWN", "reason": reason }))).into_response();
    }
    let scenarios = &session.world().loaded.scenarios;
    let mut health = json!({ "status": "UP", "parties": scenarios.len(), "warnings": scenarios.warnings.len() });
    if let Some(failed) = session.library().failed() {
        health["warning"] = json!(format!(
            "the scenarios of {} do not load, so the earlier ones are still in use: {}; see GET /sandbox/scenarios",
            failed.at.format("%Y-%m-%dT%H:%M:%SZ"),
            failed.error
        ));
    }
    Json(health).into_response()
}

/// The start page: HTML for a browser, plain text for every other client.
async fn index(
    State(shared): State<Arc<Shared>>,
    Extension(assets): Extension<LazyAssets>,
    InSession(session): InSession,
    scheme: Scheme,
    headers: HeaderMap,
) -> Response {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let base = host.map_or_else(|| base_url(shared.address), |host| format!("{scheme}://{host}"));
    let welcome = Welcome::new(base, &session, shared.services, &shared.access);
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    if accept.contains("text/html") {
        let headers = [(header::CONTENT_SECURITY_POLICY, POLICY.as_str()), (header::CACHE_CONTROL, "no-store")];
        let frame = welcome.frame(&shared, assets.get().base());
        (headers, axum::response::Html(frame.html().into_string())).into_response()
    } else {
        visible(&welcome.text(), false).into_owned().into_response()
    }
}

/// A file of the page. Its URL changes with its content, so it never needs to be asked for again.
async fn asset(Extension(assets): Extension<LazyAssets>, Path((hash, name)): Path<(String, String)>) -> Response {
    let Some(file) = assets.get().find(&hash, &name) else {
        return no_such_page().await;
    };
    let headers = [
        (header::CONTENT_TYPE, file.content_type),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::ETAG, &format!("\"{hash}\"")),
    ];
    (headers, file.content.clone()).into_response()
}

/// The icon of the pages. Browsers ask for it by themselves.
const ICON: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#345"/><path d="M4 12V4h2v8zm4 0V4h2v3l2-3h2l-3 4 3 4h-2l-2-3v3z" fill="#fff"/></svg>"##;

async fn icon() -> Response {
    let headers = [(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "max-age=86400")];
    (headers, ICON).into_response()
}

/// An OpenAPI document, by its name and `.json`. It says that its paths are where the caller asked for it.
async fn openapi(
    State(shared): State<Arc<Shared>>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    scheme: Scheme,
    headers: HeaderMap,
) -> Response {
    let query = query.unwrap_or_default();
    let asked = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == "version").map(|(_, value)| value);
    let Some(version) = asked.as_deref().map_or(Some(Version::default()), Version::from_name) else {
        let detail = format!("there is no OpenAPI version of that name here; there are {}", Version::NAMES.join(", "));
        return Problem::bad_request(detail).into_response();
    };
    let name = name.strip_suffix(".json").unwrap_or_default();
    let Some(mut contract) = document(name, version, shared.services) else {
        return no_such_page().await;
    };
    let address = address_asked(scheme, &headers).unwrap_or_else(|| base_url(shared.address));
    // The edition that this server gives unasked needs no word in the address.
    let unasked = shared.options.edition.unwrap_or_default();
    contract["servers"] = match shared.services.edition_of_contract(name) {
        Some(edition) if edition != unasked => servers_of_edition(&address, edition),
        _ => servers(&address),
    };
    Json(contract).into_response()
}

/// The address that a caller used, as far as its request says. A proxy in front says what its own caller used.
fn address_asked(scheme: Scheme, headers: &HeaderMap) -> Option<String> {
    let first = |name: &str| headers.get(name)?.to_str().ok()?.split(',').next().map(str::trim);
    let host: Authority = first("x-forwarded-host").or_else(|| first("host"))?.parse().ok()?;
    let scheme = scheme.or_https_if(first("x-forwarded-proto") == Some("https"));
    Some(format!("{scheme}://{}", host.as_str()))
}

async fn no_such_page() -> Response {
    Problem::new(StatusCode::NOT_FOUND, "There is no such page", "the start page (/) lists what there is")
        .into_response()
}

async fn wrong_method() -> Response {
    let detail = "the page does not have this method; the header Allow lists the methods that it has";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "Another method is needed", detail).into_response()
}
