//! `schema`: print the JSON Schema of scenario files, for editors.

use std::process::ExitCode;

use crate::interface::Services;
use crate::terminal::print;

pub(super) fn run(services: &Services) -> ExitCode {
    print(&format!("{:#}\n", services.format.schema()))
}
