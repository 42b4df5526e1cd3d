//! The documents of docs/ as pages: what `/docs` serves, and what `innkreving-sandbox docs --out` writes for a web server of
//! files. One list of documents and one renderer for both.

mod contents;
mod markdown;
mod page;
mod site;

pub(crate) use contents::{DOCUMENTS, find};
pub(crate) use page::{Place, document_page, index_page};
pub(crate) use site::files;
