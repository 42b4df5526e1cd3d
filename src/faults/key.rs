//! The keys of the vocabulary.

/// A key that a call, a rule or a base URL may carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// A published code.
    Error,
    /// How long the answer takes.
    Delay,
    /// A fault on the wire.
    Fault,
    /// Which session the call belongs to.
    Session,
    /// The edition of the answer.
    Edition,
    /// The time that the call sees.
    Now,
    /// How the answer is changed.
    Drift,
    /// Whose data the call asks for, at services that otherwise read it from the token.
    Party,
    /// The seed of everything that is drawn for this call.
    Seed,
    /// The name of the test that the call belongs to. It changes nothing.
    Test,
}

const KEYS: [(Key, &str, &str); 10] = [
    (Key::Error, "error", "Sandbox-Error"),
    (Key::Delay, "delay", "Sandbox-Delay"),
    (Key::Fault, "fault", "Sandbox-Fault"),
    (Key::Session, "session", "Sandbox-Session"),
    (Key::Edition, "edition", "Sandbox-Edition"),
    (Key::Now, "now", "Sandbox-Now"),
    (Key::Drift, "drift", "Sandbox-Drift"),
    (Key::Party, "party", "Sandbox-Party"),
    (Key::Seed, "seed", "Sandbox-Seed"),
    (Key::Test, "test", "Sandbox-Test"),
];

impl Key {
    /// The key as base URLs and rules write it.
    pub(crate) const fn name(self) -> &'static str {
        KEYS[self as usize].1
    }

    /// The key as a header.
    pub(crate) const fn header(self) -> &'static str {
        KEYS[self as usize].2
    }

    pub(crate) fn by_name(name: &str) -> Option<Self> {
        KEYS.iter().find(|(_, known, _)| *known == name).map(|(key, ..)| *key)
    }

    pub(crate) fn by_header(name: &str) -> Option<Self> {
        KEYS.iter().find(|(.., known)| known.eq_ignore_ascii_case(name)).map(|(key, ..)| *key)
    }

    /// All keys.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        KEYS.iter().map(|(key, ..)| *key)
    }

    pub(crate) fn names() -> Vec<String> {
        KEYS.iter().map(|(_, name, _)| (*name).to_owned()).collect()
    }

    pub(crate) fn headers() -> Vec<String> {
        KEYS.iter().map(|(.., header)| (*header).to_owned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_keys() {
        for (key, name, header) in KEYS {
            assert_eq!((key.name(), key.header()), (name, header));
        }
    }
}
