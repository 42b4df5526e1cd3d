//! The JSON document of a rule, and the checks on it.
//!
//! A rule that can never match is refused. The refusal lists the values that are allowed.

use std::fmt;
use std::sync::Arc;

use chrono::TimeDelta;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::{Clocks, Rule, RuleAdded, Step, When};
use crate::catalogue::{Catalogue, Endpoint, PartyIn, Service};
use crate::domain::clock::{ClockError, ClockShift, Now};
use crate::faults::Cause;
use crate::faults::duration::parse_duration;
use crate::faults::key::Key;
use crate::faults::modifiers::{Modifiers, unknown_key};
use crate::faults::refused::Refused;

/// A rule of a session.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RuleDocument {
    /// Which calls meet it; a key that is left out fits all.
    #[serde(default)]
    pub(crate) when: WhenDocument,
    /// What they meet.
    pub(crate) then: Then,
    /// How many calls meet it; with a sequence, how many times that is gone through. All where left out, a sequence once.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub(crate) times: Option<u32>,
    /// How likely each call that fits is to meet it, over 0 and up to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 1), extend("exclusiveMinimum" = 0))]
    pub(crate) probability: Option<f64>,
    /// The seed of all that the rule draws; drawn, and told, where left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) seed: Option<u64>,
    /// How long it lives, for example `10min`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expires: Option<String>,
}

/// Which calls meet a rule.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WhenDocument {
    /// A service by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) service: Option<String>,
    /// An endpoint by the last part of its path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) endpoint: Option<String>,
    /// The number in the URL, 9 or 11 digits, or whose data it is by the token.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = "^([0-9]{9}|[0-9]{11})$"))]
    pub(crate) party: Option<String>,
    /// The access package (rettighetspakke).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) package: Option<String>,
    /// The `client_id` of the caller's token, believed as it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 200))]
    pub(crate) client: Option<String>,
}

/// What a rule does: keys of the vocabulary with their values, or a sequence of steps.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(transparent)]
pub(crate) struct Then(pub(crate) Map<String, Value>);

impl<'de> Deserialize<'de> for Then {
    /// Reads an object, and refuses a key that is given twice, which serde_json alone would accept.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;
        impl<'de> Visitor<'de> for Keys {
            type Value = Then;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of modifiers")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Then, A::Error> {
                let mut then = Map::new();
                while let Some((key, value)) = map.next_entry::<String, Value>()? {
                    if then.insert(key.clone(), value).is_some() {
                        return Err(serde::de::Error::custom(format!("{key} is given more than once")));
                    }
                }
                Ok(Then(then))
            }
        }
        deserializer.deserialize_map(Keys)
    }
}

impl JsonSchema for Then {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Then".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let modifiers: Map<String, Value> = Key::names()
            .into_iter()
            .filter(|key| key != Key::Session.name() && key != Key::Test.name())
            .map(|key| (key, serde_json::json!({ "type": ["string", "integer"] })))
            .collect();
        json_schema!({
            "description": "Keys of the vocabulary (docs/faults.md) with their values, or a sequence of steps, one a call: \
                a code, ok, or an object of such keys.",
            "oneOf": [
                {
                    "type": "object", "minProperties": 1, "additionalProperties": false, "properties": (modifiers.clone()),
                },
                {
                    "type": "object", "required": ["sequence"], "additionalProperties": false,
                    "properties": { "sequence": { "type": "array", "minItems": 1, "maxItems": (MOST_STEPS), "items": {
                        "oneOf": [
                            { "type": "string" },
                            { "type": "object", "minProperties": 1, "additionalProperties": false, "properties": modifiers },
                        ],
                    } } },
                },
            ],
            "examples": [{ "error": "KB-002" }, { "sequence": ["KB-002", "KB-002", "ok"] }, { "delay": "2s", "drift": "fields" }],
        })
    }
}

/// The longest sequence.
const MOST_STEPS: usize = 1000;

/// The refusal of a field of the document.
fn refused(field: &str, value: &str, detail: String, allowed: &[&str]) -> Box<Refused> {
    let allowed = allowed.iter().map(|form| (*form).to_owned()).collect();
    Refused::new(field, Some(value), detail, allowed).of_rule()
}

impl Rule {
    /// Checks a document against the catalogue and the clocks. `seed` is the rule's seed if the document has none.
    pub(crate) fn new(
        document: RuleDocument,
        number: u64,
        catalogue: Catalogue,
        clocks: Clocks,
        seed: u64,
    ) -> Result<Self, Box<Refused>> {
        let now = clocks.real;
        let mut document = document;
        let when = read_when(&document.when, catalogue)?;
        let then = read_steps(&document.then.0, &when, catalogue)?;
        for step in &then {
            if let Step::Modify(step) = step {
                step.observed(clocks.shown).map_err(|mut refusal| {
                    "then.now".clone_into(&mut refusal.modifier);
                    refusal.of_rule()
                })?;
            }
        }
        if document.times == Some(0) {
            return Err(refused("times", "0", "a rule is for at least 1 call".to_owned(), &["1"]));
        }
        if let Some(p) = document.probability.filter(|p| !(*p > 0.0 && *p <= 1.0)) {
            let detail = "a probability is over 0 and at most 1".to_owned();
            return Err(refused("probability", &p.to_string(), detail, &[]));
        }
        let expires = match &document.expires {
            None => None,
            Some(text) => {
                let length = parse_duration(text)
                    .and_then(|length| TimeDelta::from_std(length).ok())
                    .filter(|length| !length.is_zero());
                let end = length.and_then(|length| now.checked_add_signed(length));
                let bad = || {
                    refused("expires", text, format!("{text:?} is no length of time, like 10min or 30s"), &["10min"])
                };
                Some(end.ok_or_else(bad)?)
            }
        };
        document.seed.get_or_insert(seed);
        Ok(Self::from_checked(document, number, when, then, expires))
    }

    /// A rule that was checked when it was added.
    ///
    /// # Errors
    /// It names something that this version of the sandbox does not have.
    pub(super) fn kept(added: &RuleAdded, catalogue: Catalogue) -> Result<Self, Box<Refused>> {
        let mut document = added.rule.clone();
        write_months(&mut document.then.0);
        let when = read_when(&document.when, catalogue)?;
        let then = read_steps(&document.then.0, &when, catalogue)?;
        Ok(Self::from_checked(document, added.number, when, then, added.expires))
    }
}

/// Writes `mo` where a rule of an earlier sandbox has `m` for the clock, which meant months.
fn write_months(keys: &mut Map<String, Value>) {
    for (name, value) in keys {
        match value {
            Value::String(text) if name == Key::Now.name() => {
                if text.parse::<Now>() == Err(ClockError::Ambiguous)
                    && let Ok(shift) = ClockShift::from_log(text)
                {
                    *text = shift.to_string();
                }
            }
            Value::Array(steps) => steps.iter_mut().filter_map(Value::as_object_mut).for_each(write_months),
            _ => {}
        }
    }
}

fn read_when(document: &WhenDocument, catalogue: Catalogue) -> Result<When, Box<Refused>> {
    let services: Vec<&str> = catalogue.0.iter().map(|service| service.name).collect();
    let service = match &document.service {
        None => None,
        Some(name) => Some(catalogue.service(name).ok_or_else(|| {
            refused(
                "when.service",
                name,
                format!("there is no service {name:?}; the services are {}", services.join(", ")),
                &services,
            )
        })?),
    };
    let candidates: Vec<&'static Service> = service.map_or_else(|| catalogue.0.to_vec(), |only| vec![only]);
    let endpoint: Option<&'static Endpoint> = match &document.endpoint {
        None => None,
        Some(name) => Some(candidates.iter().find_map(|service| service.endpoint(name)).ok_or_else(|| {
            let mut known: Vec<&str> = Vec::new();
            for endpoint in candidates.iter().flat_map(|service| service.endpoints) {
                if !known.contains(&endpoint.name) {
                    known.push(endpoint.name);
                }
            }
            let whose = service.map_or("no service", |service| service.name);
            let detail = format!("{whose} has {}endpoint {name:?}", if service.is_some() { "no " } else { "an " });
            refused("when.endpoint", name, format!("{detail}; the endpoints are {}", known.join(", ")), &known)
        })?),
    };
    if let Some(package) = &document.package {
        let known: Vec<&str> =
            candidates.iter().flat_map(|service| service.packages).map(|package| package.name).collect();
        if !known.contains(&package.as_str()) {
            let list = match &*known {
                [] => "the service has no packages".to_owned(),
                _ => format!("the packages are {}", known.join(", ")),
            };
            let detail = format!("there is no package {package:?}; {list}");
            return Err(refused("when.package", package, detail, &known));
        }
    }
    if let Some(party) = &document.party
        && !(matches!(party.len(), 9 | 11) && party.bytes().all(|b| b.is_ascii_digit()))
    {
        return Err(refused("when.party", party, "a party's number has 9 or 11 digits".to_owned(), &[]));
    }
    if let Some(client) = document.client.as_deref().filter(|client| client.is_empty() || client.len() > 200) {
        return Err(refused("when.client", client, "a client id has 1 to 200 characters".to_owned(), &[]));
    }
    let text = |field: &Option<String>| field.as_deref().map(Box::from);
    let when = When {
        service,
        endpoint: endpoint.map(|endpoint| endpoint.name),
        party: text(&document.party),
        package: text(&document.package),
        client: text(&document.client),
    };
    if when.services(catalogue).next().is_none() {
        return Err(matches_nothing(when, catalogue));
    }
    Ok(when)
}

/// The refusal of conditions that no call of any service can meet together.
fn matches_nothing(mut when: When, catalogue: Catalogue) -> Box<Refused> {
    let (endpoint, package) = (when.endpoint.unwrap_or_default(), when.package.clone().unwrap_or_default());
    let party = when.party.take();
    let Some(service) = when.services(catalogue).next() else {
        let detail = format!("no service has both the endpoint {endpoint} and the package {package}");
        return refused("when", &package, detail, &[]);
    };
    let place = if endpoint.is_empty() { service.name.to_owned() } else { format!("{}/{endpoint}", service.name) };
    let detail = format!("the calls of {place} are about no party, so no call has this one");
    refused("when.party", &party.unwrap_or_default(), detail, &[])
}

/// The steps of a sequence, or one step for a rule that always does the same.
fn read_steps(then: &Map<String, Value>, when: &When, catalogue: Catalogue) -> Result<Vec<Step>, Box<Refused>> {
    let Some(sequence) = then.get("sequence") else {
        return Ok(vec![Step::Modify(Box::new(read_modifiers(then, "then", when, catalogue)?))]);
    };
    if then.len() > 1 {
        let detail = "a sequence takes no keys beside it; put the other keys into its steps, as objects".to_owned();
        return Err(refused("then", "sequence", detail, &[]));
    }
    let items = sequence.as_array().filter(|items| (1..=MOST_STEPS).contains(&items.len())).ok_or_else(|| {
        let detail = format!("a sequence is a list of 1 to {MOST_STEPS} steps");
        refused("then.sequence", &excerpt(sequence), detail, &[r#"["KB-002", "KB-002", "ok"]"#])
    })?;
    let step = |(i, item): (usize, &Value)| {
        let place = format!("then.sequence[{i}]");
        match item {
            Value::String(text) if text == "ok" => Ok(Step::Natural),
            Value::String(_) => {
                let alone = Map::from_iter([("error".to_owned(), item.clone())]);
                read_modifiers(&alone, &place, when, catalogue).map(|step| Step::Modify(Box::new(step)))
            }
            Value::Object(keys) => {
                read_modifiers(keys, &place, when, catalogue).map(|step| Step::Modify(Box::new(step)))
            }
            other => {
                let detail = "a step is a code, ok, or an object of modifiers".to_owned();
                Err(refused(&place, &excerpt(other), detail, &["ok"]))
            }
        }
    };
    let steps: Vec<Step> = items.iter().enumerate().map(step).collect::<Result<_, _>>()?;
    check_sequence(&steps, when, catalogue)?;
    Ok(steps)
}

/// Refuses a sequence that no service can give in full, such as one with codes of two services.
fn check_sequence(steps: &[Step], when: &When, catalogue: Catalogue) -> Result<(), Box<Refused>> {
    if when.services(catalogue).any(|service| steps.iter().all(|step| step.is_known_at(service))) {
        return Ok(());
    }
    // The step that rules out the last of the services that can give the steps before it.
    let mut services: Vec<&'static Service> = when.services(catalogue).collect();
    for (i, step) in steps.iter().enumerate() {
        let left: Vec<_> = services.iter().copied().filter(|service| step.is_known_at(service)).collect();
        if left.is_empty() {
            let code = step.code().unwrap_or_default();
            let names: Vec<_> = services.iter().map(|service| service.name).collect();
            let detail = format!(
                "no service has all codes of the sequence, so it would match no call: the codes before {code} are those \
                 of {}{}; make a rule for each service",
                names.join(", "),
                catalogue.owners_note(code)
            );
            return Err(refused(&format!("then.sequence[{i}].error"), code, detail, &[]));
        }
        services = left;
    }
    Ok(())
}

fn read_modifiers(
    keys: &Map<String, Value>,
    place: &str,
    when: &When,
    catalogue: Catalogue,
) -> Result<Modifiers, Box<Refused>> {
    let mut read = Modifiers::default();
    for (name, value) in keys {
        let own = catalogue.modifiers().find(|own| own.name == name);
        let key = Key::by_name(name);
        if key.is_none() && own.is_none() {
            return Err(unknown_key(name, catalogue).of_rule());
        }
        if key == Some(Key::Test) {
            let detail =
                "a rule changes answers, and the name of a test changes none; send it with the call".to_owned();
            return Err(refused(&format!("{place}.test"), &excerpt(value), detail, &[]));
        }
        if key == Some(Key::Session) {
            let detail = "a rule belongs to a session and cannot choose another; bind the client to a session instead"
                .to_owned();
            return Err(refused(&format!("{place}.session"), &excerpt(value), detail, &[]));
        }
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            other => {
                return Err(refused(
                    &format!("{place}.{name}"),
                    &excerpt(other),
                    "the value is a text".to_owned(),
                    &[],
                ));
            }
        };
        let place = format!("{place}.{name}");
        let taken = match (key, own) {
            (Some(key), _) => read.take(key, &place, &text, Cause::Rule),
            (None, Some(own)) => read.take_own(own, &place, &text, Cause::Rule),
            (None, None) => Ok(()),
        };
        taken.map_err(Refused::of_rule)?;
    }
    if !Modifiers::default().fill_from(&read) {
        let detail = "the rule does nothing; give error, delay, fault, drift, edition, now or party".to_owned();
        return Err(refused(place, "{}", detail, &[]));
    }
    check_code(&read, place, when, catalogue)?;
    check_together(&read, place)?;
    for (own, given) in &read.own {
        if !when.services(catalogue).any(|service| service.modifiers.contains(own)) {
            let detail = format!("the services that the rule matches do not have the modifier {}", own.name);
            return Err(refused(&format!("{place}.{}", own.name), &given.value, detail, &[]));
        }
    }
    let takes_party =
        |service: &'static Service| when.endpoints(service).any(|endpoint| endpoint.party == PartyIn::Token);
    if read.party.is_some() && !when.services(catalogue).any(takes_party) {
        let detail = "the services that the rule matches take their party from the URL".to_owned();
        return Err(refused(&format!("{place}.party"), "party", detail, &[]));
    }
    if let (Some(party), Some(_)) = (&read.party, &when.client) {
        let detail = "a call with a client has a token, and the token says whose the call is; leave one of the two out";
        return Err(refused(&format!("{place}.party"), &party.value, detail.to_owned(), &[]));
    }
    if read.edition.is_some() && !when.services(catalogue).any(|service| service.has_editions) {
        let detail = "the services that the rule matches have no editions".to_owned();
        return Err(refused(&format!("{place}.edition"), "edition", detail, &[]));
    }
    Ok(read)
}

/// Refuses what nobody would ever see beside a fault that replaces the answer.
fn check_together(read: &Modifiers, place: &str) -> Result<(), Box<Refused>> {
    let Some(fault) = read.replacing().map(|fault| fault.value) else {
        return Ok(());
    };
    let unseen = match (&read.error, &read.drift) {
        (Some(error), _) => (Key::Error, error.value.to_string()),
        (None, Some(drift)) => (Key::Drift, drift.value.to_string()),
        (None, None) => return Ok(()),
    };
    let (key, value) = (unseen.0.name(), unseen.1);
    let detail = format!(
        "the fault {fault} leaves nothing of the answer, so {key} would never be seen; give one of the two, or a fault \
         that sends the answer: truncate, slow-body"
    );
    Err(refused(&format!("{place}.{key}"), &value, detail, &[]))
}

/// Refuses a code that belongs to no service that the rule can match.
fn check_code(read: &Modifiers, place: &str, when: &When, catalogue: Catalogue) -> Result<(), Box<Refused>> {
    let Some(code) = read.error.as_ref().map(|error| Arc::clone(&error.value)) else {
        return Ok(());
    };
    if when.services(catalogue).any(|service| Catalogue::demanded(Some(service), &code).is_ok()) {
        return Ok(());
    }
    let mut known: Vec<&str> =
        when.services(catalogue).flat_map(|service| Catalogue::codes_at(Some(service))).map(|code| code.code).collect();
    known.dedup();
    let owners = catalogue.owners_note(&code);
    let detail = format!("no call that the rule matches can give {code:?}{owners}; it can give {}", known.join(", "));
    Err(refused(&format!("{place}.error"), &code, detail, &known))
}

/// The beginning of a value, short enough for an error message.
fn excerpt(value: &Value) -> String {
    value.to_string().chars().take(100).collect()
}
