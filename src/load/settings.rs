//! The settings of what a running sandbox bears. Each has a flag and an environment variable.

use std::time::Duration;

use clap::Args;

use crate::body::Pace;
use crate::faults::duration::{FORMS, parse_duration};
use crate::faults::effects::bytes_a_second;

/// The limits of connections, times and memory.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct LoadLimits {
    /// How many connections can be open at the same time, and calls of HTTP/2 beyond the first of a connection. Beyond it only
    /// /health answers
    #[arg(long, env = "SANDBOX_MAX_CONNECTIONS", global = true, default_value_t = 512, value_name = "NUMBER", value_parser = parse_number)]
    pub(crate) max_connections: usize,
    /// Whether HTTP/2 is spoken: over TLS by ALPN, and without TLS with clients that know beforehand
    #[arg(long, env = "SANDBOX_HTTP2", global = true, default_value = "on", value_name = "on|off", value_parser = parse_switch, action = clap::ArgAction::Set)]
    pub(crate) http2: bool,
    /// How many requests can wait at the same time: for a delay, hang or slow-body
    #[arg(long, env = "SANDBOX_MAX_WAITING", global = true, default_value_t = 128, value_name = "NUMBER", value_parser = parse_number)]
    pub(crate) max_waiting: usize,
    /// How long a connection may be idle, and how long the headers of a request may take (up to twice as long passes)
    #[arg(long, env = "SANDBOX_IDLE_TIME", global = true, default_value = "30s", value_name = "LENGTH", value_parser = parse_length)]
    pub(crate) idle_time: Duration,
    /// How long the body of a request may take
    #[arg(long, env = "SANDBOX_BODY_TIME", global = true, default_value = "30s", value_name = "LENGTH", value_parser = parse_length)]
    pub(crate) body_time: Duration,
    /// How long a caller may read an answer more slowly than --min-rate
    #[arg(long, env = "SANDBOX_SEND_TIME", global = true, default_value = "30s", value_name = "LENGTH", value_parser = parse_length)]
    pub(crate) send_time: Duration,
    /// The lowest rate of bodies and answers
    #[arg(long, env = "SANDBOX_MIN_RATE", global = true, default_value = "1k/s", value_name = "RATE", value_parser = parse_rate)]
    pub(crate) min_rate: u32,
    /// How much memory the answers take that are being sent; those below 64 kB do not count
    #[arg(long, env = "SANDBOX_ANSWER_MEMORY", global = true, default_value = "64MB", value_name = "SIZE", value_parser = parse_size)]
    pub(crate) answer_memory: usize,
    /// How much memory the bodies take that are being received; those below 64 kB do not count
    #[arg(long, env = "SANDBOX_UPLOAD_MEMORY", global = true, default_value = "16MB", value_name = "SIZE", value_parser = parse_size)]
    pub(crate) upload_memory: usize,
    /// How much memory the answers take that are kept for the next caller
    #[arg(long, env = "SANDBOX_CACHE_MEMORY", global = true, default_value = "16MB", value_name = "SIZE", value_parser = parse_size)]
    pub(crate) cache_memory: usize,
}

impl LoadLimits {
    /// How fast a body has to come.
    pub(crate) fn pace(&self) -> Pace {
        Pace { time: self.body_time, rate: u64::from(self.min_rate) }
    }
}

/// Reads on or off.
fn parse_switch(text: &str) -> Result<bool, String> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err("write on or off".to_owned()),
    }
}

/// Reads a length of time above 0.
pub(crate) fn parse_length(text: &str) -> Result<Duration, String> {
    let length = parse_duration(text).filter(|length| !length.is_zero());
    length.ok_or_else(|| format!("a length of time is {FORMS}, above 0, like 30min"))
}

fn parse_number(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|number| (1..=100_000).contains(number)).ok_or_else(|| "a number from 1 to 100000".into())
}

fn parse_rate(text: &str) -> Result<u32, String> {
    bytes_a_second(text).ok_or_else(|| "a rate is a number of bytes a second, like 200/s or 1k/s".to_owned())
}

/// Reads a size in megabytes.
pub(crate) fn parse_size(text: &str) -> Result<usize, String> {
    let size = text.strip_suffix("MB").and_then(|number| number.parse::<usize>().ok());
    let size = size.filter(|megabytes| (1..=4096).contains(megabytes)).map(|megabytes| megabytes << 20);
    size.ok_or_else(|| "a size is a number from 1 to 4096 and MB, like 64MB".to_owned())
}
