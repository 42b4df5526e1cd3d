//! `healthcheck`: ask a running sandbox whether it is ready.

use std::process::ExitCode;

use http::{Method, StatusCode};

use crate::config::Flags;
use crate::terminal::{Client, complain};

pub(super) fn run(flags: &Flags) -> ExitCode {
    match Client::new(flags, None).ask(Method::GET, "/health/ready", None) {
        Ok(answer) if answer.status == StatusCode::OK => ExitCode::SUCCESS,
        Ok(answer) => {
            complain(&format!("/health/ready answers {}", answer.status));
            ExitCode::FAILURE
        }
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}
