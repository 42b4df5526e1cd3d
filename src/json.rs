//! JSON texts: how they are written, and one level of one. What walks over a large answer need not hold it as a tree, which
//! takes twenty times as much memory as the text.

use std::cell::Cell;
use std::{fmt, io};

use bytes::Bytes;
use serde::Serialize;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// A value as text, with room for so many bytes at first. It is the text of `serde_json::to_vec`, in less time: that one calls a
/// function for each quotation mark and comma.
///
/// # Errors
/// The value has something that JSON cannot hold.
pub(crate) fn text<T: Serialize + ?Sized>(value: &T, room: usize) -> serde_json::Result<Vec<u8>> {
    let mut text = Text(Vec::with_capacity(room));
    text.write(value)?;
    Ok(text.0)
}

/// The same, as bytes that take no more room than they need.
///
/// # Errors
/// The value has something that JSON cannot hold.
pub(crate) fn bytes<T: Serialize + ?Sized>(value: &T) -> serde_json::Result<Bytes> {
    thread_local! {
        static ROOM: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
    }
    let mut text = Text(ROOM.take());
    text.0.clear();
    let written = text.write(value);
    if text.0.capacity() > MOST_ROOM {
        text.0.shrink_to_fit();
        return written.map(|()| text.0.into());
    }
    let bytes = written.map(|()| Bytes::copy_from_slice(&text.0));
    ROOM.set(text.0);
    bytes
}

/// The most room that a thread keeps for the next answer, in bytes.
const MOST_ROOM: usize = 64 * 1024;

struct Text(Vec<u8>);

impl Text {
    fn write<T: Serialize + ?Sized>(&mut self, value: &T) -> serde_json::Result<()> {
        value.serialize(&mut serde_json::Serializer::new(self))
    }
}

impl io::Write for Text {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes).map(|()| bytes.len())
    }

    #[inline]
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match bytes {
            [byte] => self.0.push(*byte),
            _ => self.0.extend_from_slice(bytes),
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_that_of_serde_json() {
        let long: Vec<String> = (0..9_000).map(|number| format!("krav \"{number}\"\n\u{1}æ\\")).collect();
        let values = [
            serde_json::json!(null),
            serde_json::json!({ "a": [], "b": {}, "c": [1, -2.5, true, "\u{1F600}/\t"], "": { "d": 1.0e300 } }),
            serde_json::json!(long),
            serde_json::json!({ "after a long one": 12_345.67 }),
        ];
        for value in values {
            let expected = serde_json::to_vec(&value).expect("JSON");
            assert_eq!(text(&value, 0).expect("JSON"), expected);
            // Twice, because the second one gets the room of the first.
            assert_eq!(bytes(&value).expect("JSON"), expected);
            assert_eq!(bytes(&value).expect("JSON"), expected);
        }
    }
}
