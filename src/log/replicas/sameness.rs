//! Whether all replicas answer alike. One that would not is refused at its start, because the promises of docs/replicas.md hold only for
//! replicas of the same version, with the same scenario files and settings.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::base::{Base, Fault};
use crate::log::figures::now;

/// How long a start waits for replicas with other settings to go. A killed one counts as running for four seconds.
const PATIENCE: Duration = Duration::from_secs(6);

/// How often it looks.
const LOOK: Duration = Duration::from_millis(300);

/// What decides how a replica answers: a name and a value for each setting.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sameness(pub(crate) BTreeMap<String, String>);

impl Sameness {
    pub(super) fn text(&self) -> String {
        serde_json::to_string(&self.0).unwrap_or_default()
    }

    /// What is not the same in the texts of others, of the first that has something.
    fn first_differences(&self, others: &[String]) -> Vec<String> {
        others.iter().map(|other| self.differences(other)).find(|all| !all.is_empty()).unwrap_or_default()
    }

    /// What is not the same in the text of another replica.
    fn differences(&self, other: &str) -> Vec<String> {
        let other: BTreeMap<String, String> = serde_json::from_str(other).unwrap_or_default();
        let names = self.0.keys().chain(other.keys().filter(|name| !self.0.contains_key(*name)));
        let told = |value: Option<&String>| value.map_or_else(|| "not set".to_owned(), |value| shortened(value));
        let differs = names.filter(|name| self.0.get(*name) != other.get(*name));
        differs
            .map(|name| format!("{name} is {} here and {} there", told(self.0.get(name)), told(other.get(name))))
            .collect()
    }
}

/// From so many hexadecimal digits on, a word of a value is a digest.
const DIGEST: usize = 16;

/// A value with its digests cut to their first twelve digits, in groups of four. In this form they are never taken for a personal
/// number, which whoever shows an error would mask.
fn shortened(value: &str) -> String {
    let is_other = |c: char| !c.is_ascii_alphanumeric();
    let short = |word_and_end: &str| {
        let word = word_and_end.trim_end_matches(is_other);
        let is_digest = word.len() >= DIGEST && word.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if !is_digest {
            return word_and_end.to_owned();
        }
        format!("{}-{}-{}…{}", &word[..4], &word[4..8], &word[8..12], &word_and_end[word.len()..])
    };
    value.split_inclusive(is_other).map(short).collect()
}

/// In what the replicas that run now answer otherwise than one would with these settings. It introduces nobody.
///
/// # Errors
/// The database cannot be asked.
pub(super) async fn compare(base: &Base, own: &Sameness) -> Result<Vec<String>, Fault> {
    Ok(own.first_differences(&base.settings_of_others("").await?))
}

/// Introduces a replica, and waits a while for those to go that answer otherwise. As long as it waits, it is not there for others.
///
/// # Errors
/// They stay, or the database cannot be asked. The replica is not introduced then.
pub(super) async fn introduce(base: &Base, id: &str, own: &Sameness) -> Result<(), Fault> {
    let began: Instant = now();
    loop {
        let differences = match base.introduce_if(id, &own.text(), |others| own.first_differences(others)).await {
            Ok(differences) if differences.is_empty() => return Ok(()),
            Ok(differences) => Some(differences),
            // Another one compares right now.
            Err(Fault::Busy) => None,
            Err(fault) => return Err(fault),
        };
        if now().saturating_duration_since(began) >= PATIENCE {
            return Err(differences.map_or(Fault::Busy, |differences| {
                Fault::Unusable(format!(
                    "another replica on this database answers otherwise: {}; all need the same version, scenario files and settings \
                     (docs/replicas.md)",
                    differences.join(", ")
                ))
            }));
        }
        tokio::time::sleep(LOOK).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_the_same_is_told_by_its_name() {
        let of = |all: &[(&str, &str)]| {
            Sameness(all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
        };
        let own = of(&[("--seed", "7"), ("version", "0.1.0"), ("--edition", "2024")]);
        assert!(own.differences(&own.text()).is_empty());
        let other = of(&[("--seed", "8"), ("version", "0.1.0"), ("--auth", "signed")]);
        assert_eq!(
            own.differences(&other.text()),
            [
                "--edition is 2024 here and not set there",
                "--seed is 7 here and 8 there",
                "--auth is not set here and signed there"
            ]
        );
        assert_eq!(own.differences("no JSON").len(), 3);
    }

    #[test]
    fn a_digest_is_told_short_and_nothing_masks_it() {
        let told = shortened("a file with the digest f571f01019012345c3a6");
        assert_eq!(told, "a file with the digest f571-f010-1901…");
        assert_eq!(shortened("2026-11-21, x"), "2026-11-21, x");
        assert_eq!(shortened("with e3b0c44298fc1c14,and e3b0c44298fc1c14"), "with e3b0-c442-98fc…,and e3b0-c442-98fc…");
        // Digits that are a valid personal number, wherever they stand in the digest, and what may be one by its date alone.
        let mask = |text: &str| crate::redact::redacted(text).contains('*');
        assert!(mask("f17054026641f0000000"), "this number is masked where it stands whole");
        for digits in ["17054026641", "01019012345", "31129912345"] {
            for at in 0..=9 {
                let digest = format!("{:a<at$}{digits}bcdef0123456", "");
                let told = format!("the digest is {} here and {} there", shortened(&digest), shortened(&digest));
                assert!(!mask(&told), "{told}");
            }
        }
    }
}
