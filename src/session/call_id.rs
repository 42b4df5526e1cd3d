//! The id of a call.

use uuid::Uuid;
use uuid::fmt::Hyphenated;

/// The id of a call.
#[derive(Clone, Debug)]
pub(crate) enum CallId {
    /// A new UUID.
    New([u8; Hyphenated::LENGTH]),
    /// The caller's.
    Given(Box<str>),
}

impl CallId {
    pub(crate) fn new(id: Uuid) -> Self {
        let mut text = [0; Hyphenated::LENGTH];
        id.hyphenated().encode_lower(&mut text);
        Self::New(text)
    }

    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::New(text) => std::str::from_utf8(text).unwrap_or_default(),
            Self::Given(text) => text,
        }
    }
}

impl CallId {
    pub(crate) fn as_bytes(&self) -> &[u8] {
        match self {
            Self::New(text) => text,
            Self::Given(text) => text.as_bytes(),
        }
    }

    /// Whether a caller may choose this id: it can be sent back in a header.
    pub(crate) fn is_usable(id: &str) -> bool {
        (1..=128).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic())
    }

    /// Whether it is a UUID in its usual form, with hyphens.
    pub(crate) fn is_uuid(&self) -> bool {
        match self {
            Self::New(_) => true,
            Self::Given(text) => text.len() == Hyphenated::LENGTH && Uuid::try_parse(text).is_ok(),
        }
    }
}
