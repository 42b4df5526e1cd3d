//! A document in its frame: the list of all documents beside it, and links that lead where the documents are.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::contents::{DOCUMENTS, Document};
use super::markdown::render;

/// Where the repository shows a file of it.
const REPOSITORY: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/");

/// Where the documents are, so that links lead there.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place<'p> {
    /// Below `/docs/` of a sandbox, whose style is at this path.
    Sandbox { style: &'p str },
    /// In a folder of files.
    Files,
}

impl Place<'_> {
    /// The address of a document, or of the list without one.
    fn address(self, document: Option<&str>) -> String {
        match (self, document) {
            (Self::Sandbox { .. }, None) => "/docs/".to_owned(),
            (Self::Sandbox { .. }, Some(name)) => format!("/docs/{name}"),
            (Self::Files, None) => "index.html".to_owned(),
            (Self::Files, Some(name)) => format!("{name}.html"),
        }
    }

    /// Where a link of a document leads: another document, a contract, a file of the repository, or the world.
    fn link(self, link: &str) -> String {
        if link.contains("://") || link.starts_with('#') {
            return link.to_owned();
        }
        let (file, anchor) = link.split_once('#').map_or((link, String::new()), |(file, to)| (file, format!("#{to}")));
        let document = file.strip_suffix(".md").filter(|name| DOCUMENTS.iter().any(|it| it.name == *name));
        match (document, self) {
            (Some(name), _) => self.address(Some(name)) + &anchor,
            (None, Self::Sandbox { .. }) if file.starts_with("openapi/") => format!("/{file}"),
            (None, Self::Files) if file.starts_with("openapi/") => file.to_owned(),
            (None, _) => match file.strip_prefix("../") {
                Some(file) => format!("{REPOSITORY}{file}{anchor}"),
                None => format!("{REPOSITORY}docs/{file}{anchor}"),
            },
        }
    }

    fn styles(self) -> Markup {
        html! {
            @for name in super::site::STYLES {
                @match self {
                    Self::Sandbox { style } => { link rel="stylesheet" href={ (style) "/" (name) }; }
                    Self::Files => { link rel="stylesheet" href=(name); }
                }
            }
        }
    }
}

/// A document as a page.
pub(crate) fn document_page(document: &Document, place: Place<'_>) -> Markup {
    let rendered = render(document.text, &|link| place.link(link));
    let sections = html! {
        ul { @for (anchor, title) in &rendered.sections { li { a href={ "#" (anchor) } { (title) } } } }
    };
    let body = html! {
        @if !rendered.sections.is_empty() {
            details.here { summary { "On this page" } (sections) }
        }
        article { (PreEscaped(&rendered.html)) }
    };
    framed(document.title(), place, Some((document.name, &sections)), &body)
}

/// The list of all documents, with what each is about.
pub(crate) fn index_page(place: Place<'_>) -> Markup {
    let about = |document: &Document| {
        let lead = render(document.text, &str::to_owned).lead;
        lead.split_once(". ").map_or(lead.clone(), |(first, _)| format!("{first}."))
    };
    let body = html! {
        h1 { "Documents" }
        p { "A stand-in for Skatteetaten's collection services, to build and test against. This is version " (env!("CARGO_PKG_VERSION")) "." }
        @for part in parts() {
            h2 { (part) }
            dl.documents {
                @for document in DOCUMENTS.iter().filter(|it| it.part == part) {
                    dt { a href=(place.address(Some(document.name))) { (document.title()) } }
                    dd { (about(document)) }
                }
            }
        }
    };
    framed("Documents", place, None, &body)
}

/// The parts of the list, each once.
fn parts() -> Vec<&'static str> {
    let mut parts: Vec<&str> = DOCUMENTS.iter().map(|document| document.part).collect();
    parts.dedup();
    parts
}

fn framed(title: &str, place: Place<'_>, here: Option<(&str, &Markup)>, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · innkreving-sandbox" }
                (place.styles())
                @if let Place::Sandbox { .. } = place { link rel="icon" href="/favicon.ico"; }
            }
            body.docs {
                a.skip href="#main" { "Skip to the content" }
                header {
                    p.name { a href=(place.address(None)) { "innkreving-sandbox" } " " small { (env!("CARGO_PKG_VERSION")) } }
                    p {
                        a href=(place.address(None)) { "All documents" }
                        @if let Place::Sandbox { .. } = place { " " a href="/" { "The page for testers" } }
                    }
                }
                div.columns {
                    nav aria-label="Documents" {
                        @for part in parts() {
                            p { (part) }
                            ul {
                                @for document in DOCUMENTS.iter().filter(|it| it.part == part) {
                                    @let (is_here, sections) = match here {
                                        Some((name, sections)) if name == document.name => (true, Some(sections)),
                                        _ => (false, None),
                                    };
                                    li {
                                        a href=(place.address(Some(document.name))) aria-current=[is_here.then_some("page")] { (document.title()) }
                                        @if let Some(sections) = sections { (sections) }
                                    }
                                }
                            }
                        }
                    }
                    main #main tabindex="-1" { (body) }
                }
            }
        }
    }
}
