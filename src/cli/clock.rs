//! `clock`: show, move, advance and freeze the clock of a running sandbox.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use http::Method;
use serde_json::json;

use crate::config::Flags;
use crate::terminal::{Client, print_answer};

#[derive(Args)]
pub(super) struct ClockArgs {
    #[command(subcommand)]
    command: Option<ClockCommand>,
    /// Session of the clock; the default one if left out
    #[arg(long, global = true, value_name = "NAME", conflicts_with = "server")]
    session: Option<String>,
    /// Use the server's clock, which all sessions without their own setting follow
    #[arg(long, global = true)]
    server: bool,
}

#[derive(Subcommand)]
enum ClockCommand {
    /// Print what the clock shows (the default)
    Show,
    /// Set the clock. With a date or date-time it stands still, with a shift like +30d it keeps running
    Set {
        /// For example 2026-03-01, 2026-03-01T12:00:00+01:00 or +30d
        #[arg(allow_hyphen_values = true)]
        when: String,
    },
    /// Move the clock forward, for example by 30d, 2h or 1mo
    Advance {
        /// A number and s (seconds), min (minutes), h (hours), d (days), w (weeks), mo (months) or y (years)
        #[arg(allow_hyphen_values = true)]
        by: String,
    },
    /// Stop the clock at the time that it shows
    Freeze,
    /// Set the clock to the real time
    Real,
    /// Make the session follow the server's clock again
    Follow,
}

pub(super) fn run(args: &ClockArgs, flags: &Flags) -> ExitCode {
    let client = Client::new(flags, args.session.as_deref());
    let change = match &args.command {
        None | Some(ClockCommand::Show) => return print_answer(client.json(Method::GET, "/sandbox/clock", None)),
        Some(ClockCommand::Follow) if args.server => {
            return print_answer(Err("the server's clock follows no other clock; use real, or set a date".to_owned()));
        }
        Some(ClockCommand::Follow) => return print_answer(client.json(Method::DELETE, "/sandbox/clock", None)),
        Some(ClockCommand::Set { when }) => json!({ "now": when, "server": args.server }),
        Some(ClockCommand::Advance { by }) => json!({ "advance": by, "server": args.server }),
        Some(ClockCommand::Freeze) => json!({ "freeze": true, "server": args.server }),
        Some(ClockCommand::Real) => json!({ "real": true, "server": args.server }),
    };
    print_answer(client.json(Method::POST, "/sandbox/clock", Some(&change)))
}
