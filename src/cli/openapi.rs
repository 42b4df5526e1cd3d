//! `openapi`: the contract of a service.

use std::process::ExitCode;

use clap::Args;

use super::{UNUSABLE, complain, print};
use crate::services::{CATALOGUE, contract};

#[derive(Args)]
pub(super) struct OpenapiArgs {
    /// Name of the service
    #[arg(default_value = "kravogbetalinger")]
    service: String,
}

pub(super) fn run(args: &OpenapiArgs) -> ExitCode {
    let Some(document) = contract(&args.service) else {
        let names: Vec<_> = CATALOGUE.0.iter().map(|service| service.name).collect();
        complain(&format!("there is no service {}; the services are: {}", args.service, names.join(", ")));
        return ExitCode::from(UNUSABLE);
    };
    print(&format!("{document:#}\n"))
}
