//! `openapi`: print the OpenAPI document of a service.

use std::process::ExitCode;

use clap::Args;
use clap::builder::PossibleValuesParser;

use crate::control::{document, documents};
use crate::interface::Services;
use crate::interface::contract::Version;
use crate::terminal::{UNUSABLE, print, print_error};

#[derive(Args)]
pub(super) struct OpenapiArgs {
    /// Name of the document: a service, an edition of one, or `sandbox` for the control API; the first service if left
    /// out
    service: Option<String>,
    /// The version of OpenAPI
    #[arg(long, default_value = Version::NAMES[0], value_parser = PossibleValuesParser::new(Version::NAMES), value_name = "VERSION")]
    format: String,
    /// Print the names of all documents instead
    #[arg(long, conflicts_with_all = ["service", "format"])]
    list: bool,
}

pub(super) fn run(args: &OpenapiArgs, services: &Services) -> ExitCode {
    if args.list {
        return print(&format!("{}\n", documents(services).join("\n")));
    }
    let first = services.catalogue.0.first().map_or("", |service| service.name);
    let name = args.service.as_deref().unwrap_or(first);
    let version = Version::from_name(&args.format).unwrap_or_default();
    let Some(document) = document(name, version, services) else {
        print_error(&format!("there is no document {name}; there are: {}", documents(services).join(", ")));
        return ExitCode::from(UNUSABLE);
    };
    print(&format!("{document:#}\n"))
}
