//! `store`: checks, compacts and copies what sessions are kept in. No sandbox may have the file open; a database can be read while
//! sandboxes use it.

use std::fmt::Write as _;
use std::io::{BufRead as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::config::Flags;
use crate::load::store::StoreAt;
use crate::log::file::FilePlace;
use crate::log::record::{Record, VERSION};
use crate::log::replicas::Alone;
use crate::log::replicas::url::DatabaseUrl;
use crate::log::{Operation, Place};
use crate::terminal::{UNUSABLE, print, print_error};

#[derive(Args)]
pub(super) struct StoreArgs {
    #[command(subcommand)]
    command: StoreCommand,
}

#[derive(Subcommand)]
enum StoreCommand {
    /// Check the store, and list the sessions in it. The exit code is 1 if something is wrong
    Check,
    /// Give room that is not used back to the system. A file only
    Compact,
    /// Write all records as JSON Lines to a file, or to stdout (-)
    Export {
        /// The file
        file: PathBuf,
    },
    /// Make a new store from such a file, or fill an empty database
    Import {
        /// The file
        file: PathBuf,
    },
}

pub(super) fn run(args: &StoreArgs, flags: &Flags) -> ExitCode {
    let done = match &flags.store.store {
        StoreAt::File(path) => in_file(&args.command, path),
        StoreAt::Database(url) => in_database(&args.command, url),
        StoreAt::Memory => Err("say which store: --store file:PATH, or postgres://…".to_owned()),
    };
    done.unwrap_or_else(|error| {
        print_error(&error);
        ExitCode::from(UNUSABLE)
    })
}

fn in_file(command: &StoreCommand, path: &Path) -> Result<ExitCode, String> {
    let makes = matches!(command, StoreCommand::Import { .. });
    if makes && path.exists() {
        return Err(format!("{}: there is such a file already; import makes a new one", path.display()));
    }
    if !makes && !path.is_file() {
        return Err(format!("{}: there is no such file", path.display()));
    }
    let mut place = FilePlace::open(path, None).map_err(|error| error.to_string())?;
    match command {
        StoreCommand::Check => {
            let wrong = place.check().unwrap_or_else(|error| vec![error]);
            Ok(check(&mut place, wrong))
        }
        StoreCommand::Compact => compact(&mut place, path).map(|text| print(&text)),
        StoreCommand::Export { file } => export(&mut place, file).map(|text| print(&text)),
        StoreCommand::Import { file } => import(&mut place, file).map(|text| print(&text)),
    }
}

fn in_database(command: &StoreCommand, url: &DatabaseUrl) -> Result<ExitCode, String> {
    let mut place = Alone::open(url, matches!(command, StoreCommand::Import { .. }))?;
    match command {
        StoreCommand::Check => Ok(check(&mut place, Vec::new())),
        StoreCommand::Compact => Err("PostgreSQL does that by itself (autovacuum), or by VACUUM".to_owned()),
        StoreCommand::Export { file } => export(&mut place, file).map(|text| print(&text)),
        StoreCommand::Import { file } => {
            place.is_empty()?;
            import(&mut place, file).map(|text| print(&text))
        }
    }
}

/// Whether every log goes from 1 on without a gap. `wrong` is what was found before.
fn check(place: &mut dyn Place, mut wrong: Vec<String>) -> ExitCode {
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

fn export(place: &mut dyn Place, file: &Path) -> Result<String, String> {
    let to_stdout = file == Path::new("-");
    let mut out: Box<dyn std::io::Write> = if to_stdout {
        Box::new(std::io::stdout().lock())
    } else {
        Box::new(std::fs::File::create(file).map_err(|error| format!("{}: {error}", file.display()))?)
    };
    let mut count = 0;
    for log in place.logs()? {
        for record in place.records(&log.session)? {
            count += 1;
            let line = serde_json::to_string(&record).map_err(|error| error.to_string())?;
            writeln!(out, "{line}").map_err(|error| error.to_string())?;
        }
    }
    out.flush().map_err(|error| error.to_string())?;
    Ok(if to_stdout { String::new() } else { format!("{count} records\n") })
}

/// How many records are written in one go.
const AT_A_TIME: usize = 1000;

fn import(place: &mut dyn Place, file: &Path) -> Result<String, String> {
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
