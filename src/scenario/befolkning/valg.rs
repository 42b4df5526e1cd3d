//! What a population is made from: what the settings say, and what a scenario file says with `befolkning`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::folk::{Antall, MOST_ORGANISATIONS, Valg};
use super::profil::Profil;
use crate::scenario::problems::Place;
use crate::scenario::resolve::Reader;
use crate::scenario::scalar::{Count, Percent, Text};

/// The parties that no scenario describes. They follow from their numbers.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the keys of a population, like { antall: 1000, froe: 7 }")]
pub(crate) struct BefolkningEntry {
    /// How many organisations there are, or `alle`: every valid synthetic number. If left out, `alle`.
    pub(crate) antall: Option<Text>,
    /// The seed. If left out, that of the server.
    pub(crate) froe: Option<Count>,
    /// How many per cent of the numbers are unknown all the same.
    pub(crate) ukjent: Option<Percent>,
    /// The shares of the profiles of organisations, in place of those of docs/population.md. They need not add up to
    /// anything.
    #[serde(default)]
    pub(crate) andeler: BTreeMap<String, Count>,
}

/// What somebody says of the population. What is left out, somebody else says.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Oenske {
    pub(crate) antall: Option<Antall>,
    pub(crate) froe: Option<u64>,
    /// In hundredths of a per cent.
    pub(crate) ukjent: Option<u32>,
    pub(crate) andeler: Vec<(Profil, u32)>,
}

impl Oenske {
    /// The population of the settings and of a scenario file. `None` if neither wants one.
    pub(crate) fn samlet(innstillinger: &Self, fil: Option<&Self>) -> Option<Valg> {
        let antall = innstillinger.antall.or_else(|| fil.map(|fil| fil.antall.unwrap_or(Antall::Alle)))?;
        let of_file = fil.cloned().unwrap_or_default();
        Some(Valg {
            antall,
            froe: of_file.froe.or(innstillinger.froe).unwrap_or_default(),
            ukjent: innstillinger.ukjent.or(of_file.ukjent).unwrap_or_default(),
            andeler: of_file.andeler,
        })
    }

    /// Reads the entry of a scenario file.
    pub(crate) fn read(entry: &BefolkningEntry, reader: &mut Reader<'_>) -> Self {
        let place = Place::ROOT.key("befolkning");
        let antall = reader.optional(entry.antall.as_ref(), place.key("antall")).and_then(|text| {
            let number = || text.parse().ok().filter(|number| (1..=MOST_ORGANISATIONS).contains(number));
            let read = if &*text == "alle" { Some(Antall::Alle) } else { number().map(Antall::Organisasjoner) };
            if read.is_none() {
                reader.error(place.key("antall"), format!("write alle, or a number from 1 to {MOST_ORGANISATIONS}"));
            }
            read
        });
        let froe = reader.optional(entry.froe.as_ref(), place.key("froe")).map(u64::from);
        let ukjent = reader.optional(entry.ukjent.as_ref(), place.key("ukjent")).map(|share| share.hundredths().into());
        let shares = place.key("andeler");
        let mut andeler = Vec::new();
        for (name, share) in &entry.andeler {
            let Some(share) = reader.read(share, shares.key(name)) else { continue };
            match Profil::med_navn(name) {
                Ok(profil) if profil.velges() => andeler.push((profil, share)),
                Ok(_) => reader.error(
                    shares.key(name),
                    "this profile has no share: large ones and employers have their places, and some are only of persons",
                ),
                Err((message, near)) => {
                    let hint = near.map(|near| format!("did you mean {near}?"));
                    reader.problems.error_with_hint(shares.key(name), message, hint);
                }
            }
        }
        if !entry.andeler.is_empty() && !andeler.iter().any(|(_, share)| *share > 0) {
            reader.error(shares, "one share at least is above 0");
        }
        Self { antall, froe, ukjent, andeler }
    }
}
