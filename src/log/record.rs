//! A record: something that happened to a session, with its place in the session's log.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The version of the records that this program writes. It reads all versions up to this one.
pub(crate) const VERSION: u32 = 1;

/// Something that happened to a session. As JSON it is an object with these members; `data` is what `kind` says.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Record {
    /// The version of its form.
    pub(crate) v: u32,
    /// The session; empty for what happened to the server.
    pub(crate) session: Arc<str>,
    /// Counted from 1 in the session.
    pub(crate) sequence: u64,
    /// The real time.
    pub(crate) at: DateTime<Utc>,
    /// What happened. A service's own begins with its name and a slash.
    pub(crate) kind: Cow<'static, str>,
    /// The facts of it.
    pub(crate) data: Box<RawValue>,
    /// The file that belongs to it. A place keeps it beside the record; in a copy it is a text in base64.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "in_base64")]
    pub(crate) file: Option<Bytes>,
}

mod in_base64 {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use bytes::Bytes;
    use serde::{Deserialize, Deserializer, Serializer};

    #[expect(clippy::ref_option, reason = "serde calls it so")]
    pub(super) fn serialize<S: Serializer>(file: &Option<Bytes>, serializer: S) -> Result<S::Ok, S::Error> {
        match file {
            Some(file) => serializer.serialize_str(&STANDARD.encode(file)),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Bytes>, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map(|bytes| Some(bytes.into())).map_err(serde::de::Error::custom)
    }
}

/// An event as it is written: its kind, and its facts.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) kind: String,
    pub(crate) data: Box<RawValue>,
}

/// The form that all events have: `{"kind": …, "data": …}`.
#[derive(Deserialize)]
struct Parts {
    kind: String,
    #[serde(default = "nothing")]
    data: Box<RawValue>,
}

fn nothing() -> Box<RawValue> {
    RawValue::NULL.to_owned()
}

impl Written {
    /// Writes an event. `service` is the name of the service that it belongs to; empty for those of the house.
    ///
    /// # Errors
    /// The event has no form in JSON, which is a mistake of its type.
    pub(crate) fn new<E: Serialize>(service: &str, event: &E) -> Result<Self, String> {
        let text = serde_json::to_string(event).map_err(|error| error.to_string())?;
        let Parts { kind, data } = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        let kind = if service.is_empty() { kind } else { format!("{service}/{kind}") };
        Ok(Self { kind, data })
    }
}

impl Record {
    /// Its service and the kind of the event there. The service is empty for what belongs to the house.
    pub(crate) fn place(&self) -> (&str, &str) {
        self.kind.split_once('/').unwrap_or(("", &self.kind))
    }

    /// The event of a type.
    ///
    /// # Errors
    /// A sentence: it has no such form.
    pub(crate) fn event<E: DeserializeOwned>(&self) -> Result<E, String> {
        read(self.place().1, &self.data)
    }

    /// About how much memory it takes, in bytes. Its file is not counted.
    pub(crate) fn bytes(&self) -> usize {
        size_of::<Self>() + self.kind.len() + self.data.get().len()
    }
}

/// Reads an event. The kind comes first, so that serde reads the facts as what they are.
pub(crate) fn read<E: DeserializeOwned>(kind: &str, data: &RawValue) -> Result<E, String> {
    let kind = serde_json::to_string(kind).map_err(|error| error.to_string())?;
    let text = match data.get() {
        "null" => format!(r#"{{"kind":{kind}}}"#),
        data => format!(r#"{{"kind":{kind},"data":{data}}}"#),
    };
    serde_json::from_str(&text).map_err(|error| error.to_string())
}
