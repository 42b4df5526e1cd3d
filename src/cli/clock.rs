//! `clock`: show, move, advance and freeze the clock of a running sandbox.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use http::Method;
use serde_json::{Value, json};

use crate::config::Flags;
use crate::terminal::{Client, print_answer};

#[derive(Args)]
pub(super) struct ClockArgs {
    #[command(subcommand)]
    command: Option<ClockCommand>,
    /// Session whose clock it is; the default one where left out
    #[arg(long, global = true, value_name = "NAME", conflicts_with = "server")]
    session: Option<String>,
    /// The server's clock, which sessions without a setting of their own follow
    #[arg(long, global = true)]
    server: bool,
}

#[derive(Subcommand)]
enum ClockCommand {
    /// Print what it shows (the default)
    Show,
    /// Set it to a date or date-time, where it stands still, or to a shift like +30d, with which it goes on
    Set {
        /// 2026-03-01, 2026-03-01T12:00:00+01:00, +30d
        #[arg(allow_hyphen_values = true)]
        when: String,
    },
    /// Move it so much further, for example 30d or 1m
    Advance {
        /// A number and d, w, m or y
        #[arg(allow_hyphen_values = true)]
        by: String,
    },
    /// Make it stand still where it is
    Freeze,
    /// Make it show the real time
    Real,
    /// Make the session follow the server's clock again
    Follow,
}

pub(super) fn run(args: &ClockArgs, flags: &Flags) -> ExitCode {
    let client = Client::new(flags, args.session.as_deref());
    let change = match &args.command {
        None | Some(ClockCommand::Show) => return tell(client.json(Method::GET, "/sandbox/clock", None)),
        Some(ClockCommand::Follow) if args.server => {
            return tell(Err("the server's clock follows none; say real, or set a date".to_owned()));
        }
        Some(ClockCommand::Follow) => return tell(client.json(Method::DELETE, "/sandbox/clock", None)),
        Some(ClockCommand::Set { when }) => json!({ "now": when, "server": args.server }),
        Some(ClockCommand::Advance { by }) => json!({ "advance": by, "server": args.server }),
        Some(ClockCommand::Freeze) => json!({ "freeze": true, "server": args.server }),
        Some(ClockCommand::Real) => json!({ "real": true, "server": args.server }),
    };
    tell(client.json(Method::POST, "/sandbox/clock", Some(&change)))
}

fn tell(done: Result<Value, String>) -> ExitCode {
    print_answer(done)
}
