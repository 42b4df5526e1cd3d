//! Texts in the two languages of reports.

use std::str::FromStr;

/// The language of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Language {
    /// Norwegian (bokmål).
    #[default]
    Norwegian,
    English,
}

impl Language {
    /// The accepted spellings.
    pub(crate) const NAMES: [&'static str; 2] = ["nb", "en"];

    /// The name in HTML, and in a query.
    pub(crate) const fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }
}

impl FromStr for Language {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "nb" => Ok(Self::Norwegian),
            "en" => Ok(Self::English),
            _ => Err(()),
        }
    }
}

/// A text in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) nb: &'static str,
    pub(crate) en: &'static str,
}

impl Text {
    pub(crate) const fn new(nb: &'static str, en: &'static str) -> Self {
        Self { nb, en }
    }

    pub(crate) const fn in_language(self, language: Language) -> &'static str {
        match language {
            Language::Norwegian => self.nb,
            Language::English => self.en,
        }
    }
}
