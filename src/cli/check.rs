//! `check`: tell all that is wrong with a folder of scenarios.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::{UNUSABLE, complain, print, summary, tell};
use crate::domain::clock::Now;
use crate::scenario::loading::{LoadError, load};
use crate::scenario::sources::Source;
use crate::services::CATALOGUE;
use crate::session::{base_date, system_time};

#[derive(Args)]
pub(super) struct CheckArgs {
    /// Folder of scenario files; the built-in ones where left out
    dir: Option<PathBuf>,
    /// Take warnings for errors
    #[arg(long)]
    deny_warnings: bool,
    /// One line a problem, without excerpts: file:line:column: error: message
    #[arg(long)]
    brief: bool,
    /// The base date that relative dates are resolved against
    #[arg(long, env = "SANDBOX_NOW", value_name = "WHEN", allow_hyphen_values = true)]
    now: Option<Now>,
}

/// Exit code 0 where the set loads, 1 where it does not, 2 where the folder cannot be read.
pub(super) fn run(args: &CheckArgs) -> ExitCode {
    let source = args.dir.clone().map_or(Source::Builtin, Source::Folder);
    let files = source.files().map_or(0, |files| files.len());
    let (problems, loaded) = match load(&[source], CATALOGUE, base_date(args.now, system_time)) {
        Ok(set) => (set.warnings, true),
        Err(LoadError::Problems(problems)) => (problems, false),
        Err(error @ LoadError::Folder { .. }) => {
            complain(&error.to_string());
            return ExitCode::from(UNUSABLE);
        }
    };
    if args.brief {
        let lines: String = problems.iter().map(|problem| problem.headline() + "\n").collect();
        print(&lines);
    } else {
        tell(&problems);
    }
    if problems.is_empty() {
        print(&format!("no problems in {files} file{}\n", if files == 1 { "" } else { "s" }));
    } else {
        print(&(summary(&problems, files) + "\n"));
    }
    if loaded && (problems.is_empty() || !args.deny_warnings) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
