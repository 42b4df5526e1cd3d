//! Reads the value of each key from its text.

use chrono::{DateTime, Utc};

use super::Cause;
use super::key::Key;
use super::modifiers::{Modifiers, SessionName, Sourced};
use super::refused::Refused;
use crate::catalogue::{Edition, OwnModifier};
use crate::domain::clock::ClockError;
use crate::faults::effects::BadValue;

/// The longest name of a test, in characters.
const LONGEST_TEST: usize = 200;

impl Modifiers {
    /// Reads one value; `name` is the key as the caller wrote it.
    pub(crate) fn take(&mut self, key: Key, name: &str, value: &str, cause: Cause) -> Result<(), Box<Refused>> {
        fn chosen<T>(value: T, cause: Cause) -> Sourced<T> {
            Sourced { value, cause }
        }
        let bad = |error: BadValue| {
            let allowed = error.allowed.iter().map(|form| (*form).to_owned()).collect();
            Refused::new(name, Some(value), format!("{name}: {error}"), allowed)
        };
        let refused = |why: &str, allowed: &[&str]| {
            let allowed: Vec<String> = allowed.iter().map(|form| (*form).to_owned()).collect();
            Refused::new(name, Some(value), format!("{name}: {value:?} is {why}"), allowed)
        };
        match key {
            Key::Error => self.error = Some(chosen(value.into(), cause)),
            Key::Delay => self.delay = Some(chosen(value.parse().map_err(bad)?, cause)),
            Key::Fault => self.fault = Some(chosen(value.parse().map_err(bad)?, cause)),
            Key::Drift => self.drift = Some(chosen(value.parse().map_err(bad)?, cause)),
            Key::Session => {
                let session = SessionName::parse(value).ok_or_else(|| {
                    refused(
                        "no name of a session: 1 to 64 letters, digits, dots, underscores, hyphens",
                        &[SessionName::FORM],
                    )
                })?;
                self.session = Some(chosen(session, cause));
            }
            Key::Edition => {
                let edition = value.parse().map_err(|()| refused("no edition", &Edition::NAMES))?;
                self.edition = Some(chosen(edition, cause));
            }
            Key::Now => {
                let now = value.parse().map_err(|error| refused_now(name, value, error))?;
                self.now = Some(chosen((now, value.into()), cause));
            }
            Key::Party => {
                let digits = matches!(value.len(), 9 | 11) && value.bytes().all(|b| b.is_ascii_digit());
                if !digits {
                    return Err(refused("no number of a party: 9 or 11 digits", &[]));
                }
                self.party = Some(chosen(value.into(), cause));
            }
            Key::Test => {
                let is_short = (1..=LONGEST_TEST).contains(&value.chars().count());
                if !is_short || value.chars().any(char::is_control) {
                    return Err(refused(
                        "no name of a test: 1 to 200 characters, none of them a control character",
                        &[],
                    ));
                }
                self.test = Some(chosen(value.into(), cause));
            }
            Key::Seed => {
                let seed = value.parse().map_err(|_| refused("no seed: a whole number from 0", &[]))?;
                self.seed = Some(chosen(seed, cause));
            }
        }
        Ok(())
    }

    /// Reads one value of a modifier that only one service has.
    pub(crate) fn take_own(
        &mut self,
        own: &'static OwnModifier,
        name: &str,
        value: &str,
        cause: Cause,
    ) -> Result<(), Box<Refused>> {
        if !(own.takes)(value) {
            let allowed: Vec<String> = own.values.iter().map(|form| (*form).to_owned()).collect();
            let detail = format!("{name}: {value:?} is no value of it; write {}", allowed.join(", "));
            return Err(Refused::new(name, Some(value), detail, allowed));
        }
        self.own.push((own, Sourced { value: value.into(), cause }));
        Ok(())
    }

    /// The time that the call sees, given the time that the session's clock shows. Refused if a shift leads to a year
    /// that a clock may not show.
    pub(crate) fn observed(&self, shown: DateTime<Utc>) -> Result<DateTime<Utc>, Box<Refused>> {
        let Some(Sourced { value: (now, text), cause }) = &self.now else {
            return Ok(shown);
        };
        let name = super::modifiers::name_as_written(Key::Now, *cause);
        now.resolve(shown).map_err(|error| refused_now(name, text, error))
    }
}

fn refused_now(name: &str, value: &str, error: ClockError) -> Box<Refused> {
    let forms = ["2026-03-01", "2026-03-01T12:00:00+01:00", "+30d", "-2w", "+1mo", "+2h"];
    Refused::new(name, Some(value), format!("{name}: {value:?}: {error}"), forms.map(str::to_owned).to_vec())
}
