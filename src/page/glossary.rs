//! The glossary, from docs/glossary.md: the one place where the words are explained.

use serde_json::{Value, json};

const TEXT: &str = include_str!("../../docs/glossary.md");

/// The first table. What comes after it is for readers of the document.
fn words() -> &'static str {
    TEXT.split("\n## ").next().unwrap_or_default()
}

/// The words as JSON: a list of objects with `words`, `english` and `use`.
pub(super) fn json() -> String {
    let rows = words().lines().filter(|line| line.starts_with("| ")).skip(1);
    let entries = rows.filter_map(|line| {
        let mut cells = line.trim_matches('|').split(" | ").map(str::trim);
        let (words, english, used) = (cells.next()?, cells.next()?, cells.next()?);
        let words: Vec<&str> = words.split(',').map(|word| word.split('(').next().unwrap_or(word).trim()).collect();
        Some(json!({ "words": words, "english": english, "use": used }))
    });
    entries.collect::<Value>().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::kravtype::{KRAVTYPER, Kravgruppe};

    #[test]
    fn every_row_is_an_entry() {
        let entries: Vec<Value> = serde_json::from_str(&json()).expect("JSON");
        let rows = words().lines().filter(|line| line.starts_with("| ")).count() - 1;
        assert_eq!(entries.len(), rows);
        let words = |word: &str| entries.iter().find(|it| it["words"][0] == word).map(|it| it["english"].clone());
        assert_eq!(words("samtykke"), Some("consent".into()));
        assert_eq!(words("aapne krav"), Some("open claims".into()));
    }

    #[test]
    fn every_kind_and_group_of_claims_is_explained() {
        let known = KRAVTYPER.iter().map(|kind| kind.kode).chain(Kravgruppe::ALL.map(Kravgruppe::text));
        let tables = TEXT.split("## Kinds and groups").nth(1).expect("the section");
        let first_cells = tables.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
        let explained: Vec<&str> = first_cells.flat_map(|cell| cell.split(", ")).collect();
        for name in known {
            assert!(explained.contains(&name), "{name}");
        }
    }
}
