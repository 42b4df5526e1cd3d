//! A call as an endpoint's function sees it.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, NaiveDate, Utc};
use http::HeaderMap;
use serde::de::DeserializeOwned;

use super::module::{Operation, ServiceModule};
use super::negotiation::Format;
use super::path::{self, Path};
use super::refusal::Refusal;
use super::registry::Services;
use super::routes::GivenPackage;
use super::scheme::Scheme;
use super::subject::Subject;
use crate::access::{Access, Caller};
use crate::catalogue::{Catalogue, Check, Edition, Endpoint, OwnModifier};
use crate::config::{Options, ServiceSettings};
use crate::faults::modifiers::Sourced;
use crate::log::NotKept;
use crate::scenario::Party;
use crate::session::call_id::CallId;
use crate::session::{Session, World};

/// A call of a service.
pub struct Call<'r> {
    pub(crate) headers: &'r HeaderMap,
    /// How the caller reached the sandbox.
    pub(crate) scheme: Scheme,
    /// The path below the service's base.
    pub(crate) path: &'r Path<'r>,
    /// The raw query, without the question mark.
    pub(crate) query: &'r str,
    pub(crate) body: &'r Body,
    /// The id of the call.
    pub(crate) id: &'r CallId,
    pub(crate) target: Target<'r>,
    /// Whom it is about.
    pub(crate) subject: &'r Subject,
    pub(crate) instants: Instants,
    /// The edition that the caller asks for.
    pub(crate) edition: Option<Edition>,
    /// The format of the body that is wanted.
    pub(crate) format: Format,
    /// Who calls, by the token.
    pub(crate) caller: &'r Caller,
    pub(crate) access: &'r Access,
    pub(crate) session: &'r Arc<Session>,
    pub(crate) world: &'r World,
    pub(crate) options: &'r Options,
    pub(crate) settings: &'r ServiceSettings,
    /// The modifiers that only the service has.
    pub(crate) own: &'r [(&'static OwnModifier, Sourced<Arc<str>>)],
    /// All services there are.
    pub(crate) catalogue: Catalogue,
    pub(crate) services: &'static Services,
}

impl Call<'_> {
    /// The edition of the answer: the one that the caller asks for, otherwise that of the server's setting, otherwise that
    /// of the party, otherwise the newest. A service without editions has the default one.
    pub(crate) fn edition_of_answer(&self) -> Edition {
        if !self.target.module.service.has_editions {
            return Edition::default();
        }
        let of_party = || self.party().and_then(|party| party.utgave);
        self.edition.or(self.options.edition).or_else(of_party).unwrap_or_default()
    }
}

/// Where a call goes.
#[derive(Clone, Copy)]
pub(crate) struct Target<'r> {
    pub(crate) module: &'static ServiceModule,
    /// Its endpoint; nothing for an unknown URL.
    pub(crate) endpoint: Option<&'static Endpoint>,
    pub(crate) package: &'r GivenPackage,
    /// The path began with the service's base; otherwise the host named the service.
    pub(crate) at_base: bool,
}

/// What the time is for a call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Instants {
    /// The observer's instant.
    pub(crate) now: DateTime<Utc>,
    /// The observer's day in Norway.
    pub(crate) day: NaiveDate,
    /// The instant that tokens are checked at.
    pub(crate) tokens: DateTime<Utc>,
}

/// The body of a call.
#[derive(Debug, Default)]
pub enum Body {
    /// The endpoint reads none.
    #[default]
    None,
    /// JSON, not read yet.
    Json(Bytes),
    /// A form, not read yet.
    Form(Bytes),
    /// The parts of a form.
    Parts(Vec<Field>),
    /// It is longer than its limit, in bytes.
    TooLarge(usize),
    /// It cannot be read. The text says why, in Norwegian.
    Unreadable(Cow<'static, str>),
}

impl Body {
    /// A form as it came; empty where there is none.
    pub(crate) fn form(&self) -> &[u8] {
        match self {
            Self::Form(bytes) => bytes,
            _ => &[],
        }
    }
}

/// A part of a multipart form.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// The name of the file that it holds.
    pub file_name: Option<String>,
    /// Its content type, as the caller says.
    pub content_type: Option<String>,
    /// What it holds.
    pub bytes: Bytes,
}

impl Call<'_> {
    /// The value of a place of the endpoint's path, decoded.
    pub fn place(&self, name: &str) -> Option<Cow<'_, str>> {
        self.path.part(path::place(self.target.endpoint?.path, name)?)
    }

    /// The first value of a query parameter, decoded.
    pub fn query(&self, name: &str) -> Option<String> {
        let mut pairs = form_urlencoded::parse(self.query.as_bytes());
        pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    /// The JSON body.
    ///
    /// # Errors
    /// The service's refusal of a body that cannot be read, with line and column.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        let bytes = match self.body {
            Body::Json(bytes) => &bytes[..],
            _ => &[],
        };
        serde_json::from_slice(bytes).map_err(|error| {
            Refusal::failed(self.target.module.service, Check::Body, "Innholdet i kallet kan ikke leses som JSON")
                .hint(format!("the body cannot be read: {error}"))
        })
    }

    /// The bytes of the body; empty where there is none.
    pub fn bytes(&self) -> &[u8] {
        match self.body {
            Body::Json(bytes) | Body::Form(bytes) => bytes,
            _ => &[],
        }
    }

    /// The parts of a multipart body.
    pub fn parts(&self) -> &[Field] {
        match self.body {
            Body::Parts(parts) => parts,
            _ => &[],
        }
    }

    /// The value of a modifier that only the service has.
    pub fn modifier(&self, name: &str) -> Option<&str> {
        self.own.iter().find(|(own, _)| own.name == name).map(|(_, given)| &*given.value)
    }

    /// The observer's day in Norway.
    pub fn day(&self) -> NaiveDate {
        self.instants.day
    }

    /// The refusal of a call whose change could not be written, so that nothing has changed.
    pub(crate) fn not_kept(&self, why: &NotKept) -> Refusal {
        self.target.module.not_kept(why)
    }

    /// The operation of the endpoint.
    pub(crate) fn operation(&self) -> Option<&'static Operation> {
        let module = self.target.module;
        let endpoint = self.target.endpoint?;
        let number = module.service.endpoints.iter().position(|known| std::ptr::eq(known, endpoint))?;
        module.operations.get(number)
    }

    /// The number of the party that the call is about, valid or not.
    pub fn party_number(&self) -> Option<String> {
        Some(self.subject.number.text().as_str().to_owned()).filter(|text| !text.is_empty())
    }

    /// The party, where a scenario names it.
    pub fn party(&self) -> Option<&Arc<Party>> {
        self.subject.party.as_ref()
    }

    /// The name of the session that the call belongs to.
    pub fn session_name(&self) -> &str {
        &self.session.name
    }
}
