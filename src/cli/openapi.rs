//! `openapi`: the contract of a service.

use std::process::ExitCode;

use clap::Args;

use crate::control::{document, documents};
use crate::interface::Services;
use crate::terminal::{UNUSABLE, complain, print};

#[derive(Args)]
pub(super) struct OpenapiArgs {
    /// Name of the service; the first one where left out. `sandbox` is the control API
    service: Option<String>,
    /// Print the names of all contracts in place of one
    #[arg(long, conflicts_with = "service")]
    list: bool,
}

pub(super) fn run(args: &OpenapiArgs, services: &Services) -> ExitCode {
    if args.list {
        return print(&format!("{}\n", documents(services).join("\n")));
    }
    let first = services.catalogue.0.first().map_or("", |service| service.name);
    let name = args.service.as_deref().unwrap_or(first);
    let Some(document) = document(name, services) else {
        complain(&format!("there is no service {name}; there are: {}", documents(services).join(", ")));
        return ExitCode::from(UNUSABLE);
    };
    print(&format!("{document:#}\n"))
}
