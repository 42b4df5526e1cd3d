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

    /// What is not the same in the text of another replica.
    fn differences(&self, other: &str) -> Vec<String> {
        let other: BTreeMap<String, String> = serde_json::from_str(other).unwrap_or_default();
        let names = self.0.keys().chain(other.keys().filter(|name| !self.0.contains_key(*name)));
        let told = |value: Option<&String>| value.map_or("not set", String::as_str).to_owned();
        let differs = names.filter(|name| self.0.get(*name) != other.get(*name));
        differs
            .map(|name| format!("{name} is {} here and {} there", told(self.0.get(name)), told(other.get(name))))
            .collect()
    }
}

/// Introduces a replica, and waits a while for those to go that answer otherwise.
///
/// # Errors
/// They stay, or the database cannot be asked. The replica is not introduced then.
pub(super) async fn introduce(base: &Base, id: &str, own: &Sameness) -> Result<(), Fault> {
    base.introduce(id, &own.text()).await?;
    let began: Instant = now();
    loop {
        let others = base.settings_of_others(id).await?;
        let Some(differences) = others.iter().map(|other| own.differences(other)).find(|all| !all.is_empty()) else {
            return Ok(());
        };
        if now().saturating_duration_since(began) >= PATIENCE {
            base.withdraw(id).await?;
            return Err(Fault::Unusable(format!(
                "another replica on this database answers otherwise: {}; all need the same version, scenario files and settings \
                 (docs/replicas.md)",
                differences.join(", ")
            )));
        }
        tokio::time::sleep(LOOK).await;
        base.introduce(id, &own.text()).await?;
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
}
