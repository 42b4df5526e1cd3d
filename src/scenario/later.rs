//! Parties that are resolved when they are first asked for. A start needs only who the built-in ones are, which is in
//! `builtin.tsv`; a test compares it with the files. Of a large folder, most parties are resolved once, to see whether they are
//! right, and then only their texts are kept.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use chrono::NaiveDate;
use smol_str::SmolStr;

use super::budget::{Budget, Share};
use super::format::ScenarioFormat;
use super::loading::resolve_one;
use super::sources::{Source, SourceFile};
use super::{Party, ScenarioSet};
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
    /// It is built in, and resolved when it is first asked for.
    Later(Arc<Later>),
    /// Its text is known to be right, and resolved when it is first asked for.
    OfText(Arc<OfText>),
}

/// A party that follows from a text alone: no literal answers, no data of services, no default party, no warnings.
pub(super) struct OfText {
    pub(super) part: Part,
    navn: SmolStr,
    beskrivelse: Option<SmolStr>,
    name: Arc<str>,
    text: Arc<str>,
    lines_before: usize,
    format: &'static ScenarioFormat,
    base: NaiveDate,
    /// What it took of the budget when it was resolved the first time. It keeps this.
    share: Share,
    party: OnceLock<Option<Arc<Party>>>,
}

impl std::fmt::Debug for OfText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OfText").field("name", &self.name).finish_non_exhaustive()
    }
}

impl OfText {
    /// Whether a party follows from the text of its file alone.
    pub(super) fn is_enough(party: &Party) -> bool {
        party.svar.is_empty() && party.sections.is_empty()
    }

    /// A party that was resolved from a file on a base date. Only its text is kept.
    pub(super) fn of(mut party: Party, file: &SourceFile, format: &'static ScenarioFormat, base: NaiveDate) -> Self {
        Self {
            part: party.part,
            navn: std::mem::take(&mut party.navn),
            beskrivelse: party.beskrivelse.take(),
            name: Arc::clone(&file.name),
            text: file.text.as_ref().map(Arc::clone).unwrap_or_default(),
            lines_before: file.lines_before,
            format,
            base,
            share: party.share.taken(),
            party: OnceLock::new(),
        }
    }

    /// The name of its file.
    pub(super) fn name(&self) -> Arc<str> {
        Arc::clone(&self.name)
    }

    /// Whether a file still has the text that it was resolved from.
    pub(super) fn is_of(&self, file: &SourceFile) -> bool {
        file.text.as_ref().is_ok_and(|text| Arc::ptr_eq(text, &self.text) || **text == *self.text)
    }

    fn party(&self) -> Option<&Arc<Party>> {
        let party = self.party.get_or_init(|| {
            let (name, text) = (Arc::clone(&self.name), Ok(Arc::clone(&self.text)));
            let file = SourceFile { name, text, lines_before: self.lines_before, stamp: None };
            // Its share of the budget of the process is taken already.
            let party = resolve_one(&file, self.format, self.base, &Budget::new(usize::MAX));
            if party.is_none() {
                tracing::error!(file = &*self.name, "a bug: a scenario that was right is not right any more");
            }
            party.map(Arc::new)
        });
        party.as_ref()
    }
}

/// The parties of a set that follow from their texts alone, by the names of their files.
pub(super) fn of_texts(set: &ScenarioSet) -> HashMap<Arc<str>, Arc<OfText>> {
    let of_text = |entry: &Entry| match entry {
        Entry::OfText(party) => Some((Arc::clone(&party.name), Arc::clone(party))),
        Entry::Ready(_) | Entry::Later(_) => None,
    };
    set.parties.values().filter_map(of_text).collect()
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
            Self::OfText(party) => party.party(),
        }
    }

    /// Its number, name and description.
    pub(super) fn head(&self, part: Part) -> (String, &str, &str) {
        let (navn, about) = match self {
            Self::Ready(party) => (&*party.navn, party.beskrivelse.as_deref().unwrap_or_default()),
            Self::Later(later) => (later.head.navn, later.head.beskrivelse),
            Self::OfText(party) => (&*party.navn, party.beskrivelse.as_deref().unwrap_or_default()),
        };
        (part.to_string(), navn, about)
    }

    /// How many entries of the budget it holds now.
    pub(super) fn held(&self) -> usize {
        match self {
            Self::Ready(party) => party.share.held(),
            Self::Later(later) => later.party.get().and_then(Option::as_ref).map_or(0, |party| party.share.held()),
            Self::OfText(party) => party.share.held(),
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
    use crate::scenario::loading::{How, read, resolve_all};

    #[test]
    fn the_heads_are_those_of_the_files() {
        let base = NaiveDate::from_ymd_opt(2026, 11, 21).expect("a day");
        // Services are unknown here, so the texts are cut to the lines that say who the party is.
        let format = Box::leak(Box::new(ScenarioFormat::new(Catalogue(&[]), Vec::new())));
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
            let snapshot = read(&[Source::Texts(vec![head])], &Budget::new(10)).expect("texts");
            let set = resolve_all(&snapshot, format, base, &How::default()).expect("a head");
            let party = Arc::clone(set.parties()[0]);
            let about = party.beskrivelse.as_deref().unwrap_or_default();
            let _ = writeln!(expected, "{}\t{}\t{}\t{about}\t{defaults}", file.name, party.part, party.navn);
        }
        assert!(BUILTIN == expected, "write into src/scenario/builtin.tsv:\n{expected}");
    }
}
