//! The setting of Restanser.

use clap::{ArgMatches, Args, FromArgMatches, ValueEnum};

use crate::config::ServiceSettings;
use crate::interface::SettingsSection;

// The setting of Restanser. No doc comment here: clap would print it as the help of the program.
#[derive(Args, Clone, Debug)]
pub(super) struct RestanserSettings {
    /// What Restanser answers about a synthetic organisation that no scenario names: with `ledger` an error
    /// (RESTANSE-008), with `static` the published example, as in the real test environment
    #[arg(
        long,
        env = "SANDBOX_RESTANSER",
        global = true,
        default_value = "ledger",
        value_name = "ledger|static",
        ignore_case = true
    )]
    restanser: RestanserFrom,
}

/// Where Restanser takes its answers from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum RestanserFrom {
    Ledger,
    Static,
}

impl RestanserSettings {
    /// Whether every synthetic organisation that no scenario names gets the published example.
    pub(super) fn is_static(&self) -> bool {
        self.restanser == RestanserFrom::Static
    }
}

/// The setting on the command line and in the environment.
pub(super) const SECTION: SettingsSection = SettingsSection { augment: RestanserSettings::augment_args, read };

fn read(matches: &ArgMatches, settings: &mut ServiceSettings) -> Result<(), clap::Error> {
    settings.put(RestanserSettings::from_arg_matches(matches)?);
    Ok(())
}
