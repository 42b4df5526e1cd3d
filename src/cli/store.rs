//! `store`: checks, compacts and copies a file that sessions are kept in. No sandbox may have it open.

use std::fmt::Write as _;
use std::io::{BufRead as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::config::Flags;
use crate::load::store::StoreAt;
use crate::log::file::{FilePlace, all_records};
use crate::log::record::{Record, VERSION};
use crate::log::{Operation, Place as _};
use crate::terminal::{UNUSABLE, print, print_error};

#[derive(Args)]
pub(super) struct StoreArgs {
    #[command(subcommand)]
    command: StoreCommand,
}

#[derive(Subcommand)]
enum StoreCommand {
    /// Check the file, and list the sessions in it. The exit code is 1 if something is wrong
    Check,
    /// Give room that is not used back to the system
    Compact,
    /// Write all records as JSON Lines to a file, or to stdout (-)
    Export {
        /// The file
        file: PathBuf,
    },
    /// Make a new store from such a file
    Import {
        /// The file
        file: PathBuf,
    },
}

pub(super) fn run(args: &StoreArgs, flags: &Flags) -> ExitCode {
    let path = match &flags.store.store {
        StoreAt::File(path) => path,
        StoreAt::Memory => {
            print_error("say which file: --store file:PATH");
            return ExitCode::from(UNUSABLE);
        }
        StoreAt::Database(_) => {
            print_error("store works on a file; for a database use the tools of PostgreSQL (pg_dump, docs/state.md)");
            return ExitCode::from(UNUSABLE);
        }
    };
    let makes = matches!(args.command, StoreCommand::Import { .. });
    if makes && path.exists() {
        print_error(&format!("{}: there is such a file already; import makes a new one", path.display()));
        return ExitCode::from(UNUSABLE);
    }
    if !makes && !path.is_file() {
        print_error(&format!("{}: there is no such file", path.display()));
        return ExitCode::from(UNUSABLE);
    }
    let mut place = match FilePlace::open(path, None) {
        Ok(place) => place,
        Err(error) => {
            print_error(&error.to_string());
            return ExitCode::from(UNUSABLE);
        }
    };
    let done = match &args.command {
        StoreCommand::Check => return check(&mut place),
        StoreCommand::Compact => compact(&mut place, path),
        StoreCommand::Export { file } => export(&mut place, file),
        StoreCommand::Import { file } => import(&mut place, file),
    };
    match done {
        Ok(text) => print(&text),
        Err(error) => {
            print_error(&error);
            ExitCode::from(UNUSABLE)
        }
    }
}

/// What SQLite says, and whether every log goes from 1 on without a gap.
fn check(place: &mut FilePlace) -> ExitCode {
    let mut wrong = place.check().unwrap_or_else(|error| vec![error]);
    let logs = place.logs().unwrap_or_else(|error| {
        wrong.push(error);
        Vec::new()
    });
    let mut text = String::new();
    for log in &logs {
        let name = if log.session.is_empty() { "(server)" } else { &log.session };
        match place.records(&log.session) {
            Ok(records) if is_whole(&records) => {
                let _ = writeln!(text, "{name}: {} records, the last one of {}", log.records, log.last);
            }
            Ok(_) => wrong.push(format!("{name}: numbers are missing in its log")),
            Err(error) => wrong.push(format!("{name}: {error}")),
        }
    }
    if logs.is_empty() && wrong.is_empty() {
        text.push_str("0 sessions\n");
    }
    let code = print(&text);
    for what in &wrong {
        print_error(what);
    }
    if wrong.is_empty() { code } else { ExitCode::FAILURE }
}

fn is_whole(records: &[Record]) -> bool {
    records.iter().zip(1..).all(|(record, number)| record.sequence == number)
}

fn compact(place: &mut FilePlace, path: &Path) -> Result<String, String> {
    let size = || std::fs::metadata(path).map_or(0, |file| file.len());
    let before = size();
    place.compact()?;
    Ok(format!("{before} bytes before, {} bytes now\n", size()))
}

fn export(place: &mut FilePlace, file: &Path) -> Result<String, String> {
    let to_stdout = file == Path::new("-");
    let mut out: Box<dyn std::io::Write> = if to_stdout {
        Box::new(std::io::stdout().lock())
    } else {
        Box::new(std::fs::File::create(file).map_err(|error| format!("{}: {error}", file.display()))?)
    };
    let mut count = 0;
    all_records(place, |record| {
        count += 1;
        let line = serde_json::to_string(&record).map_err(|error| error.to_string())?;
        writeln!(out, "{line}").map_err(|error| error.to_string())
    })?;
    out.flush().map_err(|error| error.to_string())?;
    Ok(if to_stdout { String::new() } else { format!("{count} records\n") })
}

/// How many records are written in one go.
const AT_A_TIME: usize = 1000;

fn import(place: &mut FilePlace, file: &Path) -> Result<String, String> {
    let opened = std::fs::File::open(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let (mut count, mut operations) = (0, Vec::new());
    for (line, number) in std::io::BufReader::new(opened).lines().zip(1..) {
        let told = |error: &dyn std::fmt::Display| format!("{} line {number}: {error}", file.display());
        let line = line.map_err(|error| told(&error))?;
        let record: Record = serde_json::from_str(&line).map_err(|error| told(&error))?;
        if record.v > VERSION {
            return Err(told(&format!("the record is of version {}, which this sandbox does not know", record.v)));
        }
        operations.push(Operation::Append(record));
        count += 1;
        if operations.len() == AT_A_TIME {
            place.write(&operations)?;
            operations.clear();
        }
    }
    place.write(&operations)?;
    Ok(format!("{count} records\n"))
}
