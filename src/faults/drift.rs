//! Drift: the changes that a service may make without notice. Unknown fields appear, fields come in another
//! order, optional fields are absent. The meaning of the answer stays the same: no value changes, no list changes
//! its order, no required field is absent, and no null appears, because the services send none.
//! Imitates docs/fidelity.md, "Drift".

use rand::seq::{IndexedRandom, SliceRandom};
use rand::{Rng, RngExt};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::faults::effects::Drift;
use crate::json::Level;

/// The contract of an answer: the schema of its body, and the schemas it refers to.
#[derive(Clone, Copy)]
pub(crate) struct Contract<'c> {
    pub(crate) schema: &'c Value,
    pub(crate) definitions: &'c Value,
}

impl Drift {
    /// Changes an answer, a JSON text. The same seed and the same answer give the same result. Without a contract no field
    /// is optional. Nothing if it is no JSON.
    pub(crate) fn changed(self, answer: &[u8], contract: Option<Contract<'_>>, rng: &mut impl Rng) -> Option<Vec<u8>> {
        let contract = contract.filter(|_| self.optional);
        let definitions = contract.map_or(&Value::Null, |contract| contract.definitions);
        let mut change = Change { drift: self, definitions, rng, written: Vec::with_capacity(answer.len() * 2) };
        let schemas: Vec<&Value> = contract.map(|contract| contract.schema).into_iter().collect();
        change.write(serde_json::from_slice(answer).ok()?, &schemas).ok()?;
        Some(change.written)
    }

    /// Changes a small answer without a contract.
    pub(crate) fn apply(self, answer: &mut Value, rng: &mut impl Rng) {
        let text = serde_json::to_vec(answer).unwrap_or_default();
        let changed = self.changed(&text, None, rng).and_then(|changed| serde_json::from_slice(&changed).ok());
        *answer = changed.unwrap_or_default();
    }
}

/// Optional fields that are never dropped, because their absence has a meaning: a deduction without an end date
/// continues.
const NEVER_DROPPED: [&str; 1] = ["sluttdato"];

/// A change under way. It goes through the text once, so that a large answer takes little memory.
struct Change<'c, R> {
    drift: Drift,
    definitions: &'c Value,
    rng: &'c mut R,
    written: Vec<u8>,
}

/// The value of a field that is written.
enum Written<'a> {
    /// One of the answer, and the schemas that it has.
    Old(&'a RawValue, Vec<&'a Value>),
    New(Value),
}

impl<R: Rng> Change<'_, R> {
    fn write(&mut self, value: &RawValue, schemas: &[&Value]) -> serde_json::Result<()> {
        let level = Level::of(value)?;
        let mut applying = Vec::new();
        for schema in schemas {
            collect_schemas(schema, &level, self.definitions, &mut applying);
        }
        match level {
            Level::Scalar(value) => self.written.extend_from_slice(value.get().as_bytes()),
            Level::Array(items) => {
                let schemas: Vec<&Value> = applying.iter().filter_map(|schema| schema.get("items")).collect();
                self.written.push(b'[');
                for (number, item) in items.into_iter().enumerate() {
                    self.separate(number);
                    self.write(item, &schemas)?;
                }
                self.written.push(b']');
            }
            Level::Object(fields) => {
                let mut fields = self.kept(fields, &applying);
                if self.drift.fields {
                    add_fields(&mut fields, self.rng);
                }
                if self.drift.order {
                    shuffle(&mut fields, self.rng);
                }
                self.written.push(b'{');
                for (number, (name, value)) in fields.into_iter().enumerate() {
                    self.separate(number);
                    serde_json::to_writer(&mut self.written, &name)?;
                    self.written.push(b':');
                    match value {
                        Written::Old(value, schemas) => self.write(value, &schemas)?,
                        Written::New(value) => serde_json::to_writer(&mut self.written, &value)?,
                    }
                }
                self.written.push(b'}');
            }
        }
        Ok(())
    }

    fn separate(&mut self, number: usize) {
        if number > 0 {
            self.written.push(b',');
        }
    }

    /// The fields that stay, with the schemas of each: about half of those that no schema of the object requires go. Without
    /// schemas all stay.
    fn kept<'a>(&mut self, fields: Vec<(String, &'a RawValue)>, applying: &[&'a Value]) -> Vec<(String, Written<'a>)> {
        let schemas_of = |name: &str| -> Vec<&'a Value> {
            applying.iter().filter_map(|schema| schema.get("properties")?.get(name)).collect()
        };
        let is_required = |name: &str| {
            let names = applying.iter().filter_map(|schema| schema.get("required")?.as_array()).flatten();
            names.into_iter().any(|known| known == name)
        };
        let mut kept = Vec::with_capacity(fields.len() + 5);
        for (name, value) in fields {
            let schemas = schemas_of(&name);
            // A field that the contract does not know stays too, because the caller may need to see it.
            let stays = schemas.is_empty() || is_required(&name) || NEVER_DROPPED.contains(&&*name);
            if stays || self.rng.random() {
                kept.push((name, Written::Old(value, schemas)));
            }
        }
        kept
    }
}

/// Collects the plain schemas that apply to a value. Follows references, choices and conditions.
fn collect_schemas<'c>(schema: &'c Value, value: &Level<'_>, definitions: &'c Value, found: &mut Vec<&'c Value>) {
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
fn accepts(schema: &Value, value: &Level<'_>, definitions: &Value) -> bool {
    if let Some(target) = resolve_reference(schema, definitions) {
        return accepts(target, value, definitions);
    }
    let has_all = |names: &Value| names.as_array().is_none_or(|names| names.iter().all(|name| has_field(value, name)));
    let constants_match = schema.get("properties").and_then(Value::as_object).is_none_or(|properties| {
        properties.iter().all(|(name, property)| {
            let (constant, listed) = (property.get("const"), property.get("enum").and_then(Value::as_array));
            if constant.is_none() && listed.is_none() {
                return true;
            }
            let Some(actual) = value.field(name) else { return true };
            let actual: Value = serde_json::from_str(actual.get()).unwrap_or_default();
            constant.is_none_or(|constant| *constant == actual) && listed.is_none_or(|listed| listed.contains(&actual))
        })
    });
    let excluded = schema.get("not").is_some_and(|not| not.get("required").is_some_and(has_all));
    schema.get("required").is_none_or(has_all) && constants_match && !excluded
}

fn has_field(value: &Level<'_>, name: &Value) -> bool {
    name.as_str().is_some_and(|name| value.field(name).is_some())
}

/// Beginnings of the new fields' names. No contract of the services has a field that begins so.
const WORDS: [&str; 6] = ["nyttFelt", "tilleggsopplysning", "merknadForsoek", "ekstra", "utvidelse", "internReferanse"];

/// Adds a field of every JSON type except null to an object, each at a random place.
fn add_fields(fields: &mut Vec<(String, Written<'_>)>, rng: &mut impl Rng) {
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
        while fields.iter().any(|(known, _)| *known == name) {
            name.push('X');
        }
        let at = rng.random_range(0..=fields.len());
        fields.insert(at, (name, Written::New(new)));
    }
}

/// Puts the fields of an object into another order.
fn shuffle(fields: &mut Vec<(String, Written<'_>)>, rng: &mut impl Rng) {
    let mut order: Vec<usize> = (0..fields.len()).collect();
    order.shuffle(rng);
    if order.is_sorted() {
        // A shuffle can give the same order again. The reverse is always another one.
        order.reverse();
    }
    let mut old: Vec<Option<(String, Written<'_>)>> = fields.drain(..).map(Some).collect();
    fields.extend(order.into_iter().filter_map(|at| old[at].take()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::ChaCha8Rng;

    fn change(drift: Drift, answer: &Value, contract: Contract<'_>, seed: u64) -> Value {
        let text = serde_json::to_vec(answer).expect("JSON");
        let changed = drift.changed(&text, Some(contract), &mut ChaCha8Rng::seed_from_u64(seed)).expect("JSON");
        serde_json::from_slice(&changed).expect("JSON")
    }

    fn drifted(drift: &str, seed: u64) -> Value {
        let schema = json!({ "oneOf": [{ "$ref": "#/x/Old" }, { "$ref": "#/x/New" }] });
        let definitions = json!({
            "Old": { "properties": { "a": {}, "m": { "const": false } }, "required": ["a", "m"] },
            "New": { "properties": { "a": {}, "b": {}, "m": { "const": true }, "l": { "items": { "$ref": "#/x/Item" } } }, "required": ["a", "m", "l"] },
            "Item": { "properties": { "c": {}, "d": {} }, "required": ["c"] },
        });
        let answer =
            json!({ "a": 1, "b": 2.50, "m": true, "l": [{ "c": 1, "d": "x" }, { "c": 2, "d": "y" }], "ukjent": 1 });
        let contract = Contract { schema: &schema, definitions: &definitions };
        change(drift.parse().expect(drift), &answer, contract, seed)
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
        let drifted = |answer: &Value, seed| change(drift, answer, contract, seed);
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
