//! Modifiers: what is asked of the sandbox for one call, each key with where it was said.

use std::fmt;
use std::sync::Arc;

use http::HeaderMap;
use percent_encoding::percent_decode_str;

use super::Cause;
use super::key::Key;
use super::refused::Refused;
use crate::catalogue::{Catalogue, Demanded, Edition, OwnModifier, Service};
use crate::domain::clock::Now;
use crate::faults::effects::{Delay, Drift, Effects, FAULTS, Fault};

/// A value, and what put it there.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sourced<T> {
    pub(crate) value: T,
    pub(crate) cause: Cause,
}

/// The name of a session: 1 to 64 letters, digits, dots, underscores, hyphens.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SessionName(Box<str>);

impl SessionName {
    /// The form that [`SessionName::parse`] takes, for people and contracts.
    pub(crate) const FORM: &'static str = "[A-Za-z0-9._-]{1,64}";

    pub(crate) fn parse(text: &str) -> Option<Self> {
        let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
        // Clients take names of dots for parts of a path.
        let name = (1..=64).contains(&text.len()) && text.bytes().all(fits) && text.bytes().any(|b| b != b'.');
        name.then(|| Self(text.into()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SessionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The modifiers of one call or rule. A code stays a text until it is known which service is addressed.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Modifiers {
    pub(crate) error: Option<Sourced<Arc<str>>>,
    pub(crate) delay: Option<Sourced<Delay>>,
    pub(crate) fault: Option<Sourced<Fault>>,
    pub(crate) session: Option<Sourced<SessionName>>,
    pub(crate) edition: Option<Sourced<Edition>>,
    pub(crate) now: Option<Sourced<(Now, Arc<str>)>>,
    pub(crate) drift: Option<Sourced<Drift>>,
    pub(crate) party: Option<Sourced<Arc<str>>>,
    pub(crate) seed: Option<Sourced<u64>>,
    /// The name of the test that the call belongs to.
    pub(crate) test: Option<Sourced<Arc<str>>>,
    /// Those that only one service has.
    pub(crate) own: Vec<(&'static OwnModifier, Sourced<Arc<str>>)>,
    /// The seed of a rule that asks for drift, where the call has none.
    pub(crate) drift_seed: Option<u64>,
}

/// `Sandbox-…`, and what was probably meant to be: `X-Sandbox-…`, `Sandbox_…`, `SandboxError`, `Sanbox-Error`. The name
/// is in lower case.
fn is_meant_for_the_sandbox(name: &str) -> bool {
    // Most headers end here.
    if !name.starts_with(['s', 'x']) {
        return false;
    }
    let name = name.strip_prefix("x-").or_else(|| name.strip_prefix("x_")).unwrap_or(name);
    if !name.starts_with('s') {
        return false;
    }
    let first = name.split(['-', '_']).next().unwrap_or_default();
    let is_slip = || (5..=9).contains(&first.len()) && strsim::damerau_levenshtein(first, "sandbox") <= 2;
    name.starts_with("sandbox") || is_slip()
}

/// No modifiers.
static NONE: Modifiers = Modifiers {
    error: None,
    delay: None,
    fault: None,
    session: None,
    edition: None,
    now: None,
    drift: None,
    party: None,
    seed: None,
    test: None,
    own: Vec::new(),
    drift_seed: None,
};

impl Modifiers {
    /// Those that there may be. Most calls have none, and none are to be carried about for them.
    pub(crate) fn or_none(modifiers: Option<&Self>) -> &Self {
        modifiers.unwrap_or(&NONE)
    }

    /// Whether any header asks for something, or was meant to.
    pub(crate) fn are_any(headers: &HeaderMap) -> bool {
        headers.keys().any(|name| is_meant_for_the_sandbox(name.as_str()))
    }

    /// Reads every `Sandbox-…` header.
    pub(crate) fn of_headers(headers: &HeaderMap, catalogue: Catalogue) -> Result<Self, Box<Refused>> {
        let mut modifiers = Self::default();
        for name in headers.keys().filter(|name| is_meant_for_the_sandbox(name.as_str())) {
            let own = catalogue.modifiers().find(|own| own.header.eq_ignore_ascii_case(name.as_str()));
            let mut values = headers.get_all(name).iter();
            // Names of codes have letters that no header should have, so a value may be percent-encoded.
            let value = values.next().map(|value| String::from_utf8_lossy(value.as_bytes())).unwrap_or_default();
            let value = value.trim();
            if values.next().is_some() {
                return Err(given_twice(name.as_str()));
            }
            if let Some(own) = own {
                modifiers.take_own(own, own.header, value, Cause::Header)?;
                continue;
            }
            let Some(key) = Key::by_header(name.as_str()) else {
                let mut allowed = Key::headers();
                allowed.extend(catalogue.modifiers().map(|own| own.header.to_owned()));
                let detail =
                    format!("there is no modifier {}; the ones there are: {}", name.as_str(), allowed.join(", "));
                return Err(Refused::new(name.as_str(), None, detail, allowed));
            };
            let decoded = percent_decode_str(value).decode_utf8_lossy();
            let value = if matches!(key, Key::Error | Key::Test) { &*decoded } else { value };
            modifiers.take(key, key.header(), value, Cause::Header)?;
        }
        Ok(modifiers)
    }

    /// Reads what stands in the base URL.
    pub(crate) fn of_base_url(pairs: &[(String, String)], catalogue: Catalogue) -> Result<Self, Box<Refused>> {
        let mut modifiers = Self::default();
        for (i, (name, value)) in pairs.iter().enumerate() {
            if pairs[..i].iter().any(|(earlier, _)| earlier == name) {
                return Err(given_twice(name));
            }
            if let Some(own) = catalogue.modifiers().find(|own| own.name == name) {
                modifiers.take_own(own, name, value, Cause::BaseUrl)?;
                continue;
            }
            let Some(key) = Key::by_name(name) else {
                return Err(unknown_key(name, catalogue));
            };
            modifiers.take(key, name, value, Cause::BaseUrl)?;
        }
        Ok(modifiers)
    }

    /// The session that is named, whatever else there is, so that even a refusal is told in the right one.
    pub(crate) fn session_of(headers: &HeaderMap, base_url: &[(String, String)]) -> Option<SessionName> {
        let by_header = headers.get(Key::Session.header()).and_then(|value| value.to_str().ok()).map(str::trim);
        let by_url = || base_url.iter().find(|(name, _)| name == Key::Session.name()).map(|(_, value)| &**value);
        by_header.or_else(by_url).and_then(SessionName::parse)
    }

    /// Whether nothing is asked for that an answer tells as an effect.
    pub(crate) fn is_idle(&self) -> bool {
        self.delay.is_none()
            && self.fault.is_none()
            && self.drift.is_none()
            && self.now.is_none()
            && self.edition.is_none()
            && self.party.is_none()
            && self.own.is_empty()
    }

    /// The fault that leaves nothing of the answer.
    pub(crate) fn replacing(&self) -> Option<&Sourced<Fault>> {
        self.fault.as_ref().filter(|fault| fault.value.replaces_answer())
    }

    /// Refuses a fault that HTTP/2 cannot carry.
    pub(crate) fn fit_http2(&self) -> Result<(), Box<Refused>> {
        match self.fault.as_ref().map(|fault| fault.value).filter(|fault| !fault.fits_http2()) {
            None => Ok(()),
            Some(fault) => {
                let fits = |name: &&str| name.parse::<Fault>().is_ok_and(Fault::fits_http2);
                let others = FAULTS.iter().filter(|name| fits(name)).map(ToString::to_string).collect();
                Err(Refused::not_on_http2(fault.name(), others))
            }
        }
    }

    /// The answer is settled: by a code, or by a fault that leaves nothing of it.
    pub(crate) fn is_answered(&self) -> bool {
        self.error.is_some() || self.replacing().is_some()
    }

    /// Takes every key of `lower` that is not set here and has a place; says whether there was one. A code and a
    /// fault that replaces the answer are rivals: where one is set, a lower one of either kind has no place. Nor has
    /// what would change an answer that is not asked for.
    pub(crate) fn fill_from(&mut self, lower: &Self) -> bool {
        let (answered, replaced) = (self.is_answered(), self.replacing().is_some());
        let mut took = fill(&mut self.delay, lower.delay.as_ref());
        if !answered {
            took |= fill(&mut self.error, lower.error.as_ref());
            took |= fill(&mut self.edition, lower.edition.as_ref());
            took |= fill(&mut self.now, lower.now.as_ref());
            took |= fill(&mut self.party, lower.party.as_ref());
            for (own, value) in &lower.own {
                if !self.own.iter().any(|(known, _)| known == own) {
                    self.own.push((own, value.clone()));
                    took = true;
                }
            }
        }
        if !(answered && lower.replacing().is_some()) {
            took |= fill(&mut self.fault, lower.fault.as_ref());
        }
        if !replaced {
            took |= fill(&mut self.drift, lower.drift.as_ref());
        }
        took |= fill(&mut self.session, lower.session.as_ref());
        // A seed alone does nothing.
        fill(&mut self.seed, lower.seed.as_ref());
        fill(&mut self.test, lower.test.as_ref());
        took
    }

    /// What a scenario flag asks for, in the same words.
    pub(crate) fn of_flag(effects: &Effects) -> Self {
        fn chosen<T>(value: T) -> Sourced<T> {
            Sourced { value, cause: Cause::Scenario }
        }
        Self {
            error: effects.error.clone().map(chosen),
            delay: effects.delay.map(chosen),
            fault: effects.fault.map(chosen),
            drift: effects.drift.map(chosen),
            ..Self::default()
        }
    }

    /// The code asked for, which must belong to the target's service or be a common one.
    pub(crate) fn code(
        &self,
        service: Option<&'static Service>,
        catalogue: Catalogue,
    ) -> Result<Option<Sourced<Demanded>>, Box<Refused>> {
        let Some(error) = &self.error else {
            return Ok(None);
        };
        let known = Catalogue::demanded(service, &error.value);
        known.map(|value| Some(Sourced { value, cause: error.cause })).map_err(|unknown| {
            let allowed: Vec<String> = Catalogue::codes_at(service).map(|code| code.code.to_owned()).collect();
            let place = service.map_or("this URL, which belongs to no service,", |service| service.name);
            let owners = catalogue.owners_note(unknown);
            let detail = format!("{place} cannot give {unknown:?}{owners}; it can give {}", allowed.join(", "));
            Refused::new(name_as_written(Key::Error, error.cause), Some(unknown), detail, allowed)
        })
    }

    /// Refuses what means nothing at a service.
    pub(crate) fn for_service(&self, service: &'static Service) -> Result<(), Box<Refused>> {
        if let Some((own, given)) = self.own.iter().find(|(own, _)| !service.modifiers.contains(own)) {
            let name = if given.cause == Cause::Header { own.header } else { own.name };
            let detail = format!("{} does not have this modifier; leave it out", service.name);
            return Err(Refused::new(name, Some(&given.value), detail, Vec::new()));
        }
        match &self.party {
            Some(party) if !service.takes_party() => {
                let detail = format!("{} takes no party from here; leave this out", service.name);
                Err(Refused::new(name_as_written(Key::Party, party.cause), Some(&party.value), detail, Vec::new()))
            }
            _ => Ok(()),
        }
    }

    /// Refuses what would make one of the sandbox's own pages fail, which they never do on demand. What comes
    /// back is a warning for what has no effect there.
    pub(crate) fn for_own_page(&self) -> Result<Option<&'static str>, Box<Refused>> {
        let refuse = |key, cause, value: String| {
            let detail = format!("the sandbox's own pages take no {}; send it to a service", Key::name(key));
            Err(Refused::new(name_as_written(key, cause), Some(&value), detail, Vec::new()))
        };
        if let Some(error) = &self.error {
            return refuse(Key::Error, error.cause, error.value.to_string());
        }
        if let Some(delay) = &self.delay {
            return refuse(Key::Delay, delay.cause, delay.value.to_string());
        }
        if let Some(fault) = &self.fault {
            return refuse(Key::Fault, fault.cause, fault.value.to_string());
        }
        if let Some(drift) = &self.drift {
            return refuse(Key::Drift, drift.cause, drift.value.to_string());
        }
        let idle = self.edition.is_some() || self.now.is_some() || self.party.is_some() || self.seed.is_some();
        let idle = idle || !self.own.is_empty();
        Ok(idle.then_some("of the modifiers only session has an effect on the sandbox's own pages"))
    }
}

fn fill<T: Clone>(here: &mut Option<T>, lower: Option<&T>) -> bool {
    let fills = here.is_none() && lower.is_some();
    if fills {
        *here = lower.cloned();
    }
    fills
}

/// A key as its caller wrote it.
pub(crate) const fn name_as_written(key: Key, cause: Cause) -> &'static str {
    if matches!(cause, Cause::Header) { key.header() } else { key.name() }
}

pub(crate) fn unknown_key(name: &str, catalogue: Catalogue) -> Box<Refused> {
    let mut allowed = Key::names();
    allowed.extend(catalogue.modifiers().map(|own| own.name.to_owned()));
    let detail = format!("there is no key {name:?}; the ones there are: {}", allowed.join(", "));
    Refused::new(name, None, detail, allowed)
}

fn given_twice(name: &str) -> Box<Refused> {
    Refused::new(name, None, format!("{name} is given more than once"), Vec::new())
}
