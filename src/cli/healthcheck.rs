//! `healthcheck`: ask a running sandbox whether it is ready.

use std::process::ExitCode;

use http::{Method, StatusCode};

use crate::config::Flags;
use crate::terminal::{Client, print_error};

pub(super) fn run(flags: &Flags) -> ExitCode {
    match Client::new(flags, None).send(Method::GET, "/health/ready", None) {
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
