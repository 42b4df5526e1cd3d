//! The time: the server's clock, and the clock of a session.
//!
//! Clocks do not move the base date, against which scenarios are resolved. It is set when a session begins.
//! (docs/scenarios.md, "Time")

use std::sync::Arc;

use arc_swap::ArcSwap;
use chrono::{DateTime, NaiveDate, Utc};

use super::events::{ClockSet, KeptSetting};
use crate::domain::clock::{ClockError, ClockShift, Now, day_in_norway};

/// A source of the real time. A test can pass its own.
pub(crate) type TimeSource = fn() -> DateTime<Utc>;

/// Reads the system's clock. Nothing else does.
#[expect(clippy::disallowed_methods, reason = "this is the source that all else is given")]
pub(crate) fn system_time() -> DateTime<Utc> {
    Utc::now()
}

/// The day that the clock shows at start.
///
/// # Errors
/// The setting is outside the years that a clock may show.
pub(crate) fn base_date(setting: Option<Now>, time: TimeSource) -> Result<NaiveDate, ClockError> {
    let real = time();
    setting.map_or(Ok(real), |now| now.resolve(real)).map(day_in_norway)
}

/// How a clock is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Setting {
    /// It shows the real time.
    #[default]
    Real,
    /// It stands still.
    Standing(DateTime<Utc>),
    /// It runs, this far ahead or behind.
    Shifted(ClockShift),
}

impl From<Option<Now>> for Setting {
    fn from(now: Option<Now>) -> Self {
        match now {
            None => Self::Real,
            Some(Now::Fixed(instant)) => Self::Standing(instant),
            Some(Now::Shifted(shift)) => Self::Shifted(shift),
        }
    }
}

impl Setting {
    /// What the clock shows.
    fn show(self, real: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::Real => real,
            Self::Standing(instant) => instant,
            // It was in range when it was set; a clock that has run out of it since shows the real time.
            Self::Shifted(shift) => Now::Shifted(shift).resolve(real).unwrap_or(real),
        }
    }

    /// The setting moved by a shift. A clock that stands still keeps standing.
    fn advanced(self, by: ClockShift, real: DateTime<Utc>) -> Result<Self, ClockError> {
        let further = match self {
            Self::Standing(instant) => Self::Standing(Now::Shifted(by).resolve(instant)?),
            Self::Real => Self::Shifted(by),
            Self::Shifted(shift) => Self::Shifted(shift.then(by, real)?),
        };
        if let Self::Shifted(shift) = further {
            Now::Shifted(shift).resolve(real)?;
        }
        Ok(further)
    }
}

/// A change of a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// It shows this.
    Set(Now),
    /// It moves by this shift.
    Advance(ClockShift),
    /// It stands still where it is.
    Freeze,
    /// It shows the real time.
    Real,
}

impl Change {
    /// It leaves every clock as it is: it advances it by nothing.
    fn is_nothing(self) -> bool {
        matches!(self, Self::Advance(shift) if shift.is_null())
    }
}

/// The time of the server: the real one, and how its clock is set.
pub(crate) struct Time {
    source: TimeSource,
    /// Every call reads it and hardly any sets it, so a reader writes nothing that others read.
    setting: ArcSwap<Setting>,
}

impl Time {
    pub(crate) fn new(source: TimeSource, now: Option<Now>) -> Self {
        Self { source, setting: ArcSwap::from_pointee(now.into()) }
    }

    /// The real time, whatever any clock shows.
    pub(crate) fn real(&self) -> DateTime<Utc> {
        (self.source)()
    }

    /// What the server's clock shows.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.setting().show(self.real())
    }

    pub(crate) fn setting(&self) -> Setting {
        **self.setting.load()
    }

    /// The setting after a change. Nothing if the change leaves the clock as it is.
    pub(super) fn changed(&self, change: Change) -> Result<Option<Setting>, ClockError> {
        if change.is_nothing() {
            return Ok(None);
        }
        changed(self.setting(), Setting::Real, change, self.real()).map(Some)
    }

    /// Sets the server's clock.
    pub(super) fn set(&self, setting: Setting) {
        self.setting.store(Arc::new(setting));
    }
}

/// Applies a change to a setting. A shift counts from what the clock would show without a setting.
fn changed(setting: Setting, otherwise: Setting, change: Change, real: DateTime<Utc>) -> Result<Setting, ClockError> {
    match change {
        Change::Set(Now::Fixed(instant)) => Ok(Setting::Standing(instant)),
        Change::Set(Now::Shifted(shift)) => otherwise.advanced(shift, real),
        Change::Advance(shift) => setting.advanced(shift, real),
        Change::Freeze => Ok(Setting::Standing(setting.show(real))),
        Change::Real => Ok(Setting::Real),
    }
}

/// What a session's clock says at one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading {
    /// What it shows.
    pub(crate) shown: DateTime<Utc>,
    /// The time that tokens are checked at.
    pub(crate) tokens: DateTime<Utc>,
}

/// A session's clock.
#[derive(Debug, Default)]
pub(crate) struct Clock(ArcSwap<ClockState>);

#[derive(Clone, Copy, Debug, Default)]
struct ClockState {
    /// Its own setting; without one it follows the server's clock.
    setting: Option<Setting>,
    /// Tokens follow it, too.
    tokens: bool,
}

impl Clock {
    /// What it shows at a real time.
    pub(crate) fn now(&self, time: &Time, real: DateTime<Utc>) -> DateTime<Utc> {
        self.setting(time).show(real)
    }

    /// What it shows at a real time, and the time that tokens are checked at then.
    pub(crate) fn reading(&self, time: &Time, real: DateTime<Utc>) -> Reading {
        let own = self.own();
        let shown = own.setting.unwrap_or_else(|| time.setting()).show(real);
        Reading { shown, tokens: if own.tokens { shown } else { real } }
    }

    /// How it is set, by itself or by the server.
    pub(crate) fn setting(&self, time: &Time) -> Setting {
        self.own().setting.unwrap_or_else(|| time.setting())
    }

    /// It has a setting of its own.
    pub(crate) fn is_own(&self) -> bool {
        self.own().setting.is_some()
    }

    /// Tokens follow it.
    pub(crate) fn moves_tokens(&self) -> bool {
        self.own().tokens
    }

    /// The time that tokens are checked at.
    pub(crate) fn for_tokens(&self, time: &Time) -> DateTime<Utc> {
        let real = time.real();
        if self.moves_tokens() { self.now(time, real) } else { real }
    }

    /// What it is after a change of the setting, and of whether tokens follow it. Nothing leaves a value as it is.
    pub(super) fn changed(
        &self,
        time: &Time,
        change: Option<Change>,
        tokens: Option<bool>,
        real: DateTime<Utc>,
    ) -> Result<ClockSet, ClockError> {
        let mut own = self.own();
        if let Some(change) = change.filter(|change| !change.is_nothing()) {
            let otherwise = time.setting();
            own.setting = Some(changed(own.setting.unwrap_or(otherwise), otherwise, change, real)?);
        }
        Ok(ClockSet { setting: own.setting.map(KeptSetting::from), tokens: tokens.unwrap_or(own.tokens) })
    }

    /// How it is set by itself.
    pub(super) fn kept(&self) -> ClockSet {
        let own = self.own();
        ClockSet { setting: own.setting.map(KeptSetting::from), tokens: own.tokens }
    }

    /// Sets it.
    pub(super) fn set(&self, kept: ClockSet) {
        self.0.store(Arc::new(ClockState { setting: kept.setting.map(Setting::from), tokens: kept.tokens }));
    }

    fn own(&self) -> ClockState {
        **self.0.load()
    }
}
