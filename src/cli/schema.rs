//! `schema`: the JSON Schema of scenario files, for editors.

use std::process::ExitCode;

use super::print;
use crate::scenario::schema::schema;

pub(super) fn run() -> ExitCode {
    print(&format!("{:#}\n", schema()))
}
