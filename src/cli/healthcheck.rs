//! `healthcheck`: ask a running sandbox whether it is ready.

use std::process::ExitCode;

use http::{Method, StatusCode};

use crate::config::Flags;
use crate::terminal::{Client, print_error};

/// `asks_url` says that `--url` was given. The variable alone does not count: CI systems pass it to the containers of services, too,
/// whose health it is not.
pub(super) fn run(flags: &Flags, asks_url: bool) -> ExitCode {
    let flags = if asks_url { flags.clone() } else { Flags { url: None, ..flags.clone() } };
    match Client::new(&flags, None).send(Method::GET, "/health/ready", None) {
        Ok(response) if response.status == StatusCode::OK => ExitCode::SUCCESS,
        Ok(response) => {
            print_error(&format!("/health/ready returned {}", response.status));
            ExitCode::FAILURE
        }
        Err(error) => {
            print_error(&error);
            ExitCode::FAILURE
        }
    }
}
