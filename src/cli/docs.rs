//! `docs`: the documents of this version, in a terminal or as a site.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use crate::catalogue::nearest;
use crate::control::{document, documents};
use crate::handbook::{DOCUMENTS, files, find};
use crate::interface::Services;
use crate::interface::contract::Version;
use crate::terminal::{UNUSABLE, print, print_error};

#[derive(Args)]
pub(super) struct DocsArgs {
    /// The document to print; without it, all of them are listed
    name: Option<String>,
    /// Write all documents as HTML, with the contracts, to this folder: a site for a web server of files
    #[arg(long, value_name = "FOLDER", conflicts_with = "name")]
    out: Option<PathBuf>,
}

pub(super) fn run(args: &DocsArgs, services: &Services) -> ExitCode {
    let done = match (&args.name, &args.out) {
        (_, Some(folder)) => site(folder, services),
        (Some(name), None) => text(name),
        (None, None) => Ok(list()),
    };
    match done {
        Ok(text) => print(&text),
        Err(why) => {
            print_error(&why);
            ExitCode::from(UNUSABLE)
        }
    }
}

fn list() -> String {
    let width = DOCUMENTS.iter().map(|document| document.name.len()).max().unwrap_or_default();
    let mut text = String::new();
    let mut part = "";
    for document in &DOCUMENTS {
        if document.part != part {
            part = document.part;
            let _ = writeln!(text, "{part}");
        }
        let _ = writeln!(text, "  {:<width$}  {}", document.name, document.title());
    }
    text
}

fn text(name: &str) -> Result<String, String> {
    let wanted = name.strip_suffix(".md").unwrap_or(name);
    find(wanted).map(|document| document.text.to_owned()).ok_or_else(|| {
        let near = nearest(wanted, DOCUMENTS.iter().map(|it| it.name));
        let hint = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
        format!("there is no document {wanted}; without a name all are listed{hint}")
    })
}

/// Writes the site. Files of that name are replaced, and others stay.
fn site(folder: &Path, services: &Services) -> Result<String, String> {
    let write = |name: &str, content: &[u8]| {
        let file = folder.join(name);
        let made = file.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&file, content));
        made.map_err(|error| format!("{}: {error}", file.display()))
    };
    let mut written = 0;
    for file in files() {
        write(&file.name, &file.content)?;
        written += 1;
    }
    for name in documents(services) {
        if let Some(contract) = document(name, Version::default(), services) {
            write(&format!("openapi/{name}.json"), format!("{contract:#}\n").as_bytes())?;
            written += 1;
        }
    }
    Ok(format!("{written} files in {}\n", folder.display()))
}
