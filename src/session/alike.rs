//! What replicas must have in common: the settings, the version, the day and the scenarios.

use chrono::NaiveDate;

use super::registry::Sessions;
use crate::config::Settings;
use crate::library::Library;
use crate::log::replicas::Sameness;

/// What they must have in common of the scenarios.
pub(super) const FILES: &str = "the digest of the scenario files";

pub(super) fn sameness(settings: &Settings, base: NaiveDate, library: &Library) -> Sameness {
    let mut own = settings.compared.clone();
    own.insert("version".to_owned(), env!("CARGO_PKG_VERSION").to_owned());
    own.insert("the base date (--now)".to_owned(), base.to_string());
    own.insert(FILES.to_owned(), library.digest());
    Sameness(own)
}

impl Sessions {
    /// How a replica with these sessions and settings would answer.
    pub(crate) fn sameness(&self, settings: &Settings) -> Sameness {
        sameness(settings, self.default_session().base, &self.library)
    }
}
