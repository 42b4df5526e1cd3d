//! The JSON Schema of a request of model 2.0.

use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use super::modell::Begjaering;
use super::utgaver::{self, Antall, Modell};

/// The JSON Schema (2020-12) of a request of model 2.0: its fields, codes and cardinalities. The rules are not in it.
pub fn json_schema() -> Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut skjema = generator.into_root_schema_for::<Begjaering>().to_value();
    if let Some(klasser) = skjema.get_mut("$defs").and_then(Value::as_object_mut) {
        for (klasse, skjema) in klasser {
            for (felter, antall) in utgaver::sammen(klasse, Modell::V2) {
                let (ord, vilkaar) = sammen(felter, antall);
                skjema[ord] = vilkaar;
            }
        }
    }
    skjema
}

/// What says that exactly one, at least one or at most one of some fields is there.
fn sammen(felter: &[&str], antall: Antall) -> (&'static str, Value) {
    let ett = felter.iter().map(|felt| json!({ "required": [felt] }));
    match antall {
        Antall::Ett => ("oneOf", ett.collect()),
        Antall::MinstEtt => ("anyOf", ett.collect()),
        // The lists of this kind have two fields.
        Antall::HoeystEtt => ("not", json!({ "required": felter })),
    }
}
