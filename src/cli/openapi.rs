//! `openapi`: print the OpenAPI document of a service.

use std::process::ExitCode;

use clap::Args;

use crate::control::{document, documents};
use crate::interface::Services;
use crate::terminal::{UNUSABLE, print, print_error};

#[derive(Args)]
pub(super) struct OpenapiArgs {
    /// Name of the service, or `sandbox` for the control API; the first service if left out
    service: Option<String>,
    /// Print the names of all documents instead
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
        print_error(&format!("there is no service {name}; there are: {}", documents(services).join(", ")));
        return ExitCode::from(UNUSABLE);
    };
    print(&format!("{document:#}\n"))
}
