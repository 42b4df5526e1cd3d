//! `parties`: list the parties, search for some, and write them as scenarios.

use std::fmt::Write as _;
use std::path::{Component, Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Subcommand};

use super::{open_sessions, print_problems};
use crate::config::Flags;
use crate::control::parties::{PartyLine, lines, lines_of};
use crate::control::search::{FIRST, MOST_SEARCHED, Where, search};
use crate::interface::Services;
use crate::scenario::Party;
use crate::scenario::befolkning::Profil;
use crate::session::Session;
use crate::terminal::{UNUSABLE, print, print_error};

#[derive(Args)]
pub(super) struct PartiesArgs {
    #[command(subcommand)]
    command: Option<Command>,
    /// Only parties that fit, of the scenarios and of the population: 'overdue > 50000 and payout within 30d'
    #[arg(long = "where", value_name = "SEARCH", global = true)]
    condition: Option<String>,
    /// How many parties to find at most
    #[arg(long, value_name = "NUMBER", global = true, default_value_t = FIRST)]
    first: usize,
    /// How many parties of the population to look at, at most
    #[arg(long, value_name = "NUMBER", global = true, default_value_t = MOST_SEARCHED)]
    most: usize,
    /// Print JSON instead of a table
    #[arg(long)]
    json: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Write the parties that fit as scenario files, to edit
    Export(ExportArgs),
}

#[derive(Args)]
struct ExportArgs {
    /// The folder for the files, which is made if there is none. A file that is there already is never replaced
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
}

pub(super) fn run(args: &PartiesArgs, flags: &Flags, services: &Services) -> ExitCode {
    let condition = match args.condition.as_deref().map(Where::read).transpose() {
        Ok(condition) => condition,
        Err(wrong) => {
            print_error(&wrong.render());
            return ExitCode::from(UNUSABLE);
        }
    };
    let sessions = match open_sessions(flags, services) {
        Ok(sessions) => sessions,
        Err(error) => {
            print_problems(error.problems());
            print_error(&error.to_string());
            return ExitCode::from(UNUSABLE);
        }
    };
    let session = sessions.default_session();
    let day = session.today();
    let found =
        condition.map(|condition| search(&session.world().loaded.scenarios, &condition, day, (args.first, args.most)));
    if let Some(Command::Export(export)) = &args.command {
        let all = || session.world().loaded.scenarios.parties().into_iter().cloned().collect();
        return write_all(&found.map_or_else(all, |found| found.parties), &session, &export.output);
    }
    let lines = match &found {
        Some(found) => lines_of(&found.parties, day, services),
        None => lines(&session, services),
    };
    if args.json {
        return print(&serde_json::to_string_pretty(&lines).map_or_else(|_| String::new(), |json| json + "\n"));
    }
    let mut table = as_table(&lines);
    if let Some(found) = found {
        let _ = writeln!(table, "{} of the first {} parties.", found.parties.len(), found.searched);
    }
    print(&table)
}

fn as_table(lines: &[PartyLine]) -> String {
    let width = lines.iter().map(|line| line.navn.chars().count()).max().unwrap_or(4).max(4);
    let mut table =
        format!("{:<11}  {:<width$}  UTGAVE  ÅPNE KRAV  {:>14}  SVAR  BESKRIVELSE\n", "PART", "NAVN", "SALDO");
    for line in lines {
        let saldo = line.saldo.to_string();
        let (part, navn) = (&line.part, &line.navn);
        let _ = writeln!(
            table,
            "{part:<11}  {navn:<width$}  {:<6}  {:>9}  {saldo:>14}  {:>4}  {}",
            line.utgave.as_deref().unwrap_or("-"),
            line.aapne_krav,
            line.bokstavelige_svar,
            line.beskrivelse
        );
    }
    table.push_str(
        "\nThe sums come from the ledger. SVAR is the number of literal answers; those never change and may have other sums.\n",
    );
    table
}

/// Writes parties as scenario files, and says how many.
fn write_all(parties: &[Arc<Party>], session: &Session, folder: &Path) -> ExitCode {
    for party in parties {
        if let Err(message) = write_one(party, session, folder) {
            print_error(&message);
            return ExitCode::from(UNUSABLE);
        }
    }
    let plural = if parties.len() == 1 { "y" } else { "ies" };
    print(&format!("{} part{plural} in {}\n", parties.len(), folder.display()))
}

fn write_one(party: &Party, session: &Session, folder: &Path) -> Result<(), String> {
    let (name, text) = if let Some(text) = session.library().text_of(&party.kilde) {
        (party.kilde.rsplit('/').next().unwrap_or_default().to_owned(), text.to_string())
    } else {
        let world = session.world();
        let population = world.loaded.scenarios.befolkning.as_ref();
        let text = population.and_then(|population| population.yaml(party.part, session.today()));
        let profile = party.profil.map_or("", Profil::navn);
        (format!("{}-{profile}.yaml", party.part), text.ok_or("the party is gone")?)
    };
    write_new(&folder.join(name), &text)?;
    for svar in &party.svar {
        let file = Path::new(&*svar.fil);
        if !file.components().all(|part| matches!(part, Component::Normal(_))) {
            return Err(format!("{} leads out of the folder", file.display()));
        }
        let path = folder.join(file);
        // Several parties may share a literal answer.
        if !path.exists() {
            write_new(&path, &format!("{:#}\n", svar.innhold))?;
        }
    }
    Ok(())
}

fn write_new(path: &Path, text: &str) -> Result<(), String> {
    let written = || {
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
        let mut file = std::fs::File::create_new(path)?;
        std::io::Write::write_all(&mut file, text.as_bytes())
    };
    written().map_err(|error: std::io::Error| format!("{}: {error}", path.display()))
}
