//! Modifiers that only one service has.

use std::fmt;

/// A modifier of one service. Every carrier takes it: header, base URL and rule.
pub struct OwnModifier {
    /// The key as base URLs and rules write it.
    pub name: &'static str,
    /// The key as a header.
    pub header: &'static str,
    /// The values, for a person: those that are fixed, and an example of each other form.
    pub values: &'static [&'static str],
    /// Whether it takes a value.
    pub takes: fn(&str) -> bool,
}

impl fmt::Debug for OwnModifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// Two are the same if they have the same name.
impl PartialEq for OwnModifier {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for OwnModifier {}
