//! `parties`: who is there, as a table or as JSON.

use std::fmt::Write as _;
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};

use super::{load_scenarios, print};
use crate::config::Flags;
use crate::control::welcome::{PartyLine, party_lines};
use crate::session::{Session, system_time};

#[derive(Args)]
pub(super) struct PartiesArgs {
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &PartiesArgs, flags: &Flags) -> ExitCode {
    let scenarios = match load_scenarios(flags) {
        Ok(scenarios) => scenarios,
        Err(code) => return code,
    };
    let lines = party_lines(&Session::new(flags.now, system_time, scenarios));
    print(&if args.json { as_json(&lines) } else { as_table(&lines) })
}

fn as_json(lines: &[PartyLine]) -> String {
    let entry = |line: &PartyLine| {
        json!({
            "part": line.part,
            "navn": line.navn,
            "utgave": (line.utgave != "-").then_some(&line.utgave),
            "aapneKrav": line.aapne_krav,
            "saldo": line.saldo.to_string().parse::<serde_json::Number>().ok(),
            "bokstaveligeSvar": line.bokstavelige_svar,
            "beskrivelse": line.beskrivelse,
            "kilde": line.kilde,
        })
    };
    let list: Vec<Value> = lines.iter().map(entry).collect();
    format!("{:#}\n", Value::from(list))
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
            line.utgave, line.aapne_krav, line.bokstavelige_svar, line.beskrivelse
        );
    }
    table.push_str(
        "\nSums are the ledger's. SVAR counts literal answers, which stand still and may tell another sum.\n",
    );
    table
}
