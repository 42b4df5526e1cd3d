//! The files of the page. They are in the binary, and their URLs hold a hash of all of them, so that a browser keeps them
//! and still never mixes those of two versions.

use std::fmt::Write as _;

use aws_lc_rs::digest::{SHA256, digest};
use include_dir::{Dir, include_dir};

use super::glossary;
use crate::interface::Services;

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/page/assets");

/// A style of the pages, by its name.
pub(crate) fn style(name: &str) -> Option<&'static [u8]> {
    FILES.get_file(name).map(include_dir::File::contents)
}

/// A file of the page.
#[derive(Debug)]
pub(crate) struct Asset {
    pub(crate) content_type: &'static str,
    pub(crate) content: Vec<u8>,
}

/// All files of the page: those of the house, and those of the services.
#[derive(Debug)]
pub(crate) struct Assets {
    files: Vec<(String, Asset)>,
    hash: String,
}

impl Assets {
    pub(crate) fn new(services: &Services) -> Self {
        let mut files: Vec<(String, Asset)> = FILES
            .files()
            .filter_map(|file| {
                let name = file.path().to_str()?;
                Some((name.to_owned(), Asset { content_type: content_type(name)?, content: file.contents().to_vec() }))
            })
            .collect();
        for panel in services.panels() {
            let content = panel.script.as_bytes().to_vec();
            files.push((format!("panel-{}.js", panel.name), Asset { content_type: SCRIPT, content }));
        }
        let content = glossary::json().into_bytes();
        files.push(("glossary.json".to_owned(), Asset { content_type: "application/json", content }));
        files.sort_by(|(one, _), (other, _)| one.cmp(other));
        let mut all = Vec::new();
        for (name, file) in &files {
            all.extend_from_slice(name.as_bytes());
            all.extend_from_slice(&file.content);
        }
        let mut hash = String::new();
        for byte in &digest(&SHA256, &all).as_ref()[..8] {
            let _ = write!(hash, "{byte:02x}");
        }
        Self { files, hash }
    }

    /// The path that the files stand below.
    pub(crate) fn base(&self) -> String {
        format!("/page/{}", self.hash)
    }

    /// A file by the hash and the name of its URL.
    pub(crate) fn get(&self, hash: &str, name: &str) -> Option<&Asset> {
        self.files.iter().find(|(known, _)| hash == self.hash && known == name).map(|(_, file)| file)
    }
}

const SCRIPT: &str = "text/javascript; charset=utf-8";

fn content_type(name: &str) -> Option<&'static str> {
    match name.rsplit_once('.')?.1 {
        "js" => Some(SCRIPT),
        "css" => Some("text/css; charset=utf-8"),
        _ => None,
    }
}
