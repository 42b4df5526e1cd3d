//! What a new user needs to know. The banner at start, the plain text and the HTML page show the same.

use std::fmt::Write as _;
use std::sync::{Arc, LazyLock};

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::parties;
use crate::access::{Access, Level};
use crate::catalogue::{Edition, Service};
use crate::faults::reserved_numbers;
use crate::interface::{Sample, Services, pages};
use crate::scenario::Svar;
use crate::services::{ISSUER, own_token_url};
use crate::session::{Session, World};

/// The party of the curl line, if it exists. It has many kinds of claims and payments.
const EXAMPLE_PARTY: &str = "311851381";

/// The content of the start page.
pub(crate) struct Welcome<'s> {
    base: String,
    services: &'static Services,
    /// Title, full base URL and host form of each service.
    urls: Vec<(&'static str, String, String)>,
    /// The base URL of the service with the sample call, and the call. `None` if no service has one.
    sample: Option<(String, &'static Sample)>,
    session: &'s Session,
    world: Arc<World>,
    access: Level,
    /// A curl command to paste. `None` if there is no party.
    curl: Option<String>,
}

impl<'s> Welcome<'s> {
    pub(crate) fn new(base: String, session: &'s Session, services: &'static Services, access: &Access) -> Self {
        let port = base.rsplit(':').next().filter(|port| port.bytes().all(|b| b.is_ascii_digit()));
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        let urls = |service: &&'static Service| {
            let full = format!("{base}{}/{}", service.base, service.version);
            (service.title, full, format!("http://{}.localhost{port}/{}", service.name, service.version))
        };
        let urls: Vec<_> = services.catalogue.0.iter().map(urls).collect();
        let module = services.modules.iter().find(|module| module.hooks.sample.is_some());
        let sample = module.and_then(|module| {
            Some((format!("{base}{}/{}", module.service.base, module.service.version), module.hooks.sample.as_ref()?))
        });
        let world = session.world();
        let parties = world.loaded.scenarios.heads();
        let example = parties.iter().find(|(part, ..)| part == EXAMPLE_PARTY).or(parties.first());
        let example = example.map(|(part, ..)| part.clone());
        let access_level = access.level();
        // If every call needs a token, the command asks for one of the party each time. One in the text would expire in two
        // minutes.
        let needed = matches!(access_level, Level::Claims | Level::Signed);
        let scope = module.and_then(|module| module.service.scopes().first()).copied().unwrap_or_default();
        let curl = example.zip(sample.as_ref()).map(|(part, (below, sample))| {
            let fresh = || own_token_url(access, &part, scope, &base);
            match Some(()).filter(|()| needed && part.len() == 9).and_then(|()| fresh()) {
                Some(fresh) => {
                    let url = sample.with_token.replace("PARTY", &part);
                    format!("curl {below}/{url} -H \"Authorization: Bearer $(curl -s '{fresh}')\"")
                }
                None => format!("curl {below}/{}", sample.without_token.replace("PARTY", &part)),
            }
        });
        Self { base, services, urls, sample, session, world, access: access_level, curl }
    }

    /// Whether the link of a party leads to a literal answer, whose sums are not those of the ledger.
    fn links_to_literal(&self, part: &str, edition: Option<Edition>) -> bool {
        let Some((_, sample)) = &self.sample else {
            return false;
        };
        let endpoint = sample.without_token.rsplit('/').next().unwrap_or_default();
        let party = part.parse().ok().and_then(|part| self.world.loaded.scenarios.get(part));
        party.is_some_and(|party| {
            let edition = edition.or(party.utgave).unwrap_or_default();
            let leads_there = |svar: &Svar| {
                svar.endpoint.name == endpoint
                    && svar.periode.is_none()
                    && svar.edition.is_none_or(|only| only == edition)
            };
            party.svar.iter().any(leads_there)
        })
    }

    /// A note about access, if calls need a token.
    fn access_note(&self) -> Option<String> {
        let issuer = ISSUER.title;
        let needed =
            || format!("Every call needs a {issuer} token here (--auth claims or signed); without one it gets 401.");
        matches!(self.access, Level::Claims | Level::Signed).then(needed)
    }

    /// For a terminal.
    pub(crate) fn text(&self) -> String {
        let mut text = format!("innkreving-sandbox {} · {}\n", env!("CARGO_PKG_VERSION"), self.base);
        let _ = writeln!(text, "It is {} here.\n", self.session.today());
        for (title, full, host) in &self.urls {
            let _ = writeln!(text, "{title}\n  {full}\n  {host}");
        }
        if let Some(note) = self.access_note() {
            let _ = writeln!(text, "\n{note}");
        }
        let _ = writeln!(text, "\nParties");
        let parties = self.world.loaded.scenarios.heads();
        let width = parties.iter().map(|(_, navn, _)| navn.chars().count()).max().unwrap_or(0).min(40);
        for (part, navn, about) in parties {
            let _ = writeln!(text, "  {part:<11}  {navn:<width$}  {about}");
        }
        match &self.curl {
            Some(curl) => {
                let _ = writeln!(text, "\nTry\n  {curl}\n  {curl} -H 'Sandbox-Error: KB-002'");
            }
            None => text.push_str("  none: every call gets KB-009\n"),
        }
        text
    }

    /// For a browser. `edition` is the one of the server's setting.
    pub(crate) fn html(&self, edition: Option<Edition>) -> Markup {
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title { "innkreving-sandbox" }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    h1 { "innkreving-sandbox " small { (env!("CARGO_PKG_VERSION")) } }
                    p {
                        "A stand-in for Skatteetaten's collection services, to build and test against. "
                        "It is " (self.session.today()) " here. Nothing on this server is real."
                    }
                    h2 { "Base URLs" }
                    dl {
                        @for (title, full, host) in &self.urls {
                            dt { (title) }
                            dd { code { (full) } br; code { (host) } }
                        }
                    }
                    @if let Some(note) = self.access_note() { p { (note) } }
                    @if let Some(curl) = &self.curl { pre { (curl) } }
                    h2 { "Parties" }
                    table {
                        tr { th { "Part" } th { "Navn" } th { "Utgave" } th { "Åpne krav" } th { "Saldo" } th { "Good for" } }
                        @for party in parties::lines(self.session, self.services) {
                            tr {
                                td {
                                    @match &self.sample {
                                        Some((below, sample)) => {
                                            a href={ (below) "/" (sample.without_token.replace("PARTY", &party.part)) } { (party.part) }
                                        }
                                        None => { (party.part) }
                                    }
                                }
                                td { (party.navn) } td { (party.utgave.as_deref().unwrap_or("–")) }
                                @if self.links_to_literal(&party.part, edition) {
                                    td.number { "–" } td.number { "literal" }
                                } @else {
                                    td.number { (party.aapne_krav) } td.number { (party.saldo) }
                                }
                                td { (party.beskrivelse) }
                            }
                        }
                    }
                    h2 { "Error codes" }
                    p { "Ask for one with the header " code { "Sandbox-Error: KB-002" } ", or call a reserved organisation number." }
                    @for service in self.services.catalogue.0 {
                        table {
                            tr { th { "Code" } th { "HTTP" } th { (service.title) } th { "Reserved number" } }
                            @for (at, code) in service.codes.iter().enumerate() {
                                @let number = reserved_numbers().nth(at).filter(|_| service.has_parties());
                                tr {
                                    td { (code.code) } td { (code.status) } td { (code.area) }
                                    td { @if let Some((_, number)) = number { code { (number) } } }
                                }
                            }
                        }
                    }
                    p {
                        "OpenAPI: "
                        @for name in super::documents(self.services) {
                            a href={ "/openapi/" (name) ".json" } { (name) } " · "
                        }
                        a href="/sandbox/requests" { "The last requests" } " · "
                        a href="/health/ready" { "Health" }
                    }
                }
            }
        }
    }
}

/// The content security policy of the HTML page: that of all pages, and its own style, known by its hash.
pub(crate) static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = STANDARD.encode(digest(&SHA256, STYLE.as_bytes()));
    format!("{}; style-src 'sha256-{hash}'; form-action 'none'", pages::POLICY)
});

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}\
table{border-collapse:collapse;margin:1rem 0}td,th{text-align:left;padding:.25rem .75rem;border-bottom:1px solid #ccc;vertical-align:top}\
.number{text-align:right;font-variant-numeric:tabular-nums}pre,code{background:#f3f3f3;padding:.1rem .3rem}pre{padding:.75rem;overflow-x:auto}\
small{font-weight:normal;color:#666}";
