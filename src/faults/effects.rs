//! What can be done to an answer: delays, faults on the wire, drift. These are the values of the keys
//! `delay`, `fault` and `drift`. They are written the same way in a header, the base URL, a scenario flag and a rule.
//! Imitates docs/fidelity.md, "Faults on demand".

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use rand::{Rng, RngExt};
use rand_distr::{Distribution, LogNormal};

use super::duration::{FORMS, parse_duration, write_duration};

/// The longest delay.
pub(crate) const LONGEST: Duration = Duration::from_secs(600);

/// How long `hang` keeps a connection if no time is given.
const DEFAULT_HANG: Duration = Duration::from_secs(300);

/// `Retry-After` of `429` if no time is given.
const DEFAULT_RETRY_AFTER: Duration = Duration::from_secs(30);

/// Bytes a second of `slow-body` if no rate is given.
const DEFAULT_RATE: u32 = 1024;

/// Why a value is refused, and the forms that are allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BadValue {
    pub(crate) why: String,
    pub(crate) allowed: Vec<&'static str>,
}

impl fmt::Display for BadValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; write {}", self.why, self.allowed.join(", "))
    }
}

/// How long to wait before an answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Delay {
    /// Always this long.
    Fixed(Duration),
    /// Uniformly distributed between the two, both included.
    Even(Duration, Duration),
    /// Log-normally distributed: the median, and the standard deviation of the logarithm.
    LogNormal(Duration, f64),
}

impl Delay {
    /// Draws a delay, at most [`LONGEST`].
    pub(crate) fn draw(self, rng: &mut impl Rng) -> Duration {
        let drawn = match self {
            Self::Fixed(delay) => delay,
            Self::Even(from, to) => Duration::from_millis(rng.random_range(millis(from)..=millis(to))),
            Self::LogNormal(median, sigma) => {
                let factor = LogNormal::new(0.0, sigma).map_or(1.0, |spread| spread.sample(rng));
                Duration::try_from_secs_f64(median.as_secs_f64() * factor).unwrap_or(LONGEST)
            }
        };
        drawn.min(LONGEST)
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// An example of each form of a delay.
pub(crate) const DELAYS: [&str; 3] = ["1500ms", "200ms..3s", "lognormal(300ms,0.8)"];

impl FromStr for Delay {
    type Err = BadValue;

    fn from_str(text: &str) -> Result<Self, BadValue> {
        let bad = |why: &str| BadValue { why: format!("{text:?} is no delay: {why}"), allowed: DELAYS.to_vec() };
        let length = |text: &str| {
            let length = parse_duration(text.trim()).ok_or_else(|| bad(&format!("a length is {FORMS}")))?;
            if length > LONGEST { Err(bad("the longest is 10min")) } else { Ok(length) }
        };
        if let Some((from, to)) = text.split_once("..") {
            let (from, to) = (length(from)?, length(to)?);
            return if from <= to { Ok(Self::Even(from, to)) } else { Err(bad("the shorter length comes first")) };
        }
        let Some(inside) = text.strip_prefix("lognormal(").and_then(|rest| rest.strip_suffix(')')) else {
            return length(text).map(Self::Fixed);
        };
        let (median, sigma) = inside.split_once(',').ok_or_else(|| bad("lognormal takes a median and a spread"))?;
        match sigma.trim().parse::<f64>() {
            Ok(sigma) if (0.0..=10.0).contains(&sigma) => Ok(Self::LogNormal(length(median)?, sigma)),
            _ => Err(bad("the spread is a number from 0 to 10")),
        }
    }
}

impl fmt::Display for Delay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(delay) => f.write_str(&write_duration(*delay)),
            Self::Even(from, to) => write!(f, "{}..{}", write_duration(*from), write_duration(*to)),
            Self::LogNormal(median, sigma) => write!(f, "lognormal({},{sigma})", write_duration(*median)),
        }
    }
}

/// A fault of the transport, or of a machine between caller and service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// A TCP reset instead of an answer. The service is not asked.
    Reset,
    /// The service does its work, and then there is a TCP reset instead of its answer.
    ResetAfter,
    /// No answer for this long, then the end of the connection.
    Hang(Duration),
    /// The end of the connection instead of an answer.
    Empty,
    /// The head and half of the body, then the end of the connection.
    Truncate,
    /// Bytes that are not HTTP.
    Garbage,
    /// The body, at this many bytes a second.
    SlowBody(u32),
    /// A gateway's plain text.
    GatewayText,
    /// A proxy's error page.
    Html,
    /// 429 with `Retry-After`.
    TooMany(Duration),
    /// 503.
    Unavailable,
}

impl Fault {
    /// Its name, without its value.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Reset => "reset",
            Self::ResetAfter => "reset-after",
            Self::Hang(_) => "hang",
            Self::Empty => "empty",
            Self::Truncate => "truncate",
            Self::Garbage => "garbage",
            Self::SlowBody(_) => "slow-body",
            Self::GatewayText => "gateway-text",
            Self::Html => "html",
            Self::TooMany(_) => "429",
            Self::Unavailable => "503",
        }
    }

    /// Whether the caller gets no answer at all.
    pub(crate) const fn hangs_up(self) -> bool {
        matches!(self, Self::Reset | Self::ResetAfter | Self::Hang(_) | Self::Empty | Self::Garbage)
    }

    /// Whether HTTP/2 can carry it. Bytes that are no HTTP have no place in its frames.
    pub(crate) const fn fits_http2(self) -> bool {
        !matches!(self, Self::Garbage)
    }

    /// Whether the caller has to wait for the end.
    pub(crate) const fn waits(self) -> bool {
        matches!(self, Self::Hang(_) | Self::SlowBody(_))
    }

    /// Whether the service is not asked, because the caller sees nothing of its answer.
    pub(crate) const fn replaces_answer(self) -> bool {
        !matches!(self, Self::Truncate | Self::SlowBody(_) | Self::ResetAfter)
    }
}

/// Every fault, as a caller may write it.
pub(crate) const FAULTS: [&str; 11] = [
    "reset",
    "reset-after",
    "hang",
    "empty",
    "truncate",
    "garbage",
    "slow-body(1k/s)",
    "gateway-text",
    "html",
    "429(30s)",
    "503",
];

impl FromStr for Fault {
    type Err = BadValue;

    fn from_str(text: &str) -> Result<Self, BadValue> {
        let bad = |why: &str| BadValue { why: format!("{text:?} is no fault: {why}"), allowed: FAULTS.to_vec() };
        let (name, inside) = match text.split_once('(') {
            None => (text, None),
            Some((name, rest)) => (name, Some(rest.strip_suffix(')').ok_or_else(|| bad("a bracket is not closed"))?)),
        };
        let length = |default: Duration| match inside.map(parse_duration) {
            None => Ok(default),
            Some(Some(length)) if length <= LONGEST => Ok(length),
            Some(_) => Err(bad("the brackets hold a length up to 10min, like 30s")),
        };
        match name {
            "hang" => return length(DEFAULT_HANG).map(Self::Hang),
            "429" => {
                let seconds = length(DEFAULT_RETRY_AFTER)?;
                let whole = seconds.as_millis().is_multiple_of(1000);
                return if whole { Ok(Self::TooMany(seconds)) } else { Err(bad("Retry-After is in whole seconds")) };
            }
            "slow-body" => {
                let rate = inside.map_or(Some(DEFAULT_RATE), bytes_a_second);
                return rate.map(Self::SlowBody).ok_or_else(|| bad("the brackets hold a rate, like 1k/s or 200/s"));
            }
            _ => {}
        }
        let plain = match name {
            "reset" => Self::Reset,
            "reset-after" => Self::ResetAfter,
            "empty" => Self::Empty,
            "truncate" => Self::Truncate,
            "garbage" => Self::Garbage,
            "gateway-text" => Self::GatewayText,
            "html" => Self::Html,
            "503" => Self::Unavailable,
            _ => return Err(BadValue { why: format!("{text:?} is no fault"), allowed: FAULTS.to_vec() }),
        };
        if inside.is_some() { Err(bad("it takes nothing in brackets")) } else { Ok(plain) }
    }
}

/// Reads a rate like `200/s` or `1k/s`, at most 1 MB a second.
pub(crate) fn bytes_a_second(text: &str) -> Option<u32> {
    let number = text.strip_suffix("/s")?;
    let (digits, factor) = number.strip_suffix('k').map_or((number, 1), |digits| (digits, 1024));
    let written = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    let rate = digits.parse::<u32>().ok().filter(|_| written)?.checked_mul(factor)?;
    (1..=1024 * 1024).contains(&rate).then_some(rate)
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        match self {
            Self::Hang(limit) => write!(f, "({})", write_duration(*limit)),
            Self::SlowBody(rate) if rate.is_multiple_of(1024) => write!(f, "({}k/s)", rate / 1024),
            Self::SlowBody(rate) => write!(f, "({rate}/s)"),
            Self::TooMany(after) => write!(f, "({}s)", after.as_secs()),
            _ => Ok(()),
        }
    }
}

/// How an answer is changed without changing its meaning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Drift {
    /// Adds unknown fields.
    pub(crate) fields: bool,
    /// Puts fields into another order.
    pub(crate) order: bool,
    /// Leaves out optional fields.
    pub(crate) optional: bool,
}

/// Every drift, in the order of the fields of [`Drift`].
pub(crate) const DRIFTS: [&str; 3] = ["fields", "order", "optional"];

impl FromStr for Drift {
    type Err = BadValue;

    fn from_str(text: &str) -> Result<Self, BadValue> {
        let mut drift = Self::default();
        for name in text.split('+') {
            match name {
                "fields" => drift.fields = true,
                "order" => drift.order = true,
                "optional" => drift.optional = true,
                _ => {
                    let why = format!("{name:?} is no drift, and + joins several");
                    return Err(BadValue { why, allowed: DRIFTS.to_vec() });
                }
            }
        }
        Ok(drift)
    }
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let on = [self.fields, self.order, self.optional];
        let names: Vec<_> = DRIFTS.into_iter().zip(on).filter_map(|(name, on)| on.then_some(name)).collect();
        f.write_str(&names.join("+"))
    }
}

/// What a scenario flag does to an answer. `None` for each key that the flag leaves out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Effects {
    /// The error code that is answered, or several findings, joined by `+`. The service has them.
    pub(crate) error: Option<Arc<str>>,
    /// How long the answer takes.
    pub(crate) delay: Option<Delay>,
    /// What happens to the answer on the wire.
    pub(crate) fault: Option<Fault>,
    /// How the answer is changed.
    pub(crate) drift: Option<Drift>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::ChaCha8Rng;

    #[test]
    fn every_value_is_written_as_it_was_read() {
        for text in ["1500ms", "2s", "200ms..3s", "lognormal(300ms,0.8)", "0ms..10min"] {
            assert_eq!(text.parse::<Delay>().expect(text).to_string(), text);
        }
        for text in FAULTS.into_iter().chain(["hang(10s)", "slow-body(200/s)"]) {
            let written = text.parse::<Fault>().expect(text).to_string();
            assert!(written == text || (text, written.as_str()) == ("hang", "hang(5min)"), "{text}: {written}");
        }
        for text in ["fields", "order+optional", "optional+order"] {
            let drift = text.parse::<Drift>().expect(text);
            assert_eq!(drift.to_string().parse(), Ok(drift));
        }
    }

    #[test]
    fn other_values_are_refused() {
        for text in
            ["", "2", "3s..2s", "11m", "lognormal(300ms)", "lognormal(300ms,-1)", "lognormal(1s,nan)", "1s..", "-1s"]
        {
            assert!(text.parse::<Delay>().is_err(), "{text:?}");
        }
        for text in [
            "",
            "Reset",
            "reset()",
            "hang(",
            "hang(1)",
            "429(1500ms)",
            "slow-body(0/s)",
            "slow-body(k/s)",
            "503(1s)",
            "504",
        ] {
            assert!(text.parse::<Fault>().is_err(), "{text:?}");
        }
        for text in ["", "fields+", "fields,order", "Fields"] {
            assert!(text.parse::<Drift>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn delays_follow_their_distributions() {
        let draws = |text: &str| {
            let mut rng = ChaCha8Rng::seed_from_u64(1);
            let delay: Delay = text.parse().expect(text);
            let mut draws: Vec<f64> = (0..4001).map(|_| delay.draw(&mut rng).as_secs_f64()).collect();
            draws.sort_by(f64::total_cmp);
            draws
        };
        let even = draws("1s..3s");
        assert!(even[0] >= 1.0 && even[4000] <= 3.0 && (even[2000] - 2.0).abs() < 0.1, "{}", even[2000]);
        let lognormal = draws("lognormal(300ms,0.8)");
        assert!((lognormal[2000] - 0.3).abs() < 0.02, "the median: {}", lognormal[2000]);
        // 84 % lie below the median times e to the spread.
        assert!((lognormal[3365] / (0.3 * 0.8_f64.exp()) - 1.0).abs() < 0.1, "{}", lognormal[3365]);
        assert!(draws("lognormal(5m,10)")[4000] <= LONGEST.as_secs_f64());
    }
}
