//! Whether a value that is kept as it came has the type that it has in Altinn's models. Altinn refuses another type.

use serde_json::Value;

use super::systems::field;

/// Whether a field of an object is absent, null, or fits.
pub(super) fn has(object: &Value, name: &str, fits: impl Fn(&Value) -> bool) -> bool {
    field(object, name).is_none_or(|value| value.is_null() || fits(value))
}

/// An object of texts, for example one for each language.
pub(super) fn texts(value: &Value) -> bool {
    value.as_object().is_some_and(|fields| fields.values().all(Value::is_string))
}

/// A list of values that fit.
pub(super) fn list(value: &Value, fits: impl Fn(&Value) -> bool) -> bool {
    value.as_array().is_some_and(|list| list.iter().all(fits))
}

/// A right of a system or a systembruker: an action, and the resource as pairs of id and value.
pub(super) fn right(value: &Value) -> bool {
    let pair = |pair: &Value| pair.is_object() && ["id", "value"].iter().all(|name| has(pair, name, Value::is_string));
    value.is_object() && has(value, "action", Value::is_string) && has(value, "resource", |it| list(it, pair))
}

/// An access package by its URN.
pub(super) fn package(value: &Value) -> bool {
    value.is_object() && has(value, "urn", Value::is_string)
}

/// A right of a consent, beyond its action and resource, which are checked by name.
pub(super) fn consent_right(value: &Value) -> bool {
    let resource = |it: &Value| it.is_object() && has(it, "version", Value::is_string);
    list(&value["action"], Value::is_string) && list(&value["resource"], resource) && has(value, "metadata", texts)
}
