//! `parties`: list the parties, as a table or as JSON.

use std::fmt::Write as _;
use std::process::ExitCode;

use super::open_sessions;
use crate::config::Flags;
use crate::control::parties::{PartyLine, lines};
use crate::interface::Services;
use crate::terminal::print;
use clap::Args;

#[derive(Args)]
pub(super) struct PartiesArgs {
    /// Print JSON instead of a table
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &PartiesArgs, flags: &Flags, services: &Services) -> ExitCode {
    let sessions = match open_sessions(flags, services) {
        Ok(sessions) => sessions,
        Err(code) => return code,
    };
    let lines = lines(&sessions.default_session(), services);
    if args.json {
        return print(&serde_json::to_string_pretty(&lines).map_or_else(|_| String::new(), |json| json + "\n"));
    }
    print(&as_table(&lines))
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
