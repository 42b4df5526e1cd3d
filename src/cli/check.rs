//! `check`: report all problems of a folder of scenarios.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::{print_problems, summary};
use crate::config::Flags;
use crate::interface::Services;
use crate::redact::masked;
use crate::scenario::budget::Budget;
use crate::scenario::loading::{How, LoadError, read, resolve_all};
use crate::scenario::problems::Problem;
use crate::services::agreement;
use crate::session::time::{base_date, system_time};
use crate::terminal::progress::Progress;
use crate::terminal::{UNUSABLE, print, print_error};

#[derive(Args)]
pub(super) struct CheckArgs {
    /// Folder of scenario files; if left out, the scenarios that the server would use are checked
    dir: Option<PathBuf>,
    /// Fail if there are warnings
    #[arg(long)]
    deny_warnings: bool,
    /// Print each problem on one line, without an excerpt: file:line:column: error: message
    #[arg(long)]
    brief: bool,
}

/// The exit code is 0 if the scenarios load, 1 if they do not load or the folder has none, 2 if the folder cannot be
/// read.
pub(super) fn run(args: &CheckArgs, flags: &Flags, services: &Services) -> ExitCode {
    let sources = flags.sources(args.dir.as_ref());
    let base = match base_date(flags.now, system_time) {
        Ok(base) => base,
        Err(error) => {
            print_error(&format!("--now: {error}"));
            return ExitCode::from(UNUSABLE);
        }
    };
    let snapshot = match read(&sources, &Budget::new(flags.max_claims)) {
        Ok(snapshot) => snapshot,
        Err(error) => {
            print_error(&error.to_string());
            return ExitCode::from(UNUSABLE);
        }
    };
    let files = snapshot.counts();
    let bar = Progress::new(files.iter().sum());
    let show = |done| bar.show(done);
    let how = How { progress: Some(&show), ..How::default() };
    let checked = resolve_all(&snapshot, services.format, base, &how);
    bar.end();
    let (problems, loaded) = match checked {
        Ok(set) => {
            let contradictions = agreement::warnings(services, &set, base);
            (set.warnings.into_iter().chain(contradictions).collect::<Vec<_>>(), true)
        }
        Err(LoadError::Problems(problems)) => (problems, false),
        Err(error) => {
            print_error(&error.to_string());
            return ExitCode::from(UNUSABLE);
        }
    };
    // Problems of the built-in scenarios show only if no other scenarios are checked.
    let has_own = args.dir.is_some() || flags.scenarios.is_some();
    let is_shown = |problem: &Problem| !(has_own && problem.file().starts_with("builtin/"));
    let problems: Vec<Problem> = problems.into_iter().filter(is_shown).collect();
    if let Some(dir) = args.dir.as_ref().or(flags.scenarios.as_ref()).filter(|_| files.last() == Some(&0)) {
        print_error(&format!("there is no scenario file (*.yaml, *.yml) in {}", dir.display()));
        return ExitCode::FAILURE;
    }
    if args.brief {
        let lines: String = problems.iter().map(|problem| masked(&problem.headline()).into_owned() + "\n").collect();
        print(&lines);
    } else {
        print_problems(&problems);
    }
    print(&(summary(&problems, files.iter().sum()) + "\n"));
    if loaded && (problems.is_empty() || !args.deny_warnings) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
