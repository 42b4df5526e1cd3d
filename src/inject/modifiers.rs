//! Modifiers: what a single call asks of the sandbox, as `Sandbox-…` headers.

use http::HeaderMap;
use serde::Serialize;

use crate::catalogue::{Catalogue, Code, Edition, Service, nearest};
use crate::domain::clock::{ClockError, Now};

/// The modifiers of one call, read but for the code, which depends on where the call goes.
#[derive(Debug, Default)]
pub(crate) struct Modifiers {
    error: Option<String>,
    pub(crate) edition: Option<Edition>,
    pub(crate) now: Option<Now>,
    now_text: String,
}

const HEADERS: [&str; 3] = ["Sandbox-Error", "Sandbox-Edition", "Sandbox-Now"];

/// `Sandbox-…`, and what was probably meant to be: `X-Sandbox-…`, `Sandbox_…`.
fn means_the_sandbox(name: &str) -> bool {
    let name = name.strip_prefix("x-").unwrap_or(name);
    name.starts_with("sandbox-") || name.starts_with("sandbox_")
}

/// A modifier that cannot be taken, as a problem document (RFC 9457).
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Refused {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    detail: String,
    /// The header as it was given.
    modifier: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    /// What would have been taken.
    allowed: Vec<String>,
    /// The one of them that was probably meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    nearest: Option<String>,
}

impl Refused {
    fn new(modifier: &str, value: Option<&str>, detail: String, allowed: Vec<String>) -> Box<Self> {
        let nearest = nearest(value.unwrap_or(modifier), allowed.iter().map(String::as_str)).map(str::to_owned);
        Box::new(Self {
            r#type: "urn:innkreving-sandbox:refused-modifier",
            title: "The sandbox does not know this modifier or its value",
            status: 400,
            detail,
            modifier: modifier.to_owned(),
            value: value.map(str::to_owned),
            allowed,
            nearest,
        })
    }
}

fn refused_now(value: &str, error: ClockError) -> Box<Refused> {
    let forms = ["2026-03-01", "2026-03-01T12:00:00+01:00", "+30d", "-2w", "+1m"];
    Refused::new("Sandbox-Now", Some(value), format!("{value:?}: {error}"), forms.map(str::to_owned).to_vec())
}

impl Modifiers {
    /// Reads every `Sandbox-…` header.
    pub(crate) fn from_headers(headers: &HeaderMap) -> Result<Self, Box<Refused>> {
        let mut modifiers = Self::default();
        for name in headers.keys().filter(|name| means_the_sandbox(name.as_str())) {
            let Some(header) = HEADERS.iter().find(|known| known.eq_ignore_ascii_case(name.as_str())) else {
                let allowed = HEADERS.map(str::to_owned).to_vec();
                let detail =
                    format!("there is no modifier {}; the ones there are: {}", name.as_str(), allowed.join(", "));
                return Err(Refused::new(name.as_str(), None, detail, allowed));
            };
            let mut values = headers.get_all(name).iter();
            let value = values.next().and_then(|value| value.to_str().ok()).map(str::trim).unwrap_or_default();
            if values.next().is_some() {
                let detail = format!("{header} is given more than once");
                return Err(Refused::new(header, None, detail, Vec::new()));
            }
            modifiers.take(header, value)?;
        }
        Ok(modifiers)
    }

    fn take(&mut self, header: &str, value: &str) -> Result<(), Box<Refused>> {
        match header {
            "Sandbox-Error" => self.error = Some(value.to_owned()),
            "Sandbox-Edition" => {
                let refuse = |()| {
                    let allowed = Edition::NAMES.map(str::to_owned).to_vec();
                    Refused::new(header, Some(value), format!("there is no edition {value:?}"), allowed)
                };
                self.edition = Some(value.parse().map_err(refuse)?);
            }
            _ => {
                let refuse = |error| refused_now(value, error);
                self.now = Some(value.parse().map_err(refuse)?);
                value.clone_into(&mut self.now_text);
            }
        }
        Ok(())
    }

    /// Refuses a shift that leads out of the years that a clock may show.
    pub(crate) fn out_of_range(&self, error: ClockError) -> Box<Refused> {
        refused_now(&self.now_text, error)
    }

    /// The code asked for, which must belong to the target's service or be a common one.
    pub(crate) fn code(&self, service: Option<&'static Service>) -> Result<Option<&'static Code>, Box<Refused>> {
        let Some(error) = &self.error else {
            return Ok(None);
        };
        Catalogue::code_at(service, error).map(Some).ok_or_else(|| {
            let allowed: Vec<String> = Catalogue::codes_at(service).map(|code| code.code.to_owned()).collect();
            let place = service.map_or("this URL, which belongs to no service,", |service| service.name);
            let detail = format!("{place} cannot give {error:?}; it can give {}", allowed.join(", "));
            Refused::new("Sandbox-Error", Some(error), detail, allowed)
        })
    }

    /// Refuses what means nothing on the sandbox's own pages.
    pub(crate) fn for_own_page(&self) -> Result<(), Box<Refused>> {
        match &self.error {
            None => Ok(()),
            Some(error) => {
                let detail = "the sandbox's own pages give no error codes; send it to a service".to_owned();
                Err(Refused::new("Sandbox-Error", Some(error), detail, Vec::new()))
            }
        }
    }
}
