//! A described party as the text of a scenario file.

use std::fmt::Write;

use chrono::NaiveDate;
use serde_json::Value;

use super::Beskrivelse;

/// The scenario file of a party of a population, as it is described for a day. Keys that say nothing are left out.
pub(super) fn yaml(described: &Beskrivelse, froe: u64, day: NaiveDate) -> String {
    let mut value = serde_json::to_value(&described.document).unwrap_or_default();
    prune(&mut value);
    let mut text = String::from("# yaml-language-server: $schema=../docs/scenario.schema.json\n");
    let profil = described.profil.navn();
    let _ = writeln!(
        text,
        "# A party of the population of seed {froe}, of the profile {profil}, as it was described on {day}."
    );
    text.push_str(&serde_yaml::to_string(&value).unwrap_or_default());
    text.push_str(&described.sections);
    text
}

/// Removes what is null, and lists and objects that have nothing in them.
fn prune(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.values_mut().for_each(prune);
            fields.retain(|_, field| !is_nothing(field));
        }
        Value::Array(items) => items.iter_mut().for_each(prune),
        _ => {}
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    }
}
