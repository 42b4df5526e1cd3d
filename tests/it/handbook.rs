//! The documents as pages: what `/docs` serves, and the site that `docs --out` writes. Every link leads somewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use innkreving_sandbox::Sandbox;

use crate::common::{get, sandbox};

fn binary(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_innkreving-sandbox")).args(arguments).output().expect("it runs")
}

/// The values of an attribute in a page.
fn values<'p>(page: &'p str, name: &str) -> Vec<&'p str> {
    let before = format!(" {name}=\"");
    page.split(before.as_str()).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// The names of all documents, by the files of the repository.
fn names() -> BTreeSet<String> {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let files = fs::read_dir(docs).expect("a folder").map(|entry| entry.expect("an entry").path());
    let files = files.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    files.map(|path| path.file_stem().expect("a name").to_string_lossy().into_owned()).collect()
}

/// The anchors of a page. None is there twice.
fn anchors(name: &str, page: &str) -> BTreeSet<String> {
    let ids = values(page, "id");
    let all: BTreeSet<String> = ids.iter().map(|id| (*id).to_owned()).collect();
    assert_eq!(all.len(), ids.len(), "{name} has an anchor twice");
    all
}

/// Checks all links of pages. `find` gives the page that a link without its anchor leads to; what is no page is asked for by `there`.
fn check_links(
    pages: &BTreeMap<String, String>,
    find: impl Fn(&str) -> Option<String>,
    there: impl Fn(&str) -> bool,
) -> usize {
    let anchors: BTreeMap<&String, BTreeSet<String>> =
        pages.iter().map(|(name, page)| (name, anchors(name, page))).collect();
    let repository = format!("{}/blob/main/", env!("CARGO_PKG_REPOSITORY"));
    let mut checked = 0;
    for (name, page) in pages {
        for link in values(page, "href") {
            checked += 1;
            let link = link.replace("&amp;", "&");
            if let Some(file) = link.strip_prefix(&repository) {
                let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(file.split('#').next().expect("a path"));
                assert!(file.exists(), "{name}: the repository has no {}", file.display());
                continue;
            }
            if link.contains("://") {
                let uri: http::Uri = link.parse().unwrap_or_else(|error| panic!("{name}: {link}: {error}"));
                assert!(
                    uri.scheme_str() == Some("https") && uri.host().is_some_and(|host| host.contains('.')),
                    "{link}"
                );
                continue;
            }
            let (path, anchor) = link.split_once('#').map_or((&*link, None), |(path, anchor)| (path, Some(anchor)));
            let target = if path.is_empty() { Some(name.clone()) } else { find(path) };
            match (target, anchor) {
                (Some(target), Some(anchor)) => {
                    // As a browser looks for it.
                    let anchor = percent_encoding::percent_decode_str(anchor).decode_utf8().expect("UTF-8");
                    assert!(anchors[&target].contains(&*anchor), "{name}: {link}: {target} has no anchor {anchor}");
                }
                (Some(target), None) => assert!(pages.contains_key(&target), "{name}: {link}"),
                (None, _) => assert!(there(path), "{name}: {link} leads nowhere"),
            }
        }
    }
    checked
}

#[test]
fn the_sandbox_serves_every_document_and_every_link_leads_somewhere() {
    let sandbox = sandbox();
    let mut pages = BTreeMap::new();
    for name in names().into_iter().chain([String::new()]) {
        let answer = get(&sandbox, &format!("/docs/{name}"), &[]);
        assert_eq!((answer.status, answer.header("content-type")), (200, "text/html; charset=utf-8"), "{name}");
        let policy = answer.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'") && !policy.contains("script") && !policy.contains("unsafe"),
            "{policy}"
        );
        let page = answer.text();
        for forbidden in ["<script", " style=", "javascript:", " onclick"] {
            assert!(!page.contains(forbidden), "{name} has {forbidden}");
        }
        pages.insert(name, page);
    }
    let find = |path: &str| path.strip_prefix("/docs/").map(str::to_owned);
    let checked = check_links(&pages, find, |path| get(&sandbox, path, &[]).status == 200);
    assert!(checked > 1000, "{checked}");
    // The list has each of them, and so has each page.
    for name in names() {
        let link = format!("href=\"/docs/{name}\"");
        assert!(pages.values().all(|page| page.contains(&link)), "{name} is not in the list");
    }
    let index = get(&sandbox, "/docs", &[]);
    assert_eq!(index.text(), pages[""], "with and without the last slash");
    // A table row, code, and a character that HTML has a meaning for.
    assert!(pages["fidelity"].contains("<a id=\"krav-period\"></a>"));
    assert!(pages["fidelity"].contains("{finans|regnskapssystem}"));
}

#[test]
fn a_document_is_also_markdown_and_a_wrong_name_is_answered_with_the_nearest() {
    let sandbox = sandbox();
    let answer = get(&sandbox, "/docs/faults.md", &[]);
    assert_eq!(answer.header("content-type"), "text/markdown; charset=utf-8");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/faults.md");
    assert_eq!(answer.text(), fs::read_to_string(file).expect("a text"));
    let wrong = get(&sandbox, "/docs/fidelty", &[]);
    assert_eq!(wrong.status, 404);
    assert!(wrong.text().contains("did you mean fidelity?"), "{}", wrong.text());
    for hostile in ["/docs/..%2fCargo.toml", "/docs/%00", "/docs/%ff", "/docs/a/b", "/docs/%3Cscript%3E"] {
        let answer = get(&sandbox, hostile, &[]);
        assert!((400..=404).contains(&answer.status), "{hostile}: {}", answer.status);
        assert!(!answer.header("content-type").contains("html"), "{hostile}");
    }
}

/// The names in `Sandbox-Fidelity` and the documents of headers are places that are there.
#[test]
fn what_explains_a_header_leads_to_its_place() {
    let sandbox = sandbox();
    let fidelity = anchors("fidelity", &get(&sandbox, "/docs/fidelity", &[]).text());
    let told = |sandbox: &Sandbox, path: &str| get(sandbox, path, &[]).header("sandbox-fidelity").to_owned();
    for path in ["finans/311851381/krav?fraOgMed=2026-01-01&tilOgMed=2026-06-30", "finans/999999999/aapnekrav"] {
        let told = told(&sandbox, &format!("/api/innkreving/kravogbetalinger/v1/{path}"));
        let (_, see) = told.split_once("see=").expect("statements");
        for name in see.split(',') {
            assert!(fidelity.contains(name), "{told}: docs/fidelity.md has no {name}");
        }
    }
    let headers = get(&sandbox, "/sandbox/catalogue", &[]).json()["headers"].clone();
    let documents = headers.as_array().expect("a list").iter().filter_map(|header| header["document"].as_str());
    let documents: Vec<&str> = documents.collect();
    assert!(documents.contains(&"fidelity"));
    for document in documents {
        assert_eq!(get(&sandbox, &format!("/docs/{document}"), &[]).status, 200, "{document}");
    }
}

#[test]
fn the_site_is_the_same_pages_as_files() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("site-{}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    let output = binary(&["docs", "--out", folder.to_str().expect("UTF-8")]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let read = |path: &Path| fs::read_to_string(path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    let files = fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let pages: BTreeMap<String, String> = files
        .filter(|path| path.extension().is_some_and(|extension| extension == "html"))
        .map(|path| (path.file_name().expect("a name").to_string_lossy().into_owned(), read(&path)))
        .collect();
    assert_eq!(pages.len(), names().len() + 1);
    // A link from the root of a server would leave a site that does not stand at one.
    let find = |path: &str| {
        assert!(!path.starts_with('/') && !path.contains(".."), "{path}");
        path.strip_suffix(".html").map(|_| path.to_owned())
    };
    let checked = check_links(&pages, find, |path| folder.join(path).is_file());
    assert!(checked > 1000, "{checked}");
    let _ = fs::remove_dir_all(&folder);
}

#[test]
fn the_subcommand_lists_and_prints_documents() {
    let list = String::from_utf8(binary(&["docs"]).stdout).expect("UTF-8");
    for name in names() {
        assert!(list.lines().any(|line| line.trim_start().starts_with(&format!("{name} "))), "{name}: {list}");
    }
    let printed = binary(&["docs", "tls"]);
    assert!(printed.status.success() && printed.stdout.starts_with(b"# HTTPS and real names\n"));
    let wrong = binary(&["docs", "faluts"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("did you mean faults?"));
}
