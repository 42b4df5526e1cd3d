//! `session`: what happened to a session of a running sandbox, and back to an earlier state of it.

use std::fmt::Write as _;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use http::Method;
use serde_json::{Value, json};

use crate::config::Flags;
use crate::terminal::{Client, UNUSABLE, print, print_answer, print_error};

#[derive(Args)]
pub(super) struct SessionArgs {
    #[command(subcommand)]
    command: SessionCommand,
    /// Session; the default one if left out
    #[arg(long, global = true, value_name = "NAME")]
    session: Option<String>,
}

#[derive(Subcommand)]
enum SessionCommand {
    /// List what happened to the session. What was undone has a minus
    Log {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Undo the last changes
    Undo {
        /// How many
        #[arg(default_value_t = 1, value_name = "NUMBER")]
        steps: usize,
        /// Go back to this record of the log instead
        #[arg(long, value_name = "RECORD", conflicts_with = "steps")]
        to: Option<u64>,
    },
    /// Go back to what the session was at a real time
    At {
        /// For example 2026-11-30T12:00:00Z
        time: String,
    },
}

pub(super) fn run(args: &SessionArgs, flags: &Flags) -> ExitCode {
    let client = Client::new(flags, args.session.as_deref());
    let document = match &args.command {
        SessionCommand::Log { json } => {
            let answer = client.json(Method::GET, "/sandbox/log", None);
            return match answer {
                Ok(log) if !json => print(&lines(&log)),
                Err(error) => {
                    print_error(&error);
                    ExitCode::from(UNUSABLE)
                }
                answer => print_answer(answer),
            };
        }
        SessionCommand::Undo { to: Some(to), .. } => json!({ "to": to }),
        SessionCommand::Undo { steps, to: None } => json!({ "steps": steps }),
        SessionCommand::At { time } => json!({ "at": time }),
    };
    print_answer(client.json(Method::POST, "/sandbox/undo", Some(&document)))
}

/// The log as lines: number, real time, what happened.
fn lines(log: &Value) -> String {
    let records = log["records"].as_array().map_or(&[][..], Vec::as_slice);
    let mut text = String::new();
    for record in records {
        let counts = if record["counts"] == true { ' ' } else { '-' };
        let part = |name: &str| record[name].as_str().unwrap_or_default();
        let (at, words) = (part("at"), part("words"));
        let line = format!("{counts}{:>6}  {at:.19}  {words}", record["sequence"].to_string());
        let _ = writeln!(text, "{}", line.trim_end());
    }
    if text.is_empty() { "nothing has happened to the session yet\n".to_owned() } else { text }
}
