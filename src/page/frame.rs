//! The frame of the page: what a browser gets at once, and what it has without scripts.

use std::sync::LazyLock;

use maud::{DOCTYPE, Markup, html};

use crate::interface::pages;

/// The content security policy: that of all pages, and what this page has: its own scripts, its own style, calls of its own
/// server, and pictures that it makes itself. No script of it can write HTML from text.
pub(crate) static POLICY: LazyLock<String> = LazyLock::new(|| {
    format!(
        "{}; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' blob:; form-action 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'",
        pages::POLICY
    )
});

/// What stands in the frame.
pub(crate) struct Frame<'f> {
    /// The path of the page's files.
    pub(crate) files: String,
    pub(crate) session: &'f str,
    pub(crate) day: String,
    /// Whether the control API answers.
    pub(crate) control: bool,
    /// Name and title of the panels of services.
    pub(crate) panels: Vec<(&'static str, &'static str)>,
    /// Title, base URL and host form of each service.
    pub(crate) urls: &'f [(&'static str, String, String)],
    /// A command to paste.
    pub(crate) curl: Option<&'f str>,
    /// What a newcomer has to know of access.
    pub(crate) note: Option<String>,
    pub(crate) parties: Vec<PartyRow>,
    /// The names of the OpenAPI documents.
    pub(crate) contracts: Vec<String>,
}

/// A party in the list.
pub(crate) struct PartyRow {
    pub(crate) part: String,
    pub(crate) navn: String,
    /// The URL of a call about it.
    pub(crate) url: Option<String>,
    /// How many claims are open, and the balance. `None` if a literal answer says otherwise.
    pub(crate) sums: Option<(String, String)>,
    pub(crate) about: String,
}

/// The views of the house, by name and title. The panels of the services come before the last one.
const VIEWS: [(&str, &str); 6] = [
    ("parties", "Parties"),
    ("try", "Try it"),
    ("journal", "Journal"),
    ("time", "Time"),
    ("rules", "Rules and sessions"),
    ("scenarios", "Scenarios"),
];

/// The view that comes last.
const LAST: (&str, &str) = ("coverage", "Coverage");

impl Frame<'_> {
    pub(crate) fn html(&self) -> Markup {
        let views = VIEWS.iter().chain(&self.panels).chain([&LAST]);
        html! {
            (DOCTYPE)
            html lang="en" data-files=(self.files) data-session=(self.session) data-control=(if self.control { "on" } else { "off" }) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { "innkreving-sandbox" }
                    link rel="stylesheet" href={ (self.files) "/page.css" };
                    link rel="icon" href="/favicon.ico";
                    script type="module" src={ (self.files) "/app.js" } {}
                }
                body {
                    a.skip href="#main" { "Skip to the content" }
                    header {
                        h1 { a href="#parties" { "innkreving-sandbox" } " " small { (env!("CARGO_PKG_VERSION")) } }
                        p #where {
                            span { "session " b { (self.session) } } " "
                            span { "day " time #today { (self.day) } }
                        }
                    }
                    @if self.control {
                        nav aria-label="Views" {
                            ul { @for (name, title) in views { li { a href={ "#" (name) } { (title) } } } li { a href="/docs" { "Help" } } }
                        }
                    }
                    div #notice role="status" {
                        @if !self.control {
                            p.notice {
                                "The control API is switched off (--control off), so this page can only show the parties below and their calls. "
                                "Start the sandbox without that option to use the rest of it."
                            }
                        }
                    }
                    main #main tabindex="-1" { (self.first()) }
                    footer {
                        p { "Nothing on this server is real. Contracts: "
                            @for name in &self.contracts { a href={ "/openapi/" (name) ".json" } { (name) } " " }
                            "· " a href="/docs" { "documents" } " · " a href="#glossary" { "glossary" } " · " a href="/health/ready" { "health" }
                        }
                    }
                }
            }
        }
    }

    /// What stands there until a view takes its place; without scripts it stays.
    fn first(&self) -> Markup {
        html! {
            h2 { "Parties" }
            p { "A stand-in for Skatteetaten's collection services, to build and test against. It is " (self.day) " here." }
            @if let Some(note) = &self.note { p { (note) } }
            div.wide {
                table {
                    thead { tr { th { "Part" } th { "Navn" } th.number { "Åpne krav" } th.number { "Saldo" } th { "Good for" } } }
                    tbody {
                        @for party in &self.parties {
                            tr {
                                td { @match &party.url { Some(url) => { a href=(url) { (party.part) } } None => { (party.part) } } }
                                td { (party.navn) }
                                @match &party.sums {
                                    Some((open, saldo)) => { td.number { (open) } td.number { (saldo) } }
                                    None => { td.number { "–" } td.number { "literal" } }
                                }
                                td { (party.about) }
                            }
                        }
                    }
                }
            }
            h2 { "Base URLs" }
            dl.urls {
                @for (title, full, host) in self.urls { dt { (title) } dd { code { (full) } " " code { (host) } } }
            }
            @if let Some(curl) = self.curl { pre { code { (curl) } } }
        }
    }
}
