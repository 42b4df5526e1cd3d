//! `begjaering check`.

use std::fs;
use std::io::{Read, stdin, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::NaiveDate;
use clap::Args;
use serde_json::{Value, json};

use super::place::{File, Finding};
use super::{day, one_of};
use crate::domain::begjaering::{Modell, Omstendigheter, Plasser, SyntetiskRegister, kontroller, les};
use crate::terminal::{UNUSABLE, has_colours, print, print_error};

/// What only a server can know.
const UNCHECKED: [&str; 4] = [
    "whether the attachments are uploaded and ready, with this reference",
    "whether the submitter is the organisation of the token",
    "whether the request was submitted before",
    "the rules of changes",
];

/// How many findings of a file are shown with an excerpt. `--json` has all.
const SHOWN: usize = 100;

#[derive(Args)]
pub(super) struct CheckArgs {
    /// Files of requests; - is the standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The model: v0 is 0.9, v1 is 1.1, v2 is 2.0
    #[arg(long, default_value = Modell::V2.versjon(), value_parser = one_of(Modell::ALLE.map(Modell::versjon)))]
    model: String,
    /// The day that counts as today
    #[arg(long, value_name = "DATE", value_parser = day)]
    dato: Option<NaiveDate>,
    /// The organisation of the token; the submitter is compared with it
    #[arg(long, value_name = "ORGNR")]
    innsender: Option<String>,
    /// Fail if there are warnings
    #[arg(long)]
    deny_warnings: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// The exit code is 0 if all requests are valid, 1 if one is not, 2 if a file cannot be read.
pub(super) fn run(args: &CheckArgs, today: NaiveDate) -> ExitCode {
    let mut report = Vec::new();
    let (mut errors, mut warnings) = (0, 0);
    let mut out = String::new();
    for path in &args.files {
        let (name, text) = match read(path) {
            Ok(read) => read,
            Err(error) => {
                print_error(&format!("{}: {error}", path.display()));
                return ExitCode::from(UNUSABLE);
            }
        };
        let file = File { name: &name, text: &text, places: Plasser::new(&text) };
        let findings = findings(&text, args, args.dato.unwrap_or(today));
        let of_file = findings.iter().filter(|finding| finding.is_error).count();
        errors += of_file;
        warnings += findings.len() - of_file;
        if args.json {
            let told: Vec<Value> = findings.iter().map(|finding| finding.to_json(&file)).collect();
            report.push(json!({ "file": name, "valid": of_file == 0, "findings": told }));
        } else {
            let colour = has_colours(&stdout());
            for finding in findings.iter().take(SHOWN) {
                out += &(finding.render(&file, colour) + "\n\n");
            }
            if findings.len() > SHOWN {
                let more = findings.len() - SHOWN;
                out.push_str(&[&more.to_string(), " more in ", &name, "; --json has all\n\n"].concat());
            }
        }
    }
    if args.json {
        let all = json!({ "files": report, "notChecked": unchecked(args) });
        print(&format!("{all:#}\n"));
    } else {
        print(&(out + &summary(args, errors, warnings)));
    }
    if errors == 0 && (warnings == 0 || !args.deny_warnings) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn read(path: &Path) -> std::io::Result<(String, String)> {
    let mut bytes = Vec::new();
    let name = if path == Path::new("-") {
        stdin().lock().read_to_end(&mut bytes)?;
        "<stdin>".to_owned()
    } else {
        bytes = fs::read(path)?;
        path.display().to_string()
    };
    String::from_utf8(bytes).map(|text| (name, text)).map_err(|_| std::io::Error::other("it is not UTF-8"))
}

fn findings(text: &str, args: &CheckArgs, today: NaiveDate) -> Vec<Finding> {
    let model = Modell::ALLE.into_iter().find(|model| model.versjon() == args.model).unwrap_or(Modell::V2);
    let read = match les(text.as_bytes(), model) {
        Ok(read) => read,
        Err(faults) => {
            let finding = |fault: crate::domain::begjaering::Lesefeil| Finding {
                is_error: true,
                code: None,
                pointer: fault.peker,
                message: fault.melding,
                hint: fault.hint,
            };
            return faults.into_iter().map(finding).collect();
        }
    };
    let world = Omstendigheter {
        dag: today,
        paalogget: args.innsender.as_deref(),
        register: &SyntetiskRegister,
        vedlegg: None,
        tidligere: None,
        duplikat: None,
    };
    let broken = kontroller(&read.begjaering, &world, model).into_iter().map(|broken| Finding {
        is_error: true,
        code: Some(broken.regel.kode),
        pointer: broken.peker,
        message: broken.tekst,
        hint: Some(format!("what breaks it: {} ({})", broken.regel.brytes, broken.regel.sikkerhet.ord())),
    });
    let unknown = read.ukjente.into_iter().map(|pointer| Finding {
        is_error: false,
        code: None,
        message: format!("Modell {model} har ikke dette feltet"),
        hint: Some("the real service may or may not take it".to_owned()),
        pointer,
    });
    broken.chain(unknown).collect()
}

fn summary(args: &CheckArgs, errors: usize, warnings: usize) -> String {
    let count = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    let found = match (errors, warnings) {
        (0, 0) => "no problems".to_owned(),
        (_, 0) => count(errors, "error"),
        (0, _) => count(warnings, "warning"),
        _ => format!("{} and {}", count(errors, "error"), count(warnings, "warning")),
    };
    let unchecked = unchecked(args).join("\n  - ");
    format!("{found} in {}\nnot checked without a server:\n  - {unchecked}\n", count(args.files.len(), "file"))
}

/// What a check of these files does not tell.
fn unchecked(args: &CheckArgs) -> Vec<&'static str> {
    UNCHECKED.into_iter().filter(|what| args.innsender.is_none() || !what.contains("token")).collect()
}
