//! `/docs`: the documents, as pages and as Markdown.

use std::sync::LazyLock;

use axum::extract::{Extension, Path};
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use maud::Markup;

use crate::catalogue::nearest;
use crate::handbook::{DOCUMENTS, Place, document_page, find, index_page};
use crate::interface::pages::{self, Problem};
use crate::page::LazyAssets;

/// The content security policy: text with the style of the pages, and nothing that runs.
static POLICY: LazyLock<String> =
    LazyLock::new(|| format!("{}; style-src 'self'; img-src 'self'; form-action 'none'", pages::POLICY));

pub(super) async fn index(Extension(assets): Extension<LazyAssets>) -> Response {
    page(index_page(Place::Sandbox { style: &assets.get().base() }))
}

/// A document as a page, or its text if the name ends in `.md`.
pub(super) async fn show(Extension(assets): Extension<LazyAssets>, Path(name): Path<String>) -> Response {
    let wanted = name.strip_suffix(".md").unwrap_or(&name);
    let Some(document) = find(wanted) else {
        let hint = nearest(wanted, DOCUMENTS.iter().map(|it| it.name));
        let hint = hint.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
        return Problem::not_found(format!("there is no document {wanted:?}; /docs lists them{hint}")).into_response();
    };
    if wanted != name {
        return ([(header::CONTENT_TYPE, "text/markdown; charset=utf-8")], document.text).into_response();
    }
    page(document_page(document, Place::Sandbox { style: &assets.get().base() }))
}

fn page(markup: Markup) -> Response {
    let headers = [(header::CONTENT_SECURITY_POLICY, POLICY.as_str()), (header::CACHE_CONTROL, "no-cache")];
    (headers, Html(markup.into_string())).into_response()
}
