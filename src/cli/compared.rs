//! The settings that replicas must have in common: those that decide what is answered (docs/replicas.md).

use std::any::TypeId;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{SHA256, digest};
use clap::{Arg, ArgMatches};

/// The settings that may differ: where a replica is, what it bears, what it tells. All others are compared, new ones too. Scenario files
/// are compared by what is in them.
const MAY_DIFFER: [&str; 32] = [
    "listen",
    "url",
    "scenarios",
    "stop_with_stdin",
    "log",
    "log_format",
    "control",
    "control_key",
    "read_key",
    "journal",
    "journal_bodies",
    "max_sessions",
    "max_claims",
    "max_connections",
    "max_waiting",
    "max_grants",
    "session_idle",
    "store",
    "store_keep",
    "store_max_size",
    "tls",
    "tls_listen",
    "tls_folder",
    "idle_time",
    "body_time",
    "send_time",
    "min_rate",
    "answer_memory",
    "upload_memory",
    "cache_memory",
    "http2",
    "otlp",
];

/// What replicas cannot have, with the reason.
const NOT_FOR_REPLICAS: [(&str, &str); 1] =
    [("generate_keys", "each would sign with a key of its own, and refuse the tokens of the others")];

/// Checks that replicas can have these settings.
///
/// # Errors
/// A sentence for a person.
pub(super) fn check(matches: &ArgMatches) -> Result<(), String> {
    let is_on = |id: &str| matches.try_get_one::<bool>(id).ok().flatten() == Some(&true);
    let told = |(id, why): (&str, &str)| format!("--{} is not for replicas: {why}", id.replace('_', "-"));
    NOT_FOR_REPLICAS.into_iter().find(|(id, _)| is_on(id)).map_or(Ok(()), |found| Err(told(found)))
}

/// The settings that are compared, with their values; a file with the digest of its text.
pub(super) fn compared(matches: &ArgMatches, command: &clap::Command) -> BTreeMap<String, String> {
    let told = |argument: &Arg| {
        let id = argument.get_id().as_str();
        argument.get_env()?;
        if MAY_DIFFER.contains(&id) {
            return None;
        }
        let is_file = argument.get_value_parser().type_id() == TypeId::of::<PathBuf>();
        let values = matches
            .get_raw(id)?
            .map(|value| if is_file { digest_of(Path::new(value)) } else { value.to_string_lossy().into_owned() });
        Some((format!("--{}", argument.get_long()?), values.collect::<Vec<_>>().join(",")))
    };
    command.get_arguments().filter_map(told).collect()
}

/// A file that cannot be read keeps the sandbox from starting; that is told elsewhere.
fn digest_of(file: &Path) -> String {
    let bytes = std::fs::read(file).unwrap_or_default();
    let hex = |byte: &u8| format!("{byte:02x}");
    let digest: String = digest(&SHA256, &bytes).as_ref().iter().take(8).map(hex).collect();
    format!("a file with the digest {digest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_differ_is_a_setting_and_the_rest_is_compared() {
        let command = super::super::settings_command(crate::services::built_in());
        let ids: Vec<&str> = command.get_arguments().map(|argument| argument.get_id().as_str()).collect();
        for id in MAY_DIFFER.into_iter().chain(NOT_FOR_REPLICAS.map(|(id, _)| id)) {
            assert!(ids.contains(&id), "there is no setting {id}");
        }
        let arguments = ["x", "--seed", "7", "--log", "off", "--auth", "signed", "--clients", "/nowhere"];
        let matches = command.clone().try_get_matches_from(arguments).expect("settings");
        let compared = compared(&matches, &command);
        let value = |name: &str| compared.get(name).map(String::as_str);
        assert_eq!((value("--seed"), value("--auth"), value("--log")), (Some("7"), Some("signed"), None));
        assert_eq!(value("--clients"), Some("a file with the digest e3b0c44298fc1c14"));
        assert_eq!(value("--population"), Some("off"), "a default is compared with what others say");
    }
}
