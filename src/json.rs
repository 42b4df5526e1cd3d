//! One level of a JSON text. What walks over a large answer need not hold it as a tree, which takes twenty times as much
//! memory as the text.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// A value whose parts are still texts.
pub(crate) enum Level<'j> {
    /// The fields in their order.
    Object(Vec<(String, &'j RawValue)>),
    Array(Vec<&'j RawValue>),
    Scalar(&'j RawValue),
}

impl<'j> Level<'j> {
    /// Reads one level.
    pub(crate) fn of(raw: &'j RawValue) -> serde_json::Result<Self> {
        match raw.get().as_bytes().first() {
            Some(b'{') => serde_json::from_str(raw.get()).map(|Fields(fields)| Self::Object(fields)),
            Some(b'[') => serde_json::from_str(raw.get()).map(Self::Array),
            _ => Ok(Self::Scalar(raw)),
        }
    }

    /// The field of an object.
    pub(crate) fn field(&self, name: &str) -> Option<&'j RawValue> {
        match self {
            Self::Object(fields) => fields.iter().find(|(known, _)| known == name).map(|(_, value)| *value),
            _ => None,
        }
    }
}

struct Fields<'j>(Vec<(String, &'j RawValue)>);

impl<'de: 'j, 'j> Deserialize<'de> for Fields<'j> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(fields)
            }
        }

        deserializer.deserialize_map(InOrder).map(Fields)
    }
}
