//! Parties that are resolved when they are first asked for: the built-in ones. A start needs only who they are, which is
//! in `builtin.tsv`; a test compares it with the files.

use std::sync::{Arc, OnceLock};

use chrono::NaiveDate;

use super::Party;
use super::budget::Budget;
use super::format::ScenarioFormat;
use super::loading::resolve_one;
use super::sources::{Source, SourceFile};
use crate::domain::identifikator::Part;

/// File, number, name and description of each built-in party, and the keys that make it the default party of a service.
const BUILTIN: &str = include_str!("builtin.tsv");

/// Who a built-in party is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    file: &'static str,
    pub(super) part: Part,
    navn: &'static str,
    beskrivelse: &'static str,
    defaults: &'static str,
}

impl Head {
    /// Whether it has the key that makes it the default party of a service.
    pub(super) fn has_default(&self, key: &str) -> bool {
        self.defaults.split(' ').any(|own| own == key)
    }
}

/// The head of a built-in file.
pub(super) fn head(file: &str) -> Option<Head> {
    heads().find(|head| head.file == file)
}

fn heads() -> impl Iterator<Item = Head> {
    BUILTIN.lines().filter_map(|line| {
        let mut cells = line.split('\t');
        let (file, part) = (cells.next()?, cells.next()?.parse().ok()?);
        let (navn, beskrivelse) = (cells.next()?, cells.next()?);
        Some(Head { file, part, navn, beskrivelse, defaults: cells.next()? })
    })
}

/// A party of a set.
#[derive(Clone, Debug)]
pub(super) enum Entry {
    /// It has been resolved.
    Ready(Arc<Party>),
    /// It is resolved when it is first asked for.
    Later(Arc<Later>),
}

/// A built-in party that is resolved when it is first asked for.
pub(super) struct Later {
    head: Head,
    name: Arc<str>,
    format: &'static ScenarioFormat,
    base: NaiveDate,
    budget: Arc<Budget>,
    party: OnceLock<Option<Arc<Party>>>,
}

impl std::fmt::Debug for Later {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Later").field("head", &self.head).finish_non_exhaustive()
    }
}

impl Later {
    pub(super) fn new(
        head: Head,
        name: &Arc<str>,
        format: &'static ScenarioFormat,
        base: NaiveDate,
        budget: &Arc<Budget>,
    ) -> Self {
        Self { head, name: Arc::clone(name), format, base, budget: Arc::clone(budget), party: OnceLock::new() }
    }

    fn party(&self) -> Option<&Arc<Party>> {
        let party = self.party.get_or_init(|| {
            let file = Source::Builtin.file(&self.name)?;
            let with = |budget: &Arc<Budget>| resolve_one(&file, self.format, self.base, budget);
            // The built-in parties are there even if the scenarios of others took all the room.
            let party = with(&self.budget).or_else(|| with(&Budget::new(usize::MAX)));
            if party.is_none() {
                tracing::error!(file = &*self.name, "a bug: a built-in scenario does not load");
            }
            party.map(Arc::new)
        });
        party.as_ref()
    }
}

impl Entry {
    /// The party. It is resolved now if it has not been.
    pub(super) fn party(&self) -> Option<&Arc<Party>> {
        match self {
            Self::Ready(party) => Some(party),
            Self::Later(later) => later.party(),
        }
    }

    /// Its number, name and description.
    pub(super) fn head(&self, part: Part) -> (String, &str, &str) {
        let (navn, about) = match self {
            Self::Ready(party) => (&*party.navn, party.beskrivelse.as_deref().unwrap_or_default()),
            Self::Later(later) => (later.head.navn, later.head.beskrivelse),
        };
        (part.to_string(), navn, about)
    }

    /// How many entries of the budget it holds now.
    pub(super) fn held(&self) -> usize {
        match self {
            Self::Ready(party) => party.share.held(),
            Self::Later(later) => later.party.get().and_then(Option::as_ref).map_or(0, |party| party.share.held()),
        }
    }
}

/// The files of the sources that are not resolved at once.
pub(super) fn is_later(source: &Source, file: &SourceFile) -> Option<Head> {
    matches!(source, Source::Builtin).then(|| head(&file.name)).flatten()
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;
    use crate::catalogue::Catalogue;
    use crate::scenario::loading::load;

    #[test]
    fn the_heads_are_those_of_the_files() {
        let base = NaiveDate::from_ymd_opt(2026, 11, 21).expect("a day");
        // Services are unknown here, so the texts are cut to the lines that say who the party is.
        let format = ScenarioFormat::new(Catalogue(&[]), Vec::new());
        let mut expected = String::new();
        for file in Source::Builtin.files().expect("built in") {
            let text = file.text.as_ref().expect("a text");
            let keys = text.lines().filter(|line| line.starts_with("standard"));
            let defaults: Vec<&str> = keys.filter_map(|line| line.split(':').next()).collect();
            let defaults = defaults.join(" ");
            let own: Vec<&str> = ["part:", "navn:", "beskrivelse:"]
                .iter()
                .filter_map(|key| text.lines().find(|line| line.starts_with(key)))
                .collect();
            let head =
                crate::scenario::sources::Text { name: file.name.to_string(), text: own.join("\n"), lines_before: 0 };
            let set = load(&[Source::Texts(vec![head])], &format, base, &Budget::new(10)).expect("a head");
            let party = Arc::clone(set.parties()[0]);
            let about = party.beskrivelse.as_deref().unwrap_or_default();
            let _ = writeln!(expected, "{}\t{}\t{}\t{about}\t{defaults}", file.name, party.part, party.navn);
        }
        assert!(BUILTIN == expected, "write into src/scenario/builtin.tsv:\n{expected}");
    }
}
