//! What happens to a session, as its log has it. Services have events of their own (`log::kept`).
//!
//! docs/state.md lists all of them. A record that was written once is read for ever: a new fact gets a default, and what means
//! something else gets a kind of its own.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::rules::document::RuleDocument;
use super::time::Setting;
use crate::domain::clock::ClockShift;
use crate::domain::identifikator::Part;
use crate::scenario::sources::Text;

/// Something that happened to a session.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(tag = "kind", content = "data", rename_all = "kebab-case")]
pub(crate) enum Event {
    /// It began. This is the first record of every log; it is written with the first change.
    Begun(Beginning),
    /// It began again, with nothing of its own.
    Reset(Beginning),
    /// Its clock was set.
    Clock(ClockSet),
    /// A rule was added.
    RuleAdded(Box<RuleAdded>),
    /// A rule was deleted.
    RuleDeleted { rule: Box<str> },
    /// All rules were deleted.
    RulesCleared,
    /// A call met a rule.
    RuleUsed(RuleUsed),
    /// A call met a flag of a scenario that has a limit.
    FlagUsed { party: Number, flag: usize },
    /// It got scenarios of its own, in place of those it had.
    Scenarios { texts: Vec<OwnText>, forgotten: Vec<FlagPlace> },
    /// It has no scenarios of its own any more.
    ScenariosDropped { forgotten: Vec<FlagPlace> },
    /// The server's scenarios are others from here on.
    Files { digest: Box<str>, forgotten: Vec<FlagPlace> },
    /// Somebody said who tests what.
    About { supplier: Option<Box<str>>, system: Option<Box<str>>, version: Option<Box<str>> },
    /// It went back to what it was after a record. What came between stays in the log and does not count.
    Undone { to: u64 },
}

/// How a session begins.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) struct Beginning {
    /// The day against which relative dates are resolved.
    pub(crate) base: NaiveDate,
    /// The seed of the server, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) seed: Option<u64>,
    /// The digest of the server's scenario files.
    pub(crate) scenarios: Box<str>,
    /// The version of the sandbox that wrote it.
    pub(crate) by: Box<str>,
}

/// How a clock is set.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) struct ClockSet {
    /// Nothing if it follows the server's clock.
    pub(crate) setting: Option<KeptSetting>,
    /// Tokens follow it.
    #[serde(default)]
    pub(crate) tokens: bool,
}

/// The setting of a clock, as a log has it.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum KeptSetting {
    Real,
    Standing(DateTime<Utc>),
    Shifted(KeptShift),
}

/// A shift as a text, like `+1mo-2d`.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct KeptShift(ClockShift);

impl TryFrom<String> for KeptShift {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        ClockShift::from_log(&text).map(Self).map_err(|error| error.to_string())
    }
}

impl From<KeptShift> for String {
    fn from(KeptShift(shift): KeptShift) -> Self {
        shift.to_string()
    }
}

impl From<Setting> for KeptSetting {
    fn from(setting: Setting) -> Self {
        match setting {
            Setting::Real => Self::Real,
            Setting::Standing(instant) => Self::Standing(instant),
            Setting::Shifted(shift) => Self::Shifted(KeptShift(shift)),
        }
    }
}

impl From<KeptSetting> for Setting {
    fn from(kept: KeptSetting) -> Self {
        match kept {
            KeptSetting::Real => Self::Real,
            KeptSetting::Standing(instant) => Self::Standing(instant),
            KeptSetting::Shifted(KeptShift(shift)) => Self::Shifted(shift),
        }
    }
}

/// A rule with all that was drawn for it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct RuleAdded {
    pub(crate) number: u64,
    /// As it was sent, with its seed.
    pub(crate) rule: RuleDocument,
    /// When it ends, in real time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) expires: Option<DateTime<Utc>>,
}

/// A call and a rule.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) struct RuleUsed {
    pub(crate) number: u64,
    /// Whether the call met it. Otherwise the rule's probability said no.
    pub(crate) met: bool,
    /// How far the rule's generator is after it, in words of 32 bits; nothing if nothing was drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) drawn: Option<u64>,
}

/// The place of a flag: a party, and where it stands in the party's list, from 0.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) struct FlagPlace {
    pub(crate) party: Number,
    pub(crate) flag: usize,
}

/// The number of a party, as a text.
pub(crate) type Number = Part;

/// A scenario of a session's own.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct OwnText {
    pub(crate) name: String,
    pub(crate) text: String,
    #[serde(default)]
    pub(crate) lines_before: usize,
}

impl From<&Text> for OwnText {
    fn from(text: &Text) -> Self {
        Self { name: text.name.clone(), text: text.text.clone(), lines_before: text.lines_before }
    }
}

impl From<&OwnText> for Text {
    fn from(own: &OwnText) -> Self {
        Self { name: own.name.clone(), text: own.text.clone(), lines_before: own.lines_before }
    }
}

/// Something that happened to the server, for all sessions.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(tag = "kind", content = "data", rename_all = "kebab-case")]
pub(crate) enum ServerEvent {
    /// The server's clock was set.
    Clock { setting: KeptSetting },
    /// Exactly these clients are bound to a session from here on.
    Bound { session: Box<str>, clients: Vec<String> },
}
