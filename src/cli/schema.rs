//! `schema`: print the JSON Schema of scenario files, for editors, or of something that a service takes.

use std::process::ExitCode;

use clap::Args;

use crate::interface::Services;
use crate::terminal::{UNUSABLE, print, print_error};

#[derive(Args)]
pub(super) struct SchemaArgs {
    /// What it describes; scenario files if left out
    name: Option<String>,
}

pub(super) fn run(args: &SchemaArgs, services: &Services) -> ExitCode {
    let schemas = || services.modules.iter().flat_map(|module| module.hooks.schemas);
    let found = args.name.as_ref().map(|name| schemas().find(|schema| schema.name == name).ok_or(name));
    let schema = match found {
        None => services.format.schema(),
        Some(Ok(found)) => (found.schema)(),
        Some(Err(name)) => {
            let names: Vec<&str> = schemas().map(|schema| schema.name).collect();
            print_error(&format!("there is no schema {name}; the names: {}", names.join(", ")));
            return ExitCode::from(UNUSABLE);
        }
    };
    print(&format!("{schema:#}\n"))
}
