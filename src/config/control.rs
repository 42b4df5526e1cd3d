//! Who may use the control API: whether it answers, and its keys.

use clap::Args;
use clap::builder::TypedValueParser;
use clap::error::ErrorKind;

use super::Switch;

/// The settings of the control API.
#[derive(Args, Clone, Debug)]
pub(crate) struct ControlFlags {
    /// Whether the control API below /sandbox answers
    #[arg(
        long,
        env = "SANDBOX_CONTROL",
        global = true,
        default_value = "on",
        value_name = "on|off",
        ignore_case = true
    )]
    pub(crate) control: Switch,
    /// Key that the control API requires as a bearer token, of 8 to 200 visible ASCII characters; the subcommands that call
    /// it send it
    #[arg(long, env = CONTROL_KEY, hide_env_values = true, global = true, value_name = "KEY", value_parser = KeyParser)]
    pub(crate) control_key: Option<String>,
    /// Second key, beside --control-key, that only reads: /metrics, and what the control API shows. For Prometheus and dashboards
    #[arg(long, env = READ_KEY, hide_env_values = true, global = true, value_name = "KEY", value_parser = KeyParser)]
    pub(crate) read_key: Option<String>,
}

/// The environment variables of the keys. Their values are secrets.
const CONTROL_KEY: &str = "SANDBOX_CONTROL_KEY";
const READ_KEY: &str = "SANDBOX_READ_KEY";

/// Whether the value of a variable is never shown.
pub(crate) fn is_secret(variable: &str) -> bool {
    [CONTROL_KEY, READ_KEY].contains(&variable)
}

/// The keys of the control API.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keys {
    /// It opens everything. Nothing if everybody may do everything.
    pub(crate) control: Option<String>,
    /// It opens what changes nothing.
    pub(crate) read: Option<String>,
}

impl Keys {
    /// Checks that the keys fit each other.
    ///
    /// # Errors
    /// A sentence: a key to read would be of no use, or would open everything.
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        match (&self.control, &self.read) {
            (None, Some(_)) => Err("--read-key needs --control-key: without it, everybody may read and change"),
            (Some(control), Some(read)) if control == read => {
                Err("--read-key and --control-key are the same key; give them different ones")
            }
            _ => Ok(()),
        }
    }
}

impl ControlFlags {
    /// The keys.
    pub(crate) fn keys(&self) -> Keys {
        Keys { control: self.control_key.clone(), read: self.read_key.clone() }
    }

    /// The key that a subcommand sends.
    pub(crate) fn own_key(&self) -> Option<&str> {
        self.control_key.as_deref().or(self.read_key.as_deref())
    }
}

/// Reads a key. clap's own message about an invalid value repeats the value, which is a secret.
#[derive(Clone)]
struct KeyParser;

impl TypedValueParser for KeyParser {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<String, clap::Error> {
        let fits = |text: &&str| (8..=200).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        value.to_str().filter(fits).map(str::to_owned).ok_or_else(|| {
            let name = argument.map(ToString::to_string).unwrap_or_default();
            let message = format!("invalid value for '{name}': a key has 8 to 200 visible ASCII characters\n");
            command.clone().error(ErrorKind::ValueValidation, message)
        })
    }
}
