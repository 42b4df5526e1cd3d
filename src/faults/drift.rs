//! Drift: the changes that a service may make without notice. Unknown fields appear, fields come in another
//! order, optional fields are absent. The meaning of the answer stays the same: no value changes, no list changes
//! its order, no required field is absent, and no null appears, because the services send none.
//! Imitates docs/fidelity.md, "Drift".

use rand::seq::{IndexedRandom, SliceRandom};
use rand::{Rng, RngExt};
use serde_json::{Map, Value, json};

use crate::faults::effects::Drift;

/// The contract of an answer: the schema of its body, and the schemas it refers to.
#[derive(Clone, Copy)]
pub(crate) struct Contract<'c> {
    pub(crate) schema: &'c Value,
    pub(crate) definitions: &'c Value,
}

impl Drift {
    /// Changes an answer. The same seed and the same answer give the same result. Without a contract no field is
    /// optional.
    pub(crate) fn apply(self, answer: &mut Value, contract: Option<Contract<'_>>, rng: &mut impl Rng) {
        if let Some(contract) = contract.filter(|_| self.optional) {
            drop_optional_fields(answer, &[contract.schema], contract.definitions, rng);
        }
        if self.fields {
            add_fields(answer, rng);
        }
        if self.order {
            shuffle(answer, rng);
        }
    }
}

/// Optional fields that are never dropped, because their absence has a meaning: a deduction without an end date
/// continues.
const NEVER_DROPPED: [&str; 1] = ["sluttdato"];

/// Removes about half of the fields that no schema of the object requires.
fn drop_optional_fields(value: &mut Value, schemas: &[&Value], definitions: &Value, rng: &mut impl Rng) {
    let mut applying = Vec::new();
    for schema in schemas {
        collect_schemas(schema, value, definitions, &mut applying);
    }
    match value {
        Value::Object(fields) => {
            let schemas_of = |name: &str| -> Vec<&Value> {
                applying.iter().filter_map(|schema| schema.get("properties")?.get(name)).collect()
            };
            let is_required = |name: &str| {
                let names = applying.iter().filter_map(|schema| schema.get("required")?.as_array()).flatten();
                names.into_iter().any(|known| known == name)
            };
            let always_stays = |name: &str| is_required(name) || NEVER_DROPPED.contains(&name);
            // A field that the contract does not know stays too, because the caller may need to see it.
            fields.retain(|name, _| always_stays(name) || schemas_of(name).is_empty() || rng.random());
            for (name, field) in fields.iter_mut() {
                drop_optional_fields(field, &schemas_of(name), definitions, rng);
            }
        }
        Value::Array(items) => {
            let item_schemas: Vec<&Value> = applying.iter().filter_map(|schema| schema.get("items")).collect();
            for item in items {
                drop_optional_fields(item, &item_schemas, definitions, rng);
            }
        }
        _ => {}
    }
}

/// Collects the plain schemas that apply to a value. Follows references, choices and conditions.
fn collect_schemas<'c>(schema: &'c Value, value: &Value, definitions: &'c Value, found: &mut Vec<&'c Value>) {
    if let Some(target) = resolve_reference(schema, definitions) {
        collect_schemas(target, value, definitions, found);
    }
    for each in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
        collect_schemas(each, value, definitions, found);
    }
    for choices in ["oneOf", "anyOf"].iter().filter_map(|key| schema.get(*key)?.as_array()) {
        if let Some(choice) = choices.iter().find(|choice| accepts(choice, value, definitions)) {
            collect_schemas(choice, value, definitions, found);
        }
    }
    if let Some(condition) = schema.get("if") {
        if accepts(condition, value, definitions) {
            // A value keeps the fields that make it meet the condition.
            found.push(condition);
            schema.get("then").into_iter().for_each(|then| collect_schemas(then, value, definitions, found));
        } else {
            schema.get("else").into_iter().for_each(|then| collect_schemas(then, value, definitions, found));
        }
    }
    found.push(schema);
}

fn resolve_reference<'c>(schema: &Value, definitions: &'c Value) -> Option<&'c Value> {
    definitions.get(schema.get("$ref")?.as_str()?.rsplit('/').next()?)
}

/// Whether a value matches a schema: required fields are present, and constants are equal.
fn accepts(schema: &Value, value: &Value, definitions: &Value) -> bool {
    if let Some(target) = resolve_reference(schema, definitions) {
        return accepts(target, value, definitions);
    }
    let has_all = |names: &Value| names.as_array().is_none_or(|names| names.iter().all(|name| has_field(value, name)));
    let constants_match = schema.get("properties").and_then(Value::as_object).is_none_or(|properties| {
        properties.iter().all(|(name, property)| {
            let Some(actual) = value.get(name) else { return true };
            let listed = |values: &Value| values.as_array().is_none_or(|values| values.contains(actual));
            property.get("const").is_none_or(|constant| constant == actual) && property.get("enum").is_none_or(listed)
        })
    });
    let excluded = schema.get("not").is_some_and(|not| not.get("required").is_some_and(has_all));
    schema.get("required").is_none_or(has_all) && constants_match && !excluded
}

fn has_field(value: &Value, name: &Value) -> bool {
    name.as_str().is_some_and(|name| value.get(name).is_some())
}

/// Beginnings of the new fields' names. No contract of the services has a field that begins so.
const WORDS: [&str; 6] = ["nyttFelt", "tilleggsopplysning", "merknadForsoek", "ekstra", "utvidelse", "internReferanse"];

/// Adds a field of every JSON type except null to every object, each at a random place.
fn add_fields(value: &mut Value, rng: &mut impl Rng) {
    match value {
        Value::Object(fields) => {
            fields.values_mut().for_each(|field| add_fields(field, rng));
            let number = rng.random_range(1..=999);
            let new = [
                json!(format!("ny tekst {number}")),
                json!(number),
                json!(number % 2 == 0),
                json!([format!("ett {number}"), "to"]),
                json!({ "kode": format!("X{number}"), "antall": number, "aktiv": true }),
            ];
            for (kind, new) in ["Tekst", "Tall", "Flagg", "Liste", "Objekt"].into_iter().zip(new) {
                let word = WORDS.choose(rng).unwrap_or(&WORDS[0]);
                let mut name = format!("{word}{kind}");
                while fields.contains_key(&name) {
                    name.push('X');
                }
                let at = rng.random_range(0..=fields.len());
                fields.shift_insert(at, name, new);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| add_fields(item, rng)),
        _ => {}
    }
}

/// Puts the fields of every object into another order.
fn shuffle(value: &mut Value, rng: &mut impl Rng) {
    match value {
        Value::Object(fields) => {
            fields.values_mut().for_each(|field| shuffle(field, rng));
            let before: Vec<String> = fields.keys().cloned().collect();
            let mut order = before.clone();
            order.shuffle(rng);
            if order == before {
                // A shuffle can give the same order again. The reverse is always another one.
                order.reverse();
            }
            let mut old = std::mem::replace(fields, Map::with_capacity(order.len()));
            for name in order {
                if let Some(field) = old.remove(&name) {
                    fields.insert(name, field);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| shuffle(item, rng)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::ChaCha8Rng;

    fn drifted(drift: &str, seed: u64) -> Value {
        let schema = json!({ "oneOf": [{ "$ref": "#/x/Old" }, { "$ref": "#/x/New" }] });
        let definitions = json!({
            "Old": { "properties": { "a": {}, "m": { "const": false } }, "required": ["a", "m"] },
            "New": { "properties": { "a": {}, "b": {}, "m": { "const": true }, "l": { "items": { "$ref": "#/x/Item" } } }, "required": ["a", "m", "l"] },
            "Item": { "properties": { "c": {}, "d": {} }, "required": ["c"] },
        });
        let mut answer =
            json!({ "a": 1, "b": 2.50, "m": true, "l": [{ "c": 1, "d": "x" }, { "c": 2, "d": "y" }], "ukjent": 1 });
        let contract = Contract { schema: &schema, definitions: &definitions };
        let drift: Drift = drift.parse().expect(drift);
        drift.apply(&mut answer, Some(contract), &mut ChaCha8Rng::seed_from_u64(seed));
        answer
    }

    #[test]
    fn only_what_the_contract_calls_optional_is_left_out() {
        let all: Vec<Value> = (0..50).map(|seed| drifted("optional", seed)).collect();
        for answer in &all {
            assert!(answer["a"] == 1 && answer["m"] == true && answer["ukjent"] == 1, "{answer}");
            assert_eq!((&answer["l"][0]["c"], &answer["l"][1]["c"]), (&json!(1), &json!(2)));
        }
        assert!(
            all.iter().any(|answer| answer.get("b").is_none()) && all.iter().any(|answer| answer.get("b").is_some())
        );
        assert!(all.iter().any(|answer| answer["l"][0].get("d").is_none() && answer["l"][1].get("d").is_some()));
    }

    #[test]
    fn a_condition_says_what_stays() {
        let schema = json!({
            "properties": { "a": {}, "m": {}, "b": {}, "c": {} }, "required": ["a"],
            "if": { "properties": { "m": { "enum": [true] } }, "required": ["m"] }, "else": { "required": ["b"] },
        });
        let contract = Contract { schema: &schema, definitions: &json!({}) };
        let drift: Drift = "optional".parse().expect("a drift");
        let drifted = |answer: &Value, seed| {
            let mut answer = answer.clone();
            drift.apply(&mut answer, Some(contract), &mut ChaCha8Rng::seed_from_u64(seed));
            answer
        };
        let (marked, plain) = (json!({ "a": 1, "m": true }), json!({ "a": 1, "m": false, "b": 2, "c": 3 }));
        let of_plain: Vec<Value> = (0..50).map(|seed| drifted(&plain, seed)).collect();
        assert!((0..50).all(|seed| drifted(&marked, seed) == marked), "the mark stays");
        assert!(of_plain.iter().all(|answer| answer["b"] == 2));
        assert!(of_plain.iter().any(|answer| answer.get("c").is_none() && answer.get("m").is_none()));
    }

    #[test]
    fn fields_of_every_type_at_every_level_and_nothing_else() {
        let answer = drifted("fields", 1);
        for object in [&answer, &answer["l"][0], &answer["l"][1]] {
            let new: Vec<&Value> = object
                .as_object()
                .expect("an object")
                .iter()
                .filter(|(name, _)| WORDS.iter().any(|word| name.starts_with(word)))
                .map(|(_, value)| value)
                .collect();
            let kinds = [Value::is_string, Value::is_number, Value::is_boolean, Value::is_array, Value::is_object];
            assert!(new.len() == 5 && kinds.iter().all(|is| new.iter().any(|value| is(value))), "{object}");
        }
        assert_eq!((&answer["a"], &answer["b"], &answer["l"][1]["d"]), (&json!(1), &json!(2.50), &json!("y")));
    }

    #[test]
    fn another_order_of_the_same() {
        let plain = drifted("fields", 3);
        for seed in 0..20 {
            let answer = drifted("order", seed);
            let keys = |value: &Value| value.as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
            assert_ne!(keys(&answer), ["a", "b", "m", "l", "ukjent"]);
            assert_eq!(keys(&answer["l"][0]), ["d", "c"], "two fields have one other order");
            assert_eq!(answer["l"][1]["c"], 2, "lists keep their order");
        }
        assert_eq!(plain, drifted("fields", 3), "repeatable");
        assert_ne!(plain, drifted("fields", 4));
    }
}
