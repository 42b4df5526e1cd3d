//! `capsule`: saves a session in one file, shows it, goes on with it, and sends its calls again.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use http::Method;

use super::serve::{self, Played};
use super::{capsule_replay, capsule_story};
use crate::catalogue::Edition;
use crate::config::Flags;
use crate::domain::clock::Now;
use crate::faults::modifiers::SessionName;
use crate::interface::Services;
use crate::load::store::StoreAt;
use crate::log::capsule::{Capsule, LONGEST};
use crate::terminal::{Client, UNUSABLE, print, print_error, write_output};

#[derive(Args)]
pub(super) struct CapsuleArgs {
    #[command(subcommand)]
    command: CapsuleCommand,
}

#[derive(Subcommand)]
enum CapsuleCommand {
    /// Save a session of a running sandbox
    Save {
        /// Session; the default one if left out
        #[arg(long, value_name = "NAME")]
        session: Option<String>,
        /// The file, or - for stdout
        #[arg(long, short, value_name = "FILE")]
        output: PathBuf,
    },
    /// Tell what happened, as a story
    Show {
        /// The capsule
        file: PathBuf,
    },
    /// Start a sandbox with the session as it was when it was saved
    Play {
        /// The capsule
        file: PathBuf,
        /// As it was right before this call of its journal
        #[arg(long, value_name = "NUMBER")]
        at: Option<u64>,
    },
    /// Send the calls again, and show what is answered otherwise. The exit code is 1 if something is. Changes by the control API
    /// (rules, clock, scenarios) are not sent
    Replay {
        /// The capsule
        file: PathBuf,
        /// The base URL of a sandbox, like <http://127.0.0.1:8080> or <http://127.0.0.1:8080/~session=again>
        #[arg(long, value_name = "URL")]
        against: String,
    },
}

pub(super) fn run(args: &CapsuleArgs, flags: &Flags, services: &'static Services) -> ExitCode {
    let done = match &args.command {
        CapsuleCommand::Save { session, output } => save(flags, session.as_deref(), output),
        CapsuleCommand::Show { file } => read(file).map(|capsule| print(&capsule_story::story(&capsule, services))),
        CapsuleCommand::Replay { file, against } => {
            read(file).and_then(|capsule| capsule_replay::replay(&capsule, against, services))
        }
        CapsuleCommand::Play { file, at } => read(file).and_then(|capsule| play(&capsule, *at, flags, services)),
    };
    done.unwrap_or_else(|error| {
        print_error(&error);
        ExitCode::from(UNUSABLE)
    })
}

fn read(file: &Path) -> Result<Capsule, String> {
    let told = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let length = std::fs::metadata(file).map_err(|error| told(&error))?.len();
    if length > LONGEST {
        return Err(told(&format!("a capsule has at most {LONGEST} bytes")));
    }
    Capsule::read(&std::fs::read(file).map_err(|error| told(&error))?).map_err(|error| told(&error))
}

fn save(flags: &Flags, session: Option<&str>, output: &Path) -> Result<ExitCode, String> {
    let bytes = Client::new(flags, session).bytes(Method::GET, "/sandbox/capsule")?;
    write_output(output, &bytes)
}

/// A folder that goes when this is dropped.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn play(capsule: &Capsule, at: Option<u64>, flags: &Flags, services: &'static Services) -> Result<ExitCode, String> {
    let head = &capsule.head;
    let until = at.map(|number| call_time(capsule, number)).transpose()?;
    let records: Vec<_> =
        capsule.records.iter().filter(|record| until.is_none_or(|until| record.at < until)).cloned().collect();
    let name = SessionName::parse(&head.session).ok_or("the capsule names no session")?;
    let folder = Folder(std::env::temp_dir().join(format!("innkreving-capsule-{}", std::process::id())));
    for (file, bytes) in &capsule.files {
        let path = folder.0.join(file);
        let stays = Path::new(file).components().all(|part| matches!(part, std::path::Component::Normal(_)));
        let made = path.parent().map_or(Ok(()), std::fs::create_dir_all);
        if !stays {
            return Err(format!("the capsule has a file outside its folder: {file}"));
        }
        made.and_then(|()| std::fs::write(&path, bytes)).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    // The clock goes back with the session: it shows what it showed then, and stands still.
    let shown = until.map_or(head.shown, |until| head.shown - (head.saved - until));
    let mut flags = flags.clone();
    flags.scenarios = (!capsule.files.is_empty()).then(|| folder.0.clone());
    flags.with_builtin = head.builtin;
    flags.now = Some(Now::Fixed(shown));
    flags.edition = head.edition.as_deref().and_then(|edition| edition.parse::<Edition>().ok());
    flags.auth = head.auth.parse()?;
    flags.store.store = StoreAt::Memory;
    // Those before the call that it goes back to.
    let calls = capsule.calls.iter().take_while(|call| at.is_none_or(|at| call["number"].as_u64() < Some(at))).count();
    let played = Played { session: name.clone(), calls };
    Ok(serve::run_with(&flags, services, &[], Some(&played), |sessions| {
        sessions.adopt(&name, records).map_err(|error| error.to_string())?;
        sessions.bind(&name, &head.clients).map_err(|refused| refused.detail)
    }))
}

/// When a call of the journal came.
fn call_time(capsule: &Capsule, number: u64) -> Result<DateTime<Utc>, String> {
    let call = capsule.calls.iter().find(|call| call["number"] == number);
    let time = call.and_then(|call| call["time"].as_str()?.parse().ok());
    let numbers: Vec<String> = capsule.calls.iter().map(|call| call["number"].to_string()).collect();
    let there = match (numbers.first(), numbers.last()) {
        (Some(first), Some(last)) => format!("it has the calls {first} to {last}"),
        _ => "it has no calls".to_owned(),
    };
    time.ok_or_else(|| format!("the capsule has no call {number}; {there}"))
}
