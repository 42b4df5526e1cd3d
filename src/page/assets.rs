//! The files of the page. They are in the binary, and their URLs hold a hash of all of them, so that a browser keeps them
//! and still never mixes those of two versions.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::{Arc, OnceLock};

use aws_lc_rs::digest::{Context, SHA256};
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
    pub(crate) content: Cow<'static, [u8]>,
}

/// The files of the page, put together when somebody first asks for one.
#[derive(Clone)]
pub(crate) struct LazyAssets {
    services: &'static Services,
    made: Arc<OnceLock<Assets>>,
}

impl LazyAssets {
    pub(crate) fn new(services: &'static Services) -> Self {
        Self { services, made: Arc::default() }
    }

    pub(crate) fn get(&self) -> &Assets {
        self.made.get_or_init(|| Assets::new(self.services))
    }
}

/// All files of the page: those of the house, and those of the services.
#[derive(Debug)]
pub(crate) struct Assets {
    files: Vec<(String, Asset)>,
    hash: String,
}

impl Assets {
    fn new(services: &Services) -> Self {
        let mut files: Vec<(String, Asset)> = FILES
            .files()
            .filter_map(|file| {
                let name = file.path().to_str()?;
                Some((
                    name.to_owned(),
                    Asset { content_type: content_type(name)?, content: Cow::Borrowed(file.contents()) },
                ))
            })
            .collect();
        for panel in services.panels() {
            let content = Cow::Borrowed(panel.script.as_bytes());
            files.push((format!("panel-{}.js", panel.name), Asset { content_type: SCRIPT, content }));
        }
        let content = Cow::Owned(glossary::json().into_bytes());
        files.push(("glossary.json".to_owned(), Asset { content_type: "application/json", content }));
        files.sort_by(|(one, _), (other, _)| one.cmp(other));
        let mut all = Context::new(&SHA256);
        for (name, file) in &files {
            all.update(name.as_bytes());
            all.update(&file.content);
        }
        let mut hash = String::new();
        for byte in &all.finish().as_ref()[..8] {
            let _ = write!(hash, "{byte:02x}");
        }
        Self { files, hash }
    }

    /// The path that the files stand below.
    pub(crate) fn base(&self) -> String {
        format!("/page/{}", self.hash)
    }

    /// A file by the hash and the name of its URL.
    pub(crate) fn find(&self, hash: &str, name: &str) -> Option<&Asset> {
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
