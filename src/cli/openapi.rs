//! `openapi`: the contract of a service.

use std::process::ExitCode;

use clap::Args;

use super::{UNUSABLE, complain, print};
use crate::control::{document, documents};

#[derive(Args)]
pub(super) struct OpenapiArgs {
    /// Name of the service; sandbox is the control API
    #[arg(default_value = "kravogbetalinger")]
    service: String,
    /// Print the names of all contracts in place of one
    #[arg(long, conflicts_with = "service")]
    list: bool,
}

pub(super) fn run(args: &OpenapiArgs) -> ExitCode {
    if args.list {
        return print(&format!("{}\n", documents().join("\n")));
    }
    let Some(document) = document(&args.service) else {
        complain(&format!("there is no service {}; there are: {}", args.service, documents().join(", ")));
        return ExitCode::from(UNUSABLE);
    };
    print(&format!("{document:#}\n"))
}
