//! `check`: tell all that is wrong with a folder of scenarios.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::{summary, tell};
use crate::config::Flags;
use crate::interface::Services;
use crate::scenario::loading::{LoadError, load};
use crate::scenario::problems::Problem;
use crate::services::agreement;
use crate::session::time::{base_date, system_time};
use crate::terminal::{UNUSABLE, complain, print};

#[derive(Args)]
pub(super) struct CheckArgs {
    /// Folder of scenario files; what would be served, where left out
    dir: Option<PathBuf>,
    /// Take warnings for errors
    #[arg(long)]
    deny_warnings: bool,
    /// One line a problem, without excerpts: file:line:column: error: message
    #[arg(long)]
    brief: bool,
}

/// Exit code 0 where the set loads, 1 where it does not or there is nothing, 2 where the folder cannot be read.
pub(super) fn run(args: &CheckArgs, flags: &Flags, services: &Services) -> ExitCode {
    let sources = flags.sources(args.dir.as_ref());
    let files: Vec<usize> = sources.iter().map(|source| source.files().map_or(0, |files| files.len())).collect();
    let base = match base_date(flags.now, system_time) {
        Ok(base) => base,
        Err(error) => {
            complain(&format!("--now: {error}"));
            return ExitCode::from(UNUSABLE);
        }
    };
    let (problems, loaded) = match load(&sources, services.format, base) {
        Ok(set) => {
            let contradictions = agreement::warnings(services, &set, base);
            // Of the built-in ones only whoever asks about nothing else is told.
            let own = args.dir.is_some() || flags.scenarios.is_some();
            let told = |problem: &Problem| !(own && problem.file().starts_with("builtin/"));
            (set.warnings.into_iter().chain(contradictions).filter(told).collect(), true)
        }
        Err(LoadError::Problems(problems)) => (problems, false),
        Err(error) => {
            complain(&error.to_string());
            return ExitCode::from(UNUSABLE);
        }
    };
    if let Some(dir) = args.dir.as_ref().or(flags.scenarios.as_ref()).filter(|_| files.last() == Some(&0)) {
        complain(&format!("there is no scenario file (*.yaml, *.yml) in {}", dir.display()));
        return ExitCode::FAILURE;
    }
    if args.brief {
        let lines: String = problems.iter().map(|problem| problem.headline() + "\n").collect();
        print(&lines);
    } else {
        tell(&problems);
    }
    print(&(summary(&problems, files.iter().sum()) + "\n"));
    if loaded && (problems.is_empty() || !args.deny_warnings) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
