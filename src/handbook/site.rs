//! All documents as files, for a web server of files: the same pages with links between files.

use super::contents::DOCUMENTS;
use super::page::{Place, document_page, index_page};
use crate::page::style;

/// The styles of the pages, among the files of the page for testers.
pub(super) const STYLES: [&str; 2] = ["page.css", "docs.css"];

/// A file of the site.
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) content: Vec<u8>,
}

/// The files of the site, without the contracts that they link to (`openapi/NAME.json`).
pub(crate) fn files() -> Vec<File> {
    let index = File { name: "index.html".to_owned(), content: index_page(Place::Files).into_string().into() };
    let documents = DOCUMENTS.iter().map(|document| File {
        name: format!("{}.html", document.name),
        content: document_page(document, Place::Files).into_string().into(),
    });
    let styles =
        STYLES.iter().filter_map(|name| Some(File { name: (*name).to_owned(), content: style(name)?.to_vec() }));
    std::iter::once(index).chain(documents).chain(styles).collect()
}
