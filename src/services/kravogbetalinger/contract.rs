//! What the contract of Krav og betalinger says beyond its types: what it is, what is optional, and examples.

use schemars::{JsonSchema, Schema};
use serde_json::{Value, json};

use crate::catalogue::Edition;
use crate::interface::Example;
use crate::interface::contract::Schemas;

pub(super) const ABOUT: &str = "Claims, payments in and payments out of a party, as innkreving-sandbox serves them. \
    Of a shielded person, the service answers with the parameters of the call and a mark, and with sums where the person is \
    shielded in part. \
    New fields, another order of fields and absent optional fields come without notice, so read tolerantly.";

/// The schema of an endpoint's answer in an edition.
pub(super) fn answers<New: JsonSchema, Old: JsonSchema>(schemas: &mut Schemas, edition: Edition) -> Value {
    match edition {
        Edition::E2024 => schemas.of::<New>(),
        Edition::E2023 => schemas.of::<Old>(),
    }
}

/// Makes fields optional that the ledger always gives, but that a published example leaves out.
pub(super) fn optional(fields: &'static [&'static str]) -> impl Fn(&mut Schema) {
    move |schema| {
        if let Some(Value::Array(required)) = schema.get_mut("required") {
            required.retain(|name| !fields.iter().any(|field| name == field));
        }
    }
}

const PUBLISHED: &str = "As published";
const OWN: &str = "As the sandbox answers";

/// Published answers where there are any.
pub(super) fn aapnekrav(edition: Edition) -> Vec<Example> {
    let published = match edition {
        Edition::E2023 => {
            Example::of_json("publisert", PUBLISHED, include_str!("../../../scenarios/svar/2023-aapnekrav.json"))
        }
        Edition::E2024 => {
            let abridged = include_str!("../../../scenarios/svar/2024-aapnekrav.json");
            let mut example = Example::of_json("publisert", PUBLISHED, abridged);
            // The page of April 2024 has the overviews. An older print of the same example leaves them out.
            put_sums(&mut example.value);
            example
        }
    };
    vec![published, shielded(false), shielded_in_part(edition)]
}

pub(super) fn krav(edition: Edition) -> Vec<Example> {
    let json = match edition {
        Edition::E2023 => include_str!("../../../scenarios/svar/2023-krav.json"),
        Edition::E2024 => include_str!("../../../scenarios/svar/2024-krav.json"),
    };
    vec![Example::of_json("publisert", PUBLISHED, json), shielded(true)]
}

pub(super) fn innbetalinger(edition: Edition) -> Vec<Example> {
    let json = match edition {
        Edition::E2023 => include_str!("../../../scenarios/svar/2023-innbetalinger.json"),
        Edition::E2024 => include_str!("eksempler/2024-innbetalinger.json"),
    };
    vec![Example::of_json("publisert", PUBLISHED, json), shielded(true)]
}

pub(super) fn utbetalinger(edition: Edition) -> Vec<Example> {
    let example = match edition {
        Edition::E2023 => Example::of_json("sandkassen", OWN, include_str!("eksempler/2023-utbetalinger.json")),
        Edition::E2024 => Example::of_json("publisert", PUBLISHED, include_str!("eksempler/2024-utbetalinger.json")),
    };
    vec![example, shielded(true)]
}

/// The answer about a shielded party.
fn shielded(has_periode: bool) -> Example {
    let mut value = json!({ "partIdentifikator": "02827720073" });
    if has_periode {
        value["periode"] = json!({ "fraOgMed": "2026-01-01", "tilOgMed": "2026-11-21" });
    }
    value["skjermet"] = json!(true);
    Example { name: "skjermet", summary: "Of a shielded party", value }
}

/// The sums of a party that is shielded in part.
fn shielded_in_part(edition: Edition) -> Example {
    let mut value = shielded(false).value;
    value["aapentKravMedGjenstaaendeBeloep"] = json!([]);
    if edition == Edition::E2023 {
        value["innbetalingMedUplassertBeloep"] = json!([]);
    }
    put_sums(&mut value);
    Example { name: "delvisSkjermet", summary: "Of a party that is shielded in part", value }
}

/// The sums of the published answer.
fn put_sums(value: &mut Value) {
    value["totalOversikt"] = json!({
        "sumStipulerteRenter": 400.0, "sumForfalteKrav": 20000.0, "sumIkkeForfalteKrav": 0.0,
        "sumUplasserteInnbetalinger": 0.0, "saldo": 20400.0,
    });
    value["oversiktPerKravgruppe"] = json!([{
        "kravgruppe": "Skatt", "sumStipulerteRenter": 400.0, "sumForfalteKrav": 20000.0,
        "sumIkkeForfalteKrav": 0.0, "saldo": 20400.0,
    }]);
}
