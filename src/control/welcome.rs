//! What a new user needs to know. The banner at start, the plain text and the HTML page show the same.

use std::fmt::Write as _;
use std::sync::Arc;

use super::parties::{self, PartyLine};
use crate::access::{Access, Level};
use crate::catalogue::{Edition, Service};
use crate::interface::pages::Shared;
use crate::interface::{Sample, Services};
use crate::page::{Frame, PartyRow};
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

    /// For a browser: the frame of the page. `files` is the path of its scripts.
    pub(crate) fn frame(&self, shared: &Shared, files: String) -> Frame<'_> {
        let row = |party: PartyLine| {
            let link = |(below, sample): &(String, &Sample)| {
                format!("{below}/{}", sample.without_token.replace("PARTY", &party.part))
            };
            let is_literal = self.links_to_literal(&party.part, shared.options.edition);
            PartyRow {
                url: self.sample.as_ref().map(link),
                sums: (!is_literal).then(|| (party.aapne_krav.to_string(), party.saldo.to_string())),
                part: party.part,
                navn: party.navn,
                about: party.beskrivelse,
            }
        };
        Frame {
            files,
            session: &self.session.name,
            day: self.session.today().to_string(),
            control: shared.control,
            panels: self.services.panels().map(|panel| (panel.name, panel.title)).collect(),
            urls: &self.urls,
            curl: self.curl.as_deref(),
            note: self.access_note(),
            parties: parties::lines(self.session, self.services).into_iter().map(row).collect(),
            contracts: super::documents(self.services).into_iter().map(str::to_owned).collect(),
        }
    }
}
